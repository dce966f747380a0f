//! Operators: the people who run the page, their sessions, and the links that let them choose a password.
//!
//! Nothing here opens anything by itself: passwords come as hashes, session ids and link tokens as SHA-256.

mod id;
mod links;
pub(crate) mod people;
mod sessions;

use std::fmt;

use async_trait::async_trait;

use crate::{Change, Hash, Millis, StoreError, Traces};

pub use id::{InvalidOperatorId, OperatorId};

/// The hash of a password in PHC form, `$argon2id$…`. Not a secret by itself, and still nobody's business.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes the text of a hash.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to verify a password with.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(redacted)")
    }
}

/// An operator to be stored.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// A fresh id.
    pub id: OperatorId,
    /// Name or e-mail address; two operators do not differ by capitals alone.
    pub name: String,
    /// The password's hash, if one was chosen already.
    pub password_hash: Option<PasswordHash>,
}

/// A stored operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// `op_…`
    pub id: OperatorId,
    /// Name or e-mail address, as it was given.
    pub name: String,
    /// The password's hash; none until a password was chosen.
    pub password_hash: Option<PasswordHash>,
    /// When it was stored.
    pub created_at: Millis,
    /// When the password was chosen last.
    pub password_set_at: Option<Millis>,
    /// Since when it may not sign in.
    pub disabled_at: Option<Millis>,
    /// Whether it can sign in with an OpenID Connect provider.
    pub has_identity: bool,
}

/// A session to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the id in the cookie.
    pub id_hash: Hash,
    /// Whose it is.
    pub operator: OperatorId,
    /// The hash that the password was verified with, which has to be the operator's still; none when it was no
    /// password that let the operator in.
    pub verified: Option<PasswordHash>,
    /// Now.
    pub created_at: Millis,
    /// The end, whatever happens in between.
    pub expires_at: Millis,
    /// The address that signed in, as text.
    pub address: Option<String>,
    /// What the browser says it is, shortened.
    pub agent: Option<String>,
}

/// A stored session. Whether it still counts is for the caller to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the id in the cookie.
    pub id_hash: Hash,
    /// Whose it is.
    pub operator: OperatorId,
    /// When it began.
    pub created_at: Millis,
    /// When it was last used, to within a minute.
    pub last_seen_at: Millis,
    /// The end, whatever happens in between.
    pub expires_at: Millis,
    /// The address that signed in.
    pub address: Option<String>,
    /// What the browser says it is.
    pub agent: Option<String>,
}

/// A one-time link to be stored.
#[derive(Clone, Debug)]
pub struct NewSignInLink {
    /// SHA-256 of the token in it.
    pub token_hash: Hash,
    /// The operator who may choose a password with it; none: whoever opens it becomes the first operator.
    pub operator: Option<OperatorId>,
    /// It is only for somebody who cannot sign in yet.
    pub only_invited: bool,
    /// Now.
    pub created_at: Millis,
    /// From when on it opens nothing.
    pub expires_at: Millis,
}

/// A stored link, in whatever condition it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInLink {
    /// The operator who may choose a password with it; none: whoever opens it becomes the first operator.
    pub operator: Option<OperatorId>,
    /// From when on it opens nothing.
    pub expires_at: Millis,
    /// When it was used.
    pub consumed_at: Option<Millis>,
}

/// What became of a link that somebody used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkUse {
    /// It did what it is for, and is used up.
    Done(OperatorId),
    /// There is no such link, or it was used, or its time is over.
    Spent,
    /// There is an operator already, so nobody can become the first one.
    Late,
}

/// The stored operators. Traces become durable together with the change that they tell about, and only when it took
/// effect.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait OperatorRepository: Send + Sync {
    /// Stores an operator.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name is taken.
    async fn create_operator(
        &self,
        new: NewOperator,
        change: Change,
    ) -> Result<Operator, StoreError>;

    /// The operator with this id.
    async fn operator(&self, id: &OperatorId) -> Result<Option<Operator>, StoreError>;

    /// The operator with this name, whatever its capitals.
    async fn operator_named(&self, name: &str) -> Result<Option<Operator>, StoreError>;

    /// All operators by the age of their accounts, disabled ones too.
    async fn list_operators(&self) -> Result<Vec<Operator>, StoreError>;

    /// Sets the password and ends all sessions but `keep`, and all links of this operator; false when there is none.
    async fn set_password(
        &self,
        id: &OperatorId,
        hash: PasswordHash,
        keep: Option<Hash>,
        change: Change,
    ) -> Result<bool, StoreError>;

    /// Keeps an operator from signing in from now on, and ends sessions and links; false when it was so already.
    async fn disable_operator(&self, id: &OperatorId, change: Change) -> Result<bool, StoreError>;

    /// Lets an operator sign in again; false when it was so already.
    async fn enable_operator(&self, id: &OperatorId, traces: Traces) -> Result<bool, StoreError>;
}

/// The stored sessions.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Stores a session. `replaces` ends the one that the browser came with. False, and nothing changes, when the
    /// operator was disabled or the password changed since it was verified: all sessions from before such a change
    /// have ended, and none may come after it.
    async fn create_session(
        &self,
        new: NewSession,
        replaces: Option<Hash>,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// The session with this id, and its operator.
    async fn session(&self, id_hash: &Hash) -> Result<Option<(Session, Operator)>, StoreError>;

    /// The sessions of an operator, the one used last first.
    async fn sessions_of(&self, operator: &OperatorId) -> Result<Vec<Session>, StoreError>;

    /// Notes that a session is used, unless that was noted after `unless_after` already; false when it was.
    async fn touch_session(
        &self,
        id_hash: &Hash,
        now: Millis,
        unless_after: Millis,
    ) -> Result<bool, StoreError>;

    /// Ends a session; false when there is none. With `operator` only if it is that operator's.
    async fn end_session(
        &self,
        id_hash: &Hash,
        operator: Option<&OperatorId>,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// Ends all sessions of an operator but `keep`; gives how many.
    async fn end_sessions_of(
        &self,
        operator: &OperatorId,
        keep: Option<&Hash>,
        traces: Traces,
    ) -> Result<u64, StoreError>;

    /// Deletes what expired before `expired`, or was last used before `idle`; gives how many.
    async fn prune_sessions(&self, expired: Millis, idle: Millis) -> Result<u64, StoreError>;
}

/// The stored one-time links.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait SignInLinkRepository: Send + Sync {
    /// Stores a link. Earlier unused ones for the same, an operator or the first start, stop working. False, and
    /// nothing changes, when the operator is disabled, or can sign in already and the link is for the invited only.
    async fn create_sign_in_link(
        &self,
        new: NewSignInLink,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// The link with this token, in whatever condition it is.
    async fn sign_in_link(&self, token_hash: &Hash) -> Result<Option<SignInLink>, StoreError>;

    /// Uses a link up and makes the first operator. However many try at once, at most one succeeds.
    async fn make_first_operator(
        &self,
        token_hash: &Hash,
        new: NewOperator,
        change: Change,
    ) -> Result<LinkUse, StoreError>;

    /// Uses a link up and sets its operator's password; ends that operator's sessions. A disabled operator's link is
    /// spent.
    async fn choose_password(
        &self,
        token_hash: &Hash,
        hash: PasswordHash,
        change: Change,
    ) -> Result<LinkUse, StoreError>;

    /// Deletes what expired before `before`; gives how many.
    async fn prune_sign_in_links(&self, before: Millis) -> Result<u64, StoreError>;
}
