//! The watch: AliExpress is asked about every imported product again and again, while nobody waits for it.
//!
//! When a product is due stands with the product. Instances take what is due by leases, so that any number of them shares
//! the work, and by one pace for all of them together, so that they leave the call budget to people. An answer changes
//! the product as importing it again does; trouble on the way changes nothing and is tried again later.

mod answer;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::catalogue;
use smartlinks_store::{CatalogueId, CheckClaim, CheckEnd, CheckPace, DueCheck, Millis};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::drift::Policies;
use super::views;
use crate::clock::to_millis;
use crate::error::{Error, Result, Retry};
use crate::service::Core;
use crate::workers::{DueWork, Look};
use answer::{Asking, Seen};

/// The method that is asked.
const METHOD: &str = "aliexpress.ds.product.get";
/// The part of the documented rate that the watch takes at most, in per cent.
pub const WATCH_SHARE_PERCENT: u32 = 20;
/// How much earlier a look may come, in milliseconds: what was imported together is spread out with time.
const SPREAD_MS: i64 = 3_600_000;
/// For how long a product is held, in milliseconds: longer than two calls in the background last at their longest, the
/// second one with a token that was renewed.
const LEASE_MS: i64 = 1_500_000;
/// How many products are asked for at the same time.
const SIDE_BY_SIDE: usize = 16;
/// How long what is due waits for the pace until it is tried again.
const PACE_REST: Duration = Duration::from_millis(200);
/// The rest after the first failure, in milliseconds; each further one doubles it.
const FIRST_REST_MS: i64 = 300_000;
/// The longest rest after failures, in milliseconds.
const LONGEST_REST_MS: i64 = 6 * 3_600_000;

/// When AliExpress is asked about what was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchRhythm {
    /// How many hours lie between two looks at a product, at most. Usually two looks within the promised day, so that a
    /// day of trouble in which one fails still has another.
    pub every_hours: NonZeroU32,
}

impl Default for WatchRhythm {
    fn default() -> Self {
        Self {
            every_hours: NonZeroU32::MIN.saturating_add(11),
        }
    }
}

impl WatchRhythm {
    /// When to look at a product again: within the last hour before its time is over (within its second half where it
    /// is shorter), each product at another moment.
    fn next(self, id: &CatalogueId, now: Millis) -> Millis {
        let every = i64::from(self.every_hours.get()).saturating_mul(3_600_000);
        let most = SPREAD_MS.min(every / 2);
        let spread = id
            .as_str()
            .bytes()
            .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % most);
        now.plus(every - spread)
    }
}

/// What one look at what is due has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WatchWork {
    /// How many products were looked at.
    pub looked_at: usize,
    /// How many of them have changed.
    pub changed: usize,
    /// About how many of them AliExpress could not be asked.
    pub failed: usize,
    /// How many of these wait for a person: their account has to sign in again, say.
    pub waiting: usize,
}

impl WatchWork {
    /// AliExpress is not to be asked at the moment: others that are due would fare no better.
    const fn is_in_vain(self) -> bool {
        self.failed > self.waiting && self.failed == self.looked_at
    }
}

/// Looks that go on side by side.
#[derive(Default)]
struct Round {
    work: WatchWork,
    first_failure: Option<Error>,
}

impl Round {
    /// Whether further products are looked at.
    const fn goes_on(&self) -> bool {
        self.first_failure.is_none() && self.work.failed == self.work.waiting
    }

    /// Whether something has changed by a look.
    fn note(&mut self, look: Result<WatchWork>) -> bool {
        match look {
            Ok(look) => {
                self.work.looked_at += look.looked_at;
                self.work.changed += look.changed;
                self.work.failed += look.failed;
                self.work.waiting += look.waiting;
                look.changed > 0
            }
            Err(error) => {
                self.failed(error);
                false
            }
        }
    }

    fn failed(&mut self, error: Error) {
        self.first_failure.get_or_insert(error);
    }

    fn ended(self) -> Result<WatchWork> {
        self.first_failure.map_or(Ok(self.work), Err)
    }
}

/// What the watch may call, out of the documented rate of its method: what may come at once after a rest is taken off
/// what lasts, so that no second holds more than the share.
fn pace() -> CheckPace {
    let documented = catalogue::find(METHOD).and_then(|method| method.per_second);
    let share = (documented.unwrap_or(5) * WATCH_SHARE_PERCENT / 100).max(2);
    let at_once = (share / 5).max(1);
    CheckPace {
        per_second: share - at_once,
        at_once,
    }
}

impl Core {
    /// When to look at a product again that was asked about now.
    pub(super) fn next_check(&self, id: &CatalogueId, now: Millis) -> Millis {
        self.watch_rhythm().next(id, now)
    }

    /// Looks at products as they come due, until it is told to stop. `clock_moved` wakes it when somebody moves the
    /// clock (the sandbox); in production it never does.
    pub async fn run_product_watch(
        &self,
        stop: CancellationToken,
        clock_moved: watch::Receiver<i64>,
    ) {
        let work = DueWork {
            breath: Duration::from_millis(50),
            // What is due may have to wait for the pace.
            shortest: PACE_REST,
            ..DueWork::on("products that are watched")
        };
        let look = || async {
            let work = self.watch_products(&stop).await?;
            Ok(match work.is_in_vain() {
                true => Look::InVain,
                false => Look::done(work.looked_at),
            })
        };
        let next = || async {
            let watch = self.store().product_watch();
            watch.next_check_due(to_millis(self.now())).await
        };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Takes products that are due, as the pace allows, and asks AliExpress about them, some at a time, until nothing is
    /// due or AliExpress has trouble.
    ///
    /// # Errors
    /// [`Error::Storage`]; what goes wrong with single products stands with them.
    pub async fn watch_products(&self, stop: &CancellationToken) -> Result<WatchWork> {
        let mut round = Round::default();
        let mut looks = JoinSet::new();
        loop {
            let free = SIDE_BY_SIDE.saturating_sub(looks.len());
            if free > 0 && round.goes_on() && !stop.is_cancelled() {
                match self.due_checks(free).await {
                    Ok((due, policies)) => {
                        for due in due {
                            let (core, policies, stop) =
                                (self.clone(), Arc::clone(&policies), stop.clone());
                            looks.spawn(async move { core.look_at(due, &policies, &stop).await });
                        }
                    }
                    Err(error) => round.failed(error),
                }
            }
            if looks.is_empty() {
                return round.ended();
            }
            tokio::select! {
                Some(ended) = looks.join_next() => {
                    let ended = ended.map_err(|error| Error::Internal(error.to_string()));
                    if round.note(ended.and_then(|look| look)) {
                        self.announce().await;
                    }
                }
                // The pace may let the next one through meanwhile.
                () = tokio::time::sleep(PACE_REST), if free > 0 && round.goes_on() => {}
            }
        }
    }

    /// Claims products that are due, with what is to be done about their changes.
    async fn due_checks(&self, most: usize) -> Result<(Vec<DueCheck>, Arc<Policies>)> {
        let now = to_millis(self.now());
        let watch = self.store().product_watch();
        // Looking costs no write; only claiming does.
        if watch.next_check_due(now).await?.is_none_or(|due| due > now) {
            return Ok((Vec::new(), Arc::default()));
        }
        let claim = CheckClaim {
            owner: self.owner().to_owned(),
            until: now.plus(LEASE_MS),
            now,
            most: u32::try_from(most).unwrap_or(u32::MAX),
            pace: pace(),
        };
        let due = watch.claim_checks(claim).await?;
        let policies = match due.is_empty() {
            true => Policies::default(),
            false => self.policies().await?,
        };
        Ok((due, Arc::new(policies)))
    }

    /// Looks at one product that was claimed, and lets go of it.
    async fn look_at(
        &self,
        due: DueCheck,
        policies: &Policies,
        stop: &CancellationToken,
    ) -> Result<WatchWork> {
        let asked_at = to_millis(self.now());
        let look = tokio::select! {
            look = self.look(&due.id, asked_at, policies, Asking::Watch) => Some(look),
            // A call in the background may wait for minutes; a server that ends does not.
            () = stop.cancelled() => None,
        };
        let now = to_millis(self.now());
        let mut work = WatchWork {
            looked_at: usize::from(look.is_some()),
            ..WatchWork::default()
        };
        let end = match look {
            None => CheckEnd::GivenBack,
            // What is stored was asked for later, or for another country or currency, and may say less by now.
            Some(Ok(Seen::Late)) => CheckEnd::Again {
                next: now.plus(FIRST_REST_MS),
            },
            Some(Ok(seen)) => {
                work.changed = usize::from(matches!(seen, Seen::Changed));
                CheckEnd::Asked {
                    at: asked_at,
                    now,
                    next: self.next_check(&due.id, now),
                }
            }
            // It was removed meanwhile.
            Some(Err(Error::UnknownProduct(_))) => return Ok(work),
            Some(Err(error @ (Error::Storage(_) | Error::Internal(_)))) => return Err(error),
            Some(Err(error)) => {
                work.failed = 1;
                work.waiting = usize::from(error.waits_for_a_person());
                CheckEnd::Failed {
                    next: now.plus(rest(due.failures, &error)),
                    problem: error.code().to_owned(),
                }
            }
        };
        let watch = self.store().product_watch();
        watch.end_check(&due.id, self.owner(), end).await?;
        Ok(work)
    }

    /// How the watch stands of one product: when AliExpress is asked next, and since when it cannot be.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn product_watch(&self, id: &str) -> Result<views::ProductWatchView> {
        let id = super::checks::catalogue_id(id)?;
        let state = self.store().product_watch().watch_state(&id).await?;
        let state = state.ok_or_else(|| Error::UnknownProduct(id.to_string()))?;
        Ok(views::ProductWatchView {
            next_check_at: state.next_check_at.and_then(crate::clock::from_millis),
            failures: state.failures,
            problem: state.problem,
        })
    }
}

/// In milliseconds.
fn rest(failures: i64, error: &Error) -> i64 {
    let doubled = (FIRST_REST_MS << failures.clamp(0, 7)).min(LONGEST_REST_MS);
    match error.retry() {
        // Until somebody has done something about the account.
        _ if error.waits_for_a_person() => LONGEST_REST_MS,
        Retry::After(seconds) => i64::try_from(seconds)
            .unwrap_or(3600)
            .saturating_mul(1000)
            .max(doubled),
        _ => doubled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_a_fifth_of_the_documented_rate_and_enough_for_a_hundred_thousand_products_a_day()
    {
        let documented = catalogue::find(METHOD).unwrap().per_second.unwrap();
        let pace = pace();
        assert!(pace.per_second + pace.at_once <= documented / 5);
        let a_day = i64::from(pace.per_second) * 86_400;
        let every = i64::from(WatchRhythm::default().every_hours.get()) * 3_600_000;
        let needed = 100_000 * (86_400_000 / (every - SPREAD_MS) + 1);
        assert!(a_day > needed, "{a_day} looks a day, {needed} needed");
    }

    #[test]
    fn every_product_is_looked_at_again_within_its_time_and_not_all_at_once() {
        let now = Millis(1_795_435_200_000);
        for (hours, least_minutes, spread) in [(12, 660, 30), (1, 30, 15), (720, 43_140, 30)] {
            let rhythm = WatchRhythm {
                every_hours: NonZeroU32::new(hours).unwrap(),
            };
            let mut minutes = std::collections::HashSet::new();
            for _ in 0..200 {
                let id = CatalogueId::generate(now, &smartlinks_store::SystemEntropy).unwrap();
                let ahead = rhythm.next(&id, now).since(now) / 60_000;
                assert!((least_minutes..=i64::from(hours) * 60).contains(&ahead));
                minutes.insert(ahead);
            }
            assert!(minutes.len() > spread, "{} minutes", minutes.len());
        }
    }

    #[test]
    fn rests_grow_to_a_quarter_of_a_day() {
        let later = Error::Internal(String::new());
        assert_eq!(rest(0, &later), 300_000);
        assert_eq!(rest(3, &later), 2_400_000);
        assert_eq!(rest(99, &later), LONGEST_REST_MS);
        assert_eq!(rest(0, &Error::TooManyAttempts { seconds: 900 }), 900_000);
        assert_eq!(rest(0, &Error::NotConnected), LONGEST_REST_MS);
    }

    #[test]
    fn only_trouble_of_aliexpress_makes_the_others_wait() {
        let of = |looked_at, failed, waiting| WatchWork {
            looked_at,
            changed: 0,
            failed,
            waiting,
        };
        for (work, in_vain) in [
            (of(0, 0, 0), false),
            (of(16, 3, 0), false),
            (of(16, 16, 0), true),
            (of(16, 16, 15), true),
            (of(16, 16, 16), false),
        ] {
            assert_eq!(work.is_in_vain(), in_vain, "{work:?}");
        }
    }
}
