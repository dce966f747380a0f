//! Orders that are placed while processes die and answers are lost, on both databases; and the proof that the harness
//! would notice a second order. Many more are placed by `cargo xtask torture --orders 1000`.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use testkit::torture::{Kind, OrderPlan, OrderSabotage, OrderTally, run_orders};

/// Placed on each database by the tests: each blow falls at least once.
const ORDERS: u64 = 48;

fn plan(database: Kind, orders: u64, sabotage: OrderSabotage) -> OrderPlan {
    OrderPlan {
        orders,
        database,
        seed: 1,
        program: PathBuf::from(env!("CARGO_BIN_EXE_torture")),
        sabotage,
    }
}

fn good(tally: &OrderTally) -> Result<()> {
    let stories = tally.stories.join("\n");
    ensure!(tally.is_good(), "{tally}\n{stories}");
    assert_eq!(
        tally.to_string(),
        format!("torture orders={ORDERS} doubled=0 unresolved=0")
    );
    // Orders were placed, and some were left to a person: otherwise nothing was tried.
    let ended = |state: &str| tally.ends.keys().any(|end| end.starts_with(state));
    ensure!(
        ended("created_unpaid") && ended("awaiting_person"),
        "{}",
        tally.in_words()
    );
    let shortcomings = tally.shortcomings();
    ensure!(
        shortcomings.is_empty(),
        "{}: {}",
        shortcomings.join("; "),
        tally.in_words()
    );
    ensure!(tally.answered > 0, "{}", tally.in_words());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_death_and_no_lost_answer_doubles_an_order_on_sqlite() -> Result<()> {
    good(&run_orders(plan(Kind::Sqlite, ORDERS, OrderSabotage::None)).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_death_and_no_lost_answer_doubles_an_order_on_postgres() -> Result<()> {
    let Some(server) = postgres()? else {
        return Ok(());
    };
    good(&run_orders(plan(server, ORDERS, OrderSabotage::None)).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_placed_again_under_a_new_key_is_noticed() -> Result<()> {
    let tally = run_orders(plan(Kind::Sqlite, ORDERS, OrderSabotage::OrdersAgain)).await?;
    ensure!(tally.doubled > 0 && !tally.is_good(), "{tally}");
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
