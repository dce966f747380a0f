//! Messages that AliExpress sends to us: checking where they come from, and reading them.
//!
//! A push is a POST with a JSON body and the header `Authorization`: 64 lower-case hexadecimal digits, the HMAC-SHA256
//! under the app secret of the app key and the raw body. So keep the body as it was received, [`verify`] it, and only
//! then [`parse`](PushMessage::parse) it.
//!
//! What is left to the caller, because it needs a memory or a clock:
//!
//! - **Duplicates.** Delivery is at least once; duplicates are normal. Remember [`dedupe_key`] for seven days and drop
//!   what is known.
//! - **Age.** [`PushMessage::age`] tells a message that is too old or from the future, against a clock that is passed in.
//! - **The answer.** HTTP 200 within 500 ms, whatever the message says; the body is not looked at. Else it is sent again
//!   after 30 minutes, up to 12 times. So write it down, answer, and work on it afterwards.
//!
//! ```
//! use aliexpress::push::{self, OrderStatus, PushData, PushMessage};
//! use aliexpress::{AppKey, AppSecret};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app_key = AppKey::parse("90001234")?;
//! // While the secret is being changed, both count: the newer one first.
//! let secrets = [AppSecret::parse("placeholder-app-secret-0002")?, AppSecret::parse("placeholder-app-secret-0001")?];
//!
//! let body = br#"{"data":{"buyerId":2000000001,"orderId":8100000000000001,"orderStatus":"OrderShipped"},"message_type":53,"seller_id":"2000000001","site":"ae_global","timestamp":1767225600}"#;
//! let header = "78f050ae36d24a0eda076a6401c8011d8df92c4f3df4b9f4f838ef3ffaedda22";
//!
//! let signed_by = push::verify(&app_key, &secrets, body, Some(header))?;
//! assert_eq!(signed_by, 1, "still the older secret");
//!
//! let message = PushMessage::parse(body)?;
//! match &message.data {
//!     PushData::Order(update) if update.status == Some(OrderStatus::Shipped) => {
//!         assert_eq!(update.order_id, 8_100_000_000_000_001);
//!     }
//!     other => println!("{:?}: {other:?}", message.topic),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Sources: "How to use Webhook" on openservice.aliexpress.com (docId 1679) for the order topic and the shape of the
//! message; the signature, the answer and the repeats are documented for the sister platform of the same software, and
//! the signature is used that way by a client of AliExpress.

mod data;
mod message;
mod value;
mod verify;

pub use data::{Expiry, OrderStatus, OrderUpdate, PushData, UnexpectedData};
pub use message::{Age, MAX_AGE, PushError, PushMessage, Topic};
pub use verify::{VerifyError, authorization, dedupe_key, verify};

/// Largest body that is looked at, in bytes. The messages that are documented have a few hundred.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
