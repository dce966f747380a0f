//! SQLite: one connection that writes, several that only read.

mod file;
mod in_use;
mod open;
mod readers;
mod statement;
mod steps;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tokio::task::JoinError;

use super::{Row, Value, Write};
use crate::StoreError;
use crate::error;
pub(super) use in_use::InUse;
use readers::Readers;
pub(super) use statement::{Cell, SqliteRow, all, each, execute, first};
pub(super) use steps::migrate;
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
    readers: Readers,
    writer: Writer,
    /// Held for as long as the file is used.
    _in_use: Option<InUse>,
}

impl Sqlite {
    /// Opens or creates the file and brings the schema up to date.
    pub(crate) async fn open(settings: SqliteSettings) -> Result<Self, StoreError> {
        let place = settings.path.display().to_string();
        blocking(&place, move || Self::open_here(settings)).await
    }

    fn open_here(settings: SqliteSettings) -> Result<Self, StoreError> {
        let place = settings.path.display().to_string();
        let failed = |error| error::sqlite(&place, error);
        let (mut connection, in_use) = open_to_change(&settings.path)?;
        if let Some(pages) = settings.max_pages {
            let limit = format!("pragma max_page_count = {pages}");
            connection.execute_batch(&limit).map_err(failed)?;
        }
        migrate(&place, &mut connection)?;
        let readers = Readers::new(settings.path.clone(), settings.readers)?;
        file::tighten(&settings.path)?;
        let writer = Writer::start(place.clone(), connection)?;
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
        let read = move |connection: &Connection| all(connection, sql, &values);
        let rows = self.readers.read(read).await?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    pub(crate) async fn first(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        let read = move |connection: &Connection| first(connection, sql, &values);
        Ok(self.readers.read(read).await?.map(Row::Sqlite))
    }

    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        self.writer.write(write).await
    }

    /// Whether there is anybody to make changes.
    pub(crate) fn check_writer(&self) -> Result<(), StoreError> {
        self.writer.check()
    }

    /// Empties the write-ahead log; false when that has to wait.
    pub(crate) async fn empty_log(&self) -> Result<bool, StoreError> {
        self.writer.empty_log().await
    }

    pub(crate) async fn close(&self) {
        // The writer last: the connection that closes last folds the log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Runs work that blocks where that is allowed.
pub(super) async fn blocking<T: Send + 'static>(
    place: &str,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    joined(place, tokio::task::spawn_blocking(work).await)
}

/// What work on a thread of its own gave; a panic there is an error.
pub(super) fn joined<T>(
    place: &str,
    ended: Result<Result<T, StoreError>, JoinError>,
) -> Result<T, StoreError> {
    ended.unwrap_or_else(|ended| {
        Err(StoreError::Unavailable {
            place: place.to_owned(),
            source: ended.into(),
        })
    })
}

/// A connection for changes beside other processes; makes the file where there is none.
pub(super) fn open_to_change(path: &Path) -> Result<(Connection, Option<InUse>), StoreError> {
    file::prepare(path)?;
    let in_use = InUse::beside_others(path)?;
    Ok((writing_connection(path)?, in_use))
}

/// A connection to a file that no other process uses from here on.
pub(super) fn open_alone(path: &Path) -> Result<(Connection, Option<InUse>), StoreError> {
    must_exist(path)?;
    let in_use = InUse::alone(path)?;
    Ok((writing_connection(path)?, in_use))
}

fn writing_connection(path: &Path) -> Result<Connection, StoreError> {
    let place = path.display().to_string();
    let connection = open::writing(path).map_err(|error| error::sqlite(&place, error))?;
    file::use_wal(&place, &connection)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, StoreError> {
    must_exist(path)?;
    let place = path.display().to_string();
    open::reading(path).map_err(|error| error::sqlite(&place, error))
}

/// A new database in memory.
pub(super) fn open_in_memory() -> Result<Connection, StoreError> {
    open::in_memory().map_err(|error| error::sqlite("(in memory)", error))
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
    let (path, place) = (path.to_owned(), path.display().to_string());
    if !path.exists() {
        return Ok(None);
    }
    let in_file = place.clone();
    blocking(&place, move || {
        let failed = |error| error::sqlite(&in_file, error);
        let connection = open::reading(&path).map_err(failed)?;
        match first(&connection, sql, &values) {
            Err(error) if error.to_string().contains("no such table") => Ok(None),
            found => Ok(found.map_err(failed)?.map(Row::Sqlite)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Session, values};

    /// Design 6: what is answered is on disk (`synchronous` 2 is full), and what is deleted is overwritten.
    #[tokio::test]
    async fn the_writer_commits_to_the_disk() {
        struct Look;
        #[async_trait::async_trait]
        impl Write for Look {
            type Output = Vec<i64>;

            async fn run(&self, session: &mut Session<'_>) -> Result<Vec<i64>, StoreError> {
                let look = "select synchronous, secure_delete, foreign_keys \
                     from pragma_synchronous, pragma_secure_delete, pragma_foreign_keys";
                let row = session.first(look, values![]).await?.unwrap();
                Ok((0..3).map(|at| row.number(at).unwrap()).collect())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings {
            path: folder.path().join("smartlinks.db"),
            readers: 1,
            max_pages: None,
        };
        let sqlite = Sqlite::open(settings).await.unwrap();
        assert_eq!(sqlite.write(Look).await.unwrap(), [2, 1, 1]);
    }

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
