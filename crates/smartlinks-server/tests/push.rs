//! Messages of AliExpress: believed only when signed, on disk before they are acknowledged, taken once, and followed
//! whatever order they come in. Some are sent by the sandbox over HTTP as AliExpress does, some are made here, with
//! the signature computed by the SDK.

use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::aliexpress::push::{MAX_BODY_BYTES, authorization};
use smartlinks_core::aliexpress::{AppKey, AppSecret};
use smartlinks_core::{ConnectionState, EventView, PushWork};
use smartlinks_server::Limits;
use testkit::app::{APP_SECRET, App, NOON_MS, Setup};
use testkit::http::{Http, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;

const PUSH: &str = "/aliexpress/push";
const ORDER_GET: &str = "aliexpress.trade.ds.order.get";
const NOON_S: i64 = NOON_MS / 1000;

async fn with_push() -> Result<App> {
    App::with(Setup {
        push: true,
        ..Setup::default()
    })
    .await
}

/// A service with the usual buyer and one known order, whose number is given.
async fn with_order(app: &App) -> Result<String> {
    app.connect().await?;
    let reply = Http::new(&app.sandbox_url)?.get("/_sandbox/state").await?;
    let state = reply.json()?;
    let orders = state["orders"].as_array().context("no orders")?;
    let shipped = orders.iter().find(|order| order["status"] == "shipped");
    let order = shipped.context("no order of the seed is on its way")?["id"].to_string();
    app.core.import_order(&order, None).await?;
    Ok(order)
}

fn about(order: &str, status: &str, timestamp: i64) -> String {
    let data = json!({ "buyerId": 1_700_000_001, "orderId": order.parse::<i64>().unwrap_or(0), "orderStatus": status });
    message(53, &data, timestamp)
}

fn message(message_type: i64, data: &Value, timestamp: i64) -> String {
    json!({ "data": data, "message_type": message_type, "seller_id": "1700000001", "site": "ae_global", "timestamp": timestamp })
        .to_string()
}

fn signed_with(secret: &str, body: &str) -> Result<String> {
    let (key, secret) = (AppKey::parse("500100")?, AppSecret::parse(secret)?);
    Ok(authorization(&key, &secret, body.as_bytes()))
}

async fn post(visitor: &Http, body: &str, signature: Option<&str>) -> Result<Reply> {
    let mut request = visitor
        .request(Method::POST, PUSH)
        .header("content-type", "application/json")
        .body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("authorization", signature);
    }
    visitor.send(request).await
}

/// Sends a message as AliExpress does.
async fn send(app: &App, body: &str) -> Result<Reply> {
    let signature = signed_with(APP_SECRET, body)?;
    post(&app.visitor()?, body, Some(&signature)).await
}

/// Waits for the next event of a kind.
async fn heard(events: &mut Receiver<EventView>, kind: &str) -> Result<EventView> {
    let wait = async {
        loop {
            let event = events.recv().await?;
            if event.kind == kind {
                return Ok(event);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .with_context(|| format!("no {kind} came"))?
}

async fn stored(app: &App) -> Result<Vec<(String, i64)>> {
    Ok(app.core.store().pushes().count_pushes().await?)
}

async fn told(app: &App) -> Result<Vec<EventView>> {
    let mut events = app.core.latest_events(200).await?;
    events.retain(|event| event.kind.starts_with("push."));
    Ok(events)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_followed_as_aliexpress_tells_of_it() -> Result<()> {
    let app = with_push().await?;
    let order = with_order(&app).await?;
    let before = app.core.kept_order(&order).await?;
    let mut events = app.core.follow_events();
    let (path, to) = (
        format!("orders/{order}/advance"),
        json!({ "to": "delivered" }),
    );
    app.control(&path, &to).await?;
    let told = heard(&mut events, "push.received").await?;
    assert_eq!(told.order.as_deref(), Some(order.as_str()));
    assert!(told.connection.is_some());
    assert_eq!(told.data["outcome"], "order_read");
    let after = app.core.kept_order(&order).await?;
    assert_ne!(before.summary.status, after.summary.status);
    let page = app.visitor()?.get("/aliexpress?lang=en").await?.text();
    assert!(
        page.contains("Message from AliExpress"),
        "it stands in the overview"
    );
    // Whom the message named is in no event.
    assert!(!told.data.to_string().contains("1700000001"), "{told:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aliexpress_did_not_sign_is_refused() -> Result<()> {
    let app = App::start().await?;
    let order = with_order(&app).await?;
    let calls = app.journal(ORDER_GET).await?.len();
    let body = about(&order, "OrderShipped", NOON_S);
    let good = signed_with(APP_SECRET, &body)?;
    let tampered = body.replace("OrderShipped", "OrderClosed!");
    let other = signed_with("placeholder-other-secret", &body)?;
    let cases = [
        (body.as_str(), None, "push_unsigned"),
        (body.as_str(), Some(""), "push_unsigned"),
        (
            body.as_str(),
            Some("Bearer abc"),
            "push_signature_malformed",
        ),
        (body.as_str(), Some(&good[1..]), "push_signature_malformed"),
        (
            body.as_str(),
            Some(other.as_str()),
            "push_signature_mismatch",
        ),
        (
            tampered.as_str(),
            Some(good.as_str()),
            "push_signature_mismatch",
        ),
        // The same JSON in other bytes.
        (
            &body.replace(':', ": "),
            Some(good.as_str()),
            "push_signature_mismatch",
        ),
        ("", Some(good.as_str()), "push_signature_mismatch"),
    ];
    let visitor = app.visitor()?;
    for (body, signature, code) in cases {
        let reply = post(&visitor, body, signature).await?.expect_status(401)?;
        assert_eq!(reply.json()?["code"], code);
    }
    let upper = good.to_uppercase();
    let reply = post(&visitor, &body, Some(&upper))
        .await?
        .expect_status(401)?;
    assert_eq!(reply.json()?["code"], "push_signature_malformed");
    let two = visitor
        .request(Method::POST, PUSH)
        .header("authorization", &good)
        .header("authorization", &other)
        .body(body.clone());
    visitor.send(two).await?.expect_status(401)?;
    assert!(stored(&app).await?.is_empty());
    assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
    assert_eq!(app.journal(ORDER_GET).await?.len(), calls);
    assert!(told(&app).await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_acknowledged_and_followed_once() -> Result<()> {
    let app = App::start().await?;
    let order = with_order(&app).await?;
    let calls = app.journal(ORDER_GET).await?.len();
    let body = about(&order, "OrderShipped", NOON_S);
    let mut sending = JoinSet::new();
    let signature = signed_with(APP_SECRET, &body)?;
    for _ in 0..20 {
        let (visitor, body, signature) = (app.visitor()?, body.clone(), signature.clone());
        sending.spawn(async move { post(&visitor, &body, Some(&signature)).await });
    }
    while let Some(reply) = sending.join_next().await {
        let reply = reply??.expect_status(200)?;
        assert!(reply.body.is_empty());
    }
    assert_eq!(stored(&app).await?, [("waiting".to_owned(), 1)]);
    let work = app.core.work_on_pushes().await?;
    assert_eq!(
        work,
        PushWork {
            claimed: 1,
            finished: 1
        }
    );
    // Six days later it is still known, and in another process too; after a week it is too old to be followed.
    app.advance(6 * 86_400);
    app.core.forget_old().await?;
    let beside = app.beside().await?;
    send(&beside, &body).await?.expect_status(200)?;
    assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
    assert_eq!(told(&app).await?.len(), 1);
    app.advance(2 * 86_400);
    assert!(app.core.forget_old().await? > 0);
    assert!(stored(&app).await?.is_empty(), "kept for a week");
    send(&app, &body).await?.expect_status(200)?;
    assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
    assert_eq!(app.journal(ORDER_GET).await?.len(), calls + 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_outside_its_day_is_acknowledged_and_not_followed() -> Result<()> {
    let app = App::start().await?;
    let order = with_order(&app).await?;
    let calls = app.journal(ORDER_GET).await?.len();
    const DAY: i64 = 86_400;
    let late = [
        (NOON_S - DAY - 1, "too_old"),
        ((NOON_S - DAY - 1) * 1000, "too_old"),
        (NOON_S + DAY + 1, "from_the_future"),
        ((NOON_S + DAY + 1) * 1000, "from_the_future"),
    ];
    for (timestamp, reason) in late {
        let body = about(&order, "OrderShipped", timestamp);
        // Refused, it would come again twelve times and count against us.
        send(&app, &body).await?.expect_status(200)?;
        let last = told(&app).await?.swap_remove(0);
        assert_eq!(last.kind, "push.ignored");
        assert_eq!(last.data["reason"], reason);
    }
    assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
    assert_eq!(app.journal(ORDER_GET).await?.len(), calls);
    for timestamp in [NOON_S - DAY, (NOON_S + DAY) * 1000] {
        send(&app, &about(&order, "OrderShipped", timestamp))
            .await?
            .expect_status(200)?;
    }
    assert_eq!(app.core.work_on_pushes().await?.finished, 2);
    assert_eq!(
        app.journal(ORDER_GET).await?.len(),
        calls + 1,
        "one order, read once"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_any_order_leave_the_present_state() -> Result<()> {
    let app = with_push().await?;
    app.connect().await?;
    let mut events = app.core.follow_events();
    // An order that can still go all the way.
    let mut open = None;
    for order in app.seeded_orders().await? {
        app.core.import_order(&order, None).await?;
        app.control("push", &json!({ "hold": true })).await?;
        let (path, to) = (format!("orders/{order}/advance"), json!({ "to": "paid" }));
        if app.control(&path, &to).await.is_ok() {
            open = Some(order);
            break;
        }
    }
    let order = open.context("no order of the seed waits for its payment")?;
    for to in ["shipped", "delivered"] {
        app.control(&format!("orders/{order}/advance"), &json!({ "to": to }))
            .await?;
    }
    app.control("push", &json!({ "reorder": true })).await?;
    app.control("push", &json!({ "hold": false })).await?;
    let mut statuses = Vec::new();
    while statuses.len() < 3 {
        let event = heard(&mut events, "push.received").await?;
        statuses.push(event.data["status"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(
        statuses.first().map(String::as_str),
        Some("OrderConfirmed"),
        "{statuses:?}"
    );
    let kept = app.core.kept_order(&order).await?;
    let present = app.core.order(&order).await?;
    assert_eq!(kept.summary.status, present.summary.status);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_before_it_is_read() -> Result<()> {
    let app = App::start().await?;
    let address = app.url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    // Only the head is ever sent; whoever waited for the body would wait for ever.
    let head = format!(
        "POST {PUSH} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\nauthorization: {}\r\n\r\n",
        // Far too large: a little too much is read and thrown away, so that its sender hears why.
        2 * 1024 * 1024,
        "ab".repeat(32)
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = [0_u8; 64];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer)).await??;
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // The largest that may come is taken.
    let filler = "x".repeat(MAX_BODY_BYTES - message(99, &json!(""), NOON_S).len());
    let body = message(99, &json!(filler), NOON_S);
    assert_eq!(body.len(), MAX_BODY_BYTES);
    send(&app, &body).await?.expect_status(200)?;
    send(&app, &format!("{body} ")).await?.expect_status(413)?;
    assert_eq!(stored(&app).await?, [("waiting".to_owned(), 1)]);
    Ok(())
}

/// R17, R31: while the secret is being changed, messages signed with either are believed.
#[tokio::test(flavor = "multi_thread")]
async fn while_the_app_secret_changes_both_sign() -> Result<()> {
    let app = App::with(Setup {
        app_secrets: [APP_SECRET, "placeholder-former-secret"]
            .map(str::to_owned)
            .into(),
        ..Setup::default()
    })
    .await?;
    let visitor = app.visitor()?;
    for (number, secret) in (1..).zip([APP_SECRET, "placeholder-former-secret"]) {
        let body = message(99, &json!(number), NOON_S);
        let signature = signed_with(secret, &body)?;
        post(&visitor, &body, Some(&signature))
            .await?
            .expect_status(200)?;
    }
    let body = message(99, &json!(3), NOON_S);
    let signature = signed_with("placeholder-third-secret", &body)?;
    post(&visitor, &body, Some(&signature))
        .await?
        .expect_status(401)?;
    assert_eq!(stored(&app).await?, [("waiting".to_owned(), 2)]);
    Ok(())
}

/// What is genuine and not understood is kept for the version that understands it, and never refused.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_kept() -> Result<()> {
    let app = App::start().await?;
    let bodies = [
        message(99, &json!({ "what": "nobody knows" }), NOON_S),
        message(21, &json!({ "text": "a buyer writes" }), NOON_S),
        message(53, &json!({ "orderId": "none" }), NOON_S),
        "not JSON at all".to_owned(),
    ];
    for body in &bodies {
        send(&app, body).await?.expect_status(200)?;
    }
    send(&app, &message(0, &json!({ "test": true }), NOON_S))
        .await?
        .expect_status(200)?;
    let work = app.core.work_on_pushes().await?;
    assert_eq!((work.claimed, work.finished), (5, 5));
    let expected = [("done".to_owned(), 1), ("kept".to_owned(), 4)];
    assert_eq!(stored(&app).await?, expected);
    let told = told(&app).await?;
    assert_eq!(told.len(), 5);
    for event in told {
        let text = event.data.to_string();
        assert!(
            !text.contains("a buyer writes") && !text.contains("nobody knows"),
            "{text}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_known_is_told_and_not_added() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let order = app.seeded_orders().await?.swap_remove(0);
    send(&app, &about(&order, "OrderShipped", NOON_S))
        .await?
        .expect_status(200)?;
    assert_eq!(app.core.work_on_pushes().await?.finished, 1);
    let event = told(&app).await?.swap_remove(0);
    assert_eq!(event.data["outcome"], "order_unknown");
    assert_eq!(event.order.as_deref(), Some(order.as_str()));
    assert!(app.core.kept_order(&order).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_is_asked_again_later_and_given_up_in_the_end() -> Result<()> {
    let app = App::start().await?;
    let order = with_order(&app).await?;
    let away = json!({ "match": { "method": ORDER_GET }, "times": 1000, "then": "http_500" });
    app.control("faults", &away).await?;
    send(&app, &about(&order, "OrderShipped", NOON_S))
        .await?
        .expect_status(200)?;
    let mut tries = 0;
    let mut pauses = Vec::new();
    loop {
        let work = app.core.work_on_pushes().await?;
        assert_eq!(work.claimed, 1);
        tries += 1;
        if work.finished == 1 {
            break;
        }
        assert!(
            told(&app).await?.is_empty(),
            "nothing is told before it is over"
        );
        let due = app.core.store().pushes().next_push_due().await?;
        let pause = due.context("it is to be tried again")?.0 - app.core.now().as_millisecond();
        pauses.push(pause / 1000);
        // Not before its time.
        assert_eq!(app.core.work_on_pushes().await?, PushWork::default());
        app.advance(pause / 1000 + 1);
    }
    assert_eq!(tries, 10);
    assert!(
        pauses.is_sorted() && pauses[0] == 15 && pauses[8] == 3600,
        "{pauses:?}"
    );
    let event = told(&app).await?.swap_remove(0);
    assert_eq!(event.kind, "push.failed");
    assert_eq!(stored(&app).await?, [("given_up".to_owned(), 1)]);
    Ok(())
}

/// Invariant 4 of token custody: a message ends nothing by itself; only the gateway's refusal does.
#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_that_is_said_to_have_ended_is_looked_at() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    let ended =
        json!({ "app_key": "500100", "auth_expiry_time": NOON_S, "seller_id": "1700000001" });
    send(&app, &message(65, &ended, NOON_S))
        .await?
        .expect_status(200)?;
    app.core.work_on_pushes().await?;
    let event = told(&app).await?.swap_remove(0);
    assert_eq!(event.data["outcome"], "still_authorized");
    assert_eq!(event.connection.as_deref(), Some(id.as_str()));
    assert_eq!(
        app.core.connection(&id).await?.state,
        ConnectionState::Active
    );
    // A warning ahead of time changes nothing and asks nothing.
    let refreshes = app.refreshes().await?;
    let soon = json!({ "app_key": "500100", "auth_expiry_time": NOON_S + 172_800, "seller_id": "1700000001" });
    for message_type in [8, 65] {
        send(&app, &message(message_type, &soon, NOON_S))
            .await?
            .expect_status(200)?;
        app.core.work_on_pushes().await?;
        assert_eq!(told(&app).await?[0].data["outcome"], "authorization_ends");
    }
    assert_eq!(app.refreshes().await?, refreshes);
    let refused = json!({ "match": { "method": "/auth/token/refresh" }, "times": 1, "then": "error", "code": "IllegalRefreshToken" });
    app.control("faults", &refused).await?;
    send(&app, &message(65, &ended, NOON_S + 1))
        .await?
        .expect_status(200)?;
    app.core.work_on_pushes().await?;
    assert_eq!(told(&app).await?[0].data["outcome"], "authorization_ended");
    let view = app.core.connection(&id).await?;
    assert_eq!(view.state, ConnectionState::ReauthorizationRequired);
    let nobody = json!({ "auth_expiry_time": NOON_S, "seller_id": "999" });
    send(&app, &message(65, &nobody, NOON_S))
        .await?
        .expect_status(200)?;
    app.core.work_on_pushes().await?;
    assert_eq!(told(&app).await?[0].data["outcome"], "account_unknown");
    Ok(())
}

/// R31: AliExpress waits half a second. Ten messages a second would be much for a large shop; here come hundreds at
/// once, while the database is busy with other changes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_load_is_acknowledged_in_time_by_a_busy_store() -> Result<()> {
    const MESSAGES: usize = 300;
    const IN_TIME: Duration = Duration::from_millis(500);
    let app = App::start().await?;
    let mut busy = JoinSet::new();
    for _ in 0..16 {
        let core = app.core.clone();
        busy.spawn(async move {
            loop {
                core.audit("test.busy", None, None, "ok", &json!({}))
                    .await?;
            }
            #[expect(unreachable_code, reason = "gives the loop a type")]
            anyhow::Ok(())
        });
    }
    let mut sending = JoinSet::new();
    for sender in 0..6 {
        let visitor = app.visitor()?;
        let bodies: Vec<_> = (0..MESSAGES / 6)
            .map(|number| message(99, &json!([sender, number]), NOON_S))
            .collect();
        sending.spawn(async move {
            let mut late = 0;
            for body in bodies {
                let signature = signed_with(APP_SECRET, &body)?;
                let answer = post(&visitor, &body, Some(&signature));
                match tokio::time::timeout(IN_TIME, answer).await {
                    Ok(reply) => {
                        reply?.expect_status(200)?;
                    }
                    Err(_) => late += 1,
                }
            }
            anyhow::Ok(late)
        });
    }
    let mut late = 0;
    while let Some(of_one) = sending.join_next().await {
        late += of_one??;
    }
    assert!(
        late * 100 <= MESSAGES,
        "{late} of {MESSAGES} were not acknowledged within {IN_TIME:?}"
    );
    assert!(!busy.is_empty(), "the store was kept busy to the end");
    busy.shutdown().await;
    // What was acknowledged is stored. Of what was late, a caller that went away may have undone what had not begun.
    let kept = stored(&app).await?;
    let [(state, kept)] = kept.as_slice() else {
        bail!("{kept:?}")
    };
    let kept = usize::try_from(*kept)?;
    assert_eq!(state, "waiting");
    assert!(
        (MESSAGES - late..=MESSAGES).contains(&kept),
        "{kept} of {MESSAGES} are stored, {late} were late"
    );
    let mut finished = 0;
    while finished < kept {
        let work = app.core.work_on_pushes().await?;
        if work.claimed == 0 {
            bail!("{finished} of {kept} were followed");
        }
        finished += work.finished;
    }
    assert_eq!(told(&app).await?.len(), 200);
    Ok(())
}

/// R35: whoever sends what AliExpress has not signed is slowed down. AliExpress itself is not, although behind a proxy
/// that is not trusted both come from one address.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_not_signed_is_limited() -> Result<()> {
    let app = App::with(Setup {
        limits: Limits {
            push: NonZeroU32::new(3).context("three")?,
            ..Limits::default()
        },
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    for number in 0..6 {
        let body = message(99, &json!([number]), NOON_S);
        let refused = post(&stranger, &body, Some("00")).await?;
        assert_eq!(refused.status, if number < 3 { 401 } else { 429 });
        send(&app, &body).await?.expect_status(200)?;
    }
    Ok(())
}

/// What is not on disk is not acknowledged, so AliExpress sends it again; then it is followed, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_stored_comes_again_and_is_followed_once() -> Result<()> {
    let app = with_push().await?;
    // Following begins with the first look.
    app.core.status().await?;
    let mut events = app.core.follow_events();
    // The same database with a full disk.
    let full = app
        .beside_with(Setup {
            max_pages: Some(1),
            ..Setup::default()
        })
        .await?;
    app.sandbox
        .set_push_url(Some(format!("{}{PUSH}", full.url)))?;
    let data = json!({ "filler": "x".repeat(30_000) });
    let body = message(99, &data, NOON_S);
    app.control("push", &json!({ "body": body })).await?;
    let attempts = loop {
        let reply = Http::new(&app.sandbox_url)?.get("/_sandbox/push").await?;
        let attempts = reply.json()?["messages"][0]["attempts"].clone();
        if attempts.as_array().is_some_and(|tries| !tries.is_empty()) {
            break attempts;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(attempts[0]["status"], 503, "{attempts}");
    assert!(stored(&app).await?.is_empty());
    // The disk has room again; half an hour later it comes once more.
    app.sandbox
        .set_push_url(Some(format!("{}{PUSH}", app.url)))?;
    app.advance(1800);
    let event = heard(&mut events, "push.received").await?;
    assert_eq!(event.data["outcome"], "unknown_topic");
    app.control("push", &json!({ "resend": 1 })).await?;
    assert_eq!(told(&app).await?.len(), 1);
    assert_eq!(stored(&app).await?, [("kept".to_owned(), 1)]);
    Ok(())
}

/// Without keys nothing can be believed, and nothing is lost: it is to come again.
#[tokio::test(flavor = "multi_thread")]
async fn without_keys_nothing_is_acknowledged() -> Result<()> {
    let app = App::with(Setup {
        configured: false,
        ..Setup::default()
    })
    .await?;
    let reply = send(&app, &message(53, &json!({}), NOON_S))
        .await?
        .expect_status(503)?;
    assert_eq!(reply.json()?["code"], "not_configured");
    Ok(())
}
