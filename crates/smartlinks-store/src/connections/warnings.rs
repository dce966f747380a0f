//! Warnings before a sign-in deadline: the moment of the next one is a column read through an index, and each is
//! told in the transaction that moves it on, so that of several instances one tells it.

use async_trait::async_trait;

use super::reading::{connection, connection_columns};
use super::{Connection, ConnectionId, TABLE};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::{Millis, NewEvent, StoreError, events};

/// A connection whose sign-in deadline is to be looked at.
#[derive(Clone, Debug)]
pub struct DueWarning {
    /// The connection.
    pub connection: Connection,
    /// The moment that has come; what [`settle_warning`](WarningRepository::settle_warning) compares.
    pub due: Millis,
    /// The step that was last told in this sign-in window: days before the deadline, 0 for past it.
    pub warned_step: Option<i64>,
}

/// What becomes of a due warning.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The step that is told now, with its event; none to move the moment only.
    pub told: Option<(i64, NewEvent)>,
    /// Only when nobody is refreshing the connection and it is not known to need a new sign-in: whoever finds that
    /// out tells it.
    pub unless_settled_elsewhere: bool,
    /// When to look again; none for never.
    pub next: Option<Millis>,
}

/// The warnings before sign-in deadlines.
///
/// A moment is set to the present by connecting, reconnecting, and a refresh that moves the deadline; whoever looks
/// finds out what is to be told.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait WarningRepository: Send + Sync {
    /// Up to `limit` connections whose moment has come, the longest overdue first.
    async fn due_warnings(&self, now: Millis, limit: u32) -> Result<Vec<DueWarning>, StoreError>;

    /// The next moment of any connection.
    async fn next_warning_due(&self) -> Result<Option<Millis>, StoreError>;

    /// Tells a warning and moves the moment on, in one transaction. False when another has done it, the account has
    /// signed in meanwhile, or the condition of [`Settled::unless_settled_elsewhere`] does not hold: then nothing
    /// was changed.
    async fn settle_warning(
        &self,
        warning: &DueWarning,
        settled: Settled,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// The step that was last told in the present sign-in window of a connection.
    async fn warned_step(&self, id: &ConnectionId) -> Result<Option<i64>, StoreError>;
}

#[async_trait]
impl WarningRepository for DatabaseStore {
    async fn due_warnings(&self, now: Millis, limit: u32) -> Result<Vec<DueWarning>, StoreError> {
        const DUE: &str = concat!(
            "select ",
            connection_columns!(),
            ", next_warning_at, warned_step from connections \
             where next_warning_at <= $1 order by next_warning_at limit $2"
        );
        let mut due = Vec::new();
        for row in self.database.all(DUE, values![now, limit]).await? {
            match due_warning(&row) {
                Ok(warning) => due.push(warning),
                Err(error) => self.postpone(&row, error, now).await?,
            }
        }
        Ok(due)
    }

    async fn next_warning_due(&self) -> Result<Option<Millis>, StoreError> {
        const NEXT: &str = "select id, next_warning_at from connections \
             where next_warning_at is not null order by next_warning_at limit 1";
        let row = self.database.first(NEXT, values![]).await?;
        row.map(|row| Ok(row.fields(TABLE, "id")?.moment("next_warning_at")?))
            .transpose()
    }

    async fn settle_warning(
        &self,
        warning: &DueWarning,
        settled: Settled,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let settle = Settle {
            warning: warning.clone(),
            settled,
            now,
        };
        self.database.write(settle).await
    }

    async fn warned_step(&self, id: &ConnectionId) -> Result<Option<i64>, StoreError> {
        const STEP: &str = "select id, warned_step from connections where id = $1";
        match self.database.first(STEP, values![id]).await? {
            Some(row) => Ok(row.fields(TABLE, "id")?.maybe_int("warned_step")?),
            None => Ok(None),
        }
    }
}

fn due_warning(row: &Row) -> Result<DueWarning, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(DueWarning {
        connection: connection(row)?,
        due: fields.moment("next_warning_at")?,
        warned_step: fields.maybe_int("warned_step")?,
    })
}

impl DatabaseStore {
    /// A connection that cannot be read is looked at again in an hour: it must not stand before the others for ever.
    async fn postpone(&self, row: &Row, error: StoreError, now: Millis) -> Result<(), StoreError> {
        const POSTPONE: &str =
            "update connections set next_warning_at = $2 where id = $1 and next_warning_at <= $3";
        tracing::error!(%error, "a connection cannot be read, so nobody is warned of its deadline");
        let id = row.fields(TABLE, "id")?.text("id")?;
        let values = values![id, now.plus(3_600_000), now];
        self.database.execute(POSTPONE, values).await.map(|_| ())
    }
}

struct Settle {
    warning: DueWarning,
    settled: Settled,
    now: Millis,
}

#[async_trait]
impl Write for Settle {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const SETTLE: &str = "update connections set next_warning_at = $4, \
             warned_step = coalesce($5, warned_step) \
             where id = $1 and next_warning_at = $2 and signed_in_at = $3 and state <> 'disconnected' \
             and ($6 = 0 or (state <> 'reauthorization_required' \
             and (refresh_lease_until is null or refresh_lease_until <= $7)))";
        let record = &self.warning.connection;
        let values = values![
            &record.id,
            self.warning.due,
            record.signed_in_at,
            self.settled.next,
            self.settled.told.as_ref().map(|(step, _)| *step),
            i64::from(self.settled.unless_settled_elsewhere),
            self.now,
        ];
        if session.execute(SETTLE, values).await? == 0 {
            return Ok(false);
        }
        if let Some((_, event)) = &self.settled.told {
            events::write(session, std::slice::from_ref(event)).await?;
        }
        Ok(true)
    }
}
