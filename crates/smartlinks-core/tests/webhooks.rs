//! Webhooks as a receiver sees them: signed, repeated, slowed down, given up, and shown. The clock stands still
//! until it is moved.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use serde_json::Value;
use smartlinks_core::webhooks::{
    Answer, DeliveryListing, DeliveryView, Message, RetryAfter, Sender, SigningSecret, Unsent,
    WebhookChange, WebhookDraft, WebhookWithSecret,
};
use smartlinks_core::{Core, Error};
use testkit::app::App;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Receivers by the host of their address: what they answer, and what has come.
#[derive(Default)]
struct Receivers {
    answers: Mutex<HashMap<String, Result<Answer, Unsent>>>,
    came: Mutex<Vec<(String, Message)>>,
    /// Woken by each message.
    arrival: Notify,
    /// Messages to `slow.example` wait for it.
    slow: Notify,
}

fn answer(status: u16) -> Result<Answer, Unsent> {
    Ok(Answer {
        status,
        retry_after: None,
        body: b"received".to_vec(),
    })
}

impl Receivers {
    fn new() -> Arc<Self> {
        Arc::default()
    }

    fn sender(self: &Arc<Self>) -> Arc<dyn Sender> {
        Arc::clone(self) as Arc<dyn Sender>
    }

    /// From now on the host answers so.
    fn let_answer(&self, host: &str, answer: Result<Answer, Unsent>) {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(host.to_owned(), answer);
    }

    fn came_to(&self, host: &str) -> Vec<Message> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.iter()
            .filter(|(to, _)| to == host)
            .map(|(_, message)| message.clone())
            .collect()
    }

    /// Waits until `count` messages have come to a host.
    async fn wait_for(&self, host: &str, count: usize) -> Vec<Message> {
        loop {
            let woken = self.arrival.notified();
            let came = self.came_to(host);
            if came.len() >= count {
                return came;
            }
            woken.await;
        }
    }
}

#[async_trait]
impl Sender for Receivers {
    async fn post(&self, url: &Url, message: Message) -> Result<Answer, Unsent> {
        let host = url.host_str().unwrap_or_default().to_owned();
        self.came
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((host.clone(), message));
        self.arrival.notify_waiters();
        if host == "slow.example" {
            self.slow.notified().await;
        }
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(&host).cloned().unwrap_or_else(|| answer(204))
    }
}

async fn endpoint(app: &App, host: &str, events: &[&str]) -> Result<WebhookWithSecret> {
    let draft = WebhookDraft {
        url: format!("https://{host}/hook"),
        description: None,
        events: events.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    Ok(app.core.create_webhook(&draft).await?)
}

async fn deliveries(core: &Core, id: &str) -> Result<Vec<DeliveryView>> {
    let listing = DeliveryListing::default();
    Ok(core.webhook_deliveries(id, &listing).await?.deliveries)
}

async fn the_delivery(core: &Core, id: &str) -> Result<DeliveryView> {
    let mut all = deliveries(core, id).await?;
    anyhow::ensure!(all.len() == 1, "{all:?}");
    all.pop().context("no delivery")
}

fn verifies(secret: &str, message: &Message) -> Result<bool> {
    let Message {
        id,
        timestamp,
        signature,
        body,
    } = message;
    Ok(SigningSecret::parse(secret)?.verifies(id, *timestamp, body, signature))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_arrives_signed_at_those_who_asked() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let shop = endpoint(&app, "shop.example", &["connection.connected"]).await?;
    let other = endpoint(&app, "other.example", &["order.updated"]).await?;
    let connection = app.connect().await?;
    app.core.refresh_now(&connection).await?;
    app.core.deliver_due_webhooks(&receivers.sender()).await?;

    assert!(receivers.came_to("other.example").is_empty());
    let came = receivers.came_to("shop.example");
    assert_eq!(came.len(), 1);
    assert!(verifies(&shop.secret, &came[0])?);
    assert!(!verifies(&other.secret, &came[0])?);
    assert_eq!(came[0].timestamp, app.core.now().as_second());
    let body: Value = serde_json::from_slice(&came[0].body)?;
    assert_eq!(body["type"], "connection.connected");
    assert_eq!(body["timestamp"], app.core.now().to_string());
    assert_eq!(body["data"]["connection"], connection);
    let delivery = the_delivery(&app.core, &shop.webhook.id).await?;
    assert_eq!(
        (delivery.id.as_str(), delivery.state.as_str()),
        (came[0].id.as_str(), "delivered")
    );
    let attempts = app.core.webhook_delivery(&delivery.id).await?.attempts;
    assert_eq!((attempts.len(), attempts[0].status), (1, Some(204)));
    assert_eq!(attempts[0].answer.as_deref(), Some("received"));
    Ok(())
}

/// R29: ten attempts over three days, each visible, and then it is given up; a person may send it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_receiver_is_tried_for_three_days_and_given_up() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let shop = endpoint(&app, "shop.example", &["connection.connected"]).await?;
    receivers.let_answer("shop.example", answer(500));
    app.connect().await?;
    let begun = app.core.now();
    for attempts in 1..=10 {
        app.core.deliver_due_webhooks(&receivers.sender()).await?;
        app.core.deliver_due_webhooks(&receivers.sender()).await?;
        let delivery = the_delivery(&app.core, &shop.webhook.id).await?;
        assert_eq!(delivery.attempts, attempts, "one attempt when it is due");
        let Some(next) = delivery.next_attempt_at else {
            assert_eq!((attempts, delivery.state.as_str()), (10, "given_up"));
            break;
        };
        let wait = next.duration_since(app.core.now());
        assert!(wait.as_secs() >= 5, "{wait:?}");
        app.advance(wait.as_secs() + 1);
    }
    let taken = app.core.now().duration_since(begun).as_secs();
    assert!((3 * DAY..4 * DAY).contains(&taken), "{taken}");
    let came = receivers.came_to("shop.example");
    assert_eq!(came.len(), 10);
    for message in &came {
        assert_eq!((&message.id, &message.body), (&came[0].id, &came[0].body));
        assert!(
            verifies(&shop.secret, message)?,
            "signed anew at its own moment"
        );
    }
    let detail = app.core.webhook_delivery(&came[0].id).await?;
    let errors: Vec<_> = detail
        .attempts
        .iter()
        .map(|attempt| attempt.error.as_deref())
        .collect();
    assert_eq!(errors, [Some("http_500"); 10]);
    let health = app.core.webhook(&shop.webhook.id).await?;
    assert_eq!(health.failing_since, Some(begun));
    assert!(health.is_active());

    receivers.let_answer("shop.example", answer(200));
    app.core.resend_webhook(&came[0].id).await?;
    app.core.deliver_due_webhooks(&receivers.sender()).await?;
    let delivery = the_delivery(&app.core, &shop.webhook.id).await?;
    assert_eq!(
        (delivery.attempts, delivery.state.as_str()),
        (11, "delivered")
    );
    assert_eq!(
        app.core.webhook(&shop.webhook.id).await?.failing_since,
        None
    );
    Ok(())
}

/// R29.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_the_receiver_asks_for_is_kept() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let shop = endpoint(&app, "shop.example", &["connection.connected"]).await?;
    let now = app.core.now();
    let asked = [
        RetryAfter::In(Duration::from_secs(3600)),
        RetryAfter::At(now + Duration::from_secs(2 * 3600)),
    ];
    app.connect().await?;
    for (asked, due) in asked.into_iter().zip([HOUR, 2 * HOUR]) {
        receivers.let_answer(
            "shop.example",
            Ok(Answer {
                status: 429,
                retry_after: Some(asked),
                body: Vec::new(),
            }),
        );
        app.core.deliver_due_webhooks(&receivers.sender()).await?;
        let delivery = the_delivery(&app.core, &shop.webhook.id).await?;
        let next = delivery.next_attempt_at.context("not tried again")?;
        assert_eq!(next.duration_since(now).as_secs(), due);
        app.advance(HOUR);
    }
    Ok(())
}

/// R29: 410 disables at once; the others hear of it, and nothing more is queued.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_disabled_at_once() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let gone = endpoint(&app, "gone.example", &[]).await?.webhook.id;
    let other = endpoint(&app, "other.example", &["webhook.disabled"]).await?;
    receivers.let_answer("gone.example", answer(410));
    let connection = app.connect().await?;
    app.core.deliver_due_webhooks(&receivers.sender()).await?;
    app.core.refresh_now(&connection).await?;
    app.core.deliver_due_webhooks(&receivers.sender()).await?;

    assert_eq!(receivers.came_to("gone.example").len(), 1);
    let view = app.core.webhook(&gone).await?;
    assert_eq!(
        (view.state.as_str(), view.disabled_reason.as_deref()),
        ("disabled", Some("gone"))
    );
    let delivery = the_delivery(&app.core, &gone).await?;
    assert_eq!(delivery.state, "failed");
    let told = receivers.came_to("other.example");
    assert_eq!(told.len(), 1);
    assert!(verifies(&other.secret, &told[0])?);
    let body: Value = serde_json::from_slice(&told[0].body)?;
    assert_eq!(body["data"]["details"]["reason"], "gone");
    for refused in [
        app.core.resend_webhook(&delivery.id).await.err(),
        app.core.test_webhook(&gone).await.err(),
    ] {
        let refused = refused.context("something was queued for a disabled endpoint")?;
        assert!(matches!(refused, Error::WebhookRefused(_)), "{refused}");
    }
    assert!(app.core.enable_webhook(&gone).await?.is_active());
    receivers.let_answer("gone.example", answer(200));
    app.core.resend_webhook(&delivery.id).await?;
    app.core.deliver_due_webhooks(&receivers.sender()).await?;
    assert_eq!(the_delivery(&app.core, &gone).await?.state, "delivered");
    Ok(())
}

/// R29: whoever takes nothing for days is disabled, and a person is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_for_days_is_disabled() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let shop = endpoint(&app, "shop.example", &[]).await?.webhook.id;
    receivers.let_answer("shop.example", Err(Unsent::Timeout));
    for day in 0..=5 {
        assert!(app.core.webhook(&shop).await?.is_active(), "day {day}");
        app.core.test_webhook(&shop).await?;
        app.core.deliver_due_webhooks(&receivers.sender()).await?;
        app.advance(DAY);
    }
    let view = app.core.webhook(&shop).await?;
    assert_eq!(view.disabled_reason.as_deref(), Some("failing"));
    assert_eq!(view.last_failure.as_deref(), Some("timeout"));
    let events = app.core.latest_events(1).await?;
    assert_eq!(events[0].kind, "webhook.disabled");
    assert_eq!(app.core.webhook_backlog().await?, 0);
    Ok(())
}

/// R29: where little happens, an outage of long ago does not make one hiccup of today the end; and what this server
/// could not send is not the receiver's failing.
#[tokio::test(flavor = "multi_thread")]
async fn one_hiccup_after_an_outage_disables_nobody() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let shop = endpoint(&app, "shop.example", &[]).await?.webhook.id;
    receivers.let_answer("shop.example", answer(503));
    app.core.test_webhook(&shop).await?;
    while attempted(&app, &receivers, &shop).await? == "pending" {}
    assert_eq!(the_delivery(&app.core, &shop).await?.state, "given_up");
    let since = app.core.webhook(&shop).await?.failing_since;
    assert!(since.is_some());
    app.advance(7 * DAY);
    app.core.test_webhook(&shop).await?;
    assert_eq!(attempted(&app, &receivers, &shop).await?, "pending");
    let view = app.core.webhook(&shop).await?;
    assert!(view.is_active() && view.failing_since == since, "{view:?}");
    receivers.let_answer("shop.example", Err(Unsent::Unable("no HTTP client")));
    for _ in 0..6 {
        assert_eq!(attempted(&app, &receivers, &shop).await?, "pending");
    }
    let view = app.core.webhook(&shop).await?;
    assert_eq!(view.last_failure.as_deref(), Some("http_503"));
    assert!(view.is_active(), "{view:?}");
    receivers.let_answer("shop.example", answer(200));
    assert_eq!(attempted(&app, &receivers, &shop).await?, "delivered");
    assert_eq!(app.core.webhook(&shop).await?.failing_since, None);
    Ok(())
}

/// Lets the latest delivery be attempted once, when it is due; gives its state.
async fn attempted(app: &App, receivers: &Arc<Receivers>, endpoint: &str) -> Result<String> {
    let latest = async || {
        let latest = deliveries(&app.core, endpoint).await?.into_iter().next();
        latest.context("no delivery")
    };
    if let Some(due) = latest().await?.next_attempt_at {
        app.advance(due.duration_since(app.core.now()).as_secs() + 1);
    }
    app.core.deliver_due_webhooks(&receivers.sender()).await?;
    Ok(latest().await?.state)
}

/// R29: while one receiver lets everybody wait, the others get what is theirs at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_delays_nobody_else() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    endpoint(&app, "slow.example", &[]).await?;
    endpoint(&app, "quick.example", &[]).await?;
    let stop = CancellationToken::new();
    let (_still, moved) = watch::channel(0);
    let worker = {
        let (core, sender, stop) = (app.core.clone(), receivers.sender(), stop.clone());
        tokio::spawn(async move { core.run_webhooks(sender, stop, moved).await })
    };
    let connection = app.connect().await?;
    receivers.wait_for("slow.example", 1).await;
    for happened in 2..10 {
        let name = format!("name {happened}");
        app.core.set_label(&connection, Some(&name)).await?;
        receivers.wait_for("quick.example", happened).await;
    }
    assert!(
        receivers.came_to("slow.example").len() <= 4,
        "no more than are on their way at a time"
    );
    // Stopping waits for what is under way, and leaves the rest for the next start.
    stop.cancel();
    assert!(!worker.is_finished());
    loop {
        receivers.slow.notify_waiters();
        if worker.is_finished() {
            break;
        }
        tokio::task::yield_now().await;
    }
    worker.await?;
    assert!(app.core.webhook_backlog().await? > 0);
    Ok(())
}

/// R29: of two instances over one database, one delivers each message.
#[tokio::test(flavor = "multi_thread")]
async fn two_instances_deliver_each_message_once() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let beside = app.beside().await?;
    let shop = endpoint(&app, "shop.example", &[]).await?.webhook.id;
    for _ in 0..30 {
        app.core.test_webhook(&shop).await?;
    }
    let sender = receivers.sender();
    tokio::try_join!(
        app.core.deliver_due_webhooks(&sender),
        beside.core.deliver_due_webhooks(&sender)
    )?;
    let mut ids: Vec<String> = receivers
        .came_to("shop.example")
        .into_iter()
        .map(|message| message.id)
        .collect();
    assert_eq!(ids.len(), 30);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30);
    assert_eq!(app.core.webhook_backlog().await?, 0);
    Ok(())
}

/// R28: while a secret rotates, receivers that know either can verify; afterwards only the new one counts.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_rotates_both_verify() -> Result<()> {
    let (app, receivers) = (App::start().await?, Receivers::new());
    let made = endpoint(&app, "shop.example", &[]).await?;
    let id = made.webhook.id.as_str();
    let rotated = app.core.rotate_webhook_secret(id).await?;
    assert_ne!(rotated.secret, made.secret);
    for (after, former) in [(0, true), (25 * HOUR, false)] {
        app.advance(after);
        app.core.test_webhook(id).await?;
        app.core.deliver_due_webhooks(&receivers.sender()).await?;
        let came = receivers.came_to("shop.example");
        let last = came.last().context("nothing came")?;
        assert!(verifies(&rotated.secret, last)?);
        assert_eq!(verifies(&made.secret, last)?, former);
    }
    app.core.rotate_webhook_secret(id).await?;
    let refused = app.core.rotate_webhook_secret(id).await.err();
    let refused = refused.context("the former secret was ended before its time")?;
    assert!(matches!(refused, Error::WebhookRefused(_)), "{refused}");
    assert!(refused.to_string().contains("2026-11-2"), "{refused}");
    // No view of it shows a secret.
    let shown = format!(
        "{:?} {:?} {}",
        rotated,
        app.core.webhook(id).await?,
        serde_json::to_string(&app.core.webhooks().await?)?
    );
    assert!(!shown.contains("whsec_"), "{shown}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_named() -> Result<()> {
    let app = App::start().await?;
    let draft = |url: &str, events: &[&str]| WebhookDraft {
        url: url.to_owned(),
        description: None,
        events: events.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    for (draft, word) in [
        (draft("http://127.0.0.1:1/", &[]), "unencrypted"),
        (draft("https://169.254.169.254/", &[]), "metadata"),
        (
            draft("https://shop.example/", &["connection.lost"]),
            "no kind of event",
        ),
        (
            draft("https://shop.example/", &["webhook.test"]),
            "no kind of event",
        ),
        (
            WebhookDraft {
                description: Some("a\nb".to_owned()),
                ..draft("https://shop.example/", &[])
            },
            "line break",
        ),
    ] {
        let error = app.core.create_webhook(&draft).await.err();
        let error = error.context("taken")?.to_string();
        assert!(error.contains(word), "{error}");
    }
    let made = endpoint(&app, "shop.example", &[]).await?.webhook.id;
    let nothing = WebhookChange {
        events: Some(vec![" ".to_owned()]),
        ..WebhookChange::default()
    };
    let error = app.core.change_webhook(&made, &nothing).await.err();
    let error = error.context("every kind was meant by none")?.to_string();
    assert!(error.contains("* for every one"), "{error}");
    for id in ["", "wh_1", "wh_019abc00-0000-7000-8000-000000000000"] {
        let error = app.core.webhook(id).await.err().context("found")?;
        assert!(matches!(error, Error::UnknownWebhook(_)), "{error}");
    }
    let error = app
        .core
        .resend_webhook("msg_1")
        .await
        .err()
        .context("found")?;
    assert!(matches!(error, Error::UnknownDelivery(_)), "{error}");
    Ok(())
}
