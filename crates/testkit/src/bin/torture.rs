//! `torture --kills N [--database sqlite|URL]… [--seed S]`, started by `cargo xtask torture`; and, with `child`, the
//! process that it kills. `torture --orders N …` and `order-child` do the same for the placing of orders.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use testkit::torture::{
    Kind, OrderPlan, OrderSabotage, OrderTally, Plan, Sabotage, child, order_child, run, run_orders,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ended = match arguments.first().map(String::as_str) {
        Some("child") => child().map(|()| true),
        Some("order-child") => order_child().map(|()| true),
        Some("--orders") => torture_orders(&arguments),
        _ => torture(&arguments),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tell(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn tell(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// `false` when a promise was broken.
fn torture(arguments: &[String]) -> Result<bool> {
    let plans = plans(arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut good = true;
    for plan in plans {
        tell(&format!(
            "torturing {}: {} kills, seed {}",
            plan.database, plan.kills, plan.seed
        ));
        let tally = runtime.block_on(run(plan))?;
        for story in &tally.stories {
            tell(story);
        }
        let rare = tally.too_rare();
        if !rare.is_empty() {
            tell(&format!("killed too rarely at: {}", rare.join(", ")));
        }
        let words = tally.unavoidable_in_words();
        if !words.is_empty() {
            tell(&words);
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "{tally}").and_then(|()| out.flush())?;
        good &= tally.is_good();
    }
    Ok(good)
}

fn plans(arguments: &[String]) -> Result<Vec<Plan>> {
    let (mut kills, mut seed, mut sabotage) = (2_000, 1, Sabotage::None);
    let mut databases = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--kills" => kills = value.parse().context("--kills needs a number")?,
            "--seed" => seed = value.parse().context("--seed needs a number")?,
            "--database" => databases.push(value.parse::<Kind>()?),
            "--sabotage" => sabotage = value.parse()?,
            other => bail!("unknown argument `{other}`"),
        }
    }
    ensure!(kills > 0, "--kills needs a number above 0");
    if databases.is_empty() {
        databases.push(Kind::Sqlite);
    }
    let program = std::env::current_exe()?;
    let plan = |database| Plan {
        kills,
        database,
        seed,
        program: program.clone(),
        sabotage,
    };
    Ok(databases.into_iter().map(plan).collect())
}

/// `--orders N [--database …]… [--seed S] [--sabotage S]`, divided among the databases. `false` when an order was doubled
/// or stays open, and when it was not tried as it should be.
fn torture_orders(arguments: &[String]) -> Result<bool> {
    let (mut orders, mut seed, mut sabotage) = (1_000, 1, OrderSabotage::None);
    let mut databases: Vec<Kind> = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--orders" => orders = value.parse().context("--orders needs a number")?,
            "--seed" => seed = value.parse().context("--seed needs a number")?,
            "--database" => databases.push(value.parse::<Kind>()?),
            "--sabotage" => sabotage = value.parse()?,
            other => bail!("unknown argument `{other}`"),
        }
    }
    ensure!(orders > 0, "--orders needs a number above 0");
    if databases.is_empty() {
        databases.push(Kind::Sqlite);
    }
    let program = std::env::current_exe()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (mut tally, mut shortcomings) = (OrderTally::default(), Vec::new());
    let count = databases.len() as u64;
    for (number, database) in (0..).zip(databases) {
        let share: u64 = orders / count + u64::from(number < orders % count);
        tell(&format!(
            "torturing {database}: {share} orders, seed {seed}"
        ));
        let on_one = runtime.block_on(run_orders(OrderPlan {
            orders: share,
            database,
            seed,
            program: program.clone(),
            sabotage,
        }))?;
        shortcomings.extend(on_one.shortcomings());
        tally.add(on_one);
    }
    for story in &tally.stories {
        tell(story);
    }
    tell(&tally.in_words());
    for shortcoming in &shortcomings {
        tell(shortcoming);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{tally}").and_then(|()| out.flush())?;
    Ok(tally.is_good() && shortcomings.is_empty())
}
