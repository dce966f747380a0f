//! One connection to a database as a whole, for looking after it. Its statements name tables and columns that were
//! read from the schema, so they are not constants.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rusqlite::Connection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::postgres;
use super::sqlite::{self, InUse};
use super::{Misread, Row, Value, schema};
use crate::error;
use crate::{DatabaseUrl, StoreError};

/// How many rows of a SQLite file are read ahead.
const AHEAD: usize = 256;

/// One connection for upkeep.
pub(crate) enum Upkeep {
    Sqlite(SqliteUpkeep),
    Postgres {
        place: String,
        connection: PgConnection,
    },
}

/// A SQLite connection that is used on threads which may block.
pub(crate) struct SqliteUpkeep {
    place: String,
    connection: Arc<Mutex<Connection>>,
    /// Says to other processes that the file is in use, or that nobody else may use it.
    _in_use: Option<InUse>,
}

impl SqliteUpkeep {
    async fn open(
        path: &Path,
        open: impl FnOnce(&PathBuf) -> Result<(Connection, Option<InUse>), StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (path, place) = (path.to_owned(), path.display().to_string());
        let (connection, in_use) = sqlite::blocking(&place, move || open(&path)).await?;
        Ok(Self {
            place,
            connection: Arc::new(Mutex::new(connection)),
            _in_use: in_use,
        })
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&str, &mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (place, connection) = (self.place.clone(), Arc::clone(&self.connection));
        sqlite::blocking(&self.place, move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&place, &mut connection)
        })
        .await
    }

    async fn execute(&self, sql: String) -> Result<u64, StoreError> {
        self.with(move |place, connection| {
            let done = connection.execute_batch(&sql);
            done.map_err(|error| error::sqlite(place, error))?;
            Ok(connection.changes())
        })
        .await
    }

    fn stream(&self, sql: String) -> BoxStream<'static, Result<Row, StoreError>> {
        let (place, connection) = (self.place.clone(), Arc::clone(&self.connection));
        streamed(self.place.clone(), move |rows| {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let read = sqlite::each(&connection, &sql, &[], |row| {
                rows.blocking_send(Row::Sqlite(row)).is_ok()
            });
            read.map_err(|error| error::sqlite(&place, error))
        })
    }
}

/// Hands on rows as they are taken, from a thread that may block. It ends when nobody takes them any more. The end of
/// the rows is the end of the reading, and not of its thread alone.
fn streamed<T: Send + 'static>(
    place: String,
    read: impl FnOnce(&mpsc::Sender<T>) -> Result<(), StoreError> + Send + 'static,
) -> BoxStream<'static, Result<T, StoreError>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || read(&sender));
    let next = move |(mut rows, reading): (mpsc::Receiver<T>, Option<JoinHandle<_>>)| {
        let place = place.clone();
        async move {
            if let Some(row) = rows.recv().await {
                return Some((Ok(row), (rows, reading)));
            }
            let ended = sqlite::joined(&place, reading?.await);
            Some((Err(ended.err()?), (rows, None)))
        }
    };
    stream::unfold((receiver, Some(reading)), next).boxed()
}

/// The values of one column, for many rows.
pub(crate) enum ColumnOfValues {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Blob(Vec<Option<Vec<u8>>>),
}

impl ColumnOfValues {
    /// Adds the next row's value. One of another kind counts as missing; the comparison afterwards finds it.
    pub(crate) fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Text(column), Value::Text(text)) => column.push(text),
            (Self::Int(column), Value::Int(number)) => column.push(number),
            (Self::Blob(column), Value::Blob(bytes)) => column.push(bytes),
            (Self::Text(column), _) => column.push(None),
            (Self::Int(column), _) => column.push(None),
            (Self::Blob(column), _) => column.push(None),
        }
    }
}

impl Upkeep {
    /// For changes beside other processes. Makes a SQLite file that is not there.
    pub(crate) async fn to_change(url: &DatabaseUrl) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let opened = SqliteUpkeep::open(path, |path| sqlite::open_to_change(path));
                Ok(Self::Sqlite(opened.await?))
            }
            DatabaseUrl::Postgres(url) => Ok(Self::Postgres {
                place: url.to_string(),
                connection: postgres::connect(url).await?,
            }),
        }
    }

    /// For reading only. A SQLite file that is not there is an error.
    pub(crate) async fn to_read(url: &DatabaseUrl) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let opened =
                    SqliteUpkeep::open(path, |path| Ok((sqlite::open_to_read(path)?, None)));
                Ok(Self::Sqlite(opened.await?))
            }
            DatabaseUrl::Postgres(_) => Self::to_change(url).await,
        }
    }

    /// A SQLite file that no other process uses from here on.
    pub(crate) async fn alone(path: &Path) -> Result<Self, StoreError> {
        let opened = SqliteUpkeep::open(path, |path| sqlite::open_alone(path));
        Ok(Self::Sqlite(opened.await?))
    }

    /// A new SQLite database in memory, with the schema of this version and nothing else.
    pub(crate) async fn blank() -> Result<Self, StoreError> {
        let opened = SqliteUpkeep::open(Path::new("(in memory)"), |_| {
            Ok((sqlite::open_in_memory()?, None))
        });
        let mut blank = Self::Sqlite(opened.await?);
        blank.migrate().await?;
        Ok(blank)
    }

    /// How SQLite goes about a statement, step by step.
    #[cfg(test)]
    pub(crate) async fn plan(&mut self, sql: &str) -> Vec<String> {
        // The larger numbers first: `$1` is a part of `$10`.
        let sql = (1..=30).rev().fold(sql.to_owned(), |sql, at| {
            sql.replace(&format!("${at}"), "1")
        });
        let steps = self.all(format!("explain query plan {sql}")).await.unwrap();
        let words = steps.iter().map(|row| row.text_at(3).unwrap());
        words.flatten().collect()
    }

    /// The database in words, for messages.
    pub(crate) fn place(&self) -> &str {
        match self {
            Self::Sqlite(sqlite) => &sqlite.place,
            Self::Postgres { place, .. } => place,
        }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Brings the schema up to date.
    pub(crate) async fn migrate(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.with(sqlite::migrate).await,
            Self::Postgres { place, connection } => postgres::migrate(place, connection).await,
        }
    }

    /// Every step that this program knows, as number and name.
    pub(crate) fn known_steps(&self) -> Vec<(i64, String)> {
        schema::steps()
    }

    /// The steps that the database has taken, in order; none when it is empty.
    pub(crate) async fn steps_taken(&mut self) -> Result<Vec<i64>, StoreError> {
        const TAKEN: &str = "select version from _sqlx_migrations order by version";
        let there = match self {
            Self::Sqlite(_) => "select name from sqlite_schema where name = '_sqlx_migrations'",
            Self::Postgres { .. } => {
                "select tablename::text from pg_tables \
                 where schemaname = current_schema() and tablename = '_sqlx_migrations'"
            }
        };
        if self.all(there.to_owned()).await?.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.all(TAKEN.to_owned()).await?;
        let version = |row: &Row| row.number(0).map_err(|error| self.misread(error));
        rows.iter().map(version).collect()
    }

    /// Runs statements; gives how many rows the last one changed.
    pub(crate) async fn execute(&mut self, sql: String) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.execute(sql).await,
            Self::Postgres { place, connection } => {
                let done = connection.execute(AssertSqlSafe(sql)).await;
                let done = done.map_err(|error| error::postgres(place, error))?;
                Ok(done.rows_affected())
            }
        }
    }

    /// All rows of a query.
    pub(crate) async fn all(&mut self, sql: String) -> Result<Vec<Row>, StoreError> {
        self.stream(sql).try_collect().await
    }

    /// The rows of a query one after the other.
    pub(crate) fn stream(&mut self, sql: String) -> BoxStream<'_, Result<Row, StoreError>> {
        match self {
            Self::Sqlite(sqlite) => sqlite.stream(sql),
            Self::Postgres { place, connection } => sqlx::query(AssertSqlSafe(sql))
                .fetch(connection)
                .map_ok(Row::Postgres)
                .map_err(|error| error::postgres(place, error))
                .boxed(),
        }
    }

    /// The error of a row that is not as its statement says.
    pub(crate) fn misread(&self, error: Misread) -> StoreError {
        error::schema(self.place(), error.to_string())
    }

    /// A value of `meta`; none when it has none of that name.
    pub(crate) async fn meta(&mut self, key: &'static str) -> Result<Option<String>, StoreError> {
        let rows = self
            .all(format!("select value from meta where key = '{key}'"))
            .await?;
        let value = rows.first().map_or(Ok(None), |row| row.text_at(0));
        value.map_err(|error| self.misread(error))
    }

    /// The first column of all rows, as text.
    pub(crate) async fn words(&mut self, sql: &'static str) -> Result<Vec<String>, StoreError> {
        let rows = self.all(sql.to_owned()).await?;
        let word = |row: &Row| row.text_at(0).map_err(|error| self.misread(error));
        let words: Result<Vec<Option<String>>, StoreError> = rows.iter().map(word).collect();
        Ok(words?.into_iter().flatten().collect())
    }

    /// Writes rows, given column by column. Only PostgreSQL takes whole columns as parameters.
    pub(crate) async fn insert(
        &mut self,
        sql: String,
        columns: Vec<ColumnOfValues>,
    ) -> Result<(), StoreError> {
        let Self::Postgres { place, connection } = self else {
            return Err(error::schema(
                self.place(),
                "rows are copied to PostgreSQL only".to_owned(),
            ));
        };
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = columns
            .into_iter()
            .fold(query, |query, column| match column {
                ColumnOfValues::Text(values) => query.bind(values),
                ColumnOfValues::Int(values) => query.bind(values),
                ColumnOfValues::Blob(values) => query.bind(values),
            });
        let done = query.execute(connection).await;
        done.map(|_| ())
            .map_err(|error| error::postgres(place, error))
    }

    /// Ends the connection.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => {
                let place = sqlite.place.clone();
                // The connection that closes last folds the log into the file, which blocks.
                sqlite::blocking(&place, move || {
                    drop(sqlite);
                    Ok(())
                })
                .await
            }
            Self::Postgres { place, connection } => {
                let closed = connection.close().await;
                closed.map_err(|error| error::postgres(&place, error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that ends too soon must not look whole.
    #[tokio::test]
    async fn rows_whose_reading_fails_do_not_just_end() {
        type Read = fn(&mpsc::Sender<u8>) -> Result<(), StoreError>;
        let whole: Read = |rows| {
            rows.blocking_send(1).unwrap();
            Ok(())
        };
        let fails: Read = |rows| {
            rows.blocking_send(1).unwrap();
            Err(error::unreachable("here", "the disk is gone"))
        };
        let panics: Read = |rows| {
            rows.blocking_send(1).unwrap();
            panic!("on purpose")
        };
        for (read, fine) in [(whole, true), (fails, false), (panics, false)] {
            let rows: Vec<_> = streamed("here".to_owned(), read).collect().await;
            assert!(matches!(rows[0], Ok(1)));
            match fine {
                true => assert_eq!(rows.len(), 1),
                false => assert!(matches!(rows[1..], [Err(StoreError::Unavailable { .. })])),
            }
        }
    }
}
