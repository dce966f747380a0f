//! `GET /api/aliexpress/events`: who follows what, and for how long.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::Value;
use smartlinks_core::Scope;
use smartlinks_server::{Access, Environment, Hosts, ServerOptions, router};
use testkit::app::{App, Setup};
use testkit::http::Http;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const EVENTS: &str = "/api/aliexpress/events";
const HOUR: i64 = 3600;

async fn locked() -> Result<App> {
    App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await
}

/// A key that reads, and its id.
async fn a_key(app: &App) -> Result<(String, String)> {
    let before = app.core.api_keys().await?;
    let key = app.key(&[Scope::Read]).await?;
    let mut all = app.core.api_keys().await?.into_iter();
    let made = all.find(|one| before.iter().all(|former| former.id != one.id));
    Ok((key, made.context("no key was made")?.id))
}

/// Follows from the first event on.
async fn follow(reader: &Http) -> Result<reqwest::Response> {
    let request = reader
        .request(Method::GET, EVENTS)
        .header("last-event-id", "0");
    let stream = request.send().await?;
    ensure!(stream.status() == 200, "{}", stream.status());
    Ok(stream)
}

/// Reads what comes until the stream ends by itself.
async fn ends(stream: &mut reqwest::Response) -> Result<()> {
    let ending = async {
        while stream.chunk().await?.is_some() {}
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), ending).await?
}

/// Reads a stream of events until `words` stand in it; fails when it ends before.
async fn read_until(stream: &mut reqwest::Response, seen: &mut String, words: &str) -> Result<()> {
    while !seen.contains(words) {
        let chunk = stream
            .chunk()
            .await?
            .with_context(|| format!("ended before {words}: {seen}"))?;
        seen.push_str(&String::from_utf8_lossy(&chunk));
    }
    Ok(())
}

/// What another instance does shows in a stream here within a second, and a reader that comes back misses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_shows_what_other_instances_do() -> Result<()> {
    let app = App::start().await?;
    let beside = app.beside().await?;
    let _workers = app.workers();
    let visitor = app.visitor()?;
    let connection = beside.connect().await?;
    let stream = visitor.request(Method::GET, EVENTS).send();
    let (mut stream, mut seen) = (stream.await?, String::new());
    assert_eq!(stream.status(), 200);
    beside.core.set_label(&connection, Some("shop")).await?;
    let shown = read_until(&mut stream, &mut seen, "event: connection.changed");
    tokio::time::timeout(Duration::from_secs(1), shown).await??;
    assert!(!seen.contains("connection.connected"), "{seen}");

    let again = visitor
        .request(Method::GET, EVENTS)
        .header("last-event-id", "0")
        .send();
    let (mut again, mut all) = (again.await?, String::new());
    read_until(&mut again, &mut all, "event: connection.changed").await?;
    assert!(
        all.contains("id: 1\n") && all.contains("event: connection.connected"),
        "{all}"
    );
    Ok(())
}

/// A stream never keeps a server from stopping.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_the_server_drains() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let stream = visitor.request(Method::GET, EVENTS).send();
    let mut stream = stream.await?;
    drop(app);
    while stream.chunk().await?.is_some() {}
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_limited_and_a_place_is_given_back() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let open = || visitor.request(Method::GET, EVENTS).send();
    let mut streams = Vec::new();
    loop {
        let stream = open().await?;
        if stream.status() != 200 {
            assert_eq!(stream.status(), 503);
            let problem: Value = serde_json::from_slice(&stream.bytes().await?)?;
            assert_eq!(problem["code"], "too_many_streams");
            break;
        }
        streams.push(stream);
        ensure!(streams.len() < 1000, "no end of streams");
    }
    streams.clear();
    while open().await?.status() != 200 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// R24: keys and webhooks are looked at with the scope `admin`; a stream is no way around that.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_hears_nothing_of_keys_and_webhooks() -> Result<()> {
    let app = locked().await?;
    let (reader, admin) = (
        app.program(&[Scope::Read]).await?,
        app.program(&[Scope::Read, Scope::Admin]).await?,
    );
    let connection = app.connect().await?;
    app.core.set_label(&connection, Some("shop")).await?;
    for (who, hears) in [
        (&reader, false),
        (&admin, true),
        (&app.signed_in().await?, true),
    ] {
        let (mut stream, mut seen) = (follow(who).await?, String::new());
        read_until(&mut stream, &mut seen, "event: connection.changed").await?;
        assert_eq!(seen.contains("api_key.created"), hears, "{seen}");
    }
    Ok(())
}

/// R24, R23: what opened a stream and opens nothing any more ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_key_or_session() -> Result<()> {
    let app = locked().await?;
    let (key, id) = a_key(&app).await?;
    let reader = app.visitor()?.with_api_key(&key)?;
    let mut by_key = follow(&reader).await?;
    let person = app.signed_in().await?;
    let mut by_session = follow(&person).await?;

    app.core.revoke_api_key(&id).await?;
    ends(&mut by_key).await?;
    ensure!(reader.get(EVENTS).await?.status == 401);

    person
        .post_form("/aliexpress/sign-out", &[])
        .await?
        .expect_status(303)?;
    ends(&mut by_session).await?;

    let vending = app.program(&[Scope::Token]).await?;
    vending.get(EVENTS).await?.expect_status(403)?;
    Ok(())
}

/// R23: a tab that was left open is nobody's presence.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_keeps_no_session_from_ending() -> Result<()> {
    let app = locked().await?;
    let person = app.signed_in().await?;
    let connection = app.connect().await?;
    app.advance(6 * HOUR);
    let (mut stream, mut seen) = (follow(&person).await?, String::new());
    // By then the stream has looked whether it may go on.
    read_until(&mut stream, &mut seen, "event: connection.connected").await?;
    let reload = person
        .request(Method::GET, "/aliexpress")
        .header("x-background", "1");
    person.send(reload).await?.expect_status(200)?;
    app.core.set_label(&connection, Some("shop")).await?;
    app.advance(6 * HOUR);
    ends(&mut stream).await?;
    let home = person.get("/aliexpress").await?.expect_status(303)?;
    assert!(home.location()?.starts_with("/aliexpress/sign-in"));
    Ok(())
}

/// A stream with much to catch up with, of which the beginning was read. No socket stands in between, so nothing is
/// taken but what the test takes.
async fn catching_up(app: &App, key: &str, stop: CancellationToken) -> Result<BodyDataStream> {
    let connection = app.connect().await?;
    for number in 0..150 {
        let label = format!("shop {number}");
        app.core.set_label(&connection, Some(&label)).await?;
    }
    let service = router(ServerOptions {
        core: app.core.clone(),
        access: Access::Operators,
        environment: Environment::Live,
        hosts: Hosts::loopback(443),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        limits: smartlinks_server::Limits::default(),
        metrics: smartlinks_server::Exposition::new().1,
        stop,
    });
    let request = Request::get(EVENTS)
        .header("host", "localhost:443")
        .header("authorization", format!("Bearer {key}"))
        .header("last-event-id", "0")
        .body(Body::empty())?;
    let reply = service.oneshot(request).await?;
    assert_eq!(reply.status(), 200);
    let mut stream = reply.into_body().into_data_stream();
    for _ in 0..3 {
        stream.next().await.context("ended at once")??;
    }
    Ok(stream)
}

/// R24: a reader that takes its time has no right for longer than others.
#[tokio::test]
async fn a_stream_that_catches_up_slowly_ends_with_its_key() -> Result<()> {
    let app = locked().await?;
    let (key, id) = a_key(&app).await?;
    let mut stream = catching_up(&app, &key, CancellationToken::new()).await?;
    app.core.revoke_api_key(&id).await?;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    assert!(stream.next().await.is_none());
    Ok(())
}

/// Nor does it keep a server from stopping.
#[tokio::test]
async fn a_stream_that_catches_up_ends_when_the_server_drains() -> Result<()> {
    let app = locked().await?;
    let (key, _) = a_key(&app).await?;
    let stop = CancellationToken::new();
    let mut stream = catching_up(&app, &key, stop.clone()).await?;
    stop.cancel();
    assert!(stream.next().await.is_none());
    Ok(())
}

/// A standby without the last commits has taken over. Its numbers come a second time, and a stream that waited for
/// greater ones would say nothing for long.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_the_database_has_gone_back() -> Result<()> {
    let app = App::start().await?;
    let id = app.connect().await?;
    for label in ["a", "b", "c"] {
        app.core.set_label(&id, Some(label)).await?;
    }
    let (mut stream, mut seen) = (follow(&app.visitor()?).await?, String::new());
    let last = app.core.latest_events(1).await?;
    let last = format!("id: {}\n", last.first().context("no event")?.id);
    read_until(&mut stream, &mut seen, &last).await?;
    let back = "delete from events where id > (select value - 3 from counters where name = 'events'); \
        update counters set value = value - 3 where name = 'events'";
    app.database()?.execute(back)?;
    for label in ["d", "e"] {
        app.core.set_label(&id, Some(label)).await?;
    }
    ends(&mut stream).await?;
    // Whoever comes back hears what is new.
    let request = app.visitor()?;
    let request = request
        .request(Method::GET, EVENTS)
        .header("last-event-id", "1000000");
    let (mut stream, mut seen) = (request.send().await?, String::new());
    app.core.set_label(&id, Some("f")).await?;
    read_until(&mut stream, &mut seen, "event: connection.changed").await
}

/// A database that was restored begins its numbers anew; browsers still know the former ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_from_the_future_hears_what_comes() -> Result<()> {
    let app = App::start().await?;
    let connection = app.connect().await?;
    let visitor = app.visitor()?;
    let request = visitor
        .request(Method::GET, EVENTS)
        .header("last-event-id", "1000000");
    let (mut stream, mut seen) = (request.send().await?, String::new());
    app.core.set_label(&connection, Some("shop")).await?;
    read_until(&mut stream, &mut seen, "event: connection.changed").await?;
    Ok(())
}

/// One key does not take the places of all others.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_a_part_of_the_streams() -> Result<()> {
    let app = locked().await?;
    let (greedy, other) = (
        app.program(&[Scope::Read]).await?,
        app.program(&[Scope::Read]).await?,
    );
    let mut streams = Vec::new();
    let refused = loop {
        let stream = greedy.request(Method::GET, EVENTS).send().await?;
        if stream.status() != 200 {
            break stream;
        }
        streams.push(stream);
        ensure!(streams.len() < 100, "one key takes them all");
    };
    let problem: Value = serde_json::from_slice(&refused.bytes().await?)?;
    assert_eq!(problem["code"], "too_many_streams");
    follow(&other).await?;
    streams.pop();
    while greedy.request(Method::GET, EVENTS).send().await?.status() != 200 {
        tokio::task::yield_now().await;
    }
    Ok(())
}
