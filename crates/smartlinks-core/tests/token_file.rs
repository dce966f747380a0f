//! The token file: it follows the default connection, whoever changes it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use smartlinks_core::{Error, ImportedToken};
use testkit::app::{App, Setup};
use tokio_util::sync::CancellationToken;

/// A second service beside `app` that writes a token file.
async fn with_token_file(app: &App, follower: bool) -> Result<(App, PathBuf)> {
    let file = app.data.join("shared").join("aliexpress_token.json");
    let setup = Setup {
        token_file: Some(file.clone()),
        follower,
        ..Setup::default()
    };
    Ok((app.beside_with(setup).await?, file))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_does_not_replace_a_pair_that_we_hold() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let file =
        json!({"access_token": "50000old", "refresh_token": "50001old", "user_id": "1700000001"})
            .to_string();
    let refused = app
        .core
        .import_token(ImportedToken::parse(&file)?, None, false)
        .await;
    assert!(matches!(refused, Err(Error::NewerPairHeld(_))));
    assert_eq!(app.core.connection(&id).await?.generation, 1);
    app.core
        .import_token(ImportedToken::parse(&file)?, None, true)
        .await?;
    assert_eq!(app.core.connection(&id).await?.generation, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_file_catches_up_with_what_happened_before_the_start() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let folder = app.data.join("shared");
    let file = folder.join("aliexpress_token.json");
    let later = app
        .beside_with(Setup {
            token_file: Some(file.clone()),
            ..Setup::default()
        })
        .await?;
    later.core.sync_token_file().await;
    let first = std::fs::read_to_string(&file)?;
    // Another process without a token file renews the pair.
    app.core
        .refresh_now(&app.core.connections().await?[0].id)
        .await?;
    later.core.sync_token_file().await;
    assert_ne!(std::fs::read_to_string(&file)?, first);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_file_goes_when_another_process_disconnects() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let (writer, file) = with_token_file(&app, false).await?;
    writer.core.sync_token_file().await;
    assert!(file.exists());
    app.core.disconnect(&id).await?;
    writer.core.sync_token_file().await;
    assert!(
        !file.exists(),
        "the tokens of a disconnected account are still in the file"
    );
    // What somebody else has put there is not ours to remove.
    std::fs::write(&file, "{}")?;
    writer.core.sync_token_file().await;
    assert!(file.exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_file_follows_without_a_refresher() -> Result<()> {
    let app = App::start().await?;
    let (writer, file) = with_token_file(&app, true).await?;
    let stop = CancellationToken::new();
    let following = tokio::spawn({
        let (core, stop) = (writer.core.clone(), stop.clone());
        async move { core.run_token_file(stop).await }
    });
    let until = async |there: bool| {
        let looking = async {
            while file.exists() != there {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), looking).await
    };
    let id = app.connect().await?;
    until(true).await?;
    app.core.disconnect(&id).await?;
    until(false).await?;
    stop.cancel();
    following.await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_that_cannot_be_written_is_told_once_and_costs_nothing() -> Result<()> {
    let app = App::start().await?;
    let blocked = app.data.join("smartlinks.db").join("token.json");
    let broken = app
        .beside_with(Setup {
            token_file: Some(blocked),
            ..Setup::default()
        })
        .await?;
    let id = broken.connect().await?;
    for _ in 0..3 {
        broken.core.sync_token_file().await;
    }
    broken.core.refresh_now(&id).await?;
    let told = broken.core.latest_events(50).await?;
    assert_eq!(
        told.iter()
            .filter(|event| event.kind == "token_file.failed")
            .count(),
        1
    );
    Ok(())
}

/// Killed between the end of the connection and that of the file, or down while another process ended it.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_does_not_outlive_its_connection_over_a_restart() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let (writer, file) = with_token_file(&app, false).await?;
    writer.core.sync_token_file().await;
    assert!(file.exists());
    drop(writer);
    app.core.disconnect(&id).await?;
    assert!(file.exists(), "nobody was there to remove it");
    let (later, _) = with_token_file(&app, false).await?;
    later.core.sync_token_file().await;
    assert!(!file.exists());
    Ok(())
}

/// What somebody else has put there is not removed, whichever connection ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_ours_is_left_alone() -> Result<()> {
    let app = App::start().await?;
    let first = app.connect().await?;
    let code = app.code(Some("buyer2")).await?;
    let second = app.core.exchange_pasted(&code, None).await?.id;
    app.core.disconnect(&first).await?;
    let (writer, file) = with_token_file(&app, false).await?;
    std::fs::create_dir_all(file.parent().unwrap_or(&file))?;
    let foreign = json!({ "access_token": "50000theirs", "user_id": "1", "connection": "conn_1" });
    for content in ["{}".to_owned(), "not JSON".to_owned(), foreign.to_string()] {
        std::fs::write(&file, &content)?;
        writer.core.sync_token_file().await;
        assert_eq!(std::fs::read_to_string(&file)?, content);
    }
    writer.core.disconnect(&second).await?;
    assert_eq!(std::fs::read_to_string(&file)?, foreign.to_string());
    Ok(())
}
