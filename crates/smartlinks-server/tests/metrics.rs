//! What `/metrics` tells: what happened, under names that are documented, and nothing that must not be read there.

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::Request;
use futures_util::{FutureExt as _, stream};
use serde_json::json;
use smartlinks_core::Scope;
use smartlinks_core::metrics::ALL;
use smartlinks_server::{Access, Environment, Exposition, Hosts, Limits, ServerOptions, router};
use testkit::app::{App, Setup};
use testkit::http::Http;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

async fn scraped(visitor: &Http) -> Result<String> {
    Ok(visitor.get("/metrics").await?.expect_status(200)?.text())
}

/// The value of a series, named with its labels as they are scraped.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find(|line| {
        line.strip_prefix(series)
            .is_some_and(|rest| rest.starts_with(' '))
    })?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_happens_is_counted_under_its_outcome() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    app.core.refresh_now(&id).await?;
    for (code, refusal) in [("ServiceUnavailable", 1), ("IllegalRefreshToken", 2)] {
        let fault = json!({
            "match": { "method": "/auth/token/refresh" }, "times": refusal, "then": "error", "code": code
        });
        app.control("faults", &fault).await?;
        assert!(app.core.refresh_now(&id).await.is_err(), "{code}");
    }
    let product = &app.products().await?[0];
    let place = format!("/api/aliexpress/products/{product}");
    visitor.get(&place).await?.expect_status(200)?;
    visitor.get("/api/aliexpress/products/none").await?;
    visitor.get("/nowhere/at/all").await?.expect_status(404)?;

    let text = scraped(&visitor).await?;
    for (series, wanted) in [
        ("smartlinks_refreshes_total{outcome=\"renewed\"}", 1.0),
        ("smartlinks_refreshes_total{outcome=\"failed\"}", 1.0),
        ("smartlinks_refreshes_total{outcome=\"refused\"}", 1.0),
        (
            "smartlinks_gateway_calls_total{method=\"/auth/token/create\",outcome=\"ok\"}",
            1.0,
        ),
        (
            "smartlinks_gateway_calls_total{method=\"/auth/token/refresh\",outcome=\"ok\"}",
            1.0,
        ),
        (
            "smartlinks_gateway_calls_total{method=\"/auth/token/refresh\",outcome=\"retry\"}",
            1.0,
        ),
        (
            "smartlinks_gateway_calls_total{method=\"/auth/token/refresh\",outcome=\"reauthorize\"}",
            1.0,
        ),
        (
            "smartlinks_gateway_call_duration_seconds_count{method=\"aliexpress.ds.product.get\"}",
            1.0,
        ),
        ("smartlinks_connections{state=\"active\"}", 0.0),
        (
            "smartlinks_connections{state=\"reauthorization_required\"}",
            1.0,
        ),
        ("smartlinks_refreshes_due", 0.0),
        ("smartlinks_sign_in_deadlines{within_days=\"14\"}", 0.0),
        (
            "smartlinks_http_requests_total{method=\"GET\",route=\"/api/aliexpress/products/{id}\",status=\"200\"}",
            1.0,
        ),
        (
            "smartlinks_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}",
            1.0,
        ),
    ] {
        assert_eq!(value(&text, series), Some(wanted), "{series} in\n{text}");
    }
    let ahead = value(&text, "smartlinks_clock_ahead_seconds").context("no clock")?;
    assert!(ahead.abs() < 2.0, "{ahead}");
    for secret in [id.as_str(), product.as_str(), "nowhere", "none"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_and_due_refreshes_follow_the_clock() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    app.connect().await?;
    app.advance(58 * 86_400);
    let text = scraped(&visitor).await?;
    for (days, count) in [("14", 1.0), ("7", 1.0), ("3", 1.0), ("1", 0.0)] {
        let series = format!("smartlinks_sign_in_deadlines{{within_days=\"{days}\"}}");
        assert_eq!(value(&text, &series), Some(count), "{series}");
    }
    assert_eq!(
        value(&text, "smartlinks_refreshes_due"),
        Some(1.0),
        "{text}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_database_is_counted_and_the_rest_is_still_told() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let from_the_database = [
        "smartlinks_connections{state=\"active\"}",
        "smartlinks_connections_age_seconds",
        "smartlinks_sign_in_deadlines{within_days=\"30\"}",
        "smartlinks_refreshes_due",
        "smartlinks_webhook_deliveries_waiting",
        "smartlinks_orders_open{state=\"awaiting_person\"}",
    ];
    let text = scraped(&visitor).await?;
    for series in from_the_database {
        assert_eq!(value(&text, series), Some(0.0), "{series} in\n{text}");
    }
    app.core.store().close().await;
    visitor
        .get("/api/aliexpress/status")
        .await?
        .expect_status(503)?;
    let text = scraped(&visitor).await?;
    let failures = value(
        &text,
        "smartlinks_database_errors_total{code=\"storage_closed\"}",
    );
    assert!(failures.is_some_and(|count| count >= 1.0), "{text}");
    assert!(text.contains("status=\"503\""), "{text}");
    // What was counted before would be taken for what is.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let names = [
            "smartlinks_connections",
            "smartlinks_sign_in",
            "smartlinks_refreshes_due",
            "smartlinks_webhook",
            "smartlinks_orders",
        ];
        let is_stale = names.iter().any(|name| line.starts_with(name)) && !line.ends_with(" NaN");
        assert!(!is_stale, "{line}");
    }
    for series in from_the_database {
        assert!(
            value(&text, series).is_some_and(f64::is_nan),
            "{series} in\n{text}"
        );
    }
    Ok(())
}

/// With a slow database and impatient clients there would otherwise seem to be fewer requests, and not slower ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_given_up_is_counted_too() -> Result<()> {
    let app = App::start().await?;
    let service = router(ServerOptions {
        core: app.core.clone(),
        access: Access::Open,
        environment: Environment::Live,
        hosts: Hosts::loopback(443),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        limits: Limits::default(),
        metrics: Exposition::new().1,
        stop: CancellationToken::new(),
    });
    let never = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::post("/api/aliexpress/orders/import")
        .header("host", "localhost:443")
        .header("content-type", "application/json")
        .body(never)?;
    // Asked for, and dropped before there was an answer.
    assert!(service.oneshot(request).now_or_never().is_none());
    let text = scraped(&app.visitor()?).await?;
    let series = "smartlinks_http_requests_total{method=\"POST\",route=\"/api/aliexpress/orders/import\",status=\"499\"}";
    assert_eq!(value(&text, series), Some(1.0), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_in_one_process_keep_their_numbers_apart() -> Result<()> {
    let (busy, idle) = (App::start().await?, App::start().await?);
    busy.connect().await?;
    let calls = "smartlinks_gateway_calls_total";
    assert!(scraped(&busy.visitor()?).await?.contains(calls));
    assert!(
        !scraped(&idle.visitor()?)
            .await?
            .lines()
            .any(|line| line.starts_with(calls))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_those_who_may_read() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    let refused = stranger.get("/metrics").await?.expect_status(401)?;
    assert!(!refused.text().contains("smartlinks_"));
    let caller = app.program(&[Scope::Call]).await?;
    caller.get("/metrics").await?.expect_status(403)?;
    let reader = app.program(&[Scope::Read]).await?;
    assert!(
        scraped(&reader)
            .await?
            .contains("# TYPE smartlinks_http_requests_total counter")
    );
    Ok(())
}

/// The table in docs/metrics.md is what the code says.
#[test]
fn the_documentation_names_every_metric_as_it_is() {
    let documented = include_str!("../../../docs/metrics.md");
    let rows: Vec<String> = ALL
        .iter()
        .map(|metric| {
            let labels: Vec<_> = metric
                .labels
                .iter()
                .map(|label| format!("`{label}`"))
                .collect();
            format!(
                "| `{}` | {} | {} | {} |",
                metric.name,
                metric.kind.as_str(),
                labels.join(", "),
                metric.help
            )
        })
        .collect();
    let table: Vec<&str> = documented
        .lines()
        .filter(|line| {
            ["| `smartlinks_", "| `process_"]
                .iter()
                .any(|start| line.starts_with(start))
        })
        .collect();
    assert_eq!(
        table,
        rows,
        "write this into docs/metrics.md:\n{}",
        rows.join("\n")
    );
}

/// Names and labels that are scraped are documented, and every series has the labels that it should.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_scraped_is_what_is_documented() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    app.core.refresh_now(&id).await?;
    scraped(&visitor).await?;
    let text = scraped(&visitor).await?;
    let mut seen = 0;
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let metric = ALL.iter().find(|metric| {
            let rest = name.strip_prefix(metric.name);
            rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
        });
        let metric = metric.with_context(|| format!("not documented: {line}"))?;
        for label in metric.labels {
            assert!(
                line.contains(&format!("{label}=\"")),
                "{label} is missing: {line}"
            );
        }
        seen += 1;
    }
    assert!(seen > 20, "{text}");
    Ok(())
}
