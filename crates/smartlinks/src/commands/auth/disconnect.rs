//! `auth disconnect`

use serde_json::json;

use crate::commands::Session;
use crate::failure::Failure;
use crate::output::plain;

pub(super) async fn run(id: Option<&str>, yes: bool, session: &Session) -> Result<(), Failure> {
    let connection = session.connection_or_default(id).await?;
    let name = connection
        .label
        .as_ref()
        .or(connection.account.nick.as_ref());
    let name = plain(name.unwrap_or(&connection.account.user_id));
    if !yes {
        session.output.confirm(
            &format!(
                "Disconnect {name} ({})? Its tokens are deleted at once.",
                connection.id
            ),
            "disconnecting deletes tokens, and there is no terminal to ask at",
        )?;
    }
    session.core.disconnect(&connection.id).await?;
    let done = json!({ "disconnected": connection.id });
    session.output.data(&done, |_| {
        format!("disconnected {name} ({})", connection.id)
    })
}
