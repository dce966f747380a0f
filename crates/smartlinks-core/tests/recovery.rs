//! What becomes of a refresh that was cut: the journal, the durable pair once, the former pair as the last resort.
//! Processes that really die are in `testkit/tests/torture.rs`; here each case is looked at alone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::store::{
    AttemptOutcome, ConnectionId, Millis, NewPair, Spends, TokenMaterial,
};
use smartlinks_core::{ConnectionState, Error, ProductQuery, RefreshStep, RefreshSteps, to_millis};
use testkit::app::{App, Setup};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

async fn outcomes(app: &App, id: &ConnectionId) -> Result<Vec<(AttemptOutcome, Spends)>> {
    let journal = app.core.store().refresh_journal();
    let attempts = journal.attempts(id, 20).await?;
    Ok(attempts
        .iter()
        .map(|attempt| (attempt.outcome, attempt.spends))
        .collect())
}

fn now(app: &App) -> Millis {
    to_millis(app.core.now())
}

/// What a process leaves that dies after its claim: a lease of a minute and a pending attempt.
async fn die_after_claiming(app: &App, id: &ConnectionId) -> Result<()> {
    let now = now(app);
    let connections = app.core.store().connections();
    let record = connections.find(id).await?.context("no connection")?;
    let until = now.plus(MINUTE * 1000);
    let claimed = connections
        .claim_refresh(id, record.generation, "dead", until, now)
        .await?;
    assert!(claimed);
    Ok(())
}

/// Spends the durable refresh token, as a process does that dies before it has stored the answer.
async fn rotate(app: &App, id: &ConnectionId) -> Result<()> {
    let pair = app.core.store().connections().token(id).await?;
    let (_, material) = pair.context("no pair")?;
    app.refresh_at_the_gateway(&material).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_died_before_its_call_costs_nothing() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    die_after_claiming(&app, &id).await?;
    app.advance(MINUTE);
    let view = app.core.refresh_now(id.as_str()).await?;
    assert_eq!((view.generation, view.state), (2, ConnectionState::Active));
    assert_eq!(
        outcomes(&app, &id).await?,
        [
            (AttemptOutcome::Stored, Spends::Present),
            (AttemptOutcome::Interrupted, Spends::Present)
        ]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_died_with_its_process_is_the_cause_that_is_told() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    die_after_claiming(&app, &id).await?;
    rotate(&app, &id).await?;
    app.advance(MINUTE);
    let ended = app.core.refresh_now(id.as_str()).await;
    assert!(
        matches!(&ended, Err(Error::ReauthorizationRequired { reason, .. }) if reason == "refresh_interrupted"),
        "{ended:?}"
    );
    // Asked once, and what still works is still handed out.
    assert_eq!(app.refreshes().await?, 2);
    assert_eq!(outcomes(&app, &id).await?[0].0, AttemptOutcome::Refused);
    app.core.vend(None, SECOND).await?;
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    assert_eq!(app.refreshes().await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cause_stays_when_the_access_token_is_refused_afterwards() -> Result<()> {
    let app = App::start().await?;
    app.control("profile", &json!({"old_access_valid": false}))
        .await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    die_after_claiming(&app, &id).await?;
    rotate(&app, &id).await?;
    app.advance(MINUTE);
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    let product = app.products().await?[0].clone();
    for _ in 0..2 {
        let answer = app.core.product(&product, &ProductQuery::default()).await;
        assert!(
            matches!(&answer, Err(Error::ReauthorizationRequired { reason, .. }) if reason == "refresh_interrupted"),
            "{answer:?}"
        );
    }
    let view = app.core.connection(id.as_str()).await?;
    assert_eq!(view.reason.as_deref(), Some("refresh_interrupted"));
    assert!(!view.usable, "a refused token is handed out");
    assert!(app.core.vend(None, SECOND).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_cannot_be_read_does_not_stand_before_all_others() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    let code = app.code(Some("buyer2")).await?;
    let neighbour = app.core.exchange_pasted(&code, None).await?.id;
    let damage = format!("update connections set refresh_token = x'00' where id = '{id}'");
    app.database()?.execute(&damage)?;
    app.advance(29 * DAY);
    for _ in 0..2 {
        app.core.refresh_due(&Default::default()).await?;
    }
    assert_eq!(
        outcomes(&app, &id).await?,
        [(AttemptOutcome::Failed, Spends::Present)]
    );
    let view = app.core.connection(id.as_str()).await?;
    assert_eq!(view.state, ConnectionState::Degraded);
    assert_eq!(view.last_failure_code.as_deref(), Some("token_unreadable"));
    assert_eq!(app.core.connection(&neighbour).await?.generation, 2);
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

/// The lease is renewed beside the call: an answer that has come is not thrown away because the database hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_costs_no_answer() -> Result<()> {
    let mut setup = Setup {
        read_timeout: Duration::from_millis(2500),
        ..Setup::default()
    };
    setup.refresh.lease = Duration::from_millis(1500);
    let app = App::with(setup).await?;
    let id = app.connect().await?;
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 1000});
    app.control("faults", &fault).await?;
    let mut refreshing = tokio::spawn({
        let (core, id) = (app.core.clone(), id.clone());
        async move { core.refresh_now(&id).await }
    });
    while app.refreshes().await? == 0 {
        tokio::task::yield_now().await;
    }
    // Somebody holds the writer, from before the lease is renewed until long after the answer has come.
    let mut database = app.database()?;
    database.execute("begin immediate")?;
    let hanging = tokio::time::timeout(Duration::from_millis(3500), &mut refreshing).await;
    assert!(hanging.is_err(), "the writer was not held: {hanging:?}");
    database.execute("rollback")?;
    assert_eq!(refreshing.await??.generation, 2);
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_way_is_told_as_well() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "truncate"});
    app.control("faults", &fault).await?;
    let lost = app.core.refresh_now(id.as_str()).await;
    assert!(matches!(lost, Err(Error::Gateway(_))), "{lost:?}");
    assert_eq!(
        app.core.connection(id.as_str()).await?.state,
        ConnectionState::Degraded
    );
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    let view = app.core.connection(id.as_str()).await?;
    assert_eq!(view.reason.as_deref(), Some("refresh_interrupted"));
    Ok(())
}

/// The gateway has given a pair and forgotten it.
async fn forgotten_by_the_gateway(app: &App, id: &ConnectionId) -> Result<()> {
    let now = now(app);
    let pair = NewPair {
        material: TokenMaterial {
            access_token: "50000forgotten".to_owned().into(),
            refresh_token: Some("50001forgotten".to_owned().into()),
        },
        obtained_at: now,
        works_until: Some(now.plus(30 * DAY * 1000)),
        sign_in_again_by: Some(now.plus(60 * DAY * 1000)),
        next_refresh_at: Some(now.plus(23 * DAY * 1000)),
    };
    let stored = app
        .core
        .store()
        .connections()
        .finish_refresh(id, 1, "before", pair, now.into())
        .await?;
    assert!(stored.is_some());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_the_gateway_forgot_is_mended_with_the_former_one() -> Result<()> {
    let app = App::start().await?;
    app.control("profile", &json!({"reuse_ends_grant": true}))
        .await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    forgotten_by_the_gateway(&app, &id).await?;
    app.advance(2 * MINUTE);
    // Both tokens are refused, then the former pair is spent, and the caller never knows.
    app.core
        .product(&app.products().await?[0], &ProductQuery::default())
        .await?;
    let view = app.core.connection(id.as_str()).await?;
    assert_eq!((view.generation, view.state), (3, ConnectionState::Active));
    assert_eq!(
        outcomes(&app, &id).await?,
        [
            (AttemptOutcome::Stored, Spends::Former),
            (AttemptOutcome::Refused, Spends::Present)
        ]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_former_pair_is_not_spent_while_the_present_one_may_work() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    forgotten_by_the_gateway(&app, &id).await?;
    // Nobody has tried the access token yet: the refusal of the refresh token alone is not enough.
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    assert_eq!(app.refreshes().await?, 1);
    assert_eq!(
        app.core.connection(id.as_str()).await?.state,
        ConnectionState::ReauthorizationRequired
    );
    // Past its deadline there is nothing left to lose.
    app.advance(31 * DAY);
    let vended = app.core.vend(None, SECOND).await?;
    assert_eq!(vended.connection().generation, 3);
    assert_eq!(app.refreshes().await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_resort_is_tried_once() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    rotate(&app, &id).await?;
    forgotten_by_the_gateway(&app, &id).await?;
    app.advance(2 * MINUTE);
    let product = app.products().await?[0].clone();
    for _ in 0..3 {
        let answer = app.core.product(&product, &ProductQuery::default()).await;
        assert!(matches!(answer, Err(Error::ReauthorizationRequired { .. })));
    }
    // The rotation of the test, the present pair, the former pair.
    assert_eq!(app.refreshes().await?, 3);
    let view = app.core.connection(id.as_str()).await?;
    assert_eq!(view.state, ConnectionState::ReauthorizationRequired);
    let kept = app.core.store().connections().previous_token(&id).await?;
    assert!(kept.is_none(), "a pair of no use is kept");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_resort_that_failed_rests_and_is_told() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    forgotten_by_the_gateway(&app, &id).await?;
    assert!(app.core.refresh_now(id.as_str()).await.is_err());
    app.advance(31 * DAY);
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "http_500"});
    app.control("faults", &fault).await?;
    assert!(matches!(
        app.core.vend(None, SECOND).await,
        Err(Error::Gateway(_))
    ));
    assert_eq!(
        app.core.latest_events(1).await?[0].kind,
        "connection.changed"
    );
    for _ in 0..3 {
        let busy = app.core.vend(None, SECOND).await;
        assert!(matches!(busy, Err(Error::RefreshBusy(_))), "{busy:?}");
    }
    assert_eq!(app.refreshes().await?, 2);
    app.advance(30 * MINUTE);
    let vended = app.core.vend(None, SECOND).await?;
    assert_eq!(vended.connection().generation, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_waited_for_a_refresh_that_failed_do_not_repeat_it() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(31 * DAY);
    let fault = json!({
        "match": {"method": "/auth/token/refresh"}, "times": 100,
        "then": "http_500", "delay_ms": 400,
    });
    app.control("faults", &fault).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let core = app.core.clone();
        tasks.spawn(async move { core.vend(None, SECOND).await.map(drop) });
    }
    while let Some(result) = tasks.join_next().await {
        assert!(result?.is_err());
    }
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

/// Does something the first time that a step is reached.
struct Once<F> {
    at: RefreshStep,
    act: Mutex<Option<F>>,
}

impl<F> std::fmt::Debug for Once<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Once").finish_non_exhaustive()
    }
}

impl<F: FnOnce() + Send> RefreshSteps for Once<F> {
    fn reached(&self, _: &ConnectionId, step: RefreshStep) {
        if step != self.at {
            return;
        }
        let act = self.act.lock().ok().and_then(|mut act| act.take());
        if let Some(act) = act {
            act();
        }
    }
}

fn once(at: RefreshStep, act: impl FnOnce() + Send + 'static) -> Option<Arc<dyn RefreshSteps>> {
    let act = Mutex::new(Some(act));
    Some(Arc::new(Once { at, act }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_slept_through_its_lease_does_not_call() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    let clock = app.sandbox.clock();
    let mut setup = Setup::default();
    setup.refresh.patience = Duration::ZERO;
    setup.refresh.steps = once(RefreshStep::Calling, move || clock.advance(61));
    let slow = app.beside_with(setup).await?;
    let result = slow.core.refresh_now(id.as_str()).await;
    assert!(matches!(result, Err(Error::RefreshBusy(_))), "{result:?}");
    assert_eq!(app.refreshes().await?, 0);
    assert_eq!(outcomes(&app, &id).await?[0].0, AttemptOutcome::Released);
    // Awake again, it does its work.
    slow.core.refresh_now(id.as_str()).await?;
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_has_renewed_since_it_was_listed_is_not_renewed_again() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.core
        .exchange_pasted(&app.code(Some("buyer2")).await?, None)
        .await?;
    app.advance(29 * DAY);
    // One at a time: while the first is on its way, another process does all the work.
    let mut setup = Setup::default();
    setup.refresh.at_once = 1;
    let (other, handle) = (app.core.clone(), tokio::runtime::Handle::current());
    setup.refresh.steps = once(RefreshStep::BeforeClaim, move || {
        tokio::task::block_in_place(|| {
            let work = handle.block_on(other.refresh_due(&Default::default()));
            assert_eq!(work.map(|work| work.renewed).unwrap_or(0), 2);
        });
    });
    let slow = app.beside_with(setup).await?;
    slow.core.refresh_due(&Default::default()).await?;
    assert_eq!(app.refreshes().await?, 2);
    for view in app.core.connections().await? {
        assert_eq!(view.generation, 2);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_another_process_has_heard_is_not_asked_for_again() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    rotate(&app, &id).await?;
    let (other, handle) = (app.core.clone(), tokio::runtime::Handle::current());
    let mut setup = Setup::default();
    let name = id.to_string();
    setup.refresh.steps = once(RefreshStep::BeforeClaim, move || {
        tokio::task::block_in_place(|| {
            assert!(handle.block_on(other.refresh_now(&name)).is_err());
        });
    });
    let slow = app.beside_with(setup).await?;
    let result = slow.core.refresh_now(id.as_str()).await;
    assert!(
        matches!(result, Err(Error::ReauthorizationRequired { .. })),
        "{result:?}"
    );
    // The rotation of the test, and one refusal.
    assert_eq!(app.refreshes().await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn old_attempts_are_forgotten_and_open_ones_are_not() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    app.core.refresh_now(id.as_str()).await?;
    die_after_claiming(&app, &id).await?;
    app.advance(91 * DAY);
    app.core.forget_old().await?;
    assert_eq!(
        outcomes(&app, &id).await?,
        [(AttemptOutcome::Pending, Spends::Present)]
    );
    Ok(())
}

/// The clock that a lease is measured with is the service's: a second service whose lease has run out on it takes over
/// while the first still waits for its answer, and the first one's late pair is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_comes_after_the_lease_is_stored_all_the_same() -> Result<()> {
    let app = App::start().await?;
    let id: ConnectionId = app.connect().await?.parse()?;
    let (other, handle, clock) = (
        app.beside().await?,
        tokio::runtime::Handle::current(),
        app.sandbox.clock(),
    );
    let (heir, name) = (other.core.clone(), id.to_string());
    let mut setup = Setup::default();
    setup.refresh.steps = once(RefreshStep::Answered, move || {
        clock.advance(61);
        tokio::task::block_in_place(|| {
            // The heir spends a token that has been replaced and is refused.
            assert!(handle.block_on(heir.refresh_now(&name)).is_err());
        });
    });
    let slow = app.beside_with(setup).await?;
    let view = slow.core.refresh_now(id.as_str()).await?;
    assert_eq!((view.generation, view.state), (2, ConnectionState::Active));
    let product = app.products().await?[0].clone();
    slow.core
        .product(&product, &ProductQuery::default())
        .await?;
    Ok(())
}

#[test]
fn the_steps_have_names_of_their_own() {
    let names: std::collections::BTreeSet<_> =
        RefreshStep::ALL.iter().map(|step| step.as_str()).collect();
    assert_eq!(names.len(), RefreshStep::ALL.len());
}
