//! A database for one test: a SQLite file, or a PostgreSQL database that is dropped at the end.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::ExposeSecret;
use smartlinks_store::{
    Account, Availability, CatalogueChange, CatalogueId, CatalogueProduct, CatalogueSku,
    CatalogueState, ChangeId, Connection, ConnectionId, DatabaseUrl, KeyRing, Millis,
    NewCatalogueEntry, NewConnection, NewPair, OpenOptions, RuleId, Store, StoreError, StoredRule,
    SystemEntropy, TokenMaterial,
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use tempfile::TempDir;

/// A fixed present; nothing here reads a clock.
pub(crate) const NOW: Millis = Millis(1_800_000_000_000);
/// An hour in milliseconds.
pub(crate) const HOUR: i64 = 3_600_000;

/// Where a test takes place.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) url: DatabaseUrl,
    pub(crate) keys: KeyRing,
    pub(crate) folder: Arc<TempDir>,
}

impl Stage {
    /// A SQLite file that does not exist yet.
    pub(crate) fn sqlite() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self {
            url: DatabaseUrl::Sqlite(folder.path().join("smartlinks.db")),
            keys: KeyRing::ephemeral(&SystemEntropy).unwrap(),
            folder,
        }
    }

    pub(crate) fn with_url(url: DatabaseUrl) -> Self {
        Self {
            url,
            ..Self::sqlite()
        }
    }

    /// With its keys in a file, as every program has them.
    pub(crate) fn with_key_file(mut self) -> Self {
        self.keys = KeyRing::generate(&self.key_file(), &SystemEntropy).unwrap();
        self
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Another machine on the same database, with a copy of the key file as it is now.
    pub(crate) fn other_machine(&self) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let copy = folder.path().join("keys");
        copy_keys(&self.key_file(), &copy);
        Self {
            url: self.url.clone(),
            keys: KeyRing::load(&copy).unwrap(),
            folder,
        }
    }

    pub(crate) fn options(&self) -> OpenOptions {
        OpenOptions::new(self.url.clone(), self.keys.clone(), Arc::new(SystemEntropy))
    }

    /// Opens the store; a second call is as good as a second process.
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Arc<dyn Store>, StoreError> {
        smartlinks_store::open(self.options()).await
    }

    pub(crate) fn sqlite_path(&self) -> PathBuf {
        match &self.url {
            DatabaseUrl::Sqlite(path) => path.clone(),
            DatabaseUrl::Postgres(_) => panic!("not a SQLite stage"),
        }
    }

    /// The same PostgreSQL database for another role.
    pub(crate) fn url_of(&self, role: &str, password: &str) -> DatabaseUrl {
        let server = PostgresServer::from_environment().unwrap();
        let name = self.url.to_string().rsplit('/').next().unwrap().to_owned();
        let mut url = url::Url::parse(&server.database(&name)).unwrap();
        url.set_username(role).unwrap();
        url.set_password(Some(password)).unwrap();
        url.as_str().parse().unwrap()
    }

    /// A connection past the store, to look at rows and to spoil them.
    pub(crate) async fn raw(&self) -> Raw {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection
                    .busy_timeout(std::time::Duration::from_secs(5))
                    .unwrap();
                Raw::Sqlite(connection)
            }
            DatabaseUrl::Postgres(url) => {
                let password_included = PostgresServer::from_environment().unwrap();
                let name = url.to_string().rsplit('/').next().unwrap().to_owned();
                Raw::Postgres(
                    PgConnection::connect(&password_included.database(&name))
                        .await
                        .unwrap(),
                )
            }
        }
    }
}

/// Copies a key file as a person does: contents and mode.
pub(crate) fn copy_keys(from: &std::path::Path, to: &std::path::Path) {
    std::fs::copy(from, to).unwrap();
}

pub(crate) enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(PgConnection),
}

impl Raw {
    pub(crate) async fn execute(&mut self, sql: impl Into<String>) -> u64 {
        let sql = sql.into();
        match self {
            Self::Sqlite(connection) => {
                connection.execute_batch(&sql).unwrap();
                connection.changes()
            }
            Self::Postgres(connection) => {
                let done = connection.execute(AssertSqlSafe(sql)).await.unwrap();
                done.rows_affected()
            }
        }
    }

    /// The first column of the first row, as bytes.
    pub(crate) async fn bytes(&mut self, sql: impl Into<String>) -> Option<Vec<u8>> {
        let sql = sql.into();
        match self {
            Self::Sqlite(connection) => connection.query_row(&sql, [], |row| row.get(0)).unwrap(),
            Self::Postgres(connection) => connection
                .fetch_one(AssertSqlSafe(sql))
                .await
                .unwrap()
                .get(0),
        }
    }

    /// The columns of all rows, all of them texts.
    pub(crate) async fn rows(&mut self, sql: impl Into<String>) -> Vec<Vec<String>> {
        let sql = sql.into();
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(&sql).unwrap();
                let columns = statement.column_count();
                let texts = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
                let rows = statement.query_map([], texts).unwrap();
                rows.collect::<Result<_, _>>().unwrap()
            }
            Self::Postgres(connection) => {
                let rows = connection.fetch_all(AssertSqlSafe(sql)).await.unwrap();
                let texts =
                    |row: &sqlx::postgres::PgRow| (0..row.len()).map(|at| row.get(at)).collect();
                rows.iter().map(texts).collect()
            }
        }
    }

    /// The columns of all rows, as texts joined with a blank.
    pub(crate) async fn lines(&mut self, sql: impl Into<String>) -> Vec<String> {
        let rows = self.rows(sql).await;
        rows.into_iter().map(|row| row.join(" ")).collect()
    }

    /// Replaces a sealed value.
    pub(crate) async fn put_bytes(&mut self, sql: &str, bytes: Vec<u8>) {
        match self {
            Self::Sqlite(connection) => {
                connection.execute(sql, [bytes]).unwrap();
            }
            Self::Postgres(connection) => {
                let put = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(bytes);
                put.execute(connection).await.unwrap();
            }
        }
    }
}

/// The server that `cargo xtask test` starts, or that `TEST_DATABASE_URL` names.
pub(crate) struct PostgresServer {
    /// Up to and without the database name.
    base: String,
    parameters: String,
}

impl PostgresServer {
    /// None when there is none and none is demanded.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests take their database from the environment"
    )]
    pub(crate) fn from_environment() -> Option<Self> {
        let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
            let demanded =
                std::env::var("SMARTLINKS_TEST_POSTGRES").is_ok_and(|value| value == "required");
            assert!(
                !demanded,
                "SMARTLINKS_TEST_POSTGRES=required, but TEST_DATABASE_URL is not set"
            );
            println!(
                "not run: PostgreSQL is tested by `cargo xtask test`, or with TEST_DATABASE_URL set"
            );
            return None;
        };
        let (address, parameters) = match url.split_once('?') {
            Some((address, parameters)) => (address, format!("?{parameters}")),
            None => (url.as_str(), String::new()),
        };
        let (base, _) = address
            .rsplit_once('/')
            .expect("TEST_DATABASE_URL ends in /database");
        Some(Self {
            base: base.to_owned(),
            parameters,
        })
    }

    pub(crate) fn database(&self, name: &str) -> String {
        format!("{}/{name}{}", self.base, self.parameters)
    }

    async fn administer(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.database("postgres"))
            .await
            .unwrap();
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Runs a case on SQLite.
pub(crate) async fn on_sqlite<F: Future<Output = ()>>(case: impl FnOnce(Stage) -> F) {
    case(Stage::sqlite()).await;
}

/// Runs a case on a PostgreSQL database of its own, and drops it whatever happens.
pub(crate) async fn on_postgres<F>(case: impl FnOnce(Stage) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(server) = PostgresServer::from_environment() else {
        return;
    };
    let name = format!("smartlinks_test_{}", random_hex());
    server.administer(format!("create database {name}")).await;
    let stage = Stage::with_url(server.database(&name).parse().unwrap());
    let ended = tokio::spawn(case(stage)).await;
    server
        .administer(format!("drop database {name} with (force)"))
        .await;
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure.into_panic());
    }
}

pub(crate) fn random_hex() -> String {
    use smartlinks_store::Entropy as _;
    let mut bytes = [0_u8; 8];
    SystemEntropy.fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn new_id() -> ConnectionId {
    ConnectionId::generate(NOW, &SystemEntropy).unwrap()
}

pub(crate) fn account(user_id: &str) -> Account {
    Account {
        user_id: user_id.to_owned(),
        nick: Some(format!("nick of {user_id}")),
        platform: Some("buyerApp".to_owned()),
        ..Account::default()
    }
}

/// A pair whose tokens are `access-<name>` and `refresh-<name>`.
pub(crate) fn pair(name: &str) -> NewPair {
    NewPair {
        material: TokenMaterial {
            access_token: format!("access-{name}").into(),
            refresh_token: Some(format!("refresh-{name}").into()),
        },
        obtained_at: NOW,
        works_until: Some(NOW.plus(24 * HOUR)),
        sign_in_again_by: Some(NOW.plus(48 * HOUR)),
        next_refresh_at: Some(NOW.plus(18 * HOUR)),
    }
}

/// Stores a connection whose account and tokens carry `name`.
pub(crate) async fn connected(store: &Arc<dyn Store>, name: &str) -> Connection {
    let new = NewConnection {
        id: new_id(),
        label: None,
        account: account(name),
        pair: pair(name),
    };
    store.connect(new, NOW.into()).await.unwrap()
}

pub(crate) async fn find(store: &Arc<dyn Store>, id: &ConnectionId) -> Connection {
    store.connections().find(id).await.unwrap().unwrap()
}

/// The tokens of the present pair.
pub(crate) async fn tokens(store: &Arc<dyn Store>, id: &ConnectionId) -> (String, Option<String>) {
    let (_, material) = store.token(id).await.unwrap().unwrap();
    shown(&material)
}

pub(crate) fn shown(material: &TokenMaterial) -> (String, Option<String>) {
    let refresh = material
        .refresh_token
        .as_ref()
        .map(|token| token.expose_secret().to_owned());
    (material.access_token.expose_secret().to_owned(), refresh)
}

pub(crate) fn texts(access: &str, refresh: &str) -> (String, Option<String>) {
    (access.to_owned(), Some(refresh.to_owned()))
}

/// A product with two variants as it is first imported.
pub(crate) fn catalogue_entry(product_id: &str, connection: &ConnectionId) -> NewCatalogueEntry {
    let id = CatalogueId::generate(NOW, &SystemEntropy).unwrap();
    let product = CatalogueProduct {
        id: id.clone(),
        connection: connection.clone(),
        product_id: product_id.to_owned(),
        version: 1,
        state: CatalogueState::Listed,
        availability: Availability::OnSale,
        labels: vec!["autumn".to_owned(), "lamps 2027".to_owned()],
        search: format!("lampe de bureau {product_id}"),
        title: "Lampe de bureau".to_owned(),
        source_title: "Desk lamp \u{1f4a1}".to_owned(),
        ship_to: "FR".to_owned(),
        currency: "EUR".to_owned(),
        language: "fr".to_owned(),
        image: Some("https://img.example/1.jpg".to_owned()),
        shop: None,
        rule: None,
        checked_at: NOW,
        next_check_at: Some(NOW.plus(HOUR)),
        added_at: NOW,
        updated_at: NOW,
    };
    let change = CatalogueChange {
        id: ChangeId::generate(NOW, &SystemEntropy).unwrap(),
        product: id,
        sku_id: None,
        kind: "imported".to_owned(),
        before_json: None,
        after_json: Some("{\"skus\":2}".to_owned()),
        outcome: None,
        at: NOW,
    };
    NewCatalogueEntry {
        product,
        skus: vec![sku("1200", 0, Some("4.50")), sku("0034", 1, None)],
        codes_change: false,
        details_json: Some("{\"images\":[]}".to_owned()),
        changes: vec![change],
    }
}

/// A variant that costs so much, with its number as its code.
pub(crate) fn sku(sku_id: &str, position: i64, cost: Option<&str>) -> CatalogueSku {
    CatalogueSku {
        sku_id: sku_id.to_owned(),
        position,
        attr: format!("14:{sku_id}#Oak"),
        properties_json: "[{\"name\":\"Colour\",\"value\":\"Oak\"}]".to_owned(),
        image: None,
        own_code: None,
        chosen: true,
        cost: cost.map(str::to_owned),
        currency: cost.map(|_| "EUR".to_owned()),
        stock: Some(7),
        price: None,
        price_currency: None,
        price_by_hand: false,
        gone_at: None,
        replacement: None,
    }
}

pub(crate) fn price_rule(name: &str) -> StoredRule {
    StoredRule {
        id: RuleId::generate(NOW, &SystemEntropy).unwrap(),
        name: name.to_owned(),
        rule_json: "{\"currency\":\"EUR\"}".to_owned(),
        version: 1,
        is_default: false,
        created_at: NOW,
        updated_at: NOW,
    }
}
