//! Whether a stored value opens, for a look over a whole database: nothing is taken out of it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::KeyRing;
use super::blob::{associated, parts};

/// Length of the tag at the end of every sealed value.
const TAG_LENGTH: usize = 16;

/// What a stored value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Not the form of a sealed value. A hash is too short for one.
    NotSealed,
    /// Sealed, and it opens.
    Opens,
    /// Sealed with a key that is not in the ring.
    UnknownKey,
    /// Sealed, and changed or moved since.
    Tampered,
}

/// The key that a sealed value names; none for what is not sealed.
pub(crate) fn key_id_in(blob: &[u8]) -> Option<&str> {
    parts(blob)
        .filter(|(key_id, _, sealed)| !key_id.is_empty() && sealed.len() >= TAG_LENGTH)
        .map(|(key_id, ..)| key_id)
}

/// Tries to open the value that stands in a place. Without a ring every key is unknown.
pub(crate) fn probe(
    ring: Option<&KeyRing>,
    table: &str,
    column: &str,
    row: &str,
    blob: &[u8],
) -> Probe {
    let (Some(key_id), Some((_, nonce, sealed))) = (key_id_in(blob), parts(blob)) else {
        return Probe::NotSealed;
    };
    let Some(key) = ring.and_then(|ring| ring.key(key_id)) else {
        return Probe::UnknownKey;
    };
    let data = associated(table, column, row, key_id);
    let payload = Payload {
        msg: sealed,
        aad: &data,
    };
    let opened = XChaCha20Poly1305::new(<&Key>::from(key))
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new);
    match opened {
        Ok(_) => Probe::Opens,
        Err(_) => Probe::Tampered,
    }
}
