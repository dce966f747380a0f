//! Webhooks: who is told of events, how they take it, and every attempt.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::deeds::Named;
use crate::page::views::{Frame, Problem, Tab, Tone};

/// How a receiver checks a message, in the fewest lines that do it right. Not translated: it is code.
const EXAMPLE: &str = "\
import base64, hashlib, hmac, time

def verify(secret, headers, body):           # body: the bytes as they came
    message_id, sent_at = headers['webhook-id'], headers['webhook-timestamp']
    if abs(time.time() - int(sent_at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix('whsec_'))
    signed = f'{message_id}.{sent_at}.'.encode() + body
    own = 'v1,' + base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()
    return any(hmac.compare_digest(own, given)
               for given in headers['webhook-signature'].split(' '))
";

/// `GET /aliexpress/webhooks`
#[derive(Debug, Clone, Template)]
#[template(path = "webhooks.html")]
pub struct WebhooksPage {
    /// What every page carries.
    pub frame: Frame,
    /// All endpoints.
    pub endpoints: Vec<Endpoint>,
    /// The form for a new one.
    pub form: WebhookForm,
}

/// `GET /aliexpress/webhooks/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "webhook.html")]
pub struct WebhookPage {
    /// What every page carries.
    pub frame: Frame,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What was sent to it and what waits, the newest event first.
    pub deliveries: Vec<DeliveryLine>,
    /// Where the next page of deliveries begins.
    pub next: Option<i64>,
    /// The form that changes it.
    pub form: WebhookForm,
}

/// The answer to a form that made a secret: shown this once.
#[derive(Clone, Template)]
#[template(path = "webhook_secret.html")]
pub struct WebhookSecretPage {
    /// What every page carries.
    pub frame: Frame,
    /// `wh_…`
    pub id: String,
    /// The address of the endpoint.
    pub url: String,
    /// `whsec_…`
    pub secret: String,
}

impl std::fmt::Debug for WebhookSecretPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecretPage")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What was entered, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct WebhookForm {
    /// The address.
    pub url: String,
    /// The kinds of events that were chosen; none for every kind.
    pub events: Vec<String>,
    /// The description.
    pub description: String,
    /// Why it was not taken.
    pub problem: Option<Problem>,
    /// The precise reason, in English.
    pub detail: String,
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `wh_…`
    pub id: String,
    /// The address that is posted to.
    pub url: String,
    /// The operator's own words.
    pub description: Option<String>,
    /// The kinds of events; `*` for every kind.
    pub events: Vec<String>,
    /// Whether it is told of anything.
    pub active: bool,
    /// `by_hand`, `gone` or `failing`.
    pub disabled_reason: Option<String>,
    /// The first failed attempt since the last good one. Milliseconds.
    pub failing_since_ms: Option<i64>,
    /// When a message was last taken. Milliseconds.
    pub last_success_ms: Option<i64>,
    /// When an attempt last failed. Milliseconds.
    pub last_failure_ms: Option<i64>,
    /// The code of that failure.
    pub last_failure: Option<String>,
    /// Until when the former secret signs as well; none when it does not any more. Milliseconds.
    pub former_secret_until_ms: Option<i64>,
}

/// One delivery with its attempts.
#[derive(Debug, Clone)]
pub struct DeliveryLine {
    /// `msg_…`
    pub id: String,
    /// The kind of the event.
    pub kind: String,
    /// `pending`, `delivered`, `failed` or `given_up`.
    pub state: String,
    /// When the event happened. Milliseconds.
    pub created_ms: Option<i64>,
    /// When the next attempt is due. Milliseconds.
    pub next_attempt_ms: Option<i64>,
    /// The attempts, oldest first.
    pub attempts: Vec<AttemptLine>,
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct AttemptLine {
    /// When. Milliseconds.
    pub at_ms: Option<i64>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status.
    pub status: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

impl WebhooksPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Overview)
    }

    fn title(&self) -> String {
        self.frame.t(Key::WebhooksTitle)
    }

    fn example(&self) -> &'static str {
        EXAMPLE
    }
}

impl WebhookForm {
    /// The form of an endpoint as it is now.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let chosen = |kinds: &[String]| kinds.iter().filter(|kind| *kind != "*").cloned().collect();
        Self {
            url: endpoint.url.clone(),
            events: chosen(&endpoint.events),
            description: endpoint.description.clone().unwrap_or_default(),
            problem: None,
            detail: String::new(),
        }
    }

    fn kinds(&self) -> impl Iterator<Item = &'static str> {
        smartlinks_core::EventKind::offered().map(|kind| kind.as_str())
    }

    fn has(&self, kind: &str) -> bool {
        self.events.iter().any(|chosen| chosen == kind)
    }
}

impl WebhookPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Overview)
    }

    fn title(&self) -> String {
        self.endpoint.url.clone()
    }

    fn action(&self, verb: &str) -> String {
        format!("/aliexpress/webhooks/{}/{verb}", self.endpoint.id)
    }
}

impl WebhookSecretPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Overview)
    }

    fn title(&self) -> String {
        self.frame.t(Key::WebhookSecret)
    }
}

impl Endpoint {
    fn tone(&self) -> Tone {
        match (self.active, self.failing_since_ms, &self.last_success_ms) {
            (false, ..) if self.disabled_reason.as_deref() == Some("by_hand") => Tone::Idle,
            (false, ..) => Tone::Bad,
            (true, Some(_), _) => Tone::Warn,
            (true, None, Some(_)) => Tone::Good,
            (true, None, None) => Tone::Idle,
        }
    }

    fn state(&self) -> Key {
        match (self.active, self.failing_since_ms, &self.last_success_ms) {
            (false, ..) => Key::WebhookStateDisabled,
            (true, Some(_), _) => Key::WebhookStateFailing,
            (true, None, Some(_)) => Key::WebhookStateWell,
            (true, None, None) => Key::WebhookStateNew,
        }
    }

    fn why(&self, frame: &Frame) -> Option<String> {
        let why = match self.disabled_reason.as_deref()? {
            "gone" => Key::WebhookWhyGone,
            "failing" => Key::WebhookWhyFailing,
            _ => Key::WebhookWhyByHand,
        };
        Some(frame.t(why))
    }

    fn every_kind(&self) -> bool {
        self.events.iter().any(|kind| kind == "*")
    }
}

impl DeliveryLine {
    fn tone(&self) -> Tone {
        match self.state.as_str() {
            "delivered" => Tone::Good,
            "pending" if self.attempts.is_empty() => Tone::Current,
            "pending" => Tone::Warn,
            _ => Tone::Bad,
        }
    }

    fn state_key(&self) -> Key {
        match self.state.as_str() {
            "delivered" => Key::DeliveryDelivered,
            "pending" => Key::DeliveryPending,
            "failed" => Key::DeliveryFailed,
            _ => Key::DeliveryGivenUp,
        }
    }
}

impl AttemptLine {
    fn tone(&self) -> Tone {
        match self.error {
            None => Tone::Good,
            Some(_) => Tone::Bad,
        }
    }

    fn result<'a>(&'a self, frame: &Frame) -> Named<'a> {
        match &self.error {
            Some(error) => frame.receiver_reason(error),
            None => frame.receiver_answer(self.status.map(|status| status.to_string()).as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_shows_the_same_example() {
        let document = include_str!("../../../../../docs/webhooks.md");
        assert!(document.contains(super::EXAMPLE), "docs/webhooks.md");
    }
}
