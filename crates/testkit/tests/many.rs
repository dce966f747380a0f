//! Very many connections: their count is kept, repeated in the background, and shown with its age.

use anyhow::{Context, Result};
use smartlinks_core::SeenOutlook;
use testkit::app::App;

/// The number from which on a count is kept.
const MANY: i64 = 50_000;

/// Connections with these numbers, which the database itself writes.
fn fill(app: &App, from: i64, to: i64) -> Result<()> {
    let far = 4_000_000_000_000_i64;
    let sql = format!(
        "insert into connections (id, account_user_id, state, generation, access_token, refresh_token, sealed_with, \
         obtained_at, works_until, sign_in_again_by, signed_in_at, next_refresh_at, refresh_failures, is_default, \
         created_at, updated_at) \
         with recursive n(i) as (select {from} union all select i + 1 from n where i < {to}) \
         select printf('conn_00000000-0000-7000-8000-%012d', i), i, 'active', 1, x'00', x'00', 'k0', 1, {far}, {far}, 1, {far}, 0, 0, 1, 1 \
         from n"
    );
    app.database()?.execute(&sql)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_of_many_is_kept_for_a_while_and_then_repeated() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let few = app.core.outlook().await?;
    assert_eq!(few.outlook.all(), 1);
    fill(&app, 1, MANY)?;
    let many = app.core.outlook().await?;
    assert_eq!(many.outlook.all(), MANY + 1, "few are counted each time");

    fill(&app, MANY + 1, MANY + 1)?;
    app.advance(10);
    assert_eq!(app.core.outlook().await?, many, "kept");
    let page = app.visitor()?.get("/aliexpress?lang=en").await?.text();
    assert!(page.contains("Connections counted"), "{page}");
    app.advance(5);
    let shown = app.core.outlook().await?;
    assert_eq!(shown, many, "shown while the next count runs");
    // Waits for what runs in the background.
    app.core.drain().await;
    let SeenOutlook { outlook, at } = app.core.outlook().await?;
    assert_eq!(outlook.all(), MANY + 2);
    assert!(at > many.at);

    let scrape = app.visitor()?.get("/metrics").await?.text();
    let line = scrape
        .lines()
        .find(|line| line.starts_with("smartlinks_connections_age_seconds "))
        .context("no age")?;
    let (_, age) = line.split_once(' ').context("no number")?;
    assert!(age.parse::<f64>()? < 60.0, "{line}");
    assert!(
        scrape.contains(&format!(
            "smartlinks_connections{{state=\"active\"}} {}",
            MANY + 2
        )),
        "{scrape}"
    );
    Ok(())
}
