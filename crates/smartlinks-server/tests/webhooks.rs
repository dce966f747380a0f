//! Webhooks over HTTP and on the page, up to a receiver that is a plain program on this machine.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::Scope;
use smartlinks_core::webhooks::{SigningSecret, Targets};
use testkit::app::{App, Setup};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const WEBHOOKS: &str = "/api/aliexpress/webhooks";

/// A service as `serve --sandbox` puts it together: webhooks may reach this machine.
async fn app() -> Result<App> {
    App::with(Setup {
        webhook_targets: Targets::PublicAndLoopback,
        ..Setup::default()
    })
    .await
}

/// What came to a receiver: head and body of each request, which is answered with 204.
async fn receiver() -> Result<(
    String,
    tokio::sync::mpsc::UnboundedReceiver<(String, Vec<u8>)>,
)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let (sender, came) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            let (head, body) = loop {
                let mut part = [0; 4096];
                match socket.read(&mut part).await {
                    Ok(read @ 1..) => request.extend_from_slice(&part[..read]),
                    _ => return,
                }
                if let Some(whole) = parted(&request) {
                    break whole;
                }
            };
            let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            let _ = socket.shutdown().await;
            if sender.send((head, body)).is_err() {
                return;
            }
        }
    });
    Ok((url, came))
}

/// Head and body, once all of the body is there.
fn parted(request: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length: usize = value_of(&head, "content-length")?.parse().ok()?;
    let body = &request[end + 4..];
    (body.len() >= length).then(|| (head, body.to_vec()))
}

fn value_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_makes_an_endpoint_and_is_told() -> Result<()> {
    let app = app().await?;
    let _workers = app.workers();
    let visitor = app.visitor()?;
    let (url, mut came) = receiver().await?;
    let made = visitor
        .post_json(
            WEBHOOKS,
            &json!({ "url": url, "events": ["connection.connected"] }),
        )
        .await?;
    assert_eq!(made.status, 201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let made = made.json()?;
    let id = made["webhook"]["id"].as_str().context("no id")?;
    let secret = made["secret"].as_str().context("no secret")?;

    let connection = app.connect().await?;
    let (head, body) = came.recv().await.context("nothing came")?;
    let event: Value = serde_json::from_slice(&body)?;
    assert_eq!(event["type"], "connection.connected");
    assert_eq!(event["data"]["connection"], connection);
    let message = value_of(&head, "webhook-id").context("no id")?;
    let at: i64 = value_of(&head, "webhook-timestamp")
        .context("no time")?
        .parse()?;
    // The case of base64 counts, so it is computed here and looked for in lower case.
    let own = SigningSecret::parse(secret)?.sign(message, at, &body);
    assert_eq!(
        value_of(&head, "webhook-signature"),
        Some(own.to_lowercase().as_str())
    );

    let tested = visitor
        .post_json(&format!("{WEBHOOKS}/{id}/test"), &json!({}))
        .await?;
    assert_eq!(tested.status, 202);
    let (_, body) = came.recv().await.context("no test came")?;
    assert_eq!(
        serde_json::from_slice::<Value>(&body)?["type"],
        "webhook.test"
    );

    let list = format!("{WEBHOOKS}/{id}/deliveries");
    let deliveries = loop {
        let page = visitor
            .get(&format!("{list}?state=delivered"))
            .await?
            .json()?;
        let found = page["deliveries"].as_array().context("no list")?.clone();
        if found.len() == 2 {
            break found;
        }
        tokio::task::yield_now().await;
    };
    let delivery = deliveries[1]["id"].as_str().context("no id")?;
    assert_eq!(delivery, message);
    let detail = visitor
        .get(&format!("/api/aliexpress/webhook-deliveries/{delivery}"))
        .await?;
    assert_eq!(detail.json()?["attempts"][0]["status"], 204);
    let again = format!("/api/aliexpress/webhook-deliveries/{delivery}/resend");
    assert_eq!(visitor.post_json(&again, &json!({})).await?.status, 202);
    let (head, _) = came.recv().await.context("not sent again")?;
    assert_eq!(value_of(&head, "webhook-id"), Some(message));

    // The secret was shown once.
    for path in [WEBHOOKS.to_owned(), format!("{WEBHOOKS}/{id}"), list] {
        let text = String::from_utf8(visitor.get(&path).await?.body)?;
        assert!(!text.contains("whsec_"), "{path}: {text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_changed_switched_and_deleted() -> Result<()> {
    let app = app().await?;
    let visitor = app.visitor()?;
    let new = json!({ "url": "https://shop.example/hook", "description": "shop" });
    let made = visitor.post_json(WEBHOOKS, &new).await?.json()?;
    assert_eq!(made["webhook"]["events"], json!(["*"]));
    let id = made["webhook"]["id"].as_str().context("no id")?;
    let here = format!("{WEBHOOKS}/{id}");
    let changed = visitor
        .send(
            visitor
                .request(Method::PATCH, &here)
                .header("content-type", "application/json")
                .body(json!({ "description": "", "events": ["order.updated"] }).to_string()),
        )
        .await?
        .json()?;
    assert_eq!(changed["description"], Value::Null);
    assert_eq!(changed["events"], json!(["order.updated"]));
    assert_eq!(changed["url"], "https://shop.example/hook");
    let rotated = visitor
        .post_json(&format!("{here}/rotate-secret"), &json!({}))
        .await?;
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    assert_ne!(rotated.json()?["secret"], made["secret"]);
    for (verb, state) in [("disable", "disabled"), ("enable", "active")] {
        let switched = visitor
            .post_json(&format!("{here}/{verb}"), &json!({}))
            .await?;
        assert_eq!(switched.json()?["state"], state);
    }
    visitor
        .post_json(&format!("{here}/disable"), &json!({}))
        .await?;
    let refused = visitor
        .post_json(&format!("{here}/test"), &json!({}))
        .await?;
    assert_eq!(
        (refused.status, refused.json()?["code"].as_str()),
        (409, Some("webhook_refused"))
    );
    let gone = visitor.send(visitor.request(Method::DELETE, &here)).await?;
    assert_eq!(gone.status, 204);
    for path in [
        here.clone(),
        format!("{here}/deliveries"),
        "/api/aliexpress/webhook-deliveries/msg_1".into(),
    ] {
        assert_eq!(visitor.get(&path).await?.status, 404, "{path}");
    }
    Ok(())
}

/// R30: whoever may name an endpoint cannot name one inside.
#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_by_default() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    for url in [
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:password@shop.example/",
        "not an address",
    ] {
        let refused = visitor.post_json(WEBHOOKS, &json!({ "url": url })).await?;
        let problem = refused.json()?;
        assert_eq!(
            (refused.status, problem["code"].as_str()),
            (400, Some("invalid_parameter")),
            "{url}"
        );
    }
    let refused = visitor
        .post_json(
            WEBHOOKS,
            &json!({ "url": "https://shop.example/", "events": ["nothing"] }),
        )
        .await?;
    assert!(
        refused.json()?["detail"]
            .as_str()
            .is_some_and(|text| text.contains("connection.expiring"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_makes_tests_and_shows_a_webhook() -> Result<()> {
    let app = app().await?;
    let visitor = app.visitor()?;
    for (language, words) in [
        ("en", "Nobody is told yet"),
        ("fr", "Personne n’est encore prévenu"),
    ] {
        let page = visitor
            .get(&format!("/aliexpress/webhooks?lang={language}"))
            .await?;
        let text = String::from_utf8(page.body)?;
        assert!(
            text.contains(words) && text.contains("hmac.digest"),
            "{text}"
        );
    }
    let page = visitor.get("/aliexpress/webhooks?lang=en").await?;
    page.expect_status(200)?;
    let fields = |url| [("url", url), ("events", ""), ("description", "<b>shop</b>")];
    let refused = visitor
        .post_form("/aliexpress/webhooks", &fields("https://10.0.0.1/"))
        .await?;
    let text = String::from_utf8(refused.body.clone())?;
    assert_eq!(refused.status, 400);
    assert!(
        text.contains("10.0.0.1 is a private address") && text.contains("&#60;b&#62;"),
        "{text}"
    );

    let (url, mut came) = receiver().await?;
    let made = visitor
        .post_form("/aliexpress/webhooks", &fields(url.as_str()))
        .await?;
    let text = String::from_utf8(made.body.clone())?;
    assert_eq!(made.header("cache-control"), Some("no-store"));
    assert!(
        text.contains("whsec_") && text.contains("cannot be shown again"),
        "{text}"
    );
    let secret = text
        .split(|character: char| character.is_whitespace() || "<>\"".contains(character))
        .find(|word| word.starts_with("whsec_"))
        .context("no secret")?
        .to_owned();
    SigningSecret::parse(&secret)?;
    let id = app.core.webhooks().await?[0].id.clone();
    let here = format!("/aliexpress/webhooks/{id}");
    let _workers = app.workers();
    let tested = visitor.post_form(&format!("{here}/test"), &[]).await?;
    ensure!(
        tested.status == 303 && tested.location()? == here,
        "{tested:?}"
    );
    came.recv().await.context("no test came")?;
    let text = loop {
        let text = String::from_utf8(visitor.get(&here).await?.body)?;
        if text.contains("Delivered") {
            break text;
        }
        tokio::task::yield_now().await;
    };
    assert!(
        text.contains("webhook.test") && text.contains("1 attempt"),
        "{text}"
    );
    assert!(
        !text.contains("whsec_") && !text.contains("<b>shop"),
        "{text}"
    );
    for (chosen, kept) in [
        (
            &["order.imported", "order.updated"][..],
            vec!["order.imported", "order.updated"],
        ),
        (&[], vec!["*"]),
    ] {
        let mut fields = vec![("url", url.as_str()), ("description", "")];
        fields.extend(chosen.iter().map(|kind| ("events", *kind)));
        let changed = visitor.post_form(&here, &fields).await?;
        assert_eq!(changed.status, 303, "{chosen:?}");
        assert_eq!(app.core.webhooks().await?[0].events, kept);
        let text = String::from_utf8(visitor.get(&here).await?.body)?;
        assert_eq!(text.matches(" checked>").count(), chosen.len(), "{text}");
    }
    for (form, words) in [
        ("disable", "It was disabled by hand"),
        ("enable", "Send a test event"),
        ("delete", "Nobody is told yet"),
    ] {
        let sent = visitor.post_form(&format!("{here}/{form}"), &[]).await?;
        let next = visitor.get(sent.location()?).await?;
        let text = String::from_utf8(next.body)?;
        assert!(text.contains(words), "{form}: {text}");
    }
    visitor.get(&here).await?.expect_status(404)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_for_those_who_may() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    assert_eq!(stranger.get(WEBHOOKS).await?.status, 401);
    assert_eq!(stranger.get("/aliexpress/webhooks").await?.status, 303);
    let reader = app.program(&[Scope::Read]).await?;
    assert_eq!(reader.get(WEBHOOKS).await?.status, 403);
    let known = app.program(&[Scope::Admin]).await?;
    assert_eq!(known.get(WEBHOOKS).await?.status, 200);
    Ok(())
}
