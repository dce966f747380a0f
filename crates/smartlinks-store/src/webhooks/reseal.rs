//! Moving stored secrets to the active key, a few at a time and while everything runs.

use super::ENDPOINTS;
use super::endpoints::{FORMER, SECRET, open, seal};
use crate::StoreError;
use crate::seal::Sealer;
use crate::sql::{Session, values};

/// Seals up to `limit` endpoints anew whose secrets are sealed with another than the active key; gives how many
/// were looked at. A row that changed since it was read is left for the next round.
pub(crate) async fn reseal(
    session: &mut Session<'_>,
    sealer: &Sealer,
    limit: u32,
) -> Result<u32, StoreError> {
    const OTHERS: &str = "select id, secret, former_secret, secret_version from webhook_endpoints \
         where sealed_with <> $1 order by id limit $2";
    const UPDATE: &str = "update webhook_endpoints set secret = $3, former_secret = $4, sealed_with = $5 \
         where id = $1 and secret_version = $2";
    let active = sealer.ring().active_id();
    let rows = session.all(OTHERS, values![active, limit]).await?;
    for row in &rows {
        let fields = row.fields(ENDPOINTS, "id")?;
        let anew = |column| -> Result<Option<Vec<u8>>, StoreError> {
            let secret = open(sealer, column, &fields)?;
            secret
                .map(|secret| seal(sealer, column, fields.id(), &secret))
                .transpose()
        };
        let values = values![
            fields.id(),
            fields.int("secret_version")?,
            anew(SECRET)?,
            anew(FORMER)?,
            active,
        ];
        session.execute(UPDATE, values).await?;
    }
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}
