//! The keys that seal stored tokens: one active, the others kept to open what was sealed before.

mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::KeyError;
use crate::{Entropy, EntropyError};

pub(super) const KEY_LENGTH: usize = 32;
const IN_MEMORY: &str = "(in memory)";

type KeyBytes = Zeroizing<[u8; KEY_LENGTH]>;

/// The keys that seal stored tokens. Wiped from memory when dropped; `Debug` shows ids only.
#[derive(Clone)]
pub struct KeyRing {
    active: String,
    active_key: KeyBytes,
    /// Those that only open, by id.
    others: BTreeMap<String, KeyBytes>,
    /// The file it stands in, for messages.
    pub(super) file: PathBuf,
}

impl KeyRing {
    /// A ring with one fresh key that is kept nowhere: for tests, and for data that need not outlive the process.
    ///
    /// # Errors
    /// When `entropy` has no random bytes.
    pub fn ephemeral(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let (active, active_key) = fresh_key(entropy)?;
        Ok(Self {
            active,
            active_key,
            others: BTreeMap::new(),
            file: PathBuf::from(IN_MEMORY),
        })
    }

    pub(super) fn is_in_a_file(&self) -> bool {
        self.file != Path::new(IN_MEMORY)
    }

    /// The file the ring stands in.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Adds a fresh key, which seals nothing yet; gives its id.
    ///
    /// # Errors
    /// When `entropy` has no random bytes; the ring is then unchanged.
    pub fn add_key(&mut self, entropy: &dyn Entropy) -> Result<String, EntropyError> {
        let (id, key) = fresh_key(entropy)?;
        self.others.insert(id.clone(), key);
        Ok(id)
    }

    /// Makes a key the one that a new database begins with. False when there is no such key.
    pub(crate) fn put_first(&mut self, id: &str) -> bool {
        if self.active == id {
            return true;
        }
        let Some(key) = self.others.remove(id) else {
            return false;
        };
        let former_id = std::mem::replace(&mut self.active, id.to_owned());
        let former_key = std::mem::replace(&mut self.active_key, key);
        self.others.insert(former_id, former_key);
        true
    }

    /// Removes a key that is not the first one. False when there is none to remove.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.others.remove(id).is_some()
    }

    /// This ring, and those keys of `former` that it lacks and that `needed` names; without `needed`, all of them. A
    /// key that `former` holds under the same id stays what it was.
    pub(crate) fn and_those_of(mut self, former: &Self, needed: Option<&str>) -> Self {
        for (id, key) in former.keys() {
            let value = check_value(id, key);
            if self.holds(&value) {
                continue;
            }
            let is_needed =
                needed.is_none_or(|needed| needed.split_whitespace().any(|needed| needed == value));
            if !is_needed {
                continue;
            }
            if self.active == id {
                self.active_key = key.clone();
            } else {
                self.others.insert(id.to_owned(), key.clone());
            }
        }
        self
    }

    /// The id of the key that a new database begins with.
    #[must_use]
    pub fn active_id(&self) -> &str {
        &self.active
    }

    /// The ids of all keys, the first one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.active.as_str()).chain(self.others.keys().map(String::as_str))
    }

    /// The check value of the first key, `id:hex`. It tells keys apart and reveals nothing of them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        check_value(&self.active, &self.active_key)
    }

    /// The check values of all keys, separated by spaces.
    #[must_use]
    pub fn fingerprints(&self) -> String {
        let values: Vec<String> = self.keys().map(|(id, key)| check_value(id, key)).collect();
        values.join(" ")
    }

    /// Whether the ring holds every key that a database asks for with `stored`.
    #[must_use]
    pub fn covers(&self, stored: &str) -> bool {
        stored.split_whitespace().all(|needed| self.holds(needed))
    }

    /// Whether the ring holds the key of a check value.
    #[must_use]
    pub fn holds(&self, check: &str) -> bool {
        let id = id_of(check);
        self.key(id)
            .is_some_and(|key| check_value(id, key) == check)
    }

    /// The check value of a key.
    #[must_use]
    pub fn check_of(&self, id: &str) -> Option<String> {
        self.key(id).map(|key| check_value(id, key))
    }

    /// The error for a database that needs other keys.
    pub(super) fn lacks(&self, needed: &str) -> KeyError {
        KeyError::Wrong {
            path: self.file.clone(),
            needed: needed.to_owned(),
            held: self.fingerprints(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = (&str, &KeyBytes)> {
        let others = self.others.iter().map(|(id, key)| (id.as_str(), key));
        std::iter::once((self.active.as_str(), &self.active_key)).chain(others)
    }

    pub(super) fn key(&self, id: &str) -> Option<&[u8; KEY_LENGTH]> {
        self.keys()
            .find(|(held, _)| *held == id)
            .map(|(_, key)| &**key)
    }
}

fn fresh_key(entropy: &dyn Entropy) -> Result<(String, KeyBytes), EntropyError> {
    let mut name = [0_u8; 4];
    entropy.fill(&mut name)?;
    let mut key = KeyBytes::default();
    entropy.fill(key.as_mut())?;
    Ok((format!("k{}", hex::encode(name)), key))
}

/// SHA-256 of a 256-bit random key cannot be turned round, so the value may stand in the database.
fn check_value(id: &str, key: &[u8; KEY_LENGTH]) -> String {
    let digest = Sha256::new()
        .chain_update(b"smartlinks key check 1\0")
        .chain_update(id.as_bytes())
        .chain_update(b"\0")
        .chain_update(key)
        .finalize();
    format!("{id}:{}", hex::encode(&digest[..16]))
}

/// The id in a check value.
pub(crate) fn id_of(check: &str) -> &str {
    check.split(':').next().unwrap_or_default()
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyRing")
            .field("active", &self.active)
            .field("others", &self.others.keys())
            .field("keys", &"[redacted]")
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn a_key_of_the_same_name_does_not_cover() {
        let ring = KeyRing::ephemeral(&SystemEntropy).unwrap();
        let mut other = KeyRing::ephemeral(&SystemEntropy).unwrap();
        other.active.clone_from(&ring.active);
        assert!(!other.covers(&ring.fingerprint()));
    }

    #[test]
    fn a_ring_read_again_keeps_what_is_needed_and_nothing_else() {
        let mut held = KeyRing::ephemeral(&SystemEntropy).unwrap();
        held.add_key(&SystemEntropy).unwrap();
        let file = || KeyRing::ephemeral(&SystemEntropy).unwrap();
        let all = file().and_those_of(&held, None);
        assert!(all.covers(&held.fingerprints()) && all.ids().count() == 3);
        let first = file().and_those_of(&held, Some(&held.fingerprint()));
        assert!(first.covers(&held.fingerprint()) && first.ids().count() == 2);
        assert_eq!(file().and_those_of(&held, Some("")).ids().count(), 1);
        // Another key under the name of one that is in use does not take its place.
        let mut forged = file();
        forged.active.clone_from(&held.active);
        let kept = forged.and_those_of(&held, None);
        assert!(kept.covers(&held.fingerprints()));
    }
}
