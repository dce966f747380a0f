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

/// Taxes and import charges on top of the goods, one amount for each currency; none while a part of them is unknown.
pub(crate) fn charges_on(
    sku: &SkuView,
    price: Decimal,
    quantity: u32,
    goods: Decimal,
) -> Option<Vec<MoneyView>> {
    let tax = match (sku.tax_included, sku.tax) {
        (Some(true), _) | (None, None) => Decimal::ZERO,
        (Some(false), None) => return None,
        (_, Some(tax)) => tax,
    };
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
