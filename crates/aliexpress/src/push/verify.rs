//! Whether a push comes from AliExpress.

use hmac::Mac;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::MAX_BODY_BYTES;
use crate::{AppKey, AppSecret};

/// Length of the header's value: an HMAC-SHA256 in hexadecimal.
const DIGITS: usize = 64;

/// Why a push is not believed. Answer 401 and do not look at its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The body is larger than any push.
    #[error("the body has {length} bytes; a push has at most {MAX_BODY_BYTES}")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// No app secret was passed in, so that nothing can be checked.
    #[error("there is no app secret to check the push with")]
    NoSecret,
    /// The request has no `Authorization` header, or an empty one.
    #[error("the push is not signed: there is no Authorization header")]
    Unsigned,
    /// The header is no signature of a push: `Bearer …`, an MD5, a cut text.
    #[error(
        "the Authorization header is no signature of a push: {DIGITS} hexadecimal digits are expected"
    )]
    Malformed,
    /// The header is in upper case, as the signatures of requests are; those of pushes are in lower case.
    #[error("the Authorization header is in upper case; pushes are signed in lower case")]
    UpperCase,
    /// None of the secrets makes this signature: another app, another secret, or a body that was changed, if only by
    /// reading and writing its JSON again.
    #[error("the signature of the push does not fit its body under any of the app secrets")]
    Mismatch,
}

/// The `Authorization` header of a push: 64 lower-case hexadecimal digits, over app key and raw body.
#[must_use]
pub fn authorization(app_key: &AppKey, secret: &AppSecret, raw_body: &[u8]) -> String {
    hex::encode(secret.key().digest_with(|mac| {
        mac.update(app_key.as_str().as_bytes());
        mac.update(raw_body);
    }))
}

/// Checks the `Authorization` header of a push against its raw body. Returns which of the secrets has signed it,
/// counted from 0, so that a change of the secret can be followed.
///
/// Pass the body exactly as received and the secrets that count at the moment in any order, usually the newest first.
/// Every secret is tried and compared in constant time, so that the time taken tells nothing about the signature.
///
/// # Errors
/// One variant for each way a push can be wrong; see [`VerifyError`].
pub fn verify<'a>(
    app_key: &AppKey,
    secrets: impl IntoIterator<Item = &'a AppSecret>,
    raw_body: &[u8],
    authorization_header: Option<&str>,
) -> Result<usize, VerifyError> {
    if raw_body.len() > MAX_BODY_BYTES {
        let length = raw_body.len();
        return Err(VerifyError::TooLarge { length });
    }
    let header = well_formed(authorization_header)?;
    let mut tried = 0_u64;
    let (mut found, mut signed_by) = (Choice::from(0), 0_u64);
    for secret in secrets {
        let expected = authorization(app_key, secret, raw_body);
        let fits = expected.as_bytes().ct_eq(header.as_bytes());
        // The first that fits is kept.
        signed_by.conditional_assign(&tried, fits & !found);
        found |= fits;
        tried += 1;
    }
    if tried == 0 {
        return Err(VerifyError::NoSecret);
    }
    if bool::from(found) {
        Ok(usize::try_from(signed_by).unwrap_or(usize::MAX))
    } else {
        Err(VerifyError::Mismatch)
    }
}

fn well_formed(header: Option<&str>) -> Result<&str, VerifyError> {
    let header = header.map(str::trim).unwrap_or_default();
    if header.is_empty() {
        return Err(VerifyError::Unsigned);
    }
    if header.len() != DIGITS || !header.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(VerifyError::Malformed);
    }
    if header.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(VerifyError::UpperCase);
    }
    Ok(header)
}

/// What duplicates of a push have in common: the SHA-256 of the raw body, in lower-case hexadecimal.
#[must_use]
pub fn dedupe_key(raw_body: &[u8]) -> String {
    hex::encode(Sha256::digest(raw_body))
}
