//! What is handed out: nothing before it is durable, and what another server has changed within a second.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_store::Millis;
use testkit::database::{TestDatabase, on_postgres};
use testkit::http::Http;

use super::world::{World, calm, now_ms, until};

const STATUS: &str = "/api/aliexpress/status";
const SOON: Duration = Duration::from_secs(60);
/// How long a change may take to arrive at the other servers.
const PROMISED: Duration = Duration::from_secs(1);

fn path_of(id: &impl std::fmt::Display) -> String {
    format!("/api/aliexpress/connections/{id}")
}

async fn vended(program: &Http, id: &impl std::fmt::Display) -> Result<Value> {
    let reply = program.get(&format!("{}/token", path_of(id))).await?;
    reply.expect_status(200)?.json()
}

async fn status_of(program: &Http) -> Result<Value> {
    program.get(STATUS).await?.expect_status(200)?.json()
}

/// Design 6, invariant 1: the gateway has given a new pair, and the database has not taken it yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_is_not_handed_out_while_its_write_waits() -> Result<()> {
    on_postgres(not_while_it_waits).await
}

async fn not_while_it_waits(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let connected = world.connect(1, Millis(now_ms() + 3_600_000)).await?;
    let id = &connected[0].id;
    // Long enough to take the lock while the call is under way.
    world.delay_refreshes(1_500).await?;
    let url = || world.database.url();
    let (server, beside) = tokio::try_join!(world.serve(url()), world.serve(url()))?;
    let (program, other) = (world.program(&server).await?, world.program(&beside).await?);
    let first = vended(&program, id).await?["access_token"].clone();

    let refresh = format!("{}/refresh", path_of(id));
    let asked = tokio::spawn({
        let program = world.program(&server).await?;
        async move { program.post_json(&refresh, &json!({})).await }
    });
    until("the gateway is asked", SOON, || async {
        Ok((!world.refreshes().await?.is_empty()).then_some(()))
    })
    .await?;
    let rows = world.database.pool()?;
    let mut holding = rows.begin().await?;
    sqlx::query("lock table connections in exclusive mode")
        .execute(&mut *holding)
        .await?;
    until("the new pair waits to be written", SOON, || async {
        let waiting = "select count(*) from pg_locks where not granted \
             and relation = 'connections'::regclass";
        let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&rows).await?;
        Ok((waiting > 0).then_some(()))
    })
    .await?;
    for _ in 0..20 {
        for program in [&program, &other] {
            let vended = vended(program, id).await?;
            ensure!(vended["access_token"] == first, "handed out early");
        }
    }
    ensure!(!asked.is_finished(), "the write did not wait");
    holding.rollback().await?;
    asked.await??.expect_status(200)?;
    let second = vended(&program, id).await?["access_token"].clone();
    ensure!(second != first, "the new pair is not handed out");
    until("the other server has it", SOON, || async {
        let vended = vended(&other, id).await?;
        Ok((vended["access_token"] == second).then_some(()))
    })
    .await?;
    calm(&server.output())?;
    calm(&beside.output())
}

/// Design 6, invariant 6.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_server_changes_the_other_knows_within_a_second() -> Result<()> {
    on_postgres(known_within_a_second).await
}

async fn known_within_a_second(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let connected = world.connect(1, Millis(now_ms() + 3_600_000)).await?;
    let id = &connected[0].id;
    let url = || world.database.url();
    let (server, beside) = tokio::try_join!(world.serve(url()), world.serve(url()))?;
    let (here, there) = (world.program(&server).await?, world.program(&beside).await?);
    vended(&there, id).await?;
    let before = status_of(&there).await?;
    ensure!(before["authenticated"] == true, "{before}");

    let label = here
        .request(Method::PATCH, &path_of(id))
        .header("content-type", "application/json")
        .body(json!({ "label": "Lyon" }).to_string());
    here.send(label).await?.expect_status(200)?;
    within_what_is_promised("the label is not shown", || async {
        Ok(status_of(&there).await?["connections"][0]["label"] == "Lyon")
    })
    .await?;

    let end = here.request(Method::DELETE, &path_of(id));
    here.send(end).await?.expect_status(204)?;
    within_what_is_promised("a token is handed out after the end", || async {
        let reply = there.get(&format!("{}/token", path_of(id))).await?;
        Ok(reply.status != 200)
    })
    .await?;
    within_what_is_promised("it is shown as it was", || async {
        Ok(status_of(&there).await?["authenticated"] == false)
    })
    .await?;
    calm(&server.output())?;
    calm(&beside.output())
}

/// No answer to a question that was asked later than promised may still be the former one.
#[expect(
    clippy::disallowed_methods,
    reason = "the promise is one of real time, so real time is measured"
)]
async fn within_what_is_promised<F: Future<Output = Result<bool>>>(
    otherwise: &str,
    known: impl Fn() -> F,
) -> Result<()> {
    let changed = Instant::now();
    loop {
        let asked_after = changed.elapsed();
        if known().await? {
            return Ok(());
        }
        ensure!(asked_after < PROMISED, "{otherwise} ({asked_after:?})");
    }
}
