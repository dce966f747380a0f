use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use smartlinks_core::Error;
use smartlinks_core::aliexpress::Policy;
use smartlinks_core::catalogue::{CatalogueQuery, ImportJobView, ImportsRequest};
use smartlinks_store::{ImportJobState, ImportLineState};
use testkit::app::{App, Setup};
use tokio_util::sync::CancellationToken;

use crate::{connected, refused, rule};

async fn start(app: &App, products: &[String]) -> Result<ImportJobView> {
    let request = ImportsRequest {
        products: products.to_vec(),
        labels: vec!["bulk".into()],
        ..ImportsRequest::default()
    };
    let started = app.core.start_catalogue_import(&request).await?;
    started.job.context("it was not started")
}

async fn work(app: &App) -> Result<usize> {
    let stop = CancellationToken::new();
    Ok(app.core.work_on_imports(&stop).await?.lines)
}

async fn numbers(app: &App, count: usize) -> Result<Vec<String>> {
    Ok(app.products().await?.into_iter().take(count).collect())
}

async fn in_catalogue(app: &App) -> Result<usize> {
    Ok(app
        .core
        .catalogue(&CatalogueQuery::default())
        .await?
        .products
        .len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_imported_with_what_failed_and_why() -> Result<()> {
    let app = connected().await?;
    let mut products = numbers(&app, 6).await?;
    products.push("1005009999999999".into());
    let job = start(&app, &products).await?;
    assert_eq!(
        (job.lines, job.waiting, job.state),
        (7, 7, ImportJobState::Running)
    );
    assert_eq!(work(&app).await?, 7);
    let done = app.core.catalogue_import(&job.id).await?;
    assert_eq!(
        (done.state, done.imported, done.failed),
        (ImportJobState::Done, 6, 1)
    );
    assert_eq!(in_catalogue(&app).await?, 6);
    let failed = app
        .core
        .catalogue_import_lines(&job.id, Some("failed"), None, None)
        .await?;
    let line = &failed.lines[0];
    assert_eq!(
        (line.line, line.product_id.as_str()),
        (7, "1005009999999999")
    );
    assert_eq!(
        line.problem.as_ref().context("no reason")?.code,
        "product_not_found"
    );
    let lines = app
        .core
        .catalogue_import_lines(&job.id, None, Some(1), Some(2))
        .await?;
    assert_eq!((lines.lines.len(), lines.next), (2, Some(3)));
    let product = lines.lines[0].product.clone().context("no product")?;
    assert_eq!(
        app.core.catalogue_product(&product).await?.summary.labels,
        ["bulk"]
    );
    assert_eq!(app.core.latest_events(1).await?[0].kind, "import.finished");
    assert_eq!(work(&app).await?, 0);
    assert_eq!(
        app.core.catalogue_imports(None, None).await?.imports,
        [done]
    );

    // Again: what failed is tried once more, and nothing is doubled.
    app.core.resume_catalogue_import(&job.id).await?;
    assert_eq!(work(&app).await?, 1);
    assert_eq!(in_catalogue(&app).await?, 6);
    let unknown = app.core.catalogue_import("imp_1").await;
    assert!(matches!(unknown, Err(Error::UnknownImport(_))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_stopped_goes_on_and_survives_its_worker() -> Result<()> {
    let app = connected().await?;
    let job = start(&app, &numbers(&app, 9).await?).await?;
    // A worker that is told to stop at once gives it back; one that dies holds it until its lease ends.
    let stopped = CancellationToken::new();
    stopped.cancel();
    assert_eq!(app.core.work_on_imports(&stopped).await?.lines, 0);
    let now = smartlinks_core::to_millis(app.core.now());
    let dead = app
        .core
        .store()
        .claim_import_job("dead", now.plus(300_000), now);
    dead.await?.context("nothing to claim")?;
    assert_eq!(work(&app).await?, 0);
    app.advance(300);

    app.core.cancel_catalogue_import(&job.id).await?;
    assert_eq!(work(&app).await?, 0);
    let twice = app.core.cancel_catalogue_import(&job.id).await;
    assert!(matches!(twice, Err(Error::CatalogueRefused(_))));
    let going = app.core.resume_catalogue_import(&job.id).await?;
    assert_eq!(going.state, ImportJobState::Running);
    let beside = app.beside().await?;
    let stop = CancellationToken::new();
    assert_eq!(beside.core.work_on_imports(&stop).await?.lines, 9);
    assert_eq!(app.core.catalogue_import(&job.id).await?.imported, 9);
    let log = app.core.audit_log(&Default::default()).await?.entries;
    for action in [
        "catalogue_import.started",
        "catalogue_import.cancelled",
        "catalogue_import.resumed",
        "import.finished",
    ] {
        assert!(log.iter().any(|entry| entry.action == action), "{action}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_the_gateway_makes_it_rest_and_not_fail() -> Result<()> {
    let app = connected().await?;
    let job = start(&app, &numbers(&app, 2).await?).await?;
    let fault = json!({ "match": { "method": "aliexpress.ds.product.get" }, "times": 8, "then": "http_500" });
    app.control("faults", &fault).await?;
    work(&app).await?;
    let resting = app.core.catalogue_import(&job.id).await?;
    assert_eq!(
        (resting.state, resting.failed),
        (ImportJobState::Running, 0)
    );
    let why = resting.rests_because.context("it does not rest")?;
    assert_eq!(why.code, "gateway_failed");
    assert!(resting.next_at > Some(app.core.now()));
    assert_eq!(work(&app).await?, 0, "it rests");
    for _ in 0..10 {
        app.advance(400);
        work(&app).await?;
    }
    let done = app.core.catalogue_import(&job.id).await?;
    assert_eq!((done.state, done.imported), (ImportJobState::Done, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_whole_or_not_at_all() -> Result<()> {
    let app = connected().await?;
    let numbers = numbers(&app, 2).await?;
    let double = rule(&app, "double", "100").await?;
    let with = |csv: String| ImportsRequest {
        csv: Some(csv),
        ..ImportsRequest::default()
    };
    let wrong = format!(
        "product;rule\n{};double\n{};triple\nlamp;\n",
        numbers[0], numbers[1]
    );
    let refusal = app.core.start_catalogue_import(&with(wrong)).await?;
    assert_eq!(refusal.job, None);
    let places: Vec<_> = refusal
        .problems
        .iter()
        .map(|one| (one.line, one.column.as_deref()))
        .collect();
    assert_eq!(places, [(3, Some("rule")), (4, Some("product"))]);
    assert!(
        app.core
            .catalogue_imports(None, None)
            .await?
            .imports
            .is_empty()
    );
    assert_eq!(work(&app).await?, 0);

    let sku = app
        .core
        .product(&numbers[0], &Default::default())
        .await?
        .skus[0]
        .id
        .clone();
    let right = format!(
        "product;skus;labels;rule\n{};{sku};red, blue;double\n{};;;\n",
        numbers[0], numbers[1]
    );
    let started = app.core.start_catalogue_import(&with(right)).await?;
    let job = started.job.context("not started")?;
    work(&app).await?;
    let lines = app
        .core
        .catalogue_import_lines(&job.id, None, None, None)
        .await?
        .lines;
    assert!(
        lines
            .iter()
            .all(|line| line.state == ImportLineState::Imported),
        "{lines:?}"
    );
    let first = app
        .core
        .catalogue_product(lines[0].product.as_deref().context("none")?)
        .await?;
    assert_eq!(
        (first.summary.labels.as_slice(), first.summary.variants),
        (&["red".to_owned(), "blue".to_owned()][..], 1)
    );
    assert_eq!(first.summary.rule, Some(double));
    assert_eq!(first.summary.unpriced, 0);

    let both = ImportsRequest {
        products: numbers,
        ..with("product\n".into())
    };
    assert_eq!(
        refused(app.core.start_catalogue_import(&both).await)?.0,
        "csv"
    );
    let none = ImportsRequest::default();
    assert_eq!(
        refused(app.core.start_catalogue_import(&none).await)?.0,
        "products"
    );
    Ok(())
}

/// Interactive calls do not wait here at all, so that what waits for the budget is seen to be in the background.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_waits_in_the_background_while_calls_are_short() -> Result<()> {
    const METHOD: &str = "aliexpress.ds.product.get";
    let app = App::with(Setup {
        policy: Policy::default().longest_hold(Duration::ZERO),
        ..Setup::default()
    })
    .await?;
    app.connect().await?;
    let products = numbers(&app, 3).await?;
    let job = start(&app, &products).await?;
    let shares = app.core.app().ready()?.client.budget_shares();
    shares.hold_back(|_| 0);

    let core = app.core.clone();
    let working = tokio::spawn(async move {
        let stop = CancellationToken::new();
        core.work_on_imports(&stop).await
    });
    let usual = smartlinks_core::ProductQuery::default();
    let refused = app.core.product(&products[0], &usual).await;
    assert!(matches!(refused, Err(Error::Gateway(_))), "{refused:?}");
    assert!(app.journal(METHOD).await?.is_empty());
    shares.grant(METHOD, 100, shares.running() + Duration::from_secs(600));
    assert_eq!(working.await??.lines, 3);
    let done = app.core.catalogue_import(&job.id).await?;
    assert_eq!(
        (done.state, done.imported, done.failed),
        (ImportJobState::Done, 3, 0)
    );
    Ok(())
}
