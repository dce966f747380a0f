//! Several instances over one database, each with its follower, as servers have it: what one changes, the others hand
//! out no older.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::{CreateApiKey, Error, Grantable, ProductQuery, Scope};
use testkit::app::{App, Setup};
use tokio_util::sync::CancellationToken;

const DAY: i64 = 86_400;
const SECOND: Duration = Duration::from_secs(1);

fn with_follower() -> Setup {
    Setup {
        follower: true,
        ..Setup::default()
    }
}

/// Waits until the follower of `app` has looked, without a change of any connection.
async fn followed(app: &App, other: &App) -> Result<()> {
    // Whoever has read once knows where to follow from.
    app.core.status().await?;
    let mut heard = app.core.follow_events();
    let create = CreateApiKey {
        name: "mark".to_owned(),
        scopes: std::iter::once(Scope::Read).collect(),
        expires_at: None,
        grantable: Grantable::everything(),
    };
    other.core.create_api_key(create).await?;
    let event = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await??;
    assert_eq!(event.kind, "api_key.created");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_for_another_instance_is_given_its_pair() -> Result<()> {
    let app = App::with(with_follower()).await?;
    let other = app.beside_with(Setup::default()).await?;
    for round in 0..3 {
        let id = app.connect().await?;
        let before = app.core.vend(None, SECOND).await?;
        app.advance(31 * DAY);
        followed(&app, &other).await?;
        // The follower rests now, and what is in memory is the pair of before.
        other.core.refresh_now(&id).await?;
        let vended = app.core.vend(None, SECOND).await;
        let vended = vended.with_context(|| format!("round {round}"))?;
        let generation = |vended: &smartlinks_core::Vended| vended.connection().generation;
        assert_eq!(generation(&vended), generation(&before) + 1);
    }
    assert_eq!(app.refreshes().await?, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_slow_refresh_elsewhere_is_given_its_pair() -> Result<()> {
    let app = App::with(with_follower()).await?;
    let others = [
        app.beside_with(with_follower()).await?,
        app.beside_with(with_follower()).await?,
    ];
    for _ in 0..4 {
        app.connect().await?;
        for one in others.iter().chain([&app]) {
            one.core.vend(None, SECOND).await?;
        }
        let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "delay", "delay_ms": 150});
        app.control("faults", &fault).await?;
        app.advance(31 * DAY);
        let mut tasks = tokio::task::JoinSet::new();
        for one in others.iter().chain([&app]) {
            let core = one.core.clone();
            tasks.spawn(async move { core.vend(None, SECOND).await.map(drop) });
        }
        while let Some(vended) = tasks.join_next().await {
            vended??;
        }
    }
    assert_eq!(app.refreshes().await?, 4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_a_pair_that_another_instance_has_replaced_is_repeated_with_the_new_one()
-> Result<()> {
    let app = App::with(with_follower()).await?;
    app.control("profile", &json!({"old_access_valid": false}))
        .await?;
    let id = app.connect().await?;
    let other = app.beside_with(Setup::default()).await?;
    let product = app.products().await?[0].clone();
    app.core.product(&product, &ProductQuery::default()).await?;
    followed(&app, &other).await?;
    other.core.refresh_now(&id).await?;
    app.core.product(&product, &ProductQuery::default()).await?;
    assert_eq!(app.refreshes().await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stood_still_looks_before_it_serves() -> Result<()> {
    let app = App::start().await?;
    let other = app.beside().await?;
    let id = app.connect().await?;
    let core = app.core.clone();
    let follower = tokio::spawn(async move { core.run_follower(CancellationToken::new()).await });
    followed(&app, &other).await?;
    app.core.vend(None, SECOND).await?;
    // The whole process stands still for two seconds, its follower too.
    follower.abort();
    assert!(follower.await.is_err());
    app.advance(2);
    other.core.disconnect(&id).await?;
    let vended = app.core.vend(Some(&id), SECOND).await;
    assert!(matches!(vended, Err(Error::Disconnected(_))), "{vended:?}");
    Ok(())
}

/// A standby without the last commits takes over, or a backup is restored, while servers run.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_gone_back_is_read_anew() -> Result<()> {
    // As many events are made anew as were lost, fewer, and more.
    for renamed in [0, 2, 5] {
        let app = App::start().await?;
        let id = app.connect().await?;
        for label in ["a", "b", "c"] {
            app.core.set_label(&id, Some(label)).await?;
        }
        app.core.vend(None, SECOND).await?;
        let mut database = app.database()?;
        let back = "delete from events where id > (select value - 3 from counters where name = 'events'); \
            update counters set value = value - 3 where name = 'events'";
        database.execute(back)?;
        // An instance that was started afterwards knows nothing of the other history.
        let other = app.beside().await?;
        for label in ["d", "e", "f", "g", "h"].into_iter().take(renamed) {
            other.core.set_label(&id, Some(label)).await?;
        }
        other.core.disconnect(&id).await?;
        let vended = app.core.vend(Some(&id), SECOND).await;
        assert!(
            matches!(vended, Err(Error::Disconnected(_))),
            "{renamed}: {vended:?}"
        );
    }
    Ok(())
}
