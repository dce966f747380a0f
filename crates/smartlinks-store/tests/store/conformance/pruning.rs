use smartlinks_store::Store;

use crate::support::*;

/// Rows of each kind: enough for more than two parts.
const ROWS: u64 = 4500;

/// How a row of a table is made from a number. All are past their time an hour from now.
const TABLES: [(&str, &str); 11] = [
    (
        "login_attempts (state_hash, binding, created_at, expires_at)",
        "cast(i as text), 'headless', 1, 2",
    ),
    (
        "oidc_attempts (state_hash, browser_hash, created_at, expires_at)",
        "cast(i as text), '', 1, 2",
    ),
    (
        "connect_links (id, token_hash, created_by, created_at, expires_at)",
        "cast(i as text), cast(i as text), '', 1, 2",
    ),
    (
        "sign_in_links (token_hash, purpose, created_at, expires_at)",
        "cast(i as text), 'first_start', 1, 2",
    ),
    (
        "sessions (id_hash, operator_id, created_at, last_seen_at, expires_at)",
        "cast(i as text), 'op', 1, 2 + i % 2 * 1900000000000, 1900000000002 - i % 2 * 1900000000000",
    ),
    (
        "api_keys (id, prefix, secret_hash, name, scopes, created_by_kind, created_at, expires_at)",
        "cast(i as text), cast(i as text), '', '', '', '', 1, 2",
    ),
    (
        "pushes (id, state, received_at, attempts)",
        "cast(i as text), 'done', 1, 1",
    ),
    (
        "gateway_calls (app_key, begins_at, method, outcome, calls)",
        "'1', 1 + i / 9, cast(i as text), 'ok', 1",
    ),
    (
        "webhook_deliveries (id, endpoint_id, event_id, kind, state, attempts, queued_after, created_at, finished_at)",
        "cast(i as text), 'we', 1, '', 'delivered', 1, 0, 1, 2",
    ),
    ("events (id, kind, data_json, at)", "i, '', '{}', 1"),
    (
        "audit (id, at, actor_kind, action, outcome, data_json)",
        "i, 1, '', '', '', '{}'",
    ),
];

async fn prune(store: &dyn Store, table: &str) -> u64 {
    let before = NOW.plus(HOUR);
    let gone = match table {
        "login_attempts" => store.login_attempts().prune(before).await,
        "oidc_attempts" => store.prune_oidc_attempts(before).await,
        "connect_links" => store.prune_links(before).await,
        "sign_in_links" => store.prune_sign_in_links(before).await,
        "sessions" => store.prune_sessions(before, before).await,
        "api_keys" => store.prune_keys(before).await,
        "pushes" => store.prune_pushes(before).await,
        "gateway_calls" => store.prune_calls(before).await,
        "webhook_deliveries" => store.prune_deliveries(before).await,
        "events" => store.events().prune(before).await,
        "audit" => store.audit().prune(before).await,
        other => panic!("{other}"),
    };
    gone.unwrap()
}

/// However much has gathered, no statement takes so much at once that it is ended half way, each hour anew, or holds up
/// all who write.
pub(crate) async fn old_rows_go_in_parts_of_every_table(stage: Stage) {
    let store = stage.open().await;
    let mut raw = stage.raw().await;
    raw.execute("insert into operators (id, name, name_key, created_at) values ('op', '', '', 1)")
        .await;
    let endpoint = "insert into webhook_endpoints (id, url, kinds, secret, sealed_with, secret_version, state, \
         created_at, updated_at) values ('we', '', '*', $1, '', 1, 'active', 1, 1)";
    raw.put_bytes(endpoint, vec![1]).await;
    for (into, values) in TABLES {
        // The latest event stays, whatever its age: numbers go on from there.
        let rows = ROWS + u64::from(into.starts_with("events"));
        raw.execute(format!(
            "insert into {into} with recursive n (i) as (select 1 union all select i + 1 from n where i < {rows}) \
             select {values} from n"
        ))
        .await;
    }
    count_parts(&mut raw).await;
    for (into, _) in TABLES {
        let table = into.split(' ').next().unwrap();
        assert_eq!(prune(&*store, table).await, ROWS, "{table}");
        let left = raw.lines(format!("select 'x' from {table}")).await;
        assert_eq!(left.len(), usize::from(table == "events"), "{table}");
    }
    if matches!(raw, Raw::Postgres(_)) {
        let parts = raw
            .lines("select most::text from parts where most > 2000 union all select 'in all ' || count(*) from parts")
            .await;
        assert_eq!(parts, ["in all 33"]);
    }
}

/// Notes how many rows each deletion takes. Only PostgreSQL can.
async fn count_parts(raw: &mut Raw) {
    if matches!(raw, Raw::Sqlite(_)) {
        return;
    }
    raw.execute(
        "create table parts (most bigint); \
         create function note_part() returns trigger language plpgsql as \
         $$ begin insert into parts select count(*) from gone; return null; end $$",
    )
    .await;
    for (into, _) in TABLES {
        let table = into.split(' ').next().unwrap();
        raw.execute(format!(
            "create trigger note_part after delete on {table} \
             referencing old table as gone for each statement execute function note_part()"
        ))
        .await;
    }
}
