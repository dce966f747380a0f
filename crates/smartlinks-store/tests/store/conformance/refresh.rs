use std::collections::HashMap;

use smartlinks_store::{
    Change, Failure, FailureKind, Millis, ReauthorizationReason, StoredState, Traces,
};

use crate::support::*;

fn lease() -> Millis {
    NOW.plus(HOUR)
}

fn refused() -> Failure {
    Failure {
        kind: FailureKind::Refused,
        code: "IllegalRefreshToken".to_owned(),
        state: StoredState::ReauthorizationRequired,
        reason: Some(ReauthorizationReason::RefreshTokenRefused.into()),
        next_refresh_at: None,
    }
}

/// F1, F2.
pub(crate) async fn of_many_claims_exactly_one_wins(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let id = connected(&stores[0], "1001").await.id;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let (store, id) = (stores[number % 2].clone(), id.clone());
            tokio::spawn(async move {
                let owner = format!("owner {number}");
                store
                    .claim_refresh(&id, 1, &owner, lease(), NOW)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(find(&stores[0], &id).await.refresh_begun_at, Some(NOW));
}

/// F1: what went wrong where the free-lease condition stood in a subquery only.
pub(crate) async fn due_work_is_claimed_once_by_many_workers(stage: Stage) {
    const CONNECTIONS: usize = 40;
    let stores = [stage.open().await, stage.open().await];
    for number in 0..CONNECTIONS {
        connected(&stores[0], &number.to_string()).await;
    }
    let now = NOW.plus(20 * HOUR);
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let (mut claimed, owner) = (Vec::new(), format!("worker {number}"));
                loop {
                    let due = store.due_for_refresh(now, 10).await.unwrap();
                    if due.is_empty() {
                        return claimed;
                    }
                    for id in due {
                        if store
                            .claim_refresh(&id, 1, &owner, now.plus(HOUR), now)
                            .await
                            .unwrap()
                        {
                            claimed.push(id);
                        }
                    }
                }
            })
        })
        .collect();
    let mut claims = HashMap::new();
    for worker in workers {
        for id in worker.await.unwrap() {
            *claims.entry(id).or_insert(0) += 1;
        }
    }
    assert_eq!(claims.len(), CONNECTIONS);
    assert!(claims.values().all(|count| *count == 1), "{claims:?}");
}

pub(crate) async fn a_claim_needs_the_present_generation(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    for generation in [0, 2] {
        assert!(
            !store
                .claim_refresh(&id, generation, "me", lease(), NOW)
                .await
                .unwrap()
        );
    }
    assert!(
        store
            .claim_refresh(&id, 1, "me", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        !store
            .claim_refresh(&id, 1, "me", lease(), NOW)
            .await
            .unwrap(),
        "also not twice"
    );
}

/// R20: the claim is the journal of a refresh that never reported back.
pub(crate) async fn a_lease_passes_on_when_it_has_run_out(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    assert!(
        store
            .claim_refresh(&id, 1, "dead", lease(), NOW)
            .await
            .unwrap()
    );
    let before = lease().plus(-1);
    assert!(
        !store
            .claim_refresh(&id, 1, "heir", before.plus(HOUR), before)
            .await
            .unwrap()
    );
    assert!(find(&store, &id).await.refresh_interrupted_at.is_none());
    assert!(
        store
            .claim_refresh(&id, 1, "heir", lease().plus(HOUR), lease())
            .await
            .unwrap()
    );
    let claimed = find(&store, &id).await;
    assert_eq!(claimed.refresh_begun_at, Some(lease()));
    assert_eq!(claimed.refresh_interrupted_at, Some(NOW));
    // The dead one comes back and may not judge any more.
    assert!(
        !store
            .renew_lease(&id, "dead", lease().plus(HOUR))
            .await
            .unwrap()
    );
    assert!(
        !store
            .fail_refresh(&id, 1, "dead", refused(), lease().into())
            .await
            .unwrap()
    );
    let done = store
        .finish_refresh(&id, 1, "heir", pair("b"), lease().into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (done.refresh_begun_at, done.refresh_interrupted_at),
        (None, None)
    );
}

pub(crate) async fn a_lease_is_renewed_and_released_by_its_owner_only(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    assert!(!store.renew_lease(&id, "me", lease()).await.unwrap());
    assert!(
        store
            .claim_refresh(&id, 1, "me", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(!store.renew_lease(&id, "you", lease()).await.unwrap());
    assert!(
        store
            .renew_lease(&id, "me", lease().plus(HOUR))
            .await
            .unwrap()
    );
    assert!(
        !store
            .claim_refresh(&id, 1, "you", lease().plus(HOUR), lease())
            .await
            .unwrap()
    );
    assert!(!store.release_lease(&id, "you", NOW).await.unwrap());
    assert!(store.release_lease(&id, "me", NOW).await.unwrap());
    assert!(!store.release_lease(&id, "me", NOW).await.unwrap());
    assert!(
        store
            .claim_refresh(&id, 1, "you", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        find(&store, &id).await.refresh_interrupted_at.is_none(),
        "no call was made"
    );
}

/// R19.
pub(crate) async fn of_two_finishes_of_one_generation_one_wins(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let id = connected(&stores[0], "1001").await.id;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, id) = (stores[number % 2].clone(), id.clone());
            tokio::spawn(async move {
                let name = format!("new{number}");
                let done = store
                    .finish_refresh(&id, 1, "me", pair(&name), NOW.into())
                    .await
                    .unwrap();
                done.map(|_| name)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.unwrap());
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(find(&stores[0], &id).await.generation, 2);
    assert_eq!(
        tokens(&stores[1], &id).await.0,
        format!("access-{}", winners[0])
    );
}

/// F10.
pub(crate) async fn the_loser_of_a_race_changes_nothing(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    assert!(
        store
            .claim_refresh(&id, 1, "loser", lease(), NOW)
            .await
            .unwrap()
    );
    store
        .finish_refresh(&id, 1, "winner", pair("won"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    let before = find(&store, &id).await;
    let late = NOW.plus(HOUR);
    assert!(
        !store
            .fail_refresh(&id, 1, "loser", refused(), late.into())
            .await
            .unwrap()
    );
    assert!(
        store
            .finish_refresh(&id, 1, "loser", pair("lost"), late.into())
            .await
            .unwrap()
            .is_none()
    );
    assert!(!store.pair_served(&id, 1).await.unwrap());
    assert_eq!(find(&store, &id).await, before);
    assert_eq!(
        tokens(&store, &id).await,
        texts("access-won", "refresh-won")
    );
    let previous = store.previous_token(&id).await.unwrap().unwrap();
    assert_eq!(
        shown(&previous.material),
        texts("access-1001", "refresh-1001")
    );
}

/// F3: the lease ran out during the call, but the pair is still the newest.
pub(crate) async fn a_late_answer_is_stored_when_no_other_came(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    assert!(
        store
            .claim_refresh(&id, 1, "slow", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        store
            .claim_refresh(&id, 1, "heir", lease().plus(HOUR), lease())
            .await
            .unwrap()
    );
    let late = lease().plus(1);
    let done = store
        .finish_refresh(&id, 1, "slow", pair("late"), late.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(done.generation, 2);
    assert!(
        !store
            .fail_refresh(&id, 1, "heir", refused(), late.into())
            .await
            .unwrap()
    );
    assert!(
        store
            .finish_refresh(&id, 1, "heir", pair("heir"), late.into())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(find(&store, &id).await.state, StoredState::Active);
    assert_eq!(tokens(&store, &id).await.0, "access-late");
}

/// F8.
pub(crate) async fn an_answer_without_refresh_token_keeps_the_old_one(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    for generation in 1..4 {
        let mut answer = pair(&format!("new{generation}"));
        answer.material.refresh_token = None;
        store
            .finish_refresh(&id, generation, "me", answer, NOW.into())
            .await
            .unwrap()
            .unwrap();
        let access = format!("access-new{generation}");
        assert_eq!(tokens(&store, &id).await, texts(&access, "refresh-1001"));
    }
    // A sign-in is another matter: what it does not give is not there.
    let mut answer = pair("sign-in");
    answer.material.refresh_token = None;
    store
        .reconnect(&id, account("1001"), false, None, answer, NOW.into())
        .await
        .unwrap();
    assert_eq!(
        tokens(&store, &id).await,
        ("access-sign-in".to_owned(), None)
    );
    let previous = store.previous_token(&id).await.unwrap().unwrap();
    assert_eq!(
        shown(&previous.material),
        texts("access-new3", "refresh-1001")
    );
}

/// F9.
pub(crate) async fn missing_deadlines_are_unknown_and_never_zero(stage: Stage) {
    let store = stage.open().await;
    let known = connected(&store, "1001").await;
    let mut answer = pair("b");
    (
        answer.works_until,
        answer.sign_in_again_by,
        answer.next_refresh_at,
    ) = (None, None, None);
    let done = store
        .finish_refresh(&known.id, 1, "me", answer.clone(), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(done.works_until, None);
    assert_eq!(
        done.sign_in_again_by, known.sign_in_again_by,
        "refreshing does not move it"
    );
    assert_eq!(done.next_refresh_at, None);
    let moved = pair("c");
    let done = store
        .finish_refresh(&known.id, 2, "me", moved, NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(done.works_until, Some(NOW.plus(24 * HOUR)));
    let again = store
        .reconnect(&known.id, account("1001"), false, None, answer, NOW.into())
        .await
        .unwrap();
    assert_eq!((again.works_until, again.sign_in_again_by), (None, None));
}

pub(crate) async fn the_former_pair_is_kept_until_the_new_one_has_served(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "a").await.id;
    assert!(
        !store.pair_served(&id, 1).await.unwrap(),
        "there is none yet"
    );
    store
        .finish_refresh(&id, 1, "me", pair("b"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    let previous = store.previous_token(&id).await.unwrap().unwrap();
    assert_eq!(
        (previous.generation, previous.works_until),
        (1, Some(NOW.plus(24 * HOUR)))
    );
    assert_eq!(shown(&previous.material), texts("access-a", "refresh-a"));
    store
        .finish_refresh(&id, 2, "me", pair("c"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    let previous = store.previous_token(&id).await.unwrap().unwrap();
    assert_eq!(shown(&previous.material), texts("access-b", "refresh-b"));
    assert!(!store.pair_served(&id, 2).await.unwrap());
    assert!(store.pair_served(&id, 3).await.unwrap());
    assert!(store.previous_token(&id).await.unwrap().is_none());
    assert!(!store.pair_served(&id, 3).await.unwrap());
    assert_eq!(tokens(&store, &id).await, texts("access-c", "refresh-c"));
}

pub(crate) async fn failures_are_noted_and_forgotten_after_success(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    let retry = NOW.plus(60_000);
    for count in 1..=2 {
        assert!(
            store
                .claim_refresh(&id, 1, "me", lease(), NOW)
                .await
                .unwrap()
        );
        let failure = Failure {
            kind: FailureKind::Failed,
            code: "timeout".to_owned(),
            state: StoredState::Degraded,
            reason: None,
            next_refresh_at: Some(retry),
        };
        assert!(
            store
                .fail_refresh(&id, 1, "me", failure, NOW.into())
                .await
                .unwrap()
        );
        let after = find(&store, &id).await;
        assert_eq!(
            (after.state, after.refresh_failures),
            (StoredState::Degraded, count)
        );
        assert_eq!(after.last_failure_code.as_deref(), Some("timeout"));
        assert_eq!(
            (after.last_failure_at, after.next_refresh_at),
            (Some(NOW), Some(retry))
        );
        assert_eq!((after.refresh_begun_at, after.generation), (None, 1));
    }
    assert!(
        store
            .claim_refresh(&id, 1, "me", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        store
            .fail_refresh(&id, 1, "me", refused(), NOW.into())
            .await
            .unwrap()
    );
    let after = find(&store, &id).await;
    assert_eq!(after.state, StoredState::ReauthorizationRequired);
    assert_eq!(after.reason.as_deref(), Some("refresh_token_refused"));
    // What still works is still there, and so is the refresh token.
    assert_eq!(
        tokens(&store, &id).await,
        texts("access-1001", "refresh-1001")
    );

    assert!(
        store
            .claim_refresh(&id, 1, "me", lease(), NOW)
            .await
            .unwrap()
    );
    let done = store
        .finish_refresh(&id, 1, "me", pair("b"), NOW.plus(1).into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((done.state, done.reason), (StoredState::Active, None));
    assert_eq!((done.refresh_failures, done.last_failure_at), (0, None));
    assert_eq!(
        (done.last_failure_code, done.last_refresh_at),
        (None, Some(NOW.plus(1)))
    );
}

pub(crate) async fn due_work_comes_in_order_and_not_while_leased(stage: Stage) {
    let store = stage.open().await;
    assert_eq!(store.next_refresh_due().await.unwrap(), None);
    let mut ids = Vec::new();
    for number in 0..4 {
        let id = connected(&store, &number.to_string()).await.id;
        let mut next = pair("b");
        next.next_refresh_at = (number < 3).then(|| NOW.plus((3 - number) * HOUR));
        store
            .finish_refresh(&id, 1, "me", next, NOW.into())
            .await
            .unwrap()
            .unwrap();
        ids.push(id);
    }
    assert_eq!(
        store.next_refresh_due().await.unwrap(),
        Some(NOW.plus(HOUR))
    );
    let due = async |hours: i64, limit| {
        store
            .due_for_refresh(NOW.plus(hours * HOUR), limit)
            .await
            .unwrap()
    };
    assert!(due(0, 10).await.is_empty());
    assert_eq!(due(1, 10).await, [ids[2].clone()]);
    assert_eq!(
        due(9, 10).await,
        [ids[2].clone(), ids[1].clone(), ids[0].clone()]
    );
    assert_eq!(due(9, 2).await, [ids[2].clone(), ids[1].clone()]);

    let now = NOW.plus(2 * HOUR);
    assert!(
        store
            .claim_refresh(&ids[2], 2, "me", now.plus(30 * HOUR), now)
            .await
            .unwrap()
    );
    assert_eq!(due(2, 10).await, [ids[1].clone()]);
    assert_eq!(
        store.next_refresh_due().await.unwrap(),
        Some(NOW.plus(2 * HOUR))
    );
    assert!(store.release_lease(&ids[2], "me", NOW).await.unwrap());
    assert_eq!(due(2, 10).await, [ids[2].clone(), ids[1].clone()]);
}

/// The next deadline is found behind any number of others that are being worked on.
pub(crate) async fn the_next_deadline_is_found_behind_leases(stage: Stage) {
    let store = stage.open().await;
    for number in 0..70 {
        let id = connected(&store, &number.to_string()).await.id;
        let until = NOW.plus(30 * HOUR);
        assert!(store.claim_refresh(&id, 1, "me", until, NOW).await.unwrap());
    }
    let mut later = pair("b");
    later.next_refresh_at = Some(NOW.plus(20 * HOUR));
    let id = connected(&store, "free").await.id;
    store
        .finish_refresh(&id, 1, "me", later, NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        store.next_refresh_due().await.unwrap(),
        Some(NOW.plus(20 * HOUR))
    );
}

/// What the gateway refuses does not hide why the connection had ended before.
pub(crate) async fn a_refused_access_token_leaves_the_cause(stage: Stage) {
    let store = stage.open().await;
    let (ended, active) = (
        connected(&store, "ended").await.id,
        connected(&store, "active").await.id,
    );
    assert!(
        store
            .claim_refresh(&ended, 1, "me", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        store
            .fail_refresh(&ended, 1, "me", refused(), NOW.into())
            .await
            .unwrap()
    );
    for (id, reason) in [
        (&ended, ReauthorizationReason::RefreshTokenRefused),
        (&active, ReauthorizationReason::AccessTokenRefused),
    ] {
        let change = Change {
            now: NOW.plus(HOUR),
            traces: Traces::none(),
        };
        assert!(store.access_refused(id, 1, change).await.unwrap());
        let record = find(&store, id).await;
        assert_eq!(record.state, StoredState::ReauthorizationRequired);
        assert_eq!(record.reason.as_deref(), Some(reason.as_str()));
        assert_eq!(record.works_until, Some(NOW.plus(HOUR)));
    }
    assert!(!store.any_usable(NOW.plus(HOUR)).await.unwrap());
}
