//! Known orders: those placed here or added by their number. The gateway has no list of orders.

mod counts;
mod storage;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{ConnectionId, Millis, StoreError, Traces};

pub(crate) use counts::{Standing, count};
pub(crate) use storage::{known_order, order_columns, page_of};

/// An order as it was last read from the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownOrder {
    /// AliExpress's number.
    pub order_id: String,
    /// The connection it belongs to.
    pub connection: ConnectionId,
    /// `order_status`.
    pub status: String,
    /// `logistics_status`.
    pub logistics_status: Option<String>,
    /// Exact decimal in units of `currency`.
    pub amount: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Who sells.
    pub store_name: Option<String>,
    /// What it is, for lists.
    pub title: Option<String>,
    /// When it was placed, in the gateway's own words (`gmt_create`).
    pub placed_at: Option<String>,
    /// What was read, as JSON without the recipient's name, address and telephone number.
    pub snapshot_json: String,
    /// Why somebody should look at it, in a stable word. An [`upsert`](OrderRepository::upsert) takes it away when the state
    /// has changed, and leaves it otherwise.
    pub alert: Option<String>,
    /// When it was read.
    pub fetched_at: Millis,
    /// When it became known here. A later [`upsert`](OrderRepository::upsert) does not move it.
    pub added_at: Millis,
}

/// Where a page ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCursor {
    /// [`KnownOrder::added_at`] of its last order.
    pub added_at: Millis,
    /// [`KnownOrder::order_id`] of its last order.
    pub order_id: String,
}

/// A page of orders, the latest added first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<KnownOrder>,
    /// Where the next page starts; none on the last.
    pub next: Option<OrderCursor>,
}

/// The known orders.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait OrderRepository: Send + Sync {
    /// Adds an order, or replaces what is known of it except when it was added. When its state has changed, it is looked
    /// at by whoever follows orders, and what was to be said of the former state is not said any more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such connection.
    async fn upsert(&self, order: KnownOrder, traces: Traces) -> Result<(), StoreError>;

    /// The same for what was made of `before` (none: it was not known). False when the order is another by now: then
    /// nothing is written, and no trace is left.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    async fn renew(
        &self,
        order: KnownOrder,
        before: Option<KnownOrder>,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// One order.
    async fn find(&self, order_id: &str) -> Result<Option<KnownOrder>, StoreError>;

    /// Up to `limit` orders after `cursor`, the latest added first. A page costs the same wherever it lies.
    async fn list(&self, cursor: Option<&OrderCursor>, limit: u32)
    -> Result<OrderPage, StoreError>;

    /// The same for the orders in one of these states, of which the first [`STATUSES_AT_ONCE`] count.
    async fn list_in(
        &self,
        statuses: &[String],
        cursor: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<OrderPage, StoreError>;

    /// How many orders there are in each of AliExpress's states, of one connection or of all.
    async fn count_by_status(
        &self,
        connection: Option<&ConnectionId>,
    ) -> Result<Vec<(String, i64)>, StoreError>;
}

/// How many states [`OrderRepository::list_in`] takes.
pub const STATUSES_AT_ONCE: usize = 16;
