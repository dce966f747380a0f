use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::{Authority, Exchange, Form, Parameters};
use crate::policy::{BudgetShares, Gate, Urgency};
use crate::secrets::Secrets;
use crate::token_source::FixedToken;
use crate::{
    AccessToken, Affiliate, AppKey, AppSecret, Clock, Dropshipping, Error, GatewayUrl, Jitter,
    OAuth, Observer, Policy, RandomJitter, System, SystemClock, Timer, TokenSource, TokioTimer,
    Transport, catalogue,
};

/// Speaks to the gateway for one app. Cheap to clone; all clones share the connections, and what is known of the app's
/// bans and of the calls per second it has left.
///
/// A client from [`Client::builder`] can sign people in; one with a token source
/// ([`with_access_token`](Self::with_access_token), [`with_token_source`](Self::with_token_source)) also acts for an
/// account.
#[derive(Clone)]
pub struct Client {
    app: Arc<App>,
    tokens: Option<Arc<dyn TokenSource>>,
    observer: Option<Arc<dyn Observer>>,
    policy: Policy,
    urgency: Urgency,
}

struct App {
    key: AppKey,
    secrets: Secrets,
    gateway: GatewayUrl,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    gate: Gate,
}

impl Client {
    /// Starts a client for an app.
    pub fn builder(app_key: AppKey, app_secret: AppSecret) -> ClientBuilder {
        ClientBuilder {
            key: app_key,
            secrets: Secrets::new(app_secret),
            gateway: GatewayUrl::default(),
            clock: Arc::new(SystemClock),
            timer: None,
            jitter: Arc::new(RandomJitter),
            transport: None,
            policy: Policy::default(),
        }
    }

    /// The app key.
    #[must_use]
    pub fn app_key(&self) -> &AppKey {
        &self.app.key
    }

    /// The app secrets in the order in which they are tried; one, unless [`ClientBuilder::also`] gave more. Pushes are
    /// signed with any of them: pass all to [`push::verify`](crate::push::verify).
    #[must_use]
    pub fn app_secrets(&self) -> &[AppSecret] {
        self.app.secrets.all()
    }

    /// Where calls go.
    #[must_use]
    pub fn gateway(&self) -> &GatewayUrl {
        &self.app.gateway
    }

    /// Signing in and refreshing.
    #[must_use]
    pub fn oauth(&self) -> OAuth<'_> {
        OAuth::new(self)
    }

    /// The same client, acting for the account whose tokens `source` gives.
    #[must_use]
    pub fn with_token_source(&self, source: Arc<dyn TokenSource>) -> Self {
        Self {
            tokens: Some(source),
            ..self.clone()
        }
    }

    /// The same client, acting for the account of this token.
    #[must_use]
    pub fn with_access_token(&self, token: AccessToken) -> Self {
        self.with_token_source(Arc::new(FixedToken(token)))
    }

    /// The same client for work that nobody waits for: its calls let interactive ones pass where the calls per second
    /// are short, and may wait longer.
    #[must_use]
    pub fn background(&self) -> Self {
        Self {
            urgency: Urgency::Background,
            ..self.clone()
        }
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self {
            policy,
            ..self.clone()
        }
    }

    /// How the calls per second of the app's methods are shared with other processes. Alone, a client has them whole.
    #[must_use]
    pub fn budget_shares(&self) -> BudgetShares {
        BudgetShares::new(self)
    }

    /// The same client, which tells `observer` how every attempt of its calls ended, in place of the observer that it
    /// had.
    #[must_use]
    pub fn with_observer(&self, observer: Arc<dyn Observer>) -> Self {
        Self {
            observer: Some(observer),
            ..self.clone()
        }
    }

    /// The four token endpoints, one request each.
    #[must_use]
    pub fn system(&self) -> System<'_> {
        System::new(self)
    }

    /// The methods of the affiliate group.
    #[must_use]
    pub fn affiliate(&self) -> Affiliate<'_> {
        Affiliate::new(self)
    }

    /// The methods of the dropshipping group.
    #[must_use]
    pub fn dropshipping(&self) -> Dropshipping<'_> {
        Dropshipping::new(self)
    }

    /// Calls any method by name, signed like the others. An access token is sent when the client has a token source.
    ///
    /// `method` is a name such as `aliexpress.ds.category.get`, or a path such as `/auth/token/create`. Parameters with
    /// an empty value are left out. Only errors of the gateway are recognised; a failure that the method reports inside
    /// its answer is part of the answer. A method the SDK does not know counts as a write, so it is not sent again when
    /// its outcome is open.
    /// A withdrawn method is sent all the same, since some still answer; a warning in the log names what replaces it.
    ///
    /// # Errors
    /// [`Error`], except [`Error::Business`].
    pub async fn call<K, V>(
        &self,
        method: &str,
        params: impl IntoIterator<Item = (K, V)>,
    ) -> Result<RawAnswer, Error>
    where
        K: Into<String>,
        V: Into<String>,
    {
        warn_if_withdrawn(method);
        let parameters: Parameters = params
            .into_iter()
            .map(|(name, value)| (Cow::Owned(name.into()), value.into()))
            .collect();
        let authority = Authority::AccountIfKnown;
        let (body, payload, request_id) = self
            .perform(method, Form::from(parameters), authority, Exchange::raw)
            .await?;
        Ok(RawAnswer {
            body,
            payload,
            request_id,
        })
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.app.secrets
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.app.clock.as_ref()
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        self.app.transport.as_ref()
    }

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.observer.as_deref()
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.app.gate
    }

    pub(crate) fn policy(&self) -> Policy {
        self.policy
    }

    pub(crate) fn urgency(&self) -> Urgency {
        self.urgency
    }

    pub(crate) fn tokens(&self) -> Option<&dyn TokenSource> {
        self.tokens.as_deref()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("app_key", &self.app.key)
            .field("gateway", &self.app.gateway)
            .field("has_token_source", &self.tokens.is_some())
            .finish_non_exhaustive()
    }
}

/// Puts a [`Client`] together.
#[must_use]
pub struct ClientBuilder {
    key: AppKey,
    secrets: Secrets,
    gateway: GatewayUrl,
    clock: Arc<dyn Clock>,
    timer: Option<Arc<dyn Timer>>,
    jitter: Arc<dyn Jitter>,
    transport: Option<Arc<dyn Transport>>,
    policy: Policy,
}

impl ClientBuilder {
    /// Another gateway than the public one, such as the sandbox.
    pub fn gateway(mut self, gateway: GatewayUrl) -> Self {
        self.gateway = gateway;
        self
    }

    /// One more app secret, for the time in which the secret is being changed in the app console.
    ///
    /// A call is signed with the secret that worked last, at first the one given to [`Client::builder`]. When the gateway
    /// refuses the signature ([`Error::is_refused_signature`]), the same request is sent again under the next one, and
    /// the one that is taken is remembered. That is done for writes and for the token endpoints too: a refused signature
    /// says that nothing was carried out. It counts as no attempt of the [`Policy`]. A log line names the position of the
    /// secret that works, never the secret.
    pub fn also(mut self, app_secret: AppSecret) -> Self {
        self.secrets.push(app_secret);
        self
    }

    /// Another clock than the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another timer than tokio's.
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = Some(timer);
        self
    }

    /// Another randomness for waits than the operating system's.
    pub fn jitter(mut self, jitter: Arc<dyn Jitter>) -> Self {
        self.jitter = jitter;
        self
    }

    /// Another patience than [`Policy::default`].
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Another transport than [`ReqwestTransport`](crate::ReqwestTransport) with its defaults.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`Error::Transport`] when no transport was given and the default one cannot be built.
    pub fn build(self) -> Result<Client, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let timer = self
            .timer
            .unwrap_or_else(|| Arc::new(TokioTimer::default()));
        let gate = Gate::new(Arc::clone(&self.clock), timer, self.jitter);
        Ok(Client {
            app: Arc::new(App {
                key: self.key,
                secrets: self.secrets,
                gateway: self.gateway,
                clock: self.clock,
                transport,
                gate,
            }),
            tokens: None,
            observer: None,
            policy: self.policy,
            urgency: Urgency::Interactive,
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("app_key", &self.key)
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}

fn warn_if_withdrawn(api: &str) {
    let Some(method) = catalogue::find(api).filter(|method| method.is_withdrawn()) else {
        return;
    };
    match method.replaced_by {
        Some(replacement) => {
            tracing::warn!(
                api,
                replacement,
                "AliExpress has withdrawn this method for another"
            );
        }
        None => tracing::warn!(
            api,
            "AliExpress has withdrawn this method without replacement"
        ),
    }
}

#[cfg(feature = "reqwest")]
fn default_transport() -> Result<Arc<dyn Transport>, Error> {
    let transport = crate::ReqwestTransport::new(crate::TransportOptions::default())?;
    Ok(Arc::new(transport))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport() -> Result<Arc<dyn Transport>, Error> {
    Err(crate::RequestError::new(
        "transport",
        "has to be given, because the `reqwest` feature is off",
    )
    .into())
}

/// The answer of [`Client::call`].
#[derive(Clone)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The body as it came, decompressed.
    pub body: Bytes,
    /// The part of it that holds the method's own fields, without the envelope: a JSON object, as it came. Shares its
    /// memory with `body`.
    pub payload: Bytes,
    /// Names the call for AliExpress support.
    pub request_id: Option<String>,
}

impl RawAnswer {
    /// The payload as a value of a type of yours, or as a tree (`serde_json::Value`).
    ///
    /// # Errors
    /// When the payload is not of that form.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.payload)
    }
}

/// The body may hold anything, tokens included, so only its length is shown.
impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
