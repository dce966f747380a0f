//! Following known orders: when AliExpress is asked about each next, by whom, and which of them somebody should look at.

mod storage;

use async_trait::async_trait;

use crate::{KnownOrder, Millis, OrderCursor, OrderPage, StoreError, Traces};

/// An order that is this one's to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedOrder {
    /// As it is known.
    pub order: KnownOrder,
    /// How often asking has failed since it last went well.
    pub failures: i64,
}

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowEnd {
    /// The state that was looked at. Where it is another by now, the order is looked at again at once.
    pub status: String,
    /// When it is looked at again; none when it is over.
    pub next_poll_at: Option<Millis>,
    /// How often asking has failed since it last went well.
    pub failures: i64,
    /// Why somebody should look at it, in a stable word.
    pub alert: Option<String>,
    /// The carrier's number of its first parcel. None leaves what is known.
    pub parcel: Option<String>,
}

/// Following known orders.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait OrderFollowingRepository: Send + Sync {
    /// When the next order is to be looked at that nobody holds.
    async fn next_poll_due(&self, now: Millis) -> Result<Option<Millis>, StoreError>;

    /// Takes up to `limit` orders that are due and that nobody holds. Of two who ask, each order goes to one.
    async fn claim_polls(
        &self,
        owner: &str,
        until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<FollowedOrder>, StoreError>;

    /// Ends a claim; whether it was still the owner's. Otherwise nothing is changed and no trace is left.
    async fn end_poll(
        &self,
        order_id: &str,
        owner: &str,
        end: FollowEnd,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// How many orders there are for each reason to look at them.
    async fn count_alerts(&self) -> Result<Vec<(String, i64)>, StoreError>;

    /// Up to `limit` orders after `cursor` that somebody should look at for this reason, the latest added first.
    async fn list_alerted(
        &self,
        alert: &str,
        cursor: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<OrderPage, StoreError>;

    /// Orders by a number: AliExpress's, ours of their intent, or a parcel's. At most 20, the latest added first.
    async fn orders_numbered(&self, number: &str) -> Result<Vec<KnownOrder>, StoreError>;
}
