//! The commands that need no running server: the same use cases on the same database.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod call;
pub(crate) mod connections;
pub(crate) mod db;
pub(crate) mod doctor;
pub(crate) mod keyring;
pub(crate) mod operators;
pub(crate) mod orders;
pub(crate) mod products;
mod session;
pub(crate) mod sign;
pub(crate) mod webhooks;

use clap_complete::Shell;

use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::output::Output;
pub(crate) use session::{Session, plan};

/// Runs a command that works on the database.
pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Auth(command) => auth::run(command, session).await,
        Command::Connections(command) => connections::run(command, session).await,
        Command::Keyring(command) => keyring::run(command, session).await,
        Command::Operators(command) => operators::run(command, session).await,
        Command::Products(command) => products::run(command, session).await,
        Command::Orders(command) => orders::run(command, session).await,
        Command::ApiKeys(command) => api_keys::run(command, session).await,
        Command::Webhooks(command) => webhooks::run(command, session).await,
        Command::Audit(arguments) => audit::run(arguments, session).await,
        Command::Call(arguments) => call::run(&arguments, session).await,
        // The others need no database; `main` has sorted them out.
        _ => Err(Failure::new(
            Exit::Failure,
            "internal",
            "this command works on no database",
        )),
    }
}

/// `openapi`
pub(crate) fn openapi(output: Output) -> Result<(), Failure> {
    output.text(&smartlinks_server::openapi_json())
}

/// `completions SHELL`
pub(crate) fn completions(shell: Shell, output: Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::definition(), "smartlinks", &mut script);
    output.text(&String::from_utf8_lossy(&script))
}
