use proptest::prelude::*;
use serde_json::json;

use super::*;

fn d(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn rule(value: serde_json::Value) -> PriceRule {
    serde_json::from_value(value).expect("a rule")
}

fn refused(value: serde_json::Value) -> String {
    serde_json::from_value::<PriceRule>(value)
        .expect_err("no rule")
        .to_string()
}

#[test]
fn the_least_that_earns_the_minimum_is_exact_whatever_steps_and_rounding_say() {
    let steps = json!([{"percent": "300"}]);
    for (minimum, cost, least) in [
        (json!({}), "4.05", "4.05"),
        (json!({}), "4.051", "4.06"),
        (json!({"min_margin": "40"}), "6", "10.00"),
        (json!({"min_margin": "30"}), "7", "10.00"),
        (json!({"min_margin": "33"}), "6.71", "10.02"),
        (json!({"min_profit": "2.50"}), "6", "8.50"),
        (
            json!({"min_profit": "2.50", "min_margin": "50"}),
            "6",
            "12.00",
        ),
    ] {
        let mut value = json!({
            "currency": "EUR", "steps": steps, "rounding": {"every": "1", "ending": "0.99"}
        });
        let fields = value.as_object_mut().expect("fields");
        fields.extend(minimum.as_object().expect("fields").clone());
        assert_eq!(rule(value).least(d(cost)), Ok(d(least)), "{minimum} {cost}");
    }
    let any = rule(json!({"currency": "EUR", "steps": steps}));
    assert_eq!(any.least(d("-1")), Err(PriceProblem::Cost));
}

#[test]
fn a_price_is_what_the_words_say() {
    let one = |rest: serde_json::Value, cost: Decimal| {
        let mut value = json!({"currency": "EUR"});
        value
            .as_object_mut()
            .expect("fields")
            .extend(rest.as_object().expect("fields").clone());
        rule(value).price(cost)
    };
    let prices = [
        (json!({"steps": [{"plus": "3.00"}]}), d("4.05"), "7.05"),
        (json!({"steps": [{"percent": "150"}]}), d("4.05"), "10.13"),
        (
            json!({"steps": [{"percent": "33.3333", "plus": "1"}]}),
            d("10"),
            "14.34",
        ),
        (
            json!({"steps": [{"percent": "150"}], "rounding": {"every": "1", "ending": "0.99"}}),
            d("4.05"),
            "10.99",
        ),
        (
            json!({"steps": [{"percent": "0"}], "rounding": {"every": "10", "ending": "9.90"}}),
            d("9.91"),
            "19.90",
        ),
        (
            json!({"steps": [{"percent": "10"}], "min_margin": "40"}),
            d("6"),
            "10.00",
        ),
        (
            json!({"steps": [{"percent": "10"}], "min_profit": "2.50"}),
            d("6"),
            "8.50",
        ),
        // The second step begins where the first ended: 10.00 sells for 20.00, so does 10.01.
        (
            json!({"steps": [{"up_to": "10", "percent": "100"}, {"percent": "50"}]}),
            d("10.01"),
            "20.00",
        ),
    ];
    for (value, cost, price) in prices {
        let found = one(value.clone(), cost).expect("a price");
        assert_eq!(found, d(price), "{value}");
    }
}

#[test]
fn prices_of_currencies_without_cents_are_whole() {
    let yen = PriceRule::single("JPY", d("20"), d("0")).expect("a rule");
    assert_eq!(yen.price(d("101")), Ok(d("122")));
    let dinar = PriceRule::single("KWD", d("20"), d("0")).expect("a rule");
    assert_eq!(dinar.price(d("1.0001")), Ok(d("1.201")));
}

#[test]
fn what_has_no_price_says_why() {
    let rule = PriceRule::single("EUR", d("20"), d("0")).expect("a rule");
    assert_eq!(rule.price(d("0")), Err(PriceProblem::Zero));
    for cost in [d("-0.01"), d("1000000000.01"), d("1.0000001")] {
        assert_eq!(rule.price(cost), Err(PriceProblem::Cost), "{cost}");
    }
}

#[test]
fn a_rule_that_cannot_be_names_its_part() {
    let refusals = [
        (
            json!({"currency": "eur", "steps": [{}]}),
            "currency: expected an ISO",
        ),
        (
            json!({"currency": "EUR", "steps": []}),
            "steps: expected 1 to 50",
        ),
        (
            json!({"currency": "EUR", "steps": [{"percent": "-5"}]}),
            "steps[0].percent",
        ),
        (
            json!({"currency": "EUR", "steps": [{"up_to": "5"}]}),
            "steps[0].up_to",
        ),
        (
            json!({"currency": "EUR", "steps": [{"up_to": "5"}, {"up_to": "5"}, {}]}),
            "steps[1].up_to",
        ),
        (
            json!({"currency": "JPY", "steps": [{"plus": "0.5"}]}),
            "up to 0 decimals",
        ),
        (
            json!({"currency": "EUR", "steps": [{}], "min_margin": "95.1"}),
            "min_margin",
        ),
        (
            json!({"currency": "EUR", "steps": [{}], "rounding": {"every": "1", "ending": "1"}}),
            "rounding: expected",
        ),
        (
            json!({"currency": "EUR", "steps": [{"percnt": "5"}]}),
            "unknown field `percnt`",
        ),
        (
            json!({"currency": "EUR", "steps": [{"percent": 5.5}]}),
            "invalid type: floating point",
        ),
    ];
    for (value, words) in refusals {
        let message = refused(value.clone());
        assert!(message.contains(words), "{value}: {message}");
    }
}

#[test]
fn a_rule_survives_being_written_down() {
    let one = rule(json!({
        "currency": "EUR",
        "steps": [{"up_to": "10", "percent": "100"}, {"percent": "50", "plus": "5"}],
        "min_margin": "20",
        "rounding": {"every": "1", "ending": "0.99"},
    }));
    let text = serde_json::to_string(&one).expect("text");
    assert_eq!(
        serde_json::from_str::<PriceRule>(&text).expect("a rule"),
        one
    );
}

prop_compose! {
    fn cents(highest: i64)(number in 0..=highest) -> Decimal { Decimal::new(number, 2) }
}

prop_compose! {
    fn step()(percent in 0_i64..=100_000_000, plus in cents(1_000_000)) -> PriceStep {
        PriceStep { up_to: None, percent: Decimal::new(percent, 4), plus }
    }
}

prop_compose! {
    fn any_rule()(
        mut steps in prop::collection::vec(step(), 1..6),
        mut ends in prop::collection::btree_set(1_i64..=100_000_000, 5),
        profit in prop::option::of(cents(100_000)),
        margin in prop::option::of(0_i64..=950_000),
        rounding in prop::option::of((1_i64..=10_000, 0_i64..=9_999)),
    ) -> PriceRule {
        let last = steps.len() - 1;
        for step in &mut steps[..last] {
            step.up_to = ends.pop_first().map(|end| Decimal::new(end, 2));
        }
        let rule = PriceRule::stepped("EUR", steps).expect("steps");
        let rule = rule.earning(profit, margin.map(|margin| Decimal::new(margin, 4))).expect("a margin");
        match rounding {
            Some((every, ending)) => rule
                .rounded(Rounding { every: Decimal::new(every, 2), ending: Decimal::new(ending % every, 2) })
                .expect("a rounding"),
            None => rule,
        }
    }
}

fn any_cost() -> impl Strategy<Value = Decimal> {
    (1_i64..=1_000_000_000_000_000).prop_map(|number| Decimal::new(number, 6))
}

/// The exact markup as a fraction of integers, by another way than the rule takes: millionths of the cost, ten
/// thousandths of a per cent.
fn exact_markup(rule: &PriceRule, cost: Decimal) -> (i128, i128) {
    const WHOLE: i128 = 1_000_000 * 1_000_000;
    let scaled = |amount: Decimal, scale: u32| {
        let mut amount = amount;
        amount.rescale(scale);
        amount.mantissa()
    };
    let mut highest = 0;
    for step in &rule.steps {
        let reached = step.up_to.map_or(cost, |end| end.min(cost));
        let percent = scaled(step.percent, 4);
        let marked = scaled(reached, 6) * (1_000_000 + percent) + scaled(step.plus, 6) * 1_000_000;
        highest = highest.max(marked);
        if step.up_to.is_none_or(|end| cost <= end) {
            break;
        }
    }
    (highest, WHOLE)
}

proptest! {
    #[test]
    fn a_price_is_the_lowest_that_the_rule_allows(rule in any_rule(), cost in any_cost()) {
        let price = rule.price(cost).expect("a price");
        let allowed = |price: Decimal| {
            let (marked, whole) = exact_markup(&rule, cost);
            let mut hundredths = price;
            hundredths.rescale(2);
            let profit = price - cost;
            hundredths.mantissa() * (whole / 100) >= marked
                && profit >= rule.min_profit.unwrap_or_default()
                && profit * Decimal::ONE_HUNDRED >= rule.min_margin.unwrap_or_default() * price
        };
        prop_assert!(allowed(price), "{price} is too low");
        let before = price - rule.every();
        prop_assert!(before <= Decimal::ZERO || !allowed(before), "{before} would do");
    }

    #[test]
    fn what_costs_more_never_sells_for_less(rule in any_rule(), one in any_cost(), other in any_cost()) {
        let (less, more) = (one.min(other), one.max(other));
        prop_assert!(rule.price(less).expect("a price") <= rule.price(more).expect("a price"));
    }

    #[test]
    fn a_price_ends_as_the_rule_says(rule in any_rule(), cost in any_cost()) {
        let price = rule.price(cost).expect("a price");
        let ending = rule.rounding.as_ref().map_or(Decimal::ZERO, |rounding| rounding.ending);
        prop_assert_eq!((price - ending) % rule.every(), Decimal::ZERO);
        prop_assert!(price.normalize().scale() <= 2);
    }

    #[test]
    fn a_sale_never_earns_less_than_the_minimum(rule in any_rule(), cost in any_cost()) {
        let price = rule.price(cost).expect("a price");
        prop_assert!(price - cost >= rule.min_profit.unwrap_or_default());
        let margin = rule.min_margin.unwrap_or_default();
        prop_assert!((price - cost) * Decimal::ONE_HUNDRED >= margin * price, "{price} for {cost}");
    }
}
