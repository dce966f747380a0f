//! The sandbox of a lane, with a door for each process and a hand on its answers: a refresh can be carried out and its
//! answer held back, so that the process that waits for it dies after the gateway has rotated and before it knows.

mod door;

use std::sync::Arc;

use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxConfig};
use anyhow::{Context, Result, ensure};
use axum::http::HeaderValue;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::NOON_MS;
use crate::http::Http;
pub(super) use door::Door;

const REFRESH: &str = "/auth/token/refresh";

/// One refresh call as the gateway saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) seq: u64,
    /// The first 8 hexadecimal digits of the SHA-256 of the refresh token.
    pub(super) token: String,
    /// Whether a new pair was given.
    pub(super) rotated: bool,
}

/// A running sandbox.
pub(super) struct Gateway {
    pub(super) sandbox: Sandbox,
    /// For the harness itself.
    pub(super) url: String,
    /// One for each process.
    pub(super) doors: [Door; 2],
    control: Http,
    _own: Door,
}

impl Gateway {
    pub(super) async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let url = format!("http://{address}");
        let config = SandboxConfig {
            base_url: url.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(|| NOON_MS), seed)?;
        sandbox.set_callback_url(Some(format!("{url}/aliexpress/callback")))?;
        let host = HeaderValue::from_str(&address)?;
        let open = async || Door::open(TcpListener::bind("127.0.0.1:0").await?, &sandbox, &host);
        Ok(Self {
            doors: [open().await?, open().await?],
            _own: Door::open(listener, &sandbox, &host)?,
            control: Http::new(&url)?,
            sandbox,
            url,
        })
    }

    /// The virtual present, in milliseconds since the epoch.
    pub(super) fn now_ms(&self) -> i64 {
        self.sandbox.clock().now_ms()
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.sandbox.clock().advance(seconds);
    }

    pub(super) async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let reply = self
            .control
            .post_json(&format!("/_sandbox/{path}"), body)
            .await?;
        ensure!(
            reply.status < 300,
            "{path}: {}",
            String::from_utf8_lossy(&reply.body)
        );
        Ok(serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
    }

    /// A code as if the account had just consented.
    pub(super) async fn code(&self, account: &str) -> Result<String> {
        let answer = self
            .control("codes", &json!({ "account": account }))
            .await?;
        Ok(answer["code"].as_str().context("no code")?.to_owned())
    }

    /// The refresh calls after number `seq`, oldest first.
    pub(super) async fn calls_after(&self, seq: u64) -> Result<Vec<Call>> {
        let path = format!("/_sandbox/journal?api={REFRESH}&after={seq}");
        let reply = self.control.get(&path).await?.expect_status(200)?;
        let journal: Value = serde_json::from_slice(&reply.body)?;
        let entries = journal
            .as_array()
            .or_else(|| journal["entries"].as_array())
            .context("no journal")?;
        entries.iter().map(call).collect()
    }
}

fn call(entry: &Value) -> Result<Call> {
    let shown = entry["params"]["refresh_token"]
        .as_str()
        .unwrap_or_default();
    let token = shown
        .rsplit_once("sha256 ")
        .map(|(_, hash)| hash.trim_end_matches(']'))
        .with_context(|| format!("a refresh call without a token: {entry}"))?;
    Ok(Call {
        seq: entry["seq"].as_u64().context("no number")?,
        token: token.to_owned(),
        rotated: entry["outcome"] == "ok",
    })
}
