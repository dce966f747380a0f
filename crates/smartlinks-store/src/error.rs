//! What can go wrong with the store, in words that say who can mend it.

mod classify;

use std::error::Error;

use crate::EntropyError;
use crate::connections::ConnectionId;
use crate::seal::{KeyError, SealError};

pub(crate) use classify::{
    denied, in_a_step, io, migration, postgres, schema, sqlite, unreachable,
};

/// The error underneath.
pub type Cause = Box<dyn Error + Send + Sync + 'static>;

/// Why the store did not do what it was asked. `place` names the database: a file, or a PostgreSQL address
/// without its password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space is left.
    #[error(
        "{place}: no space is left, nothing was stored and what was stored before is intact. \
         Free space on that disk (or raise its quota), then try again"
    )]
    Full {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The file, its disk or the server takes no writes.
    #[error(
        "{place}: cannot be written, nothing was stored. \
         Make the file, its folder and its disk writable for the user that runs smartlinks"
    )]
    ReadOnly {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The operating system or the database server refused access.
    #[error(
        "{place}: access was refused. \
         Give the user that runs smartlinks the right to it (file owner and mode, or the PostgreSQL role)"
    )]
    Denied {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// Others can change the folder, so its files cannot be trusted.
    #[error(
        "{place}: every user of this machine can replace files in this folder (mode {mode:o}). \
         Run `chmod 700 {place}` or choose another data directory"
    )]
    OpenFolder {
        /// The folder.
        place: String,
        /// Its mode bits.
        mode: u32,
    },

    /// The file is something else, or damaged beyond reading.
    #[error(
        "{place}: is not a SmartLinks database, or it is damaged. \
         Move the file away and restore a backup, or start with an empty data directory"
    )]
    NotADatabase {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// Another process held the database for too long.
    #[error(
        "{place}: another process kept the database busy for too long, nothing was stored. \
         Try again; if it stays so, look for a backup job or a stuck smartlinks process"
    )]
    Busy {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The database cannot be reached.
    #[error(
        "{place}: the database cannot be reached. \
         Check that it runs, that the address is right and that the disk is attached, then try again"
    )]
    Unavailable {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The store was closed.
    #[error("{place}: the store has been closed")]
    Closed {
        /// The database.
        place: String,
    },

    /// A row holds what no version of this program writes.
    #[error(transparent)]
    Corrupt(#[from] Inconsistency),

    /// A sealed value does not open, or none could be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),

    /// The key ring does not fit the database.
    #[error(transparent)]
    Keys(#[from] KeyError),

    /// The key that seals is not retired.
    #[error(
        "the key `{key}` is the one that seals. Make another one active first: `smartlinks keyring rotate`"
    )]
    KeyActive {
        /// The key.
        key: String,
    },

    /// Something is still sealed with the key.
    #[error(
        "the key `{key}` is still needed: {rows} rows of {table} are sealed with it. \
         Move them first: `smartlinks keyring reencrypt`"
    )]
    KeyInUse {
        /// The key.
        key: String,
        /// The table.
        table: &'static str,
        /// How many of its rows.
        rows: i64,
    },

    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// There is no such row.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The name that was asked for.
        id: String,
    },

    /// The account has a connection already.
    #[error(
        "the account is already connected as {connection}; reconnect that one, it keeps its id"
    )]
    AccountAlreadyConnected {
        /// The connection of that account.
        connection: ConnectionId,
    },

    /// The connection is another account's, and nobody has said that it may become this one's.
    #[error(
        "the connection {connection} belongs to another account; sign in with that one, or confirm that \
         another account may take its place"
    )]
    OtherAccount {
        /// The connection.
        connection: ConnectionId,
    },

    /// What was to be stored collides with what is there.
    #[error(
        "{place}: it is there already, or was changed at the same time. Read again and try again"
    )]
    Conflict {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The database belongs to another gateway or app.
    #[error(
        "{place}: belongs to gateway {stored_origin} and app key {stored_app_key}, but smartlinks was started \
         for gateway {origin} and app key {app_key}. \
         Start with the former, or use another data directory (or database) for the latter"
    )]
    StampMismatch {
        /// The database.
        place: String,
        /// Gateway it was made for.
        stored_origin: String,
        /// App key it was made for.
        stored_app_key: String,
        /// Gateway of this start.
        origin: String,
        /// App key of this start.
        app_key: String,
    },

    /// A later version has changed the schema.
    #[error(
        "{place}: has been used by a newer smartlinks (schema step {version} is unknown here). \
         Run that version again, or restore a backup made before it"
    )]
    NewerSchema {
        /// The database.
        place: String,
        /// The unknown step.
        version: i64,
    },

    /// The schema could not be brought up to date.
    #[error(
        "{place}: the schema could not be brought up to date. Restore a backup, and report this"
    )]
    Migration {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },

    /// The schema is not the one that this version makes.
    #[error(
        "{place}: has another schema than this version makes ({problem}). \
         Somebody changed it by hand; restore a backup, and report this"
    )]
    Schema {
        /// The database.
        place: String,
        /// What differs.
        problem: String,
    },

    /// It is needed alone, and another process uses it; or another one needs it alone.
    #[error(
        "{place}: {reason}, nothing was changed. End that first (stop the server), then try again"
    )]
    InUse {
        /// The database.
        place: String,
        /// Who uses it.
        reason: &'static str,
    },

    /// The target of a copy holds something.
    #[error(
        "{place}: is not empty (table {table}), nothing was copied. Name a new, empty database: \
         what is in this one would be mixed up or lost"
    )]
    NotEmpty {
        /// The database.
        place: String,
        /// A table that holds something, or is not ours.
        table: String,
    },

    /// What was written reads back differently.
    #[error(
        "{place}: table {table} does not read back as it was written; the copy stays marked as unfinished. \
         Run the copy again; if it stays so, report this"
    )]
    CopyDiffers {
        /// The target.
        place: String,
        /// The table.
        table: String,
    },

    /// A copy into this database was begun and never finished.
    #[error(
        "{place}: holds an unfinished copy of {source_place}. Run the same `smartlinks db copy` again: \
         it begins anew and, at its end, lets the database be used"
    )]
    UnfinishedCopy {
        /// The database.
        place: String,
        /// What it was copied from.
        source_place: String,
    },

    /// Everything in this database was copied to another one, which is used in its stead.
    #[error(
        "{place}: was moved to {to}. Set DATABASE_URL to that database: two servers on two copies would spend each \
         other's tokens. To go back to this one for good, run `smartlinks db reopen`"
    )]
    Moved {
        /// The database.
        place: String,
        /// Where everything is now.
        to: String,
    },

    /// The address of the database cannot be read.
    #[error(
        "the database address is not usable: {problem}. \
         Use a file path, or postgres://user:password@host:5432/name in DATABASE_URL"
    )]
    Address {
        /// What is wrong with it; never the address itself, which may hold a password.
        problem: String,
    },

    /// Anything else the database said.
    #[error("{place}: the database refused a statement; report this with the cause")]
    Database {
        /// The database.
        place: String,
        /// The error underneath.
        #[source]
        source: Cause,
    },
}

impl StoreError {
    /// A stable word for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "storage_full",
            Self::ReadOnly { .. } => "storage_read_only",
            Self::Denied { .. } => "storage_denied",
            Self::OpenFolder { .. } => "storage_open_folder",
            Self::NotADatabase { .. } => "storage_not_a_database",
            Self::Busy { .. } => "storage_busy",
            Self::Unavailable { .. } => "storage_unavailable",
            Self::Closed { .. } => "storage_closed",
            Self::Corrupt(_) => "storage_corrupt",
            Self::Seal(_) => "storage_seal",
            Self::Keys(_) => "storage_keys",
            Self::KeyActive { .. } => "key_active",
            Self::KeyInUse { .. } => "key_in_use",
            Self::Entropy(_) => "storage_entropy",
            Self::NotFound { .. } => "not_found",
            Self::AccountAlreadyConnected { .. } => "account_already_connected",
            Self::OtherAccount { .. } => "other_account",
            Self::Conflict { .. } => "conflict",
            Self::StampMismatch { .. } => "storage_stamp_mismatch",
            Self::NewerSchema { .. } => "storage_newer_schema",
            Self::Migration { .. } => "storage_migration",
            Self::Schema { .. } => "storage_schema",
            Self::InUse { .. } => "storage_in_use",
            Self::NotEmpty { .. } => "storage_not_empty",
            Self::CopyDiffers { .. } => "storage_copy_differs",
            Self::UnfinishedCopy { .. } => "storage_unfinished_copy",
            Self::Moved { .. } => "storage_moved",
            Self::Address { .. } => "storage_address",
            Self::Database { .. } => "storage_database",
        }
    }

    /// Whether the store itself failed (`storage_failed` on the callback page), as against an answer such as
    /// "not found" that lies in what was asked.
    #[must_use]
    pub const fn is_storage_failure(&self) -> bool {
        !matches!(
            self,
            Self::NotFound { .. }
                | Self::AccountAlreadyConnected { .. }
                | Self::OtherAccount { .. }
                | Self::Conflict { .. }
                | Self::KeyActive { .. }
                | Self::KeyInUse { .. }
        )
    }

    /// Whether the same request may succeed later without anybody doing anything.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Unavailable { .. } | Self::Conflict { .. }
        )
    }
}

/// An error for the log, with everything that was underneath a [`StoreError`] in it: what is told to a person leaves
/// that out. Of an answer of PostgreSQL the code and the message, never the DETAIL, which repeats values; and nothing of
/// what is underneath other errors, which may repeat what was sent.
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut errors = std::iter::successors(Some(error), |error| (*error).source());
    if !errors.any(|error| error.is::<StoreError>()) {
        return text;
    }
    for cause in errors {
        let words = cause.to_string();
        // What stands there already is not said twice.
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        let code = cause.downcast_ref().and_then(classify::database_code);
        if let Some(code) = code {
            text = format!("{text} (PostgreSQL code {code})");
        }
    }
    text
}

/// A stored value that cannot be what this program wrote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "table {table}, column {column}, row {id}: holds a value that cannot be read. \
     Somebody or something changed the database by hand, or its disk is failing; restore that row from a backup"
)]
pub struct Inconsistency {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub id: String,
}
