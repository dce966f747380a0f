//! The repository over a database.

use async_trait::async_trait;

use super::fair::{Asking, due};
use super::{BudgetClaim, BudgetHeld, BudgetShare, BudgetShareRepository, BudgetWish};
use crate::sql::{Session, Write, values};
use crate::store::DatabaseStore;
use crate::traces::take_turn;
use crate::{Millis, StoreError};

const TABLE: &str = "budget_shares";
/// The counter that whoever divides takes a turn at.
const TURN: &str = "budget_shares";

#[async_trait]
impl BudgetShareRepository for DatabaseStore {
    async fn claim_budgets(&self, claim: BudgetClaim) -> Result<Vec<BudgetShare>, StoreError> {
        self.database.write(Claim(claim)).await
    }

    async fn leave_budgets(
        &self,
        app_key: &str,
        instance: &str,
        budgets: Vec<String>,
        free_at: Millis,
    ) -> Result<(), StoreError> {
        let leave = Leave {
            app_key: app_key.to_owned(),
            instance: instance.to_owned(),
            budgets,
            free_at,
        };
        self.database.write(leave).await
    }

    async fn budgets_held(
        &self,
        app_key: &str,
        now: Millis,
    ) -> Result<Vec<BudgetHeld>, StoreError> {
        const HELD: &str = "select budget, cast(sum(held) as bigint) as held, count(*) as instances \
             from budget_shares where app_key = $1 and lease_until > $2 and held > 0 \
             group by budget order by budget";
        let rows = self.database.all(HELD, values![app_key, now]).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "budget")?;
                let count = |column| {
                    u32::try_from(fields.int(column)?)
                        .map_err(|_| StoreError::from(fields.wrong(column)))
                };
                Ok(BudgetHeld {
                    budget: fields.text("budget")?,
                    held: count("held")?,
                    instances: count("instances")?,
                })
            })
            .collect()
    }
}

struct Claim(BudgetClaim);

#[async_trait]
impl Write for Claim {
    type Output = Vec<BudgetShare>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError> {
        const FORGET: &str = "delete from budget_shares where lease_until <= $1";
        take_turn(session, TURN).await?;
        session.execute(FORGET, values![self.0.now]).await?;
        let mut shares = Vec::with_capacity(self.0.budgets.len());
        for wish in &self.0.budgets {
            shares.push(self.share(session, wish).await?);
        }
        Ok(shares)
    }
}

impl Claim {
    async fn share(
        &self,
        session: &mut Session<'_>,
        wish: &BudgetWish,
    ) -> Result<BudgetShare, StoreError> {
        const HOLD: &str = "insert into budget_shares \
             (app_key, budget, instance, wish, held, lease_until) values ($1, $2, $3, $4, $5, $6) \
             on conflict (app_key, budget, instance) do update set \
             wish = excluded.wish, held = excluded.held, lease_until = excluded.lease_until";
        let claim = &self.0;
        let (mut asking, held_by_others) = self.others(session, &wish.budget).await?;
        asking.push(Asking {
            instance: claim.instance.clone(),
            wish: wish.wish,
        });
        asking.sort_by(|one, other| one.instance.cmp(&other.instance));
        let due = due(wish.per_second, &asking, &claim.instance, claim.now);
        let free = wish.per_second.saturating_sub(held_by_others);
        let held = due.max(wish.keep).min(free);
        let row = values![
            claim.app_key.as_str(),
            wish.budget.as_str(),
            claim.instance.as_str(),
            wish.wish,
            held,
            claim.lease_until,
        ];
        session.execute(HOLD, row).await?;
        Ok(BudgetShare {
            budget: wish.budget.clone(),
            held,
            due,
        })
    }

    /// The other live instances that want a part of a budget, and what they hold of it together.
    async fn others(
        &self,
        session: &mut Session<'_>,
        budget: &str,
    ) -> Result<(Vec<Asking>, u32), StoreError> {
        const OTHERS: &str = "select instance, wish, held from budget_shares \
             where app_key = $1 and budget = $2 and instance <> $3 and lease_until > $4";
        let claim = &self.0;
        let values = values![
            claim.app_key.as_str(),
            budget,
            claim.instance.as_str(),
            claim.now
        ];
        let (mut asking, mut held) = (Vec::new(), 0_u32);
        for row in session.all(OTHERS, values).await? {
            let fields = row.fields(TABLE, "instance")?;
            let count = |column| {
                u32::try_from(fields.int(column)?)
                    .map_err(|_| StoreError::from(fields.wrong(column)))
            };
            asking.push(Asking {
                instance: fields.text("instance")?,
                wish: count("wish")?,
            });
            held = held.saturating_add(count("held")?);
        }
        // One that is leaving wishes for nothing; its last calls still count.
        asking.retain(|one| one.wish > 0);
        Ok((asking, held))
    }
}

struct Leave {
    app_key: String,
    instance: String,
    budgets: Vec<String>,
    free_at: Millis,
}

#[async_trait]
impl Write for Leave {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const LEAVE: &str = "update budget_shares set wish = 0, lease_until = $4 \
             where app_key = $1 and instance = $2 and budget = $3 and lease_until > $4";
        take_turn(session, TURN).await?;
        for budget in &self.budgets {
            let row = values![
                self.app_key.as_str(),
                self.instance.as_str(),
                budget.as_str(),
                self.free_at
            ];
            session.execute(LEAVE, row).await?;
        }
        Ok(())
    }
}
