//! The way to an endpoint: names are resolved and checked at every attempt, and the connection goes to the address
//! that was checked, so a name that changes its meaning in between (DNS rebinding) gains nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aliexpress::Roots;
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::RETRY_AFTER;
use url::Url;

use super::address::{Kind, Targets};
use super::target::literal;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// No more of an answer is read.
const ANSWER_BYTES: usize = 4096;
const USER_AGENT: &str = concat!("smartlinks-webhooks/", env!("CARGO_PKG_VERSION"));

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of a name, in the order in which to try them.
    ///
    /// # Errors
    /// When the name is not known or cannot be looked up.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// A message on its way to an endpoint.
#[derive(Debug, Clone)]
pub struct Message {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, in seconds.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The JSON body.
    pub body: Vec<u8>,
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, when it could be read.
    pub retry_after: Option<RetryAfter>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// What a receiver asks for with `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long from now.
    In(Duration),
    /// At a moment.
    At(Timestamp),
}

impl RetryAfter {
    /// How long that is from a moment on.
    pub(crate) fn pause_from(self, now: Timestamp) -> Duration {
        match self {
            Self::In(duration) => duration,
            Self::At(moment) => moment.duration_since(now).try_into().unwrap_or_default(),
        }
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// An address that webhooks do not go to.
    #[error("{address} is {why}; webhooks go to public addresses only")]
    Forbidden {
        /// The address.
        address: IpAddr,
        /// What kind of address it is.
        why: &'static str,
    },
    /// The name has no address.
    #[error("the name has no address")]
    Unresolved,
    /// No connection, or not a trusted one.
    #[error("no connection: nobody listens there, or its certificate is not trusted")]
    Unreachable,
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke.
    #[error("the connection broke before an answer came")]
    Broken,
    /// Our side could not send.
    #[error("this server cannot send: {0}")]
    Unable(&'static str),
}

impl Unsent {
    /// The stable name, as it is kept with an attempt.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "private_address",
            Self::Unresolved => "unresolved",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::Unable(_) => smartlinks_store::Attempt::UNABLE,
        }
    }
}

/// Posts messages to endpoints.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// Posts a message once: no redirect is followed, nothing is repeated.
    ///
    /// # Errors
    /// Says why there was no answer.
    async fn post(&self, url: &Url, message: Message) -> Result<Answer, Unsent>;
}

/// [`Sender`] over `reqwest`.
pub struct HttpSender {
    resolver: Arc<dyn Resolver>,
    targets: Targets,
    /// Made when first needed: loading certificate authorities takes longer than everything else.
    encrypted: OnceLock<Option<reqwest::Client>>,
    plain: OnceLock<Option<reqwest::Client>>,
}

impl HttpSender {
    /// Sends to what `targets` allows.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolver>, targets: Targets) -> Self {
        Self {
            resolver,
            targets,
            encrypted: OnceLock::new(),
            plain: OnceLock::new(),
        }
    }

    fn client(&self, encrypted: bool) -> Result<&reqwest::Client, Unsent> {
        let made = if encrypted {
            &self.encrypted
        } else {
            &self.plain
        };
        made.get_or_init(|| {
            let guard = Guard {
                resolver: Arc::clone(&self.resolver),
                targets: self.targets,
                encrypted,
            };
            build(&guard)
        })
        .as_ref()
        .ok_or(Unsent::Unable(
            "its HTTP client cannot be made; the log says why",
        ))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one factory of clients for webhooks, whose rules are others than the gateway's"
)]
fn builder(guard: &Guard) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(guard.encrypted)
        .no_gzip()
        // A proxy of the environment would resolve names itself, past the guard.
        .no_proxy()
        // An idle connection would outlive the check of its address.
        .pool_max_idle_per_host(0)
        .dns_resolver(Arc::new(guard.clone()))
}

/// A machine without certificate authorities (a slim container) uses the bundled ones; unencrypted nobody is trusted
/// by a certificate.
fn build(guard: &Guard) -> Option<reqwest::Client> {
    let built = match guard.encrypted {
        true => Roots::Auto
            .client(&|| Ok(builder(guard)))
            .map(|(client, _)| client)
            .map_err(|error| error.to_string()),
        false => builder(guard)
            .tls_certs_only([])
            .build()
            .map_err(|error| error.to_string()),
    };
    match built {
        Ok(client) => Some(client),
        Err(error) => {
            tracing::error!(%error, "the HTTP client for webhooks could not be made");
            None
        }
    }
}

#[async_trait]
impl Sender for HttpSender {
    async fn post(&self, url: &Url, message: Message) -> Result<Answer, Unsent> {
        let encrypted = url.scheme() == "https";
        // An address in place of a name is never resolved, so the guard does not see it.
        if let Some(address) = literal(url)
            && let Some(kind) = self.targets.refuses(address, encrypted)
        {
            return Err(forbidden(address, kind));
        }
        let client = self.client(encrypted)?;
        let request = client
            .post(url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature)
            .body(message.body);
        let mut response = request.send().await.map_err(|error| unsent(&error))?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| asked(value.to_str().ok()?));
        let mut body = Vec::new();
        // What was answered counts, even when the rest of the body never comes.
        while body.len() < ANSWER_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(ANSWER_BYTES);
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after,
            body,
        })
    }
}

fn forbidden(address: IpAddr, kind: Kind) -> Unsent {
    Unsent::Forbidden {
        address,
        why: kind.in_words(),
    }
}

/// Seconds, or a date of HTTP.
fn asked(text: &str) -> Option<RetryAfter> {
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(RetryAfter::In(Duration::from_secs(seconds))),
        Err(_) => jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()
            .map(RetryAfter::At),
    }
}

/// Our own refusal is found under whatever the HTTP library wrapped around it.
fn unsent(error: &reqwest::Error) -> Unsent {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(ours) = inner.downcast_ref::<Unsent>() {
            return ours.clone();
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        Unsent::Timeout
    } else if error.is_connect() {
        Unsent::Unreachable
    } else {
        Unsent::Broken
    }
}

/// Resolves names for the HTTP client and lets it have checked addresses only. One that is refused among several
/// refuses the name: whoever mixes them is up to something.
#[derive(Clone)]
struct Guard {
    resolver: Arc<dyn Resolver>,
    targets: Targets,
    encrypted: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolver, targets, encrypted) =
            (Arc::clone(&self.resolver), self.targets, self.encrypted);
        Box::pin(async move {
            let found = resolver.resolve(name.as_str()).await;
            let addresses = found.map_err(|_| Unsent::Unresolved)?;
            if addresses.is_empty() {
                return Err(Unsent::Unresolved.into());
            }
            for address in &addresses {
                if let Some(kind) = targets.refuses(*address, encrypted) {
                    return Err(forbidden(*address, kind).into());
                }
            }
            // The port of the URL is used in the place of 0.
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
