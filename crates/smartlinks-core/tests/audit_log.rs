//! Who did what is recorded with the change, by whom and from where, and holds no secret (R32).

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::webhooks::{WebhookChange, WebhookDraft};
use smartlinks_core::{AuditPage, AuditQuery, AuditView, Core};
use testkit::app::{App, Setup};

const DAY: i64 = 86_400;

/// A person at the page, from an address.
fn operator() -> Arc<Actor> {
    Arc::new(Actor {
        id: Some("op_1".to_owned()),
        name: Some("Ada".to_owned()),
        address: Some("203.0.113.7".to_owned()),
        ..Actor::of(ActorKind::Operator)
    })
}

async fn log(core: &Core) -> Result<Vec<AuditView>> {
    let query = AuditQuery {
        limit: Some(200),
        ..AuditQuery::default()
    };
    Ok(core.audit_log(&query).await?.entries)
}

/// The newest entry, which has to be of this action and outcome.
async fn newest(core: &Core, action: &str, outcome: &str) -> Result<AuditView> {
    let log = log(core).await?;
    let newest = log.first().context("the log is empty")?;
    assert_eq!(
        (newest.action.as_str(), newest.outcome.as_str()),
        (action, outcome),
        "{log:#?}"
    );
    assert_eq!(newest.at, Some(core.now()), "{action}");
    Ok(newest.clone())
}

/// Every use case that changes what R32 names leaves an entry with who, from where, about what and the outcome.
#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_a_connection_is_recorded_with_who_did_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let app = App::with(Setup {
        token_file: Some(folder.path().join("token.json")),
        ..Setup::default()
    })
    .await?;
    let core = app.core.acting_as(operator());
    let code = app.code(None).await?;
    let id = core.exchange_pasted(&code, None).await?.id;
    // Tokens that leave the database are seen to leave it.
    newest(&core, "token_file.written", "ok").await?;
    let recorded = log(&core).await?;
    assert_eq!(recorded[1].action, "connection.connected");
    let check = |entry: &AuditView| {
        let actor = &entry.actor;
        let said = (&actor.kind, &actor.id, &actor.name, &actor.address);
        let known = ["op_1", "Ada", "203.0.113.7"].map(|text| Some(text.to_owned()));
        let [op, name, address] = &known;
        assert_eq!(
            said,
            (&"operator".to_owned(), op, name, address),
            "{entry:?}"
        );
        assert_eq!(entry.connection.as_deref(), Some(id.as_str()), "{entry:?}");
    };
    check(&recorded[1]);

    core.refresh_now(&id).await?;
    check(&newest(&core, "token_file.written", "ok").await?);
    check(&log(&core).await?[1]);
    assert_eq!(log(&core).await?[1].action, "connection.refreshed");

    core.set_label(&id, Some("shop")).await?;
    check(&newest(&core, "connection.changed", "ok").await?);
    core.set_default(&id).await?;
    check(&newest(&core, "connection.changed", "ok").await?);

    let fault = |code: &str, times: u32| {
        json!({
            "match": { "method": "/auth/token/refresh" }, "times": times, "then": "error", "code": code
        })
    };
    app.control("faults", &fault("ServiceUnavailable", 1))
        .await?;
    assert!(core.refresh_now(&id).await.is_err());
    check(&newest(&core, "connection.degraded", "ServiceUnavailable").await?);
    app.control("faults", &fault("IllegalRefreshToken", 9))
        .await?;
    assert!(core.refresh_now(&id).await.is_err());
    let action = "connection.reauthorization_required";
    check(&newest(&core, action, "IllegalRefreshToken").await?);

    let code = app.code(None).await?;
    core.exchange_pasted(&code, None).await?;
    newest(&core, "token_file.written", "ok").await?;
    check(&log(&core).await?[1]);
    assert_eq!(log(&core).await?[1].action, "connection.reconnected");

    core.disconnect(&id).await?;
    check(&newest(&core, "connection.disconnected", "ok").await?);
    Ok(())
}

/// What the service does by itself is its own doing; of its refreshes only failures are recorded.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_by_itself_is_signed_by_the_system() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let before = log(&app.core).await?.len();
    // Past the latest moment that jitter can choose: 85 % of 30 days.
    app.advance(26 * DAY);
    let stop = tokio_util::sync::CancellationToken::new();
    assert_eq!(app.core.refresh_due(&stop).await?.renewed, 1);
    assert_eq!(log(&app.core).await?.len(), before);
    app.control(
        "faults",
        &json!({ "match": { "method": "/auth/token/refresh" }, "times": 9, "then": "error", "code": "IllegalRefreshToken" }),
    )
    .await?;
    app.advance(26 * DAY);
    app.core.refresh_due(&stop).await?;
    let entry = newest(
        &app.core,
        "connection.reauthorization_required",
        "IllegalRefreshToken",
    );
    assert_eq!(entry.await?.actor.kind, "system");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_entry_once_and_filters_narrow_them() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let core = app.core.acting_as(operator());
    for number in 0..7 {
        core.set_label(&id, Some(&format!("shop {number}"))).await?;
    }
    let page = async |query: AuditQuery| -> Result<AuditPage> { Ok(core.audit_log(&query).await?) };
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let found = page(AuditQuery {
            limit: Some(3),
            after,
            ..AuditQuery::default()
        })
        .await?;
        seen.extend(found.entries.iter().map(|entry| entry.id));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 8);
    assert!(seen.is_sorted_by(|one, next| one > next), "{seen:?}");

    let some = |text: &str| Some(text.to_owned());
    for (query, count) in [
        (
            AuditQuery {
                action: some("connection.changed"),
                ..AuditQuery::default()
            },
            7,
        ),
        (
            AuditQuery {
                actor: some("operator"),
                ..AuditQuery::default()
            },
            7,
        ),
        (
            AuditQuery {
                actor: some("merchant"),
                ..AuditQuery::default()
            },
            0,
        ),
        (
            AuditQuery {
                connection: some(&id),
                ..AuditQuery::default()
            },
            8,
        ),
        (
            AuditQuery {
                since: Some(core.now()),
                ..AuditQuery::default()
            },
            8,
        ),
        (
            AuditQuery {
                since: Some(core.now() + jiff::SignedDuration::from_secs(1)),
                ..AuditQuery::default()
            },
            0,
        ),
    ] {
        assert_eq!(page(query.clone()).await?.entries.len(), count, "{query:?}");
    }
    for query in [
        AuditQuery {
            actor: some("nobody"),
            ..AuditQuery::default()
        },
        AuditQuery {
            connection: some("x"),
            ..AuditQuery::default()
        },
        AuditQuery {
            after: some("-1"),
            ..AuditQuery::default()
        },
    ] {
        let refused = core.audit_log(&query).await;
        assert!(
            matches!(refused, Err(smartlinks_core::Error::Invalid { .. })),
            "{query:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_kept_for_400_days() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    app.advance(399 * DAY);
    app.core.forget_old().await?;
    assert_eq!(log(&app.core).await?.len(), 1);
    app.advance(2 * DAY);
    app.core.forget_old().await?;
    assert!(log(&app.core).await?.is_empty());
    Ok(())
}

/// Whatever is recorded, no token, code or secret is in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("token.json");
    let app = App::with(Setup {
        token_file: Some(file.clone()),
        ..Setup::default()
    })
    .await?;
    let code = app.code(None).await?;
    let id = app.core.exchange_pasted(&code, None).await?.id;
    app.core.acting_as(operator()).refresh_now(&id).await?;
    let tokens: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
    let said = format!("{:?}", log(&app.core).await?);
    let token = |name: &str| tokens[name].as_str().unwrap_or("missing").to_owned();
    for secret in [
        code,
        token("access_token"),
        token("refresh_token"),
        testkit::app::APP_SECRET.to_owned(),
    ] {
        assert!(!said.contains(&secret), "{said}");
    }
    Ok(())
}

/// The same for what is no connection: endpoints for webhooks, and orders that are added.
#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_an_endpoint_and_each_added_order_is_recorded() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let core = app.core.acting_as(operator());
    let draft = WebhookDraft {
        url: "https://shop.example.com/hook".to_owned(),
        description: None,
        events: Vec::new(),
    };
    let made = core.create_webhook(&draft).await?;
    let id = made.webhook.id.as_str();
    let check = async |action: &str, subject: &str| -> Result<()> {
        let entry = newest(&core, action, "ok").await?;
        assert_eq!(entry.actor.name.as_deref(), Some("Ada"), "{action}");
        assert_eq!(entry.actor.address.as_deref(), Some("203.0.113.7"));
        assert_eq!(entry.subject.as_deref(), Some(subject), "{action}");
        let text = format!("{entry:?}");
        assert!(!text.contains("whsec_"), "{text}");
        Ok(())
    };
    check("webhook.created", id).await?;
    let change = WebhookChange {
        description: Some("shop".to_owned()),
        ..WebhookChange::default()
    };
    core.change_webhook(id, &change).await?;
    check("webhook.changed", id).await?;
    core.rotate_webhook_secret(id).await?;
    check("webhook.secret_rotated", id).await?;
    let delivery = core.test_webhook(id).await?;
    check("webhook.tested", id).await?;
    core.disable_webhook(id).await?;
    check("webhook.disabled", id).await?;
    core.enable_webhook(id).await?;
    check("webhook.enabled", id).await?;
    core.resend_webhook(&delivery.id).await?;
    check("webhook.resent", &delivery.id).await?;
    core.delete_webhook(id).await?;
    check("webhook.deleted", id).await?;

    let order = app.seeded_orders().await?.remove(0);
    core.import_order(&order, None).await?;
    check("order.imported", &order).await
}

/// What is read with an account's token by a method's name is on record, by the minute.
#[tokio::test(flavor = "multi_thread")]
async fn calls_by_name_are_recorded_with_who_made_them() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let core = app.core.acting_as(operator());
    let product = app.products().await?.remove(0);
    let parameters = [("product_id", product.as_str()), ("ship_to_country", "FR")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    for _ in 0..3 {
        core.call_read(None, "aliexpress.ds.product.get", &parameters)
            .await?;
    }
    assert!(core.call_read(None, "no.such.method", &[]).await.is_err());
    app.core.drain().await;
    let entry = newest(&core, "connection.called", "ok").await?;
    assert_eq!(entry.actor.name.as_deref(), Some("Ada"));
    assert_eq!(entry.actor.address.as_deref(), Some("203.0.113.7"));
    assert_eq!(entry.connection.as_deref(), Some(id.as_str()));
    assert_eq!(entry.data["method"], "aliexpress.ds.product.get");
    assert_eq!(entry.data["count"], 3);
    let calls = log(&core).await?;
    let calls = calls
        .iter()
        .filter(|entry| entry.action == "connection.called");
    assert_eq!(calls.count(), 1, "what was refused was not made");
    Ok(())
}
