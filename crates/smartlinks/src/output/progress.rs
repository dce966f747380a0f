//! A line on the terminal that shows how far something has come. Nowhere else: a log or a program needs none.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;

use super::{Output, plain};

/// One line that is written over again and again.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    shown: bool,
    last: Mutex<String>,
}

impl ProgressLine {
    /// A line for a person at a terminal; for anybody else nothing is shown.
    pub(crate) fn new(output: Output) -> Self {
        Self {
            shown: !output.is_json() && io::stderr().is_terminal(),
            last: Mutex::default(),
        }
    }

    /// Shows this instead of what stood there.
    pub(crate) fn show(&self, text: &str) {
        let Ok(mut last) = self.last.lock() else {
            return;
        };
        if self.shown && *last != text {
            write(&format!("\r\x1b[2K{}", plain(text)));
            text.clone_into(&mut last);
        }
    }
}

/// The line goes when the work has ended, so that what is said next begins on an empty one.
impl Drop for ProgressLine {
    fn drop(&mut self) {
        let empty = self.last.get_mut().map_or(true, |last| last.is_empty());
        if self.shown && !empty {
            write("\r\x1b[2K");
        }
    }
}

fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    // A closed stderr is nobody's problem.
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
