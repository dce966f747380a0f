//! The journal of refreshes: what was tried with which pair, and how it ended.
//!
//! A row is written *pending* in the transaction that claims the lease, so it is durable before the gateway is called.
//! It is ended in the transaction that stores the new pair, notes the failure, or gives the lease back. A pending row
//! whose lease has run out belongs to a process that died or is stuck: the next claim ends it as *interrupted*.

mod storage;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::Serialize;

use crate::connections::UnknownWord;
use crate::{ConnectionId, Millis, StoreError};

pub(crate) use storage::{Begin, End, overtake};

/// Which of the kept pairs an attempt spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spends {
    /// The refresh token of the present pair.
    Present,
    /// The refresh token of the pair before it, after the present one was refused.
    Former,
}

impl Spends {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Former => "former",
        }
    }
}

impl FromStr for Spends {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Present, Self::Former]
            .into_iter()
            .find(|spends| spends.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// Not yet: the lease is held, and the gateway may have been called.
    Pending,
    /// The new pair is durable.
    Stored,
    /// The gateway refused the refresh token.
    Refused,
    /// It failed for a passing reason.
    Failed,
    /// The lease was given back before any call was made.
    Released,
    /// Its process fell silent and another took the lease over.
    Interrupted,
    /// The connection had moved on: another pair came first, or a person signed in again or disconnected.
    Overtaken,
}

impl AttemptOutcome {
    const ALL: [Self; 7] = [
        Self::Pending,
        Self::Stored,
        Self::Refused,
        Self::Failed,
        Self::Released,
        Self::Interrupted,
        Self::Overtaken,
    ];

    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Released => "released",
            Self::Interrupted => "interrupted",
            Self::Overtaken => "overtaken",
        }
    }
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for AttemptOutcome {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// One attempt to refresh a pair. Holds no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefreshAttempt {
    /// The connection.
    pub connection: ConnectionId,
    /// Grows with each attempt of the connection that is still remembered.
    pub number: i64,
    /// The generation that was to be replaced.
    pub generation: i64,
    /// Which pair was spent.
    pub spends: Spends,
    /// The process that made it, as in its leases.
    pub owner: String,
    /// When the lease was claimed.
    pub begun_at: Millis,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What the gateway or the transport said, as a stable code; none when it went well or never ended.
    pub code: Option<String>,
    /// When it ended; none while pending.
    pub ended_at: Option<Millis>,
}

/// The attempts to refresh. They are written by the claims and what ends them, see
/// [`ConnectionRepository`](crate::ConnectionRepository).
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait RefreshJournal: Send + Sync {
    /// The latest attempts of a connection, newest first.
    async fn attempts(
        &self,
        connection: &ConnectionId,
        limit: u32,
    ) -> Result<Vec<RefreshAttempt>, StoreError>;

    /// Deletes attempts that ended before `before`; gives how many. A pending one stays whatever its age.
    async fn prune_attempts(&self, before: Millis) -> Result<u64, StoreError>;
}
