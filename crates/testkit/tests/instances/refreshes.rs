//! F2, F3: three servers and five commands on one database; one server is killed in the middle.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_store::Millis;
use sqlx::PgPool;
use testkit::database::{TestDatabase, on_postgres};
use testkit::server::ServiceProcess;
use tokio::sync::Mutex;

use super::world::{Connected, World, calm, now_ms, until};

const CONNECTIONS: u32 = 2000;
/// How many refreshes one server has under way at most.
const AT_ONCE: usize = 16;
/// A busy machine takes its time; more than this is a hang.
const LONG: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_servers_and_five_commands_make_one_refresh_per_deadline() -> Result<()> {
    on_postgres(one_refresh_per_deadline).await
}

async fn one_refresh_per_deadline(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    // A server that is killed after the gateway has rotated leaves the former token. Whether that one still works is
    // the gateway's affair, and the torture's; here it does.
    let profile = json!({ "old_refresh_valid": true });
    world.control("profile", &profile).await?;
    let connected = world
        .connect(CONNECTIONS, Millis(now_ms() + 3_600_000))
        .await?;
    world.delay_refreshes(150).await?;
    let rows = world.database.pool()?;
    fall_due_soon(&rows).await?;

    let url = || world.database.url();
    let (killed, one, other) =
        tokio::try_join!(world.serve(url()), world.serve(url()), world.serve(url()))?;
    let mut killed = killed;
    until("the first are refreshed", LONG, || at_least(&rows, 100)).await?;
    let commands = commands(&world, &connected);
    let killing = async {
        until("a third is refreshed", LONG, || at_least(&rows, 700)).await?;
        killed.kill()?;
        calm(&killed.output())
    };
    // The commands have ended before the orphans are looked for: what they claimed was theirs.
    let ((), commanded) = tokio::try_join!(killing, commands)?;
    let orphans = orphans(&rows).await?;
    for (words, output) in commanded {
        ensure!(output.status.success(), "{words}: {output:?}");
        calm(&String::from_utf8_lossy(&output.stderr))?;
    }
    let all = usize::try_from(CONNECTIONS)?;
    until("all are refreshed", LONG, || at_least(&rows, all)).await?;

    judge(&world, &rows, &connected, &orphans).await?;
    for mut server in [one, other] {
        say_so(&world, &server).await?;
        ensure!(server.stop()?.success(), "{}", server.output());
        calm(&server.output())?;
    }
    Ok(())
}

/// Every deadline but that of the last tenth lies in the two seconds after a moment by which the servers have started.
async fn fall_due_soon(rows: &PgPool) -> Result<()> {
    const SOON: &str = "update connections set next_refresh_at = $1 + (hashtext(id) & 1023) * 2 \
         where id in (select id from connections order by id limit $2)";
    sqlx::query(SOON)
        .bind(now_ms() + 10_000)
        .bind(i64::from(CONNECTIONS - CONNECTIONS / 10))
        .execute(rows)
        .await?;
    Ok(())
}

/// The last tenth falls due: work for those who are alive.
async fn the_rest_falls_due(rows: &PgPool) -> Result<()> {
    const REST: &str = "update connections set next_refresh_at = $1 \
         where generation = 1 and refresh_owner is null and next_refresh_at > $1";
    sqlx::query(REST).bind(now_ms()).execute(rows).await?;
    Ok(())
}

async fn refreshed(rows: &PgPool) -> Result<i64> {
    let number = sqlx::query_scalar("select count(*) from connections where generation > 1");
    Ok(number.fetch_one(rows).await?)
}

async fn at_least(rows: &PgPool, number: usize) -> Result<Option<()>> {
    let done = refreshed(rows).await?;
    Ok((usize::try_from(done)? >= number).then_some(()))
}

/// Five commands, each a process, while the servers are at it.
async fn commands(
    world: &World,
    connected: &[Connected],
) -> Result<Vec<(String, std::process::Output)>> {
    let last = connected.len() - 1;
    let ids = [&connected[last].id, &connected[0].id].map(ToString::to_string);
    let lines: [&[&str]; 5] = [
        &["auth", "refresh", &ids[0], "--json"],
        &["auth", "refresh", &ids[1], "--json"],
        &["auth", "status", "--json"],
        &["connections", "label", &ids[0], "shop", "--json"],
        &["connections", "show", &ids[1], "--json"],
    ];
    let runs = lines.map(|line| async move {
        let output = world.command(line).await?;
        Ok::<_, anyhow::Error>((line.join(" "), output))
    });
    let [one, two, three, four, five] = runs;
    let (one, two, three, four, five) = tokio::try_join!(one, two, three, four, five)?;
    Ok(vec![one, two, three, four, five])
}

/// The connections that the dead server was refreshing. Its leases pass on to the others now, as they would in a minute.
async fn orphans(rows: &PgPool) -> Result<BTreeSet<String>> {
    const LEASED: &str =
        "select id, refresh_owner from connections where refresh_owner is not null";
    const AT_WORK: &str =
        "select distinct refresh_owner from connections where refresh_begun_at > $1";
    const PASS_ON: &str =
        "update connections set refresh_lease_until = 1 where id = $1 and refresh_owner = $2";
    let leased: Vec<(String, String)> = sqlx::query_as(LEASED).fetch_all(rows).await?;
    let after = now_ms();
    the_rest_falls_due(rows).await?;
    let alive = Mutex::new(BTreeSet::new());
    // Whoever claims from here on is not the dead one; the two others both do.
    until("both survivors go on", LONG, || async {
        let at_work: Vec<String> = sqlx::query_scalar(AT_WORK)
            .bind(after)
            .fetch_all(rows)
            .await?;
        let mut alive = alive.lock().await;
        alive.extend(at_work);
        Ok((alive.len() >= 2).then_some(()))
    })
    .await?;
    let alive = alive.into_inner();
    let mut orphans = BTreeSet::new();
    for (id, owner) in leased {
        if alive.contains(&owner) {
            continue;
        }
        sqlx::query(PASS_ON)
            .bind(&id)
            .bind(&owner)
            .execute(rows)
            .await?;
        orphans.insert(id);
    }
    ensure!(
        orphans.len() <= AT_ONCE,
        "{} are left by the dead",
        orphans.len()
    );
    Ok(orphans)
}

/// The sandbox's journal against what was due.
async fn judge(
    world: &World,
    rows: &PgPool,
    connected: &[Connected],
    orphans: &BTreeSet<String>,
) -> Result<()> {
    let refreshes = world.refreshes().await?;
    for one in connected {
        let calls = refreshes.get(&one.mark).copied().unwrap_or_default();
        ensure!(calls > 0, "{} was missed", one.id);
        let allowed = if orphans.contains(one.id.as_str()) {
            2
        } else {
            1
        };
        ensure!(
            calls <= allowed,
            "{} was refreshed {calls} times for one deadline",
            one.id
        );
    }
    // Later generations, which a person asked for, have tokens of their own.
    let of_first: BTreeSet<&String> = connected.iter().map(|one| &one.mark).collect();
    for (mark, calls) in refreshes
        .iter()
        .filter(|(mark, _)| !of_first.contains(mark))
    {
        ensure!(*calls == 1, "a later token ({mark}) was used {calls} times");
    }
    let unwell: i64 = sqlx::query_scalar(
        "select count(*) from connections where state <> 'active' or generation > 2 + $1 \
         or refresh_owner is not null or next_refresh_at <= $2",
    )
    .bind(1_i64)
    .bind(now_ms())
    .fetch_one(rows)
    .await?;
    ensure!(unwell == 0, "{unwell} connections are not well");
    Ok(())
}

/// What a server says of them is what the database has.
async fn say_so(world: &World, server: &ServiceProcess) -> Result<()> {
    let visitor = world.program(server).await?;
    let status = visitor.get("/api/aliexpress/status").await?;
    let status: Value = status.expect_status(200)?.json()?;
    let connections = status["connections"].as_array().context("no connections")?;
    ensure!(!connections.is_empty(), "none is shown");
    let old = connections
        .iter()
        .filter(|one| one["generation"] == 1)
        .count();
    ensure!(old == 0, "{old} are shown as they were");
    Ok(())
}
