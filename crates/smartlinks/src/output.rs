//! Everything the program prints. Data goes to stdout and the rest to stderr; nothing else prints.

mod confirm;
mod moment;
mod progress;
mod table;

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;
use serde_json::json;

use crate::environment::Environment;
use crate::failure::Failure;

pub(crate) use moment::when;
pub(crate) use progress::{ProgressLine, bar};
pub(crate) use table::{facts, table};

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const PLAIN: &str = "\x1b[0m";

/// Where output goes and in which form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    color: ColorChoice,
}

impl Output {
    /// Output for a program (`--json`) or a person. Colour only on a terminal, and not where `NO_COLOR` asks for none.
    pub(crate) fn new(json: bool, environment: &Environment) -> Self {
        let wanted = environment.filled("NO_COLOR").is_none()
            && environment.get("TERM") != Some("dumb")
            && io::stderr().is_terminal();
        let color = if wanted {
            ColorChoice::Always
        } else {
            ColorChoice::Never
        };
        Self { json, color }
    }

    /// Whether a program reads.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Whether what goes to stderr may hold colour.
    pub(crate) fn colors(self) -> bool {
        self.color == ColorChoice::Always
    }

    /// One text to stdout, with its line end, flushed.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            stdout.write_all(b"\n")?;
        }
        Ok(stdout.flush()?)
    }

    /// A part of a file to stdout, as it is.
    pub(crate) fn part(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Data to stdout: as JSON for a program, else in the words that `human` gives.
    pub(crate) fn data<T: Serialize>(
        self,
        data: &T,
        human: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            self.json(data)
        } else {
            self.text(&human(data))
        }
    }

    /// Data to stdout as JSON, whoever reads.
    pub(crate) fn json<T: Serialize>(self, data: &T) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(data).map_err(io::Error::from)?;
        self.text(&text)
    }

    /// A line for the person, to stderr. A closed stderr is nobody's problem.
    pub(crate) fn say(self, line: &str) {
        self.to_stderr(&format!("{line}\n"));
    }

    /// A line for the person who reads the data; a program gets none.
    pub(crate) fn remark(self, line: &str) {
        if !self.json {
            self.say(line);
        }
    }

    /// Says how to ask for what comes after a page, where there is more.
    pub(crate) fn more(self, flag: &str, next: Option<impl std::fmt::Display>) {
        if let Some(next) = next {
            self.remark(&format!("there is more: {flag} {next}"));
        }
    }

    /// A question for the person, to stderr, without a line end.
    pub(crate) fn ask(self, question: &str) {
        self.to_stderr(&format!("{question} "));
    }

    /// A warning for the person.
    pub(crate) fn warn(self, line: &str) {
        self.to_stderr(&format!("{YELLOW}warning:{PLAIN} {line}\n"));
    }

    /// Why the command ended early: message, causes, an empty line and the hint; or one line of JSON.
    pub(crate) fn failure(self, failure: &Failure) {
        if failure.silent {
            return;
        }
        if self.json {
            let error =
                json!({ "code": failure.code, "detail": detail(failure), "fix": failure.hint });
            self.to_stderr(&format!("{}\n", json!({ "error": error })));
            return;
        }
        let mut text = format!("{RED}error:{PLAIN} {}\n", failure.message);
        for cause in &failure.causes {
            text.push_str(&format!("  cause: {cause}\n"));
        }
        if let Some(hint) = &failure.hint {
            text.push_str(&format!("\n{CYAN}hint:{PLAIN} {hint}\n"));
        }
        self.to_stderr(&text);
    }

    fn to_stderr(self, text: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        let _ = stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush());
    }
}

fn detail(failure: &Failure) -> String {
    let mut detail = failure.message.clone();
    for cause in &failure.causes {
        detail.push_str(": ");
        detail.push_str(cause);
    }
    detail
}

/// Text from outside, safe for a terminal: no control characters, which could move the cursor or recolour lines.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_drive_the_terminal() {
        assert_eq!(plain("a\x1b[31mb\nc\u{9b}d"), "a [31mb c d");
    }
}
