//! Overview: is everything all right, what needs somebody, and by when.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::components::Shape;
use crate::page::views::{
    AppKeys, AppView, CallBudget, ConnectionState, ConnectionView, EventLine, Frame, OrderAlert,
    OrderCount, Problem, StopReason, Tab, Tone, Upkeep,
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
    /// The app's call budget; `None` without an app.
    pub budget: Option<CallBudget>,
    /// The latest events, newest first.
    pub events: Vec<EventLine>,
    /// How many orders there are in each state; states without orders may be left out.
    pub orders: Vec<OrderCount>,
    /// How many orders somebody should look at, for each reason.
    pub alerts: Vec<(OrderAlert, i64)>,
    /// What goes on by itself.
    pub upkeep: Upkeep,
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

/// A row of what needs somebody, with its one button.
#[derive(Debug)]
pub(crate) struct Attention<'a> {
    tone: Tone,
    what: String,
    why: Option<String>,
    deadline_ms: Option<i64>,
    deadline: Deadline,
    action: Option<Action<'a>>,
    /// The stable name of the doctor's finding, to look it up.
    code: Option<&'a str>,
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
                action: Some(Action::Open(Tab::Authentication.href(), Key::ActionLook)),
                code: None,
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
        rows.extend(self.alerts.iter().map(|(alert, count)| Attention {
            tone: Tone::Warn,
            what: self.frame.t1(Key::AttentionOrders, "count", count)
                + " "
                + &self.frame.t(alert.key()),
            why: Some(self.frame.t(alert.fix())),
            deadline_ms: None,
            deadline: Deadline::Stops,
            action: Some(Action::Open(alert.href(), Key::ActionLook)),
            code: None,
        }));
        rows.extend(self.upkeep.concerns.iter().map(|one| Attention {
            tone: one.tone(),
            what: self.frame.t(one.what()),
            why: Some(self.frame.t(one.fix())),
            deadline_ms: None,
            deadline: Deadline::Stops,
            action: None,
            code: Some(&one.code),
        }));
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
                let words = frame.reason_words(&failure.code);
                Some(words.unwrap_or_else(|| frame.t(Key::AttentionFailure)))
            }
            _ => None,
        };
        let code = match (&connection.reason, &connection.last_failure) {
            (None, Some(failure)) => Some(failure.code.as_str()),
            _ => None,
        };
        Some(Attention {
            tone: connection.state.tone(),
            what: frame.t1(key, "name", connection.name()),
            why,
            deadline_ms,
            deadline,
            action: Some(action),
            code,
        })
    }

    fn gateway_problem(&self) -> Option<&Problem> {
        self.gateway
            .as_ref()
            .and_then(|health| health.problem.as_ref())
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
        let calm = if self.gateway_problem().is_some() {
            Tone::Warn
        } else {
            Tone::Good
        };
        self.attention()
            .iter()
            .map(|row| row.tone)
            .fold(calm, |worst, tone| match (worst, tone) {
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
        let stopped = self.connections.iter().filter(|one| !one.usable).count();
        if stopped > 0 {
            return frame.t1(Key::AnswerStopped, "count", stopped);
        }
        let date = self.next_sign_in_ms().map(|at| frame.formats().day(at));
        match (waiting, date) {
            (0, _) if self.gateway_problem().is_some() => frame.t(Key::AnswerGateway),
            (0, Some(date)) => frame.t1(Key::AnswerWorksUntil, "date", date),
            (0, None) => frame.t(Key::AnswerWorks),
            (count, _) if self.answer_tone() == Tone::Bad => {
                frame.t1(Key::AnswerMend, "count", count)
            }
            (count, _) => frame.t1(Key::AnswerNeedsYou, "count", count),
        }
    }
}
