//! A served sandbox with virtual time, and SDK clients that speak to it and remember what came back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aliexpress::{
    AccessToken, AppKey, AppSecret, AuthorizationCode, Client, GatewayUrl, HttpRequest,
    HttpResponse, ReqwestTransport, Timer, Transport, TransportError, TransportOptions,
};
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxClock, SandboxConfig};
use anyhow::{Context, Result};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use testkit::http::Http;
use tokio::net::TcpListener;

/// Monday, 23 November 2026, noon UTC, in milliseconds.
const NOON_MS: i64 = 1_795_435_200_000;
pub(crate) const TRACKING_ID: &str = "shop";

/// The virtual clock of sandbox and SDK; waiting moves it.
#[derive(Clone)]
struct Time {
    waited_ms: Arc<AtomicI64>,
    sandbox: SandboxClock,
}

impl aliexpress::Clock for Time {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.sandbox.now_ms()).unwrap_or(jiff::Timestamp::MAX)
    }
}

#[async_trait]
impl Timer for Time {
    async fn sleep(&self, length: Duration) {
        let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX) + 1;
        self.waited_ms.fetch_add(length, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }

    fn running(&self) -> Duration {
        let waited = self.waited_ms.load(Ordering::SeqCst);
        Duration::from_millis(u64::try_from(waited).unwrap_or_default())
    }
}

/// Sends over HTTP and keeps the last answer.
pub(crate) struct Recorder {
    inner: ReqwestTransport,
    last: Mutex<Option<Bytes>>,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let response = self.inner.send(request).await?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(response.body.clone());
        Ok(response)
    }
}

/// Everything a call needs to know.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) base: String,
    /// Signs for the app alone.
    pub(crate) app: Client,
    /// Acts for the demo buyer.
    pub(crate) account: Client,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) control: Http,
}

impl World {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: base.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let waited_ms = Arc::new(AtomicI64::new(0));
        let waited = Arc::clone(&waited_ms);
        let clock = Arc::new(move || NOON_MS + waited.load(Ordering::SeqCst));
        let sandbox = Sandbox::new(config, clock, 1)?;
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
        let recorder = Arc::new(Recorder {
            inner: ReqwestTransport::new(TransportOptions::default())?,
            last: Mutex::default(),
        });
        let time = Time {
            waited_ms,
            sandbox: sandbox.clock(),
        };
        let app = Client::builder(
            AppKey::parse("500100")?,
            AppSecret::parse("sandbox-secret")?,
        )
        .gateway(GatewayUrl::parse(&base)?)
        .clock(Arc::new(time.clone()))
        .timer(Arc::new(time))
        .transport(Arc::clone(&recorder) as Arc<dyn Transport>)
        .build()?;
        let mut world = Self {
            control: Http::new(&base)?,
            sandbox,
            base,
            account: app.clone(),
            app,
            recorder,
        };
        let token = world.sign_in().await?;
        world.account = world.app.with_access_token(token);
        Ok(world)
    }

    /// A code as if somebody had consented.
    pub(crate) async fn code(&self) -> Result<AuthorizationCode> {
        let answer = self.post("codes", &json!({})).await?;
        let code = answer["code"].as_str().context("no code")?;
        Ok(AuthorizationCode::new(code))
    }

    async fn sign_in(&self) -> Result<AccessToken> {
        let pair = self.app.oauth().create(&self.code().await?).await?;
        Ok(pair.access_token)
    }

    /// Posts to the control API.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let path = format!("/_sandbox/{path}");
        let reply = self.control.post_json(&path, body).await?;
        reply.expect_status(200)?.json()
    }

    /// Reads from the control API.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let reply = self.control.get(&format!("/_sandbox/{path}")).await?;
        reply.expect_status(200)?.json()
    }

    /// The last answer as it came over the wire.
    pub(crate) fn last_body(&self) -> Result<Value> {
        let last = self
            .recorder
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let body = last.as_ref().context("nothing was answered yet")?;
        Ok(serde_json::from_slice(body)?)
    }

    /// How many calls of a method the sandbox has seen.
    pub(crate) async fn seen(&self, api: &str) -> Result<Vec<Value>> {
        let journal = self.get(&format!("journal?api={api}&limit=1000")).await?;
        journal["entries"].as_array().cloned().context("no entries")
    }
}
