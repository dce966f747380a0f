//! Sign-ins under way: what stands behind the `state` that travels through AliExpress and back.

mod storage;

use async_trait::async_trait;

use crate::{ConnectionId, Millis, StoreError};

pub(crate) use storage::{INSERT_ATTEMPT, attempt_values, end};

/// SHA-256 of a secret that is itself never stored.
pub type Hash = [u8; 32];

/// How many characters of an error description are kept.
pub const DESCRIPTION_LENGTH: usize = 200;

/// Who may finish a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The browser whose id cookie has this hash.
    Browser(Hash),
    /// Started with an API key; ends on a page that grants nothing.
    Headless,
    /// Started with a connect link by the browser whose id cookie has this hash; ends on a page that grants nothing.
    ConnectLink(Hash),
}

/// A sign-in that starts.
#[derive(Clone, Debug)]
pub struct NewLoginAttempt {
    /// SHA-256 of the `state` that is sent.
    pub state_hash: Hash,
    /// Who may finish it.
    pub binding: Binding,
    /// The caller's own `state`, given back on the final redirect.
    pub caller_state: Option<String>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The connection to be reconnected.
    pub connection: Option<ConnectionId>,
    /// Whether another account than the present one may take that connection over.
    pub other_account: bool,
    /// A name for a new connection.
    pub label: Option<String>,
    /// Now.
    pub created_at: Millis,
    /// From when on it counts as expired.
    pub expires_at: Millis,
}

/// How a sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `success`, or the code of the refusal.
    pub result: String,
    /// The connection that was made or renewed.
    pub connection: Option<ConnectionId>,
    /// What the gateway said; cut to [`DESCRIPTION_LENGTH`] characters.
    pub error_description: Option<String>,
}

/// A sign-in that ends together with the change that it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedLogin {
    /// SHA-256 of its `state`.
    pub state_hash: Hash,
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: Millis,
}

/// A stored sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginAttempt {
    /// SHA-256 of its `state`.
    pub state_hash: Hash,
    /// Who may finish it.
    pub binding: Binding,
    /// The caller's own `state`.
    pub caller_state: Option<String>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The connection to be reconnected.
    pub connection: Option<ConnectionId>,
    /// Whether another account than the present one may take that connection over.
    pub other_account: bool,
    /// A name for a new connection.
    pub label: Option<String>,
    /// When it started.
    pub created_at: Millis,
    /// From when on it counts as expired.
    pub expires_at: Millis,
    /// When a callback took it.
    pub consumed_at: Option<Millis>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// The stored sign-ins.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait LoginAttemptRepository: Send + Sync {
    /// Stores a sign-in before the browser is sent away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the state was used before.
    async fn create(&self, new: NewLoginAttempt) -> Result<(), StoreError>;

    /// The sign-in with this state, in whatever condition it is.
    async fn look_up(&self, state_hash: &Hash) -> Result<Option<LoginAttempt>, StoreError>;

    /// Takes the right to exchange the code, and gives the sign-in. Exactly one caller ever wins; none when it is
    /// unknown, taken already, over at `now`, or bound to another browser: [`look_up`](Self::look_up) says which.
    async fn consume(
        &self,
        state_hash: &Hash,
        browser: Option<&Hash>,
        now: Millis,
    ) -> Result<Option<LoginAttempt>, StoreError>;

    /// Keeps how it ended, so that a reload shows the same and the connect link that started it says so. The first
    /// outcome stays; false when there was one, or there is no such sign-in. A success is kept with the connection
    /// itself, as [`Traces::login`](crate::Traces::login).
    async fn finish(&self, ended: EndedLogin) -> Result<bool, StoreError>;

    /// Deletes what expired before `before`; gives how many.
    async fn prune(&self, before: Millis) -> Result<u64, StoreError>;
}
