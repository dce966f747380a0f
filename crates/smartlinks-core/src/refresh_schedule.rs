//! When a token pair is renewed: a share of its *observed* life, never a constant.

use smartlinks_store::Millis;

/// Share of the access token's life after which it is renewed, in per mille.
const EARLIEST_SHARE: i64 = 750;
/// How far jitter may push it, in per mille of the life, so that connections made together part.
const JITTER_SHARE: i64 = 100;
const HOUR: i64 = 3_600_000;
/// However short a life the gateway tells, a pair is left alone this long: otherwise it would be renewed
/// without end.
const SHORTEST_REST: i64 = 60_000;

/// When a pair obtained at a moment is renewed next. `jitter` is any random number.
///
/// Three cases: the usual share of the life; when that lies behind the sign-in deadline, once shortly
/// before the deadline, which leaves the merchant the longest possible rest; and after that at the
/// deadline itself, where the gateway's refusal (or an unexpected new pair) settles the matter.
/// `None` when nothing can be planned: no refresh token, or a life that the gateway did not tell.
#[must_use]
pub(crate) fn next_refresh_at(
    obtained_at: Millis,
    works_until: Option<Millis>,
    sign_in_again_by: Option<Millis>,
    refreshable: bool,
    jitter: u64,
) -> Option<Millis> {
    if !refreshable {
        return None;
    }
    let life = works_until.map(|until| until.0.saturating_sub(obtained_at.0).max(0))?;
    let share = EARLIEST_SHARE + i64::try_from(jitter % 1000).unwrap_or(0) * JITTER_SHARE / 1000;
    let usual = obtained_at.0 + life / 1000 * share + life % 1000 * share / 1000;
    let usual = usual.max(obtained_at.0 + SHORTEST_REST);
    // A deadline that lies behind a pair that was just given is none.
    let Some(deadline) = sign_in_again_by.filter(|deadline| *deadline > obtained_at) else {
        return Some(Millis(usual));
    };
    if usual < deadline.0 {
        return Some(Millis(usual));
    }
    let last_call = deadline.0 - ((deadline.0 - obtained_at.0) / 50).clamp(1, HOUR);
    Some(Millis(if obtained_at.0 + HOUR < last_call {
        last_call
    } else {
        deadline.0
    }))
}

/// How long to wait after a refresh that failed for a passing reason, in milliseconds.
#[must_use]
pub(crate) fn back_off(failures: i64, asked_by_gateway_s: Option<u64>, jitter: u64) -> i64 {
    if let Some(seconds) = asked_by_gateway_s {
        return i64::try_from(seconds)
            .unwrap_or(i64::MAX / 2000)
            .min(86_400)
            * 1000
            + i64::try_from(jitter % 500).unwrap_or(0);
    }
    let doublings = u32::try_from(failures.clamp(0, 7)).unwrap_or(7);
    let base = 15_000_i64 * (1 << doublings);
    // Between half and the whole of it.
    base / 2 + i64::try_from(jitter % 1000).unwrap_or(0) * (base / 2) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn a_share_of_the_observed_life_with_jitter() {
        let at = |jitter| {
            next_refresh_at(
                Millis(0),
                Some(Millis(30 * DAY)),
                Some(Millis(60 * DAY)),
                true,
                jitter,
            )
            .unwrap()
            .0
        };
        assert_eq!(at(0), 30 * DAY / 4 * 3);
        assert!(at(999) < 30 * DAY * 85 / 100 + 1000);
        assert!(at(999) > at(1));
    }

    #[test]
    fn once_more_shortly_before_the_sign_in_deadline_and_then_at_it() {
        let late = next_refresh_at(
            Millis(50 * DAY),
            Some(Millis(80 * DAY)),
            Some(Millis(60 * DAY)),
            true,
            0,
        )
        .unwrap();
        assert_eq!(late.0, 60 * DAY - HOUR);
        let last = next_refresh_at(
            late,
            Some(Millis(90 * DAY)),
            Some(Millis(60 * DAY)),
            true,
            0,
        )
        .unwrap();
        assert_eq!(last.0, 60 * DAY);
    }

    #[test]
    fn no_answer_makes_us_refresh_without_end() {
        let rest = |works_until, deadline| {
            next_refresh_at(Millis(DAY), Some(Millis(works_until)), deadline, true, 0)
                .map(|at| at.0 - DAY)
        };
        assert_eq!(rest(DAY, None), Some(SHORTEST_REST));
        assert_eq!(rest(0, Some(Millis(0))), Some(SHORTEST_REST));
        assert_eq!(rest(i64::MIN, Some(Millis(DAY))), Some(SHORTEST_REST));
        assert!(rest(31 * DAY, Some(Millis(DAY - 1))).unwrap() > 20 * DAY);
    }

    #[test]
    fn unknown_life_or_no_refresh_token_plans_nothing() {
        assert_eq!(next_refresh_at(Millis(0), None, None, true, 7), None);
        assert_eq!(
            next_refresh_at(Millis(0), Some(Millis(DAY)), None, false, 7),
            None
        );
    }

    #[test]
    fn back_off_grows_and_stays_bounded() {
        assert!(back_off(0, None, 999) <= 15_000);
        assert!(back_off(1, None, 0) >= 15_000);
        assert!(back_off(i64::MAX, None, 999) <= 15_000 * 128);
        assert!(back_off(0, Some(14_229), 0) >= 14_229_000);
    }
}
