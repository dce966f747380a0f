//! What is counted, and where it goes: into a recorder that is passed in, never into a global one, so that two services
//! in one process (and two tests) do not mix their numbers.
//!
//! Label values come from short lists: outcomes, states, names of catalogue methods, patterns of routes. Never an id, a
//! name or an address.

mod names;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{Attempt, Class, Error as GatewayError, Timer, TokioTimer, catalogue};
use metrics::{NoopRecorder, Recorder, with_local_recorder};
use metrics::{counter, gauge, histogram};
use smartlinks_store::{ErrorWatch, IntentState, Outlook, StoreError};

pub use names::{ALL, DURATION_BUCKETS, Described, Kind};

/// Where numbers go, and the stopwatch that durations are taken with. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    recorders: Arc<[Arc<dyn Recorder + Send + Sync>]>,
    timer: Arc<dyn Timer>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    /// Numbers go nowhere: for commands.
    fn default() -> Self {
        Self::new(Arc::new(NoopRecorder))
    }
}

/// Labels of the counts of connections.
const STATES: [&str; 4] = [
    "active",
    "degraded",
    "reauthorization_required",
    "disconnected",
];
/// Labels of the counts of deadlines: days that are left.
/// The states of orders that are not their end.
const OPEN: [IntentState; 3] = [
    IntentState::Placing,
    IntentState::Unknown,
    IntentState::AwaitingPerson,
];
const STEPS: [&str; 5] = ["30", "14", "7", "3", "1"];

/// How a refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// A new pair is stored.
    Renewed,
    /// The gateway gave a pair, and the database did not take it yet.
    NotStored,
    /// It failed for a passing reason.
    Failed,
    /// The account has to sign in again.
    Refused,
}

impl Refresh {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::NotStored => "not_stored",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

impl Metrics {
    /// Numbers go to this recorder.
    #[must_use]
    pub fn new(recorder: Arc<dyn Recorder + Send + Sync>) -> Self {
        let made = Self {
            recorders: Arc::new([recorder]),
            timer: Arc::new(TokioTimer::default()),
        };
        made.describe();
        made
    }

    /// Numbers go to this recorder too.
    #[must_use]
    pub fn and(self, recorder: Arc<dyn Recorder + Send + Sync>) -> Self {
        let both = self.recorders.iter().cloned().chain([recorder]);
        let made = Self {
            recorders: both.collect(),
            ..self
        };
        made.describe();
        made
    }

    /// How long the stopwatch has been running: the difference of two readings is a duration.
    #[must_use]
    pub fn stopwatch(&self) -> Duration {
        self.timer.running()
    }

    fn record(&self, what: impl Fn()) {
        for recorder in self.recorders.iter() {
            with_local_recorder(&**recorder, &what);
        }
    }

    fn describe(&self) {
        self.record(|| {
            for metric in &ALL {
                match metric.kind {
                    Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
                    Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                    Kind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
                }
            }
        });
    }

    /// A request was answered. `route` is its pattern, such as `/api/aliexpress/connections/{id}`.
    pub fn http_request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.record(|| {
            counter!(names::HTTP_REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            histogram!(names::HTTP_DURATION, "route" => route.clone()).record(took);
        });
    }

    /// A statement failed in the database.
    fn database_error(&self, error: &StoreError) {
        let code = error.code();
        self.record(|| counter!(names::DATABASE_ERRORS, "code" => code).increment(1));
    }

    /// Who counts the failures of a database that is about to be opened.
    #[must_use]
    pub fn database_watch(&self) -> ErrorWatch {
        let metrics = self.clone();
        Arc::new(move |error| metrics.database_error(error))
    }

    /// Resident memory of this process, in bytes.
    pub fn resident_memory(&self, bytes: f64) {
        self.record(|| gauge!(names::RESIDENT_MEMORY).set(bytes));
    }

    pub(crate) fn refresh(&self, outcome: Refresh) {
        self.record(|| counter!(names::REFRESHES, "outcome" => outcome.as_str()).increment(1));
    }

    pub(crate) fn gateway_call(&self, attempt: &Attempt<'_>) {
        let method = method_of(attempt.api);
        let outcome = attempt.error.map_or("ok", outcome_of);
        self.record(|| {
            counter!(names::GATEWAY_CALLS, "method" => method, "outcome" => outcome).increment(1);
            histogram!(names::GATEWAY_DURATION, "method" => method).record(attempt.took);
            if let Some(ahead) = attempt.clock_ahead() {
                gauge!(names::CLOCK_AHEAD).set(ahead.as_secs_f64());
            }
        });
    }

    /// How old the count of the connections is.
    fn outlook_age(&self, seconds: f64) {
        self.record(|| gauge!(names::CONNECTIONS_AGE).set(seconds));
    }

    /// Nobody knows how the connections stand. An old number would be taken for a new one; not a number is compared with
    /// nothing.
    fn database_unknown(&self) {
        self.record(|| {
            for state in STATES {
                gauge!(names::CONNECTIONS, "state" => state).set(f64::NAN);
            }
            for days in STEPS {
                gauge!(names::SIGN_IN_DEADLINES, "within_days" => days).set(f64::NAN);
            }
            gauge!(names::REFRESHES_DUE).set(f64::NAN);
            gauge!(names::CONNECTIONS_AGE).set(f64::NAN);
            gauge!(names::WEBHOOK_BACKLOG).set(f64::NAN);
            for state in OPEN {
                gauge!(names::ORDERS_OPEN, "state" => state.as_str()).set(f64::NAN);
            }
        });
    }

    /// How many orders stand in each state that is not their end, at the moment of a scrape.
    fn orders_open(&self, counts: &[(IntentState, i64)]) {
        let count = |state: IntentState| {
            let found = counts.iter().find(|(counted, _)| *counted == state);
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts of rows are far below 2^53"
            )]
            let count = found.map_or(0.0, |(_, count)| *count as f64);
            count
        };
        self.record(|| {
            for state in OPEN {
                gauge!(names::ORDERS_OPEN, "state" => state.as_str()).set(count(state));
            }
        });
    }

    /// How many webhook deliveries wait at the moment of a scrape.
    pub(crate) fn webhook_backlog(&self, waiting: i64) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of rows are far below 2^53"
        )]
        self.record(|| gauge!(names::WEBHOOK_BACKLOG).set(waiting as f64));
    }

    /// How the connections stand at the moment of a scrape.
    pub(crate) fn outlook(&self, outlook: &Outlook) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of rows are far below 2^53"
        )]
        let number = |count: i64| count as f64;
        let counts = [
            outlook.active,
            outlook.degraded,
            outlook.reauthorization_required,
            outlook.disconnected,
        ];
        self.record(|| {
            for (state, count) in STATES.into_iter().zip(counts) {
                gauge!(names::CONNECTIONS, "state" => state).set(number(count));
            }
            for (days, count) in STEPS.into_iter().zip(outlook.sign_in_within) {
                gauge!(names::SIGN_IN_DEADLINES, "within_days" => days).set(number(count));
            }
            gauge!(names::REFRESHES_DUE).set(number(outlook.due));
        });
    }
}

/// What a method is counted under: its name in the catalogue, or `other`.
pub(crate) fn method_of(api: &str) -> &'static str {
    catalogue::find(api).map_or("other", |method| method.name)
}

/// The class of a failed attempt.
pub(crate) fn outcome_of(error: &GatewayError) -> &'static str {
    match error {
        GatewayError::Transport(_) => "unreachable",
        GatewayError::NotJson { .. }
        | GatewayError::Truncated { .. }
        | GatewayError::Decode { .. }
        | GatewayError::Http { .. } => "unreadable",
        other => match other.advice().class {
            Class::Retry => "retry",
            Class::Refresh => "refresh",
            Class::Reauthorize => "reauthorize",
            Class::Fix => "fix",
            Class::Wait { .. } => "wait",
        },
    }
}

impl crate::Core {
    /// Where this service's numbers go.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        self.metrics_handle()
    }

    /// Brings the gauges that come from the database up to date, for a scrape.
    ///
    /// # Errors
    /// [`crate::Error::Storage`]; these gauges have no value then.
    pub async fn measure(&self) -> crate::Result<()> {
        let measured = self.measure_database().await;
        if measured.is_err() {
            self.metrics().database_unknown();
        }
        measured
    }

    async fn measure_database(&self) -> crate::Result<()> {
        let seen = self.outlook().await?;
        self.metrics().outlook(&seen.outlook);
        let age = self.now().duration_since(seen.at);
        self.metrics().outlook_age(age.as_secs_f64());
        self.metrics()
            .webhook_backlog(self.webhook_backlog().await?);
        let open = self.store().order_intents().count_open_intents().await?;
        self.metrics().orders_open(&open);
        Ok(())
    }
}
