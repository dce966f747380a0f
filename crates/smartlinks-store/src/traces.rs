//! What a change leaves behind, in the same transaction as the change itself: events for whoever follows along, and
//! entries of the audit log. Either the change and its traces are durable, or none of it is.

use async_trait::async_trait;

use crate::events::NewEvent;
use crate::sql::{Session, Value, Write, values};
use crate::{
    EndedLogin, Inconsistency, Millis, NewAudit, StoreError, audit, events, login_attempts,
};

/// What one change leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// In the order in which they are to be told.
    pub events: Vec<NewEvent>,
    /// Who did it.
    pub audit: Vec<NewAudit>,
    /// The sign-in that it was for, and ends with it.
    pub login: Option<EndedLogin>,
}

impl Traces {
    /// No traces: for changes that nobody asks about.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            events: Vec::new(),
            audit: Vec::new(),
            login: None,
        }
    }

    /// And this event.
    #[must_use]
    pub fn event(mut self, event: NewEvent) -> Self {
        self.events.push(event);
        self
    }

    /// And this entry.
    #[must_use]
    pub fn audit(mut self, entry: NewAudit) -> Self {
        self.audit.push(entry);
        self
    }

    /// And the end of this sign-in.
    #[must_use]
    pub fn login(mut self, ended: EndedLogin) -> Self {
        self.login = Some(ended);
        self
    }

    /// Whether there is nothing to leave.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.audit.is_empty() && self.login.is_none()
    }
}

/// When a change happens, and what it leaves behind. A bare moment leaves nothing.
#[derive(Clone, Debug)]
pub struct Change {
    /// The moment of the change.
    pub now: Millis,
    /// Written in the same transaction, and only when the change took effect.
    pub traces: Traces,
}

impl From<Millis> for Change {
    fn from(now: Millis) -> Self {
        Self {
            now,
            traces: Traces::none(),
        }
    }
}

/// Writes the traces of a change. Run it last in a transaction: it takes the row locks of the counters, which all
/// others wait for until the commit.
pub(crate) async fn leave(session: &mut Session<'_>, traces: &Traces) -> Result<(), StoreError> {
    if let Some(ended) = &traces.login {
        login_attempts::end(session, ended).await?;
    }
    if !traces.events.is_empty() {
        events::write(session, &traces.events).await?;
    }
    if !traces.audit.is_empty() {
        audit::write(session, &traces.audit).await?;
    }
    Ok(())
}

/// Takes `count` numbers under a row lock that lasts until the commit, so that numbers become visible in their
/// order; gives the first. A sequence would not do: PostgreSQL may commit 6 before 5, and a reader that has seen 6
/// would never see 5.
pub(crate) async fn take_numbers(
    session: &mut Session<'_>,
    counter: &'static str,
    count: usize,
) -> Result<i64, StoreError> {
    const TAKE: &str =
        "update counters set value = value + $2 where name = $1 returning name, value";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let row = session.first(TAKE, values![counter, count]).await?;
    let row = row.ok_or_else(|| {
        StoreError::Corrupt(Inconsistency {
            table: "counters",
            column: "value",
            id: counter.to_owned(),
        })
    })?;
    Ok(row.fields("counters", "name")?.int("value")? - count + 1)
}

/// Puts all who change the same thing in a row: what is read after this stays so until the commit. On SQLite whoever
/// writes is alone already.
pub(crate) async fn take_turn(
    session: &mut Session<'_>,
    counter: &'static str,
) -> Result<(), StoreError> {
    if session.writes_alone() {
        return Ok(());
    }
    take_numbers(session, counter, 1).await.map(|_| ())
}

/// One statement with what it leaves behind when it changed anything; gives whether it did.
pub(crate) struct Traced {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value>,
    pub(crate) traces: Traces,
}

#[async_trait]
impl Write for Traced {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let changed = session.execute(self.sql, self.values.clone()).await? > 0;
        if changed {
            leave(session, &self.traces).await?;
        }
        Ok(changed)
    }
}
