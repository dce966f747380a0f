//! Moving stored pairs to the active key, a few at a time and while everything runs.

use std::sync::Arc;

use async_trait::async_trait;

use super::TABLE;
use super::reading::{PRESENT, PREVIOUS, open_pair, seal_some, sealed_columns};
use crate::StoreError;
use crate::meta::KEY_FINGERPRINT;
use crate::seal::Sealer;
use crate::sql::{Session, Write, values};
use crate::webhooks;

pub(crate) struct Reseal {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) limit: u32,
}

#[async_trait]
impl Write for Reseal {
    type Output = u32;

    async fn run(&self, session: &mut Session<'_>) -> Result<u32, StoreError> {
        const OTHERS: &str = concat!(
            "select id, generation, ",
            sealed_columns!(),
            " from connections where sealed_with <> $1 order by id limit $2"
        );
        // A row that changed since it was read is left for the next round.
        const UPDATE: &str = "update connections set access_token = $2, refresh_token = $3, \
             previous_access_token = $4, previous_refresh_token = $5, sealed_with = $6 \
             where id = $1 and generation = $7 and coalesce(previous_generation, 0) = $8 \
             and access_token is not null";
        const SETTLE: &str = "update meta set value = $2 where key = $1";
        let active = self.sealer.ring().active_id();
        let rows = session.all(OTHERS, values![active, self.limit]).await?;
        // Every other table that holds sealed values has its turn here, and its rows count.
        let done = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let elsewhere = webhooks::reseal::reseal(session, &self.sealer, self.limit - done).await?;
        if rows.is_empty() && elsewhere == 0 && self.limit > 0 {
            let fingerprint = self.sealer.ring().fingerprint();
            session
                .execute(SETTLE, values![KEY_FINGERPRINT, fingerprint])
                .await?;
        }
        for row in &rows {
            let fields = row.fields(TABLE, "id")?;
            let id = fields.id();
            let present = open_pair(&self.sealer, &fields, PRESENT)?;
            let previous = open_pair(&self.sealer, &fields, PREVIOUS)?;
            let present = seal_some(&self.sealer, id, PRESENT, present.as_ref())?;
            let previous = seal_some(&self.sealer, id, PREVIOUS, previous.as_ref())?;
            let values = values![
                id,
                present.access,
                present.refresh,
                previous.access,
                previous.refresh,
                active,
                fields.int("generation")?,
                fields.maybe_int("previous_generation")?.unwrap_or(0),
            ];
            session.execute(UPDATE, values).await?;
        }
        Ok(done + elsewhere)
    }
}
