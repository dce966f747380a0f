#![doc = include_str!("../README.md")]

mod bench;
mod browser;
mod codegen;
mod console;
mod install;
mod machine;
mod postgres;
mod report;
mod screenshots;
mod suites;
mod test;
mod torture;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::console::Console;
use crate::machine::Machine;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  test [--only rust|browser|guards|doc] [-- ARGS]   every test, or one suite; ARGS go to `cargo test`
  bench [--only sign|decode|sandbox|service|service/PART]   every budget with its figure; fails when one is missed
  codegen [--check]                                 the files that come from catalogue/; --check only tells which are stale
  postgres COMMAND…                                 COMMAND with a throw-away PostgreSQL in TEST_DATABASE_URL
  torture [--kills N | --orders N] [--database sqlite|postgres] [--seed S]   kills processes in the middle of refreshes,
                                                    or of placing orders
  screenshots                                       the README's pictures, written to docs/
  screenshots --pages [--only WORD]                 every page in every state, two languages, widths and colour schemes,
                                                    written to target/pages/; fails when one keeps somebody out
";

fn main() -> ExitCode {
    let console = Console::start();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments, &console) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            console.say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs one command; `false` means that it ran and found failures, which it has already told.
fn run(arguments: &[String], console: &Console) -> Result<bool> {
    let machine = Machine::this();
    match arguments
        .split_first()
        .map(|(name, rest)| (name.as_str(), rest))
    {
        Some(("test", rest)) => test::run(&test::Options::parse(rest)?, &machine, console),
        Some(("postgres", command)) => postgres::run(command, &machine, console),
        Some(("torture", rest)) => torture::run(rest, &machine, console),
        Some(("bench", rest)) => bench::run(rest, &machine, console),
        Some(("codegen", [])) => codegen::run(&machine.root, false, console),
        Some(("codegen", [check])) if check == "--check" => {
            codegen::run(&machine.root, true, console)
        }
        Some(("screenshots", [])) => screenshots::run(&machine, console),
        Some(("screenshots", rest)) => {
            screenshots::pages(&screenshots::word(rest)?, &machine, console)
        }
        Some(("help" | "-h" | "--help", _)) => {
            console.print(USAGE);
            Ok(true)
        }
        Some((other, _)) => bail!("unknown command or argument in `{other}`\n\n{USAGE}"),
        None => bail!("no command given\n\n{USAGE}"),
    }
}
