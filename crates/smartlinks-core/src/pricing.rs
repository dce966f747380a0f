//! What a variant sells for: exact decimals from the cost to the price.
//!
//! Nothing here asks anybody or keeps anything. Use cases fetch costs and rates, and show what a rule would do
//! before it is applied.

mod currency;
mod rate;
mod rule;

pub use currency::minor_units;
pub use rate::{Rate, RateSource};
pub use rule::{PriceProblem, PriceRule, PriceStep, Rounding, RuleProblem};
