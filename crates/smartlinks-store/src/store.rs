//! The store as a whole: how it is opened, and what it offers.

mod address;

use std::sync::Arc;

use async_trait::async_trait;

pub use address::{DatabaseUrl, PostgresUrl};

use crate::api_keys::ApiKeyRepository;
use crate::audit::AuditRepository;
use crate::budget_shares::BudgetShareRepository;
use crate::catalogue::CatalogueRepository;
use crate::connect_links::ConnectLinkRepository;
use crate::connections::{ConnectionRepository, WarningRepository};
use crate::events::EventRepository;
use crate::gateway_calls::GatewayCallRepository;
use crate::import_jobs::ImportJobRepository;
use crate::keyring::KeyringRepository;
use crate::login_attempts::LoginAttemptRepository;
use crate::markets::MarketRepository;
use crate::meta::{KEY_FINGERPRINT, MetaRepository, VALUE_OF};
use crate::oidc::OidcRepository;
use crate::operators::{OperatorRepository, SessionRepository, SignInLinkRepository};
use crate::order_following::OrderFollowingRepository;
use crate::order_intents::OrderIntentRepository;
use crate::orders::OrderRepository;
use crate::prices::PriceRepository;
use crate::product_watch::ProductWatchRepository;
use crate::pushes::PushRepository;
use crate::refresh_journal::RefreshJournal;
use crate::seal::{KeyRing, Sealer};
use crate::sql::{
    Database, ErrorWatch, Kind, Postgres, Sqlite, SqliteSettings, Upkeep, Value, peek, values,
};
use crate::traces::{Traced, Traces};
use crate::webhooks::WebhookRepository;
use crate::{Entropy, StoreError, files};

/// Everything that is stored. Held as `Arc<dyn Store>`.
///
/// Some repositories have methods of the same name (`find`, `list`, `prune`); `store.connections()`,
/// `store.orders()` and so on say which one is meant.
#[async_trait]
pub trait Store:
    ConnectionRepository
    + RefreshJournal
    + LoginAttemptRepository
    + OrderRepository
    + OrderFollowingRepository
    + OrderIntentRepository
    + EventRepository
    + AuditRepository
    + ConnectLinkRepository
    + PushRepository
    + MetaRepository
    + BudgetShareRepository
    + GatewayCallRepository
    + ApiKeyRepository
    + KeyringRepository
    + OperatorRepository
    + SessionRepository
    + SignInLinkRepository
    + OidcRepository
    + WarningRepository
    + WebhookRepository
    + CatalogueRepository
    + ProductWatchRepository
    + PriceRepository
    + ImportJobRepository
    + MarketRepository
    + Send
    + Sync
    + 'static
{
    /// Whether the database answers, and changes can be made.
    ///
    /// # Errors
    /// Says why it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Finishes what is under way and ends all connections to the database.
    async fn close(&self);
}

impl dyn Store {
    /// The connections.
    #[must_use]
    pub fn connections(&self) -> &dyn ConnectionRepository {
        self
    }

    /// The journal of refreshes.
    #[must_use]
    pub fn refresh_journal(&self) -> &dyn RefreshJournal {
        self
    }

    /// The sign-ins under way.
    #[must_use]
    pub fn login_attempts(&self) -> &dyn LoginAttemptRepository {
        self
    }

    /// The known orders.
    #[must_use]
    pub fn orders(&self) -> &dyn OrderRepository {
        self
    }

    /// Following the known orders.
    #[must_use]
    pub fn order_following(&self) -> &dyn OrderFollowingRepository {
        self
    }

    /// The orders that somebody wants placed.
    #[must_use]
    pub fn order_intents(&self) -> &dyn OrderIntentRepository {
        self
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> &dyn EventRepository {
        self
    }

    /// How the calls per second of an app are divided among instances.
    #[must_use]
    pub fn budget_shares(&self) -> &dyn BudgetShareRepository {
        self
    }

    /// How many requests were sent to the gateway.
    #[must_use]
    pub fn gateway_calls(&self) -> &dyn GatewayCallRepository {
        self
    }

    /// The API keys.
    #[must_use]
    pub fn api_keys(&self) -> &dyn ApiKeyRepository {
        self
    }

    /// The warnings before sign-in deadlines.
    #[must_use]
    pub fn warnings(&self) -> &dyn WarningRepository {
        self
    }

    /// Webhook endpoints, and what is on its way to them.
    #[must_use]
    pub fn webhooks(&self) -> &dyn WebhookRepository {
        self
    }

    /// The keys that seal.
    #[must_use]
    pub fn keyring(&self) -> &dyn KeyringRepository {
        self
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &dyn AuditRepository {
        self
    }

    /// The links that are sent to merchants.
    #[must_use]
    pub fn connect_links(&self) -> &dyn ConnectLinkRepository {
        self
    }

    /// The messages of AliExpress.
    #[must_use]
    pub fn pushes(&self) -> &dyn PushRepository {
        self
    }

    /// The people who run the page.
    #[must_use]
    pub fn operators(&self) -> &dyn OperatorRepository {
        self
    }

    /// Their sessions.
    #[must_use]
    pub fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    /// The one-time links with which they choose a password.
    #[must_use]
    pub fn sign_in_links(&self) -> &dyn SignInLinkRepository {
        self
    }

    /// Sign-ins of operators with an OpenID Connect provider.
    #[must_use]
    pub fn oidc(&self) -> &dyn OidcRepository {
        self
    }

    /// The watch of imported products.
    #[must_use]
    pub fn product_watch(&self) -> &dyn ProductWatchRepository {
        self
    }

    /// The imported products.
    #[must_use]
    pub fn catalogue(&self) -> &dyn CatalogueRepository {
        self
    }

    /// Imports of many products.
    #[must_use]
    pub fn import_jobs(&self) -> &dyn ImportJobRepository {
        self
    }

    /// Price rules, exchange rates and runs.
    #[must_use]
    pub fn prices(&self) -> &dyn PriceRepository {
        self
    }

    /// For whom products are looked at, as each has chosen it.
    #[must_use]
    pub fn markets(&self) -> &dyn MarketRepository {
        self
    }

    /// Stamp, key check and settings.
    #[must_use]
    pub fn meta(&self) -> &dyn MetaRepository {
        self
    }
}

/// How to open a store.
#[derive(Clone)]
pub struct OpenOptions {
    /// Which database.
    pub url: DatabaseUrl,
    /// The keys that seal tokens.
    pub keys: KeyRing,
    /// Where nonces come from.
    pub entropy: Arc<dyn Entropy>,
    /// How many database connections: those that read for SQLite, all for PostgreSQL.
    pub pool_size: u32,
    /// The most pages (of 4 KiB) a SQLite file may have; none for no limit but the disk's. Beyond it writes fail
    /// with [`StoreError::Full`], as they do on a full disk.
    pub max_pages: Option<u32>,
    /// Who is told of every failure of the database, for metrics.
    pub failures: Option<ErrorWatch>,
}

impl OpenOptions {
    /// The usual options.
    #[must_use]
    pub fn new(url: DatabaseUrl, keys: KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            url,
            keys,
            entropy,
            pool_size: 8,
            max_pages: None,
            failures: None,
        }
    }
}

/// Opens a database, makes it if it is SQLite and not there, brings its schema up to date and checks that the key
/// ring fits.
///
/// # Errors
/// When the database cannot be used, was made by a newer version, or needs keys that the ring lacks.
pub async fn open(options: OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    settled(options, true).await
}

/// A database that is only looked at.
pub enum Existing {
    /// There is none, or nothing of ours in it.
    NotYet,
    /// Steps of the schema are missing.
    Behind {
        /// The last step that it has taken.
        step: i64,
        /// The last step that this version knows.
        newest: i64,
    },
    /// It is open.
    Open(Arc<dyn Store>),
}

/// Opens a database for somebody who only looks: makes nothing, takes no step of the schema and settles no keys.
///
/// # Errors
/// As [`open`].
pub async fn open_existing(options: OpenOptions) -> Result<Existing, StoreError> {
    if matches!(&options.url, DatabaseUrl::Sqlite(path) if !files::is_there(path)) {
        return Ok(Existing::NotYet);
    }
    let mut upkeep = Upkeep::to_read(&options.url).await?;
    let taken = upkeep.steps_taken().await?;
    let newest = upkeep.known_steps().last().map_or(0, |(step, _)| *step);
    upkeep.close().await?;
    match taken.last() {
        None => Ok(Existing::NotYet),
        Some(&step) if step < newest => Ok(Existing::Behind { step, newest }),
        Some(_) => Ok(Existing::Open(settled(options, false).await?)),
    }
}

async fn settled(options: OpenOptions, writing: bool) -> Result<Arc<dyn Store>, StoreError> {
    let kind = match options.url {
        DatabaseUrl::Sqlite(path) => Kind::Sqlite(
            Sqlite::open(SqliteSettings {
                path,
                readers: options.pool_size,
                max_pages: options.max_pages,
            })
            .await?,
        ),
        DatabaseUrl::Postgres(url) => {
            Kind::Postgres(Postgres::open(&url, options.pool_size).await?)
        }
    };
    let store = DatabaseStore {
        database: Database::new(kind, options.failures),
        sealer: Arc::new(Sealer::new(options.keys, options.entropy)),
    };
    if let Err(error) = store.settle_keys(writing).await {
        store.database.close().await;
        return Err(error);
    }
    Ok(Arc::new(store))
}

/// The check values of the keys that an existing database needs, for
/// [`open_or_create_keys`](crate::open_or_create_keys); none when there is no database yet or nothing was ever
/// sealed in it. Changes nothing.
///
/// # Errors
/// When the database is there and cannot be read.
pub async fn stored_key_fingerprint(url: &DatabaseUrl) -> Result<Option<String>, StoreError> {
    let row = match url {
        DatabaseUrl::Sqlite(path) => peek::sqlite(path, VALUE_OF, values![KEY_FINGERPRINT]).await?,
        DatabaseUrl::Postgres(url) => {
            peek::postgres(url, VALUE_OF, values![KEY_FINGERPRINT]).await?
        }
    };
    row.map(|row| Ok(row.fields("meta", "key")?.text("value")?))
        .transpose()
}

/// The store over a database.
pub(crate) struct DatabaseStore {
    pub(crate) database: Database,
    pub(crate) sealer: Arc<Sealer>,
}

impl DatabaseStore {
    /// Runs a statement; whether it changed anything.
    pub(crate) async fn changed(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<bool, StoreError> {
        Ok(self.database.execute(sql, values).await? > 0)
    }

    /// Runs a deletion until it finds less than so many rows (its last parameter): neither a long standstill nor a
    /// great many rows may make it take longer than a statement may, or hold up other writers. Gives how many went.
    pub(crate) async fn prune_in_parts(
        &self,
        sql: &'static str,
        mut values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        const PART: u32 = 2000;
        values.extend(values![PART]);
        let mut gone = 0;
        loop {
            let some = self.database.execute(sql, values.clone()).await?;
            gone += some;
            if some < u64::from(PART) {
                return Ok(gone);
            }
        }
    }

    /// Runs a statement and leaves traces when it changed anything; whether it did.
    pub(crate) async fn traced(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        if traces.is_empty() {
            return self.changed(sql, values).await;
        }
        let write = Traced {
            sql,
            values,
            traces,
        };
        self.database.write(write).await
    }

    /// Deleted secrets leave the write-ahead log too. The deletion itself is done when this is called, so a
    /// failure is only noted, and tried again.
    pub(crate) async fn scrub(&self) {
        match self.database.scrub().await {
            Ok(true) => {}
            Ok(false) => tracing::info!(
                "somebody reads the write-ahead log; it is cleared of deleted secrets afterwards"
            ),
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be cleared of deleted secrets yet");
            }
        }
    }
}

#[async_trait]
impl Store for DatabaseStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.database.check_writer()?;
        self.database
            .first(VALUE_OF, values![KEY_FINGERPRINT])
            .await
            .map(|_| ())
    }

    async fn close(&self) {
        self.database.close().await;
    }
}
