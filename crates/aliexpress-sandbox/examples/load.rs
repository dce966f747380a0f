//! A sandbox and load beside it: signed `aliexpress.ds.product.get` calls over 64 connections that stay open.
//!
//! ```text
//! cargo run --release -p aliexpress-sandbox --example load [PRODUCTS]
//! ```
//! Prints how long it took from nothing to the first answered text search, the peak memory of that, and then the calls answered per second, median of 5 rounds of 2 seconds.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aliexpress_sandbox::{Sandbox, SandboxConfig};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::form_urlencoded::Serializer;

type Failure = Box<dyn Error + Send + Sync>;

const ADDRESS: &str = "127.0.0.1:8090";
const SECRET: &str = "sandbox-secret";
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// Sorted pairs, the path in front for system interfaces, HMAC-SHA256, upper-case hexadecimal.
fn signed_form(prefix: &str, own: &[(&str, &str)]) -> Result<String, Failure> {
    let now_ms = now_ms()?.to_string();
    let mut pairs = vec![
        ("app_key", "500100"),
        ("sign_method", "sha256"),
        ("timestamp", now_ms.as_str()),
    ];
    pairs.extend_from_slice(own);
    pairs.sort_unstable();
    let text: String = pairs
        .iter()
        .flat_map(|(name, value)| [*name, *value])
        .collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(prefix.as_bytes());
    mac.update(text.as_bytes());
    let sign = hex::encode_upper(mac.finalize().into_bytes());
    Ok(Serializer::new(String::new())
        .extend_pairs(pairs)
        .append_pair("sign", &sign)
        .finish())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures with the machine's time"
)]
fn now_ms() -> Result<u128, Failure> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures with the machine's time"
)]
fn instant() -> Instant {
    Instant::now()
}

fn post(path: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends one request and reads the whole answer into `buffer`; gives where its body begins.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> Result<usize, Failure> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the connection ended".into());
        }
        let Some(head) = buffer.windows(4).position(|part| part == b"\r\n\r\n") else {
            continue;
        };
        let length = std::str::from_utf8(&buffer[..head])?
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .ok_or("no content-length")?;
        if buffer.len() == head + 4 + length.parse::<usize>()? {
            return Ok(head + 4);
        }
    }
}

async fn json(path: &str, content_type: &str, body: &str) -> Result<serde_json::Value, Failure> {
    let mut stream = TcpStream::connect(ADDRESS).await?;
    let mut buffer = Vec::new();
    let body_at = exchange(&mut stream, &post(path, content_type, body), &mut buffer).await?;
    Ok(serde_json::from_slice(&buffer[body_at..])?)
}

async fn access_token() -> Result<String, Failure> {
    let code = json("/_sandbox/codes", "application/json", "{}").await?;
    let code = code["code"].as_str().ok_or("no code")?;
    let path = "/auth/token/create";
    let form = signed_form(path, &[("code", code)])?;
    let pair = json(
        &format!("/rest{path}"),
        "application/x-www-form-urlencoded",
        &form,
    )
    .await?;
    Ok(pair["access_token"].as_str().ok_or("no token")?.to_owned())
}

/// Serves a sandbox from a thread of its own, with the runtime that the binary has.
fn serve(products: u32) -> Result<(), Failure> {
    let clock = || i64::try_from(now_ms().unwrap_or_default()).unwrap_or_default();
    let config = SandboxConfig {
        products,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config, Arc::new(clock), 1)?;
    let listener = std::net::TcpListener::bind(ADDRESS)?;
    listener.set_nonblocking(true)?;
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            sandbox.serve(listener, std::future::pending()).await
        })
    });
    Ok(())
}

/// One text search; how many products were found.
async fn search(token: &str) -> Result<i64, Failure> {
    let own = [
        ("access_token", token),
        ("method", "aliexpress.ds.text.search"),
        ("keyWord", "lamp"),
        ("local", "en_US"),
        ("countryCode", "FR"),
        ("currency", "EUR"),
        ("sortBy", "min_price,asc"),
    ];
    let form = signed_form("", &own)?;
    let answer = json("/sync", "application/x-www-form-urlencoded", &form).await?;
    let found = &answer["aliexpress_ds_text_search_response"]["data"]["totalCount"];
    Ok(found.as_i64().ok_or("nothing found")?)
}

/// Peak resident memory of this process in kilobytes, where the system says so.
fn peak_kb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

/// Signed product calls, made once: signing is not what is measured.
fn product_calls(token: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let call = |index: i64| {
        let id = (1_005_006_000_000_001 + index).to_string();
        let own = [
            ("access_token", token),
            ("method", "aliexpress.ds.product.get"),
            ("product_id", id.as_str()),
            ("ship_to_country", "FR"),
            ("target_currency", "EUR"),
            ("target_language", "fr"),
        ];
        let form = signed_form("", &own)?;
        Ok(post("/sync", "application/x-www-form-urlencoded", &form))
    };
    (0..200).map(call).collect()
}

/// Answers so far, and their bytes.
#[derive(Default)]
struct Count {
    answered: AtomicU64,
    bytes: AtomicU64,
}

/// Calls over one connection without end, and stops at the first answer that is not a product.
async fn drive(
    mut stream: TcpStream,
    calls: &[Vec<u8>],
    first: usize,
    count: &Count,
) -> Result<(), Failure> {
    let expected = b"{\"aliexpress_ds_product_get_response\":{\"rsp_code\":";
    let mut buffer = Vec::with_capacity(64 * 1024);
    for call in calls.iter().cycle().skip(first) {
        let body_at = exchange(&mut stream, call, &mut buffer).await?;
        if !buffer[body_at..].starts_with(expected) {
            return Err(String::from_utf8_lossy(&buffer).into_owned().into());
        }
        count.answered.fetch_add(1, Ordering::Relaxed);
        let bytes = (buffer.len() - body_at) as u64;
        count.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
    Ok(())
}

/// Calls per second of each round, the slowest first.
async fn rates(count: &Count) -> Vec<f64> {
    let mut rates = Vec::new();
    for round in 0..=ROUNDS {
        let (before, start) = (count.answered.load(Ordering::Relaxed), instant());
        tokio::time::sleep(ROUND).await;
        let calls = count.answered.load(Ordering::Relaxed) - before;
        // The first round warms up.
        if round > 0 {
            rates.push(calls as f64 / start.elapsed().as_secs_f64());
        }
    }
    rates.sort_by(f64::total_cmp);
    rates
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the result")]
async fn main() -> Result<(), Failure> {
    let products = std::env::args()
        .nth(1)
        .map_or(Ok(500), |text| text.parse())?;
    let start = instant();
    serve(products)?;
    let token = access_token().await?;
    let found = search(&token).await?;
    let first_ms = start.elapsed().as_millis();
    println!(
        "{products} products: first search after {first_ms} ms, {found} found, peak memory {}",
        peak_kb()
    );

    let (calls, count) = (Arc::new(product_calls(&token)?), Arc::new(Count::default()));
    for connection in 0..CONNECTIONS {
        let (calls, count) = (Arc::clone(&calls), Arc::clone(&count));
        let stream = TcpStream::connect(ADDRESS).await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move { drive(stream, &calls, connection * 3, &count).await });
    }
    let rates = rates(&count).await;
    let size = count.bytes.load(Ordering::Relaxed) / count.answered.load(Ordering::Relaxed).max(1);
    let (median, low, high) = (rates[ROUNDS / 2], rates[0], rates[ROUNDS - 1]);
    println!("{median:.0} calls/s (from {low:.0} to {high:.0}), {size} bytes each");
    Ok(())
}
