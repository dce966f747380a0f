//! `auth …`

mod disconnect;
mod export;
mod login;
mod receiver;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use smartlinks_core::{BeginLogin, Requester, Status};

use super::{Session, connections};
use crate::cli::{AuthCommand, LoginArgs};
use crate::failure::{Exit, Failure};
use crate::output::when;

/// More than any code, address, token file or archive has.
const LONGEST_INPUT: u64 = 64 * 1024 * 1024;

pub(crate) async fn run(command: AuthCommand, session: &Session) -> Result<(), Failure> {
    match command {
        AuthCommand::Url { login } => url(login, session).await,
        AuthCommand::Login { login, no_browser } => login::run(login, no_browser, session).await,
        AuthCommand::Exchange { code } => exchange(code, session).await,
        AuthCommand::Status => status(session).await,
        AuthCommand::Refresh { connection } => refresh(connection.as_deref(), session).await,
        AuthCommand::Disconnect { connection, yes } => {
            disconnect::run(connection.as_deref(), yes, session).await
        }
        AuthCommand::Export(arguments) => export::run(&arguments, session).await,
        AuthCommand::Import {
            file,
            label,
            passphrase_file,
            replace,
        } => {
            let text = text_of(&file)?;
            if export::is_export(&text) {
                export::import(&text, &file, passphrase_file.as_ref(), replace, session).await
            } else {
                import(&text, label.as_deref(), replace, session).await
            }
        }
    }
}

fn begin(login: LoginArgs) -> BeginLogin {
    BeginLogin {
        connection: login.connection,
        label: login.label,
        ..BeginLogin::by(Requester::Headless)
    }
}

async fn url(login: LoginArgs, session: &Session) -> Result<(), Failure> {
    let started = session.core.begin_login(begin(login)).await?;
    session
        .output
        .data(&started, |started| started.url.clone())?;
    session.output.remark(&format!(
            "Open it and approve, before {}. Unless a running smartlinks receives the answer, give the address that \
             the browser ends on to `smartlinks auth exchange`.",
            when(Some(started.expires_at), session.core.now())
        ));
    Ok(())
}

async fn exchange(code: String, session: &Session) -> Result<(), Failure> {
    let code = if code == "-" { stdin()? } else { code };
    let connection = session.core.exchange_pasted(&code, None).await?;
    session.output.data(&connection, |connection| {
        connections::one(connection, session.core.now())
    })
}

async fn status(session: &Session) -> Result<(), Failure> {
    let status = session.core.status().await?;
    session
        .output
        .data(&status, |status| in_words(status, session))?;
    match (status.configured, status.authenticated) {
        (true, true) => Ok(()),
        (false, _) => Err(Failure::silent(Exit::Usage)),
        (true, false) => Err(Failure::silent(Exit::SignIn)),
    }
}

fn in_words(status: &Status, session: &Session) -> String {
    let mut parts: Vec<String> = status
        .problems
        .iter()
        .map(|problem| {
            format!(
                "not configured: {}: {}\n  {}",
                problem.variable, problem.problem, problem.fix
            )
        })
        .collect();
    match status.connections.as_slice() {
        [] => parts.push(
            "not connected: no AliExpress account is connected; run `smartlinks auth login`"
                .to_owned(),
        ),
        [only] => parts.push(connections::one(only, session.core.now())),
        several => parts.push(connections::list(several, session.core.now())),
    }
    parts.join("\n")
}

async fn refresh(id: Option<&str>, session: &Session) -> Result<(), Failure> {
    let connection = session.connection_or_default(id).await?;
    let connection = session.core.refresh_now(&connection.id).await?;
    session.output.data(&connection, |connection| {
        connections::one(connection, session.core.now())
    })
}

async fn import(
    text: &str,
    label: Option<&str>,
    replace: bool,
    session: &Session,
) -> Result<(), Failure> {
    let token = smartlinks_core::ImportedToken::parse(text)?;
    let connection = session.core.import_token(token, label, replace).await?;
    session.output.data(&connection, |connection| {
        connections::one(connection, session.core.now())
    })?;
    session.output.remark(
        "smartlinks renews these tokens from now on; whatever used them must not renew them too",
    );
    Ok(())
}

fn text_of(file: &Path) -> Result<String, Failure> {
    if file == Path::new("-") {
        stdin()
    } else {
        read(file)
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST_INPUT).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::usage("file_unreadable", format!("{} cannot be read", file.display()))
            .because(&error)
            .hint(
                "Name a file made by `smartlinks auth export`, or the token file of the old program, for example \
                 external_scrapers/aliexpress_token.json.",
            )),
    }
}

/// All of stdin, for values that should not stand on a command line.
fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|error| {
            Failure::usage("stdin_unreadable", "stdin cannot be read as text")
                .because(&error)
                .hint("Pipe the value in, for example `pbpaste | smartlinks auth exchange -`.")
        })?;
    Ok(text)
}
