//! What a variant costs delivered, in the words of a terminal.

use smartlinks_core::catalogue::{DeliveredQuote, LandedOption};
use smartlinks_core::pricing::RateSource;
use smartlinks_core::{FreightOption, MoneyView};

use super::money;
use crate::output::{facts, table};

pub(super) fn delivery(shown: &DeliveredQuote) -> String {
    let quote = &shown.quote;
    let head = format!(
        "delivery of {} of {} to {}:",
        quote.quantity, quote.sku, quote.ship_to
    );
    if quote.options.is_empty() {
        return format!("{head} none");
    }
    let rows = quote.options.iter().zip(&shown.landed.options);
    let rows = rows.map(|(option, landed)| row(option, landed));
    let table = table(
        ["SERVICE", "FEE", "DAYS", "TRACKED", "LANDED COST", "MARGIN"],
        rows,
    );
    format!("{head}\n{table}\n\n{}", behind(shown))
}

fn row(option: &FreightOption, landed: &LandedOption) -> [String; 6] {
    let days = match (option.min_days, option.max_days) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(days), None) | (None, Some(days)) => days.to_string(),
        (None, None) => "unknown".to_owned(),
    };
    let cost = match landed.no_rate.as_slice() {
        [] => amount(landed.payable_cost().as_ref()),
        missing => format!("no rate for {}", missing.join(", ")),
    };
    [
        option.code.clone(),
        if option.free {
            "free".to_owned()
        } else {
            money(option.fee.as_ref(), option.currency.as_deref())
        },
        days,
        if option.tracked { "yes" } else { "no" }.to_owned(),
        cost,
        margin(landed.payable_margin().as_ref(), landed.margin_percent),
    ]
}

fn margin(left: Option<&MoneyView>, percent: Option<impl ToString>) -> String {
    match (left, percent) {
        (Some(_), Some(percent)) => format!("{} ({} %)", amount(left), percent.to_string()),
        _ => amount(left),
    }
}

fn amount(given: Option<&MoneyView>) -> String {
    money(
        given.map(|money| &money.amount),
        given.map(|money| money.currency.as_str()),
    )
}

/// What the figures were made of.
fn behind(shown: &DeliveredQuote) -> String {
    let landed = &shown.landed;
    let mut rows = vec![
        ("price of one", amount(landed.unit_price.as_ref())),
        ("goods", amount(landed.goods.as_ref())),
    ];
    if landed.charges_not_named {
        let none =
            "AliExpress names none for this destination; customs may ask for some on delivery";
        rows.push(("taxes and import", none.to_owned()));
    }
    let charges = landed.charges.iter().flatten();
    rows.extend(charges.map(|one| ("taxes and import", amount(Some(one)))));
    rows.extend(landed.rates.iter().map(|used| {
        let rate = &used.rate;
        let said = match rate.source {
            RateSource::Gateway => format!("named in {} by AliExpress", rate.to),
            RateSource::Operator => {
                format!("1 {} = {} {}, as entered", rate.from, rate.rate, rate.to)
            }
        };
        ("rate", format!("{said}, {}", rate.at))
    }));
    if let Some(selling) = &landed.selling {
        let rule = selling.rule.as_ref().map(|rule| rule.name.clone());
        rows.push(("catalogue", selling.product.clone()));
        rows.push(("price rule", rule.unwrap_or_else(|| "none".to_owned())));
        rows.push(match (&selling.price, selling.in_force) {
            (Some(price), true) => ("sells for", amount(Some(price))),
            (price, _) => ("would sell for", amount(price.as_ref())),
        });
        if let Some(made) = &selling.under_rule {
            let words = format!("{}; see `smartlinks catalogue dry-run`", amount(Some(made)));
            rows.push(("the rule makes", words));
        }
        if let Some(problem) = &selling.problem {
            rows.push(("no price by rule", problem.to_string()));
        }
    }
    facts(rows)
}
