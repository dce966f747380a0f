//! What happened, for the page and for whoever follows along.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::from_millis;
use crate::error::Result;
use crate::scope::Scope;
use crate::service::Core;

/// The kinds of things that happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An account was connected for the first time.
    ConnectionConnected,
    /// A connected account was authorised again.
    ConnectionReconnected,
    /// The token pair was renewed.
    ConnectionRefreshed,
    /// Its name, its being the default, or its last failure has changed.
    ConnectionChanged,
    /// Refreshing fails for a passing reason.
    ConnectionDegraded,
    /// A person has to authorise the account again.
    ConnectionReauthorizationRequired,
    /// A connection was ended on purpose.
    ConnectionDisconnected,
    /// An order was added by its number.
    OrderImported,
    /// An order was asked about again and has changed.
    OrderUpdated,
    /// An order was placed; it may still wait to be paid.
    OrderPlaced,
    /// An order was not placed, and nothing was ordered.
    OrderRefused,
    /// It is open whether an order exists; that is being found out.
    OrderOutcomeUnknown,
    /// Only a person can find out whether an order exists.
    OrderAwaitingPerson,
    /// Somebody should look at an order: not paid near its deadline, not shipped, or not heard of for long.
    OrderStuck,
    /// The token file could not be written.
    TokenFileFailed,
    /// A message of AliExpress was worked on.
    PushReceived,
    /// A message of AliExpress could not be worked on, and no further try is made.
    PushFailed,
    /// A message of AliExpress came outside its time.
    PushIgnored,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key was ended.
    ApiKeyRevoked,
    /// The sign-in deadline has come a step nearer: 14, 7, 3, 1 days.
    ConnectionExpiring,
    /// A webhook endpoint is not told of anything any more.
    WebhookDisabled,
    /// A person asked for it, to see a webhook arrive.
    WebhookTest,
    /// A product was imported into the catalogue.
    ProductImported,
    /// An imported product, or a variant of it, has changed.
    ProductChanged,
    /// AliExpress has changed an imported product, and somebody wants to be told.
    ProductDrifted,
    /// A product was removed from the catalogue.
    ProductRemoved,
    /// A price run was put in force.
    PricesApplied,
    /// An import of many products has ended.
    ImportFinished,
}

/// How the kinds of events about API keys begin.
pub(crate) const ABOUT_API_KEYS: &str = "api_key.";

impl EventKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::ConnectionConnected,
        Self::ConnectionReconnected,
        Self::ConnectionRefreshed,
        Self::ConnectionChanged,
        Self::ConnectionDegraded,
        Self::ConnectionReauthorizationRequired,
        Self::ConnectionDisconnected,
        Self::OrderImported,
        Self::OrderUpdated,
        Self::ProductImported,
        Self::ProductChanged,
        Self::ProductDrifted,
        Self::ProductRemoved,
        Self::PricesApplied,
        Self::ImportFinished,
        Self::OrderPlaced,
        Self::OrderRefused,
        Self::OrderOutcomeUnknown,
        Self::OrderAwaitingPerson,
        Self::OrderStuck,
        Self::TokenFileFailed,
        Self::ConnectionExpiring,
        Self::WebhookDisabled,
        Self::WebhookTest,
        Self::PushReceived,
        Self::PushFailed,
        Self::PushIgnored,
        Self::ApiKeyCreated,
        Self::ApiKeyRevoked,
    ];

    /// Those that somebody may ask to be told of; a test event goes to one endpoint, whatever it asked for.
    pub fn offered() -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|kind| *kind != Self::WebhookTest)
    }

    /// What a program needs to follow such events: what the routes ask for that tell the same.
    #[must_use]
    pub const fn needs(self) -> Scope {
        match self {
            Self::ApiKeyCreated
            | Self::ApiKeyRevoked
            | Self::WebhookDisabled
            | Self::WebhookTest => Scope::Admin,
            _ => Scope::Read,
        }
    }

    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionConnected => "connection.connected",
            Self::ConnectionReconnected => "connection.reconnected",
            Self::ConnectionRefreshed => "connection.refreshed",
            Self::ConnectionChanged => "connection.changed",
            Self::ConnectionDegraded => "connection.degraded",
            Self::ConnectionReauthorizationRequired => "connection.reauthorization_required",
            Self::ConnectionDisconnected => "connection.disconnected",
            Self::OrderImported => "order.imported",
            Self::OrderUpdated => "order.updated",
            Self::OrderPlaced => "order.placed",
            Self::OrderRefused => "order.refused",
            Self::OrderOutcomeUnknown => "order.outcome_unknown",
            Self::OrderAwaitingPerson => "order.awaiting_person",
            Self::OrderStuck => "order.stuck",
            Self::TokenFileFailed => "token_file.failed",
            Self::PushReceived => "push.received",
            Self::PushFailed => "push.failed",
            Self::PushIgnored => "push.ignored",
            Self::ApiKeyCreated => "api_key.created",
            Self::ApiKeyRevoked => "api_key.revoked",
            Self::ConnectionExpiring => "connection.expiring",
            Self::WebhookDisabled => "webhook.disabled",
            Self::WebhookTest => "webhook.test",
            Self::ProductImported => "product.imported",
            Self::ProductChanged => "product.changed",
            Self::ProductDrifted => "product.drifted",
            Self::ProductRemoved => "product.removed",
            Self::PricesApplied => "prices.applied",
            Self::ImportFinished => "import.finished",
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Grows with every event of this database.
    pub id: i64,
    /// For example `connection.refreshed`.
    pub kind: String,
    /// The connection it is about.
    pub connection: Option<String>,
    /// The order it is about.
    pub order: Option<String>,
    /// When it happened. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Further facts, never a secret.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

impl EventView {
    /// What a program needs to be told of it. What a later version tells is not known here, so it is for `admin`.
    #[must_use]
    pub fn needs(&self) -> Scope {
        let mut all = EventKind::ALL.iter();
        all.find(|kind| kind.as_str() == self.kind)
            .map_or(Scope::Admin, |kind| kind.needs())
    }
}

impl Core {
    /// The latest events, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn latest_events(&self, limit: u32) -> Result<Vec<EventView>> {
        Ok(self
            .store()
            .events()
            .latest(limit)
            .await?
            .into_iter()
            .map(event_view)
            .collect())
    }

    /// Events after an id, oldest first: what a listener missed while it was away.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn events_after(&self, id: i64, limit: u32) -> Result<Vec<EventView>> {
        Ok(self
            .store()
            .events()
            .after(id, limit)
            .await?
            .into_iter()
            .map(event_view)
            .collect())
    }

    /// Follows events as they become known here: those of this process at once, those of others as soon as the
    /// follower has seen them.
    #[must_use]
    pub fn follow_events(&self) -> tokio::sync::broadcast::Receiver<EventView> {
        self.event_sender().subscribe()
    }
}

pub(crate) fn event_view(record: smartlinks_store::Event) -> EventView {
    EventView {
        id: record.id,
        kind: record.kind,
        connection: record.connection.as_ref().map(ToString::to_string),
        order: record.order,
        at: from_millis(record.at),
        data: serde_json::from_str(&record.data_json).unwrap_or(serde_json::Value::Null),
    }
}
