//! What is kept of a connection.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use serde::Serialize;

use super::ConnectionId;
use crate::Millis;

/// The states of a connection that are stored. `expiring` is not among them: it is read off the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredState {
    /// The pair works and is renewed ahead of its deadline.
    Active,
    /// The last refreshes failed for a passing reason.
    Degraded,
    /// Only a person can mend it, by signing in again. What still works is vended until it ends.
    ReauthorizationRequired,
    /// Ended by a person; no token material is left, only this stub.
    Disconnected,
}

impl StoredState {
    /// The stable text of the state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Degraded => "degraded",
            Self::ReauthorizationRequired => "reauthorization_required",
            Self::Disconnected => "disconnected",
        }
    }
}

/// A stored word that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this version does not know the word")]
pub struct UnknownWord;

impl FromStr for StoredState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Active,
            Self::Degraded,
            Self::ReauthorizationRequired,
            Self::Disconnected,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(UnknownWord)
    }
}

impl fmt::Display for StoredState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Why a connection needs its account to sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReauthorizationReason {
    /// The gateway refused the refresh token.
    RefreshTokenRefused,
    /// The gateway refused the refresh token after a refresh whose answer was never stored.
    RefreshInterrupted,
    /// The sign-in deadline has passed.
    SignInDeadlinePassed,
    /// The gateway refused the access token before its time.
    AccessTokenRefused,
    /// The gateway gave no refresh token, or one that cannot be used.
    NotRefreshable,
}

impl ReauthorizationReason {
    /// The stable text of the reason, as it stands in [`Connection::reason`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RefreshTokenRefused => "refresh_token_refused",
            Self::RefreshInterrupted => "refresh_interrupted",
            Self::SignInDeadlinePassed => "sign_in_deadline_passed",
            Self::AccessTokenRefused => "access_token_refused",
            Self::NotRefreshable => "not_refreshable",
        }
    }
}

impl fmt::Display for ReauthorizationReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<ReauthorizationReason> for String {
    fn from(reason: ReauthorizationReason) -> Self {
        reason.as_str().to_owned()
    }
}

/// The AliExpress account behind a connection, as far as the gateway named it. Its e-mail address is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// `user_id` of the token answer; tells accounts apart.
    pub user_id: String,
    /// `seller_id`.
    pub seller_id: Option<String>,
    /// `havana_id`.
    pub havana_id: Option<String>,
    /// `account_id`.
    pub account_id: Option<String>,
    /// `user_nick`.
    pub nick: Option<String>,
    /// `account_platform`, for example `buyerApp`.
    pub platform: Option<String>,
    /// `sp`.
    pub sp: Option<String>,
    /// `locale`.
    pub locale: Option<String>,
}

/// One account's authorisation held by us. Holds no token material; see [`TokenMaterial`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// Survives reconnecting.
    pub id: ConnectionId,
    /// The name a person gave it.
    pub label: Option<String>,
    /// The account.
    pub account: Account,
    /// The stored state.
    pub state: StoredState,
    /// Why it is in that state: a [`ReauthorizationReason`] or another stable word.
    pub reason: Option<String>,
    /// Counts token pairs; the first is 1.
    pub generation: i64,
    /// When the present pair was asked for.
    pub obtained_at: Option<Millis>,
    /// Access deadline; none when the gateway did not say.
    pub works_until: Option<Millis>,
    /// Refresh deadline, which refreshing does not move; none when never told.
    pub sign_in_again_by: Option<Millis>,
    /// Start of the sign-in window: the last connect or reconnect.
    pub signed_in_at: Millis,
    /// When the next refresh is due; none when none is planned.
    pub next_refresh_at: Option<Millis>,
    /// Failed refreshes since the last good one.
    pub refresh_failures: i64,
    /// The last good refresh.
    pub last_refresh_at: Option<Millis>,
    /// The last failed refresh; cleared by a good one.
    pub last_failure_at: Option<Millis>,
    /// Its code; cleared by a good one.
    pub last_failure_code: Option<String>,
    /// The journal of a refresh under way: when the claim now held began. None when no call is open.
    pub refresh_begun_at: Option<Millis>,
    /// An earlier refresh of this generation whose answer never came to us, because its process died or the
    /// transport failed: the gateway may have rotated the pair. Cleared by the next stored pair.
    pub refresh_interrupted_at: Option<Millis>,
    /// Whether calls without an id mean this one.
    pub is_default: bool,
    /// When it was first connected.
    pub created_at: Millis,
    /// When anything of it last changed.
    pub updated_at: Millis,
}

/// The secrets of a pair, unsealed. No `Display`, redacted `Debug`, wiped when dropped.
#[derive(Clone, Debug)]
pub struct TokenMaterial {
    /// What calls are made with.
    pub access_token: SecretString,
    /// What a new pair is asked with; none when the gateway gave none.
    pub refresh_token: Option<SecretString>,
}

/// A pair the gateway has just given.
#[derive(Clone, Debug)]
pub struct NewPair {
    /// The secrets. In [`finish_refresh`](super::ConnectionRepository::finish_refresh) a missing refresh token
    /// means that the old one goes on.
    pub material: TokenMaterial,
    /// When it was asked for.
    pub obtained_at: Millis,
    /// Access deadline; none is stored as unknown.
    pub works_until: Option<Millis>,
    /// Refresh deadline. In [`finish_refresh`](super::ConnectionRepository::finish_refresh) none keeps the one
    /// known so far, since refreshing does not move it.
    pub sign_in_again_by: Option<Millis>,
    /// When the next refresh is due.
    pub next_refresh_at: Option<Millis>,
}

/// A connection to be stored.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// From [`ConnectionId::generate`].
    pub id: ConnectionId,
    /// A name, when a person gave one.
    pub label: Option<String>,
    /// The account that signed in.
    pub account: Account,
    /// Its first pair.
    pub pair: NewPair,
}

/// Why a refresh brought no pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The gateway refused the refresh token, or there was none.
    Refused,
    /// It failed for a passing reason before the pair could change.
    Failed,
    /// It failed for a passing reason, and whether the gateway has rotated the pair is open.
    AnswerLost,
}

/// A refresh that brought no pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why, for the journal.
    pub kind: FailureKind,
    /// What the gateway or the transport said, as a stable code.
    pub code: String,
    /// The state that follows.
    pub state: StoredState,
    /// Why, for example a [`ReauthorizationReason`].
    pub reason: Option<String>,
    /// When to try again; none for never.
    pub next_refresh_at: Option<Millis>,
}

/// The pair before the present one, kept until the present one has served.
#[derive(Clone, Debug)]
pub struct PreviousPair {
    /// Its generation.
    pub generation: i64,
    /// Its secrets.
    pub material: TokenMaterial,
    /// Its access deadline.
    pub works_until: Option<Millis>,
}
