//! Keys with which software uses the API. What opens anything is never stored, only its SHA-256.

mod id;
mod storage;

use std::fmt;

use async_trait::async_trait;

use crate::{Change, Hash, Millis, StoreError, Traces};

pub use id::{ApiKeyId, InvalidApiKeyId};

/// How many keys can be valid at once. They are all held in memory.
pub const API_KEYS_AT_ONCE: u32 = 500;

/// Who made a key, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedBy {
    /// `operator`, `api_key`, `command_line`, …
    pub kind: String,
    /// The name of whoever it was, where one is known.
    pub name: Option<String>,
}

/// A key to be stored.
#[derive(Clone)]
pub struct NewApiKey {
    /// Its name in lists and in the audit log.
    pub id: ApiKeyId,
    /// The part of the key that is shown, and by which it is found. Unique.
    pub prefix: String,
    /// SHA-256 of the secret part.
    pub secret_hash: Hash,
    /// What a person calls it.
    pub name: String,
    /// What it may do: stable words, none with a blank in it.
    pub scopes: Vec<String>,
    /// Who made it.
    pub created_by: CreatedBy,
    /// When.
    pub created_at: Millis,
    /// From when on it is refused; never when `None`.
    pub expires_at: Option<Millis>,
}

impl fmt::Debug for NewApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewApiKey")
            .field("id", &self.id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A stored key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name in lists and in the audit log.
    pub id: ApiKeyId,
    /// The part of the key that is shown, and by which it is found.
    pub prefix: String,
    /// SHA-256 of the secret part.
    pub secret_hash: Hash,
    /// What a person calls it.
    pub name: String,
    /// What it may do: stable words.
    pub scopes: Vec<String>,
    /// Who made it.
    pub created_by: CreatedBy,
    /// When.
    pub created_at: Millis,
    /// From when on it is refused; never when `None`.
    pub expires_at: Option<Millis>,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
    /// When it was last used, a minute late at most.
    pub last_used_at: Option<Millis>,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiKey")
            .field("id", &self.id)
            .field("scopes", &self.scopes)
            .field("expires_at", &self.expires_at)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}

/// The stored API keys.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait ApiKeyRepository: Send + Sync {
    /// Stores a key. False, and nothing is stored, when [`API_KEYS_AT_ONCE`] are valid already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the prefix is taken.
    async fn create_key(&self, new: NewApiKey, traces: Traces) -> Result<bool, StoreError>;

    /// All keys, those that have ended included, the oldest first.
    async fn list_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// One key.
    async fn find_key(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StoreError>;

    /// Ends a key. False when there is none, or it was revoked before; then nothing changes.
    async fn revoke_key(&self, id: &ApiKeyId, change: Change) -> Result<bool, StoreError>;

    /// Notes when keys were last used. A moment earlier than the one that is stored changes nothing.
    async fn note_uses(&self, uses: Vec<(ApiKeyId, Millis)>) -> Result<(), StoreError>;

    /// Deletes keys that were revoked or had expired before `before`; gives how many.
    async fn prune_keys(&self, before: Millis) -> Result<u64, StoreError>;
}
