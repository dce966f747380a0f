//! How many requests the instances have sent to the gateway lately: for charts and the call budget.
//!
//! Counted by app, slice of time, method and outcome, for all instances together. An instance adds what it has counted
//! now and then, so a call costs no write.

mod storage;

use async_trait::async_trait;

use crate::{Millis, StoreError};

/// The outcome of a request that was answered in a usable way. All others are failures.
pub const CALL_WENT_WELL: &str = "ok";

/// Requests to one method that ended in one way, in one slice of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayCalls {
    /// When the slice begins.
    pub begins_at: Millis,
    /// A name of the catalogue, or `other`.
    pub method: String,
    /// [`CALL_WENT_WELL`], or the class of the failure.
    pub outcome: String,
    /// How many.
    pub calls: i64,
}

/// Requests of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourOfCalls {
    /// When the hour begins.
    pub begins_at: Millis,
    /// Those that went well.
    pub went_well: i64,
    /// The others.
    pub failed: i64,
}

/// Requests to one method that ended in one way, in two spans of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallsOfMethod {
    /// A name of the catalogue, or `other`.
    pub method: String,
    /// [`CALL_WENT_WELL`], or the class of the failure.
    pub outcome: String,
    /// In the shorter span.
    pub lately: i64,
    /// In the longer one, which includes the shorter.
    pub in_all: i64,
}

/// The counts of requests to the gateway.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait GatewayCallRepository: Send + Sync {
    /// Adds to the counts of an app, all or nothing. After a failure that leaves open whether it took effect, adding
    /// them again may count them twice.
    async fn add_calls(&self, app_key: &str, counts: Vec<GatewayCalls>) -> Result<(), StoreError>;

    /// The requests of an app by hour, for slices that begin at `since` or later; hours without any are left out.
    async fn calls_by_hour(
        &self,
        app_key: &str,
        since: Millis,
    ) -> Result<Vec<HourOfCalls>, StoreError>;

    /// The requests of an app by method and outcome, for slices that begin at `since` or later, and of these for those
    /// that begin at `lately` or later.
    async fn calls_by_method(
        &self,
        app_key: &str,
        since: Millis,
        lately: Millis,
    ) -> Result<Vec<CallsOfMethod>, StoreError>;

    /// Forgets slices that began before a moment; how many rows went.
    async fn prune_calls(&self, before: Millis) -> Result<u64, StoreError>;
}
