//! A million orders, written by the database itself.

use std::path::Path;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use testkit::app::NOON_MS;

/// How many are written in one go: a log of all of them would be as large as the file.
const AT_ONCE: i64 = 50_000;
/// Added one every ten seconds, up to noon of the day that the service shows.
const APART_MS: i64 = 10_000;
const FIRST_MS: i64 = NOON_MS - 10_000_000_000;

/// How many stand out, the first of them.
pub(crate) const RARE: usize = 4;

/// Where they are written.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Sqlite(&'a Path),
    Postgres(&'a str),
}

pub(crate) fn added_at(number: i64) -> i64 {
    FIRST_MS + number * APART_MS
}

pub(crate) fn order_id(number: i64) -> String {
    (8_100_000_000_000_000 + number).to_string()
}

pub(crate) fn out_order_id(number: i64) -> String {
    format!("01900000-0000-7000-8000-{}", 100_000_000_000 + number)
}

pub(crate) fn intent_id(number: i64) -> String {
    format!("intent_{}", out_order_id(number))
}

pub(crate) fn parcel(number: i64) -> String {
    format!("LP{number}")
}

/// How many of so many have an alert.
pub(crate) fn alerted(orders: i64) -> usize {
    usize::try_from((orders + 1997) / 2000).unwrap_or(0)
}

/// The same in SQL, for the number `i`. Nearly all are finished, as in a shop of some years; of the states that stand
/// out there are few, and the rarest lie where a walk would come to them last.
const ORDER: &str = "select cast(8100000000000000 + i as text), '$CONNECTION', \
     case when i < 4 then 'IN_ISSUE' when i % 1000 = 1 then 'PLACE_ORDER_SUCCESS' \
     when i % 200 = 2 then 'WAIT_SELLER_SEND_GOODS' when i % 100 = 3 then 'WAIT_BUYER_ACCEPT_GOODS' else 'FINISH' end, \
     'SELLER_SEND_GOODS', '23.45', 'USD', 'Nordic Light Store', \
     'Desk lamp of solid oak with dimmer and USB port, warm white, model ' || cast(i as text), \
     '2026-11-20T03:04:05-08:00', '$SNAPSHOT', $FIRST + i * $APART, $FIRST + i * $APART, \
     'intent_01900000-0000-7000-8000-' || cast(100000000000 + i as text), \
     case when i % 2000 = 2 then 'not_shipped' end, 'LP' || cast(i as text), \
     case when i < 4 or i % 1000 = 1 or i % 200 = 2 or i % 100 = 3 then $FIRST + i * $APART + 1000000000000 end from n";
const INTENT: &str = "select 'intent_01900000-0000-7000-8000-' || cast(100000000000 + i as text), 'system:', \
     cast(i as text), '$HASH', '$CONNECTION', '1001', '01900000-0000-7000-8000-' || cast(100000000000 + i as text), \
     '$SUMMARY', case when i < 4 then 'awaiting_person' else 'placed' end, cast(8100000000000000 + i as text), 1, \
     $FIRST + i * $APART, $FIRST + i * $APART, $FIRST + i * $APART, case when i > 3 then $FIRST + i * $APART end from n";

/// Writes them for a connection.
pub(crate) async fn fill(place: Place<'_>, connection: &str, orders: i64) {
    let filled = |sql: &str| {
        sql.replace("$CONNECTION", connection)
            .replace("$SNAPSHOT", &snapshot())
            .replace("$SUMMARY", &summary())
            .replace("$HASH", &"0".repeat(64))
            .replace("$FIRST", &FIRST_MS.to_string())
            .replace("$APART", &APART_MS.to_string())
    };
    let tables = [
        (
            "known_orders (order_id, connection_id, status, logistics_status, amount, currency, store_name, title, \
             placed_at, snapshot_json, fetched_at, added_at, intent_id, alert, parcel, next_poll_at)",
            filled(ORDER),
        ),
        (
            "order_intents (id, caller, idempotency_key, request_hash, connection_id, account_user_id, out_order_id, \
             summary_json, state, order_ids, attempts, first_sent_at, created_at, changed_at, finished_at)",
            filled(INTENT),
        ),
    ];
    let mut database = Filling::open(place).await;
    for first in (0..orders).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let last = (first + AT_ONCE).min(orders) - 1;
        let numbers = match place {
            Place::Sqlite(_) => format!(
                "with recursive n(i) as (select {first} union all select i + 1 from n where i < {last})"
            ),
            Place::Postgres(_) => {
                format!("with n(i) as (select generate_series({first}::bigint, {last}::bigint))")
            }
        };
        for (columns, rows) in &tables {
            database
                .run(format!("insert into {columns} {numbers} {rows}"))
                .await;
        }
    }
    database.run("delete from order_counts".to_owned()).await;
    let counted = "insert into order_counts (connection_id, status, orders) \
         select connection_id, status, count(*) from known_orders group by connection_id, status";
    database.run(counted.to_owned()).await;
    if let Place::Postgres(_) = place {
        // As the database does by itself soon after.
        database.run("vacuum analyze known_orders".to_owned()).await;
        database
            .run("vacuum analyze order_intents".to_owned())
            .await;
    }
}

enum Filling {
    Sqlite(rusqlite::Connection),
    Postgres(PgConnection),
}

impl Filling {
    async fn open(place: Place<'_>) -> Self {
        match place {
            Place::Sqlite(path) => {
                let file = rusqlite::Connection::open(path).expect("the file");
                // It may be lost with the machine: it is made anew for each run.
                file.execute_batch("pragma synchronous = off; pragma cache_size = -200000")
                    .expect("SQL");
                Self::Sqlite(file)
            }
            Place::Postgres(address) => {
                let server = PgConnection::connect(address).await.expect("a server");
                Self::Postgres(server)
            }
        }
    }

    async fn run(&mut self, sql: String) {
        match self {
            Self::Sqlite(file) => file.execute_batch(&sql).expect("SQL"),
            Self::Postgres(server) => {
                server.execute(AssertSqlSafe(sql)).await.expect("SQL");
            }
        }
    }
}

/// What is kept of an order with one line and one parcel.
fn snapshot() -> String {
    let node = json!({ "at": "2026-11-22T08:00:00Z", "name": "In transit", "description": "Left the sorting centre" });
    json!({
        "order": {
            "status": "FINISH", "logistics_status": "SELLER_SEND_GOODS", "store_name": "Nordic Light Store",
            "store_url": "https://www.aliexpress.com/store/1234567", "amount": { "amount": "23.45", "currency": "USD" },
            "created": "2026-11-20T03:04:05-08:00", "paid_at": "2026-11-20T03:09:05-08:00", "pay_timeout_seconds": null,
            "lines": [{
                "product_id": "1005006100000001", "sku": "12000030000000001",
                "title": "Desk lamp of solid oak with dimmer and USB port, warm white", "quantity": 2,
                "price": { "amount": "11.00", "currency": "USD" }, "shipping": { "amount": "1.45", "currency": "USD" },
                "total": { "amount": "23.45", "currency": "USD" }, "end_reason": null,
            }],
        },
        "parcels": [{
            "number": "LP00123456789CN", "carrier": "AliExpress Standard Shipping", "expected_at": null,
            "events": [node.clone(), node.clone(), node], "items": [],
        }],
        "parcels_at": 1,
    })
    .to_string()
}

/// What is kept of an intent.
fn summary() -> String {
    json!({
        "country": "FR", "pay": true, "total": { "amount": "23.45", "currency": "USD" },
        "lines": [{
            "product_id": "1005006100000001", "sku": "12000030000000001",
            "title": "Desk lamp of solid oak with dimmer and USB port, warm white", "quantity": 2,
            "unit_price": { "amount": "11.00", "currency": "USD" }, "delivery_service": "CAINIAO_STANDARD",
            "freight": { "amount": "1.45", "currency": "USD" },
        }],
    })
    .to_string()
}
