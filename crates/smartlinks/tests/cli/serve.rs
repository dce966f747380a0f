//! `serve` and `sandbox` as processes: addresses, the first sign-in, signals.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use insta::assert_snapshot;
use serde_json::json;

use crate::support::server::{DEMO, Server, Stream};
use crate::support::{CANARY, Home, http};

const LIVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
/// A made-up password of the first operator.
const PASSWORD: &str = "four made-up words of hers";

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

/// Uses the link up; gives the cookie of the first operator.
fn become_operator(link: &str) -> String {
    let (page, token) = link.split_once("?token=").unwrap();
    assert_eq!(http::get(link).status, 200);
    let fields = [
        ("token", token),
        ("name", "anna"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let answer = http::post_form(page, &fields);
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.cookie()
}

#[test]
fn without_keys_it_starts_and_says_what_is_missing() {
    let home = Home::new();
    let mut server = Server::start(&home, &LIVE);
    let page = server.wait_for(Stream::Out, "page: ");
    let link = server.wait_for(Stream::Err, "sign-in link: ");
    assert!(
        link.starts_with(&format!("{page}/sign-in/link?token=")),
        "{link}"
    );
    let token = link.split_once("token=").unwrap().1.to_owned();
    assert!(
        token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "256 bits in hexadecimal"
    );
    let status = format!("{}/api/aliexpress/status", origin(&page));
    assert_eq!(http::get(&status).status, 401);
    let cookie = become_operator(&link);
    let answer = http::get_with_cookie(&status, &cookie).json();
    assert_eq!(answer["configured"], false);
    assert_eq!(answer["problems"][0]["variable"], "ALIEXPRESS_APP_KEY");
    assert_eq!(http::get(&link).status, 410, "it works once");

    server.signal("INT");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        text.matches(&token).count(),
        1,
        "shown once, and never by the log: {text}"
    );
    let secret = cookie.split_once('=').unwrap().1;
    assert!(!text.contains(secret) && !text.contains(PASSWORD), "{text}");
}

/// Trace shows all that the server and the libraries under it log.
#[test]
fn no_log_shows_a_link_a_session_or_a_password() {
    let home = Home::new();
    let mut server = Server::start(&home, &[&LIVE[..], &["--log", "trace"]].concat());
    let page = server.wait_for(Stream::Out, "page: ");
    let link = server.wait_for(Stream::Err, "sign-in link: ");
    let token = link.split_once("token=").unwrap().1.to_owned();
    let cookie = become_operator(&link);
    assert_eq!(http::get_with_cookie(&page, &cookie).status, 200);
    let wrong = [("name", "anna"), ("password", "wrong canary password")];
    let sign_in = format!("{page}/sign-in");
    assert_eq!(http::post_form(&sign_in, &wrong).status, 401);
    let right = [("name", "anna"), ("password", PASSWORD)];
    let again = http::post_form(&sign_in, &right).cookie();
    server.signal("TERM");
    let (_, text) = server.end();
    assert!(
        text.contains("request answered"),
        "the log is quiet: {text}"
    );
    assert_eq!(
        text.matches(&token).count(),
        1,
        "the one line for the person"
    );
    for secret in [&cookie, &again].map(|cookie| cookie.split_once('=').unwrap().1) {
        assert!(!text.contains(secret), "a session was logged");
    }
    for secret in [PASSWORD, "wrong canary password", "$argon2id$"] {
        assert!(!text.contains(secret), "{secret} was logged");
    }
}

#[test]
fn a_server_with_an_operator_prints_no_link() {
    let home = Home::new();
    home.run(&["operators", "add", "anna", "--json"]).json(0);
    let mut server = Server::start(&home, &LIVE);
    server.wait_for(Stream::Out, "page: ");
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("sign-in link"), "{text}");
}

const PUBLIC: [&str; 5] = [
    "serve",
    "--listen",
    "0.0.0.0:0",
    "--public-url",
    "https://shop.example.com",
];

/// R23: on other addresses than loopback nobody comes in before an operator is there, and none without TLS in front.
#[test]
fn beyond_this_machine_it_needs_an_operator_and_a_public_address() {
    let home = Home::new();
    let refused = home.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, Some(2), "{refused}");
    for words in [
        "can be reached from other machines, and there is no operator",
        "`smartlinks operators add NAME`",
        "--listen 127.0.0.1:",
        "sign-in link that this start prints",
        "--public-url https://… is needed too",
    ] {
        assert!(refused.stderr.contains(words), "{words}: {refused}");
    }
    let refused = home.run(&PUBLIC);
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(refused.stderr.contains("there is no operator"), "{refused}");
    assert!(!refused.stderr.contains("is needed too"), "{refused}");

    home.run(&["operators", "add", "anna", "--json"]).json(0);
    let refused = home.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(refused.stderr.contains("no --public-url"), "{refused}");
    let plain = [
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--public-url",
        "http://localhost:1",
    ];
    assert_eq!(home.run(&plain).code, Some(2), "http is not TLS");

    let mut server = Server::start(&home, &PUBLIC);
    let page = server.wait_for(Stream::Out, "page: ");
    let public = server.wait_for(Stream::Out, "public: ");
    assert_eq!(public, "https://shop.example.com/aliexpress");
    assert!(page.starts_with("http://127.0.0.1:"), "{page}");
    for host in ["shop.example.com", "SHOP.example.com"] {
        let answer = http::get_as(&page, host);
        assert_eq!(answer.status, 303, "{answer:?}");
        assert!(
            answer.head.contains("strict-transport-security"),
            "{answer:?}"
        );
    }
    for host in ["evil.example.com", "shop.example.com:8080", "0.0.0.0"] {
        assert_eq!(http::get_as(&page, host).status, 421, "{host}");
    }
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0), "{text}");

    home.run(&["operators", "disable", "anna", "--json"])
        .json(0);
    let refused = home.run(&PUBLIC);
    assert!(refused.stderr.contains("there is no operator"), "{refused}");
}

/// Hosting platforms name the port alone, and send people there from other machines.
#[test]
fn a_port_alone_means_this_machine_unless_there_is_a_public_address() {
    let home = Home::new().variable("PORT", "0");
    let mut server = Server::start(&home, &["serve"]);
    let page = server.wait_for(Stream::Out, "page: ");
    assert!(page.starts_with("http://127.0.0.1:"), "{page}");
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0));
    assert!(
        text.contains("PORT: page and API listen on 127.0.0.1:0, which nothing outside"),
        "{text}"
    );
    let home = home.variable("SMARTLINKS_PUBLIC_URL", "https://shop.example.com");
    let refused = home.run(&["serve"]);
    assert!(refused.stderr.contains("error: 0.0.0.0:"), "{refused}");
    home.run(&["operators", "add", "anna", "--json"]).json(0);
    let mut server = Server::start(&home, &["serve"]);
    server.wait_for(Stream::Out, "public: ");
    server.signal("TERM");
    let (code, text) = server.end();
    assert_eq!(code, Some(0));
    assert!(!text.contains("PORT: "), "{text}");
    assert!(text.contains("no --trusted-proxy"), "{text}");
    let home = home.variable("SMARTLINKS_TRUSTED_PROXY", "127.0.0.1");
    let mut server = Server::start(&home, &["serve"]);
    server.wait_for(Stream::Out, "public: ");
    server.signal("TERM");
    let (_, text) = server.end();
    assert!(!text.contains("no --trusted-proxy"), "{text}");
}

/// As the container image does, where a platform may set `PORT` beside it.
#[test]
fn an_address_without_a_port_takes_the_one_of_the_platform() {
    let home = Home::new().variable("SMARTLINKS_LISTEN", "0.0.0.0");
    let refused = home.run(&["serve"]);
    assert!(
        refused
            .stderr
            .contains("error: 0.0.0.0:8080 can be reached"),
        "{refused}"
    );
    for (listen, shown) in [("0.0.0.0", "0.0.0.0:4711"), ("::", "[::]:4711")] {
        let home = Home::new()
            .variable("SMARTLINKS_LISTEN", listen)
            .variable("PORT", "4711");
        let refused = home.run(&["serve"]);
        let expected = format!("error: {shown} can be reached");
        assert!(refused.stderr.contains(&expected), "{refused}");
    }
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
