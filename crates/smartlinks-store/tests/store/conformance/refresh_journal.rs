use smartlinks_store::{
    AttemptOutcome, ConnectionId, Failure, FailureKind, Millis, RefreshAttempt, Spends, Store,
    StoredState,
};

use crate::support::*;

fn lease() -> Millis {
    NOW.plus(HOUR)
}

fn failure(kind: FailureKind) -> Failure {
    let (state, code) = match kind {
        FailureKind::Refused => (StoredState::ReauthorizationRequired, "IllegalRefreshToken"),
        _ => (StoredState::Degraded, "timeout"),
    };
    Failure {
        kind,
        code: code.to_owned(),
        state,
        reason: None,
        next_refresh_at: None,
    }
}

async fn claim(store: &std::sync::Arc<dyn Store>, id: &ConnectionId, generation: i64, owner: &str) {
    assert!(
        store
            .claim_refresh(id, generation, owner, lease(), NOW)
            .await
            .unwrap()
    );
}

async fn attempts(store: &std::sync::Arc<dyn Store>, id: &ConnectionId) -> Vec<RefreshAttempt> {
    store.refresh_journal().attempts(id, 10).await.unwrap()
}

async fn outcomes(store: &std::sync::Arc<dyn Store>, id: &ConnectionId) -> Vec<AttemptOutcome> {
    let attempts = attempts(store, id).await;
    attempts.iter().map(|attempt| attempt.outcome).collect()
}

/// R20: intent is written before, in the transaction of the claim.
pub(crate) async fn a_claim_writes_its_attempt_and_a_refused_claim_none(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    assert!(attempts(&store, &id).await.is_empty());
    claim(&store, &id, 1, "me").await;
    assert!(
        !store
            .claim_refresh(&id, 1, "you", lease(), NOW)
            .await
            .unwrap()
    );
    assert!(
        !store
            .claim_refresh(&id, 2, "you", lease(), lease())
            .await
            .unwrap()
    );
    let expected = RefreshAttempt {
        connection: id.clone(),
        number: 1,
        generation: 1,
        spends: Spends::Present,
        owner: "me".to_owned(),
        begun_at: NOW,
        outcome: AttemptOutcome::Pending,
        code: None,
        ended_at: None,
    };
    // A second process sees it, so it is durable.
    let other = stage.open().await;
    assert_eq!(attempts(&other, &id).await, [expected]);
}

pub(crate) async fn every_end_is_noted_with_its_code_and_moment(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    let ended = async || {
        let last = attempts(&store, &id).await.remove(0);
        (last.outcome, last.code, last.ended_at)
    };
    let later = NOW.plus(1);

    claim(&store, &id, 1, "me").await;
    assert!(store.release_lease(&id, "me", later).await.unwrap());
    assert_eq!(ended().await, (AttemptOutcome::Released, None, Some(later)));

    claim(&store, &id, 1, "me").await;
    let passing = failure(FailureKind::Failed);
    assert!(
        store
            .fail_refresh(&id, 1, "me", passing, later.into())
            .await
            .unwrap()
    );
    let code = Some("timeout".to_owned());
    assert_eq!(ended().await, (AttemptOutcome::Failed, code, Some(later)));

    claim(&store, &id, 1, "me").await;
    store
        .finish_refresh(&id, 1, "me", pair("b"), later.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended().await, (AttemptOutcome::Stored, None, Some(later)));

    claim(&store, &id, 2, "me").await;
    let refused = failure(FailureKind::Refused);
    assert!(
        store
            .fail_refresh(&id, 2, "me", refused, later.into())
            .await
            .unwrap()
    );
    let code = Some("IllegalRefreshToken".to_owned());
    assert_eq!(ended().await, (AttemptOutcome::Refused, code, Some(later)));
    let numbers: Vec<i64> = attempts(&store, &id)
        .await
        .iter()
        .map(|it| it.number)
        .collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
}

/// F7: what is found after a crash.
pub(crate) async fn who_takes_over_ends_the_attempt_of_the_dead(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    claim(&store, &id, 1, "dead").await;
    assert!(
        store
            .claim_refresh(&id, 1, "heir", lease().plus(HOUR), lease())
            .await
            .unwrap()
    );
    let [heir, dead] = attempts(&store, &id).await.try_into().unwrap();
    assert_eq!(
        (dead.outcome, dead.ended_at),
        (AttemptOutcome::Interrupted, Some(lease()))
    );
    assert_eq!(
        (heir.outcome, heir.number, heir.owner.as_str()),
        (AttemptOutcome::Pending, 2, "heir")
    );
}

/// F3, F10: the slow one was taken for dead, and its answer is the one that counts.
pub(crate) async fn a_late_answer_corrects_the_journal(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    claim(&store, &id, 1, "slow").await;
    assert!(
        store
            .claim_refresh(&id, 1, "heir", lease().plus(HOUR), lease())
            .await
            .unwrap()
    );
    let late = lease().plus(1);
    store
        .finish_refresh(&id, 1, "slow", pair("late"), late.into())
        .await
        .unwrap()
        .unwrap();
    let expected = [AttemptOutcome::Overtaken, AttemptOutcome::Stored];
    assert_eq!(outcomes(&store, &id).await, expected);
    // The heir hears a refusal, which is not its to judge any more, and the journal stays as it is.
    let refused = failure(FailureKind::Refused);
    assert!(
        !store
            .fail_refresh(&id, 1, "heir", refused, late.into())
            .await
            .unwrap()
    );
    assert_eq!(outcomes(&store, &id).await, expected);
}

pub(crate) async fn the_loser_of_a_race_is_noted_as_overtaken(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    claim(&store, &id, 1, "loser").await;
    store
        .finish_refresh(&id, 1, "winner", pair("won"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(outcomes(&store, &id).await, [AttemptOutcome::Overtaken]);
    // And the next deadline is claimed as if nothing had been.
    claim(&store, &id, 2, "loser").await;
    store
        .finish_refresh(&id, 1, "loser", pair("lost"), NOW.into())
        .await
        .unwrap()
        .ok_or(())
        .unwrap_err();
    let expected = [AttemptOutcome::Pending, AttemptOutcome::Overtaken];
    assert_eq!(outcomes(&store, &id).await, expected);
}

/// R33: what a person does ends what is under way, and the journal keeps no token.
pub(crate) async fn signing_in_again_and_disconnecting_end_what_is_pending(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    claim(&store, &id, 1, "me").await;
    store
        .reconnect(
            &id,
            account("1001"),
            false,
            None,
            pair("sign-in"),
            NOW.into(),
        )
        .await
        .unwrap();
    claim(&store, &id, 2, "me").await;
    assert!(store.disconnect(&id, NOW.into()).await.unwrap());
    let expected = [AttemptOutcome::Overtaken, AttemptOutcome::Overtaken];
    assert_eq!(outcomes(&store, &id).await, expected);
}

pub(crate) async fn a_lost_answer_is_remembered_until_a_pair_is_stored(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    claim(&store, &id, 1, "me").await;
    let passing = failure(FailureKind::Failed);
    store
        .fail_refresh(&id, 1, "me", passing, NOW.into())
        .await
        .unwrap();
    assert_eq!(find(&store, &id).await.refresh_interrupted_at, None);
    claim(&store, &id, 1, "me").await;
    let lost = failure(FailureKind::AnswerLost);
    store
        .fail_refresh(&id, 1, "me", lost, NOW.plus(1).into())
        .await
        .unwrap();
    assert_eq!(find(&store, &id).await.refresh_interrupted_at, Some(NOW));
    claim(&store, &id, 1, "me").await;
    assert_eq!(find(&store, &id).await.refresh_interrupted_at, Some(NOW));
    store
        .finish_refresh(&id, 1, "me", pair("b"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(find(&store, &id).await.refresh_interrupted_at, None);
}

pub(crate) async fn the_last_resort_is_spent_once(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "a").await.id;
    let claim_former = async || {
        store
            .claim_last_resort(&id, 2, "me", lease(), NOW)
            .await
            .unwrap()
    };
    assert!(
        !store
            .claim_last_resort(&id, 1, "me", lease(), NOW)
            .await
            .unwrap(),
        "there is no former pair"
    );
    store
        .finish_refresh(&id, 1, "me", pair("b"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert!(claim_former().await);
    assert!(!claim_former().await, "the lease is held");
    // A failure that passes keeps the pair for another try.
    let passing = failure(FailureKind::AnswerLost);
    assert!(
        store
            .fail_refresh(&id, 2, "me", passing, NOW.into())
            .await
            .unwrap()
    );
    assert!(claim_former().await);
    let refused = failure(FailureKind::Refused);
    assert!(
        store
            .fail_refresh(&id, 2, "me", refused, NOW.into())
            .await
            .unwrap()
    );
    assert!(store.previous_token(&id).await.unwrap().is_none());
    assert!(!claim_former().await);
    let spent: Vec<Spends> = attempts(&store, &id)
        .await
        .iter()
        .map(|it| it.spends)
        .collect();
    assert_eq!(spent, [Spends::Former, Spends::Former]);
    assert_eq!(tokens(&store, &id).await, texts("access-b", "refresh-b"));
}

pub(crate) async fn only_ended_attempts_are_forgotten(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    for _ in 0..2 {
        claim(&store, &id, 1, "me").await;
        store.release_lease(&id, "me", NOW.plus(5)).await.unwrap();
    }
    claim(&store, &id, 1, "me").await;
    let journal = store.refresh_journal();
    assert_eq!(journal.prune_attempts(NOW.plus(5)).await.unwrap(), 0);
    assert_eq!(journal.attempts(&id, 2).await.unwrap().len(), 2);
    let whenever = Millis(i64::MAX);
    assert_eq!(journal.prune_attempts(whenever).await.unwrap(), 2);
    assert_eq!(outcomes(&store, &id).await, [AttemptOutcome::Pending]);
    assert_eq!(journal.prune_attempts(whenever).await.unwrap(), 0);
}
