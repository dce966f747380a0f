//! What the doctor finds in a running service, where the command line cannot make it happen.

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::ProductQuery;
use smartlinks_core::doctor::{Check, Finding, Level, Report};
use smartlinks_core::store::{KeyRing, StoreError, SystemEntropy};
use testkit::app::{App, Setup};

fn found<'a>(report: &'a Report, code: &str) -> Result<&'a Finding> {
    let found = report.findings.iter().find(|finding| finding.code == code);
    found.with_context(|| format!("no {code}: {report:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named() -> Result<()> {
    let app = App::with(Setup {
        max_pages: Some(300),
        ..Setup::default()
    })
    .await?;
    app.connect().await?;
    assert_eq!(
        found(&app.core.examine().await, "database_works")?.level,
        Level::Good
    );
    for number in 0.. {
        let filled = app
            .core
            .store()
            .meta()
            .set(&format!("ballast {number}"), &"x".repeat(8192))
            .await;
        match filled {
            Ok(()) => {}
            Err(StoreError::Full { .. }) => break,
            Err(other) => return Err(other.into()),
        }
    }
    let report = app.core.examine().await;
    let full = found(&report, "disk_full")?;
    assert_eq!((full.check, full.level), (Check::Disk, Level::Problem));
    assert!(
        full.fix
            .as_deref()
            .unwrap_or_default()
            .contains("Free space")
    );
    assert!(!report.healthy);
    Ok(())
}

/// A server goes on with the keys that it has read. That it could not start again is said while it can still be mended.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_left_in_memory_only_are_named() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let file = app.data.join("keys");
    let right = std::fs::read_to_string(&file)?;
    let wrong = KeyRing::generate(&app.data.join("other"), &SystemEntropy)?;
    std::fs::copy(wrong.file(), &file)?;
    let report = app.core.glance().await;
    let incomplete = found(&report, "key_file_incomplete")?;
    assert_eq!(
        (incomplete.check, incomplete.level),
        (Check::KeyFile, Level::Problem)
    );
    let key = app.core.keyring().await?.keys[0].clone();
    assert!(
        incomplete.what.contains(&key.id) && !key.held,
        "{incomplete:?}"
    );
    std::fs::write(&file, right)?;
    let report = app.core.glance().await;
    assert!(report.healthy, "{report:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glance_calls_nobody_and_remembers_what_was_answered() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let calls = app.journal("").await?.len();
    let report = app.core.glance().await;
    assert_eq!(app.journal("").await?.len(), calls);
    assert_eq!(found(&report, "secret_accepted")?.level, Level::Good);
    assert_eq!(found(&report, "clock_right")?.check, Check::Clock);
    assert!(report.healthy, "{report:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glance_sees_a_whitelist_that_shuts_us_out_and_a_gateway_that_is_gone() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let product = app.products().await?.first().context("no product")?.clone();
    let fault = json!({
        "match": { "method": "aliexpress.ds.product.get" }, "times": 1, "then": "error",
        "code": "AppWhiteIpLimit"
    });
    app.control("faults", &fault).await?;
    let query = ProductQuery::default();
    let ask = || app.core.product(&product, &query);
    assert!(ask().await.is_err());
    let report = app.core.glance().await;
    let refused = found(&report, "address_not_allowed")?;
    assert_eq!(refused.level, Level::Problem);
    let accepted = |report: &Report| found(report, "secret_accepted").is_ok();
    assert!(!accepted(&report), "{report:#?}");

    ask().await?;
    let report = app.core.glance().await;
    assert!(accepted(&report) && report.healthy, "{report:#?}");

    let gone = json!({
        "match": { "method": "aliexpress.ds.product.get" }, "times": 99, "then": "reset"
    });
    app.control("faults", &gone).await?;
    assert!(ask().await.is_err());
    let report = app.core.glance().await;
    assert_eq!(found(&report, "gateway_not_reached")?.level, Level::Problem);
    assert!(found(&report, "gateway_reached").is_err(), "{report:#?}");
    Ok(())
}
