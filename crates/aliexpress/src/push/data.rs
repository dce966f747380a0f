//! What the `data` of each topic says.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::message::Topic;
use super::value;

/// The `data` of a message by its topic.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushData {
    /// An order has changed ([`Topic::OrderStatus`], [`Topic::OrderPayment`]).
    Order(OrderUpdate),
    /// A parcel of an order has moved ([`Topic::LogisticsTracking`]). Only the order is typed: what else the message
    /// says is published nowhere. Ask for the tracking itself.
    Logistics(OrderUpdate),
    /// An authorisation ends or has ended ([`Topic::AuthorizationExpiration`], [`Topic::TokenExpiry`]).
    Expiry(Expiry),
    /// The console's test of the address ([`Topic::Verification`]); answer 200. What it holds is published nowhere.
    Verification,
    /// A topic without typed data; read [`PushMessage::raw_data`](super::PushMessage::raw_data).
    Untyped,
    /// A known topic whose data is not as documented. The message is genuine all the same, and whole in
    /// [`PushMessage::raw_data`](super::PushMessage::raw_data).
    Unexpected(UnexpectedData),
}

/// What was wrong with the data of a known topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` of the message: {problem}")]
pub struct UnexpectedData {
    /// The field, such as `data.orderId`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// An order that has changed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderUpdate {
    /// The order (`orderId`).
    pub order_id: i64,
    /// The buyer's account (`buyerId`). Personal data.
    pub buyer_id: Option<i64>,
    /// What happened to the order (`orderStatus`).
    pub status: Option<OrderStatus>,
}

/// Without the buyer.
impl fmt::Debug for OrderUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderUpdate")
            .field("order_id", &self.order_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// An authorisation and its end.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expiry {
    /// The app that was authorised (`app_key`).
    pub app_key: Option<String>,
    /// When the authorisation ends (`auth_expiry_time`, in seconds or milliseconds).
    pub expires_at: Option<Timestamp>,
    /// The account that has authorised the app (`seller_id` of the data). Personal data.
    pub seller_id: Option<String>,
}

/// Without the account.
impl fmt::Debug for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expiry")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Defines the statuses once: variant, wire text, meaning.
macro_rules! order_statuses {
    ($($(#[$docs:meta])* $name:ident = $text:literal,)+) => {
        /// What happened to an order. These are the words of pushes; those of the order itself are
        /// [`dropshipping::OrderStatus`](crate::dropshipping::OrderStatus). Open: a status that is not
        /// listed is kept as its text.
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum OrderStatus {
            $($(#[$docs])* $name,)+
            /// A status that is in no list.
            Other(
                /// Its text.
                String,
            ),
        }

        impl OrderStatus {
            /// Every status that is documented.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),+];

            /// The text of AliExpress.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for OrderStatus {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$name,)+
                    _ => Self::Other(text),
                }
            }
        }
    };
}

order_statuses! {
    /// Placed, not paid.
    Created = "OrderCreated",
    /// Paid.
    PaymentAuthorized = "PaymentAuthorized",
    /// The payment has failed. The only one that starts with a small letter.
    PaymentFailed = "paymentFailedEvent",
    /// Shipped.
    Shipped = "OrderShipped",
    /// Received and confirmed.
    Confirmed = "OrderConfirmed",
    /// Closed: cancelled or never paid.
    Closed = "OrderClosed",
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Known words only: what is in no list may be anything.
impl fmt::Debug for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other(_) => "Other(***)",
            known => known.as_str(),
        })
    }
}

impl PushData {
    /// Reads `data`. What is not as documented does not cost the message.
    pub(super) fn read(topic: Topic, data: Option<&Value>) -> Self {
        let typed = match topic {
            Topic::OrderStatus | Topic::OrderPayment => order(data).map(Self::Order),
            Topic::LogisticsTracking => order(data).map(Self::Logistics),
            Topic::AuthorizationExpiration | Topic::TokenExpiry => expiry(data).map(Self::Expiry),
            Topic::Verification => Ok(Self::Verification),
            Topic::InstantMessage | Topic::Unknown => Ok(Self::Untyped),
        };
        typed.unwrap_or_else(Self::Unexpected)
    }
}

fn order(data: Option<&Value>) -> Result<OrderUpdate, UnexpectedData> {
    let data = object(data)?;
    let id = |field, name| {
        let value = data.get(name).unwrap_or(&Value::Null);
        value::id(value).map_err(|problem| UnexpectedData { field, problem })
    };
    Ok(OrderUpdate {
        order_id: id("data.orderId", "orderId")?,
        buyer_id: id("data.buyerId", "buyerId").ok(),
        status: text(data, "orderStatus").map(OrderStatus::from),
    })
}

fn expiry(data: Option<&Value>) -> Result<Expiry, UnexpectedData> {
    let data = object(data)?;
    Ok(Expiry {
        app_key: text(data, "app_key"),
        expires_at: data.get("auth_expiry_time").and_then(value::instant),
        seller_id: text(data, "seller_id"),
    })
}

fn object(data: Option<&Value>) -> Result<&Map<String, Value>, UnexpectedData> {
    let wrong = |problem| UnexpectedData {
        field: "data",
        problem,
    };
    data.ok_or(wrong("it is missing"))?
        .as_object()
        .ok_or(wrong("it is no object"))
}

fn text(data: &Map<String, Value>, name: &str) -> Option<String> {
    data.get(name).and_then(value::text)
}
