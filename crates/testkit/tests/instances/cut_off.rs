//! The database goes away and comes back.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;
use smartlinks_store::Millis;
use sqlx::PgPool;
use testkit::database::{TestDatabase, on_postgres};
use testkit::door::Door;
use testkit::http::Http;
use tokio::net::TcpListener;

use super::world::{REFRESH, World, calm, now_ms, until};

const SOON: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_goes_away_and_comes_back_is_survived() -> Result<()> {
    on_postgres(gone_and_back).await
}

async fn gone_and_back(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let connected = world.connect(20, Millis(now_ms() + 3_600_000)).await?;
    // Long enough that the database can go while a call is under way.
    world.delay_refreshes(1_500).await?;
    let door = Door::before(world.database.authority()).await?;
    let through = world.database.url_through(&door.authority());
    let url = || through.clone();
    let (one, two, three) =
        tokio::try_join!(world.serve(url()), world.serve(url()), world.serve(url()))?;
    let servers = [one, two, three];
    let rows = world.database.pool()?;
    let mut visitors = Vec::new();
    for server in &servers {
        let visitor = world.program(server).await?;
        expect(&visitor, "/readyz", 200).await?;
        visitors.push(visitor);
    }

    // One refresh is asked of the gateway; before it answers, the database is gone.
    let path = format!("/api/aliexpress/connections/{}/refresh", connected[0].id);
    let asked = tokio::spawn({
        let visitor = world.program(&servers[0]).await?;
        async move { visitor.post_json(&path, &serde_json::json!({})).await }
    });
    until("the gateway is asked", SOON, || async {
        Ok((!world.refreshes().await?.is_empty()).then_some(()))
    })
    .await?;
    door.shut().await;
    let lost = asked.await??;
    ensure!(lost.status == 503, "{}: {}", lost.status, lost.text());
    is_storage_problem(&lost.json()?)?;

    for visitor in &visitors {
        says_that_it_is_gone(visitor).await?;
    }
    let command = world
        .command_on(&through, &["auth", "status", "--json"])
        .await?;
    let words = String::from_utf8_lossy(&command.stderr).into_owned();
    ensure!(command.status.code() == Some(1), "{words}");
    ensure!(words.contains("storage_unavailable"), "{words}");
    calm(&words)?;

    // Meanwhile the others fall due.
    sqlx::query("update connections set next_refresh_at = $1 where id <> $2")
        .bind(now_ms())
        .bind(connected[0].id.as_str())
        .execute(&rows)
        .await?;
    door.reopen().await?;
    for visitor in &visitors {
        until("it is ready again", SOON, || async {
            let reply = visitor.get("/readyz").await?;
            Ok((reply.status == 200).then_some(()))
        })
        .await?;
        expect(visitor, "/api/aliexpress/status", 200).await?;
    }
    until("all are refreshed", SOON, || all_refreshed(&rows)).await?;
    // The pair that the database would not take was kept, and stored without another call.
    let refreshes = world.refreshes().await?;
    ensure!(
        refreshes.len() == 20,
        "{} tokens were used",
        refreshes.len()
    );
    ensure!(
        refreshes.values().all(|calls| *calls == 1),
        "{REFRESH}: {refreshes:?}"
    );
    for server in &servers {
        let output = server.output();
        calm(&output)?;
        let said = output.contains("the database does not answer");
        ensure!(said, "the log does not say so:\n{output}");
    }
    Ok(())
}

async fn expect(visitor: &Http, path: &str, status: u16) -> Result<Value> {
    visitor.get(path).await?.expect_status(status)?.json()
}

async fn all_refreshed(rows: &PgPool) -> Result<Option<()>> {
    let number = sqlx::query_scalar("select count(*) from connections where generation > 1");
    let number: i64 = number.fetch_one(rows).await?;
    Ok((number == 20).then_some(()))
}

async fn says_that_it_is_gone(visitor: &Http) -> Result<()> {
    let unready = expect(visitor, "/readyz", 503).await?;
    is_storage_problem(&unready)?;
    let detail = unready["detail"].as_str().unwrap_or_default();
    ensure!(detail.contains("database"), "{unready}");
    expect(visitor, "/healthz", 200).await?;
    for path in [
        "/api/aliexpress/status",
        "/api/aliexpress/connections",
        "/api/aliexpress/orders",
    ] {
        let reply = visitor.get(path).await?;
        ensure!(
            reply.status == 503,
            "{path}: {} {}",
            reply.status,
            reply.text()
        );
        ensure!(
            reply.header("content-type") == Some("application/problem+json"),
            "{path}"
        );
        is_storage_problem(&reply.json()?)?;
    }
    let page = visitor.get("/aliexpress").await?;
    ensure!(page.status != 500, "{}", page.text());
    Ok(())
}

fn is_storage_problem(problem: &Value) -> Result<()> {
    let code = problem["code"].as_str().unwrap_or_default();
    ensure!(code.starts_with("storage_"), "{problem}");
    Ok(())
}

/// A server that is switched on together with its database waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_starts_before_its_database_waits_for_it() -> Result<()> {
    on_postgres(early_start).await
}

async fn early_start(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    world.store().await?.close().await;
    let door = Door::before(world.database.authority()).await?;
    let through = world.database.url_through(&door.authority());
    door.shut().await;
    // It knocks where nobody answers yet; then the database is there.
    let (server, ()) = tokio::try_join!(world.serve(through), async {
        let deaf = TcpListener::bind(door.authority()).await?;
        deaf.accept().await?;
        drop(deaf);
        door.reopen().await
    })?;
    expect(&server.visitor()?, "/readyz", 200).await?;
    ensure!(
        server
            .output()
            .contains("waiting up to 30 s for the database"),
        "{}",
        server.output()
    );
    calm(&server.output())
}
