//! This machine's clock against the gateway's.

use jiff::SignedDuration;

use super::super::finding::{Check, Finding, Mender};
use super::Known;
use super::answer::Answer;

/// Less than this is the time that a call takes.
const UNNOTICED: SignedDuration = SignedDuration::from_secs(30);
/// The older of the two documented tolerances; the newer one is two hours.
const TOLERATED: SignedDuration = SignedDuration::from_mins(10);

const FIX: &str = "Switch time synchronisation on: `timedatectl set-ntp true`, or install chrony and run \
                   `chronyc makestep`. In a virtual machine or container, mend the clock of its host.";
const WHY: &str = "AliExpress refuses requests whose time is too far from its own (two hours), and deadlines of tokens \
                   are computed from this clock";

pub(super) fn finding(known: &Known) -> Option<Finding> {
    let Some(ahead) = known.clock_ahead else {
        return untold(known.first.as_ref()?);
    };
    let distance = ahead.abs();
    if distance <= UNNOTICED {
        return Some(Finding::good(
            Check::Clock,
            "clock_right",
            format!(
                "this machine's clock agrees with AliExpress's to {} s",
                rounded(distance)
            ),
        ));
    }
    let side = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let what = format!(
        "this machine's clock is {} {side} AliExpress's",
        in_words(distance)
    );
    let made = if distance > TOLERATED {
        Finding::problem(Check::Clock, "clock_off", what)
    } else {
        Finding::warning(Check::Clock, "clock_drifts", what)
    };
    Some(made.since(WHY).mend(Mender::Operator, FIX))
}

fn untold(first: &Answer) -> Option<Finding> {
    if *first != Answer::WrongTime {
        return None;
    }
    let what = "AliExpress refuses the time of this machine's requests";
    Some(
        Finding::problem(Check::Clock, "clock_off", what)
            .since(WHY)
            .mend(Mender::Operator, FIX),
    )
}

/// Whole seconds, to the nearest.
pub(super) fn rounded(ahead: SignedDuration) -> i64 {
    let half = SignedDuration::from_millis(if ahead.is_negative() { -500 } else { 500 });
    ahead.saturating_add(half).as_secs()
}

/// `3 hours 1 minute`, `40 seconds`.
fn in_words(distance: SignedDuration) -> String {
    let seconds = rounded(distance);
    let count = |count: i64, unit: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    };
    let (days, hours, minutes) = (
        seconds / 86_400,
        seconds % 86_400 / 3600,
        seconds % 3600 / 60,
    );
    let parts = [(days, "day"), (hours, "hour"), (minutes, "minute")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .take(2)
        .map(|(number, unit)| count(number, unit))
        .collect();
    if parts.is_empty() {
        count(seconds, "second")
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_read_at_a_glance() {
        let words = |seconds| in_words(SignedDuration::from_secs(seconds));
        assert_eq!(words(40), "40 seconds");
        assert_eq!(words(10_800), "3 hours");
        assert_eq!(words(10_861), "3 hours 1 minute");
        assert_eq!(words(86_400 * 2 + 3_600), "2 days 1 hour");
    }

    #[test]
    fn seconds_are_rounded_to_the_nearest_on_both_sides() {
        assert_eq!(rounded(SignedDuration::from_millis(1_499)), 1);
        assert_eq!(rounded(SignedDuration::from_millis(-1_501)), -2);
    }
}
