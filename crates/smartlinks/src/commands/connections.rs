//! `connections …`

mod links;

use jiff::Timestamp;
use smartlinks_core::{ConnectionView, NewLink};

use super::Session;
use crate::cli::ConnectionsCommand;
use crate::failure::Failure;
use crate::output::{facts, table, when};

pub(crate) async fn run(command: ConnectionsCommand, session: &Session) -> Result<(), Failure> {
    let core = &session.core;
    let shown = match command {
        ConnectionsCommand::List => {
            let connections = core.connections().await?;
            return session
                .output
                .data(&connections, |connections| list(connections, core.now()));
        }
        ConnectionsCommand::Show { id } => core.connection(&id).await?,
        ConnectionsCommand::Label { id, label } => core.set_label(&id, label.as_deref()).await?,
        ConnectionsCommand::Default { id } => core.set_default(&id).await?,
        ConnectionsCommand::Link { connection, label } => {
            let created = core.create_connect_link(NewLink { connection, label });
            return session.output.data(&created.await?, links::created);
        }
        ConnectionsCommand::Links { limit, after } => {
            let page = core.connect_links(after.as_deref(), limit.unwrap_or(50));
            let page = page.await?;
            let output = session.output;
            output.data(&page, |page| links::list(page, core.now()))?;
            output.more("--after", page.next.as_ref());
            return Ok(());
        }
        ConnectionsCommand::RevokeLink { id } => {
            let link = core.revoke_connect_link(&id).await?;
            return session.output.data(&link, links::revoked);
        }
    };
    session
        .output
        .data(&shown, |connection| one(connection, core.now()))
}

/// All connections as a table.
pub(crate) fn list(connections: &[ConnectionView], now: Timestamp) -> String {
    if connections.is_empty() {
        return "no AliExpress account is connected".to_owned();
    }
    let rows = connections.iter().map(|connection| {
        [
            format!(
                "{}{}",
                connection.id,
                if connection.default { " (default)" } else { "" }
            ),
            account(connection),
            connection.state.as_str().to_owned(),
            when(connection.works_until, now),
            when(connection.sign_in_again_by, now),
        ]
    });
    table(
        [
            "CONNECTION",
            "ACCOUNT",
            "STATE",
            "WORKS UNTIL",
            "SIGN IN AGAIN BY",
        ],
        rows,
    )
}

/// One connection with its two clocks.
pub(crate) fn one(connection: &ConnectionView, now: Timestamp) -> String {
    let state = match &connection.reason {
        Some(reason) => format!("{} ({reason})", connection.state.as_str()),
        None => connection.state.as_str().to_owned(),
    };
    let mut rows = vec![
        ("connection", connection.id.clone()),
        ("account", account(connection)),
        ("state", state),
        (
            "default",
            if connection.default { "yes" } else { "no" }.to_owned(),
        ),
        ("generation", connection.generation.to_string()),
        ("works until", when(connection.works_until, now)),
        ("sign in again by", when(connection.sign_in_again_by, now)),
    ];
    if let Some(at) = connection.last_refresh_at {
        rows.push(("last renewed", when(Some(at), now)));
    }
    if let Some(at) = connection.next_refresh_at {
        rows.push(("renewed next", when(Some(at), now)));
    }
    if let Some(code) = &connection.last_failure_code {
        rows.push((
            "last failure",
            format!("{code}, {}", when(connection.last_failure_at, now)),
        ));
    }
    facts(rows)
}

fn account(connection: &ConnectionView) -> String {
    let account = &connection.account;
    let name = match &account.nick {
        Some(nick) => format!("{nick} ({})", account.user_id),
        None => account.user_id.clone(),
    };
    match &connection.label {
        Some(label) => format!("{label}: {name}"),
        None => name,
    }
}
