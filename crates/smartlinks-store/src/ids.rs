//! Ids of all kinds: a prefix that tells the kind, and a UUIDv7. Each kind has a type of its own, made by [`id`].

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

/// The type of one kind of ids, and the error for a text that is none of them.
macro_rules! id {
    (
        $(#[$about:meta])* $name:ident: $prefix:literal,
        $(#[$about_wrong:meta])* $invalid:ident: $wrong:literal $(,)?
    ) => {
        $(#[$about])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A fresh id; ids of later moments sort after those of earlier ones.
            ///
            /// # Errors
            /// When `entropy` has no random bytes.
            pub fn generate(
                now: $crate::Millis,
                entropy: &dyn $crate::Entropy,
            ) -> Result<Self, $crate::EntropyError> {
                $crate::ids::generate($prefix, now, entropy).map(Self)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        $(#[$about_wrong])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($wrong)]
        pub struct $invalid;

        impl std::str::FromStr for $name {
            type Err = $invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match $crate::ids::is_id($prefix, text) {
                    true => Ok(Self(text.to_owned())),
                    false => Err($invalid),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

pub(crate) use id;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConnectionId, SystemEntropy};

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
