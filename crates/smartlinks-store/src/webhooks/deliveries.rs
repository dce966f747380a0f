//! Deliveries and attempts in the database: the claim, and what ends it. The condition that a lease is free stands
//! in the outer `where`, because under PostgreSQL's default isolation a condition in a subquery lets several through.

use async_trait::async_trait;

use super::endpoints::{disable, endpoint, endpoint_columns, take_turn};
use super::records::{Attempt, ClaimedDelivery, Delivery, Disabling, Endpoint, Verdict};
use super::{ATTEMPTS, DELIVERIES, EndpointId, outbox};
use crate::sql::{Row, Session, Write, values};
use crate::traces::{Traces, leave};
use crate::{Change, Millis, NewEvent, StoreError, events};

/// The columns of a [`Delivery`].
macro_rules! delivery_columns {
    () => {
        "id, endpoint_id, event_id, kind, state, attempts, next_attempt_at, created_at, finished_at"
    };
}
pub(crate) use delivery_columns;

pub(crate) fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let fields = row.fields(DELIVERIES, "id")?;
    Ok(Delivery {
        id: fields.text("id")?,
        endpoint: fields.parsed("endpoint_id")?,
        event_id: fields.int("event_id")?,
        kind: fields.text("kind")?,
        state: fields.parsed("state")?,
        attempts: fields.int("attempts")?,
        next_attempt_at: fields.maybe_moment("next_attempt_at")?,
        created_at: fields.moment("created_at")?,
        finished_at: fields.maybe_moment("finished_at")?,
    })
}

pub(crate) fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    let fields = row.fields(ATTEMPTS, "delivery_id")?;
    Ok(Attempt {
        number: fields.int("number")?,
        at: fields.moment("at")?,
        duration_ms: fields.int("duration_ms")?,
        status: fields.maybe_int("status")?,
        error: fields.maybe_text("error")?,
        answer: fields.maybe_text("answer")?,
    })
}

/// Stores an event for one endpoint only.
pub(crate) struct QueueFor {
    pub(crate) endpoint: EndpointId,
    pub(crate) event: NewEvent,
    pub(crate) traces: Traces,
}

#[async_trait]
impl Write for QueueFor {
    type Output = Option<String>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<String>, StoreError> {
        const ACTIVE: &str = "select id from webhook_endpoints where id = $1 and state = 'active'";
        take_turn(session).await?;
        let active = session
            .first(ACTIVE, values![self.endpoint.as_str()])
            .await?;
        if active.is_none() {
            return Ok(None);
        }
        let number = events::write_untold(session, &self.event).await?;
        let queued = outbox::queue_one(session, &self.endpoint, number, &self.event).await?;
        leave(session, &self.traces).await?;
        Ok(queued.then(|| outbox::message_id(&self.endpoint, number, &self.event)))
    }
}

/// Makes a delivery due now. Takes its turn, so that it does not come to wait at an endpoint that is being disabled.
pub(crate) struct Resend {
    pub(crate) id: String,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Resend {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const RESEND: &str = "update webhook_deliveries set state = 'pending', next_attempt_at = $2, \
             queued_after = attempts, finished_at = null, lease_owner = null, lease_until = null \
             where id = $1 and (lease_until is null or lease_until <= $2) \
             and exists (select 1 from webhook_endpoints e where e.id = endpoint_id and e.state = 'active') \
             and exists (select 1 from events v where v.id = event_id)";
        take_turn(session).await?;
        let values = values![self.id.as_str(), self.change.now];
        if session.execute(RESEND, values).await? == 0 {
            return Ok(false);
        }
        leave(session, &self.change.traces).await?;
        Ok(true)
    }
}

/// Takes the right to attempt a delivery.
pub(crate) struct Claim {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) lease_until: Millis,
    pub(crate) now: Millis,
}

#[async_trait]
impl Write for Claim {
    type Output = Option<ClaimedDelivery>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<ClaimedDelivery>, StoreError> {
        const CLAIM: &str = "update webhook_deliveries set lease_owner = $2, lease_until = $3 \
             where id = $1 and next_attempt_at <= $4 and (lease_until is null or lease_until <= $4) \
             returning id, endpoint_id, event_id, attempts, queued_after";
        let values = values![
            self.id.as_str(),
            self.owner.as_str(),
            self.lease_until,
            self.now
        ];
        let Some(row) = session.first(CLAIM, values).await? else {
            return Ok(None);
        };
        let fields = row.fields(DELIVERIES, "id")?;
        let attempts = fields.int("attempts")?;
        Ok(Some(ClaimedDelivery {
            id: fields.text("id")?,
            endpoint: fields.parsed("endpoint_id")?,
            event: events::numbered(session, fields.int("event_id")?).await?,
            attempts,
            attempts_since_queued: attempts - fields.int("queued_after")?,
        }))
    }
}

/// Notes an attempt and what follows from it.
pub(crate) struct Finish {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) attempt: Attempt,
    pub(crate) verdict: Verdict,
    pub(crate) now: Millis,
}

#[async_trait]
impl Write for Finish {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const END: &str = "update webhook_deliveries set state = $3, attempts = attempts + 1, \
             next_attempt_at = $4, finished_at = $5, lease_owner = null, lease_until = null \
             where id = $1 and lease_owner = $2 and state = 'pending' returning id, attempts";
        if matches!(self.verdict, Verdict::Disable(_)) {
            // Everyone who holds rows of an endpoint and wants this turn takes it first.
            take_turn(session).await?;
        }
        let Some(endpoint) = self.hold_endpoint(session).await? else {
            return Ok(false);
        };
        let disabling = self.disabling(&endpoint);
        let (state, next) = match &self.verdict {
            Verdict::Delivered => ("delivered", None),
            Verdict::Again(at) => ("pending", Some(*at)),
            Verdict::GivenUp => ("given_up", None),
            Verdict::Disable(_) if disabling.is_some() => ("failed", None),
            Verdict::Disable(asked) => match asked.otherwise {
                Some(at) => ("pending", Some(at)),
                None => ("given_up", None),
            },
        };
        let finished = next.is_none().then_some(self.now);
        let values = values![self.id.as_str(), self.owner.as_str(), state, next, finished,];
        let Some(row) = session.first(END, values).await? else {
            return Ok(false);
        };
        let number = row.fields(DELIVERIES, "id")?.int("attempts")?;
        self.note(session, number).await?;
        self.note_health(session, &endpoint.id).await?;
        if let Some(Disabling { reason, traces, .. }) = disabling
            && disable(session, &endpoint.id, *reason, self.now).await?
        {
            leave(session, traces).await?;
        }
        Ok(true)
    }
}

impl Finish {
    /// The endpoint as it is now, held until the commit. Before the delivery, in the order in which whoever disables
    /// an endpoint holds them, so that neither waits for the other.
    async fn hold_endpoint(
        &self,
        session: &mut Session<'_>,
    ) -> Result<Option<Endpoint>, StoreError> {
        const HOLD: &str = concat!(
            "update webhook_endpoints set state = state where id = \
             (select endpoint_id from webhook_deliveries where id = $1) returning ",
            endpoint_columns!()
        );
        let row = session.first(HOLD, values![self.id.as_str()]).await?;
        row.map(|row| endpoint(&row)).transpose()
    }

    /// What disables the endpoint, if the attempt asks for it and it still is what it was.
    fn disabling(&self, now: &Endpoint) -> Option<&Disabling> {
        match &self.verdict {
            Verdict::Disable(asked) => {
                let same_address = asked.url == now.url;
                let same_failing =
                    asked.failing_since.is_none() || asked.failing_since == now.failing_since;
                (same_address && same_failing).then_some(asked)
            }
            _ => None,
        }
    }

    async fn note(&self, session: &mut Session<'_>, number: i64) -> Result<(), StoreError> {
        const NOTE: &str = "insert into webhook_attempts (delivery_id, number, at, duration_ms, status, error, answer) \
             values ($1, $2, $3, $4, $5, $6, $7)";
        let Attempt {
            at,
            duration_ms,
            status,
            error,
            answer,
            ..
        } = &self.attempt;
        let values = values![
            self.id.as_str(),
            number,
            *at,
            *duration_ms,
            *status,
            error.clone(),
            answer.clone(),
        ];
        session.execute(NOTE, values).await.map(|_| ())
    }

    async fn note_health(
        &self,
        session: &mut Session<'_>,
        endpoint: &EndpointId,
    ) -> Result<(), StoreError> {
        const GOOD: &str =
            "update webhook_endpoints set failing_since = null, last_success_at = $2 where id = $1";
        const BAD: &str = "update webhook_endpoints set failing_since = coalesce(failing_since, $2), \
             last_failure_at = $2, last_failure = $3 where id = $1";
        if self.attempt.error.as_deref() == Some(Attempt::UNABLE) {
            return Ok(());
        }
        let id = endpoint.as_str();
        match &self.verdict {
            Verdict::Delivered => session.execute(GOOD, values![id, self.now]).await,
            _ => {
                let values = values![id, self.now, self.attempt.error.clone()];
                session.execute(BAD, values).await
            }
        }
        .map(|_| ())
    }
}
