//! The journal over a database.

use async_trait::async_trait;

use super::{AttemptOutcome, RefreshAttempt, RefreshJournal, Spends};
use crate::sql::{Row, Session, values};
use crate::store::DatabaseStore;
use crate::{ConnectionId, Millis, StoreError};

const TABLE: &str = "refresh_journal";

/// An attempt that begins. Run in the transaction of the claim, whose row lock on the connection puts the attempts of
/// one connection in a row.
pub(crate) struct Begin<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) generation: i64,
    pub(crate) spends: Spends,
    pub(crate) owner: &'a str,
    pub(crate) now: Millis,
}

impl Begin<'_> {
    pub(crate) async fn note(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        // Whoever left one open held the lease that has just been taken over.
        const INTERRUPTED: &str = "update refresh_journal set outcome = 'interrupted', ended_at = $2 \
             where connection_id = $1 and outcome = 'pending'";
        const INSERT: &str = "insert into refresh_journal \
             (connection_id, number, generation, spends, owner, begun_at, outcome) \
             select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 'pending' \
             from refresh_journal where connection_id = $1";
        session
            .execute(INTERRUPTED, values![self.connection, self.now])
            .await?;
        let values = values![
            self.connection,
            self.generation,
            self.spends.as_str(),
            self.owner,
            self.now,
        ];
        session.execute(INSERT, values).await?;
        Ok(())
    }
}

/// The end of the attempts that `owner` has made at a generation. One that was taken for dead and comes back is
/// corrected: what became of it is known now.
pub(crate) struct End<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) generation: i64,
    pub(crate) owner: &'a str,
    pub(crate) outcome: AttemptOutcome,
    pub(crate) code: Option<&'a str>,
    pub(crate) now: Millis,
}

impl End<'_> {
    /// Gives which pair was spent; none when the attempt is not in the journal.
    pub(crate) async fn note(
        &self,
        session: &mut Session<'_>,
    ) -> Result<Option<Spends>, StoreError> {
        const END: &str = "update refresh_journal set outcome = $4, code = $5, ended_at = $6 \
             where connection_id = $1 and generation = $2 and owner = $3 \
             and (outcome = 'pending' or (outcome = 'interrupted' and number = \
             (select max(number) from refresh_journal \
             where connection_id = $1 and generation = $2 and owner = $3))) \
             returning connection_id, spends";
        let values = values![
            self.connection,
            self.generation,
            self.owner,
            self.outcome.as_str(),
            self.code,
            self.now,
        ];
        let row = session.first(END, values).await?;
        row.map(|row| Ok(row.fields(TABLE, "connection_id")?.parsed("spends")?))
            .transpose()
    }
}

/// Ends what is still pending: the connection has moved on without it.
pub(crate) async fn overtake(
    session: &mut Session<'_>,
    connection: &ConnectionId,
    now: Millis,
) -> Result<(), StoreError> {
    const OVERTAKEN: &str = "update refresh_journal set outcome = 'overtaken', ended_at = $2 \
         where connection_id = $1 and outcome = 'pending'";
    session
        .execute(OVERTAKEN, values![connection, now])
        .await
        .map(|_| ())
}

#[async_trait]
impl RefreshJournal for DatabaseStore {
    async fn attempts(
        &self,
        connection: &ConnectionId,
        limit: u32,
    ) -> Result<Vec<RefreshAttempt>, StoreError> {
        const LATEST: &str = "select connection_id, number, generation, spends, owner, begun_at, outcome, \
             code, ended_at from refresh_journal where connection_id = $1 order by number desc limit $2";
        let rows = self
            .database
            .all(LATEST, values![connection, limit])
            .await?;
        rows.iter().map(attempt).collect()
    }

    async fn prune_attempts(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from refresh_journal where (connection_id, number) in \
             (select connection_id, number from refresh_journal where ended_at < $1 \
             order by ended_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

fn attempt(row: &Row) -> Result<RefreshAttempt, StoreError> {
    let fields = row.fields(TABLE, "connection_id")?;
    Ok(RefreshAttempt {
        connection: fields.parsed("connection_id")?,
        number: fields.int("number")?,
        generation: fields.int("generation")?,
        spends: fields.parsed("spends")?,
        owner: fields.text("owner")?,
        begun_at: fields.moment("begun_at")?,
        outcome: fields.parsed("outcome")?,
        code: fields.maybe_text("code")?,
        ended_at: fields.maybe_moment("ended_at")?,
    })
}
