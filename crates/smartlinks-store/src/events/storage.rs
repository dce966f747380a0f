//! The repository over a database.

use async_trait::async_trait;

use super::{Event, EventRepository, NewEvent};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::traces::{Traces, leave, take_numbers};
use crate::webhooks::outbox;
use crate::{Millis, StoreError};

const TABLE: &str = "events";

/// Writes events inside the transaction of what they tell about, and queues them for the webhooks that asked for
/// their kind.
pub(crate) async fn write(
    session: &mut Session<'_>,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    let first = take_numbers(session, TABLE, events.len()).await?;
    for (number, event) in (first..).zip(events) {
        insert(session, number, event).await?;
        outbox::queue(session, number, event).await?;
    }
    Ok(())
}

/// Writes one event, which is queued for nobody; gives its number.
pub(crate) async fn write_untold(
    session: &mut Session<'_>,
    event: &NewEvent,
) -> Result<i64, StoreError> {
    let number = take_numbers(session, TABLE, 1).await?;
    insert(session, number, event).await?;
    Ok(number)
}

async fn insert(
    session: &mut Session<'_>,
    number: i64,
    event: &NewEvent,
) -> Result<(), StoreError> {
    const INSERT: &str = "insert into events (id, kind, connection_id, order_id, data_json, at) \
         values ($1, $2, $3, $4, $5, $6)";
    let values = values![
        number,
        event.kind.as_str(),
        event.connection.as_ref(),
        event.order.as_deref(),
        event.data_json.as_str(),
        event.at,
    ];
    session.execute(INSERT, values).await.map(|_| ())
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

/// Traces of no other change.
struct Append {
    traces: Traces,
}

#[async_trait]
impl Write for Append {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        leave(session, &self.traces).await
    }
}

#[async_trait]
impl EventRepository for DatabaseStore {
    async fn append(&self, traces: Traces) -> Result<(), StoreError> {
        self.database.write(Append { traces }).await
    }

    async fn latest_number(&self) -> Result<i64, StoreError> {
        const NUMBER: &str = "select name, value from counters where name = 'events'";
        let row = self.database.first(NUMBER, values![]).await?;
        row.map_or(Ok(0), |row| {
            Ok(row.fields("counters", "name")?.int("value")?)
        })
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
        const PRUNE: &str = "delete from events where id in (select id from events where at < $1 \
             and id < (select max(id) from events) order by at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
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
