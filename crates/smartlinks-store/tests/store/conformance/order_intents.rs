use std::sync::Arc;

use secrecy::ExposeSecret;
use smartlinks_store::{
    ConnectionId, IntentCursor, IntentEnd, IntentId, IntentState, KnownOrder, Millis, NewEvent,
    NewIntent, Store, StoreError, SystemEntropy, Traces,
};

use crate::support::*;

/// Before every sending.
const LONG_AGO: Millis = Millis(0);
const REQUEST: &str = r#"{"city":"Somewhere-to-live"}"#;

fn new(connection: &ConnectionId, key: &str, number: i64) -> NewIntent {
    let created_at = NOW.plus(number);
    let id = IntentId::generate(created_at, &SystemEntropy).unwrap();
    NewIntent {
        out_order_id: format!("SL-{id}"),
        id,
        caller: "api_key:a".to_owned(),
        key: key.to_owned(),
        request_hash: [7; 32],
        batch_line: None,
        connection: connection.clone(),
        account_user_id: "1001".to_owned(),
        request: REQUEST.to_owned().into(),
        summary_json: "{\"lines\":[]}".to_owned(),
        created_at,
    }
}

fn end(state: IntentState) -> IntentEnd {
    IntentEnd {
        state,
        reason: Some("why".to_owned()),
        detail: None,
        next_attempt_at: Some(NOW.plus(HOUR)),
        nothing_sent: false,
        stock_answers: 0,
        orders: Vec::new(),
    }
}

fn known(number: &str, connection: &ConnectionId) -> KnownOrder {
    KnownOrder {
        order_id: number.to_owned(),
        connection: connection.clone(),
        status: "UNKNOWN".to_owned(),
        logistics_status: None,
        amount: None,
        currency: None,
        store_name: None,
        title: Some("Case".to_owned()),
        placed_at: None,
        snapshot_json: "{}".to_owned(),
        alert: None,
        fetched_at: NOW,
        added_at: NOW,
    }
}

fn told(kind: &str) -> Traces {
    Traces::none().event(NewEvent {
        kind: kind.to_owned(),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at: NOW,
    })
}

async fn kinds(store: &Arc<dyn Store>) -> Vec<String> {
    let events = store.events().after(0, 100).await.unwrap();
    let all = events.into_iter().map(|event| event.kind);
    all.filter(|kind| kind.starts_with("intent.")).collect()
}

/// R40: however often and from wherever a key comes, it is one intent.
pub(crate) async fn a_key_is_one_intent_of_its_caller(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let store = Arc::clone(&stores[0]);
    let connection = connected(&store, "1001").await.id;
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let (store, new) = (Arc::clone(&stores[number % 2]), new(&connection, "K-1", 0));
            tokio::spawn(async move {
                let until = NOW.plus(1000);
                let written = store.write_intent(new, "me", until, told("intent.written"));
                written.await.unwrap()
            })
        })
        .collect();
    let mut known = Vec::new();
    for one in tries {
        known.extend(one.await.unwrap());
    }
    assert_eq!(known.len(), 15);
    let intent = store
        .intent_under("api_key:a", "K-1")
        .await
        .unwrap()
        .unwrap();
    assert!(known.iter().all(|other| *other == intent));
    assert_eq!(kinds(&store).await, ["intent.written"]);
    assert_eq!(
        (intent.state, intent.attempts, intent.first_sent_at),
        (IntentState::Placing, 0, None)
    );
    assert_eq!(
        store.intent(intent.id.as_str()).await.unwrap(),
        Some(intent)
    );
    // The same key of somebody else is another one, and for the same request it is found.
    let other = NewIntent {
        caller: "operator:b".to_owned(),
        request_hash: [8; 32],
        batch_line: Some("case-for-camille".to_owned()),
        ..new(&connection, "K-1", 1)
    };
    let written = store.write_intent(other.clone(), "me", NOW, Traces::none());
    assert_eq!(written.await.unwrap(), None);
    let found = |key, hash: [u8; 32]| {
        let store = Arc::clone(&store);
        async move {
            let found = store.intent_of_request(key, &hash).await.unwrap();
            found.map(|intent| intent.id)
        }
    };
    assert_eq!(found("K-1", [8; 32]).await, Some(other.id.clone()));
    // By the line of a file that it is, among however many lines.
    let mut lines: Vec<String> = (0..45).map(|number| format!("line-{number}")).collect();
    lines.push("case-for-camille".to_owned());
    let of_lines = store.intents_of_lines(&lines).await.unwrap();
    let kept: Vec<_> = of_lines
        .iter()
        .map(|intent| (&intent.id, intent.key.as_str()))
        .collect();
    assert_eq!(kept, [(&other.id, "K-1")]);
    assert_eq!(of_lines[0].batch_line.as_deref(), Some("case-for-camille"));
    assert_eq!(found("K-1", [9; 32]).await, None);
    assert_eq!(found("K-2", [8; 32]).await, None);
    let nobodys = "conn_01890000-0000-7000-8000-000000000000".parse().unwrap();
    let lost = store.write_intent(new(&nobodys, "K-2", 2), "me", NOW, Traces::none());
    assert!(matches!(lost.await, Err(StoreError::Conflict { .. })));
}

pub(crate) async fn an_intent_is_held_by_one_and_passes_on_when_its_lease_ends(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let intent = new(&connection, "K-1", 0);
    let id = intent.id.clone();
    let until = NOW.plus(1000);
    assert_eq!(
        store
            .write_intent(intent, "me", until, Traces::none())
            .await
            .unwrap(),
        None
    );
    assert_eq!(store.next_intent_due().await.unwrap(), Some(until));
    let early = store.claim_intents("heir", until.plus(1000), NOW, 9).await;
    assert!(early.unwrap().is_empty());
    // Only who holds it sends it, and the first sending is remembered through all that follow.
    assert!(
        !store
            .begin_sending(&id, "heir", until, NOW, LONG_AGO)
            .await
            .unwrap()
    );
    assert!(
        store
            .begin_sending(&id, "me", until, NOW.plus(5), LONG_AGO)
            .await
            .unwrap()
    );
    let later = until.plus(1000);
    let heirs = store.claim_intents("heir", later, until, 9).await.unwrap();
    assert_eq!(heirs.len(), 1);
    assert_eq!(heirs[0].request.as_ref().unwrap().expose_secret(), REQUEST);
    assert_eq!(heirs[0].intent.first_sent_at, Some(NOW.plus(5)));
    let begin = |claim, now, sent_after| {
        let (store, id) = (Arc::clone(&store), id.clone());
        async move {
            let begun = store.begin_sending(&id, claim, later, now, sent_after);
            begun.await.unwrap()
        }
    };
    assert!(!begin("me", until, LONG_AGO).await);
    // Nor when the claim has ended, nor when the first sending is too long ago.
    assert!(!begin("heir", later, LONG_AGO).await);
    assert!(!begin("heir", until, NOW.plus(5)).await);
    assert!(begin("heir", until, NOW.plus(4)).await);
    let intent = store.intent(id.as_str()).await.unwrap().unwrap();
    assert_eq!(
        (intent.first_sent_at, intent.attempts),
        (Some(NOW.plus(5)), 2)
    );
    // Who has lost the lease ends nothing any more, and tells nothing.
    let late = store.end_intent(
        &id,
        "me",
        end(IntentState::Refused),
        until,
        told("intent.late"),
    );
    assert!(!late.await.unwrap());
    assert!(kinds(&store).await.is_empty());
    let open = store.open_intents(&connection).await.unwrap();
    assert_eq!(open.len(), 1);
    let unknown = store.end_intent(
        &id,
        "heir",
        end(IntentState::Unknown),
        until,
        Traces::none(),
    );
    assert!(unknown.await.unwrap());
    assert_eq!(store.next_intent_due().await.unwrap(), Some(NOW.plus(HOUR)));
    // One without stock is not asked again before its time.
    let open = store.list_intents(Some(IntentState::Unknown), None, 9);
    assert_eq!(open.await.unwrap().len(), 1);
    let mut raw = stage.raw().await;
    raw.execute("update order_intents set stock_answers = 1")
        .await;
    store.wake_intents(&connection, until).await.unwrap();
    assert_eq!(store.next_intent_due().await.unwrap(), Some(NOW.plus(HOUR)));
    raw.execute("update order_intents set stock_answers = 0")
        .await;
    store.wake_intents(&connection, until).await.unwrap();
    assert_eq!(store.next_intent_due().await.unwrap(), Some(until));
    // A sending of which nothing can have come is none.
    assert_eq!(
        store
            .claim_intents("me", later, until, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    let nothing = IntentEnd {
        nothing_sent: true,
        ..end(IntentState::Refused)
    };
    assert!(
        store
            .end_intent(&id, "me", nothing, until, told("intent.refused"))
            .await
            .unwrap()
    );
    let intent = store.intent(id.as_str()).await.unwrap().unwrap();
    assert_eq!((intent.first_sent_at, intent.next_attempt_at), (None, None));
    assert_eq!(intent.finished_at, Some(until));
    assert_eq!(kinds(&store).await, ["intent.refused"]);
    assert!(!begin("me", until, LONG_AGO).await);
}

/// R39: who gets the goods is not to be read in the database, and not kept longer than something may be sent.
pub(crate) async fn people_are_sealed_and_leave_with_the_last_sending(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let states = [
        IntentState::Unknown,
        IntentState::Placed,
        IntentState::CreatedUnpaid,
        IntentState::Refused,
        IntentState::AwaitingPerson,
    ];
    for (number, state) in (0..).zip(states) {
        let intent = new(&connection, state.as_str(), number);
        let id = intent.id.clone();
        let until = NOW.plus(1000);
        store
            .write_intent(intent, "me", until, Traces::none())
            .await
            .unwrap();
        let mut raw = stage.raw().await;
        let sql = "select request from order_intents where request is not null order by id desc";
        let bytes = raw.bytes(sql).await.unwrap();
        assert!(!bytes.windows(9).any(|part| part == b"Somewhere"));
        let ended = store.end_intent(&id, "me", end(state), NOW, Traces::none());
        assert!(ended.await.unwrap());
    }
    let mut raw = stage.raw().await;
    let sql =
        "select state from order_intents where request is not null or sealed_with is not null";
    assert_eq!(raw.lines(sql).await, ["unknown"]);
    let open = store.count_open_intents().await.unwrap();
    let waiting = (IntentState::AwaitingPerson, 1);
    assert!(open.contains(&waiting), "{open:?}");
    assert!(open.iter().all(|(state, _)| !state.is_final()), "{open:?}");
}

pub(crate) async fn an_order_belongs_to_one_intent(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let read = KnownOrder {
        status: "FINISH".to_owned(),
        ..known("8100000000000002", &connection)
    };
    store.upsert(read, Traces::none()).await.unwrap();
    let free = store.orders_of_no_intent(&connection, NOW).await.unwrap();
    assert_eq!(free.len(), 1);
    let ids = ["K-1", "K-2"].map(|key| (key, new(&connection, key, 0)));
    let mut written = Vec::new();
    for (_, intent) in ids {
        written.push(intent.id.clone());
        store
            .write_intent(intent, "me", NOW.plus(1000), Traces::none())
            .await
            .unwrap();
    }
    let placed = IntentEnd {
        orders: vec![
            known("8100000000000001", &connection),
            known("8100000000000002", &connection),
        ],
        ..end(IntentState::Placed)
    };
    let ended = store.end_intent(
        &written[0],
        "me",
        placed.clone(),
        NOW,
        told("intent.placed"),
    );
    assert!(ended.await.unwrap());
    let intent = store.intent(written[0].as_str()).await.unwrap().unwrap();
    assert_eq!(intent.order_ids, ["8100000000000001", "8100000000000002"]);
    // What was read before is kept, what is new stands among the known orders.
    let old = store
        .orders()
        .find("8100000000000002")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(old.status, "FINISH");
    let fresh = store
        .orders()
        .find("8100000000000001")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(fresh, known("8100000000000001", &connection));
    let counts = store.orders().count_by_status(None).await.unwrap();
    assert_eq!(counts, [("FINISH".to_owned(), 1), (fresh.status, 1)]);
    let free = store.orders_of_no_intent(&connection, NOW).await.unwrap();
    assert!(free.is_empty());
    // Another intent cannot have them, and its end leaves nothing.
    let taken = store.end_intent(&written[1], "me", placed, NOW, told("intent.placed"));
    assert!(matches!(taken.await, Err(StoreError::Conflict { .. })));
    let other = store.intent(written[1].as_str()).await.unwrap().unwrap();
    assert_eq!(other.state, IntentState::Placing);
    assert_eq!(kinds(&store).await, ["intent.placed"]);
}

pub(crate) async fn a_person_decides_only_what_waits_for_one(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let intent = new(&connection, "K-1", 0);
    let id = intent.id.clone();
    store
        .write_intent(intent, "me", NOW.plus(1000), Traces::none())
        .await
        .unwrap();
    let decide = |state| store.decide_intent(&id, end(state), NOW, told("intent.decided"));
    assert!(!decide(IntentState::Refused).await.unwrap());
    let waiting = store.end_intent(
        &id,
        "me",
        end(IntentState::AwaitingPerson),
        NOW,
        Traces::none(),
    );
    assert!(waiting.await.unwrap());
    // Nobody works on it until then.
    assert_eq!(store.next_intent_due().await.unwrap(), None);
    assert!(decide(IntentState::Refused).await.unwrap());
    assert!(!decide(IntentState::Placed).await.unwrap());
    assert_eq!(kinds(&store).await, ["intent.decided"]);
}

/// What AliExpress has said counts whoever holds the intent, and nowhere but where it is still open.
pub(crate) async fn an_intent_is_corrected_only_where_it_stands(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let intent = new(&connection, "K-1", 0);
    let id = intent.id.clone();
    store
        .write_intent(intent, "me", NOW.plus(1000), Traces::none())
        .await
        .unwrap();
    let correct = |from: Vec<IntentState>, state, orders: Vec<KnownOrder>| {
        let (store, id) = (Arc::clone(&store), id.clone());
        async move {
            let end = IntentEnd {
                orders,
                ..end(state)
            };
            let told = told("intent.corrected");
            store.correct_intent(&id, &from, end, NOW, told).await
        }
    };
    let number = "8100000000000001";
    let open = vec![IntentState::Unknown, IntentState::Placing];
    let closed = vec![IntentState::Refused, IntentState::Placed];
    let refused = correct(closed.clone(), IntentState::AwaitingPerson, Vec::new());
    assert!(!refused.await.unwrap());
    let placed = correct(
        open.clone(),
        IntentState::Placed,
        vec![known(number, &connection)],
    );
    assert!(placed.await.unwrap());
    let intent = store.intent(id.as_str()).await.unwrap().unwrap();
    assert_eq!(
        (intent.finished_at, &*intent.order_ids),
        (Some(NOW), &[number.to_owned()][..])
    );
    // The claim has ended with it.
    let late = store.end_intent(&id, "me", end(IntentState::Refused), NOW, Traces::none());
    assert!(!late.await.unwrap());
    assert!(
        !correct(open, IntentState::Refused, Vec::new())
            .await
            .unwrap()
    );
    let back = correct(closed, IntentState::AwaitingPerson, Vec::new());
    assert!(back.await.unwrap());
    let intent = store.intent(id.as_str()).await.unwrap().unwrap();
    assert_eq!(intent.finished_at, None);
    assert_eq!(kinds(&store).await, ["intent.corrected"; 2]);
}

pub(crate) async fn intents_are_paged_and_pruned(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    for number in 0..7 {
        let intent = new(&connection, &number.to_string(), number / 2);
        let (id, until) = (intent.id.clone(), NOW.plus(1000));
        store
            .write_intent(intent, "me", until, Traces::none())
            .await
            .unwrap();
        let state = match number % 2 {
            0 => IntentState::Refused,
            _ => IntentState::AwaitingPerson,
        };
        let ended = store.end_intent(&id, "me", end(state), NOW.plus(number), Traces::none());
        assert!(ended.await.unwrap());
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.list_intents(None, cursor.as_ref(), 3).await.unwrap();
        cursor = page.last().map(|last| IntentCursor {
            created_at: last.created_at,
            id: last.id.to_string(),
        });
        if page.is_empty() {
            break;
        }
        seen.extend(
            page.into_iter()
                .map(|intent| (intent.created_at, intent.id)),
        );
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    let waiting = Some(IntentState::AwaitingPerson);
    assert_eq!(store.list_intents(waiting, None, 9).await.unwrap().len(), 3);
    // What waits for a person is not forgotten, whatever its age.
    assert_eq!(store.prune_intents(NOW.plus(5)).await.unwrap(), 3);
    assert_eq!(store.list_intents(None, None, 9).await.unwrap().len(), 4);
}
