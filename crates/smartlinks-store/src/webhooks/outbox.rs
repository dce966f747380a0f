//! From an event to the endpoints that are told of it, in the transaction that stores the event.

use super::EndpointId;
use super::records::padded;
use crate::sql::{Session, values};
use crate::{NewEvent, StoreError};

/// `$1` beginning of the message's id, `$2` number of the event, `$3` kind, `$4` moment, `$5` for which endpoints.
macro_rules! queue_for {
    ($endpoints:literal) => {
        concat!(
            "insert into webhook_deliveries (id, endpoint_id, event_id, kind, state, attempts, \
             queued_after, next_attempt_at, created_at) \
             select $1 || substr(id, 4), id, $2, $3, 'pending', 0, 0, $4, $4 from webhook_endpoints \
             where state = 'active' and ",
            $endpoints
        )
    };
}

/// Queues a stored event for every active endpoint that asked for its kind.
pub(crate) async fn queue(
    session: &mut Session<'_>,
    number: i64,
    event: &NewEvent,
) -> Result<(), StoreError> {
    const QUEUE: &str = queue_for!("(kinds = '*' or replace(kinds, $5, '') <> kinds)");
    let values = values![
        message_prefix(number, event),
        number,
        event.kind.as_str(),
        event.at,
        padded(&event.kind),
    ];
    session.execute(QUEUE, values).await.map(|_| ())
}

/// Queues a stored event for one endpoint; false when that is not active.
pub(crate) async fn queue_one(
    session: &mut Session<'_>,
    endpoint: &EndpointId,
    number: i64,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    const QUEUE: &str = queue_for!("id = $5");
    let values = values![
        message_prefix(number, event),
        number,
        event.kind.as_str(),
        event.at,
        endpoint.as_str(),
    ];
    Ok(session.execute(QUEUE, values).await? > 0)
}

/// The id that a message has at an endpoint.
pub(crate) fn message_id(endpoint: &EndpointId, number: i64, event: &NewEvent) -> String {
    let rest = endpoint.as_str().strip_prefix("wh_").unwrap_or_default();
    format!("{}{rest}", message_prefix(number, event))
}

/// The number alone would come again after the database was restored from a backup, and receivers that drop what
/// they have seen would drop another event; with its moment it does not.
fn message_prefix(number: i64, event: &NewEvent) -> String {
    format!("msg_{:x}-{number:x}-", event.at.0)
}
