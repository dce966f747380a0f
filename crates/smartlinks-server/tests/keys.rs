//! API keys over HTTP and on the page.

use anyhow::{Context, Result};
use jiff::SignedDuration;
use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use smartlinks_core::store::AuditFilter;
use smartlinks_core::{CreateApiKey, Grantable, Scope};
use testkit::app::{App, Setup};
use testkit::http::Http;

const KEYS: &str = "/api/aliexpress/keys";

async fn guarded() -> Result<App> {
    App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await
}

async fn person(app: &App, language: &str) -> Result<Http> {
    app.signed_in()
        .await?
        .with_header("accept-language", language)
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("no text")
}

/// The texts of all elements that a selector finds.
fn all(html: &str, selector: &str) -> Vec<String> {
    let Ok(selector) = Selector::parse(selector) else {
        panic!("{selector} is no selector")
    };
    Html::parse_document(html)
        .select(&selector)
        .map(|found| found.text().collect::<String>().trim().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_used_and_revoked_by_program() -> Result<()> {
    let app = guarded().await?;
    let admin = app.program(&[Scope::Admin, Scope::Read]).await?;
    let body = json!({ "name": "Shop", "scopes": ["read"], "expires_at": "2026-12-24T00:00:00Z" });
    let reply = admin.post_json(KEYS, &body).await?.expect_status(201)?;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let made = reply.json()?;
    let (key, id) = (text(&made["key"])?, text(&made["id"])?);
    assert_eq!(made["expires_at"], "2026-12-24T00:00:00Z");
    assert_eq!(made["created_by_kind"], "api_key");
    assert_eq!(made["created_by"], "test");

    let program = app.visitor()?.with_api_key(key)?;
    program
        .get("/api/aliexpress/status")
        .await?
        .expect_status(200)?;
    let list = admin.get(KEYS).await?.expect_status(200)?;
    assert!(!list.text().contains(key));
    let listed = list.json()?;
    let listed = listed.as_array().context("no list")?;
    let shown = listed
        .iter()
        .find(|one| one["id"] == id)
        .context("not listed")?;
    assert_eq!(shown["prefix"], key[..12]);
    assert!(shown["last_used_at"].is_string(), "{shown}");

    let path = format!("{KEYS}/{id}");
    let ended = admin
        .send(admin.request(Method::DELETE, &path))
        .await?
        .expect_status(200)?;
    assert_eq!(ended.json()?["state"], "revoked");
    let refused = program.get("/api/aliexpress/status").await?;
    assert_eq!(refused.json()?["code"], "revoked_api_key");
    let again = admin.send(admin.request(Method::DELETE, &path)).await?;
    assert_eq!(again.json()?["revoked_at"], ended.json()?["revoked_at"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_passes_on_only_what_it_holds() -> Result<()> {
    let app = guarded().await?;
    let admin = app.program(&[Scope::Admin]).await?;
    for scope in ["read", "token", "call", "order"] {
        let body = json!({ "name": "more", "scopes": ["admin", scope] });
        let reply = admin.post_json(KEYS, &body).await?.expect_status(403)?;
        assert_eq!(reply.json()?["code"], "scope_not_held", "{scope}");
    }
    let same = json!({ "name": "same", "scopes": ["admin"] });
    admin.post_json(KEYS, &same).await?.expect_status(201)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_ends_makes_none_that_outlives_it() -> Result<()> {
    let app = guarded().await?;
    let days = |days: i64| app.core.now() + SignedDuration::from_hours(24 * days);
    let create = CreateApiKey {
        name: "contractor".to_owned(),
        scopes: [Scope::Admin].into_iter().collect(),
        expires_at: Some(days(7)),
        grantable: Grantable::everything(),
    };
    let made = app.core.create_api_key(create).await?;
    let contractor = app.visitor()?.with_api_key(made.key.reveal())?;
    for end in [Value::Null, json!(days(8).to_string())] {
        let body = json!({ "name": "mine", "scopes": ["admin"], "expires_at": end });
        let reply = contractor
            .post_json(KEYS, &body)
            .await?
            .expect_status(400)?;
        assert!(
            reply.text().contains("no later than the key"),
            "{}",
            reply.text()
        );
    }
    let body = json!({ "name": "mine", "scopes": ["admin"], "expires_at": days(7).to_string() });
    contractor
        .post_json(KEYS, &body)
        .await?
        .expect_status(201)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_a_new_key_once() -> Result<()> {
    let app = guarded().await?;
    for (language, made_words, revoke_words) in [
        ("en", "is made", "Revoke the key"),
        ("fr", "est créée", "Révoquer la clé"),
    ] {
        let person = person(&app, language).await?;
        let tab = person.get("/aliexpress/authentication").await?;
        assert!(tab.text().contains("href=\"/aliexpress/keys\""));
        let fields = [
            ("name", "Shop <b>"),
            ("read", "on"),
            ("token", "on"),
            ("days", "90"),
        ];
        let made = person
            .post_form("/aliexpress/keys", &fields)
            .await?
            .expect_status(200)?;
        assert_eq!(made.header("cache-control"), Some("no-store"));
        assert_eq!(made.header("set-cookie"), None);
        let html = made.text();
        assert!(
            html.contains(made_words) && !html.contains("Shop <b>"),
            "{language}"
        );
        let key = all(&html, ".secret code")
            .first()
            .context("no key")?
            .clone();
        assert!(html.contains(&format!("data-copy=\"{key}\"")));
        let program = app.visitor()?.with_api_key(&key)?;
        program
            .get("/api/aliexpress/status")
            .await?
            .expect_status(200)?;

        let list = person.get("/aliexpress/keys").await?.text();
        assert!(!list.contains(&key) && list.contains(&key[..12]));
        let newest = app
            .core
            .api_keys()
            .await?
            .into_iter()
            .find(|one| key.starts_with(&one.prefix))
            .context("not kept")?;
        let left = newest.expires_at.context("no end")?.as_second() - app.core.now().as_second();
        assert_eq!(left, 90 * 86_400);
        let place = format!("/aliexpress/keys/{}/revoke", newest.id);
        let asked = person.get(&place).await?.expect_status(200)?.text();
        assert!(asked.contains(revoke_words), "{language}");
        program
            .get("/api/aliexpress/status")
            .await?
            .expect_status(200)?;
        let reply = person.post_form(&place, &[]).await?.expect_status(303)?;
        assert_eq!(reply.location()?, "/aliexpress/keys");
        program
            .get("/api/aliexpress/status")
            .await?
            .expect_status(401)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_used_comes_back_with_what_was_entered() -> Result<()> {
    let app = guarded().await?;
    let person = person(&app, "en").await?;
    for fields in [
        vec![("name", "No scope"), ("days", "90")],
        vec![("name", ""), ("read", "on"), ("days", "90")],
        vec![
            ("name", "Too long a life"),
            ("read", "on"),
            ("days", "4294967295"),
        ],
    ] {
        let reply = person
            .post_form("/aliexpress/keys", &fields)
            .await?
            .expect_status(400)?;
        let html = reply.text();
        let chosen = all(&html, "input[type=checkbox][checked]").len();
        assert_eq!(chosen, usize::from(fields.contains(&("read", "on"))));
        assert!(
            html.contains(&format!("value=\"{}\"", fields[0].1)),
            "{fields:?}"
        );
        assert!(all(&html, ".secret").is_empty());
    }
    assert!(app.core.api_keys().await?.is_empty());
    // An address of a key that is not there.
    person
        .get("/aliexpress/keys/key_1/revoke")
        .await?
        .expect_status(404)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_is_made_from_the_document_and_needs_nothing_from_elsewhere() -> Result<()> {
    let app = guarded().await?;
    let reader = app.program(&[Scope::Read]).await?;
    let html = reader.get("/api/docs").await?.expect_status(200)?.text();
    let document = reader
        .get("/api/openapi.json")
        .await?
        .expect_status(200)?
        .json()?;
    let shown = all(&html, "details summary");
    for (path, item) in document["paths"].as_object().context("no paths")? {
        for (method, operation) in item.as_object().context("no methods")? {
            let scope = text(&operation["security"][0]["bearer"][0])?;
            // The operation, the scope that it needs, and what it is for.
            let line = format!("{} {path} {scope} ", method.to_uppercase());
            let stands = shown.iter().any(|summary| summary.starts_with(&line));
            assert!(stands, "{line} is not among {shown:?}");
        }
    }
    for place in ["src=\"http", "href=\"http", "//cdn"] {
        assert!(!html.contains(place), "{place}");
    }
    for visitor in [app.visitor()?, app.program(&[Scope::Admin]).await?] {
        for path in ["/api/docs", "/api/openapi.json"] {
            let status = visitor.get(path).await?.status;
            assert!(matches!(status, 401 | 403), "{path}: {status}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_was_handed_stands_in_the_audit_log() -> Result<()> {
    let app = guarded().await?;
    let connection = app.connect().await?;
    let program = app.program(&[Scope::Token]).await?;
    for _ in 0..3 {
        program
            .get("/api/aliexpress/connections/default/token")
            .await?
            .expect_status(200)?;
    }
    app.core.drain().await;
    let filter = AuditFilter {
        action: Some("token.vended".to_owned()),
        ..AuditFilter::default()
    };
    let entries = app.core.store().audit().page(&filter, None, 10).await?;
    let [entry] = entries.as_slice() else {
        panic!("{entries:?}")
    };
    let key = app.core.api_keys().await?.remove(0);
    assert_eq!(entry.actor.id.as_deref(), Some(key.id.as_str()));
    assert_eq!(entry.actor.address.as_deref(), Some("127.0.0.1"));
    assert_eq!(
        entry.connection.as_ref().map(|id| id.as_str()),
        Some(connection.as_str())
    );
    let data: Value = serde_json::from_str(&entry.data_json)?;
    assert_eq!(data["count"], 3);
    Ok(())
}
