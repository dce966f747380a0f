//! What a variant would sell for: its cost, brought into the currency of the rule, and what the rule makes of it.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smartlinks_store::{RuleId, StoredRule};
use utoipa::ToSchema;

use super::rates::RateView;
use super::rules;
use super::runs::percent;
use crate::error::Result;
use crate::orders::MoneyView;
use crate::pricing::{PriceProblem, PriceRule, Rate, RateSource, minor_units};
use crate::service::Core;

/// Why a variant gets no price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PricingProblem {
    /// AliExpress names no cost for it.
    NoCost,
    /// Its product has no rule, and there is no default one.
    NoRule,
    /// Its cost is in another currency than the rule, and nobody has entered what that is worth.
    NoRate {
        /// Currency of the cost, ISO 4217.
        from: String,
        /// Currency of the rule, ISO 4217.
        to: String,
    },
    /// Its cost is below zero, or larger than can be counted with.
    ImpossibleCost,
    /// The rule would give it away.
    ZeroPrice,
}

impl fmt::Display for PricingProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCost => formatter.write_str("AliExpress names no cost; read the product again"),
            Self::NoRule => {
                formatter.write_str("no rule applies; choose one, or make one the default")
            }
            Self::NoRate { from, to } => {
                write!(
                    formatter,
                    "the cost is in {from} and the rule in {to}; enter what one {from} is worth in {to}"
                )
            }
            Self::ImpossibleCost => formatter.write_str("the cost is below zero or too large"),
            Self::ZeroPrice => formatter.write_str("the rule gives a price of zero"),
        }
    }
}

/// A price rule by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleRef {
    /// `rule_…`
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// A price, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Priced {
    pub(super) price: MoneyView,
    /// The cost in the currency of the price.
    pub(super) converted: Decimal,
    pub(super) rate: RateView,
}

/// What a sale earns before freight and tax.
pub(super) struct Earned {
    /// The cost in the currency of the price.
    pub(super) converted: MoneyView,
    pub(super) rate: RateView,
    pub(super) margin: Decimal,
    /// In per cent of the price.
    pub(super) percent: Option<Decimal>,
    /// The least that the price should be, when it is below.
    pub(super) least: Option<MoneyView>,
}

/// Rules and rates as they are at one moment.
pub(super) struct Pricer {
    rules: HashMap<RuleId, (RuleRef, PriceRule)>,
    default: Option<RuleId>,
    rates: HashMap<(String, String), RateView>,
}

impl Core {
    /// Rules and rates as they are now.
    pub(super) async fn pricer(&self) -> Result<Pricer> {
        let stored = self.store().prices().price_rules().await?;
        let default = stored.iter().find(|rule| rule.is_default);
        let default = default.map(|rule| rule.id.clone());
        let rules = stored.into_iter().map(|rule: StoredRule| {
            let parsed = rules::parsed(&rule)?;
            let named = RuleRef {
                id: rule.id.to_string(),
                name: rule.name,
            };
            Ok((rule.id, (named, parsed)))
        });
        let rates = self.exchange_rates().await?.into_iter();
        Ok(Pricer {
            rules: rules.collect::<Result<_>>()?,
            default,
            rates: rates
                .map(|rate| ((rate.rate.from.clone(), rate.rate.to.clone()), rate))
                .collect(),
        })
    }
}

impl Pricer {
    /// The rule for a product: its own, else the default one.
    pub(super) fn rule(&self, own: Option<&RuleId>) -> Option<&(RuleRef, PriceRule)> {
        self.rules.get(own.or(self.default.as_ref())?)
    }

    /// What something sells for that costs so much; AliExpress said so at that moment.
    pub(super) fn price(
        &self,
        rule: Option<&PriceRule>,
        cost: Option<&MoneyView>,
        said_at: Timestamp,
    ) -> Result<Priced, PricingProblem> {
        let rule = rule.ok_or(PricingProblem::NoRule)?;
        let cost = cost.ok_or(PricingProblem::NoCost)?;
        let rate = self.rate(&cost.currency, rule.currency(), said_at)?;
        let converted = rate.rate.convert(cost.amount);
        let converted = converted.ok_or(PricingProblem::ImpossibleCost)?;
        let mut price = rule.price(converted).map_err(|problem| match problem {
            PriceProblem::Cost => PricingProblem::ImpossibleCost,
            PriceProblem::Zero => PricingProblem::ZeroPrice,
        })?;
        // As people write amounts of the currency.
        price.rescale(minor_units(rule.currency()));
        Ok(Priced {
            price: MoneyView {
                amount: price,
                currency: rule.currency().to_owned(),
            },
            converted,
            rate,
        })
    }

    /// What a sale at a price earns of something that costs so much. The price should earn the minimum of the rule, where
    /// that is in its currency, and no less than nothing.
    pub(super) fn earned(
        &self,
        rule: Option<&PriceRule>,
        cost: Option<&MoneyView>,
        price: &MoneyView,
        said_at: Timestamp,
    ) -> Result<Earned, PricingProblem> {
        let cost = cost.ok_or(PricingProblem::NoCost)?;
        let rate = self.rate(&cost.currency, &price.currency, said_at)?;
        let converted = rate.rate.convert(cost.amount);
        let converted = converted.ok_or(PricingProblem::ImpossibleCost)?;
        let mut least = match rule.filter(|rule| rule.currency() == price.currency) {
            Some(rule) => rule
                .least(converted)
                .map_err(|_| PricingProblem::ImpossibleCost)?,
            None => converted,
        };
        least.rescale(minor_units(&price.currency).max(least.normalize().scale()));
        let money = |amount: Decimal| MoneyView {
            amount,
            currency: price.currency.clone(),
        };
        let margin = price.amount - converted;
        Ok(Earned {
            margin,
            percent: percent(margin, price.amount),
            least: (price.amount < least).then(|| money(least)),
            converted: money(converted),
            rate,
        })
    }

    /// AliExpress's own conversion when it named the cost in the wanted currency, else what an operator entered.
    pub(super) fn rate(
        &self,
        from: &str,
        to: &str,
        said_at: Timestamp,
    ) -> Result<RateView, PricingProblem> {
        if from == to {
            return Ok(RateView {
                rate: Rate {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    rate: Decimal::ONE,
                    source: RateSource::Gateway,
                    at: said_at,
                },
            });
        }
        let entered = self.rates.get(&(from.to_owned(), to.to_owned()));
        entered.cloned().ok_or_else(|| PricingProblem::NoRate {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }
}
