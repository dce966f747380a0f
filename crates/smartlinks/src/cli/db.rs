//! `db …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `db …`
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Bring the schema up to date (a start does so by itself)
    Migrate,
    /// Look whether the database is sound and everything sealed in it opens (exit code 1 when not); changes nothing
    Check {
        /// Open only so many rows of each table, chosen at random; all when left out
        #[arg(long, value_name = "N")]
        sample: Option<u32>,
    },
    /// Move everything from SQLite to an empty PostgreSQL database, and compare; `db reopen` goes back to what SQLite had
    Copy(CopyArgs),
    /// Use the SQLite database again that was copied away, in place of its copy
    Reopen {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// `db copy …`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct CopyArgs {
    /// The empty database; whoever can list processes sees a password in it, so better use --to-file
    #[arg(long, value_name = "postgres://…")]
    pub(crate) to: Option<String>,
    /// File that holds the address of the empty database, or - to read it from stdin
    #[arg(long, value_name = "FILE|-")]
    pub(crate) to_file: Option<PathBuf>,
}
