//! What pieces of a variant cost, whoever asks: at its price, at the normal one above the limit of a promotion, and what
//! comes on top.

use rust_decimal::{Decimal, RoundingStrategy};

use super::SkuView;
use crate::orders::MoneyView;
use crate::pricing::minor_units;

/// How many of `quantity` pieces stand above the limit of a promotion, of `wanted` pieces up to and with them.
pub(crate) fn above_limit(sku: &SkuView, quantity: u32, wanted: i64) -> u32 {
    let Some(limit) = sku.promotion_limit else {
        return 0;
    };
    let above = u32::try_from(wanted.saturating_sub(limit)).unwrap_or_default();
    above.min(quantity)
}

/// What pieces cost, `above` of them at the normal price.
pub(crate) fn goods_price(
    sku: &SkuView,
    price: Decimal,
    quantity: u32,
    above: u32,
) -> Option<Decimal> {
    let at_price = price.checked_mul((quantity - above).into())?;
    if above == 0 {
        return Some(at_price);
    }
    // Never less than the price of the promotion: a normal price below it would be a mistake.
    let normal = sku.original_price?.max(price).checked_mul(above.into())?;
    at_price.checked_add(normal)
}

/// Whether AliExpress says that tax is not in the price, and names neither tax nor charges: it takes none itself, and
/// customs may.
pub(crate) const fn names_no_charges(sku: &SkuView) -> bool {
    matches!(sku.tax_included, Some(false)) && sku.tax.is_none() && sku.import_charges.is_none()
}

/// Taxes and import charges that AliExpress takes on top of the goods, one amount for each currency. What it does not name
/// it does not take.
pub(crate) fn charges_on(
    sku: &SkuView,
    price: Decimal,
    quantity: u32,
    goods: Decimal,
) -> Option<Vec<MoneyView>> {
    let tax = sku.tax.filter(|_| sku.tax_included != Some(true));
    let tax = tax.unwrap_or_default();
    let import = sku.import_charges.unwrap_or_default();
    let currency = sku.currency.as_deref()?;
    let tax_currency = sku.tax_currency.as_deref().unwrap_or(currency);
    let each = match tax_currency == currency {
        true => vec![(tax.checked_add(import)?, currency)],
        false => vec![(import, currency), (tax, tax_currency)],
    };
    let usual = price.checked_mul(quantity.into())?;
    let each = each.into_iter().filter(|(amount, _)| !amount.is_zero());
    let all = each.map(|(amount, currency)| {
        let mut amount = amount.checked_mul(quantity.into())?;
        if goods != usual && !usual.is_zero() {
            // They are shares of the price, so they rise with it.
            let risen = amount.checked_mul(goods)?.checked_div(usual)?;
            let digits = minor_units(currency);
            amount = risen.round_dp_with_strategy(digits, RoundingStrategy::AwayFromZero);
        }
        Some(MoneyView {
            amount,
            currency: currency.to_owned(),
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_named_is_charged_in_its_currency() {
        let charged = |fields: &Value| {
            let mut sku = json!({
                "id": "1", "attr": "", "properties": [], "price": "10", "original_price": null, "currency": "USD",
                "stock": 5, "tax": null, "import_charges": null,
            });
            for (name, value) in fields.as_object().unwrap() {
                sku[name] = value.clone();
            }
            let sku: SkuView = serde_json::from_value(sku).unwrap();
            let charges = charges_on(&sku, Decimal::TEN, 2, Decimal::from(20)).unwrap();
            let text = |one: &MoneyView| format!("{} {}", one.amount.normalize(), one.currency);
            let charges: Vec<String> = charges.iter().map(text).collect();
            (charges.join(", "), names_no_charges(&sku))
        };
        for (fields, expected, none_named) in [
            (json!({}), "", false),
            (json!({ "tax_included": true, "tax": "1" }), "", false),
            (json!({ "tax_included": false }), "", true),
            (json!({ "tax_included": false, "tax": "0" }), "", false),
            (
                json!({ "tax_included": false, "tax": "0.70" }),
                "1.4 USD",
                false,
            ),
            (
                json!({ "tax_included": false, "tax": "0.70", "import_charges": "2.00" }),
                "5.4 USD",
                false,
            ),
            (
                json!({ "tax_included": false, "tax": "0.70", "tax_currency": "EUR" }),
                "1.4 EUR",
                false,
            ),
        ] {
            assert_eq!(
                charged(&fields),
                (expected.to_owned(), none_named),
                "{fields}"
            );
        }
    }
}
