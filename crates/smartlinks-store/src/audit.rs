//! Who did what, when, from where, and how it ended. Written once, never changed; holds no secrets.

mod storage;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::Serialize;

use crate::{ConnectionId, Millis, StoreError};

pub(crate) use storage::write;

/// What kind of somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person at our page.
    Operator,
    /// A program with an API key.
    ApiKey,
    /// Whoever ran a command on the machine itself.
    CommandLine,
    /// A merchant who followed a connect link.
    Merchant,
    /// The service by itself: refreshing, housekeeping, messages from AliExpress.
    System,
    /// Anybody who reached the open sandbox.
    Anybody,
}

impl ActorKind {
    const ALL: [Self; 6] = [
        Self::Operator,
        Self::ApiKey,
        Self::CommandLine,
        Self::Merchant,
        Self::System,
        Self::Anybody,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::ApiKey => "api_key",
            Self::CommandLine => "command_line",
            Self::Merchant => "merchant",
            Self::System => "system",
            Self::Anybody => "anybody",
        }
    }
}

impl FromStr for ActorKind {
    type Err = crate::connections::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(crate::connections::UnknownWord)
    }
}

impl fmt::Display for ActorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Who acted, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// What kind of somebody.
    pub kind: ActorKind,
    /// The id of the operator, key or link.
    pub id: Option<String>,
    /// The name as it was then.
    pub name: Option<String>,
    /// The network address that the request came from.
    pub address: Option<String>,
}

impl Actor {
    /// Somebody of a kind, without further facts.
    #[must_use]
    pub const fn of(kind: ActorKind) -> Self {
        Self {
            kind,
            id: None,
            name: None,
            address: None,
        }
    }
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct NewAudit {
    /// When.
    pub at: Millis,
    /// Who, from where.
    pub actor: Actor,
    /// What was done, a stable word such as `connection.disconnected`.
    pub action: String,
    /// The connection it concerns.
    pub connection: Option<ConnectionId>,
    /// What else it concerns, for example the id of a key.
    pub subject: Option<String>,
    /// `ok`, or the stable code of the failure.
    pub outcome: String,
    /// Details as JSON, without secrets and without customers' data.
    pub data_json: String,
}

/// An entry, with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Grows in the order of commits.
    pub id: i64,
    /// When.
    pub at: Millis,
    /// Who, from where.
    pub actor: Actor,
    /// What was done.
    pub action: String,
    /// The connection it concerns.
    pub connection: Option<ConnectionId>,
    /// What else it concerns.
    pub subject: Option<String>,
    /// `ok`, or the stable code of the failure.
    pub outcome: String,
    /// Details as JSON.
    pub data_json: String,
}

/// Which entries are wanted. What is none does not restrict.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// This action only.
    pub action: Option<String>,
    /// About this connection only.
    pub connection: Option<ConnectionId>,
    /// By this kind of actor only.
    pub actor: Option<ActorKind>,
    /// At or after this moment only.
    pub since: Option<Millis>,
}

/// The audit log: append-only, but for what its retention removes.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait AuditRepository: Send + Sync {
    /// Up to `limit` entries with a number below `before` (none: from the end), newest first.
    async fn page(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// Deletes what happened before `before`; gives how many.
    async fn prune(&self, before: Millis) -> Result<u64, StoreError>;
}
