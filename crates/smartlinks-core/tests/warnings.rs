//! F14: nobody is surprised by a sign-in deadline. Each step of the ladder is told once, whatever the number of
//! instances and restarts.

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::store::{Millis, NewPair, TokenMaterial};
use smartlinks_core::webhooks::{DeliveryListing, WebhookDraft};
use testkit::app::{App, Setup};

const DAY: i64 = 86_400;

/// What was told of a connection, oldest first: the days of each step, `passed` for the deadline.
async fn told(app: &App) -> Result<Vec<String>> {
    let events = app.core.events_after(0, 200).await?;
    Ok(events
        .into_iter()
        .filter_map(|event| match event.kind.as_str() {
            "connection.expiring" => Some(event.data["days"].to_string()),
            "connection.reauthorization_required" => {
                Some(event.data["reason"].as_str().unwrap_or("?").to_owned())
            }
            _ => None,
        })
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_told_once_by_whichever_instance() -> Result<()> {
    let app = App::start().await?;
    let beside = app.beside().await?;
    let connection = app.connect().await?;
    let draft = WebhookDraft {
        url: "https://shop.example/hook".to_owned(),
        description: None,
        events: vec!["connection.expiring".to_owned()],
    };
    let webhook = app.core.create_webhook(&draft).await?.webhook.id;
    // The sign-in lasts 60 days; nothing is told in the first 45.
    let mut expected: Vec<String> = Vec::new();
    for (days, step) in [
        (0, None),
        (45, None),
        (1, Some(14)),
        (1, None),
        (6, Some(7)),
        (4, Some(3)),
        (2, Some(1)),
    ] {
        app.advance(days * DAY);
        let (one, two) = tokio::try_join!(
            app.core.tell_due_warnings(),
            beside.core.tell_due_warnings()
        )?;
        assert_eq!(one + two, usize::from(step.is_some()), "{step:?}");
        expected.extend(step.map(|step: i64| step.to_string()));
        assert_eq!(told(&app).await?, expected);
        // A restart tells nothing again.
        assert_eq!(app.beside().await?.core.tell_due_warnings().await?, 0);
    }
    let events = app.core.latest_events(1).await?;
    assert_eq!(events[0].connection.as_deref(), Some(connection.as_str()));
    assert!(events[0].data["sign_in_again_by"].is_string());
    let queued = app
        .core
        .webhook_deliveries(&webhook, &DeliveryListing::default())
        .await?;
    assert_eq!(
        queued.deliveries.len(),
        4,
        "each step goes out as a webhook"
    );

    // The deadline passes and no refresh runs that would notice: that is told too, once.
    app.advance(2 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    assert_eq!(beside.core.tell_due_warnings().await?, 0);
    expected.push("sign_in_deadline_passed".to_owned());
    assert_eq!(told(&app).await?, expected);
    // The refresher finds the same later and does not repeat it.
    assert!(app.core.refresh_now(&connection).await.is_err());
    assert_eq!(told(&app).await?, expected);
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_sign_in_begins_the_ladder_anew() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(54 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    assert_eq!(
        told(&app).await?,
        ["7"],
        "steps that were slept through are not told"
    );
    app.core
        .exchange_pasted(&app.code(None).await?, None)
        .await?;
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    app.advance(46 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    assert_eq!(told(&app).await?, ["7", "14"]);
    Ok(())
}

/// A gateway that moves the deadline on with a refresh, before it or after it has passed.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_a_refresh_begins_is_told_from_its_start() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    app.advance(59 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    move_deadline(&app, &id, 60).await?;
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    app.advance(46 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    assert_eq!(told(&app).await?, ["1", "14"]);
    // The gateway was away when the deadline passed, and gives a new pair all the same.
    app.advance(15 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    move_deadline(&app, &id, 60).await?;
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    app.advance(46 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    app.advance(15 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 1);
    let passed = "sign_in_deadline_passed";
    assert_eq!(told(&app).await?, ["1", "14", passed, "14", passed]);
    Ok(())
}

/// A refresh brings a pair whose account has to sign in again in so many days.
async fn move_deadline(app: &App, id: &str, days: i64) -> Result<()> {
    let store = app.core.store();
    let id = id.parse()?;
    let record = store.connections().find(&id).await?;
    let record = record.context("no connection")?;
    let now = Millis(app.core.now().as_millisecond());
    let pair = NewPair {
        material: TokenMaterial {
            access_token: "access".to_owned().into(),
            refresh_token: Some("refresh".to_owned().into()),
        },
        obtained_at: now,
        works_until: Some(now.plus(DAY * 1000)),
        sign_in_again_by: Some(now.plus(days * DAY * 1000)),
        next_refresh_at: None,
    };
    let stored = store
        .connections()
        .finish_refresh(&id, record.generation, "me", pair, now.into())
        .await?;
    stored.map(drop).context("not stored")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_window_and_a_disconnected_account_are_not_warned() -> Result<()> {
    let app = App::start().await?;
    app.control("profile", &json!({"lifetimes": "test"}))
        .await?;
    let id = app.connect().await?;
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    app.advance(DAY + DAY / 2);
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    app.core.disconnect(&id).await?;
    app.advance(60 * DAY);
    assert_eq!(app.core.tell_due_warnings().await?, 0);
    assert!(told(&app).await?.is_empty());
    Ok(())
}

/// With everything running as in earnest: the warner wakes when the clock moves, and nothing is told twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_background_workers_tell_each_step_once() -> Result<()> {
    let app = App::with(Setup {
        refresher: true,
        ..Setup::default()
    })
    .await?;
    let stop = tokio_util::sync::CancellationToken::new();
    let warner = {
        let (core, stop) = (app.core.clone(), stop.clone());
        let moved = app.sandbox.clock().subscribe();
        tokio::spawn(async move { core.run_warner(stop, moved).await })
    };
    let mut heard = app.core.follow_events();
    app.connect().await?;
    let mut expected = Vec::new();
    for (days, step) in [
        (46, "14"),
        (7, "7"),
        (4, "3"),
        (2, "1"),
        (2, "sign_in_deadline_passed"),
    ] {
        app.advance(days * DAY);
        expected.push(step.to_owned());
        while told(&app).await?.len() < expected.len() {
            heard.recv().await.ok();
        }
        assert_eq!(told(&app).await?, expected);
    }
    stop.cancel();
    warner.await?;
    Ok(())
}
