//! The name of an API key.

use std::fmt;
use std::str::FromStr;

use crate::{Entropy, EntropyError, Millis, ids};

const PREFIX: &str = "key_";

/// The name of an API key: `key_` and a UUIDv7. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// A fresh id; ids of later moments sort after those of earlier ones.
    ///
    /// # Errors
    /// When `entropy` has no random bytes.
    pub fn generate(now: Millis, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        ids::generate(PREFIX, now, entropy).map(Self)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not the id of an API key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the id of an API key is `key_` followed by a UUID, as `smartlinks api-keys list` shows it"
)]
pub struct InvalidApiKeyId;

impl FromStr for ApiKeyId {
    type Err = InvalidApiKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if ids::is_id(PREFIX, text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidApiKeyId)
        }
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
