//! Traces and metrics to an OpenTelemetry collector; and the word of a binary that cannot send them.

#[cfg(feature = "otlp")]
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
#[cfg(feature = "otlp")]
use std::net::{TcpListener, TcpStream};
#[cfg(feature = "otlp")]
use std::sync::mpsc;

#[cfg(feature = "otlp")]
use serde_json::json;

use crate::support::server::{DEMO, Server, Stream};
use crate::support::{CANARY, Home, http};

/// What was posted: the path, and the body with whatever text stands in it.
#[cfg(feature = "otlp")]
type Post = (String, Vec<u8>);

/// A collector: says yes to everything and tells what it got.
#[cfg(feature = "otlp")]
fn collector() -> (String, mpsc::Receiver<Post>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, posts) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || take(stream, &sender));
        }
    });
    (address, posts)
}

/// Reads one post after the other, as the client keeps its connection open.
#[cfg(feature = "otlp")]
fn take(mut stream: TcpStream, sender: &mpsc::Sender<Post>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let (mut path, mut length, mut kind) = (String::new(), 0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("post ") {
                rest.split(' ').next()?.clone_into(&mut path);
            } else if let Some(rest) = line.strip_prefix("content-length:") {
                length = rest.trim().parse().ok()?;
            } else if let Some(rest) = line.strip_prefix("content-type:") {
                rest.trim().clone_into(&mut kind);
            } else if line.is_empty() {
                break;
            }
        }
        assert_eq!(kind, "application/x-protobuf");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        sender.send((path, body)).ok()?;
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

#[cfg(feature = "otlp")]
fn holds(body: &[u8], words: &str) -> bool {
    body.windows(words.len())
        .any(|part| part == words.as_bytes())
}

/// Does what has secrets in it: a sign-in, a refresh, a call. Gives the words that nobody may be told.
#[cfg(feature = "otlp")]
fn work(page: &str, sandbox: &str) -> Vec<String> {
    let origin = page.strip_suffix("/aliexpress").unwrap();
    let codes = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json();
    let code = codes["code"].as_str().unwrap().to_owned();
    let api = format!("{origin}/api/aliexpress");
    let made = http::post(&format!("{api}/oauth/token"), &json!({ "code": code }));
    let id = made.json()["connection"]["id"].as_str().map(str::to_owned);
    let id = id.unwrap_or_else(|| made.json()["id"].as_str().unwrap().to_owned());
    let refreshed = http::post(&format!("{api}/connections/{id}/refresh"), &json!({}));
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    let token = http::get(&format!("{api}/connections/{id}/token")).json();
    let token = token["access_token"].as_str().unwrap().to_owned();
    // Neither an address nor a header gets into a trace.
    let lost = http::get(&format!("{origin}/aliexpress/{CANARY}path?state={CANARY}"));
    assert_eq!(lost.status, 404);
    http::post_with_bearer(&format!("{api}/connections/{id}/refresh"), CANARY);
    vec![
        code,
        token,
        CANARY.to_owned(),
        "sandbox-secret".to_owned(),
        "access_token=".to_owned(),
    ]
}

/// Waits until posts to a path have told all of these words; keeps every post.
#[cfg(feature = "otlp")]
fn wait_for(posts: &mpsc::Receiver<Post>, all: &mut Vec<Post>, path: &str, words: &[&str]) {
    let mut missing: Vec<&str> = words.to_vec();
    let mut looked_at = 0;
    loop {
        for (place, body) in &all[looked_at..] {
            if place == path {
                missing.retain(|word| !holds(body, word));
            }
        }
        looked_at = all.len();
        if missing.is_empty() {
            return;
        }
        match posts.recv_timeout(std::time::Duration::from_secs(60)) {
            Ok(post) => all.push(post),
            Err(error) => panic!("{error}: {path} never told {missing:?}"),
        }
    }
}

#[cfg(feature = "otlp")]
#[test]
fn spans_and_numbers_reach_a_collector_and_no_secret_does() {
    let (address, posts) = collector();
    let home = Home::new()
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        .variable("OTEL_METRIC_EXPORT_INTERVAL", "200");
    // A quiet log costs no spans. None is due before the end: what arrives was flushed there.
    let home = home.variable("OTEL_BSP_SCHEDULE_DELAY", "600000");
    let arguments: Vec<&str> = DEMO.into_iter().chain(["--log", "error"]).collect();
    let mut server = Server::start(&home, &arguments);
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let secrets = work(&page, &sandbox);

    let mut all = Vec::new();
    let numbers = [
        "service.name",
        "smartlinks",
        "smartlinks_gateway_calls_total",
        "smartlinks_http_request_duration_seconds",
        "smartlinks_connections",
        "/auth/token/refresh",
        "renewed",
    ];
    wait_for(&posts, &mut all, "/v1/metrics", &numbers);
    server.signal("TERM");
    let (code, output) = server.end();
    assert_eq!(code, Some(0), "{output}");
    let spans = [
        "service.name",
        "smartlinks",
        "POST /api/aliexpress/connections/{id}/refresh",
        "http.response.status_code",
        "rpc.method",
        "/auth/token/create",
        "refresh",
        "renewed",
        "unmatched",
    ];
    wait_for(&posts, &mut all, "/v1/traces", &spans);
    all.extend(posts.try_iter());
    for (place, body) in &all {
        for secret in &secrets {
            assert!(!holds(body, secret), "a secret went to {place}");
        }
    }
}

#[cfg(feature = "otlp")]
#[test]
fn a_collector_that_is_away_costs_one_line_and_no_request() {
    // Taken and given back: nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let home = Home::new()
        .variable(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://{}", address.unwrap()),
        )
        .variable("OTEL_METRIC_EXPORT_INTERVAL", "50")
        .variable("OTEL_BSP_SCHEDULE_DELAY", "50");
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let words = "does not take traces or metrics";
    server.wait_until(Stream::Err, words);
    for _ in 0..50 {
        assert_eq!(http::get(&page).status, 200);
    }
    server.signal("TERM");
    let (code, output) = server.end();
    assert_eq!(code, Some(0), "{output}");
    assert_eq!(output.matches(words).count(), 1, "{output}");
}

#[cfg(feature = "otlp")]
#[test]
fn an_address_that_cannot_be_used_is_told_without_its_password() {
    let home = Home::new().variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        format!("http://user:{CANARY}@not an address"),
    );
    let mut server = Server::start(&home, &DEMO);
    server.wait_until(Stream::Err, "OTEL_EXPORTER_OTLP_ENDPOINT: the address");
    let page = server.wait_for(Stream::Out, "page: ");
    assert_eq!(http::get(&page).status, 200);
    server.signal("TERM");
    let (code, output) = server.end();
    assert_eq!(code, Some(0), "{output}");
    assert!(!output.contains(CANARY), "{output}");
}

#[cfg(not(feature = "otlp"))]
#[test]
fn a_binary_without_the_feature_says_so_once() {
    let home = Home::new().variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        format!("http://user:{CANARY}@127.0.0.1:4318"),
    );
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    assert_eq!(http::get(&page).status, 200);
    server.signal("TERM");
    let (code, output) = server.end();
    assert_eq!(code, Some(0), "{output}");
    let words = "built without the feature `otlp`";
    assert_eq!(output.matches(words).count(), 1, "{output}");
    assert!(!output.contains(CANARY), "{output}");
}
