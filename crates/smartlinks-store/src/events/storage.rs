//! The repository over a database.

use async_trait::async_trait;

use super::{Event, EventRepository, NewEvent};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::webhooks::outbox;
use crate::{Millis, StoreError};

const TABLE: &str = "events";

/// Stores an event that came with no other change.
struct Append {
    event: NewEvent,
}

#[async_trait]
impl Write for Append {
    type Output = i64;

    async fn run(&self, session: &mut Session<'_>) -> Result<i64, StoreError> {
        append(session, &self.event).await
    }
}

/// Stores an event and queues it for the webhooks that asked for its kind; gives its number.
pub(crate) async fn append(session: &mut Session<'_>, event: &NewEvent) -> Result<i64, StoreError> {
    let number = insert(session, event).await?;
    outbox::queue(session, number, event).await?;
    Ok(number)
}

/// Stores an event and gives its number, which is taken under a row lock that lasts until the commit, so that
/// numbers become visible in their order. A sequence would not do: PostgreSQL may commit 6 before 5, and a reader
/// that has seen 6 would never see 5.
pub(crate) async fn insert(session: &mut Session<'_>, event: &NewEvent) -> Result<i64, StoreError> {
    const NUMBER: &str =
        "update counters set value = value + 1 where name = 'events' returning name, value";
    const INSERT: &str = "insert into events (id, kind, connection_id, order_id, data_json, at) \
         values ($1, $2, $3, $4, $5, $6)";
    let row = session.first(NUMBER, values![]).await?;
    let id = row
        .ok_or_else(counter_missing)?
        .fields("counters", "name")?
        .int("value")?;
    let values = values![
        id,
        event.kind.as_str(),
        event.connection.as_ref(),
        event.order.clone(),
        event.data_json.as_str(),
        event.at,
    ];
    session.execute(INSERT, values).await?;
    Ok(id)
}

/// The event with a number, unless it was forgotten.
pub(crate) async fn numbered(
    session: &mut Session<'_>,
    number: i64,
) -> Result<Option<Event>, StoreError> {
    const NUMBERED: &str =
        "select id, kind, connection_id, order_id, data_json, at from events where id = $1";
    let row = session.first(NUMBERED, values![number]).await?;
    row.map(|row| event(&row)).transpose()
}

fn counter_missing() -> StoreError {
    StoreError::Corrupt(crate::Inconsistency {
        table: "counters",
        column: "value",
        id: TABLE.to_owned(),
    })
}

#[async_trait]
impl EventRepository for DatabaseStore {
    async fn append(&self, event: NewEvent) -> Result<i64, StoreError> {
        self.database.write(Append { event }).await
    }

    async fn latest(&self, limit: u32) -> Result<Vec<Event>, StoreError> {
        const LATEST: &str = "select id, kind, connection_id, order_id, data_json, at from events \
             order by id desc limit $1";
        events(&self.database.all(LATEST, values![limit]).await?)
    }

    async fn after(&self, id: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        const AFTER: &str = "select id, kind, connection_id, order_id, data_json, at from events \
             where id > $1 order by id limit $2";
        events(&self.database.all(AFTER, values![id, limit]).await?)
    }

    async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from events where at < $1";
        self.database.execute(PRUNE, values![before]).await
    }
}

fn events(rows: &[Row]) -> Result<Vec<Event>, StoreError> {
    rows.iter().map(event).collect()
}

fn event(row: &Row) -> Result<Event, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(Event {
        id: fields.int("id")?,
        kind: fields.text("kind")?,
        connection: fields.maybe_parsed("connection_id")?,
        order: fields.maybe_text("order_id")?,
        data_json: fields.text("data_json")?,
        at: fields.moment("at")?,
    })
}
