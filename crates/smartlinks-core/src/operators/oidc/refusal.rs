//! The ways in which a sign-in with a provider can end badly, each with its own name.

use super::Identity;
use crate::text::plain;

/// How much of what a provider says is kept, in characters.
const TOLD_LENGTH: usize = 200;

/// What was wrong. The order here is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OidcRefusalKind {
    /// The person, or the provider for this person, said no: `access_denied`.
    AccessDenied,
    /// The provider sent another `error`.
    ProviderError,
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
    /// The provider does not answer.
    Unreachable,
    /// What the provider says of itself cannot be right: another issuer, or no such document.
    DiscoveryMismatch,
    /// The provider would not exchange the code.
    ExchangeRefused,
    /// The answer holds no ID token, or none that can be read, or one that does not belong to its access token.
    UnreadableToken,
    /// The ID token is signed with no key of the provider, or in a way that is not accepted.
    BadSignature,
    /// The ID token, or the answer, is of another issuer.
    WrongIssuer,
    /// The ID token was made for another application.
    WrongAudience,
    /// The ID token was made for another sign-in.
    NonceMismatch,
    /// The ID token has run out.
    ExpiredToken,
    /// The provider does not say that the e-mail address is the person's own.
    EmailUnverified,
    /// No operator belongs to this identity.
    UnknownOperator,
    /// The operator may not sign in.
    OperatorDisabled,
    /// The operator of that name belongs to another identity of the same provider.
    OtherIdentity,
}

impl OidcRefusalKind {
    /// All of them, for tests and documentation.
    pub const ALL: [Self; 21] = [
        Self::AccessDenied,
        Self::ProviderError,
        Self::MissingCode,
        Self::MissingState,
        Self::UnknownState,
        Self::ExpiredState,
        Self::StateReused,
        Self::WrongBrowser,
        Self::Unreachable,
        Self::DiscoveryMismatch,
        Self::ExchangeRefused,
        Self::UnreadableToken,
        Self::BadSignature,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::NonceMismatch,
        Self::ExpiredToken,
        Self::EmailUnverified,
        Self::UnknownOperator,
        Self::OperatorDisabled,
        Self::OtherIdentity,
    ];

    /// The stable name, as in `?oidc=` of the redirect to the sign-in page.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::ProviderError => "provider_error",
            Self::MissingCode => "missing_code",
            Self::MissingState => "missing_state",
            Self::UnknownState => "unknown_state",
            Self::ExpiredState => "expired_state",
            Self::StateReused => "state_reused",
            Self::WrongBrowser => "wrong_browser",
            Self::Unreachable => "provider_unreachable",
            Self::DiscoveryMismatch => "discovery_mismatch",
            Self::ExchangeRefused => "exchange_refused",
            Self::UnreadableToken => "unreadable_token",
            Self::BadSignature => "bad_signature",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::NonceMismatch => "nonce_mismatch",
            Self::ExpiredToken => "expired_token",
            Self::EmailUnverified => "email_unverified",
            Self::UnknownOperator => "unknown_identity",
            Self::OperatorDisabled => "operator_disabled",
            Self::OtherIdentity => "other_identity",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What happened, in words.
    const fn sentence(self) -> &'static str {
        match self {
            Self::AccessDenied => "the sign-in was refused at the provider",
            Self::ProviderError => "the provider reported an error",
            Self::MissingCode => "the provider sent the browser back without a code",
            Self::MissingState => "the answer does not say which sign-in it belongs to",
            Self::UnknownState => "the answer belongs to no sign-in that was started here",
            Self::ExpiredState => "the sign-in took longer than ten minutes",
            Self::StateReused => "the answer was used already",
            Self::WrongBrowser => "the sign-in was started in another browser",
            Self::Unreachable => "the provider does not answer",
            Self::DiscoveryMismatch => {
                "the provider does not describe itself as it is configured here"
            }
            Self::ExchangeRefused => "the provider refused the code or this application",
            Self::UnreadableToken => "the provider's answer holds no usable ID token",
            Self::BadSignature => "the ID token is not signed by the provider",
            Self::WrongIssuer => "the answer is of another issuer",
            Self::WrongAudience => "the ID token was made for another application",
            Self::NonceMismatch => "the ID token was made for another sign-in",
            Self::ExpiredToken => "the ID token has run out",
            Self::EmailUnverified => {
                "the provider does not say that the e-mail address is verified"
            }
            Self::UnknownOperator => "no operator belongs to this identity",
            Self::OperatorDisabled => "the operator is disabled",
            Self::OtherIdentity => "the operator belongs to another identity of this provider",
        }
    }

    /// Who can mend it, and how.
    const fn fix(self) -> &'static str {
        match self {
            Self::AccessDenied
            | Self::MissingCode
            | Self::MissingState
            | Self::UnknownState
            | Self::ExpiredState
            | Self::StateReused
            | Self::NonceMismatch => "Sign in again from the sign-in page.",
            Self::WrongBrowser => "Start and finish in the same browser, under the public address.",
            Self::ProviderError | Self::Unreachable => {
                "Try again, or sign in with name and password; the log says what the provider answered."
            }
            Self::DiscoveryMismatch | Self::WrongIssuer => {
                "Set SMARTLINKS_OIDC_ISSUER to the issuer exactly as the provider writes it."
            }
            Self::ExchangeRefused | Self::WrongAudience => {
                "Check client id, client secret and redirect address with the provider (docs/deploy.md)."
            }
            Self::UnreadableToken | Self::BadSignature => {
                "Have the provider sign ID tokens with a key that it publishes (RS256 or ES256)."
            }
            Self::ExpiredToken => "Compare the clocks of this machine and of the provider.",
            Self::EmailUnverified | Self::UnknownOperator => {
                "Add an operator whose name is the verified e-mail address, or link the subject that the audit log \
                 names: `smartlinks operators link-oidc NAME SUBJECT`."
            }
            Self::OperatorDisabled => {
                "Let the operator in again first: `smartlinks operators enable NAME`."
            }
            Self::OtherIdentity => {
                "If it is the same person, link the new subject: `smartlinks operators link-oidc NAME SUBJECT`."
            }
        }
    }
}

/// A refused sign-in.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct OidcRefusal {
    /// Which way it was wrong.
    pub kind: OidcRefusalKind,
    /// What the provider, or the check, said: for the log, at most 200 characters, never a token.
    pub told: Option<String>,
    /// Where the person wanted to go, when the sign-in is known to be this browser's.
    pub return_to: Option<String>,
    /// Who it was, when the provider has said so and all checks of its word have passed.
    pub who: Option<Identity>,
}

impl OidcRefusal {
    /// A refusal without more words.
    #[must_use]
    pub fn of(kind: OidcRefusalKind) -> Self {
        Self {
            kind,
            told: None,
            return_to: None,
            who: None,
        }
    }

    /// A refusal of somebody whom the provider has identified.
    pub(super) fn about(kind: OidcRefusalKind, identity: &Identity) -> Self {
        Self {
            who: Some(identity.clone()),
            ..Self::of(kind)
        }
    }

    /// The same with what the provider, or the check, said.
    #[must_use]
    pub fn telling(self, told: &str) -> Self {
        Self {
            told: Some(plain(told, TOLD_LENGTH)).filter(|told| !told.is_empty()),
            ..self
        }
    }

    fn sentence(&self) -> String {
        match &self.told {
            Some(told) => format!("{}: {told}", self.kind.sentence()),
            None => self.kind.sentence().to_owned(),
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// Who can mend it, and how.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        self.kind.fix()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_name_and_words_of_its_own() {
        let kinds = OidcRefusalKind::ALL;
        let codes: BTreeSet<_> = kinds.iter().map(|kind| kind.code()).collect();
        let words: BTreeSet<_> = kinds.iter().map(|kind| kind.sentence()).collect();
        assert_eq!((codes.len(), words.len()), (kinds.len(), kinds.len()));
        for kind in kinds {
            assert_eq!(OidcRefusalKind::named(kind.code()), Some(kind));
        }
        assert_eq!(OidcRefusalKind::named("no_such"), None);
    }

    #[test]
    fn what_a_provider_says_is_cut_and_cannot_leave_its_line() {
        let refusal = OidcRefusal::of(OidcRefusalKind::ProviderError)
            .telling(&format!("a\nb{}", "x".repeat(500)));
        let told = refusal.told.unwrap();
        assert!(told.starts_with("abx") && told.chars().count() <= TOLD_LENGTH + 1);
        assert_eq!(
            OidcRefusal::of(OidcRefusalKind::ProviderError)
                .telling(" ")
                .told,
            None
        );
    }
}
