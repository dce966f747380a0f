//! `cargo xtask bench`: every budget that has a benchmark, each against its bare primitive in the same run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::console::Console;
use crate::install;
use crate::machine::Machine;
use crate::postgres::{Cluster, Commits};

/// One benchmark: its name, the crate and the bench target that hold it, and what it has to be given.
struct Benchmark {
    name: &'static str,
    package: &'static str,
    target: &'static str,
    features: &'static [&'static str],
    needs: &'static [Need],
}

/// What a benchmark has to be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The load generator.
    Wrk,
    /// A PostgreSQL server, which only this part of it uses.
    Postgres { part: &'static str },
}

impl Benchmark {
    /// Whether what is chosen of it (nothing: all of it) needs a PostgreSQL server.
    fn needs_postgres(&self, chosen: &[String]) -> bool {
        self.needs.iter().any(|need| match need {
            Need::Postgres { part } => chosen.last().is_none_or(|chosen| chosen == part),
            Need::Wrk => false,
        })
    }
}

const BENCHMARKS: [Benchmark; 6] = [
    Benchmark {
        name: "sign",
        package: "aliexpress",
        target: "sign",
        features: &[],
        needs: &[],
    },
    Benchmark {
        name: "decode",
        package: "aliexpress",
        target: "decode",
        features: &["bench"],
        needs: &[],
    },
    Benchmark {
        name: "sandbox",
        package: "aliexpress-sandbox",
        target: "throughput",
        features: &[],
        needs: &[Need::Wrk],
    },
    Benchmark {
        name: "service",
        package: "testkit",
        target: "service",
        features: &[],
        needs: &[Need::Wrk, Need::Postgres { part: "tick" }],
    },
    Benchmark {
        name: "catalogue",
        package: "testkit",
        target: "catalogue",
        features: &[],
        needs: &[Need::Postgres { part: "postgres" }],
    },
    Benchmark {
        name: "orders",
        package: "testkit",
        target: "orders",
        features: &[],
        needs: &[Need::Postgres { part: "postgres" }],
    },
];

/// Runs the benchmarks and prints their lines; `false` when a budget is missed.
pub(crate) fn run(arguments: &[String], machine: &Machine, console: &Console) -> Result<bool> {
    let (chosen, part) = chosen(arguments)?;
    let mut lines = Vec::new();
    for benchmark in chosen {
        console.say(format_args!("measuring {}", benchmark.name));
        lines.extend(measure(benchmark, &part, machine, console)?);
    }
    console.print("\nbudget                    measured       bare   ratio   budget\n");
    let mut all_met = true;
    for line in &lines {
        let row = Row::parse(line).with_context(|| format!("unreadable figure: {line}"))?;
        all_met &= row.met;
        console.print(format_args!("{row}\n"));
    }
    Ok(all_met)
}

/// The benchmarks that `arguments` choose, and what is passed on to them: `--only service/status` is a part of one.
fn chosen(arguments: &[String]) -> Result<(Vec<&'static Benchmark>, Vec<String>)> {
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let name = match names.as_slice() {
        [] => return Ok((BENCHMARKS.iter().collect(), Vec::new())),
        ["--only", name] => *name,
        _ => bail!("expected nothing or `--only NAME`"),
    };
    let (name, part) = match name.split_once('/') {
        Some((name, part)) => (name, vec!["--only".to_owned(), part.to_owned()]),
        None => (name, Vec::new()),
    };
    match BENCHMARKS.iter().find(|benchmark| benchmark.name == name) {
        Some(benchmark) => Ok((vec![benchmark], part)),
        None => bail!(
            "there is no benchmark `{name}`: choose sign, decode, sandbox, service, catalogue or orders"
        ),
    }
}

/// Runs one benchmark and gives the lines that hold a figure.
fn measure(
    benchmark: &Benchmark,
    part: &[String],
    machine: &Machine,
    console: &Console,
) -> Result<Vec<String>> {
    let mut bench = machine.cargo();
    bench.args([
        "bench",
        "--quiet",
        "--package",
        benchmark.package,
        "--bench",
        benchmark.target,
    ]);
    if !benchmark.features.is_empty() {
        bench.args(["--features", &benchmark.features.join(",")]);
    }
    bench.arg("--");
    if benchmark.needs.contains(&Need::Wrk) {
        bench.arg("--wrk").arg(wrk(machine, console)?);
    }
    // Lives until the benchmark has ended.
    let cluster = match benchmark.needs_postgres(part) {
        true => Some(Cluster::start(machine, console, Commits::Durable)?),
        false => None,
    };
    if let Some(cluster) = &cluster {
        bench.arg("--postgres").arg(cluster.url());
    }
    bench.args(part);
    let mut child = bench
        .stdout(Stdio::piped())
        .spawn()
        .context("starting cargo bench")?;
    let mut lines = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            console.say(format_args!("{line}"));
            if line.starts_with("bench ") {
                lines.push(line);
            }
        }
    }
    let status = child.wait()?;
    if !status.success() || lines.is_empty() {
        bail!("the benchmark {} gave no figure ({status})", benchmark.name);
    }
    Ok(lines)
}

/// The load generator, installed where we may.
fn wrk(machine: &Machine, console: &Console) -> Result<PathBuf> {
    if let Some(wrk) = machine.program(&["wrk"]) {
        return Ok(wrk);
    }
    if machine.can_install {
        install::packages(&["wrk"], console)?;
    }
    machine
        .program(&["wrk"])
        .context("`wrk` is not installed; on Debian: apt-get install wrk")
}

/// One figure and its budget.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    measured: String,
    bare: String,
    ratio: String,
    budget: String,
    met: bool,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("bench ")?.split_whitespace();
        let name = words.next()?.to_owned();
        let mut value = |key: &str| Some(words.next()?.strip_prefix(key)?.to_owned());
        let (measured, bare) = (value("measured=")?, value("bare=")?);
        let (ratio, budget) = (value("ratio=")?, value("budget=")?);
        let met = match words.next()? {
            "met" => true,
            "missed" => false,
            _ => return None,
        };
        Some(Self {
            name,
            measured,
            bare,
            ratio,
            budget,
            met,
        })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.met { "met" } else { "MISSED" };
        write!(
            f,
            "{:<22} {:>11} {:>10} {:>7} {:>8}  {verdict}",
            self.name, self.measured, self.bare, self.ratio, self.budget
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_started_for_the_part_that_uses_it() {
        let needs = |only: &[&str]| {
            let only: Vec<String> = only.iter().map(|word| (*word).to_owned()).collect();
            let (chosen, part) = chosen(&only).unwrap();
            chosen.iter().any(|one| one.needs_postgres(&part))
        };
        assert!(needs(&[]) && needs(&["--only", "service"]));
        assert!(needs(&["--only", "service/tick"]));
        assert!(!needs(&["--only", "service/status"]) && !needs(&["--only", "sandbox"]));
        assert!(needs(&["--only", "catalogue"]) && needs(&["--only", "catalogue/postgres"]));
        assert!(!needs(&["--only", "catalogue/sqlite"]));
        assert!(needs(&["--only", "orders/postgres"]) && !needs(&["--only", "orders/sqlite"]));
        assert!(chosen(&["--only".to_owned(), "speed".to_owned()]).is_err());
    }

    #[test]
    fn a_figure_is_read_whole_or_not_at_all() {
        let row = Row::parse("bench sign measured=10 bare=8 ratio=1.25 budget=1.80 met").unwrap();
        assert!(row.met);
        assert_eq!((row.ratio.as_str(), row.budget.as_str()), ("1.25", "1.80"));
        assert_eq!(
            Row::parse("bench sign measured=10 bare=8 ratio=1.25 budget=1.80"),
            None
        );
        assert_eq!(Row::parse("sign measured=10"), None);
    }
}
