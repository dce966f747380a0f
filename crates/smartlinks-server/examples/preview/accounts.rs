//! Connected accounts, the overview and the sign-in.

use smartlinks_server::page::views::*;

use super::{AUTH_SLUGS, DAY, HOUR, MINUTE, NOW, Sample};

/// Every finding that the overview has words for, and one that it has none for.
const CONCERNS: [&str; 8] = [
    "clock_off",
    "callback_insecure",
    "key_file_loose",
    "data_dir_loose",
    "token_file_loose",
    "address_not_allowed",
    "app_in_test",
    "something_new",
];

/// What the audit log has seen: minutes ago, who, what, how it ended. The last is not known to this page.
const DEEDS: [(i64, &str, &str, &str); 10] = [
    (2, "operator", "connection.refreshed", "IllegalRefreshToken"),
    (40, "operator", "connection.changed", "ok"),
    (55, "system", "connection.reauthorization_required", "ok"),
    (70, "api_key", "token.vended", "ok"),
    (180, "merchant", "connect_link.used", "ok"),
    (200, "merchant", "connection.connected", "ok"),
    (1_500, "command_line", "keyring.key_added", "ok"),
    (1_520, "operator", "webhook.created", "ok"),
    (2_900, "anybody", "api_key.created", "ok"),
    (9_000, "new", "something.new", "ok"),
];

/// A day that ends with these hours.
fn hours(last: &[(i64, i64)]) -> Vec<HourOfDay> {
    let usual = [12, 4, 0, 0, 9, 31, 58, 74, 90, 66, 80, 97];
    let usual = usual.into_iter().cycle().map(|calls| (calls, calls / 60));
    let counts = usual
        .take(24 - last.len())
        .chain(last.iter().copied())
        .zip(0..);
    counts
        .map(|(counts, hour)| HourOfDay {
            begins_ms: NOW - (23 - hour) * HOUR,
            counts,
        })
        .collect()
}

/// A budget of which something is held, one that is not used, and methods without a documented rate.
fn budget(last: &[(i64, i64)], divided: bool) -> CallBudget {
    let method = |method: &str, per_second, held, instances, last_hour: i64| MethodBudget {
        method: method.to_owned(),
        per_second,
        held,
        instances,
        last_hour,
        last_day: last_hour * 20,
    };
    let outcomes = [
        "ok",
        "wait",
        "retry",
        "refresh",
        "reauthorize",
        "fix",
        "unreachable",
        "unreadable",
    ];
    CallBudget {
        app_key: "500100".to_owned(),
        divided,
        methods: vec![
            method("/auth/token/refresh", None, 0, 0, 12),
            method("aliexpress.ds.address.get", Some(4), 0, 0, 0),
            method("aliexpress.ds.product.get", Some(1000), 475, 2, 4_210),
            method("other", None, 0, 0, 1),
        ],
        outcomes: outcomes
            .into_iter()
            .zip(0..)
            .map(|(outcome, number)| CallOutcome {
                outcome,
                last_hour: 4_000 >> number,
                last_day: 80_000 >> number,
            })
            .collect(),
        hours: hours(last),
    }
}

impl Sample {
    pub(crate) fn connection(&self, number: u8, state: ConnectionState) -> ConnectionView {
        ConnectionView {
            id: format!("conn_019a9f6e-7c3b-7a31-9f2e-5b8d0c4e1a{number:02}"),
            label: (number != 2).then(|| {
                [
                    "Boutique Brazzaville",
                    "Paris",
                    "",
                    "Compte d’essai",
                    "Ancienne boutique",
                ][usize::from(number)]
                .into()
            }),
            account_nick: Some(if number == 2 {
                self.name()
            } else {
                format!("fr{number}0428517")
            }),
            account_id: format!("20000428{number}7"),
            state,
            reason: None,
            works_until_ms: Some(NOW + 11 * HOUR + 20 * MINUTE),
            sign_in_again_by_ms: Some(NOW + 60 * DAY),
            next_refresh_ms: Some(NOW + 8 * HOUR),
            usable: state != ConnectionState::Disconnected,
            generation: 42,
            is_default: number == 0,
            last_success_ms: Some(NOW - 40 * MINUTE),
            last_failure: None,
        }
    }

    pub(crate) fn connections(&self) -> Vec<ConnectionView> {
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
            usable: false,
            works_until_ms: Some(NOW - 2 * HOUR),
            sign_in_again_by_ms: None,
            next_refresh_ms: None,
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

    pub(crate) fn events(&self) -> Vec<EventLine> {
        let line = |ago: i64, name: &str, order: bool| EventLine {
            at_ms: NOW - ago,
            kind: EventKind::from_name(name),
            connection_name: if order { None } else { self.some_name() },
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

    pub(crate) fn overviews(&self) -> Vec<(&'static str, OverviewPage)> {
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
            budget: Some(budget(&[(0, 0), (120, 0), (900, 3)], false)),
            alerts: vec![],
            upkeep: Upkeep {
                hours: hours(&[(0, 0), (1, 0), (9, 0)]),
                ..Upkeep::default()
            },
        };
        let attention = OverviewPage {
            frame: Frame {
                notice: Some(Notice::Refreshed(self.name())),
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
            budget: Some(budget(&[(0, 4), (1, 0), (5_000, 12)], true)),
            alerts: vec![(OrderAlert::Unpaid, 1), (OrderAlert::NotShipped, 3)],
            upkeep: Upkeep {
                due: 3,
                sign_in_within: [3, 2, 1, 1, 0],
                counted_ms: Some(NOW - 30_000),
                hours: hours(&[(0, 1), (0, 0), (50, 3)]),
                concerns: CONCERNS
                    .into_iter()
                    .map(|code| Concern {
                        code: code.to_owned(),
                        bad: code != "app_in_test",
                    })
                    .collect(),
            },
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

    pub(crate) fn audits(&self) -> Vec<(&'static str, AuditPage)> {
        let line = |(minutes, actor, action, outcome): &(i64, &str, &str, &str)| {
            let about_connection = action.starts_with("connection.");
            AuditLine {
                at_ms: NOW - minutes * MINUTE,
                actor: (*actor).to_owned(),
                name: self.some_name().filter(|_| *actor != "system"),
                address: (*actor != "system").then(|| "203.0.113.7".into()),
                action: (*action).to_owned(),
                connection: about_connection
                    .then(|| (self.connection(0, ConnectionState::Active).id, self.name())),
                subject: match *action {
                    "webhook.created" => Some("wh_019a9f6e7c3b7a319f2e5b8d".into()),
                    "api_key.created" => Some("key_9fQ2xA7b".into()),
                    _ => None,
                },
                outcome: (*outcome).to_owned(),
            }
        };
        let full = AuditPage {
            frame: self.frame("/aliexpress/audit"),
            entries: DEEDS.iter().map(line).collect(),
            connections: vec![
                (self.connection(0, ConnectionState::Active).id, self.name()),
                (
                    "conn_019a9f6e-7c3b-7a31-9f2e-5b8d0c4e1a01".into(),
                    "Paris".into(),
                ),
            ],
            filter: AuditFilter::default(),
            misunderstood: false,
            next: Some("17".into()),
        };
        let bare = line(&(95, "system", "token_file.written", "ok"));
        let filter = AuditFilter {
            action: "token_file.written".into(),
            connection: self.name(),
            actor: "system".into(),
        };
        let narrowed = AuditPage {
            entries: vec![bare],
            filter: filter.clone(),
            ..full.clone()
        };
        let none = AuditPage {
            entries: vec![],
            next: None,
            ..narrowed.clone()
        };
        let misunderstood = AuditPage {
            misunderstood: true,
            ..none.clone()
        };
        let empty = AuditPage {
            filter: AuditFilter::default(),
            ..none.clone()
        };
        vec![
            ("full", full),
            ("narrowed", narrowed),
            ("none", none),
            ("misunderstood", misunderstood),
            ("empty", empty),
        ]
    }

    pub(crate) fn authentications(&self) -> Vec<(String, AuthenticationPage)> {
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
            connection_name: self.name(),
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

    pub(crate) fn disconnect(&self) -> DisconnectPage {
        DisconnectPage {
            frame: self.frame("/aliexpress/authentication/connections/conn_x/disconnect"),
            connection: self.connection(0, ConnectionState::Active),
            open_orders: 3,
            served_lately: vec!["entrepôt".into(), self.name()],
            writes_token_file: true,
        }
    }
}
