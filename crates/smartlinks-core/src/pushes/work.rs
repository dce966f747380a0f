//! What is done about a message once it is stored and acknowledged.

use std::collections::BTreeMap;

use aliexpress::push::{Expiry, OrderUpdate, PushData, PushMessage, Topic};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use smartlinks_store::{
    ClaimedPush, Connection, ConnectionId, PushEnd, PushState, StoredState, Traces, with_causes,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result, Retry};
use crate::events::EventKind;
use crate::placing::is_too_fresh;
use crate::service::Core;
use crate::text::has_controls;
use crate::workers::{DueWork, Look};

/// How many messages are claimed at a time: few enough that all are done before their claim ends, also when every
/// call waits for the gateway as long as it may.
const AT_ONCE: u32 = 16;
/// How many orders are read at the same time.
const SIDE_BY_SIDE: usize = 4;
/// For how long a claim holds, in milliseconds. Work that takes longer is done twice, which does no harm.
const LEASE_MS: i64 = 120_000;
/// How often a message is worked on before it is given up.
const MOST_ATTEMPTS: i64 = 10;
/// The rest after the first failure, in seconds; each further one doubles it, up to an hour.
const FIRST_REST_S: i64 = 15;
const LONGEST_REST_S: i64 = 3600;
/// How often an order is asked about that this account may not see, or that is only seconds old: for about four minutes.
const FRESH_ATTEMPTS: i64 = 5;

/// What one look at the stored messages has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PushWork {
    /// How many messages were claimed.
    pub claimed: usize,
    /// How many of them are over: done, kept or given up.
    pub finished: usize,
}

/// What came of a message.
#[derive(Clone)]
struct Verdict {
    end: PushEnd,
    connection: Option<ConnectionId>,
    order: Option<String>,
    /// Further facts for the event.
    data: Value,
}

impl Verdict {
    fn over(state: PushState, outcome: &str) -> Self {
        Self {
            end: PushEnd {
                state,
                outcome: outcome.to_owned(),
                next_attempt_at: None,
            },
            connection: None,
            order: None,
            data: json!({}),
        }
    }

    fn of(self, connection: &ConnectionId) -> Self {
        Self {
            connection: Some(connection.clone()),
            ..self
        }
    }
}

/// Messages that one piece of work answers.
enum Task {
    /// All about one order: it is read once.
    Order {
        id: String,
        parcels: bool,
        about: Vec<(ClaimedPush, PushMessage)>,
    },
    Other(ClaimedPush),
}

impl Core {
    /// Works on messages as they come, until it is told to stop. `clock_moved` wakes it when somebody moves the clock
    /// (the sandbox); in production it never does.
    pub async fn run_push_worker(
        &self,
        stop: CancellationToken,
        clock_moved: watch::Receiver<i64>,
    ) {
        let work = DueWork {
            bell: Some(&self.inner.push_arrived),
            ..DueWork::on("messages of AliExpress")
        };
        let look = || async { Ok(Look::done(self.work_on_pushes().await?.claimed)) };
        let next = || async { self.store().pushes().next_push_due().await };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Claims what is due and works on it once.
    ///
    /// # Errors
    /// [`Error::Storage`] when nothing can be claimed; what goes wrong with single messages is kept with them.
    pub async fn work_on_pushes(&self) -> Result<PushWork> {
        let now = to_millis(self.now());
        let pushes = self.store().pushes();
        // Looking costs no write; only claiming does.
        if pushes.next_push_due().await?.is_none_or(|due| due > now) {
            return Ok(PushWork::default());
        }
        let claimed = pushes
            .claim_pushes(self.owner(), now.plus(LEASE_MS), now, AT_ONCE)
            .await?;
        let mut work = PushWork {
            claimed: claimed.len(),
            finished: 0,
        };
        let (worn_out, claimed): (Vec<_>, Vec<_>) = claimed
            .into_iter()
            .partition(|push| push.attempts > MOST_ATTEMPTS);
        for push in worn_out {
            // Its last attempt has not even come to a failure that could be written down.
            let verdict = Verdict::over(PushState::GivenUp, "never_ended");
            work.finished += usize::from(self.finish(&push, verdict).await);
        }
        let mut running = JoinSet::new();
        for task in tasks(claimed) {
            if running.len() >= SIDE_BY_SIDE {
                work.finished += ended(running.join_next().await);
            }
            let core = self.clone();
            running.spawn(async move { core.work_on(task).await });
        }
        while let Some(one) = running.join_next().await {
            work.finished += ended(Some(one));
        }
        if work.claimed > 0 {
            self.announce().await;
        }
        Ok(work)
    }

    /// Works on one task; gives how many messages are over.
    async fn work_on(&self, task: Task) -> usize {
        let mut over = 0;
        match task {
            Task::Order { id, parcels, about } => {
                let account = about.first().and_then(|(_, message)| buyer_of(message));
                let read = self
                    .read_pushed_order(&id, parcels, account.as_deref())
                    .await;
                for (push, message) in about {
                    let verdict = self.order_verdict(&id, &push, &message, &read);
                    over += usize::from(self.finish(&push, verdict).await);
                }
            }
            Task::Other(push) => {
                let verdict = self.other_verdict(&push).await;
                over += usize::from(self.finish(&push, verdict).await);
            }
        }
        over
    }

    /// Reads a known order again. Gives its connection; nothing when the order is none of the known ones, and none that
    /// somebody wants placed.
    async fn read_pushed_order(
        &self,
        id: &str,
        parcels: bool,
        account: Option<&str>,
    ) -> Result<Option<ConnectionId>> {
        let Some(known) = self.store().orders().find(id).await? else {
            return self.adopt_pushed_order(id, account).await;
        };
        self.import_order(id, Some(known.connection.as_str()))
            .await?;
        if parcels {
            self.tracking(id, None).await?;
        }
        Ok(Some(known.connection))
    }

    fn order_verdict(
        &self,
        id: &str,
        push: &ClaimedPush,
        message: &PushMessage,
        read: &Result<Option<ConnectionId>>,
    ) -> Verdict {
        let verdict = match read {
            Ok(Some(connection)) => Verdict::over(PushState::Done, "order_read").of(connection),
            Ok(None) => Verdict::over(PushState::Done, "order_unknown"),
            Err(error) if is_too_fresh(error) => self.too_fresh(push),
            Err(error) => self.failed(push, error),
        };
        let status = match &message.data {
            PushData::Order(update) => update.status.as_ref().map(|status| status.as_str()),
            _ => None,
        };
        Verdict {
            order: Some(id.to_owned()),
            data: json!({ "status": status.map(|text| crate::text::shortened(text, 60)) }),
            ..verdict
        }
    }

    /// The message about a new order comes within seconds, when AliExpress does not show the order yet.
    fn too_fresh(&self, push: &ClaimedPush) -> Verdict {
        if push.attempts >= FRESH_ATTEMPTS {
            return Verdict::over(PushState::Done, "order_unknown");
        }
        let doublings = u32::try_from(push.attempts - 1).unwrap_or(0);
        let next = to_millis(self.now()).plus_seconds(FIRST_REST_S << doublings);
        let verdict = Verdict::over(PushState::Waiting, "order_too_fresh");
        Verdict {
            end: PushEnd {
                next_attempt_at: Some(next),
                ..verdict.end
            },
            ..verdict
        }
    }

    async fn other_verdict(&self, push: &ClaimedPush) -> Verdict {
        let Some(body) = &push.body else {
            // What is stored does not open, and never will.
            return Verdict::over(PushState::GivenUp, "unreadable_body");
        };
        let Ok(message) = PushMessage::parse(body.expose_secret().as_bytes()) else {
            return Verdict::over(PushState::Kept, "unreadable");
        };
        match &message.data {
            PushData::Verification => Verdict::over(PushState::Done, "verification"),
            PushData::Expiry(expiry) => {
                let looked_at = self.look_at_authorization(&message, expiry).await;
                let verdict = looked_at.unwrap_or_else(|error| self.failed(push, &error));
                let expires_at = expiry.expires_at.map(|at| at.to_string());
                Verdict {
                    data: json!({ "expires_at": expires_at }),
                    ..verdict
                }
            }
            PushData::Unexpected(_) => Verdict::over(PushState::Kept, "unexpected_data"),
            _ => Verdict::over(PushState::Kept, "unknown_topic"),
        }
    }

    /// AliExpress says that an authorisation ends. That alone ends nothing: the gateway is asked for a new pair, and
    /// only its explicit refusal says that a person has to sign in again.
    async fn look_at_authorization(
        &self,
        message: &PushMessage,
        expiry: &Expiry,
    ) -> Result<Verdict> {
        let account = expiry.seller_id.as_ref().or(message.seller_id.as_ref());
        let Some(record) = self.connection_of(account.map(String::as_str)).await? else {
            return Ok(Verdict::over(PushState::Done, "account_unknown"));
        };
        let id = &record.id;
        if record.state == StoredState::Disconnected {
            return Ok(Verdict::over(PushState::Done, "disconnected").of(id));
        }
        let ahead = expiry.expires_at.is_some_and(|at| at > self.now());
        if ahead || message.topic == Topic::TokenExpiry {
            return Ok(Verdict::over(PushState::Done, "authorization_ends").of(id));
        }
        match self.refresh_now(id.as_str()).await {
            Ok(_) => Ok(Verdict::over(PushState::Done, "still_authorized").of(id)),
            Err(Error::ReauthorizationRequired { .. }) => {
                Ok(Verdict::over(PushState::Done, "authorization_ended").of(id))
            }
            Err(error) => Err(error),
        }
    }

    /// The connection of an account by the number that a message calls it by, which is that of the user or that of the
    /// seller.
    pub(crate) async fn connection_of(&self, account: Option<&str>) -> Result<Option<Connection>> {
        let Some(number) = account.filter(|number| !has_controls(number)) else {
            return Ok(None);
        };
        let connections = self.store().connections();
        match connections.find_by_account(number).await? {
            Some(found) => Ok(Some(found)),
            None => Ok(connections.find_by_seller(number).await?),
        }
    }

    /// What follows from a failure: another try where that can help, the end where it cannot.
    fn failed(&self, push: &ClaimedPush, error: &Error) -> Verdict {
        let asked_for = match error.retry() {
            Retry::No => return Verdict::over(PushState::GivenUp, error.code()),
            Retry::Later => 0,
            Retry::After(seconds) => i64::try_from(seconds).unwrap_or(LONGEST_REST_S),
        };
        if push.attempts >= MOST_ATTEMPTS {
            return Verdict::over(PushState::GivenUp, error.code());
        }
        let doublings = u32::try_from(push.attempts - 1).unwrap_or(0).min(16);
        let rest_s = (FIRST_REST_S << doublings)
            .min(LONGEST_REST_S)
            .max(asked_for);
        let next = to_millis(self.now()).plus_seconds(rest_s);
        let verdict = Verdict::over(PushState::Waiting, error.code());
        Verdict {
            end: PushEnd {
                next_attempt_at: Some(next),
                ..verdict.end
            },
            ..verdict
        }
    }

    /// Writes down how the work on a message ended, with the event that tells it; whether it is over.
    async fn finish(&self, push: &ClaimedPush, verdict: Verdict) -> bool {
        let (now, is_over) = (
            to_millis(self.now()),
            verdict.end.state != PushState::Waiting,
        );
        let traces = match is_over {
            true => self.push_traces(push, &verdict),
            false => Traces::none(),
        };
        let (outcome, pushes) = (verdict.end.outcome.clone(), self.store().pushes());
        match pushes
            .finish_push(&push.hash, self.owner(), verdict.end, now, traces)
            .await
        {
            Ok(finished) => {
                tracing::info!(
                    push.message_type = push.message_type,
                    push.attempts = push.attempts,
                    outcome,
                    "worked on a message of AliExpress"
                );
                finished && is_over
            }
            Err(error) => {
                // Its lease runs out, and then it is worked on again.
                tracing::error!(error = %with_causes(&error), "the end of a message could not be written down");
                false
            }
        }
    }

    fn push_traces(&self, push: &ClaimedPush, verdict: &Verdict) -> Traces {
        let kind = match verdict.end.state {
            PushState::GivenUp => EventKind::PushFailed,
            _ => EventKind::PushReceived,
        };
        let mut data = json!({
            "message_type": push.message_type,
            "outcome": verdict.end.outcome,
            "received_at": from_millis(push.received_at).map(|at| at.to_string()),
        });
        if let (Value::Object(all), Value::Object(more)) = (&mut data, &verdict.data) {
            all.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        let connection = verdict.connection.as_ref();
        let event = self.event(kind, connection, verdict.order.as_deref(), &data);
        Traces::none().event(event)
    }
}

/// Puts messages about one order together, in the order in which they came.
fn tasks(claimed: Vec<ClaimedPush>) -> Vec<Task> {
    let mut orders: BTreeMap<i64, (bool, Vec<(ClaimedPush, PushMessage)>)> = BTreeMap::new();
    let mut tasks = Vec::new();
    for push in claimed {
        let message = push
            .body
            .as_ref()
            .and_then(|body| PushMessage::parse(body.expose_secret().as_bytes()).ok());
        match message.as_ref().and_then(order_in) {
            Some((update, parcels)) => {
                let id = update.order_id;
                let (with_parcels, about) = orders.entry(id).or_default();
                *with_parcels |= parcels;
                about.extend(message.map(|message| (push, message)));
            }
            None => tasks.push(Task::Other(push)),
        }
    }
    tasks.extend(
        orders
            .into_iter()
            .map(|(id, (parcels, about))| Task::Order {
                id: id.to_string(),
                parcels,
                about,
            }),
    );
    tasks
}

/// The order that a message is about, and whether its parcels have moved.
fn order_in(message: &PushMessage) -> Option<(&OrderUpdate, bool)> {
    match &message.data {
        PushData::Order(update) => Some((update, false)),
        PushData::Logistics(update) => Some((update, true)),
        _ => None,
    }
}

/// The account whose order a message is about.
fn buyer_of(message: &PushMessage) -> Option<String> {
    let buyer = match &message.data {
        PushData::Order(update) | PushData::Logistics(update) => update.buyer_id,
        _ => None,
    };
    buyer
        .map(|id| id.to_string())
        .or_else(|| message.seller_id.clone())
}

fn ended(one: Option<Result<usize, tokio::task::JoinError>>) -> usize {
    match one {
        Some(Ok(finished)) => finished,
        Some(Err(error)) => {
            tracing::error!(%error, "the work on a message ended early");
            0
        }
        None => 0,
    }
}
