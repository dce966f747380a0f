//! Putting the service together: keys, database, client, use cases. The same for `serve` and for the commands, so
//! that both see the same data and check the same.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{AppKey, AppSecret, Client, ClientBuilder, Clock, GatewayUrl};
use smartlinks_core::doctor::Places;
use smartlinks_core::metrics::Metrics;
use smartlinks_core::store::{
    self, DatabaseUrl, Existing, KeyError, KeyOrigin, KeyRing, OpenOptions, Store, StoreError,
    SystemEntropy,
};
use smartlinks_core::webhooks::{Targets, WebhookOptions};
use smartlinks_core::{
    App, AppSetup, Core, CoreOptions, IdentityProvider, OperatorPolicy, OrderPolicy, RefreshPolicy,
    ReturnTo,
};
use url::Url;

use crate::config::{AppSettings, Config, DEMO_APP_KEY, DEMO_APP_SECRET, Database, Demo, Live};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::transport::LazyTransport;

/// What the database of sandbox mode is stamped with: its sandbox lives in the same folder, on whatever port.
const BUILT_IN_SANDBOX: &str = "built-in sandbox";

/// The rest between two tries to reach a database server.
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// What one start needs to know of its surroundings.
pub(crate) struct Plan {
    /// The application, or what is missing of it.
    pub(crate) app: AppSettings,
    /// The gateway.
    pub(crate) gateway: GatewayUrl,
    /// What the database is stamped with, besides the app key.
    pub(crate) stamp: String,
    /// The database.
    pub(crate) database: Database,
    /// The folder for everything that is kept; none for the one that is configured.
    pub(crate) folder: Option<PathBuf>,
    /// The file of the keys that seal tokens.
    pub(crate) key_file: PathBuf,
    /// What to say when that file is made.
    pub(crate) key_advice: &'static str,
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
    /// How many database connections to hold.
    pub(crate) pool_size: u32,
    /// How long to wait for a database server that cannot be reached yet.
    pub(crate) patience: Duration,
    /// Where webhooks may go.
    pub(crate) webhook_targets: Targets,
    /// Where numbers go.
    pub(crate) metrics: Metrics,
    /// With whom operators may sign in too.
    pub(crate) identity_provider: Option<Arc<dyn IdentityProvider>>,
}

impl Plan {
    /// For real accounts.
    pub(crate) fn live(live: Live, clock: Arc<dyn Clock>, pool_size: u32) -> Self {
        Self {
            stamp: live.gateway.to_string(),
            webhook_targets: match live.webhook_private {
                true => Targets::Anything,
                false => Targets::Public,
            },
            app: live.app,
            gateway: live.gateway,
            database: live.database,
            folder: None,
            key_file: live.key_file,
            key_advice: "\nkeep a copy apart from the database; without it the accounts have to sign in again",
            clock,
            pool_size,
            patience: Duration::ZERO,
            metrics: Metrics::default(),
            identity_provider: None,
        }
    }

    /// Waits for a database server that cannot be reached yet.
    pub(crate) fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// For the sandbox at `gateway`, with the callback that is registered there.
    pub(crate) fn demo(
        demo: &Demo,
        gateway: &str,
        callback: &str,
        clock: Arc<dyn Clock>,
        pool_size: u32,
    ) -> Result<Self, Failure> {
        let internal = |error: &dyn std::error::Error| {
            Failure::new(
                Exit::Failure,
                "internal",
                "the sandbox's own settings are wrong",
            )
            .because(error)
        };
        let app = AppSettings {
            key: Some(AppKey::parse(DEMO_APP_KEY).map_err(|error| internal(&error))?),
            secrets: vec![AppSecret::parse(DEMO_APP_SECRET).map_err(|error| internal(&error))?],
            callback: Some(Url::parse(callback).map_err(|error| internal(&error))?),
            problems: Vec::new(),
        };
        Ok(Self {
            app,
            gateway: GatewayUrl::parse(gateway).map_err(|error| internal(&error))?,
            stamp: BUILT_IN_SANDBOX.to_owned(),
            webhook_targets: Targets::PublicAndLoopback,
            database: Database::File(demo.dir.join("smartlinks.db")),
            folder: Some(demo.dir.clone()),
            key_file: demo.dir.join("keys"),
            key_advice: "",
            clock,
            pool_size,
            patience: Duration::ZERO,
            metrics: Metrics::default(),
            identity_provider: None,
        })
    }
}

impl Plan {
    /// The same, with its numbers going there.
    pub(crate) fn counted(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// The same, where operators may sign in with this provider too.
    pub(crate) fn with_provider(self, provider: Option<Arc<dyn IdentityProvider>>) -> Self {
        Self {
            identity_provider: provider,
            ..self
        }
    }

    /// Where things lie, for the doctor.
    pub(crate) fn places(&self, config: &Config) -> Places {
        Places {
            data_dir: Some(self.folder.clone().unwrap_or(config.data_dir.clone())),
            key_file: Some(self.key_file.clone()),
            database_file: match &self.database {
                Database::File(path) => Some(path.clone()),
                Database::Server(_) => None,
            },
            token_file: config.token_file.clone(),
            home: etcetera::home_dir().ok(),
        }
    }

    fn url(&self) -> Result<DatabaseUrl, StoreError> {
        match &self.database {
            Database::File(path) => Ok(DatabaseUrl::Sqlite(path.clone())),
            Database::Server(address) => address.parse(),
        }
    }

    /// Opens keys and database for somebody who only looks: nothing is made that is not there, and nothing is noted.
    pub(crate) async fn open_to_look(&self) -> Result<Existing, StoreError> {
        let url = self.url()?;
        if matches!(&self.database, Database::File(path) if !path.exists()) {
            return Ok(Existing::NotYet);
        }
        if !self.key_file.exists() {
            return match store::stored_key_fingerprint(&url).await? {
                None => Ok(Existing::NotYet),
                Some(needed) => Err(KeyError::Missing {
                    path: self.key_file.clone(),
                    needed,
                }
                .into()),
            };
        }
        let keys = KeyRing::load(&self.key_file)?;
        let mut options = OpenOptions::new(url, keys, Arc::new(SystemEntropy));
        options.pool_size = self.pool_size;
        let existing = store::open_existing(options).await?;
        if let (Existing::Open(store), Some(key)) = (&existing, &self.app.key) {
            store.check_stamp(&self.stamp, key.as_str()).await?;
        }
        Ok(existing)
    }
}

/// Opens keys and database and puts the use cases on top.
pub(crate) async fn assemble(plan: Plan, config: &Config, output: Output) -> Result<Core, Failure> {
    let app_key = plan.app.key.clone();
    let places = plan.places(config);
    let store = open_store(&plan, output).await?;
    if let Some(key) = app_key {
        store
            .stamp_or_check(&plan.stamp, key.as_str())
            .await
            .map_err(unusable)?;
    }
    let core = Core::new(CoreOptions {
        app: setup(plan.app, plan.gateway, &plan.clock)?,
        store,
        clock: plan.clock,
        entropy: Arc::new(SystemEntropy),
        market: config.market.clone(),
        return_to: ReturnTo::new(config.return_origins.iter().cloned()),
        token_file: config.token_file.clone(),
        refresh: RefreshPolicy::default(),
        orders: OrderPolicy {
            follow: config.follow,
            ..OrderPolicy::default()
        },
        watch: config.watch,
        operators: OperatorPolicy {
            provider: plan.identity_provider,
            attempts: config.attempts,
            ..OperatorPolicy::default()
        },
        webhooks: WebhookOptions::over_http(plan.webhook_targets),
        places,
        metrics: plan.metrics,
    })?;
    Ok(core)
}

/// Opens keys and database, and waits a while for a database server that is not there yet.
async fn open_store(plan: &Plan, output: Output) -> Result<Arc<dyn Store>, Failure> {
    let url = plan.url().map_err(unusable)?;
    let waiting = async {
        let mut said = false;
        loop {
            match try_open(&url, plan, output).await {
                Err(error) if is_starting(&url, &error) => {
                    if !said {
                        let seconds = plan.patience.as_secs();
                        output.say(&format!(
                            "waiting up to {seconds} s for the database: {error}"
                        ));
                    }
                    said = true;
                    tokio::time::sleep(BETWEEN_TRIES).await;
                }
                settled => return settled,
            }
        }
    };
    let opened = match tokio::time::timeout(plan.patience, waiting).await {
        Ok(opened) => opened,
        // The last word is the database's own.
        Err(_) => try_open(&url, plan, output).await,
    };
    opened.map_err(unusable)
}

async fn try_open(
    url: &DatabaseUrl,
    plan: &Plan,
    output: Output,
) -> Result<Arc<dyn Store>, StoreError> {
    let keys = keys(url, plan, output).await?;
    let mut options = OpenOptions::new(url.clone(), keys, Arc::new(SystemEntropy));
    options.pool_size = plan.pool_size;
    options.failures = Some(plan.metrics.database_watch());
    store::open(options).await
}

/// A server that cannot be reached may be starting, as when machine and database are switched on together. A wrong
/// password or a foreign database does not mend itself.
fn is_starting(url: &DatabaseUrl, error: &StoreError) -> bool {
    matches!(url, DatabaseUrl::Postgres(_)) && error.is_passing()
}

/// The keys of the database. Where there are some, opening the database checks that they fit; only to make new ones
/// it has to be asked first whether it needs old ones.
async fn keys(url: &DatabaseUrl, plan: &Plan, output: Output) -> Result<KeyRing, StoreError> {
    if plan.key_file.exists() {
        return Ok(KeyRing::load(&plan.key_file)?);
    }
    let needed = store::stored_key_fingerprint(url).await?;
    let (keys, origin) =
        store::open_or_create_keys(&plan.key_file, needed.as_deref(), &SystemEntropy)?;
    if origin == KeyOrigin::Created {
        output.say(&format!(
            "created the keys that seal stored tokens: {}{}",
            plan.key_file.display(),
            plan.key_advice
        ));
    }
    Ok(keys)
}

/// The application, or what is missing of it.
pub(crate) fn setup(
    app: AppSettings,
    gateway: GatewayUrl,
    clock: &Arc<dyn Clock>,
) -> Result<AppSetup, Failure> {
    let mut secrets = app.secrets.into_iter();
    match (app.key, secrets.next(), app.callback) {
        (Some(key), Some(secret), Some(callback_url)) => {
            let client = secrets
                .fold(Client::builder(key, secret), ClientBuilder::also)
                .gateway(gateway)
                .clock(Arc::clone(clock))
                .transport(Arc::new(LazyTransport::default()))
                .build()?;
            Ok(AppSetup::Ready(App {
                client,
                callback_url,
            }))
        }
        _ => Ok(AppSetup::Incomplete(app.problems)),
    }
}

/// A database or keys that cannot be used. What does not belong together is a matter of configuration.
pub(crate) fn unusable(error: StoreError) -> Failure {
    let (code, exit) = match &error {
        StoreError::Keys(_) => ("key_file", Exit::Usage),
        StoreError::StampMismatch { .. } => (error.code(), Exit::Usage),
        other => (other.code(), Exit::Failure),
    };
    Failure {
        code: code.to_owned(),
        exit,
        ..Failure::from(error)
    }
}
