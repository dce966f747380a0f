//! What stands before every sending: the bans and budgets of one app.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Urgency;
use super::budget::{Budget, Slot};
use super::flow::{AccountMark, Bans};
use super::shares::{BudgetUse, Want};
use crate::clock::Moment;
use crate::{Clock, Error, Held, HeldReason, Jitter, Timer, catalogue};

/// Those who waited for the same ban come back spread over this time, not all at once.
const SPREAD: Duration = Duration::from_millis(250);

/// The bans and budgets of one app, shared by all clones of its client.
pub(crate) struct Gate {
    clock: Arc<dyn Clock>,
    timer: Arc<dyn Timer>,
    jitter: Arc<dyn Jitter>,
    bans: Bans,
    budgets: Mutex<Budgets>,
    want: Arc<Want>,
}

/// The budgets that were used so far.
#[derive(Default)]
struct Budgets {
    by_method: HashMap<&'static str, Arc<Budget>>,
    /// The share that a budget begins with, of its calls per second; none for the whole.
    first_share: Option<fn(u32) -> u32>,
}

/// One call that wants to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admission<'a> {
    pub(crate) api: &'a str,
    pub(crate) account: Option<AccountMark>,
    pub(crate) urgency: Urgency,
    /// How long it may still wait here.
    pub(crate) patience: Duration,
    /// Whether it keeps within the calls per second of its method.
    pub(crate) keeps_budget: bool,
}

impl Gate {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        timer: Arc<dyn Timer>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        Self {
            clock,
            timer,
            jitter,
            bans: Bans::default(),
            budgets: Mutex::default(),
            want: Arc::default(),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Moment {
        Moment::of(self.clock.as_ref(), self.timer.as_ref())
    }

    pub(crate) fn jitter(&self) -> &dyn Jitter {
        self.jitter.as_ref()
    }

    pub(crate) async fn sleep(&self, length: Duration) {
        self.timer.sleep(length).await;
    }

    /// Waits until the call may be sent. What it gets has to be kept until its answer was seen.
    pub(crate) async fn admit(&self, call: Admission<'_>) -> Result<Option<Slot>, Held> {
        let mut patience = call.patience;
        loop {
            patience = self.outwait_ban(call, patience).await?;
            let budget = call.keeps_budget.then(|| self.budget(call.api));
            let Some(budget) = budget.flatten() else {
                return Ok(None);
            };
            let queued = self.timer.running();
            let slot = budget
                .slot(call.urgency, patience)
                .await
                .map_err(|wait| Held::waiting(call.api, HeldReason::Budget, wait))?;
            if self.ban(call).is_none() {
                return Ok(Some(slot));
            }
            // Banned while it queued.
            slot.unused();
            let waited = self.timer.running().saturating_sub(queued);
            patience = patience.saturating_sub(waited);
        }
    }

    /// Waits for the end of all bans, and returns the patience that is left.
    async fn outwait_ban(
        &self,
        call: Admission<'_>,
        mut patience: Duration,
    ) -> Result<Duration, Held> {
        while let Some(ban) = self.ban(call) {
            if ban.left > patience {
                return Err(Held::waiting(call.api, ban.reason, ban.left));
            }
            tracing::debug!(
                api = call.api,
                wait_ms = ban.left.as_millis(),
                "waiting for the end of a ban"
            );
            self.timer.sleep(ban.left).await;
            self.bans.waited_for(&ban);
            self.timer.sleep(self.jitter.up_to(SPREAD)).await;
            patience = patience.saturating_sub(ban.left);
        }
        Ok(patience)
    }

    fn ban(&self, call: Admission<'_>) -> Option<super::flow::InTheWay> {
        self.bans.in_the_way(call.api, call.account, self.now())
    }

    fn budget(&self, api: &str) -> Option<Arc<Budget>> {
        let method = catalogue::find(api)?;
        let per_second = method.per_second?.max(1);
        let mut budgets = self.budgets();
        let share = budgets
            .first_share
            .map_or(per_second, |first| first(per_second));
        let budget = budgets.by_method.entry(method.name).or_insert_with(|| {
            let (timer, want) = (Arc::clone(&self.timer), Arc::clone(&self.want));
            Budget::new(per_second, share, timer, want)
        });
        Some(Arc::clone(budget))
    }

    fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on each budget is no more than its first share until it is granted another.
    pub(super) fn hold_back(&self, first: fn(u32) -> u32) {
        let mut budgets = self.budgets();
        budgets.first_share = Some(first);
        for budget in budgets.by_method.values() {
            budget.grant(first(budget.per_second()), Duration::MAX);
        }
    }

    /// Grants a share of one budget until a moment of the timer.
    pub(super) fn grant(&self, method: &str, share: u32, until: Duration) {
        if let Some(budget) = self.budget(method) {
            budget.grant(share, until);
        }
    }

    /// How each budget is used that was used so far.
    pub(super) fn usage(&self) -> Vec<BudgetUse> {
        let budgets = self.budgets();
        let used = budgets.by_method.iter();
        let mut used: Vec<_> = used.map(|(name, budget)| budget.usage(name)).collect();
        used.sort_by_key(|budget| budget.method);
        used
    }

    pub(super) fn want(&self) -> &Want {
        &self.want
    }

    /// How long the timer has been running.
    pub(super) fn running(&self) -> Duration {
        self.timer.running()
    }

    /// Takes note of how a call ended: a ban stops the next ones.
    pub(crate) fn failed(&self, api: &str, account: Option<AccountMark>, error: &Error) {
        self.bans.note(api, account, error, self.now());
    }
}
