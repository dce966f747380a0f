//! Statements on one database connection.

use rusqlite::Connection;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;

use super::{Row, Value, sqlite};
use crate::StoreError;
use crate::error;

/// A query whose rows stay as they are, or unseen by others, until the transaction ends. SQLite needs no words for
/// it, since a change there has no other beside it.
pub(crate) struct Locking {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A query and how PostgreSQL is to lock its rows.
macro_rules! locking {
    ($lock:literal: $($sql:tt)+) => {
        $crate::sql::Locking {
            sqlite: concat!($($sql)+),
            postgres: concat!($($sql)+, " ", $lock),
        }
    };
}
pub(crate) use locking;

/// A database connection inside a transaction.
pub(crate) enum Session<'c> {
    Sqlite(&'c str, &'c mut Connection),
    Postgres(&'c str, &'c mut PgConnection),
}

impl Session<'_> {
    /// The database in words, for messages.
    pub(crate) fn place(&self) -> &str {
        let (Self::Sqlite(place, _) | Self::Postgres(place, _)) = self;
        place
    }

    /// Nobody else can write until this transaction ends: on SQLite it holds the one write lock from its first
    /// statement on (`begin immediate`).
    pub(crate) const fn writes_alone(&self) -> bool {
        matches!(self, Self::Sqlite(..))
    }

    /// The error of a change that found its row changed by another since it read it.
    pub(crate) fn overtaken(&self) -> StoreError {
        let (Self::Sqlite(place, _) | Self::Postgres(place, _)) = self;
        StoreError::Conflict {
            place: (*place).to_owned(),
            source: "the row was changed at the same time".into(),
        }
    }

    /// Runs a statement; gives how many rows it changed.
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(place, connection) => sqlite::execute(connection, sql, &values)
                .map_err(|error| error::sqlite(place, error)),
            Self::Postgres(place, connection) => postgres_query(sql, values)
                .execute(&mut **connection)
                .await
                .map(|done| done.rows_affected())
                .map_err(|error| error::postgres(place, error)),
        }
    }

    const fn words(&self, query: &Locking) -> &'static str {
        match self {
            Self::Sqlite(..) => query.sqlite,
            Self::Postgres(..) => query.postgres,
        }
    }

    /// The first row of an answer, locked.
    pub(crate) async fn first_locked(
        &mut self,
        query: &Locking,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        self.first(self.words(query), values).await
    }

    /// All rows of an answer, locked.
    pub(crate) async fn all_locked(
        &mut self,
        query: &Locking,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.all(self.words(query), values).await
    }

    /// The first row of an answer.
    pub(crate) async fn first(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Sqlite(place, connection) => sqlite::first(connection, sql, &values)
                .map(|row| row.map(Row::Sqlite))
                .map_err(|error| error::sqlite(place, error)),
            Self::Postgres(place, connection) => postgres_query(sql, values)
                .fetch_optional(&mut **connection)
                .await
                .map(|row| row.map(Row::Postgres))
                .map_err(|error| error::postgres(place, error)),
        }
    }

    /// All rows of an answer.
    pub(crate) async fn all(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(place, connection) => sqlite::all(connection, sql, &values)
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect())
                .map_err(|error| error::sqlite(place, error)),
            Self::Postgres(place, connection) => postgres_query(sql, values)
                .fetch_all(&mut **connection)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect())
                .map_err(|error| error::postgres(place, error)),
        }
    }
}

pub(super) fn postgres_query(
    sql: &'static str,
    values: Vec<Value>,
) -> Query<'static, sqlx::Postgres, PgArguments> {
    values
        .into_iter()
        .fold(sqlx::query(sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
            Value::Blob(bytes) => query.bind(bytes),
        })
}
