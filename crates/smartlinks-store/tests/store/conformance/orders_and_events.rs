use std::collections::HashSet;

use smartlinks_store::{ConnectionId, FollowEnd, KnownOrder, Millis, NewEvent, StoreError, Traces};

use crate::support::*;

fn order(id: &str, connection: &ConnectionId) -> KnownOrder {
    KnownOrder {
        order_id: id.to_owned(),
        connection: connection.clone(),
        status: "PLACE_ORDER_SUCCESS".to_owned(),
        logistics_status: None,
        amount: Some("12.30".to_owned()),
        currency: Some("EUR".to_owned()),
        store_name: None,
        title: Some("Case".to_owned()),
        placed_at: Some("2026-11-20 03:04:05".to_owned()),
        snapshot_json: "{}".to_owned(),
        alert: None,
        fetched_at: NOW,
        added_at: NOW,
    }
}

pub(crate) async fn an_order_is_updated_and_keeps_its_place(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let first = order("8123456789012345", &connection);
    store.upsert(first.clone(), Traces::none()).await.unwrap();
    assert_eq!(
        store.orders().find(&first.order_id).await.unwrap(),
        Some(first.clone())
    );
    let later = KnownOrder {
        status: "FINISH".to_owned(),
        logistics_status: Some("SELLER_SEND_GOODS".to_owned()),
        fetched_at: NOW.plus(HOUR),
        added_at: NOW.plus(HOUR),
        ..first.clone()
    };
    store.upsert(later.clone(), Traces::none()).await.unwrap();
    let expected = KnownOrder {
        added_at: NOW,
        ..later
    };
    assert_eq!(
        store.orders().find(&first.order_id).await.unwrap(),
        Some(expected)
    );
    assert_eq!(store.orders().find("1").await.unwrap(), None);
}

pub(crate) async fn pages_hold_every_order_once(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    for number in 0..23_i64 {
        // Ties in time, and numbers of different length.
        let added_at = NOW.plus(number / 4);
        let id = (7 + number * number * 37).to_string();
        store
            .upsert(
                KnownOrder {
                    added_at,
                    ..order(&id, &connection)
                },
                Traces::none(),
            )
            .await
            .unwrap();
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.orders().list(cursor.as_ref(), 5).await.unwrap();
        seen.extend(
            page.orders
                .into_iter()
                .map(|order| (order.added_at, order.order_id)),
        );
        pages += 1;
        // What is added meanwhile comes first in the list and moves no later page.
        let id = format!("9{pages}");
        store
            .upsert(
                KnownOrder {
                    added_at: NOW.plus(99),
                    ..order(&id, &connection)
                },
                Traces::none(),
            )
            .await
            .unwrap();
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (23, 5));
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 23);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
}

pub(crate) async fn an_order_needs_its_connection(stage: Stage) {
    let store = stage.open().await;
    let error = store
        .upsert(order("1", &new_id()), Traces::none())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
}

fn event(kind: &str) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at: NOW,
    }
}

/// A reader that asks for what came after the last number it saw misses nothing.
pub(crate) async fn events_become_visible_in_the_order_of_their_numbers(stage: Stage) {
    const WRITERS: usize = 6;
    const EACH: usize = 20;
    let stores = [stage.open().await, stage.open().await];
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = stores[writer % 2].clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    store
                        .append(told(event(&format!("{writer} {number}"))))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let (mut last, mut seen) = (0, Vec::new());
    loop {
        // Looked at before reading: an empty page after the last writer has ended is the end.
        let ended = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let page = stores[0].after(last, 7).await.unwrap();
        if page.is_empty() && ended {
            break;
        }
        for event in page {
            assert!(event.id > last);
            last = event.id;
            seen.push(event.kind);
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), WRITERS * EACH);
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), WRITERS * EACH);
}

pub(crate) async fn events_are_listed_and_pruned(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let whole = NewEvent {
        connection: Some(connection.clone()),
        order: Some("81".to_owned()),
        data_json: "{\"a\":1}".to_owned(),
        at: NOW.plus(-5),
        ..event("first")
    };
    assert_eq!(store.latest_number().await.unwrap(), 0);
    store.append(told(whole)).await.unwrap();
    store.append(told(event("second"))).await.unwrap();
    let latest = store.latest(10).await.unwrap();
    assert_eq!(
        latest.iter().map(|event| event.id).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(
        (latest[1].connection.clone(), latest[1].order.as_deref()),
        (Some(connection), Some("81"))
    );
    assert_eq!(
        (latest[1].data_json.as_str(), latest[1].at),
        ("{\"a\":1}", NOW.plus(-5))
    );
    assert_eq!(store.latest(1).await.unwrap()[0].kind, "second");
    assert_eq!(store.events().prune(NOW).await.unwrap(), 1);
    assert_eq!(
        store.events().prune(NOW.plus(1)).await.unwrap(),
        0,
        "the latest stays"
    );
    store.append(told(event("third"))).await.unwrap();
    let third = store.latest(1).await.unwrap()[0].id;
    assert_eq!(third, 3, "numbers are not used again");
    assert_eq!(store.latest_number().await.unwrap(), 3);
}

fn told(event: NewEvent) -> Traces {
    Traces::none().event(event)
}

pub(crate) async fn an_order_is_followed_by_one_at_a_time(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let following = store.order_following();
    for id in ["8200000000000001", "8200000000000002"] {
        let known = order(id, &connection);
        store.orders().upsert(known, Traces::none()).await.unwrap();
    }
    let (now, later) = (Millis(1_000), Millis(5_000));
    assert_eq!(following.next_poll_due(now).await.unwrap(), Some(Millis(0)));
    let first = following.claim_polls("a", later, now, 1).await.unwrap();
    let second = following.claim_polls("b", later, now, 9).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    let nothing = following.claim_polls("c", later, now, 9).await.unwrap();
    assert!(nothing.is_empty());
    assert_eq!(following.next_poll_due(now).await.unwrap(), None);
    let id = first[0].order.order_id.clone();
    let status = first[0].order.status.clone();
    let end = FollowEnd {
        status: status.clone(),
        next_poll_at: Some(Millis(9_000)),
        failures: 2,
        alert: Some("not_shipped".into()),
        parcel: Some("LP1".into()),
    };
    let foreign = following.end_poll(&id, "b", end.clone(), Traces::none());
    assert!(!foreign.await.unwrap());
    // What is said of a state that it has left is not said, and it is looked at again at once.
    let outdated = FollowEnd {
        status: "LEFT".into(),
        ..end.clone()
    };
    let own = following.end_poll(&id, "a", outdated, Traces::none());
    assert!(own.await.unwrap());
    assert!(following.count_alerts().await.unwrap().is_empty());
    let again = following.claim_polls("a", later, now, 1).await.unwrap();
    assert_eq!(again[0].order.order_id, id);
    let own = following.end_poll(&id, "a", end.clone(), Traces::none());
    assert!(own.await.unwrap());
    // Reading it again leaves what following knows.
    let again = order(&id, &connection);
    store.orders().upsert(again, Traces::none()).await.unwrap();
    let counts = following.count_alerts().await.unwrap();
    assert_eq!(counts, [("not_shipped".to_owned(), 1)]);
    let page = following
        .list_alerted("not_shipped", None, 10)
        .await
        .unwrap();
    assert_eq!(page.orders[0].alert.as_deref(), Some("not_shipped"));
    let found = following.orders_numbered("LP1").await.unwrap();
    assert_eq!(found[0].order_id, id);
    assert!(following.orders_numbered("LP2").await.unwrap().is_empty());
    // An answer that was made of what is known no more is not written.
    let store_orders = store.orders();
    let known = store_orders.find(&id).await.unwrap().unwrap();
    let moved = KnownOrder {
        status: "MOVED".into(),
        snapshot_json: "{\"a\":1}".into(),
        ..known.clone()
    };
    let renew = |order: &KnownOrder, before: Option<&KnownOrder>| {
        store_orders.renew(order.clone(), before.cloned(), Traces::none())
    };
    assert!(!renew(&moved, None).await.unwrap());
    assert!(renew(&moved, Some(&known)).await.unwrap());
    assert!(!renew(&known, Some(&known)).await.unwrap());
    let kept = store_orders.find(&id).await.unwrap().unwrap();
    assert_eq!((kept.status.as_str(), kept.alert), ("MOVED", None));
    assert!(following.count_alerts().await.unwrap().is_empty());
    assert_eq!(following.next_poll_due(now).await.unwrap(), Some(Millis(0)));
    let back = KnownOrder {
        status: status.clone(),
        ..moved
    };
    store_orders.upsert(back, Traces::none()).await.unwrap();
    // The lease of the other one ends.
    let other = following.claim_polls("c", Millis(20_000), Millis(9_000), 9);
    let other = other.await.unwrap();
    assert_eq!(other.len(), 2);
    let over = FollowEnd {
        status: status.clone(),
        ..FollowEnd::default()
    };
    for one in other {
        let id = &one.order.order_id;
        let end = following.end_poll(id, "c", over.clone(), Traces::none());
        assert!(end.await.unwrap());
    }
    assert_eq!(following.next_poll_due(Millis(99_000)).await.unwrap(), None);
    assert!(following.count_alerts().await.unwrap().is_empty());
}
