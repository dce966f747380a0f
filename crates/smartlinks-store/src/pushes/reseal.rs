//! Moving the sealed bodies of messages to the active key, a few at a time.

use super::storage::{TABLE, body, place};
use crate::StoreError;
use crate::seal::Sealer;
use crate::sql::{Session, values};

/// Seals up to `limit` bodies anew that are sealed with another than the active key; gives how many there were.
pub(crate) async fn reseal(
    session: &mut Session<'_>,
    sealer: &Sealer,
    limit: u32,
) -> Result<u32, StoreError> {
    const OTHERS: &str = "select body_hash, body from pushes where sealed_with <> $1 \
         order by body_hash limit $2";
    // One that was worked on since it was read has no body any more.
    const UPDATE: &str = "update pushes set body = $2, sealed_with = $3 \
         where body_hash = $1 and body is not null";
    let active = sealer.ring().active_id();
    let rows = session.all(OTHERS, values![active, limit]).await?;
    for row in &rows {
        let fields = row.fields(TABLE, "body_hash")?;
        let opened = body(sealer, &fields)?;
        let sealed = sealer.seal(place(fields.id()), &opened)?;
        session
            .execute(UPDATE, values![fields.id(), sealed, active])
            .await?;
    }
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}
