//! Pages among many orders: what they hold, and that PostgreSQL reads no more than that for them.

use std::sync::Arc;

use smartlinks_store::{
    ConnectionId, DatabaseUrl, IntentCursor, IntentState, KnownOrder, OrderCursor, Store, Traces,
};

use crate::support::*;

const ORDERS: i64 = 20_000;
/// How many rows of an index all looks of this test together may read: a page of 50 from several places, some dozens of
/// times over, and no walk through all orders.
const MOST_READ: i64 = 15_000;

/// Orders of which nearly all are finished; the rare ones are the oldest.
const ORDERS_OF: &str = "select cast(8100000000000000 + i as text), '$CONNECTION', \
     case when i <= 3 then 'IN_ISSUE' when i <= 60 then 'IN_FROZEN' when i % 100 = 0 then 'WAIT_SELLER_SEND_GOODS' \
     else 'FINISH' end, '{}', 0, i, 'intent_01900000-0000-7000-8000-' || cast(100000000000 + i as text), \
     case when i % 100 = 0 then 'not_shipped' end, 'LP' || cast(i as text), null from n";
const INTENTS_OF: &str = "select 'intent_01900000-0000-7000-8000-' || cast(100000000000 + i as text), 'system:', \
     cast(i as text), '$HASH', '$CONNECTION', '1001', '01900000-0000-7000-8000-' || cast(100000000000 + i as text), \
     '{}', case when i <= 3 then 'awaiting_person' else 'placed' end, cast(8100000000000000 + i as text), 1, i, i, \
     case when i > 3 then i end from n";

/// What `order_counts` has to say.
const COUNTED: &str =
    "select connection_id, status, count(*) from known_orders group by connection_id, status";

async fn fill(stage: &Stage, connection: &str) {
    let numbers = match stage.raw().await {
        Raw::Sqlite(_) => format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < {ORDERS})"
        ),
        Raw::Postgres(_) => format!("with n(i) as (select generate_series(1, {ORDERS}))"),
    };
    let mut raw = stage.raw().await;
    for (columns, rows) in [
        (
            "known_orders (order_id, connection_id, status, snapshot_json, fetched_at, added_at, intent_id, alert, \
             parcel, next_poll_at)",
            ORDERS_OF,
        ),
        (
            "order_intents (id, caller, idempotency_key, request_hash, connection_id, account_user_id, out_order_id, \
             summary_json, state, order_ids, attempts, created_at, changed_at, finished_at)",
            INTENTS_OF,
        ),
    ] {
        let rows = rows
            .replace("$CONNECTION", connection)
            .replace("$HASH", &"0".repeat(64));
        raw.execute(format!("insert into {columns} {numbers} {rows}"))
            .await;
    }
    raw.execute("delete from order_counts").await;
    raw.execute(format!(
        "insert into order_counts (connection_id, status, orders) {COUNTED}"
    ))
    .await;
    if let Raw::Postgres(_) = raw {
        raw.execute("vacuum known_orders").await;
        raw.execute("analyze").await;
    }
}

/// Rows that PostgreSQL has read from the tables one after the other, and from their indexes, in all sessions that have
/// ended.
async fn read_so_far(raw: &mut Raw) -> (i64, i64) {
    const OTHERS: &str = "select cast(count(*) as text) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
    const READ: &str = "select cast(coalesce(sum(seq_tup_read), 0) as text), \
         (select cast(coalesce(sum(idx_tup_read), 0) as text) from pg_stat_user_indexes \
          where relname in ('known_orders', 'order_intents')) \
         from pg_stat_user_tables where relname in ('known_orders', 'order_intents')";
    // A session that has left the list has handed in its numbers.
    while raw.lines(OTHERS).await != ["0"] {
        tokio::task::yield_now().await;
    }
    let rows = raw.rows(READ).await;
    (rows[0][0].parse().unwrap(), rows[0][1].parse().unwrap())
}

async fn looks(store: &Arc<dyn Store>, connection: &str) {
    let orders = store.orders();
    let half = OrderCursor {
        added_at: smartlinks_store::Millis(ORDERS / 2),
        order_id: "9".to_owned(),
    };
    for cursor in [None, Some(&half)] {
        assert_eq!(orders.list(cursor, 50).await.unwrap().orders.len(), 50);
        let of = async |statuses: &[&str]| {
            let statuses: Vec<String> = statuses.iter().map(|it| (*it).to_owned()).collect();
            let page = orders.list_in(&statuses, cursor, 50).await.unwrap();
            (page.orders.len(), page.next.is_some())
        };
        assert_eq!(of(&["IN_ISSUE"]).await, (3, false));
        assert_eq!(of(&["IN_ISSUE", "IN_FROZEN", "IN_ISSUE"]).await, (50, true));
        assert_eq!(of(&["FINISH"]).await, (50, true));
        assert_eq!(of(&["FINISH", "UNKNOWN"]).await, (50, true));
        assert_eq!(of(&["UNKNOWN"]).await, (0, false));
        assert_eq!(of(&[]).await, (0, false));
        let alerted = store
            .order_following()
            .list_alerted("not_shipped", cursor, 50);
        assert_eq!(alerted.await.unwrap().orders.len(), 50);
        let alerted = store
            .order_following()
            .list_alerted("no_movement", cursor, 50);
        assert!(alerted.await.unwrap().orders.is_empty());
        let cursor = cursor.map(|cursor| IntentCursor {
            created_at: cursor.added_at,
            id: "j".to_owned(),
        });
        for (state, found) in [
            (None, 50),
            (Some(IntentState::AwaitingPerson), 3),
            (Some(IntentState::Placed), 50),
            (Some(IntentState::Unknown), 0),
        ] {
            let page = store
                .order_intents()
                .list_intents(state, cursor.as_ref(), 50);
            assert_eq!(page.await.unwrap().len(), found, "{state:?}");
        }
    }
    for number in [
        "8100000000000777",
        "LP777",
        "01900000-0000-7000-8000-100000000777",
        "intent_01900000-0000-7000-8000-100000000777",
    ] {
        let found = store.order_following().orders_numbered(number).await;
        assert_eq!(found.unwrap().len(), 1, "{number}");
    }
    let found = store.order_following().orders_numbered("777").await;
    assert!(found.unwrap().is_empty());
    let all = orders.count_by_status(None).await.unwrap();
    let id = connection.parse().unwrap();
    assert_eq!(orders.count_by_status(Some(&id)).await.unwrap(), all);
    let numbers: i64 = all.iter().map(|(_, orders)| orders).sum();
    assert_eq!((all.len(), numbers), (4, ORDERS));
    let alerts = store.order_following().count_alerts().await.unwrap();
    assert_eq!(alerts, [("not_shipped".to_owned(), ORDERS / 100)]);
    let polls = store.order_following().next_poll_due(NOW).await;
    assert_eq!(polls.unwrap(), None);
    assert!(
        store
            .order_intents()
            .open_intents(&id)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn a_page_reads_what_it_shows_and_not_all_orders(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id.to_string();
    store.close().await;
    fill(&stage, &connection).await;
    let mut raw = stage.raw().await;
    let before = match raw {
        Raw::Postgres(_) => Some(read_so_far(&mut raw).await),
        Raw::Sqlite(_) => None,
    };
    let store = stage.open().await;
    looks(&store, &connection).await;
    store.close().await;
    // SQLite does not count; how it goes about each statement is tested beside them.
    if let Some((rows, entries)) = before {
        let after = read_so_far(&mut raw).await;
        assert_eq!(after.0 - rows, 0, "rows were read past the indexes");
        assert!(
            after.1 - entries < MOST_READ,
            "{} entries were read",
            after.1 - entries
        );
    }
    // All of one state, page by page.
    let store = stage.open().await;
    let statuses = ["WAIT_SELLER_SEND_GOODS", "IN_ISSUE", "IN_FROZEN"].map(str::to_owned);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.orders().list_in(&statuses, cursor.as_ref(), 7).await;
        let page = page.unwrap();
        seen.extend(page.orders.into_iter().map(|it| (it.added_at, it.order_id)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 260);
    assert!(
        seen.is_sorted_by(|a, b| a > b),
        "each once, the latest first"
    );
    store.close().await;
}

pub(crate) async fn orders_are_counted_where_they_stand(stage: Stage) {
    let store = stage.open().await;
    let first = connected(&store, "1001").await.id;
    let second = connected(&store, "1002").await.id;
    let order = |id: i64, connection: &ConnectionId, status: &str| KnownOrder {
        order_id: id.to_string(),
        connection: connection.clone(),
        status: status.to_owned(),
        logistics_status: None,
        amount: None,
        currency: None,
        store_name: None,
        title: None,
        placed_at: None,
        snapshot_json: "{}".to_owned(),
        alert: None,
        fetched_at: NOW,
        added_at: NOW,
    };
    // Many at once, the same orders among them: each is counted once, and where it stands in the end.
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..60_i64 {
        let connection = [&first, &second][usize::from(number % 2 == 0)];
        let status = ["UNKNOWN", "PLACE_ORDER_SUCCESS", "FINISH"]
            [usize::from(number % 3 == 0) + usize::from(number % 5 == 0)];
        let (store, order) = (Arc::clone(&store), order(number % 12, connection, status));
        writing.spawn(async move { store.upsert(order, Traces::none()).await });
    }
    while let Some(written) = writing.join_next().await {
        written.unwrap().unwrap();
    }
    let mut raw = stage.raw().await;
    let mut held = async || {
        let counted = format!(
            "select connection_id, status, cast(orders as text) from ({COUNTED}) c (connection_id, status, orders)"
        );
        let counted = match &stage.url {
            DatabaseUrl::Sqlite(_) => counted
                .replace(" c (connection_id, status, orders)", "")
                .replace("count(*)", "count(*) as orders"),
            DatabaseUrl::Postgres(_) => counted,
        };
        let mut counted = raw.lines(counted).await;
        let kept = "select connection_id, status, cast(orders as text) from order_counts where orders <> 0";
        let mut kept = raw.lines(kept).await;
        counted.sort();
        kept.sort();
        assert_eq!(kept, counted);
        kept.len()
    };
    assert!(held().await > 1);
    store
        .upsert(order(3, &first, "IN_ISSUE"), Traces::none())
        .await
        .unwrap();
    store
        .upsert(order(3, &first, "IN_ISSUE"), Traces::none())
        .await
        .unwrap();
    store
        .upsert(order(3, &second, "IN_ISSUE"), Traces::none())
        .await
        .unwrap();
    held().await;
    let of = async |connection| store.orders().count_by_status(connection).await.unwrap();
    let issue = ("IN_ISSUE".to_owned(), 1);
    assert!(of(None).await.contains(&issue) && of(Some(&second)).await.contains(&issue));
    assert!(
        !of(Some(&first))
            .await
            .iter()
            .any(|(status, _)| status == "IN_ISSUE")
    );
    let all: i64 = of(None).await.iter().map(|(_, orders)| orders).sum();
    assert_eq!(all, 12);
    store.close().await;
}
