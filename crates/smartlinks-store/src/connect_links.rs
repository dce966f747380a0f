//! Connect links: addresses that are sent to a merchant elsewhere, who then signs in at AliExpress.

mod storage;

use async_trait::async_trait;

use crate::login_attempts::{Hash, NewLoginAttempt};
use crate::{ConnectionId, Millis, StoreError, Traces};

/// A link to be stored.
#[derive(Clone, Debug)]
pub struct NewConnectLink {
    /// `link_` and a random part; opens nothing.
    pub id: String,
    /// SHA-256 of the token in its address.
    pub token_hash: Hash,
    /// A name for the connection.
    pub label: Option<String>,
    /// The connection to be reconnected; none makes a new one.
    pub connection: Option<ConnectionId>,
    /// Who made it, in words.
    pub created_by: String,
    /// Now.
    pub created_at: Millis,
    /// From when on it opens nothing.
    pub expires_at: Millis,
}

/// A stored link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectLink {
    /// `link_` and a random part; opens nothing.
    pub id: String,
    /// A name for the connection.
    pub label: Option<String>,
    /// The connection to be reconnected.
    pub connection: Option<ConnectionId>,
    /// Who made it, in words.
    pub created_by: String,
    /// When it was made.
    pub created_at: Millis,
    /// From when on it opens nothing; the caller compares.
    pub expires_at: Millis,
    /// When somebody started a sign-in with it.
    pub consumed_at: Option<Millis>,
    /// When it was taken back.
    pub revoked_at: Option<Millis>,
    /// How the sign-in ended: `success`, or the code of the refusal.
    pub result: Option<String>,
    /// The connection that was made or renewed.
    pub connected: Option<ConnectionId>,
    /// When the sign-in ended.
    pub finished_at: Option<Millis>,
}

/// Where a page of links ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectLinkCursor {
    /// [`ConnectLink::created_at`] of its last link.
    pub created_at: Millis,
    /// [`ConnectLink::id`] of its last link.
    pub id: String,
}

/// The stored links.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait ConnectLinkRepository: Send + Sync {
    /// Stores a link.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its connection does not exist.
    async fn create_link(&self, new: NewConnectLink, traces: Traces) -> Result<(), StoreError>;

    /// The link with this token, in whatever condition it is.
    async fn link_by_token(&self, token_hash: &Hash) -> Result<Option<ConnectLink>, StoreError>;

    /// The link that started the sign-in with this state.
    async fn link_by_attempt(&self, state_hash: &Hash) -> Result<Option<ConnectLink>, StoreError>;

    /// Up to `limit` links after `cursor`, the latest first. A page costs the same wherever it lies.
    async fn links(
        &self,
        cursor: Option<&ConnectLinkCursor>,
        limit: u32,
    ) -> Result<Vec<ConnectLink>, StoreError>;

    /// Uses a link up and stores the sign-in that it starts, together. Exactly one caller ever wins; false when it
    /// was used, taken back or has expired: then nothing was stored.
    async fn use_link(
        &self,
        token_hash: &Hash,
        attempt: NewLoginAttempt,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// Takes a link back that nobody has used. False when it was used, taken back before, or never was.
    async fn revoke_link(&self, id: &str, now: Millis, traces: Traces) -> Result<bool, StoreError>;

    /// One link.
    async fn link(&self, id: &str) -> Result<Option<ConnectLink>, StoreError>;

    /// Deletes links made before `before`; gives how many.
    async fn prune_links(&self, before: Millis) -> Result<u64, StoreError>;
}
