//! When a failed delivery is tried again.

use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The pauses between attempts, as the Standard Webhooks specification suggests them: three days in all.
const PAUSES: [i64; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// How much longer a pause may get by chance, in per cent, so that receivers that come back are not met by all at
/// once.
const JITTER: i64 = 20;
/// The longest pause that a receiver may ask for.
const LONGEST_ASKED: i64 = 24 * HOUR;

/// Milliseconds until the next attempt after `failed` failed ones; none when it is not tried again. A pause that the
/// receiver asked for is kept, within a day. `chance` is any random number.
pub(crate) fn pause(failed: i64, asked: Option<Duration>, chance: u64) -> Option<i64> {
    let index = usize::try_from(failed.checked_sub(1)?).ok()?;
    let usual = *PAUSES.get(index)?;
    let share = i64::try_from(chance % 1000).unwrap_or(0);
    let usual = usual + usual / 100 * JITTER * share / 1000;
    let asked = asked.map_or(0, |asked| {
        i64::try_from(asked.as_millis()).unwrap_or(i64::MAX)
    });
    Some(usual.max(asked.min(LONGEST_ASKED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People plan by it.
    #[test]
    fn the_document_tells_the_pauses() {
        let words = PAUSES.map(|pause| match pause {
            pause if pause < MINUTE => format!("{} s", pause / SECOND),
            pause if pause < HOUR => format!("{} min", pause / MINUTE),
            pause => format!("{} h", pause / HOUR),
        });
        let told = format!("at once, then after {}, each", words.join(", "));
        let document = include_str!("../../../../docs/webhooks.md");
        let document = document.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(document.contains(&told), "docs/webhooks.md: {told}");
        assert!(document.contains(&format!("up to {JITTER} % longer by chance")));
    }

    #[test]
    fn ten_attempts_over_three_days_with_jitter() {
        let pauses: Vec<i64> = (1..).map_while(|failed| pause(failed, None, 0)).collect();
        assert_eq!(pauses, PAUSES);
        let days = pauses.iter().sum::<i64>() / (24 * HOUR);
        assert_eq!(days, 3);
        assert_eq!(pause(0, None, 0), None);
        assert_eq!(pause(10, None, 0), None);
        for (failed, usual) in (1..).zip(PAUSES) {
            let latest = pause(failed, None, 999).unwrap();
            assert!(
                latest > usual && latest <= usual / 100 * (100 + JITTER),
                "{failed}"
            );
        }
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept_within_a_day() {
        let asked = |seconds| pause(1, Some(Duration::from_secs(seconds)), 0).unwrap();
        assert_eq!(asked(1), 5 * SECOND, "never sooner than usual");
        assert_eq!(asked(90), 90 * SECOND);
        assert_eq!(asked(u64::MAX), LONGEST_ASKED);
    }
}
