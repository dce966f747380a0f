use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use crate::decode;

/// An amount in major units (12.34, not 1234) and its ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Money {
    /// The amount, exact.
    #[serde(deserialize_with = "decode::required_decimal")]
    pub amount: Decimal,
    /// ISO 4217 code. Gateway name: `currency_code`.
    #[serde(
        alias = "currency_code",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub currency: String,
}

impl Money {
    /// An amount of a currency.
    pub fn new(amount: Decimal, currency: impl Into<String>) -> Self {
        Self {
            amount,
            currency: currency.into(),
        }
    }
}

/// An amount that may be absent, as null, as `{}`, or with nothing in its fields.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Money>, D::Error> {
    #[derive(Deserialize)]
    struct Parts {
        #[serde(default, deserialize_with = "decode::decimal")]
        amount: Option<Decimal>,
        #[serde(
            alias = "currency_code",
            default,
            deserialize_with = "decode::text_or_empty"
        )]
        currency: String,
    }
    let parts = Option::<Parts>::deserialize(deserializer)?;
    Ok(parts.and_then(|parts| Some(Money::new(parts.amount?, parts.currency))))
}
