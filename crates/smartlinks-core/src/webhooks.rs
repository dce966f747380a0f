//! Webhooks: telling the merchant's software what happens, after the Standard Webhooks specification.
//!
//! An event is queued for its endpoints in the transaction that stores it, so none is lost and none is invented.
//! Every instance delivers what it can claim. A receiver may see a message twice (when we die between its answer and
//! our note of it) and knows it by its `webhook-id`.

mod address;
mod delivery;
mod endpoints;
mod excerpt;
mod schedule;
mod sender;
mod signature;
mod target;
mod views;

use std::sync::Arc;

pub use address::Targets;
pub(crate) use delivery::Queued;
pub use endpoints::{WebhookChange, WebhookDraft};
pub use sender::{
    Answer, HttpSender, Message, Resolver, RetryAfter, Sender, SystemResolver, Unsent,
};
pub use signature::{InvalidSecret, SigningSecret};
pub use views::{
    DeliveryAttempt, DeliveryDetail, DeliveryListing, DeliveryPage, DeliveryView, WebhookView,
    WebhookWithSecret,
};

/// Where webhooks may go, and how they get there.
#[derive(Clone)]
pub struct WebhookOptions {
    /// Where they may go.
    pub targets: Targets,
    /// What posts them.
    pub sender: Arc<dyn Sender>,
}

impl WebhookOptions {
    /// Posts over HTTP to what `targets` allows, with names resolved by the operating system.
    #[must_use]
    pub fn over_http(targets: Targets) -> Self {
        Self {
            targets,
            sender: Arc::new(HttpSender::new(Arc::new(SystemResolver), targets)),
        }
    }
}
