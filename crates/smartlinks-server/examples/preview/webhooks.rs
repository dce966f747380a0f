//! Webhooks: none yet, several, one in each state, a form that could not be used.

use smartlinks_server::page::views::*;

use super::{DAY, HOUR, MINUTE, NOW, Sample};

impl Sample {
    fn endpoint(&self) -> Endpoint {
        Endpoint {
            id: "wh_019a9f6e7c3b7a319f2e5b8d".into(),
            url: "https://boutique.example.org/crochets/smartlinks".into(),
            description: self.some_name(),
            events: vec!["*".into()],
            active: true,
            disabled_reason: None,
            failing_since_ms: None,
            last_success_ms: Some(NOW - 40 * MINUTE),
            last_failure_ms: None,
            last_failure: None,
            former_secret_until_ms: None,
        }
    }

    fn failing(&self) -> Endpoint {
        Endpoint {
            id: "wh_019a9f6e7c3b7a319f2e5b8e".into(),
            url: "https://stock.example.org/a/rather/long/address/that/somebody/has/chosen/for/messages?of=smartlinks".into(),
            description: None,
            events: vec!["order.updated".into(), "order.imported".into()],
            failing_since_ms: Some(NOW - 2 * DAY),
            last_failure_ms: Some(NOW - MINUTE),
            last_failure: Some("http_503".into()),
            former_secret_until_ms: Some(NOW + 20 * HOUR),
            ..self.endpoint()
        }
    }

    fn disabled(&self, reason: &str) -> Endpoint {
        Endpoint {
            id: "wh_019a9f6e7c3b7a319f2e5b8f".into(),
            url: "https://ancien.example.org/smartlinks".into(),
            active: false,
            disabled_reason: Some(reason.into()),
            last_failure_ms: Some(NOW - DAY),
            last_failure: Some("http_410".into()),
            ..self.endpoint()
        }
    }

    pub(crate) fn webhook_lists(&self) -> Vec<(&'static str, WebhooksPage)> {
        let none = WebhooksPage {
            frame: self.frame("/aliexpress/webhooks"),
            endpoints: Vec::new(),
            form: WebhookForm::default(),
        };
        let fresh = Endpoint {
            id: "wh_019a9f6e7c3b7a319f2e5b90".into(),
            url: "https://compta.example.org/evenements".into(),
            last_success_ms: None,
            ..self.endpoint()
        };
        let several = WebhooksPage {
            endpoints: vec![
                self.endpoint(),
                self.failing(),
                self.disabled("gone"),
                fresh,
            ],
            ..none.clone()
        };
        let refused = WebhooksPage {
            form: WebhookForm {
                url: "http://10.0.0.1/hook".into(),
                problem: Some(Problem::from_code("invalid_parameter")),
                detail: "url: leads into a private network".into(),
                ..WebhookForm::default()
            },
            ..none.clone()
        };
        vec![("none", none), ("several", several), ("refused", refused)]
    }

    fn attempts(&self) -> Vec<AttemptLine> {
        let failed =
            |ago: i64, status: Option<i64>, error: &str, answer: Option<String>| AttemptLine {
                at_ms: Some(NOW - ago),
                duration_ms: 412,
                status,
                error: Some(error.into()),
                answer,
            };
        vec![
            failed(
                2 * HOUR,
                Some(503),
                "http_503",
                Some("<h1>Service Unavailable</h1>".into()),
            ),
            failed(HOUR, None, "timeout", None),
        ]
    }

    fn deliveries(&self) -> Vec<DeliveryLine> {
        let line = |number: u8, kind: &str, state: &str| DeliveryLine {
            id: format!("msg_019a9f6e7c3b7a319f2e5b{number:02}"),
            kind: kind.into(),
            state: state.into(),
            created_ms: Some(NOW - i64::from(number) * HOUR),
            next_attempt_ms: None,
            attempts: Vec::new(),
        };
        let well = AttemptLine {
            at_ms: Some(NOW - 20 * MINUTE),
            duration_ms: 87,
            status: Some(204),
            error: None,
            answer: None,
        };
        vec![
            DeliveryLine {
                next_attempt_ms: Some(NOW + MINUTE / 2),
                ..line(0, "webhook.test", "pending")
            },
            DeliveryLine {
                next_attempt_ms: Some(NOW + 3 * HOUR),
                attempts: self.attempts(),
                ..line(1, "order.updated", "pending")
            },
            DeliveryLine {
                attempts: vec![well],
                ..line(3, "connection.refreshed", "delivered")
            },
            DeliveryLine {
                attempts: self.attempts(),
                ..line(30, "order.imported", "given_up")
            },
            line(40, "order.updated", "failed"),
        ]
    }

    pub(crate) fn webhooks(&self) -> Vec<(&'static str, WebhookPage)> {
        let page = |endpoint: Endpoint, deliveries| WebhookPage {
            frame: self.frame("/aliexpress/webhooks/wh_019a9f6e7c3b7a319f2e5b8d"),
            form: WebhookForm::of(&endpoint),
            endpoint,
            deliveries,
            next: None,
        };
        let fresh = Endpoint {
            last_success_ms: None,
            ..self.endpoint()
        };
        let refused = WebhookPage {
            form: WebhookForm {
                problem: Some(Problem::from_code("invalid_parameter")),
                detail: "events: no event is called order.eaten".into(),
                ..WebhookForm::of(&self.endpoint())
            },
            ..page(self.endpoint(), Vec::new())
        };
        let older = WebhookPage {
            next: Some(17),
            ..page(self.failing(), self.deliveries())
        };
        vec![
            ("new", page(fresh, Vec::new())),
            ("well", page(self.endpoint(), self.deliveries())),
            ("failing", older),
            ("gone", page(self.disabled("gone"), self.deliveries())),
            ("by-hand", page(self.disabled("by_hand"), Vec::new())),
            ("refused", refused),
        ]
    }

    pub(crate) fn webhook_secret(&self) -> WebhookSecretPage {
        WebhookSecretPage {
            frame: self.frame("/aliexpress/webhooks"),
            id: self.endpoint().id,
            url: self.endpoint().url,
            secret: "whsec_bWFkZS11cCBzZWNyZXQgb2YgdGhlIHByZXZpZXc=".into(),
        }
    }
}
