//! The part of an app's calls per second that this process may use.

use std::fmt;
use std::time::Duration;

use tokio::sync::Notify;

use crate::Client;

/// Shares of the calls per second that the app's methods allow, for programs of which several processes use one app.
///
/// AliExpress counts the calls of an app, whoever sends them. A [`Client`] alone takes each budget whole. Where several
/// processes call for one app, somebody has to divide: this handle is how a process is told its part. Who divides, and
/// where that is written down, is not the SDK's business.
///
/// Nothing that is done here can make more calls than the shares allow: a share ends by itself at the moment it was
/// granted until, even when whoever renews it has stopped; and one that shrinks still counts the calls that are under
/// way ([`BudgetUse::occupied`]) until their slots have rested.
///
/// ```
/// # use std::time::Duration;
/// # fn example(client: &aliexpress::Client) {
/// let shares = client.budget_shares();
/// // From here on this process calls nothing that has a budget until it is granted a share of it.
/// shares.hold_back(|_| 0);
/// let until = shares.running() + Duration::from_secs(60);
/// shares.grant("aliexpress.ds.product.get", 30, until);
/// # }
/// ```
#[derive(Clone)]
pub struct BudgetShares {
    client: Client,
}

/// How one budget is used by this process at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetUse {
    /// The method.
    pub method: &'static str,
    /// Calls per second that the platform allows the app.
    pub per_second: u32,
    /// How many of them are this process's now.
    pub share: u32,
    /// Calls under way, and those whose answer was seen less than a second ago. While they last they use up calls of
    /// the app's budget, also where the share has shrunk below their number.
    pub occupied: u32,
    /// Calls that wait for their turn.
    pub waiting: u32,
    /// How long ago a call last asked for its turn.
    pub idle: Duration,
}

impl BudgetUse {
    /// How many calls per second nobody else may use yet: the share, or more while calls beyond it are under way.
    #[must_use]
    pub fn kept(&self) -> u32 {
        self.share.max(self.occupied)
    }
}

impl BudgetShares {
    pub(crate) fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
        }
    }

    /// From now on this process has of each method only `first` of the calls per second that the platform allows, until
    /// [`grant`](Self::grant) says otherwise.
    pub fn hold_back(&self, first: fn(u32) -> u32) {
        self.client.gate().hold_back(first);
    }

    /// `share` calls per second of a method are this process's until a moment of [`running`](Self::running); after it
    /// none is. Never more than the method allows. Does nothing for a method without a documented budget.
    pub fn grant(&self, method: &str, share: u32, until: Duration) {
        self.client.gate().grant(method, share, until);
    }

    /// The budgets that calls have asked for so far, sorted by method.
    #[must_use]
    pub fn usage(&self) -> Vec<BudgetUse> {
        self.client.gate().usage()
    }

    /// Returns when a call found no free place in its budget, since the last time this returned.
    pub async fn wanted(&self) {
        self.client.gate().want().0.notified().await;
    }

    /// The time of the client's timer, which only goes forward: for [`grant`](Self::grant).
    #[must_use]
    pub fn running(&self) -> Duration {
        self.client.gate().running()
    }
}

impl fmt::Debug for BudgetShares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetShares")
            .field("usage", &self.usage())
            .finish()
    }
}

/// Tells whoever divides that a share is too small.
#[derive(Debug, Default)]
pub(super) struct Want(Notify);

impl Want {
    /// A call found no free place.
    pub(super) fn more(&self) {
        self.0.notify_one();
    }
}
