//! A provider over HTTP: discovery, authorization code with PKCE, and all checks of the ID token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliexpress::Clock;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken,
    CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, TokenResponse as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use url::Url;

use super::wire::{Wire, WireError};
use super::{Identity, IdentityProvider, OidcRefusal, OidcRefusalKind as Kind, OidcTicket};
use crate::error::{Error, Result as CoreResult};

/// For how long what a provider says of itself, its keys among it, is believed without asking again.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// A token with an unknown key makes us ask for the keys again, and not more often than this.
const KEYS_ASKED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// How ID tokens may be signed: with a key that the provider publishes. What it says that it supports does not widen
/// this: neither `none`, nor a secret that two sides know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// A provider that did not answer is not asked again for so long: whoever waits behind is told at once.
const FAILURE_HOLDS: SignedDuration = SignedDuration::from_secs(5);

type Refused<T> = std::result::Result<T, OidcRefusal>;

/// Who we are to a provider.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// How the provider names itself, to the letter.
    pub issuer: String,
    /// The id that the provider gave this application.
    pub client_id: String,
    /// The secret that the provider gave this application.
    pub client_secret: SecretString,
    /// Where the provider sends the browser back, as registered with it.
    pub redirect_uri: Url,
}

/// A provider that is reached over HTTP.
pub struct OidcProvider {
    settings: OidcSettings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    clock: Arc<dyn Clock>,
    wire: Wire,
    /// Held while the provider is asked, so that it is asked once.
    heard: Mutex<Heard>,
}

/// What came of asking.
#[derive(Default)]
struct Heard {
    known: Option<Known>,
    failure: Option<(Timestamp, OidcRefusal)>,
}

/// What a provider has said of itself.
#[derive(Clone)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: Timestamp,
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider")
            .field("issuer", &self.issuer.as_str())
            .finish_non_exhaustive()
    }
}

impl OidcProvider {
    /// Nothing is asked of the provider yet: a start does not wait for it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the issuer or the redirect address cannot be used.
    pub fn new(settings: OidcSettings, clock: Arc<dyn Clock>) -> CoreResult<Self> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|error| Error::invalid("issuer", error.to_string()))?;
        let redirect = RedirectUrl::new(settings.redirect_uri.to_string())
            .map_err(|error| Error::invalid("redirect_uri", error.to_string()))?;
        Ok(Self {
            wire: Wire::new(issuer.url().scheme() == "https"),
            settings,
            issuer,
            redirect,
            clock,
            heard: Mutex::default(),
        })
    }

    /// What the provider says of itself, not older than an hour.
    async fn known(&self) -> Refused<Known> {
        self.known_since(KNOWN_FOR).await
    }

    /// The same, not older than `age`.
    async fn known_since(&self, age: SignedDuration) -> Refused<Known> {
        let mut heard = self.heard.lock().await;
        let now = self.clock.now();
        let recent = |at: Timestamp, age| now.duration_since(at) < age;
        if let Some(known) = heard.known.as_ref().filter(|known| recent(known.at, age)) {
            return Ok(known.clone());
        }
        if let Some((at, refusal)) = &heard.failure
            && recent(*at, FAILURE_HOLDS)
        {
            return Err(refusal.clone());
        }
        match self.ask().await {
            Ok(metadata) => {
                let known = Known {
                    metadata: Arc::new(metadata),
                    at: now,
                };
                heard.known = Some(known.clone());
                heard.failure = None;
                Ok(known)
            }
            Err(refusal) => {
                heard.failure = Some((now, refusal.clone()));
                Err(refusal)
            }
        }
    }

    async fn ask(&self) -> Refused<CoreProviderMetadata> {
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.wire)
            .await
            .map_err(|error| undiscovered(&error))?;
        self.check_addresses(&metadata)?;
        Ok(metadata)
    }

    /// Where a browser is sent, and where a secret goes, is as well protected as the issuer itself.
    fn check_addresses(&self, metadata: &CoreProviderMetadata) -> Refused<()> {
        let Some(token) = metadata.token_endpoint() else {
            return Err(OidcRefusal::of(Kind::DiscoveryMismatch)
                .telling("the provider names no token endpoint"));
        };
        let scheme = self.issuer.url().scheme();
        let sign_in = metadata.authorization_endpoint().url();
        match [sign_in, token.url(), metadata.jwks_uri().url()]
            .into_iter()
            .find(|url| url.scheme() != scheme)
        {
            None => Ok(()),
            Some(url) => Err(OidcRefusal::of(Kind::DiscoveryMismatch)
                .telling(&format!("{url} is not {scheme}, as the issuer is"))),
        }
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.settings.client_id.clone())
    }

    async fn exchange(
        &self,
        metadata: &CoreProviderMetadata,
        code: &str,
        verifier: &str,
    ) -> Refused<CoreTokenResponse> {
        let secret = ClientSecret::new(self.settings.client_secret.expose_secret().to_owned());
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), self.client_id(), Some(secret))
                .set_redirect_uri(self.redirect.clone())
                .set_auth_type(way_to_prove(metadata));
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| {
                OidcRefusal::of(Kind::DiscoveryMismatch).telling(&error.to_string())
            })?;
        request
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&self.wire)
            .await
            .map_err(unexchanged)
    }

    fn verifier(&self, metadata: &CoreProviderMetadata) -> CoreIdTokenVerifier<'static> {
        let since = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(since);
        // Public, as far as signatures go: a token signed with the secret that both sides know is not accepted.
        CoreIdTokenVerifier::new_public_client(
            self.client_id(),
            self.issuer.clone(),
            metadata.jwks().clone(),
        )
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now.into())
    }

    /// All checks of an answer.
    fn checked(
        &self,
        metadata: &CoreProviderMetadata,
        answer: &CoreTokenResponse,
        nonce: &Nonce,
    ) -> std::result::Result<Identity, Failed> {
        let Some(token) = answer.id_token() else {
            return Err(Failed::Otherwise(unreadable("there is no id_token in it")));
        };
        let verifier = self.verifier(metadata);
        let claims = token.claims(&verifier, nonce).map_err(failed)?;
        let wrong = |words| Failed::Otherwise(unreadable(words));
        if !fits_access_token(token, claims, answer, &verifier) {
            return Err(wrong("its at_hash is not that of the access token"));
        }
        if claims
            .authorized_party()
            .is_some_and(|party| *party != self.client_id())
        {
            let refusal = OidcRefusal::of(Kind::WrongAudience);
            return Err(Failed::Otherwise(
                refusal.telling("azp names another client"),
            ));
        }
        if claims.subject().as_str().is_empty() {
            return Err(wrong("its subject is empty"));
        }
        Ok(Identity {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified() == Some(true),
        })
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    async fn address(&self, ticket: &OidcTicket) -> Refused<Url> {
        let known = self.known().await?;
        let metadata = CoreProviderMetadata::clone(&known.metadata);
        let client = CoreClient::from_provider_metadata(metadata, self.client_id(), None)
            .set_redirect_uri(self.redirect.clone());
        let verifier = PkceCodeVerifier::new(ticket.verifier.clone());
        let (state, nonce) = (ticket.state.clone(), ticket.nonce.clone());
        let (address, _, _) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address)
    }

    async fn identify(&self, code: &str, ticket: &OidcTicket) -> Refused<Identity> {
        let known = self.known().await?;
        let answer = self
            .exchange(&known.metadata, code, &ticket.verifier)
            .await?;
        let nonce = Nonce::new(ticket.nonce.clone());
        match self.checked(&known.metadata, &answer, &nonce) {
            Ok(identity) => Ok(identity),
            Err(Failed::Otherwise(refusal)) => Err(refusal),
            // The provider may have changed its keys since we asked.
            Err(Failed::UnknownKey(refusal)) => {
                let renewed = self.known_since(KEYS_ASKED_EVERY).await?;
                if renewed.at == known.at {
                    return Err(refusal);
                }
                let checked = self.checked(&renewed.metadata, &answer, &nonce);
                checked.map_err(Failed::into_refusal)
            }
        }
    }
}

/// Why an ID token is not accepted.
enum Failed {
    /// It is signed with a key that we have not seen.
    UnknownKey(OidcRefusal),
    Otherwise(OidcRefusal),
}

impl Failed {
    fn into_refusal(self) -> OidcRefusal {
        match self {
            Self::UnknownKey(refusal) | Self::Otherwise(refusal) => refusal,
        }
    }
}

fn failed(error: ClaimsVerificationError) -> Failed {
    let kind = match &error {
        ClaimsVerificationError::Expired(_) => Kind::ExpiredToken,
        ClaimsVerificationError::InvalidAudience(_) => Kind::WrongAudience,
        ClaimsVerificationError::InvalidIssuer(_) => Kind::WrongIssuer,
        ClaimsVerificationError::InvalidNonce(_) => Kind::NonceMismatch,
        ClaimsVerificationError::SignatureVerification(_) => Kind::BadSignature,
        _ => Kind::UnreadableToken,
    };
    let refusal = OidcRefusal::of(kind);
    match error {
        ClaimsVerificationError::SignatureVerification(cause) => {
            let refusal = refusal.telling(&cause.to_string());
            match cause {
                SignatureVerificationError::NoMatchingKey => Failed::UnknownKey(refusal),
                _ => Failed::Otherwise(refusal),
            }
        }
        error => Failed::Otherwise(refusal.telling(&error.to_string())),
    }
}

fn unreadable(words: &str) -> OidcRefusal {
    OidcRefusal::of(Kind::UnreadableToken).telling(words)
}

/// Whether the access token that came along is the one that the ID token was made for. We do nothing with it; an
/// answer that was put together from two is refused all the same.
fn fits_access_token(
    token: &CoreIdToken,
    claims: &CoreIdTokenClaims,
    answer: &CoreTokenResponse,
    verifier: &CoreIdTokenVerifier<'_>,
) -> bool {
    let Some(expected) = claims.access_token_hash() else {
        return true;
    };
    let (Ok(algorithm), Ok(key)) = (token.signing_alg(), token.signing_key(verifier)) else {
        return false;
    };
    AccessTokenHash::from_token(answer.access_token(), algorithm, key)
        .is_ok_and(|actual| actual == *expected)
}

/// How we prove to be the client: in a header, as every provider has to know, or in the form where it says that it
/// takes nothing else.
fn way_to_prove(metadata: &CoreProviderMetadata) -> AuthType {
    let supported = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| supported.is_some_and(|methods| methods.contains(&method));
    let basic = takes(CoreClientAuthMethod::ClientSecretBasic);
    match takes(CoreClientAuthMethod::ClientSecretPost) && !basic {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    }
}

/// The parsers' own words may repeat what they have read, so only the place is told.
fn undiscovered(error: &DiscoveryError<WireError>) -> OidcRefusal {
    let (kind, told) = match error {
        DiscoveryError::Request(error) => (Kind::Unreachable, error.to_string()),
        DiscoveryError::Response(status, _, words) if status.is_server_error() => {
            (Kind::Unreachable, words.clone())
        }
        DiscoveryError::Response(_, _, words) => (Kind::DiscoveryMismatch, words.clone()),
        DiscoveryError::Parse(error) => (
            Kind::DiscoveryMismatch,
            format!("its document cannot be read at `{}`", error.path()),
        ),
        other => (Kind::DiscoveryMismatch, other.to_string()),
    };
    OidcRefusal::of(kind).telling(&told)
}

fn unexchanged(
    error: RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>,
) -> OidcRefusal {
    match error {
        RequestTokenError::Request(error) => {
            OidcRefusal::of(Kind::Unreachable).telling(&error.to_string())
        }
        RequestTokenError::ServerResponse(answer) => {
            OidcRefusal::of(Kind::ExchangeRefused).telling(&answer.to_string())
        }
        RequestTokenError::Parse(error, _) => {
            unreadable(&format!("it cannot be read at `{}`", error.path()))
        }
        RequestTokenError::Other(words) => OidcRefusal::of(Kind::ExchangeRefused).telling(&words),
    }
}
