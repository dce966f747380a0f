//! Signing in with an OpenID Connect provider.
//!
//! What goes on between us and the provider stands behind [`IdentityProvider`]; here stands what does not depend on
//! it: who started, who may finish, and which operator is meant. Nobody becomes an operator by this way: an identity
//! either was linked to one, or the provider vouches for the e-mail address that an operator is called by.
//!
//! Of a sign-in under way the database keeps hashes only. Nonce and PKCE verifier are made from the `state` and the
//! secret id that the browser carries in its cookie, so that any instance can finish what another has begun, and
//! nobody who reads the database or the addresses can.

#[cfg(feature = "oidc")]
mod provider;
mod refusal;
#[cfg(feature = "oidc")]
mod wire;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};
use smartlinks_store::{Actor, ActorKind, Millis, NewOidcAttempt, OidcIdentity, Operator};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{OperatorView, SignedIn, Visitor, view};
use crate::clock::to_millis;
use crate::connect::{Browser, sha256};
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};
use crate::text::shortened;

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

/// What the browser brought back, not yet believed.
#[derive(Default, Clone)]
pub struct OidcCallback {
    code: Vec<String>,
    state: Vec<String>,
    issuer: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl OidcCallback {
    /// Reads the raw query of the callback's address. Unknown parameters are passed over.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "code" => read.code.push(value),
                "state" => read.state.push(value),
                "iss" => read.issuer = Some(value),
                "error" => read.error = Some(value),
                "error_description" => read.error_description = Some(value),
                _ => {}
            }
        }
        read
    }

    fn only(values: &[String]) -> Option<&str> {
        match values {
            [one] if !one.is_empty() => Some(one),
            _ => None,
        }
    }

    /// What the provider said instead of a code.
    fn upstream(&self) -> Option<OidcRefusal> {
        let error = self.error.as_deref()?;
        let kind = match error {
            "access_denied" => Kind::AccessDenied,
            _ => Kind::ProviderError,
        };
        let told = match &self.error_description {
            Some(description) => format!("{error}: {description}"),
            None => error.to_owned(),
        };
        Some(OidcRefusal::of(kind).telling(&told))
    }
}

impl std::fmt::Debug for OidcCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcCallback")
            .field("codes", &self.code.len())
            .field("states", &self.state.len())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// An operator and the identity that signs it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedOperator {
    /// The operator.
    #[serde(flatten)]
    pub operator: OperatorView,
    /// How the provider names itself.
    pub issuer: String,
    /// The provider's name of the person.
    pub subject: String,
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
        if let Some(refusal) = callback.upstream() {
            return Err(refusal.into());
        }
        let refused = |kind| Err(OidcRefusal::of(kind).into());
        let Some(code) = OidcCallback::only(&callback.code) else {
            return refused(Kind::MissingCode);
        };
        let Some(state) = OidcCallback::only(&callback.state) else {
            return refused(Kind::MissingState);
        };
        let state_hash = sha256(state.as_bytes());
        let Some(attempt) = self.store().oidc().oidc_attempt(&state_hash).await? else {
            return refused(Kind::UnknownState);
        };
        let now = to_millis(self.now());
        if attempt.expires_at <= now {
            return refused(Kind::ExpiredState);
        }
        if attempt.consumed_at.is_some() {
            return refused(Kind::StateReused);
        }
        let own = browser.filter(|one| bool::from(one.hash().ct_eq(&attempt.browser_hash)));
        let Some(browser) = own else {
            return refused(Kind::WrongBrowser);
        };
        if callback
            .issuer
            .as_deref()
            .is_some_and(|said| said != issuer)
        {
            return refused(Kind::WrongIssuer);
        }
        if !self
            .store()
            .oidc()
            .consume_oidc_attempt(&state_hash, now)
            .await?
        {
            return refused(Kind::StateReused);
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
        self.begin_session(&operator, visitor, replaces, how).await
    }

    /// The operator whom an identity means: the one it is linked to; else the one who is called by the verified
    /// address, and is linked to it from now on.
    async fn operator_meant(
        &self,
        issuer: &str,
        identity: &Identity,
        visitor: &Visitor,
    ) -> Result<Operator> {
        let refused = |kind| -> Error {
            OidcRefusal {
                who: Some(identity.clone()),
                ..OidcRefusal::of(kind)
            }
            .into()
        };
        let oidc = self.store().oidc();
        let linked = oidc.operator_of_identity(issuer, &identity.subject).await?;
        if let Some(operator) = linked {
            return match operator.disabled_at {
                None => Ok(operator),
                Some(_) => Err(refused(Kind::OperatorDisabled)),
            };
        }
        let Some(email) = identity.email.as_deref().map(str::trim) else {
            return Err(refused(Kind::UnknownOperator));
        };
        // Before anything is looked up: an address that anybody may claim says nothing about who is called so here.
        if !identity.email_verified {
            return Err(refused(Kind::EmailUnverified));
        }
        let Some(operator) = self.store().operators().operator_named(email).await? else {
            return Err(refused(Kind::UnknownOperator));
        };
        if operator.disabled_at.is_some() {
            return Err(refused(Kind::OperatorDisabled));
        }
        let acting = self.acting_for(&operator.id, &operator.name, visitor);
        if acting.link_first(issuer, identity, &operator).await? {
            return Ok(operator);
        }
        // Another tab may have been first, with the same identity; else the operator has another one.
        let linked = oidc.operator_of_identity(issuer, &identity.subject).await?;
        match linked.filter(|linked| linked.id == operator.id) {
            Some(operator) => Ok(operator),
            None => Err(refused(Kind::OtherIdentity)),
        }
    }

    async fn link_first(
        &self,
        issuer: &str,
        identity: &Identity,
        operator: &Operator,
    ) -> Result<bool> {
        let new = self.identity(issuer, &identity.subject, operator);
        let data = json!({
            "name": operator.name,
            "issuer": issuer,
            "subject": identity.subject,
            "by": "verified_email",
        });
        let change = self.operator_change("operator.identity_linked", &operator.id, &data);
        let oidc = self.store().oidc();
        Ok(oidc.link_identity(new, change.traces).await?)
    }

    fn identity(&self, issuer: &str, subject: &str, operator: &Operator) -> OidcIdentity {
        OidcIdentity {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            operator: operator.id.clone(),
            linked_at: to_millis(self.now()),
        }
    }

    /// Links an operator to an identity, in place of the one it may have with this issuer; its sessions end. For the
    /// command line, where whoever may open the database may do so.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownOperator`], [`Error::IdentityTaken`], [`Error::Storage`].
    pub async fn link_operator(
        &self,
        name: &str,
        issuer: &str,
        subject: &str,
    ) -> Result<LinkedOperator> {
        let subject = subject.trim();
        let fine = !subject.is_empty()
            && subject.len() <= SUBJECT_LENGTH
            && subject.bytes().all(|byte| byte.is_ascii_graphic());
        if !fine {
            return Err(Error::invalid(
                "subject",
                format!(
                    "has to be the `sub` of the provider: 1 to {SUBJECT_LENGTH} ASCII characters without blanks"
                ),
            ));
        }
        let operator = self.operator_record(name).await?;
        let data = json!({
            "name": operator.name,
            "issuer": issuer,
            "subject": subject,
            "by": "command_line",
        });
        let change = self.operator_change("operator.identity_linked", &operator.id, &data);
        let new = self.identity(issuer, subject, &operator);
        let oidc = self.store().oidc();
        if !oidc.replace_identity(new, change.traces).await? {
            return Err(Error::IdentityTaken(subject.to_owned()));
        }
        Ok(LinkedOperator {
            operator: view(&self.operator_record(&operator.name).await?),
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// Keeps in the audit log that somebody was not let in, with whom the provider has named: by that an operator can
    /// be linked.
    async fn audit_refused(
        &self,
        issuer: &str,
        refusal: &OidcRefusal,
        visitor: &Visitor,
    ) -> Result<()> {
        let stranger = self.acting_as(Actor {
            address: visitor.address.map(|address| address.to_string()),
            ..Actor::of(ActorKind::Anybody)
        });
        let data = match &refusal.who {
            Some(identity) => {
                let mut data = by_provider(issuer, identity);
                data["email"] = json!(identity.email.as_deref().map(|text| shortened(text, 254)));
                data
            }
            None => json!({ "by": "oidc", "issuer": issuer, "told": refusal.told }),
        };
        stranger
            .audit("operator.signed_in", None, None, refusal.code(), &data)
            .await
    }

    /// Deletes sign-ins a day after their time; gives how many.
    pub(super) async fn forget_old_oidc(&self, before: Millis) -> Result<u64> {
        Ok(self.store().oidc().prune_oidc_attempts(before).await?)
    }
}

/// A sign-in that was started here, in this browser, and has come back with a code.
struct Started {
    code: String,
    ticket: OidcTicket,
    return_to: Option<String>,
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

    #[test]
    fn a_query_is_read_and_not_shown() {
        let read = OidcCallback::from_query("code=canary&state=s&state=t&iss=i&error=e&x=y");
        assert_eq!(OidcCallback::only(&read.code), Some("canary"));
        assert_eq!(OidcCallback::only(&read.state), None, "given twice");
        assert_eq!(read.issuer.as_deref(), Some("i"));
        assert!(!format!("{read:?}").contains("canary"));
    }
}
