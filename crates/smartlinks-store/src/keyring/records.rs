//! What is said about keys. Never a key.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Millis;

/// The keys of a database and of the process that looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Keyring {
    /// The key file of this process.
    pub file: PathBuf,
    /// The active one first, then by id.
    pub keys: Vec<KeyStanding>,
}

/// How one key stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyStanding {
    /// Its name in the key file and in sealed values.
    pub id: String,
    /// Its check value, `id:hex`: tells keys apart, reveals nothing. None for a key that rows name and nobody holds.
    pub check: Option<String>,
    /// Whether it seals what is stored from now on.
    pub active: bool,
    /// Whether this machine's key file has it.
    pub held: bool,
    /// Whether the database refuses to open without it.
    pub needed: bool,
    /// What is sealed with it, table by table.
    pub sealed: Vec<SealedRows>,
}

impl KeyStanding {
    /// How many rows are sealed with it.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.sealed.iter().map(|sealed| sealed.rows).sum()
    }
}

/// How many rows of a table are sealed with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealedRows {
    /// The table.
    pub table: &'static str,
    /// How many of its rows.
    pub rows: u64,
}

/// Where [`reencrypt`](super::KeyringRepository::reencrypt) goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub(super) table: usize,
    pub(super) after: String,
}

/// What one step of [`reencrypt`](super::KeyringRepository::reencrypt) has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reencrypted {
    /// How many rows were sealed anew.
    pub rows: u32,
    /// The rows that could not be opened, each in words, with what to do. They are left as they are.
    pub unreadable: Vec<String>,
    /// Where to go on; none when every table has been gone through.
    pub next: Option<Position>,
}

/// Which keys an instance holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    /// Names the process.
    pub instance: String,
    /// Names it for people.
    pub name: String,
    /// The check values of its keys.
    pub keys: Vec<String>,
    /// When it said so.
    pub at: Millis,
}

/// The stored form of a report.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredReport {
    pub(super) name: String,
    pub(super) keys: Vec<String>,
    pub(super) at: i64,
}
