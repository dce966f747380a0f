//! Signing in, and choosing a password by a one-time link.

use askama::Template;
use smartlinks_core::OidcRefusalKind;

use crate::page::i18n::Key;
use crate::page::views::{Frame, Tone};

/// `GET /aliexpress/sign-in`
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What every page carries.
    pub frame: Frame,
    /// Why the last attempt failed.
    pub error: Option<SignInError>,
    /// The name that was entered, so that it need not be typed again.
    pub name: String,
    /// Where to go afterwards, a path of ours; sent back as the field `return_to`.
    pub return_to: Option<String>,
    /// The provider with which people can sign in too, where there is one.
    pub provider: Option<Provider>,
}

/// A provider of identities.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What people know it by.
    pub host: String,
    /// Where signing in with it begins.
    pub path: String,
}

/// Why signing in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// Name or password is wrong; which of the two is not said.
    Wrong,
    /// Name or password was left out.
    Empty,
    /// Too many attempts; seconds until the next one.
    TooManyAttempts(i64),
    /// The way by the provider ended badly.
    Provider(OidcRefusalKind),
}

impl SignInError {
    pub(crate) fn words(self, frame: &Frame) -> String {
        match self {
            Self::Wrong => frame.t(Key::SignInWrong),
            Self::Empty => frame.t(Key::SignInEmpty),
            Self::TooManyAttempts(seconds) => frame.t1(Key::SignInTooMany, "seconds", seconds),
            Self::Provider(kind) => frame.t(provider_words(kind)),
        }
    }
}

/// What happened on the way by the provider, and what mends it.
const fn provider_words(kind: OidcRefusalKind) -> Key {
    match kind {
        OidcRefusalKind::AccessDenied => Key::OidcAccessDenied,
        OidcRefusalKind::ProviderError => Key::OidcProviderError,
        OidcRefusalKind::MissingCode => Key::OidcMissingCode,
        OidcRefusalKind::MissingState => Key::OidcMissingState,
        OidcRefusalKind::UnknownState => Key::OidcUnknownState,
        OidcRefusalKind::ExpiredState => Key::OidcExpiredState,
        OidcRefusalKind::StateReused => Key::OidcStateReused,
        OidcRefusalKind::WrongBrowser => Key::OidcWrongBrowser,
        OidcRefusalKind::Unreachable => Key::OidcUnreachable,
        OidcRefusalKind::DiscoveryMismatch => Key::OidcDiscoveryMismatch,
        OidcRefusalKind::ExchangeRefused => Key::OidcExchangeRefused,
        OidcRefusalKind::UnreadableToken => Key::OidcUnreadableToken,
        OidcRefusalKind::BadSignature => Key::OidcBadSignature,
        OidcRefusalKind::WrongIssuer => Key::OidcWrongIssuer,
        OidcRefusalKind::WrongAudience => Key::OidcWrongAudience,
        OidcRefusalKind::NonceMismatch => Key::OidcNonceMismatch,
        OidcRefusalKind::ExpiredToken => Key::OidcExpiredToken,
        OidcRefusalKind::EmailUnverified => Key::OidcEmailUnverified,
        OidcRefusalKind::UnknownOperator => Key::OidcUnknownOperator,
        OidcRefusalKind::OperatorDisabled => Key::OidcOperatorDisabled,
        OidcRefusalKind::OtherIdentity => Key::OidcOtherIdentity,
    }
}

impl SignInPage {
    fn title(&self) -> String {
        self.frame.t(Key::SignInTitle)
    }

    /// Whether what was wrong stands in the fields.
    const fn fields_are_wrong(&self) -> bool {
        matches!(
            self.error,
            Some(SignInError::Wrong | SignInError::Empty | SignInError::TooManyAttempts(_))
        )
    }
}

/// `GET /aliexpress/sign-in/link`
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_link.html")]
pub struct SignInLinkPage {
    /// What every page carries.
    pub frame: Frame,
    /// What the link is for.
    pub link: LinkState,
    /// Why the last attempt failed.
    pub error: Option<LinkError>,
}

/// How a one-time link stands.
#[derive(Debug, Clone)]
pub enum LinkState {
    /// It makes the first operator. The token is sent back as the field `token`.
    FirstStart {
        /// The token of the link.
        token: String,
        /// The name that was entered, so that it need not be typed again.
        name: String,
    },
    /// The operator of this name chooses a password.
    ChoosePassword {
        /// The token of the link.
        token: String,
        /// The operator.
        name: String,
    },
    /// It was used, or its time is over.
    Spent,
}

/// Why choosing name and password failed. The link still works then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkError {
    /// No name, or one that is too long.
    Name,
    /// The password is too easy to guess.
    Password,
    /// The two passwords differ.
    Differ,
}

impl LinkError {
    const fn key(self) -> Key {
        match self {
            Self::Name => Key::LinkName,
            Self::Password => Key::PasswordRule,
            Self::Differ => Key::PasswordDiffer,
        }
    }
}

impl SignInLinkPage {
    fn title(&self) -> String {
        match &self.link {
            LinkState::FirstStart { .. } => self.frame.t(Key::LinkFirstTitle),
            LinkState::ChoosePassword { name, .. } => {
                self.frame.t1(Key::LinkPasswordTitle, "name", name)
            }
            LinkState::Spent => self.frame.t(Key::LinkSpentTitle),
        }
    }

    const fn name_is_wrong(&self) -> bool {
        matches!(self.error, Some(LinkError::Name))
    }

    const fn password_is_wrong(&self) -> bool {
        matches!(self.error, Some(LinkError::Password | LinkError::Differ))
    }
}
