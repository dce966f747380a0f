//! What is due to whom.

use crate::Millis;

/// This part of a budget is left free, so that an instance that joins has something at once: one twentieth. Budgets
/// below twenty are too small for it; of these a newcomer gets its part when the others next claim theirs.
const RESERVE: u32 = 20;

/// Where there are more instances than calls per second, the calls go round: each turn takes this long, in
/// milliseconds.
const TURN_MS: i64 = 5_000;

/// One that wants a part of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asking {
    pub(super) instance: String,
    pub(super) wish: u32,
}

/// How many of `per_second` calls are due to `instance`, one of `asking`, which are sorted by their names.
///
/// All get the same, those that wish for less excepted, whose rest is divided among the others.
pub(super) fn due(per_second: u32, asking: &[Asking], instance: &str, now: Millis) -> u32 {
    let usable = per_second - per_second / RESERVE;
    let number = u32::try_from(asking.len()).unwrap_or(u32::MAX);
    let Some(rank) = asking.iter().position(|one| one.instance == instance) else {
        return 0;
    };
    if usable < number {
        return u32::from(has_its_turn(rank, number, usable, now));
    }
    let mut order: Vec<&Asking> = asking.iter().collect();
    order.sort_by_key(|one| one.wish);
    let (mut left, mut others) = (usable, number);
    for one in order {
        let part = one.wish.min(left / others.max(1));
        if one.instance == instance {
            return part;
        }
        left -= part;
        others -= 1;
    }
    0
}

/// Whether the one of this rank is among the `places` that have their turn now.
fn has_its_turn(rank: usize, number: u32, places: u32, now: Millis) -> bool {
    let turn = now.0.div_euclid(TURN_MS);
    let rank = i64::try_from(rank).unwrap_or(0);
    let position = (rank + turn * i64::from(places)).rem_euclid(i64::from(number));
    position < i64::from(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(wishes: &[u32]) -> Vec<Asking> {
        let one = |(at, wish): (usize, &u32)| Asking {
            instance: format!("{at:02}"),
            wish: *wish,
        };
        wishes.iter().enumerate().map(one).collect()
    }

    fn all(per_second: u32, wishes: &[u32], now: i64) -> Vec<u32> {
        let asking = asking(wishes);
        let due = |one: &Asking| due(per_second, &asking, &one.instance, Millis(now));
        asking.iter().map(due).collect()
    }

    #[test]
    fn all_get_the_same_and_small_wishes_leave_more_to_the_others() {
        assert_eq!(all(1000, &[1000], 0), [950]);
        assert_eq!(all(1000, &[1000; 2], 0), [475, 475]);
        assert_eq!(all(100, &[100, 100, 100, 1], 0), [31, 31, 32, 1]);
        assert_eq!(all(4, &[4, 1, 4], 0), [1, 1, 2]);
        assert_eq!(all(15, &[15; 4], 0), [3, 4, 4, 4]);
    }

    #[test]
    fn no_division_exceeds_the_budget() {
        for per_second in [1, 3, 4, 15, 100, 1000] {
            for number in 1..40 {
                for wish in [0, 1, per_second] {
                    let mut wishes = vec![per_second; number];
                    wishes[number / 2] = wish;
                    let parts = all(per_second, &wishes, 17_000);
                    assert!(parts.iter().sum::<u32>() <= per_second, "{parts:?}");
                }
            }
        }
    }

    #[test]
    fn everybody_has_a_turn_where_there_are_more_than_calls() {
        for number in 4..30_u32 {
            let mut had = vec![0; number as usize];
            let rounds = i64::from(number.div_ceil(3)) + 1;
            for turn in 0..rounds {
                for (at, part) in all(3, &vec![3; number as usize], turn * TURN_MS)
                    .into_iter()
                    .enumerate()
                {
                    had[at] += part;
                }
            }
            assert!(had.iter().all(|turns| *turns >= 1), "{number}: {had:?}");
        }
    }

    #[test]
    fn who_did_not_ask_gets_nothing() {
        assert_eq!(due(100, &asking(&[100]), "other", Millis(0)), 0);
    }
}
