//! The calls per second of an app, divided among the instances that use it.
//!
//! An instance holds a part of a budget under a lease. What all live leases hold together never exceeds the budget: a
//! part grows only by what nobody holds, and one that is given up is free when its holder says so, or when its lease
//! has run out. One bound: a machine that was suspended, whose monotonic clock stood still meanwhile, goes on with its
//! former part until its next claim, which is about a second. Whom a part is due to is worked out anew at each claim, so instances that come and go need no list.

mod fair;
mod storage;

use async_trait::async_trait;

use crate::{Millis, StoreError};

/// What one instance wants of one app's budgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetClaim {
    /// The app whose calls are counted.
    pub app_key: String,
    /// Names the claiming instance; no two live ones may have the same name.
    pub instance: String,
    /// Which budgets, and how much of each.
    pub budgets: Vec<BudgetWish>,
    /// The present.
    pub now: Millis,
    /// Until when nobody else may use what this instance holds. It has to stop using it well before, so that calls under
    /// way are over and clocks that differ a little do no harm.
    pub lease_until: Millis,
}

/// What one instance wants of one budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetWish {
    /// The budget: a gateway method.
    pub budget: String,
    /// The whole of it, in calls per second.
    pub per_second: u32,
    /// The most that this instance has a use for, in calls per second.
    pub wish: u32,
    /// What it cannot do without yet, because calls under way use it up; never more than it holds.
    pub keep: u32,
}

/// What one instance has of one budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetShare {
    /// The budget: a gateway method.
    pub budget: String,
    /// What it holds from now until the end of its lease, in calls per second.
    pub held: u32,
    /// What is due to it. Less than `held`: it has to give back the difference, by a claim that keeps less. More: others
    /// still hold it.
    pub due: u32,
}

/// How much of one budget is held by all instances together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetHeld {
    /// The budget: a gateway method.
    pub budget: String,
    /// What they hold, in calls per second.
    pub held: u32,
    /// How many instances hold something of it.
    pub instances: u32,
}

/// The budgets of apps and who holds how much of them.
///
/// Every method fails with a [`StoreError`] when the database cannot be used. A claim whose failure leaves it open
/// whether it took effect is to be treated as if it had not.
#[async_trait]
pub trait BudgetShareRepository: Send + Sync {
    /// Claims parts of budgets, renews the lease on those that are held, and gives back what is not kept and not due.
    /// Answers in the order of the wishes.
    async fn claim_budgets(&self, claim: BudgetClaim) -> Result<Vec<BudgetShare>, StoreError>;

    /// Gives up whatever an instance holds of these budgets. Others may use it from `free_at` on.
    async fn leave_budgets(
        &self,
        app_key: &str,
        instance: &str,
        budgets: Vec<String>,
        free_at: Millis,
    ) -> Result<(), StoreError>;

    /// What all instances together hold of the budgets of an app, for budgets of which somebody holds something.
    async fn budgets_held(&self, app_key: &str, now: Millis)
    -> Result<Vec<BudgetHeld>, StoreError>;
}
