//! Changing keys and taking tokens out are told to the audit log, or do not happen.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use smartlinks_core::store::AuditFilter;
use smartlinks_core::{Core, Error, Laggards, to_millis};
use testkit::app::{App, Setup};

async fn audited(core: &Core) -> Result<Vec<(String, Option<String>, String)>> {
    let page = core
        .store()
        .audit()
        .page(&AuditFilter::default(), None, 50)
        .await?;
    let entries = page.into_iter();
    Ok(entries
        .map(|entry| (entry.action, entry.subject, entry.data_json))
        .collect())
}

/// R32, R34: every export, readable or not, is on record before it is out, without a token in it.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_on_record_and_holds_every_pair() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let export = app.core.export_connections(false).await?;
    let content: serde_json::Value = serde_json::from_str(export.expose())?;
    let entry = &content["connections"][0];
    assert_eq!(entry["id"], id.as_str());
    let token = entry["refresh_token"]
        .as_str()
        .context("no refresh token")?;
    let audited = audited(&app.core).await?;
    let (action, _, data) = &audited[0];
    assert_eq!(action, "connections.exported");
    assert!(data.contains(&id) && data.contains("\"encrypted\":false"));
    assert!(!data.contains(token));
    assert!(!format!("{export:?}").contains(token));
    Ok(())
}

/// R34: what cannot be put on record is not given out.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_cannot_be_recorded_does_not_happen() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let path = app.data.join("smartlinks.db");
    // Room for what is there and nothing more.
    let pages = u32::try_from(std::fs::metadata(&path)?.len() / 4096)?;
    let full = app
        .beside_with(Setup {
            max_pages: Some(pages),
            ..Setup::default()
        })
        .await?;
    for _ in 0..500 {
        match full.core.export_connections(true).await {
            Ok(_) => {}
            Err(Error::Storage(_)) => return Ok(()),
            Err(other) => return Err(other.into()),
        }
    }
    anyhow::bail!("the database never filled up")
}

/// What works for another app or at another gateway is worth nothing here, whether the app is configured or not.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_another_gateway_or_app_is_refused() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let export = app.core.export_connections(true).await?;
    let export: serde_json::Value = serde_json::from_str(export.expose())?;
    let without_keys = app
        .beside_with(Setup {
            configured: false,
            ..Setup::default()
        })
        .await?;
    app.core.store().stamp_or_check("here", "500100").await?;
    let refused = async |core: &Core, name: &str, value: &str, words: &str| -> Result<()> {
        let mut content = export.clone();
        content[name] = value.into();
        match core.import_connections(&content.to_string(), true).await {
            Err(Error::Invalid { message, .. }) => {
                anyhow::ensure!(message.contains(words), "{message}");
                Ok(())
            }
            other => anyhow::bail!("{other:?}"),
        }
    };
    for core in [&app.core, &without_keys.core] {
        refused(core, "app_key", "999999", "999999").await?;
    }
    let live = "https://api-sg.aliexpress.com";
    refused(&app.core, "gateway", live, "the gateway").await?;
    // The same sandbox on another port.
    let mut moved = export.clone();
    moved["gateway"] = "http://127.0.0.1:1".into();
    app.core
        .import_connections(&moved.to_string(), true)
        .await?;
    Ok(())
}

/// Where nothing can be read, it is said which connections those are.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_nothing_readable_names_what_cannot_be_read() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    // A process that never gets to know the key under which everything is moved.
    let other = app.beside().await?;
    let file = app.data.join("keys");
    let former = std::fs::read(&file)?;
    let new = app.core.add_key().await?;
    app.core.activate_key(&new, Laggards::Refuse).await?;
    app.core.reencrypt(None, 10).await?;
    std::fs::write(&file, former)?;
    match other.core.export_connections(true).await {
        Err(Error::Invalid { message, .. }) => {
            anyhow::ensure!(message.contains(&id) && message.contains(&new), "{message}");
        }
        other => anyhow::bail!("{other:?}"),
    }
    Ok(())
}

/// R32, R16.
#[tokio::test(flavor = "multi_thread")]
async fn changing_keys_is_on_record() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let core = &app.core;
    let old = core.keyring().await?.keys[0].id.clone();
    let new = core.add_key().await?;
    core.activate_key(&new, Laggards::Refuse).await?;
    core.activate_key(&new, Laggards::Refuse).await?;
    let mut from = None;
    loop {
        from = core.reencrypt(from, 10).await?.next;
        if from.is_none() {
            break;
        }
    }
    core.retire_key(&old, Laggards::Refuse).await?;
    let told: Vec<(String, Option<String>)> = audited(core)
        .await?
        .into_iter()
        .filter(|(action, ..)| action.starts_with("keyring."))
        .map(|(action, subject, _)| (action, subject))
        .collect();
    let expected = [
        ("keyring.key_retired", &old),
        ("keyring.key_activated", &new),
        ("keyring.key_added", &new),
    ]
    .map(|(action, key)| (action.to_owned(), Some(key.clone())));
    assert_eq!(told, expected);
    let ids: BTreeSet<String> = core
        .keyring()
        .await?
        .keys
        .into_iter()
        .map(|key| key.id)
        .collect();
    assert_eq!(ids, BTreeSet::from([new]));
    Ok(())
}

/// R16: whoever takes the former key away while a server lacks the new one loses what that server renews.
#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_retired_while_an_instance_lacks_the_active_one() -> Result<()> {
    let app = App::start().await?;
    let core = &app.core;
    let old = core.keyring().await?.keys[0].id.clone();
    let keyring = core.store().keyring();
    keyring
        .report_keys("b", "another machine", to_millis(core.now()))
        .await?;
    let new = core.add_key().await?;
    for refused in [
        core.activate_key(&new, Laggards::Refuse).await,
        {
            core.activate_key(&new, Laggards::LeaveBehind).await?;
            core.retire_key(&old, Laggards::Refuse).await
        },
        core.refuse_without_active_key().await.map(|()| true),
    ] {
        match refused {
            Err(Error::KeyNotEverywhere { key, instances }) => {
                assert_eq!(
                    (key, instances),
                    (new.clone(), vec!["another machine".to_owned()])
                );
            }
            other => anyhow::bail!("{other:?}"),
        }
    }
    keyring
        .report_keys("b", "another machine", to_millis(core.now()))
        .await?;
    assert!(core.retire_key(&old, Laggards::Refuse).await?);
    Ok(())
}
