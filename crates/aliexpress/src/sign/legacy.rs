//! The two older digests. Only to recognise them: the token endpoints refuse both.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// MD5 of texts one after the other: the old rule is secret, text and secret again.
pub(super) fn md5<const N: usize>(texts: [&str; N]) -> [u8; 16] {
    let mut digest = Md5::new();
    for text in texts {
        digest.update(text.as_bytes());
    }
    digest.finalize().into()
}

/// HMAC-MD5 of the text.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(super) fn hmac_md5(secret: &str, text: &str) -> [u8; 16] {
    let mut mac = <Hmac<Md5> as KeyInit>::new_from_slice(secret.as_bytes())
        .expect("any key length is allowed");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}
