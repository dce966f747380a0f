//! `serve` and `sandbox` as processes: addresses, bearer, signals.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use insta::assert_snapshot;
use serde_json::json;

use crate::support::server::{Server, Stream};
use crate::support::{CANARY, Home, http};

const DEMO: [&str; 6] = [
    "serve",
    "--sandbox",
    "--listen",
    "127.0.0.1:0",
    "--sandbox-listen",
    "127.0.0.1:0",
];
const LIVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

fn origin(page: &str) -> &str {
    page.strip_suffix("/aliexpress").unwrap()
}

#[test]
fn a_busy_port_is_named_with_a_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let next = format!("127.0.0.1:{}", address.port().wrapping_add(1));
    let outcome = Home::new().run(&["serve", "--listen", &address.to_string()]);
    assert_snapshot!(outcome.with(&address.to_string(), "[ADDRESS]").with(&next, "[NEXT]"), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: [ADDRESS] is in use by another program

    hint: Choose another address, for example --listen [NEXT], or end the other program; is smartlinks running already? Port 0 takes any free one.
    ");
}

#[test]
fn sandbox_mode_starts_on_free_ports_and_ends_on_sigterm() {
    let home = Home::new()
        .variable("ALIEXPRESS_APP_KEY", "1")
        .variable("ALIEXPRESS_APP_SECRET", CANARY)
        .variable("ALIEXPRESS_TOKEN_FILE", "real-token.json");
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    assert_eq!(http::get(&page).status, 200);
    let state = http::get(&format!("{sandbox}/_sandbox/state")).json();
    assert_eq!(state["callback_url"], format!("{page}/callback"));
    // A browser keeps connections open on which nothing happens; they must not hold up the end.
    let idle = TcpStream::connect(origin(&page).trim_start_matches("http://")).unwrap();
    let mut stream = TcpStream::connect(origin(&page).trim_start_matches("http://")).unwrap();
    let host = origin(&page).trim_start_matches("http://").to_owned();
    write!(
        stream,
        "GET /api/aliexpress/events HTTP/1.1\r\nhost: {host}\r\n\r\n"
    )
    .unwrap();

    // Commands beside it find it by themselves.
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json()["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let connection = home
        .run(&["--sandbox", "auth", "exchange", &code, "--json"])
        .json(0);
    // Another process's change shows here within a second; each look takes a moment, so these are ample.
    let shown = (0..20_000).any(|_| {
        let status = http::get(&format!("{}/api/aliexpress/status", origin(&page))).json();
        status["connections"][0]["id"] == connection["id"]
    });
    assert!(shown, "the connection of the command never showed");

    server.signal("TERM");
    let (code, text) = server.end();
    drop((idle, stream));
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("ignores: ALIEXPRESS_APP_KEY, ALIEXPRESS_APP_SECRET, ALIEXPRESS_TOKEN_FILE"),
        "{text}"
    );
    let kept: Vec<_> = std::fs::read_dir(home.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(kept, ["sandbox"], "nothing outside <data-dir>/sandbox");
    assert!(!home.path().join("real-token.json").exists());
}

#[test]
fn commands_share_the_clock_of_the_sandbox() {
    let home = Home::new();
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json()["code"]
        .as_str()
        .unwrap()
        .to_owned();
    home.run(&["--sandbox", "auth", "exchange", &code, "--json"])
        .json(0);
    // Past the sign-in deadline.
    http::post(
        &format!("{sandbox}/_sandbox/clock"),
        &json!({ "advance_seconds": 400 * 86_400 }),
    );
    let by_command = home.run(&["--sandbox", "auth", "status", "--json"]).json(3);
    let by_server = http::get(&format!("{}/api/aliexpress/status", origin(&page))).json();
    assert_eq!(
        by_command["connections"][0]["state"],
        "reauthorization_required"
    );
    assert_eq!(
        by_server["connections"][0]["state"],
        "reauthorization_required"
    );
}

#[test]
fn a_restart_keeps_the_demo_whole() {
    let home = Home::new();
    let mut first = Server::start(&home, &DEMO);
    let sandbox = first.wait_for(Stream::Out, "sandbox: ");
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json()["code"]
        .as_str()
        .unwrap()
        .to_owned();
    home.run(&["--sandbox", "auth", "exchange", &code, "--json"])
        .json(0);
    drop(first);
    let mut second = Server::start(&home, &DEMO);
    let page = second.wait_for(Stream::Out, "page: ");
    let status = http::get(&format!("{}/api/aliexpress/status", origin(&page))).json();
    assert_eq!(status["authenticated"], true);
    let refreshed = home
        .run(&["--sandbox", "auth", "refresh", "--json"])
        .json(0);
    assert_eq!(
        refreshed["generation"], 2,
        "the gateway beside it knows the tokens too"
    );
}

#[test]
fn an_explicit_token_file_is_honoured_in_sandbox_mode() {
    let home = Home::new();
    let mut server = Server::start(
        &home,
        &[&DEMO[..], &["--token-file", "demo-token.json"]].concat(),
    );
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json()["code"].clone();
    let taken = http::post(
        &format!("{}/api/aliexpress/oauth/token", origin(&page)),
        &json!({ "code": code }),
    );
    assert!(taken.status < 300, "{taken:?}");
    assert!(home.path().join("demo-token.json").exists());
}

#[test]
fn without_keys_it_starts_and_says_what_is_missing() {
    let home = Home::new();
    let mut server = Server::start(&home, &LIVE);
    let page = server.wait_for(Stream::Out, "page: ");
    let line = server.wait_for(Stream::Err, "bearer: ");
    let bearer = line.split_whitespace().next().unwrap().to_owned();
    assert!(
        bearer.len() == 64 && bearer.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "256 bits in hexadecimal"
    );
    let status = format!("{}/api/aliexpress/status", origin(&page));
    assert_eq!(http::get(&status).status, 401);
    let answer = http::get_with_bearer(&status, &bearer).json();
    assert_eq!(answer["configured"], false);
    assert_eq!(answer["problems"][0]["variable"], "ALIEXPRESS_APP_KEY");

    server.signal("INT");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        text.matches(&bearer).count(),
        1,
        "shown once, and never by the log: {text}"
    );
}

#[cfg(unix)]
#[test]
fn the_bearer_is_kept_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let bearer = |home: &Home| {
        let mut server = Server::start(home, &LIVE);
        let line = server.wait_for(Stream::Err, "bearer: ");
        server.signal("TERM");
        let (code, text) = server.end();
        assert_eq!(code, Some(0), "{text}");
        (line.split_whitespace().next().unwrap().to_owned(), text)
    };
    let file = home.data_dir().join("bearer");
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    let (first, text) = bearer(&home);
    assert_eq!(mode(), 0o600);
    assert!(
        text.contains(&format!("(kept in {})", file.display())),
        "{text}"
    );

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (second, text) = bearer(&home);
    assert_eq!(
        (first, mode()),
        (second, 0o600),
        "the same bearer, tightened"
    );
    assert!(text.contains("was open to other users"), "{text}");

    std::fs::write(&file, "short").unwrap();
    let refused = home.run(&LIVE);
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(refused.stderr.contains("Delete the file"), "{refused}");
}

#[test]
fn an_insecure_callback_is_a_warning() {
    let home = Home::with_app("http://127.0.0.1:9").variable(
        "ALIEXPRESS_CALLBACK_URL",
        "http://shop.example.com/aliexpress/callback",
    );
    let mut server = Server::start(&home, &LIVE);
    server.wait_for(Stream::Out, "page: ");
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains(
            "is not https, so the code that opens the account crosses the network readable"
        ),
        "{text}"
    );
}

#[test]
fn the_sandbox_runs_alone() {
    let home = Home::new();
    let arguments = [
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--app-key",
        "42",
        "--callback-url",
        "https://shop.example.com/cb",
        "--products",
        "64",
    ];
    let mut server = Server::start(&home, &arguments);
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let state = http::get(&format!("{sandbox}/_sandbox/state")).json();
    assert_eq!(
        (&state["app_key"], &state["callback_url"]),
        (&"42".into(), &"https://shop.example.com/cb".into())
    );
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    let wrong = home.run(&["sandbox", "--listen", "127.0.0.1:0", "--app-key", "abc"]);
    assert_eq!(wrong.code, Some(2), "{wrong}");
}

#[test]
fn the_sandbox_sends_push_messages_to_the_address_of_its_flag() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let push_url = format!("http://{}/push", receiver.local_addr().unwrap());
    let home = Home::new();
    let arguments = [
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--push-url",
        &push_url,
    ];
    let mut server = Server::start(&home, &arguments);
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let paid = json!({ "to": "paid" });
    let advance = format!("{sandbox}/_sandbox/orders/8100000000000001/advance");
    assert_eq!(http::post(&advance, &paid).status, 200);

    let (mut stream, _) = receiver.accept().unwrap();
    let mut request = String::new();
    while !request.ends_with('}') {
        let mut chunk = [0; 1024];
        let read = stream.read(&mut chunk).unwrap();
        request.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
    }
    assert!(request.starts_with("POST /push HTTP/1.1"), "{request}");
    assert!(
        request.contains("\"orderStatus\":\"PaymentAuthorized\""),
        "{request}"
    );
    let authorization = request
        .lines()
        .find_map(|line| line.strip_prefix("authorization: "));
    assert_eq!(authorization.map(str::len), Some(64), "{request}");
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .unwrap();
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    let wrong = home.run(&[
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--push-url",
        "ftp://x",
    ]);
    assert_eq!(wrong.code, Some(2), "{wrong}");
}

#[test]
fn a_second_signal_does_not_wait() {
    let home = Home::new().variable("SMARTLINKS_LISTN", "127.0.0.1:1");
    let mut server = Server::start(&home, &LIVE);
    let page = server.wait_for(Stream::Out, "page: ");
    let mut half_a_request =
        TcpStream::connect(origin(&page).trim_start_matches("http://")).unwrap();
    half_a_request.write_all(b"GET / HTT").unwrap();
    // Answered on another connection, so the half request has been taken up as well.
    assert_eq!(http::get(&format!("{}/healthz", origin(&page))).status, 200);
    server.signal("TERM");
    server.wait_until(Stream::Err, "ending: finishing what has begun");
    server.signal("TERM");
    let (code, text) = server.end();
    drop(half_a_request);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("ended by a second signal"), "{text}");
    assert!(
        text.contains("SMARTLINKS_LISTN: there is no such setting"),
        "{text}"
    );
}
