//! What a variant costs delivered, for the page.

use smartlinks_core as core;
use smartlinks_core::catalogue::{DeliveredQuote, LandedOption, PricingProblem, Selling};
use smartlinks_core::pricing::RateSource;

use super::problems;
use super::products::freight;
use crate::page::views::{
    Delivered, FreightOption, FreightState, NoPrice, Price, SellingView, UsedRate, Way,
};

pub(super) fn state(answer: core::Result<DeliveredQuote>, request_id: &str) -> FreightState {
    match answer {
        Ok(shown) if shown.quote.options.is_empty() => FreightState::NoneThere,
        Ok(shown) => FreightState::Options(Box::new(delivered(shown))),
        Err(error) if error.code() == "no_delivery" => FreightState::NoneThere,
        Err(error) => FreightState::Trouble(problems::view(error.into(), request_id)),
    }
}

fn delivered(shown: DeliveredQuote) -> Delivered {
    let (quote, landed) = (shown.quote, shown.landed);
    let ways = quote.options.into_iter().zip(landed.options);
    let rates = landed.rates.into_iter().map(|used| UsedRate {
        rate: used.rate.rate.normalize().to_string(),
        entered: used.rate.source == RateSource::Operator,
        at_ms: used.rate.at.as_millisecond(),
        from: used.rate.from,
        to: used.rate.to,
    });
    Delivered {
        ways: ways
            .map(|(option, comes_to)| way(option, comes_to, &quote.currency))
            .collect(),
        unit: landed.unit_price.map(plain),
        charges_not_named: landed.charges_not_named,
        charges: landed.charges.into_iter().flatten().map(plain).collect(),
        goods: landed.goods.map(plain),
        rates: rates.collect(),
        selling: landed.selling.map(selling),
    }
}

fn way(option: core::FreightOption, landed: LandedOption, currency: &str) -> Way {
    let (cost, margin) = (landed.payable_cost(), landed.payable_margin());
    Way {
        option: FreightOption {
            landed: cost.map(plain),
            ..freight(option, currency)
        },
        no_rate: landed.no_rate,
        margin: margin.map(plain),
        margin_percent: landed
            .margin_percent
            .map(|percent| percent.normalize().to_string()),
    }
}

fn selling(selling: Selling) -> SellingView {
    let price = match (selling.price, selling.problem) {
        (Some(price), _) => Ok(plain(price)),
        (None, problem) => Err(match problem {
            Some(PricingProblem::NoCost) | None => NoPrice::Cost,
            Some(PricingProblem::NoRule) => NoPrice::Rule,
            Some(PricingProblem::NoRate { from, to }) => NoPrice::Rate(from, to),
            Some(PricingProblem::ImpossibleCost) => NoPrice::Impossible,
            Some(PricingProblem::ZeroPrice) => NoPrice::Zero,
        }),
    };
    SellingView {
        rule: selling.rule.map(|rule| rule.name),
        price,
        under_rule: selling.under_rule.map(plain),
    }
}

fn plain(money: core::MoneyView) -> Price {
    Price::new(money.amount.to_string(), money.currency)
}
