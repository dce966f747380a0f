//! What a use case leaves behind: events, and entries of the audit log signed by whoever acts.

use serde_json::Value;
use smartlinks_store::{Change, ConnectionId, Millis, NewAudit, NewEvent, Traces, with_causes};

use crate::clock::to_millis;
use crate::error::Result;
use crate::events::EventKind;
use crate::service::Core;

/// The outcome of what went well.
pub(crate) const OK: &str = "ok";

impl Core {
    /// An event, to be stored with the change that it tells about.
    pub(crate) fn event(
        &self,
        kind: EventKind,
        connection: Option<&ConnectionId>,
        order: Option<&str>,
        data: &Value,
    ) -> NewEvent {
        NewEvent {
            kind: kind.as_str().to_owned(),
            connection: connection.cloned(),
            order: order.map(str::to_owned),
            data_json: data.to_string(),
            at: to_millis(self.now()),
        }
    }

    /// An entry of the audit log by whoever acts, to be stored with the change that it tells about.
    pub(crate) fn audit_entry(
        &self,
        action: &str,
        connection: Option<&ConnectionId>,
        subject: Option<&str>,
        outcome: &str,
        data: &Value,
    ) -> NewAudit {
        NewAudit {
            at: to_millis(self.now()),
            actor: self.actor().clone(),
            action: action.to_owned(),
            connection: connection.cloned(),
            subject: subject.map(str::to_owned),
            outcome: outcome.to_owned(),
            data_json: data.to_string(),
        }
    }

    /// A change of a connection at `now`, told by an event and by an audit entry of the same name.
    pub(crate) fn told(
        &self,
        now: Millis,
        kind: EventKind,
        connection: &ConnectionId,
        data: &Value,
    ) -> Change {
        self.told_with(now, kind, connection, OK, data)
    }

    /// The same with an outcome of its own, for what went wrong.
    pub(crate) fn told_with(
        &self,
        now: Millis,
        kind: EventKind,
        connection: &ConnectionId,
        outcome: &str,
        data: &Value,
    ) -> Change {
        let event = self.event(kind, Some(connection), None, data);
        let entry = self.audit_entry(kind.as_str(), Some(connection), None, outcome, data);
        Change {
            now,
            traces: Traces::none().event(event).audit(entry),
        }
    }

    /// Writes an audit entry of something that changes nothing else. Fails when it cannot be written: what must be
    /// audited must not happen unseen.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn audit(
        &self,
        action: &str,
        connection: Option<&ConnectionId>,
        subject: Option<&str>,
        outcome: &str,
        data: &Value,
    ) -> Result<()> {
        let entry = self.audit_entry(action, connection, subject, outcome, data);
        self.store()
            .events()
            .append(Traces::none().audit(entry))
            .await?;
        Ok(())
    }

    /// Lets the snapshot and whoever follows along know of a change that has just been made. A failure is only
    /// logged: the change is durable, and the next look catches up.
    pub(crate) async fn announce(&self) {
        if let Err(error) = self.catch_up().await {
            self.inner.changes.doubt();
            tracing::warn!(error = %with_causes(&error), "a change was stored and could not be read back yet");
        }
    }
}
