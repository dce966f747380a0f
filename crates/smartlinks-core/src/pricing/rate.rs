//! Exchange rates: each with where it is from and when it was true.

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Decimals that a converted cost keeps.
const KEPT: u32 = 6;

/// Who says what a currency is worth. None is fetched from anywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// The gateway gave the price in the asked currency (`target_currency`).
    Gateway,
    /// An operator entered it.
    Operator,
}

/// What one unit of a currency is worth in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    /// ISO 4217.
    pub from: String,
    /// ISO 4217.
    pub to: String,
    /// Units of `to` for one of `from`, decimal text, above zero.
    #[schema(value_type = String)]
    pub rate: Decimal,
    /// Who said so.
    pub source: RateSource,
    /// When it was said. RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl Rate {
    /// An amount of `from` in `to`, rounded up to a millionth so that a cost never looks smaller than it is; none when
    /// it is too large to be told exactly.
    #[must_use]
    pub fn convert(&self, amount: Decimal) -> Option<Decimal> {
        let converted = amount.checked_mul(self.rate)?;
        Some(
            converted
                .round_dp_with_strategy(KEPT, RoundingStrategy::AwayFromZero)
                .normalize(),
        )
    }
}
