//! `webhooks …`

use jiff::Timestamp;
use serde_json::json;
use smartlinks_core::webhooks::{
    DeliveryDetail, DeliveryListing, DeliveryPage, DeliveryView, WebhookChange, WebhookDraft,
    WebhookView, WebhookWithSecret,
};

use super::Session;
use crate::cli::webhooks::{CreateArgs, DeliveriesArgs, UpdateArgs, WebhooksCommand};
use crate::failure::Failure;
use crate::output::{facts, plain, table, when};

pub(crate) async fn run(command: WebhooksCommand, session: &Session) -> Result<(), Failure> {
    let (core, output, now) = (&session.core, session.output, session.core.now());
    match command {
        WebhooksCommand::List => output.data(&core.webhooks().await?, |all| list(all, now)),
        WebhooksCommand::Show { id } => {
            output.data(&core.webhook(&id).await?, |one| shown(one, now))
        }
        WebhooksCommand::Create(arguments) => create(arguments, session).await,
        WebhooksCommand::Update(arguments) => update(arguments, session).await,
        WebhooksCommand::Delete { id } => {
            core.delete_webhook(&id).await?;
            output.data(&json!({ "deleted": id }), |_| {
                format!("{} is deleted", plain(&id))
            })
        }
        WebhooksCommand::RotateSecret { id } => {
            let rotated = core.rotate_webhook_secret(&id).await?;
            output.data(&rotated, |rotated| with_secret(rotated, now))
        }
        WebhooksCommand::Enable { id } => {
            output.data(&core.enable_webhook(&id).await?, |one| shown(one, now))
        }
        WebhooksCommand::Disable { id } => {
            output.data(&core.disable_webhook(&id).await?, |one| shown(one, now))
        }
        WebhooksCommand::Test { id } => output.data(&core.test_webhook(&id).await?, queued),
        WebhooksCommand::Deliveries(arguments) => list_deliveries(arguments, session).await,
        WebhooksCommand::Delivery { id } => output
            .data(&core.webhook_delivery(&id).await?, |detail| {
                attempts(detail, now)
            }),
        WebhooksCommand::Resend { id } => output.data(&core.resend_webhook(&id).await?, queued),
    }
}

async fn create(arguments: CreateArgs, session: &Session) -> Result<(), Failure> {
    let draft = WebhookDraft {
        url: arguments.url,
        description: arguments.description,
        events: arguments.events,
    };
    let made = session.core.create_webhook(&draft).await?;
    let now = session.core.now();
    session.output.data(&made, |made| with_secret(made, now))
}

async fn update(arguments: UpdateArgs, session: &Session) -> Result<(), Failure> {
    let events = arguments.events;
    let change = WebhookChange {
        url: arguments.url,
        description: arguments.description,
        events: (!events.is_empty()).then_some(events),
    };
    let changed = session.core.change_webhook(&arguments.id, &change).await?;
    let now = session.core.now();
    session.output.data(&changed, |one| shown(one, now))
}

async fn list_deliveries(arguments: DeliveriesArgs, session: &Session) -> Result<(), Failure> {
    let listing = DeliveryListing {
        state: arguments.state,
        before: arguments.before,
        limit: arguments.limit,
    };
    let core = &session.core;
    let page = core.webhook_deliveries(&arguments.id, &listing).await?;
    let now = core.now();
    session.output.data(&page, |page| deliveries(page, now))?;
    session.output.more("--before", page.next.as_ref());
    Ok(())
}

/// A moment that need not come.
fn moment(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| "–".to_owned(), |at| when(Some(at), now))
}

fn list(webhooks: &[WebhookView], now: Timestamp) -> String {
    if webhooks.is_empty() {
        return "no endpoint is told of anything; make one with `smartlinks webhooks create URL`"
            .to_owned();
    }
    let rows = webhooks.iter().map(|webhook| {
        [
            webhook.id.clone(),
            state(webhook),
            moment(webhook.last_success_at, now),
            smartlinks_core::shortened(&plain(&webhook.url), 60),
        ]
    });
    table(["ENDPOINT", "STATE", "LAST TAKEN", "ADDRESS"], rows)
}

fn state(webhook: &WebhookView) -> String {
    match (&webhook.disabled_reason, webhook.failing_since) {
        (Some(reason), _) => format!("{} ({reason})", webhook.state),
        (None, Some(_)) => format!("{} (failing)", webhook.state),
        (None, None) => webhook.state.clone(),
    }
}

fn rows(webhook: &WebhookView, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("endpoint", webhook.id.clone()),
        ("address", plain(&webhook.url)),
        ("events", webhook.events.join(", ")),
        ("state", state(webhook)),
        ("last taken", moment(webhook.last_success_at, now)),
    ];
    if let Some(description) = &webhook.description {
        rows.push(("description", plain(description)));
    }
    if let Some(failure) = &webhook.last_failure {
        let at = when(webhook.last_failure_at, now);
        rows.push(("last failure", format!("{failure}, {at}")));
    }
    if webhook.failing_since.is_some() {
        rows.push(("failing since", when(webhook.failing_since, now)));
    }
    if webhook.former_secret_until.is_some_and(|until| until > now) {
        rows.push((
            "former secret until",
            when(webhook.former_secret_until, now),
        ));
    }
    rows
}

fn shown(webhook: &WebhookView, now: Timestamp) -> String {
    facts(rows(webhook, now))
}

fn with_secret(made: &WebhookWithSecret, now: Timestamp) -> String {
    let mut rows = rows(&made.webhook, now);
    rows.push(("secret", format!("{} (shown this once)", made.secret)));
    facts(rows)
}

fn queued(delivery: &DeliveryView) -> String {
    format!(
        "{} is queued; a running `smartlinks serve` sends it within seconds",
        delivery.id
    )
}

fn deliveries(page: &DeliveryPage, now: Timestamp) -> String {
    if page.deliveries.is_empty() {
        return "nothing was sent there".to_owned();
    }
    let rows = page.deliveries.iter().map(|delivery| {
        [
            delivery.id.clone(),
            delivery.kind.clone(),
            delivery.state.clone(),
            delivery.attempts.to_string(),
            moment(delivery.next_attempt_at, now),
        ]
    });
    table(["DELIVERY", "EVENT", "STATE", "ATTEMPTS", "NEXT"], rows)
}

fn attempts(detail: &DeliveryDetail, now: Timestamp) -> String {
    let delivery = &detail.delivery;
    let head = facts([
        ("delivery", delivery.id.clone()),
        ("endpoint", delivery.webhook.clone()),
        (
            "event",
            format!("{} (number {})", delivery.kind, delivery.event),
        ),
        ("state", delivery.state.clone()),
        ("next attempt", moment(delivery.next_attempt_at, now)),
    ]);
    if detail.attempts.is_empty() {
        return format!("{head}\n\nno attempt was made yet");
    }
    let rows = detail.attempts.iter().map(|attempt| {
        [
            attempt.number.to_string(),
            when(attempt.at, now),
            format!("{} ms", attempt.duration_ms),
            attempt
                .error
                .clone()
                .or_else(|| attempt.status.map(|status| status.to_string()))
                .unwrap_or_default(),
            attempt.answer.as_deref().map(plain).unwrap_or_default(),
        ]
    });
    let made = table(["ATTEMPT", "WHEN", "TOOK", "RESULT", "ANSWER"], rows);
    format!("{head}\n\n{made}")
}
