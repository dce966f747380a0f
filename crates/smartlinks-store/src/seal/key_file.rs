//! The key ring as a file: made once, readable by its owner only, changed in one step or not at all.

use std::path::Path;

use super::{KeyError, KeyRing};
use crate::{Entropy, files};
use zeroize::Zeroizing;

/// Where a key ring came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// Made now; the start should say so and ask for a copy to be kept.
    Created,
    /// Read from the file.
    Loaded,
}

impl KeyRing {
    /// Reads the key file.
    ///
    /// # Errors
    /// When it is missing, others may read it, or it is not a key ring.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |source| KeyError::Unreadable {
            path: path.to_owned(),
            source,
        };
        files::remove_leftover(path);
        let mode = files::mode(path).map_err(unreadable)?;
        if files::is_loose(mode) {
            return Err(KeyError::Permissions {
                path: path.to_owned(),
                mode,
            });
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::from_text(path, &text)
    }

    /// Makes a ring with one fresh key and writes it to `path` with mode 0600, missing folders with 0700.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when there is a file of that name, which is left alone.
    pub fn generate(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let mut ring = Self::ephemeral(entropy)?;
        let mut suffix = [0_u8; 8];
        entropy.fill(&mut suffix)?;
        files::create_private(path, ring.to_text().as_bytes(), &hex::encode(suffix)).map_err(
            |source| match source.kind() {
                std::io::ErrorKind::AlreadyExists => KeyError::Exists {
                    path: path.to_owned(),
                },
                _ => KeyError::NotCreated {
                    path: path.to_owned(),
                    source,
                },
            },
        )?;
        path.clone_into(&mut ring.file);
        Ok(ring)
    }

    /// Refuses a ring that lacks a key which the database asks for.
    pub(crate) fn check(&self, stored: Option<&str>) -> Result<(), KeyError> {
        match stored {
            Some(stored) if !self.covers(stored) => Err(self.lacks(stored)),
            _ => Ok(()),
        }
    }

    /// Changes the key file: reads it, lets `edit` change it, and puts the result in its place whole. One process at a
    /// time; killed at any moment it leaves the old file or the new one. A link is followed to the file it names.
    /// Nothing is written when `edit` says that nothing changed.
    ///
    /// # Errors
    /// [`KeyError`], and then the file is as it was.
    pub(crate) fn change<T>(
        path: &Path,
        edit: impl FnOnce(&mut Self) -> Result<Option<T>, KeyError>,
    ) -> Result<Option<T>, KeyError> {
        let not_changed = |source| KeyError::NotChanged {
            path: path.to_owned(),
            source,
        };
        let unreadable = |source| KeyError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let target = path.canonicalize().map_err(unreadable)?;
        let folder = files::FolderLock::of(&target).map_err(not_changed)?;
        let mut ring = Self::load(&target)?;
        let Some(done) = edit(&mut ring)? else {
            return Ok(None);
        };
        files::replace_private(&target, ring.to_text().as_bytes(), &folder).map_err(not_changed)?;
        Ok(Some(done))
    }
}

/// The key ring of a database. A new key is made only when the database asks for none yet
/// (`fingerprint_in_db` from [`stored_key_fingerprint`](crate::stored_key_fingerprint)).
///
/// # Errors
/// When the file is missing although the database has sealed tokens, does not belong to it, or cannot be used.
pub fn open_or_create_keys(
    key_file: &Path,
    fingerprint_in_db: Option<&str>,
    entropy: &dyn Entropy,
) -> Result<(KeyRing, KeyOrigin), KeyError> {
    if !files::is_there(key_file) {
        if let Some(needed) = fingerprint_in_db {
            return Err(KeyError::Missing {
                path: key_file.to_owned(),
                needed: needed.to_owned(),
            });
        }
        match KeyRing::generate(key_file, entropy) {
            Ok(ring) => return Ok((ring, KeyOrigin::Created)),
            // Another process of the same first start was quicker; its key is the one to use.
            Err(KeyError::Exists { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let ring = KeyRing::load(key_file)?;
    ring.check(fingerprint_in_db)?;
    Ok((ring, KeyOrigin::Loaded))
}
