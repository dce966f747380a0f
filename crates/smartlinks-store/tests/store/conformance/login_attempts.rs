use smartlinks_store::{
    Binding, EndedLogin, LoginAttempt, NewLoginAttempt, Outcome, StoreError, Traces,
};

use crate::support::*;

fn attempt(number: u8) -> NewLoginAttempt {
    NewLoginAttempt {
        state_hash: [number; 32],
        binding: Binding::Browser([0xb0; 32]),
        caller_state: Some("the caller's <state>".to_owned()),
        return_to: Some("/aliexpress".to_owned()),
        connection: None,
        other_account: false,
        label: Some("shop".to_owned()),
        created_at: NOW,
        expires_at: NOW.plus(600_000),
    }
}

/// R3, F23.
pub(crate) async fn a_state_is_consumed_by_exactly_one_caller(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    stores[0].create(attempt(1)).await.unwrap();
    let own = Some(&[0xb0; 32]);
    let over = NOW.plus(600_000);
    for (browser, now) in [(None, NOW), (Some(&[0xb1; 32]), NOW), (own, over)] {
        let refused = stores[1].consume(&[1; 32], browser, now).await.unwrap();
        assert_eq!(refused, None, "{browser:?} {now:?}");
    }
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { store.consume(&[1; 32], own, NOW).await.unwrap() })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap().is_some());
    }
    assert_eq!(won, 1);
    for number in [1, 2] {
        let again = stores[1].consume(&[number; 32], own, NOW).await.unwrap();
        assert_eq!(again, None, "taken, or unknown");
    }
}

pub(crate) async fn what_was_stored_comes_back(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    let new = NewLoginAttempt {
        connection: Some(id.clone()),
        ..attempt(1)
    };
    store.create(new.clone()).await.unwrap();
    let expected = LoginAttempt {
        state_hash: new.state_hash,
        binding: new.binding,
        caller_state: new.caller_state.clone(),
        return_to: new.return_to.clone(),
        connection: Some(id),
        other_account: false,
        label: new.label.clone(),
        created_at: new.created_at,
        expires_at: new.expires_at,
        consumed_at: None,
        outcome: None,
    };
    assert_eq!(store.look_up(&[1; 32]).await.unwrap().unwrap(), expected);
    assert!(store.look_up(&[2; 32]).await.unwrap().is_none());
    let again = store.create(new).await.unwrap_err();
    assert!(matches!(again, StoreError::Conflict { .. }), "{again}");

    store
        .create(NewLoginAttempt {
            binding: Binding::Headless,
            ..attempt(3)
        })
        .await
        .unwrap();
    assert_eq!(
        store.look_up(&[3; 32]).await.unwrap().unwrap().binding,
        Binding::Headless
    );
    let taken = store.consume(&[3; 32], None, NOW.plus(7)).await.unwrap();
    assert_eq!(taken.as_ref().unwrap().consumed_at, Some(NOW.plus(7)));
    assert_eq!(store.look_up(&[3; 32]).await.unwrap(), taken);
}

pub(crate) async fn the_first_outcome_stays(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    for number in [1, 2] {
        store.create(attempt(number)).await.unwrap();
        let own = Some(&[0xb0; 32]);
        let taken = store.consume(&[number; 32], own, NOW).await.unwrap();
        assert!(taken.is_some());
    }
    let success = Outcome {
        result: "success".to_owned(),
        connection: Some(id),
        error_description: None,
    };
    let refusal = Outcome {
        result: "exchange_failed".to_owned(),
        connection: None,
        error_description: Some("é".repeat(500)),
    };
    let login = store.login_attempts();
    let ended = |number, outcome: &Outcome| EndedLogin {
        state_hash: [number; 32],
        outcome: outcome.clone(),
        at: NOW,
    };
    // As it is kept with the connection that was made.
    let traces = Traces::none().login(ended(1, &success));
    store.events().append(traces).await.unwrap();
    assert!(!login.finish(ended(1, &refusal)).await.unwrap());
    assert_eq!(
        login.look_up(&[1; 32]).await.unwrap().unwrap().outcome,
        Some(success)
    );
    assert!(login.finish(ended(2, &refusal)).await.unwrap());
    let kept = login
        .look_up(&[2; 32])
        .await
        .unwrap()
        .unwrap()
        .outcome
        .unwrap();
    assert_eq!(kept.error_description, Some("é".repeat(200)));
}

pub(crate) async fn old_attempts_are_pruned(stage: Stage) {
    let store = stage.open().await;
    for number in 0..3 {
        let expires_at = NOW.plus(i64::from(number));
        store
            .create(NewLoginAttempt {
                expires_at,
                ..attempt(number)
            })
            .await
            .unwrap();
    }
    assert_eq!(store.login_attempts().prune(NOW.plus(2)).await.unwrap(), 2);
    assert!(store.look_up(&[1; 32]).await.unwrap().is_none());
    assert!(store.look_up(&[2; 32]).await.unwrap().is_some());
}
