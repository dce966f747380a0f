//! The key ring as a file: made once, readable by its owner only, changed in one step or not at all.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyError, KeyRing};
use crate::files::FolderLock;
use crate::{Entropy, files};

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
}

/// A key file that nobody else changes meanwhile. What the database says of keys and what the file holds are changed
/// together only while it is held, so that no key can become the active one and leave the file at the same time.
pub(crate) struct LockedKeyFile {
    /// As it was named, for messages.
    named: PathBuf,
    /// The file that a link names.
    target: PathBuf,
    folder: FolderLock,
}

impl LockedKeyFile {
    /// Waits until nobody else changes it.
    ///
    /// # Errors
    /// [`KeyError`] when it is not there or its folder cannot be locked.
    pub(crate) async fn of(path: &Path) -> Result<Self, KeyError> {
        let target = path.canonicalize().map_err(|source| KeyError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let folder = FolderLock::of(&target).await.map_err(not_changed(path))?;
        Ok(Self {
            named: path.to_owned(),
            target,
            folder,
        })
    }

    /// What it holds now.
    pub(crate) fn read(&self) -> Result<KeyRing, KeyError> {
        let mut ring = KeyRing::load(&self.target)?;
        self.named.clone_into(&mut ring.file);
        Ok(ring)
    }

    /// Puts a ring in its place whole: killed at any moment this leaves the old file or the new one.
    ///
    /// # Errors
    /// [`KeyError::NotChanged`], and then the file is as it was.
    pub(crate) fn write(&self, ring: &KeyRing) -> Result<(), KeyError> {
        files::replace_private(&self.target, ring.to_text().as_bytes(), &self.folder)
            .map_err(not_changed(&self.named))
    }
}

fn not_changed(path: &Path) -> impl FnOnce(std::io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::NotChanged { path, source }
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
