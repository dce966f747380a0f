//! Thousands of signed requests that are nearly right, at every method: whatever is in them, the answer is
//! JSON with status 200. The seed is fixed, so a failure comes again and prints the request.

mod dice;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

use super::{Kind, METHODS, Method};
use crate::{Sandbox, SandboxConfig};
use dice::Dice;

const NOW_MS: i64 = 1_767_225_600_000;
/// Requests to each method.
const EACH: usize = 80;

/// Nearly right parameters and files of a method, not yet signed.
fn nearly_right(
    dice: &mut Dice,
    method: &Method,
    token: &str,
) -> (BTreeMap<String, String>, Vec<String>) {
    let mut pairs = BTreeMap::from([
        ("app_key".to_owned(), "500100".to_owned()),
        ("sign_method".to_owned(), "sha256".to_owned()),
        ("timestamp".to_owned(), NOW_MS.to_string()),
        ("access_token".to_owned(), token.to_owned()),
    ]);
    let mut files = Vec::new();
    for parameter in method.declared.parameters {
        if !dice.percent(if parameter.required { 97 } else { 45 }) {
            continue;
        }
        if parameter.kind == Kind::File || dice.percent(dice.wild / 20) {
            files.push(parameter.name.to_owned());
        } else {
            let text = dice.text(parameter);
            pairs.insert(parameter.name.to_owned(), text);
        }
    }
    for name in ["simplify", "format", "session", "access_token", "", "v"] {
        if dice.percent(dice.wild / 6) {
            pairs.insert(name.to_owned(), dice.hostile());
        }
    }
    if !method.name().starts_with('/') || dice.percent(20) {
        pairs.insert("method".to_owned(), method.name().to_owned());
    }
    (pairs, files)
}

fn signed(mut pairs: BTreeMap<String, String>, api: &str) -> BTreeMap<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"sandbox-secret").unwrap();
    if api.starts_with('/') {
        mac.update(api.as_bytes());
    }
    for (name, value) in &pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let sign = hex::encode_upper(mac.finalize().into_bytes());
    pairs.insert("sign".to_owned(), sign);
    pairs
}

fn multipart(dice: &mut Dice, pairs: &BTreeMap<String, String>, files: &[String]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs.iter().filter(|(name, _)| !name.is_empty()) {
        let head = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for name in files {
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend((0..dice.below(200)).map(|_| dice.bits().to_le_bytes()[0]));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limit--\r\n");
    body
}

async fn answer(router: &Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, body.to_vec())
}

async fn control(router: &Router, path: &str, body: Value) -> Value {
    let request = Request::post(format!("/_sandbox/{path}"))
        .header(header::HOST, "localhost:8090")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    let (status, body) = answer(router, request.unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_slice(&body).unwrap()
}

async fn token(router: &Router) -> String {
    let code = control(router, "codes", json!({})).await;
    let code = code["code"].as_str().unwrap().to_owned();
    let pairs = BTreeMap::from([
        ("app_key".to_owned(), "500100".to_owned()),
        ("sign_method".to_owned(), "sha256".to_owned()),
        ("timestamp".to_owned(), NOW_MS.to_string()),
        ("code".to_owned(), code),
    ]);
    let pairs = signed(pairs, "/auth/token/create");
    let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = Request::post("/rest/auth/token/create")
        .header(header::HOST, "localhost:8090")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let (_, body) = answer(router, request.unwrap()).await;
    let pair: Value = serde_json::from_slice(&body).unwrap();
    pair["access_token"].as_str().unwrap().to_owned()
}

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig::default(), Arc::new(|| NOW_MS), 7).unwrap()
}

/// One request; tells whether the method itself ran.
async fn one(router: &Router, dice: &mut Dice, method: &Method, token: &str) -> bool {
    let (pairs, files) = nearly_right(dice, method, token);
    let pairs = signed(pairs, method.name());
    let address = if method.name().starts_with('/') && !pairs.contains_key("method") {
        format!("/rest{}", method.name())
    } else {
        "/sync".to_owned()
    };
    let request = Request::post(address).header(header::HOST, "localhost:8090");
    let request = if files.is_empty() {
        let form = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
    } else {
        let body = multipart(dice, &pairs, &files);
        request
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .body(Body::from(body))
    };
    let (status, body) = answer(router, request.unwrap()).await;
    let shown = || format!("{pairs:?}").chars().take(3000).collect::<String>();
    assert_eq!(status, StatusCode::OK, "{} {}", method.name(), shown());
    let json: Value = serde_json::from_slice(&body)
        .unwrap_or_else(|error| panic!("{error} at {} {}", method.name(), shown()));
    let refused = json["error_response"].is_object() || json["type"].is_string();
    assert!(json.is_object());
    !refused
}

#[tokio::test]
async fn nearly_right_requests_are_answered_with_json() {
    let profiles = [
        json!({}),
        json!({ "lists": "plain", "numbers": "string" }),
        json!({ "lists": "single_as_object", "error_codes": "numeric", "simplify": "alone" }),
        json!({ "rate_limits": "enforced", "trace_ids": "present", "error_types": "as_headed" }),
    ];
    for (seed, profile) in profiles.into_iter().enumerate() {
        let sandbox = sandbox();
        let router = sandbox.router();
        control(&router, "profile", profile).await;
        let token = token(&router).await;
        let mut dice = Dice {
            state: seed as u64,
            wild: 0,
        };
        for method in METHODS {
            let mut ran = 0;
            for wild in 0..EACH / 4 {
                dice.wild = wild % 4 * 8;
                ran += usize::from(one(&router, &mut dice, method, &token).await);
            }
            // Else the requests are so wrong that they say nothing of the method.
            let by_token = method.name().starts_with("/auth/");
            assert!(
                ran > 0 || by_token || seed == 3,
                "{} never ran",
                method.name()
            );
        }
    }
}

/// Bytes of a body changed, cut out, doubled or cut off.
fn garbled(dice: &mut Dice, mut body: Vec<u8>) -> Vec<u8> {
    for _ in 0..=dice.below(4) {
        let at = dice.below(body.len().max(1));
        let end = (at + dice.below(40)).min(body.len());
        match dice.below(4) {
            0 => body.truncate(at),
            1 => drop(body.drain(at..end)),
            2 => body.extend_from_within(at..end),
            _ => body
                .iter_mut()
                .skip(at)
                .take(3)
                .for_each(|byte| *byte = dice.bits().to_le_bytes()[0]),
        }
    }
    body
}

#[tokio::test]
async fn garbled_requests_are_refused_with_json_and_harm_nothing() {
    let sandbox = sandbox();
    let router = sandbox.router();
    let token = token(&router).await;
    let long = format!("multipart/form-data; boundary={}", "b".repeat(5000));
    let types = [
        "multipart/form-data; boundary=limit",
        "multipart/form-data; boundary=\"limit",
        "multipart/form-data; boundary=",
        &long,
        "application/x-www-form-urlencoded",
        "application/json",
    ];
    let paths = [
        "/sync",
        "/rest/auth/token/create",
        "/rest//%00/%ff",
        "/sync?a=%ff%fe&method=%00",
        "/_sandbox/clock",
        "/_sandbox/codes",
        "/_sandbox/faults",
        "/_sandbox/profile",
        "/_sandbox/push",
        "/_sandbox/orders/-1/advance",
        "/_sandbox/products/99999999999999999999",
    ];
    let mut dice = Dice { state: 9, wild: 10 };
    for turn in 0..1500 {
        let method = METHODS[turn % METHODS.len()];
        let (pairs, files) = nearly_right(&mut dice, method, &token);
        let pairs = signed(pairs, method.name());
        let body = match dice.below(3) {
            0 => multipart(&mut dice, &pairs, &files),
            1 => json!(pairs).to_string().into_bytes(),
            _ => Serializer::new(String::new())
                .extend_pairs(&pairs)
                .finish()
                .into_bytes(),
        };
        let body = garbled(&mut dice, body);
        let path = dice.pick(&paths);
        let request = Request::post(path)
            .header(header::HOST, "localhost:8090")
            .header(header::CONTENT_TYPE, dice.pick(&types))
            .body(Body::from(body.clone()));
        let (status, answered) = answer(&router, request.unwrap()).await;
        let shown = String::from_utf8_lossy(&body);
        assert!(!status.is_server_error(), "{status} {path} {shown}");
        assert!(
            serde_json::from_slice::<Value>(&answered).is_ok(),
            "{status} {path} {shown}"
        );
    }
    let issued = control(&router, "codes", json!({})).await;
    assert_eq!(issued["expires_in"], 180, "{issued}");
}
