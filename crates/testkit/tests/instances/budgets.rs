//! The calls per second of an app, divided among three instances on one database.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::{AppKey, AppSecret, Client, GatewayUrl, Policy, SystemClock};
use aliexpress_sandbox::{Sandbox, SandboxConfig};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use smartlinks_core::{App, AppSetup, BudgetAppetite, Core, CoreOptions};
use smartlinks_store::{DatabaseUrl, KeyRing, OpenOptions, SystemEntropy};
use testkit::database::{TestDatabase, on_postgres};
use testkit::http::Http;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::world::now_ms;

const CALL: &str = "aliexpress.ds.address.get";
/// Documented for `ds.address.get`.
const PER_SECOND: usize = 4;
const INSTANCES: usize = 3;
const CALLS_EACH: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_instances_on_postgresql_stay_within_the_budget() -> Result<()> {
    on_postgres(async |database: TestDatabase| stay_within(database.url().parse()?).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_instances_on_sqlite_stay_within_the_budget() -> Result<()> {
    let folder = tempfile::tempdir()?;
    stay_within(DatabaseUrl::Sqlite(folder.path().join("smartlinks.db"))).await
}

/// In real time and over real connections: what counts is when calls arrive.
async fn stay_within(url: DatabaseUrl) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let gateway = format!("http://{}", listener.local_addr()?);
    let config = SandboxConfig {
        base_url: gateway.clone(),
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config, Arc::new(now_ms), 1)?;
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    let keys = KeyRing::ephemeral(&SystemEntropy)?;

    let stop = CancellationToken::new();
    let mut workers = JoinSet::new();
    let mut calls = JoinSet::new();
    let mut cores = Vec::new();
    for number in 0..INSTANCES {
        let core = instance(&url, &keys, &gateway).await?;
        // The last one is a command, which wants little.
        let appetite = match number {
            2 => BudgetAppetite::Little,
            _ => BudgetAppetite::Whole,
        };
        workers.spawn(core.lease_budgets(appetite).run(stop.clone()));
        for _ in 0..CALLS_EACH {
            let client = core.app().ready()?.client.clone();
            calls.spawn(async move {
                client
                    .dropshipping()
                    .address_get()
                    .country("CG")
                    .send()
                    .await
            });
        }
        cores.push(core);
    }
    while let Some(call) = calls.join_next().await {
        call??;
    }
    stop.cancel();
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    judge(&gateway).await?;
    // All have left, so the next one finds the whole budget when their last calls no longer count.
    let next = instance(&url, &keys, &gateway).await?;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(next.lease_budgets(BudgetAppetite::Whole).run(stop.clone()));
    let client = next.app().ready()?.client.clone();
    client
        .dropshipping()
        .address_get()
        .country("CG")
        .send()
        .await?;
    stop.cancel();
    worker.await?;
    for core in cores.into_iter().chain([next]) {
        core.store().close().await;
    }
    Ok(())
}

async fn judge(gateway: &str) -> Result<()> {
    let journal = Http::new(gateway)?
        .get(&format!("/_sandbox/journal?api={CALL}&limit=1000"))
        .await?;
    let journal: Value = journal.expect_status(200)?.json()?;
    let entries = journal["entries"].as_array().context("no entries")?;
    ensure!(
        entries.len() == INSTANCES * CALLS_EACH,
        "{} calls",
        entries.len()
    );
    let refused = entries
        .iter()
        .filter(|entry| entry["outcome"] != "ok")
        .count();
    ensure!(refused == 0, "flow control has refused {refused} calls");
    let mut moments: Vec<i64> = entries
        .iter()
        .filter_map(|entry| entry["at_ms"].as_i64())
        .collect();
    moments.sort_unstable();
    let in_second = |from: &i64| {
        let within = |at: &&i64| (0..1000).contains(&(**at - from));
        moments.iter().filter(within).count()
    };
    let most = moments.iter().map(in_second).max().unwrap_or_default();
    ensure!(
        most <= PER_SECOND,
        "{most} calls inside one second: {moments:?}"
    );
    Ok(())
}

async fn instance(url: &DatabaseUrl, keys: &KeyRing, gateway: &str) -> Result<Core> {
    let options = OpenOptions::new(url.clone(), keys.clone(), Arc::new(SystemEntropy));
    let client = Client::builder(
        AppKey::parse("500100")?,
        AppSecret::parse("sandbox-secret")?,
    )
    .gateway(GatewayUrl::parse(gateway)?)
    .policy(
        Policy::default()
            .longest_hold(Duration::from_secs(120))
            .longest_wait(Duration::from_secs(120)),
    )
    .build()?;
    Ok(Core::new(CoreOptions::new(
        AppSetup::Ready(App {
            client,
            callback_url: "http://127.0.0.1:8080/aliexpress/callback".parse()?,
        }),
        smartlinks_store::open(options).await?,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    ))?)
}
