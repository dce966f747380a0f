//! When a call is sent, when it has to wait, and when it is sent again.
//!
//! [`Policy`] is what a user sets. Inside, [`Gate`] stands before every sending: it knows the bans that the gateway has
//! spoken ([`flow`]) and the calls per second that each method allows ([`budget`]). [`Course`] stands behind it: it sees
//! how an attempt ended and decides what comes next.

mod budget;
mod course;
mod flow;
mod gate;
mod nature;
mod shares;

use std::time::Duration;

pub(crate) use budget::Slot;
pub(crate) use course::{Course, Next};
pub(crate) use flow::AccountMark;
pub(crate) use gate::{Admission, Gate};
pub(crate) use nature::Nature;
pub use shares::{BudgetShares, BudgetUse};

/// How patient a [`Client`](crate::Client) is: how often a call is sent, and how long it may wait.
///
/// What is repeated does not depend on it. After a failure that passes by itself,
///
/// - a method that only reads is sent again;
/// - a write is sent again when the error says that it had no effect, or when the method has an idempotency key, the
///   call carries it, and the documented window since its first attempt is not over (`aliexpress.ds.order.create`:
///   `out_order_id`, 24 hours). Its parameters are then the same to the byte; only timestamp and signature are new.
///   Any other write whose outcome is open is reported as such: [`Error::effect`](crate::Error::effect) is unknown;
/// - a method the SDK does not know counts as a write;
/// - a token endpoint (`/auth/…`) is never sent twice.
///
/// Before each sending, a call waits for the end of a ban that the gateway has spoken, and for a free place in the
/// calls per second that the method allows. Both are shared by all clones of a client. A call that would have to wait
/// too long fails at once with [`Error::Held`](crate::Error::Held), which says how many seconds.
///
/// ```
/// use std::time::Duration;
/// use aliexpress::Policy;
///
/// let patient = Policy::default()
///     .attempts(5)
///     .backoff(Duration::from_millis(500), Duration::from_secs(20))
///     .longest_wait(Duration::from_secs(120));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) attempts: u32,
    pub(crate) first_backoff: Duration,
    pub(crate) longest_backoff: Duration,
    pub(crate) interactive: Patience,
    pub(crate) background: Patience,
    pub(crate) keeps_budgets: bool,
}

/// How long one call may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patience {
    /// From its beginning to its last sending.
    pub(crate) in_all: Duration,
    /// For bans and for the budget, before each sending.
    pub(crate) held: Duration,
}

/// Which calls go first where the budget is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Somebody waits for the answer.
    Interactive,
    /// Nobody does.
    Background,
}

impl Default for Policy {
    /// 3 attempts; back-off from 0.25 to 8 seconds. An interactive call is sent for the last time within 30 seconds, and
    /// waits at most 10 seconds for bans and budget; a background call within 10 minutes, and at most 5 minutes.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_backoff: Duration::from_millis(250),
            longest_backoff: Duration::from_secs(8),
            interactive: Patience {
                in_all: Duration::from_secs(30),
                held: Duration::from_secs(10),
            },
            background: Patience {
                in_all: Duration::from_secs(600),
                held: Duration::from_secs(300),
            },
            keeps_budgets: true,
        }
    }
}

impl Policy {
    /// Every call is sent once and at once. Where a ban or the budget is in the way, it fails instead of waiting.
    pub fn none() -> Self {
        let nothing = Patience {
            in_all: Duration::ZERO,
            held: Duration::ZERO,
        };
        Self {
            attempts: 1,
            first_backoff: Duration::ZERO,
            longest_backoff: Duration::ZERO,
            interactive: nothing,
            background: nothing,
            keeps_budgets: true,
        }
    }

    /// Calls do not keep within the calls per second that their methods document: only for measuring against a gateway
    /// of one's own. AliExpress answers such calls with a ban.
    pub fn without_budgets(mut self) -> Self {
        self.keeps_budgets = false;
        self
    }

    /// How often a call is sent at most, the first time included. Zero counts as one.
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// The wait before the second attempt is a random length up to `first`, before the third up to twice that, and so
    /// on, but never longer than `longest`.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.first_backoff = first;
        self.longest_backoff = longest;
        self
    }

    /// An interactive call is not sent again later than this after its beginning.
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.interactive.in_all = longest;
        self
    }

    /// How long an interactive call waits before a sending for bans and for the budget, taken together.
    pub fn longest_hold(mut self, longest: Duration) -> Self {
        self.interactive.held = longest;
        self
    }

    /// [`longest_wait`](Self::longest_wait) of background calls.
    pub fn longest_background_wait(mut self, longest: Duration) -> Self {
        self.background.in_all = longest;
        self
    }

    /// [`longest_hold`](Self::longest_hold) of background calls.
    pub fn longest_background_hold(mut self, longest: Duration) -> Self {
        self.background.held = longest;
        self
    }

    pub(crate) fn patience(&self, urgency: Urgency) -> Patience {
        match urgency {
            Urgency::Interactive => self.interactive,
            Urgency::Background => self.background,
        }
    }

    /// The longest wait before the attempt that follows `made` others.
    fn backoff_after(&self, made: u32) -> Duration {
        let doubled = 1_u32
            .checked_shl(made.saturating_sub(1))
            .unwrap_or(u32::MAX);
        self.first_backoff
            .saturating_mul(doubled)
            .min(self.longest_backoff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_its_limit() {
        let policy = Policy::default();
        let waits: Vec<u128> = [1, 2, 3, 6, 7, 31, 32, 33, 200, u32::MAX]
            .map(|made| policy.backoff_after(made).as_millis())
            .into();
        assert_eq!(
            waits,
            [250, 500, 1000, 8000, 8000, 8000, 8000, 8000, 8000, 8000]
        );
        assert_eq!(Policy::none().backoff_after(1), Duration::ZERO);
    }
}
