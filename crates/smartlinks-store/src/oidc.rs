//! Sign-ins of operators with an OpenID Connect provider: those under way, and whom the provider means.
//!
//! Nothing here opens anything by itself: of a sign-in under way only hashes are kept, and an identity is a name.

mod storage;

use async_trait::async_trait;

use crate::{Hash, Millis, Operator, OperatorId, StoreError, Traces};

/// A sign-in that starts.
#[derive(Clone, Debug)]
pub struct NewOidcAttempt {
    /// SHA-256 of the `state` that is sent.
    pub state_hash: Hash,
    /// SHA-256 of the id of the browser that may finish it.
    pub browser_hash: Hash,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// Now.
    pub created_at: Millis,
    /// From when on it counts as expired.
    pub expires_at: Millis,
}

/// A stored sign-in, in whatever condition it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcAttempt {
    /// SHA-256 of the id of the browser that may finish it.
    pub browser_hash: Hash,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// From when on it counts as expired; the caller compares.
    pub expires_at: Millis,
    /// When a callback took it.
    pub consumed_at: Option<Millis>,
}

/// Whom a provider means by a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcIdentity {
    /// The address of the provider, as it names itself.
    pub issuer: String,
    /// The provider's name of the person, `sub`: never given to another.
    pub subject: String,
    /// The operator.
    pub operator: OperatorId,
    /// When the two were linked.
    pub linked_at: Millis,
}

/// The stored sign-ins with a provider, and the identities.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait OidcRepository: Send + Sync {
    /// Stores a sign-in before the browser is sent away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the state was used before.
    async fn create_oidc_attempt(&self, new: NewOidcAttempt) -> Result<(), StoreError>;

    /// The sign-in with this state, in whatever condition it is.
    async fn oidc_attempt(&self, state_hash: &Hash) -> Result<Option<OidcAttempt>, StoreError>;

    /// Takes the right to exchange the code. Exactly one caller ever wins; whether the time is over is for the
    /// caller to say, from [`OidcAttempt::expires_at`].
    async fn consume_oidc_attempt(
        &self,
        state_hash: &Hash,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Deletes what expired before `before`; gives how many.
    async fn prune_oidc_attempts(&self, before: Millis) -> Result<u64, StoreError>;

    /// The operator whom an issuer means by a subject.
    async fn operator_of_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Operator>, StoreError>;

    /// The identity of an operator with an issuer.
    async fn identity_of(
        &self,
        issuer: &str,
        operator: &OperatorId,
    ) -> Result<Option<OidcIdentity>, StoreError>;

    /// Links an identity to an operator that has none with this issuer; false when the operator has one, or the
    /// identity is another's, and nothing was changed. Unused links with which a password could be chosen end: whoever
    /// can sign in with a provider needs none, and nobody else shall use it.
    async fn link_identity(&self, new: OidcIdentity, traces: Traces) -> Result<bool, StoreError>;

    /// The same, in place of the identity that the operator has with this issuer; its sessions end. False when the
    /// identity is another operator's, and nothing was changed.
    async fn replace_identity(&self, new: OidcIdentity, traces: Traces)
    -> Result<bool, StoreError>;
}
