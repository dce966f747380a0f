//! How placing behaves, and its named steps, told to whoever was passed in to watch them.
//!
//! The steps exist for the harness that kills a process at each of them. Without an observer a step costs one comparison.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::orders::FollowPolicy;
use crate::service::Core;

/// How placing orders behaves. The defaults suit production.
#[derive(Debug, Clone)]
pub struct OrderPolicy {
    /// How long a claim on an intent is held before another process may take it over. Longer than one call may take.
    pub lease: Duration,
    /// When orders are looked at, and when somebody is told of one.
    pub follow: FollowPolicy,
    /// Who is told of each step; nobody in production.
    pub steps: Option<Arc<dyn OrderSteps>>,
}

impl Default for OrderPolicy {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(180),
            follow: FollowPolicy::default(),
            steps: None,
        }
    }
}

/// A place in the placing of an order at which a process may die. In the order in which it passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStep {
    /// Checked; nothing is written yet.
    BeforeWriting,
    /// The intent and its number are durable; nothing is sent.
    Written,
    /// That it is sent now is durable, and the call is about to leave.
    Sending,
    /// The gateway has answered, or the call has failed; nothing of that is written.
    Answered,
    /// What came of it is durable.
    Stored,
}

impl OrderStep {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::BeforeWriting,
        Self::Written,
        Self::Sending,
        Self::Answered,
        Self::Stored,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeWriting => "before_writing",
            Self::Written => "written",
            Self::Sending => "sending",
            Self::Answered => "answered",
            Self::Stored => "stored",
        }
    }
}

/// Somebody who watches orders being placed, see [`OrderPolicy::steps`].
pub trait OrderSteps: fmt::Debug + Send + Sync {
    /// An order has come to `step`. It goes on when this returns.
    fn reached(&self, step: OrderStep);
}

impl Core {
    pub(super) fn order_step(&self, step: OrderStep) {
        if let Some(steps) = &self.order_policy().steps {
            steps.reached(step);
        }
    }

    /// How long a claim on an intent is held, in milliseconds.
    pub(super) fn order_lease_ms(&self) -> i64 {
        i64::try_from(self.order_policy().lease.as_millis()).unwrap_or(i64::MAX / 2)
    }
}
