//! What has happened, in words.

use crate::page::i18n::Key;
use crate::page::views::components::Shape;
use crate::page::views::{Frame, Tone};

/// One line of what has happened.
#[derive(Debug, Clone)]
pub struct EventLine {
    /// When. Milliseconds.
    pub at_ms: i64,
    /// What.
    pub kind: EventKind,
    /// The connection it is about, by the name shown elsewhere.
    pub connection_name: Option<String>,
    /// The order it is about.
    pub order_id: Option<String>,
    /// A code or short further fact.
    pub detail: Option<String>,
}

/// The kinds of events this page has words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// An account was connected for the first time.
    Connected,
    /// An account was authorised again.
    Reconnected,
    /// Tokens were renewed.
    Refreshed,
    /// Refreshing fails for a passing reason.
    Degraded,
    /// Somebody has to sign in again.
    ReauthorizationRequired,
    /// A connection was ended on purpose.
    Disconnected,
    /// An order was added.
    OrderImported,
    /// An order has changed.
    OrderUpdated,
    /// An order was placed.
    OrderPlaced,
    /// An order was not placed.
    OrderRefused,
    /// It is open whether an order exists.
    OrderOutcomeUnknown,
    /// Only a person can find out whether an order exists.
    OrderAwaitingPerson,
    /// Somebody should look at an order.
    OrderStuck,
    /// The token file could not be written.
    TokenFileFailed,
    /// A message of AliExpress was worked on.
    PushReceived,
    /// A message of AliExpress could not be worked on.
    PushFailed,
    /// A message of AliExpress came outside its time.
    PushIgnored,
    /// The sign-in deadline has come a step nearer.
    Expiring,
    /// A webhook endpoint is not told of anything any more.
    WebhookDisabled,
    /// A test event was sent to a webhook.
    WebhookTest,
    /// The name of a connection, or which one is the default, has changed.
    ConnectionChanged,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key was ended.
    ApiKeyRevoked,
    /// A product was imported.
    ProductImported,
    /// An imported product has changed.
    ProductChanged,
    /// AliExpress has changed an imported product.
    ProductDrifted,
    /// A product was removed from the catalogue.
    ProductRemoved,
    /// A price run was put in force.
    PricesApplied,
    /// An import of many products has ended.
    ImportFinished,
    /// A kind without words here; shown by its name.
    Other(String),
}

impl EventKind {
    /// The names the script listens to.
    pub(crate) fn names() -> String {
        let all = smartlinks_core::EventKind::ALL.iter();
        let names: Vec<_> = all.map(|kind| kind.as_str()).collect();
        names.join(" ")
    }

    /// From the stable name, for example `connection.refreshed`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "connection.connected" => Self::Connected,
            "connection.reconnected" => Self::Reconnected,
            "connection.refreshed" => Self::Refreshed,
            "connection.degraded" => Self::Degraded,
            "connection.reauthorization_required" => Self::ReauthorizationRequired,
            "connection.disconnected" => Self::Disconnected,
            "order.imported" => Self::OrderImported,
            "order.updated" => Self::OrderUpdated,
            "order.placed" => Self::OrderPlaced,
            "order.refused" => Self::OrderRefused,
            "order.outcome_unknown" => Self::OrderOutcomeUnknown,
            "order.awaiting_person" => Self::OrderAwaitingPerson,
            "order.stuck" => Self::OrderStuck,
            "token_file.failed" => Self::TokenFileFailed,
            "push.received" => Self::PushReceived,
            "push.failed" => Self::PushFailed,
            "push.ignored" => Self::PushIgnored,
            "connection.expiring" => Self::Expiring,
            "webhook.disabled" => Self::WebhookDisabled,
            "webhook.test" => Self::WebhookTest,
            "connection.changed" => Self::ConnectionChanged,
            "api_key.created" => Self::ApiKeyCreated,
            "api_key.revoked" => Self::ApiKeyRevoked,
            "product.imported" => Self::ProductImported,
            "product.changed" => Self::ProductChanged,
            "product.drifted" => Self::ProductDrifted,
            "product.removed" => Self::ProductRemoved,
            "prices.applied" => Self::PricesApplied,
            "import.finished" => Self::ImportFinished,
            other => Self::Other(other.to_owned()),
        }
    }

    pub(crate) const fn key(&self) -> Option<Key> {
        Some(match self {
            Self::Connected => Key::EventConnected,
            Self::Reconnected => Key::EventReconnected,
            Self::Refreshed => Key::EventRefreshed,
            Self::Degraded => Key::EventDegraded,
            Self::ReauthorizationRequired => Key::EventReauthorizationRequired,
            Self::Disconnected => Key::EventDisconnected,
            Self::OrderImported => Key::EventOrderImported,
            Self::OrderUpdated => Key::EventOrderUpdated,
            Self::OrderPlaced => Key::EventOrderPlaced,
            Self::OrderRefused => Key::EventOrderRefused,
            Self::OrderOutcomeUnknown => Key::EventOrderOutcomeUnknown,
            Self::OrderAwaitingPerson => Key::EventOrderAwaitingPerson,
            Self::OrderStuck => Key::EventOrderStuck,
            Self::TokenFileFailed => Key::EventTokenFileFailed,
            Self::PushReceived => Key::EventPushReceived,
            Self::PushFailed => Key::EventPushFailed,
            Self::PushIgnored => Key::EventPushIgnored,
            Self::Expiring => Key::EventExpiring,
            Self::WebhookDisabled => Key::EventWebhookDisabled,
            Self::WebhookTest => Key::EventWebhookTest,
            Self::ConnectionChanged => Key::EventConnectionChanged,
            Self::ApiKeyCreated => Key::EventApiKeyCreated,
            Self::ApiKeyRevoked => Key::EventApiKeyRevoked,
            Self::ProductImported => Key::EventProductImported,
            Self::ProductChanged => Key::EventProductChanged,
            Self::ProductDrifted => Key::EventProductDrifted,
            Self::ProductRemoved => Key::EventProductRemoved,
            Self::PricesApplied => Key::EventPricesApplied,
            Self::ImportFinished => Key::EventImportFinished,
            Self::Other(_) => return None,
        })
    }

    const fn tone(&self) -> Tone {
        match self {
            Self::Connected | Self::Reconnected | Self::Refreshed | Self::OrderPlaced => Tone::Good,
            Self::OrderAwaitingPerson => Tone::Bad,
            Self::OrderRefused
            | Self::OrderStuck
            | Self::OrderOutcomeUnknown
            | Self::Degraded
            | Self::TokenFileFailed
            | Self::PushFailed
            | Self::PushIgnored
            | Self::Expiring
            | Self::ProductDrifted
            | Self::WebhookDisabled => Tone::Warn,
            Self::ReauthorizationRequired => Tone::Bad,
            _ => Tone::Idle,
        }
    }
}

impl EventLine {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        match (self.kind.key(), &self.kind) {
            (Some(key), _) => frame.t(key),
            (None, EventKind::Other(name)) => name.clone(),
            (None, _) => String::new(),
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape(self.kind.tone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_words_for_every_kind() {
        for kind in smartlinks_core::EventKind::ALL {
            let shown = EventKind::from_name(kind.as_str());
            assert!(shown.key().is_some(), "{}", kind.as_str());
        }
    }
}
