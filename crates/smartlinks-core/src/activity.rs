//! The refreshes of this process in the last day, hour by hour: for the chart of the page.
//!
//! In memory, since it is for a glance; whoever wants it for longer scrapes the metrics. What all instances have called
//! stands in the database; see `call_budget`.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

const HOUR_S: i64 = 3_600;
/// How many hours are kept.
const HOURS: i64 = 24;

/// One hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// Seconds since the epoch at its beginning.
    pub begins_s: i64,
    /// Token pairs renewed.
    pub refreshes: i64,
    /// Refreshes that brought none.
    pub failed_refreshes: i64,
}

/// The hours in which something happened, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Activity(Mutex<VecDeque<Hour>>);

impl Activity {
    /// Counts something in the hour of `now`.
    pub(crate) fn count(&self, now: Timestamp, what: impl FnOnce(&mut Hour)) {
        let begins_s = hour_of(now);
        let mut hours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while hours
            .front()
            .is_some_and(|hour| hour.begins_s <= begins_s - HOURS * HOUR_S)
        {
            hours.pop_front();
        }
        match hours.back_mut() {
            // A clock that was put back a little counts into the newest hour.
            Some(hour) if hour.begins_s >= begins_s => what(hour),
            _ => {
                let mut hour = Hour {
                    begins_s,
                    ..Hour::default()
                };
                what(&mut hour);
                hours.push_back(hour);
            }
        }
    }

    /// The last 24 hours, the oldest first, those without anything included; the last one is the present.
    pub(crate) fn last_day(&self, now: Timestamp) -> Vec<Hour> {
        let present = hour_of(now);
        let hours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |begins_s: i64| {
            let found = hours.iter().find(|hour| hour.begins_s == begins_s);
            found.copied().unwrap_or(Hour {
                begins_s,
                ..Hour::default()
            })
        };
        (0..HOURS)
            .rev()
            .map(|ago| at(present - ago * HOUR_S))
            .collect()
    }
}

fn hour_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(HOUR_S) * HOUR_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_24_hours_and_forgets_what_came_before() {
        let activity = Activity::default();
        let at = |hours: i64| Timestamp::from_second(1_795_435_200 + hours * HOUR_S).unwrap();
        activity.count(at(0), |hour| hour.failed_refreshes += 1);
        activity.count(at(1), |hour| hour.refreshes += 1);
        activity.count(at(1), |hour| hour.failed_refreshes += 2);
        let day = activity.last_day(at(1));
        assert_eq!(day.len(), 24);
        assert_eq!((day[22].failed_refreshes, day[22].refreshes), (1, 0));
        assert_eq!((day[23].failed_refreshes, day[23].refreshes), (2, 1));
        assert!(day.is_sorted_by_key(|hour| hour.begins_s));
        activity.count(at(24), |hour| hour.refreshes += 5);
        assert_eq!(activity.0.lock().unwrap().len(), 2);
        assert_eq!(activity.last_day(at(24))[0].refreshes, 1);
        activity.count(at(23), |hour| hour.refreshes += 1);
        assert_eq!(activity.last_day(at(24))[23].refreshes, 6);
    }
}
