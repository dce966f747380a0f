//! What is wrong with a key file, and how to mend it.

use std::path::PathBuf;

use crate::EntropyError;

/// A key file that cannot be used. Messages name the file and the mend, never a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The database holds sealed tokens, but there is no key file.
    #[error(
        "the key file {} is missing, and the database needs {needed}. Copy the key file of this database \
         there from the machine or backup that has it (mode 600). A new key cannot read what is stored",
        path.display()
    )]
    Missing {
        /// Where the file should be.
        path: PathBuf,
        /// The key check values the database asks for.
        needed: String,
    },
    /// The key file belongs to another database.
    #[error(
        "the key file {} does not belong to this database: the database needs {needed}, the file holds {held}. \
         Copy the right key file there, or point `--key-file` at it",
        path.display()
    )]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The key check values the database asks for.
        needed: String,
        /// Those of the keys in the file.
        held: String,
    },
    /// Others may read or change the file.
    #[error(
        "the key file {} can be read or changed by other users (mode {mode:o}). Run `chmod 600 {}`; \
         if they may have read it, rotate the key",
        path.display(), path.display()
    )]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its mode bits.
        mode: u32,
    },
    /// The file cannot be read.
    #[error(
        "the key file {} cannot be read. Check that it exists and belongs to the user that runs smartlinks",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a key ring.
    #[error("the key file {} is not a key ring, line {line}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A key file is never overwritten.
    #[error("the key file {} is there already and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error(
        "the key file {} cannot be created. Check that its folder can be written by the user that runs \
         smartlinks and that the disk is not full",
        path.display()
    )]
    NotCreated {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file could not be changed; it is as it was.
    #[error(
        "the key file {} cannot be changed, and is as it was. Check that its folder can be written by the user that \
         runs smartlinks and that the disk is not full; where a platform keeps the file as a secret, change it there",
        path.display()
    )]
    NotChanged {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// There is no such key.
    #[error("the key file {} holds no key `{id}`. `smartlinks keyring list` names those that it holds", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The key that was asked for.
        id: String,
    },
    /// No random bytes for a new key.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
