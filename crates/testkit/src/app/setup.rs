//! How a service of a test is put together.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, ReqwestTransport, TransportOptions,
};
use aliexpress_sandbox::Sandbox;
use anyhow::{Context, Result};
use smartlinks_core::catalogue::WatchRhythm;
use smartlinks_core::doctor::Places;
use smartlinks_core::metrics::Metrics;
use smartlinks_core::webhooks::{Targets, WebhookOptions};
use smartlinks_core::{
    App as Application, AppSetup, Core, CoreOptions, IdentityProvider, Market, OperatorPolicy,
    OrderPolicy, RefreshPolicy, ReturnTo,
};
use smartlinks_server::{Limits, Network};
use smartlinks_store::{
    DatabaseUrl, OpenOptions, SystemEntropy, open_or_create_keys, stored_key_fingerprint,
};
use tokio_util::sync::CancellationToken;

use super::{APP_SECRET, Frozen};

/// Makes a provider of identities, given a clock.
pub type MakeProvider =
    Arc<dyn Fn(Arc<dyn aliexpress::Clock>) -> Arc<dyn IdentityProvider> + Send + Sync>;

/// How a service is put together.
#[derive(Clone)]
pub struct Setup {
    /// Only operators may come in ([`App::signed_in`](super::App::signed_in)); otherwise anybody.
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
    /// When AliExpress is asked about imported products.
    pub watch: WatchRhythm,
    /// How patient calls are.
    pub policy: Policy,
    /// Longest wait for the gateway.
    pub read_timeout: Duration,
    /// The database, where it is not a SQLite file of its own.
    pub database: Option<DatabaseUrl>,
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
            watch: WatchRhythm::default(),
            // As patient as in earnest, but nobody waits between two attempts.
            policy: Policy::default().backoff(Duration::ZERO, Duration::ZERO),
            read_timeout: Duration::from_secs(10),
            database: None,
            max_pages: None,
            gateway: None,
            limits: Limits::default(),
            attempts: OperatorPolicy::default().attempts,
            webhook_targets: Targets::Public,
            identity_provider: None,
        }
    }
}

/// The use cases over the setup's database and gateway.
pub(super) async fn core(
    setup: &Setup,
    sandbox: &Sandbox,
    sandbox_url: &str,
    callback: &str,
    data: &Path,
    metrics: Metrics,
) -> Result<Core> {
    let frozen = || Arc::new(Frozen(sandbox.clock()));
    let gateway = setup.gateway.as_deref().unwrap_or(sandbox_url);
    let core = Core::new(CoreOptions {
        app: application(setup, sandbox, gateway, callback)?,
        store: open_store(data, setup, &metrics).await?,
        clock: frozen(),
        entropy: Arc::new(SystemEntropy),
        market: Market::default(),
        return_to: ReturnTo::new(setup.return_origins.clone()),
        token_file: setup.token_file.clone(),
        refresh: setup.refresh.clone(),
        orders: setup.orders.clone(),
        watch: setup.watch,
        operators: OperatorPolicy {
            provider: setup.identity_provider.as_ref().map(|make| make(frozen())),
            attempts: setup.attempts,
            ..OperatorPolicy::default()
        },
        webhooks: WebhookOptions::over_http(setup.webhook_targets),
        places: Places {
            data_dir: Some(data.to_owned()),
            key_file: Some(data.join("keys")),
            database_file: match &setup.database {
                Some(_) => None,
                None => Some(data.join("smartlinks.db")),
            },
            token_file: setup.token_file.clone(),
            home: None,
        },
        metrics,
    })?;
    Ok(core)
}

/// The workers that the setup asks for.
pub(super) fn start_workers(
    setup: &Setup,
    sandbox: &Sandbox,
    core: &Core,
    stop: &CancellationToken,
) {
    let moved = || sandbox.clock().subscribe();
    if setup.refresher {
        let (core, stop, moved) = (core.clone(), stop.clone(), moved());
        tokio::spawn(async move { core.run_refresher(stop, moved).await });
    }
    if setup.follower {
        let (core, stop) = (core.clone(), stop.clone());
        tokio::spawn(async move { core.run_follower(stop).await });
    }
    if setup.push {
        let (core, stop, moved) = (core.clone(), stop.clone(), moved());
        tokio::spawn(async move { core.run_push_worker(stop, moved).await });
    }
}

async fn open_store(
    data: &Path,
    setup: &Setup,
    metrics: &Metrics,
) -> Result<Arc<dyn smartlinks_store::Store>> {
    let own = || DatabaseUrl::Sqlite(data.join("smartlinks.db"));
    let url = setup.database.clone().unwrap_or_else(own);
    let fingerprint = stored_key_fingerprint(&url).await?;
    let (keys, _) =
        open_or_create_keys(&data.join("keys"), fingerprint.as_deref(), &SystemEntropy)?;
    let mut options = OpenOptions::new(url, keys, Arc::new(SystemEntropy));
    options.max_pages = setup.max_pages;
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
