//! The ways in which a login can come back wrong, each with its own name.

use aliexpress::Error as GatewayError;
use smartlinks_store::{ConnectionId, StoreError};

use super::Ending;
use crate::text::plain;

/// What was wrong with a callback. The order here is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The person or AliExpress said no. `error` of the callback said `access_denied`.
    AccessDenied,
    /// AliExpress sent another `error`.
    UpstreamError,
    /// No `code`, or more than one.
    MissingCode,
    /// No `state`, or more than one.
    MissingState,
    /// A `state` that we never sent, or have forgotten.
    UnknownState,
    /// The `state` is older than ten minutes.
    ExpiredState,
    /// The `state` was used already.
    StateReused,
    /// Another browser than the one that started.
    WrongBrowser,
    /// The gateway would not exchange the code.
    ExchangeFailed,
    /// Another account than the one to reconnect.
    AccountMismatch,
    /// The new tokens could not be stored.
    StorageFailed,
}

impl RefusalKind {
    /// All of them, for tests and documentation.
    pub const ALL: [Self; 11] = [
        Self::AccessDenied,
        Self::UpstreamError,
        Self::MissingCode,
        Self::MissingState,
        Self::UnknownState,
        Self::ExpiredState,
        Self::StateReused,
        Self::WrongBrowser,
        Self::ExchangeFailed,
        Self::AccountMismatch,
        Self::StorageFailed,
    ];

    /// The stable name, as in `?error=` of the final redirect.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::UpstreamError => "upstream_error",
            Self::MissingCode => "missing_code",
            Self::MissingState => "missing_state",
            Self::UnknownState => "unknown_state",
            Self::ExpiredState => "expired_state",
            Self::StateReused => "state_reused",
            Self::WrongBrowser => "wrong_browser",
            Self::ExchangeFailed => "exchange_failed",
            Self::AccountMismatch => "account_mismatch",
            Self::StorageFailed => "storage_failed",
        }
    }
}

/// A refused login. Carries where the browser goes next, since that depends on who started it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Refusal {
    /// Which way it was wrong.
    pub kind: RefusalKind,
    /// The upstream `error_description`, at most 200 characters. Hostile until escaped.
    pub description: Option<String>,
    /// What the gateway said to the exchange.
    #[source]
    pub gateway: Option<Box<GatewayError>>,
    /// The caller's own `state`, when the login is known to be the caller's.
    pub caller_state: Option<String>,
    /// Where the caller wants to go, when the login is known to be the caller's.
    pub return_to: Option<String>,
    /// Where the browser is left.
    pub ending: Ending,
    /// The connection that was to be authorised again, when another account signed in.
    pub wanted: Option<ConnectionId>,
}

impl Refusal {
    pub(crate) fn of(kind: RefusalKind) -> Self {
        Self {
            kind,
            description: None,
            gateway: None,
            caller_state: None,
            return_to: None,
            ending: Ending::Here,
            wanted: None,
        }
    }

    pub(crate) fn exchange(error: GatewayError) -> Self {
        Self {
            gateway: Some(Box::new(error)),
            ..Self::of(RefusalKind::ExchangeFailed)
        }
    }

    pub(crate) fn storage(error: &StoreError) -> Self {
        Self {
            description: Some(plain(&error.to_string(), 200)),
            ..Self::of(RefusalKind::StorageFailed)
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The gateway's own code, when the exchange failed there.
    #[must_use]
    pub fn gateway_code(&self) -> Option<&str> {
        self.gateway.as_deref().map(GatewayError::code)
    }

    /// What the other side said, at most 200 characters. Hostile until escaped.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let gateway = || {
            self.gateway
                .as_deref()
                .map(|error| plain(&error.to_string(), 200))
        };
        self.description.clone().or_else(gateway)
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match self.kind {
            RefusalKind::AccessDenied => {
                "Start again and press the approving button on the AliExpress page."
            }
            RefusalKind::UpstreamError => {
                "Start again; if it stays, check the app in the AliExpress console."
            }
            RefusalKind::MissingCode | RefusalKind::MissingState => {
                "Start again from the tab Authentication and let the browser follow the redirect unchanged."
            }
            RefusalKind::UnknownState | RefusalKind::ExpiredState | RefusalKind::StateReused => {
                "Start again from the tab Authentication; a sign-in is good for ten minutes and one use."
            }
            RefusalKind::WrongBrowser => {
                "Finish the sign-in in the browser in which it was started."
            }
            RefusalKind::ExchangeFailed => self
                .gateway
                .as_deref()
                .map_or("Start again.", |error| error.advice().fix),
            RefusalKind::AccountMismatch => {
                "Sign in at AliExpress with the account of this connection, or connect the other account as a new one."
            }
            RefusalKind::StorageFailed => {
                "Mend the database (disk space, permissions), then start again."
            }
        }
    }

    fn sentence(&self) -> String {
        let text = match self.kind {
            RefusalKind::AccessDenied => "AliExpress says that access was denied",
            RefusalKind::UpstreamError => "AliExpress reported an error instead of a code",
            RefusalKind::MissingCode => "the callback carried no code, or more than one",
            RefusalKind::MissingState => "the callback carried no state, or more than one",
            RefusalKind::UnknownState => {
                "the callback carried a state that was never sent from here"
            }
            RefusalKind::ExpiredState => "the sign-in took longer than ten minutes",
            RefusalKind::StateReused => "this sign-in was used already",
            RefusalKind::WrongBrowser => "the sign-in was started in another browser",
            RefusalKind::ExchangeFailed => "the gateway did not exchange the code for tokens",
            RefusalKind::AccountMismatch => {
                "another account signed in than the one of this connection"
            }
            RefusalKind::StorageFailed => "the new tokens could not be stored",
        };
        match (self.gateway.as_deref(), &self.description) {
            (Some(error), _) => format!("{text}: {error}"),
            (None, Some(description)) => format!("{text}: {description}"),
            (None, None) => text.to_owned(),
        }
    }
}
