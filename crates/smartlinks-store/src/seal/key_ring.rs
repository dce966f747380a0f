//! The keys that seal stored tokens: one active, the others kept to open what was sealed before.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Entropy, EntropyError};

pub(super) const KEY_LENGTH: usize = 32;
const ACTIVE: &str = "active";
const IN_MEMORY: &str = "(in memory)";
const HEADER: &str = "\
# SmartLinks key ring. These keys open the tokens stored in the database: who has both has the tokens.
# Keep a copy away from the database and its backups. Without it the accounts must sign in again.
# One key a line, `id = 32 bytes in base64`. Change it with `smartlinks keyring`. `active` names the key that a new
# database begins with; afterwards the database says which one seals, so that all instances change at the same moment.
";

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

    /// The text of a key file.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(
            HEADER.len() + 96 * (self.others.len() + 2),
        ));
        text.push_str(HEADER);
        text.push_str(&format!("{ACTIVE} = {}\n", self.active));
        for (id, key) in self.keys() {
            let encoded = Zeroizing::new(STANDARD.encode(key.as_slice()));
            for part in [id, " = ", &encoded, "\n"] {
                text.push_str(part);
            }
        }
        text
    }

    /// Reads the text of a key file.
    pub(super) fn from_text(path: &Path, text: &str) -> Result<Self, KeyError> {
        let malformed = |line: usize, problem: &'static str| KeyError::Malformed {
            path: path.to_owned(),
            line,
            problem,
        };
        let (mut active, mut keys, mut last) = (None, BTreeMap::new(), 0);
        for (index, line) in text.lines().enumerate() {
            last = index + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line
                .split_once('=')
                .map(|(name, value)| (name.trim(), value.trim()))
                .ok_or_else(|| malformed(last, "expected `id = base64`"))?;
            if name == ACTIVE {
                if active.replace((value.to_owned(), last)).is_some() {
                    return Err(malformed(last, "`active` stands twice"));
                }
                continue;
            }
            if !is_key_id(name) {
                return Err(malformed(
                    last,
                    "a key id is 1 to 32 letters, digits, `-` or `_`",
                ));
            }
            let key =
                decode(value).ok_or_else(|| malformed(last, "a key is 32 bytes in base64"))?;
            if keys.insert(name.to_owned(), key).is_some() {
                return Err(malformed(last, "the key id stands twice"));
            }
        }
        let (active, line) = active.ok_or_else(|| malformed(last, "no line `active = id`"))?;
        let active_key = keys
            .remove(&active)
            .ok_or_else(|| malformed(line, "`active` names a key that is not in the file"))?;
        Ok(Self {
            active,
            active_key,
            others: keys,
            file: path.to_owned(),
        })
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

fn is_key_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}

fn decode(text: &str) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    let mut key = KeyBytes::default();
    if bytes.len() != KEY_LENGTH {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
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

    fn parse(text: &str) -> Result<KeyRing, KeyError> {
        KeyRing::from_text(Path::new("keys"), text)
    }

    #[test]
    fn a_ring_survives_its_text_and_never_shows_a_key() {
        let mut ring = KeyRing::ephemeral(&SystemEntropy).unwrap();
        let old = ring.fingerprint();
        let added = ring.add_key(&SystemEntropy).unwrap();
        assert_ne!(ring.active_id(), added);
        assert!(ring.put_first(&added) && !ring.put_first("none"));
        let read = parse(&ring.to_text()).unwrap();
        assert_eq!(read.fingerprints(), ring.fingerprints());
        assert_eq!(read.active_id(), ring.active_id());
        assert!(read.covers(&old) && read.covers(&ring.fingerprint()) && read.covers(""));
        for (_, key) in ring.keys() {
            let (text, hex) = (STANDARD.encode(key.as_slice()), hex::encode(key.as_slice()));
            let shown = format!("{ring:?} {}", ring.fingerprints());
            assert!(!shown.contains(&text) && !shown.contains(&hex));
        }
    }

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

    #[test]
    fn damaged_files_are_refused_with_the_line() {
        let key = STANDARD.encode([7_u8; 32]);
        let cases = [
            (String::new(), 0),
            ("active = a".to_owned(), 1),
            (format!("a = {key}"), 1),
            (format!("active = a\na = {key}\na = {key}"), 3),
            (format!("active = a\nactive = a\na = {key}"), 2),
            ("active = a\na = c2hvcnQ=".to_owned(), 2),
            (format!("active = a\na b = {key}"), 2),
            ("nonsense".to_owned(), 1),
        ];
        for (text, expected) in cases {
            match parse(&text) {
                Err(KeyError::Malformed { line, .. }) => assert_eq!(line, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
