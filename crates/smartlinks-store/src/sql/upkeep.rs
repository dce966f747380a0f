//! One connection to a database as a whole, for looking after it. Its statements name tables and columns that were
//! read from the schema, so they are not constants.

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::postgres;
use super::sqlite::{self, InUse};
use super::{Row, Value, schema};
use crate::error;
use crate::{DatabaseUrl, StoreError};

/// One connection for upkeep.
pub(crate) enum Upkeep {
    Sqlite {
        place: String,
        connection: SqliteConnection,
        /// Says to other processes that the file is in use, or that nobody else may use it.
        _in_use: Option<InUse>,
    },
    Postgres {
        place: String,
        connection: PgConnection,
    },
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
                let (connection, in_use) = sqlite::open_to_change(path).await?;
                Ok(Self::sqlite(path, connection, in_use))
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
                let connection = sqlite::open_to_read(path).await?;
                Ok(Self::sqlite(path, connection, None))
            }
            DatabaseUrl::Postgres(_) => Self::to_change(url).await,
        }
    }

    /// A SQLite file that no other process uses from here on.
    pub(crate) async fn alone(path: &std::path::Path) -> Result<Self, StoreError> {
        let (connection, in_use) = sqlite::open_alone(path).await?;
        Ok(Self::sqlite(path, connection, in_use))
    }

    /// A new SQLite database in memory, with the schema of this version and nothing else.
    pub(crate) async fn blank() -> Result<Self, StoreError> {
        let connection = sqlite::open_in_memory().await?;
        let path = std::path::Path::new("(in memory)");
        let mut blank = Self::sqlite(path, connection, None);
        blank.migrate().await?;
        Ok(blank)
    }

    fn sqlite(path: &std::path::Path, connection: SqliteConnection, in_use: Option<InUse>) -> Self {
        Self::Sqlite {
            place: path.display().to_string(),
            connection,
            _in_use: in_use,
        }
    }

    /// The database in words, for messages.
    pub(crate) fn place(&self) -> &str {
        let (Self::Sqlite { place, .. } | Self::Postgres { place, .. }) = self;
        place
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        match self {
            Self::Sqlite { place, .. } => error::sqlite(place, error),
            Self::Postgres { place, .. } => error::postgres(place, error),
        }
    }

    /// Brings the schema up to date.
    pub(crate) async fn migrate(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite {
                place, connection, ..
            } => sqlite::migrate(place, connection).await,
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
            Self::Sqlite { .. } => "select name from sqlite_schema where name = '_sqlx_migrations'",
            Self::Postgres { .. } => {
                "select tablename::text from pg_tables \
                 where schemaname = current_schema() and tablename = '_sqlx_migrations'"
            }
        };
        if self.all(there.to_owned()).await?.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.all(TAKEN.to_owned()).await?;
        let version = |row: &Row| row.number(0).map_err(|error| self.failed(error));
        rows.iter().map(version).collect()
    }

    /// Runs statements; gives how many rows the last one changed.
    pub(crate) async fn execute(&mut self, sql: String) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql);
        let done = match self {
            Self::Sqlite { connection, .. } => {
                let done = connection.execute(sql).await;
                done.map(|done| done.rows_affected())
            }
            Self::Postgres { connection, .. } => {
                let done = connection.execute(sql).await;
                done.map(|done| done.rows_affected())
            }
        };
        done.map_err(|error| self.failed(error))
    }

    /// All rows of a query.
    pub(crate) async fn all(&mut self, sql: String) -> Result<Vec<Row>, StoreError> {
        let rows: Result<Vec<Row>, _> = self.stream(sql).try_collect().await;
        rows.map_err(|error| self.failed(error))
    }

    /// The rows of a query one after the other.
    pub(crate) fn stream(&mut self, sql: String) -> BoxStream<'_, Result<Row, sqlx::Error>> {
        let query = AssertSqlSafe(sql);
        match self {
            Self::Sqlite { connection, .. } => {
                Box::pin(sqlx::query(query).fetch(connection).map_ok(Row::Sqlite))
            }
            Self::Postgres { connection, .. } => {
                Box::pin(sqlx::query(query).fetch(connection).map_ok(Row::Postgres))
            }
        }
    }

    /// A value of `meta`; none when it has none of that name.
    pub(crate) async fn meta(&mut self, key: &'static str) -> Result<Option<String>, StoreError> {
        let rows = self
            .all(format!("select value from meta where key = '{key}'"))
            .await?;
        let value = rows.first().map_or(Ok(None), |row| row.text_at(0));
        value.map_err(|error| self.failed(error))
    }

    /// The first column of all rows, as text.
    pub(crate) async fn words(&mut self, sql: &'static str) -> Result<Vec<String>, StoreError> {
        let rows = self.all(sql.to_owned()).await?;
        let word = |row: &Row| row.text_at(0).map_err(|error| self.failed(error));
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

    /// How an error of this database is put into words.
    pub(crate) fn classify(&self) -> fn(&str, sqlx::Error) -> StoreError {
        match self {
            Self::Sqlite { .. } => error::sqlite,
            Self::Postgres { .. } => error::postgres,
        }
    }

    /// Ends the connection.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite {
                place, connection, ..
            } => {
                let closed = connection.close().await;
                closed.map_err(|error| error::sqlite(&place, error))
            }
            Self::Postgres { place, connection } => {
                let closed = connection.close().await;
                closed.map_err(|error| error::postgres(&place, error))
            }
        }
    }
}
