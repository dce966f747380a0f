//! Looking after a database as a whole: its schema, its soundness, its move to PostgreSQL.

mod check;
mod copy;

use std::sync::Arc;

use smartlinks_store::{
    Binding, ConnectionId, KnownOrder, NewEvent, NewLoginAttempt, SchemaChange, Store, Traces,
    migrate_database,
};

use crate::support::*;

/// Rows in every table that a person fills, more than one batch of events among them.
pub(super) async fn lived_in(store: &Arc<dyn Store>) -> Vec<ConnectionId> {
    store
        .stamp_or_check("https://gateway.example", "500100")
        .await
        .unwrap();
    let mut ids = Vec::new();
    for name in ["1", "2", "3"] {
        ids.push(connected(store, name).await.id);
    }
    let owner = "me";
    let claimed = store
        .claim_refresh(&ids[0], 1, owner, NOW.plus(HOUR), NOW)
        .await
        .unwrap();
    assert!(claimed);
    store
        .finish_refresh(&ids[0], 1, owner, pair("1 again"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    store.disconnect(&ids[2], NOW.into()).await.unwrap();
    let attempt = NewLoginAttempt {
        state_hash: [7; 32],
        binding: Binding::Headless,
        caller_state: Some("it's \"quoted\", \\ and é🙂\n".to_owned()),
        return_to: None,
        connection: Some(ids[1].clone()),
        other_account: false,
        label: None,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
    };
    store.create(attempt).await.unwrap();
    for number in 0..3 {
        let order = order(number, &ids[0]);
        store.upsert(order, Traces::none()).await.unwrap();
    }
    let entry = catalogue_entry("1005006000000001", &ids[0]);
    assert!(store.save(entry, Traces::none()).await.unwrap());
    let rule = price_rule("everything \u{d7} 2");
    store.add_rule(rule, Traces::none()).await.unwrap();
    for chunk in 0..13 {
        let events = (0..100).map(|at| event(chunk * 100 + at));
        let traces = Traces {
            events: events.collect(),
            ..Traces::none()
        };
        store.events().append(traces).await.unwrap();
    }
    ids
}

fn event(number: i64) -> NewEvent {
    NewEvent {
        kind: "test.happened".to_owned(),
        connection: None,
        order: None,
        data_json: format!("{{\"number\":{number}}}"),
        at: NOW,
    }
}

fn order(number: i64, connection: &ConnectionId) -> KnownOrder {
    KnownOrder {
        order_id: format!("81000000000000{number}"),
        connection: connection.clone(),
        status: "PLACE_ORDER_SUCCESS".to_owned(),
        logistics_status: None,
        amount: Some("12.30".to_owned()),
        currency: Some("EUR".to_owned()),
        store_name: None,
        title: Some("Lampe d'été".to_owned()),
        placed_at: None,
        snapshot_json: "{}".to_owned(),
        alert: None,
        fetched_at: NOW,
        added_at: NOW.plus(number),
    }
}

async fn migrates_once(stage: Stage) {
    let first: SchemaChange = migrate_database(&stage.url).await.unwrap();
    assert_eq!(first.from, None);
    assert_eq!(first.steps.first().unwrap().0, 1);
    assert_eq!(first.steps.last().unwrap().0, first.to);
    let again = migrate_database(&stage.url).await.unwrap();
    assert_eq!((again.from, again.to), (Some(first.to), first.to));
    assert!(again.steps.is_empty());
    // Needs no keys and asks for none: the first start makes them.
    let needed = smartlinks_store::stored_key_fingerprint(&stage.url).await;
    assert_eq!(needed.unwrap(), None);
    stage.open().await.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_is_migrated_once() {
    on_sqlite(migrates_once).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql_is_migrated_once() {
    on_postgres(migrates_once).await;
}

/// Where the schema is brought up to date by somebody else (`smartlinks db migrate`), a server needs no right to make
/// tables. A role keeps no database from being dropped as long as its rights are in that database alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_role_that_may_make_no_tables_uses_those_that_are_there() {
    on_postgres(async |stage: Stage| {
        stage.open().await.close().await;
        let (role, mut raw) = (format!("plain_{}", random_hex()), stage.raw().await);
        raw.execute(format!("create role {role} login password 'made-up'"))
            .await;
        raw.execute("revoke create on schema public from public")
            .await;
        raw.execute(format!(
            "grant usage on schema public to {role}; \
             grant select, insert, update, delete on all tables in schema public to {role}"
        ))
        .await;
        let plain = Stage {
            url: stage.url_of(&role, "made-up"),
            ..stage.clone()
        };
        let opened = plain.try_open().await;
        let made = raw_error(&plain).await;
        raw.execute(format!("drop owned by {role}; drop role {role}"))
            .await;
        opened.unwrap().close().await;
        assert!(made, "the role may make tables after all");
    })
    .await;
}

/// Whether a step of the schema that is missing cannot be taken.
async fn raw_error(stage: &Stage) -> bool {
    let mut raw = stage.raw().await;
    raw.execute(
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .await;
    stage.try_open().await.is_err()
}
