//! Who uses a database file. SQLite knows who reads or writes at a moment, not who has it open for hours; so every
//! process that uses one holds a shared lock on a file beside it, and whoever needs it for himself an exclusive one. The
//! operating system lets go of a lock when its process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::file::beside;
use crate::error;
use crate::{StoreError, files};

/// A lock that is held while this lives.
pub(crate) struct InUse {
    _file: File,
}

impl InUse {
    /// Uses the database as others may too. None where the file system knows no locks: then a copy cannot tell whether
    /// the database is in use, which its words say.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while somebody has it for himself.
    pub(super) fn beside_others(path: &Path) -> Result<Option<Self>, StoreError> {
        Self::lock(path, File::try_lock_shared, "it is being copied")
    }

    /// Uses the database alone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process uses it.
    pub(super) fn alone(path: &Path) -> Result<Option<Self>, StoreError> {
        Self::lock(path, File::try_lock, "another smartlinks process uses it")
    }

    fn lock(
        path: &Path,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
        reason: &'static str,
    ) -> Result<Option<Self>, StoreError> {
        let place = path.display().to_string();
        let file = lock_file(path).map_err(|error| error::io(&place, error))?;
        match lock(&file) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { place, reason }),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!(file = place, %error, "this file system keeps no locks");
                Ok(None)
            }
            Err(TryLockError::Error(error)) => Err(error::io(&place, error)),
        }
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    let path = beside(path, "-in-use");
    files::create_empty_private(&path)?;
    OpenOptions::new().read(true).write(true).open(path)
}
