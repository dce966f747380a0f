//! Calls per second, as the gateway sees them.

use std::sync::Arc;

use aliexpress::{AppKey, AppSecret, Client, Error, GatewayUrl, Policy};
use aliexpress_sandbox::{Sandbox, SandboxConfig};
use anyhow::{Context, Result};
use testkit::http::Http;
use tokio::net::TcpListener;

const CALL: &str = "aliexpress.ds.address.get";
/// Documented for `ds.address.get`.
const PER_SECOND: usize = 4;

#[expect(clippy::disallowed_methods, reason = "a real clock for a real limit")]
fn machine_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The largest number of moments inside any span of one second.
fn most_in_a_second(moments: &[i64]) -> usize {
    let in_second = |from: &i64| {
        moments
            .iter()
            .filter(|at| (0..1000).contains(&(*at - from)))
            .count()
    };
    moments.iter().map(in_second).max().unwrap_or_default()
}

/// In real time and over real connections: what counts is when calls arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_callers_as_there_may_be_never_call_more_often_than_documented() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let config = SandboxConfig {
        base_url: base.clone(),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config, Arc::new(machine_ms), 1)?;
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    let client = Client::builder(
        AppKey::parse("500100")?,
        AppSecret::parse("sandbox-secret")?,
    )
    .gateway(GatewayUrl::parse(&base)?)
    .policy(Policy::default().longest_hold(std::time::Duration::from_secs(60)))
    .build()?;

    let calls = (0..3 * PER_SECOND + 1).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            client
                .dropshipping()
                .address_get()
                .country("CG")
                .send()
                .await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let answer: Result<_, Error> = call.await?;
        assert_eq!(answer?.country.as_deref(), Some("CG"));
    }

    let journal = Http::new(&base)?
        .get(&format!("/_sandbox/journal?api={CALL}&limit=1000"))
        .await?;
    let journal = journal.expect_status(200)?.json()?;
    let entries = journal["entries"].as_array().context("no entries")?;
    let moments: Vec<i64> = entries
        .iter()
        .filter_map(|entry| entry["at_ms"].as_i64())
        .collect();
    assert_eq!(moments.len(), 3 * PER_SECOND + 1);
    let most = most_in_a_second(&moments);
    assert!(
        most <= PER_SECOND,
        "{most} calls inside one second: {moments:?}"
    );
    Ok(())
}
