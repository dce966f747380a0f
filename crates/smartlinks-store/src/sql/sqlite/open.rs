//! Opening a SQLite file, and what every connection to it has in common.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result};

use super::BUSY_TIMEOUT;
use super::statement::PREPARED;

/// A connection that writes. `FULL`: a commit is on disk when it returns. `secure_delete`: what is deleted is
/// overwritten. The log is folded into the file every 16 MiB: pages that change all the time are then written there
/// once, and not after every four.
pub(super) fn writing(path: &Path) -> Result<Connection> {
    let connection = with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch("pragma secure_delete = on; pragma wal_autocheckpoint = 4096")?;
    Ok(connection)
}

/// A connection that cannot write. There are several, and the system keeps in memory what of the file is read often:
/// each holds little of its own (512 KiB).
pub(super) fn reading(path: &Path) -> Result<Connection> {
    let connection = with(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "cache_size", -512)?;
    Ok(connection)
}

/// A new database in memory.
pub(super) fn in_memory() -> Result<Connection> {
    prepared(Connection::open_in_memory()?)
}

fn with(path: &Path, flags: OpenFlags) -> Result<Connection> {
    // Each connection is used by one thread at a time.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepared(Connection::open_with_flags(path, flags)?)
}

fn prepared(connection: Connection) -> Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
