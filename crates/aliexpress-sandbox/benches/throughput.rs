//! How many signed `aliexpress.ds.product.get` calls the sandbox answers in a second, and how many a bare server
//! answers with the same bytes on the same machine in the same run (budget of design section 13).
//!
//! `cargo bench -p aliexpress-sandbox --bench throughput -- --wrk PATH`; `cargo xtask bench` finds or installs `wrk`.
//! The load generator runs beside the servers, on the same cores, with 64 connections. The two are measured in turn;
//! the result is the median of five rounds. No limit of the sandbox is raised: its budgets per method are off unless a
//! profile turns them on.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and may fail loudly"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "signed with the machine's time, which is what the sandbox checks"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::net::TcpListener;

const ROUNDS: usize = 5;
const SECONDS: u32 = 3;
const BUDGET: f64 = 10_000.0;
const PRODUCT: &str = "1005006000000001";

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn main() {
    let wrk = wrk();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sandbox = runtime.block_on(serve_sandbox());
    let form = signed_form(sandbox);
    let answer = post_form(sandbox, "/sync", &form);
    assert!(answer.contains("\"rsp_code\":200"), "{answer}");
    let body = answer
        .split("\r\n\r\n")
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let bytes = body.len();
    let bare = runtime.block_on(serve_bare(body));

    let folder = std::env::temp_dir().join(format!("smartlinks-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = folder.join("post.lua");
    let lua = format!(
        "wrk.method = \"POST\"\nwrk.body = \"{form}\"\nwrk.headers[\"Content-Type\"] = \"application/x-www-form-urlencoded\"\n"
    );
    std::fs::write(&script, lua).expect("the script is written");
    let load = |address: SocketAddr| {
        let output = Command::new(&wrk)
            .args(["-t1", "-c64", &format!("-d{SECONDS}s"), "-s"])
            .arg(&script)
            .arg(format!("http://{address}/sync"))
            .output()
            .expect("wrk starts");
        per_second(&String::from_utf8_lossy(&output.stdout))
    };
    // The first round warms up and is thrown away.
    let rounds: Vec<(f64, f64)> = (0..=ROUNDS)
        .map(|_| (load(bare), load(sandbox)))
        .skip(1)
        .collect();
    std::fs::remove_dir_all(&folder).expect("the folder is ours");

    let bare = median(rounds.iter().map(|(bare, _)| *bare).collect());
    let measured = median(rounds.iter().map(|(_, own)| *own).collect());
    let verdict = if measured >= BUDGET { "met" } else { "missed" };
    println!(
        "bench sandbox_product_get measured={measured:.0} bare={bare:.0} ratio={:.2} budget={BUDGET:.0} {verdict}",
        measured / bare
    );
    println!(
        "calls per second, answers of {bytes} bytes, 64 connections, load generator on the same cores"
    );
}

fn wrk() -> String {
    let mut arguments = std::env::args()
        .skip_while(|argument| argument != "--wrk")
        .skip(1);
    arguments.next().unwrap_or_else(|| "wrk".to_owned())
}

async fn serve_sandbox() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = SandboxConfig {
        base_url: format!("http://{address}"),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config, Arc::new(now_ms), 1).expect("a sandbox");
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    address
}

/// The same web framework, answering the same bytes without looking at anything.
async fn serve_bare(body: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let body = Bytes::from(body);
    let answer = move |_: Bytes| {
        let body = body.clone();
        async move { ([("content-type", "application/json;charset=UTF-8")], body) }
    };
    let router = Router::new().route("/sync", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A code, a token, and one product call signed for now: it may be repeated as long as its timestamp is fresh.
fn signed_form(sandbox: SocketAddr) -> String {
    let code = post_json(sandbox, "/_sandbox/codes", "{}");
    let code = field(&code, "code");
    let token = post_form(
        sandbox,
        "/rest/auth/token/create",
        &signed("/auth/token/create", &[("code", &code)]),
    );
    let token = field(&token, "access_token");
    signed(
        "",
        &[
            ("access_token", &token),
            ("method", "aliexpress.ds.product.get"),
            ("product_id", PRODUCT),
            ("ship_to_country", "FR"),
        ],
    )
}

fn signed(path: &str, own: &[(&str, &str)]) -> String {
    let timestamp = now_ms().to_string();
    let mut pairs = own.to_vec();
    pairs.extend([
        ("app_key", "500100"),
        ("sign_method", "sha256"),
        ("timestamp", timestamp.as_str()),
    ]);
    pairs.sort_unstable();
    let mut mac =
        Hmac::<Sha256>::new_from_slice(b"sandbox-secret").expect("any key length is allowed");
    mac.update(path.as_bytes());
    for (name, value) in &pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let sign = hex::encode_upper(mac.finalize().into_bytes());
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&pairs).append_pair("sign", &sign);
    form.finish()
}

fn post_form(address: SocketAddr, path: &str, body: &str) -> String {
    request(address, path, "application/x-www-form-urlencoded", body)
}

fn post_json(address: SocketAddr, path: &str, body: &str) -> String {
    request(address, path, "application/json", body)
}

fn request(address: SocketAddr, path: &str, content_type: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn field(answer: &str, name: &str) -> String {
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(body).expect("JSON");
    value[name].as_str().expect("the field is there").to_owned()
}

fn per_second(report: &str) -> f64 {
    assert!(!report.contains("Non-2xx"), "{report}");
    let line = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    line.and_then(|number| number.trim().parse().ok())
        .expect("wrk tells its rate")
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
