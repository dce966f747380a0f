use smartlinks_store::{Failure, NewEvent, Settled, StoredState};

use crate::support::*;

fn told(step: i64) -> Settled {
    let event = NewEvent {
        kind: format!("warned {step}"),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at: NOW,
    };
    Settled {
        told: Some((step, event)),
        unless_settled_elsewhere: false,
        next: Some(NOW.plus(HOUR)),
    }
}

/// F14: of several instances that look at the same moment, one tells the step.
pub(crate) async fn a_step_is_told_by_exactly_one(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let id = connected(&stores[0], "1").await.id;
    assert_eq!(stores[0].next_warning_due().await.unwrap(), Some(NOW));
    let due = stores[0].due_warnings(NOW, 10).await.unwrap();
    assert_eq!((due.len(), due[0].warned_step), (1, None));
    let tellers: Vec<_> = (0..16)
        .map(|number| {
            let (store, warning) = (stores[number % 2].clone(), due[0].clone());
            tokio::spawn(async move { store.settle_warning(&warning, told(7), NOW).await.unwrap() })
        })
        .collect();
    let mut times = 0;
    for teller in tellers {
        times += usize::from(teller.await.unwrap());
    }
    assert_eq!(times, 1);
    assert_eq!(stores[1].latest(10).await.unwrap().len(), 1);
    assert_eq!(stores[1].warned_step(&id).await.unwrap(), Some(7));
    assert!(stores[1].due_warnings(NOW, 10).await.unwrap().is_empty());
    let next = stores[1].next_warning_due().await.unwrap();
    assert_eq!(next, Some(NOW.plus(HOUR)));
}

/// F14: a new sign-in is a new window, and a refresh is not.
pub(crate) async fn a_new_sign_in_begins_the_ladder_anew(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let stale = store.due_warnings(NOW, 10).await.unwrap().remove(0);
    assert!(store.settle_warning(&stale, told(3), NOW).await.unwrap());
    store
        .finish_refresh(&id, 1, "me", pair("b"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert!(
        store.due_warnings(NOW, 10).await.unwrap().is_empty(),
        "the same deadline needs no other look"
    );
    let mut moved = pair("c");
    moved.sign_in_again_by = Some(NOW.plus(72 * HOUR));
    store
        .finish_refresh(&id, 2, "me", moved, NOW.into())
        .await
        .unwrap()
        .unwrap();
    let due = store.due_warnings(NOW, 10).await.unwrap();
    assert_eq!(due[0].warned_step, Some(3), "the window goes on");
    let later = NOW.plus(1);
    store
        .reconnect(&id, account("1"), false, None, pair("d"), later.into())
        .await
        .unwrap();
    let anew = store.due_warnings(later, 10).await.unwrap();
    assert_eq!((anew[0].due, anew[0].warned_step), (later, None));
    assert!(!store.settle_warning(&due[0], told(1), later).await.unwrap());
    store.disconnect(&id, later.into()).await.unwrap();
    assert_eq!(store.next_warning_due().await.unwrap(), None);
    assert!(
        !store
            .settle_warning(&anew[0], told(1), later)
            .await
            .unwrap()
    );
    assert_eq!(store.latest(10).await.unwrap().len(), 1);
}

/// F14: what the refresher is finding out, it tells itself.
pub(crate) async fn a_passed_deadline_is_told_once(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let due = store.due_warnings(NOW, 10).await.unwrap().remove(0);
    let passed = || Settled {
        unless_settled_elsewhere: true,
        next: None,
        ..told(0)
    };
    let lease = NOW.plus(HOUR);
    assert!(store.claim_refresh(&id, 1, "me", lease, NOW).await.unwrap());
    assert!(!store.settle_warning(&due, passed(), NOW).await.unwrap());
    let ended = Failure {
        kind: smartlinks_store::FailureKind::Refused,
        code: "IllegalRefreshToken".to_owned(),
        state: StoredState::ReauthorizationRequired,
        reason: None,
        next_refresh_at: None,
    };
    assert!(
        store
            .fail_refresh(&id, 1, "me", ended, NOW.into())
            .await
            .unwrap()
    );
    assert!(!store.settle_warning(&due, passed(), NOW).await.unwrap());
    let two = connected(&store, "2").await.id;
    let due = store.due_warnings(NOW, 10).await.unwrap();
    let due = due
        .into_iter()
        .find(|warning| warning.connection.id == two)
        .unwrap();
    assert!(store.settle_warning(&due, passed(), NOW).await.unwrap());
    assert_eq!(store.warned_step(&two).await.unwrap(), Some(0));
}

/// F14: the gateway moves a deadline on: the steps of the new window are told, and its end.
pub(crate) async fn a_refresh_into_another_window_begins_the_ladder_anew(stage: Stage) {
    let store = stage.open().await;
    for (account, step, moved, kept) in [
        ("1", 1, NOW.plus(60 * 24 * HOUR), None),
        ("2", 0, NOW.plus(49 * HOUR), None),
        // The rounding of an answer in seconds, and an answer about the same window that has passed.
        ("3", 3, NOW.plus(48 * HOUR + 1000), Some(3)),
        ("4", 0, NOW.plus(-1000), Some(0)),
    ] {
        let id = connected(&store, account).await.id;
        let due = store.due_warnings(NOW, 10).await.unwrap();
        let due = due
            .iter()
            .find(|warning| warning.connection.id == id)
            .unwrap();
        assert!(store.settle_warning(due, told(step), NOW).await.unwrap());
        let mut renewed = pair("b");
        renewed.sign_in_again_by = Some(moved);
        store
            .finish_refresh(&id, 1, "me", renewed, NOW.into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(store.warned_step(&id).await.unwrap(), kept, "{account}");
        let mut unknown = pair("c");
        unknown.sign_in_again_by = None;
        store
            .finish_refresh(&id, 2, "me", unknown, NOW.into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(store.warned_step(&id).await.unwrap(), kept, "{account}");
    }
}

/// F14: the oldest row comes first, and one that nobody can read must not stand there for ever.
pub(crate) async fn one_unreadable_connection_keeps_no_other_from_being_warned(stage: Stage) {
    let store = stage.open().await;
    let spoilt = connected(&store, "1").await.id;
    let sound = connected(&store, "2").await.id;
    let mut raw = stage.raw().await;
    let spoil = format!(
        "update connections set state = 'nonsense', next_warning_at = next_warning_at - 1 where id = '{spoilt}'"
    );
    assert_eq!(raw.execute(spoil).await, 1);
    assert!(store.due_warnings(NOW, 1).await.unwrap().is_empty());
    let due = store.due_warnings(NOW, 1).await.unwrap();
    assert_eq!(due[0].connection.id, sound);
}
