//! The watch: AliExpress is asked about every imported product again and again, while nobody waits for it.
//!
//! When a product is due stands with the product. Instances take what is due by leases, so that any number of them shares
//! the work, and by one pace for all of them together, so that they leave the call budget to people. An answer changes
//! the product as importing it again does; trouble on the way changes nothing and is tried again later.

use std::time::Duration;

use aliexpress::catalogue;
use smartlinks_store::{
    Availability, CatalogueEntry, CatalogueId, CheckClaim, CheckEnd, CheckPace, DueCheck, Millis,
    with_causes,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::drift::Policies;
use super::importing::{busy, is_for, is_latest, market_of};
use super::merging::{self, History};
use super::views::{self, CatalogueDetail};
use crate::clock::to_millis;
use crate::error::{Error, Result, Retry};
use crate::products::{ProductQuery, ProductView};
use crate::service::Core;
use crate::settings::Market;

/// The method that is asked.
const METHOD: &str = "aliexpress.ds.product.get";
/// The part of the documented rate that the watch takes at most, in per cent.
pub const WATCH_SHARE_PERCENT: u32 = 20;
/// How often a product is looked at, in milliseconds: twice within the promised day, so that a day of trouble in which
/// one look fails still has another.
pub(super) const CHECK_EVERY_MS: i64 = 12 * 3_600_000;
/// How much earlier a look may come, in milliseconds: what was imported together is spread out with time.
const SPREAD_MS: i64 = 3_600_000;
/// For how long a product is held, in milliseconds: longer than a call in the background waits at its longest.
const LEASE_MS: i64 = 900_000;
/// How many products are asked for at the same time.
const SIDE_BY_SIDE: u32 = 16;
/// The rest after the first failure, in milliseconds; each further one doubles it.
const FIRST_REST_MS: i64 = 300_000;
/// The longest rest after failures, in milliseconds.
const LONGEST_REST_MS: i64 = 6 * 3_600_000;
/// How often a change is tried when somebody else is faster.
const ATTEMPTS: u32 = 4;

/// What one look at what is due has brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WatchWork {
    /// How many products were looked at.
    pub looked_at: usize,
    /// How many of them have changed.
    pub changed: usize,
    /// About how many of them AliExpress could not be asked.
    pub failed: usize,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Person,
    Watch,
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

/// When to look at a product again: within the last hour before its time is over, each product at another moment.
pub(super) fn next_check(id: &CatalogueId, now: Millis) -> Millis {
    let spread = id
        .as_str()
        .bytes()
        .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % SPREAD_MS);
    now.plus(CHECK_EVERY_MS - spread)
}

impl Core {
    /// Looks at products as they come due, until it is told to stop. `clock_moved` wakes it when somebody moves the
    /// clock (the sandbox); in production it never does.
    pub async fn run_product_watch(
        &self,
        stop: CancellationToken,
        mut clock_moved: watch::Receiver<i64>,
    ) {
        let mut in_vain = 0_u32;
        loop {
            let rest = match self.watch_products(&stop).await {
                Ok(work) if work.looked_at > work.failed => {
                    in_vain = 0;
                    Duration::from_millis(50)
                }
                // AliExpress is not to be asked at the moment: others that are due would fare no better.
                Ok(work) if work.failed > 0 => {
                    in_vain += 1;
                    Duration::from_secs(1 << in_vain.min(6))
                }
                Ok(_) => self.until_next_check().await,
                Err(error) => {
                    tracing::error!(error = %with_causes(&error), "products could not be looked at");
                    Duration::from_secs(5)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
                Ok(()) = clock_moved.changed() => {}
            }
        }
    }

    async fn until_next_check(&self) -> Duration {
        let (longest, now) = (self.refresh_policy().longest_rest, to_millis(self.now()));
        match self.store().product_watch().next_check_due(now).await {
            Ok(Some(due)) => {
                let ahead = due.since(now).max(200);
                Duration::from_millis(u64::try_from(ahead).unwrap_or(200)).min(longest)
            }
            Ok(None) => longest,
            Err(error) => {
                tracing::error!(error = %with_causes(&error), "the next product to look at is not known");
                Duration::from_secs(5).min(longest)
            }
        }
    }

    /// Takes some products that are due, as the pace allows, and asks AliExpress about them.
    ///
    /// # Errors
    /// [`Error::Storage`]; what goes wrong with single products stands with them.
    pub async fn watch_products(&self, stop: &CancellationToken) -> Result<WatchWork> {
        let now = to_millis(self.now());
        let watch = self.store().product_watch();
        let mut work = WatchWork::default();
        // Looking costs no write; only claiming does.
        let due = watch.next_check_due(now).await?;
        if stop.is_cancelled() || due.is_none_or(|due| due > now) {
            return Ok(work);
        }
        let claim = CheckClaim {
            owner: self.owner().to_owned(),
            until: now.plus(LEASE_MS),
            now,
            most: SIDE_BY_SIDE,
            pace: pace(),
        };
        let due = watch.claim_checks(claim).await?;
        if due.is_empty() {
            return Ok(work);
        }
        let policies = self.policies().await?;
        let mut looks = JoinSet::new();
        for due in due {
            let (core, policies, stop) = (self.clone(), policies.clone(), stop.clone());
            looks.spawn(async move { core.look_at(due, &policies, &stop).await });
        }
        let mut first_failure = None;
        while let Some(ended) = looks.join_next().await {
            let ended = ended.map_err(|error| Error::Internal(error.to_string()));
            match ended.and_then(|look| look) {
                Ok(look) => {
                    work.looked_at += look.looked_at;
                    work.changed += look.changed;
                    work.failed += look.failed;
                }
                Err(error) => {
                    first_failure.get_or_insert(error);
                }
            }
        }
        if work.changed > 0 {
            self.announce().await;
        }
        first_failure.map_or(Ok(work), Err)
    }

    /// Looks at one product that was claimed, and lets go of it.
    async fn look_at(
        &self,
        due: DueCheck,
        policies: &Policies,
        stop: &CancellationToken,
    ) -> Result<WatchWork> {
        let look = tokio::select! {
            look = self.look(&due.id, policies, Asking::Watch) => Some(look),
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
            Some(Ok(changed)) => {
                work.changed = usize::from(changed.is_some());
                CheckEnd::Asked {
                    at: now,
                    next: next_check(&due.id, now),
                }
            }
            // It was removed meanwhile.
            Some(Err(Error::UnknownProduct(_))) => return Ok(work),
            Some(Err(error @ (Error::Storage(_) | Error::Internal(_)))) => return Err(error),
            Some(Err(error)) => {
                work.failed = 1;
                CheckEnd::Failed {
                    next: now.plus(rest(due.failures, error.retry())),
                    problem: error.code().to_owned(),
                }
            }
        };
        let watch = self.store().product_watch();
        watch.end_check(&due.id, self.owner(), end).await?;
        Ok(work)
    }

    /// Asks AliExpress about a product now, because somebody wants to know.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::CatalogueRefused`] when others go on changing it, [`Error::Storage`]; when
    /// AliExpress cannot be asked as [`Core::product`], and then nothing has changed.
    pub async fn check_product(&self, id: &str) -> Result<CatalogueDetail> {
        let entry = self.catalogue_entry(id).await?;
        let policies = self.policies().await?;
        self.look(&entry.product.id, &policies, Asking::Person)
            .await?;
        self.announce().await;
        self.catalogue_product(id).await
    }

    /// Asks about a product and stores what has changed; the product when anything has.
    async fn look(
        &self,
        id: &CatalogueId,
        policies: &Policies,
        asking: Asking,
    ) -> Result<Option<CatalogueEntry>> {
        let entry = self.catalogue_entry(id.as_str()).await?;
        let asked_at = to_millis(self.now());
        let answer = Answer {
            market: market_of(&entry.product),
            asked_at,
            says: match self.ask_again(&entry, asking).await {
                Ok(fresh) => Ok(fresh),
                Err(error) => Err(merging::refused(&error).ok_or(error)?),
            },
        };
        let mut entry = Some(entry);
        for _ in 0..ATTEMPTS {
            let present = match entry.take() {
                Some(entry) => entry,
                None => self.catalogue_entry(id.as_str()).await?,
            };
            match self
                .store_answer(present, &answer, policies, asking)
                .await?
            {
                Found::Nothing => return Ok(None),
                Found::Stored(entry) => return Ok(Some(*entry)),
                Found::Overtaken => {}
            }
        }
        Err(busy())
    }

    async fn ask_again(&self, entry: &CatalogueEntry, asking: Asking) -> Result<ProductView> {
        let product = &entry.product;
        let market = market_of(product);
        let query = ProductQuery {
            ship_to: Some(market.ship_to),
            currency: Some(market.currency),
            language: Some(market.language),
            connection: Some(product.connection.to_string()),
        };
        match asking {
            Asking::Person => self.product(&product.product_id, &query).await,
            Asking::Watch => {
                let quietly = self.in_background();
                quietly.product(&product.product_id, &query).await
            }
        }
    }

    /// Stores what an answer says of a product, over what is stored.
    async fn store_answer(
        &self,
        mut entry: CatalogueEntry,
        answer: &Answer,
        policies: &Policies,
        asking: Asking,
    ) -> Result<Found> {
        let now = to_millis(self.now());
        if !is_for(&entry.product, &answer.market)
            || !is_latest(&entry.product, answer.asked_at, now)
        {
            // What is stored was asked for later, or for another country or currency.
            return Ok(Found::Nothing);
        }
        let before = entry.clone();
        let mut history = History::new(self, &entry.product.id);
        let (says, market) = (&answer.says, &answer.market);
        merging::answered(&mut entry, says, market, &mut history, now)?;
        let told = self
            .drifted(&mut entry, &mut history, policies, now)
            .await?;
        if entry == before && asking == Asking::Watch {
            // The end of the look says when it was.
            return Ok(Found::Nothing);
        }
        let same = entry.skus == before.skus && history.changes.is_empty();
        entry.product.checked_at = answer.asked_at;
        entry.product.next_check_at = Some(next_check(&entry.product.id, now));
        merging::next_version(&mut entry, now, !same);
        let changes = history.changes;
        let stored = self.store_entry(&entry, changes, false, told).await?;
        Ok(match stored {
            true => Found::Stored(Box::new(entry)),
            false => Found::Overtaken,
        })
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

/// What AliExpress has said of a product.
struct Answer {
    /// What it was asked for.
    market: Market,
    asked_at: Millis,
    says: Result<ProductView, Availability>,
}

/// What has come of an answer.
enum Found {
    Nothing,
    Stored(Box<CatalogueEntry>),
    /// Somebody else has changed the product meanwhile.
    Overtaken,
}

/// In milliseconds.
fn rest(failures: i64, retry: Retry) -> i64 {
    let doubled = (FIRST_REST_MS << failures.clamp(0, 7)).min(LONGEST_REST_MS);
    match retry {
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
        let needed = 100_000 * (86_400_000 / (CHECK_EVERY_MS - SPREAD_MS) + 1);
        assert!(a_day > needed, "{a_day} looks a day, {needed} needed");
    }

    #[test]
    fn every_product_is_looked_at_again_within_its_time_and_not_all_at_once() {
        let now = Millis(1_795_435_200_000);
        let mut moments = std::collections::HashSet::new();
        for _ in 0..200 {
            let id = CatalogueId::generate(now, &smartlinks_store::SystemEntropy).unwrap();
            let ahead = next_check(&id, now).since(now);
            assert!((CHECK_EVERY_MS - SPREAD_MS..=CHECK_EVERY_MS).contains(&ahead));
            moments.insert(ahead / 60_000);
        }
        assert!(moments.len() > 30, "{} minutes", moments.len());
    }

    #[test]
    fn rests_grow_to_a_quarter_of_a_day() {
        assert_eq!(rest(0, Retry::Later), 300_000);
        assert_eq!(rest(3, Retry::Later), 2_400_000);
        assert_eq!(rest(99, Retry::Later), LONGEST_REST_MS);
        assert_eq!(rest(0, Retry::After(900)), 900_000);
    }
}
