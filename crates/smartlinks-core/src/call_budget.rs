//! The app's call budget: what the platform allows, what is held of it, and what was called.
//!
//! Requests are counted in memory and added to the database once a minute, for all instances together. So a call costs
//! no write, and a chart of the last day survives restarts. What this process has not written down yet is added to what
//! is shown: its own requests are seen at once, those of others within a minute.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use aliexpress::{Attempt, catalogue};
use smartlinks_store::{BudgetHeld, CALL_WENT_WELL, GatewayCalls, Millis};

use crate::clock::to_millis;
use crate::error::Result;
use crate::metrics::{method_of, outcome_of};
use crate::service::Core;

/// Requests are counted in slices of this length.
const SLICE_MS: i64 = 300_000;
const HOUR_MS: i64 = 3_600_000;
/// How many hours are shown.
const HOURS: i64 = 24;
/// What could not be written for so long is given up.
const KEPT_MS: i64 = (HOURS + 1) * HOUR_MS;

/// How requests ended, in the order in which they are shown.
pub const OUTCOMES: [&str; 8] = [
    CALL_WENT_WELL,
    "wait",
    "retry",
    "refresh",
    "reauthorize",
    "fix",
    "unreachable",
    "unreadable",
];

/// Beginning of the slice, method, outcome.
type Place = (i64, &'static str, &'static str);

/// Requests that are not written down yet.
#[derive(Debug, Default)]
pub(crate) struct CallCounts(Mutex<BTreeMap<Place, i64>>);

impl CallCounts {
    pub(crate) fn note(&self, attempt: &Attempt<'_>) {
        let outcome = attempt.error.map_or(CALL_WENT_WELL, outcome_of);
        let at = to_millis(attempt.sent_at).0;
        self.add((slice(at), method_of(attempt.api), outcome), 1);
    }

    fn add(&self, place: Place, calls: i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(place).or_default() += calls;
    }

    fn take(&self) -> BTreeMap<Place, i64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn seen(&self) -> BTreeMap<Place, i64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps what could not be written, but for what is too old to be shown.
    fn put_back(&self, counts: BTreeMap<Place, i64>, now: Millis) {
        for (place, calls) in counts {
            if place.0 > now.0 - KEPT_MS {
                self.add(place, calls);
            }
        }
    }
}

/// The app's call budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallBudget {
    /// Whose it is.
    pub app_key: String,
    /// The budgets are divided among instances. Else this process has each of them whole.
    pub divided: bool,
    /// Methods with a documented rate, and those that were called in the last day. Sorted by name.
    pub methods: Vec<MethodBudget>,
    /// How requests ended, as [`OUTCOMES`] orders them; those that did not happen are left out.
    pub outcomes: Vec<OutcomeCalls>,
    /// The last 24 hours, the oldest first; the last one is the present.
    pub hours: Vec<CallHour>,
}

/// One method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodBudget {
    /// A name of the catalogue, or `other`.
    pub method: String,
    /// The documented rate, in calls per second; none where the platform documents none.
    pub per_second: Option<u32>,
    /// How much of it is held now, in calls per second.
    pub held: u32,
    /// By how many instances.
    pub instances: u32,
    /// Requests in the last hour, to the nearest five minutes.
    pub last_hour: i64,
    /// Requests in the last 24 hours.
    pub last_day: i64,
}

/// Requests that ended in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeCalls {
    /// One of [`OUTCOMES`].
    pub outcome: &'static str,
    /// Requests in the last hour, to the nearest five minutes.
    pub last_hour: i64,
    /// Requests in the last 24 hours.
    pub last_day: i64,
}

/// Requests of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallHour {
    /// Milliseconds since the epoch at its beginning.
    pub begins_ms: i64,
    /// Requests that the gateway answered in a usable way.
    pub went_well: i64,
    /// Requests that failed: the gateway down, slow, busy or unreadable, or the call refused.
    pub failed: i64,
}

/// How often in the last hour and in the last day.
#[derive(Debug, Clone, Copy, Default)]
struct Often {
    last_hour: i64,
    last_day: i64,
}

/// The spans of time that are shown.
struct Spans {
    hour: i64,
    day: i64,
    chart: i64,
}

impl Spans {
    fn until(now: Millis) -> Self {
        Self {
            hour: slice(now.0 - HOUR_MS),
            day: slice(now.0 - HOURS * HOUR_MS),
            chart: hour(now.0) - (HOURS - 1) * HOUR_MS,
        }
    }
}

impl Core {
    /// The app's call budget; none without an app.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn call_budget(&self) -> Result<Option<CallBudget>> {
        let Ok(app) = self.app().ready() else {
            return Ok(None);
        };
        let app_key = app.client.app_key().as_str().to_owned();
        let now = to_millis(self.now());
        let spans = Spans::until(now);
        let held = self.store().budget_shares().budgets_held(&app_key, now);
        let held = held.await?;
        // Read before the database: what is being written down meanwhile is missing for a moment, never shown twice.
        let own = self.inner.calls.seen();
        let calls = self.store().gateway_calls();
        let hours = calls.calls_by_hour(&app_key, Millis(spans.chart)).await?;
        let stored = calls
            .calls_by_method(&app_key, Millis(spans.day), Millis(spans.hour))
            .await?;

        let mut often: BTreeMap<(String, String), Often> = BTreeMap::new();
        let mut count = |method: &str, outcome: &str, last_hour: i64, last_day: i64| {
            let one = often.entry((method.to_owned(), outcome.to_owned()));
            let one = one.or_default();
            one.last_hour += last_hour;
            one.last_day += last_day;
        };
        for one in &stored {
            count(&one.method, &one.outcome, one.lately, one.in_all);
        }
        for ((at, method, outcome), calls) in &own {
            if *at >= spans.day {
                let lately = if *at >= spans.hour { *calls } else { 0 };
                count(method, outcome, lately, *calls);
            }
        }
        let divided = self.inner.divided.load(Ordering::Relaxed) || !held.is_empty();
        Ok(Some(CallBudget {
            app_key,
            divided,
            methods: methods(&often, &held, divided),
            outcomes: outcomes(&often),
            hours: chart(
                &spans,
                hours
                    .iter()
                    .map(|hour| (hour.begins_at.0, hour.went_well, hour.failed)),
                &own,
            ),
        }))
    }

    /// Adds what was counted to the database.
    pub(crate) async fn flush_calls(&self) -> Result<()> {
        let Ok(app) = self.app().ready() else {
            return Ok(());
        };
        let counts = self.inner.calls.take();
        let rows = counts
            .iter()
            .map(|((at, method, outcome), calls)| GatewayCalls {
                begins_at: Millis(*at),
                method: (*method).to_owned(),
                outcome: (*outcome).to_owned(),
                calls: *calls,
            })
            .collect();
        let app_key = app.client.app_key().as_str();
        let written = self.store().gateway_calls().add_calls(app_key, rows).await;
        if let Err(error) = written {
            self.inner.calls.put_back(counts, to_millis(self.now()));
            return Err(error.into());
        }
        Ok(())
    }
}

fn slice(at_ms: i64) -> i64 {
    at_ms.div_euclid(SLICE_MS) * SLICE_MS
}

fn hour(at_ms: i64) -> i64 {
    at_ms.div_euclid(HOUR_MS) * HOUR_MS
}

fn methods(
    often: &BTreeMap<(String, String), Often>,
    held: &[BudgetHeld],
    divided: bool,
) -> Vec<MethodBudget> {
    let mut methods: BTreeMap<&str, MethodBudget> = BTreeMap::new();
    let new = |name: &str| {
        let per_second = catalogue::find(name).and_then(|method| method.per_second);
        let held = held.iter().find(|held| held.budget == name);
        let whole = if divided { 0 } else { per_second.unwrap_or(0) };
        MethodBudget {
            method: name.to_owned(),
            per_second,
            held: held.map_or(whole, |held| held.held),
            instances: held.map_or(u32::from(whole > 0), |held| held.instances),
            last_hour: 0,
            last_day: 0,
        }
    };
    for method in catalogue::all().filter(|method| method.per_second.is_some()) {
        methods.insert(method.name, new(method.name));
    }
    for ((name, _), often) in often {
        let method = methods.entry(name).or_insert_with(|| new(name));
        method.last_hour += often.last_hour;
        method.last_day += often.last_day;
    }
    methods.into_values().collect()
}

fn outcomes(often: &BTreeMap<(String, String), Often>) -> Vec<OutcomeCalls> {
    let of = |outcome: &'static str| {
        let these = || often.iter().filter(|((_, one), _)| one == outcome);
        OutcomeCalls {
            outcome,
            last_hour: these().map(|(_, often)| often.last_hour).sum(),
            last_day: these().map(|(_, often)| often.last_day).sum(),
        }
    };
    let all = OUTCOMES.into_iter().map(of);
    all.filter(|one| one.last_day > 0).collect()
}

/// The hours of the chart, those without anything included.
fn chart(
    spans: &Spans,
    stored: impl Iterator<Item = (i64, i64, i64)>,
    own: &BTreeMap<Place, i64>,
) -> Vec<CallHour> {
    let empty = |number| CallHour {
        begins_ms: spans.chart + number * HOUR_MS,
        went_well: 0,
        failed: 0,
    };
    let mut hours: Vec<CallHour> = (0..HOURS).map(empty).collect();
    let own = own.iter().map(|((at, _, outcome), calls)| {
        if *outcome == CALL_WENT_WELL {
            (*at, *calls, 0)
        } else {
            (*at, 0, *calls)
        }
    });
    for (at, went_well, failed) in stored.chain(own) {
        let begins_ms = hour(at);
        if let Some(hour) = hours.iter_mut().find(|hour| hour.begins_ms == begins_ms) {
            hour.went_well += went_well;
            hour.failed += failed;
        }
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_is_kept_until_it_is_too_old() {
        let counts = CallCounts::default();
        counts.add((0, "a", "ok"), 2);
        counts.add((KEPT_MS, "a", "ok"), 3);
        let taken = counts.take();
        assert!(counts.seen().is_empty());
        counts.add((KEPT_MS, "a", "ok"), 1);
        counts.put_back(taken, Millis(KEPT_MS));
        let left: Vec<_> = counts.seen().into_iter().collect();
        assert_eq!(left, [((KEPT_MS, "a", "ok"), 4)]);
    }

    #[test]
    fn the_chart_ends_with_the_present_hour() {
        let now = Millis(1_795_435_200_000 + 42 * 60_000);
        let spans = Spans::until(now);
        let present = hour(now.0);
        let own = BTreeMap::from([
            ((slice(now.0), "a", "ok"), 2),
            ((slice(now.0), "b", "wait"), 1),
            ((present - HOURS * HOUR_MS, "a", "ok"), 9),
        ]);
        let stored = [(present - HOUR_MS, 5, 1), (present, 1, 0)].into_iter();
        let hours = chart(&spans, stored, &own);
        assert_eq!(hours.len(), 24);
        let last = |ago: usize| {
            let hour = hours[23 - ago];
            (hour.begins_ms, hour.went_well, hour.failed)
        };
        assert_eq!(last(0), (present, 3, 1));
        assert_eq!(last(1), (present - HOUR_MS, 5, 1));
        assert_eq!(hours.iter().map(|hour| hour.went_well).sum::<i64>(), 8);
    }

    #[test]
    fn documented_rates_are_shown_whether_called_or_not() {
        let key = |method: &str, outcome: &str| (method.to_owned(), outcome.to_owned());
        let often = BTreeMap::from([(
            key("other", "ok"),
            Often {
                last_hour: 1,
                last_day: 2,
            },
        )]);
        let rated = catalogue::all().find(|method| method.per_second.is_some());
        let rated = rated.unwrap();
        let held = [BudgetHeld {
            budget: rated.name.to_owned(),
            held: 2,
            instances: 3,
        }];
        let shared = methods(&often, &held, true);
        let find = |methods: &[MethodBudget], name: &str| {
            let found = methods.iter().find(|method| method.method == name);
            found.cloned().unwrap()
        };
        let one = find(&shared, rated.name);
        assert_eq!(
            (one.per_second, one.held, one.instances),
            (rated.per_second, 2, 3)
        );
        let other = find(&shared, "other");
        assert_eq!(
            (other.per_second, other.last_hour, other.last_day),
            (None, 1, 2)
        );
        let alone = find(&methods(&often, &[], false), rated.name);
        assert_eq!((Some(alone.held), alone.instances), (rated.per_second, 1));
        let others = find(&methods(&often, &[], true), rated.name);
        assert_eq!((others.held, others.instances), (0, 0));
    }

    /// Every class that a failure can have is shown.
    #[test]
    fn every_outcome_has_its_place() {
        let metric = crate::metrics::ALL
            .iter()
            .find(|metric| metric.name == "smartlinks_gateway_calls_total");
        let help = metric.unwrap().help;
        for outcome in OUTCOMES {
            assert!(help.contains(outcome), "{outcome}");
        }
    }
}
