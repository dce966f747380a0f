#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod assemble;
mod cli;
mod clock;
mod commands;
mod config;
mod environment;
mod failure;
mod logging;
mod output;
mod passphrase;
mod private_file;
mod push;
mod sandbox;
mod secret_input;
mod serve;
mod telemetry;
mod transport;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{Cli, Command, SettingFlags, SignCommand};
use crate::commands::Session;
use crate::config::Config;
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use crate::logging::Whose;
use crate::output::Output;

/// Small objects come and go all the time; this allocator is built for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keep_pages_small();
    let environment = Environment::of_process();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::read(arguments.iter().cloned()) {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error, &arguments, &environment).into(),
    };
    let output = Output::new(cli.general.json, &environment);
    match run(cli, &environment, output) {
        Ok(()) => Exit::Success.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}

/// The allocator asks Linux for pages of 2 MB. Of each a few KB would be in use at rest, so here they stay at 4 KB:
/// that is some 7 MB less of memory. A system that does not know the switch goes on as it is.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Help, version, or a command line that cannot be understood.
fn not_understood(error: &clap::Error, arguments: &[OsString], environment: &Environment) -> Exit {
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    if wants_json
        && error.use_stderr()
        && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        let text = error.to_string();
        let detail = text
            .trim_start_matches("error: ")
            .lines()
            .next()
            .unwrap_or_default();
        let failure = Failure::usage("usage", detail).hint("See `smartlinks --help`.");
        Output::new(true, environment).failure(&failure);
        return Exit::Usage;
    }
    // A reader that has gone away needs no help.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Success
    }
}

fn run(cli: Cli, environment: &Environment, output: Output) -> Result<(), Failure> {
    match cli.command {
        Command::Openapi => commands::openapi(output),
        Command::Completions { shell } => commands::completions(shell, output),
        Command::Man { output: folder } => commands::man(folder.as_deref(), output),
        Command::Sign(SignCommand::Explain(arguments)) => {
            commands::sign::run(&arguments, &cli.settings, environment, output)
        }
        Command::Call(arguments) if arguments.list => commands::call::list(output),
        Command::Call(arguments) if arguments.describe => {
            commands::call::describe(&arguments, output)
        }
        Command::Sandbox(arguments) => {
            sandbox::refuse_flags(&cli.settings)?;
            let log = Config::load_log(&cli.settings, environment)?;
            logging::start(&log, Whose::Server, None, output);
            let listen = cli.settings.listen.as_deref();
            to_the_end(server_runtime()?, sandbox::run(arguments, listen, output))
        }
        Command::Serve => serve(&cli.settings, environment, output),
        command => on_the_database(command, &cli.settings, environment, output),
    }
}

fn serve(
    settings: &SettingFlags,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let (mode, config) = Config::load(settings, environment)?;
    let runtime = server_runtime()?;
    let export = telemetry::start(environment, runtime.handle(), output);
    logging::start(&config.log, Whose::Server, export.as_ref(), output);
    to_the_end(runtime, async {
        let ended = serve::run(mode, config, export.as_ref(), output).await;
        // A second signal does not wait for anything.
        let killed = ended
            .as_ref()
            .is_err_and(|failure| failure.code == "killed");
        if let Some(export) = export.filter(|_| !killed) {
            export.finish().await;
        }
        ended
    })
}

/// The commands that need no running server.
fn on_the_database(
    command: Command,
    settings: &SettingFlags,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let (mode, config) = Config::load(settings, environment)?;
    logging::start(&config.log, Whose::Command, None, output);
    to_the_end(command_runtime()?, async {
        match command {
            Command::Db(command) => commands::db::run(command, mode, &config, output).await,
            Command::Doctor => commands::doctor::run(mode, &config, output).await,
            command => {
                let session = Session::open(mode, &config, output).await?;
                let ended = commands::run(command, &session).await;
                session.close().await;
                ended
            }
        }
    })
}

/// Does not wait for blocking work that nobody needs any more.
fn to_the_end(
    runtime: Runtime,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

fn server_runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// One thread: a command starts faster without a pool of them.
fn command_runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
