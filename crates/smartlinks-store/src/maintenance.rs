//! What an operator does to a database as a whole: bring its schema up to date, look whether it is sound, move it.
//!
//! Nothing here knows the tables. Names, columns, keys and references are read from the database's own schema, so a
//! table that a later migration adds is checked and moved without anybody thinking of it.

mod check;
mod copy;
mod digest;
mod reader;
mod schema_step;
mod tables;
mod target;

pub use check::{CheckOptions, CheckedTable, DatabaseCheck, Finding, KeyFit, check_database};
pub use copy::{CopiedTable, DatabaseCopy, copy_database, moved_to, reopen_database};
pub use schema_step::{SchemaChange, migrate_database};

pub(crate) use target::{MOVED_TO, UNFINISHED_COPY};

/// How far a long piece of work has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// The table it is at.
    pub table: String,
    /// Rows done of this table.
    pub done: u64,
    /// Rows of this table.
    pub of: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Rows are read and opened with the key ring.
    Checking,
    /// Rows are written to the other database.
    Copying,
    /// Rows are read back and compared.
    Comparing,
}

/// Told about progress now and then.
pub type Watch<'w> = &'w (dyn Fn(Progress) + Send + Sync);
