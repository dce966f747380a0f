//! The repository over a database.

use std::sync::Arc;

use async_trait::async_trait;

use super::writes::{By, Claim, End, WriteIntent};
use super::{
    ClaimedIntent, IntentCursor, IntentEnd, IntentId, IntentState, NewIntent, OrderIntent,
    OrderIntentRepository,
};
use crate::login_attempts::Hash;
use crate::orders::{known_order, order_columns};
use crate::seal::{Place, Sealer};
use crate::sql::{Fields, Row, Value, values};
use crate::store::DatabaseStore;
use crate::{ConnectionId, Inconsistency, KnownOrder, Millis, StoreError, Traces};

pub(super) const TABLE: &str = "order_intents";
/// How many rows the lists without pages give at most.
const MOST_ROWS: u32 = 200;
/// How many lines of files are looked for with one statement.
const LINES_AT_ONCE: usize = 20;

macro_rules! intent_columns {
    () => {
        "id, caller, idempotency_key, request_hash, batch_line, connection_id, account_user_id, out_order_id, summary_json, state, reason, \
         detail, order_ids, first_sent_at, attempts, stock_answers, next_attempt_at, created_at, changed_at, finished_at"
    };
}
pub(super) use intent_columns;

macro_rules! page {
    ($state:literal) => {
        concat!(
            "select ",
            intent_columns!(),
            " from order_intents where (created_at, id) < ($2, $3)",
            $state,
            " order by created_at desc, id desc limit $1"
        )
    };
}

const PAGE: &str = page!("");
const PAGE_OF_STATE: &str = page!(" and state = $4");

/// Of all intents there are many, of those that have not ended few.
const COUNT_OPEN: &str = "select state, count(*) as intents from order_intents where finished_at is null \
     group by state order by state";

/// Where the request of an intent stands.
pub(super) fn place(id: &str) -> Place<'_> {
    Place {
        table: TABLE,
        column: "request",
        row: id,
    }
}

#[async_trait]
impl OrderIntentRepository for DatabaseStore {
    async fn write_intent(
        &self,
        new: NewIntent,
        claim: &str,
        lease_until: Millis,
        traces: Traces,
    ) -> Result<Option<OrderIntent>, StoreError> {
        let write = WriteIntent {
            sealer: Arc::clone(&self.sealer),
            new,
            claim: claim.to_owned(),
            lease_until,
            traces,
        };
        self.database.write(write).await
    }

    async fn intent(&self, id: &str) -> Result<Option<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where id = $1"
        );
        let row = self.database.first(SELECT, values![id]).await?;
        row.map(|row| intent(&row)).transpose()
    }

    async fn intent_under(
        &self,
        caller: &str,
        key: &str,
    ) -> Result<Option<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where caller = $1 and idempotency_key = $2"
        );
        let row = self.database.first(SELECT, values![caller, key]).await?;
        row.map(|row| intent(&row)).transpose()
    }

    async fn intent_of_request(
        &self,
        key: &str,
        request_hash: &Hash,
    ) -> Result<Option<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where idempotency_key = $1 and request_hash = $2 \
             order by created_at, id limit 1"
        );
        let values = values![key, hex::encode(request_hash)];
        let row = self.database.first(SELECT, values).await?;
        row.map(|row| intent(&row)).transpose()
    }

    async fn intent_of_order(&self, order_id: &str) -> Result<Option<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where id = (select intent_id from known_orders where order_id = $1)"
        );
        let row = self.database.first(SELECT, values![order_id]).await?;
        row.map(|row| intent(&row)).transpose()
    }

    async fn intents_of_lines(&self, lines: &[String]) -> Result<Vec<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where batch_line in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
             $14, $15, $16, $17, $18, $19, $20) order by batch_line, created_at, id"
        );
        let mut found = Vec::new();
        for some in lines.chunks(LINES_AT_ONCE) {
            // Places that are left over hold nothing, which no line equals.
            let mut asked = some.iter().map(String::as_str);
            let values = (0..LINES_AT_ONCE).map(|_| Value::from(asked.next()));
            for row in &self.database.all(SELECT, values.collect()).await? {
                found.push(intent(row)?);
            }
        }
        Ok(found)
    }

    async fn list_intents(
        &self,
        state: Option<IntentState>,
        cursor: Option<&IntentCursor>,
        limit: u32,
    ) -> Result<Vec<OrderIntent>, StoreError> {
        let mut values = match cursor {
            None => values![limit, Millis(i64::MAX), ""],
            Some(cursor) => values![limit, cursor.created_at, cursor.id.as_str()],
        };
        let sql = match state {
            None => PAGE,
            Some(state) => {
                values.push(Value::from(state.as_str()));
                PAGE_OF_STATE
            }
        };
        let rows = self.database.all(sql, values).await?;
        rows.iter().map(intent).collect()
    }

    async fn begin_sending(
        &self,
        id: &IntentId,
        claim: &str,
        lease_until: Millis,
        now: Millis,
        sent_after: Millis,
    ) -> Result<bool, StoreError> {
        const BEGIN: &str = "update order_intents set attempts = attempts + 1, \
             first_sent_at = coalesce(first_sent_at, $3), reason = null, detail = null, lease_until = $4, \
             changed_at = $3 \
             where id = $1 and lease_owner = $2 and lease_until > $3 and state in ('placing', 'unknown') \
             and (first_sent_at is null or first_sent_at > $5)";
        let values = values![id.as_str(), claim, now, lease_until, sent_after];
        self.changed(BEGIN, values).await
    }

    async fn claim_intents(
        &self,
        claim: &str,
        lease_until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ClaimedIntent>, StoreError> {
        let claim = Claim {
            sealer: Arc::clone(&self.sealer),
            claim: claim.to_owned(),
            lease_until,
            now,
            limit,
        };
        self.database.write(claim).await
    }

    async fn end_intent(
        &self,
        id: &IntentId,
        claim: &str,
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let end = End {
            id: id.clone(),
            by: By::Claim(claim.to_owned()),
            end,
            now,
            traces,
        };
        self.database.write(end).await
    }

    async fn decide_intent(
        &self,
        id: &IntentId,
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let end = End {
            id: id.clone(),
            by: By::StandingIn(vec![IntentState::AwaitingPerson]),
            end,
            now,
            traces,
        };
        self.database.write(end).await
    }

    async fn correct_intent(
        &self,
        id: &IntentId,
        from: &[IntentState],
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let end = End {
            id: id.clone(),
            by: By::StandingIn(from.to_vec()),
            end,
            now,
            traces,
        };
        self.database.write(end).await
    }

    async fn next_intent_due(&self) -> Result<Option<Millis>, StoreError> {
        // The larger of the two, in words that both databases share.
        const NEXT: &str = "select 'next' as name, case when lease_until > next_attempt_at \
             then lease_until else next_attempt_at end as due from order_intents \
             where next_attempt_at is not null order by due limit 1";
        let row = self.database.first(NEXT, values![]).await?;
        row.map(|row| Ok(row.fields(TABLE, "name")?.moment("due")?))
            .transpose()
    }

    async fn open_intents(
        &self,
        connection: &ConnectionId,
    ) -> Result<Vec<OrderIntent>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            intent_columns!(),
            " from order_intents where connection_id = $1 and finished_at is null \
             and first_sent_at is not null order by created_at, id limit $2"
        );
        let rows = self
            .database
            .all(SELECT, values![connection, MOST_ROWS])
            .await?;
        rows.iter().map(intent).collect()
    }

    async fn wake_intents(&self, connection: &ConnectionId, now: Millis) -> Result<(), StoreError> {
        const WAKE: &str = "update order_intents set next_attempt_at = $2 where connection_id = $1 \
             and finished_at is null and state = 'unknown' and stock_answers = 0 and next_attempt_at > $2";
        self.changed(WAKE, values![connection, now])
            .await
            .map(|_| ())
    }

    async fn orders_of_no_intent(
        &self,
        connection: &ConnectionId,
        since: Millis,
    ) -> Result<Vec<KnownOrder>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            order_columns!(),
            " from known_orders where connection_id = $1 and added_at >= $2 and intent_id is null \
             order by added_at, order_id limit $3"
        );
        let values = values![connection, since, MOST_ROWS];
        let rows = self.database.all(SELECT, values).await?;
        rows.iter().map(known_order).collect()
    }

    async fn count_open_intents(&self) -> Result<Vec<(IntentState, i64)>, StoreError> {
        let rows = self.database.all(COUNT_OPEN, values![]).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "state")?;
                Ok((fields.parsed("state")?, fields.int("intents")?))
            })
            .collect()
    }

    async fn prune_intents(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from order_intents where id in \
             (select id from order_intents where finished_at < $1 order by finished_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

pub(super) fn intent(row: &Row) -> Result<OrderIntent, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(OrderIntent {
        id: fields.parsed("id")?,
        caller: fields.text("caller")?,
        key: fields.text("idempotency_key")?,
        request_hash: hash(&fields)?,
        batch_line: fields.maybe_text("batch_line")?,
        connection: fields.parsed("connection_id")?,
        account_user_id: fields.text("account_user_id")?,
        out_order_id: fields.text("out_order_id")?,
        summary_json: fields.text("summary_json")?,
        state: fields.parsed("state")?,
        reason: fields.maybe_text("reason")?,
        detail: fields.maybe_text("detail")?,
        order_ids: fields
            .text("order_ids")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        first_sent_at: fields.maybe_moment("first_sent_at")?,
        attempts: fields.int("attempts")?,
        stock_answers: fields.int("stock_answers")?,
        next_attempt_at: fields.maybe_moment("next_attempt_at")?,
        created_at: fields.moment("created_at")?,
        changed_at: fields.moment("changed_at")?,
        finished_at: fields.maybe_moment("finished_at")?,
    })
}

pub(super) fn claimed_intent(sealer: &Sealer, row: &Row) -> Result<ClaimedIntent, StoreError> {
    let intent = intent(row)?;
    let fields = row.fields(TABLE, "id")?;
    let blob = fields.maybe_blob("request")?;
    let request = blob.and_then(|blob| {
        sealer
            .open(place(fields.id()), &blob)
            .inspect_err(|error| tracing::error!(%error, "the request of an order intent is lost"))
            .ok()
    });
    Ok(ClaimedIntent { intent, request })
}

fn hash(fields: &Fields<'_>) -> Result<Hash, Inconsistency> {
    let mut hash = Hash::default();
    hex::decode_to_slice(fields.text("request_hash")?, &mut hash)
        .map_err(|_| fields.wrong("request_hash"))?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Upkeep;

    #[tokio::test]
    async fn every_page_goes_through_its_index() {
        let mut blank = Upkeep::blank().await.unwrap();
        for (sql, index) in [
            (PAGE, "order_intents_page ((created_at,id)<(?,?))"),
            (
                PAGE_OF_STATE,
                "order_intents_state (state=? AND (created_at,id)<(?,?))",
            ),
            (COUNT_OPEN, "order_intents_unfinished"),
        ] {
            let plan = blank.plan(sql).await;
            assert!(plan[0].contains(index), "{plan:#?}");
            let touched = plan.iter().filter(|step| step.contains("order_intents"));
            assert_eq!(touched.count(), 1, "{plan:#?}");
        }
    }
}
