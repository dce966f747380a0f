//! Authentication: the guided way from two keys to a connected account, and the connected accounts.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{AppKeys, AppView, ConnectionState, ConnectionView, Frame, Tab, Tone};

/// `GET /aliexpress/authentication`
#[derive(Debug, Clone, Template)]
#[template(path = "authentication.html")]
pub struct AuthenticationPage {
    /// What every page carries.
    pub frame: Frame,
    /// The application.
    pub app: AppView,
    /// A sign-in of this browser that has not come back yet.
    pub attempt: Option<Attempt>,
    /// How the sign-in that led here ended.
    pub outcome: Option<AuthOutcome>,
    /// All connections, those that were ended last.
    pub connections: Vec<ConnectionView>,
}

/// A sign-in under way.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// When it began. Milliseconds.
    pub started_ms: i64,
    /// When it is too late for it to come back. Milliseconds.
    pub expires_ms: i64,
}

/// How a sign-in ended.
#[derive(Debug, Clone)]
pub enum AuthOutcome {
    /// The account is connected.
    Success {
        /// Its name as shown.
        connection_name: String,
        /// It had been connected before; the id is the same.
        reconnected: bool,
    },
    /// It is not.
    Failure(AuthFailure),
}

/// Why a sign-in did not end well.
#[derive(Debug, Clone)]
pub struct AuthFailure {
    /// The named refusal.
    pub error: AuthError,
    /// The connection that was to be authorised again, with `account_mismatch`.
    pub wanted: Option<Box<ConnectionView>>,
    /// The gateway's code, with `exchange_failed`.
    pub gateway_code: Option<String>,
    /// AliExpress's own sentence, quoted as text.
    pub description: Option<String>,
    /// What to quote to whoever helps.
    pub request_id: Option<String>,
}

/// Every way a sign-in can be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthError {
    /// Somebody pressed "cancel" at AliExpress.
    AccessDenied,
    /// No code came back.
    MissingCode,
    /// No state came back.
    MissingState,
    /// The state is none of ours.
    UnknownState,
    /// It took longer than ten minutes.
    ExpiredState,
    /// The same answer came a second time.
    StateReused,
    /// The answer came to another browser.
    WrongBrowser,
    /// AliExpress did not give tokens for the code.
    ExchangeFailed,
    /// Another account than the one to be reconnected.
    AccountMismatch,
    /// The tokens could not be stored.
    StorageFailed,
    /// The keys are missing.
    NotConfigured,
    /// Another error of AliExpress; shown by its code.
    Other(String),
}

impl AuthError {
    /// From the slug in the address, for example `expired_state`.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        match slug {
            "access_denied" => Self::AccessDenied,
            "missing_code" => Self::MissingCode,
            "missing_state" => Self::MissingState,
            "unknown_state" => Self::UnknownState,
            "expired_state" => Self::ExpiredState,
            "state_reused" => Self::StateReused,
            "wrong_browser" => Self::WrongBrowser,
            "exchange_failed" => Self::ExchangeFailed,
            "account_mismatch" => Self::AccountMismatch,
            "storage_failed" => Self::StorageFailed,
            "not_configured" => Self::NotConfigured,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The slug.
    #[must_use]
    pub fn slug(&self) -> &str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::MissingCode => "missing_code",
            Self::MissingState => "missing_state",
            Self::UnknownState => "unknown_state",
            Self::ExpiredState => "expired_state",
            Self::StateReused => "state_reused",
            Self::WrongBrowser => "wrong_browser",
            Self::ExchangeFailed => "exchange_failed",
            Self::AccountMismatch => "account_mismatch",
            Self::StorageFailed => "storage_failed",
            Self::NotConfigured => "not_configured",
            Self::Other(slug) => slug,
        }
    }

    pub(crate) const fn what(&self) -> Key {
        match self {
            Self::AccessDenied => Key::AuthAccessDenied,
            Self::MissingCode => Key::AuthMissingCode,
            Self::MissingState => Key::AuthMissingState,
            Self::UnknownState => Key::AuthUnknownState,
            Self::ExpiredState => Key::AuthExpiredState,
            Self::StateReused => Key::AuthStateReused,
            Self::WrongBrowser => Key::AuthWrongBrowser,
            Self::ExchangeFailed => Key::AuthExchangeFailed,
            Self::AccountMismatch => Key::AuthAccountMismatch,
            Self::StorageFailed => Key::AuthStorageFailed,
            Self::NotConfigured => Key::AuthNotConfigured,
            Self::Other(_) => Key::AuthOther,
        }
    }

    pub(crate) const fn fix(&self) -> Key {
        match self {
            Self::AccessDenied => Key::AuthAccessDeniedFix,
            Self::MissingCode => Key::AuthMissingCodeFix,
            Self::MissingState => Key::AuthMissingStateFix,
            Self::UnknownState => Key::AuthUnknownStateFix,
            Self::ExpiredState => Key::AuthExpiredStateFix,
            Self::StateReused => Key::AuthStateReusedFix,
            Self::WrongBrowser => Key::AuthWrongBrowserFix,
            Self::ExchangeFailed => Key::AuthExchangeFailedFix,
            Self::AccountMismatch => Key::AuthAccountMismatchFix,
            Self::StorageFailed => Key::AuthStorageFailedFix,
            Self::NotConfigured => Key::AuthNotConfiguredFix,
            Self::Other(_) => Key::AuthOtherFix,
        }
    }

    /// AliExpress had answered with a code when it failed.
    const fn came_with_code(&self) -> bool {
        !matches!(
            self,
            Self::AccessDenied | Self::MissingCode | Self::NotConfigured | Self::Other(_)
        )
    }
}

impl AuthFailure {
    /// The connection that another account could take over, when that is what went wrong.
    pub(crate) fn replaceable(&self) -> Option<&ConnectionView> {
        match self.error {
            AuthError::AccountMismatch => self.wanted.as_deref(),
            _ => None,
        }
    }
}

impl AuthenticationPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame.t(Key::TabAuthentication)
    }

    fn live(&self) -> impl Iterator<Item = &ConnectionView> {
        self.connections.iter().filter(|one| one.is_live())
    }

    fn any_live(&self) -> bool {
        self.live().next().is_some()
    }

    fn live_count(&self) -> usize {
        self.live().count()
    }

    /// Once accounts are connected the guide is the way to add another, not the news.
    fn connections_first(&self) -> bool {
        self.any_live() && self.outcome.is_none() && self.attempt.is_none() && self.app.usable()
    }

    fn any_works(&self) -> bool {
        self.live().any(|one| one.usable)
    }

    fn failure(&self) -> Option<&AuthFailure> {
        match &self.outcome {
            Some(AuthOutcome::Failure(failure)) => Some(failure),
            _ => None,
        }
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        if !self.app.usable() {
            return frame.t(Key::AuthAnswerKeys);
        }
        let total = self.live().count();
        let stopped = self
            .live()
            .filter(|one| one.state == ConnectionState::ReauthorizationRequired)
            .count();
        match (total, stopped) {
            (0, _) if self.attempt.is_some() => frame.t(Key::AuthAnswerWaiting),
            (0, _) => frame.t(Key::AuthAnswerNone),
            (_, 0) => frame.t1(Key::AuthAnswerConnected, "count", total),
            (_, stopped) => frame.t1(Key::AuthAnswerStopped, "count", stopped),
        }
    }

    fn answer_tone(&self) -> Tone {
        if !self.app.usable() {
            return Tone::Bad;
        }
        self.connected_step()
    }

    fn keys_step(&self) -> Tone {
        match self.app.keys {
            AppKeys::Found | AppKeys::Checked => Tone::Good,
            AppKeys::Refused(_) | AppKeys::Missing(_) => Tone::Bad,
        }
    }

    fn authorize_step(&self) -> Tone {
        match self.failure() {
            _ if !self.app.usable() => Tone::Idle,
            Some(failure) if !failure.error.came_with_code() => Tone::Bad,
            Some(_) => Tone::Current,
            None if self.attempt.is_some() || self.any_works() => Tone::Good,
            None => Tone::Current,
        }
    }

    fn code_step(&self) -> Tone {
        match self.failure() {
            _ if !self.app.usable() => Tone::Idle,
            Some(failure) if failure.error.came_with_code() => Tone::Bad,
            Some(_) => Tone::Idle,
            None if self.attempt.is_some() => Tone::Current,
            None if self.any_works() => Tone::Good,
            None => Tone::Idle,
        }
    }

    fn connected_step(&self) -> Tone {
        if !self.any_live() {
            Tone::Idle
        } else if self.live().all(|one| !one.usable) {
            Tone::Bad
        } else if self.live().any(|one| !one.is_well()) {
            Tone::Warn
        } else {
            Tone::Good
        }
    }
}
