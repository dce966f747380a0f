//! Price rules: what is added to a cost, by steps, and how the result is rounded.
//!
//! Three things hold for every rule: the price is exact, it never earns less than the rule's minimum, and what costs
//! more never sells for less. The last is not given by steps alone (100 % up to 10.00 and 50 % above would sell 10.01
//! for less than 10.00), so a step begins no lower than the one before it ended.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::currency::minor_units;

/// The most that a cost may be, in the currency of the rule.
const HIGHEST_COST: Decimal = whole(1_000_000_000);
/// Decimals of a cost; a converted one has as many.
const COST_DECIMALS: u32 = 6;
/// The most that may be added, in per cent.
const HIGHEST_PERCENT: Decimal = whole(10_000);
/// Decimals of a percentage.
const PERCENT_DECIMALS: u32 = 4;
/// The highest minimum margin, in per cent of the price.
const HIGHEST_MARGIN: Decimal = whole(95);
/// One per cent.
const HUNDREDTH: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// The most steps of a rule.
const MOST_STEPS: usize = 50;

const fn whole(number: u32) -> Decimal {
    Decimal::from_parts(number, 0, 0, false, 0)
}

/// How prices come from costs. A cost is what AliExpress asks for the goods: freight and tax are in none of the amounts,
/// so the steps have to leave room for them. Checked when it is made or read: a rule that exists can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Unchecked")]
pub struct PriceRule {
    /// Currency of costs, prices and all amounts of the rule, ISO 4217.
    currency: String,
    /// What is added, by cost: rising, and the last one without an end.
    steps: Vec<PriceStep>,
    /// The least that a sale earns before freight and tax, decimal text.
    #[schema(value_type = Option<String>)]
    min_profit: Option<Decimal>,
    /// The least that a sale earns before freight and tax, in per cent of its price, decimal text, at most 95.
    #[schema(value_type = Option<String>)]
    min_margin: Option<Decimal>,
    /// Which prices there are; every amount of the currency when absent.
    rounding: Option<Rounding>,
}

/// What is added to costs up to an amount. "Fixed" is `plus` alone, "percent" is `percent` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceStep {
    /// The highest cost that it is for, decimal text; none in the last step.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    #[schema(value_type = Option<String>)]
    pub up_to: Option<Decimal>,
    /// Added in per cent of the cost, decimal text, 0 to 10,000 with up to 4 decimals.
    #[serde(default, with = "rust_decimal::serde::str")]
    #[schema(value_type = String)]
    pub percent: Decimal,
    /// Added on top, decimal text.
    #[serde(default, with = "rust_decimal::serde::str")]
    #[schema(value_type = String)]
    pub plus: Decimal,
}

/// Prices that end alike: `ending` above a multiple of `every`. `{every: 1, ending: 0.99}` gives 4.99, 5.99, …;
/// `{every: 0.05, ending: 0}` gives what can be paid in coins. Prices are always rounded up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// The distance between two prices, decimal text, above zero.
    #[serde(with = "rust_decimal::serde::str")]
    #[schema(value_type = String)]
    pub every: Decimal,
    /// What they end with, decimal text, below `every`.
    #[serde(default, with = "rust_decimal::serde::str")]
    #[schema(value_type = String)]
    pub ending: Decimal,
}

/// Why a rule cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct RuleProblem {
    /// Which part of it, for example `steps[1].up_to`.
    pub field: String,
    /// What was found and what is accepted.
    pub message: String,
}

/// Why a cost has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceProblem {
    /// A cost below zero, above a thousand million, or with more than six decimals.
    #[error("a cost is between 0 and 1,000,000,000 with up to 6 decimals")]
    Cost,
    /// The rule would give it away.
    #[error("the price would be zero")]
    Zero,
}

/// A rule as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    currency: String,
    steps: Vec<PriceStep>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    min_profit: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    min_margin: Option<Decimal>,
    #[serde(default)]
    rounding: Option<Rounding>,
}

impl TryFrom<Unchecked> for PriceRule {
    type Error = RuleProblem;

    fn try_from(rule: Unchecked) -> Result<Self, RuleProblem> {
        let rule = Self {
            currency: rule.currency,
            steps: rule.steps,
            min_profit: rule.min_profit,
            min_margin: rule.min_margin,
            rounding: rule.rounding,
        };
        rule.check()?;
        Ok(rule)
    }
}

impl PriceRule {
    /// A rule that adds the same to every cost.
    ///
    /// # Errors
    /// [`RuleProblem`] names the part that cannot be.
    pub fn single(currency: &str, percent: Decimal, plus: Decimal) -> Result<Self, RuleProblem> {
        Self::stepped(
            currency,
            vec![PriceStep {
                up_to: None,
                percent,
                plus,
            }],
        )
    }

    /// A rule of several steps.
    ///
    /// # Errors
    /// [`RuleProblem`] names the part that cannot be.
    pub fn stepped(currency: &str, steps: Vec<PriceStep>) -> Result<Self, RuleProblem> {
        Unchecked {
            currency: currency.to_owned(),
            steps,
            min_profit: None,
            min_margin: None,
            rounding: None,
        }
        .try_into()
    }

    /// With a least profit, in the currency, and a least margin, in per cent of the price.
    ///
    /// # Errors
    /// [`RuleProblem`] names the part that cannot be.
    pub fn earning(
        mut self,
        profit: Option<Decimal>,
        margin: Option<Decimal>,
    ) -> Result<Self, RuleProblem> {
        (self.min_profit, self.min_margin) = (profit, margin);
        self.check()?;
        Ok(self)
    }

    /// With prices that end alike.
    ///
    /// # Errors
    /// [`RuleProblem`] names the part that cannot be.
    pub fn rounded(mut self, rounding: Rounding) -> Result<Self, RuleProblem> {
        self.rounding = Some(rounding);
        self.check()?;
        Ok(self)
    }

    /// Currency of costs and prices, ISO 4217.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The price of what costs this much in the rule's currency.
    ///
    /// # Errors
    /// [`PriceProblem`].
    pub fn price(&self, cost: Decimal) -> Result<Decimal, PriceProblem> {
        let cost = possible(cost)?;
        let mut price = self.round_up(self.marked_up(cost).max(self.earning_least(cost)));
        // The division behind the margin is the one step that may be inexact; this one is not.
        while !self.has_margin(cost, price) {
            price += self.every();
        }
        match price.is_zero() {
            true => Err(PriceProblem::Zero),
            false => Ok(price),
        }
    }

    /// The lowest amount of the currency that earns the rule's minimum on what costs this much, whatever its steps and
    /// its rounding say. Without a minimum it earns nothing.
    ///
    /// # Errors
    /// [`PriceProblem::Cost`].
    pub fn least(&self, cost: Decimal) -> Result<Decimal, PriceProblem> {
        let cost = possible(cost)?;
        let smallest = Decimal::new(1, minor_units(&self.currency));
        let mut least = up_to_multiple(self.earning_least(cost), smallest);
        while !self.has_margin(cost, least) {
            least += smallest;
        }
        Ok(least)
    }

    /// About the lowest price that earns the minimum.
    fn earning_least(&self, cost: Decimal) -> Decimal {
        let earning = cost + self.min_profit.unwrap_or_default();
        earning.max(self.with_margin(cost))
    }

    /// What the steps give.
    fn marked_up(&self, cost: Decimal) -> Decimal {
        let mut highest = Decimal::ZERO;
        for step in &self.steps {
            let reached = step.up_to.map_or(cost, |end| end.min(cost));
            highest = highest.max(step.add_to(reached));
            if step.up_to.is_none_or(|end| cost <= end) {
                break;
            }
        }
        highest
    }

    /// About the lowest price with the least margin.
    fn with_margin(&self, cost: Decimal) -> Decimal {
        match self.min_margin {
            Some(margin) => cost * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED - margin),
            None => cost,
        }
    }

    fn has_margin(&self, cost: Decimal, price: Decimal) -> bool {
        let margin = self.min_margin.unwrap_or_default();
        (price - cost) * Decimal::ONE_HUNDRED >= margin * price
    }

    fn every(&self) -> Decimal {
        let smallest = Decimal::new(1, minor_units(&self.currency));
        self.rounding
            .as_ref()
            .map_or(smallest, |rounding| rounding.every)
    }

    /// The lowest of the rule's prices that is not below.
    fn round_up(&self, amount: Decimal) -> Decimal {
        let every = self.every();
        let ending = self
            .rounding
            .as_ref()
            .map_or(Decimal::ZERO, |rounding| rounding.ending);
        if amount <= ending {
            return ending;
        }
        up_to_multiple(amount - ending, every) + ending
    }

    fn check(&self) -> Result<(), RuleProblem> {
        let currency = self.currency.as_bytes();
        if currency.len() != 3 || !currency.iter().all(u8::is_ascii_uppercase) {
            return Err(problem("currency", "expected an ISO 4217 code such as EUR"));
        }
        let decimals = minor_units(&self.currency);
        self.check_steps(decimals)?;
        if let Some(profit) = self.min_profit {
            amount("min_profit", profit, decimals)?;
        }
        let margins = Decimal::ZERO..=HIGHEST_MARGIN;
        if let Some(margin) = self.min_margin
            && (!margins.contains(&margin) || margin.normalize().scale() > PERCENT_DECIMALS)
        {
            return Err(problem(
                "min_margin",
                "expected 0 to 95 per cent of the price",
            ));
        }
        let Some(Rounding { every, ending }) = &self.rounding else {
            return Ok(());
        };
        amount("rounding.every", *every, decimals)?;
        amount("rounding.ending", *ending, decimals)?;
        if every.is_zero() || ending >= every {
            let message = "expected a distance above zero and an ending below it";
            return Err(problem("rounding", message));
        }
        Ok(())
    }

    fn check_steps(&self, decimals: u32) -> Result<(), RuleProblem> {
        if self.steps.is_empty() || self.steps.len() > MOST_STEPS {
            return Err(problem("steps", "expected 1 to 50 steps"));
        }
        let mut below = Decimal::ZERO;
        for (index, step) in self.steps.iter().enumerate() {
            let field = |name: &str| format!("steps[{index}].{name}");
            let percents = Decimal::ZERO..=HIGHEST_PERCENT;
            if !percents.contains(&step.percent)
                || step.percent.normalize().scale() > PERCENT_DECIMALS
            {
                let message = "expected 0 to 10,000 per cent with up to 4 decimals";
                return Err(problem(field("percent"), message));
            }
            amount(&field("plus"), step.plus, decimals)?;
            let last = index + 1 == self.steps.len();
            match step.up_to {
                None if last => {}
                Some(end) if !last && end > below => {
                    amount(&field("up_to"), end, decimals)?;
                    below = end;
                }
                _ => {
                    let message = "expected rising amounts, and none in the last step";
                    return Err(problem(field("up_to"), message));
                }
            }
        }
        Ok(())
    }
}

impl PriceStep {
    /// Exact: at most 16 digits of cost, 9 of the percentage and 2 for the hundredth fit into 28.
    fn add_to(&self, cost: Decimal) -> Decimal {
        cost + cost * (self.percent.normalize() * HUNDREDTH) + self.plus
    }
}

/// A cost that can be counted with.
fn possible(cost: Decimal) -> Result<Decimal, PriceProblem> {
    let cost = cost.normalize();
    let possible = Decimal::ZERO..=HIGHEST_COST;
    match possible.contains(&cost) && cost.scale() <= COST_DECIMALS {
        true => Ok(cost),
        false => Err(PriceProblem::Cost),
    }
}

/// The lowest multiple that is not below.
fn up_to_multiple(amount: Decimal, of: Decimal) -> Decimal {
    let above = amount % of;
    match above.is_zero() {
        true => amount,
        false => amount - above + of,
    }
}

fn problem(field: impl Into<String>, message: &str) -> RuleProblem {
    RuleProblem {
        field: field.into(),
        message: message.to_owned(),
    }
}

/// An amount that a rule may name: not negative, not huge, and payable in the currency.
fn amount(field: &str, amount: Decimal, decimals: u32) -> Result<(), RuleProblem> {
    let possible = Decimal::ZERO..=HIGHEST_COST;
    if possible.contains(&amount) && amount.normalize().scale() <= decimals {
        return Ok(());
    }
    let message =
        format!("expected an amount from 0 to 1,000,000,000 with up to {decimals} decimals");
    Err(problem(field, &message))
}

#[cfg(test)]
mod tests;
