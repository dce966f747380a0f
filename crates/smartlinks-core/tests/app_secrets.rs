//! The app secret is changed in the console while everything runs.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use testkit::app::{APP_SECRET, App, Setup};

const DAY: i64 = 86_400;
const SECOND: Duration = Duration::from_secs(1);
const NEW: &str = "new-app-secret";

fn both(first: &str, also: &str) -> Setup {
    Setup {
        app_secrets: vec![first.to_owned(), also.to_owned()],
        ..Setup::default()
    }
}

/// R17: the old secret stops counting, the second one of the list is used, for refreshing too.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_app_secret_is_followed_without_a_restart() -> Result<()> {
    let app = App::with(both(APP_SECRET, NEW)).await?;
    let id = app.connect().await?;
    app.control("secrets", &json!({ "app_secrets": [NEW] }))
        .await?;
    app.advance(31 * DAY);
    let vended = app.core.vend(None, SECOND).await?;
    assert_eq!(vended.connection().generation, 2);
    let seen = |entries: Vec<serde_json::Value>| -> Vec<String> {
        let words = entries.iter().map(|entry| entry["signature"].as_str());
        words.map(|word| word.unwrap_or("?").to_owned()).collect()
    };
    let refreshes = app.journal("/auth/token/refresh").await?;
    assert_eq!(seen(refreshes), ["mismatch", "ok"]);

    // It is remembered: the next time nothing is refused first, and signing in works with it as well.
    app.advance(20 * DAY);
    let renewed = app.core.refresh_now(&id).await?;
    assert_eq!(renewed.generation, 3);
    assert_eq!(app.refreshes().await?, 3);
    app.connect().await?;
    let exchanges = app.journal("/auth/token/create").await?;
    assert_eq!(seen(exchanges), ["ok", "ok"]);
    Ok(())
}

/// R17: during the overlap both count, and neither is refused anywhere.
#[tokio::test(flavor = "multi_thread")]
async fn during_the_overlap_instances_with_either_list_work() -> Result<()> {
    let app = App::with(both(APP_SECRET, NEW)).await?;
    let id = app.connect().await?;
    app.control("secrets", &json!({ "app_secrets": [NEW, APP_SECRET] }))
        .await?;
    let ahead = app.beside_with(both(NEW, APP_SECRET)).await?;
    for generation in 2..6 {
        app.advance(DAY);
        let who = if generation % 2 == 0 { &app } else { &ahead };
        assert_eq!(who.core.refresh_now(&id).await?.generation, generation);
    }
    assert_eq!(app.refreshes().await?, 4);
    Ok(())
}

/// A list in which nothing fits costs no connection: it is a setting to be mended.
#[tokio::test(flavor = "multi_thread")]
async fn when_no_secret_fits_the_connection_stays_and_says_why() -> Result<()> {
    let app = App::with(both(APP_SECRET, NEW)).await?;
    let id = app.connect().await?;
    app.control("secrets", &json!({ "app_secrets": ["third"] }))
        .await?;
    app.advance(26 * DAY);
    assert!(app.core.refresh_now(&id).await.is_err());
    let connection = app.core.connection(&id).await?;
    assert_eq!(
        connection.last_failure_code.as_deref(),
        Some("IncompleteSignature")
    );
    assert!(connection.usable);
    app.control("secrets", &json!({ "app_secrets": [NEW] }))
        .await?;
    assert_eq!(app.core.refresh_now(&id).await?.generation, 2);
    Ok(())
}
