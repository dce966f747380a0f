//! The repository over a database.

use async_trait::async_trait;

use super::{KnownOrder, OrderCursor, OrderPage, OrderRepository, STATUSES_AT_ONCE};
use crate::sql::{Row, Value, values};
use crate::store::DatabaseStore;
use crate::{ConnectionId, Millis, StoreError, Traces};

const TABLE: &str = "known_orders";

macro_rules! order_columns {
    () => {
        "order_id, connection_id, status, logistics_status, amount, currency, store_name, title, \
         placed_at, snapshot_json, fetched_at, added_at, alert"
    };
}
pub(crate) use order_columns;

#[async_trait]
impl OrderRepository for DatabaseStore {
    async fn upsert(&self, order: KnownOrder, traces: Traces) -> Result<(), StoreError> {
        const UPSERT: &str = "insert into known_orders (order_id, connection_id, status, logistics_status, amount, currency, \
             store_name, title, placed_at, snapshot_json, fetched_at, added_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             on conflict (order_id) do update set connection_id = excluded.connection_id, \
             status = excluded.status, logistics_status = excluded.logistics_status, \
             amount = excluded.amount, currency = excluded.currency, store_name = excluded.store_name, \
             title = excluded.title, placed_at = excluded.placed_at, \
             snapshot_json = excluded.snapshot_json, fetched_at = excluded.fetched_at";
        let values = values![
            order.order_id,
            &order.connection,
            order.status,
            order.logistics_status,
            order.amount,
            order.currency,
            order.store_name,
            order.title,
            order.placed_at,
            order.snapshot_json,
            order.fetched_at,
            order.added_at,
        ];
        self.traced(UPSERT, values, traces).await.map(|_| ())
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
        const FIRST: &str = concat!(
            "select ",
            order_columns!(),
            " from known_orders order by added_at desc, order_id desc limit $1"
        );
        const AFTER: &str = concat!(
            "select ",
            order_columns!(),
            " from known_orders where (added_at, order_id) < ($2, $3) \
             order by added_at desc, order_id desc limit $1"
        );
        let wanted = limit.clamp(1, 1000);
        let (sql, values) = match cursor {
            None => (FIRST, values![wanted + 1]),
            Some(cursor) => (
                AFTER,
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
        const SELECT: &str = concat!(
            "select ",
            order_columns!(),
            " from known_orders where (added_at, order_id) < ($2, $3) \
             and status in ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
             order by added_at desc, order_id desc limit $1"
        );
        let wanted = limit.clamp(1, 1000);
        let start = OrderCursor {
            added_at: Millis(i64::MAX),
            order_id: String::new(),
        };
        let cursor = cursor.unwrap_or(&start);
        let mut values = values![wanted + 1, cursor.added_at, cursor.order_id.as_str()];
        // Places that are left over hold nothing, which no state equals.
        let mut statuses = statuses.iter();
        values.extend((0..STATUSES_AT_ONCE).map(|_| Value::from(statuses.next().cloned())));
        page_of(&self.database.all(SELECT, values).await?, wanted)
    }

    async fn count_by_status(
        &self,
        connection: Option<&ConnectionId>,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        const ALL: &str =
            "select status, count(*) as orders from known_orders group by status order by status";
        const OF_ONE: &str = "select status, count(*) as orders from known_orders \
                              where connection_id = $1 group by status order by status";
        let rows = match connection {
            None => self.database.all(ALL, values![]).await?,
            Some(id) => self.database.all(OF_ONE, values![id]).await?,
        };
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "status")?;
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
