//! Call budgets: so many calls of an API in any second, so many a day.

use std::collections::{BTreeMap, VecDeque};

use super::refusal::{Refusal, seconds_to_beijing_midnight};
use crate::methods::Declared;
use crate::profile::{Profile, RateLimits};

/// How long a call too many keeps an API shut, in milliseconds.
const BAN_MS: i64 = 1000;

/// The calls of one API that count.
#[derive(Debug, Default)]
struct Spent {
    /// Moments of the calls let through in the last second, oldest first; never more than the budget.
    latest: VecDeque<i64>,
    banned_until_ms: i64,
    /// Day in Beijing and calls let through on it.
    day: i64,
    today: u32,
}

/// What was spent, by API. Follows virtual time and does not survive the process.
#[derive(Debug, Default)]
pub(crate) struct Limits(BTreeMap<&'static str, Spent>);

impl Limits {
    /// Counts a call, or refuses it: `ApiCallLimit` for a second, `AppApiCallLimit` for the rest of the day.
    pub(crate) fn spend(
        &mut self,
        api: &Declared,
        now_ms: i64,
        profile: &Profile,
    ) -> Result<(), Refusal> {
        if profile.rate_limits == RateLimits::Off {
            return Ok(());
        }
        let spent = self.0.entry(api.name).or_default();
        let day = beijing_day(now_ms);
        if spent.day != day {
            (spent.day, spent.today) = (day, 0);
        }
        if profile.daily_quota > 0 && spent.today >= profile.daily_quota {
            let ban_s = seconds_to_beijing_midnight(now_ms);
            return Err(Refusal::call_limit("AppApiCallLimit", ban_s));
        }
        if let Some(budget) = api.per_second {
            spent.within(budget, now_ms)?;
        }
        spent.today = spent.today.saturating_add(1);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Spent {
    fn within(&mut self, budget: u32, now_ms: i64) -> Result<(), Refusal> {
        if now_ms >= self.banned_until_ms {
            // A clock that was set back must not leave calls of the future standing.
            while self
                .latest
                .front()
                .is_some_and(|first| (now_ms - first).abs() >= 1000)
            {
                self.latest.pop_front();
            }
            if self.latest.len() < budget as usize {
                self.latest.push_back(now_ms);
                return Ok(());
            }
            self.banned_until_ms = now_ms + BAN_MS;
        }
        Err(Refusal::call_limit("ApiCallLimit", 1))
    }
}

fn beijing_day(now_ms: i64) -> i64 {
    (now_ms.div_euclid(1000) + 8 * 3600).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods;

    const NOON_MS: i64 = 1_767_268_800_000;

    fn enforced(daily_quota: u32) -> Profile {
        Profile {
            rate_limits: RateLimits::Enforced,
            daily_quota,
            ..Profile::default()
        }
    }

    fn outcome(limits: &mut Limits, api: &str, now_ms: i64, profile: &Profile) -> String {
        let declared = methods::find(api).unwrap().declared;
        limits
            .spend(declared, now_ms, profile)
            .map_or_else(|refusal| refusal.code.into_owned(), |()| "ok".to_owned())
    }

    #[test]
    fn no_second_ever_holds_more_than_the_budget() {
        let (mut limits, profile) = (Limits::default(), enforced(0));
        let mut let_through = Vec::new();
        for step in 0..6000 {
            let now_ms = NOON_MS + step;
            if outcome(
                &mut limits,
                "aliexpress.ds.order.tracking.get",
                now_ms,
                &profile,
            ) == "ok"
            {
                let_through.push(now_ms);
            }
        }
        assert!(let_through.len() >= 250, "{}", let_through.len());
        for window in let_through.windows(101) {
            assert!(window[100] - window[0] >= 1000);
        }
    }

    #[test]
    fn a_call_too_many_shuts_the_api_for_a_second() {
        let (mut limits, profile) = (Limits::default(), enforced(0));
        let mut call = |at| {
            outcome(
                &mut limits,
                "aliexpress.ds.order.tracking.get",
                NOON_MS + at,
                &profile,
            )
        };
        for _ in 0..100 {
            assert_eq!(call(0), "ok");
        }
        assert_eq!(call(500), "ApiCallLimit");
        assert_eq!(call(1499), "ApiCallLimit");
        assert_eq!(call(1500), "ok");
    }

    #[test]
    fn the_daily_quota_ends_at_sixteen_utc() {
        let (mut limits, profile) = (Limits::default(), enforced(2));
        let mut call = |api, at| outcome(&mut limits, api, NOON_MS + at, &profile);
        let (one, other) = ("aliexpress.ds.text.search", "aliexpress.ds.product.get");
        assert_eq!((call(one, 0), call(one, 1)), ("ok".into(), "ok".into()));
        assert_eq!(call(one, 2000), "AppApiCallLimit");
        assert_eq!(call(other, 2000), "ok");
        assert_eq!(call(one, 4 * 3_600_000 - 1), "AppApiCallLimit");
        assert_eq!(call(one, 4 * 3_600_000), "ok");
    }

    #[test]
    fn nothing_is_counted_while_limits_are_off() {
        let mut limits = Limits::default();
        for _ in 0..2000 {
            let profile = Profile::default();
            assert_eq!(
                outcome(&mut limits, "aliexpress.ds.product.get", 0, &profile),
                "ok"
            );
        }
    }
}
