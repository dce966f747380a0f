use std::sync::Arc;

use secrecy::ExposeSecret;
use smartlinks_store::{ClaimedPush, NewEvent, NewPush, PushEnd, PushState, Store, Traces};

use crate::support::{HOUR, NOW, Stage};

fn push(number: u8) -> NewPush {
    NewPush {
        hash: [number; 32],
        message_type: Some(53),
        body: format!("{{\"buyerId\":\"person-{number}\"}}").into(),
        state: PushState::Waiting,
        outcome: None,
        received_at: NOW.plus(i64::from(number)),
    }
}

fn end(state: PushState, outcome: &str) -> PushEnd {
    PushEnd {
        state,
        outcome: outcome.to_owned(),
        next_attempt_at: (state == PushState::Waiting).then_some(NOW.plus(HOUR)),
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
    events.into_iter().map(|event| event.kind).collect()
}

fn text_of(push: &ClaimedPush) -> &str {
    push.body.as_ref().unwrap().expose_secret()
}

/// R31: however often and from wherever a body comes, it is taken once.
pub(crate) async fn a_body_is_taken_once(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let store = Arc::clone(&stores[0]);
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let store = Arc::clone(&stores[number % 2]);
            tokio::spawn(async move { store.take_push(push(1), told("taken")).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for one in tries {
        taken += usize::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
    assert_eq!(kinds(&store).await, ["taken"]);
    assert!(store.take_push(push(2), Traces::none()).await.unwrap());
    assert_eq!(
        store.count_pushes().await.unwrap(),
        [("waiting".to_owned(), 2)]
    );
}

pub(crate) async fn a_message_is_claimed_by_one_and_passes_on_when_the_lease_ends(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let store = Arc::clone(&stores[0]);
    for number in 1..=20 {
        assert!(store.take_push(push(number), Traces::none()).await.unwrap());
    }
    let now = NOW.plus(100);
    let until = now.plus(1000);
    let claims: Vec<_> = (0..8)
        .map(|worker| {
            let store = Arc::clone(&stores[worker % 2]);
            tokio::spawn(async move {
                let owner = format!("worker {worker}");
                store.claim_pushes(&owner, until, now, 4).await.unwrap()
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for claim in claims {
        claimed.extend(claim.await.unwrap().into_iter().map(|push| push.hash[0]));
    }
    claimed.sort_unstable();
    let mut once = claimed.clone();
    once.dedup();
    assert_eq!(claimed, once, "nothing is claimed twice");
    assert!(claimed.len() >= 4, "{claimed:?}");
    let rest = store.claim_pushes("rest", until, now, 100).await.unwrap();
    assert_eq!(rest.len() + claimed.len(), 20);
    assert!(
        store
            .claim_pushes("late", until, now, 100)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.next_push_due().await.unwrap(), Some(until));
    let again = store
        .claim_pushes("heir", until.plus(1000), until, 100)
        .await
        .unwrap();
    assert_eq!(again.len(), 20);
    assert!(again.iter().all(|push| push.attempts == 2));
    assert_eq!(text_of(&again[0]), "{\"buyerId\":\"person-1\"}");
    // Who has lost the lease ends nothing any more, and tells nothing.
    let done = end(PushState::Done, "order_updated");
    let late = store.finish_push(&[1; 32], "rest", done, until, told("late"));
    assert!(!late.await.unwrap());
    assert!(kinds(&store).await.is_empty());
}

pub(crate) async fn what_is_done_keeps_no_body_and_what_waits_comes_again(stage: Stage) {
    let store = stage.open().await;
    for number in 1..=4 {
        assert!(store.take_push(push(number), Traces::none()).await.unwrap());
    }
    let late = NewPush {
        state: PushState::Ignored,
        outcome: Some("stale".to_owned()),
        ..push(5)
    };
    assert!(store.take_push(late, told("ignored")).await.unwrap());
    let now = NOW.plus(100);
    let until = now.plus(1000);
    let claimed = store.claim_pushes("me", until, now, 100).await.unwrap();
    assert_eq!(claimed.len(), 4, "what is ignored is not worked on");
    let ends = [
        end(PushState::Done, "order_updated"),
        end(PushState::Kept, "unknown_topic"),
        end(PushState::GivenUp, "gateway_unreachable"),
        end(PushState::Waiting, "gateway_unreachable"),
    ];
    for (number, end) in (1_u8..).zip(ends) {
        let (hash, traces) = ([number; 32], told("finished"));
        let finished = store.finish_push(&hash, "me", end, now, traces).await;
        assert!(finished.unwrap());
    }
    assert_eq!(kinds(&store).await.len(), 5);
    let counts = store.count_pushes().await.unwrap();
    let states: Vec<&str> = counts.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(states, ["done", "given_up", "ignored", "kept", "waiting"]);
    let mut raw = stage.raw().await;
    let sql = "select id from pushes where body is not null and sealed_with is not null";
    let mut kept = raw.lines(sql).await;
    kept.sort();
    assert_eq!(kept, ["02".repeat(32), "04".repeat(32)]);
    // The one that waits comes again at its time.
    assert_eq!(store.next_push_due().await.unwrap(), Some(NOW.plus(HOUR)));
    let later = NOW.plus(HOUR);
    let again = store.claim_pushes("me", later.plus(1), later, 9).await;
    assert_eq!(again.unwrap()[0].hash, [4; 32]);
    // After their time all are forgotten, and a repeat would be news.
    assert_eq!(store.prune_pushes(NOW.plus(3)).await.unwrap(), 2);
    assert!(store.take_push(push(1), Traces::none()).await.unwrap());
}

/// R39: whom a message names is not to be read in the database.
pub(crate) async fn bodies_are_sealed(stage: Stage) {
    let store = stage.open().await;
    assert!(store.take_push(push(1), Traces::none()).await.unwrap());
    let mut raw = stage.raw().await;
    let body = raw.bytes("select body from pushes").await.unwrap();
    assert!(!body.windows(6).any(|part| part == b"person"));
    let now = NOW.plus(100);
    let claimed = store.claim_pushes("me", now.plus(1), now, 9).await.unwrap();
    assert_eq!(text_of(&claimed[0]), "{\"buyerId\":\"person-1\"}");
}

/// The oldest come first: one that cannot be opened must not stand there for ever.
pub(crate) async fn one_body_that_does_not_open_keeps_no_other_from_being_worked_on(stage: Stage) {
    let store = stage.open().await;
    for number in 1..=2 {
        assert!(store.take_push(push(number), Traces::none()).await.unwrap());
    }
    let mut raw = stage.raw().await;
    let spoil = format!(
        "update pushes set body = $1 where id = '{}'",
        "01".repeat(32)
    );
    raw.put_bytes(&spoil, b"nonsense".to_vec()).await;
    let now = NOW.plus(100);
    let claimed = store.claim_pushes("me", now.plus(1), now, 9).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(claimed[0].body.is_none());
    assert_eq!(text_of(&claimed[1]), "{\"buyerId\":\"person-2\"}");
    let lost = end(PushState::GivenUp, "unreadable_body");
    let ended = store.finish_push(&[1; 32], "me", lost, now, told("lost"));
    assert!(ended.await.unwrap());
    assert_eq!(store.next_push_due().await.unwrap(), Some(now.plus(1)));
}
