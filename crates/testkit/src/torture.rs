//! The harness that kills: processes that refresh for real, on a real database, against a sandbox that plays every
//! way in which AliExpress may rotate tokens. They are killed with SIGKILL at each named step of a refresh and at
//! random moments; then others recover what is left, and the database and the sandbox's journal are held against the
//! promises of the token custody.
//!
//! The words, as everywhere in this project:
//! - **lost**: a connection ended although the gateway still accepts the newest refresh token that we had made
//!   durable; or a token was handed out that was not durable;
//! - **double**: two refresh calls for one generation with no process death or lease expiry between them;
//! - **unavoidable**: the gateway rotated, and the answer never became durable because the process that had asked died
//!   while its refreshes were under way;
//! - **unexplained**: anything else that is not as it must be.
//!
//! The work is divided into lanes. Each has a sandbox, a database and processes of its own, so that a clock moved in
//! one means nothing in another. At every step of a refresh a caller beside it asks for the token. A round of a lane: all its connections fall due, one process or two at once set to
//! work, one of them is killed, the clock moves past the lease, and a process that has not seen any of it goes to work.

mod child;
mod dice;
mod gateway;
mod judge;
mod lane;
mod orders;
mod place;
mod process;
mod profiles;
mod sabotage;
mod tally;

use std::path::PathBuf;

use anyhow::{Context, Result};

pub use child::child;
pub use orders::{OrderPlan, OrderSabotage, OrderTally, order_child, run_orders};
pub use place::Kind;
pub use sabotage::Sabotage;
pub use tally::Tally;

/// Lanes that run side by side. Two cores are busy with four, since a lane waits for its processes to start.
const LANES: u64 = 4;

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many processes to kill.
    pub kills: u64,
    /// On which database.
    pub database: Kind,
    /// What the dice begin with: the same seed plays the same rounds, as far as random moments allow.
    pub seed: u64,
    /// The program to start for each process, called with `child`.
    pub program: PathBuf,
    /// What the processes do wrong on purpose, to show that the harness notices.
    pub sabotage: Sabotage,
}

/// Carries out a plan.
///
/// # Errors
/// When the harness itself cannot go on: no database, a process that does not start or falls silent.
pub async fn run(plan: Plan) -> Result<Tally> {
    let mut lanes = tokio::task::JoinSet::new();
    let count = LANES.min(plan.kills.max(1));
    for number in 0..count {
        let share = plan.kills / count + u64::from(number < plan.kills % count);
        let plan = plan.clone();
        lanes.spawn(async move {
            lane::run(&plan, number, share)
                .await
                .with_context(|| format!("lane {number}"))
        });
    }
    let mut tally = Tally::new(plan.database);
    while let Some(ended) = lanes.join_next().await {
        tally.add(ended??);
    }
    Ok(tally)
}
