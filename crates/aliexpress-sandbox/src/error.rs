//! What can go wrong outside of an answer: starting, and writing the state down.

use std::io;
use std::path::PathBuf;

/// Why a sandbox could not start or could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// A start parameter is unusable.
    #[error("sandbox setting {field}: {problem}")]
    Config {
        /// Name of the field of [`crate::SandboxConfig`].
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The state file exists but could not be read.
    #[error("cannot read the sandbox state {}", path.display())]
    ReadState {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state file is not what a sandbox wrote.
    #[error(
        "the sandbox state {} is damaged; delete it to start afresh (its data is made up)",
        path.display()
    )]
    DamagedState {
        /// The file.
        path: PathBuf,
        /// Where the text stops making sense.
        #[source]
        source: serde_json::Error,
    },
    /// The state file was written by another version.
    #[error(
        "the sandbox state {} has format {found}, this version reads {expected}; delete it to start afresh",
        path.display()
    )]
    ForeignState {
        /// The file.
        path: PathBuf,
        /// Format number in the file.
        found: u32,
        /// Format number this version writes.
        expected: u32,
    },
    /// A change could not be written down, so it was not made.
    #[error("cannot write the sandbox state {}; the change was not made", path.display())]
    WriteState {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SandboxError {
    pub(crate) fn config(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Config {
            field,
            problem: problem.into(),
        }
    }
}
