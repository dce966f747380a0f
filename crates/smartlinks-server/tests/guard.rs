//! What every request has to pass, on every route.

use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::{Identity, IdentityProvider, OidcRefusal, OidcTicket, Scope};
use testkit::app::{App, OPERATOR, PASSWORD, Setup};

/// Every documented operation, with a value in each path parameter.
fn operations() -> Result<Vec<(Method, String)>> {
    let document: Value = serde_json::from_str(&smartlinks_server::openapi_json())?;
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().context("no paths")? {
        for method in item.as_object().context("no methods")?.keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
            operations.push((method, path.replace("{id}", "1")));
        }
    }
    assert!(
        operations.len() >= 15,
        "the document lists only {}",
        operations.len()
    );
    Ok(operations)
}

const PAGES: [&str; 6] = [
    "/aliexpress",
    "/aliexpress/authentication",
    "/aliexpress/products",
    "/aliexpress/orders",
    "/aliexpress/operators",
    "/api/openapi.json",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_open_without_signing_in() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    for (method, path) in operations()? {
        let request = stranger
            .request(method.clone(), &path)
            .header("authorization", "Bearer wrong");
        let reply = stranger.send(request).await?;
        assert_eq!(reply.status, 401, "{method} {path}");
        assert!(
            reply
                .header("www-authenticate")
                .is_some_and(|text| text.starts_with("Bearer"))
        );
        assert_eq!(reply.json()?["code"], "unauthenticated");
    }
    for page in PAGES {
        let reply = stranger.get(page).await?;
        let sent_away = reply.status == 303
            && reply
                .location()?
                .starts_with("/aliexpress/sign-in?return_to=");
        assert!(sent_away || reply.status == 401, "{page}: {}", reply.status);
    }
    for public in ["/healthz", "/readyz", "/aliexpress/sign-in"] {
        stranger.get(public).await?.expect_status(200)?;
    }
    Ok(())
}

/// What a stranger may use. Everything else that the server has is refused, found or not.
const PUBLIC: [&str; 17] = [
    "GET /",
    "GET /healthz",
    "GET /readyz",
    "GET /assets/{name}",
    "GET /aliexpress/callback",
    "GET /aliexpress/callback/{*rest}",
    "GET /aliexpress/received",
    "GET /aliexpress/sign-in",
    "POST /aliexpress/sign-in",
    "GET /aliexpress/sign-in/link",
    "POST /aliexpress/sign-in/link",
    "GET /aliexpress/sign-in/oidc",
    "GET /aliexpress/sign-in/oidc/callback",
    "GET /connect/{token}",
    "POST /connect/{token}",
    "GET /connect/done",
    // Believed by its signature, and refused without one.
    PUSH,
];

const PUSH: &str = "POST /aliexpress/push";

/// Forced browsing: each route of the table, without a session, with an ended one, and with one that counts.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_asks_who_is_there() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let (stranger, ended) = (app.visitor()?, app.signed_in().await?);
    app.core.sign_out_operator(OPERATOR).await?;
    let operator = app.signed_in().await?;
    let routes = smartlinks_server::route_table();
    assert!(routes.len() > 40, "{}", routes.len());
    for (method, path) in routes {
        let name = format!("{method} {path}");
        let place = path.replace("{*rest}", "x").replace(['{', '}'], "");
        // It would end the session that the others need, and an event stream never ends.
        let skipped =
            ["/aliexpress/sign-out", "/api/aliexpress/events"].contains(&&*path) || name == PUSH;
        for visitor in [&stranger, &ended] {
            let reply = visitor
                .send(visitor.request(method.clone(), &place))
                .await?;
            let to_sign_in = reply.status == 303
                && reply
                    .location()?
                    .starts_with("/aliexpress/sign-in?return_to=");
            let refused = reply.status == 401 || to_sign_in;
            assert_eq!(
                refused,
                !PUBLIC.contains(&&*name) || name == PUSH,
                "{name}: {}",
                reply.status
            );
        }
        if !skipped {
            let reply = operator
                .send(operator.request(method.clone(), &place))
                .await?;
            assert!(
                ![401, 403].contains(&reply.status),
                "{name}: {}",
                reply.status
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_to_pages_of_ours_only() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    app.operator().await?;
    for (return_to, end) in [
        ("/aliexpress/orders", "/aliexpress/orders"),
        ("//evil.example", "/aliexpress"),
        ("https://evil.example/", "/aliexpress"),
        ("/\\evil.example", "/aliexpress"),
        ("javascript:alert(1)", "/aliexpress"),
    ] {
        let entry = [
            ("name", OPERATOR),
            ("password", PASSWORD),
            ("return_to", return_to),
        ];
        let person = app.visitor()?;
        let reply = person.post_form("/aliexpress/sign-in", &entry).await?;
        assert_eq!(reply.location()?, end, "{return_to}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_are_misdirected() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let port = app.url.rsplit(':').next().context("no port")?;
    for host in [
        "evil.example",
        "evil.example:80",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost",
        &format!("evil.example:{port}"),
        &format!("127.0.0.1.evil.example:{port}"),
    ] {
        for path in [
            "/aliexpress",
            "/api/aliexpress/status",
            "/healthz",
            "/aliexpress/callback?code=a&state=b",
        ] {
            let reply = visitor
                .send(visitor.request(Method::GET, path).header("host", host))
                .await?;
            assert_eq!(reply.status, 421, "{host} {path}");
        }
    }
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
    ] {
        let reply = visitor
            .send(
                visitor
                    .request(Method::GET, "/healthz")
                    .header("host", &host),
            )
            .await?;
        assert_eq!(reply.status, 200, "{host}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_from_other_sites_are_refused() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let visitor = app.visitor()?;
    let forms = [
        "/aliexpress/authentication/authorize".to_owned(),
        "/aliexpress/authentication/code".to_owned(),
        format!("/aliexpress/authentication/connections/{id}/disconnect"),
        "/aliexpress/orders/import".to_owned(),
        "/aliexpress/products/market".to_owned(),
        "/aliexpress/products/by-picture".to_owned(),
        "/aliexpress/affiliate".to_owned(),
        "/aliexpress/sign-out".to_owned(),
        "/aliexpress/sign-in".to_owned(),
        "/aliexpress/sign-in/link".to_owned(),
        "/aliexpress/operators".to_owned(),
        "/aliexpress/operators/password".to_owned(),
        "/aliexpress/operators/sessions/end-others".to_owned(),
        format!("/api/aliexpress/connections/{id}/refresh"),
    ];
    for form in &forms {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let reply = visitor
                .send(visitor.request(Method::POST, form).header(name, value))
                .await?;
            assert_eq!(reply.status, 403, "{form} {name}: {value}");
        }
    }
    let changes: Vec<_> = operations()?
        .into_iter()
        .filter(|(method, _)| *method != Method::GET)
        .collect();
    assert!(changes.len() >= 5, "{changes:?}");
    for (method, path) in changes {
        let path = path.replace("/1", &format!("/{id}"));
        let request = visitor
            .request(method.clone(), &path)
            .header("sec-fetch-site", "cross-site");
        assert_eq!(visitor.send(request).await?.status, 403, "{method} {path}");
    }
    assert_eq!(
        visitor
            .get(&format!("/api/aliexpress/connections/{id}"))
            .await?
            .json()?["state"],
        "active"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn json_routes_take_json_only() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let reply = visitor
        .post_form("/api/aliexpress/oauth/token", &[("code", "x")])
        .await?
        .expect_status(415)?;
    assert_eq!(reply.json()?["code"], "not_json");
    let text = visitor
        .request(Method::POST, "/api/aliexpress/orders/import")
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(visitor.send(text).await?.status, 415);
    let huge = json!({ "code": "x".repeat(100_000) });
    let reply = visitor
        .post_json("/api/aliexpress/oauth/token", &huge)
        .await?
        .expect_status(413)?;
    assert_eq!(reply.json()?["code"], "too_large");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_their_security_headers() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let reply = visitor.get("/aliexpress").await?.expect_status(200)?;
    let policy = reply
        .header("content-security-policy")
        .context("no policy")?
        .replace(&app.sandbox_url, "SANDBOX");
    insta::assert_snapshot!(policy, @"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: SANDBOX; form-action 'self' https://*.aliexpress.com https://*.aliexpress.us https://*.aliexpress.ru SANDBOX; base-uri 'none'; frame-ancestors 'none'");
    let seen = |name| reply.header(name).unwrap_or("missing").to_owned();
    insta::assert_snapshot!(
        ["x-content-type-options", "x-frame-options", "referrer-policy", "cache-control", "cross-origin-opener-policy"].map(seen).join(" | "),
        @"nosniff | DENY | same-origin | no-store | same-origin"
    );
    for path in [
        "/aliexpress",
        "/api/aliexpress/status",
        "/nowhere",
        "/healthz",
    ] {
        let reply = visitor.get(path).await?;
        assert!(reply.header("content-security-policy").is_some(), "{path}");
        assert!(
            reply
                .header("x-request-id")
                .is_some_and(|id| id.starts_with("req_")),
            "{path}"
        );
        assert_eq!(reply.header("server"), None, "{path}");
    }
    Ok(())
}

/// Has a mistake in it.
#[derive(Debug)]
struct Broken;

#[async_trait]
impl IdentityProvider for Broken {
    fn issuer(&self) -> &str {
        "https://id.example.com"
    }

    async fn address(&self, _: &OidcTicket) -> Result<url::Url, OidcRefusal> {
        panic!("made-up mistake")
    }

    async fn identify(&self, _: &str, _: &OidcTicket) -> Result<Identity, OidcRefusal> {
        panic!("made-up mistake")
    }
}

/// Refusals of every guard, what the framework refuses, a stream, and a handler that panics.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_a_request_the_answer_has_its_headers() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        identity_provider: Some(Arc::new(|_| Arc::new(Broken))),
        ..Setup::default()
    })
    .await?;
    let (stranger, program) = (app.visitor()?, app.program(&Scope::ALL).await?);
    let get = |path: &str| program.request(Method::GET, path);
    let post = |path: &str| program.request(Method::POST, path);
    let status = "/api/aliexpress/status";
    let import = "/api/aliexpress/orders/import";
    let mut requests = vec![
        (200, get(status)),
        (200, get("/api/aliexpress/events")),
        (401, stranger.request(Method::GET, status)),
        (303, stranger.request(Method::GET, "/aliexpress")),
        (400, get("/api/aliexpress/orders?after=1.%00")),
        (404, get("/aliexpress/nowhere")),
        (403, get("/aliexpress/operators")),
        (403, post(import).header("origin", "https://evil.example")),
        (405, post(status).header("content-type", "application/json")),
        (405, post("/healthz")),
        (413, get(status).body("x".repeat(100_000))),
        (
            415,
            post(import).header("content-type", "text/plain").body("x"),
        ),
        (421, get(status).header("host", "evil.example")),
        (
            500,
            stranger.request(Method::GET, "/aliexpress/sign-in/oidc"),
        ),
    ];
    for _ in 0..20 {
        requests.push((401, post("/aliexpress/push").body("x")));
    }
    for (wanted, request) in requests {
        let reply = request.send().await?;
        let (place, headers) = (reply.url().to_string(), reply.headers().clone());
        assert_eq!(reply.status(), wanted, "{place}");
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "x-request-id",
        ] {
            assert!(headers.contains_key(name), "{wanted} {place}: no {name}");
        }
        // Whoever used the wrong method is told the right ones.
        assert_eq!(headers.contains_key("allow"), wanted == 405, "{place}");
    }
    Ok(())
}

/// A parameter that is misspelt is said so, on every route that takes any: passed over, it would widen what was asked for.
#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_is_passed_over() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let document: Value = serde_json::from_str(&smartlinks_server::openapi_json())?;
    let mut looked_at = 0;
    for (path, item) in document["paths"].as_object().context("no paths")? {
        let parameters = item["get"]["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        if !parameters.any(|parameter| parameter["in"] == "query") {
            continue;
        }
        let segments = path
            .split('/')
            .map(|segment| match segment.starts_with('{') {
                true => "x",
                false => segment,
            });
        let place = segments.collect::<Vec<_>>().join("/");
        let reply = visitor.get(&format!("{place}?unheard_of=1")).await?;
        let problem = reply.json()?;
        assert_eq!(
            (reply.status, problem["code"].as_str()),
            (400, Some("invalid_request")),
            "{path}: {problem}"
        );
        let detail = problem["detail"].as_str().context("no detail")?;
        assert!(detail.contains("unheard_of"), "{path}: {detail}");
        looked_at += 1;
    }
    assert!(looked_at >= 20, "only {looked_at}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_problem_documents_with_a_request_id() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    for (path, status, code) in [
        ("/api/aliexpress/nowhere", 404, "not_found"),
        (
            "/api/aliexpress/connections/conn_none",
            404,
            "unknown_connection",
        ),
        ("/api/aliexpress/products?q=case", 409, "not_connected"),
        ("/api/aliexpress/products", 400, "invalid_request"),
        ("/api/aliexpress/products?q=", 400, "invalid_parameter"),
        // What is out of range is not taken for the nearest number that is not, nor is a parameter passed over.
        ("/api/aliexpress/audit?limit=0", 400, "invalid_parameter"),
        ("/api/aliexpress/audit?limit=201", 400, "invalid_parameter"),
        (
            "/api/aliexpress/connections?limit=501",
            400,
            "invalid_parameter",
        ),
        (
            "/api/aliexpress/connections?limit=0",
            400,
            "invalid_parameter",
        ),
        (
            "/api/aliexpress/connect-links?limit=201",
            400,
            "invalid_parameter",
        ),
        ("/api/aliexpress/orders?limit=201", 400, "invalid_parameter"),
        ("/api/aliexpress/connections?page=2", 400, "invalid_request"),
        (
            "/api/aliexpress/connect-links?page=2",
            400,
            "invalid_request",
        ),
        (
            "/api/aliexpress/oauth/url?return=/x",
            400,
            "invalid_request",
        ),
        ("/api/aliexpress/orders?page=2", 400, "invalid_request"),
        (
            "/api/aliexpress/products?q=case&ship_to=France",
            400,
            "invalid_parameter",
        ),
        (
            "/api/aliexpress/products?q=case&page=0",
            400,
            "invalid_parameter",
        ),
        ("/api/aliexpress/products/abc", 400, "invalid_parameter"),
        (
            "/api/aliexpress/orders/8200000000000001",
            404,
            "unknown_order",
        ),
        ("/api/aliexpress/orders?after=x", 400, "invalid_parameter"),
    ] {
        let reply = visitor.get(path).await?;
        let problem = reply.json()?;
        assert_eq!(
            (reply.status, problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {problem}"
        );
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        assert_eq!(
            problem["request_id"].as_str(),
            reply.header("x-request-id"),
            "{path}"
        );
        for field in ["detail", "fix", "retry"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "{path}: {field}"
            );
        }
    }
    let page = visitor
        .get("/aliexpress/nowhere")
        .await?
        .expect_status(404)?;
    assert!(
        page.header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    let reply = visitor
        .send(visitor.request(Method::PUT, "/api/aliexpress/status"))
        .await?;
    assert_eq!(
        (reply.status, reply.json()?["code"].as_str()),
        (405, Some("method_not_allowed"))
    );
    Ok(())
}

#[test]
fn the_openapi_document_is_as_reviewed() {
    insta::assert_snapshot!("openapi", smartlinks_server::openapi_json());
}

/// No field of any answer or question may hold a refresh token or the app secret.
#[test]
fn no_route_can_show_a_refresh_token_or_the_app_secret() {
    let document = smartlinks_server::openapi_json();
    for name in ["refresh_token", "app_secret"] {
        assert!(
            !document.contains(&format!("\"{name}\"")),
            "{name} stands in the OpenAPI document"
        );
    }
    // Handed out by the one route that is for it; once as a field, once among the fields that are always there.
    assert_eq!(document.matches("\"access_token\"").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_under_another_loopback_name_moves_to_where_sign_ins_come_back() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let port = app.url.rsplit(':').next().context("no port")?;
    let localhost = format!("localhost:{port}");
    let request = |path: &str| {
        visitor
            .request(Method::GET, path)
            .header("host", &localhost)
    };
    let reply = visitor
        .send(request("/aliexpress/products?q=a%20b"))
        .await?;
    assert_eq!(
        (reply.status, reply.location()?),
        (
            307,
            format!("{}/aliexpress/products?q=a%20b", app.url).as_str()
        )
    );
    assert_eq!(
        visitor
            .send(request("/api/aliexpress/status"))
            .await?
            .status,
        200
    );
    assert_eq!(
        visitor
            .send(request("/aliexpress/callback?code=a&state=b"))
            .await?
            .status,
        303
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_below_the_callback_is_not_carried_to_the_sign_in() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let reply = app
        .visitor()?
        .get("/aliexpress/callback/?code=secret&state=x")
        .await?;
    assert_eq!(reply.status, 404);
    assert!(!reply.text().contains("secret"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_in_order_and_missed_ones_are_caught_up() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let visitor = app.visitor()?;
    for label in ["a", "b"] {
        app.core.set_label(&id, Some(label)).await?;
        app.core.refresh_now(&id).await?;
    }
    let mut stream = visitor
        .request(Method::GET, "/api/aliexpress/events")
        .header("last-event-id", "0")
        .send()
        .await?;
    let mut text = String::new();
    while text.matches("event: connection.refreshed").count() < 3 {
        if text.matches("event: connection.refreshed").count() == 2 && !text.contains("three") {
            text.push_str("three");
            app.core.refresh_now(&id).await?;
        }
        let chunk = stream.chunk().await?.context("the stream ended")?;
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    let ids: Vec<i64> = text
        .lines()
        .filter_map(|line| {
            line.trim_start_matches("three")
                .strip_prefix("id: ")?
                .parse()
                .ok()
        })
        .collect();
    // One for the connection, one for each name, one for each refresh.
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    assert!(!text.contains("50000") && !text.contains("50001"));
    Ok(())
}
