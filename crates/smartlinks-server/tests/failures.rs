//! A failure says what happened, how to mend it, who can, and under which number to ask about it.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use testkit::app::{App, Setup};
use testkit::http::{Http, Reply};

const PRODUCT: &str = "aliexpress.ds.product.get";
/// How often a read is sent when its failures pass by themselves.
const SENT_AT_MOST: u32 = 3;

/// The problem of a failed answer, complete.
fn problem(reply: &Reply, what: &str) -> Result<Value> {
    assert!(reply.status >= 400, "{what} went well: {}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json"),
        "{what}"
    );
    let problem = reply.json()?;
    for field in ["code", "detail", "fix", "retry"] {
        let said = problem[field].as_str().is_some_and(|text| !text.is_empty());
        assert!(said, "{what} does not say {field}: {problem}");
    }
    let actors = ["operator", "merchant", "developer", "aliexpress"];
    let actor = problem["actor"].as_str().unwrap_or("nobody");
    assert!(
        actors.contains(&actor),
        "{what} is for nobody to mend: {problem}"
    );
    assert!(reply.header("x-request-id").is_some(), "{what}");
    assert_eq!(
        problem["request_id"].as_str(),
        reply.header("x-request-id"),
        "{what}"
    );
    Ok(problem)
}

async fn fails(visitor: &Http, path: &str, code: &str, actor: &str) -> Result<()> {
    let problem = problem(&visitor.get(path).await?, path)?;
    assert_eq!(
        (problem["code"].as_str(), problem["actor"].as_str()),
        (Some(code), Some(actor)),
        "{path}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_names_its_cause_its_mend_and_who_can() -> Result<()> {
    let app = App::with(Setup {
        configured: false,
        ..Setup::default()
    })
    .await?;
    let place = "/api/aliexpress/oauth/url";
    fails(&app.visitor()?, place, "not_configured", "operator").await?;

    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let status = "/api/aliexpress/status";
    fails(&app.visitor()?, status, "unauthenticated", "operator").await?;

    let app = App::start().await?;
    let visitor = app.visitor()?;
    for (path, code, actor) in [
        ("nowhere", "not_found", "developer"),
        ("products", "invalid_request", "developer"),
        ("products?q=", "invalid_parameter", "developer"),
        ("products?q=lamp", "not_connected", "merchant"),
        ("connections/conn_x", "unknown_connection", "developer"),
    ] {
        fails(&visitor, &format!("/api/aliexpress/{path}"), code, actor).await?;
    }
    let id = app.connect().await?;
    let product = format!("/api/aliexpress/products/{}", app.products().await?[0]);
    for (then, code, ours, actor) in [
        ("html", "", "gateway_unreadable", "aliexpress"),
        ("truncate", "", "gateway_unreadable", "aliexpress"),
        ("http_500", "", "gateway_failed", "aliexpress"),
        (
            "error",
            "InsufficientPermission",
            "not_for_this_app",
            "operator",
        ),
        ("error", "InvalidAppKey", "gateway_refused", "operator"),
        ("error", "NeverSeenBefore", "gateway_refused", "developer"),
    ] {
        let code = Some(code).filter(|code| !code.is_empty());
        // What passes by itself is asked again, so it has to stay for a while to be seen.
        let times = if code.is_none() { SENT_AT_MOST } else { 1 };
        let fault =
            json!({"match": {"method": PRODUCT}, "times": times, "then": then, "code": code});
        app.control("faults", &fault).await?;
        fails(&visitor, &product, ours, actor).await?;
    }
    let fault = json!({"match": {"method": "/auth/token/refresh"}, "times": 1, "then": "error", "code": "IllegalRefreshToken"});
    app.control("faults", &fault).await?;
    let refresh = format!("/api/aliexpress/connections/{id}/refresh");
    let reply = visitor.post_json(&refresh, &json!({})).await?;
    let refused = problem(&reply, "a refused refresh")?;
    assert_eq!(
        (&refused["code"], &refused["actor"]),
        (&json!("reauthorization_required"), &json!("merchant"))
    );
    Ok(())
}

/// A program decides by these fields, so none may change by accident.
#[tokio::test(flavor = "multi_thread")]
async fn a_problem_has_its_agreed_fields() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let product = format!("/api/aliexpress/products/{}", app.products().await?[0]);
    let visitor = app.visitor()?;
    let fault = json!({"match": {"method": PRODUCT}, "times": SENT_AT_MOST, "then": "http_500"});
    app.control("faults", &fault).await?;
    let reply = visitor.get(&product).await?;
    problem(&reply, "a broken gateway")?;
    let mut answer: smartlinks_server::Problem = serde_json::from_slice(&reply.body)?;
    let id = std::mem::take(&mut answer.request_id);
    let digits = id.strip_prefix("req_");
    assert!(digits.is_some_and(|digits| digits.len() == 20), "{id}");
    // What stood in the gateway's page is not repeated.
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_passes_is_not_seen() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let product = format!("/api/aliexpress/products/{}", app.products().await?[0]);
    for then in ["html", "truncate", "http_500", "reset"] {
        let fault = json!({"match": {"method": PRODUCT}, "times": 1, "then": then});
        app.control("faults", &fault).await?;
        let reply = app.visitor()?.get(&product).await?;
        reply.expect_status(200).context(then)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_named_and_costs_no_connection() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let product = format!("/api/aliexpress/products/{}", app.products().await?[0]);
    // The service's clock goes three hours ahead; the sandbox compares with one that stands still.
    app.control("profile", &json!({"check_timestamp": "real"}))
        .await?;
    app.advance(3 * 3600);
    let visitor = app.visitor()?;
    let refresh = format!("/api/aliexpress/connections/{id}/refresh");
    for reply in [
        visitor.get(&product).await?,
        visitor.post_json(&refresh, &json!({})).await?,
    ] {
        let problem = problem(&reply, "a wrong clock")?;
        assert_eq!(problem["gateway_code"], "IllegalTimestamp", "{problem}");
        assert_eq!(problem["actor"], "operator");
        let fix = problem["fix"].as_str().context("no fix")?;
        assert!(fix.contains("clock of this machine"), "{fix}");
    }
    let connection = visitor
        .get(&format!("/api/aliexpress/connections/{id}"))
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(
        (&connection["state"], &connection["generation"]),
        (&json!("degraded"), &json!(1))
    );
    // With the clock set right, everything goes on with the same pair.
    app.control("profile", &json!({"check_timestamp": "virtual"}))
        .await?;
    visitor.get(&product).await?.expect_status(200)?;
    Ok(())
}
