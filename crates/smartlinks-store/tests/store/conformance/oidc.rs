use std::sync::Arc;

use smartlinks_store::{
    Actor, ActorKind, AuditFilter, NewAudit, NewOidcAttempt, NewOperator, NewSession,
    NewSignInLink, OidcIdentity, Operator, OperatorId, Store, StoreError, SystemEntropy, Traces,
};

use crate::support::*;

const ISSUER: &str = "https://login.example.com";

fn attempt(number: u8) -> NewOidcAttempt {
    NewOidcAttempt {
        state_hash: [number; 32],
        browser_hash: [100; 32],
        return_to: Some("/aliexpress/orders".to_owned()),
        created_at: NOW,
        expires_at: NOW.plus(600_000),
    }
}

async fn added(store: &Arc<dyn Store>, name: &str) -> Operator {
    let new = NewOperator {
        id: OperatorId::generate(NOW, &SystemEntropy).unwrap(),
        name: name.to_owned(),
        password_hash: None,
    };
    store.create_operator(new, NOW.into()).await.unwrap()
}

fn identity(subject: &str, operator: &Operator) -> OidcIdentity {
    OidcIdentity {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        operator: operator.id.clone(),
        linked_at: NOW,
    }
}

fn traces(action: &str) -> Traces {
    Traces::none().audit(NewAudit {
        at: NOW,
        actor: Actor::of(ActorKind::CommandLine),
        action: action.to_owned(),
        connection: None,
        subject: None,
        outcome: "ok".to_owned(),
        data_json: "{}".to_owned(),
    })
}

async fn audited(store: &Arc<dyn Store>) -> Vec<String> {
    let page = store
        .audit()
        .page(&AuditFilter::default(), None, 10)
        .await
        .unwrap();
    page.into_iter().map(|entry| entry.action).collect()
}

/// A `state` works once, whoever brings it back.
pub(crate) async fn a_state_is_consumed_by_exactly_one(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    stores[0].create_oidc_attempt(attempt(1)).await.unwrap();
    let again = stores[0].create_oidc_attempt(attempt(1)).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    let stored = stores[1].oidc_attempt(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(stored.browser_hash, [100; 32]);
    assert_eq!(stored.return_to.as_deref(), Some("/aliexpress/orders"));
    assert_eq!(
        (stored.expires_at, stored.consumed_at),
        (NOW.plus(600_000), None)
    );
    let tasks: Vec<_> = (0..16_usize)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                store
                    .consume_oidc_attempt(&[1; 32], NOW.plus(1))
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += u32::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
    let stored = stores[0].oidc_attempt(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(stored.consumed_at, Some(NOW.plus(1)));
    assert!(!stores[0].consume_oidc_attempt(&[2; 32], NOW).await.unwrap());
    assert!(stores[0].oidc_attempt(&[2; 32]).await.unwrap().is_none());
}

/// One subject is one operator, and the other way round, with each issuer.
pub(crate) async fn an_identity_is_one_operator_and_an_operator_one_identity(stage: Stage) {
    let store = stage.open().await;
    let (anna, bruno) = (added(&store, "anna").await, added(&store, "bruno").await);
    assert!(!anna.has_identity);
    let link = |new| store.link_identity(new, traces("linked"));
    assert!(link(identity("one", &anna)).await.unwrap());
    assert!(!link(identity("one", &bruno)).await.unwrap(), "taken");
    assert!(!link(identity("two", &anna)).await.unwrap(), "has one");
    let elsewhere = OidcIdentity {
        issuer: "https://other.example.com".to_owned(),
        ..identity("one", &bruno)
    };
    assert!(link(elsewhere).await.unwrap(), "another issuer's `one`");
    assert_eq!(audited(&store).await, ["linked", "linked"]);

    let found = store.operator_of_identity(ISSUER, "one").await.unwrap();
    let found = found.unwrap();
    assert_eq!((&found.id, found.has_identity), (&anna.id, true));
    assert!(
        store
            .operator(&anna.id)
            .await
            .unwrap()
            .unwrap()
            .has_identity
    );
    for (issuer, subject) in [(ISSUER, "two"), (ISSUER, "ONE"), ("https://x", "one")] {
        let found = store.operator_of_identity(issuer, subject).await.unwrap();
        assert!(found.is_none(), "{issuer} {subject}");
    }
    let own = store.identity_of(ISSUER, &anna.id).await.unwrap();
    assert_eq!(own, Some(identity("one", &anna)));
    assert_eq!(store.identity_of(ISSUER, &bruno.id).await.unwrap(), None);
}

/// On purpose an operator gets another identity, and nobody gets somebody else's.
pub(crate) async fn an_identity_can_be_replaced_and_not_taken_away(stage: Stage) {
    let store = stage.open().await;
    let (anna, bruno) = (added(&store, "anna").await, added(&store, "bruno").await);
    let replace = |new| store.replace_identity(new, traces("replaced"));
    assert!(replace(identity("one", &anna)).await.unwrap(), "the first");
    let session = NewSession {
        id_hash: [1; 32],
        operator: anna.id.clone(),
        verified: None,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
        address: None,
        agent: None,
    };
    store
        .create_session(session, None, Traces::none())
        .await
        .unwrap();
    assert!(replace(identity("two", &anna)).await.unwrap(), "another");
    assert!(store.session(&[1; 32]).await.unwrap().is_none());
    let former = store.operator_of_identity(ISSUER, "one").await.unwrap();
    assert!(former.is_none(), "the former identity means nobody");

    assert!(replace(identity("three", &bruno)).await.unwrap());
    assert!(!replace(identity("two", &bruno)).await.unwrap(), "anna's");
    let own = store.identity_of(ISSUER, &bruno.id).await.unwrap();
    assert_eq!(own, Some(identity("three", &bruno)), "kept");
    assert_eq!(audited(&store).await, ["replaced"; 3]);
}

/// Two tabs, or two people with one address: one of them is linked.
pub(crate) async fn of_two_first_sign_ins_one_links(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let anna = added(&stores[0], "anna").await;
    let tasks: Vec<_> = (0..8_usize)
        .map(|number| {
            let store = stores[number % 2].clone();
            let new = identity(&format!("subject-{number}"), &anna);
            tokio::spawn(async move { store.link_identity(new, Traces::none()).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += u32::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
}

/// Whoever made the invitation cannot choose a password any more once the person has come in.
pub(crate) async fn a_link_ends_what_could_set_a_password(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    let link = NewSignInLink {
        token_hash: [7; 32],
        operator: Some(anna.id.clone()),
        only_invited: false,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
    };
    store
        .create_sign_in_link(link, Traces::none())
        .await
        .unwrap();
    let linked = store.link_identity(identity("one", &anna), Traces::none());
    assert!(linked.await.unwrap());
    assert!(store.sign_in_link(&[7; 32]).await.unwrap().is_none());
}

pub(crate) async fn old_attempts_are_pruned(stage: Stage) {
    let store = stage.open().await;
    store.create_oidc_attempt(attempt(1)).await.unwrap();
    let end = NOW.plus(600_000);
    assert_eq!(store.prune_oidc_attempts(end).await.unwrap(), 0);
    assert_eq!(store.prune_oidc_attempts(end.plus(1)).await.unwrap(), 1);
    assert!(store.oidc_attempt(&[1; 32]).await.unwrap().is_none());
}
