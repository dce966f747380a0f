//! A push, read.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::data::PushData;
use super::{MAX_BODY_BYTES, value, verify};

/// How old a message may be: what is older is a repeat of the network or of an attacker, and not the twelfth try, which
/// comes after six hours.
pub const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Why a body is no push message. It never repeats what the body says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The body is larger than any push.
    #[error("the body has {length} bytes; a push has at most {MAX_BODY_BYTES}")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The request has no body.
    #[error("the body is empty")]
    Empty,
    /// The body is no JSON text, or is cut off, or names a field twice.
    #[error("the body is no JSON object of a push (line {line}, column {column})")]
    NotJson {
        /// Line of the first wrong character, counted from 1.
        line: usize,
        /// Its column, counted from 1.
        column: usize,
    },
}

/// Defines the topics once: variant, number, meaning.
macro_rules! topics {
    ($($(#[$docs:meta])* $name:ident = $number:literal,)+) => {
        /// What a message is about (`message_type`). The documentation warns that the numbers may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Topic {
            $($(#[$docs])* $name,)+
            /// Another topic, or none; the number is in [`PushMessage::message_type`].
            Unknown,
        }

        impl Topic {
            /// Every topic that is known, with its number.
            pub const KNOWN: &'static [(Self, i64)] = &[$((Self::$name, $number)),+];
        }
    };
}

topics! {
    /// `DROPSHIPPER_ORDER_STATUS_UPDATE` (53): the status of an order has changed.
    OrderStatus = 53,
    /// `DROPSHIPPER_ORDER_PAYMENT_UPDATE` (51): the payment of an order has changed. Seen in one client.
    OrderPayment = 51,
    /// A parcel has moved (18). Seen in one client.
    LogisticsTracking = 18,
    /// An authorisation ends (65). Seen in one client.
    AuthorizationExpiration = 65,
    /// A token ends within 48 hours (8); sent once a day. Documented for the sister platform.
    TokenExpiry = 8,
    /// The console's test of the address (0). Seen in one client; the sister platform uses it for trade orders.
    Verification = 0,
    /// A message of a buyer or seller (21).
    InstantMessage = 21,
}

impl Topic {
    fn of(message_type: Option<i64>) -> Self {
        let known = Self::KNOWN
            .iter()
            .find(|(_, number)| Some(*number) == message_type);
        known.map_or(Self::Unknown, |(topic, _)| *topic)
    }
}

/// A message of AliExpress. Verify it first: anyone can send one.
#[derive(Clone)]
#[non_exhaustive]
pub struct PushMessage {
    /// What it is about.
    pub topic: Topic,
    /// The number of the topic (`message_type`), known or not.
    pub message_type: Option<i64>,
    /// The account it is about (`seller_id`; the text `null` means none). Personal data.
    pub seller_id: Option<String>,
    /// The site, such as `ae_global`.
    pub site: Option<String>,
    /// When it was made (`timestamp`, in seconds or milliseconds, told apart by size); `None` when it says no instant.
    pub timestamp: Option<Timestamp>,
    /// What it says.
    pub data: PushData,
    raw: Box<str>,
    raw_data: Option<Box<RawValue>>,
}

/// The outer fields; `data` stays as it is written.
#[derive(Deserialize)]
struct Outer {
    message_type: Option<Value>,
    seller_id: Option<Value>,
    site: Option<Value>,
    timestamp: Option<Value>,
    data: Option<Box<RawValue>>,
}

/// How old a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Age {
    /// Within 24 hours of the clock, on either side.
    Fresh,
    /// Older than that: drop it.
    Stale(
        /// By how much it is older than the clock.
        SignedDuration,
    ),
    /// From more than 24 hours ahead: the clock is wrong, or the message is.
    Future(
        /// By how much it is ahead of the clock.
        SignedDuration,
    ),
    /// The message does not say when it was made.
    Unknown,
}

impl PushMessage {
    /// Reads the body of a push.
    ///
    /// Only what is no message at all is an error. A topic that is not known, a field that is missing or has another
    /// form is none: the message is genuine, a refusal would make AliExpress send it again and in the end stop all
    /// pushes. Ids may be numbers or text; the order of the fields does not matter; fields that are not known are
    /// passed over here and kept in [`raw`](Self::raw).
    ///
    /// # Errors
    /// When the body is empty, too large or no JSON object; see [`PushError`].
    pub fn parse(raw_body: &[u8]) -> Result<Self, PushError> {
        if raw_body.len() > MAX_BODY_BYTES {
            let length = raw_body.len();
            return Err(PushError::TooLarge { length });
        }
        if raw_body.trim_ascii().is_empty() {
            return Err(PushError::Empty);
        }
        let not_json = |error: serde_json::Error| PushError::NotJson {
            line: error.line(),
            column: error.column(),
        };
        let raw = str::from_utf8(raw_body).map_err(|error| utf8_position(raw_body, error))?;
        // A struct could be read from a list too.
        if !raw.trim_start().starts_with('{') {
            return Err(PushError::NotJson { line: 1, column: 1 });
        }
        let outer: Outer = serde_json::from_str(raw).map_err(not_json)?;
        Ok(Self::of(raw, outer))
    }

    fn of(raw: &str, outer: Outer) -> Self {
        let message_type = outer.message_type.as_ref().and_then(value::whole);
        let topic = Topic::of(message_type);
        // Data nested deeper than any reader should follow counts as absent; its text is kept.
        let data: Option<Value> = outer
            .data
            .as_deref()
            .and_then(|data| serde_json::from_str(data.get()).ok());
        Self {
            topic,
            message_type,
            seller_id: outer.seller_id.as_ref().and_then(value::text),
            site: outer.site.as_ref().and_then(value::text),
            timestamp: outer.timestamp.as_ref().and_then(value::instant),
            data: PushData::read(topic, data.as_ref()),
            raw: raw.into(),
            raw_data: outer.data,
        }
    }

    /// The whole body as it was received. Personal data.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The JSON text of `data` as it was received; `None` when there is none. Personal data.
    #[must_use]
    pub fn raw_data(&self) -> Option<&str> {
        self.raw_data.as_deref().map(RawValue::get)
    }

    /// What duplicates of this message have in common; see [`dedupe_key`](super::dedupe_key).
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        verify::dedupe_key(self.raw.as_bytes())
    }

    /// How old the message is by a clock, held against [`MAX_AGE`].
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Age {
        let Some(timestamp) = self.timestamp else {
            return Age::Unknown;
        };
        let age = now.duration_since(timestamp);
        if age > MAX_AGE {
            Age::Stale(age)
        } else if -age > MAX_AGE {
            Age::Future(-age)
        } else {
            Age::Fresh
        }
    }
}

fn utf8_position(body: &[u8], error: std::str::Utf8Error) -> PushError {
    let before = &body[..error.valid_up_to()];
    let line_start = before.iter().rposition(|byte| *byte == b'\n');
    PushError::NotJson {
        line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
        column: before.len() - line_start.map_or(0, |newline| newline + 1) + 1,
    }
}

/// Without account and text.
impl fmt::Debug for PushMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushMessage")
            .field("topic", &self.topic)
            .field("message_type", &self.message_type)
            .field("timestamp", &self.timestamp)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
