//! `call METHOD NAME=VALUE…`

use super::Session;
use crate::cli::CallArgs;
use crate::failure::Failure;

/// The answer is JSON by nature, so it is printed as JSON with and without `--json`.
pub(crate) async fn run(arguments: &CallArgs, session: &Session) -> Result<(), Failure> {
    let answer = session
        .core
        .call_read(
            arguments.connection.as_deref(),
            &arguments.method,
            &arguments.params,
        )
        .await?;
    session.output.json(&answer)
}
