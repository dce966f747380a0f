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
    Attempt, ClaimedDelivery, DisabledReason, Endpoint, EndpointId, Event, Verdict,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::excerpt::excerpt;
use super::schedule::pause;
use super::sender::{Answer, Message, RetryAfter, Sender, Unsent};
use super::signature::{self, SigningSecret};
use crate::clock::{from_millis, to_millis};
use crate::error::Result;
use crate::service::{Core, random_bytes};

/// How many messages are on their way to one endpoint at a time, from one process.
const AT_ONCE: u32 = 4;
/// Longer than any attempt takes.
const LEASE_MS: i64 = 60_000;
/// An endpoint that has taken nothing for so long is disabled. Milliseconds.
const FAILING_MS: i64 = 5 * 24 * 3_600_000;
/// The longest rest when nothing seems due: what another instance queues is found by then at the latest.
const LONGEST_REST: Duration = Duration::from_secs(30);
/// The rest when something is due that others hold.
const SHORT_REST: Duration = Duration::from_secs(1);

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
            let rest = match self.open_lanes(&mut lanes, &sender, &stop).await {
                Ok(rest) => rest,
                Err(error) => {
                    tracing::error!(%error, "due webhook deliveries could not be listed");
                    SHORT_REST * 5
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
        self.open_lanes(&mut lanes, sender, &stop).await?;
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
                .spawn(async move { core.serve_lane(&lane, &sender, &stop).await });
            lanes.of.insert(task.id(), endpoint);
        }
        let ahead = match webhooks.next_delivery_due().await? {
            Some(due) => due.since(now),
            None => return Ok(LONGEST_REST),
        };
        let ahead = Duration::from_millis(u64::try_from(ahead).unwrap_or(0));
        Ok(ahead.clamp(SHORT_REST, LONGEST_REST))
    }

    /// Delivers to one endpoint until nothing is due for it.
    async fn serve_lane(
        &self,
        endpoint: &EndpointId,
        sender: &Arc<dyn Sender>,
        stop: &CancellationToken,
    ) {
        loop {
            let now = to_millis(self.now());
            let due = self
                .store()
                .webhooks()
                .due_deliveries(endpoint, now, AT_ONCE);
            let due = match due.await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(webhook.id = %endpoint, %error, "due deliveries could not be listed");
                    return;
                }
            };
            let mut attempts = JoinSet::new();
            for id in due {
                let (core, sender) = (self.clone(), Arc::clone(sender));
                attempts.spawn(async move { core.attempt(&id, &*sender).await });
            }
            let mut made = false;
            while let Some(attempt) = attempts.join_next().await {
                made |= matches!(attempt, Ok(true));
            }
            // None made: none is due, or others are faster here.
            if !made || stop.is_cancelled() {
                return;
            }
        }
    }

    /// Attempts a due delivery, if nobody else does; whether an attempt was noted.
    async fn attempt(&self, id: &str, sender: &dyn Sender) -> bool {
        let now = to_millis(self.now());
        let until = now.plus(LEASE_MS);
        let claimed = self
            .store()
            .webhooks()
            .claim_delivery(id, self.owner(), until, now)
            .await;
        let noted = match claimed {
            Ok(Some(claimed)) => self.attempt_claimed(&claimed, sender).await,
            Ok(None) => return false,
            Err(error) => Err(error.into()),
        };
        match noted {
            Ok(noted) => noted,
            Err(error) => {
                // The lease runs out, and the delivery is attempted again.
                tracing::error!(webhook.message = id, %error, "a webhook delivery could not be attempted");
                false
            }
        }
    }

    async fn attempt_claimed(
        &self,
        claimed: &ClaimedDelivery,
        sender: &dyn Sender,
    ) -> Result<bool> {
        let webhooks = self.store().webhooks();
        let Some(endpoint) = webhooks.endpoint(&claimed.endpoint).await? else {
            return Ok(false);
        };
        let begun = to_millis(self.now());
        let outcome = match &claimed.event {
            Some(event) => self.send(&claimed.id, &endpoint, event, sender).await?,
            None => Err(Unsent::Unable("the event was forgotten")),
        };
        let now = to_millis(self.now());
        let verdict = self.verdict(claimed, &endpoint, &outcome)?;
        let attempt = Attempt {
            number: 0,
            at: begun,
            duration_ms: now.since(begun).max(0),
            status: outcome.as_ref().ok().map(|answer| i64::from(answer.status)),
            error: error_of(&outcome),
            answer: match &outcome {
                Ok(answer) => excerpt(&answer.body),
                Err(unsent) => Some(unsent.to_string()),
            },
        };
        let disabled = matches!(verdict, Verdict::Disable(..));
        let noted = webhooks
            .finish_attempt(&claimed.id, self.owner(), attempt, verdict, now)
            .await?;
        if noted && disabled {
            tracing::warn!(webhook.id = %endpoint.id, "a webhook endpoint was disabled");
            self.announce().await;
        }
        Ok(noted)
    }

    async fn send(
        &self,
        id: &str,
        endpoint: &Endpoint,
        event: &Event,
        sender: &dyn Sender,
    ) -> Result<Result<Answer, Unsent>> {
        let now = self.now();
        let secrets = self.store().webhooks();
        let secrets = secrets
            .signing_secrets(&endpoint.id, to_millis(now))
            .await?;
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
        Ok(sender.post(&url, message).await)
    }

    fn verdict(
        &self,
        claimed: &ClaimedDelivery,
        endpoint: &Endpoint,
        outcome: &Result<Answer, Unsent>,
    ) -> Result<Verdict> {
        let now = to_millis(self.now());
        let disable = |reason| Verdict::Disable(reason, self.disabled_traces(&endpoint.id, reason));
        let asked = match outcome {
            Ok(answer) if (200..300).contains(&answer.status) => return Ok(Verdict::Delivered),
            Ok(answer) if answer.status == 410 => return Ok(disable(DisabledReason::Gone)),
            Ok(answer) => answer.retry_after.map(|asked| match asked {
                RetryAfter::In(duration) => duration,
                RetryAfter::At(moment) => {
                    let ahead = to_millis(moment).since(now);
                    Duration::from_millis(u64::try_from(ahead).unwrap_or(0))
                }
            }),
            Err(_) => None,
        };
        if endpoint
            .failing_since
            .is_some_and(|since| now.since(since) >= FAILING_MS)
        {
            return Ok(disable(DisabledReason::Failing));
        }
        if claimed.event.is_none() {
            return Ok(Verdict::GivenUp);
        }
        let chance = u64::from_le_bytes(random_bytes(self.entropy())?);
        let pause = pause(claimed.attempts_since_queued + 1, asked, chance);
        Ok(pause.map_or(Verdict::GivenUp, |pause| Verdict::Again(now.plus(pause))))
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
