//! A home, runs in it, and what came out.

pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod server;

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_smartlinks");
/// The app secret of every run that needs one. Never to be seen in any output.
pub(crate) const CANARY: &str = "canary7secret0never1shown";

/// A temporary home with the variables of its runs.
pub(crate) struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    /// A home without any variable.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// A home with the keys of an app and a gateway.
    pub(crate) fn with_app(gateway: &str) -> Self {
        Self::new()
            .variable("ALIEXPRESS_APP_KEY", "500100")
            .variable("ALIEXPRESS_APP_SECRET", CANARY)
            .variable("ALIEXPRESS_CALLBACK_URL", gateway::CALLBACK)
            .variable("ALIEXPRESS_GATEWAY_URL", gateway)
    }

    /// One more variable of its runs.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where everything lies when nobody says otherwise.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path().join(".local/share/smartlinks")
    }

    /// Runs the program to its end, with something said to the shell before.
    pub(crate) fn run_after(&self, shell: &str, arguments: &[&str]) -> Outcome {
        let script = format!("{shell}; exec \"$0\" \"$@\"");
        let arguments = [&["-c", &script, BINARY], arguments].concat();
        let mut command = self.command_of("sh", &arguments);
        self.outcome(command.output().unwrap())
    }

    /// The program, about to start.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(BINARY, arguments)
    }

    fn command_of(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.outcome(self.command(arguments).output().unwrap())
    }

    /// Runs it with something on stdin.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut command = self.command(arguments);
        let streams = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        // A program that refuses its arguments ends without reading.
        if let Err(error) = child.stdin.take().unwrap().write_all(input.as_bytes()) {
            assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
        }
        self.outcome(child.wait_with_output().unwrap())
    }

    fn outcome(&self, output: Output) -> Outcome {
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains(CANARY), "the app secret was shown:\n{text}");
            text.replace(&self.path().display().to_string(), "[HOME]")
        };
        Outcome {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// What a run came to. Paths are filtered.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Checks the exit code; gives stdout as JSON.
    pub(crate) fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{self}"))
    }

    /// Checks the exit code; gives the error of a run with `--json`.
    pub(crate) fn error(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self}");
        assert_eq!(self.stdout, "", "a failed command prints no data");
        let line = self.stderr.lines().last().unwrap_or_default();
        let error: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}:\n{self}"));
        error["error"].clone()
    }

    /// Replaces what differs from run to run.
    pub(crate) fn with(self, from: &str, to: &str) -> Self {
        Self {
            stdout: self.stdout.replace(from, to),
            stderr: self.stderr.replace(from, to),
            ..self
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self
            .code
            .map_or_else(|| "none".to_owned(), |code| code.to_string());
        write!(
            f,
            "exit code: {code}\n--- stdout\n{}--- stderr\n{}",
            self.stdout, self.stderr
        )
    }
}
