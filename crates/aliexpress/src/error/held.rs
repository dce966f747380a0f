use std::fmt;
use std::time::Duration;

use super::Attempts;

/// A call that was not sent, because it would have had to wait longer than its [`Policy`](crate::Policy) allows.
///
/// Nothing happened at AliExpress, except when an earlier attempt of the same call was sent: [`Error::effect`] knows.
///
/// [`Error::effect`]: crate::Error::effect
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{method} was held back for {seconds} s: {reason}{attempts}")]
#[non_exhaustive]
pub struct Held {
    /// The gateway method or path.
    pub method: String,
    /// What it would have had to wait for.
    pub reason: HeldReason,
    /// How long at least, from now, in whole seconds. Never zero.
    pub seconds: u64,
    pub(crate) attempts: Attempts,
}

impl Held {
    /// A call of `method` that would have had to wait for so many seconds. Zero counts as one.
    pub fn new(method: impl Into<String>, reason: HeldReason, seconds: u64) -> Self {
        Self {
            method: method.into(),
            reason,
            seconds: seconds.max(1),
            attempts: Attempts::default(),
        }
    }

    /// A part of a second counts as one.
    pub(crate) fn waiting(method: &str, reason: HeldReason, wait: Duration) -> Self {
        let part = u64::from(wait.subsec_nanos() > 0);
        Self::new(method, reason, wait.as_secs().saturating_add(part))
    }
}

/// What a call would have had to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeldReason {
    /// The gateway has banned this method for this app (`ApiCallLimit`, `AppApiCallLimit`, legacy code 7).
    MethodBan,
    /// The gateway has banned all methods of this app (`AppCallLimit`).
    AppBan,
    /// The gateway has banned all methods of this account (`SellerCallLimit`).
    AccountBan,
    /// The calls per second that the method allows are used up, and others are in front.
    Budget,
}

impl HeldReason {
    /// Stable name for logs, metrics and API answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MethodBan | Self::AppBan | Self::AccountBan => "held_by_ban",
            Self::Budget => "held_by_budget",
        }
    }
}

impl fmt::Display for HeldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MethodBan => "AliExpress has stopped this method for this app",
            Self::AppBan => "AliExpress has stopped all methods of this app",
            Self::AccountBan => "AliExpress has stopped all methods of this account",
            Self::Budget => "the calls per second that the method allows are used up",
        })
    }
}
