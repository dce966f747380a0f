//! The changes of an intent that are more than one statement.

use std::sync::Arc;

use async_trait::async_trait;

use super::storage::{TABLE, claimed_intent, intent, intent_columns, place};
use super::{ClaimedIntent, IntentEnd, IntentId, IntentState, NewIntent, OrderIntent};
use crate::error::StoreError;
use crate::orders::{Standing, count};
use crate::seal::Sealer;
use crate::sql::{Session, Value, Write, values};
use crate::traces::leave;
use crate::{KnownOrder, Millis, Traces};

pub(super) struct WriteIntent {
    pub(super) sealer: Arc<Sealer>,
    pub(super) new: NewIntent,
    pub(super) claim: String,
    pub(super) lease_until: Millis,
    pub(super) traces: Traces,
}

#[async_trait]
impl Write for WriteIntent {
    type Output = Option<OrderIntent>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<OrderIntent>, StoreError> {
        const INSERT: &str = "insert into order_intents (id, caller, idempotency_key, request_hash, \
             connection_id, account_user_id, out_order_id, request, sealed_with, summary_json, state, \
             order_ids, attempts, next_attempt_at, lease_owner, lease_until, created_at, changed_at, batch_line) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'placing', '', 0, $11, $12, $13, $11, $11, $14) \
             on conflict (caller, idempotency_key) do nothing";
        const KNOWN: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where caller = $1 and idempotency_key = $2"
        );
        let new = &self.new;
        let sealing = self.sealer.sealing(session).await?;
        let request = sealing.seal(place(new.id.as_str()), &new.request)?;
        let values = values![
            new.id.as_str(),
            new.caller.as_str(),
            new.key.as_str(),
            hex::encode(new.request_hash),
            &new.connection,
            new.account_user_id.as_str(),
            new.out_order_id.as_str(),
            request,
            sealing.key_id(),
            new.summary_json.as_str(),
            new.created_at,
            self.claim.as_str(),
            self.lease_until,
            new.batch_line.clone(),
        ];
        if session.execute(INSERT, values).await? > 0 {
            leave(session, &self.traces).await?;
            return Ok(None);
        }
        let known = values![new.caller.as_str(), new.key.as_str()];
        match session.first(KNOWN, known).await? {
            Some(row) => intent(&row).map(Some),
            // Deleted between the two statements, which only its great age can have done.
            None => Err(session.overtaken()),
        }
    }
}

pub(super) struct Claim {
    pub(super) sealer: Arc<Sealer>,
    pub(super) claim: String,
    pub(super) lease_until: Millis,
    pub(super) now: Millis,
    pub(super) limit: u32,
}

#[async_trait]
impl Write for Claim {
    type Output = Vec<ClaimedIntent>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Vec<ClaimedIntent>, StoreError> {
        const DUE: &str = "select id from order_intents where next_attempt_at <= $1 \
             and (lease_until is null or lease_until <= $1) \
             order by next_attempt_at, created_at, id limit $2";
        // Whether it is free is asked here once more: another may have claimed it since it was listed.
        const CLAIM: &str = concat!(
            "update order_intents set lease_owner = $2, lease_until = $3 \
             where id = $1 and next_attempt_at <= $4 \
             and (lease_until is null or lease_until <= $4) returning request, ",
            intent_columns!()
        );
        let due = session.all(DUE, values![self.now, self.limit]).await?;
        let mut claimed = Vec::with_capacity(due.len());
        for row in &due {
            let id = row.fields(TABLE, "id")?.text("id")?;
            let values = values![id, self.claim.as_str(), self.lease_until, self.now];
            if let Some(row) = session.first(CLAIM, values).await? {
                // One that cannot be read must not keep the others from being worked on.
                match claimed_intent(&self.sealer, &row) {
                    Ok(intent) => claimed.push(intent),
                    Err(error) => tracing::error!(%error, "an order intent is skipped"),
                }
            }
        }
        Ok(claimed)
    }
}

/// Who may end it.
pub(super) enum By {
    /// Whoever holds it under this claim.
    Claim(String),
    /// Anybody, while it stands in one of these states.
    StandingIn(Vec<IntentState>),
}

pub(super) struct End {
    pub(super) id: IntentId,
    pub(super) by: By,
    pub(super) end: IntentEnd,
    pub(super) now: Millis,
    pub(super) traces: Traces,
}

macro_rules! end_intent {
    ($more:literal, $who:literal) => {
        concat!(
            "update order_intents set state = $3, reason = $4, detail = $5, order_ids = $6, \
             next_attempt_at = $7, changed_at = $8, finished_at = $9, \
             first_sent_at = case when $10 = 1 then null else first_sent_at end, stock_answers = $11, \
             lease_owner = null, lease_until = null",
            $more,
            " where id = $1 and ",
            $who
        )
    };
}

#[async_trait]
impl Write for End {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const KEEP: &str = end_intent!("", "lease_owner = $2");
        const EMPTY: &str = end_intent!(", request = null, sealed_with = null", "lease_owner = $2");
        const CORRECT: &str = end_intent!(
            ", request = null, sealed_with = null",
            "state in ($2, $12, $13, $14, $15, $16)"
        );
        let end = &self.end;
        let under_way = end.state.is_under_way();
        let (sql, who) = match &self.by {
            By::Claim(claim) if under_way => (KEEP, Some(claim.as_str())),
            By::Claim(claim) => (EMPTY, Some(claim.as_str())),
            By::StandingIn(states) => (CORRECT, states.first().map(|state| state.as_str())),
        };
        let ids: Vec<&str> = end
            .orders
            .iter()
            .map(|order| order.order_id.as_str())
            .collect();
        let mut values = values![
            self.id.as_str(),
            who,
            end.state.as_str(),
            end.reason.clone(),
            end.detail.clone(),
            ids.join(" "),
            end.next_attempt_at.filter(|_| under_way),
            self.now,
            end.state.is_final().then_some(self.now),
            i64::from(end.nothing_sent),
            end.stock_answers,
        ];
        if let By::StandingIn(states) = &self.by {
            // Places that are left over hold nothing, which no state equals.
            let mut more = states.iter().skip(1).map(|state| state.as_str());
            let others = IntentState::ALL.len() - 1;
            values.extend((0..others).map(|_| Value::from(more.next())));
        }
        if session.execute(sql, values).await? == 0 {
            return Ok(false);
        }
        for order in &end.orders {
            adopt(session, &self.id, order).await?;
        }
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

/// Makes an order one that came of this intent.
async fn adopt(
    session: &mut Session<'_>,
    id: &IntentId,
    order: &KnownOrder,
) -> Result<(), StoreError> {
    const INSERT: &str = "insert into known_orders (order_id, connection_id, status, title, \
         snapshot_json, fetched_at, added_at, intent_id) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (order_id) do nothing";
    const ADOPT: &str = "update known_orders set intent_id = $2 \
         where order_id = $1 and (intent_id is null or intent_id = $2)";
    let number = order.order_id.as_str();
    let values = values![
        number,
        &order.connection,
        order.status.as_str(),
        order.title.clone(),
        order.snapshot_json.as_str(),
        order.fetched_at,
        order.added_at,
        id.as_str(),
    ];
    if session.execute(INSERT, values).await? > 0 {
        let standing = Standing::new(&order.connection, &order.status);
        return count(session, None, standing).await;
    }
    if session.execute(ADOPT, values![number, id.as_str()]).await? > 0 {
        return Ok(());
    }
    Err(StoreError::Conflict {
        place: session.place().to_owned(),
        source: format!("order {number} belongs to another intent").into(),
    })
}
