//! Signing in with an OpenID Connect provider.
//!
//! What goes on between us and the provider stands behind [`IdentityProvider`]; here stands what does not depend on
//! it: who started, who may finish, and which operator is meant. Nobody becomes an operator by this way: an identity
//! either was linked to one, or the provider vouches for the e-mail address that an operator is called by.
//!
//! Of a sign-in under way the database keeps hashes only. Nonce and PKCE verifier are made from the `state` and the
//! secret id that the browser carries in its cookie, so that any instance can finish what another has begun, and
//! nobody who reads the database or the addresses can.

mod callback;
mod linking;
#[cfg(feature = "oidc")]
mod provider;
mod refusal;
#[cfg(feature = "oidc")]
mod wire;

use async_trait::async_trait;
use serde_json::{Value, json};
use smartlinks_store::{Millis, NewOidcAttempt, OidcAttempt};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{SignedIn, Visitor};
use crate::clock::to_millis;
use crate::connect::{Browser, sha256};
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};
use crate::text::shortened;

pub use callback::OidcCallback;
pub use linking::LinkedOperator;
#[cfg(feature = "oidc")]
pub use provider::{OidcProvider, OidcSettings};
pub use refusal::{OidcRefusal, OidcRefusalKind};

use OidcRefusalKind as Kind;

/// How long a started sign-in may take, in milliseconds.
const LIFE_MS: i64 = 600_000;
/// The longest subject that the standard allows.
const SUBJECT_LENGTH: usize = 255;

/// A provider of identities.
#[async_trait]
pub trait IdentityProvider: std::fmt::Debug + Send + Sync + 'static {
    /// How the provider names itself.
    fn issuer(&self) -> &str;

    /// The address at the provider to send the browser to.
    ///
    /// # Errors
    /// When the provider cannot be asked where that is.
    async fn address(&self, ticket: &OidcTicket) -> Result<Url, OidcRefusal>;

    /// Exchanges a code, and checks everything about the answer.
    ///
    /// # Errors
    /// Says which check failed.
    async fn identify(&self, code: &str, ticket: &OidcTicket) -> Result<Identity, OidcRefusal>;
}

/// What belongs to one sign-in. All of it is secret from anybody but provider and browser.
pub struct OidcTicket {
    /// Travels through the browser and comes back.
    pub state: String,
    /// Comes back inside the ID token.
    pub nonce: String,
    /// The PKCE verifier; only its hash travels through the browser.
    pub verifier: String,
}

impl std::fmt::Debug for OidcTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OidcTicket(redacted)")
    }
}

impl OidcTicket {
    fn of(state: &str, browser: &Browser) -> Self {
        Self {
            nonce: hex::encode(browser.derive("oidc nonce", state)),
            verifier: hex::encode(browser.derive("oidc verifier", state)),
            state: state.to_owned(),
        }
    }
}

/// Whom a provider has identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's name of the person: stable, and never given to another.
    pub subject: String,
    /// The e-mail address, where the provider gives one.
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's own.
    pub email_verified: bool,
}

impl Core {
    /// How the provider names itself with which operators can sign in; none where there is none.
    #[must_use]
    pub fn identity_issuer(&self) -> Option<&str> {
        let provider = self.inner.desk.policy.provider.as_deref();
        provider.map(IdentityProvider::issuer)
    }

    fn provider(&self) -> Result<&dyn IdentityProvider> {
        let provider = self.inner.desk.policy.provider.as_deref();
        provider.ok_or(Error::NoIdentityProvider)
    }

    /// Starts a sign-in: keeps the hash of a fresh `state` and gives the address at the provider to open.
    ///
    /// # Errors
    /// [`Error::NoIdentityProvider`], [`Error::OidcRefused`] when the provider cannot be asked,
    /// [`Error::Invalid`], [`Error::Storage`].
    pub async fn begin_oidc(&self, browser: &Browser, return_to: Option<&str>) -> Result<Url> {
        let provider = self.provider()?;
        let return_to = return_to
            .map(|place| self.return_to().check(place))
            .transpose()
            .map_err(|problem| Error::invalid("return_to", problem.to_string()))?;
        let ticket = OidcTicket::of(&random_hex::<32>(self.entropy())?, browser);
        let address = provider
            .address(&ticket)
            .await
            .map_err(|refusal| OidcRefusal {
                return_to: return_to.clone(),
                ..refusal
            })?;
        let now = to_millis(self.now());
        let attempt = NewOidcAttempt {
            state_hash: sha256(ticket.state.as_bytes()),
            browser_hash: browser.hash(),
            return_to,
            created_at: now,
            expires_at: now.plus(LIFE_MS),
        };
        self.store().oidc().create_oidc_attempt(attempt).await?;
        Ok(address)
    }

    /// Takes a callback of the provider and signs the operator in whom it means; also gives where that person wanted
    /// to go. The checks come in the order of [`OidcRefusalKind`]; the provider is asked only when those about
    /// `state` and browser have passed and the `state` has been consumed.
    ///
    /// # Errors
    /// [`Error::OidcRefused`] names what was wrong; [`Error::NoIdentityProvider`]; [`Error::Storage`].
    pub async fn finish_oidc(
        &self,
        callback: OidcCallback,
        browser: Option<&Browser>,
        visitor: &Visitor,
        replaces: Option<&str>,
    ) -> Result<(SignedIn, Option<String>)> {
        let provider = self.provider()?;
        let started = self.started(&callback, provider.issuer(), browser).await?;
        let entered = self.enter(provider, &started, visitor, replaces).await;
        match entered {
            Ok(signed_in) => Ok((signed_in, started.return_to)),
            Err(Error::OidcRefused(refusal)) => {
                self.audit_refused(provider.issuer(), &refusal, visitor)
                    .await?;
                Err(OidcRefusal {
                    return_to: started.return_to,
                    ..*refusal
                }
                .into())
            }
            Err(other) => Err(other),
        }
    }

    /// The sign-in that a callback belongs to, used up.
    async fn started(
        &self,
        callback: &OidcCallback,
        issuer: &str,
        browser: Option<&Browser>,
    ) -> Result<Started> {
        let (code, state) = callback.answer()?;
        let state_hash = sha256(state.as_bytes());
        let (oidc, now) = (self.store().oidc(), to_millis(self.now()));
        let attempt = oidc.oidc_attempt(&state_hash).await?;
        let attempt = attempt.ok_or_else(|| OidcRefusal::of(Kind::UnknownState))?;
        let browser = own_browser(&attempt, browser, now)?;
        if !callback.may_be_of(issuer) {
            return Err(OidcRefusal::of(Kind::WrongIssuer).into());
        }
        if !oidc.consume_oidc_attempt(&state_hash, now).await? {
            return Err(OidcRefusal::of(Kind::StateReused).into());
        }
        Ok(Started {
            code: code.to_owned(),
            ticket: OidcTicket::of(state, browser),
            return_to: attempt.return_to,
        })
    }

    async fn enter(
        &self,
        provider: &dyn IdentityProvider,
        started: &Started,
        visitor: &Visitor,
        replaces: Option<&str>,
    ) -> Result<SignedIn> {
        let identity = provider.identify(&started.code, &started.ticket).await?;
        let issuer = provider.issuer();
        let operator = self.operator_meant(issuer, &identity, visitor).await?;
        let how = by_provider(issuer, &identity);
        let begun = self.begin_session(&operator, None, visitor, replaces, how);
        begun
            .await?
            .ok_or_else(|| OidcRefusal::about(Kind::OperatorDisabled, &identity).into())
    }

    /// Keeps in the audit log that somebody was not let in, with whom the provider has named: by that an operator can
    /// be linked.
    async fn audit_refused(
        &self,
        issuer: &str,
        refusal: &OidcRefusal,
        visitor: &Visitor,
    ) -> Result<()> {
        let data = match &refusal.who {
            Some(identity) => {
                let mut data = by_provider(issuer, identity);
                data["email"] = json!(identity.email.as_deref().map(|text| shortened(text, 254)));
                data
            }
            None => json!({ "by": "oidc", "issuer": issuer, "told": refusal.told }),
        };
        self.stranger(visitor)
            .audit("operator.signed_in", None, None, refusal.code(), &data)
            .await
    }
}

/// A sign-in that was started here, in this browser, and has come back with a code.
struct Started {
    code: String,
    ticket: OidcTicket,
    return_to: Option<String>,
}

/// The browser of an attempt that may still come back, if it is this one.
fn own_browser<'a>(
    attempt: &OidcAttempt,
    browser: Option<&'a Browser>,
    now: Millis,
) -> Result<&'a Browser, OidcRefusal> {
    if attempt.expires_at <= now {
        return Err(OidcRefusal::of(Kind::ExpiredState));
    }
    if attempt.consumed_at.is_some() {
        return Err(OidcRefusal::of(Kind::StateReused));
    }
    browser
        .filter(|one| bool::from(one.hash().ct_eq(&attempt.browser_hash)))
        .ok_or_else(|| OidcRefusal::of(Kind::WrongBrowser))
}

/// How somebody signed in, for the audit log.
fn by_provider(issuer: &str, identity: &Identity) -> Value {
    json!({
        "by": "oidc",
        "issuer": issuer,
        "subject": shortened(&identity.subject, SUBJECT_LENGTH),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_of_one_state_and_one_browser() {
        let browser = |digit: &str| Browser::from_cookie(&digit.repeat(64)).unwrap();
        let one = OidcTicket::of("state", &browser("a"));
        assert_eq!(
            one.verifier,
            OidcTicket::of("state", &browser("a")).verifier
        );
        assert_eq!((one.nonce.len(), one.verifier.len()), (64, 64));
        assert_ne!(
            one.nonce, one.verifier,
            "the nonce is seen by the browser's address bar"
        );
        for other in [
            OidcTicket::of("state", &browser("b")),
            OidcTicket::of("other", &browser("a")),
        ] {
            assert_ne!(one.nonce, other.nonce);
            assert_ne!(one.verifier, other.verifier);
        }
        assert!(!format!("{one:?}").contains(&one.state));
    }
}
