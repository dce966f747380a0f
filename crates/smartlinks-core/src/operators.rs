//! Operators: who runs the page, how they sign in, and what keeps everybody else out.
//!
//! There is no default operator. The first one comes in by a one-time link that the first start prints to the
//! terminal; every other one by a link of the same kind that an operator, or the command line, makes.

mod agent;
mod desk;
mod links;
mod oidc;
mod password;
mod sessions;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use smartlinks_store::{
    Actor, ActorKind, Change, NewOperator, Operator, OperatorId, StoreError, Traces,
};

use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::service::Core;
use crate::text::plain;
use crate::traces::OK;

pub(crate) use desk::Desk;
pub use links::{IssuedLink, LinkPurpose};
pub use oidc::{
    Identity, IdentityProvider, LinkedOperator, OidcCallback, OidcRefusal, OidcRefusalKind,
    OidcTicket,
};
#[cfg(feature = "oidc")]
pub use oidc::{OidcProvider, OidcSettings};
pub use password::Password;
pub use sessions::{ActiveSession, SessionView, SignedIn};

/// How operators sign in and how long that holds. The defaults suit production.
#[derive(Debug, Clone)]
pub struct OperatorPolicy {
    /// A session that is not used for this long has ended.
    pub idle: Duration,
    /// A session ends after this time however much it is used.
    pub absolute: Duration,
    /// How long a one-time link works.
    pub link_life: Duration,
    /// How many passwords somebody may try in ten minutes for one name from one network (IPv6: one /64), all at once or
    /// spread; from all networks together ten times as many.
    pub attempts: NonZeroU32,
    /// The provider with which operators may sign in too.
    pub provider: Option<Arc<dyn IdentityProvider>>,
}

impl Default for OperatorPolicy {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(12 * 3600),
            absolute: Duration::from_secs(7 * 24 * 3600),
            link_life: Duration::from_secs(30 * 60),
            attempts: const { NonZeroU32::new(10).unwrap() },
            provider: None,
        }
    }
}

/// Where a request of a person comes from.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The address of the client, a trusted proxy's word included.
    pub address: Option<IpAddr>,
    /// The header `user-agent` as it came.
    pub agent: Option<String>,
}

/// How an operator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorState {
    /// Has a password, or an identity with a provider, and may sign in.
    Active,
    /// Has neither yet.
    Invited,
    /// May not sign in.
    Disabled,
}

impl OperatorState {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }
}

/// One operator. Never holds a password or its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperatorView {
    /// `op_…`
    pub id: String,
    /// Name or e-mail address.
    pub name: String,
    /// How it stands.
    pub state: OperatorState,
    /// When it was added. RFC 3339, UTC.
    pub created_at: Option<Timestamp>,
    /// When the password was chosen last. RFC 3339, UTC.
    pub password_set_at: Option<Timestamp>,
    /// Since when it may not sign in. RFC 3339, UTC.
    pub disabled_at: Option<Timestamp>,
}

fn view(record: &Operator) -> OperatorView {
    OperatorView {
        id: record.id.to_string(),
        name: record.name.clone(),
        state: match (&record.disabled_at, &record.password_hash) {
            (Some(_), _) => OperatorState::Disabled,
            (None, Some(_)) => OperatorState::Active,
            (None, None) if record.has_identity => OperatorState::Active,
            (None, None) => OperatorState::Invited,
        },
        created_at: from_millis(record.created_at),
        password_set_at: record.password_set_at.and_then(from_millis),
        disabled_at: record.disabled_at.and_then(from_millis),
    }
}

/// Added, with the link by which the new operator chooses a password.
#[derive(Debug)]
pub struct Invited {
    /// The new operator.
    pub operator: OperatorView,
    /// To be given to that person, and to nobody else.
    pub link: IssuedLink,
}

impl Core {
    /// All operators, the oldest first.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn operators(&self) -> Result<Vec<OperatorView>> {
        let records = self.store().operators().list_operators().await?;
        Ok(records.iter().map(view).collect())
    }

    /// Whether some operator may sign in, or will once a password is chosen.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn has_operator(&self) -> Result<bool> {
        let operators = self.store().operators().list_operators().await?;
        Ok(operators.iter().any(|one| one.disabled_at.is_none()))
    }

    /// Adds an operator, who chooses a password by the link.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::OperatorExists`], [`Error::Storage`].
    pub async fn invite_operator(&self, name: &str) -> Result<Invited> {
        let new = self.new_operator(name)?;
        let change = self.about_operator("operator.added", &new.id, &new.name);
        let record = self
            .store()
            .operators()
            .create_operator(new, change)
            .await
            .map_err(|error| taken(error, name))?;
        self.invited(&record).await
    }

    /// A new link for an operator who has lost the password or the first link. The password goes on working until
    /// another is chosen.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::OperatorDisabled`], [`Error::Storage`].
    pub async fn link_for_operator(&self, name: &str) -> Result<Invited> {
        self.invited(&self.operator_record(name).await?).await
    }

    async fn invited(&self, record: &Operator) -> Result<Invited> {
        let link = self.issue_link(Some(record), false).await?;
        Ok(Invited {
            link: link.ok_or_else(|| Error::OperatorDisabled(record.name.clone()))?,
            operator: view(record),
        })
    }

    /// A new link for an operator who cannot sign in yet, by the id. Nobody gets one for the account of somebody who
    /// can, also when that person chooses a password at this moment.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`] when there is no such operator, or it is not one of these; [`Error::Storage`].
    pub async fn link_for_invited(&self, id: &str) -> Result<Invited> {
        let id = operator_id_of(id)?;
        let unknown = || Error::UnknownOperator(id.to_string());
        let record = self.store().operators().operator(&id).await?;
        let record = record.ok_or_else(unknown)?;
        let link = self.issue_link(Some(&record), true).await?;
        Ok(Invited {
            link: link.ok_or_else(unknown)?,
            operator: view(&record),
        })
    }

    /// Sets the password of an operator and ends all sessions of theirs: for the command line, where whoever may open
    /// the database may do so.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn set_operator_password(
        &self,
        name: &str,
        password: Password,
    ) -> Result<OperatorView> {
        let record = self.operator_record(name).await?;
        password.check(&record.name)?;
        let hash = self.hash_password(password).await?;
        self.store()
            .operators()
            .set_password(
                &record.id,
                hash,
                None,
                self.about_operator("operator.password_set", &record.id, &record.name),
            )
            .await?;
        self.operator_view(name).await
    }

    /// Keeps an operator from signing in from now on. Sessions and links of theirs end.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn disable_operator(&self, name: &str) -> Result<OperatorView> {
        let record = self.operator_record(name).await?;
        self.store()
            .operators()
            .disable_operator(
                &record.id,
                self.about_operator("operator.disabled", &record.id, &record.name),
            )
            .await?;
        self.operator_view(name).await
    }

    /// Lets a disabled operator sign in again, with the password from before.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn enable_operator(&self, name: &str) -> Result<OperatorView> {
        let record = self.operator_record(name).await?;
        let change = self.about_operator("operator.enabled", &record.id, &record.name);
        self.store()
            .operators()
            .enable_operator(&record.id, change.traces)
            .await?;
        self.operator_view(name).await
    }

    /// Ends all sessions of an operator; gives how many.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn sign_out_operator(&self, name: &str) -> Result<u64> {
        let record = self.operator_record(name).await?;
        let change =
            self.about_operator("operator.signed_out_everywhere", &record.id, &record.name);
        Ok(self
            .store()
            .sessions()
            .end_sessions_of(&record.id, None, change.traces)
            .await?)
    }

    async fn operator_view(&self, name: &str) -> Result<OperatorView> {
        Ok(view(&self.operator_record(name).await?))
    }

    async fn operator_record(&self, name: &str) -> Result<Operator> {
        let found = self.operator_called(name).await?;
        found.ok_or_else(|| Error::UnknownOperator(plain(name, NAME_LENGTH)))
    }

    /// The operator with a name. What cannot be a name is nobody's, and no database is asked about it.
    async fn operator_called(&self, name: &str) -> Result<Option<Operator>> {
        match checked_name(name) {
            Ok(name) => Ok(self.store().operators().operator_named(&name).await?),
            Err(_) => Ok(None),
        }
    }

    /// A change of an operator by whoever acts, with its entry in the audit log.
    fn about_operator(&self, action: &str, id: &OperatorId, name: &str) -> Change {
        self.operator_change(action, id, &json!({ "name": name }))
    }

    /// The same, with more to say.
    fn operator_change(&self, action: &str, id: &OperatorId, data: &Value) -> Change {
        let entry = self.audit_entry(action, None, Some(id.as_str()), OK, data);
        Change {
            now: entry.at,
            traces: Traces::none().audit(entry),
        }
    }

    /// The service, acting for an operator who has just proved to be one.
    fn acting_for(&self, id: &OperatorId, name: &str, visitor: &Visitor) -> Self {
        self.acting_as(Actor {
            id: Some(id.to_string()),
            name: Some(name.to_owned()),
            address: visitor.address.map(|address| address.to_string()),
            ..Actor::of(ActorKind::Operator)
        })
    }

    /// An operator about to be stored, under a checked name.
    fn new_operator(&self, name: &str) -> Result<NewOperator> {
        let id = OperatorId::generate(to_millis(self.now()), self.entropy())
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(NewOperator {
            id,
            name: checked_name(name)?,
            password_hash: None,
        })
    }
}

fn operator_id_of(text: &str) -> Result<OperatorId> {
    text.parse()
        .map_err(|_| Error::UnknownOperator(plain(text, 64)))
}

/// The longest name of an operator, in characters.
const NAME_LENGTH: usize = 80;

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let fine = !name.is_empty()
        && name.chars().count() <= NAME_LENGTH
        && !name.chars().any(char::is_control);
    if fine {
        return Ok(name.to_owned());
    }
    Err(Error::invalid(
        "name",
        format!("has to be 1 to {NAME_LENGTH} characters, without control characters"),
    ))
}

fn taken(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::Conflict { .. } => Error::OperatorExists(name.trim().to_owned()),
        other => other.into(),
    }
}
