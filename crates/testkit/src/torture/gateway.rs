//! The sandbox of a lane, with a hand on its answers: a refresh can be carried out and its answer held back, so that
//! the process that waits for it dies after the gateway has rotated and before it knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxConfig};
use anyhow::{Context, Result, ensure};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::app::NOON_MS;
use crate::http::Http;

const REFRESH: &str = "/auth/token/refresh";

/// Catches the next refresh call when it is told to.
#[derive(Debug, Default)]
pub(super) struct Hold {
    armed: AtomicBool,
    caught: Notify,
}

impl Hold {
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub(super) fn disarm(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    /// Resolves when a call was carried out whose answer is held back.
    pub(super) async fn caught(&self) {
        self.caught.notified().await;
    }
}

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
    pub(super) url: String,
    pub(super) hold: Arc<Hold>,
    control: Http,
    serving: JoinHandle<()>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Gateway {
    pub(super) async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: url.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(|| NOON_MS), seed)?;
        sandbox.set_callback_url(Some(format!("{url}/aliexpress/callback")))?;
        let hold = Arc::<Hold>::default();
        let router = sandbox
            .router()
            .layer(from_fn_with_state(Arc::clone(&hold), watch));
        let serving = tokio::spawn(async move {
            // It ends with the lane.
            let _ = axum::serve(listener, router).await;
        });
        let control = Http::new(&url)?;
        Ok(Self {
            sandbox,
            url,
            hold,
            control,
            serving,
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

async fn watch(State(hold): State<Arc<Hold>>, request: Request, next: Next) -> Response {
    let refresh = request.uri().path().ends_with(REFRESH);
    let response = next.run(request).await;
    if refresh && hold.armed.swap(false, Ordering::SeqCst) {
        hold.caught.notify_one();
        // Until the process at the other end is dead, which ends this future.
        std::future::pending::<()>().await;
    }
    response
}
