//! What is to be refreshed next. Due work is a column read through an index, so a look costs what is due and
//! not what exists.

use super::{ConnectionId, TABLE};
use crate::sql::{Database, values};
use crate::{Millis, StoreError};

/// How many of the next deadlines are looked at for leases that run out.
const LOOK_AHEAD: u32 = 64;

pub(crate) async fn due(
    database: &Database,
    now: Millis,
    limit: u32,
) -> Result<Vec<ConnectionId>, StoreError> {
    const DUE: &str = "select id from connections where next_refresh_at <= $1 \
         and (refresh_lease_until is null or refresh_lease_until <= $1) \
         order by next_refresh_at limit $2";
    let rows = database.all(DUE, values![now, limit]).await?;
    rows.iter()
        .map(|row| Ok(row.fields(TABLE, "id")?.parsed("id")?))
        .collect()
}

pub(crate) async fn next(database: &Database) -> Result<Option<Millis>, StoreError> {
    const FREE: &str = "select id, next_refresh_at from connections \
         where next_refresh_at is not null and refresh_lease_until is null \
         order by next_refresh_at limit 1";
    const NEXT: &str = "select id, next_refresh_at, refresh_lease_until from connections \
         where next_refresh_at is not null order by next_refresh_at limit $1";
    // However many deadlines before it are under lease.
    let free = database.first(FREE, values![]).await?;
    let free = free.map(|row| row.fields(TABLE, "id")?.moment("next_refresh_at"));
    let mut earliest = free.transpose()?;
    for row in database.all(NEXT, values![LOOK_AHEAD]).await? {
        let fields = row.fields(TABLE, "id")?;
        let due = fields.moment("next_refresh_at")?;
        let free = fields
            .maybe_moment("refresh_lease_until")?
            .map_or(due, |lease| lease.max(due));
        earliest = Some(earliest.map_or(free, |earliest| earliest.min(free)));
    }
    Ok(earliest)
}
