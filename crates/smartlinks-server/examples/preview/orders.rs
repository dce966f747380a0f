//! Orders and parcels.

use smartlinks_server::page::views::*;

use super::{DAY, HOUR, MINUTE, NOW, Sample};

impl Sample {
    pub(crate) fn order_lists(&self) -> Vec<(&'static str, OrdersPage)> {
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
            alert: OrderAlert::ALL.get(number as usize).copied(),
            connection_name: Some("Boutique Brazzaville".into()),
        });
        let full = OrdersPage {
            frame: self.frame("/aliexpress/orders"),
            missing: vec![],
            connected: true,
            form: ImportForm::default(),
            awaiting: (0, false),
            alert: None,
            alerts: vec![],
            accounts: vec![
                ("conn_1".into(), "Boutique Brazzaville".into()),
                ("conn_2".into(), self.name()),
            ],
            number: String::new(),
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
                connection: "conn_2".into(),
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
        let alerted = OrdersPage {
            alert: Some(OrderAlert::NotShipped),
            alerts: OrderAlert::ALL.into_iter().zip([1, 3, 2]).collect(),
            counts: vec![OrderCount {
                stage: OrderStage::Shipped,
                count: 12,
            }],
            ..full.clone()
        };
        let not_found = OrdersPage {
            number: self.text(),
            orders: vec![],
            next_cursor: None,
            ..full.clone()
        };
        let awaiting = OrdersPage {
            awaiting: (2, false),
            ..full.clone()
        };
        vec![
            ("awaiting", awaiting),
            ("alerted", alerted),
            ("not-found", not_found),
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

    pub(crate) fn order(&self, status: &str) -> OrderDetail {
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

    pub(crate) fn order_states(&self) -> Vec<(&'static str, OrderState)> {
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
