//! An API key as text: `slk_`, a prefix that is shown, a secret, and a check value that finds typing mistakes
//! and lets secret scanners tell a key from chance.

use std::fmt;

use sha2::{Digest, Sha256};
use smartlinks_store::{Entropy, Hash};

use crate::error::{Error, Result};

/// What every key begins with.
pub const API_KEY_MARK: &str = "slk_";
/// How long the part is that is shown.
const PREFIX_LENGTH: usize = 8;
/// 43 letters and digits hold 256 bits.
const SECRET_LENGTH: usize = 43;
/// Six of them hold the 32 bits of the check value.
const CHECK_LENGTH: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key that was just made: the only moment at which its text exists.
#[derive(Clone)]
pub struct ApiKeyText {
    text: String,
}

/// What is wrong with a text that should be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAKey {
    /// It does not look like one.
    Form,
    /// It does, but a character is wrong.
    Check,
}

/// The parts of a key by which it is found and recognised.
#[derive(Clone, Copy)]
pub(super) struct Parts<'t> {
    /// The part that is shown.
    pub(super) prefix: &'t str,
    /// SHA-256 of the secret part.
    pub(super) secret_hash: Hash,
}

impl ApiKeyText {
    /// A fresh key.
    pub(super) fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let prefix = random_digits(entropy, PREFIX_LENGTH)?;
        let secret = random_digits(entropy, SECRET_LENGTH)?;
        let body = format!("{API_KEY_MARK}{prefix}_{secret}");
        let check = check_value(&body);
        Ok(Self {
            text: format!("{body}{check}"),
        })
    }

    /// The whole key, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    pub(super) fn parts(&self) -> Result<Parts<'_>> {
        parse(&self.text).map_err(|_| Error::Internal("a fresh API key has a wrong form".into()))
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyText(redacted)")
    }
}

/// Takes a key apart.
pub(super) fn parse(text: &str) -> Result<Parts<'_>, NotAKey> {
    let rest = text.strip_prefix(API_KEY_MARK).ok_or(NotAKey::Form)?;
    let (prefix, rest) = rest.split_once('_').ok_or(NotAKey::Form)?;
    let of_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if prefix.len() != PREFIX_LENGTH
        || rest.len() != SECRET_LENGTH + CHECK_LENGTH
        || !of_digits(prefix)
        || !of_digits(rest)
    {
        return Err(NotAKey::Form);
    }
    let (secret, check) = rest.split_at(SECRET_LENGTH);
    if check_value(&text[..text.len() - CHECK_LENGTH]) != check {
        return Err(NotAKey::Check);
    }
    Ok(Parts {
        prefix,
        secret_hash: Sha256::digest(secret.as_bytes()).into(),
    })
}

/// Digits drawn evenly: bytes that would favour the first ones are passed over.
fn random_digits(entropy: &dyn Entropy, length: usize) -> Result<String> {
    const EVEN: usize = 256 - 256 % DIGITS.len();
    let mut text = String::with_capacity(length);
    // A source that gives nothing usable in so many bytes is broken.
    for _ in 0..16 {
        for byte in crate::service::random_bytes::<64>(entropy)? {
            if text.len() == length {
                return Ok(text);
            }
            if usize::from(byte) < EVEN {
                text.push(char::from(DIGITS[usize::from(byte) % DIGITS.len()]));
            }
        }
    }
    Err(Error::Internal(
        "the source of randomness gives always the same".into(),
    ))
}

/// 32 bits of SHA-256, as six digits.
fn check_value(body: &str) -> String {
    let hash: Hash = Sha256::digest(body.as_bytes()).into();
    let mut number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    let mut digits = ['0'; CHECK_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(DIGITS[(number % 62) as usize]);
        number /= 62;
    }
    digits.iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use smartlinks_store::{EntropyError, SystemEntropy};

    use super::*;

    fn fresh() -> String {
        ApiKeyText::generate(&SystemEntropy)
            .unwrap()
            .reveal()
            .to_owned()
    }

    #[test]
    fn keys_hold_256_random_bits_and_are_read_back() {
        // 62^43 is just above 2^256.
        assert!(43.0 * 62_f64.log2() > 256.0);
        let mut seen = HashSet::new();
        let mut digits = HashSet::new();
        for _ in 0..500 {
            let key = fresh();
            assert_eq!(key.len(), 4 + 8 + 1 + 43 + 6);
            let parts = parse(&key).map_err(|_| ()).unwrap();
            assert_eq!(parts.prefix, &key[4..12]);
            let expected: Hash = Sha256::digest(&key.as_bytes()[13..56]).into();
            assert_eq!(parts.secret_hash, expected);
            digits.extend(key[13..56].bytes());
            assert!(seen.insert(key[13..56].to_owned()));
        }
        assert_eq!(digits.len(), 62, "some digit never comes");
    }

    #[test]
    fn one_wrong_character_is_noticed_without_the_database() {
        let key = fresh();
        for place in 0..key.len() {
            for other in ["0", "z", "_", " ", "é"] {
                if &key[place..=place] == other {
                    continue;
                }
                let wrong = format!("{}{other}{}", &key[..place], &key[place + 1..]);
                assert!(parse(&wrong).is_err(), "{place}: {other}");
            }
            let swapped: String = {
                let mut bytes = key.clone().into_bytes();
                let next = (place + 1) % bytes.len();
                bytes.swap(place, next);
                String::from_utf8(bytes).unwrap()
            };
            assert!(swapped == key || parse(&swapped).is_err(), "{place}");
        }
        assert_eq!(parse(&format!("{key} ")).err(), Some(NotAKey::Form));
        assert_eq!(parse(&key[..61]).err(), Some(NotAKey::Form));
        assert_eq!(parse("").err(), Some(NotAKey::Form));
    }

    #[test]
    fn a_broken_source_of_randomness_makes_no_key() {
        struct Stuck;
        impl Entropy for Stuck {
            fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
                bytes.fill(255);
                Ok(())
            }
        }
        assert!(ApiKeyText::generate(&Stuck).is_err());
    }

    #[test]
    fn debug_does_not_show_it() {
        let key = ApiKeyText::generate(&SystemEntropy).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKeyText(redacted)");
    }
}
