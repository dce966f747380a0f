//! Ids of all kinds: a prefix that tells the kind, and a UUIDv7.

use uuid::{Uuid, Variant};

use crate::{Entropy, EntropyError, Millis};

/// A fresh id of any kind: `prefix` and a UUIDv7.
pub(crate) fn generate(
    prefix: &str,
    now: Millis,
    entropy: &dyn Entropy,
) -> Result<String, EntropyError> {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random)?;
    let millis = u64::try_from(now.0).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    Ok(format!("{prefix}{uuid}"))
}

/// Whether a text is `prefix` and a UUID, in its one spelling: ids are compared as texts and sealed data is bound
/// to them.
pub(crate) fn is_id(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        Uuid::try_parse(rest).is_ok_and(|uuid| {
            uuid.get_variant() == Variant::RFC4122 && uuid.hyphenated().to_string() == rest
        })
    })
}
