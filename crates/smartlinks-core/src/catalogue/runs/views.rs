//! The shapes of price runs.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::pricer::{PricingProblem, RuleRef};
use super::super::rates::RateView;
use crate::error::{Error, Result};
use crate::orders::MoneyView;

/// Which products: those that are named, or those that meet every condition. Nothing at all means every product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Selection {
    /// `prod_…`, 1 to 1,000 of them; then no conditions.
    pub products: Option<Vec<String>>,
    /// As in a search of the catalogue.
    pub words: Option<String>,
    /// `listed`, `held` or `unpublished`.
    pub state: Option<String>,
    /// With this label.
    pub label: Option<String>,
    /// Imported with this connection.
    pub connection: Option<String>,
    /// Of which AliExpress last said this.
    pub availability: Option<String>,
    /// With this price rule as their own.
    pub rule: Option<String>,
}

impl Selection {
    /// The conditions that are given. One that is blank would let everything through, which nobody means who gives one.
    pub(super) fn conditions(&self) -> Result<Vec<&'static str>> {
        let all = [
            ("words", &self.words),
            ("state", &self.state),
            ("label", &self.label),
            ("connection", &self.connection),
            ("availability", &self.availability),
            ("rule", &self.rule),
        ];
        let mut given = Vec::new();
        for (name, condition) in all {
            let Some(text) = condition else { continue };
            if text.trim().is_empty() {
                let message =
                    format!("has a `{name}` that is blank; leave it out to let all through");
                return Err(Error::invalid("selection", message));
            }
            given.push(name);
        }
        Ok(given)
    }
}

/// What is to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRunRequest {
    /// The rule to use, `rule_…`, which the products get as their own when the run is applied; each product's own, or
    /// the default one, when left out.
    pub rule: Option<String>,
    /// Which products, at most 10,000 variants; all when left out.
    #[serde(default, deserialize_with = "crate::json::object")]
    pub selection: Selection,
}

/// What was asked for and what came of it, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceRunSummary {
    /// Which products were meant.
    pub selection: Selection,
    /// The rule that was named.
    pub rule: Option<RuleRef>,
    /// How many products were looked at.
    pub products: usize,
    /// How many of their variants the merchant sells.
    pub variants: usize,
    /// How many get another price.
    pub changes: usize,
    /// How many keep theirs.
    pub unchanged: usize,
    /// How many have a problem, and keep what they have.
    pub problems: usize,
    /// How many keep a price that was set by hand.
    #[serde(default)]
    pub by_hand: usize,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceRunView {
    /// `run_…`
    pub id: String,
    /// What was asked for and what came of it.
    #[serde(flatten)]
    pub summary: PriceRunSummary,
    /// When it was made. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it was put in force. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub applied_at: Option<Timestamp>,
}

/// What becomes of one variant's price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriceRunLineView {
    /// Counts from 1 within the run.
    pub number: i64,
    /// `prod_…`
    pub product: String,
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// The merchant's title.
    pub title: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// The merchant's own code.
    pub own_code: Option<String>,
    /// Colour, size and the like. Upstream text: escape it.
    pub variant: String,
    /// The rule that was used.
    pub rule: Option<RuleRef>,
    /// What one costs at AliExpress.
    pub cost: Option<MoneyView>,
    /// What the cost was multiplied with, who says so, and since when.
    pub rate: Option<RateView>,
    /// The cost in the currency of the rule. Freight and tax are not in it: what a variant costs delivered is asked for
    /// with a destination.
    pub converted_cost: Option<MoneyView>,
    /// The price as it is.
    pub before: Option<MoneyView>,
    /// The price as it would be; null when it keeps what it has.
    pub after: Option<MoneyView>,
    /// What a sale would earn before freight and tax are paid of it: price less converted cost, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin_before_freight: Option<Decimal>,
    /// The same in per cent of the price, rounded down, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin_before_freight_percent: Option<Decimal>,
    /// Why it gets no price, or why it cannot be said what a price that was set by hand earns.
    pub problem: Option<PricingProblem>,
    /// It keeps its price, which was set by hand. Margins are those of that price then.
    #[serde(default)]
    pub by_hand: bool,
    /// The least that earns the minimum of the rule, or what it costs where there is none, when the price that was set by
    /// hand is below it.
    #[serde(default)]
    pub least: Option<MoneyView>,
}

/// A run with a part of its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunPage {
    /// The run.
    pub run: PriceRunView,
    /// Its changes and problems.
    pub lines: Vec<PriceRunLineView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<i64>,
}

/// A line that is not any more what the run showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunDifference {
    /// As it was shown.
    pub shown: PriceRunLineView,
    /// As it would be now; null when the variant is not sold any more.
    pub now: Option<PriceRunLineView>,
}

/// How applying a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriceRunOutcome {
    /// Every price that the run showed is in force; else none was changed.
    pub applied: bool,
    /// The run.
    pub run: PriceRunView,
    /// How many lines are not what was shown; make a new dry run then.
    pub differing: usize,
    /// The first hundred of them.
    pub differences: Vec<RunDifference>,
}
