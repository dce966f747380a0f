//! What could take the place of a variant that is gone: the variant of the same product that is closest in properties
//! and price. It is only ever proposed.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smartlinks_store::{CatalogueSku, Millis, Replacement, SkuRepair};

use super::search_text::folded;
use super::views::{cost, properties};
use crate::error::Result;
use crate::orders::MoneyView;
use crate::products::SkuPropertyView;

/// What properties and price weigh, in hundredths.
const PROPERTIES: i64 = 70;
const PRICE: i64 = 30;
/// What is less likely than this is no proposal.
const LEAST: i64 = 20;

/// Why a variant is proposed.
pub(super) mod reasons {
    /// It has the same properties under another number.
    pub(crate) const SAME: &str = "same_properties";
    /// It differs in some of its properties.
    pub(crate) const CLOSEST: &str = "closest_properties";
    /// Its properties say nothing; it costs about as much.
    pub(crate) const PRICE: &str = "closest_price";
}

struct Facts {
    properties: Vec<SkuPropertyView>,
    cost: Option<MoneyView>,
}

fn facts(sku: &CatalogueSku, product: &str) -> Result<Facts> {
    Ok(Facts {
        properties: properties(sku, product)?,
        cost: cost(sku, product)?,
    })
}

/// Proposes something for every variant that is gone and sold, unless a person has chosen or what is proposed is still
/// there.
pub(super) fn propose(
    skus: &mut [CatalogueSku],
    chosen: &[SkuRepair],
    product: &str,
    now: Millis,
) -> Result<()> {
    for at in 0..skus.len() {
        let gone = &skus[at];
        let done = chosen.iter().any(|repair| repair.sku_id == gone.sku_id);
        if gone.gone_at.is_none() || !gone.chosen || done {
            continue;
        }
        let there = |other: &CatalogueSku| other.gone_at.is_none() && other.stock != Some(0);
        let holds = gone.replacement.as_ref().is_some_and(|held| {
            skus.iter()
                .any(|sku| sku.sku_id == held.sku_id && there(sku))
        });
        if holds {
            continue;
        }
        let wanted = facts(gone, product)?;
        let mut best: Option<(i64, bool, &CatalogueSku, &'static str)> = None;
        for other in skus.iter().filter(|sku| there(sku)) {
            let (confidence, reason) = compare(&wanted, &facts(other, product)?);
            // Of two that are as close, one that is not sold yet: it may be the same under a new number.
            let rank = (confidence, !other.chosen);
            if confidence >= LEAST && best.is_none_or(|(most, free, ..)| rank > (most, free)) {
                best = Some((confidence, !other.chosen, other, reason));
            }
        }
        let proposed = best.map(|(confidence, _, other, reason)| Replacement {
            sku_id: other.sku_id.clone(),
            reason: reason.to_owned(),
            confidence,
            at: now,
        });
        skus[at].replacement = proposed;
    }
    Ok(())
}

/// How likely one does for the other, 0 to 100, and why.
fn compare(wanted: &Facts, other: &Facts) -> (i64, &'static str) {
    let price = closeness(wanted.cost.as_ref(), other.cost.as_ref());
    if wanted.properties.is_empty() {
        // Nothing says what it is: the price alone convinces nobody.
        return (price / 2, reasons::PRICE);
    }
    let same = wanted.properties.iter().filter(|property| {
        other.properties.iter().any(|one| {
            let alike = |one: &str, other: &str| folded(one.trim()) == folded(other.trim());
            alike(&one.name, &property.name) && alike(&one.value, &property.value)
        })
    });
    let same = same.count();
    let of = wanted.properties.len().max(other.properties.len());
    let share = i64::try_from(same * 100 / of.max(1)).unwrap_or(0);
    let confidence = (PROPERTIES * share + PRICE * price) / 100;
    let reason = match same {
        all if all == of => reasons::SAME,
        0 => reasons::PRICE,
        _ => reasons::CLOSEST,
    };
    (confidence, reason)
}

/// 100 for the same price, less the further apart; 50 when that cannot be said.
fn closeness(one: Option<&MoneyView>, other: Option<&MoneyView>) -> i64 {
    let (Some(one), Some(other)) = (one, other) else {
        return 50;
    };
    let (low, high) = (one.amount.min(other.amount), one.amount.max(other.amount));
    if one.currency != other.currency || high <= Decimal::ZERO {
        return 50;
    }
    let share = low.checked_div(high).unwrap_or_default() * Decimal::ONE_HUNDRED;
    share.trunc().to_i64().unwrap_or(0).clamp(0, 100)
}

/// What differs between a variant and what could take its place: name, before, after.
pub(super) fn differences(
    gone: &[SkuPropertyView],
    other: &[SkuPropertyView],
) -> Vec<(String, Option<String>, Option<String>)> {
    let value = |properties: &[SkuPropertyView], name: &str| {
        let found = properties.iter().find(|one| one.name == name);
        found.map(|one| one.value.clone())
    };
    let mut names: Vec<&str> = Vec::new();
    for property in gone.iter().chain(other) {
        if !names.contains(&property.name.as_str()) {
            names.push(&property.name);
        }
    }
    let both = names
        .into_iter()
        .map(|name| (name.to_owned(), value(gone, name), value(other, name)));
    both.filter(|(_, before, after)| before != after).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Millis = Millis(1_795_435_200_000);

    fn sku(id: &str, properties: &[(&str, &str)], cost: &str) -> CatalogueSku {
        let properties: Vec<_> = properties
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value, "image": null }))
            .collect();
        CatalogueSku {
            sku_id: id.to_owned(),
            position: 0,
            attr: String::new(),
            properties_json: json!(properties).to_string(),
            image: None,
            own_code: None,
            chosen: true,
            cost: Some(cost.to_owned()),
            currency: Some("EUR".to_owned()),
            stock: Some(3),
            price: None,
            price_currency: None,
            price_by_hand: false,
            gone_at: None,
            replacement: None,
        }
    }

    fn proposed(mut skus: Vec<CatalogueSku>) -> Option<Replacement> {
        skus[0].gone_at = Some(NOW);
        propose(&mut skus, &[], "prod_1", NOW).unwrap();
        assert!(skus[1..].iter().all(|sku| sku.replacement.is_none()));
        skus.swap_remove(0).replacement
    }

    #[test]
    fn the_same_under_a_new_number_comes_first() {
        let found = proposed(vec![
            sku("1", &[("Colour", "Red"), ("Size", "M")], "4.00"),
            sku("2", &[("Colour", "Red"), ("Size", "L")], "4.00"),
            sku("3", &[("Colour", "red "), ("Size", "M")], "4.20"),
        ])
        .unwrap();
        assert_eq!(
            (found.sku_id.as_str(), found.reason.as_str()),
            ("3", "same_properties")
        );
        assert_eq!(found.confidence, 98);
    }

    #[test]
    fn of_those_that_differ_the_closest_in_price_is_proposed() {
        let found = proposed(vec![
            sku("1", &[("Colour", "Red"), ("Size", "M")], "4.00"),
            sku("2", &[("Colour", "Red"), ("Size", "XL")], "8.00"),
            sku("3", &[("Colour", "Red"), ("Size", "L")], "4.40"),
            sku("4", &[("Colour", "Blue"), ("Size", "S")], "4.00"),
        ])
        .unwrap();
        assert_eq!(
            (
                found.sku_id.as_str(),
                found.reason.as_str(),
                found.confidence
            ),
            ("3", "closest_properties", 62)
        );
    }

    #[test]
    fn what_is_gone_sold_out_or_far_off_is_not_proposed() {
        let gone = || sku("1", &[("Colour", "Red")], "4.00");
        let mut sold_out = sku("2", &[("Colour", "Red")], "4.00");
        sold_out.stock = Some(0);
        assert_eq!(proposed(vec![gone(), sold_out]), None);
        assert_eq!(proposed(vec![gone()]), None);
        let far = sku("3", &[("Colour", "Blue")], "40.00");
        assert_eq!(proposed(vec![gone(), far]), None);
        let cheap = proposed(vec![gone(), sku("4", &[("Colour", "Blue")], "4.00")]).unwrap();
        assert_eq!(
            (cheap.reason.as_str(), cheap.confidence),
            ("closest_price", 30)
        );
    }

    #[test]
    fn a_proposal_stays_while_it_can() {
        let mut skus = vec![
            sku("1", &[("Colour", "Red")], "4.00"),
            sku("2", &[("Colour", "Red")], "5.00"),
        ];
        skus[0].gone_at = Some(NOW);
        propose(&mut skus, &[], "prod_1", NOW).unwrap();
        let first = skus[0].replacement.clone();
        skus.push(sku("3", &[("Colour", "Red")], "4.00"));
        propose(&mut skus, &[], "prod_1", NOW.plus(5)).unwrap();
        assert_eq!(skus[0].replacement, first);
        skus[1].gone_at = Some(NOW);
        propose(&mut skus, &[], "prod_1", NOW.plus(5)).unwrap();
        assert_eq!(skus[0].replacement.as_ref().unwrap().sku_id, "3");
    }
}
