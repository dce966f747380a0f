//! Webhooks: endpoints of the merchant's software, and what is on its way to them.
//!
//! Deliveries are queued in the transaction that stores the event ([`outbox`]), so that neither exists without the
//! other. Due ones are found through an index and claimed by a lease on their row.

mod deliveries;
mod endpoints;
mod id;
mod records;
mod storage;

pub(crate) mod outbox;

use async_trait::async_trait;
use secrecy::SecretString;

pub use id::{EndpointId, InvalidEndpointId};
pub use records::{
    Attempt, ClaimedDelivery, Delivery, DeliveryFilter, DeliveryState, DisabledReason, Disabling,
    Endpoint, EndpointChange, EndpointState, EventFilter, NewEndpoint, Verdict,
};

use crate::{Change, Millis, NewEvent, StoreError, Traces};

/// The table that holds endpoints; part of what their sealed secrets are bound to.
pub(crate) const ENDPOINTS: &str = "webhook_endpoints";
pub(crate) const DELIVERIES: &str = "webhook_deliveries";
pub(crate) const ATTEMPTS: &str = "webhook_attempts";

/// The stored endpoints, deliveries and attempts.
///
/// A [`Change`] is when something happens and what it leaves behind; its traces become durable together with the
/// change, and only when it took effect.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait WebhookRepository: Send + Sync {
    /// Stores an endpoint.
    async fn add_endpoint(&self, new: NewEndpoint, change: Change) -> Result<Endpoint, StoreError>;

    /// All endpoints, in the order in which they were made.
    async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError>;

    /// One endpoint.
    async fn endpoint(&self, id: &EndpointId) -> Result<Option<Endpoint>, StoreError>;

    /// Changes what a person may change; none when there is no such endpoint.
    async fn change_endpoint(
        &self,
        id: &EndpointId,
        to: EndpointChange,
        change: Change,
    ) -> Result<Option<Endpoint>, StoreError>;

    /// Gives an endpoint a new secret; the present one goes on signing beside it until `former_until`. None when
    /// its secret is not of `version` any more, or there is no such endpoint.
    async fn rotate_secret(
        &self,
        id: &EndpointId,
        version: i64,
        secret: SecretString,
        former_until: Millis,
        change: Change,
    ) -> Result<Option<Endpoint>, StoreError>;

    /// What signs for an endpoint at a moment: the present secret, then the former one while it counts.
    async fn signing_secrets(
        &self,
        id: &EndpointId,
        now: Millis,
    ) -> Result<Vec<SecretString>, StoreError>;

    /// Lets an endpoint be told of events from now on; false when it was active, or there is none.
    async fn enable_endpoint(&self, id: &EndpointId, change: Change) -> Result<bool, StoreError>;

    /// Ends everything that is queued for an endpoint and queues nothing more; false when it was disabled, or there
    /// is none.
    async fn disable_endpoint(
        &self,
        id: &EndpointId,
        reason: DisabledReason,
        change: Change,
    ) -> Result<bool, StoreError>;

    /// Deletes an endpoint with its secrets, deliveries and attempts; false when there is none.
    async fn remove_endpoint(&self, id: &EndpointId, change: Change) -> Result<bool, StoreError>;

    /// Stores an event, and traces beside it, for one endpoint only and queues it there, whatever kinds that endpoint asked for. Gives the
    /// id of the delivery; none when the endpoint is not active.
    async fn queue_for(
        &self,
        id: &EndpointId,
        event: NewEvent,
        traces: Traces,
    ) -> Result<Option<String>, StoreError>;

    /// The active endpoints for which something is due and not under lease.
    async fn endpoints_due(&self, now: Millis) -> Result<Vec<EndpointId>, StoreError>;

    /// When something is next due for any active endpoint; what is under lease counts from the end of its lease.
    async fn next_delivery_due(&self) -> Result<Option<Millis>, StoreError>;

    /// Up to `limit` deliveries that are due for an endpoint and that nobody holds, the longest overdue first.
    async fn due_deliveries(
        &self,
        endpoint: &EndpointId,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<String>, StoreError>;

    /// Takes the right to attempt a due delivery until `lease_until`. Exactly one caller wins; none when another
    /// holds it, or it is not due any more.
    async fn claim_delivery(
        &self,
        id: &str,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<Option<ClaimedDelivery>, StoreError>;

    /// Notes an attempt and what follows from it, and ends the lease. False when `owner` does not hold it any more:
    /// nothing was changed. The attempt's own number is not looked at; it gets the next.
    async fn finish_attempt(
        &self,
        id: &str,
        owner: &str,
        attempt: Attempt,
        verdict: Verdict,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` deliveries of an endpoint, the newest event first.
    async fn deliveries(
        &self,
        endpoint: &EndpointId,
        filter: DeliveryFilter,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// One delivery with its attempts, oldest first.
    async fn delivery(&self, id: &str) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError>;

    /// Makes a delivery due now, whatever became of it before; its back-off starts anew. False when there is none,
    /// somebody is sending it at this moment, its endpoint is not active, or its event was forgotten.
    async fn resend(&self, id: &str, change: Change) -> Result<bool, StoreError>;

    /// How many deliveries wait.
    async fn delivery_backlog(&self) -> Result<i64, StoreError>;

    /// Deletes former secrets that sign no more; gives how many.
    async fn forget_former_secrets(&self, now: Millis) -> Result<u64, StoreError>;

    /// Deletes deliveries that ended before `before`, with their attempts; gives how many.
    async fn prune_deliveries(&self, before: Millis) -> Result<u64, StoreError>;
}
