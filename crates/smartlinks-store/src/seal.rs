//! Sealing: what a thief of the database file cannot read.

mod archive;
mod blob;
mod key_error;
mod key_file;
mod key_ring;
mod probe;
mod sealer;

pub use archive::{ArchiveError, is_archive, open_archive, seal_archive};
pub use key_error::KeyError;
pub use key_file::{KeyOrigin, open_or_create_keys};
pub use key_ring::KeyRing;

pub(crate) use blob::Place;
pub(crate) use key_file::LockedKeyFile;
pub(crate) use key_ring::id_of;
pub(crate) use probe::{Probe, key_id_in, probe};
pub(crate) use sealer::{Sealer, Sealing};

/// A sealed value that does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Not what this program writes.
    #[error(
        "table {table}, column {column}, row {row}: the sealed value is cut or of an unknown layout. \
         Restore it from a backup, or connect that account again"
    )]
    Malformed {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// Sealed with a key that is not in the ring.
    #[error(
        "table {table}, column {column}, row {row}: sealed with key `{key_id}`, which is not in the key file. \
         Copy that key's line from the former key file or its backup"
    )]
    UnknownKey {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
        /// The missing key.
        key_id: String,
    },
    /// Changed, moved from another place, or sealed with another key of the same name.
    #[error(
        "table {table}, column {column}, row {row}: the sealed value was changed or moved here from elsewhere. \
         Restore it from a backup, or connect that account again"
    )]
    Tampered {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// The key chosen for sealing has left the ring meanwhile.
    #[error("the key that was chosen for sealing is no longer held. Try again")]
    NoKey,
    /// Sealing failed, which happens only for values beyond any token's size.
    #[error("the value is too large to be sealed")]
    TooLarge,
}
