//! Moments in words: how far away they are, and which.

use jiff::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far a moment is from now: `in 29 days`, `2 hours ago`, `now`. Rounded down, so that a deadline is never
/// shown later than it is.
fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second() - now.as_second();
    let size = seconds.abs();
    let (count, unit) = match size {
        0..10 => return "now".to_owned(),
        10..MINUTE => (size, "second"),
        MINUTE..HOUR => (size / MINUTE, "minute"),
        HOUR..DAY => (size / HOUR, "hour"),
        _ => (size / DAY, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// A moment with its distance: `2026-12-22 16:30 UTC (in 29 days)`; `unknown` without one.
pub(crate) fn when(at: Option<Timestamp>, now: Timestamp) -> String {
    match at {
        Some(at) => format!(
            "{} ({})",
            at.strftime("%Y-%m-%d %H:%M UTC"),
            relative(at, now)
        ),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_rounded_down() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let after = |seconds| {
            relative(
                Timestamp::from_second(1_800_000_000 + seconds).unwrap(),
                now,
            )
        };
        for (seconds, text) in [
            (3, "now"),
            (-9, "now"),
            (59, "in 59 seconds"),
            (60, "in 1 minute"),
            (HOUR - 1, "in 59 minutes"),
            (2 * DAY - 1, "in 1 day"),
            (29 * DAY + HOUR, "in 29 days"),
            (-3 * HOUR, "3 hours ago"),
        ] {
            assert_eq!(after(seconds), text);
        }
    }

    #[test]
    fn an_unknown_deadline_is_not_shown_as_passed() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(when(None, now), "unknown");
        assert_eq!(when(Some(now), now), "2027-01-15 08:00 UTC (now)");
    }
}
