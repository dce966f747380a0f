//! Endpoints in the database, and their sealed secrets.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::records::{DisabledReason, Endpoint, EndpointChange, EventFilter, NewEndpoint};
use super::{ENDPOINTS, EndpointId};
use crate::seal::{Place, Sealer, Sealing};
use crate::sql::{Fields, Row, Session, Write, values};
use crate::traces::leave;
use crate::{Change, Millis, StoreError};

/// The columns of an [`Endpoint`]; no secret among them.
macro_rules! endpoint_columns {
    () => {
        "id, url, description, kinds, secret_version, former_secret_until, state, disabled_reason, \
         disabled_at, failing_since, last_success_at, last_failure_at, last_failure, created_at, updated_at"
    };
}
pub(crate) use endpoint_columns;

pub(crate) const SECRET: &str = "secret";
pub(crate) const FORMER: &str = "former_secret";

pub(crate) fn endpoint(row: &Row) -> Result<Endpoint, StoreError> {
    let fields = row.fields(ENDPOINTS, "id")?;
    Ok(Endpoint {
        id: fields.parsed("id")?,
        url: fields.text("url")?,
        description: fields.maybe_text("description")?,
        events: EventFilter::read(&fields.text("kinds")?),
        secret_version: fields.int("secret_version")?,
        former_secret_until: fields.maybe_moment("former_secret_until")?,
        state: fields.parsed("state")?,
        disabled_reason: fields.maybe_parsed("disabled_reason")?,
        disabled_at: fields.maybe_moment("disabled_at")?,
        failing_since: fields.maybe_moment("failing_since")?,
        last_success_at: fields.maybe_moment("last_success_at")?,
        last_failure_at: fields.maybe_moment("last_failure_at")?,
        last_failure: fields.maybe_text("last_failure")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
    })
}

fn place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place {
        table: ENDPOINTS,
        column,
        row,
    }
}

/// Seals a secret for a column of an endpoint.
pub(crate) fn seal(
    sealing: &Sealing,
    column: &'static str,
    id: &str,
    secret: &SecretString,
) -> Result<Vec<u8>, StoreError> {
    sealing.seal(place(column, id), secret)
}

/// Opens the secret of a column; none when there is none.
pub(crate) fn open(
    sealer: &Sealer,
    column: &'static str,
    fields: &Fields<'_>,
) -> Result<Option<SecretString>, StoreError> {
    let blob = fields.maybe_blob(column)?;
    blob.map(|blob| sealer.open(place(column, fields.id()), &blob))
        .transpose()
}

/// Stores an endpoint.
pub(crate) struct Add {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) new: NewEndpoint,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Add {
    type Output = Endpoint;

    async fn run(&self, session: &mut Session<'_>) -> Result<Endpoint, StoreError> {
        const INSERT: &str = concat!(
            "insert into webhook_endpoints (id, url, description, kinds, secret, sealed_with, \
             secret_version, state, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, 1, 'active', $7, $7) returning ",
            endpoint_columns!()
        );
        let id = self.new.id.as_str();
        let sealing = self.sealer.sealing(session).await?;
        let values = values![
            id,
            self.new.url.as_str(),
            self.new.description.clone(),
            self.new.events.stored(),
            seal(&sealing, SECRET, id, &self.new.secret)?,
            sealing.key_id(),
            self.change.now,
        ];
        let row = session.first(INSERT, values).await?;
        let row = row.ok_or_else(|| session.overtaken())?;
        leave(session, &self.change.traces).await?;
        endpoint(&row)
    }
}

/// Changes what a person may change.
pub(crate) struct Alter {
    pub(crate) id: EndpointId,
    pub(crate) to: EndpointChange,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Alter {
    type Output = Option<Endpoint>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<Endpoint>, StoreError> {
        const UPDATE: &str = concat!(
            // How the former address fared says nothing about another one.
            "update webhook_endpoints set failing_since = case when $2 <> url then null else failing_since end, \
             url = coalesce($2, url), \
             description = case when $3 = 1 then $4 else description end, \
             kinds = coalesce($5, kinds), updated_at = $6 where id = $1 returning ",
            endpoint_columns!()
        );
        let EndpointChange {
            url,
            description,
            events,
        } = &self.to;
        let values = values![
            self.id.as_str(),
            url.clone(),
            i64::from(description.is_some()),
            description.clone().flatten(),
            events.as_ref().map(EventFilter::stored),
            self.change.now,
        ];
        let Some(row) = session.first(UPDATE, values).await? else {
            return Ok(None);
        };
        leave(session, &self.change.traces).await?;
        endpoint(&row).map(Some)
    }
}

/// Puts a new secret in the place of the present one, which goes on signing for a while.
pub(crate) struct Rotate {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) id: EndpointId,
    pub(crate) version: i64,
    pub(crate) secret: SecretString,
    pub(crate) former_until: Millis,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Rotate {
    type Output = Option<Endpoint>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<Endpoint>, StoreError> {
        const PRESENT: &str =
            "select id, secret from webhook_endpoints where id = $1 and secret_version = $2";
        const UPDATE: &str = concat!(
            "update webhook_endpoints set secret = $3, former_secret = $4, former_secret_until = $5, \
             sealed_with = $6, secret_version = secret_version + 1, updated_at = $7 \
             where id = $1 and secret_version = $2 returning ",
            endpoint_columns!()
        );
        let id = self.id.as_str();
        let Some(row) = session.first(PRESENT, values![id, self.version]).await? else {
            return Ok(None);
        };
        let sealing = self.sealer.sealing(session).await?;
        let present = open(&self.sealer, SECRET, &row.fields(ENDPOINTS, "id")?)?;
        let former = present
            .map(|secret| seal(&sealing, FORMER, id, &secret))
            .transpose()?;
        let values = values![
            id,
            self.version,
            seal(&sealing, SECRET, id, &self.secret)?,
            former,
            self.former_until,
            sealing.key_id(),
            self.change.now,
        ];
        let Some(row) = session.first(UPDATE, values).await? else {
            return Ok(None);
        };
        leave(session, &self.change.traces).await?;
        endpoint(&row).map(Some)
    }
}

/// Changes whether an endpoint is told of anything. Takes its turn among those that store events, so that an event
/// is queued either before or after, and never for an endpoint that is being deleted.
pub(crate) struct Switch {
    pub(crate) id: EndpointId,
    pub(crate) to: Switched,
    pub(crate) change: Change,
}

/// What an endpoint is switched to.
pub(crate) enum Switched {
    On,
    Off(DisabledReason),
    Removed,
}

#[async_trait]
impl Write for Switch {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const ENABLE: &str = "update webhook_endpoints set state = 'active', disabled_reason = null, \
             disabled_at = null, failing_since = null, updated_at = $2 where id = $1 and state <> 'active'";
        const REMOVE: &str = "delete from webhook_endpoints where id = $1";
        take_turn(session).await?;
        let (id, now) = (self.id.as_str(), self.change.now);
        let changed = match &self.to {
            Switched::On => session.execute(ENABLE, values![id, now]).await? > 0,
            Switched::Off(reason) => disable(session, &self.id, *reason, now).await?,
            Switched::Removed => session.execute(REMOVE, values![id]).await? > 0,
        };
        if changed {
            leave(session, &self.change.traces).await?;
        }
        Ok(changed)
    }
}

/// Waits for the turn among those that store events; it lasts until the commit.
pub(crate) async fn take_turn(session: &mut Session<'_>) -> Result<(), StoreError> {
    const TURN: &str = "update counters set value = value where name = 'events'";
    if session.writes_alone() {
        return Ok(());
    }
    session.execute(TURN, values![]).await.map(|_| ())
}

/// Disables an endpoint and ends what is queued for it; false when it is not active.
pub(crate) async fn disable(
    session: &mut Session<'_>,
    id: &EndpointId,
    reason: DisabledReason,
    now: Millis,
) -> Result<bool, StoreError> {
    const DISABLE: &str = "update webhook_endpoints set state = 'disabled', disabled_reason = $2, \
         disabled_at = $3, updated_at = $3 where id = $1 and state = 'active'";
    const END: &str = "update webhook_deliveries set state = 'failed', next_attempt_at = null, \
         lease_owner = null, lease_until = null, finished_at = $2 \
         where endpoint_id = $1 and next_attempt_at is not null";
    let values = values![id.as_str(), reason.as_str(), now];
    if session.execute(DISABLE, values).await? == 0 {
        return Ok(false);
    }
    session.execute(END, values![id.as_str(), now]).await?;
    Ok(true)
}
