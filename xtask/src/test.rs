//! `cargo xtask test`: every test, with what it needs started around it.

use std::io::{BufRead, BufReader, IsTerminal};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::console::Console;
use crate::machine::Machine;
use crate::postgres::{Cluster, Commits};
use crate::report::Report;
use crate::suites::Suite;

/// What the command line asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    suite: Suite,
    passed_on: Vec<String>,
}

impl Options {
    /// Reads `[--only SUITE] [-- ARGS]`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            suite: Suite::All,
            passed_on: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--" => options.passed_on = arguments.by_ref().cloned().collect(),
                "--only" => {
                    let name = arguments
                        .next()
                        .context("--only needs the name of a suite")?;
                    options.suite = Suite::named(name)?;
                }
                other => match other.strip_prefix("--only=") {
                    Some(name) => options.suite = Suite::named(name)?,
                    None => bail!(
                        "unknown argument `{other}`; what goes to cargo test stands after `--`"
                    ),
                },
            }
        }
        Ok(options)
    }
}

/// Runs the tests; `false` if any failed.
pub(crate) fn run(options: &Options, machine: &Machine, console: &Console) -> Result<bool> {
    let suite = options.suite;
    let mut tests = machine.cargo();
    tests
        .args(["test", "--all-features", "--no-fail-fast"])
        .args(suite.arguments())
        .args(&options.passed_on);

    if suite.needs_browser() {
        let browser = browser::provide(machine, console)?;
        tests
            .env("CHROMIUM_PATH", browser.chromium)
            .env("CHROMEDRIVER_PATH", browser.chromedriver)
            .env("SMARTLINKS_TEST_BROWSER", "required");
        build_binary(machine, console)?;
    }
    // Held until the tests have ended: dropping it stops the server.
    let cluster = if suite.needs_postgres() {
        Some(Cluster::start(machine, console, Commits::Forgotten)?)
    } else {
        None
    };
    if let Some(cluster) = &cluster {
        cluster.offer_to(&mut tests);
    }

    console.say(format_args!(
        "suite {}: cargo {}",
        suite.name(),
        words(&tests)
    ));
    let (status, report) = watch(&mut tests, |text| console.print(text))?;
    drop(cluster);
    let (good, text) = conclude(suite, status, &report, console.elapsed());
    console.print(text);
    Ok(good)
}

/// The binary that the browser tests start, built as it is shipped: the tests' own build has the features that
/// test crates turn on. Built here so that a person sees it happen, instead of one silent test.
fn build_binary(machine: &Machine, console: &Console) -> Result<()> {
    console.say(format_args!(
        "building the binary that the browser tests start"
    ));
    let status = machine
        .cargo()
        .args(["build", "--package", "smartlinks"])
        .stdin(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("cargo build --package smartlinks failed ({status})");
    }
    Ok(())
}

/// Runs cargo with both its streams in one pipe, so that headings and results keep their order, and shows every
/// line as it comes.
fn watch(command: &mut Command, mut show: impl FnMut(&str)) -> Result<(ExitStatus, Report)> {
    let (reader, writer) = std::io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.spawn().context("could not start cargo")?;
    // The command holds our copies of the writing end: as long as they live, the pipe has no end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut report = Report::default();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        show(&text);
        report.read(&text);
        line.clear();
    }
    Ok((child.wait()?, report))
}

/// The verdict and the closing words. The very last line is the count that machines read.
fn conclude(
    suite: Suite,
    status: ExitStatus,
    report: &Report,
    elapsed: Duration,
) -> (bool, String) {
    let (passed, failed, ignored) = report.totals();
    let ran = passed + failed > 0;
    let good = status.success() && failed == 0 && ran;
    // A build that fails has no test result at all, and is a failure all the same.
    let failed = if good { 0 } else { failed.max(1) };
    let reason = match (status.success(), ran) {
        (false, false) => format!(" (cargo ended with {status} before any test)"),
        (true, false) => " (no test ran)".to_owned(),
        _ => String::new(),
    };
    let verdict = if good { "ok" } else { "FAILED" };
    let (minutes, seconds) = (elapsed.as_secs() / 60, elapsed.as_secs() % 60);
    let skipped = if ignored == 0 {
        String::new()
    } else {
        format!(", {ignored} skipped")
    };
    let text = format!(
        "\n{}suite {}: {verdict} in {minutes} min {seconds:02} s{reason}\n{passed} passed, {failed} failed{skipped}\n",
        report.summary(),
        suite.name(),
    );
    (good, text)
}

fn words(command: &Command) -> String {
    command
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options> {
        Options::parse(
            &text
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_command_line_is_read() {
        assert_eq!(
            parse("").unwrap(),
            Options {
                suite: Suite::All,
                passed_on: vec![]
            }
        );
        assert_eq!(parse("--only=doc").unwrap().suite, Suite::Doc);
        let options = parse("--only browser -- --test journey -- --nocapture").unwrap();
        assert_eq!(options.suite, Suite::Browser);
        assert_eq!(
            options.passed_on,
            ["--test", "journey", "--", "--nocapture"]
        );
    }

    #[test]
    fn a_mistyped_command_line_is_refused() {
        assert!(
            parse("--only everything")
                .unwrap_err()
                .to_string()
                .contains("everything")
        );
        assert!(parse("--only").is_err());
        assert!(parse("--skip").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_run_without_tests_is_a_failure() {
        let (status, report) = watch(&mut Command::new("true"), |_| ()).unwrap();
        let (good, text) = conclude(Suite::Guards, status, &report, Duration::from_secs(61));
        assert!(!good);
        assert!(
            text.contains("FAILED in 1 min 01 s (no test ran)\n0 passed, 1 failed\n"),
            "{text}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_cargo_is_a_failure_whatever_its_words() {
        let script =
            "echo 'Running x (d/x-1)'; echo 'test result: ok. 1 passed; 0 failed'; exit 101";
        let mut shown = String::new();
        let (status, report) = watch(Command::new("sh").args(["-c", script]), |text| {
            shown.push_str(text)
        })
        .unwrap();
        assert_eq!(report.totals(), (1, 0, 0));
        assert_eq!(shown.lines().count(), 2);
        assert!(!conclude(Suite::Guards, status, &report, Duration::ZERO).0);
    }
}
