//! Products and delivery.

use smartlinks_server::page::views::*;

use super::{HOUR, MINUTE, NOW, Sample};

impl Sample {
    pub(crate) fn card(&self, number: usize) -> ProductCard {
        ProductCard {
            id: format!("10050080000000{number:02}"),
            title: self.text(),
            picture: (number % 5 != 3)
                .then(|| format!("{}{}.svg", self.upstream.picture, number % 4)),
            item_url: Some(self.upstream.link.into()),
            price: (number != 4).then(|| Price::new(format!("{}.9", 4 + number * 317), "EUR")),
            original_price: number
                .is_multiple_of(2)
                .then(|| Price::new(format!("{}.00", 9 + number * 500), "EUR")),
            discount: number.is_multiple_of(2).then(|| "50%".into()),
            rating: (number % 3 != 2).then(|| "4.7".into()),
            orders: Some("1,000+".into()),
        }
    }

    pub(crate) fn results(&self) -> ProductResults {
        ProductResults {
            total: 1_348,
            page_size: 20,
            fetched_at_ms: NOW - 3 * HOUR,
            cards: (0..8).map(|number| self.card(number)).collect(),
        }
    }

    pub(crate) fn product_lists(&self) -> Vec<(&'static str, ProductsState)> {
        let none = ProductResults {
            total: 0,
            cards: vec![],
            ..self.results()
        };
        vec![
            ("start", ProductsState::Start),
            ("results", ProductsState::Results(self.results())),
            ("none", ProductsState::Results(none)),
            ("short-link", ProductsState::ShortLink),
            ("other-page", ProductsState::OtherPage),
            ("not-connected", ProductsState::NotConnected),
            (
                "not-configured",
                ProductsState::NotConfigured(self.missing()),
            ),
            (
                "trouble",
                ProductsState::Trouble {
                    problem: self.problem("timeout"),
                    stale: None,
                },
            ),
            (
                "stale",
                ProductsState::Trouble {
                    problem: self.problem("ApiCallLimit"),
                    stale: Some(self.results()),
                },
            ),
        ]
    }

    pub(crate) fn products(&self, q: &str, state: ProductsState) -> ProductsPage {
        ProductsPage {
            frame: self.frame("/aliexpress/products?q=bath%20mat"),
            query: SearchQuery {
                q: match q {
                    "bath mat" => format!("{q} {}", self.upstream.text),
                    _ => q.to_owned(),
                },
                feed: String::new(),
                category: Some(15),
                free_shipping: true,
                ship_to: "FR".into(),
                currency: "EUR".into(),
                sort: ProductSort::Orders,
                page: 2,
            },
            market: self.market(),
            categories: [(15, "Home"), (1501, self.upstream.text)]
                .map(|(id, name)| CategoryChoice {
                    id,
                    name: name.to_owned(),
                })
                .into(),
            feeds: ["DS bestseller", self.upstream.text, "AEB_FR_Choice"]
                .map(|name| FeedChoice {
                    name: name.to_owned(),
                    products: Some(12_480),
                })
                .into(),
            state,
        }
    }

    pub(crate) fn sku(&self, number: usize) -> SkuView {
        SkuView {
            id: format!("1200004100000000{number}"),
            properties: vec![
                SkuProperty {
                    name: "Color".into(),
                    value: self.text().chars().take(24).collect(),
                    picture: Some(format!("{}{number}.svg", self.upstream.picture)),
                },
                SkuProperty {
                    name: "Size".into(),
                    value: "50x80cm".into(),
                    picture: None,
                },
            ],
            price: Some(Price::new("4.05", "EUR")),
            original_price: Some(Price::new("8.10", "EUR")),
            stock: [Some(1_200), Some(0), None][number % 3],
        }
    }

    pub(crate) fn detail(&self, freight: FreightState) -> ProductDetail {
        ProductDetail {
            title: self.text(),
            pictures: (0..5)
                .map(|number| format!("{}{number}.svg", self.upstream.picture))
                .collect(),
            item_url: Some(self.upstream.link.into()),
            store_name: self.some_text(),
            rating: Some("4.7".into()),
            reviews: Some(1_204),
            sales: Some("3,000+".into()),
            skus: (0..3).map(|number| self.sku(number)).collect(),
            attributes: vec![
                ("Material".into(), "Cotton".into()),
                (self.text(), self.text()),
            ],
            fetched_at_ms: NOW - 5 * MINUTE,
            freight,
        }
    }

    pub(crate) fn freight(&self) -> FreightState {
        let option = |number: i64| FreightOption {
            company: if number == 0 {
                "AliExpress standard shipping".into()
            } else {
                self.text()
            },
            code: format!("CAINIAO_STANDARD_{number}"),
            free: number == 0,
            fee: (number > 0).then(|| Price::new("3.49", "EUR")),
            free_from: (number == 1).then(|| "10,00 €".into()),
            min_days: (number != 2).then_some(7),
            max_days: (number != 2).then_some(7 + number * 5),
            ships_from: Some("CN".into()),
            tracked: number != 2,
            landed: (number != 2).then(|| Price::new("11.59", "EUR")),
        };
        let way = |number: i64| Way {
            option: option(number),
            no_rate: (number == 2)
                .then(|| "USD".to_owned())
                .into_iter()
                .collect(),
            margin: (number != 2).then(|| Price::new(["2.41", "-1.08"][number as usize], "EUR")),
            margin_percent: (number != 2).then(|| ["17.21", "-7.72"][number as usize].to_owned()),
        };
        let rate = |from: &str, entered| UsedRate {
            from: from.into(),
            to: "EUR".into(),
            rate: "0.92".into(),
            entered,
            at_ms: NOW - 20 * HOUR,
        };
        FreightState::Options(Box::new(Delivered {
            ways: (0..3).map(way).collect(),
            unit: Some(Price::new("4.05", "EUR")),
            goods: Some(Price::new("8.10", "EUR")),
            charges: vec![Price::new("0.57", "EUR")],
            charges_not_named: false,
            rates: vec![rate("EUR", false), rate("GBP", true)],
            selling: Some(SellingView {
                rule: self.some_text(),
                price: Ok(Price::new("6.99", "EUR")),
                under_rule: Some(Price::new("7.49", "EUR")),
            }),
        }))
    }

    /// Delivery of what is in no catalogue, or of what the rule makes no price for.
    pub(crate) fn freight_without_price(&self, trouble: Option<NoPrice>) -> FreightState {
        match self.freight() {
            FreightState::Options(mut delivered) => {
                delivered.ways.truncate(1);
                delivered.ways[0].margin = None;
                delivered.ways[0].margin_percent = None;
                delivered.selling = trouble.map(|trouble| SellingView {
                    rule: None,
                    price: Err(trouble),
                    under_rule: None,
                });
                FreightState::Options(delivered)
            }
            other => other,
        }
    }

    pub(crate) fn market(&self) -> MarketView {
        MarketView {
            ship_to: "FR".into(),
            currency: "EUR".into(),
            language: self.locale,
            standing: MarketStanding::Chosen,
        }
    }

    pub(crate) fn product_states(&self) -> Vec<(&'static str, ProductState)> {
        let found = |freight| ProductState::Found(Box::new(self.detail(freight)));
        let bare = ProductDetail {
            skus: vec![],
            pictures: vec![],
            attributes: vec![],
            ..self.detail(FreightState::NotAsked)
        };
        vec![
            ("plain", found(FreightState::NotAsked)),
            ("freight", found(self.freight())),
            ("freight-plain", found(self.freight_without_price(None))),
            (
                "freight-no-price",
                found(self.freight_without_price(Some(NoPrice::Rule))),
            ),
            ("no-freight", found(FreightState::NoneThere)),
            (
                "freight-trouble",
                found(FreightState::Trouble(self.problem("ServiceUnavailable"))),
            ),
            ("bare", ProductState::Found(Box::new(bare))),
            ("not-found", ProductState::NotFound),
            ("not-sold", ProductState::NotSoldThere),
            ("not-for-app", ProductState::NotForThisApp),
            ("not-connected", ProductState::NotConnected),
            (
                "not-configured",
                ProductState::NotConfigured(self.missing()),
            ),
            (
                "trouble",
                ProductState::Trouble {
                    problem: self.problem("not_json"),
                    stale: None,
                },
            ),
            (
                "stale",
                ProductState::Trouble {
                    problem: self.problem("timeout"),
                    stale: Some(Box::new(self.detail(FreightState::NotAsked))),
                },
            ),
        ]
    }

    pub(crate) fn product(&self, state: ProductState) -> ProductPage {
        let asked_of = |detail: &ProductDetail| matches!(detail.freight, FreightState::Options(_));
        let known = matches!(&state, ProductState::Found(detail) if asked_of(detail));
        ProductPage {
            kept: known.then(|| KeptProduct {
                id: "prod_01998a1c-7d2e-7b33-8f10-000000000001".into(),
                title: self.text(),
                sold: 2,
                variants: 3,
            }),
            frame: self.frame("/aliexpress/products/1005008000000001"),
            id: "1005008000000001".into(),
            query: ProductQuery {
                ship_to: "FR".into(),
                currency: "EUR".into(),
                sku: Some("12000041000000000".into()),
                quantity: 2,
            },
            market: self.market(),
            state,
            wish: ImportWish {
                labels: self.name(),
                chosen: vec!["12000041000000001".into()],
                refused: (!known).then(|| {
                    let detail = format!("labels: {:?} is longer than 40 characters", self.name());
                    (Problem::from_code("invalid_parameter"), detail)
                }),
            },
        }
    }
}
