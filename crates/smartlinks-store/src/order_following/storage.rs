//! The repository over a database.

use async_trait::async_trait;

use super::{FollowEnd, FollowedOrder, OrderFollowingRepository};
use crate::orders::{known_order, order_columns, page_of};
use crate::sql::{Session, Write, values};
use crate::store::DatabaseStore;
use crate::{KnownOrder, Millis, OrderCursor, OrderPage, StoreError, Traces};

const TABLE: &str = "known_orders";

const NEXT_DUE: &str = "select order_id, next_poll_at from known_orders where next_poll_at is not null \
     and (poll_until is null or poll_until <= $1) order by next_poll_at limit 1";
const COUNT_ALERTS: &str = "select alert, count(*) as orders from known_orders where alert is not null \
     group by alert order by alert";
const PAGE_OF_ALERT: &str = concat!(
    "select ",
    order_columns!(),
    " from known_orders where alert = $4 and (added_at, order_id) < ($2, $3) \
     order by added_at desc, order_id desc limit $1"
);
/// Each part goes through its own index.
const NUMBERED: &str = concat!(
    "select ",
    order_columns!(),
    " from known_orders where order_id in (select order_id from known_orders where order_id = $1 \
     union select order_id from known_orders where parcel = $1 \
     union select order_id from known_orders where intent_id in \
     (select id from order_intents where out_order_id = $1 or id = $1)) \
     order by added_at desc, order_id desc limit 20"
);

#[async_trait]
impl OrderFollowingRepository for DatabaseStore {
    async fn next_poll_due(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        let row = self.database.first(NEXT_DUE, values![now]).await?;
        row.map(|row| Ok(row.fields(TABLE, "order_id")?.moment("next_poll_at")?))
            .transpose()
    }

    async fn claim_polls(
        &self,
        owner: &str,
        until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<FollowedOrder>, StoreError> {
        let claim = Claim {
            owner: owner.to_owned(),
            until,
            now,
            limit,
        };
        self.database.write(claim).await
    }

    async fn end_poll(
        &self,
        order_id: &str,
        owner: &str,
        end: FollowEnd,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        const END: &str = "update known_orders set poll_failures = $4, \
             next_poll_at = case when status = $7 then $3 else 0 end, \
             alert = case when status = $7 then $5 else null end, \
             parcel = coalesce($6, parcel), poll_owner = null, poll_until = null \
             where order_id = $1 and poll_owner = $2";
        let values = values![
            order_id,
            owner,
            end.next_poll_at,
            end.failures,
            end.alert,
            end.parcel,
            end.status,
        ];
        self.traced(END, values, traces).await
    }

    async fn count_alerts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = self.database.all(COUNT_ALERTS, values![]).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "alert")?;
                Ok((fields.text("alert")?, fields.int("orders")?))
            })
            .collect()
    }

    async fn list_alerted(
        &self,
        alert: &str,
        cursor: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<OrderPage, StoreError> {
        let wanted = limit.clamp(1, 1000);
        let values = match cursor {
            None => values![wanted + 1, Millis(i64::MAX), "", alert],
            Some(at) => values![wanted + 1, at.added_at, at.order_id.as_str(), alert],
        };
        page_of(&self.database.all(PAGE_OF_ALERT, values).await?, wanted)
    }

    async fn orders_numbered(&self, number: &str) -> Result<Vec<KnownOrder>, StoreError> {
        let rows = self.database.all(NUMBERED, values![number]).await?;
        rows.iter().map(known_order).collect()
    }
}

/// Takes orders that are due.
struct Claim {
    owner: String,
    until: Millis,
    now: Millis,
    limit: u32,
}

#[async_trait]
impl Write for Claim {
    type Output = Vec<FollowedOrder>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Vec<FollowedOrder>, StoreError> {
        const DUE: &str = "select order_id from known_orders where next_poll_at <= $1 \
             and (poll_until is null or poll_until <= $1) order by next_poll_at, order_id limit $2";
        // Whether it is free is asked here once more: another may have claimed it since it was listed.
        const CLAIM: &str = concat!(
            "update known_orders set poll_owner = $2, poll_until = $3 where order_id = $1 \
             and next_poll_at <= $4 and (poll_until is null or poll_until <= $4) returning poll_failures, ",
            order_columns!()
        );
        let due = session.all(DUE, values![self.now, self.limit]).await?;
        let mut claimed = Vec::with_capacity(due.len());
        for row in &due {
            let id = row.fields(TABLE, "order_id")?.text("order_id")?;
            let values = values![id, self.owner.as_str(), self.until, self.now];
            if let Some(row) = session.first(CLAIM, values).await? {
                claimed.push(FollowedOrder {
                    failures: row.fields(TABLE, "order_id")?.int("poll_failures")?,
                    order: known_order(&row)?,
                });
            }
        }
        Ok(claimed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Upkeep;

    #[tokio::test]
    async fn whoever_looks_for_an_order_goes_through_an_index() {
        let mut blank = Upkeep::blank().await.unwrap();
        for (sql, indexes) in [
            (NEXT_DUE, ["known_orders_poll"].as_slice()),
            (COUNT_ALERTS, &["known_orders_alert"]),
            (PAGE_OF_ALERT, &["known_orders_alert"]),
            (
                NUMBERED,
                &[
                    "known_orders_parcel",
                    "known_orders_intent",
                    "order_intents_1",
                    "order_intents_2",
                ],
            ),
        ] {
            let plan = blank.plan(sql).await;
            let used = |index: &&str| plan.iter().any(|step| step.contains(*index));
            assert!(indexes.iter().all(used), "{plan:#?}");
            let walks = |step: &&String| step.starts_with("SCAN known") && !step.contains("INDEX");
            assert_eq!(plan.iter().filter(walks).count(), 0, "{plan:#?}");
        }
    }
}
