//! Processes killed in the middle of refreshes, on both databases; and the proof that the harness would notice.
//! Many more are killed by `cargo xtask torture`.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use testkit::torture::{Kind, Plan, Sabotage, Tally, run};

/// Killed on each database by the tests.
const KILLS: u64 = 200;

fn plan(database: Kind, kills: u64, sabotage: Sabotage) -> Plan {
    Plan {
        kills,
        database,
        seed: 1,
        program: PathBuf::from(env!("CARGO_BIN_EXE_torture")),
        sabotage,
    }
}

fn good(tally: &Tally) -> Result<()> {
    let stories = tally.stories.join("\n");
    ensure!(tally.is_good(), "{tally}\n{stories}");
    // The gateway does rotate, and answers do die with their processes: otherwise nothing was tried.
    ensure!(!tally.unavoidable.is_empty(), "{tally}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_step_loses_nothing_on_sqlite() -> Result<()> {
    let tally = run(plan(Kind::Sqlite, KILLS, Sabotage::None)).await?;
    assert_eq!(tally.kills, KILLS);
    good(&tally)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_every_step_loses_nothing_on_postgres() -> Result<()> {
    let Some(server) = postgres()? else {
        return Ok(());
    };
    let tally = run(plan(server, KILLS, Sabotage::None)).await?;
    assert_eq!(tally.kills, KILLS);
    good(&tally)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_handed_out_before_it_is_durable_is_noticed() -> Result<()> {
    let tally = run(plan(Kind::Sqlite, 20, Sabotage::HandsOutEarly)).await?;
    ensure!(tally.lost > 0 && !tally.is_good(), "{tally}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_ended_without_trying_is_noticed() -> Result<()> {
    let tally = run(plan(Kind::Sqlite, 40, Sabotage::GivesUp)).await?;
    ensure!(tally.lost > 0 && !tally.is_good(), "{tally}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_takes_no_lease_for_valid_is_noticed() -> Result<()> {
    let tally = run(plan(Kind::Sqlite, 40, Sabotage::IgnoresLeases)).await?;
    ensure!(tally.double > 0 && !tally.is_good(), "{tally}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_without_a_death_is_noticed() -> Result<()> {
    let tally = run(plan(Kind::Sqlite, 40, Sabotage::DropsAnAnswer)).await?;
    ensure!(tally.unexplained > 0 && !tally.is_good(), "{tally}");
    let excused = |step: &str| tally.unavoidable.contains_key(step);
    ensure!(!excused("handed_out") && !excused("served"), "{tally}");
    Ok(())
}

/// None when there is no server and none is demanded.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests take their database from the environment, and say what they do not run"
)]
fn postgres() -> Result<Option<Kind>> {
    match std::env::var("TEST_DATABASE_URL") {
        Ok(server) => server.parse().map(Some),
        Err(_) if std::env::var("SMARTLINKS_TEST_POSTGRES").is_ok_and(|it| it == "required") => {
            bail!("SMARTLINKS_TEST_POSTGRES=required, but TEST_DATABASE_URL is not set")
        }
        Err(_) => {
            println!("not run: PostgreSQL is tested by `cargo xtask test`");
            Ok(None)
        }
    }
}
