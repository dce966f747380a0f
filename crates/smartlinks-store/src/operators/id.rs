//! The name of an operator in the database.

use std::fmt;
use std::str::FromStr;

use crate::{Entropy, EntropyError, Millis, ids};
use serde::{Deserialize, Serialize};

const PREFIX: &str = "op_";

/// The id of an operator: `op_` and a UUIDv7. It stays when the name changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OperatorId(String);

impl OperatorId {
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

/// The text is not an operator id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an operator id is `op_` followed by a UUID, as `smartlinks operators list` shows them")]
pub struct InvalidOperatorId;

impl FromStr for OperatorId {
    type Err = InvalidOperatorId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match ids::is_id(PREFIX, text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidOperatorId),
        }
    }
}

impl TryFrom<String> for OperatorId {
    type Error = InvalidOperatorId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OperatorId> for String {
    fn from(id: OperatorId) -> Self {
        id.0
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn ids_are_in_order_and_read_back_in_one_spelling() {
        let early = OperatorId::generate(Millis(1_700_000_000_000), &SystemEntropy).unwrap();
        let late = OperatorId::generate(Millis(1_700_000_000_001), &SystemEntropy).unwrap();
        assert!(early < late);
        assert_eq!(early.as_str().parse::<OperatorId>().unwrap(), early);
        for text in [
            "",
            "op_",
            "op_1",
            &early.as_str()[3..],
            &format!("{early} "),
        ] {
            assert!(text.parse::<OperatorId>().is_err(), "{text}");
        }
    }
}
