//! Reading token pairs.

use super::reading::{
    PRESENT, PREVIOUS, connection, connection_columns, open_pair, sealed_columns,
};
use super::{Connection, ConnectionId, PreviousPair, TABLE, TokenMaterial};
use crate::StoreError;
use crate::seal::Sealer;
use crate::sql::{Database, values};

/// `$1` id, `$2` generation of the pair that has served.
pub(crate) const SERVED: &str = "update connections set previous_access_token = null, \
     previous_refresh_token = null, previous_generation = null, previous_works_until = null \
     where id = $1 and generation = $2 and previous_access_token is not null";

pub(crate) async fn present(
    database: &Database,
    sealer: &Sealer,
    id: &ConnectionId,
) -> Result<Option<(Connection, TokenMaterial)>, StoreError> {
    const SELECT: &str = concat!(
        "select ",
        connection_columns!(),
        ", access_token, refresh_token from connections where id = $1 and access_token is not null"
    );
    let Some(row) = database.first(SELECT, values![id]).await? else {
        return Ok(None);
    };
    let material = open_pair(sealer, &row.fields(TABLE, "id")?, PRESENT)?;
    let connection = connection(&row)?;
    Ok(material.map(|material| (connection, material)))
}

pub(crate) async fn previous(
    database: &Database,
    sealer: &Sealer,
    id: &ConnectionId,
) -> Result<Option<PreviousPair>, StoreError> {
    const SELECT: &str = concat!(
        "select id, ",
        sealed_columns!(),
        " from connections where id = $1 and previous_access_token is not null"
    );
    let Some(row) = database.first(SELECT, values![id]).await? else {
        return Ok(None);
    };
    let fields = row.fields(TABLE, "id")?;
    let Some(material) = open_pair(sealer, &fields, PREVIOUS)? else {
        return Ok(None);
    };
    Ok(Some(PreviousPair {
        generation: fields.int("previous_generation")?,
        material,
        works_until: fields.maybe_moment("previous_works_until")?,
    }))
}
