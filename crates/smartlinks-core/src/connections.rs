//! Connections as a person or a program sees them: the two clocks and what they mean today.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{
    AuditFilter, Connection, ConnectionId, Millis, ReauthorizationReason, StoredState,
};
use utoipa::ToSchema;

use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::snapshot::Listed;

pub(crate) const DAY: i64 = 86_400_000;
/// The audit entry of handing out an access token.
const TOKEN_VENDED: &str = "token.vended";
/// Days before the sign-in deadline at which a connection counts as expiring.
const WARNING_LADDER_DAYS: [i64; 4] = [14, 7, 3, 1];

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Works and is renewed.
    Active,
    /// Works, but a person has to sign in again soon.
    Expiring,
    /// The last refreshes failed for a passing reason.
    Degraded,
    /// A person has to authorise the account again.
    ReauthorizationRequired,
    /// Ended on purpose; the tokens are deleted.
    Disconnected,
}

impl ConnectionState {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expiring => "expiring",
            Self::Degraded => "degraded",
            Self::ReauthorizationRequired => "reauthorization_required",
            Self::Disconnected => "disconnected",
        }
    }
}

/// The AliExpress account behind a connection. The e-mail address is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// AliExpress's number of the account, digits.
    pub user_id: String,
    /// The name the account shows, when the gateway said it.
    pub nick: Option<String>,
    /// `buyerApp` for a dropshipper, `seller_center` for a seller.
    pub platform: Option<String>,
}

/// One connection with its two clocks. Never holds a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionView {
    /// `conn_…`; survives reconnecting.
    pub id: String,
    /// The operator's own name for it.
    pub label: Option<String>,
    /// Whose it is.
    pub account: AccountView,
    /// How it stands now.
    pub state: ConnectionState,
    /// Why, where the state needs a reason.
    pub reason: Option<String>,
    /// Counts the token pairs of this connection.
    pub generation: i64,
    /// Until when the access token works; renewed by us. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub works_until: Option<Timestamp>,
    /// By when a person has to sign in again; refreshing does not move it. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sign_in_again_by: Option<Timestamp>,
    /// Whether calls without a connection id mean this one.
    pub default: bool,
    /// Whether an access token can be handed out now.
    pub usable: bool,
    /// When the token pair was obtained. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub obtained_at: Option<Timestamp>,
    /// When the pair was last renewed. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_refresh_at: Option<Timestamp>,
    /// When we renew it next. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_refresh_at: Option<Timestamp>,
    /// When a refresh last failed. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_failure_at: Option<Timestamp>,
    /// The gateway's or our code of that failure.
    pub last_failure_code: Option<String>,
}

/// The answer of `GET /api/aliexpress/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// App key, secret and callback address are there and well formed.
    pub configured: bool,
    /// Some connection can be used now.
    pub authenticated: bool,
    /// The connections that were not disconnected, the default one first; 500 at most.
    pub connections: Vec<ConnectionView>,
    /// There are more than are listed here: page through the list of connections.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub more: bool,
    /// What is missing when `configured` is false.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub problems: Vec<StatusProblem>,
}

/// One missing or malformed setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusProblem {
    /// The environment variable.
    pub variable: String,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub fix: String,
}

/// The state that a record has at a moment, with the reason.
#[must_use]
pub fn state_at(record: &Connection, now: Millis) -> (ConnectionState, Option<String>) {
    match record.state {
        StoredState::Disconnected => return (ConnectionState::Disconnected, None),
        StoredState::ReauthorizationRequired => {
            return (
                ConnectionState::ReauthorizationRequired,
                record.reason.clone(),
            );
        }
        StoredState::Active | StoredState::Degraded => {}
    }
    if record
        .sign_in_again_by
        .is_some_and(|deadline| deadline <= now)
    {
        let reason = ReauthorizationReason::SignInDeadlinePassed
            .as_str()
            .to_owned();
        return (ConnectionState::ReauthorizationRequired, Some(reason));
    }
    if record.state == StoredState::Degraded {
        return (ConnectionState::Degraded, record.last_failure_code.clone());
    }
    match warning_step_days(record, now) {
        Some(days) => (
            ConnectionState::Expiring,
            Some(format!("sign_in_within_{days}_days")),
        ),
        None => (ConnectionState::Active, None),
    }
}

/// The lowest step of the warning ladder that has been reached. Steps that are not below half of the
/// observed sign-in window would warn from the first day on, so they do not apply.
pub(crate) fn warning_step_days(record: &Connection, now: Millis) -> Option<i64> {
    let deadline = record.sign_in_again_by?;
    let left = deadline.since(now);
    warning_steps(record)
        .filter(|days| left <= days * DAY)
        .min()
}

/// The steps that apply to a connection, in days before its sign-in deadline, the highest first.
pub(crate) fn warning_steps(record: &Connection) -> impl Iterator<Item = i64> {
    let window = record
        .sign_in_again_by
        .map_or(0, |deadline| deadline.since(record.signed_in_at));
    WARNING_LADDER_DAYS
        .into_iter()
        .filter(move |days| days * DAY * 2 < window)
}

/// The next moment after `now` at which a record looks different without being changed; none for never.
pub(crate) fn looks_the_same_until(record: &Connection, now: Millis) -> Option<Millis> {
    let steps = record.sign_in_again_by.into_iter().flat_map(|deadline| {
        let steps = warning_steps(record);
        steps.map(move |days| Millis(deadline.0 - days * DAY))
    });
    steps
        .chain(record.sign_in_again_by)
        .chain(record.works_until)
        .filter(|moment| *moment > now)
        .min()
}

/// Whether the access token of a record may be handed out at a moment.
#[must_use]
pub fn usable_at(record: &Connection, now: Millis) -> bool {
    let refused =
        record.reason.as_deref() == Some(ReauthorizationReason::AccessTokenRefused.as_str());
    record.state != StoredState::Disconnected
        && !refused
        && record.works_until.is_none_or(|deadline| deadline > now)
}

pub(crate) fn view(record: &Connection, now: Millis) -> ConnectionView {
    let (state, reason) = state_at(record, now);
    ConnectionView {
        id: record.id.to_string(),
        label: record.label.clone(),
        account: AccountView {
            user_id: record.account.user_id.clone(),
            nick: record.account.nick.clone(),
            platform: record.account.platform.clone(),
        },
        state,
        reason,
        generation: record.generation,
        works_until: record.works_until.and_then(from_millis),
        sign_in_again_by: record.sign_in_again_by.and_then(from_millis),
        default: record.is_default,
        usable: usable_at(record, now),
        obtained_at: record.obtained_at.and_then(from_millis),
        last_refresh_at: record.last_refresh_at.and_then(from_millis),
        next_refresh_at: record.next_refresh_at.and_then(from_millis),
        last_failure_at: record.last_failure_at.and_then(from_millis),
        last_failure_code: record.last_failure_code.clone(),
    }
}

impl Core {
    /// Whether all is there and who is connected.
    ///
    /// # Errors
    /// [`Error::Storage`] when the database cannot be read.
    pub async fn status(&self) -> Result<Status> {
        let (listed, now) = (self.listed().await?, to_millis(self.now()));
        self.status_of(&listed, now).await
    }

    async fn status_of(&self, listed: &Listed, now: Millis) -> Result<Status> {
        let connections: Vec<_> = listed
            .connections
            .iter()
            .map(|record| view(record, now))
            .collect();
        let usable = connections.iter().any(|connection| connection.usable);
        let problems = self.app().problems();
        Ok(Status {
            configured: problems.is_empty(),
            authenticated: usable
                || listed.more && self.store().connections().any_usable(now).await?,
            connections,
            more: listed.more,
            problems: problems
                .iter()
                .map(|problem| StatusProblem {
                    variable: problem.variable.to_owned(),
                    problem: problem.problem.clone(),
                    fix: problem.fix.clone(),
                })
                .collect(),
        })
    }

    /// [`status`](Self::status) as JSON text. Made once for each state of things, since software asks often.
    ///
    /// # Errors
    /// [`Error::Storage`] when the database cannot be read.
    pub async fn status_json(&self) -> Result<Bytes> {
        let (listed, now) = (self.listed().await?, to_millis(self.now()));
        if let Some(json) = listed.status_at(now) {
            return Ok(json);
        }
        let status = self.status_of(&listed, now).await?;
        let json = serde_json::to_vec(&status)
            .map_err(|error| Error::Internal(format!("status is no JSON: {error}")))?;
        let json = Bytes::from(json);
        // What was found outside of the listed ones may end at a moment that is not known here.
        let known = !listed.more || status.connections.iter().any(|listed| listed.usable);
        if known {
            let same_until = listed.connections.iter();
            let same_until = same_until
                .filter_map(|record| looks_the_same_until(record, now))
                .min();
            listed.keep_status(json.clone(), now, same_until);
        }
        Ok(json)
    }

    /// The connections that were not disconnected, the default one first; 500 at most.
    ///
    /// # Errors
    /// [`Error::Storage`] when the database cannot be read.
    pub async fn connections(&self) -> Result<Vec<ConnectionView>> {
        let (listed, now) = (self.listed().await?, to_millis(self.now()));
        let records = listed.connections.iter();
        Ok(records.map(|record| view(record, now)).collect())
    }

    /// A page of the connections that were not disconnected, in the order in which they were made. `after` is the
    /// last id of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an id that is none, [`Error::Storage`].
    pub async fn connections_after(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ConnectionView>> {
        let after: Option<ConnectionId> = after.map(str::parse).transpose().map_err(|_| {
            Error::invalid(
                "after",
                "it is not the id of a connection (`conn_…`)".to_owned(),
            )
        })?;
        let now = to_millis(self.now());
        let connections = self.store().connections();
        let records = connections.page(after.as_ref(), limit).await?;
        Ok(records.iter().map(|record| view(record, now)).collect())
    }

    /// One connection.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn connection(&self, id: &str) -> Result<ConnectionView> {
        let record = self.record(id).await?;
        Ok(view(&record, to_millis(self.now())))
    }

    /// Gives a connection a name, or takes it away with `None` or an empty text.
    ///
    /// # Errors
    /// [`Error::Invalid`] over 80 characters, [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn set_label(&self, id: &str, label: Option<&str>) -> Result<ConnectionView> {
        let record = self.record(id).await?;
        let label = crate::connect::checked_label(label)?;
        let (now, data) = (to_millis(self.now()), json!({ "label": label }));
        let change = self.told(now, EventKind::ConnectionChanged, &record.id, &data);
        self.store()
            .connections()
            .set_label(&record.id, label.as_deref(), change)
            .await?;
        self.announce().await;
        self.connection(id).await
    }

    /// Makes a connection the one that calls without an id mean. The token file follows.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], [`Error::Disconnected`], [`Error::Storage`].
    pub async fn set_default(&self, id: &str) -> Result<ConnectionView> {
        let record = self.record(id).await?;
        if record.state == StoredState::Disconnected {
            return Err(Error::Disconnected(record.id));
        }
        let (core, chosen) = (self.clone(), record.id.clone());
        self.to_the_end(async move {
            let (now, data) = (to_millis(core.now()), json!({ "default": true }));
            let change = core.told(now, EventKind::ConnectionChanged, &chosen, &data);
            let connections = core.store().connections();
            connections.set_default(&chosen, change).await?;
            core.announce().await;
            core.write_token_file().await;
            Ok(())
        })
        .await?;
        self.connection(id).await
    }

    /// Ends a connection: its tokens are deleted at once, a stub stays so that the account gets its
    /// old id back when it is connected again.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn disconnect(&self, id: &str) -> Result<()> {
        let record = self.record(id).await?;
        let core = self.clone();
        self.to_the_end(async move {
            let kind = EventKind::ConnectionDisconnected;
            let change = core.told(to_millis(core.now()), kind, &record.id, &json!({}));
            let connections = core.store().connections();
            if connections.disconnect(&record.id, change).await? {
                core.inner.unsaved.forget(&record.id);
                core.announce().await;
                core.write_token_file().await;
            }
            Ok(())
        })
        .await
    }

    /// Who was handed tokens of a connection in the last week, by name: what stops when it is ended.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn served_lately(&self, id: &str) -> Result<Vec<String>> {
        let record = self.record(id).await?;
        let filter = AuditFilter {
            action: Some(TOKEN_VENDED.to_owned()),
            connection: Some(record.id),
            since: Some(to_millis(self.now()).plus(-7 * DAY)),
            ..AuditFilter::default()
        };
        let entries = self.store().audit().page(&filter, None, 200).await?;
        let mut names: Vec<String> = entries
            .into_iter()
            .filter_map(|entry| entry.actor.name.or(entry.actor.id))
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The record behind an id given by a caller.
    pub(crate) async fn record(&self, id: &str) -> Result<Connection> {
        let unknown = || Error::UnknownConnection(id.chars().take(64).collect());
        let parsed: ConnectionId = id.parse().map_err(|_| unknown())?;
        self.store()
            .connections()
            .find(&parsed)
            .await?
            .ok_or_else(unknown)
    }

    /// The record that a caller means: the one named, else the default.
    pub(crate) async fn record_or_default(&self, id: Option<&str>) -> Result<Connection> {
        if let Some(id) = id {
            return self.record(id).await;
        }
        let connections = self.store().connections();
        match connections.default_connection().await? {
            Some(record) => Ok(record),
            None if connections.page(None, 1).await?.is_empty() => Err(Error::NotConnected),
            None => Err(Error::NoDefault),
        }
    }
}
