//! What changes leave behind: all of it with the change, or nothing.

use smartlinks_store::{
    Actor, ActorKind, AuditFilter, Change, ConnectionId, Failure, FailureKind, NewAudit, NewEvent,
    StoredState, Traces,
};

use crate::support::{NOW, Stage, connected, pair};

fn change(connection: &ConnectionId, word: &str) -> Change {
    Change {
        now: NOW,
        traces: Traces::none()
            .event(NewEvent {
                kind: format!("connection.{word}"),
                connection: Some(connection.clone()),
                order: None,
                data_json: "{}".to_owned(),
                at: NOW,
            })
            .audit(entry(connection, word)),
    }
}

fn entry(connection: &ConnectionId, word: &str) -> NewAudit {
    NewAudit {
        at: NOW,
        actor: Actor {
            kind: ActorKind::Operator,
            id: Some("op_1".to_owned()),
            name: Some("Aïcha".to_owned()),
            address: Some("203.0.113.7".to_owned()),
        },
        action: format!("connection.{word}"),
        connection: Some(connection.clone()),
        subject: None,
        outcome: "ok".to_owned(),
        data_json: "{\"a\":1}".to_owned(),
    }
}

fn refused() -> Failure {
    Failure {
        kind: FailureKind::Refused,
        code: "IllegalRefreshToken".to_owned(),
        state: StoredState::ReauthorizationRequired,
        reason: None,
        next_refresh_at: None,
    }
}

pub(crate) async fn a_change_and_its_traces_are_one(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    let owner = "me";
    assert!(
        store
            .claim_refresh(&id, 1, owner, NOW.plus(1000), NOW)
            .await
            .unwrap()
    );
    store
        .finish_refresh(&id, 1, owner, pair("2"), change(&id, "refreshed"))
        .await
        .unwrap()
        .unwrap();
    store
        .set_label(&id, Some("shop"), change(&id, "changed"))
        .await
        .unwrap();
    store
        .set_default(&id, change(&id, "default"))
        .await
        .unwrap();
    assert!(
        store
            .access_refused(&id, 2, change(&id, "refused"))
            .await
            .unwrap()
    );
    assert!(
        store
            .disconnect(&id, change(&id, "disconnected"))
            .await
            .unwrap()
    );
    let words = ["refreshed", "changed", "default", "refused", "disconnected"];
    let kinds: Vec<_> = words
        .iter()
        .map(|word| format!("connection.{word}"))
        .collect();
    let events = store.after(0, 10).await.unwrap();
    assert!(events.iter().map(|event| event.id).eq(1..=5));
    assert!(events.iter().map(|event| &event.kind).eq(&kinds));
    let page = store
        .audit()
        .page(&AuditFilter::default(), None, 10)
        .await
        .unwrap();
    assert!(page.iter().rev().map(|entry| &entry.action).eq(&kinds));
    assert_eq!(page[0].actor, entry(&id, "x").actor);
    assert_eq!(
        (page[0].outcome.as_str(), page[0].data_json.as_str()),
        ("ok", "{\"a\":1}")
    );
    assert_eq!(page[0].connection.as_ref(), Some(&id));
}

pub(crate) async fn a_change_that_came_second_leaves_nothing(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    let stale = store
        .finish_refresh(&id, 7, "me", pair("2"), change(&id, "refreshed"))
        .await
        .unwrap();
    assert!(stale.is_none());
    assert!(
        !store
            .fail_refresh(&id, 1, "me", refused(), change(&id, "failed"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .access_refused(&id, 7, change(&id, "refused"))
            .await
            .unwrap()
    );
    let unknown: ConnectionId = "conn_00000000-0000-7000-8000-000000000000".parse().unwrap();
    assert!(
        store
            .set_label(&unknown, None, change(&id, "changed"))
            .await
            .is_err()
    );
    assert!(
        store
            .set_default(&unknown, change(&id, "default"))
            .await
            .is_err()
    );
    assert!(store.disconnect(&id, NOW.into()).await.unwrap());
    assert!(
        !store
            .disconnect(&id, change(&id, "disconnected"))
            .await
            .unwrap()
    );
    assert_eq!(store.latest_number().await.unwrap(), 0);
    let page = store.audit().page(&AuditFilter::default(), None, 10).await;
    assert!(page.unwrap().is_empty());
}

pub(crate) async fn the_audit_log_is_paged_and_filtered(stage: Stage) {
    let store = stage.open().await;
    let one = connected(&store, "1001").await.id;
    let other = connected(&store, "1002").await.id;
    for (connection, word) in [(&one, "a"), (&other, "b"), (&one, "b"), (&other, "c")] {
        store
            .append(Traces::none().audit(entry(connection, word)))
            .await
            .unwrap();
    }
    let system = NewAudit {
        at: NOW.plus(10),
        actor: Actor::of(ActorKind::System),
        connection: None,
        ..entry(&one, "d")
    };
    store.append(Traces::none().audit(system)).await.unwrap();
    let ids = async |filter: AuditFilter, before, limit| {
        let page = store.audit().page(&filter, before, limit).await.unwrap();
        page.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let all = AuditFilter::default();
    assert_eq!(ids(all.clone(), None, 2).await, [5, 4]);
    assert_eq!(ids(all.clone(), Some(4), 2).await, [3, 2]);
    let action = Some("connection.b".to_owned());
    let by_action = AuditFilter {
        action: action.clone(),
        ..all.clone()
    };
    assert_eq!(ids(by_action, None, 9).await, [3, 2]);
    let by_connection = AuditFilter {
        connection: Some(one),
        ..all.clone()
    };
    assert_eq!(ids(by_connection.clone(), None, 9).await, [3, 1]);
    let by_both = AuditFilter {
        action,
        ..by_connection.clone()
    };
    assert_eq!(ids(by_both, None, 9).await, [3]);
    let by_actor = AuditFilter {
        actor: Some(ActorKind::System),
        ..all.clone()
    };
    assert_eq!(ids(by_actor, None, 9).await, [5]);
    let since = AuditFilter {
        since: Some(NOW.plus(1)),
        ..all.clone()
    };
    assert_eq!(ids(since, None, 9).await, [5]);
    assert_eq!(store.audit().prune(NOW.plus(1)).await.unwrap(), 4);
    assert_eq!(ids(all, None, 9).await, [5]);
}
