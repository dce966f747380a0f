//! The repository over a database.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::deliveries::{Claim, Finish, QueueFor, Resend, attempt, delivery, delivery_columns};
use super::endpoints::{
    Add, Alter, FORMER, Rotate, SECRET, Switch, Switched, endpoint, endpoint_columns, open,
};
use super::{
    Attempt, ClaimedDelivery, DELIVERIES, Delivery, DeliveryFilter, DisabledReason, ENDPOINTS,
    Endpoint, EndpointChange, EndpointId, NewEndpoint, Verdict, WebhookRepository,
};
use crate::sql::values;
use crate::store::DatabaseStore;
use crate::{Change, Millis, NewEvent, StoreError, Traces};

#[async_trait]
impl WebhookRepository for DatabaseStore {
    async fn add_endpoint(&self, new: NewEndpoint, change: Change) -> Result<Endpoint, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.database
            .write(Add {
                sealer,
                new,
                change,
            })
            .await
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            endpoint_columns!(),
            " from webhook_endpoints order by created_at, id"
        );
        let rows = self.database.all(ALL, values![]).await?;
        rows.iter().map(endpoint).collect()
    }

    async fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>, StoreError> {
        const BY_ID: &str = concat!(
            "select ",
            endpoint_columns!(),
            " from webhook_endpoints where id = $1"
        );
        let row = self.database.first(BY_ID, values![id.as_str()]).await?;
        row.map(|row| endpoint(&row)).transpose()
    }

    async fn change_endpoint(
        &self,
        id: &EndpointId,
        to: EndpointChange,
        change: Change,
    ) -> Result<Option<Endpoint>, StoreError> {
        let id = id.clone();
        self.database.write(Alter { id, to, change }).await
    }

    async fn rotate_secret(
        &self,
        id: &EndpointId,
        version: i64,
        secret: SecretString,
        former_until: Millis,
        change: Change,
    ) -> Result<Option<Endpoint>, StoreError> {
        let write = Rotate {
            sealer: Arc::clone(&self.sealer),
            id: id.clone(),
            version,
            secret,
            former_until,
            change,
        };
        self.database.write(write).await
    }

    async fn signing_secrets(
        &self,
        id: &EndpointId,
        now: Millis,
    ) -> Result<Vec<SecretString>, StoreError> {
        const SECRETS: &str = "select id, secret, former_secret, former_secret_until \
             from webhook_endpoints where id = $1";
        let Some(row) = self.database.first(SECRETS, values![id.as_str()]).await? else {
            return Ok(Vec::new());
        };
        let fields = row.fields(ENDPOINTS, "id")?;
        let present = open(&self.sealer, SECRET, &fields)?;
        let counts = fields
            .maybe_moment("former_secret_until")?
            .is_some_and(|until| until > now);
        let former = match counts {
            true => open(&self.sealer, FORMER, &fields)?,
            false => None,
        };
        Ok(present.into_iter().chain(former).collect())
    }

    async fn enable_endpoint(&self, id: &EndpointId, change: Change) -> Result<bool, StoreError> {
        self.switch(id, Switched::On, change).await
    }

    async fn disable_endpoint(
        &self,
        id: &EndpointId,
        reason: DisabledReason,
        change: Change,
    ) -> Result<bool, StoreError> {
        self.switch(id, Switched::Off(reason), change).await
    }

    async fn remove_endpoint(&self, id: &EndpointId, change: Change) -> Result<bool, StoreError> {
        let removed = self.switch(id, Switched::Removed, change).await?;
        if removed {
            self.scrub().await;
        }
        Ok(removed)
    }

    async fn queue_for(
        &self,
        id: &EndpointId,
        event: NewEvent,
        traces: Traces,
    ) -> Result<Option<String>, StoreError> {
        let endpoint = id.clone();
        self.database
            .write(QueueFor {
                endpoint,
                event,
                traces,
            })
            .await
    }

    async fn endpoints_due(&self, now: Millis) -> Result<Vec<EndpointId>, StoreError> {
        const DUE: &str = "select id from webhook_endpoints e where state = 'active' and exists \
             (select 1 from webhook_deliveries d where d.endpoint_id = e.id and d.next_attempt_at <= $1 \
             and (d.lease_until is null or d.lease_until <= $1)) order by id";
        let rows = self.database.all(DUE, values![now]).await?;
        rows.iter()
            .map(|row| Ok(row.fields(ENDPOINTS, "id")?.parsed("id")?))
            .collect()
    }

    async fn next_delivery_due(&self) -> Result<Option<Millis>, StoreError> {
        // What is held stands among the first of its endpoint; the rest is not looked at.
        const NEXT: &str = "select id, (select min(coalesce(f.lease_until, f.next_attempt_at)) from \
             (select d.lease_until, d.next_attempt_at from webhook_deliveries d \
             where d.endpoint_id = e.id and d.next_attempt_at is not null \
             order by d.next_attempt_at limit 64) f) as due from webhook_endpoints e where state = 'active'";
        let mut earliest: Option<Millis> = None;
        for row in self.database.all(NEXT, values![]).await? {
            let due = row.fields(ENDPOINTS, "id")?.maybe_moment("due")?;
            earliest = [earliest, due].into_iter().flatten().min();
        }
        Ok(earliest)
    }

    async fn due_deliveries(
        &self,
        endpoint: &EndpointId,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        const DUE: &str = "select id from webhook_deliveries where endpoint_id = $1 and next_attempt_at <= $2 \
             and (lease_until is null or lease_until <= $2) order by next_attempt_at limit $3";
        let values = values![endpoint.as_str(), now, limit];
        let rows = self.database.all(DUE, values).await?;
        rows.iter()
            .map(|row| Ok(row.fields(DELIVERIES, "id")?.text("id")?))
            .collect()
    }

    async fn claim_delivery(
        &self,
        id: &str,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<Option<ClaimedDelivery>, StoreError> {
        let claim = Claim {
            id: id.to_owned(),
            owner: owner.to_owned(),
            lease_until,
            now,
        };
        self.database.write(claim).await
    }

    async fn finish_attempt(
        &self,
        id: &str,
        owner: &str,
        attempt: Attempt,
        verdict: Verdict,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let finish = Finish {
            id: id.to_owned(),
            owner: owner.to_owned(),
            attempt,
            verdict,
            now,
        };
        self.database.write(finish).await
    }

    async fn deliveries(
        &self,
        endpoint: &EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        const PAGE: &str = concat!(
            "select ",
            delivery_columns!(),
            " from webhook_deliveries where endpoint_id = $1 and event_id < $2 \
             and ($3 = '' or state = $3) order by event_id desc, id desc limit $4"
        );
        let values = values![
            endpoint.as_str(),
            filter.before_event.unwrap_or(i64::MAX),
            filter.state.map_or("", |state| state.as_str()),
            limit,
        ];
        let rows = self.database.all(PAGE, values).await?;
        rows.iter().map(delivery).collect()
    }

    async fn delivery(&self, id: &str) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        const BY_ID: &str = concat!(
            "select ",
            delivery_columns!(),
            " from webhook_deliveries where id = $1"
        );
        const ATTEMPTS_OF: &str = "select delivery_id, number, at, duration_ms, status, error, answer \
             from webhook_attempts where delivery_id = $1 order by number";
        let Some(row) = self.database.first(BY_ID, values![id]).await? else {
            return Ok(None);
        };
        let attempts = self.database.all(ATTEMPTS_OF, values![id]).await?;
        let attempts = attempts.iter().map(attempt).collect::<Result<_, _>>()?;
        Ok(Some((delivery(&row)?, attempts)))
    }

    async fn resend(&self, id: &str, change: Change) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.database.write(Resend { id, change }).await
    }

    async fn delivery_backlog(&self) -> Result<i64, StoreError> {
        const COUNT: &str = "select 'pending' as state, count(*) as waiting from webhook_deliveries \
             where next_attempt_at is not null";
        match self.database.first(COUNT, values![]).await? {
            Some(row) => Ok(row.fields(DELIVERIES, "state")?.int("waiting")?),
            None => Ok(0),
        }
    }

    async fn forget_former_secrets(&self, now: Millis) -> Result<u64, StoreError> {
        const FORGET: &str = "update webhook_endpoints set former_secret = null, former_secret_until = null \
             where former_secret_until <= $1";
        self.database.execute(FORGET, values![now]).await
    }

    async fn prune_deliveries(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from webhook_deliveries where id in \
             (select id from webhook_deliveries where finished_at < $1 order by finished_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

impl DatabaseStore {
    async fn switch(
        &self,
        id: &EndpointId,
        to: Switched,
        change: Change,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database.write(Switch { id, to, change }).await
    }
}
