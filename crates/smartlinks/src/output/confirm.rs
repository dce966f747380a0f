//! Asking before what cannot be taken back.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::Output;
use crate::failure::{Exit, Failure};

impl Output {
    /// Asks a question that only `y` answers with yes. `unasked` says why nothing is done where there is nobody to ask.
    pub(crate) fn confirm(self, question: &str, unasked: &str) -> Result<(), Failure> {
        let refused = |message: &str| {
            Failure::usage("not_confirmed", message).hint("Add --yes to do it without asking.")
        };
        if !io::stdin().is_terminal() {
            return Err(refused(unasked));
        }
        self.ask(&format!("{question} [y/N]"));
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        match (read, answer.trim().to_ascii_lowercase().as_str()) {
            (Ok(_), "y" | "yes") => Ok(()),
            _ => Err(Failure {
                exit: Exit::Failure,
                ..refused("nothing was done")
            }),
        }
    }
}
