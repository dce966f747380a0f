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

#[async_trait]
impl AuditRepository for DatabaseStore {
    async fn page(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        const PAGE: &str = "select id, at, actor_kind, actor_id, actor_name, actor_address, action, \
             connection_id, subject, outcome, data_json from audit where id < $1 and at >= $2 \
             and ($3 = '' or action = $3) and ($4 = '' or connection_id = $4) \
             and ($5 = '' or actor_kind = $5) order by id desc limit $6";
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
        let rows = self.database.all(PAGE, values).await?;
        rows.iter().map(entry).collect()
    }

    async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from audit where at < $1";
        self.database.execute(PRUNE, values![before]).await
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
