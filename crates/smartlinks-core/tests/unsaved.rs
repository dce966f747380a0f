//! Pairs that the gateway gave and the database would not take.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::store::{ConnectionId, Millis};
use smartlinks_core::{
    BeginLogin, ConnectionState, Core, Error, ImportedToken, ProductQuery, RefreshPolicy,
    RefreshStep, RefreshSteps, Requester,
};
use testkit::app::{App, Setup};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);

/// Fills the database as soon as the gateway has answered the first refresh.
#[derive(Debug, Default)]
struct DiskFillsUp {
    core: OnceLock<Core>,
    full: AtomicBool,
}

impl RefreshSteps for DiskFillsUp {
    fn reached(&self, _: &ConnectionId, step: RefreshStep) {
        let Some(core) = self.core.get() else { return };
        if step == RefreshStep::Answered && !self.full.swap(true, Ordering::SeqCst) {
            tokio::task::block_in_place(|| Handle::current().block_on(fill(core)));
        }
    }
}

/// Fills the database until a connection has no room left to grow.
async fn fill(core: &Core) {
    let begin = |length| {
        let mut begin = BeginLogin::by(Requester::Headless);
        begin.caller_state = Some("x".repeat(length));
        begin
    };
    while core.begin_login(begin(500)).await.is_ok() {}
    while core.begin_login(begin(1)).await.is_ok() {}
    // Further connections and long labels take what room the page of the connections has.
    let mut others = Vec::new();
    for user_id in 1.. {
        let file =
            json!({"access_token": "50000test", "refresh_token": "50001test", "user_id": user_id});
        let Ok(token) = ImportedToken::parse(&file.to_string()) else {
            break;
        };
        match core.import_token(token, None, false).await {
            Ok(view) => others.push(view.id),
            Err(_) => break,
        }
    }
    for length in [1, 5, 20, 80] {
        for other in &others {
            let label = "\u{1f4e6}".repeat(length);
            let _ = core.set_label(other, Some(&label)).await;
        }
    }
}

/// A service whose database is full when the first refresh has been answered, with an account connected.
async fn full_when_answered() -> Result<(App, String)> {
    let disk = Arc::new(DiskFillsUp::default());
    let app = App::with(Setup {
        max_pages: Some(160),
        refresh: RefreshPolicy {
            steps: Some(disk.clone()),
            ..RefreshPolicy::default()
        },
        ..Setup::default()
    })
    .await?;
    let id = app.connect().await?;
    assert!(disk.core.set(app.core.clone()).is_ok());
    Ok((app, id))
}

async fn make_room(app: &App) -> Result<()> {
    let attempts = app.core.store().login_attempts();
    attempts.prune(Millis(i64::MAX)).await?;
    Ok(())
}

/// Until so many pairs wait in memory.
async fn until_unsaved(app: &App, pairs: usize) -> Result<()> {
    let looking = async {
        while app.core.unsaved_pairs() != pairs {
            tokio::task::yield_now().await;
        }
    };
    Ok(tokio::time::timeout(LONG, looking).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_could_not_be_stored_is_tried_again_before_the_gateway_is() -> Result<()> {
    let (app, id) = full_when_answered().await?;
    app.control("profile", &json!({"old_refresh_valid": false}))
        .await?;
    let before = app.core.connection(&id).await?;
    let error = app
        .core
        .refresh_now(&id)
        .await
        .err()
        .context("the full database took a new pair")?;
    assert!(matches!(error, Error::Storage(_)), "{error}");
    // The old pair is whole, and the state says nothing worse than before.
    let after = app.core.connection(&id).await?;
    assert_eq!(
        (after.generation, after.state),
        (before.generation, before.state)
    );
    assert_eq!(app.refreshes().await?, 1);

    // Room is made, and the pair that the gateway gave is stored without asking for another.
    make_room(&app).await?;
    let view = app.core.refresh_now(&id).await?;
    assert_eq!((view.generation, view.state), (2, ConnectionState::Active));
    assert_eq!(app.refreshes().await?, 1, "the gateway was asked again");
    // And it is the pair that the gateway knows.
    app.core
        .product(&app.products().await?[0], &ProductQuery::default())
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_ends_during_the_stop_is_stored_before_it() -> Result<()> {
    let (app, id) = full_when_answered().await?;
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 500});
    app.control("faults", &fault).await?;
    // Whoever asked for the refresh goes away, and the process is told to end.
    let refresh = app.core.refresh_now(&id);
    let asked = tokio::time::timeout(Duration::from_millis(200), refresh).await;
    assert!(asked.is_err());
    let core = app.core.clone();
    let draining = tokio::spawn(async move { core.drain().await });
    until_unsaved(&app, 1).await?;
    assert!(!draining.is_finished(), "the pair is given up at once");
    make_room(&app).await?;
    draining.await?;
    assert_eq!(app.core.unsaved_pairs(), 0);
    let later = app.beside_with(Setup::default()).await?;
    assert_eq!(later.core.connection(&id).await?.generation, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_stored_without_anybody_asking_and_counted_once() -> Result<()> {
    let (app, id) = full_when_answered().await?;
    for _ in 0..3 {
        assert!(app.core.refresh_now(&id).await.is_err());
    }
    let failed = |app: &App| -> i64 {
        let hours = app.core.last_day();
        hours.iter().map(|hour| hour.failed_refreshes).sum()
    };
    assert_eq!(failed(&app), 1);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn({
        let (core, stop) = (app.core.clone(), stop.clone());
        async move { core.run_keeper(stop).await }
    });
    make_room(&app).await?;
    until_unsaved(&app, 0).await?;
    assert_eq!(app.core.connection(&id).await?.generation, 2);
    assert_eq!((app.refreshes().await?, failed(&app)), (1, 1));
    stop.cancel();
    keeping.await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_was_overtaken_is_let_go() -> Result<()> {
    let (app, id) = full_when_answered().await?;
    assert!(app.core.refresh_now(&id).await.is_err());
    assert_eq!(app.core.unsaved_pairs(), 1);
    // The account signs in again through another machine, with room on its disk.
    let other = app.beside_with(Setup::default()).await?;
    assert_eq!(other.connect().await?, id);
    app.core.drain().await;
    assert_eq!(app.core.unsaved_pairs(), 0);
    // What the other one has stored is what is handed out.
    app.core
        .product(&app.products().await?[0], &ProductQuery::default())
        .await?;
    assert_eq!(app.core.connection(&id).await?.generation, 2);
    Ok(())
}
