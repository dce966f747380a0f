//! PostgreSQL: one pool; every change runs to its end even if its caller goes away.

use std::time::Duration;

use sqlx::migrate::Migration;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use tracing::Instrument as _;

use super::session::postgres_query;
use super::write::Statement;
use super::{Row, Session, Value, Write, schema};
use crate::StoreError;
use crate::error;
use crate::store::PostgresUrl;

/// How long a caller waits for a free database connection, or for the server to take a new one.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for an answer. A server that has vanished from the network gives none; one that is there
/// ends a statement earlier by itself (see [`LIMITS`]).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Of each connection: nothing we ask takes as long, and whoever waits for a lock or holds one too long is ended. A commit
/// is on disk when it is answered, also where the server was set up to be faster; stronger settings stay.
const LIMITS: &str = "set statement_timeout = '15s'; set lock_timeout = '5s'; \
     set idle_in_transaction_session_timeout = '30s'; \
     select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') in ('off', 'local')";
/// How often a change is tried when it meets another one (deadlock, serialisation failure).
const ATTEMPTS: u32 = 3;

#[derive(Clone)]
pub(crate) struct Postgres {
    place: String,
    pool: PgPool,
}

impl Postgres {
    /// Brings the schema up to date and connects. What is lost later is connected anew when it is needed: a pooled
    /// connection is tried before it is handed out.
    pub(crate) async fn open(url: &PostgresUrl, connections: u32) -> Result<Self, StoreError> {
        let place = url.to_string();
        // On a connection of its own: a step may take longer than any statement afterwards.
        let mut connection = connect(url).await?;
        migrate(&place, &mut connection).await?;
        let failed = |error| error::postgres(&place, error);
        connection.close().await.map_err(failed)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(LIMITS).await.map(|_| ()) })
            })
            .connect_with(options(url)?)
            .await
            .map_err(failed)?;
        Ok(Self { place, pool })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        // The pool only says that it has waited; a server that is gone looks the same as one that is overrun.
        if matches!(error, sqlx::Error::PoolTimedOut) {
            let reason = "no connection was to be had: it takes none, or all of ours are in use";
            return error::unreachable(&self.place, reason);
        }
        error::postgres(&self.place, error)
    }

    /// Gives up when no answer comes. Whether a change took effect is then open, as with any lost answer.
    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(ANSWER_TIMEOUT, work).await {
            Ok(done) => done,
            Err(_) => Err(error::unreachable(&self.place, "it does not answer")),
        }
    }

    pub(crate) async fn all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.in_time(async {
            let rows = postgres_query(sql, values).fetch_all(&self.pool).await;
            let rows = rows.map_err(|error| self.failed(error))?;
            Ok(rows.into_iter().map(Row::Postgres).collect())
        })
        .await
    }

    /// The same, planned anew for its values: a statement that is not kept has no plan for all values.
    pub(crate) async fn all_by_values(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.in_time(async {
            let query = postgres_query(sql, values).persistent(false);
            let rows = query.fetch_all(&self.pool).await;
            let rows = rows.map_err(|error| self.failed(error))?;
            Ok(rows.into_iter().map(Row::Postgres).collect())
        })
        .await
    }

    pub(crate) async fn first(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        self.in_time(async {
            let row = postgres_query(sql, values).fetch_optional(&self.pool).await;
            Ok(row.map_err(|error| self.failed(error))?.map(Row::Postgres))
        })
        .await
    }

    /// A single statement is its own transaction, which saves two round trips.
    pub(crate) async fn write_one(&self, statement: Statement) -> Result<u64, StoreError> {
        let this = self.clone();
        self.to_the_end(async move {
            this.in_time(async {
                let done = postgres_query(statement.sql, statement.values)
                    .execute(&this.pool)
                    .await;
                Ok(done.map_err(|error| this.failed(error))?.rows_affected())
            })
            .await
        })
        .await
    }

    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        let this = self.clone();
        self.to_the_end(async move {
            let mut attempt = 1;
            loop {
                match this.in_time(this.try_write(&write)).await {
                    Err(StoreError::Busy { .. } | StoreError::Conflict { .. })
                        if attempt < ATTEMPTS =>
                    {
                        attempt += 1;
                    }
                    settled => return settled,
                }
            }
        })
        .await
    }

    async fn try_write<W: Write>(&self, write: &W) -> Result<W::Output, StoreError> {
        let mut transaction = self
            .pool
            .begin()
            .await
            .map_err(|error| self.failed(error))?;
        let connection: &mut PgConnection = &mut transaction;
        let output = write
            .run(&mut Session::Postgres(&self.place, connection))
            .await?;
        transaction
            .commit()
            .await
            .map_err(|error| self.failed(error))?;
        Ok(output)
    }

    /// Runs on a task of its own: a caller that is dropped must not leave a change half done or unanswered.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        match tokio::spawn(work.in_current_span()).await {
            Ok(done) => done,
            Err(ended) => Err(StoreError::Unavailable {
                place: self.place.clone(),
                source: ended.into(),
            }),
        }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// One connection, without the limits of the pooled ones.
pub(super) async fn connect(url: &PostgresUrl) -> Result<PgConnection, StoreError> {
    let place = url.to_string();
    match tokio::time::timeout(ANSWER_TIMEOUT, options(url)?.connect()).await {
        Ok(connected) => connected.map_err(|error| error::postgres(&place, error)),
        Err(_) => Err(error::unreachable(&place, "it does not answer")),
    }
}

/// Brings the schema up to date. Several processes may come to it together: the migrator lets one at a time.
pub(super) async fn migrate(place: &str, connection: &mut PgConnection) -> Result<(), StoreError> {
    let current = is_current(connection).await;
    if current.map_err(|error| error::postgres(place, error))? {
        return Ok(());
    }
    let migrated = schema::postgres().run_direct(None, connection, false).await;
    migrated.map_err(|error| error::migration(place, error))
}

/// Whether all our steps were taken, and no others. Then nothing is left to make, which a role may not be allowed to.
async fn is_current(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    const TAKEN: &str =
        "select version, checksum from _sqlx_migrations where success order by version";
    let taken: Vec<(i64, Vec<u8>)> = match sqlx::query_as(TAKEN).fetch_all(connection).await {
        Err(error) if is_undefined_table(&error) => return Ok(false),
        taken => taken?,
    };
    let known = schema::postgres();
    let same = |step: &Migration, (version, checksum): &(i64, Vec<u8>)| {
        step.version == *version && *step.checksum == **checksum
    };
    Ok(known.iter().len() == taken.len()
        && known
            .iter()
            .zip(&taken)
            .all(|(step, taken)| same(step, taken)))
}

fn options(url: &PostgresUrl) -> Result<PgConnectOptions, StoreError> {
    let options: PgConnectOptions = url.expose().parse().map_err(|_| StoreError::Address {
        problem: "PostgreSQL does not know one of its parts".to_owned(),
    })?;
    Ok(options
        .application_name("smartlinks")
        .disable_statement_logging())
}

/// The value of a key in `meta`, if there is such a table; changes nothing.
pub(crate) async fn peek(
    url: &PostgresUrl,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<Option<Row>, StoreError> {
    let place = url.to_string();
    let failed = |error| error::postgres(&place, error);
    let mut connection = connect(url).await?;
    let row = match postgres_query(sql, values)
        .fetch_optional(&mut connection)
        .await
    {
        Err(error) if is_undefined_table(&error) => Ok(None),
        other => other.map_err(failed),
    };
    connection.close().await.map_err(failed)?;
    Ok(row?.map(Row::Postgres))
}

fn is_undefined_table(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "42P01")
}
