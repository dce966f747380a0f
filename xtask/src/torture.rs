//! `cargo xtask torture`: processes are killed in the middle of refreshes, or with `--orders` of placing orders, on both
//! databases.

use anyhow::{Context, Result, bail};

use crate::console::Console;
use crate::machine::Machine;
use crate::postgres::{Cluster, Commits};

/// What the command line asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    kills: u64,
    /// How many orders are placed, in place of the kills.
    orders: Option<u64>,
    seed: u64,
    sqlite: bool,
    postgres: bool,
}

impl Options {
    /// Reads `--kills N` or `--orders N`, and `[--database sqlite|postgres] [--seed S]`. Without a database both are meant.
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            kills: 2_000,
            orders: None,
            seed: 1,
            sqlite: true,
            postgres: true,
        };
        let mut arguments = arguments
            .iter()
            .flat_map(|argument| match argument.split_once('=') {
                Some((name, value)) => vec![name, value],
                None => vec![argument.as_str()],
            });
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .with_context(|| format!("{name} needs a value"))?;
            let number = || {
                value
                    .parse()
                    .with_context(|| format!("{name} needs a number, not `{value}`"))
            };
            match (name, value) {
                ("--kills", _) => options.kills = number()?,
                ("--orders", _) => options.orders = Some(number()?),
                ("--seed", _) => options.seed = number()?,
                ("--database", "sqlite") => options.postgres = false,
                ("--database", "postgres") => options.sqlite = false,
                ("--database", other) => {
                    bail!("there is no database `{other}`: choose sqlite or postgres")
                }
                _ => bail!("unknown argument `{name}`"),
            }
        }
        if options.kills == 0 || options.orders == Some(0) || !(options.sqlite || options.postgres)
        {
            bail!("nothing to do");
        }
        Ok(options)
    }
}

/// Builds the harness and runs it; `false` when a promise was broken.
pub(crate) fn run(arguments: &[String], machine: &Machine, console: &Console) -> Result<bool> {
    let options = Options::parse(arguments)?;
    let cluster = match options.postgres {
        true => Some(Cluster::start(machine, console, Commits::Forgotten)?),
        false => None,
    };
    let mut torture = machine.cargo();
    torture.args([
        "run",
        "--quiet",
        "--package",
        "testkit",
        "--bin",
        "torture",
        "--",
    ]);
    match options.orders {
        Some(orders) => torture.args(["--orders", &orders.to_string()]),
        None => torture.args(["--kills", &options.kills.to_string()]),
    };
    torture.args(["--seed", &options.seed.to_string()]);
    if options.sqlite {
        torture.args(["--database", "sqlite"]);
    }
    if let Some(cluster) = &cluster {
        torture.args(["--database", &cluster.url()]);
    }
    console.say(format_args!("building the harness, then killing"));
    let status = torture.status().context("could not start cargo")?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn both_databases_are_meant_unless_one_is_named() {
        let options = parse("--kills 2000").unwrap();
        assert!(options.sqlite && options.postgres && options.kills == 2_000);
        assert_eq!(options.orders, None);
        let options = parse("--orders 1000").unwrap();
        assert!(options.sqlite && options.postgres);
        assert_eq!(options.orders, Some(1_000));
        let options = parse("--database=postgres --kills=20 --seed 3").unwrap();
        assert!(!options.sqlite && options.postgres);
        assert_eq!((options.kills, options.seed), (20, 3));
    }

    #[test]
    fn a_mistyped_command_line_is_refused() {
        for wrong in [
            "--kills",
            "--kills many",
            "--kills 0",
            "--orders 0",
            "--database mysql",
            "--faster 1",
            "--database sqlite --database postgres",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
