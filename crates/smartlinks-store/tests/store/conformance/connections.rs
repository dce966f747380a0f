use smartlinks_store::{
    Account, Binding, ConnectionId, Failure, NewConnectLink, NewConnection, NewLoginAttempt,
    Outlook, StoreError, StoredState, Traces,
};

use crate::support::*;

pub(crate) async fn the_first_connection_is_generation_1_and_the_default(stage: Stage) {
    let store = stage.open().await;
    let new = NewConnection {
        id: new_id(),
        label: Some("shop".to_owned()),
        account: account("1001"),
        pair: pair("a"),
    };
    let id = new.id.clone();
    let first = store.connect(new, NOW.into()).await.unwrap();
    assert_eq!(first.id, id);
    assert_eq!(
        (first.generation, first.state, first.is_default),
        (1, StoredState::Active, true)
    );
    assert_eq!(first.label.as_deref(), Some("shop"));
    assert_eq!(first.account, account("1001"));
    assert_eq!(first.works_until, Some(NOW.plus(24 * HOUR)));
    assert_eq!(first.sign_in_again_by, Some(NOW.plus(48 * HOUR)));
    assert_eq!((first.signed_in_at, first.created_at), (NOW, NOW));
    assert_eq!(find(&store, &id).await, first);
    assert_eq!(tokens(&store, &id).await, texts("access-a", "refresh-a"));
    assert!(store.previous_token(&id).await.unwrap().is_none());

    let second = connected(&store, "1002").await;
    assert!(!second.is_default);
    assert_eq!(store.default_connection().await.unwrap().unwrap().id, id);
}

pub(crate) async fn an_account_has_one_connection(stage: Stage) {
    let store = stage.open().await;
    let first = connected(&store, "1001").await;
    for disconnected in [false, true] {
        if disconnected {
            assert!(store.disconnect(&first.id, NOW.into()).await.unwrap());
        }
        let again = NewConnection {
            id: new_id(),
            label: None,
            account: account("1001"),
            pair: pair("b"),
        };
        match store.connect(again, NOW.into()).await {
            Err(StoreError::AccountAlreadyConnected { connection }) => {
                assert_eq!(connection, first.id);
            }
            other => panic!("{other:?}"),
        }
    }
    let other = connected(&store, "1002").await;
    let taken = store
        .reconnect(
            &other.id,
            account("1001"),
            true,
            None,
            pair("c"),
            NOW.into(),
        )
        .await;
    assert!(matches!(
        taken,
        Err(StoreError::AccountAlreadyConnected { .. })
    ));
    assert_eq!(
        tokens(&store, &other.id).await,
        texts("access-1002", "refresh-1002")
    );
}

pub(crate) async fn of_two_connects_of_one_account_one_wins(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let new = NewConnection {
                    id: new_id(),
                    label: None,
                    account: account("1001"),
                    pair: pair(&number.to_string()),
                };
                store.connect(new, NOW.into()).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => won += 1,
            Err(StoreError::AccountAlreadyConnected { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(stores[0].connections().list(true).await.unwrap().len(), 1);
}

/// F16.
pub(crate) async fn reconnecting_replaces_the_pair_and_keeps_the_id(stage: Stage) {
    let store = stage.open().await;
    let first = connected(&store, "1001").await;
    store
        .set_label(&first.id, Some("shop"), NOW.into())
        .await
        .unwrap();
    let later = NOW.plus(HOUR);
    let mut newer = account("1001");
    newer.nick = Some("renamed".to_owned());
    let again = store
        .reconnect(
            &first.id,
            newer.clone(),
            false,
            None,
            pair("new"),
            later.into(),
        )
        .await
        .unwrap();
    assert_eq!((again.id.clone(), again.generation), (first.id.clone(), 2));
    assert_eq!(again.account, newer);
    assert_eq!(again.label.as_deref(), Some("shop"));
    assert_eq!((again.signed_in_at, again.created_at), (later, NOW));
    assert!(again.is_default);
    assert_eq!(
        tokens(&store, &first.id).await,
        texts("access-new", "refresh-new")
    );
    let previous = store.previous_token(&first.id).await.unwrap().unwrap();
    assert_eq!(previous.generation, 1);
    assert_eq!(
        shown(&previous.material),
        texts("access-1001", "refresh-1001")
    );

    // A stub comes back to life under its id.
    assert!(store.disconnect(&first.id, later.into()).await.unwrap());
    let label = Some("back".to_owned());
    let back = store
        .reconnect(
            &first.id,
            account("1001"),
            false,
            label,
            pair("back"),
            later.into(),
        )
        .await
        .unwrap();
    assert_eq!((back.generation, back.state), (3, StoredState::Active));
    assert_eq!(back.label.as_deref(), Some("back"));
    assert!(back.is_default);
    assert!(store.previous_token(&first.id).await.unwrap().is_none());
}

pub(crate) async fn reconnecting_to_another_account_keeps_no_former_pair(stage: Stage) {
    let store = stage.open().await;
    let first = connected(&store, "1001").await;
    // Whoever signs in may have seen another account there than there is by now.
    match store
        .reconnect(
            &first.id,
            account("1002"),
            false,
            None,
            pair("b"),
            NOW.into(),
        )
        .await
    {
        Err(error @ StoreError::OtherAccount { .. }) => {
            assert_eq!(error.code(), "other_account");
            assert!(!error.is_storage_failure());
            assert!(error.to_string().contains(first.id.as_str()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(find(&store, &first.id).await, first);
    let other = store
        .reconnect(
            &first.id,
            account("1002"),
            true,
            None,
            pair("b"),
            NOW.into(),
        )
        .await
        .unwrap();
    assert_eq!(other.account.user_id, "1002");
    assert!(store.previous_token(&first.id).await.unwrap().is_none());
    assert!(store.find_by_account("1001").await.unwrap().is_none());
}

pub(crate) async fn exactly_one_default_whoever_chooses(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(connected(&stores[0], &number.to_string()).await.id);
    }
    let tasks: Vec<_> = (0..24)
        .map(|number| {
            let (store, id) = (stores[number % 2].clone(), ids[number % ids.len()].clone());
            tokio::spawn(async move { store.set_default(&id, NOW.into()).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let all = stores[0].connections().list(false).await.unwrap();
    assert_eq!(
        all.iter()
            .filter(|connection| connection.is_default)
            .count(),
        1
    );
    assert!(all[0].is_default, "the default comes first");
    stores[0].set_default(&ids[3], NOW.into()).await.unwrap();
    assert_eq!(
        stores[1].default_connection().await.unwrap().unwrap().id,
        ids[3]
    );
}

pub(crate) async fn a_disconnected_default_leaves_none(stage: Stage) {
    let store = stage.open().await;
    let (first, second) = (connected(&store, "1").await, connected(&store, "2").await);
    assert!(store.disconnect(&first.id, NOW.into()).await.unwrap());
    assert!(store.default_connection().await.unwrap().is_none());
    let refused = store.set_default(&first.id, NOW.into()).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { .. }));
    assert!(store.default_connection().await.unwrap().is_none());
    store.set_default(&second.id, NOW.into()).await.unwrap();
    assert_eq!(
        store.default_connection().await.unwrap().unwrap().id,
        second.id
    );
}

pub(crate) async fn lists_and_lookups(stage: Stage) {
    let store = stage.open().await;
    let (one, two) = (connected(&store, "1").await, connected(&store, "2").await);
    assert!(store.disconnect(&two.id, NOW.plus(5).into()).await.unwrap());
    let ids = |list: Vec<smartlinks_store::Connection>| -> Vec<_> {
        list.into_iter().map(|connection| connection.id).collect()
    };
    assert_eq!(
        ids(store.connections().list(false).await.unwrap()),
        std::slice::from_ref(&one.id)
    );
    assert_eq!(ids(store.connections().list(true).await.unwrap()).len(), 2);
    assert_eq!(
        store.find_by_account("2").await.unwrap().unwrap().id,
        two.id
    );
    assert!(store.find_by_account("3").await.unwrap().is_none());
    let by_seller = async |id: &str| store.find_by_seller(id).await.unwrap().map(|one| one.id);
    assert_eq!(by_seller("77").await, None);
    let seller = Account {
        seller_id: Some("77".to_owned()),
        ..account("1")
    };
    let again = store.reconnect(
        &one.id,
        seller,
        false,
        None,
        pair("again"),
        NOW.plus(6).into(),
    );
    again.await.unwrap();
    assert_eq!(by_seller("77").await, Some(one.id));
}

pub(crate) async fn unknown_connections_are_said_to_be_unknown(stage: Stage) {
    let store = stage.open().await;
    let id = new_id();
    assert!(store.connections().find(&id).await.unwrap().is_none());
    assert!(store.token(&id).await.unwrap().is_none());
    assert!(!store.disconnect(&id, NOW.into()).await.unwrap());
    assert!(
        !store
            .claim_refresh(&id, 1, "me", NOW.plus(HOUR), NOW)
            .await
            .unwrap()
    );
    assert!(
        store
            .finish_refresh(&id, 1, "me", pair("x"), NOW.into())
            .await
            .unwrap()
            .is_none()
    );
    let refused = [
        store.set_label(&id, None, NOW.into()).await.unwrap_err(),
        store.set_default(&id, NOW.into()).await.unwrap_err(),
        store
            .reconnect(&id, account("1"), false, None, pair("x"), NOW.into())
            .await
            .unwrap_err(),
    ];
    for error in refused {
        assert!(
            matches!(&error, StoreError::NotFound { id: named, .. } if *named == id.to_string())
        );
        assert!(!error.is_storage_failure());
    }
}

/// F11.
pub(crate) async fn a_label_edit_beside_refreshes_keeps_both(stage: Stage) {
    const ROUNDS: i64 = 20;
    let stores = [stage.open().await, stage.open().await];
    let id = connected(&stores[0], "1001").await.id;
    let (editor, edited) = (stores[1].clone(), id.clone());
    let edits = tokio::spawn(async move {
        for round in 0..ROUNDS {
            editor
                .set_label(&edited, Some(&format!("label {round}")), NOW.into())
                .await
                .unwrap();
        }
    });
    for generation in 1..=ROUNDS {
        let lease = NOW.plus(HOUR);
        assert!(
            stores[0]
                .claim_refresh(&id, generation, "me", lease, NOW)
                .await
                .unwrap()
        );
        let name = format!("{}", generation + 1);
        stores[0]
            .finish_refresh(&id, generation, "me", pair(&name), NOW.into())
            .await
            .unwrap()
            .unwrap();
    }
    edits.await.unwrap();
    let after = find(&stores[0], &id).await;
    assert_eq!(
        (after.generation, after.label.as_deref()),
        (ROUNDS + 1, Some("label 19"))
    );
    assert_eq!(
        tokens(&stores[1], &id).await,
        texts("access-21", "refresh-21")
    );
}

/// R33: the columns here, the bytes of the file in `sqlite_files.rs`.
pub(crate) async fn disconnecting_deletes_all_token_material(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    store
        .finish_refresh(&id, 1, "me", pair("second"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert!(
        store
            .claim_refresh(&id, 2, "me", NOW.plus(HOUR), NOW)
            .await
            .unwrap()
    );
    assert!(store.disconnect(&id, NOW.plus(1).into()).await.unwrap());
    assert!(!store.disconnect(&id, NOW.plus(2).into()).await.unwrap());

    let stub = find(&store, &id).await;
    assert_eq!(
        (stub.state, stub.updated_at),
        (StoredState::Disconnected, NOW.plus(1))
    );
    assert_eq!((stub.works_until, stub.next_refresh_at), (None, None));
    assert_eq!(stub.account, account("1001"));
    assert!(store.token(&id).await.unwrap().is_none());
    assert!(store.previous_token(&id).await.unwrap().is_none());
    let left = "select 'x' from connections where access_token is not null or refresh_token is not null \
         or previous_access_token is not null or previous_refresh_token is not null";
    assert!(stage.raw().await.lines(left).await.is_empty());
    // The refresh that was under way comes too late, and a new one cannot start.
    assert!(
        store
            .finish_refresh(&id, 2, "me", pair("third"), NOW.into())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        !store
            .claim_refresh(&id, 2, "you", NOW.plus(HOUR), NOW)
            .await
            .unwrap()
    );
    assert!(
        store
            .due_for_refresh(NOW.plus(99 * HOUR), 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.token(&id).await.unwrap().is_none());
}

pub(crate) async fn the_outlook_counts_states_and_deadlines(stage: Stage) {
    let store = stage.open().await;
    assert_eq!(store.outlook(NOW).await.unwrap(), Outlook::default());
    let failing = connected(&store, "1").await;
    let ended = connected(&store, "2").await;
    let gone = connected(&store, "3").await;
    connected(&store, "4").await;
    assert!(store.disconnect(&gone.id, NOW.into()).await.unwrap());
    for (connection, state) in [
        (&failing, StoredState::Degraded),
        (&ended, StoredState::ReauthorizationRequired),
    ] {
        let until = NOW.plus(HOUR);
        let claimed = store.claim_refresh(&connection.id, 1, "me", until, NOW);
        assert!(claimed.await.unwrap());
        let failure = Failure {
            kind: smartlinks_store::FailureKind::Failed,
            code: "x".to_owned(),
            state,
            reason: None,
            next_refresh_at: (state == StoredState::Degraded).then_some(NOW),
        };
        let noted = store.fail_refresh(&connection.id, 1, "me", failure, NOW.into());
        assert!(noted.await.unwrap());
    }
    let at_first = Outlook {
        active: 1,
        degraded: 1,
        reauthorization_required: 1,
        disconnected: 1,
        due: 1,
        sign_in_within: [2, 2, 2, 2, 0],
        next_sign_in_by: Some(NOW.plus(48 * HOUR)),
        longest_life_ms: Some(24 * HOUR),
        longest_window_ms: Some(48 * HOUR),
    };
    assert_eq!(store.outlook(NOW).await.unwrap(), at_first);
    assert_eq!(at_first.connected(), 3);
    let later = store.outlook(NOW.plus(25 * HOUR)).await.unwrap();
    assert_eq!((later.due, later.sign_in_within), (2, [2; 5]));
    let too_late = store.outlook(NOW.plus(48 * HOUR)).await.unwrap();
    let states = (too_late.active, too_late.degraded);
    assert_eq!((states, too_late.reauthorization_required), ((0, 0), 3));
    assert_eq!(
        (too_late.sign_in_within, too_late.next_sign_in_by),
        ([0; 5], None)
    );
}

/// Counted the slow way, from every row: `NOW` and the days of the ladder are written into it.
fn slow_count() -> String {
    let now = NOW.0;
    let works = "state in ('active', 'degraded')";
    let within = Outlook::DAYS.map(|days| {
        let until = now + days * 24 * HOUR;
        format!(
            "count(case when {works} and sign_in_again_by > {now} and sign_in_again_by <= {until} then 1 end)"
        )
    });
    let mut counts: Vec<String> = ["active", "degraded"]
        .map(|state| {
            format!(
                "count(case when state = '{state}' and (sign_in_again_by is null or sign_in_again_by > {now}) then 1 end)"
            )
        })
        .to_vec();
    counts.push(format!(
        "count(case when state = 'reauthorization_required' or ({works} and sign_in_again_by <= {now}) then 1 end)"
    ));
    counts.push("count(case when state = 'disconnected' then 1 end)".to_owned());
    counts.push(format!(
        "count(case when next_refresh_at <= {now} then 1 end)"
    ));
    counts.extend(within);
    counts.push(format!(
        "min(case when {works} and sign_in_again_by > {now} then sign_in_again_by end)"
    ));
    let texts: Vec<String> = counts
        .iter()
        .map(|count| format!("cast({count} as text)"))
        .collect();
    format!("select {} from connections", texts.join(", "))
}

pub(crate) async fn the_outlook_agrees_with_a_count_of_every_row(stage: Stage) {
    let store = stage.open().await;
    let mut raw = stage.raw().await;
    for number in 0..48_i64 {
        let connection = connected(&store, &number.to_string()).await;
        let id = connection.id;
        // On the steps, a little beside them, far away, past, and none.
        let deadline = match number % 12 {
            0 => "null".to_owned(),
            1 => (NOW.0 + 400 * 24 * HOUR).to_string(),
            2 => (NOW.0 - HOUR).to_string(),
            3 => NOW.0.to_string(),
            other => {
                let days = Outlook::DAYS[usize::try_from(other).unwrap() % 5];
                (NOW.0 + days * 24 * HOUR + number % 3 - 1).to_string()
            }
        };
        let state = ["active", "degraded", "reauthorization_required", "active"]
            [usize::try_from(number / 12).unwrap()];
        let due = NOW.0 + (number % 5 - 2) * HOUR;
        raw.execute(format!(
            "update connections set state = '{state}', sign_in_again_by = {deadline}, next_refresh_at = {due} \
             where id = '{id}'"
        ))
        .await;
        if number % 11 == 10 {
            assert!(store.disconnect(&id, NOW.into()).await.unwrap());
        }
    }
    let seen = store.outlook(NOW).await.unwrap();
    let mut found = vec![
        seen.active,
        seen.degraded,
        seen.reauthorization_required,
        seen.disconnected,
        seen.due,
    ];
    found.extend(seen.sign_in_within);
    found.push(seen.next_sign_in_by.unwrap().0);
    let counted: Vec<i64> = raw.rows(slow_count()).await[0]
        .iter()
        .map(|count| count.parse().unwrap())
        .collect();
    assert_eq!(found, counted);
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
    assert_eq!(seen.all(), 48);
    assert_eq!(seen.longest_life_ms, Some(24 * HOUR));
}

/// F17: whoever holds a link or has begun to sign in does not bring back what a person has ended.
pub(crate) async fn disconnecting_closes_the_ways_back(stage: Stage) {
    let store = stage.open().await;
    let [ended, other] = [
        connected(&store, "1").await.id,
        connected(&store, "2").await.id,
    ];
    let later = NOW.plus(HOUR);
    let attempt = |number: u8, connection: &ConnectionId| NewLoginAttempt {
        state_hash: [number; 32],
        binding: Binding::ConnectLink([7; 32]),
        caller_state: None,
        return_to: None,
        connection: Some(connection.clone()),
        other_account: false,
        label: None,
        created_at: NOW,
        expires_at: later,
    };
    for (number, id) in [(1, &ended), (2, &other)] {
        let link = NewConnectLink {
            id: format!("link_{number}"),
            token_hash: [number; 32],
            label: None,
            connection: Some(id.clone()),
            created_by: "operator Ada".to_owned(),
            created_at: NOW,
            expires_at: later,
        };
        store.create_link(link, Traces::none()).await.unwrap();
        store
            .login_attempts()
            .create(attempt(number, id))
            .await
            .unwrap();
    }
    assert!(store.disconnect(&ended, NOW.into()).await.unwrap());
    for (number, id, open) in [(1_u8, &ended, false), (2, &other, true)] {
        let under_way = store.look_up(&[number; 32]).await.unwrap().unwrap();
        let is_open = under_way.consumed_at.is_none();
        assert_eq!(is_open, open, "the sign-in under way {number}");
        let token = [number; 32];
        let used = store
            .use_link(&token, attempt(number + 10, id), NOW, Traces::none())
            .await;
        assert_eq!(used.unwrap(), open, "the link {number}");
    }
}
