//! `operators …`

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use smartlinks_core::{Error, Invited, LinkedOperator, OperatorView, Password};

use super::Session;
use crate::cli::OperatorsCommand;
use crate::failure::{Exit, Failure};
use crate::output::{facts, plain, table, when};
use crate::secret_input;

pub(crate) async fn run(command: OperatorsCommand, session: &Session) -> Result<(), Failure> {
    if session.sandbox {
        return Err(Failure::usage(
            "no_operators",
            "the sandbox has no operators: it is open to whoever sits at this machine",
        )
        .hint("Leave --sandbox out."));
    }
    let core = &session.core;
    let shown = match command {
        OperatorsCommand::List => {
            let operators = core.operators().await?;
            return session
                .output
                .data(&operators, |operators| list(operators, core.now()));
        }
        OperatorsCommand::Add { name } => {
            return invited(core.invite_operator(&name).await?, session);
        }
        OperatorsCommand::Link { name } => {
            return invited(core.link_for_operator(&name).await?, session);
        }
        OperatorsCommand::LinkOidc { name, subject } => {
            let issuer = session.issuer.as_deref().ok_or(Error::NoIdentityProvider)?;
            let linked = core.link_operator(&name, issuer, &subject).await?;
            return session
                .output
                .data(&linked, |linked| with_identity(linked, core.now()));
        }
        OperatorsCommand::SignOut { name } => {
            let ended = core.sign_out_operator(&name).await?;
            return session.output.data(&Ended { sessions: ended }, |ended| {
                format!("sessions ended: {}", ended.sessions)
            });
        }
        OperatorsCommand::Password { name } => {
            let password = chosen_password()?;
            core.set_operator_password(&name, password).await?
        }
        OperatorsCommand::Disable { name } => core.disable_operator(&name).await?,
        OperatorsCommand::Enable { name } => core.enable_operator(&name).await?,
    };
    session
        .output
        .data(&shown, |operator| one(operator, core.now()))
}

/// What `sign-out` did.
#[derive(Serialize)]
struct Ended {
    sessions: u64,
}

/// An operator with the link to be sent on.
#[derive(Serialize)]
struct WithLink {
    #[serde(flatten)]
    operator: OperatorView,
    /// Works once. Whoever opens it chooses the password.
    link: String,
    /// RFC 3339, UTC.
    link_expires_at: Option<Timestamp>,
}

fn invited(invited: Invited, session: &Session) -> Result<(), Failure> {
    let shown = WithLink {
        link: format!("{}{}", session.page, invited.link.path()),
        link_expires_at: invited.link.expires_at,
        operator: invited.operator,
    };
    let now = session.core.now();
    session.output.data(&shown, |shown| {
        format!(
            "{}\nlink (works once, {}): {}",
            one(&shown.operator, now),
            when(shown.link_expires_at, now),
            shown.link
        )
    })
}

/// Typed twice at a terminal, where nobody sees what was typed; once where another program sends it.
fn chosen_password() -> Result<Password, Failure> {
    if !secret_input::is_typed() {
        let sent = secret_input::first_line(std::io::stdin().lock()).map_err(|error| {
            Failure::new(Exit::Failure, "stdin", "stdin could not be read").because(&error)
        })?;
        return password(sent, "stdin holds no password");
    }
    let first = typed("new password: ")?;
    if first.matches(&typed("the same again: ")?) {
        return Ok(first);
    }
    Err(Failure::new(
        Exit::Failure,
        "passwords_differ",
        "the two passwords differ; nothing was changed",
    ))
}

fn typed(question: &str) -> Result<Password, Failure> {
    let typed = secret_input::ask(question).map_err(|error| {
        Failure::usage(
            "no_terminal",
            "the password could not be asked for at the terminal",
        )
        .because(&error)
        .hint("Send it instead: smartlinks operators password NAME < FILE.")
    })?;
    password(typed, "no password was typed")
}

fn password(text: Option<SecretString>, otherwise: &str) -> Result<Password, Failure> {
    text.map(Password::from).ok_or_else(|| {
        Failure::usage("no_password", otherwise)
            .hint("Type it when asked, or send it: smartlinks operators password NAME < FILE.")
    })
}

fn list(operators: &[OperatorView], now: Timestamp) -> String {
    if operators.is_empty() {
        return "there is no operator yet".to_owned();
    }
    let rows = operators.iter().map(|operator| {
        [
            plain(&operator.name),
            operator.state.as_str().to_owned(),
            when(operator.created_at, now),
            operator.id.clone(),
        ]
    });
    table(["NAME", "STATE", "ADDED", "ID"], rows)
}

fn with_identity(linked: &LinkedOperator, now: Timestamp) -> String {
    let identity = facts([
        ("issuer", plain(&linked.issuer)),
        ("subject", plain(&linked.subject)),
    ]);
    format!("{}\n{identity}", one(&linked.operator, now))
}

fn one(operator: &OperatorView, now: Timestamp) -> String {
    facts([
        ("operator", plain(&operator.name)),
        ("state", operator.state.as_str().to_owned()),
        ("added", when(operator.created_at, now)),
        ("password chosen", when(operator.password_set_at, now)),
        ("id", operator.id.clone()),
    ])
}
