//! SQLite: one connection that writes, several that only read.

mod file;
mod in_use;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::session::sqlite_query;
use super::{Row, Value, Write, schema};
use crate::StoreError;
use crate::error;
pub(super) use in_use::InUse;
use writer::Writer;

/// How long SQLite waits for another process to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What can be chosen about a SQLite database.
pub(crate) struct SqliteSettings {
    pub(crate) path: PathBuf,
    pub(crate) readers: u32,
    pub(crate) max_pages: Option<u32>,
}

pub(crate) struct Sqlite {
    place: String,
    readers: SqlitePool,
    writer: Writer,
    /// Held for as long as the file is used.
    _in_use: Option<InUse>,
}

impl Sqlite {
    /// Opens or creates the file and brings the schema up to date.
    pub(crate) async fn open(settings: SqliteSettings) -> Result<Self, StoreError> {
        let place = settings.path.display().to_string();
        file::prepare(&settings.path)?;
        let in_use = InUse::beside_others(&settings.path)?;
        let mut options = writing(&settings.path);
        if let Some(pages) = settings.max_pages {
            options = options.pragma("max_page_count", pages.to_string());
        }
        let mut connection = options
            .connect()
            .await
            .map_err(|error| error::sqlite(&place, error))?;
        file::use_wal(&place, &mut connection).await?;
        migrate(&place, &mut connection).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(settings.readers.max(1))
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(base(&settings.path).read_only(true))
            .await
            .map_err(|error| error::sqlite(&place, error))?;
        file::tighten(&settings.path)?;
        let writer = Writer::start(place.clone(), connection);
        Ok(Self {
            place,
            readers,
            writer,
            _in_use: in_use,
        })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) async fn all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = sqlite_query(sql, values).fetch_all(&self.readers).await;
        let rows = rows.map_err(|error| error::sqlite(&self.place, error))?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    pub(crate) async fn first(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        let row = sqlite_query(sql, values)
            .fetch_optional(&self.readers)
            .await;
        let row = row.map_err(|error| error::sqlite(&self.place, error))?;
        Ok(row.map(Row::Sqlite))
    }

    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        self.writer.write(write).await
    }

    pub(crate) async fn checkpoint(&self) -> Result<(), StoreError> {
        self.writer.checkpoint().await
    }

    pub(crate) async fn close(&self) {
        // The writer last: the connection that closes last folds the log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn base(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging()
}

/// `FULL`: a commit is on disk when it returns. `secure_delete`: what is deleted is overwritten.
fn writing(path: &Path) -> SqliteConnectOptions {
    base(path)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "on")
}

/// In one immediate transaction, because the migrator itself takes no lock on SQLite and two processes may
/// start at once.
pub(super) async fn migrate(
    place: &str,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let failed = |error| error::sqlite(place, error);
    let mut transaction = connection
        .begin_with("begin immediate")
        .await
        .map_err(failed)?;
    let migrated = schema::sqlite()
        .run_direct(None, &mut *transaction, false)
        .await;
    migrated.map_err(|error| error::migration(place, error, error::sqlite))?;
    transaction.commit().await.map_err(failed)
}

/// A connection for changes beside other processes; makes the file where there is none.
pub(super) async fn open_to_change(
    path: &Path,
) -> Result<(SqliteConnection, Option<InUse>), StoreError> {
    file::prepare(path)?;
    let in_use = InUse::beside_others(path)?;
    Ok((writing_connection(path).await?, in_use))
}

/// A connection to a file that no other process uses from here on.
pub(super) async fn open_alone(
    path: &Path,
) -> Result<(SqliteConnection, Option<InUse>), StoreError> {
    must_exist(path)?;
    let in_use = InUse::alone(path)?;
    Ok((writing_connection(path).await?, in_use))
}

async fn writing_connection(path: &Path) -> Result<SqliteConnection, StoreError> {
    let place = path.display().to_string();
    let connected = writing(path).connect().await;
    let mut connection = connected.map_err(|error| error::sqlite(&place, error))?;
    file::use_wal(&place, &mut connection).await?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) async fn open_to_read(path: &Path) -> Result<SqliteConnection, StoreError> {
    must_exist(path)?;
    let place = path.display().to_string();
    let connected = base(path).read_only(true).connect().await;
    connected.map_err(|error| error::sqlite(&place, error))
}

/// A new database in memory.
pub(super) async fn open_in_memory() -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().in_memory(true);
    let connected = options.disable_statement_logging().connect().await;
    connected.map_err(|error| error::sqlite("(in memory)", error))
}

fn must_exist(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    Err(error::io(
        &path.display().to_string(),
        std::io::ErrorKind::NotFound.into(),
    ))
}

/// The first row of a query on a file, if there is one with such a table; changes nothing.
pub(crate) async fn peek(
    path: &Path,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<Option<Row>, StoreError> {
    let place = path.display().to_string();
    if !path.exists() {
        return Ok(None);
    }
    let failed = |error| error::sqlite(&place, error);
    let mut connection = base(path).connect().await.map_err(failed)?;
    let row = match sqlite_query(sql, values)
        .fetch_optional(&mut connection)
        .await
    {
        Err(error) if error.to_string().contains("no such table") => Ok(None),
        other => other.map_err(failed),
    };
    connection.close().await.map_err(failed)?;
    Ok(row?.map(Row::Sqlite))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::values;

    /// F6: the readers cannot write, by which a read-only file can be had even as root.
    #[tokio::test]
    async fn a_write_where_none_is_allowed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings {
            path: folder.path().join("smartlinks.db"),
            readers: 1,
            max_pages: None,
        };
        let sqlite = Sqlite::open(settings).await.unwrap();
        let write = "insert into meta (key, value) values ($1, 'b') returning key";
        let error = sqlite.first(write, values!["a"]).await.err().unwrap();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        assert!(error.is_storage_failure());
        assert!(error.to_string().contains("smartlinks.db"), "{error}");
    }
}
