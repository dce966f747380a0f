//! The harness that kills while orders are placed: processes are killed with SIGKILL at each named step and at random
//! moments, and the gateway's answers are spoilt before or after the order was made, by a sandbox that answers a
//! repetition with the existing order or refuses it. Then others find out what became of the order, its caller asks again
//! with the same key, and the record is held against what the sandbox has.
//!
//! - **doubled**: the sandbox has more orders than one for one order that was asked for;
//! - **unresolved**: the record did not end, or its end is not the truth: placed and there is none, refused and there is
//!   one. Awaiting a person with the reason is an end.
//!
//! The work is divided into lanes. Each has a sandbox, a database and processes of its own, so that a clock moved in one
//! means nothing in another.

mod blows;
mod child;
mod lane;
mod process;
mod tally;

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::place::Kind;

pub use child::order_child;
pub use tally::OrderTally;

/// Lanes that run side by side.
const LANES: u64 = 4;

/// What a process does wrong on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSabotage {
    /// Nothing: the product as it is.
    #[default]
    None,
    /// It takes a lost answer for no order, and orders again under a new key.
    OrdersAgain,
}

impl FromStr for OrderSabotage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        serde_json::from_value(text.into()).with_context(|| format!("there is no sabotage {text}"))
    }
}

/// What is to be done.
#[derive(Debug, Clone)]
pub struct OrderPlan {
    /// How many orders are placed.
    pub orders: u64,
    /// On which database.
    pub database: Kind,
    /// What the dice begin with.
    pub seed: u64,
    /// The program to start for each process, called with `order-child`.
    pub program: PathBuf,
    /// What the processes do wrong on purpose, to show that the harness notices.
    pub sabotage: OrderSabotage,
}

/// Carries out a plan.
///
/// # Errors
/// When the harness itself cannot go on: no database, a process that does not start or falls silent.
pub async fn run_orders(plan: OrderPlan) -> Result<OrderTally> {
    let mut lanes = tokio::task::JoinSet::new();
    let count = LANES.min(plan.orders.max(1));
    // One deck for all lanes: as soon as there are as many orders as blows, each of them falls.
    let mut hands = vec![Vec::new(); usize::try_from(count)?];
    let deck = blows::deck(plan.orders, &mut Dice::new(plan.seed));
    for (hand, blow) in (0..hands.len()).cycle().zip(deck) {
        hands[hand].push(blow);
    }
    for (number, hand) in (0..).zip(hands) {
        let plan = plan.clone();
        lanes.spawn(async move {
            lane::run(&plan, number, hand)
                .await
                .with_context(|| format!("lane {number}"))
        });
    }
    let mut tally = OrderTally::default();
    while let Some(ended) = lanes.join_next().await {
        tally.add(ended??);
    }
    Ok(tally)
}
