//! A bar that shows how far a long work is, for a person at a terminal.

use std::io::IsTerminal as _;

use jiff::Timestamp;

use crate::output::Output;

const WIDTH: u64 = 24;
/// The bar is drawn again after so many milliseconds, not after each step.
const EVERY_MS: i64 = 100;

/// How far it is. Quiet where stderr is no terminal, or a program reads.
pub(super) struct Progress {
    output: Option<Output>,
    all: u64,
    began: Timestamp,
    drawn: Option<Timestamp>,
}

impl Progress {
    pub(super) fn new(all: u64, output: Output, now: Timestamp) -> Self {
        let watched = std::io::stderr().is_terminal() && !output.is_json() && all > 0;
        Self {
            output: watched.then_some(output),
            all,
            began: now,
            drawn: None,
        }
    }

    /// So much is done.
    pub(super) fn at(&mut self, done: u64, now: Timestamp) {
        let Some(output) = self.output else { return };
        let recent = self.drawn.is_some_and(|drawn| {
            (0..EVERY_MS).contains(&(now.as_millisecond() - drawn.as_millisecond()))
        });
        if recent && done < self.all {
            return;
        }
        self.drawn = Some(now);
        let took_ms = now.as_millisecond() - self.began.as_millisecond();
        output.redraw(&line(done, self.all, took_ms));
    }

    /// The bar goes; what follows says how it ended.
    pub(super) fn end(&self) {
        if let Some(output) = self.output {
            output.redraw("");
        }
    }
}

/// Bar, numbers, pace and what is left at that pace.
fn line(done: u64, all: u64, took_ms: i64) -> String {
    // Others go on sealing meanwhile, so more than all can be done.
    let all = all.max(done).max(1);
    let filled = (done * WIDTH / all).min(WIDTH);
    let bar: String = (0..WIDTH)
        .map(|at| if at < filled { '#' } else { '.' })
        .collect();
    let mut text = format!("[{bar}] {done} of {all} rows");
    let took_ms = u64::try_from(took_ms).unwrap_or_default();
    if took_ms >= 500 && done > 0 {
        let left_s = (all - done) * took_ms / done / 1000;
        text.push_str(&format!(
            ", {} rows/s, {left_s} s left",
            done * 1000 / took_ms
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_share_pace_and_what_is_left() {
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
