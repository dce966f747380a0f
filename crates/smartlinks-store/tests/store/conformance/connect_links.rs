use std::sync::Arc;

use smartlinks_store::{
    AuditFilter, Binding, ConnectLinkCursor, EndedLogin, NewAudit, NewConnectLink, NewLoginAttempt,
    Outcome, Store, StoreError, Traces,
};

use crate::support::{HOUR, NOW, Stage, connected, new_id};

const MINUTE: i64 = 60_000;

fn new_link(number: u8) -> NewConnectLink {
    NewConnectLink {
        id: format!("link_{number:02}"),
        token_hash: [number; 32],
        label: Some("Boutique".to_owned()),
        connection: None,
        created_by: "operator Ada".to_owned(),
        created_at: NOW.plus(i64::from(number)),
        expires_at: NOW.plus(30 * MINUTE),
    }
}

fn attempt(state: u8) -> NewLoginAttempt {
    NewLoginAttempt {
        state_hash: [state; 32],
        binding: Binding::ConnectLink([7; 32]),
        caller_state: None,
        return_to: None,
        connection: None,
        other_account: false,
        label: Some("Boutique".to_owned()),
        created_at: NOW,
        expires_at: NOW.plus(10 * MINUTE),
    }
}

fn entry(action: &str) -> Traces {
    Traces::none().audit(NewAudit {
        at: NOW,
        actor: smartlinks_store::Actor::of(smartlinks_store::ActorKind::Merchant),
        action: action.to_owned(),
        connection: None,
        subject: None,
        outcome: "ok".to_owned(),
        data_json: "{}".to_owned(),
    })
}

async fn entries(store: &Arc<dyn Store>) -> Vec<String> {
    let page = store.audit().page(&AuditFilter::default(), None, 100).await;
    let entries = page.unwrap().into_iter();
    entries.map(|entry| entry.action).collect()
}

/// R2, R3: of many who press the button at once, one signs in.
pub(crate) async fn a_link_is_used_by_exactly_one(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let store = Arc::clone(&stores[0]);
    store
        .create_link(new_link(1), Traces::none())
        .await
        .unwrap();
    let tries = (1..=16).map(|state| {
        let store = Arc::clone(&stores[usize::from(state) % 2]);
        tokio::spawn(async move {
            let traces = entry("connect_link.used");
            store
                .use_link(&[1; 32], attempt(state), NOW.plus(MINUTE), traces)
                .await
                .unwrap()
        })
    });
    let mut won = Vec::new();
    for (state, one) in (1_u8..).zip(tries.collect::<Vec<_>>()) {
        if one.await.unwrap() {
            won.push(state);
        }
    }
    assert_eq!(won.len(), 1);
    // Whoever lost has left nothing: no sign-in, no trace.
    for state in 1..=16 {
        let stored = store.look_up(&[state; 32]).await.unwrap();
        assert_eq!(stored.is_some(), state == won[0], "{state}");
    }
    assert_eq!(entries(&store).await, ["connect_link.used"]);
    let stored = store.look_up(&[won[0]; 32]).await.unwrap().unwrap();
    assert_eq!(stored.binding, Binding::ConnectLink([7; 32]));
}

pub(crate) async fn a_link_opens_nothing_when_late_taken_back_or_unknown(stage: Stage) {
    let store = stage.open().await;
    for number in 1..=3 {
        store
            .create_link(new_link(number), Traces::none())
            .await
            .unwrap();
    }
    let late = NOW.plus(30 * MINUTE);
    let used = |token: u8, state: u8, now| {
        let store = Arc::clone(&store);
        async move {
            store
                .use_link(&[token; 32], attempt(state), now, Traces::none())
                .await
                .unwrap()
        }
    };
    assert!(!used(1, 1, late).await);
    let revoke = |id: &'static str| {
        let store = Arc::clone(&store);
        async move {
            store
                .revoke_link(id, NOW, entry("connect_link.revoked"))
                .await
                .unwrap()
        }
    };
    assert!(revoke("link_02").await);
    assert!(!revoke("link_02").await, "once is enough");
    assert!(!revoke("link_99").await);
    assert!(!used(2, 2, NOW).await);
    assert!(!used(99, 3, NOW).await);
    assert!(used(3, 4, NOW).await);
    assert!(!revoke("link_03").await, "it is in use");
    assert_eq!(entries(&store).await, ["connect_link.revoked"]);
    for state in 1..=3 {
        assert!(store.look_up(&[state; 32]).await.unwrap().is_none());
    }
}

pub(crate) async fn a_link_tells_how_its_sign_in_ended(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let link = NewConnectLink {
        connection: Some(id.clone()),
        ..new_link(1)
    };
    store.create_link(link, Traces::none()).await.unwrap();
    let wanted = NewLoginAttempt {
        connection: Some(id.clone()),
        other_account: true,
        ..attempt(9)
    };
    assert!(
        store
            .use_link(&[1; 32], wanted, NOW, Traces::none())
            .await
            .unwrap()
    );
    assert!(
        store
            .look_up(&[9; 32])
            .await
            .unwrap()
            .unwrap()
            .other_account
    );
    for result in ["success", "late_word"] {
        let outcome = Outcome {
            result: result.to_owned(),
            connection: Some(id.clone()),
            error_description: None,
        };
        let ended = EndedLogin {
            state_hash: [9; 32],
            outcome,
            at: NOW.plus(MINUTE),
        };
        store.finish(ended).await.unwrap();
    }
    let link = store.link_by_token(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(link, store.link("link_01").await.unwrap().unwrap());
    assert_eq!(link.result.as_deref(), Some("success"));
    assert_eq!(link.connected, Some(id.clone()));
    assert_eq!(link.connection, Some(id));
    assert_eq!(link.consumed_at, Some(NOW));
    assert_eq!(link.finished_at, Some(NOW.plus(MINUTE)));
    assert_eq!(link.created_by, "operator Ada");
    let unknown = NewConnectLink {
        connection: Some(new_id()),
        ..new_link(2)
    };
    let refused = store.create_link(unknown, Traces::none()).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
}

pub(crate) async fn links_are_paged_and_pruned(stage: Stage) {
    let store = stage.open().await;
    for number in 1..=5 {
        store
            .create_link(new_link(number), Traces::none())
            .await
            .unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.links(cursor.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some(ConnectLinkCursor {
            created_at: last.created_at,
            id: last.id.clone(),
        });
        seen.extend(page.into_iter().map(|link| link.id));
    }
    assert_eq!(
        seen,
        ["link_05", "link_04", "link_03", "link_02", "link_01"]
    );
    assert_eq!(store.prune_links(NOW.plus(4)).await.unwrap(), 3);
    assert_eq!(store.prune_links(NOW.plus(HOUR)).await.unwrap(), 2);
    assert!(store.link("link_05").await.unwrap().is_none());
}
