//! The name of an intent.

use crate::ids::id;

id! {
    /// The name of an order that somebody wants placed: `intent_` and a UUIDv7.
    IntentId: "intent_",
    /// The text is not the id of an intent.
    InvalidIntentId: "the id of an order intent is `intent_` followed by a UUID, as placing an order answers it",
}
