//! Reading the audit log: who did what, when, from where, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::{ActorKind, AuditEntry, AuditFilter, ConnectionId};
use utoipa::ToSchema;

use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::service::Core;

/// How many entries a page holds when nobody says.
const USUAL: u32 = 50;
/// The most that a page holds.
const MOST: u32 = 200;

/// Which entries are wanted. What is none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// This action only, such as `connection.disconnected`.
    pub action: Option<String>,
    /// About this connection only.
    pub connection: Option<String>,
    /// By this kind of actor only: `operator`, `api_key`, `command_line`, `merchant`, `system`, `anybody`.
    pub actor: Option<String>,
    /// At or after this moment only.
    pub since: Option<Timestamp>,
    /// Go on where a page ended: its `next`.
    pub after: Option<String>,
    /// How many, 1 to 200; 50 when left out.
    pub limit: Option<u32>,
}

/// Who acted, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditActor {
    /// `operator`, `api_key`, `command_line`, `merchant`, `system` or `anybody`.
    pub kind: String,
    /// The id of the operator, key or link.
    pub id: Option<String>,
    /// The name as it was then.
    pub name: Option<String>,
    /// The network address that the request came from.
    pub address: Option<String>,
}

/// One entry. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// Grows with every entry.
    pub id: i64,
    /// When. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Who, from where.
    pub actor: AuditActor,
    /// What was done, such as `connection.disconnected`.
    pub action: String,
    /// The connection it concerns.
    pub connection: Option<String>,
    /// What else it concerns, for example the id of a key.
    pub subject: Option<String>,
    /// `ok`, or the stable code of the failure.
    pub outcome: String,
    /// Further facts.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditView>,
    /// Pass it as `after` for the page that follows; null on the last one.
    pub next: Option<String>,
}

impl Core {
    /// A page of the audit log, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::Storage`].
    pub async fn audit_log(&self, query: &AuditQuery) -> Result<AuditPage> {
        let limit = query.limit.unwrap_or(USUAL).clamp(1, MOST);
        let before = query.after.as_deref().map(cursor).transpose()?;
        let filter = filter(query)?;
        // One more than asked tells whether there is a page that follows.
        let log = self.store().audit();
        let mut entries = log.page(&filter, before, limit + 1).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let next = entries.last().filter(|_| more);
        let next = next.map(|entry| entry.id.to_string());
        Ok(AuditPage {
            entries: entries.into_iter().map(view).collect(),
            next,
        })
    }
}

fn cursor(text: &str) -> Result<i64> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Error::invalid("after", "is not the `next` of a page"))
}

fn filter(query: &AuditQuery) -> Result<AuditFilter> {
    let given = |text: &Option<String>| {
        let text = text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let connection = given(&query.connection)
        .map(|id| id.parse::<ConnectionId>())
        .transpose()
        .map_err(|_| Error::invalid("connection", "is not the id of a connection"))?;
    let kinds = "operator, api_key, command_line, merchant, system and anybody";
    let actor = given(&query.actor)
        .map(|kind| kind.parse::<ActorKind>())
        .transpose()
        .map_err(|_| Error::invalid("actor", format!("is not known; {kinds} are")))?;
    let action = given(&query.action);
    if action.as_deref().is_some_and(crate::text::has_controls) {
        return Err(Error::invalid("action", "must not hold control characters"));
    }
    Ok(AuditFilter {
        action: action.map(|action| crate::text::shortened(&action, 80)),
        connection,
        actor,
        since: query.since.map(to_millis),
    })
}

fn view(entry: AuditEntry) -> AuditView {
    AuditView {
        id: entry.id,
        at: from_millis(entry.at),
        actor: AuditActor {
            kind: entry.actor.kind.as_str().to_owned(),
            id: entry.actor.id,
            name: entry.actor.name,
            address: entry.actor.address,
        },
        action: entry.action,
        connection: entry.connection.map(|id| id.to_string()),
        subject: entry.subject,
        outcome: entry.outcome,
        data: serde_json::from_str(&entry.data_json).unwrap_or(serde_json::Value::Null),
    }
}
