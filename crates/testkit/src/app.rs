//! The whole service in this process: sandbox, database, use cases and server, with a clock that stands
//! still until a test moves it.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, RefreshToken, ReqwestTransport, TransportOptions,
};
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxClock, SandboxConfig};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_core::doctor::Places;
use smartlinks_core::metrics::Metrics;
use smartlinks_core::webhooks::{Targets, WebhookOptions};
use smartlinks_core::{
    App as Application, AppSetup, Core, CoreOptions, CreateApiKey, Error, Grantable,
    IdentityProvider, Market, OperatorPolicy, OrderPolicy, Password, RefreshPolicy, ReturnTo,
    Scope, Visitor,
};
use smartlinks_server::{Access, Environment, Exposition, Hosts, Limits, Network, ServerOptions};
use smartlinks_store::{
    DatabaseUrl, OpenOptions, SystemEntropy, TokenMaterial, open_or_create_keys,
    stored_key_fingerprint,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::database::SqliteFile;
use crate::http::{Http, Reply};
use crate::push::PushOverHttp;

/// Monday, 23 November 2026, noon UTC: what the frozen clock shows at first. Milliseconds.
pub const NOON_MS: i64 = 1_795_435_200_000;
/// The made-up secret of the sandbox application.
pub const APP_SECRET: &str = "sandbox-secret";
/// The operator of a service that asks for one.
pub const OPERATOR: &str = "anna@example.com";
/// That operator's made-up password.
pub const PASSWORD: &str = "four made-up words of hers";

/// Makes a provider of identities, given a clock.
pub type MakeProvider =
    Arc<dyn Fn(Arc<dyn aliexpress::Clock>) -> Arc<dyn IdentityProvider> + Send + Sync>;

/// How a service is put together.
#[derive(Clone)]
pub struct Setup {
    /// Only operators may come in ([`App::signed_in`]); otherwise anybody.
    pub operators: bool,
    /// The proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Network>,
    /// Whether people reach the service over TLS, as `--public-url https://…` states.
    pub behind_tls: bool,
    /// The application has its keys.
    pub configured: bool,
    /// The app secrets that it signs with, the first one first.
    pub app_secrets: Vec<String>,
    /// The background refresher runs.
    pub refresher: bool,
    /// The follower runs, as in a server; otherwise every read looks for itself.
    pub follower: bool,
    /// The sandbox sends its messages here, and the worker that works on them runs.
    pub push: bool,
    /// Write the token file here.
    pub token_file: Option<PathBuf>,
    /// Where a login may end besides our own pages.
    pub return_origins: Vec<url::Url>,
    /// How refreshing behaves.
    pub refresh: RefreshPolicy,
    /// How placing orders behaves.
    pub orders: OrderPolicy,
    /// How patient calls are.
    pub policy: Policy,
    /// Longest wait for the gateway.
    pub read_timeout: Duration,
    /// The most pages of 4 KiB that the database may have.
    pub max_pages: Option<u32>,
    /// Where calls go instead of the sandbox.
    pub gateway: Option<String>,
    /// How often something may be asked for.
    pub limits: Limits,
    /// How many passwords may be tried in ten minutes for one name from one network.
    pub attempts: NonZeroU32,
    /// Where webhooks may go.
    pub webhook_targets: Targets,
    /// With whom operators may sign in too.
    pub identity_provider: Option<MakeProvider>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            operators: false,
            trusted_proxies: Vec::new(),
            behind_tls: false,
            configured: true,
            app_secrets: vec![APP_SECRET.to_owned()],
            refresher: false,
            follower: false,
            push: false,
            token_file: None,
            return_origins: Vec::new(),
            refresh: RefreshPolicy::default(),
            orders: OrderPolicy::default(),
            // As patient as in earnest, but nobody waits between two attempts.
            policy: Policy::default().backoff(Duration::ZERO, Duration::ZERO),
            read_timeout: Duration::from_secs(10),
            max_pages: None,
            gateway: None,
            limits: Limits::default(),
            attempts: OperatorPolicy::default().attempts,
            webhook_targets: Targets::Public,
            identity_provider: None,
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

/// The session cookie on plain http.
pub const SESSION_COOKIE: &str = "smartlinks_session";

fn password() -> Password {
    PASSWORD.to_owned().into()
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
            orders: setup.orders.clone(),
            operators: OperatorPolicy {
                provider: setup
                    .identity_provider
                    .as_ref()
                    .map(|make| make(Arc::new(Frozen(sandbox.clock())))),
                attempts: setup.attempts,
                ..OperatorPolicy::default()
            },
            webhooks: WebhookOptions::over_http(setup.webhook_targets),
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
        if setup.push {
            sandbox.set_push_url(Some(format!("http://{address}/aliexpress/push")))?;
            sandbox.set_push_sender(Arc::new(PushOverHttp));
            tokio::spawn({
                let (core, stop, moved) = (core.clone(), stop.clone(), sandbox.clock().subscribe());
                async move { core.run_push_worker(stop, moved).await }
            });
        }
        tokio::spawn(exposition.clone().keep_folded(stop.clone()));
        let router = smartlinks_server::router(ServerOptions {
            core: core.clone(),
            access: if setup.operators {
                Access::Operators
            } else {
                Access::Open
            },
            environment: Environment::Sandbox {
                control_url: format!("{sandbox_url}/_sandbox/"),
            },
            hosts: Hosts::loopback(address.port()),
            secure_cookies: setup.behind_tls,
            trusted_proxies: setup.trusted_proxies.clone(),
            limits: setup.limits,
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

    /// A way past the service into its database.
    pub fn database(&self) -> Result<SqliteFile> {
        SqliteFile::open(&self.data.join("smartlinks.db"))
    }

    /// A new browser, or program, that visits the service.
    pub fn visitor(&self) -> Result<Http> {
        Http::new(&self.url)
    }

    /// A browser in which [`OPERATOR`] has signed in. The operator is made when there is none yet.
    pub async fn signed_in(&self) -> Result<Http> {
        self.operator().await?;
        let signed_in = self
            .core
            .sign_in(OPERATOR, password(), &Visitor::default(), None)
            .await?;
        let visitor = self.visitor()?;
        visitor.set_cookie(SESSION_COOKIE, &signed_in.cookie);
        Ok(visitor)
    }

    /// Makes [`OPERATOR`], with [`PASSWORD`], unless there is that operator already.
    pub async fn operator(&self) -> Result<()> {
        match self.core.invite_operator(OPERATOR).await {
            Ok(_) => {
                let set = self.core.set_operator_password(OPERATOR, password());
                set.await?;
                Ok(())
            }
            Err(Error::OperatorExists(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A fresh API key with these scopes, that does not expire.
    pub async fn key(&self, scopes: &[Scope]) -> Result<String> {
        let create = CreateApiKey {
            name: "test".to_owned(),
            scopes: scopes.iter().copied().collect(),
            expires_at: None,
            grantable: Grantable::everything(),
        };
        let made = self.core.create_api_key(create).await?;
        Ok(made.key.reveal().to_owned())
    }

    /// A program with a fresh API key with these scopes.
    pub async fn program(&self, scopes: &[Scope]) -> Result<Http> {
        self.visitor()?.with_api_key(&self.key(scopes).await?)
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

    /// Spends the refresh token of a pair, as a process does that dies before it has stored the answer.
    pub async fn refresh_at_the_gateway(&self, pair: &TokenMaterial) -> Result<()> {
        use secrecy::ExposeSecret as _;
        let token = pair.refresh_token.as_ref().context("no refresh token")?;
        let client = &self.core.app().ready()?.client;
        let token = RefreshToken::new(token.expose_secret());
        client.oauth().refresh(&token).await?;
        Ok(())
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
        .policy(setup.policy)
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
