//! The name of an endpoint.

use std::fmt;
use std::str::FromStr;

use crate::{Entropy, EntropyError, Millis, ids};
use serde::{Deserialize, Serialize};

const PREFIX: &str = "wh_";

/// The name of a webhook endpoint: `wh_` and a UUIDv7.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointId(String);

impl EndpointId {
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

/// The text is not the id of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the id of an endpoint is `wh_` followed by a UUID, as `smartlinks webhooks list` shows it"
)]
pub struct InvalidEndpointId;

impl FromStr for EndpointId {
    type Err = InvalidEndpointId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match ids::is_id(PREFIX, text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidEndpointId),
        }
    }
}

impl TryFrom<String> for EndpointId {
    type Error = InvalidEndpointId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EndpointId> for String {
    fn from(id: EndpointId) -> Self {
        id.0
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn ids_read_back_and_other_texts_are_refused() {
        let id = EndpointId::generate(Millis(1_700_000_000_000), &SystemEntropy).unwrap();
        assert_eq!(id.as_str().parse::<EndpointId>().unwrap(), id);
        for text in ["", "wh_", "wh_1", &id.as_str()[3..], &format!("{id} ")] {
            assert!(text.parse::<EndpointId>().is_err(), "{text}");
        }
    }
}
