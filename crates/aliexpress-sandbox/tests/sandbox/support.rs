//! A sandbox in process, and a signer written from the protocol text.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

/// 2026-01-01T00:00:00Z.
pub(crate) const START_MS: i64 = 1_767_225_600_000;
pub(crate) const DAY_S: i64 = 86_400;
pub(crate) const APP_KEY: &str = "500100";
pub(crate) const SECRET: &str = "sandbox-secret";

pub(crate) type Pairs = BTreeMap<String, String>;

/// A sandbox, the real time it sees, and its router.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) real_ms: Arc<AtomicI64>,
    router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

pub(crate) fn start() -> Bench {
    start_with(SandboxConfig::default())
}

pub(crate) fn start_with(config: SandboxConfig) -> Bench {
    let real_ms = Arc::new(AtomicI64::new(START_MS));
    let base = Arc::clone(&real_ms);
    let sandbox = Sandbox::new(config, Arc::new(move || base.load(Ordering::Relaxed)), 7).unwrap();
    Bench {
        router: sandbox.router(),
        sandbox,
        real_ms,
    }
}

/// Sorted pairs, path in front for system interfaces, HMAC-SHA256, upper-case hexadecimal.
pub(crate) fn sign(secret: &str, api: &str, pairs: &Pairs) -> String {
    let mut text = if api.starts_with('/') {
        api.to_owned()
    } else {
        String::new()
    };
    for (name, value) in pairs {
        text += name;
        text += value;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex::encode_upper(mac.finalize().into_bytes())
}

pub(crate) fn encoded(pairs: &Pairs) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Bench {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:8090");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_form(&self, path: &str, form: String) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8090")
            .header(
                header::CONTENT_TYPE,
                "application/x-www-form-urlencoded; charset=utf-8",
            );
        self.send(request.body(form.into()).unwrap()).await
    }

    /// Parameters with the system ones, signed.
    pub(crate) fn signed(&self, api: &str, own: &[(&str, &str)]) -> Pairs {
        let now_ms = self.real_ms.load(Ordering::Relaxed).to_string();
        let mut pairs: Pairs = [
            ("app_key", APP_KEY),
            ("sign_method", "sha256"),
            ("timestamp", &now_ms),
        ]
        .iter()
        .chain(own)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        pairs.insert("sign".into(), sign(SECRET, api, &pairs));
        pairs
    }

    /// A system call as a form to `/rest/…`.
    pub(crate) async fn rest(&self, path: &str, own: &[(&str, &str)]) -> Value {
        let form = encoded(&self.signed(path, own));
        let answer = self.post_form(&format!("/rest{path}"), form).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    /// A business call as a form to `/sync`; the whole answer.
    pub(crate) async fn sync(&self, method: &str, own: &[(&str, &str)]) -> Value {
        let mut all = vec![("method", method)];
        all.extend_from_slice(own);
        let answer = self
            .post_form("/sync", encoded(&self.signed(method, &all)))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    /// What is under the wrapper of a business call.
    pub(crate) async fn business(&self, method: &str, own: &[(&str, &str)]) -> Value {
        let mut answer = self.sync(method, own).await;
        let key = format!("{}_response", method.replace('.', "_"));
        let inner = answer[&key].take();
        assert!(inner.is_object(), "{answer}");
        inner
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/_sandbox/{path}"))
            .header(header::HOST, "localhost:8090")
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).unwrap())
            .await
    }

    /// A control call that must succeed.
    pub(crate) async fn set(&self, path: &str, body: Value) -> Value {
        let answer = self.control(Method::POST, path, &body).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{path} {body}: {}",
            answer.text()
        );
        answer.json()
    }

    pub(crate) async fn look(&self, path: &str) -> Value {
        let answer = self.get(&format!("/_sandbox/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.json()
    }

    pub(crate) async fn advance(&self, seconds: i64) {
        self.set("clock", json!({ "advance_seconds": seconds }))
            .await;
    }

    pub(crate) async fn code(&self, account: &str) -> String {
        let answer = self.set("codes", json!({ "account": account })).await;
        answer["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn exchange(&self, code: &str) -> Value {
        self.rest("/auth/token/create", &[("code", code)]).await
    }

    pub(crate) async fn pair(&self, account: &str) -> Value {
        let pair = self.exchange(&self.code(account).await).await;
        assert_eq!(pair["code"], "0", "{pair}");
        pair
    }

    pub(crate) async fn token(&self, account: &str) -> String {
        self.pair(account).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn refresh(&self, pair: &Value) -> Value {
        let token = pair["refresh_token"].as_str().unwrap();
        self.rest("/auth/token/refresh", &[("refresh_token", token)])
            .await
    }

    /// Code of the answer when the token is used, or `ok`.
    pub(crate) async fn try_token(&self, pair: &Value) -> String {
        let token = pair["access_token"].as_str().unwrap();
        let answer = self
            .sync(
                "aliexpress.ds.product.get",
                &[
                    ("access_token", token),
                    ("product_id", &product(0)),
                    ("ship_to_country", "FR"),
                ],
            )
            .await;
        answer["error_response"]["code"]
            .as_str()
            .unwrap_or("ok")
            .to_owned()
    }
}

/// Id of the product at an index.
pub(crate) fn product(index: i64) -> String {
    (1_005_006_000_000_001 + index).to_string()
}
