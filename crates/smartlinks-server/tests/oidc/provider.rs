//! A small provider of identities, which says what a test wants it to say. Its keys are made when it starts; they are
//! made and used with another library than the one that checks them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context as _, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use aws_lc_rs::{digest, hmac, rsa};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use testkit::app::NOON_MS;
use tokio::net::TcpListener;

pub(crate) const CLIENT_ID: &str = "smartlinks made-up";
pub(crate) const CLIENT_SECRET: &str = "made-up/secret:of&ours";
pub(crate) const REDIRECT: &str = "https://shop.example.com/aliexpress/sign-in/oidc/callback";

/// Changes the claims of the next ID tokens.
type Change = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// What the provider says.
pub(crate) struct Script {
    /// `sub`, `email`, `email_verified`.
    pub(crate) person: Value,
    /// Refuses at the sign-in with this `error`.
    pub(crate) refuses: Option<(&'static str, &'static str)>,
    /// Changes the discovery document.
    pub(crate) described: Change,
    /// Changes the claims.
    pub(crate) claims: Change,
    /// Changes the answer of the token endpoint.
    pub(crate) answer: Change,
    /// How ID tokens are signed.
    pub(crate) signs: Signs,
    /// Refuses every code.
    pub(crate) refuses_codes: bool,
    /// Answers everything with this status.
    pub(crate) answers: Option<StatusCode>,
    /// Answers the discovery with as much more.
    pub(crate) padding: usize,
    /// How often its description was asked for.
    pub(crate) described_times: usize,
    keys: Vec<Key>,
    codes: HashMap<String, Granted>,
}

/// How ID tokens are signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signs {
    /// With the newest key, whose id is published.
    Key,
    /// With a key that was never published, under the id of one that was.
    StrangeKey,
    /// With the secret that both sides know.
    Secret,
    /// Not at all.
    Not,
}

enum Key {
    Ec(String, EcdsaKeyPair),
    Rsa(String, rsa::KeyPair),
}

struct Granted {
    challenge: String,
    nonce: String,
}

/// A running provider. It ends with the test.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
}

fn unchanged() -> Change {
    Arc::new(|_| ())
}

/// Sets one field.
pub(crate) fn set(name: &'static str, value: impl Into<Value>) -> Change {
    let value = value.into();
    Arc::new(move |object| object[name] = value.clone())
}

/// Takes one field away.
pub(crate) fn without(name: &'static str) -> Change {
    Arc::new(move |object| {
        object.as_object_mut().unwrap().remove(name);
    })
}

impl Key {
    fn ec(id: &str) -> Self {
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        Self::Ec(id.to_owned(), EcdsaKeyPair::generate(kind).unwrap())
    }

    fn rsa(id: &str) -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        Self::Rsa(id.to_owned(), pair)
    }

    fn public(&self) -> Value {
        match self {
            Self::Ec(id, pair) => {
                let point = pair.public_key().as_ref();
                json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "alg": "ES256",
                    "x": encode(&point[1..33]), "y": encode(&point[33..65]),
                })
            }
            Self::Rsa(id, pair) => {
                // In DER: a sequence of two numbers, of which the first begins with a zero.
                let public = pair.public_key().as_ref();
                json!({
                    "kty": "RSA", "use": "sig", "kid": id, "alg": "RS256",
                    "n": encode(&public[9..265]),
                    "e": encode(&public[267..]),
                })
            }
        }
    }

    fn header(&self) -> Value {
        match self {
            Self::Ec(id, _) => json!({ "alg": "ES256", "typ": "JWT", "kid": id }),
            Self::Rsa(id, _) => json!({ "alg": "RS256", "typ": "JWT", "kid": id }),
        }
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(_, pair) => pair
                .sign(&random, text.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Rsa(_, pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes())
        .as_ref()
        .to_vec()
}

impl Script {
    fn token(&self, claims: &Value) -> String {
        let newest = self.keys.last().unwrap();
        let head = match self.signs {
            Signs::Key | Signs::StrangeKey => newest.header(),
            Signs::Secret => json!({ "alg": "HS256", "typ": "JWT" }),
            Signs::Not => json!({ "alg": "none", "typ": "JWT" }),
        };
        let signed = format!(
            "{}.{}",
            encode(head.to_string().as_bytes()),
            encode(claims.to_string().as_bytes())
        );
        let signature = match self.signs {
            Signs::Key => newest.sign(&signed),
            Signs::StrangeKey => Key::ec("strange").sign(&signed),
            Signs::Secret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, CLIENT_SECRET.as_bytes());
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
            Signs::Not => Vec::new(),
        };
        format!("{signed}.{}", encode(&signature))
    }
}

impl Provider {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let provider = Self {
            url: format!("http://{}", listener.local_addr()?),
            script: Arc::new(Mutex::new(Script {
                person: json!({ "sub": "person-1", "email": "anna@example.com", "email_verified": true }),
                refuses: None,
                described: unchanged(),
                claims: unchanged(),
                answer: unchanged(),
                signs: Signs::Key,
                refuses_codes: false,
                answers: None,
                padding: 0,
                described_times: 0,
                keys: vec![Key::ec("first")],
                codes: HashMap::new(),
            })),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/sign-in", get(sign_in))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(provider)
    }

    /// What it says from now on.
    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// Says again what is right.
    pub(crate) fn right(&self) {
        let mut script = self.script();
        (script.described, script.claims, script.answer) = (unchanged(), unchanged(), unchanged());
        (script.signs, script.refuses) = (Signs::Key, None);
        (script.refuses_codes, script.answers, script.padding) = (false, None, 0);
    }

    /// Signs with a new key, and publishes it alone.
    pub(crate) fn changes_keys(&self, id: &str) {
        self.script().keys = vec![Key::ec(id)];
    }

    /// The same with RSA.
    pub(crate) fn takes_rsa(&self) {
        self.script().keys = vec![Key::rsa("rsa")];
    }
}

async fn describe(State(provider): State<Provider>) -> Response {
    let url = &provider.url;
    let mut script = provider.script();
    script.described_times += 1;
    if let Some(status) = script.answers {
        return (status, [(header::LOCATION, "/keys")]).into_response();
    }
    let mut document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/sign-in"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // More than is accepted here: what a provider says that it does is no reason to believe it.
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        "padding": "x".repeat(script.padding),
    });
    (script.described)(&mut document);
    Json(document).into_response()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let script = provider.script();
    let keys: Vec<Value> = script.keys.iter().map(Key::public).collect();
    Json(json!({ "keys": keys }))
}

/// The person says yes at once, or no.
async fn sign_in(
    State(provider): State<Provider>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let asked_for = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let scopes: Vec<&str> = asked_for("scope").split(' ').collect();
    let right = asked_for("response_type") == "code"
        && asked_for("client_id") == CLIENT_ID
        && asked_for("redirect_uri") == REDIRECT
        && asked_for("code_challenge_method") == "S256"
        && scopes.contains(&"openid")
        && scopes.contains(&"email");
    if !right {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let mut script = provider.script();
    let mut back = url::Url::parse(REDIRECT).unwrap();
    if let Some((error, description)) = script.refuses {
        back.query_pairs_mut()
            .append_pair("error", error)
            .append_pair("error_description", description);
    } else {
        let code = format!("code-{}", script.codes.len());
        back.query_pairs_mut().append_pair("code", &code);
        let granted = Granted {
            challenge: asked_for("code_challenge").to_owned(),
            nonce: asked_for("nonce").to_owned(),
        };
        script.codes.insert(code, granted);
    }
    back.query_pairs_mut()
        .append_pair("state", asked_for("state"))
        .append_pair("iss", &provider.url);
    Redirect::to(back.as_str()).into_response()
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let mut script = provider.script();
    if let Some(status) = script.answers {
        return status.into_response();
    }
    match granted(&mut script, &headers, &asked) {
        Ok(granted) => {
            let mut claims = json!({
                "iss": provider.url,
                "aud": CLIENT_ID,
                "iat": NOON_MS / 1000,
                "exp": NOON_MS / 1000 + 3600,
                "nonce": granted.nonce,
                // The left half of the hash of the access token.
                "at_hash": encode(&sha256("an access token")[..16]),
            });
            for (name, value) in script.person.as_object().unwrap() {
                claims[name] = value.clone();
            }
            (script.claims)(&mut claims);
            let mut answer = json!({
                "access_token": "an access token",
                "token_type": "Bearer",
                "id_token": script.token(&claims),
            });
            (script.answer)(&mut answer);
            Json(answer).into_response()
        }
        Err(why) => {
            let error = json!({ "error": "invalid_grant", "error_description": why.to_string() });
            (StatusCode::BAD_REQUEST, Json(error)).into_response()
        }
    }
}

/// A code works once, for the client that proves to be it and knows what the challenge was made of.
fn granted(
    script: &mut Script,
    headers: &HeaderMap,
    asked: &HashMap<String, String>,
) -> Result<Granted> {
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let wanted = |text: &str| {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        encoded
    };
    let proof = format!("{}:{}", wanted(CLIENT_ID), wanted(CLIENT_SECRET));
    let header = format!("Basic {}", BASE64_STANDARD.encode(proof));
    let by_header = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes() == header.as_bytes());
    let by_form = (field("client_id"), field("client_secret")) == (CLIENT_ID, CLIENT_SECRET);
    anyhow::ensure!(by_header != by_form, "the client does not prove to be it");
    anyhow::ensure!(!script.refuses_codes, "no code is taken today");
    anyhow::ensure!(field("grant_type") == "authorization_code", "grant_type");
    anyhow::ensure!(field("redirect_uri") == REDIRECT, "redirect_uri");
    let granted = script.codes.remove(field("code")).context("no such code")?;
    let challenge = encode(&sha256(field("code_verifier")));
    anyhow::ensure!(granted.challenge == challenge, "code_verifier");
    Ok(granted)
}
