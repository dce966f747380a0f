//! The sealed form of one value.
//!
//! ```text
//! 1 byte   layout version, 1
//! 1 byte   length of the key id
//! n bytes  key id
//! 24 bytes random nonce
//! rest     XChaCha20-Poly1305 ciphertext and tag
//! ```
//! Bound to it as associated data: table, column, row id and key id, each with its length in front, so that a
//! sealed value opens nowhere but where it was written.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::key_ring::KEY_LENGTH;
use super::{KeyRing, SealError};
use crate::{Entropy, StoreError};

const LAYOUT: u8 = 1;
const NONCE_LENGTH: usize = 24;

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a str,
}

/// Seals with one key of a ring.
pub(super) fn seal(
    (key_id, key): (&str, &[u8; KEY_LENGTH]),
    entropy: &dyn Entropy,
    place: Place<'_>,
    secret: &SecretString,
) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0_u8; NONCE_LENGTH];
    entropy.fill(&mut nonce)?;
    let data = associated(place, key_id);
    let payload = Payload {
        msg: secret.expose_secret().as_bytes(),
        aad: &data,
    };
    let sealed = XChaCha20Poly1305::new(<&Key>::from(key))
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError::TooLarge)?;
    let length = u8::try_from(key_id.len()).map_err(|_| SealError::TooLarge)?;
    let mut blob = Vec::with_capacity(2 + key_id.len() + NONCE_LENGTH + sealed.len());
    blob.extend([LAYOUT, length]);
    blob.extend(key_id.as_bytes());
    blob.extend(nonce);
    blob.extend(sealed);
    Ok(blob)
}

/// Opens what was sealed at `place` with any key of the ring.
pub(super) fn open(
    ring: &KeyRing,
    place: Place<'_>,
    blob: &[u8],
) -> Result<SecretString, SealError> {
    let (key_id, nonce, sealed) = parts(blob).ok_or_else(|| malformed(place))?;
    let key = ring.key(key_id).ok_or_else(|| SealError::UnknownKey {
        table: place.table,
        column: place.column,
        row: place.row.to_owned(),
        key_id: key_id.to_owned(),
    })?;
    let data = associated(place, key_id);
    let payload = Payload {
        msg: sealed,
        aad: &data,
    };
    let opened = XChaCha20Poly1305::new(<&Key>::from(key))
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| SealError::Tampered {
            table: place.table,
            column: place.column,
            row: place.row.to_owned(),
        })?;
    let text = std::str::from_utf8(&opened).map_err(|_| malformed(place))?;
    Ok(SecretString::from(text))
}

fn malformed(place: Place<'_>) -> SealError {
    SealError::Malformed {
        table: place.table,
        column: place.column,
        row: place.row.to_owned(),
    }
}

/// Key id, nonce and ciphertext; none when the blob is too short or of another layout.
fn parts(blob: &[u8]) -> Option<(&str, [u8; NONCE_LENGTH], &[u8])> {
    let (&[layout, length], rest) = blob.split_first_chunk::<2>()?;
    if layout != LAYOUT {
        return None;
    }
    let (key_id, rest) = rest.split_at_checked(usize::from(length))?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_LENGTH>()?;
    Some((std::str::from_utf8(key_id).ok()?, *nonce, sealed))
}

fn associated(place: Place<'_>, key_id: &str) -> Vec<u8> {
    let mut data = vec![LAYOUT];
    for part in [place.table, place.column, place.row, key_id] {
        data.extend((part.len() as u64).to_be_bytes());
        data.extend(part.as_bytes());
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    const HERE: Place<'static> = Place {
        table: "connections",
        column: "access_token",
        row: "conn_1",
    };

    fn ring() -> KeyRing {
        KeyRing::ephemeral(&SystemEntropy).unwrap()
    }

    fn seal(ring: &KeyRing, secret: &str) -> Vec<u8> {
        let secret = SecretString::from(secret);
        let id = ring.active_id();
        super::seal((id, ring.key(id).unwrap()), &SystemEntropy, HERE, &secret).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_and_no_two_seals_are_alike() {
        let ring = ring();
        let (one, two) = (seal(&ring, "50000token"), seal(&ring, "50000token"));
        assert_ne!(one, two);
        assert!(!one.windows(10).any(|part| part == b"50000token"));
        assert_eq!(
            open(&ring, HERE, &one).unwrap().expose_secret(),
            "50000token"
        );
    }

    #[test]
    fn a_sealed_value_opens_nowhere_else() {
        let ring = ring();
        let blob = seal(&ring, "secret");
        let elsewhere = [
            Place {
                table: "other",
                ..HERE
            },
            Place {
                column: "refresh_token",
                ..HERE
            },
            Place {
                row: "conn_2",
                ..HERE
            },
        ];
        for place in elsewhere {
            let error = open(&ring, place, &blob).unwrap_err();
            assert!(matches!(error, SealError::Tampered { .. }), "{error}");
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let ring = ring();
        let blob = seal(&ring, "secret");
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&ring, HERE, &changed).is_err(), "bit {bit}");
        }
        for length in 0..blob.len() {
            assert!(
                open(&ring, HERE, &blob[..length]).is_err(),
                "length {length}"
            );
        }
    }

    #[test]
    fn another_ring_names_the_missing_key() {
        let blob = seal(&ring(), "secret");
        let error = open(&ring(), HERE, &blob).unwrap_err();
        assert!(matches!(error, SealError::UnknownKey { .. }), "{error}");
    }
}
