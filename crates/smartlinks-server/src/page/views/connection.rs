//! A connection as it is shown: who, how it stands, and its two clocks.

use crate::page::i18n::Key;
use crate::page::views::Tone;

/// One connected account.
#[derive(Debug, Clone)]
pub struct ConnectionView {
    /// `conn_…`
    pub id: String,
    /// The operator's own name for it.
    pub label: Option<String>,
    /// The account's name at AliExpress.
    pub account_nick: Option<String>,
    /// The account's user id at AliExpress.
    pub account_id: String,
    /// How it stands.
    pub state: ConnectionState,
    /// Why it does not stand well.
    pub reason: Option<StopReason>,
    /// When the access token ends. `None`: AliExpress did not say. Milliseconds.
    pub works_until_ms: Option<i64>,
    /// When somebody has to sign in again at the latest. `None`: AliExpress did not say. Milliseconds.
    pub sign_in_again_by_ms: Option<i64>,
    /// When we refresh next. Milliseconds.
    pub next_refresh_ms: Option<i64>,
    /// Software can have a token from it at this moment.
    pub usable: bool,
    /// Counts token pairs.
    pub generation: i64,
    /// What calls without an id mean.
    pub is_default: bool,
    /// When tokens were last obtained. Milliseconds.
    pub last_success_ms: Option<i64>,
    /// The last refresh that did not work.
    pub last_failure: Option<ConnectionFailure>,
}

/// A refresh that did not work.
#[derive(Debug, Clone)]
pub struct ConnectionFailure {
    /// When. Milliseconds.
    pub at_ms: i64,
    /// The gateway's code, or ours.
    pub code: String,
}

/// The states of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Works.
    Active,
    /// Works, and somebody has to sign in again soon.
    Expiring,
    /// The last refreshes failed for a passing reason; the token still works.
    Degraded,
    /// Somebody has to sign in again.
    ReauthorizationRequired,
    /// Ended on purpose.
    Disconnected,
}

/// Why a connection needs somebody to sign in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// AliExpress does not take the refresh token any more.
    RefreshTokenRefused,
    /// The same, after a refresh whose answer was never stored: AliExpress has made a new pair that nobody has.
    RefreshInterrupted,
    /// The sign-in deadline has passed.
    SignInDeadlinePassed,
    /// AliExpress does not take the access token any more.
    AccessTokenRefused,
    /// AliExpress gave a token that cannot be refreshed.
    NotRefreshable,
    /// A reason this page has no words for; shown as it is.
    Other(String),
}

impl StopReason {
    /// From the stable text, for example `refresh_token_refused`.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "refresh_token_refused" => Self::RefreshTokenRefused,
            "refresh_interrupted" => Self::RefreshInterrupted,
            "sign_in_deadline_passed" => Self::SignInDeadlinePassed,
            "access_token_refused" => Self::AccessTokenRefused,
            "not_refreshable" => Self::NotRefreshable,
            other => Self::Other(other.to_owned()),
        }
    }

    pub(crate) const fn key(&self) -> Option<Key> {
        Some(match self {
            Self::RefreshTokenRefused => Key::ReasonRefreshTokenRefused,
            Self::RefreshInterrupted => Key::ReasonRefreshInterrupted,
            Self::SignInDeadlinePassed => Key::ReasonSignInDeadlinePassed,
            Self::AccessTokenRefused => Key::ReasonAccessTokenRefused,
            Self::NotRefreshable => Key::ReasonNotRefreshable,
            Self::Other(_) => return None,
        })
    }
}

impl ConnectionState {
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Active => Key::StateActive,
            Self::Expiring => Key::StateExpiring,
            Self::Degraded => Key::StateDegraded,
            Self::ReauthorizationRequired => Key::StateReauthorizationRequired,
            Self::Disconnected => Key::StateDisconnected,
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Expiring | Self::Degraded => Tone::Warn,
            Self::ReauthorizationRequired => Tone::Bad,
            Self::Disconnected => Tone::Idle,
        }
    }
}

impl ConnectionView {
    /// What a reader recognises it by: the label, else the account's name, else its id.
    #[must_use]
    pub fn name(&self) -> &str {
        let given =
            |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        if given(&self.label) {
            self.label.as_deref().unwrap_or(&self.account_id)
        } else if given(&self.account_nick) {
            self.account_nick.as_deref().unwrap_or(&self.account_id)
        } else {
            &self.account_id
        }
    }

    /// Where something is done with it.
    pub(crate) fn place(&self, verb: &str) -> String {
        format!("/aliexpress/authentication/connections/{}/{verb}", self.id)
    }

    /// Not ended on purpose.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state != ConnectionState::Disconnected
    }

    /// Nothing at all is to be done about it.
    pub(crate) fn is_well(&self) -> bool {
        self.state == ConnectionState::Active
    }

    /// The way on is a person who signs in.
    pub(crate) fn needs_sign_in(&self) -> bool {
        matches!(
            self.state,
            ConnectionState::ReauthorizationRequired | ConnectionState::Expiring
        )
    }

    /// Whether asking for new tokens now can help.
    pub(crate) fn can_refresh(&self) -> bool {
        matches!(
            self.state,
            ConnectionState::Active | ConnectionState::Expiring | ConnectionState::Degraded
        )
    }
}
