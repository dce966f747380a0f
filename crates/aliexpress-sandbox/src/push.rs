//! Push messages: what the platform tells a registered address about orders, signed, at least once.
//!
//! The address comes from [`crate::SandboxConfig::push_url`] alone, never from a request. How bytes get there
//! is passed in as a [`PushSender`].

pub(crate) mod delivery;
pub(crate) mod events;
pub(crate) mod queue;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// One attempt to deliver a message: a `POST` with `Content-Type: application/json`.
#[derive(Clone, PartialEq, Eq)]
pub struct PushRequest {
    /// The registered address, as configured.
    pub url: String,
    /// Value of the `Authorization` header: 64 lower-case hexadecimal digits, the HMAC-SHA256 of app key and
    /// body under the app secret. `None` when a missing signature was ordered.
    pub authorization: Option<String>,
    /// The raw body, which is what was signed.
    pub body: String,
}

/// The signature is left out: with the body it would let others pose as the sandbox.
impl fmt::Debug for PushRequest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PushRequest")
            .field("url", &self.url)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The answer of a [`PushSender`].
pub type PushFuture<'a> = Pin<Box<dyn Future<Output = Result<u16, String>> + Send + 'a>>;

/// Sends push messages.
///
/// An implementation follows no redirect and repeats nothing: both are the sandbox's own business, as is the
/// time a receiver has, after which the future is dropped.
pub trait PushSender: Send + Sync + 'static {
    /// Sends one message and gives the HTTP status of the answer, or why there was none.
    fn send(&self, request: PushRequest) -> PushFuture<'_>;
}

/// `lower_hex(HMAC-SHA256(app secret, app key + raw body))`.
pub(crate) fn authorization(app_key: &str, app_secret: &str, body: &str) -> String {
    // HMAC takes keys of any length, so there is always a result.
    Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mac| {
            let mac = mac.chain_update(app_key).chain_update(body);
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_push_vectors_are_met() {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../tests/fixtures/sign-vectors.json")).unwrap();
        let mut checked = Vec::new();
        for vector in vectors.iter().filter(|it| it["flavour"] == "push") {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let params = &vector["params"];
            let made = authorization(
                &text(&params["app_key"]),
                &text(&vector["app_secret"]),
                &text(&params["body"]),
            );
            assert_eq!(made, text(&vector["sign"]), "{}", vector["name"]);
            checked.push(text(&vector["name"]));
        }
        assert!(
            checked.contains(&"own-push-authorization".to_owned()),
            "{checked:?}"
        );
    }
}
