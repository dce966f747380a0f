//! The two older digests. Only to recognise them: the token endpoints refuse both.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// MD5 of secret, text and secret again.
pub(super) fn md5_wrapped(secret: &str, text: &str) -> String {
    let mut digest = Md5::new();
    for part in [secret, text, secret] {
        digest.update(part.as_bytes());
    }
    super::upper_hex(&digest.finalize())
}

/// HMAC-MD5 of the text.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(super) fn hmac_md5(secret: &str, text: &str) -> String {
    let mut mac = <Hmac<Md5> as KeyInit>::new_from_slice(secret.as_bytes())
        .expect("any key length is allowed");
    mac.update(text.as_bytes());
    super::upper_hex(&mac.finalize().into_bytes())
}
