//! The repository over a database.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::counts::{COUNTS, COUNTS_OF_CONNECTION, Standing, count};
use super::{KnownOrder, OrderCursor, OrderPage, OrderRepository, STATUSES_AT_ONCE};
use crate::sql::{Locking, Row, Session, Value, Write, locking, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{ConnectionId, Millis, StoreError, Traces};

const TABLE: &str = "known_orders";

macro_rules! order_columns {
    () => {
        "order_id, connection_id, status, logistics_status, amount, currency, store_name, title, \
         placed_at, snapshot_json, fetched_at, added_at, alert"
    };
}
pub(crate) use order_columns;

const FIRST_PAGE: &str = concat!(
    "select ",
    order_columns!(),
    " from known_orders order by added_at desc, order_id desc limit $1"
);
const PAGE: &str = concat!(
    "select ",
    order_columns!(),
    " from known_orders where (added_at, order_id) < ($2, $3) \
     order by added_at desc, order_id desc limit $1"
);

/// A page of one state.
macro_rules! page_in {
    ($status:literal) => {
        concat!(
            "select ",
            order_columns!(),
            " from known_orders where status = ",
            $status,
            " and (added_at, order_id) < ($2, $3) order by added_at desc, order_id desc limit $1"
        )
    };
}

/// A page of several states, put together from a page of each: a rare one that is walked after among all orders would
/// be looked for through all of them.
macro_rules! page_in_some {
    ($first:literal $(, $more:literal)+) => {
        concat!(
            "select * from (", page_in!($first), ") of_one",
            $(" union all select * from (", page_in!($more), ") of_one",)+
            " order by added_at desc, order_id desc limit $1"
        )
    };
}

const PAGE_IN_ONE: &str = page_in!("$4");
const PAGE_IN_SOME: &str = page_in_some!(
    "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
    "$18", "$19"
);
/// Adds an order, or replaces what is known of it.
struct Upsert {
    order: KnownOrder,
    over: Over,
    traces: Traces,
}

/// What may be replaced.
enum Over {
    Anything,
    /// What was read before; none when it was not known.
    Nothing,
    Known {
        snapshot_json: String,
        fetched_at: Millis,
    },
}

impl Over {
    fn allows(&self, snapshot_json: &str, fetched_at: Millis) -> bool {
        match self {
            Self::Anything => true,
            Self::Nothing => false,
            Self::Known {
                snapshot_json: snapshot,
                fetched_at: at,
            } => snapshot == snapshot_json && *at == fetched_at,
        }
    }
}

#[async_trait]
impl Write for Upsert {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const INSERT: &str = "insert into known_orders (order_id, connection_id, status, logistics_status, amount, \
             currency, store_name, title, placed_at, snapshot_json, fetched_at, added_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (order_id) do nothing";
        const BEFORE: Locking = locking!("for update":
            "select order_id, connection_id, status, snapshot_json, fetched_at from known_orders where order_id = $1");
        const UPDATE: &str = "update known_orders set connection_id = $2, status = $3, logistics_status = $4, \
             amount = $5, currency = $6, store_name = $7, title = $8, placed_at = $9, snapshot_json = $10, \
             fetched_at = $11, alert = case when status = $3 then alert else null end, \
             next_poll_at = case when status = $3 then next_poll_at else 0 end where order_id = $1";
        let order = &self.order;
        let now = Standing::new(&order.connection, &order.status);
        let mut values = values![
            order.order_id.as_str(),
            &order.connection,
            order.status.as_str(),
            order.logistics_status.clone(),
            order.amount.clone(),
            order.currency.clone(),
            order.store_name.clone(),
            order.title.clone(),
            order.placed_at.clone(),
            order.snapshot_json.as_str(),
            order.fetched_at,
            order.added_at,
        ];
        if session.execute(INSERT, values.clone()).await? > 0 {
            count(session, None, now).await?;
        } else {
            let before = values![order.order_id.as_str()];
            let before = session.first_locked(&BEFORE, before).await?;
            let before = before.ok_or_else(|| session.overtaken())?;
            let before = before.fields(TABLE, "order_id")?;
            let (connection, status) = (before.text("connection_id")?, before.text("status")?);
            let fetched_at = before.maybe_moment("fetched_at")?.unwrap_or(Millis(0));
            if !self.over.allows(&before.text("snapshot_json")?, fetched_at) {
                return Ok(false);
            }
            values.truncate(11);
            session.execute(UPDATE, values).await?;
            let before = Standing {
                connection: &connection,
                status: &status,
            };
            count(session, Some(before), now).await?;
        }
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

#[async_trait]
impl OrderRepository for DatabaseStore {
    async fn upsert(&self, order: KnownOrder, traces: Traces) -> Result<(), StoreError> {
        let over = Over::Anything;
        let upsert = Upsert {
            order,
            over,
            traces,
        };
        self.database.write(upsert).await.map(|_| ())
    }

    async fn renew(
        &self,
        order: KnownOrder,
        before: Option<KnownOrder>,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let over = before.map_or(Over::Nothing, |known| Over::Known {
            snapshot_json: known.snapshot_json,
            fetched_at: known.fetched_at,
        });
        let upsert = Upsert {
            order,
            over,
            traces,
        };
        self.database.write(upsert).await
    }

    async fn find(&self, order_id: &str) -> Result<Option<KnownOrder>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            order_columns!(),
            " from known_orders where order_id = $1"
        );
        let row = self.database.first(SELECT, values![order_id]).await?;
        row.map(|row| known_order(&row)).transpose()
    }

    async fn list(
        &self,
        cursor: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<OrderPage, StoreError> {
        let wanted = limit.clamp(1, 1000);
        let (sql, values) = match cursor {
            None => (FIRST_PAGE, values![wanted + 1]),
            Some(cursor) => (
                PAGE,
                values![wanted + 1, cursor.added_at, cursor.order_id.as_str()],
            ),
        };
        page_of(&self.database.all(sql, values).await?, wanted)
    }

    async fn list_in(
        &self,
        statuses: &[String],
        cursor: Option<&OrderCursor>,
        limit: u32,
    ) -> Result<OrderPage, StoreError> {
        let wanted = limit.clamp(1, 1000);
        let start = OrderCursor {
            added_at: Millis(i64::MAX),
            order_id: String::new(),
        };
        let cursor = cursor.unwrap_or(&start);
        let mut values = values![wanted + 1, cursor.added_at, cursor.order_id.as_str()];
        let sql = match statuses {
            [one] => {
                values.push(Value::from(one.as_str()));
                PAGE_IN_ONE
            }
            some => {
                // Each once, since each adds its page. Places that are left over hold nothing, which no state equals.
                let mut asked = some.iter().collect::<BTreeSet<_>>().into_iter();
                values.extend((0..STATUSES_AT_ONCE).map(|_| Value::from(asked.next().cloned())));
                PAGE_IN_SOME
            }
        };
        page_of(&self.database.all(sql, values).await?, wanted)
    }

    async fn count_by_status(
        &self,
        connection: Option<&ConnectionId>,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = match connection {
            None => self.database.all(COUNTS, values![]).await?,
            Some(id) => self.database.all(COUNTS_OF_CONNECTION, values![id]).await?,
        };
        rows.iter()
            .map(|row| {
                let fields = row.fields("order_counts", "status")?;
                Ok((fields.text("status")?, fields.int("orders")?))
            })
            .collect()
    }
}

/// A page from rows of which one more than wanted was asked for: that tells whether there is a next page.
pub(crate) fn page_of(rows: &[Row], wanted: u32) -> Result<OrderPage, StoreError> {
    let mut orders = rows
        .iter()
        .map(known_order)
        .collect::<Result<Vec<_>, _>>()?;
    let more = orders.len() > wanted as usize;
    orders.truncate(wanted as usize);
    let next = orders.last().filter(|_| more).map(|last| OrderCursor {
        added_at: last.added_at,
        order_id: last.order_id.clone(),
    });
    Ok(OrderPage { orders, next })
}

pub(crate) fn known_order(row: &Row) -> Result<KnownOrder, StoreError> {
    let fields = row.fields(TABLE, "order_id")?;
    Ok(KnownOrder {
        order_id: fields.text("order_id")?,
        connection: fields.parsed("connection_id")?,
        status: fields.text("status")?,
        logistics_status: fields.maybe_text("logistics_status")?,
        amount: fields.maybe_text("amount")?,
        currency: fields.maybe_text("currency")?,
        store_name: fields.maybe_text("store_name")?,
        title: fields.maybe_text("title")?,
        placed_at: fields.maybe_text("placed_at")?,
        snapshot_json: fields.text("snapshot_json")?,
        alert: fields.maybe_text("alert")?,
        fetched_at: fields.maybe_moment("fetched_at")?.unwrap_or(Millis(0)),
        added_at: fields.moment("added_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Upkeep;

    #[tokio::test]
    async fn every_page_goes_through_its_index() {
        let mut blank = Upkeep::blank().await.unwrap();
        for (sql, index, times) in [
            (
                FIRST_PAGE,
                "SCAN known_orders USING INDEX known_orders_page",
                1,
            ),
            (PAGE, "SEARCH known_orders USING INDEX known_orders_page", 1),
            (
                PAGE_IN_ONE,
                "SEARCH known_orders USING INDEX known_orders_status (status=? AND (added_at,order_id)<(?,?))",
                1,
            ),
            (
                PAGE_IN_SOME,
                "SEARCH known_orders USING INDEX known_orders_status (status=? AND (added_at,order_id)<(?,?))",
                STATUSES_AT_ONCE,
            ),
        ] {
            let plan = blank.plan(sql).await;
            let found = plan.iter().filter(|step| step.contains(index)).count();
            let touched = plan.iter().filter(|step| step.contains("known_orders"));
            assert_eq!((found, touched.count()), (times, times), "{plan:#?}");
            let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!sorts || sql == PAGE_IN_SOME, "{plan:#?}");
        }
    }
}
