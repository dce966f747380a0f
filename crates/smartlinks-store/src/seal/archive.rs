//! A file sealed under a passphrase, for what leaves the machine.
//!
//! ```text
//! smartlinks-archive 1
//! {"kdf":"argon2id","memory_kib":…,"passes":…,"lanes":…,"salt":"base64","cipher":"xchacha20poly1305","nonce":"base64"}
//! base64 of ciphertext and tag, in lines
//! ```
//! The first two lines are bound to the ciphertext, so that neither version nor parameters can be changed unseen. What
//! the key costs to compute stands in the header: old archives stay readable when the cost of new ones is raised.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Entropy, EntropyError};

/// The first word, then the version.
const WORD: &str = "smartlinks-archive ";
const VERSION: u32 = 1;
/// Some editors put it before everything else.
const BYTE_ORDER_MARK: char = '\u{feff}';
const LINE: usize = 76;
/// What a key costs to compute from a passphrase: 64 MiB, three times over.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// The most that a header may ask for, so that a made-up file cannot take the machine's memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 20;

/// An archive that cannot be made or opened. Messages never hold passphrase or content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Another file.
    #[error("this is no archive of smartlinks: {problem}")]
    NotAnArchive {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Of a later version.
    #[error("the archive was made by a newer smartlinks; open it with that version or a later one")]
    Newer,
    /// The passphrase is another one, or the file was changed: the two cannot be told apart.
    #[error("the passphrase is wrong, or the archive was changed or cut")]
    WrongPassphrase,
    /// The key cannot be computed, or the content is too large.
    #[error("the archive cannot be sealed or opened on this machine: {problem}")]
    Impossible {
        /// Why.
        problem: String,
    },
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: String,
    nonce: String,
}

/// Seals `content` under a passphrase. Takes a moment and 64 MiB on purpose: call it where blocking is allowed.
///
/// # Errors
/// [`ArchiveError::Entropy`], [`ArchiveError::Impossible`].
pub fn seal_archive(
    passphrase: &SecretString,
    content: &[u8],
    entropy: &dyn Entropy,
) -> Result<String, ArchiveError> {
    let (mut salt, mut nonce) = ([0_u8; 16], [0_u8; 24]);
    entropy.fill(&mut salt)?;
    entropy.fill(&mut nonce)?;
    let header = Header {
        kdf: "argon2id".to_owned(),
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: 1,
        salt: STANDARD.encode(salt),
        cipher: "xchacha20poly1305".to_owned(),
        nonce: STANDARD.encode(nonce),
    };
    let json = serde_json::to_string(&header).map_err(impossible)?;
    let head = head(&json);
    let key = key_of(passphrase, &salt, &header)?;
    let payload = Payload {
        msg: content,
        aad: head.as_bytes(),
    };
    let sealed = XChaCha20Poly1305::new(<&Key>::from(&*key))
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(impossible)?;
    let encoded = STANDARD.encode(sealed);
    let mut text = head;
    for (index, character) in encoded.chars().enumerate() {
        if index > 0 && index % LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push('\n');
    Ok(text)
}

/// Whether a text says that it is an archive.
#[must_use]
pub fn is_archive(text: &str) -> bool {
    text.trim_start_matches(BYTE_ORDER_MARK).starts_with(WORD)
}

/// Opens what [`seal_archive`] has made, also after an e-mail program or an editor has changed its line ends. Takes a
/// moment and memory on purpose: call it where blocking is allowed.
///
/// # Errors
/// [`ArchiveError`].
pub fn open_archive(
    passphrase: &SecretString,
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, ArchiveError> {
    let text = text
        .trim_start_matches(BYTE_ORDER_MARK)
        .replace("\r\n", "\n");
    let (first, body) = text
        .split_once('\n')
        .ok_or_else(|| malformed("it ends in the first line"))?;
    let version = first
        .strip_prefix(WORD)
        .map(|rest| rest.trim().parse::<u32>());
    match version {
        Some(Ok(VERSION)) => {}
        Some(Ok(later)) if later > VERSION => return Err(ArchiveError::Newer),
        _ => return Err(malformed("its first line is another one")),
    }
    let (json, sealed) = body
        .split_once('\n')
        .ok_or_else(|| malformed("it ends in the second line"))?;
    let header: Header =
        serde_json::from_str(json).map_err(|_| malformed("its second line cannot be read"))?;
    if header.kdf != "argon2id" || header.cipher != "xchacha20poly1305" {
        return Err(ArchiveError::Newer);
    }
    if header.memory_kib > MOST_MEMORY_KIB || header.passes > MOST_PASSES || header.lanes > 16 {
        return Err(malformed(
            "it asks for more memory or time than any archive needs",
        ));
    }
    let salt = decode(&header.salt).ok_or_else(|| malformed("its salt cannot be read"))?;
    let nonce: [u8; 24] = decode(&header.nonce)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| malformed("its nonce cannot be read"))?;
    let joined: String = sealed.split_whitespace().collect();
    let sealed = decode(&joined).ok_or_else(|| malformed("its content is not base64"))?;
    let key = key_of(passphrase, &salt, &header)?;
    let head = head(json);
    let payload = Payload {
        msg: &sealed,
        aad: head.as_bytes(),
    };
    XChaCha20Poly1305::new(<&Key>::from(&*key))
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| ArchiveError::WrongPassphrase)
}

/// The first two lines, which are bound to the content.
fn head(json: &str) -> String {
    format!("{WORD}{VERSION}\n{json}\n")
}

fn key_of(
    passphrase: &SecretString,
    salt: &[u8],
    header: &Header,
) -> Result<Zeroizing<[u8; 32]>, ArchiveError> {
    let params = Params::new(header.memory_kib, header.passes, header.lanes, Some(32))
        .map_err(|_| malformed("its parameters make no sense"))?;
    let mut key = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, &mut *key)
        .map_err(impossible)?;
    Ok(key)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

const fn malformed(problem: &'static str) -> ArchiveError {
    ArchiveError::NotAnArchive { problem }
}

fn impossible(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Impossible {
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn seal(content: &str) -> String {
        seal_archive(
            &"canary passphrase".into(),
            content.as_bytes(),
            &SystemEntropy,
        )
        .unwrap()
    }

    /// R34.
    #[test]
    fn an_archive_opens_with_its_passphrase_and_shows_nothing_without() {
        let content = "50000token ".repeat(40);
        let (one, two) = (seal(&content), seal(&content));
        assert_ne!(one.lines().nth(2), two.lines().nth(2));
        for secret in ["50000token", "canary", "NTAwMDB0b2tlbi"] {
            assert!(!one.contains(secret), "{one}");
        }
        assert!(one.lines().skip(2).all(|line| line.len() <= LINE));
        let opened = open_archive(&"canary passphrase".into(), &one).unwrap();
        assert_eq!(*opened, content.as_bytes());
        // As mail programs and editors change line ends.
        let bent = one.replace('\n', "\r\n");
        let marked = format!("\u{feff}{bent}");
        for bent in [bent, marked, one.trim_end().to_owned()] {
            assert!(is_archive(&bent) && bent != one);
            let opened = open_archive(&"canary passphrase".into(), &bent).unwrap();
            assert_eq!(*opened, content.as_bytes());
        }
        let error = open_archive(&"another one".into(), &one).unwrap_err();
        assert!(matches!(error, ArchiveError::WrongPassphrase), "{error}");
    }

    #[test]
    fn every_change_is_noticed() {
        let sealed = seal("content");
        let open = |text: &str| open_archive(&"canary passphrase".into(), text);
        let cheaper = sealed.replace("\"passes\":3", "\"passes\":2");
        assert!(matches!(open(&cheaper), Err(ArchiveError::WrongPassphrase)));
        let body = sealed.find("}\n").unwrap() + 2;
        let mut flipped = sealed.clone().into_bytes();
        flipped[body] = if flipped[body] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(flipped).unwrap();
        assert!(matches!(open(&flipped), Err(ArchiveError::WrongPassphrase)));
        let later = sealed.replace("smartlinks-archive 1", "smartlinks-archive 2");
        assert!(matches!(open(&later), Err(ArchiveError::Newer)));
    }

    #[test]
    fn other_files_are_refused_before_any_work() {
        let sealed = seal("content");
        let greedy = sealed.replace("\"memory_kib\":65536", "\"memory_kib\":4000000000");
        let endless = sealed.replace("\"passes\":3", "\"passes\":4000000");
        let cases = [
            "",
            "{}",
            "smartlinks-archive 1",
            "smartlinks-archive 1\n",
            "smartlinks-archive one\n{}\nAAAA",
            "smartlinks-archive 0\n{}\nAAAA",
            "smartlinks-archive 1\n{}\nAAAA",
            greedy.as_str(),
            endless.as_str(),
        ];
        for text in cases {
            let error = open_archive(&"canary passphrase".into(), text).unwrap_err();
            assert!(matches!(error, ArchiveError::NotAnArchive { .. }), "{text}");
        }
    }
}
