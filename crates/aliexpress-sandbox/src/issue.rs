//! Unguessable-looking text (codes, tokens) from a seed and a counter, so that two runs agree.

use sha2::{Digest, Sha256};

use crate::profile::CodeForm;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Lower-case hexadecimal SHA-256: the only form in which codes and tokens are kept.
pub(crate) fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// `length` letters and digits for the `counter`-th thing of a kind.
pub(crate) fn text(seed: u64, kind: &str, counter: u64, length: usize) -> String {
    let mut text = String::with_capacity(length);
    for block in 0u32.. {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(counter.to_be_bytes());
        hash.update(block.to_be_bytes());
        hash.update(kind.as_bytes());
        for byte in hash.finalize() {
            if text.len() == length {
                return text;
            }
            text.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        }
    }
    text
}

/// Authorization code: `3_<app key>_<22 letters and digits>`, or one of the older forms.
pub(crate) fn code(seed: u64, app_key: &str, counter: u64, form: CodeForm) -> String {
    let random = text(seed, "code", counter, 22);
    match form {
        CodeForm::WithAppKey => format!("3_{app_key}_{random}"),
        CodeForm::Older => format!("0_{app_key}_{random}"),
        CodeForm::Short => format!("0_{random}"),
    }
}

/// Access token: 60 characters, beginning `50000`.
pub(crate) fn access_token(seed: u64, counter: u64) -> String {
    format!("50000{}", text(seed, "access", counter, 55))
}

/// Refresh token: 60 characters, beginning `50001`.
pub(crate) fn refresh_token(seed: u64, counter: u64) -> String {
    format!("50001{}", text(seed, "refresh", counter, 55))
}
