//! The commands that need no running server: the same use cases on the same database.

pub(crate) mod affiliate;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod call;
pub(crate) mod catalogue;
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

use std::path::Path;

use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;

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
        Command::Catalogue(command) => catalogue::run(*command, session).await,
        Command::Affiliate(command) => affiliate::run(command, session).await,
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

/// `man`
pub(crate) fn man(folder: Option<&Path>, output: Output) -> Result<(), Failure> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        Man::new(Cli::definition()).render(&mut page)?;
        return output.text(&String::from_utf8_lossy(&page));
    };
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::definition(), folder));
    written.map_err(|error| {
        let words = format!(
            "the manual pages could not be written to {}",
            folder.display()
        );
        Failure::new(Exit::Failure, "not_written", words)
            .because(&error)
            .hint("Name a folder that you may write to.")
    })?;
    output.data(&json!({ "folder": folder }), |_| {
        format!("the manual pages are in {}", folder.display())
    })
}

/// `completions SHELL`
pub(crate) fn completions(shell: Shell, output: Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::definition(), "smartlinks", &mut script);
    output.text(&String::from_utf8_lossy(&script))
}
