//! A line on the terminal that shows how far something has come. Nowhere else: a log or a program needs none.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;

use jiff::SignedDuration;

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

/// Bar, numbers of rows, pace, and what is left at that pace.
pub(crate) fn bar(done: u64, of: u64, took: SignedDuration) -> String {
    const WIDTH: u64 = 24;
    // Others go on meanwhile, so more than all can be done.
    let all = of.max(done).max(1);
    let filled = (done * WIDTH / all).min(WIDTH);
    let bar: String = (0..WIDTH)
        .map(|at| if at < filled { '#' } else { '.' })
        .collect();
    let mut text = format!("[{bar}] {done} of {all} rows");
    let took_ms = u64::try_from(took.as_millis()).unwrap_or_default();
    if took_ms >= 500 && done > 0 {
        let left_s = (all - done) * took_ms / done / 1000;
        text.push_str(&format!(
            ", {} rows/s, {left_s} s left",
            done * 1000 / took_ms
        ));
    }
    text
}

fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    // A closed stderr is nobody's problem.
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_share_pace_and_what_is_left() {
        let line = |done, of, took| bar(done, of, SignedDuration::from_millis(took));
        assert_eq!(line(0, 100, 0), "[........................] 0 of 100 rows");
        assert_eq!(
            line(50, 100, 1000),
            "[############............] 50 of 100 rows, 50 rows/s, 1 s left"
        );
        assert_eq!(
            line(101, 100, 2000),
            "[########################] 101 of 101 rows, 50 rows/s, 0 s left"
        );
        assert_eq!(line(0, 0, 0), "[........................] 0 of 1 rows");
    }
}
