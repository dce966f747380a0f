//! The use cases around endpoints: what page, API and commands offer.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use smartlinks_store::{
    Change, DeliveryFilter, DisabledReason, Endpoint, EndpointChange, EndpointId, EventFilter,
    NewEndpoint, Traces,
};

use super::views::{self, EVERY};
use super::{
    DeliveryDetail, DeliveryListing, DeliveryPage, DeliveryView, WebhookView, WebhookWithSecret,
    signature, target,
};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::traces::OK;

/// How many endpoints there may be: each costs a look-up per event.
const MOST: usize = 50;
/// How long a former secret goes on signing, in milliseconds.
const OVERLAP_MS: i64 = 24 * 3_600_000;
const DESCRIPTION_LENGTH: usize = 200;

/// An endpoint as a person asks for it.
#[derive(Debug, Clone, Default)]
pub struct WebhookDraft {
    /// The address that is to be posted to.
    pub url: String,
    /// What to write beside it.
    pub description: Option<String>,
    /// The kinds of events; empty or `*` for every kind.
    pub events: Vec<String>,
}

/// What a person changes of an endpoint; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Another address.
    pub url: Option<String>,
    /// Another description; an empty one takes it away.
    pub description: Option<String>,
    /// Other kinds of events, or `*` for every kind.
    pub events: Option<Vec<String>>,
}

impl Core {
    /// Makes an endpoint. Its secret is in the answer and cannot be shown again.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address, description or kind that cannot be used, [`Error::Storage`].
    pub async fn create_webhook(&self, draft: &WebhookDraft) -> Result<WebhookWithSecret> {
        let url = target::checked(&draft.url, self.webhook_targets())?;
        let description = description(draft.description.as_deref())?;
        let events = filter(&draft.events)?;
        if self.store().webhooks().endpoints().await?.len() >= MOST {
            return Err(Error::WebhookRefused(format!(
                "there are {MOST} endpoints already; delete one that is not used"
            )));
        }
        let now = to_millis(self.now());
        let secret = signature::generate(self.entropy())?;
        let new = NewEndpoint {
            id: EndpointId::generate(now, self.entropy())
                .map_err(|error| Error::Internal(error.to_string()))?,
            url: url.into(),
            description,
            events,
            secret: secret.clone(),
        };
        let change = self.webhook_change(
            "webhook.created",
            &new.id,
            &json!({ "url": host(&new.url) }),
        );
        let endpoint = self.store().webhooks().add_endpoint(new, change).await?;
        Ok(with_secret(endpoint, &secret))
    }

    /// All endpoints, in the order in which they were made.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn webhooks(&self) -> Result<Vec<WebhookView>> {
        let endpoints = self.store().webhooks().endpoints().await?;
        Ok(endpoints.into_iter().map(views::webhook).collect())
    }

    /// One endpoint.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn webhook(&self, id: &str) -> Result<WebhookView> {
        Ok(views::webhook(self.endpoint(id).await?))
    }

    /// Changes address, description or kinds of events.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn change_webhook(&self, id: &str, wanted: &WebhookChange) -> Result<WebhookView> {
        let id = parsed(id)?;
        let url = wanted.url.as_deref();
        let url = url.map(|url| target::checked(url, self.webhook_targets()));
        let given = wanted.description.as_deref();
        let to = EndpointChange {
            url: url.transpose()?.map(Into::into),
            description: given.map(|given| description(Some(given))).transpose()?,
            events: wanted.events.as_deref().map(other_kinds).transpose()?,
        };
        let data = json!({ "url": to.url.as_deref().map(host) });
        let change = self.webhook_change("webhook.changed", &id, &data);
        let changed = self
            .store()
            .webhooks()
            .change_endpoint(&id, to, change)
            .await?;
        changed
            .map(views::webhook)
            .ok_or_else(|| Error::UnknownWebhook(id.to_string()))
    }

    /// Deletes an endpoint with its secrets and everything that was on its way to it.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn delete_webhook(&self, id: &str) -> Result<()> {
        let id = parsed(id)?;
        let change = self.webhook_change("webhook.deleted", &id, &json!({}));
        match self.store().webhooks().remove_endpoint(&id, change).await? {
            true => Ok(()),
            false => Err(Error::UnknownWebhook(id.to_string())),
        }
    }

    /// Gives an endpoint a new secret, which is in the answer and cannot be shown again. For a day messages carry
    /// a signature of the former secret too, so that the receiver can change over.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::WebhookRefused`] when another rotation was faster or the former secret
    /// still signs, [`Error::Storage`].
    pub async fn rotate_webhook_secret(&self, id: &str) -> Result<WebhookWithSecret> {
        let endpoint = self.endpoint(id).await?;
        let still = endpoint
            .former_secret_until
            .filter(|until| *until > to_millis(self.now()))
            .and_then(from_millis);
        if let Some(until) = still {
            return Err(Error::WebhookRefused(format!(
                "its secret was rotated less than a day ago, and the former one signs until {until}, which another \
                 rotation would end at once. Wait until then, or make a new endpoint and delete this one"
            )));
        }
        let (id, version) = (endpoint.id, endpoint.secret_version);
        let secret = signature::generate(self.entropy())?;
        let change = self.webhook_change("webhook.secret_rotated", &id, &json!({}));
        let until = change.now.plus(OVERLAP_MS);
        let rotated = self
            .store()
            .webhooks()
            .rotate_secret(&id, version, secret.clone(), until, change)
            .await?;
        match rotated {
            Some(endpoint) => Ok(with_secret(endpoint, &secret)),
            None => Err(Error::WebhookRefused(
                "its secret was replaced by somebody else at this moment".into(),
            )),
        }
    }

    /// Lets an endpoint be told of what happens from now on.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn enable_webhook(&self, id: &str) -> Result<WebhookView> {
        let id = parsed(id)?;
        let change = self.webhook_change("webhook.enabled", &id, &json!({}));
        self.store().webhooks().enable_endpoint(&id, change).await?;
        self.webhook(id.as_str()).await
    }

    /// Ends what is on its way to an endpoint and tells it nothing more.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn disable_webhook(&self, id: &str) -> Result<WebhookView> {
        let id = parsed(id)?;
        let reason = DisabledReason::ByHand;
        let change = Change {
            now: to_millis(self.now()),
            traces: self.disabled_traces(&id, reason),
        };
        let webhooks = self.store().webhooks();
        if webhooks.disable_endpoint(&id, reason, change).await? {
            self.announce().await;
        }
        self.webhook(id.as_str()).await
    }

    /// Queues a test event for one endpoint, whatever kinds it is told of.
    ///
    /// # Errors
    /// [`Error::UnknownWebhook`], [`Error::WebhookRefused`] when it is disabled, [`Error::Storage`].
    pub async fn test_webhook(&self, id: &str) -> Result<DeliveryView> {
        let id = parsed(id)?;
        let event = self.event(
            EventKind::WebhookTest,
            None,
            None,
            &json!({ "webhook": id }),
        );
        let entry = self.audit_entry("webhook.tested", None, Some(id.as_str()), OK, &json!({}));
        let traces = Traces::none().audit(entry);
        let queued = self
            .store()
            .webhooks()
            .queue_for(&id, event, traces)
            .await?;
        let Some(message) = queued else {
            let endpoint = self.endpoint(id.as_str()).await?;
            return Err(Error::WebhookRefused(format!(
                "{} is disabled",
                endpoint.id
            )));
        };
        self.announce().await;
        Ok(self.webhook_delivery(&message).await?.delivery)
    }

    /// The deliveries of an endpoint, the newest event first.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownWebhook`], [`Error::Storage`].
    pub async fn webhook_deliveries(
        &self,
        id: &str,
        listing: &DeliveryListing,
    ) -> Result<DeliveryPage> {
        let endpoint = self.endpoint(id).await?;
        let limit = listing.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Error::invalid(
                "limit",
                format!("{limit} is not between 1 and 200"),
            ));
        }
        let state = listing.state.as_deref().filter(|state| !state.is_empty());
        let state = state.map(str::parse).transpose().map_err(|_| {
            Error::invalid(
                "state",
                "not one of pending, delivered, failed and given_up",
            )
        })?;
        let filter = DeliveryFilter {
            state,
            before_event: listing.before,
        };
        let found = self
            .store()
            .webhooks()
            .deliveries(&endpoint.id, filter, limit)
            .await?;
        let full = found.len() == limit as usize;
        Ok(DeliveryPage {
            next: found.last().filter(|_| full).map(|last| last.event_id),
            deliveries: found.into_iter().map(views::delivery).collect(),
        })
    }

    /// One delivery with its attempts.
    ///
    /// # Errors
    /// [`Error::UnknownDelivery`], [`Error::Storage`].
    pub async fn webhook_delivery(&self, id: &str) -> Result<DeliveryDetail> {
        let id = delivery_id(id)?;
        match self.store().webhooks().delivery(id).await? {
            Some((delivery, attempts)) => Ok(DeliveryDetail {
                delivery: views::delivery(delivery),
                attempts: attempts.into_iter().map(views::attempt).collect(),
            }),
            None => Err(Error::UnknownDelivery(crate::text::shortened(id, 80))),
        }
    }

    /// Sends a delivery once more, whatever became of it; its attempts start anew.
    ///
    /// # Errors
    /// [`Error::UnknownDelivery`], [`Error::WebhookRefused`] when its endpoint is disabled, it is being sent at
    /// this moment, or its event was forgotten; [`Error::Storage`].
    pub async fn resend_webhook(&self, id: &str) -> Result<DeliveryView> {
        let id = delivery_id(id)?;
        let entry = self.audit_entry("webhook.resent", None, Some(id), OK, &json!({}));
        let change = Change {
            now: to_millis(self.now()),
            traces: Traces::none().audit(entry),
        };
        let resent = self.store().webhooks().resend(id, change).await?;
        let delivery = self.webhook_delivery(id).await?.delivery;
        if resent {
            self.inner.webhooks.queued.notify_one();
            return Ok(delivery);
        }
        let why = match self.webhook(&delivery.webhook).await?.is_active() {
            false => "its endpoint is disabled; enable it first",
            true => "it is being sent at this moment, or its event is older than what is kept",
        };
        Err(Error::WebhookRefused(why.into()))
    }

    /// How many deliveries wait for their first or next attempt.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn webhook_backlog(&self) -> Result<i64> {
        Ok(self.store().webhooks().delivery_backlog().await?)
    }

    async fn endpoint(&self, id: &str) -> Result<Endpoint> {
        let id = parsed(id)?;
        let found = self.store().webhooks().endpoint(&id).await?;
        found.ok_or_else(|| Error::UnknownWebhook(id.to_string()))
    }

    fn webhook_change(&self, action: &str, id: &EndpointId, data: &Value) -> Change {
        let entry = self.audit_entry(action, None, Some(id.as_str()), OK, data);
        Change {
            now: to_millis(self.now()),
            traces: Traces::none().audit(entry),
        }
    }

    /// What is left behind when an endpoint is disabled: the other endpoints are told, and the log says by whom.
    pub(super) fn disabled_traces(&self, id: &EndpointId, reason: DisabledReason) -> Traces {
        let data = json!({ "webhook": id, "reason": reason.as_str() });
        let kind = EventKind::WebhookDisabled;
        let entry = self.audit_entry(kind.as_str(), None, Some(id.as_str()), OK, &data);
        Traces::none()
            .event(self.event(kind, None, None, &data))
            .audit(entry)
    }
}

fn parsed(id: &str) -> Result<EndpointId> {
    id.parse()
        .map_err(|_| Error::UnknownWebhook(crate::text::shortened(id, 64)))
}

fn with_secret(endpoint: Endpoint, secret: &secrecy::SecretString) -> WebhookWithSecret {
    WebhookWithSecret {
        webhook: views::webhook(endpoint),
        secret: secret.expose_secret().to_owned(),
    }
}

/// Only the host goes into the log: a path may hold a capability of the receiver.
fn host(url: &str) -> String {
    let url = url::Url::parse(url);
    url.ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn description(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > DESCRIPTION_LENGTH {
        let message = format!("longer than {DESCRIPTION_LENGTH} characters");
        return Err(Error::invalid("description", message));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(
            "description",
            "holds a line break or another control character",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// Kinds in the place of others. None at all is a mistake: nobody asks for every kind in that way.
fn other_kinds(kinds: &[String]) -> Result<EventFilter> {
    match kinds.iter().any(|kind| !kind.trim().is_empty()) {
        true => filter(kinds),
        false => Err(Error::invalid(
            "events",
            "names no kind of event; name some, or * for every one, or disable the endpoint",
        )),
    }
}

fn filter(kinds: &[String]) -> Result<EventFilter> {
    let kinds: BTreeSet<String> = kinds
        .iter()
        .map(|kind| kind.trim().to_owned())
        .filter(|kind| !kind.is_empty())
        .collect();
    if kinds.is_empty() || kinds.contains(EVERY) {
        return Ok(EventFilter::All);
    }
    let all: Vec<&str> = EventKind::offered().map(EventKind::as_str).collect();
    match kinds.iter().find(|kind| !all.contains(&kind.as_str())) {
        Some(unknown) => Err(Error::invalid(
            "events",
            format!(
                "{:?} is no kind of event; the kinds are {}, and * for every one",
                crate::text::shortened(unknown, 40),
                all.join(", ")
            ),
        )),
        None => Ok(EventFilter::Only(kinds)),
    }
}

/// What may be the id of a delivery; anything else is the id of none.
fn delivery_id(text: &str) -> Result<&str> {
    let fine = text.len() <= 80
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    fine.then_some(text)
        .ok_or_else(|| Error::UnknownDelivery(crate::text::shortened(text, 80)))
}
