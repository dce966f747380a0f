use std::sync::Arc;

use smartlinks_store::{
    Actor, ActorKind, AuditFilter, Change, LinkUse, NewAudit, NewOperator, NewSession,
    NewSignInLink, Operator, OperatorId, PasswordHash, Store, StoreError, SystemEntropy, Traces,
};

use crate::support::*;

fn named(name: &str) -> NewOperator {
    NewOperator {
        id: OperatorId::generate(NOW, &SystemEntropy).unwrap(),
        name: name.to_owned(),
        password_hash: Some(PasswordHash::new("$argon2id$made-up")),
    }
}

async fn added(store: &Arc<dyn Store>, name: &str) -> Operator {
    store
        .create_operator(named(name), NOW.into())
        .await
        .unwrap()
}

fn session_of(operator: &Operator, number: u8) -> NewSession {
    NewSession {
        id_hash: [number; 32],
        operator: operator.id.clone(),
        verified: None,
        created_at: NOW,
        expires_at: NOW.plus(24 * HOUR),
        address: Some("192.0.2.1".to_owned()),
        agent: Some("Firefox, Linux".to_owned()),
    }
}

fn link(number: u8, operator: Option<&Operator>) -> NewSignInLink {
    NewSignInLink {
        token_hash: [number; 32],
        operator: operator.map(|operator| operator.id.clone()),
        only_invited: false,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
    }
}

/// R23: a name is one person, whatever its capitals.
pub(crate) async fn a_name_is_taken_once_whatever_its_capitals(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "Anna@Example.com").await;
    assert_eq!(store.operator(&anna.id).await.unwrap().unwrap(), anna);
    let found = store.operator_named("anna@example.COM").await.unwrap();
    assert_eq!(found.unwrap(), anna);
    let again = store
        .create_operator(named("ANNA@example.com"), NOW.into())
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert!(store.operator_named("ann").await.unwrap().is_none());
    let later = NewOperator {
        id: OperatorId::generate(NOW.plus(1), &SystemEntropy).unwrap(),
        ..named("bruno")
    };
    let bruno = store
        .create_operator(later, NOW.plus(1).into())
        .await
        .unwrap();
    assert_eq!(store.list_operators().await.unwrap(), [anna, bruno]);
}

/// A first-start link used many times at once: one first operator. Each start ends the links of the starts before.
pub(crate) async fn at_most_one_becomes_the_first_operator(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    for number in 0..8 {
        stores[0]
            .create_sign_in_link(link(number, None), Traces::none())
            .await
            .unwrap();
    }
    for number in 0..8 {
        let left = stores[1].sign_in_link(&[number; 32]).await.unwrap();
        assert_eq!(left.is_some(), number == 7, "{number}");
    }
    let tasks: Vec<_> = (0..16_u8)
        .map(|number| {
            let store = stores[usize::from(number % 2)].clone();
            tokio::spawn(async move {
                let new = named(&format!("operator {number}"));
                store
                    .make_first_operator(&[7; 32], new, NOW.into())
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        made += usize::from(matches!(task.await.unwrap(), LinkUse::Done(_)));
    }
    assert_eq!(made, 1);
    assert_eq!(stores[1].list_operators().await.unwrap().len(), 1);
}

/// Whoever was added by the command line is an operator too.
pub(crate) async fn nobody_becomes_the_first_beside_an_operator(stage: Stage) {
    let store = stage.open().await;
    store
        .create_sign_in_link(link(1, None), Traces::none())
        .await
        .unwrap();
    added(&store, "anna").await;
    let late = store
        .make_first_operator(&[1; 32], named("eve"), NOW.into())
        .await
        .unwrap();
    assert_eq!(late, LinkUse::Late);
    assert_eq!(store.list_operators().await.unwrap().len(), 1);
}

pub(crate) async fn a_link_works_once_and_in_its_time(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    let hash = |text: &str| PasswordHash::new(text);
    store
        .create_sign_in_link(link(1, Some(&anna)), Traces::none())
        .await
        .unwrap();
    store
        .create_session(session_of(&anna, 7), None, Traces::none())
        .await
        .unwrap();
    let late = store
        .choose_password(&[1; 32], hash("late"), NOW.plus(HOUR).into())
        .await
        .unwrap();
    assert_eq!(late, LinkUse::Spent, "its time is over");
    let first = store
        .make_first_operator(&[1; 32], named("eve"), NOW.into())
        .await
        .unwrap();
    assert_eq!(first, LinkUse::Spent, "it is for another purpose");
    let used = store
        .choose_password(&[1; 32], hash("new"), NOW.plus(1).into())
        .await
        .unwrap();
    assert_eq!(used, LinkUse::Done(anna.id.clone()));
    let changed = store.operator(&anna.id).await.unwrap().unwrap();
    assert_eq!(changed.password_hash, Some(hash("new")));
    assert_eq!(changed.password_set_at, Some(NOW.plus(1)));
    assert!(
        store.session(&[7; 32]).await.unwrap().is_none(),
        "sessions end"
    );
    let twice = store
        .choose_password(&[1; 32], hash("twice"), NOW.plus(2).into())
        .await
        .unwrap();
    assert_eq!(twice, LinkUse::Spent);
    let kept = store.sign_in_link(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(kept.consumed_at, Some(NOW.plus(1)));
}

pub(crate) async fn a_newer_link_replaces_the_older_one(stage: Stage) {
    let store = stage.open().await;
    let (anna, bruno) = (added(&store, "anna").await, added(&store, "bruno").await);
    store
        .create_sign_in_link(link(1, Some(&anna)), Traces::none())
        .await
        .unwrap();
    store
        .create_sign_in_link(link(2, Some(&bruno)), Traces::none())
        .await
        .unwrap();
    store
        .create_sign_in_link(link(3, Some(&anna)), Traces::none())
        .await
        .unwrap();
    assert!(store.sign_in_link(&[1; 32]).await.unwrap().is_none());
    assert!(store.sign_in_link(&[2; 32]).await.unwrap().is_some());
    assert!(store.sign_in_link(&[3; 32]).await.unwrap().is_some());
    assert!(store.disable_operator(&anna.id, NOW.into()).await.unwrap());
    assert!(store.sign_in_link(&[3; 32]).await.unwrap().is_none());
}

pub(crate) async fn a_session_comes_back_with_its_operator(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    store
        .create_session(session_of(&anna, 1), None, Traces::none())
        .await
        .unwrap();
    let (session, operator) = store.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(operator, anna);
    assert_eq!((session.created_at, session.last_seen_at), (NOW, NOW));
    assert_eq!(session.agent.as_deref(), Some("Firefox, Linux"));
    // Signing in again in the same browser leaves one session, under another id.
    store
        .create_session(session_of(&anna, 2), Some([1; 32]), Traces::none())
        .await
        .unwrap();
    assert!(store.session(&[1; 32]).await.unwrap().is_none());
    assert_eq!(store.sessions_of(&anna.id).await.unwrap().len(), 1);
    let later = NOW.plus(60_000);
    assert!(store.touch_session(&[2; 32], later, NOW).await.unwrap());
    assert!(
        !store
            .touch_session(&[2; 32], later.plus(1), NOW)
            .await
            .unwrap(),
        "noted already"
    );
    let (session, _) = store.session(&[2; 32]).await.unwrap().unwrap();
    assert_eq!(session.last_seen_at, later);
}

pub(crate) async fn sessions_end_one_by_one_and_together(stage: Stage) {
    let store = stage.open().await;
    let (anna, bruno) = (added(&store, "anna").await, added(&store, "bruno").await);
    for number in 1..=4 {
        store
            .create_session(session_of(&anna, number), None, Traces::none())
            .await
            .unwrap();
    }
    store
        .create_session(session_of(&bruno, 9), None, Traces::none())
        .await
        .unwrap();
    assert!(
        !store
            .end_session(&[1; 32], Some(&bruno.id), Traces::none())
            .await
            .unwrap(),
        "another's"
    );
    assert!(
        store
            .end_session(&[1; 32], Some(&anna.id), Traces::none())
            .await
            .unwrap()
    );
    assert!(
        store
            .end_session(&[2; 32], None, Traces::none())
            .await
            .unwrap()
    );
    assert_eq!(
        store
            .end_sessions_of(&anna.id, Some(&[3; 32]), Traces::none())
            .await
            .unwrap(),
        1
    );
    assert!(store.session(&[3; 32]).await.unwrap().is_some());
    assert!(
        store
            .set_password(&anna.id, PasswordHash::new("x"), Some([3; 32]), NOW.into())
            .await
            .unwrap()
    );
    assert!(
        store.session(&[3; 32]).await.unwrap().is_some(),
        "the one that changed it"
    );
    assert!(
        store
            .set_password(&anna.id, PasswordHash::new("y"), None, NOW.into())
            .await
            .unwrap()
    );
    assert!(store.session(&[3; 32]).await.unwrap().is_none());
    assert!(
        store.session(&[9; 32]).await.unwrap().is_some(),
        "another's session goes on"
    );
}

pub(crate) async fn a_disabled_operator_has_no_sessions_and_may_come_back(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    store
        .create_session(session_of(&anna, 1), None, Traces::none())
        .await
        .unwrap();
    assert!(store.disable_operator(&anna.id, NOW.into()).await.unwrap());
    assert!(!store.disable_operator(&anna.id, NOW.into()).await.unwrap());
    assert!(store.session(&[1; 32]).await.unwrap().is_none());
    let disabled = store.operator(&anna.id).await.unwrap().unwrap();
    assert_eq!(disabled.disabled_at, Some(NOW));
    store
        .create_sign_in_link(link(1, Some(&anna)), Traces::none())
        .await
        .unwrap();
    let used = store
        .choose_password(&[1; 32], PasswordHash::new("x"), NOW.into())
        .await
        .unwrap();
    assert_eq!(used, LinkUse::Spent);
    assert!(
        store
            .enable_operator(&anna.id, Traces::none())
            .await
            .unwrap()
    );
    assert!(
        !store
            .enable_operator(&anna.id, Traces::none())
            .await
            .unwrap()
    );
}

pub(crate) async fn old_sessions_and_links_are_pruned(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    for number in 1..=3 {
        store
            .create_session(session_of(&anna, number), None, Traces::none())
            .await
            .unwrap();
    }
    store
        .touch_session(&[1; 32], NOW.plus(HOUR), NOW)
        .await
        .unwrap();
    store
        .touch_session(&[2; 32], NOW.plus(HOUR), NOW)
        .await
        .unwrap();
    assert_eq!(
        store.prune_sessions(NOW, NOW.plus(1)).await.unwrap(),
        1,
        "idle"
    );
    assert_eq!(store.sessions_of(&anna.id).await.unwrap().len(), 2);
    assert_eq!(
        store
            .prune_sessions(NOW.plus(24 * HOUR + 1), NOW)
            .await
            .unwrap(),
        2,
        "over"
    );
    store
        .create_sign_in_link(link(1, None), Traces::none())
        .await
        .unwrap();
    assert_eq!(store.prune_sign_in_links(NOW.plus(HOUR)).await.unwrap(), 0);
    assert_eq!(
        store.prune_sign_in_links(NOW.plus(HOUR + 1)).await.unwrap(),
        1
    );
}

/// What lies in the database opens nothing, and shows no password.
pub(crate) async fn no_hash_is_shown(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    assert!(!format!("{anna:?}").contains("made-up"));
}

/// R32: who did it stands in the audit log exactly when it was done.
pub(crate) async fn an_entry_is_left_by_what_took_effect(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    let change = |action: &str| Change {
        now: NOW,
        traces: Traces::none().audit(NewAudit {
            at: NOW,
            actor: Actor::of(ActorKind::CommandLine),
            action: action.to_owned(),
            connection: None,
            subject: Some(anna.id.to_string()),
            outcome: "ok".to_owned(),
            data_json: "{}".to_owned(),
        }),
    };
    assert!(
        store
            .disable_operator(&anna.id, change("disabled"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .disable_operator(&anna.id, change("disabled again"))
            .await
            .unwrap()
    );
    assert!(
        store
            .enable_operator(&anna.id, change("enabled").traces)
            .await
            .unwrap()
    );
    store
        .create_session(session_of(&anna, 1), None, change("signed in").traces)
        .await
        .unwrap();
    let spent = store
        .choose_password(&[9; 32], PasswordHash::new("x"), change("chosen"))
        .await
        .unwrap();
    assert_eq!(spent, LinkUse::Spent);
    assert_eq!(
        store
            .end_sessions_of(&anna.id, None, change("signed out").traces)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .end_sessions_of(&anna.id, None, change("signed out again").traces)
            .await
            .unwrap(),
        0
    );
    let log = store
        .audit()
        .page(&AuditFilter::default(), None, 10)
        .await
        .unwrap();
    let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["signed out", "signed in", "enabled", "disabled"]);
}

/// R23: between the look at the password and the session nothing may have changed.
pub(crate) async fn a_session_begins_only_while_the_password_stands(stage: Stage) {
    let store = stage.open().await;
    let anna = added(&store, "anna").await;
    let (first, second) = (PasswordHash::new("first"), PasswordHash::new("second"));
    let begin = async |number: u8, verified: Option<&PasswordHash>| {
        let new = NewSession {
            verified: verified.cloned(),
            ..session_of(&anna, number)
        };
        let replaces = Some([1; 32]).filter(|_| number > 1);
        let begun = store.create_session(new, replaces, Traces::none());
        begun.await.unwrap()
    };
    let set = async |hash: &PasswordHash| {
        let now = NOW.into();
        store.set_password(&anna.id, hash.clone(), None, now).await
    };
    assert!(set(&first).await.unwrap());
    assert!(begin(1, Some(&first)).await);
    assert!(!begin(2, Some(&second)).await, "another password");
    assert!(store.session(&[1; 32]).await.unwrap().is_some(), "kept");
    assert!(set(&second).await.unwrap());
    assert!(!begin(2, Some(&first)).await, "it was changed meanwhile");
    assert!(begin(3, None).await, "no password let the operator in");
    assert!(store.disable_operator(&anna.id, NOW.into()).await.unwrap());
    assert!(!begin(4, Some(&second)).await, "disabled meanwhile");
    assert!(!begin(4, None).await, "disabled meanwhile");
    assert!(store.sessions_of(&anna.id).await.unwrap().is_empty());
    assert!(
        store
            .operator(&anna.id)
            .await
            .unwrap()
            .unwrap()
            .disabled_at
            .is_some()
    );
}

/// However a password change and a sign-in meet: no session of the former password is left.
pub(crate) async fn a_password_change_leaves_no_session_behind(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let anna = added(&stores[0], "anna").await;
    let hash = |round: u8| PasswordHash::new(format!("round {round}"));
    for round in 0..8 {
        let (one, two) = (stores[0].clone(), stores[1].clone());
        let former = hash(round);
        let set = stores[0].set_password(&anna.id, former.clone(), None, NOW.into());
        assert!(set.await.unwrap());
        let new = NewSession {
            verified: Some(former),
            ..session_of(&anna, round)
        };
        let begun =
            tokio::spawn(async move { one.create_session(new, None, Traces::none()).await });
        let set = two.set_password(&anna.id, hash(100 + round), None, NOW.into());
        let (set, begun) = tokio::join!(set, begun);
        assert!(set.unwrap());
        begun.unwrap().unwrap();
        let left = stores[0].sessions_of(&anna.id).await.unwrap();
        assert!(left.is_empty(), "{round}: {left:?}");
    }
}

/// A link for the invited never opens the account of somebody who has a password.
pub(crate) async fn a_link_for_the_invited_is_made_for_them_alone(stage: Stage) {
    let store = stage.open().await;
    let invited = NewOperator {
        password_hash: None,
        ..named("anna")
    };
    let anna = store.create_operator(invited, NOW.into()).await.unwrap();
    let make = async |number: u8| {
        let new = NewSignInLink {
            only_invited: true,
            ..link(number, Some(&anna))
        };
        store
            .create_sign_in_link(new, Traces::none())
            .await
            .unwrap()
    };
    assert!(make(1).await);
    let hash = PasswordHash::new("chosen");
    let used = store.choose_password(&[1; 32], hash, NOW.into()).await;
    assert!(matches!(used.unwrap(), LinkUse::Done(_)));
    assert!(!make(2).await);
    assert!(store.sign_in_link(&[2; 32]).await.unwrap().is_none());
}
