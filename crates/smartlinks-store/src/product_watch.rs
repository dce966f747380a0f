//! The watch of imported products: which are to be looked at, who looks, what was found, and what a person has chosen in
//! the place of variants that are gone.

mod storage;

use async_trait::async_trait;

use crate::catalogue::{CatalogueChange, CatalogueId, ChangeCursor, NewCatalogueEntry};
use crate::{ConnectionId, Millis, StoreError, Traces};

/// How fast all instances together may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckPace {
    /// Lasting.
    pub per_second: u32,
    /// On top after a rest.
    pub at_once: u32,
}

/// A wish for products to look at.
#[derive(Clone, Debug)]
pub struct CheckClaim {
    /// Who looks.
    pub owner: String,
    /// Until when nobody else does.
    pub until: Millis,
    /// The moment now.
    pub now: Millis,
    /// No more than this.
    pub most: u32,
    /// No faster than this.
    pub pace: CheckPace,
}

/// A product to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCheck {
    /// The product.
    pub id: CatalogueId,
    /// How often in a row AliExpress could not be asked.
    pub failures: i64,
}

/// How a look ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckEnd {
    /// AliExpress has answered.
    Asked {
        /// When it was asked.
        at: Millis,
        /// The moment now.
        now: Millis,
        /// When to look again.
        next: Millis,
    },
    /// AliExpress could not be asked: nothing is known.
    Failed {
        /// When to look again.
        next: Millis,
        /// Why, a stable word.
        problem: String,
    },
    /// What AliExpress has answered does not count any more.
    Again {
        /// When to look again.
        next: Millis,
    },
    /// Nobody has looked; somebody else may, at once.
    GivenBack,
}

/// How the watch of one product stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchState {
    /// When AliExpress is asked next.
    pub next_check_at: Option<Millis>,
    /// How often in a row it could not be asked.
    pub failures: i64,
    /// Why not, a stable word.
    pub problem: Option<String>,
}

/// How the watch of all products stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchCounts {
    /// Products that are looked at.
    pub watched: i64,
    /// Products about which AliExpress could not be asked the last time.
    pub failing: i64,
    /// Why not, of one of them.
    pub problem: Option<String>,
    /// When the next one is due.
    pub next_check_at: Option<Millis>,
    /// Variants that are gone, sold, and have nothing in their place.
    pub open_repairs: i64,
}

/// What is done about a kind of change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchPolicy {
    /// The kind, a stable word.
    pub kind: String,
    /// What is done, a stable word.
    pub action: String,
    /// From which change in per cent on, decimal text.
    pub above_percent: Option<String>,
}

/// Which changes that AliExpress made are wanted. What is none does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftFilter {
    /// Of this kind.
    pub kind: Option<String>,
    /// About which this was done.
    pub outcome: Option<String>,
}

/// A change that AliExpress made, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The change.
    pub change: CatalogueChange,
    /// Whose product it is.
    pub connection: ConnectionId,
    /// AliExpress's number.
    pub product_id: String,
    /// The merchant's title.
    pub title: String,
}

/// What a person has chosen in the place of a variant that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkuRepair {
    /// The variant that is gone.
    pub sku_id: String,
    /// What takes its place.
    pub replaced_by: String,
    /// Since when.
    pub at: Millis,
}

/// The watch of imported products.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait ProductWatchRepository: Send + Sync {
    /// When the next product is due that nobody looks at.
    async fn next_check_due(&self, now: Millis) -> Result<Option<Millis>, StoreError>;

    /// Takes products that are due, those first that have waited longest, as many as the pace allows. Of many who ask
    /// at the same time, no two get the same one, and together they keep to the pace.
    async fn claim_checks(&self, claim: CheckClaim) -> Result<Vec<DueCheck>, StoreError>;

    /// Ends a look; whether it was still the owner's. An answer that is stored already and was asked for later keeps its
    /// moment, and when to look again after it; not one of a moment that is still to come.
    async fn end_check(
        &self,
        id: &CatalogueId,
        owner: &str,
        end: CheckEnd,
    ) -> Result<bool, StoreError>;

    /// How the watch of one product stands; none when there is no such product.
    async fn watch_state(&self, id: &CatalogueId) -> Result<Option<WatchState>, StoreError>;

    /// How the watch of all products stands.
    async fn watch_counts(&self) -> Result<WatchCounts, StoreError>;

    /// What somebody has chosen to be done about kinds of changes.
    async fn watch_policies(&self) -> Result<Vec<WatchPolicy>, StoreError>;

    /// Chooses what is done about kinds of changes; others stay.
    async fn set_watch_policies(
        &self,
        policies: Vec<WatchPolicy>,
        now: Millis,
        traces: Traces,
    ) -> Result<(), StoreError>;

    /// Changes that AliExpress made, the latest first.
    async fn drift(
        &self,
        filter: &DriftFilter,
        before: Option<&ChangeCursor>,
        limit: u32,
    ) -> Result<Vec<Drift>, StoreError>;

    /// Variants that are gone, sold, and have nothing in their place, by product and number, after one of them.
    async fn open_repairs(
        &self,
        after: Option<(&CatalogueId, &str)>,
        limit: u32,
    ) -> Result<Vec<(CatalogueId, String)>, StoreError>;

    /// What persons have chosen in the place of variants of a product that are gone now.
    async fn sku_repairs(&self, id: &CatalogueId) -> Result<Vec<SkuRepair>, StoreError>;

    /// Stores a product as [`save`](crate::CatalogueRepository::save) does, and what was chosen with it.
    ///
    /// # Errors
    /// As there.
    async fn repair_sku(
        &self,
        entry: NewCatalogueEntry,
        repair: SkuRepair,
        traces: Traces,
    ) -> Result<bool, StoreError>;
}
