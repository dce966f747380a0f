//! Overview: is everything all right, what needs somebody, and by when.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::components::Shape;
use crate::page::views::{
    AppKeys, AppView, ConnectionState, ConnectionView, Frame, OrderCount, Problem, StopReason, Tab,
    Tone,
};

/// `GET /aliexpress`
#[derive(Debug, Clone, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    /// What every page carries.
    pub frame: Frame,
    /// The application.
    pub app: AppView,
    /// All connections that were not ended.
    pub connections: Vec<ConnectionView>,
    /// How the gateway has answered lately; `None` before the first call.
    pub gateway: Option<GatewayHealth>,
    /// The latest events, newest first.
    pub events: Vec<EventLine>,
    /// How many orders there are in each state; states without orders may be left out.
    pub orders: Vec<OrderCount>,
}

/// How the gateway has answered lately.
#[derive(Debug, Clone)]
pub struct GatewayHealth {
    /// When it last answered. Milliseconds.
    pub last_answer_ms: Option<i64>,
    /// Calls since `since_ms`.
    pub calls: Option<i64>,
    /// Of these, how many failed.
    pub failed: Option<i64>,
    /// From when the calls are counted. Milliseconds.
    pub since_ms: Option<i64>,
    /// How far our clock is ahead of the gateway's. Seconds.
    pub clock_skew_seconds: Option<i64>,
    /// Why the last call failed; `None` when it did not.
    pub problem: Option<Problem>,
}

/// One line of what has happened.
#[derive(Debug, Clone)]
pub struct EventLine {
    /// When. Milliseconds.
    pub at_ms: i64,
    /// What.
    pub kind: EventKind,
    /// The connection it is about, by the name shown elsewhere.
    pub connection_name: Option<String>,
    /// The order it is about.
    pub order_id: Option<String>,
    /// A code or short further fact.
    pub detail: Option<String>,
}

/// The kinds of events this page has words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// An account was connected for the first time.
    Connected,
    /// An account was authorised again.
    Reconnected,
    /// Tokens were renewed.
    Refreshed,
    /// Refreshing fails for a passing reason.
    Degraded,
    /// Somebody has to sign in again.
    ReauthorizationRequired,
    /// A connection was ended on purpose.
    Disconnected,
    /// An order was added.
    OrderImported,
    /// An order has changed.
    OrderUpdated,
    /// The token file could not be written.
    TokenFileFailed,
    /// A kind without words here; shown by its name.
    Other(String),
}

impl EventKind {
    /// The names the script listens to.
    pub(crate) const NAMES: &str = "connection.connected connection.reconnected connection.refreshed \
        connection.degraded connection.reauthorization_required connection.disconnected order.imported \
        order.updated token_file.failed";

    /// From the stable name, for example `connection.refreshed`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "connection.connected" => Self::Connected,
            "connection.reconnected" => Self::Reconnected,
            "connection.refreshed" => Self::Refreshed,
            "connection.degraded" => Self::Degraded,
            "connection.reauthorization_required" => Self::ReauthorizationRequired,
            "connection.disconnected" => Self::Disconnected,
            "order.imported" => Self::OrderImported,
            "order.updated" => Self::OrderUpdated,
            "token_file.failed" => Self::TokenFileFailed,
            other => Self::Other(other.to_owned()),
        }
    }

    const fn key(&self) -> Option<Key> {
        Some(match self {
            Self::Connected => Key::EventConnected,
            Self::Reconnected => Key::EventReconnected,
            Self::Refreshed => Key::EventRefreshed,
            Self::Degraded => Key::EventDegraded,
            Self::ReauthorizationRequired => Key::EventReauthorizationRequired,
            Self::Disconnected => Key::EventDisconnected,
            Self::OrderImported => Key::EventOrderImported,
            Self::OrderUpdated => Key::EventOrderUpdated,
            Self::TokenFileFailed => Key::EventTokenFileFailed,
            Self::Other(_) => return None,
        })
    }

    const fn tone(&self) -> Tone {
        match self {
            Self::Connected | Self::Reconnected | Self::Refreshed => Tone::Good,
            Self::Degraded | Self::TokenFileFailed => Tone::Warn,
            Self::ReauthorizationRequired => Tone::Bad,
            _ => Tone::Idle,
        }
    }
}

impl EventLine {
    fn words(&self, frame: &Frame) -> String {
        match (self.kind.key(), &self.kind) {
            (Some(key), _) => frame.t(key),
            (None, EventKind::Other(name)) => name.clone(),
            (None, _) => String::new(),
        }
    }

    fn shape(&self) -> Shape {
        Shape(self.kind.tone())
    }
}

/// A row of what needs somebody, with its one button.
#[derive(Debug)]
pub(crate) struct Attention<'a> {
    tone: Tone,
    what: String,
    why: Option<String>,
    deadline_ms: Option<i64>,
    deadline: Deadline,
    action: Action<'a>,
}

/// What a deadline in such a row is about.
#[derive(Debug, Clone, Copy)]
enum Deadline {
    SignIn,
    Stops,
}

/// The one button of such a row.
#[derive(Debug)]
pub(crate) enum Action<'a> {
    /// A form that starts the sign-in for this connection.
    Reconnect(&'a str),
    /// A form that asks for new tokens now.
    Refresh(&'a str),
    /// A link.
    Open(&'static str, Key),
}

impl Attention<'_> {
    fn shape(&self) -> Shape {
        Shape(self.tone)
    }

    /// What happens at the deadline: the person's turn, or the token's end.
    fn deadline_word(&self) -> Key {
        match self.deadline {
            Deadline::SignIn => Key::ClockSignInAgainBy,
            Deadline::Stops => Key::ClockStops,
        }
    }
}

impl OverviewPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Overview)
    }

    fn title(&self) -> String {
        self.frame.t(Key::TabOverview)
    }

    /// Set up and connected at least once.
    fn is_running(&self) -> bool {
        self.app.usable() && !self.connections.is_empty()
    }

    /// The earliest moment somebody has to sign in again.
    fn next_sign_in_ms(&self) -> Option<i64> {
        self.connections
            .iter()
            .filter_map(|connection| connection.sign_in_again_by_ms)
            .min()
    }

    fn attention(&self) -> Vec<Attention<'_>> {
        let mut rows = Vec::new();
        if let AppKeys::Refused(problem) = &self.app.keys {
            rows.push(Attention {
                tone: Tone::Bad,
                what: self.frame.t(problem.kind.what()),
                why: Some(self.frame.t(problem.kind.fix())),
                deadline_ms: None,
                deadline: Deadline::Stops,
                action: Action::Open(Tab::Authentication.href(), Key::ActionLook),
            });
        }
        let mut connections: Vec<_> = self
            .connections
            .iter()
            .filter(|one| !one.is_well())
            .collect();
        connections.sort_by_key(|one| {
            (
                one.state != ConnectionState::ReauthorizationRequired,
                one.sign_in_again_by_ms,
            )
        });
        rows.extend(
            connections
                .into_iter()
                .filter_map(|one| self.attention_for(one)),
        );
        rows
    }

    fn attention_for<'a>(&self, connection: &'a ConnectionView) -> Option<Attention<'a>> {
        let frame = &self.frame;
        let (key, deadline_ms, action) = match connection.state {
            ConnectionState::ReauthorizationRequired => {
                let until = connection
                    .works_until_ms
                    .filter(|until| *until > frame.now_ms);
                let refused = connection.reason == Some(StopReason::AccessTokenRefused);
                (
                    Key::AttentionSignIn,
                    until.filter(|_| !refused),
                    Action::Reconnect(&connection.id),
                )
            }
            ConnectionState::Expiring => (
                Key::AttentionExpiring,
                connection.sign_in_again_by_ms,
                Action::Reconnect(&connection.id),
            ),
            ConnectionState::Degraded => (
                Key::AttentionDegraded,
                connection.works_until_ms,
                Action::Refresh(&connection.id),
            ),
            ConnectionState::Active | ConnectionState::Disconnected => return None,
        };
        let deadline = match connection.state {
            ConnectionState::Expiring => Deadline::SignIn,
            _ => Deadline::Stops,
        };
        let why = match (&connection.reason, &connection.last_failure) {
            (Some(reason), _) => Some(reason.words(frame)),
            (None, Some(failure)) if connection.state == ConnectionState::Degraded => {
                Some(frame.t1(Key::AttentionFailure, "code", failure.code.as_str()))
            }
            _ => None,
        };
        Some(Attention {
            tone: connection.state.tone(),
            what: frame.t1(key, "name", connection.name()),
            why,
            deadline_ms,
            deadline,
            action,
        })
    }

    fn orders_total(&self) -> i64 {
        self.orders.iter().map(|one| one.count).sum()
    }

    fn answer_tone(&self) -> Tone {
        if !self.app.usable() {
            return Tone::Bad;
        }
        if self.connections.is_empty() {
            return Tone::Current;
        }
        self.attention()
            .iter()
            .map(|row| row.tone)
            .fold(Tone::Good, |worst, tone| match (worst, tone) {
                (Tone::Bad, _) | (_, Tone::Bad) => Tone::Bad,
                _ => Tone::Warn,
            })
    }

    /// The one sentence that answers the page's question.
    fn answer(&self) -> String {
        let frame = &self.frame;
        match &self.app.keys {
            AppKeys::Missing(_) => return frame.t(Key::AnswerNotConfigured),
            AppKeys::Refused(_) => return frame.t(Key::AnswerKeysRefused),
            AppKeys::Found | AppKeys::Checked => {}
        }
        if self.connections.is_empty() {
            return frame.t(Key::AnswerNothingConnected);
        }
        let waiting = self.attention().len();
        let stopped = self
            .connections
            .iter()
            .filter(|one| !one.works(frame.now_ms))
            .count();
        if stopped > 0 {
            return frame.t1(Key::AnswerStopped, "count", stopped);
        }
        let date = self.next_sign_in_ms().map(|at| frame.formats().day(at));
        match (waiting, date) {
            (0, Some(date)) => frame.t1(Key::AnswerWorksUntil, "date", date),
            (0, None) => frame.t(Key::AnswerWorks),
            (count, _) => frame.t1(Key::AnswerNeedsYou, "count", count),
        }
    }
}
