//! The name of a connection.

use std::fmt;
use std::str::FromStr;

use crate::{Entropy, EntropyError, Millis, ids};
use serde::{Deserialize, Serialize};

const PREFIX: &str = "conn_";

/// The name of a connection: `conn_` and a UUIDv7. It survives reconnecting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionId(String);

impl ConnectionId {
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

/// The text is not a connection id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a connection id is `conn_` followed by a UUID, as `smartlinks connections` lists them")]
pub struct InvalidConnectionId;

impl FromStr for ConnectionId {
    type Err = InvalidConnectionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !ids::is_id(PREFIX, text) {
            return Err(InvalidConnectionId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for ConnectionId {
    type Error = InvalidConnectionId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ConnectionId> for String {
    fn from(id: ConnectionId) -> Self {
        id.0
    }
}

impl AsRef<str> for ConnectionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use uuid::Uuid;

    #[test]
    fn ids_are_uuid_v7_in_order_and_read_back() {
        let early = ConnectionId::generate(Millis(1_700_000_000_000), &SystemEntropy).unwrap();
        let late = ConnectionId::generate(Millis(1_700_000_000_001), &SystemEntropy).unwrap();
        assert!(early < late);
        assert_eq!(early.as_str().parse::<ConnectionId>().unwrap(), early);
        let uuid = Uuid::try_parse(early.as_str().strip_prefix("conn_").unwrap()).unwrap();
        assert_eq!(uuid.get_version_num(), 7);
    }

    #[test]
    fn other_texts_are_refused() {
        let id = ConnectionId::generate(Millis(1), &SystemEntropy).unwrap();
        let upper = format!("conn_{}", id.as_str()[5..].to_uppercase());
        let simple = id.as_str().replace('-', "");
        for text in [
            "",
            "conn_",
            "conn_1",
            &id.as_str()[5..],
            &simple,
            &format!("{id} "),
        ] {
            assert!(text.parse::<ConnectionId>().is_err(), "{text}");
        }
        assert!(upper == id.as_str() || upper.parse::<ConnectionId>().is_err());
    }
}
