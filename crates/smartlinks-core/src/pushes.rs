//! Messages that AliExpress sends us: believed only with its signature over the raw body, durable before they are
//! acknowledged, taken once, and worked on afterwards.
//!
//! AliExpress waits 500 milliseconds for the answer and repeats what was not acknowledged half an hour later, twelve
//! times. So taking a message costs one signature and one write, whatever it says. What it says only tells us where
//! to look: an order is read again from the gateway, so that messages may come late, twice or in any order.

mod work;

use aliexpress::push::{self, Age, PushMessage, VerifyError};
use serde_json::json;
use smartlinks_store::{NewPush, PushState, Traces};

use crate::clock::to_millis;
use crate::connect::sha256;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;

pub use work::PushWork;

/// Why a message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PushRefusal(#[from] VerifyError);

impl PushRefusal {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.0 {
            VerifyError::TooLarge { .. } => "push_too_large",
            VerifyError::Unsigned => "push_unsigned",
            VerifyError::Malformed | VerifyError::UpperCase => "push_signature_malformed",
            _ => "push_signature_mismatch",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self.0 {
            VerifyError::TooLarge { .. } => "Send less: no message of AliExpress is this large.",
            VerifyError::Unsigned | VerifyError::Malformed | VerifyError::UpperCase => {
                "Sign the raw body as AliExpress does: 64 lower-case hexadecimal digits in the header `authorization`."
            }
            _ => {
                "Check ALIEXPRESS_APP_KEY and ALIEXPRESS_APP_SECRET, and that nothing on the way rewrites the body."
            }
        }
    }
}

/// What became of a message that is genuine. Each is to be acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushTaken {
    /// Stored, to be worked on.
    Stored,
    /// Known: it came before.
    Repeat,
    /// More than a day old, or from more than a day ahead: noted, and nothing is done about it.
    OutOfTime,
}

impl Core {
    /// Takes a message: checks its signature over the raw body against each app secret that counts, and stores it.
    /// Durable when it returns.
    ///
    /// A genuine message is never refused for what it says: AliExpress would send it again and in the end stop
    /// sending.
    ///
    /// # Errors
    /// [`Error::PushRefused`] when it is not signed by AliExpress, [`Error::NotConfigured`], and [`Error::Storage`]
    /// when it could not be kept: then it must not be acknowledged.
    pub async fn take_push(
        &self,
        raw_body: &[u8],
        authorization: Option<&str>,
    ) -> Result<PushTaken> {
        let app = self.app().ready()?;
        let (key, secrets) = (app.client.app_key(), app.secrets());
        let signed_by = push::verify(key, secrets, raw_body, authorization).map_err(PushRefusal)?;
        if signed_by > 0 {
            tracing::info!("AliExpress still signs its messages with a former app secret");
        }
        let message = PushMessage::parse(raw_body).ok();
        let out_of_time = message
            .as_ref()
            .and_then(|message| self.out_of_time(message));
        let message_type = message.as_ref().and_then(|message| message.message_type);
        let traces = match out_of_time {
            Some(why) => {
                let data = json!({ "message_type": message_type, "reason": why });
                Traces::none().event(self.event(EventKind::PushIgnored, None, None, &data))
            }
            None => Traces::none(),
        };
        let new = NewPush {
            hash: sha256(raw_body),
            message_type,
            body: String::from_utf8_lossy(raw_body).into_owned().into(),
            state: match out_of_time {
                Some(_) => PushState::Ignored,
                None => PushState::Waiting,
            },
            outcome: out_of_time.map(str::to_owned),
            received_at: to_millis(self.now()),
        };
        let is_new = self.store().pushes().take_push(new, traces).await?;
        Ok(match (is_new, out_of_time) {
            (false, _) => PushTaken::Repeat,
            (true, Some(_)) => PushTaken::OutOfTime,
            (true, None) => {
                self.inner.push_arrived.notify_one();
                PushTaken::Stored
            }
        })
    }

    /// Whether a message comes outside the day in which it may, in a stable word.
    fn out_of_time(&self, message: &PushMessage) -> Option<&'static str> {
        match message.age(self.now()) {
            Age::Stale(_) => Some("too_old"),
            Age::Future(_) => Some("from_the_future"),
            // One that says no time cannot be held to it; that it is taken once still holds.
            _ => None,
        }
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        Self::PushRefused(PushRefusal(error))
    }
}
