//! Which keys the database needs. One value in `meta`: check values, the active one first.
//!
//! Whoever seals holds it with a shared lock until its transaction ends; whoever changes it takes it alone.

use async_trait::async_trait;

use super::sealed_tables::SEALED;
use crate::meta::{KEY_FINGERPRINT, SET};
use crate::seal::id_of;
use crate::sql::{Locking, Session, Write, locking, values};
use crate::{StoreError, Traces, traces};

const ALONE: Locking = locking!("for update": "select key, value from meta where key = $1");

async fn needed_alone(session: &mut Session<'_>) -> Result<String, StoreError> {
    let row = session
        .first_locked(&ALONE, values![KEY_FINGERPRINT])
        .await?
        .ok_or_else(|| session.overtaken())?;
    Ok(row.fields("meta", "key")?.text("value")?)
}

/// Puts a key first. Gives whether it was not.
pub(super) struct Activate {
    pub(super) check: String,
    pub(super) traces: Traces,
}

#[async_trait]
impl Write for Activate {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let needed = needed_alone(session).await?;
        if needed.split_whitespace().next() == Some(self.check.as_str()) {
            return Ok(false);
        }
        let others = needed
            .split_whitespace()
            .filter(|value| *value != self.check);
        let needed: Vec<&str> = std::iter::once(self.check.as_str()).chain(others).collect();
        session
            .execute(SET, values![KEY_FINGERPRINT, needed.join(" ")])
            .await?;
        traces::leave(session, &self.traces).await?;
        Ok(true)
    }
}

/// Takes a key out of what is needed, unless a row needs it. Gives whether it was needed.
pub(super) struct Retire {
    pub(super) id: String,
    pub(super) traces: Traces,
}

#[async_trait]
impl Write for Retire {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        // From here on nobody seals, and whoever did is seen by the counts below.
        let needed = needed_alone(session).await?;
        let mut values = needed.split_whitespace();
        if values.next().map(id_of) == Some(self.id.as_str()) {
            return Err(StoreError::KeyActive {
                key: self.id.clone(),
            });
        }
        for table in SEALED {
            let row = session
                .first(table.count_of, values![self.id.as_str()])
                .await?;
            if let Some(row) = row {
                let rows = row.fields(table.name, "sealed_with")?.int("sealed_rows")?;
                return Err(StoreError::KeyInUse {
                    key: self.id.clone(),
                    table: table.name,
                    rows,
                });
            }
        }
        if !values.any(|value| id_of(value) == self.id) {
            return Ok(false);
        }
        let rest: Vec<&str> = needed
            .split_whitespace()
            .filter(|value| id_of(value) != self.id)
            .collect();
        session
            .execute(SET, values![KEY_FINGERPRINT, rest.join(" ")])
            .await?;
        traces::leave(session, &self.traces).await?;
        Ok(true)
    }
}
