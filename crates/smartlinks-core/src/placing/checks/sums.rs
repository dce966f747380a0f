//! What an order costs as a whole, and what stands for what was seen.

use rust_decimal::Decimal;
use serde_json::json;

use super::{Checked, OrderPreview, PreviewLine, in_pay_currency};
use crate::connect::sha256;
use crate::orders::MoneyView;
use crate::placing::guard;
use crate::placing::request::{NewOrder, PAY_CURRENCY};
use crate::products::FreightOption;

/// The fee where it is one in the pay currency.
pub(super) fn fee_of(option: &FreightOption) -> Option<MoneyView> {
    let fee = option.fee?;
    let known = fee.is_zero() || option.currency.as_deref() == Some(PAY_CURRENCY);
    known.then(|| in_pay_currency(fee))
}

impl Checked {
    /// Totals, guard and the token of what was seen.
    pub(super) fn add_up(&mut self, order: &NewOrder) {
        let preview = &mut self.preview;
        let sum = |of: &dyn Fn(&PreviewLine) -> Option<Decimal>| {
            preview.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
                of(line).and_then(|amount| sum.checked_add(amount))
            })
        };
        let amount = |money: &Option<MoneyView>| money.as_ref().map(|money| money.amount);
        let goods = sum(&|line| amount(&line.goods));
        let charges = sum(&|line| amount(&line.charges));
        let freight = sum(&|line| Some(fee_of(line.delivery.as_ref()?)?.amount));
        let total = goods
            .zip(charges)
            .zip(freight)
            .and_then(|((goods, charges), freight)| {
                goods.checked_add(charges)?.checked_add(freight)
            });
        let guarded = guard::problems(order, &preview.lines, total);
        preview.problems.extend(guarded);
        preview.goods = goods.map(in_pay_currency);
        preview.freight = freight.map(in_pay_currency);
        preview.charges = charges.map(in_pay_currency);
        preview.total = total.map(in_pay_currency);
        preview.margin = guard::margin(order, total).map(|margin| margin.round_dp(2).normalize());
        let days = preview
            .lines
            .iter()
            .map(|line| line.delivery.as_ref()?.max_days);
        preview.max_days = days
            .collect::<Option<Vec<i64>>>()
            .and_then(|days| days.into_iter().max());
        // Charges of an unknown amount stand in the way of an order with a limit only.
        preview.placeable = preview.problems.is_empty() && goods.is_some() && freight.is_some();
        preview.preview = token(preview);
    }
}

/// Stands for goods, prices, deliveries and total, as they were seen.
fn token(preview: &OrderPreview) -> String {
    let lines: Vec<_> = preview
        .lines
        .iter()
        .map(|line| {
            let delivery = line.delivery.as_ref();
            json!([
                line.product_id,
                line.sku,
                line.quantity,
                line.goods,
                line.charges,
                delivery.map(|option| (
                    &option.code,
                    option.fee,
                    &option.currency,
                    option.max_days
                )),
            ])
        })
        .collect();
    let seen = json!([preview.connection, lines, preview.total]).to_string();
    let mut text = hex::encode(sha256(seen.as_bytes()));
    text.truncate(32);
    text
}
