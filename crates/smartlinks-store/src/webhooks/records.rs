//! What is kept of endpoints, deliveries and attempts.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use serde::Serialize;

use super::EndpointId;
use crate::connections::UnknownWord;
use crate::{Event, Millis, Traces};

/// Which events an endpoint is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventFilter {
    /// Every one, also those of later versions.
    All,
    /// These kinds only, for example `connection.expiring`.
    Only(BTreeSet<String>),
}

impl EventFilter {
    /// How it is stored: `*`, or each kind with a blank on either side, so that one `replace` finds a whole kind.
    pub(crate) fn stored(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::Only(kinds) => kinds.iter().map(|kind| padded(kind)).collect(),
        }
    }

    pub(crate) fn read(text: &str) -> Self {
        match text {
            "*" => Self::All,
            _ => Self::Only(text.split_whitespace().map(str::to_owned).collect()),
        }
    }
}

/// A kind as it is looked for among the stored ones.
pub(crate) fn padded(kind: &str) -> String {
    format!(" {kind} ")
}

/// Whether an endpoint is told of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointState {
    /// New events are queued for it.
    Active,
    /// Nothing is queued or sent.
    Disabled,
}

impl EndpointState {
    /// The stable text of the state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for EndpointState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Active, Self::Disabled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// Why an endpoint was disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// A person did it.
    ByHand,
    /// It answered 410 Gone: it wants nothing more.
    Gone,
    /// It has taken nothing for days.
    Failing,
}

impl DisabledReason {
    /// The stable text of the reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

impl FromStr for DisabledReason {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::ByHand, Self::Gone, Self::Failing]
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// Where the merchant's software is told of events. Holds no secret; see
/// [`signing_secrets`](super::WebhookRepository::signing_secrets).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// From [`EndpointId::generate`].
    pub id: EndpointId,
    /// The address that is posted to.
    pub url: String,
    /// What a person wrote beside it.
    pub description: Option<String>,
    /// Which events it is told of.
    pub events: EventFilter,
    /// Counts its secrets; the first is 1.
    pub secret_version: i64,
    /// Until when the secret before the present one signs as well.
    pub former_secret_until: Option<Millis>,
    /// Whether it is told of anything.
    pub state: EndpointState,
    /// Why not, when it is disabled.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when it is disabled.
    pub disabled_at: Option<Millis>,
    /// The first failed attempt since the last good one; none while all is well.
    pub failing_since: Option<Millis>,
    /// The last attempt that was taken.
    pub last_success_at: Option<Millis>,
    /// The last attempt that failed.
    pub last_failure_at: Option<Millis>,
    /// What it failed with: `http_500`, `timeout`, …
    pub last_failure: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When anything of it was last changed by a person.
    pub updated_at: Millis,
}

/// An endpoint to be stored.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// From [`EndpointId::generate`].
    pub id: EndpointId,
    /// The address that is posted to; the caller has checked it.
    pub url: String,
    /// What a person wrote beside it.
    pub description: Option<String>,
    /// Which events it is told of.
    pub events: EventFilter,
    /// What signs, as text (`whsec_…`).
    pub secret: SecretString,
}

/// What a person changes of an endpoint; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// Another address.
    pub url: Option<String>,
    /// Another description; an inner none takes it away.
    pub description: Option<Option<String>>,
    /// Other events.
    pub events: Option<EventFilter>,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits for its first or its next attempt.
    Pending,
    /// The endpoint has taken it.
    Delivered,
    /// Ended with its endpoint: disabled, or gone.
    Failed,
    /// Every attempt failed and no more are planned.
    GivenUp,
}

impl DeliveryState {
    /// The stable text of the state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::Delivered, Self::Failed, Self::GivenUp]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The `webhook-id`: `msg_…`, the same in every attempt.
    pub id: String,
    /// Where to.
    pub endpoint: EndpointId,
    /// The number of the event.
    pub event_id: i64,
    /// The kind of the event.
    pub kind: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: i64,
    /// When the next is due, while it is pending.
    pub next_attempt_at: Option<Millis>,
    /// When the event happened.
    pub created_at: Millis,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Counts from 1 within the delivery.
    pub number: i64,
    /// When it began.
    pub at: Millis,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status, when there was an answer.
    pub status: Option<i64>,
    /// What went wrong: `http_500`, `timeout`, `private_address`, …; none when it was taken.
    pub error: Option<String>,
    /// The beginning of the answer, redacted.
    pub answer: Option<String>,
}

impl Attempt {
    /// The `error` of an attempt whose fault lies with this server. It says nothing about the endpoint.
    pub const UNABLE: &str = "unable";
}

/// A delivery that the caller may attempt now.
#[derive(Clone, Debug)]
pub struct ClaimedDelivery {
    /// The `webhook-id`.
    pub id: String,
    /// Where to.
    pub endpoint: EndpointId,
    /// What is told; none when the event was forgotten meanwhile.
    pub event: Option<Event>,
    /// How many attempts were made, before this one.
    pub attempts: i64,
    /// How many of them were made since it was last queued.
    pub attempts_since_queued: i64,
}

/// What follows from an attempt.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It was taken.
    Delivered,
    /// It is tried again at that moment.
    Again(Millis),
    /// It is not tried again.
    GivenUp,
    /// Nothing is sent there any more.
    Disable(Box<Disabling>),
}

/// Disables an endpoint if it still is what it was when the attempt was made: several attempts run side by side, and
/// a person may have mended it meanwhile.
#[derive(Clone, Debug)]
pub struct Disabling {
    /// Why.
    pub reason: DisabledReason,
    /// What says so.
    pub traces: Traces,
    /// The address that was posted to.
    pub url: String,
    /// Since when it fails; none when that is not the reason.
    pub failing_since: Option<Millis>,
    /// When the delivery is tried again if the endpoint is another by now; none for never.
    pub otherwise: Option<Millis>,
}

/// Which deliveries are listed.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// In this state only.
    pub state: Option<DeliveryState>,
    /// Those of events before this number.
    pub before_event: Option<i64>,
}
