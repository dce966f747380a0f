//! Every page in every state, filled with made-up data.

use smartlinks_server::page::i18n::Locale;
use smartlinks_server::page::views::*;

/// 23 November 2026, 12:00 UTC.
pub(crate) const NOW: i64 = 1_795_435_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Text that stands for whatever comes from AliExpress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upstream {
    /// Titles, names and sentences.
    pub(crate) text: &'static str,
    /// Links to AliExpress.
    pub(crate) link: &'static str,
    /// Pictures; the number of the picture is put behind it.
    pub(crate) picture: &'static str,
}

/// What AliExpress usually says.
pub(crate) const USUAL: Upstream = Upstream {
    text: "Absorbent bath mat with non-slip back, quick drying, for bathroom and kitchen",
    link: "https://www.aliexpress.com/item/1005008000000001.html",
    picture: "https://pictures.invalid/",
};

/// A name for the file and the document.
pub(crate) type Page = (String, String);

/// All pages in a language.
pub(crate) fn pages(locale: Locale, upstream: Upstream) -> Vec<Page> {
    let sample = Sample { locale, upstream };
    let mut pages = Vec::new();
    let mut add = |name: &str, document: askama::Result<String>| {
        pages.push((
            format!("{name}.{}", locale.code()),
            document.expect("a page renders"),
        ));
    };
    for (name, page) in sample.overviews() {
        add(&format!("overview-{name}"), page.render());
    }
    for (name, page) in sample.authentications() {
        add(&format!("authentication-{name}"), page.render());
    }
    add("disconnect", sample.disconnect().render());
    for (name, state) in sample.product_lists() {
        let q = if name == "start" { "" } else { "bath mat" };
        add(
            &format!("products-{name}"),
            sample.products(q, state).render(),
        );
    }
    for (name, state) in sample.product_states() {
        add(&format!("product-{name}"), sample.product(state).render());
    }
    for (name, page) in sample.order_lists() {
        add(&format!("orders-{name}"), page.render());
    }
    for (name, state) in sample.order_states() {
        let page = OrderPage {
            frame: sample.frame("/aliexpress/orders/8188000000000001"),
            id: "8188000000000001".into(),
            state,
        };
        add(&format!("order-{name}"), page.render());
    }
    for error in [
        None,
        Some(SignInError::WrongToken),
        Some(SignInError::Empty),
        Some(SignInError::TooManyAttempts),
    ] {
        let page = SignInPage {
            frame: Frame {
                sandbox: false,
                ..sample.frame("/aliexpress/sign-in")
            },
            error,
            token_file: Some("/home/merchant/.local/share/smartlinks/sign-in-token".into()),
            return_to: Some("/aliexpress/orders".into()),
        };
        add(
            &format!(
                "sign-in-{}",
                error.map_or("plain".into(), |error| format!("{error:?}"))
            ),
            page.render(),
        );
    }
    for failure in [None, Some(sample.failure(AuthError::ExpiredState))] {
        let name = if failure.is_some() {
            "callback-failed"
        } else {
            "callback-received"
        };
        add(
            name,
            CallbackPage {
                frame: sample.frame("/aliexpress/callback"),
                failure,
            }
            .render(),
        );
    }
    for status in [400, 403, 404, 405, 421, 429, 500, 503] {
        let page = ErrorPage {
            frame: sample.frame("/nowhere"),
            status,
            request_id: Some("req_01JD3Z5T9Q".into()),
        };
        add(&format!("error-{status}"), page.render());
    }
    pages
}

struct Sample {
    locale: Locale,
    upstream: Upstream,
}

impl Sample {
    fn text(&self) -> String {
        self.upstream.text.to_owned()
    }

    fn some_text(&self) -> Option<String> {
        Some(self.text())
    }

    fn frame(&self, path: &str) -> Frame {
        Frame {
            locale: self.locale,
            now_ms: NOW,
            sandbox: true,
            path: path.into(),
            can_sign_out: false,
            notice: None,
        }
    }

    fn app(&self, keys: AppKeys) -> AppView {
        AppView {
            keys,
            app_key: Some("500100".into()),
            callback_url: Some("http://127.0.0.1:8080/aliexpress/callback".into()),
            gateway: "https://api-sg.aliexpress.com".into(),
        }
    }

    fn missing(&self) -> Vec<MissingSetting> {
        vec![
            MissingSetting {
                variable: "ALIEXPRESS_APP_KEY".into(),
                trouble: None,
            },
            MissingSetting {
                variable: "ALIEXPRESS_APP_SECRET".into(),
                trouble: Some("it ends with a space; remove it".into()),
            },
        ]
    }

    fn problem(&self, code: &str) -> Problem {
        Problem {
            upstream: self.some_text(),
            request_id: Some("2101fake17640000000040".into()),
            ..Problem::from_code(code)
        }
    }

    fn failure(&self, error: AuthError) -> AuthFailure {
        AuthFailure {
            error,
            gateway_code: Some("InvalidCode".into()),
            description: self.some_text(),
            request_id: Some("2101fake17640000000040".into()),
        }
    }

    fn connection(&self, number: u8, state: ConnectionState) -> ConnectionView {
        ConnectionView {
            id: format!("conn_019a9f6e-7c3b-7a31-9f2e-5b8d0c4e1a{number:02}"),
            label: (number != 2).then(|| {
                [
                    "Boutique Brazzaville",
                    "Paris",
                    "",
                    "Test account",
                    "Closed shop",
                ][usize::from(number)]
                .into()
            }),
            account_nick: Some(if number == 2 {
                self.text()
            } else {
                format!("fr{number}0428517")
            }),
            account_id: format!("20000428{number}7"),
            state,
            reason: None,
            works_until_ms: Some(NOW + 11 * HOUR + 20 * MINUTE),
            sign_in_again_by_ms: Some(NOW + 60 * DAY),
            next_refresh_ms: Some(NOW + 8 * HOUR),
            generation: 42,
            is_default: number == 0,
            last_success_ms: Some(NOW - 40 * MINUTE),
            last_failure: None,
        }
    }

    fn connections(&self) -> Vec<ConnectionView> {
        let soon = ConnectionView {
            sign_in_again_by_ms: Some(NOW + 2 * DAY + HOUR),
            ..self.connection(1, ConnectionState::Expiring)
        };
        let degraded = ConnectionView {
            last_failure: Some(ConnectionFailure {
                at_ms: NOW - 4 * MINUTE,
                code: "ServiceTimeout".into(),
            }),
            ..self.connection(2, ConnectionState::Degraded)
        };
        let stopped = ConnectionView {
            reason: Some(StopReason::RefreshTokenRefused),
            works_until_ms: Some(NOW - 2 * HOUR),
            sign_in_again_by_ms: None,
            last_failure: Some(ConnectionFailure {
                at_ms: NOW - DAY,
                code: "IllegalRefreshToken".into(),
            }),
            ..self.connection(3, ConnectionState::ReauthorizationRequired)
        };
        vec![
            self.connection(0, ConnectionState::Active),
            soon,
            degraded,
            stopped,
        ]
    }

    fn events(&self) -> Vec<EventLine> {
        let line = |ago: i64, name: &str, order: bool| EventLine {
            at_ms: NOW - ago,
            kind: EventKind::from_name(name),
            connection_name: if order { None } else { self.some_text() },
            order_id: order.then(|| "8188000000000001".into()),
            detail: (name == "connection.degraded").then(|| "ServiceTimeout".into()),
        };
        vec![
            line(4 * MINUTE, "connection.degraded", false),
            line(40 * MINUTE, "connection.refreshed", false),
            line(3 * HOUR, "order.updated", true),
            line(DAY, "connection.reauthorization_required", false),
            line(3 * DAY, "token_file.failed", false),
            line(9 * DAY, "something.new", false),
        ]
    }

    fn overviews(&self) -> Vec<(&'static str, OverviewPage)> {
        let well = OverviewPage {
            frame: self.frame("/aliexpress"),
            app: self.app(AppKeys::Checked),
            connections: vec![
                self.connection(0, ConnectionState::Active),
                self.connection(1, ConnectionState::Active),
            ],
            gateway: Some(GatewayHealth {
                last_answer_ms: Some(NOW - 40 * MINUTE),
                calls: Some(12_408),
                failed: Some(3),
                since_ms: Some(NOW - DAY),
                clock_skew_seconds: Some(2),
                problem: None,
            }),
            events: self.events(),
            orders: OrderStage::ALL
                .into_iter()
                .zip([2, 0, 5, 12, 1, 148, 3, 0])
                .map(|(stage, count)| OrderCount { stage, count })
                .collect(),
        };
        let attention = OverviewPage {
            frame: Frame {
                notice: Some(Notice::Refreshed(self.text())),
                can_sign_out: true,
                ..well.frame.clone()
            },
            connections: self.connections(),
            gateway: Some(GatewayHealth {
                last_answer_ms: Some(NOW - 3 * HOUR),
                calls: None,
                failed: None,
                since_ms: None,
                clock_skew_seconds: Some(-95),
                problem: Some(self.problem("timeout")),
            }),
            ..well.clone()
        };
        let first = OverviewPage {
            app: self.app(AppKeys::Found),
            connections: vec![],
            gateway: None,
            events: vec![],
            orders: vec![],
            ..well.clone()
        };
        let one = OverviewPage {
            connections: vec![self.connection(0, ConnectionState::Active)],
            ..first.clone()
        };
        let unset = AppView {
            app_key: None,
            ..self.app(AppKeys::Missing(self.missing()))
        };
        let not_configured = OverviewPage {
            app: unset,
            ..first.clone()
        };
        let refused = OverviewPage {
            app: self.app(AppKeys::Refused(self.problem("IncompleteSignature"))),
            ..first.clone()
        };
        vec![
            ("well", well),
            ("attention", attention),
            ("first", first),
            ("quiet", one),
            ("not-configured", not_configured),
            ("keys-refused", refused),
        ]
    }

    fn authentications(&self) -> Vec<(String, AuthenticationPage)> {
        let first = AuthenticationPage {
            frame: self.frame("/aliexpress/authentication"),
            app: self.app(AppKeys::Checked),
            attempt: None,
            outcome: None,
            connections: vec![],
        };
        let mut ended = self.connection(4, ConnectionState::Disconnected);
        ended.works_until_ms = None;
        let mut all = self.connections();
        all.push(ended);
        let success = |reconnected| AuthOutcome::Success {
            connection_name: self.text(),
            reconnected,
        };
        let mut pages = vec![
            ("first".to_owned(), first.clone()),
            (
                "waiting".to_owned(),
                AuthenticationPage {
                    app: self.app(AppKeys::Found),
                    attempt: Some(Attempt {
                        started_ms: NOW - 2 * MINUTE,
                        expires_ms: NOW + 8 * MINUTE,
                    }),
                    ..first.clone()
                },
            ),
            (
                "success".to_owned(),
                AuthenticationPage {
                    outcome: Some(success(false)),
                    connections: vec![self.connection(0, ConnectionState::Active)],
                    ..first.clone()
                },
            ),
            (
                "reconnected".to_owned(),
                AuthenticationPage {
                    outcome: Some(success(true)),
                    connections: all,
                    ..first.clone()
                },
            ),
            (
                "not-configured".to_owned(),
                AuthenticationPage {
                    app: AppView {
                        app_key: None,
                        ..self.app(AppKeys::Missing(self.missing()))
                    },
                    ..first.clone()
                },
            ),
            (
                "keys-refused".to_owned(),
                AuthenticationPage {
                    app: self.app(AppKeys::Refused(self.problem("InvalidAppKey"))),
                    ..first.clone()
                },
            ),
        ];
        for slug in AUTH_SLUGS {
            let failure = self.failure(AuthError::from_slug(slug));
            let page = AuthenticationPage {
                outcome: Some(AuthOutcome::Failure(failure)),
                ..first.clone()
            };
            pages.push((format!("refused-{}", slug.replace('_', "-")), page));
        }
        pages
    }

    fn disconnect(&self) -> DisconnectPage {
        DisconnectPage {
            frame: self.frame("/aliexpress/authentication/connections/conn_x/disconnect"),
            connection: self.connection(0, ConnectionState::Active),
            open_orders: 3,
            writes_token_file: true,
        }
    }

    fn card(&self, number: usize) -> ProductCard {
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

    fn results(&self) -> ProductResults {
        ProductResults {
            total: 1_348,
            page_size: 20,
            fetched_at_ms: NOW - 3 * HOUR,
            cards: (0..8).map(|number| self.card(number)).collect(),
        }
    }

    fn product_lists(&self) -> Vec<(&'static str, ProductsState)> {
        let none = ProductResults {
            total: 0,
            cards: vec![],
            ..self.results()
        };
        vec![
            ("start", ProductsState::Start),
            ("results", ProductsState::Results(self.results())),
            ("none", ProductsState::Results(none)),
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

    fn products(&self, q: &str, state: ProductsState) -> ProductsPage {
        ProductsPage {
            frame: self.frame("/aliexpress/products?q=bath%20mat"),
            query: SearchQuery {
                q: if q.is_empty() {
                    String::new()
                } else {
                    format!("{q} {}", self.upstream.text)
                },
                ship_to: "FR".into(),
                currency: "EUR".into(),
                sort: ProductSort::Orders,
                page: 2,
            },
            state,
        }
    }

    fn sku(&self, number: usize) -> SkuView {
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

    fn detail(&self, freight: FreightState) -> ProductDetail {
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

    fn freight(&self) -> FreightState {
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
        FreightState::Options((0..3).map(option).collect())
    }

    fn product_states(&self) -> Vec<(&'static str, ProductState)> {
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

    fn product(&self, state: ProductState) -> ProductPage {
        ProductPage {
            frame: self.frame("/aliexpress/products/1005008000000001"),
            id: "1005008000000001".into(),
            query: ProductQuery {
                ship_to: "FR".into(),
                currency: "EUR".into(),
                sku: Some("12000041000000000".into()),
                quantity: 2,
            },
            state,
        }
    }

    fn order_lists(&self) -> Vec<(&'static str, OrdersPage)> {
        let statuses = [
            "PLACE_ORDER_SUCCESS",
            "WAIT_SELLER_SEND_GOODS",
            "WAIT_BUYER_ACCEPT_GOODS",
            "IN_ISSUE",
            "FINISH",
            "IN_CANCEL",
            "RISK_CONTROL",
            "SOMETHING_NEW",
        ];
        let rows = (0_i64..).zip(statuses).map(|(number, status)| OrderRow {
            id: format!("818800000000000{number}"),
            title: self.some_text(),
            store: Some("Shop1102000001 Store".into()),
            stage: OrderStage::from_gateway(status, false),
            gateway_status: status.into(),
            amount: (number != 7).then(|| Price::new(format!("{}.59", 8 + number * 411), "USD")),
            placed_at_ms: Some(NOW - number * DAY - HOUR),
            pay_by_ms: Some(NOW + 20 * HOUR),
            fetched_at_ms: Some(NOW - (number + 1) * 9 * MINUTE),
            stale: number == 3,
            connection_name: Some("Boutique Brazzaville".into()),
        });
        let full = OrdersPage {
            frame: self.frame("/aliexpress/orders"),
            missing: vec![],
            connected: true,
            form: ImportForm::default(),
            stage: None,
            counts: OrderStage::ALL
                .into_iter()
                .zip([2, 1, 5, 12, 1, 148, 3, 1])
                .map(|(stage, count)| OrderCount { stage, count })
                .collect(),
            orders: rows.collect(),
            next_cursor: Some("eyJ0IjoxfQ==".into()),
        };
        let empty = OrdersPage {
            counts: vec![],
            orders: vec![],
            next_cursor: None,
            ..full.clone()
        };
        let failed = OrdersPage {
            form: ImportForm {
                order_id: self.text(),
                problem: Some(self.problem("isv.insufficient-permission")),
            },
            stage: Some(OrderStage::Checking),
            orders: vec![],
            ..full.clone()
        };
        let notice = Frame {
            notice: Some(Notice::OrderAdded("8188000000000001".into())),
            ..full.frame.clone()
        };
        vec![
            (
                "full",
                OrdersPage {
                    frame: notice,
                    ..full.clone()
                },
            ),
            ("empty", empty.clone()),
            ("failed", failed),
            (
                "not-connected",
                OrdersPage {
                    connected: false,
                    ..full
                },
            ),
            (
                "not-configured",
                OrdersPage {
                    missing: self.missing(),
                    ..empty
                },
            ),
        ]
    }

    fn order(&self, status: &str) -> OrderDetail {
        OrderDetail {
            stage: OrderStage::from_gateway(status, false),
            gateway_status: status.into(),
            logistics_status: Some("SELLER_SEND_GOODS".into()),
            amount: Some(Price::new("8.59", "USD")),
            order_amount: Some(Price::new("9.10", "USD")),
            placed_at_ms: Some(NOW - 6 * DAY),
            paid_at_ms: (status != "PLACE_ORDER_SUCCESS").then_some(NOW - 6 * DAY + 2 * MINUTE),
            pay_by_ms: Some(NOW + 20 * HOUR),
            store: self.some_text(),
            store_url: Some(self.upstream.link.into()),
            order_url: Some(self.upstream.link.into()),
            connection_name: Some("Boutique Brazzaville".into()),
            lines: vec![OrderLineView {
                product_id: Some("1005008000000001".into()),
                sku_id: Some("12000041000000001".into()),
                title: self.text(),
                quantity: Some(2),
                unit_price: Some(Price::new("4.05", "USD")),
                shipping: Some(Price::new("0.99", "USD")),
                total: Some(Price::new("8.59", "USD")),
                end_reason: (status == "FINISH").then(|| "CANCELED".into()),
            }],
            parcels: vec![],
            tracking_problem: None,
            refresh_problem: None,
            fetched_at_ms: Some(NOW - 12 * MINUTE),
            stale: false,
        }
    }

    fn order_states(&self) -> Vec<(&'static str, OrderState)> {
        let step = |days: i64| TrackingStep {
            at_ms: NOW - days * DAY,
            name: Some("Delivery update".into()),
            description: self.text(),
        };
        let parcel = ParcelView {
            number: "LP00712345678901".into(),
            carrier: self.some_text(),
            eta_ms: Some(NOW + 3 * DAY),
            steps: (1..4).map(step).collect(),
        };
        let second = ParcelView {
            number: "TEST0000000002".into(),
            carrier: None,
            eta_ms: None,
            steps: vec![],
        };
        let found = |order| OrderState::Found(Box::new(order));
        let stale = OrderDetail {
            stale: true,
            fetched_at_ms: Some(NOW - 3 * DAY),
            refresh_problem: Some(self.problem("ServiceTimeout")),
            tracking_problem: Some(self.problem("ServiceTimeout")),
            lines: vec![],
            ..self.order("RISK_CONTROL")
        };
        vec![
            ("to-pay", found(self.order("PLACE_ORDER_SUCCESS"))),
            (
                "shipped",
                found(OrderDetail {
                    parcels: vec![parcel, second],
                    ..self.order("WAIT_BUYER_ACCEPT_GOODS")
                }),
            ),
            ("finished", found(self.order("FINISH"))),
            ("stuck", found(self.order("IN_ISSUE"))),
            ("stale", found(stale)),
            ("not-found", OrderState::NotFound),
            ("trouble", OrderState::Trouble(self.problem("storage"))),
        ]
    }
}

/// Every named way a sign-in can fail, and one that has no name.
pub(crate) const AUTH_SLUGS: [&str; 12] = [
    "access_denied",
    "missing_code",
    "missing_state",
    "unknown_state",
    "expired_state",
    "state_reused",
    "wrong_browser",
    "exchange_failed",
    "account_mismatch",
    "storage_failed",
    "not_configured",
    "server_error",
];
