//! Following orders: what AliExpress does not tell is asked for, once for all instances, and an order that stands still
//! is brought to somebody's eyes.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::{FollowPolicy, OrderListing, OrderPolicy};
use testkit::app::{App, Setup};
use testkit::http::Http;

const GET: &str = "aliexpress.trade.ds.order.get";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// An order of the sandbox in this state, known here.
async fn order_in(app: &App, status: &str) -> Result<String> {
    let state = Http::new(&app.sandbox_url)?.get("/_sandbox/state").await?;
    let state = state.json()?;
    let orders = state["orders"].as_array().context("no orders")?;
    let found = orders.iter().find(|order| order["status"] == status);
    let id = found.context("no such order")?["id"].to_string();
    app.core.import_order(&id, None).await?;
    Ok(id)
}

/// Looks until nothing is due; gives how many looks there were.
async fn follow(app: &App) -> Result<usize> {
    let mut looks = 0;
    loop {
        match app.core.follow_orders().await? {
            0 => return Ok(looks),
            more => looks += more,
        }
    }
}

async fn alert_of(app: &App, id: &str) -> Result<Option<String>> {
    Ok(app.core.kept_order(id).await?.summary.alert)
}

async fn told(app: &App) -> Result<Vec<String>> {
    let events = app.core.latest_events(100).await?.into_iter().rev();
    let stuck = events.filter(|event| event.kind == "order.stuck");
    Ok(stuck
        .map(|event| event.data["alert"].as_str().unwrap_or_default().to_owned())
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_for_long_is_asked_again_and_what_is_fresh_is_not() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let id = order_in(&app, "shipped").await?;
    let before = app.journal(GET).await?.len();
    assert_eq!(follow(&app).await?, 1, "a new order is looked at once");
    assert_eq!(
        app.journal(GET).await?.len(),
        before,
        "it was read just now"
    );
    assert_eq!(follow(&app).await?, 0, "it is not due");

    app.advance(6 * HOUR);
    app.control(
        &format!("orders/{id}/advance"),
        &json!({ "to": "delivered" }),
    )
    .await?;
    let beside = app.beside().await?;
    let (one, other) = tokio::join!(app.core.follow_orders(), beside.core.follow_orders());
    assert_eq!(one? + other?, 1, "one of the two takes it");
    assert_eq!(app.journal(GET).await?.len(), before + 1);
    let known = app.core.kept_order(&id).await?;
    assert_eq!(known.summary.status, "FINISH");
    app.advance(30 * DAY);
    assert_eq!(follow(&app).await?, 0, "it is over");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_stands_still_is_told_of_once() -> Result<()> {
    let follow_policy = FollowPolicy {
        no_movement_after: Duration::from_secs(2 * 24 * 3600),
        ..FollowPolicy::default()
    };
    let orders = OrderPolicy {
        follow: follow_policy,
        ..OrderPolicy::default()
    };
    let setup = Setup {
        orders,
        ..Setup::default()
    };
    let app = App::with(setup).await?;
    app.connect().await?;
    let id = order_in(&app, "shipped").await?;
    follow(&app).await?;
    assert_eq!(alert_of(&app, &id).await?, None);
    // Its parcel is heard of every few days.
    for _ in 0..12 {
        app.advance(DAY);
        follow(&app).await?;
        if alert_of(&app, &id).await?.is_some() {
            break;
        }
    }
    let word = alert_of(&app, &id).await?;
    assert_eq!(word.as_deref(), Some("no_movement"));
    assert_eq!(told(&app).await?, ["no_movement"]);
    let counts = app.core.order_alerts().await?;
    assert_eq!(counts, [("no_movement".to_owned(), 1)]);
    let listing = |alert: &str| OrderListing {
        alert: Some(alert.to_owned()),
        ..OrderListing::default()
    };
    let page = app.core.orders(&listing("no_movement")).await?;
    assert_eq!(page.orders.len(), 1);
    assert!(app.core.orders(&listing("bored")).await.is_err());

    // It moves on, and nobody is told of it any more.
    app.control(
        &format!("orders/{id}/advance"),
        &json!({ "to": "delivered" }),
    )
    .await?;
    app.advance(DAY);
    follow(&app).await?;
    assert_eq!(alert_of(&app, &id).await?, None);
    assert!(app.core.order_alerts().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_rests_and_an_order_is_found_by_any_of_its_numbers() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let id = order_in(&app, "shipped").await?;
    follow(&app).await?;
    let parcel = app.core.tracking(&id, None).await?.parcels.remove(0).number;
    let parcel = parcel.context("no number")?;
    let by = |number: &str| OrderListing {
        number: Some(number.to_owned()),
        ..OrderListing::default()
    };
    for number in [id.as_str(), parcel.as_str()] {
        let found = app.core.orders(&by(number)).await?.orders;
        assert_eq!(found.len(), 1, "{number}");
    }
    assert!(app.core.orders(&by("1")).await?.orders.is_empty());
    assert!(app.core.orders(&by(" ")).await.is_err());

    app.advance(6 * HOUR);
    let broken = json!({ "match": { "method": GET }, "times": 9, "then": "http_500" });
    app.control("faults", &broken).await?;
    assert_eq!(follow(&app).await?, 1);
    assert_eq!(follow(&app).await?, 0, "it rests");
    Ok(())
}

/// A question is on its way when AliExpress tells of a change: its answer is older than what is known by then.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_answer_does_not_overtake_a_newer_one() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let beside = app.beside().await?;
    let id = order_in(&app, "created").await?;
    let before = app.journal(GET).await?.len();
    let late = json!({ "match": { "method": GET }, "then": "delay", "delay_ms": 3000 });
    app.control("faults", &late).await?;
    let (core, number) = (app.core.clone(), id.clone());
    let asking = tokio::spawn(async move { core.import_order(&number, None).await });
    while app.journal(GET).await?.len() == before {
        tokio::task::yield_now().await;
    }
    app.advance(1);
    app.control(&format!("orders/{id}/advance"), &json!({ "to": "paid" }))
        .await?;
    // Another instance reads it meanwhile.
    let fresh = beside.core.import_order(&id, None).await?;
    assert_eq!(fresh.summary.status, "WAIT_SELLER_SEND_GOODS");
    let old = asking.await??;
    assert_eq!(old.summary.status, "WAIT_SELLER_SEND_GOODS");
    let known = app.core.kept_order(&id).await?;
    assert_eq!(known.summary.status, "WAIT_SELLER_SEND_GOODS");
    let events = app.core.latest_events(100).await?;
    let updated = events.iter().filter(|event| event.kind == "order.updated");
    assert_eq!(updated.count(), 1);
    Ok(())
}

/// What moves on stands still no more, at once and not at the next look.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_state_ends_the_alert_of_the_former_one() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let id = order_in(&app, "created").await?;
    app.control(&format!("orders/{id}/advance"), &json!({ "to": "paid" }))
        .await?;
    app.core.import_order(&id, None).await?;
    for _ in 0..9 {
        app.advance(DAY);
        follow(&app).await?;
    }
    assert_eq!(alert_of(&app, &id).await?.as_deref(), Some("not_shipped"));
    app.control(&format!("orders/{id}/advance"), &json!({ "to": "shipped" }))
        .await?;
    let read = app.core.import_order(&id, None).await?;
    assert_eq!(read.summary.alert, None);
    assert!(app.core.order_alerts().await?.is_empty());
    assert_eq!(follow(&app).await?, 1, "it is looked at anew");
    assert_eq!(alert_of(&app, &id).await?, None);
    Ok(())
}
