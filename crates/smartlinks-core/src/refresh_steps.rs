//! The named steps of a refresh, told to whoever was passed in to watch them.
//!
//! They exist for the harness that kills a process at each of them. Without an observer a step costs one comparison.

use std::fmt;

use smartlinks_store::ConnectionId;

use crate::service::Core;

/// A place in a refresh at which a process may die. In the order in which a refresh passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefreshStep {
    /// Nothing is written yet.
    BeforeClaim,
    /// Lease and journal row are durable; nothing is sent.
    Claimed,
    /// The refresh token is unsealed and the call is about to leave.
    Calling,
    /// The gateway has answered with a new pair, which is in memory only.
    Answered,
    /// The new pair is durable; nobody has been given it yet.
    Stored,
    /// The new access token is on its way to a caller.
    HandedOut,
    /// The new access token has served a call; the former pair is still kept.
    Served,
    /// In place of [`Answered`](Self::Answered) and what follows: the call has failed or was refused, and nothing of
    /// that is written yet.
    Failed,
}

impl RefreshStep {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::BeforeClaim,
        Self::Claimed,
        Self::Calling,
        Self::Answered,
        Self::Stored,
        Self::HandedOut,
        Self::Served,
        Self::Failed,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeClaim => "before_claim",
            Self::Claimed => "claimed",
            Self::Calling => "calling",
            Self::Answered => "answered",
            Self::Stored => "stored",
            Self::HandedOut => "handed_out",
            Self::Served => "served",
            Self::Failed => "failed",
        }
    }
}

/// Somebody who watches refreshes, see [`RefreshPolicy::steps`](crate::RefreshPolicy::steps).
pub trait RefreshSteps: fmt::Debug + Send + Sync {
    /// A refresh of `connection` has come to `step`. It goes on when this returns.
    fn reached(&self, connection: &ConnectionId, step: RefreshStep);
}

impl Core {
    pub(crate) fn step(&self, connection: &ConnectionId, step: RefreshStep) {
        if let Some(steps) = &self.refresh_policy().steps {
            steps.reached(connection, step);
        }
    }
}
