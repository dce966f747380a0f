//! Every metric as data: the code that counts, the `# HELP` lines and `docs/metrics.md` come from here.

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, from the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations in buckets.
    Histogram,
}

impl Kind {
    /// The word of the exposition format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// As it is scraped.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The labels of each of its series.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// Upper ends of the buckets of durations, in seconds.
pub const DURATION_BUCKETS: [f64; 11] = [
    0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

pub(super) const REFRESHES: &str = "smartlinks_refreshes_total";
pub(super) const GATEWAY_CALLS: &str = "smartlinks_gateway_calls_total";
pub(super) const GATEWAY_DURATION: &str = "smartlinks_gateway_call_duration_seconds";
pub(super) const CLOCK_AHEAD: &str = "smartlinks_clock_ahead_seconds";
pub(super) const CONNECTIONS: &str = "smartlinks_connections";
pub(super) const SIGN_IN_DEADLINES: &str = "smartlinks_sign_in_deadlines";
pub(super) const REFRESHES_DUE: &str = "smartlinks_refreshes_due";
pub(super) const CONNECTIONS_AGE: &str = "smartlinks_connections_age_seconds";
pub(super) const WEBHOOK_BACKLOG: &str = "smartlinks_webhook_deliveries_waiting";
pub(super) const ORDERS_OPEN: &str = "smartlinks_orders_open";
pub(super) const HTTP_REQUESTS: &str = "smartlinks_http_requests_total";
pub(super) const HTTP_DURATION: &str = "smartlinks_http_request_duration_seconds";
pub(super) const DATABASE_ERRORS: &str = "smartlinks_database_errors_total";
pub(super) const RESIDENT_MEMORY: &str = "process_resident_memory_bytes";

/// All metrics, in the order of the documentation.
pub const ALL: [Described; 14] = [
    Described {
        name: REFRESHES,
        kind: Kind::Counter,
        labels: &["outcome"],
        help: "Refreshes of token pairs by this process: renewed, not_stored (the gateway gave a pair and the database did not take it yet), failed (for a passing reason), refused (the account has to sign in again)",
    },
    Described {
        name: GATEWAY_CALLS,
        kind: Kind::Counter,
        labels: &["method", "outcome"],
        help: "Requests sent to the gateway, each attempt for itself: ok, unreachable, unreadable, or the class of the refusal (retry, refresh, reauthorize, fix, wait)",
    },
    Described {
        name: GATEWAY_DURATION,
        kind: Kind::Histogram,
        labels: &["method"],
        help: "How long the gateway took, from sending to the decoded answer",
    },
    Described {
        name: CLOCK_AHEAD,
        kind: Kind::Gauge,
        labels: &[],
        help: "How far this machine's clock is ahead of the gateway's, at its last answer; negative when it is behind",
    },
    Described {
        name: CONNECTIONS,
        kind: Kind::Gauge,
        labels: &["state"],
        help: "Connections: active, degraded, reauthorization_required, disconnected",
    },
    Described {
        name: SIGN_IN_DEADLINES,
        kind: Kind::Gauge,
        labels: &["within_days"],
        help: "Connections whose account has to sign in again within 30, 14, 7, 3 and 1 days",
    },
    Described {
        name: REFRESHES_DUE,
        kind: Kind::Gauge,
        labels: &[],
        help: "Refreshes that are due now and not done",
    },
    Described {
        name: CONNECTIONS_AGE,
        kind: Kind::Gauge,
        labels: &[],
        help: "How old the three numbers above are: 0 up to 50,000 connections; where there are more, they are counted in the background and at most 60 seconds old",
    },
    Described {
        name: WEBHOOK_BACKLOG,
        kind: Kind::Gauge,
        labels: &[],
        help: "Webhook deliveries that are waiting for their first or next attempt",
    },
    Described {
        name: ORDERS_OPEN,
        kind: Kind::Gauge,
        labels: &["state"],
        help: "Orders placed here of which it is open what becomes of them: placing, unknown (it is being found out whether they exist), awaiting_person (only a person can tell)",
    },
    Described {
        name: HTTP_REQUESTS,
        kind: Kind::Counter,
        labels: &["method", "route", "status"],
        help: "Requests answered by page and API, by the pattern of the route",
    },
    Described {
        name: HTTP_DURATION,
        kind: Kind::Histogram,
        labels: &["route"],
        help: "How long answers took",
    },
    Described {
        name: DATABASE_ERRORS,
        kind: Kind::Counter,
        labels: &["code"],
        help: "Statements that failed in the database, by the code of the failure",
    },
    Described {
        name: RESIDENT_MEMORY,
        kind: Kind::Gauge,
        labels: &[],
        help: "Resident memory of this process (Linux only)",
    },
];
