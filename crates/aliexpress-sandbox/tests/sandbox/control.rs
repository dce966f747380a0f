//! The control API: what it shows, what it changes, and how it refuses.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, START_MS, product, start};

#[tokio::test]
async fn the_state_is_complete_and_small() {
    let bench = start();
    bench.pair("buyer").await;
    let answer = bench.get("/_sandbox/state").await;
    assert!(answer.body.len() < 64 * 1024);
    let state = answer.json();
    assert_eq!(state["app_key"], "500100");
    assert_eq!(
        state["clock"],
        json!({ "now_ms": START_MS, "offset_seconds": 0 })
    );
    assert_eq!(state["counts"]["products"], 500);
    assert_eq!(state["counts"]["access_tokens"], 1);
    assert_eq!(
        state["calls"]["/auth/token/create"],
        json!({ "ok": 1, "failed": 0 })
    );
    assert_eq!(state["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(state["products"][0].to_string(), product(0));
    assert_eq!(state["profile"]["lifetimes"]["access_s"], 2_592_000);
    assert!(!answer.text().contains("sandbox-secret"));
}

#[tokio::test]
async fn the_state_stays_small_with_many_orders() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = crate::orders::order_json(&bench, "", &[(0, 1)], "FR").await;
    bench
        .set(
            &format!("products/{}", product(0)),
            json!({ "stock": 1000 }),
        )
        .await;
    for _ in 0..200 {
        crate::orders::place(&bench, &token, &order, "").await;
    }
    let answer = bench.get("/_sandbox/state").await;
    assert!(answer.body.len() < 64 * 1024);
    assert_eq!(answer.json()["counts"]["orders"], 203);
    assert_eq!(answer.json()["orders"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn the_clock_moves_everyone_who_watches_it() {
    let bench = start();
    let mut watch = bench.sandbox.clock().subscribe();
    let answer = bench.set("clock", json!({ "advance_seconds": 90 })).await;
    assert_eq!(
        answer,
        json!({ "now_ms": START_MS + 90_000, "offset_seconds": 90 })
    );
    watch.changed().await.unwrap();
    assert_eq!(*watch.borrow_and_update(), 90_000);
    assert_eq!(bench.sandbox.clock().now_ms(), START_MS + 90_000);
    bench.sandbox.clock().advance(10);
    assert_eq!(bench.look("clock").await["offset_seconds"], 100);
}

async fn refused(bench: &Bench, method: Method, path: &str, body: &Value) -> (StatusCode, String) {
    let answer = bench.control(method, path, body).await;
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    (answer.status, error)
}

#[tokio::test]
async fn bad_input_is_explained() {
    let bench = start();
    for (path, body, word) in [
        ("clock", json!({}), "advance_seconds"),
        ("clock", json!({ "advance_seconds": -1 }), "from 0"),
        ("clock", json!({ "advance_seconds": 1.5 }), "whole number"),
        (
            "clock",
            json!({ "advance_seconds": i64::MAX }),
            "whole number",
        ),
        (
            "clock",
            json!({ "seconds": 1 }),
            "accepted: advance_seconds",
        ),
        ("clock", json!([1]), "JSON object"),
        ("codes", json!({ "account": "nobody" }), "buyer2"),
        ("codes", json!({ "account": 5 }), "buyer2"),
        ("profile", json!({ "lifetimes": "forever" }), "\"online\""),
        ("profile", json!({ "speed": 1 }), "no such switch"),
        ("reset", json!({ "hard": true }), "empty object"),
        ("faults", json!({}), "then is missing"),
        ("faults", json!({ "then": "explode" }), "explode"),
        ("faults", json!({ "then": "error" }), "code is missing"),
        (
            "faults",
            json!({ "then": "delay", "delay_ms": 10_000_000 }),
            "delay_ms",
        ),
        ("faults", json!({ "then": "html", "times": 0 }), "times"),
        (
            "faults",
            json!({ "then": "html", "match": { "path": "/x" } }),
            "path cannot be matched",
        ),
        (
            "faults",
            json!({ "then": "html", "when": 1 }),
            "when is no part",
        ),
        (
            "orders/8100000000000001/advance",
            json!({ "to": "lost" }),
            "payment_failed",
        ),
        (
            "orders/abc/advance",
            json!({ "to": "paid" }),
            "no order number",
        ),
    ] {
        let (status, error) = refused(&bench, Method::POST, path, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {body}");
        assert!(error.contains(word), "{path} {body}: {error}");
    }
    let (status, _) = refused(
        &bench,
        Method::POST,
        "orders/5/advance",
        &json!({ "to": "paid" }),
    )
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let path = "orders/8100000000000003/advance";
    let (status, error) = refused(&bench, Method::POST, path, &json!({ "to": "paid" })).await;
    assert_eq!(
        (status, error.contains("delivered")),
        (StatusCode::CONFLICT, true)
    );
    let huge = json!({ "account": "x".repeat(70_000) });
    let (status, _) = refused(&bench, Method::POST, "codes", &huge).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_clock_has_an_end() {
    let bench = start();
    for _ in 0..10 {
        bench.advance(20 * 365 * 86_400).await;
    }
    let body = json!({ "advance_seconds": 20 * 365 * 86_400 });
    let (status, error) = refused(&bench, Method::POST, "clock", &body).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error.contains("reset"));
    assert_eq!(bench.pair("buyer").await["code"], "0");
}

#[tokio::test]
async fn reset_brings_back_the_beginning() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    bench.advance(50).await;
    bench.set("profile", json!({ "numbers": "string" })).await;
    bench
        .set("faults", json!({ "then": "html", "times": 9 }))
        .await;
    bench
        .set(
            &format!("products/{}", product(0)),
            json!({ "delist": true }),
        )
        .await;
    let seen = bench.code("buyer").await;
    bench.set("reset", json!({})).await;

    let state = bench.look("state").await;
    assert_eq!(state["clock"]["offset_seconds"], 0);
    assert_eq!(state["profile"]["numbers"], "number");
    assert_eq!(state["counts"]["faults"], 0);
    assert_eq!(state["counts"]["changed_products"], 0);
    assert_eq!(state["counts"]["access_tokens"], 0);
    assert_eq!(bench.look("journal").await["entries"], json!([]));
    assert_eq!(bench.try_token(&pair).await, "IllegalAccessToken");
    assert_ne!(bench.code("buyer").await, seen, "no text is issued twice");
}

#[tokio::test]
async fn the_journal_shows_verdict_and_text_but_no_secret() {
    let bench = start();
    let code = bench.code("buyer").await;
    let pair = bench.exchange(&code).await;
    bench.refresh(&pair).await;
    bench.try_token(&pair).await;
    bench.exchange(&code).await;
    bench.rest("/auth/token/nothing", &[]).await;

    let answer = bench.get("/_sandbox/journal").await;
    for secret in [
        code.as_str(),
        pair["access_token"].as_str().unwrap(),
        pair["refresh_token"].as_str().unwrap(),
        "sandbox-secret",
    ] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
    let journal = answer.json();
    let entries = journal["entries"].as_array().unwrap();
    let outcomes: Vec<&str> = entries
        .iter()
        .map(|entry| entry["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        ["ok", "ok", "ok", "InvalidCode", "InvalidApiPath"]
    );
    let first = &entries[0];
    assert_eq!(first["api"], "/auth/token/create");
    assert_eq!(first["path"], "/rest/auth/token/create");
    assert_eq!(first["http_method"], "POST");
    assert_eq!(first["signature"], "ok");
    assert_eq!(first["request_id"], pair["request_id"]);
    assert!(
        first["params"]["code"]
            .as_str()
            .unwrap()
            .starts_with("[code 31 characters, sha256 ")
    );
    let canonical = first["canonical"].as_str().unwrap();
    assert!(
        canonical.starts_with("/auth/token/createapp_key500100code[code "),
        "{canonical}"
    );
    assert!(
        canonical.ends_with("sign_methodsha256timestamp1767225600000"),
        "{canonical}"
    );

    let refreshes = bench.look("journal?api=/auth/token/refresh").await;
    assert_eq!(refreshes["entries"].as_array().unwrap().len(), 1);
    let latest = bench.look("journal?limit=1").await;
    assert_eq!(latest["entries"][0]["outcome"], "InvalidApiPath");
    assert_eq!(bench.look("state").await["calls"]["unknown"]["failed"], 1);
    bench.control(Method::DELETE, "journal", &Value::Null).await;
    assert_eq!(bench.look("journal").await["entries"], json!([]));
}

#[tokio::test]
async fn the_control_page_lists_what_it_can_do() {
    let bench = start();
    for path in ["/_sandbox", "/_sandbox/"] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        for word in [
            "not AliExpress",
            "8100000000000002",
            "/_sandbox/journal",
            "advance_seconds",
        ] {
            assert!(answer.text().contains(word), "{word}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script"));
    }
    let style = bench.get("/_sandbox/assets/page.css").await;
    assert_eq!(style.status, StatusCode::OK);
}

#[test]
fn the_readme_names_every_route() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("## Control API").unwrap();
    let (table, _) = table.split_once("**Profile**").unwrap();
    let routes = include_str!("../../src/control.rs");
    let mut named = 0;
    for route in routes.split("\"/_sandbox/").skip(1) {
        let (path, rest) = route.split_once('"').unwrap();
        let (handlers, _) = rest.split_once("\n        .route").unwrap_or((rest, ""));
        for method in ["get", "post", "delete"] {
            if path.starts_with('{') || !handlers.contains(&format!("{method}(")) {
                continue;
            }
            let path = path.replace("commissions/{id}", "commissions/{sub_order_id}");
            let path = if path.is_empty() { "/_sandbox/" } else { &path };
            let row = format!("{} {path}`", method.to_uppercase());
            assert!(table.contains(&row), "{row}");
            named += 1;
        }
    }
    assert!(named >= 18, "{named}");
}

#[tokio::test]
async fn the_app_secret_can_be_changed_with_and_without_an_overlap() {
    let bench = start();
    let code = |answer: Value| answer["code"].as_str().unwrap_or("?").to_owned();
    let call = async || code(bench.rest("/auth/token/create", &[("code", "x")]).await);
    assert_eq!(call().await, "InvalidCode");
    bench
        .set("secrets", json!({ "app_secrets": ["new"] }))
        .await;
    assert_eq!(call().await, "IncompleteSignature");
    let both = json!({ "app_secrets": ["new", "sandbox-secret"] });
    assert_eq!(
        bench.set("secrets", both).await,
        json!({ "app_secrets": 2 })
    );
    assert_eq!(call().await, "InvalidCode");
    bench
        .set("secrets", json!({ "app_secrets": ["new"] }))
        .await;
    bench.set("reset", json!({})).await;
    assert_eq!(call().await, "InvalidCode");
    for wrong in [
        json!({}),
        json!({ "app_secrets": [] }),
        json!({ "app_secrets": [""] }),
        json!({ "app_secrets": "new" }),
        json!({ "secret": "new" }),
    ] {
        let answer = bench.control(Method::POST, "secrets", &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
