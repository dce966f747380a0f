//! The signing vectors, sent as requests: the journal shows what the check made of them.

use std::sync::Arc;

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

/// Verdict of the signature check for a vector, with `sign` as given.
async fn verdict(vector: &Value, sign: &str) -> String {
    let text = |key: &str| vector[key].as_str().unwrap().to_owned();
    let params = vector["params"].as_object().unwrap();
    let config = SandboxConfig {
        app_key: params["app_key"].as_str().unwrap().to_owned(),
        app_secret: text("app_secret"),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config, Arc::new(|| 1_767_225_600_000), 1).unwrap();
    let pairs = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let form = Serializer::new(String::new())
        .extend_pairs(pairs)
        .append_pair("sign", sign)
        .finish();
    let path = match text("flavour").as_str() {
        "system" => format!("/rest{}", text("api")),
        _ => "/sync".to_owned(),
    };
    let request = Request::post(path)
        .header(header::HOST, "localhost:8090")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    sandbox.router().oneshot(request).await.unwrap();

    let request = Request::get("/_sandbox/journal").header(header::HOST, "localhost:8090");
    let answer = sandbox
        .router()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap();
    let journal: Value = serde_json::from_slice(&body).unwrap();
    journal["entries"][0]["signature"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn every_vector_with_an_app_key_is_accepted_and_no_other_signature_is() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../fixtures/sign-vectors.json")).unwrap();
    let mut sent = 0;
    for vector in &vectors {
        // Push messages are not requests to the gateway; one published example carries no app key.
        if vector["flavour"] == "push" || vector["params"].get("app_key").is_none() {
            continue;
        }
        let sign = vector["sign"].as_str().unwrap();
        assert_eq!(verdict(vector, sign).await, "ok", "{}", vector["name"]);
        let other = sign.replace(['0', '1', '2', '3'], "F");
        assert_eq!(
            verdict(vector, &other).await,
            "mismatch",
            "{}",
            vector["name"]
        );
        sent += 1;
    }
    assert!(sent >= 19, "{sent}");
}
