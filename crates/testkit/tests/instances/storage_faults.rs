//! Databases that do only part of what they should.

use std::time::Duration;

use aliexpress::push::authorization;
use aliexpress::{AppKey, AppSecret};
use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::database::{TestDatabase, on_postgres};
use testkit::http::Http;

use super::world::{World, calm, now_ms, until};

const WEBHOOKS: &str = "/api/aliexpress/webhooks";
const SOON: Duration = Duration::from_secs(60);

/// Makes an endpoint and queues a test event for it; gives the id of its delivery.
async fn queued(program: &Http) -> Result<String> {
    let endpoint = json!({ "url": "https://shop.example/hook" });
    let made = program.post_json(WEBHOOKS, &endpoint).await?;
    let made = made.expect_status(201)?.json()?;
    let id = made["webhook"]["id"].as_str().context("no id")?;
    let test = format!("{WEBHOOKS}/{id}/test");
    let queued = program.post_json(&test, &json!({})).await?;
    ensure!(queued.status < 300, "{}", queued.text());
    let queued = queued.json()?;
    Ok(queued["id"].as_str().context("no delivery")?.to_owned())
}

/// R29: its disk is full, or a replica has become the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_takes_nothing_is_not_asked_without_rest() -> Result<()> {
    on_postgres(asked_without_rest).await
}

async fn asked_without_rest(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let server = world.serve(world.database.url()).await?;
    let rows = world.database.pool()?;
    // The claims that are refused are counted: a sequence goes on although its transaction is undone.
    for statement in [
        "create sequence claims",
        "create function refuse() returns trigger language plpgsql as \
         $$ begin perform nextval('claims'); raise exception 'no space left'; end $$",
        "create trigger refuse before update on webhook_deliveries \
         for each row execute function refuse()",
    ] {
        sqlx::query(statement).execute(&rows).await?;
    }
    let program = world.program(&server).await?;
    queued(&program).await?;
    let claims = || async {
        let claims = sqlx::query_scalar("select last_value from claims where is_called");
        Ok(claims.fetch_optional(&rows).await?)
    };
    until("a claim is refused", SOON, claims).await?;
    // Each of these takes about as long as a claim.
    for _ in 0..200 {
        program.get(WEBHOOKS).await?.expect_status(200)?;
    }
    let claims: i64 = claims().await?.unwrap_or_default();
    ensure!(
        claims < 20,
        "{claims} claims while 200 requests were answered"
    );
    ensure!(
        server.output().contains("could not be attempted"),
        "the log does not say so"
    );
    Ok(())
}

/// R29, R31: sealed values that do not open are settled and told, and nothing waits behind them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_does_not_open_is_settled_and_told() -> Result<()> {
    on_postgres(settled_and_told).await
}

async fn settled_and_told(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let server = world.serve(world.database.url()).await?;
    let rows = world.database.pool()?;
    for statement in [
        "create function spoil_body() returns trigger language plpgsql as \
         $$ begin new.body := '\\x00'::bytea; return new; end $$",
        "create trigger spoil before insert on pushes for each row execute function spoil_body()",
        "create function spoil_secret() returns trigger language plpgsql as \
         $$ begin new.secret := '\\x00'::bytea; return new; end $$",
        "create trigger spoil before insert on webhook_endpoints \
         for each row execute function spoil_secret()",
    ] {
        sqlx::query(statement).execute(&rows).await?;
    }
    let program = world.program(&server).await?;
    let delivery = queued(&program).await?;
    let shown = format!("/api/aliexpress/webhook-deliveries/{delivery}");
    let attempt = until("an attempt is noted", SOON, || async {
        let shown: Value = program.get(&shown).await?.expect_status(200)?.json()?;
        Ok(shown["attempts"].get(0).cloned())
    })
    .await?;
    ensure!(attempt["error"] == "unable", "{attempt}");
    let answer = attempt["answer"].as_str().unwrap_or_default();
    ensure!(answer.contains("secret"), "{attempt}");

    let body = json!({
        "data": { "buyerId": 1, "orderId": 2, "orderStatus": "PAID" }, "message_type": 53,
        "seller_id": "1", "site": "ae_global", "timestamp": now_ms() / 1000
    })
    .to_string();
    let (key, secret) = (
        AppKey::parse("500100")?,
        AppSecret::parse("sandbox-secret")?,
    );
    let request = server
        .visitor()?
        .request(Method::POST, "/aliexpress/push")
        .header("content-type", "application/json")
        .header(
            "authorization",
            authorization(&key, &secret, body.as_bytes()),
        )
        .body(body);
    server.visitor()?.send(request).await?.expect_status(200)?;
    let told = until("it is told", SOON, || async {
        let told = sqlx::query_scalar("select data_json from events where kind = 'push.failed'");
        let told: Option<String> = told.fetch_optional(&rows).await?;
        Ok(told)
    })
    .await?;
    ensure!(told.contains("unreadable_body"), "{told}");
    calm(&server.output())
}
