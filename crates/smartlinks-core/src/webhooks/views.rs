//! Endpoints, deliveries and attempts as a person or a program sees them. None holds a secret, but the one that is
//! shown once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::{
    Attempt, Delivery, DeliveryState, DisabledReason, Endpoint, EndpointState, EventFilter,
};
use utoipa::ToSchema;

use crate::clock::from_millis;

/// What stands in the list of events for every kind.
pub(crate) const EVERY: &str = "*";

/// An address that is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookView {
    /// `wh_…`.
    pub id: String,
    /// The address that is posted to.
    pub url: String,
    /// The operator's own words.
    pub description: Option<String>,
    /// The kinds of events it is told of; `*` is every kind.
    pub events: Vec<String>,
    /// `active` or `disabled`.
    pub state: String,
    /// `by_hand`, `gone` (it answered 410) or `failing` (nothing was taken for days).
    pub disabled_reason: Option<String>,
    /// Since when it is disabled. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub disabled_at: Option<Timestamp>,
    /// The first failed attempt since the last good one. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// When a message was last taken. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_success_at: Option<Timestamp>,
    /// When an attempt last failed. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_failure_at: Option<Timestamp>,
    /// What that attempt failed with: `http_500`, `timeout`, `unreachable`, `private_address`, …
    pub last_failure: Option<String>,
    /// Until when messages carry a signature of the former secret too. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub former_secret_until: Option<Timestamp>,
    /// When it was made. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When a person last changed it. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
}

impl WebhookView {
    /// Whether it is told of events.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == EndpointState::Active.as_str()
    }
}

/// An endpoint with its secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookWithSecret {
    /// The endpoint.
    pub webhook: WebhookView,
    /// `whsec_…`: what the receiver checks signatures with. It cannot be shown again.
    pub secret: String,
}

impl std::fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookWithSecret")
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// `msg_…`: the `webhook-id` of every attempt.
    pub id: String,
    /// The endpoint.
    pub webhook: String,
    /// The number of the event.
    pub event: i64,
    /// The kind of the event.
    pub kind: String,
    /// `pending`, `delivered`, `failed` (ended with its endpoint) or `given_up`.
    pub state: String,
    /// How many attempts were made.
    pub attempts: i64,
    /// When the next is due. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// When the event happened. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it ended. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryAttempt {
    /// Counts from 1.
    pub number: i64,
    /// When it began. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status, when there was an answer.
    pub status: Option<i64>,
    /// What went wrong; null when it was taken.
    pub error: Option<String>,
    /// The beginning of the answer, without what looks like a token.
    pub answer: Option<String>,
}

/// A delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: DeliveryView,
    /// Its attempts, oldest first.
    pub attempts: Vec<DeliveryAttempt>,
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Default)]
pub struct DeliveryListing {
    /// `pending`, `delivered`, `failed` or `given_up`; all when none.
    pub state: Option<String>,
    /// The `next` of the page before.
    pub before: Option<i64>,
    /// 1 to 200; 50 when none.
    pub limit: Option<u32>,
}

/// One page of deliveries, the newest event first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<DeliveryView>,
    /// Ask for the next page with this as `before`; null at the end.
    pub next: Option<i64>,
}

pub(crate) fn webhook(endpoint: Endpoint) -> WebhookView {
    WebhookView {
        id: endpoint.id.to_string(),
        url: endpoint.url,
        description: endpoint.description,
        events: match endpoint.events {
            EventFilter::All => vec![EVERY.to_owned()],
            EventFilter::Only(kinds) => kinds.into_iter().collect(),
        },
        state: endpoint.state.as_str().to_owned(),
        disabled_reason: endpoint
            .disabled_reason
            .map(DisabledReason::as_str)
            .map(str::to_owned),
        disabled_at: endpoint.disabled_at.and_then(from_millis),
        failing_since: endpoint.failing_since.and_then(from_millis),
        last_success_at: endpoint.last_success_at.and_then(from_millis),
        last_failure_at: endpoint.last_failure_at.and_then(from_millis),
        last_failure: endpoint.last_failure,
        former_secret_until: endpoint.former_secret_until.and_then(from_millis),
        created_at: from_millis(endpoint.created_at),
        updated_at: from_millis(endpoint.updated_at),
    }
}

pub(crate) fn delivery(delivery: Delivery) -> DeliveryView {
    DeliveryView {
        id: delivery.id,
        webhook: delivery.endpoint.to_string(),
        event: delivery.event_id,
        kind: delivery.kind,
        state: DeliveryState::as_str(delivery.state).to_owned(),
        attempts: delivery.attempts,
        next_attempt_at: delivery.next_attempt_at.and_then(from_millis),
        created_at: from_millis(delivery.created_at),
        finished_at: delivery.finished_at.and_then(from_millis),
    }
}

pub(crate) fn attempt(attempt: Attempt) -> DeliveryAttempt {
    DeliveryAttempt {
        number: attempt.number,
        at: from_millis(attempt.at),
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        error: attempt.error,
        answer: attempt.answer,
    }
}
