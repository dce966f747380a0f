//! A PostgreSQL database for one test, on the server that `cargo xtask test` starts; and ways past the service into
//! either database.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool};

/// A way past the service into its SQLite file: to spoil rows, and to keep other writers waiting.
#[derive(Debug)]
pub struct SqliteFile(rusqlite::Connection);

impl SqliteFile {
    /// The file of a service.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = rusqlite::Connection::open(path)?;
        file.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(Self(file))
    }

    /// Runs statements.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }
}

/// A PostgreSQL server on which databases may be made.
#[derive(Debug, Clone)]
pub struct PostgresServer {
    /// Up to and without the database name.
    base: String,
    parameters: String,
}

/// A database of one test.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    server: PostgresServer,
    name: String,
}

impl PostgresServer {
    /// The server that `TEST_DATABASE_URL` names; none when it names none and none is demanded.
    ///
    /// # Errors
    /// When one is demanded (`SMARTLINKS_TEST_POSTGRES=required`) and none is named.
    pub fn from_environment() -> Result<Option<Self>> {
        let Some(url) = crate::variable("TEST_DATABASE_URL") else {
            let demanded = crate::variable("SMARTLINKS_TEST_POSTGRES").is_some();
            ensure!(
                !demanded,
                "SMARTLINKS_TEST_POSTGRES is set, and TEST_DATABASE_URL is not"
            );
            return Ok(None);
        };
        let url = url
            .into_string()
            .ok()
            .context("TEST_DATABASE_URL is no text")?;
        let (address, parameters) = match url.split_once('?') {
            Some((address, parameters)) => (address, format!("?{parameters}")),
            None => (url.as_str(), String::new()),
        };
        let (base, _) = address
            .rsplit_once('/')
            .context("TEST_DATABASE_URL ends in /database")?;
        Ok(Some(Self {
            base: base.to_owned(),
            parameters,
        }))
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        let after = self
            .base
            .split_once("://")
            .map_or(&*self.base, |(_, rest)| rest);
        after.rsplit_once('@').map_or(after, |(_, host)| host)
    }

    fn address(&self, name: &str) -> String {
        format!("{}/{name}{}", self.base, self.parameters)
    }

    async fn administer(&self, sql: String) -> Result<()> {
        let mut connection = PgConnection::connect(&self.address("postgres")).await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        connection.close().await?;
        Ok(())
    }

    /// Runs a case on a new, empty database, and drops it whatever becomes of the case.
    ///
    /// # Errors
    /// The case's own, and when the database cannot be made.
    pub async fn with_database<F>(self, case: impl FnOnce(TestDatabase) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let name = format!("smartlinks_test_{}", random_hex()?);
        self.administer(format!("create database {name}")).await?;
        let database = TestDatabase {
            server: self.clone(),
            name: name.clone(),
        };
        let ended = tokio::spawn(case(database)).await;
        self.administer(format!("drop database {name} with (force)"))
            .await?;
        match ended {
            Ok(result) => result,
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }
}

impl TestDatabase {
    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.address(&self.name)
    }

    /// Its address when the server is reached through another host and port.
    #[must_use]
    pub fn url_through(&self, authority: &str) -> String {
        self.url().replacen(self.server.authority(), authority, 1)
    }

    /// Host and port of the server.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.server.authority()
    }

    /// A way past the service, to look at rows and to change them.
    ///
    /// # Errors
    /// When the address is none.
    pub fn pool(&self) -> Result<PgPool> {
        Ok(PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy(&self.url())?)
    }
}

/// Runs a case on a database of its own. Says so where there is no server and none is demanded.
///
/// # Errors
/// As [`PostgresServer::with_database`].
pub async fn on_postgres<F>(case: impl FnOnce(TestDatabase) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    match PostgresServer::from_environment()? {
        Some(server) => server.with_database(case).await,
        None => {
            #[expect(clippy::print_stdout, reason = "says which tests were not run")]
            {
                println!(
                    "not run: PostgreSQL is tested by `cargo xtask test`, or with TEST_DATABASE_URL set"
                );
            }
            Ok(())
        }
    }
}

fn random_hex() -> Result<String> {
    use smartlinks_store::Entropy as _;
    let mut bytes = [0_u8; 8];
    smartlinks_store::SystemEntropy.fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
