//! The app secret as a key that is ready for use.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256 with the key already worked in: half of the work of a short signature, done once per secret. Zeroised
/// when dropped, as the secret itself.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(KeyInit::new_from_slice(secret).expect("any key length is allowed"))
    }

    /// The digest of one text.
    pub(super) fn digest(&self, text: &[u8]) -> [u8; 32] {
        self.digest_with(|mac| mac.update(text))
    }

    /// The digest of whatever is fed to it.
    #[inline]
    pub(crate) fn digest_with(&self, feed: impl FnOnce(&mut Hmac<Sha256>)) -> [u8; 32] {
        let mut mac = self.0.clone();
        feed(&mut mac);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}
