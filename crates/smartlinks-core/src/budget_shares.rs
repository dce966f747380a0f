//! This process's part of the app's calls per second, where several processes call for one app.
//!
//! The SDK keeps within whatever part it is told ([`aliexpress::BudgetShares`]); the store divides each budget among
//! those that hold a lease on a part of it. Between the two stands the worker here. It claims a part of a budget when
//! a call first wants it, renews the lease while calls come, gives back what is due to others as soon as the calls that
//! use it have rested, and lets go of budgets that nobody has asked for in a while.
//!
//! Why the parts never exceed the whole: a part is used for half of its lease, counted from before the claim, by a
//! timer that only goes forward; then the SDK stops by itself, whatever has become of this worker or the database. The
//! other half is for calls under way to end, and for clocks that differ.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aliexpress::{BudgetShares, BudgetUse};
use smartlinks_store::{BudgetClaim, BudgetShare, BudgetWish, Millis, StoreError, with_causes};
use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::service::Core;

/// How long a part is used after it was claimed.
const USED_FOR: Duration = Duration::from_secs(60);
/// How long nobody else may use it, in milliseconds.
const LEASE_MS: i64 = 120_000;
/// How often parts are claimed anew while calls come.
const BEAT: Duration = Duration::from_secs(1);
/// The shortest time between two claims.
const GAP: Duration = Duration::from_millis(100);
/// A budget that no call has asked for in this long is given back.
const IDLE: Duration = Duration::from_secs(30);
/// At the end, when others may use what our last calls still use up, in milliseconds: the second that a call counts,
/// and one for clocks that differ.
const LAST_CALLS_MS: i64 = 2_000;

/// How much of each budget a process has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetAppetite {
    /// As much as it can get: a server.
    Whole,
    /// One twentieth, and at least one call per second: a command that a person has typed. It is as much as the store
    /// keeps free of each larger budget, so a command finds it at once, and takes little from servers.
    Little,
}

impl BudgetAppetite {
    const fn of(self, per_second: u32) -> u32 {
        match self {
            Self::Whole => per_second,
            Self::Little => little(per_second),
        }
    }
}

const fn little(per_second: u32) -> u32 {
    let part = per_second / 20;
    if part == 0 { 1 } else { part }
}

/// The worker that leases parts of the app's budgets. While it lives, the client of its [`Core`] calls nothing that has
/// a budget without a lease on a part of it.
#[derive(Debug)]
pub struct BudgetLeases {
    core: Core,
    appetite: BudgetAppetite,
    client: Option<Leasing>,
    /// The budgets of which the database may think that we hold a part.
    claimed: BTreeSet<&'static str>,
    /// Whether the last claim failed, so that an outage is logged once.
    failing: bool,
}

#[derive(Debug)]
struct Leasing {
    shares: BudgetShares,
    app_key: String,
}

impl Core {
    /// Takes no more than a little of each budget, without a lease: for a command beside a server on a database of
    /// which only one server makes use. Together they may call more often than allowed by that little; AliExpress then
    /// stops the method for a second, which both obey.
    pub fn take_little_of_budgets(&self) {
        if let Ok(app) = self.app().ready() {
            app.client.budget_shares().hold_back(little);
        }
    }

    /// Leases this process's part of the budgets from the database from now on. Has to be [run](BudgetLeases::run), or
    /// calls that have a budget wait in vain.
    #[must_use]
    pub fn lease_budgets(&self, appetite: BudgetAppetite) -> BudgetLeases {
        let app = self.app().ready().ok();
        let client = app.map(|app| {
            let shares = app.client.budget_shares();
            shares.hold_back(|_| 0);
            self.inner.divided.store(true, Ordering::Relaxed);
            Leasing {
                shares,
                app_key: app.client.app_key().as_str().to_owned(),
            }
        });
        BudgetLeases {
            core: self.clone(),
            appetite,
            client,
            claimed: BTreeSet::new(),
            failing: false,
        }
    }
}

impl BudgetLeases {
    /// Leases until it is told to stop, and then gives back what it has.
    pub async fn run(mut self, stop: CancellationToken) {
        let Some(leasing) = self.client.take() else {
            // No keys, no calls.
            return;
        };
        loop {
            self.give_back_idle(&leasing).await;
            let active = active(&leasing.shares);
            if !active.is_empty() {
                self.claim(&leasing, active).await;
            }
            let next = async {
                tokio::time::sleep(GAP).await;
                self.until_next(&leasing).await;
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = next => {}
            }
        }
        self.leave(&leasing).await;
    }

    /// Rests until the next claim is due: after a beat while calls come, else when one wants a budget of which there is
    /// no part.
    async fn until_next(&self, leasing: &Leasing) {
        let beat = async {
            if self.claimed.is_empty() {
                std::future::pending().await
            } else {
                tokio::time::sleep(BEAT).await;
            }
        };
        let in_need = async {
            loop {
                let usage = leasing.shares.usage();
                let needs = |budget: &BudgetUse| budget.waiting > 0 && budget.share == 0;
                if usage
                    .iter()
                    .any(|budget| needs(budget) && !self.claimed.contains(budget.method))
                {
                    return;
                }
                leasing.shares.wanted().await;
            }
        };
        tokio::select! {
            () = beat => {}
            () = in_need => {}
        }
    }

    async fn claim(&mut self, leasing: &Leasing, active: Vec<BudgetUse>) {
        // Both before the claim: what it takes is taken off the time of use.
        let begun = leasing.shares.running();
        let now = to_millis(self.core.now());
        let claim = BudgetClaim {
            app_key: leasing.app_key.clone(),
            instance: self.core.owner().to_owned(),
            budgets: active.iter().map(|budget| self.wish(budget)).collect(),
            now,
            lease_until: Millis(now.0.saturating_add(LEASE_MS)),
        };
        // Noted first: an answer that is lost may have been a part all the same.
        self.claimed
            .extend(active.iter().map(|budget| budget.method));
        match self.core.store().budget_shares().claim_budgets(claim).await {
            Ok(parts) => {
                self.failing = false;
                for BudgetShare { budget, held, due } in parts {
                    let share = held.min(due);
                    leasing
                        .shares
                        .grant(&budget, share, begun.saturating_add(USED_FOR));
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    fn wish(&self, budget: &BudgetUse) -> BudgetWish {
        BudgetWish {
            budget: budget.method.to_owned(),
            per_second: budget.per_second,
            wish: self.appetite.of(budget.per_second),
            keep: budget.kept(),
        }
    }

    /// What was granted goes on until its time is over, and then ends by itself.
    fn failed(&mut self, error: &StoreError) {
        if !self.failing {
            tracing::warn!(error = %with_causes(error), "no part of the call budgets can be leased; calls go on with what is held, at most for a minute");
        }
        self.failing = true;
    }

    /// Gives back the budgets that are not used any more.
    async fn give_back_idle(&mut self, leasing: &Leasing) {
        let active: BTreeSet<&str> = active(&leasing.shares)
            .iter()
            .map(|budget| budget.method)
            .collect();
        let idle: Vec<&'static str> = self
            .claimed
            .iter()
            .copied()
            .filter(|method| !active.contains(method))
            .collect();
        if idle.is_empty() {
            return;
        }
        for method in &idle {
            leasing.shares.grant(method, 0, Duration::MAX);
        }
        // A call may have come in between: its budget stays claimed until it has rested.
        let (quiet, _) = self.split(leasing, &idle);
        let now = to_millis(self.core.now());
        if self.give_back(leasing, &quiet, now).await {
            self.claimed.retain(|method| !quiet.contains(method));
        }
    }

    /// Those of the budgets without a call under way, and the others.
    fn split(
        &self,
        leasing: &Leasing,
        methods: &[&'static str],
    ) -> (Vec<&'static str>, Vec<&'static str>) {
        let usage = leasing.shares.usage();
        let is_busy = |method: &&'static str| {
            let of_it = |budget: &&BudgetUse| budget.method == *method;
            usage
                .iter()
                .find(of_it)
                .is_some_and(|budget| budget.occupied > 0)
        };
        let (busy, quiet) = methods.iter().copied().partition(is_busy);
        (quiet, busy)
    }

    async fn give_back(&mut self, leasing: &Leasing, methods: &[&str], free_at: Millis) -> bool {
        if methods.is_empty() {
            return true;
        }
        let names = methods.iter().map(|method| (*method).to_owned()).collect();
        let repository = self.core.store().budget_shares();
        let left = repository
            .leave_budgets(&leasing.app_key, self.core.owner(), names, free_at)
            .await;
        if let Err(error) = &left {
            self.failed(error);
        }
        left.is_ok()
    }

    /// The end: nothing is called any more.
    async fn leave(mut self, leasing: &Leasing) {
        leasing.shares.hold_back(|_| 0);
        let claimed: Vec<&'static str> = self.claimed.iter().copied().collect();
        let (quiet, busy) = self.split(leasing, &claimed);
        let now = to_millis(self.core.now());
        self.give_back(leasing, &quiet, now).await;
        self.give_back(leasing, &busy, Millis(now.0.saturating_add(LAST_CALLS_MS)))
            .await;
    }
}

/// The budgets that calls use, or used a short while ago.
fn active(shares: &BudgetShares) -> Vec<BudgetUse> {
    let mut usage = shares.usage();
    usage.retain(|budget| budget.waiting > 0 || budget.occupied > 0 || budget.idle < IDLE);
    usage
}
