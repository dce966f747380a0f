//! Reading a secret from stdin. At a terminal it is not shown while it is typed.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::{Command, Stdio};

use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Longer lines are not passwords.
const LONGEST: u64 = 4096;

/// A line that was read, without its line end. Never printed, so there is no `Debug`.
pub(crate) struct Line {
    pub(crate) text: String,
}

/// Whether a person types.
pub(crate) fn is_typed() -> bool {
    io::stdin().is_terminal()
}

/// The next line of stdin. `question` is put where a person types.
pub(crate) fn line(question: &str, output: Output) -> Result<Line, Failure> {
    let typed = is_typed();
    if typed {
        output.ask(question);
    }
    let hidden = typed && echo(false);
    let read = read_line();
    if hidden {
        echo(true);
        // The line end that was typed was not shown either.
        output.say("");
    }
    let text = read.map_err(|error| {
        Failure::new(Exit::Failure, "stdin", "stdin could not be read").because(&error)
    })?;
    if text.is_empty() {
        return Err(Failure::usage("no_password", "stdin holds no password")
            .hint("Type it when asked, or send it: smartlinks operators password NAME < FILE."));
    }
    Ok(Line { text })
}

fn read_line() -> io::Result<String> {
    let mut text = String::new();
    io::Read::take(io::stdin().lock(), LONGEST).read_line(&mut text)?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

/// Shows what is typed, or hides it; whether that worked. A terminal without `stty` shows it.
fn echo(shown: bool) -> bool {
    Command::new("stty")
        .arg(if shown { "echo" } else { "-echo" })
        .stdin(Stdio::inherit())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
