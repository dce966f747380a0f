//! `cargo xtask bench`: every budget that has a benchmark, each against its bare primitive in the same run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::console::Console;
use crate::install;
use crate::machine::Machine;

/// One benchmark: its name, the crate and the bench target that hold it, and whether it needs a load generator.
struct Benchmark {
    name: &'static str,
    package: &'static str,
    target: &'static str,
    features: &'static [&'static str],
    needs_wrk: bool,
}

const BENCHMARKS: [Benchmark; 3] = [
    Benchmark {
        name: "sign",
        package: "aliexpress",
        target: "sign",
        features: &[],
        needs_wrk: false,
    },
    Benchmark {
        name: "decode",
        package: "aliexpress",
        target: "decode",
        features: &["bench"],
        needs_wrk: false,
    },
    Benchmark {
        name: "sandbox",
        package: "aliexpress-sandbox",
        target: "throughput",
        features: &[],
        needs_wrk: true,
    },
];

/// Runs the benchmarks and prints their lines; `false` when a budget is missed.
pub(crate) fn run(arguments: &[String], machine: &Machine, console: &Console) -> Result<bool> {
    let chosen = chosen(arguments)?;
    let mut lines = Vec::new();
    for benchmark in chosen {
        console.say(format_args!("measuring {}", benchmark.name));
        lines.extend(measure(benchmark, machine, console)?);
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

fn chosen(arguments: &[String]) -> Result<Vec<&'static Benchmark>> {
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match names.as_slice() {
        [] => Ok(BENCHMARKS.iter().collect()),
        ["--only", name] => match BENCHMARKS.iter().find(|benchmark| benchmark.name == *name) {
            Some(benchmark) => Ok(vec![benchmark]),
            None => bail!("there is no benchmark `{name}`: choose sign, decode or sandbox"),
        },
        _ => bail!("expected nothing or `--only NAME`"),
    }
}

/// Runs one benchmark and gives the lines that hold a figure.
fn measure(benchmark: &Benchmark, machine: &Machine, console: &Console) -> Result<Vec<String>> {
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
    if benchmark.needs_wrk {
        bench.args(["--", "--wrk"]).arg(wrk(machine, console)?);
    }
    let mut child = bench
        .stdout(Stdio::piped())
        .spawn()
        .context("starting cargo bench")?;
    let mut lines = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            if line.starts_with("bench ") {
                lines.push(line);
            } else {
                console.say(format_args!("{line}"));
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
