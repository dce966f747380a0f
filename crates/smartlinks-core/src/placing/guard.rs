//! What an order may not exceed, held against what it would cost now.

use rust_decimal::{Decimal, RoundingStrategy};

use super::checks::PreviewLine;
use super::request::{NewOrder, PAY_CURRENCY};
use super::views::OrderProblem;

/// A problem with the guard itself.
fn exceeded(line: Option<usize>, field: &str, code: &str, detail: String) -> OrderProblem {
    OrderProblem {
        line,
        field: field.to_owned(),
        code: code.to_owned(),
        detail,
        fix: "Change the order, or this limit of its guard.".to_owned(),
    }
}

/// What is earned of the sale price, in per cent of it.
pub(super) fn margin(order: &NewOrder, total: Option<Decimal>) -> Option<Decimal> {
    let sold = order.sale_price.as_ref()?.amount;
    let earned = sold.checked_sub(total?)?;
    let share = earned.checked_mul(Decimal::ONE_HUNDRED)?;
    share.checked_div(sold)
}

/// By how many per cent a piece costs more than was expected; none when nothing was expected, and below zero when it
/// costs less.
pub(super) fn drift(now: Decimal, expected: Decimal) -> Option<Decimal> {
    let more = now.checked_sub(expected)?;
    if expected.is_zero() {
        // Anything is infinitely more than nothing.
        return Some(if more.is_zero() {
            Decimal::ZERO
        } else {
            Decimal::MAX
        });
    }
    more.checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(expected)
}

/// What one piece of a line costs on the whole.
fn piece(line: &PreviewLine) -> Option<Decimal> {
    let goods = line.goods.as_ref()?.amount;
    goods.checked_div(line.quantity.into())
}

/// Every limit that is exceeded, or that cannot be held against what is known.
pub(super) fn problems(
    order: &NewOrder,
    lines: &[PreviewLine],
    total: Option<Decimal>,
) -> Vec<OrderProblem> {
    let mut problems = Vec::new();
    let guard = &order.guard;
    if let (Some(most), Some(total)) = (&guard.max_total, total)
        && total > most.amount
    {
        let detail = format!(
            "the order costs {total} {PAY_CURRENCY}, at most {} was allowed",
            most.amount
        );
        problems.push(exceeded(None, "guard.max_total", "guard_max_total", detail));
    }
    for (number, (line, wish)) in (1..).zip(lines.iter().zip(&order.lines)) {
        let limits_money = guard.max_total.is_some() || guard.min_margin.is_some();
        if limits_money && line.unit_price.is_some() && line.charges.is_none() {
            let detail =
                "AliExpress names taxes or charges in another currency than the order is paid in"
                    .to_owned();
            problems.push(OrderProblem {
                fix:
                    "Choose another product or country, or order without max_total and min_margin."
                        .to_owned(),
                ..exceeded(Some(number), "sku", "charges_unknown", detail)
            });
        }
        if let (Some(most), Some(expected), Some(price)) = (
            guard.max_unit_price_drift,
            &wish.expected_price,
            piece(line),
        ) && drift(price, expected.amount).is_none_or(|drift| drift > most)
        {
            let detail = format!(
                "a piece costs {} {PAY_CURRENCY} instead of {}, more than {most} % above it",
                price.round_dp(4).normalize(),
                expected.amount
            );
            let (field, code) = ("guard.max_unit_price_drift", "guard_price_drift");
            problems.push(exceeded(Some(number), field, code, detail));
        }
        if let (Some(most), Some(option)) = (guard.max_delivery_days, &line.delivery)
            && option.max_days.is_none_or(|days| days > i64::from(most))
        {
            let takes = option.max_days.map_or_else(
                || "an unknown number of".to_owned(),
                |days| format!("up to {days}"),
            );
            let detail = format!(
                "{} takes {takes} days, at most {most} were allowed",
                option.code
            );
            let (field, code) = ("guard.max_delivery_days", "guard_delivery_days");
            problems.push(exceeded(Some(number), field, code, detail));
        }
    }
    if let (Some(least), Some(_)) = (guard.min_margin, total) {
        let margin = margin(order, total);
        if margin.is_none_or(|margin| margin < least) {
            // Down: what is shown is not to look enough.
            let shown = |margin: Decimal| {
                margin.round_dp_with_strategy(2, RoundingStrategy::ToNegativeInfinity)
            };
            let is = margin.map_or_else(
                || "unknown".to_owned(),
                |margin| format!("{} %", shown(margin).normalize()),
            );
            let detail = format!("the margin is {is}, at least {least} % was asked for");
            problems.push(exceeded(
                None,
                "guard.min_margin",
                "guard_min_margin",
                detail,
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::MoneyView;
    use crate::placing::request::tests::order;
    use crate::products::FreightOption;

    fn usd(text: &str) -> serde_json::Value {
        serde_json::json!({ "amount": text, "currency": "USD" })
    }

    fn line(price: &str, days: Option<i64>) -> PreviewLine {
        let money = |text: &str| MoneyView {
            amount: text.parse().unwrap(),
            currency: "USD".into(),
        };
        PreviewLine {
            quantity: 1,
            unit_price: Some(money(price)),
            goods: Some(money(price)),
            charges: Some(money("0")),
            delivery: Some(FreightOption {
                code: "STANDARD".into(),
                company: String::new(),
                fee: Some(Decimal::ONE),
                currency: Some("USD".into()),
                free: false,
                min_days: None,
                max_days: days,
                tracked: true,
                ship_from: None,
            }),
            ..PreviewLine::default()
        }
    }

    fn codes(guard: serde_json::Value, expected: &str, sold: &str, total: &str) -> Vec<String> {
        let mut order = order();
        order.guard = serde_json::from_value(guard).unwrap();
        order.lines[0].expected_price = serde_json::from_value(usd(expected)).unwrap();
        order.sale_price = serde_json::from_value(usd(sold)).unwrap();
        problems(&order, &[line("11.00", Some(20))], total.parse().ok())
            .into_iter()
            .map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn each_limit_bites_just_above_it_and_not_at_it() {
        let json = |text: &str| serde_json::from_str(text).unwrap();
        for (guard, wanted) in [
            (r#"{"max_total":{"amount":"23.00","currency":"USD"}}"#, None),
            (
                r#"{"max_total":{"amount":"22.99","currency":"USD"}}"#,
                Some("guard_max_total"),
            ),
            (r#"{"max_unit_price_drift":"10"}"#, None),
            (
                r#"{"max_unit_price_drift":"9.99"}"#,
                Some("guard_price_drift"),
            ),
            (r#"{"max_delivery_days":20}"#, None),
            (r#"{"max_delivery_days":19}"#, Some("guard_delivery_days")),
            (r#"{"min_margin":"23.33"}"#, None),
            (r#"{"min_margin":"23.3333"}"#, None),
            (r#"{"min_margin":"23.3334"}"#, Some("guard_min_margin")),
            (r#"{"min_margin":"23.34"}"#, Some("guard_min_margin")),
        ] {
            let codes = codes(json(guard), "10", "30", "23.00");
            assert_eq!(codes.first().map(String::as_str), wanted, "{guard}");
        }
    }

    #[test]
    fn what_is_not_known_does_not_pass() {
        let mut order = order();
        order.guard.max_delivery_days = Some(99);
        let days = problems(&order, &[line("1", None)], Some(Decimal::ONE));
        assert_eq!(days[0].code, "guard_delivery_days");
        order.guard =
            serde_json::from_value(serde_json::json!({ "max_total": usd("99") })).unwrap();
        let untaxed = PreviewLine {
            charges: None,
            ..line("1", Some(1))
        };
        let charges = problems(&order, &[untaxed], None);
        assert_eq!(charges[0].code, "charges_unknown");
        assert_eq!(drift(Decimal::ONE, Decimal::ZERO), Some(Decimal::MAX));
        assert_eq!(drift(Decimal::ZERO, Decimal::ZERO), Some(Decimal::ZERO));
        // Cheaper than thought harms nobody.
        assert!(drift(Decimal::ONE, Decimal::TEN).unwrap() < Decimal::ZERO);
    }
}
