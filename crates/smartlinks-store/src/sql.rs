//! A thin layer over rusqlite and sqlx that makes one SQL text serve SQLite and PostgreSQL.
//!
//! SQL here keeps to what SQLite and PostgreSQL share: `$1` parameters, `on conflict`, `returning`, row values;
//! ids and words as text, moments as 64-bit milliseconds, amounts as decimal text, sealed values as bytes.

mod postgres;
mod row;
mod schema;
mod session;
mod sqlite;
mod upkeep;
mod value;
mod write;

pub(crate) use postgres::Postgres;
pub(crate) use row::{Fields, Misread, Row};
pub(crate) use session::{Locking, Session, locking};
pub(crate) use sqlite::{Sqlite, SqliteSettings};
pub(crate) use upkeep::{ColumnOfValues, Upkeep};
pub(crate) use value::{Value, values};
pub(crate) use write::Write;

/// Looking into a database without opening it as a store.
pub(crate) mod peek {
    pub(crate) use super::postgres::peek as postgres;
    pub(crate) use super::sqlite::peek as sqlite;
}

use std::sync::Arc;

use write::Statement;

use crate::StoreError;

/// Is told of every failure of the database.
pub type ErrorWatch = Arc<dyn Fn(&StoreError) + Send + Sync>;

/// A database, and who is told of its failures.
pub(crate) struct Database {
    kind: Kind,
    failures: Option<ErrorWatch>,
}

/// One of the databases. Another kind is another arm here and in [`Session`] and [`Row`].
pub(crate) enum Kind {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    /// Of one kind; `failures` is told of everything that goes wrong from here on.
    pub(crate) fn new(kind: Kind, failures: Option<ErrorWatch>) -> Self {
        Self { kind, failures }
    }

    /// The database in words, for messages.
    pub(crate) fn place(&self) -> &str {
        self.kind.place()
    }

    fn told<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (Err(error), Some(failures)) = (&result, &self.failures)
            && error.is_storage_failure()
        {
            failures(error);
        }
        result
    }

    /// All rows of a query that changes nothing.
    pub(crate) async fn all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.told(self.kind.all(sql, values).await)
    }

    /// The same for a query whose best way depends on its values: filters of which most say nothing, a limit. After
    /// some runs PostgreSQL would make one plan for all values, and take a filter for narrow that lets everything through.
    pub(crate) async fn all_by_values(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.all(sql, values).await,
            Kind::Postgres(postgres) => postgres.all_by_values(sql, values).await,
        };
        self.told(rows)
    }

    /// The first row of a query that changes nothing.
    pub(crate) async fn first(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        self.told(self.kind.first(sql, values).await)
    }

    /// One statement that changes rows, durable when it returns; gives how many it changed.
    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.told(self.kind.execute(sql, values).await)
    }

    /// Several statements that take effect together or not at all, durable when it returns.
    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        self.told(self.kind.write(write).await)
    }

    /// Whether changes can be made at all. Asks nobody; a query tells whether the database answers.
    pub(crate) fn check_writer(&self) -> Result<(), StoreError> {
        self.told(match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.check_writer(),
            Kind::Postgres(_) => Ok(()),
        })
    }

    /// Leaves no copy of deleted values in files beside the database, as far as that is in our hands. False when it has
    /// to wait for somebody, and is done later.
    pub(crate) async fn scrub(&self) -> Result<bool, StoreError> {
        self.told(self.kind.scrub().await)
    }

    /// Ends all connections; later calls fail with [`StoreError::Closed`].
    pub(crate) async fn close(&self) {
        self.kind.close().await;
    }
}

impl Kind {
    fn place(&self) -> &str {
        match self {
            Self::Sqlite(sqlite) => sqlite.place(),
            Self::Postgres(postgres) => postgres.place(),
        }
    }

    async fn all(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.all(sql, values).await,
            Self::Postgres(postgres) => postgres.all(sql, values).await,
        }
    }

    async fn first(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.first(sql, values).await,
            Self::Postgres(postgres) => postgres.first(sql, values).await,
        }
    }

    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        let statement = Statement { sql, values };
        match self {
            Self::Sqlite(sqlite) => sqlite.write(statement).await,
            Self::Postgres(postgres) => postgres.write_one(statement).await,
        }
    }

    async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(write).await,
            Self::Postgres(postgres) => postgres.write(write).await,
        }
    }

    async fn scrub(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.empty_log().await,
            Self::Postgres(_) => Ok(true),
        }
    }

    async fn close(&self) {
        match self {
            Self::Sqlite(sqlite) => sqlite.close().await,
            Self::Postgres(postgres) => postgres.close().await,
        }
    }
}
