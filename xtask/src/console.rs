//! What the person running a command sees: progress on stderr with the seconds since the start.

use std::fmt::{Arguments, Display};
use std::io::Write;
use std::time::{Duration, Instant};

/// Writes progress lines to stderr. A closed stream is not an error: the work goes on without words.
pub(crate) struct Console {
    started: Instant,
}

impl Console {
    /// Starts counting seconds.
    pub(crate) fn start() -> Self {
        Self { started: now() }
    }

    /// One line of progress, after the seconds elapsed.
    pub(crate) fn say(&self, line: Arguments<'_>) {
        let seconds = self.started.elapsed().as_secs();
        let _ = writeln!(std::io::stderr().lock(), "[{seconds:>5} s] {line}");
    }

    /// Text as it is, to stdout.
    #[expect(clippy::unused_self, reason = "all output goes through the console")]
    pub(crate) fn print(&self, text: impl Display) {
        let mut stdout = std::io::stdout().lock();
        let _ = write!(stdout, "{text}").and_then(|()| stdout.flush());
    }

    /// The time since the command started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The machine's clock, for durations shown to a person only.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a command of ours takes; nothing is decided by it"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
