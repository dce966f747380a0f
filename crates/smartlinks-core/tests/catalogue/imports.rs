use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use smartlinks_core::Error;
use smartlinks_core::MarketChange;
use smartlinks_core::aliexpress::Policy;
use smartlinks_core::catalogue::{CatalogueImport, CatalogueQuery, ImportJobView, ImportsRequest};
use smartlinks_store::{Actor, ActorKind, ImportJobState, ImportLineState};
use testkit::app::{App, Setup};
use tokio_util::sync::CancellationToken;

use crate::{connected, refused, rule};

const FEED: &str = "aliexpress.ds.recommend.feed.get";

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

    let many = ImportsRequest {
        labels: (0..20).map(|number| number.to_string()).collect(),
        ..with(format!(
            "product,labels\n{},19\n{},20\n",
            numbers[0], numbers[1]
        ))
    };
    let refusal = app.core.start_catalogue_import(&many).await?;
    assert_eq!(refusal.job, None);
    assert_eq!(refusal.problems.len(), 1, "{:?}", refusal.problems);
    assert_eq!(refusal.problems[0].column.as_deref(), Some("labels"));
    assert_eq!(refusal.problems[0].line, 3);
    // Those that a known product has count too.
    let more = CatalogueImport {
        product: numbers[0].clone(),
        labels: (0..19).map(|number| number.to_string()).collect(),
        ..CatalogueImport::default()
    };
    assert_eq!(refused(app.core.import_product(&more).await)?.0, "labels");

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

/// A list that is imported again asks for each product what it was imported for; another market is said, and noted.
#[tokio::test(flavor = "multi_thread")]
async fn known_products_keep_their_country_currency_and_language() -> Result<()> {
    let app = connected().await?;
    let numbers = numbers(&app, 2).await?;
    let american = CatalogueImport {
        product: numbers[0].clone(),
        ship_to: Some("US".into()),
        currency: Some("USD".into()),
        language: Some("en".into()),
        ..CatalogueImport::default()
    };
    let first = app.core.import_product(&american).await?;
    start(&app, &numbers).await?;
    assert_eq!(work(&app).await?, 2);
    let market = |detail: &smartlinks_core::catalogue::CatalogueDetail| {
        let summary = &detail.summary;
        [&summary.ship_to, &summary.currency, &summary.language].map(Clone::clone)
    };
    let again = app.core.catalogue_product(&first.summary.id).await?;
    assert_eq!(market(&again), ["US", "USD", "en"]);
    assert_eq!(again.skus, first.skus, "costs are those of the US");
    assert_eq!(again.summary.labels, ["bulk"]);
    let other = CatalogueImport {
        product: numbers[1].clone(),
        ..CatalogueImport::default()
    };
    let other = app.core.import_product(&other).await?;
    assert_eq!(market(&other), ["FR", "EUR", "fr"]);

    let french = ImportsRequest {
        products: numbers,
        ship_to: Some("fr".into()),
        currency: Some("EUR".into()),
        language: Some("fr".into()),
        ..ImportsRequest::default()
    };
    app.advance(60);
    app.core.start_catalogue_import(&french).await?;
    work(&app).await?;
    let moved = app.core.catalogue_product(&first.summary.id).await?;
    assert_eq!(market(&moved), ["FR", "EUR", "fr"]);
    assert!(moved.summary.updated_at > first.summary.updated_at);
    let history = app.core.product_history(&first.summary.id, None, None);
    let changes = history.await?.changes;
    let noted = changes.iter().find(|change| change.kind == "market");
    let noted = noted.context("nobody could tell why the costs moved")?;
    assert_eq!(
        noted.before,
        Some(json!({ "ship_to": "US", "currency": "USD", "language": "en" }))
    );
    let none = app.core.product_history(&other.summary.id, None, None);
    let none = none.await?.changes;
    assert!(none.iter().all(|change| change.kind != "market"));

    let wrong = ImportsRequest {
        ship_to: Some("France".into()),
        ..french
    };
    let wrong = app.core.start_catalogue_import(&wrong).await;
    assert_eq!(refused(wrong)?.0, "ship_to");
    Ok(())
}

/// Whoever works on an import has another market than whoever has started it.
#[tokio::test(flavor = "multi_thread")]
async fn new_products_and_the_feed_are_for_the_market_of_who_starts_the_import() -> Result<()> {
    let app = connected().await?;
    let numbers = numbers(&app, 3).await?;
    let known = CatalogueImport {
        product: numbers[0].clone(),
        ..CatalogueImport::default()
    };
    let known = app.core.import_product(&known).await?.summary.id;
    let american = MarketChange {
        ship_to: Some("US".into()),
        currency: Some("USD".into()),
        language: Some("en".into()),
    };
    let person = app.core.acting_as(Actor::of(ActorKind::CommandLine));
    let market = async |number: &str| -> Result<[String; 3]> {
        let found = app.core.catalogue(&CatalogueQuery::default()).await?;
        let mut products = found.products.into_iter();
        let found = products.find(|product| product.product_id == number);
        let product = found.with_context(|| format!("{number} was not imported"))?;
        Ok([product.ship_to, product.currency, product.language])
    };
    // What the command line says of one command, and what is remembered.
    for (starts, number) in [
        (person.insisting_on(american.clone()), &numbers[1]),
        (person.clone(), &numbers[2]),
    ] {
        if starts.own_market().await?.market.ship_to != "US" {
            person.choose_market(&american).await?;
        }
        let request = ImportsRequest {
            products: vec![numbers[0].clone(), number.clone()],
            ..ImportsRequest::default()
        };
        starts.start_catalogue_import(&request).await?;
        assert_eq!(work(&app).await?, 2);
        assert_eq!(market(number).await?, ["US", "USD", "en"]);
        let known = app.core.catalogue_product(&known).await?.summary;
        assert_eq!(known.ship_to, "FR", "what is known keeps its own");
    }

    // In dollars, for a country where the feed has a second page.
    let (name, _) = large_feed(&app).await?;
    let dollars = MarketChange {
        ship_to: Some("FR".into()),
        ..american
    };
    person.choose_market(&dollars).await?;
    let before = app.journal(FEED).await?.len();
    let request = of_feed(&name, Some(60));
    let started = person.start_catalogue_import(&request).await?;
    let job = started.job.context("it was not started")?;
    work(&app).await?;
    let done = app.core.catalogue_import(&job.id).await?;
    assert!(done.lines > 50 && !done.finding, "{done:?}");
    let asked = app.journal(FEED).await?;
    let pages = asked.len() - before;
    assert!(pages >= 2, "{pages} pages");
    let in_dollars = |call: &&Value| call["params"]["target_currency"] == "USD";
    let so_many = asked.iter().filter(in_dollars).count();
    assert_eq!(so_many, pages, "{asked:?}");
    Ok(())
}

fn of_feed(name: &str, most: Option<u32>) -> ImportsRequest {
    ImportsRequest {
        feed: Some(name.to_owned()),
        most,
        ..ImportsRequest::default()
    }
}

/// A feed of several pages, with how many products it holds.
async fn large_feed(app: &App) -> Result<(String, i64)> {
    let feeds = app.core.feeds(None).await?.into_iter();
    let largest = feeds.max_by_key(|feed| feed.products).context("no feed")?;
    let query = smartlinks_core::FeedQuery {
        name: largest.name.clone(),
        ..Default::default()
    };
    let total = app.core.feed_products(&query).await?.total;
    assert!(total > 50, "{} has {total} products", largest.name);
    Ok((largest.name, total))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_found_page_by_page_and_then_imported() -> Result<()> {
    let app = connected().await?;
    let (name, total) = large_feed(&app).await?;
    let wanted = total.min(60);
    let request = of_feed(&name, Some(u32::try_from(wanted)?));
    let started = app.core.start_catalogue_import(&request).await?;
    let job = started.job.context("it was not started")?;
    // The first page is there at once.
    assert_eq!((job.lines, job.feed.as_deref()), (50, Some(name.as_str())));
    assert!(job.finding);
    // Trouble while looking further makes it rest, and it goes on by itself.
    let fault = json!({ "match": { "method": "aliexpress.ds.recommend.feed.get" }, "times": 8, "then": "http_500" });
    app.control("faults", &fault).await?;
    work(&app).await?;
    let rests = app.core.catalogue_import(&job.id).await?;
    assert_eq!((rests.state, rests.lines), (ImportJobState::Running, 50));
    assert!(rests.rests_because.is_some() && rests.finding, "{rests:?}");
    for _ in 0..10 {
        app.advance(400);
        work(&app).await?;
    }
    let done = app.core.catalogue_import(&job.id).await?;
    assert_eq!((done.state, done.lines), (ImportJobState::Done, wanted));
    assert_eq!((done.finding, done.imported + done.failed), (false, wanted));
    assert_eq!(done.found_no_more_because, None);
    let told = app.core.latest_events(1).await?;
    assert_eq!(told[0].kind, "import.finished");
    assert_eq!(told[0].data["lines"], json!(wanted));
    assert!(in_catalogue(&app).await? > 0);
    Ok(())
}

/// A page that is refused for good, or is asked for in vain for hours, keeps nobody from what was found.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_of_a_feed_is_imported_when_there_is_no_more() -> Result<()> {
    for refusal in [
        json!({ "times": 3, "then": "error", "code": "InsufficientPermission" }),
        json!({ "times": 1000, "then": "http_500" }),
    ] {
        let app = App::with(Setup {
            policy: Policy::none(),
            ..Setup::default()
        })
        .await?;
        app.connect().await?;
        let (name, _) = large_feed(&app).await?;
        let request = of_feed(&name, Some(60));
        let started = app.core.start_catalogue_import(&request).await?;
        let job = started.job.context("it was not started")?;
        let mut fault = json!({ "match": { "method": FEED } });
        let all = fault.as_object_mut().context("an object")?;
        all.extend(refusal.as_object().cloned().context("an object")?);
        app.control("faults", &fault).await?;
        work(&app).await?;
        for _ in 0..30 {
            app.advance(400);
            work(&app).await?;
        }
        let done = app.core.catalogue_import(&job.id).await?;
        assert_eq!((done.state, done.lines), (ImportJobState::Done, 50));
        assert!(!done.finding && done.imported > 0, "{done:?}");
        assert!(done.found_no_more_because.is_some(), "{done:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_cannot_be_starts_nothing() -> Result<()> {
    let app = connected().await?;
    let (name, _) = large_feed(&app).await?;
    let mut both = of_feed(&name, None);
    both.products = numbers(&app, 1).await?;
    for (request, field) in [
        (of_feed("no such feed", None), "feed"),
        (of_feed(&name, Some(0)), "most"),
        (of_feed(&name, Some(10_001)), "most"),
        (both, "feed"),
    ] {
        let (named, _) = refused(app.core.start_catalogue_import(&request).await)?;
        assert_eq!(named, field);
    }
    assert!(
        app.core
            .catalogue_imports(None, None)
            .await?
            .imports
            .is_empty()
    );
    // Fewer than a page holds: all of it is there from the start.
    let few = app
        .core
        .start_catalogue_import(&of_feed(&name, Some(3)))
        .await?;
    let few = few.job.context("it was not started")?;
    assert_eq!((few.lines, few.finding), (3, false));
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
