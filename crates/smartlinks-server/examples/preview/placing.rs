//! New orders, their checks, and what became of each.

use smartlinks_server::page::views::*;

use super::{HOUR, MINUTE, NOW, Sample};

impl Sample {
    fn way(&self, code: &str, fee: &str) -> FreightOption {
        FreightOption {
            company: "AliExpress Standard Shipping".into(),
            code: code.into(),
            free: false,
            fee: Some(Price::new(fee, "USD")),
            free_from: None,
            min_days: Some(9),
            max_days: Some(18),
            ships_from: Some("CN".into()),
            tracked: true,
            landed: None,
        }
    }

    fn new_order(&self) -> NewOrderPage {
        let address = ADDRESS.map(|(name, _)| {
            let text = match name {
                "contact_person" => self.upstream.name,
                "address" => "1 rue de l'Exemple",
                "city" => "Rene",
                "province" => "Bretagne",
                "zip" => "35000",
                "mobile_no" => "612345678",
                _ => "",
            };
            (name, text.to_owned())
        });
        let row = NewOrderRow {
            product: "1005008000000001".into(),
            sku: "12000041000000001".into(),
            quantity: "2".into(),
            delivery: "CAINIAO_STANDARD".into(),
            expected: "4.00".into(),
            memo: String::new(),
            options: vec![
                self.way("CAINIAO_ECONOMY", "0.99"),
                self.way("CAINIAO_STANDARD", "2.49"),
            ],
        };
        NewOrderPage {
            frame: self.frame("/aliexpress/orders/new"),
            missing: vec![],
            connections: vec![
                ("conn_1".into(), "Boutique Brazzaville".into()),
                ("conn_2".into(), self.upstream.name.into()),
            ],
            form: NewOrderForm {
                key: "page-1".into(),
                connection: "conn_1".into(),
                lines: vec![row],
                country: "FR".into(),
                address: address.to_vec(),
                max_total: "12.00".into(),
                max_drift: "5".into(),
                token: "5f3a".into(),
                seen: "8c1d".into(),
                ..NewOrderForm::default()
            },
            troubles: vec![],
            advice: vec![],
            preview: None,
            problem: None,
            held: None,
            refused: None,
        }
    }

    fn preview_box(&self, placeable: bool) -> PreviewBox {
        let row = PreviewRow {
            product_id: "1005008000000001".into(),
            sku: "12000041000000001".into(),
            instead_of: (!placeable).then(|| "12000041000000000".into()),
            title: self.text(),
            variant: self.text(),
            quantity: 2,
            unit: Some(Price::new("4.05", "USD")),
            drift: Some("1.25".into()),
            stock: Some(38),
            delivery: Some(self.way("CAINIAO_STANDARD", "2.49")),
            total: Some(Price::new("10.59", "USD")),
        };
        PreviewBox {
            placeable,
            connection_name: "Boutique Brazzaville".into(),
            rows: vec![row],
            goods: Some(Price::new("8.10", "USD")),
            charges: Some(Price::new("0", "USD")),
            freight: Some(Price::new("2.49", "USD")),
            total: Some(Price::new("10.59", "USD")),
            max_days: Some(18),
            margin: None,
            charges_not_named: false,
            token: "5f3a".into(),
        }
    }

    pub(crate) fn new_orders(&self) -> Vec<(&'static str, NewOrderPage)> {
        let trouble = |line, field: &str, code: &str| OrderTrouble {
            line,
            field: field.into(),
            code: code.into(),
            found: "12.80\u{a0}US$".into(),
            limit: "12.00\u{a0}US$".into(),
            detail: self.upstream.said.into(),
        };
        let full = self.new_order();
        let hint = |field: &str, code: &str, blocking| AddressHint {
            field: field.into(),
            code: code.into(),
            proposed: Some("Rennes".into()),
            blocking,
        };
        let refused = NewOrderPage {
            troubles: vec![
                trouble(None, "guard.max_total", "guard_max_total"),
                trouble(Some(1), "quantity", "out_of_stock"),
                trouble(None, "address.city", "address_city_unlisted"),
                trouble(Some(1), "lines", "SOMETHING_NEW"),
            ],
            advice: vec![
                hint("city", "city_unlisted", true),
                hint("province", "spelling", false),
            ],
            preview: Some(self.preview_box(false)),
            ..full.clone()
        };
        let mut empty = full.clone();
        empty.form = NewOrderForm {
            key: "page-1".into(),
            country: "FR".into(),
            ..NewOrderForm::default()
        };
        vec![
            ("empty", empty),
            ("refused", refused),
            (
                "placeable",
                NewOrderPage {
                    preview: Some(self.preview_box(true)),
                    ..full.clone()
                },
            ),
            (
                "changed",
                NewOrderPage {
                    preview: Some(self.preview_box(true)),
                    held: Some(HeldBack::Changed),
                    ..full.clone()
                },
            ),
            (
                "sent-before",
                NewOrderPage {
                    held: Some(HeldBack::SentBefore),
                    ..full.clone()
                },
            ),
            (
                "refused-there",
                NewOrderPage {
                    held: Some(HeldBack::Refused),
                    refused: Some(RefusedOrder {
                        record: self.intent_row(
                            6,
                            IntentState::Refused,
                            Some("DELIVERY_METHOD_NOT_EXIST"),
                        ),
                        said: Some(self.upstream.said.into()),
                    }),
                    ..full.clone()
                },
            ),
            (
                "unknown",
                NewOrderPage {
                    held: Some(HeldBack::Unknown),
                    problem: Some(self.problem("storage_failed")),
                    ..full.clone()
                },
            ),
            (
                "trouble",
                NewOrderPage {
                    problem: Some(self.problem("ServiceTimeout")),
                    ..full.clone()
                },
            ),
            (
                "not-connected",
                NewOrderPage {
                    connections: vec![],
                    ..full.clone()
                },
            ),
            (
                "not-configured",
                NewOrderPage {
                    missing: self.missing(),
                    ..full
                },
            ),
        ]
    }

    fn intent_row(&self, number: i64, state: IntentState, reason: Option<&str>) -> IntentRow {
        let numbers = match state {
            IntentState::Placed | IntentState::CreatedUnpaid => {
                vec![format!("818800000000000{number}")]
            }
            _ => vec![],
        };
        IntentRow {
            id: format!("intent_019b{number}"),
            state,
            reason: reason.map(Into::into),
            title: self.text(),
            more: usize::from(number == 2),
            total: Some(Price::new("10.59", "USD")),
            order_ids: numbers,
            created_ms: Some(NOW - number * HOUR),
            changed_ms: Some(NOW - number * HOUR + MINUTE),
        }
    }

    pub(crate) fn intent_lists(&self) -> Vec<(&'static str, IntentsPage)> {
        let reasons = [
            Some("repeated_order"),
            Some("15"),
            None,
            Some("payment_not_asked"),
            None,
            Some("DELIVERY_METHOD_NOT_EXIST"),
        ];
        let rows = (1..).zip(IntentState::ALL.into_iter().zip(reasons));
        let full = IntentsPage {
            frame: self.frame("/aliexpress/orders/intents"),
            state: None,
            rows: rows
                .map(|(number, (state, reason))| self.intent_row(number, state, reason))
                .collect(),
            awaiting: (1, false),
            next: Some("1.intent_1".into()),
        };
        let empty = IntentsPage {
            rows: vec![],
            awaiting: (0, false),
            next: None,
            ..full.clone()
        };
        vec![
            ("full", full),
            (
                "none-here",
                IntentsPage {
                    state: Some(IntentState::Refused),
                    ..empty.clone()
                },
            ),
            ("empty", empty),
        ]
    }

    pub(crate) fn intents(&self) -> Vec<(&'static str, IntentPage)> {
        let page = |state, reason: Option<&str>| IntentPage {
            frame: self.frame("/aliexpress/orders/intents/intent_019b1"),
            row: self.intent_row(1, state, reason),
            out_order_id: "019ba1b2c3d4e5f60718293a4b5c6d7e".into(),
            country: "FR".into(),
            pay: false,
            connection_name: Some("Boutique Brazzaville".into()),
            detail: None,
            lines: vec![IntentGoods {
                product_id: "1005008000000001".into(),
                sku: "12000041000000001".into(),
                instead_of: Some("12000041000000000".into()),
                title: self.text(),
                variant: self.text(),
                quantity: 2,
                unit: Some(Price::new("4.05", "USD")),
                delivery: Some("CAINIAO_STANDARD".into()),
                freight: Some(Price::new("2.49", "USD")),
            }],
            orders: vec![],
            pay_links: vec![],
            candidates: vec![],
            attempts: 1,
            next_attempt_ms: None,
            refused: None,
        };
        let unpaid = page(IntentState::CreatedUnpaid, Some("payment_not_asked"));
        let order = self.order_lists().swap_remove(0).1.orders.swap_remove(0);
        let awaiting = IntentPage {
            detail: Some(self.upstream.said.into()),
            candidates: vec!["8188000000000002".into(), "8188000000000003".into()],
            attempts: 4,
            ..page(IntentState::AwaitingPerson, Some("repeated_order"))
        };
        vec![
            ("placed", page(IntentState::Placed, None)),
            (
                "unpaid",
                IntentPage {
                    orders: vec![order],
                    pay_links: vec![("8188000000000001".into(), self.upstream.link.into())],
                    ..unpaid
                },
            ),
            (
                "unknown",
                IntentPage {
                    next_attempt_ms: Some(NOW + 5 * MINUTE),
                    ..page(IntentState::Unknown, Some("15"))
                },
            ),
            (
                "refused",
                IntentPage {
                    detail: Some(self.upstream.said.into()),
                    ..page(IntentState::Refused, Some("DELIVERY_METHOD_NOT_EXIST"))
                },
            ),
            (
                "decide-refused",
                IntentPage {
                    refused: Some((
                        self.text(),
                        self.problem("invalid_parameter"),
                        self.upstream.said.into(),
                    )),
                    ..awaiting.clone()
                },
            ),
            ("awaiting", awaiting),
        ]
    }

    pub(crate) fn batches(&self) -> Vec<(&'static str, BatchPage)> {
        let row = |line: i64, state: Option<IntentState>| BatchRow {
            line,
            intent: state.map(|_| format!("intent_019b{line}")),
            state,
            order_ids: match state {
                Some(IntentState::CreatedUnpaid) => vec![format!("818800000000000{line}")],
                _ => vec![],
            },
            total: state.map(|_| Price::new("10.59", "USD")),
            earlier_ms: (line == 2).then_some(NOW - 5 * HOUR),
            otherwise: false,
            detail: (state.is_none()).then(|| self.upstream.said.into()),
        };
        let progress = BatchProgress {
            lines: 12,
            done: 3,
            next: Some(5),
            stopped: true,
            results: vec![
                row(2, Some(IntentState::CreatedUnpaid)),
                row(3, Some(IntentState::Unknown)),
                row(4, None),
            ],
        };
        let start = BatchPage {
            frame: self.frame("/aliexpress/orders/batch"),
            missing: vec![],
            accounts: vec![("conn_1".into(), self.name())],
            connection: String::new(),
            csv: String::new(),
            go_on: false,
            seen: "5f3a".into(),
            changed: false,
            state: BatchState::Start,
        };
        let with = |state, go_on| BatchPage {
            csv: self.text(),
            go_on,
            state,
            ..start.clone()
        };
        let ready = BatchProgress {
            done: 0,
            next: Some(2),
            stopped: false,
            results: vec![],
            ..progress.clone()
        };
        let done = BatchProgress {
            done: 12,
            next: None,
            stopped: false,
            ..progress.clone()
        };
        let problems = vec![
            (1, Some("colour".to_owned()), self.text()),
            (7, None, self.text()),
        ];
        vec![
            ("start", start.clone()),
            (
                "unreadable",
                with(BatchState::Unreadable(problems, 2), false),
            ),
            ("ready", with(BatchState::Going(ready), false)),
            ("stopped", with(BatchState::Going(progress), true)),
            ("done", with(BatchState::Going(done), false)),
            (
                "trouble",
                with(BatchState::Trouble(self.problem("ServiceTimeout")), false),
            ),
        ]
    }

    pub(crate) fn not_placed(&self) -> IntentNotPlacedPage {
        IntentNotPlacedPage {
            frame: self.frame("/aliexpress/orders/intents/intent_019b1/not-placed"),
            row: self.intent_row(1, IntentState::AwaitingPerson, Some("repeated_order")),
            candidates: vec!["8188000000000002".into()],
            back: "/aliexpress/orders/intents/intent_019b1".into(),
        }
    }
}
