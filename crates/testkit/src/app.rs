//! The whole service in this process: sandbox, database, use cases and server, with a clock that stands
//! still until a test moves it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, ReqwestTransport, TransportOptions,
};
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxClock, SandboxConfig};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_core::doctor::Places;
use smartlinks_core::metrics::Metrics;
use smartlinks_core::{
    App as Application, AppSetup, Core, CoreOptions, Market, RefreshPolicy, ReturnTo,
};
use smartlinks_server::{Access, Bearer, Environment, Exposition, Hosts, ServerOptions};
use smartlinks_store::{
    DatabaseUrl, OpenOptions, SystemEntropy, open_or_create_keys, stored_key_fingerprint,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::{Http, Reply};

/// Monday, 23 November 2026, noon UTC: what the frozen clock shows at first. Milliseconds.
pub const NOON_MS: i64 = 1_795_435_200_000;
/// The made-up secret of the sandbox application.
pub const APP_SECRET: &str = "sandbox-secret";
/// The made-up bearer of a service that asks for one.
pub const BEARER: &str = "b3a2e1testbearer00000000000000000000000000000000000000000000000000";

/// How a service is put together.
#[derive(Clone)]
pub struct Setup {
    /// Ask for [`BEARER`]; otherwise anybody may come in.
    pub bearer: bool,
    /// The application has its keys.
    pub configured: bool,
    /// The app secrets that it signs with, the first one first.
    pub app_secrets: Vec<String>,
    /// The background refresher runs.
    pub refresher: bool,
    /// The follower runs, as in a server; otherwise every read looks for itself.
    pub follower: bool,
    /// Write the token file here.
    pub token_file: Option<PathBuf>,
    /// Where a login may end besides our own pages.
    pub return_origins: Vec<url::Url>,
    /// How refreshing behaves.
    pub refresh: RefreshPolicy,
    /// Longest wait for the gateway.
    pub read_timeout: Duration,
    /// The most pages of 4 KiB that the database may have.
    pub max_pages: Option<u32>,
    /// Where calls go instead of the sandbox.
    pub gateway: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            bearer: false,
            configured: true,
            app_secrets: vec![APP_SECRET.to_owned()],
            refresher: false,
            follower: false,
            token_file: None,
            return_origins: Vec::new(),
            refresh: RefreshPolicy::default(),
            read_timeout: Duration::from_secs(10),
            max_pages: None,
            gateway: None,
        }
    }
}

/// A running service. Everything ends when it is dropped.
pub struct App {
    /// The use cases.
    pub core: Core,
    /// The sandbox.
    pub sandbox: Sandbox,
    /// `http://127.0.0.1:PORT` of the sandbox.
    pub sandbox_url: String,
    /// `http://127.0.0.1:PORT` of the service.
    pub url: String,
    /// The data directory.
    pub data: PathBuf,
    setup: Setup,
    stop: CancellationToken,
    _folder: Arc<TempDir>,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[derive(Debug)]
struct Frozen(SandboxClock);

impl aliexpress::Clock for Frozen {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.now_ms()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl App {
    /// A fresh service with nobody connected.
    pub async fn start() -> Result<Self> {
        Self::with(Setup::default()).await
    }

    /// The same, put together in another way.
    pub async fn with(setup: Setup) -> Result<Self> {
        let folder = Arc::new(tempfile::tempdir()?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sandbox_url = format!("http://{}", listener.local_addr()?);
        let config = SandboxConfig {
            base_url: sandbox_url.clone(),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::new(config, Arc::new(|| NOON_MS), 1)?;
        let stop = CancellationToken::new();
        tokio::spawn(
            sandbox
                .clone()
                .serve(listener, stop.clone().cancelled_owned()),
        );
        Self::assemble(setup, sandbox, sandbox_url, folder, stop).await
    }

    /// A second service over the same database and sandbox: another process, as far as they can tell.
    pub async fn beside(&self) -> Result<Self> {
        self.beside_with(self.setup.clone()).await
    }

    /// The same, put together in another way.
    pub async fn beside_with(&self, setup: Setup) -> Result<Self> {
        let stop = self.stop.child_token();
        Self::assemble(
            setup,
            self.sandbox.clone(),
            self.sandbox_url.clone(),
            Arc::clone(&self._folder),
            stop,
        )
        .await
    }

    async fn assemble(
        setup: Setup,
        sandbox: Sandbox,
        sandbox_url: String,
        folder: Arc<TempDir>,
        stop: CancellationToken,
    ) -> Result<Self> {
        let data = folder.path().join("data");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let callback = format!("http://{address}/aliexpress/callback");
        sandbox.set_callback_url(Some(callback.clone()))?;
        let (metrics, exposition) = Exposition::new();
        let store = open_store(&data, setup.max_pages, &metrics).await?;
        let gateway = setup.gateway.clone().unwrap_or_else(|| sandbox_url.clone());
        let core = Core::new(CoreOptions {
            app: application(&setup, &sandbox, &gateway, &callback)?,
            store,
            clock: Arc::new(Frozen(sandbox.clock())),
            entropy: Arc::new(SystemEntropy),
            market: Market::default(),
            return_to: ReturnTo::new(setup.return_origins.clone()),
            token_file: setup.token_file.clone(),
            refresh: setup.refresh.clone(),
            places: Places {
                data_dir: Some(data.clone()),
                key_file: Some(data.join("keys")),
                database_file: Some(data.join("smartlinks.db")),
                token_file: setup.token_file.clone(),
                home: None,
            },
            metrics,
        })?;
        if setup.refresher {
            tokio::spawn({
                let (core, stop, moved) = (core.clone(), stop.clone(), sandbox.clock().subscribe());
                async move { core.run_refresher(stop, moved).await }
            });
        }
        if setup.follower {
            let (core, stop) = (core.clone(), stop.clone());
            tokio::spawn(async move { core.run_follower(stop).await });
        }
        let router = smartlinks_server::router(ServerOptions {
            core: core.clone(),
            access: if setup.bearer {
                Access::Bearer(Bearer::new(BEARER, &data.join("bearer")))
            } else {
                Access::Open
            },
            environment: Environment::Sandbox {
                control_url: format!("{sandbox_url}/_sandbox/"),
            },
            hosts: Hosts::loopback(address.port()),
            secure_cookies: false,
            metrics: exposition,
            stop: stop.clone(),
        });
        tokio::spawn(smartlinks_server::serve(listener, router, stop.clone()));
        Ok(Self {
            core,
            sandbox,
            sandbox_url,
            url: format!("http://{address}"),
            data,
            setup,
            stop,
            _folder: folder,
        })
    }

    /// A new browser, or program, that visits the service.
    pub fn visitor(&self) -> Result<Http> {
        Http::new(&self.url)
    }

    /// Moves the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.sandbox.clock().advance(seconds);
    }

    /// Tells the sandbox something.
    pub async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let reply = Http::new(&self.sandbox_url)?
            .post_json(&format!("/_sandbox/{path}"), body)
            .await?;
        ensure!(
            reply.status < 300,
            "{path}: {} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
        Ok(serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
    }

    /// A code for an account, as if it had just consented. The usual buyer when `None`.
    pub async fn code(&self, account: Option<&str>) -> Result<String> {
        let body = account.map_or_else(|| json!({}), |account| json!({ "account": account }));
        let answer = self.control("codes", &body).await?;
        Ok(answer["code"].as_str().context("no code")?.to_owned())
    }

    /// Connects the usual buyer and gives the id of the connection.
    pub async fn connect(&self) -> Result<String> {
        Ok(self
            .core
            .exchange_pasted(&self.code(None).await?, None)
            .await?
            .id)
    }

    /// What the sandbox has noted of the calls of one path or method.
    pub async fn journal(&self, api: &str) -> Result<Vec<Value>> {
        let reply = Http::new(&self.sandbox_url)?
            .get(&format!("/_sandbox/journal?api={api}"))
            .await?;
        let journal: Value = serde_json::from_slice(&reply.body)?;
        let entries = journal
            .as_array()
            .or_else(|| journal["entries"].as_array())
            .context("no journal")?;
        Ok(entries.clone())
    }

    /// How often the sandbox was asked to refresh.
    pub async fn refreshes(&self) -> Result<usize> {
        Ok(self.journal("/auth/token/refresh").await?.len())
    }

    /// The order numbers that the sandbox has from its seed.
    pub async fn seeded_orders(&self) -> Result<Vec<String>> {
        let reply = Http::new(&self.sandbox_url)?.get("/_sandbox/state").await?;
        let state: Value = serde_json::from_slice(&reply.body)?;
        let orders = state["orders"].as_array().context("no orders")?;
        Ok(orders.iter().map(|order| text_of(&order["id"])).collect())
    }

    /// Numbers of products that the sandbox has.
    pub async fn products(&self) -> Result<Vec<String>> {
        let reply = Http::new(&self.sandbox_url)?.get("/_sandbox/state").await?;
        let state: Value = serde_json::from_slice(&reply.body)?;
        Ok(state["products"]
            .as_array()
            .context("no products")?
            .iter()
            .map(text_of)
            .collect())
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

async fn open_store(
    data: &Path,
    max_pages: Option<u32>,
    metrics: &Metrics,
) -> Result<Arc<dyn smartlinks_store::Store>> {
    let url = DatabaseUrl::Sqlite(data.join("smartlinks.db"));
    let fingerprint = stored_key_fingerprint(&url).await?;
    let (keys, _) =
        open_or_create_keys(&data.join("keys"), fingerprint.as_deref(), &SystemEntropy)?;
    let mut options = OpenOptions::new(url, keys, Arc::new(SystemEntropy));
    options.max_pages = max_pages;
    options.failures = Some(metrics.database_watch());
    Ok(smartlinks_store::open(options).await?)
}

fn application(
    setup: &Setup,
    sandbox: &Sandbox,
    gateway: &str,
    callback: &str,
) -> Result<AppSetup> {
    if !setup.configured {
        return Ok(AppSetup::Incomplete(vec![smartlinks_core::ConfigProblem {
            variable: "ALIEXPRESS_APP_SECRET",
            problem: "not set".into(),
            fix: "Set ALIEXPRESS_APP_SECRET to the App Secret of the AliExpress console.".into(),
        }]));
    }
    let transport = ReqwestTransport::new(TransportOptions {
        read_timeout: setup.read_timeout,
        ..TransportOptions::default()
    })?;
    let mut secrets = setup.app_secrets.iter();
    let first = secrets.next().context("no app secret")?;
    let mut builder = Client::builder(AppKey::parse("500100")?, AppSecret::parse(first)?);
    for also in secrets {
        builder = builder.also(AppSecret::parse(also)?);
    }
    let client = builder
        .gateway(GatewayUrl::parse(gateway)?)
        .clock(Arc::new(Frozen(sandbox.clock())))
        .transport(Arc::new(transport))
        // As patient as in earnest, but nobody waits between two attempts.
        .policy(Policy::default().backoff(Duration::ZERO, Duration::ZERO))
        .build()?;
    Ok(AppSetup::Ready(Application {
        client,
        callback_url: callback.parse()?,
    }))
}

/// The body as JSON.
pub fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}
