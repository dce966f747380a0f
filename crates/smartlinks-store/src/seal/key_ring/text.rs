//! The key ring as the text of a file.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{KEY_LENGTH, KeyBytes, KeyRing};
use crate::seal::KeyError;

const ACTIVE: &str = "active";
const HEADER: &str = "\
# SmartLinks key ring. These keys open the tokens stored in the database: who has both has the tokens.
# Keep a copy away from the database and its backups. Without it the accounts must sign in again.
# One key a line, `id = 32 bytes in base64`. Change it with `smartlinks keyring`. `active` names the key that a new
# database begins with; afterwards the database says which one seals, so that all instances change at the same moment.
";

impl KeyRing {
    /// The text of a key file.
    pub(in crate::seal) fn to_text(&self) -> Zeroizing<String> {
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
    pub(in crate::seal) fn from_text(path: &Path, text: &str) -> Result<Self, KeyError> {
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
