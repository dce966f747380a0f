//! Moving sealed rows to the active key, a few at a time and while everything runs.

use std::sync::Arc;

use async_trait::async_trait;

use super::Position;
use super::records::Reencrypted;
use super::sealed_tables::{SEALED, SealedTable};
use crate::StoreError;
use crate::seal::{Place, SealError, Sealer, Sealing};
use crate::sql::{Fields, Session, Write, values};

/// One step through one table.
pub(super) struct Step {
    pub(super) sealer: Arc<Sealer>,
    pub(super) from: Position,
    pub(super) limit: u32,
}

#[async_trait]
impl Write for Step {
    type Output = Reencrypted;

    async fn run(&self, session: &mut Session<'_>) -> Result<Reencrypted, StoreError> {
        let mut step = Reencrypted {
            rows: 0,
            unreadable: Vec::new(),
            next: None,
        };
        let Some(table) = SEALED.get(self.from.table) else {
            return Ok(step);
        };
        let sealing = self.sealer.sealing(session).await?;
        let values = values![sealing.key_id(), self.from.after.as_str(), self.limit];
        let rows = session.all_locked(&table.others, values).await?;
        let mut last = None;
        for row in &rows {
            let fields = row.fields(table.name, "id")?;
            match self.sealed_anew(&sealing, table, &fields) {
                Ok(blobs) => {
                    put(session, table, fields.id(), &sealing, blobs).await?;
                    step.rows += 1;
                }
                Err(StoreError::Seal(error @ SealError::TooLarge)) => return Err(error.into()),
                Err(StoreError::Seal(error)) => step.unreadable.push(error.to_string()),
                Err(other) => return Err(other),
            }
            last = Some(fields.id().to_owned());
        }
        step.next = Some(match last {
            Some(after) => Position {
                table: self.from.table,
                after,
            },
            None => Position {
                table: self.from.table + 1,
                after: String::new(),
            },
        })
        .filter(|next| next.table < SEALED.len());
        Ok(step)
    }
}

impl Step {
    /// The sealed columns of a row under the active key; none where there is no value.
    fn sealed_anew(
        &self,
        sealing: &Sealing,
        table: &SealedTable,
        fields: &Fields<'_>,
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        table
            .columns
            .iter()
            .map(|column| {
                let place = Place {
                    table: table.name,
                    column: column.name,
                    row: fields.id(),
                };
                let Some(blob) = fields.maybe_blob(column.name)? else {
                    return Ok(None);
                };
                let secret = self.sealer.open(place, &blob)?;
                sealing.seal(place, &secret).map(Some)
            })
            .collect()
    }
}

/// The row is locked, so that what was read is what is replaced.
async fn put(
    session: &mut Session<'_>,
    table: &SealedTable,
    id: &str,
    sealing: &Sealing,
    blobs: Vec<Option<Vec<u8>>>,
) -> Result<(), StoreError> {
    for (column, blob) in table.columns.iter().zip(blobs) {
        if let Some(blob) = blob {
            session.execute(column.put, values![id, blob]).await?;
        }
    }
    session
        .execute(table.mark, values![id, sealing.key_id()])
        .await?;
    Ok(())
}
