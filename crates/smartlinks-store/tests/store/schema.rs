//! Both folders of migrations make the same tables: columns, types, nullability, keys, references, indexes.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Raw, Stage, on_postgres};

/// A schema as a set of sentences that read the same for both databases.
type Picture = BTreeSet<String>;

/// Table, column, type, `needed` or `optional`, and position in the primary key.
const SQLITE_COLUMNS: &str = "select m.name || ' ' || c.name, \
     case lower(c.type) when 'integer' then 'bigint' when 'blob' then 'bytea' else lower(c.type) end, \
     case when c.\"notnull\" = 1 then 'needed' else 'optional' end, cast(c.pk as text) \
     from sqlite_schema m, pragma_table_info(m.name) c \
     where m.type = 'table' and m.name not like 'sqlite!_%' escape '!' and m.name <> '_sqlx_migrations'";
const POSTGRES_COLUMNS: &str = "select c.table_name || ' ' || c.column_name, c.data_type::text, \
     case when c.is_nullable = 'NO' then 'needed' else 'optional' end, \
     coalesce((select k.ordinal_position::text from information_schema.table_constraints t \
       join information_schema.key_column_usage k on k.constraint_name = t.constraint_name \
         and k.constraint_schema = t.constraint_schema \
       where t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema \
         and t.table_name = c.table_name and k.column_name = c.column_name), '0') \
     from information_schema.columns c where c.table_schema = 'public' and c.table_name <> '_sqlx_migrations'";

/// Table, index, `unique` or `plain`, `named` or `constraint`, condition after a bar, column.
const SQLITE_INDEXES: &str = "select m.name, l.name, case when l.\"unique\" = 1 then 'unique' else 'plain' end, \
     case l.origin when 'c' then 'named' else 'constraint' end, \
     coalesce((select case when instr(lower(s.sql), ' where ') > 0 \
       then substr(s.sql, instr(lower(s.sql), ' where ') + 7) else '' end \
       from sqlite_schema s where s.name = l.name), ''), coalesce(i.name, 'expression') \
     from sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) i \
     where m.type = 'table' and m.name <> '_sqlx_migrations' and l.origin <> 'pk' \
     order by m.name, l.name, i.seqno";
const POSTGRES_INDEXES: &str = "select t.relname::text, x.relname::text, \
     case when i.indisunique then 'unique' else 'plain' end, \
     case when c.oid is null then 'named' else 'constraint' end, \
     coalesce(pg_get_expr(i.indpred, i.indrelid), ''), case when i.indkey[k.n - 1] = 0 then 'expression' \
       else pg_get_indexdef(i.indexrelid, k.n::int, true) end \
     from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid \
     join pg_namespace n on n.oid = t.relnamespace \
     left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'u' \
     cross join lateral generate_series(1, i.indnkeyatts) k(n) \
     where n.nspname = 'public' and t.relname <> '_sqlx_migrations' and not i.indisprimary \
     order by t.relname, x.relname, k.n";

/// Table, column, table that it refers to.
const SQLITE_REFERENCES: &str = "select m.name, f.\"from\", f.\"table\" \
     from sqlite_schema m, pragma_foreign_key_list(m.name) f where m.type = 'table'";
const POSTGRES_REFERENCES: &str = "select f.relname::text, a.attname::text, t.relname::text from pg_constraint c \
     join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid \
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey) \
     join pg_namespace n on n.oid = f.relnamespace where c.contype = 'f' and n.nspname = 'public'";

async fn picture(raw: &mut Raw) -> Picture {
    let (columns, indexes, references) = match raw {
        Raw::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_INDEXES, SQLITE_REFERENCES),
        Raw::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_INDEXES, POSTGRES_REFERENCES),
    };
    let mut picture = Picture::new();
    for row in raw.rows(columns).await {
        picture.insert(format!("column {}", row.join(" ")));
    }
    let mut columns_of: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for mut row in raw.rows(indexes).await {
        let column = row.pop().unwrap().replace('"', "");
        // A constraint is named by the database, so its name says nothing.
        if row[3] == "constraint" {
            row[1] = "-".to_owned();
            row.push(column.clone());
        }
        row[4] = condition(&row[4]);
        columns_of.entry(row).or_default().push(column);
    }
    for (mut index, columns) in columns_of {
        index.truncate(5);
        picture.insert(format!(
            "index {} ({})",
            index.join(" "),
            columns.join(", ")
        ));
    }
    for row in raw.rows(references).await {
        picture.insert(format!("reference {}", row.join(" ")));
    }
    picture
}

/// The same condition is written with other brackets, casts and spaces.
fn condition(text: &str) -> String {
    let text = text
        .to_lowercase()
        .replace("::text", "")
        .replace(['(', ')'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn differences(one: &Picture, other: &Picture) -> Vec<String> {
    one.symmetric_difference(other).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_databases_have_the_same_schema() {
    on_postgres(async |postgres: Stage| {
        let sqlite = Stage::sqlite();
        let stores = [sqlite.open().await, postgres.open().await];
        let one = picture(&mut sqlite.raw().await).await;
        let other = picture(&mut postgres.raw().await).await;
        for kind in ["column ", "index ", "reference "] {
            let number = one.iter().filter(|line| line.starts_with(kind)).count();
            assert!(number >= 2, "{kind}: {one:#?}");
        }
        assert_eq!(differences(&one, &other), Vec::<String>::new());
        for store in stores {
            store.close().await;
        }
    })
    .await;
}

/// The comparison above would see each way in which two schemas drift apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn drift_between_the_schemas_is_noticed() {
    const DRIFTS: [(&str, usize); 8] = [
        ("alter table connections add column extra text", 1),
        ("alter table connections alter column label set not null", 2),
        (
            "alter table connections alter column generation type integer",
            2,
        ),
        ("drop index connections_due", 1),
        (
            "drop index connections_one_default; create unique index connections_one_default \
          on connections (is_default) where is_default = 0",
            2,
        ),
        (
            "drop index known_orders_page; create index known_orders_page on known_orders (order_id, added_at)",
            2,
        ),
        (
            "alter table connections drop constraint connections_account_user_id_key",
            1,
        ),
        (
            "alter table login_attempts drop constraint login_attempts_connection_id_fkey",
            1,
        ),
    ];
    on_postgres(async |postgres: Stage| {
        postgres.open().await.close().await;
        let mut raw = postgres.raw().await;
        let before = picture(&mut raw).await;
        for (drift, sentences) in DRIFTS {
            raw.execute("begin").await;
            raw.execute(drift).await;
            let found = differences(&before, &picture(&mut raw).await);
            assert_eq!(found.len(), sentences, "{drift}: {found:#?}");
            raw.execute("rollback").await;
        }
    })
    .await;
}
