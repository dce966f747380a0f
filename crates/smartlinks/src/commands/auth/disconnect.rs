//! `auth disconnect`

use std::io::{BufRead as _, IsTerminal as _};

use serde_json::json;

use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::plain;

pub(super) async fn run(id: Option<&str>, yes: bool, session: &Session) -> Result<(), Failure> {
    let connection = session.connection_or_default(id).await?;
    let name = connection
        .label
        .as_ref()
        .or(connection.account.nick.as_ref());
    let name = plain(name.unwrap_or(&connection.account.user_id));
    if !yes {
        confirm(
            &format!(
                "Disconnect {name} ({})? Its tokens are deleted at once. [y/N]",
                connection.id
            ),
            session,
        )?;
    }
    session.core.disconnect(&connection.id).await?;
    let done = json!({ "disconnected": connection.id });
    session.output.data(&done, |_| {
        format!("disconnected {name} ({})", connection.id)
    })
}

fn confirm(question: &str, session: &Session) -> Result<(), Failure> {
    let refused = |message: &str| {
        Failure::usage("not_confirmed", message).hint("Add --yes to do it without asking.")
    };
    if !std::io::stdin().is_terminal() {
        return Err(refused(
            "disconnecting deletes tokens, and there is no terminal to ask at",
        ));
    }
    session.output.ask(question);
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim().to_ascii_lowercase().as_str()) {
        (Ok(_), "y" | "yes") => Ok(()),
        _ => Err(Failure {
            exit: Exit::Failure,
            ..refused("nothing was done")
        }),
    }
}
