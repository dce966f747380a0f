//! Changing keys while everything runs: which keys the database needs, what each of them still seals, and moving that
//! to another one.
//!
//! The steps, each of which can be repeated and is safe to be killed in:
//!
//! 1. [`add_key`](KeyringRepository::add_key) puts a fresh key into the key file. It seals nothing yet.
//! 2. Every instance gets the file. Servers read it again by themselves and say in the database which keys they hold
//!    ([`report_keys`](KeyringRepository::report_keys)).
//! 3. [`activate_key`](KeyringRepository::activate_key) writes into the database that this key seals from now on.
//!    Each change reads that inside its own transaction, so all instances follow at the same moment.
//! 4. [`reencrypt`](KeyringRepository::reencrypt) moves what is stored, a few rows at a time.
//! 5. [`retire_key`](KeyringRepository::retire_key) takes the old key out of use, only when no row needs it, and no
//!    row can come to need it meanwhile.

mod records;
mod reencrypt;
mod reports;
mod sealed_tables;
mod settle;
mod storage;

use async_trait::async_trait;

pub use records::{KeyReport, KeyStanding, Keyring, Position, Reencrypted, SealedRows};
pub use sealed_tables::sealed_columns;

use crate::{Millis, StoreError, Traces};

/// The keys of this database and of this process.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait KeyringRepository: Send + Sync {
    /// All keys that are held here or needed there, the active one first.
    async fn standing(&self) -> Result<Keyring, StoreError>;

    /// Adds a fresh key to the key file; gives its id. It seals nothing until it is activated.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the file cannot be changed.
    async fn add_key(&self) -> Result<String, StoreError>;

    /// Makes a key of the key file the one that seals from now on, in all instances. False when it is already, and then
    /// nothing is left behind.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the file has no such key.
    async fn activate_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError>;

    /// Seals up to `limit` rows anew that are sealed with another than the active key, from `from` on. Rows that
    /// somebody is changing at the moment, and rows that cannot be read, are passed over. Nothing is lost when it is
    /// cut off: begin again without a position.
    async fn reencrypt(
        &self,
        from: Option<Position>,
        limit: u32,
    ) -> Result<Reencrypted, StoreError>;

    /// Takes a key out of use and out of the key file. False when it was neither needed nor in the file. The traces are
    /// left where the database needed it.
    ///
    /// # Errors
    /// [`StoreError::KeyActive`] for the one that seals, [`StoreError::KeyInUse`] while a row is sealed with it.
    async fn retire_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError>;

    /// The ids of the keys that the database needs and the key file does not hold at this moment, whatever this process
    /// remembers: what is missing there is lost with the last process that remembers it.
    async fn missing_keys(&self) -> Result<Vec<String>, StoreError>;

    /// Reads the key file again; gives whether it holds anything new.
    ///
    /// # Errors
    /// [`StoreError::Keys`]; what is in memory goes on.
    fn read_keys_again(&self) -> Result<bool, StoreError>;

    /// Reads the key file again, drops from memory what is neither in it nor needed any more, puts back into the file
    /// what it has lost and the database needs, and says in the database which keys `instance` holds. `name` is for
    /// people.
    async fn report_keys(&self, instance: &str, name: &str, now: Millis) -> Result<(), StoreError>;

    /// Takes the report of an instance that ends back.
    async fn withdraw_key_report(&self, instance: &str) -> Result<(), StoreError>;

    /// What instances have said since `since`. Older reports are deleted: those instances are gone.
    async fn key_reports(&self, since: Millis) -> Result<Vec<KeyReport>, StoreError>;
}
