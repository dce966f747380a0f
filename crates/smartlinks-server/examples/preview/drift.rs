//! What AliExpress has changed, and one product over time.

use smartlinks_server::page::views::*;

use super::{DAY, HOUR, MINUTE, NOW, Sample};

const PRODUCT: &str = "prod_019ab0a1-2f40-7c55-8a3e-5d1f90b7c264";

fn euros(amount: &str) -> Price {
    Price {
        amount: amount.into(),
        currency: "EUR".into(),
    }
}

impl Sample {
    fn variant_properties(&self, value: &str) -> Vec<SkuProperty> {
        let property = |name: &str, value: String| SkuProperty {
            name: name.into(),
            value,
            picture: None,
        };
        vec![
            property("Colour", self.upstream.text.chars().take(40).collect()),
            property("Size", value.into()),
        ]
    }

    fn choice(
        &self,
        sku: &str,
        size: &str,
        cost: Option<&str>,
        stock: Option<i64>,
    ) -> VariantChoice {
        VariantChoice {
            sku: sku.into(),
            properties: self.variant_properties(size),
            cost: cost.map(euros),
            stock,
        }
    }

    fn waiting(&self) -> Vec<WaitingVariant> {
        let waiting = |sku: &str| WaitingVariant {
            product: PRODUCT.into(),
            title: self.upstream.text.into(),
            sku: sku.into(),
            properties: self.variant_properties("M"),
            cost: Some(euros("4.50")),
            gone_ms: Some(NOW - 3 * HOUR),
            proposal: Some(Proposal {
                sku: "12000030000000002".into(),
                reason: "closest_properties".into(),
                confidence: 62,
                differs: vec![("Size".into(), Some("M".into()), Some("L".into()))],
            }),
            choices: vec![
                self.choice("12000030000000002", "L", Some("4.80"), Some(12)),
                self.choice("12000030000000003", "XL", None, None),
            ],
        };
        let alone = WaitingVariant {
            proposal: None,
            choices: Vec::new(),
            properties: Vec::new(),
            cost: None,
            ..waiting("12000030000000009")
        };
        let open = WaitingVariant {
            proposal: None,
            ..waiting("12000030000000005")
        };
        vec![waiting("12000030000000001"), open, alone]
    }

    fn changes(&self, named: bool) -> Vec<DriftLine> {
        let line = |minutes: i64, kind: &str, before: Said, after: Said, outcome: Option<&str>| {
            DriftLine {
                at_ms: NOW - minutes * MINUTE,
                product: named.then(|| (PRODUCT.into(), self.upstream.text.into())),
                kind: kind.into(),
                sku: kind.starts_with("sku").then(|| "12000030000000001".into()),
                before,
                after,
                outcome: outcome.map(str::to_owned),
            }
        };
        let money = |amount: &str| Said::Money(euros(amount));
        let word = |word: &str| Said::Word(word.into());
        vec![
            line(3, "cost", money("4.50"), money("5.90"), Some("hold")),
            line(
                90,
                "stock",
                Said::Count(1204),
                Said::Count(0),
                Some("notify"),
            ),
            line(
                180,
                "sku_gone",
                Said::Count(7),
                Said::Nothing,
                Some("notify"),
            ),
            line(
                200,
                "availability",
                word("on_sale"),
                word("not_sold_here"),
                Some("unpublish"),
            ),
            line(
                300,
                "title",
                Said::Text("Old".into()),
                Said::Text(self.upstream.text.into()),
                None,
            ),
            line(
                3000,
                "sku_added",
                Said::Nothing,
                money("3.20"),
                Some("record"),
            ),
        ]
    }

    pub(super) fn drifts(&self) -> Vec<(&'static str, DriftPage)> {
        let policy = |kind: &str, action: &str, above: Option<&str>| PolicyRow {
            kind: kind.into(),
            action: action.into(),
            above: above.map(str::to_owned),
        };
        let policies = || {
            vec![
                policy("cost_up", "hold", Some("10")),
                policy("cost_down", "record", Some("")),
                policy("sold_out", "notify", None),
                policy("stock", "record", None),
                policy("sku_gone", "notify", None),
                policy("sku_back", "notify", None),
                policy("sku_added", "record", None),
                policy("unavailable", "unpublish", None),
                policy("on_sale", "notify", None),
            ]
        };
        let page = |watch: WatchStanding| DriftPage {
            frame: self.frame("/aliexpress/drift"),
            watch,
            waiting: Vec::new(),
            waiting_next: None,
            changes: Vec::new(),
            kind: String::new(),
            next: None,
            policies: policies(),
            refused: None,
        };
        let watched = || WatchStanding {
            watched: 1234,
            every_hours: 12,
            next_ms: Some(NOW + 4 * MINUTE),
            ..WatchStanding::default()
        };
        let empty = WatchStanding {
            every_hours: 12,
            ..WatchStanding::default()
        };
        let waiting = DriftPage {
            waiting: self.waiting(),
            waiting_next: Some("prod_1.12000030000000005".into()),
            changes: self.changes(true),
            next: Some("1795435200000.chg_1".into()),
            ..page(WatchStanding {
                waiting: 2,
                ..watched()
            })
        };
        let failing = DriftPage {
            changes: self.changes(true),
            kind: "cost".into(),
            ..page(WatchStanding {
                failing: 31,
                problem: Some("gateway_unreachable".into()),
                ..watched()
            })
        };
        let refused = DriftPage {
            refused: Some((
                Problem::from_code("invalid_parameter"),
                "above_percent: \"ten\" is not a number from 0 to 10000".into(),
            )),
            ..page(watched())
        };
        vec![
            ("empty", page(empty)),
            ("well", page(watched())),
            ("waiting", waiting),
            ("failing", failing),
            ("refused", refused),
        ]
    }

    pub(super) fn product_histories(&self) -> Vec<(&'static str, ProductHistoryPage)> {
        let point = |days: i64, amount: &str, level: i64| CoursePoint {
            at_ms: NOW - days * DAY,
            cost: euros(amount),
            level,
        };
        let page = |state: &str, availability: &str| ProductHistoryPage {
            frame: self.frame(&format!("/aliexpress/catalogue/{PRODUCT}/history")),
            id: PRODUCT.into(),
            name: self.upstream.text.into(),
            state: state.into(),
            availability: availability.into(),
            checked_ms: Some(NOW - 3 * MINUTE),
            next_check_ms: Some(NOW + 11 * HOUR),
            problem: None,
            waiting: Vec::new(),
            variants: vec![
                (
                    "12000030000000001".into(),
                    self.upstream.text.chars().take(30).collect(),
                ),
                ("12000030000000002".into(), "Oak, L".into()),
            ],
            course: Some(CourseView {
                sku: "12000030000000001".into(),
                points: vec![
                    point(90, "4.50", 300),
                    point(60, "4.20", 0),
                    point(20, "5.10", 900),
                    point(3, "5.20", 1000),
                ],
                range: Some((euros("4.20"), euros("5.20"))),
            }),
            changes: self.changes(false),
            next: Some("1795435200000.chg_1".into()),
        };
        let held = ProductHistoryPage {
            problem: Some("gateway_busy".into()),
            waiting: self.waiting().into_iter().take(1).collect(),
            ..page("held", "not_sold_here")
        };
        let new = ProductHistoryPage {
            changes: Vec::new(),
            next: None,
            checked_ms: None,
            next_check_ms: None,
            variants: Vec::new(),
            course: Some(CourseView {
                sku: "1".into(),
                points: Vec::new(),
                range: None,
            }),
            ..page("listed", "on_sale")
        };
        vec![
            ("well", page("listed", "on_sale")),
            ("held", held),
            ("new", new),
        ]
    }
}
