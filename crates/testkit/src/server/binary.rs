//! The binary under test, built once for each test process.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use serde_json::Value;

/// The `smartlinks` binary, built as it is shipped (without the features that tests turn on) and fresh. Building
/// costs a moment when nothing has changed. `SMARTLINKS_BINARY` names another one to be tested as it is.
///
/// # Errors
/// When it does not build: with the compiler's words.
pub fn binary() -> Result<PathBuf> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    if let Some(path) = crate::variable("SMARTLINKS_BINARY") {
        return Ok(PathBuf::from(path));
    }
    BINARY
        .get_or_init(build)
        .clone()
        .map_err(|words| anyhow!(words))
}

fn build() -> Result<PathBuf, String> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "build",
        "--quiet",
        "--package",
        "smartlinks",
        "--message-format",
        "json-render-diagnostics",
    ]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("could not start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "smartlinks does not build:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    executable(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| "cargo built smartlinks and named no executable".to_owned())
}

/// The file that cargo says it has made, wherever its target folder is.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter(|message| message["target"]["name"] == "smartlinks");
    executables.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_read_from_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"smartlinks"},"executable":"/t/debug/smartlinks"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            executable(messages),
            Some(PathBuf::from("/t/debug/smartlinks"))
        );
        assert_eq!(executable("{}"), None);
    }
}
