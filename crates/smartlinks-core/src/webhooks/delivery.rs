//! Delivering what is queued, until it is taken or given up.
//!
//! Each endpoint has its own lane in a process, so that a slow one delays nobody else. Whatever the number of
//! instances, a delivery is attempted by whoever holds its lease; the lease outlasts the longest attempt.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use smartlinks_store::{
    Attempt, ClaimedDelivery, DisabledReason, Disabling, Endpoint, EndpointId, EndpointState,
    Event, Millis, StoreError, Verdict, with_causes,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::excerpt::excerpt;
use super::schedule::pause;
use super::sender::{Answer, Message, Sender, Unsent};
use super::signature::{self, SigningSecret};
use crate::clock::{from_millis, to_millis};
use crate::error::Result;
use crate::service::{Core, random_bytes};

/// How many messages are on their way to one endpoint at a time, from one process.
const AT_ONCE: u32 = 4;
/// For how long a claim holds.
const LEASE_MS: i64 = 60_000;
/// What has to be left of it before a message goes out: longer than any answer takes, so that nobody else sends the
/// same one meanwhile.
const LEFT_MS: i64 = 20_000;
/// Only a message that was tried so often, over two hours and more, shows that its endpoint fails.
const TRIED: i64 = 5;
/// An endpoint that has taken nothing for so long is disabled. Milliseconds.
const FAILING_MS: i64 = 5 * 24 * 3_600_000;
/// The longest rest when nothing seems due: what another instance queues is found by then at the latest.
const LONGEST_REST: Duration = Duration::from_secs(30);
/// The rest when something is due that others hold.
const SHORT_REST: Duration = Duration::from_secs(1);
/// The rest when the database does not do what it should.
const FAILED_REST: Duration = Duration::from_secs(5);

/// What came of the try to attempt a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempted {
    /// An attempt was made and noted.
    Made,
    /// Nothing was to be done here: somebody else does it, or it is not due any more.
    Elsewhere,
    /// The database did not take the claim or the note.
    Failed,
}

/// What the use cases tell the worker of the same process.
#[derive(Debug, Default)]
pub(crate) struct Queued {
    /// Something became due without an event.
    pub(crate) queued: tokio::sync::Notify,
}

/// The endpoints that are being served in this process.
#[derive(Default)]
struct Lanes {
    tasks: JoinSet<()>,
    of: HashMap<Id, EndpointId>,
}

impl Lanes {
    fn serve(&self, endpoint: &EndpointId) -> bool {
        self.of.values().any(|served| served == endpoint)
    }

    /// Waits for a lane to end; for ever when there is none.
    async fn ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => self.of.remove(&id),
            Some(Err(error)) => {
                tracing::error!(%error, "deliveries to an endpoint ended early; they go on at the next look");
                self.of.remove(&error.id())
            }
            None => std::future::pending().await,
        };
    }
}

impl Core {
    /// Delivers what is queued until it is told to stop, then finishes the attempts under way. `clock_moved` wakes
    /// it when somebody moves the clock (the sandbox).
    pub async fn run_webhooks(
        &self,
        sender: Arc<dyn Sender>,
        stop: CancellationToken,
        mut clock_moved: watch::Receiver<i64>,
    ) {
        // Whoever follows hears of what comes after the first look.
        let mut heard = self.follow_events();
        self.announce().await;
        let mut lanes = Lanes::default();
        loop {
            let rest = match self
                .open_lanes(&mut lanes, &sender, &stop, FAILED_REST)
                .await
            {
                Ok(rest) => rest,
                Err(error) => {
                    tracing::error!(error = %with_causes(&error), "due webhook deliveries could not be listed");
                    FAILED_REST
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(rest) => {}
                Ok(()) = clock_moved.changed() => {}
                () = self.inner.webhooks.queued.notified() => {}
                Ok(_) | Err(RecvError::Lagged(_)) = heard.recv() => {
                    // Events often come several at a time.
                    while heard.try_recv().is_ok() {}
                }
                () = lanes.ended() => {}
            }
        }
        while !lanes.tasks.is_empty() {
            lanes.ended().await;
        }
    }

    /// Delivers everything that is due now, each message once, and waits for it. What fails is due again later.
    ///
    /// # Errors
    /// [`crate::Error::Storage`] when it cannot be listed; single failures are kept with their delivery.
    pub async fn deliver_due_webhooks(&self, sender: &Arc<dyn Sender>) -> Result<()> {
        let mut lanes = Lanes::default();
        let stop = CancellationToken::new();
        self.open_lanes(&mut lanes, sender, &stop, Duration::ZERO)
            .await?;
        while !lanes.tasks.is_empty() {
            lanes.ended().await;
        }
        Ok(())
    }

    /// Opens a lane for each endpoint that something is due for; says how long nothing else will be.
    async fn open_lanes(
        &self,
        lanes: &mut Lanes,
        sender: &Arc<dyn Sender>,
        stop: &CancellationToken,
        failed_rest: Duration,
    ) -> Result<Duration> {
        let webhooks = self.store().webhooks();
        let now = to_millis(self.now());
        for endpoint in webhooks.endpoints_due(now).await? {
            if lanes.serve(&endpoint) {
                continue;
            }
            let (core, sender, stop) = (self.clone(), Arc::clone(sender), stop.clone());
            let lane = endpoint.clone();
            let task = lanes
                .tasks
                .spawn(async move { core.serve_lane(&lane, &sender, &stop, failed_rest).await });
            lanes.of.insert(task.id(), endpoint);
        }
        let ahead = match webhooks.next_delivery_due().await? {
            Some(due) => due.since(now),
            None => return Ok(LONGEST_REST),
        };
        let ahead = Duration::from_millis(u64::try_from(ahead).unwrap_or(0));
        Ok(ahead.clamp(SHORT_REST, LONGEST_REST))
    }

    /// Delivers to one endpoint until nothing is due for it. After a failure of the database the lane stays open for a
    /// while without doing anything, because its endpoint is still due and would get a new lane at once.
    async fn serve_lane(
        &self,
        endpoint: &EndpointId,
        sender: &Arc<dyn Sender>,
        stop: &CancellationToken,
        failed_rest: Duration,
    ) {
        while !stop.is_cancelled() {
            match self.attempt_due(endpoint, sender).await {
                Attempted::Made => {}
                // None is due, or others are faster here.
                Attempted::Elsewhere => return,
                Attempted::Failed => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(failed_rest) => {}
                    }
                    return;
                }
            }
        }
    }

    /// Attempts some of what is due for an endpoint, side by side.
    async fn attempt_due(&self, endpoint: &EndpointId, sender: &Arc<dyn Sender>) -> Attempted {
        let now = to_millis(self.now());
        let webhooks = self.store().webhooks();
        let due = match webhooks.due_deliveries(endpoint, now, AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(webhook.id = %endpoint, error = %with_causes(&error), "due deliveries could not be listed");
                return Attempted::Failed;
            }
        };
        let mut attempts = JoinSet::new();
        for id in due {
            let (core, sender) = (self.clone(), Arc::clone(sender));
            attempts.spawn(async move { core.attempt(&id, &*sender).await });
        }
        let mut all = Vec::new();
        while let Some(attempt) = attempts.join_next().await {
            all.push(attempt.unwrap_or(Attempted::Failed));
        }
        [Attempted::Made, Attempted::Failed]
            .into_iter()
            .find(|attempted| all.contains(attempted))
            .unwrap_or(Attempted::Elsewhere)
    }

    /// Attempts a due delivery, if nobody else does.
    async fn attempt(&self, id: &str, sender: &dyn Sender) -> Attempted {
        let now = to_millis(self.now());
        let until = now.plus(LEASE_MS);
        let claimed = self
            .store()
            .webhooks()
            .claim_delivery(id, self.owner(), until, now)
            .await;
        let noted = match claimed {
            Ok(Some(claimed)) => self.attempt_claimed(&claimed, until, sender).await,
            Ok(None) => return Attempted::Elsewhere,
            Err(error) => Err(error.into()),
        };
        match noted {
            Ok(true) => Attempted::Made,
            Ok(false) => Attempted::Elsewhere,
            Err(error) => {
                // The lease runs out, and the delivery is attempted again.
                tracing::error!(webhook.message = id, error = %with_causes(&error), "a webhook delivery could not be attempted");
                Attempted::Failed
            }
        }
    }

    /// Whether an attempt was noted.
    async fn attempt_claimed(
        &self,
        claimed: &ClaimedDelivery,
        lease_until: Millis,
        sender: &dyn Sender,
    ) -> Result<bool> {
        let webhooks = self.store().webhooks();
        let Some(endpoint) = webhooks.endpoint(&claimed.endpoint).await? else {
            return Ok(false);
        };
        if endpoint.state != EndpointState::Active {
            return Ok(false);
        }
        let ready = match &claimed.event {
            Some(event) => self.signed(&claimed.id, &endpoint, event).await?,
            None => Err(Unsent::Unable("the event was forgotten")),
        };
        let begun = to_millis(self.now());
        if lease_until.since(begun) < LEFT_MS {
            // The database was slow. Somebody claims it again when the lease has run out.
            return Ok(false);
        }
        let outcome = match ready {
            Ok((url, message)) => sender.post(&url, message).await,
            Err(unsent) => Err(unsent),
        };
        self.note_attempt(claimed, &endpoint, begun, &outcome).await
    }

    /// Writes down how an attempt ended; whether it was this process's to write.
    async fn note_attempt(
        &self,
        claimed: &ClaimedDelivery,
        endpoint: &Endpoint,
        begun: Millis,
        outcome: &Result<Answer, Unsent>,
    ) -> Result<bool> {
        let webhooks = self.store().webhooks();
        let now = to_millis(self.now());
        let verdict = self.verdict(claimed, endpoint, outcome)?;
        let attempt = Attempt {
            number: 0,
            at: begun,
            duration_ms: now.since(begun).max(0),
            status: outcome.as_ref().ok().map(|answer| i64::from(answer.status)),
            error: error_of(outcome),
            answer: match outcome {
                Ok(answer) => excerpt(&answer.body),
                Err(unsent) => Some(unsent.to_string()),
            },
        };
        let may_disable = matches!(verdict, Verdict::Disable(_));
        let noted = webhooks
            .finish_attempt(&claimed.id, self.owner(), attempt, verdict, now)
            .await?;
        if noted && may_disable {
            self.announce().await;
            if let Ok(Some(Endpoint {
                state: EndpointState::Disabled,
                id,
                ..
            })) = webhooks.endpoint(&endpoint.id).await
            {
                tracing::warn!(webhook.id = %id, "a webhook endpoint was disabled");
            }
        }
        Ok(noted)
    }

    /// The message of an event, signed now, and where it goes.
    async fn signed(
        &self,
        id: &str,
        endpoint: &Endpoint,
        event: &Event,
    ) -> Result<Result<(Url, Message), Unsent>> {
        let now = self.now();
        let webhooks = self.store().webhooks();
        let secrets = match webhooks.signing_secrets(&endpoint.id, to_millis(now)).await {
            Ok(secrets) => secrets,
            // Noted with the delivery, where a person sees it. Another try mends nothing before they do.
            Err(error @ (StoreError::Seal(_) | StoreError::Corrupt(_))) => {
                tracing::error!(webhook.id = %endpoint.id, error = %with_causes(&error), "the secret of a webhook endpoint cannot be opened");
                return Ok(Err(Unsent::Unable(
                    "the endpoint's secret cannot be opened; rotate it",
                )));
            }
            Err(error) => return Err(error.into()),
        };
        let secrets = secrets
            .iter()
            .map(|secret| SigningSecret::parse(secret.expose_secret()))
            .collect::<Result<Vec<_>, _>>();
        let (Ok(secrets), Ok(url)) = (secrets, Url::parse(&endpoint.url)) else {
            return Ok(Err(Unsent::Unable(
                "what is stored of the endpoint cannot be used",
            )));
        };
        let body = payload(event).to_string().into_bytes();
        let timestamp = now.as_second();
        let message = Message {
            id: id.to_owned(),
            timestamp,
            signature: signature::header(&secrets, id, timestamp, &body),
            body,
        };
        Ok(Ok((url, message)))
    }

    fn verdict(
        &self,
        claimed: &ClaimedDelivery,
        endpoint: &Endpoint,
        outcome: &Result<Answer, Unsent>,
    ) -> Result<Verdict> {
        let now = to_millis(self.now());
        let failed = claimed.attempts_since_queued + 1;
        let asked = match outcome {
            Ok(answer) if (200..300).contains(&answer.status) => return Ok(Verdict::Delivered),
            Ok(answer) => answer.retry_after.map(|asked| asked.pause_from(self.now())),
            Err(_) => None,
        };
        let chance = u64::from_le_bytes(random_bytes(self.entropy())?);
        let next = claimed
            .event
            .as_ref()
            .and_then(|_| pause(failed, asked, chance))
            .map(|pause| now.plus(pause));
        let gone = matches!(outcome, Ok(answer) if answer.status == 410);
        let for_days = !matches!(outcome, Err(Unsent::Unable(_)))
            && failed >= TRIED
            && endpoint
                .failing_since
                .is_some_and(|since| now.since(since) >= FAILING_MS);
        let (reason, failing_since) = match (gone, for_days) {
            (true, _) => (DisabledReason::Gone, None),
            (false, true) => (DisabledReason::Failing, endpoint.failing_since),
            (false, false) => return Ok(next.map_or(Verdict::GivenUp, Verdict::Again)),
        };
        Ok(Verdict::Disable(Box::new(Disabling {
            reason,
            traces: self.disabled_traces(&endpoint.id, reason),
            url: endpoint.url.clone(),
            failing_since,
            otherwise: next,
        })))
    }
}

fn error_of(outcome: &Result<Answer, Unsent>) -> Option<String> {
    match outcome {
        Ok(answer) if (200..300).contains(&answer.status) => None,
        Ok(answer) => Some(format!("http_{}", answer.status)),
        Err(unsent) => Some(unsent.code().to_owned()),
    }
}

/// The body of a message. The same bytes in every attempt.
fn payload(event: &Event) -> Value {
    json!({
        "type": event.kind,
        "timestamp": from_millis(event.at),
        "data": {
            "event": event.id,
            "connection": event.connection,
            "order": event.order,
            "details": serde_json::from_str::<Value>(&event.data_json).unwrap_or_default(),
        },
    })
}
