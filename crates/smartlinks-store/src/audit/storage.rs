//! The repository over a database.

use async_trait::async_trait;

use super::{Actor, ActorKind, AuditEntry, AuditFilter, AuditRepository, NewAudit};
use crate::sql::{Row, Session, values};
use crate::store::DatabaseStore;
use crate::traces::take_numbers;
use crate::{Millis, StoreError};

const TABLE: &str = "audit";

/// Writes entries inside the transaction of what they tell about.
pub(crate) async fn write(
    session: &mut Session<'_>,
    entries: &[NewAudit],
) -> Result<(), StoreError> {
    const INSERT: &str = "insert into audit (id, at, actor_kind, actor_id, actor_name, actor_address, \
         action, connection_id, subject, outcome, data_json) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let first = take_numbers(session, TABLE, entries.len()).await?;
    for (id, entry) in (first..).zip(entries) {
        let values = values![
            id,
            entry.at,
            entry.actor.kind.as_str(),
            entry.actor.id.as_deref(),
            entry.actor.name.as_deref(),
            entry.actor.address.as_deref(),
            entry.action.as_str(),
            entry.connection.as_ref(),
            entry.subject.as_deref(),
            entry.outcome.as_str(),
            entry.data_json.as_str(),
        ];
        session.execute(INSERT, values).await?;
    }
    Ok(())
}

/// A page of entries. A condition is there or is not: one that is switched off by a parameter keeps a database from
/// using the index of the others. `$3` action, `$4` connection.
macro_rules! page {
    ($action:literal, $connection:literal) => {
        concat!(
            "select id, at, actor_kind, actor_id, actor_name, actor_address, action, connection_id, \
             subject, outcome, data_json from audit where id < $1 and at >= $2 and ",
            $action,
            " and ",
            $connection,
            " and ($5 = '' or actor_kind = $5) order by id desc limit $6"
        )
    };
}

const fn page_sql(filter: &AuditFilter) -> &'static str {
    match (filter.action.is_some(), filter.connection.is_some()) {
        (false, false) => page!("$3 = ''", "$4 = ''"),
        (true, false) => page!("action = $3", "$4 = ''"),
        (false, true) => page!("$3 = ''", "connection_id = $4"),
        (true, true) => page!("action = $3", "connection_id = $4"),
    }
}

#[async_trait]
impl AuditRepository for DatabaseStore {
    async fn page(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let values = values![
            before.unwrap_or(i64::MAX),
            filter.since.unwrap_or(Millis(i64::MIN)),
            filter.action.as_deref().unwrap_or_default(),
            filter
                .connection
                .as_ref()
                .map_or("", crate::ConnectionId::as_str),
            filter.actor.map_or("", ActorKind::as_str),
            limit,
        ];
        let rows = self.database.all(page_sql(filter), values).await?;
        rows.iter().map(entry).collect()
    }

    async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from audit where id in \
             (select id from audit where at < $1 order by at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(AuditEntry {
        id: fields.int("id")?,
        at: fields.moment("at")?,
        actor: Actor {
            kind: fields.parsed("actor_kind")?,
            id: fields.maybe_text("actor_id")?,
            name: fields.maybe_text("actor_name")?,
            address: fields.maybe_text("actor_address")?,
        },
        action: fields.text("action")?,
        connection: fields.maybe_parsed("connection_id")?,
        subject: fields.maybe_text("subject")?,
        outcome: fields.text("outcome")?,
        data_json: fields.text("data_json")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Database, Kind, Sqlite, SqliteSettings};

    #[tokio::test]
    async fn a_filter_uses_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings {
            path: folder.path().join("smartlinks.db"),
            readers: 1,
            max_pages: None,
        };
        let database = Database::new(Kind::Sqlite(Sqlite::open(settings).await.unwrap()), None);
        let id = "conn_00000000-0000-7000-8000-000000000000".parse().unwrap();
        let by_action = AuditFilter {
            action: Some("token.vended".to_owned()),
            ..AuditFilter::default()
        };
        let by_connection = AuditFilter {
            connection: Some(id),
            ..AuditFilter::default()
        };
        let by_both = AuditFilter {
            action: by_action.action.clone(),
            ..by_connection.clone()
        };
        for (filter, index) in [
            (AuditFilter::default(), "PRIMARY KEY"),
            (by_action, "audit_action"),
            (by_connection, "audit_connection"),
            (by_both, "audit_"),
        ] {
            let sql = format!("explain query plan {}", page_sql(&filter));
            let values = values![i64::MAX, 0_i64, "", "", "", 10_i64];
            let plan = database.all(sql.leak(), values).await.unwrap();
            let steps: Vec<_> = plan.iter().map(|row| row.text_at(3).unwrap()).collect();
            let [Some(step)] = steps.as_slice() else {
                panic!("{filter:?}: {steps:?}");
            };
            assert!(step.contains(index), "{filter:?}: {step}");
        }
        database.close().await;
    }
}
