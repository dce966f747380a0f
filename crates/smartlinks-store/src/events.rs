//! What happened, in the order in which it became durable.

mod storage;

use async_trait::async_trait;
use serde::Serialize;

use crate::{ConnectionId, Millis, StoreError};

pub(crate) use storage::{numbered, write, write_untold};

/// Something that has happened.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// A stable word such as `connection.refreshed`.
    pub kind: String,
    /// The connection it concerns.
    pub connection: Option<ConnectionId>,
    /// The order it concerns.
    pub order: Option<String>,
    /// Details as JSON, without secrets and without customers' data.
    pub data_json: String,
    /// When.
    pub at: Millis,
}

/// Something that has happened, with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Grows in the order of commits: who has seen `n` misses nothing by asking for what came after `n`.
    pub id: i64,
    /// A stable word such as `connection.refreshed`.
    pub kind: String,
    /// The connection it concerns.
    pub connection: Option<ConnectionId>,
    /// The order it concerns.
    pub order: Option<String>,
    /// Details as JSON.
    pub data_json: String,
    /// When.
    pub at: Millis,
}

/// The stored events.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait EventRepository: Send + Sync {
    /// Stores events and audit entries that belong to no other change.
    async fn append(&self, traces: crate::Traces) -> Result<(), StoreError>;

    /// The number of the latest event; 0 when there never was one.
    async fn latest_number(&self) -> Result<i64, StoreError>;

    /// The latest, newest first.
    async fn latest(&self, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// Up to `limit` events that came after number `id`, oldest first.
    async fn after(&self, id: i64, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// Deletes what happened before `before`; gives how many. The latest event stays, whatever its age: by it those who
    /// follow see that the history is still the same.
    async fn prune(&self, before: Millis) -> Result<u64, StoreError>;
}
