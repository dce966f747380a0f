//! Moments on their way between the SDK (`jiff::Timestamp`) and the database ([`Millis`]).

use jiff::Timestamp;
use smartlinks_store::Millis;

/// Milliseconds since the epoch.
#[must_use]
pub fn to_millis(at: Timestamp) -> Millis {
    Millis(at.as_millisecond())
}

/// The moment, or `None` when the number is outside what a calendar can show.
#[must_use]
pub fn from_millis(at: Millis) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.0).ok()
}
