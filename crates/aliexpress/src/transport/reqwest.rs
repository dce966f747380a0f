//! The transport over `reqwest` with rustls, and the one factory of its client.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Response};
use url::Url;

use super::{
    HttpRequest, HttpResponse, TimeoutPhase, Transport, TransportError, TransportErrorKind,
};

const USER_AGENT: &str = concat!("smartlinks-aliexpress/", env!("CARGO_PKG_VERSION"));

/// Which certificate authorities are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roots {
    /// The system's store, or the bundled list where the system has none (slim containers).
    #[default]
    Auto,
    /// The system's store only; construction fails where there is none.
    System,
    /// The list of Mozilla's authorities compiled into the program.
    Bundled,
}

impl Roots {
    /// Builds a client that trusts these authorities, and says which they are: never [`Roots::Auto`]. `builder` makes
    /// everything that does not depend on them.
    ///
    /// # Errors
    /// When no certificate authority can be loaded ([`Roots::System`] on a machine without a store), or `builder`
    /// fails.
    pub fn client(
        self,
        builder: &dyn Fn() -> Result<ClientBuilder, TransportError>,
    ) -> Result<(Client, Self), TransportError> {
        match self {
            Self::System => Ok((system(builder()?)?, Self::System)),
            Self::Bundled => Ok((bundled(builder()?)?, Self::Bundled)),
            Self::Auto => Self::System
                .client(builder)
                .or_else(|_| Self::Bundled.client(builder)),
        }
    }
}

/// Limits and trust of a [`ReqwestTransport`].
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// Longest wait for a connection, TLS included. 10 s.
    pub connect_timeout: Duration,
    /// Longest silence while waiting for the answer. 30 s.
    pub read_timeout: Duration,
    /// Longest time for the whole call. 60 s.
    pub total_timeout: Duration,
    /// Largest decompressed answer. 16 MiB.
    pub max_body_bytes: usize,
    /// Trusted certificate authorities.
    pub roots: Roots,
    /// Proxy for https connections. Proxy variables of the environment are not read.
    pub proxy: Option<Url>,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(60),
            max_body_bytes: 16 * 1024 * 1024,
            roots: Roots::Auto,
            proxy: None,
        }
    }
}

/// [`Transport`] over `reqwest`: rustls, gzip, HTTP/2 where offered, no redirects, no repeats.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
    max_body_bytes: usize,
    roots: Roots,
}

impl ReqwestTransport {
    /// Builds the HTTP client.
    ///
    /// # Errors
    /// When no certificate authority can be loaded ([`Roots::System`] on a machine without a store), or the proxy
    /// address cannot be used.
    pub fn new(options: TransportOptions) -> Result<Self, TransportError> {
        let (client, roots) = options.roots.client(&|| base(&options))?;
        Ok(Self {
            client,
            max_body_bytes: options.max_body_bytes,
            roots,
        })
    }

    /// Whose authorities are trusted: [`Roots::System`] or [`Roots::Bundled`], never [`Roots::Auto`].
    #[must_use]
    pub fn roots(&self) -> Roots {
        self.roots
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("roots", &self.roots)
            .field("max_body_bytes", &self.max_body_bytes)
            .finish_non_exhaustive()
    }
}

/// Everything that does not depend on the roots.
#[expect(clippy::disallowed_methods, reason = "the one factory of HTTP clients")]
fn base(options: &TransportOptions) -> Result<ClientBuilder, TransportError> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.read_timeout)
        .timeout(options.total_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // Also switches off the proxy variables of the environment: over plain http to the sandbox such a proxy would
        // read every token.
        .no_proxy();
    match &options.proxy {
        None => Ok(builder),
        Some(url) => {
            let proxy = Proxy::https(url.clone())
                .map_err(|error| construction("the proxy address cannot be used", error))?;
            Ok(builder.proxy(proxy))
        }
    }
}

fn system(builder: ClientBuilder) -> Result<Client, TransportError> {
    builder.build().map_err(|error| {
        construction(
            "no certificate authority of the system can be loaded",
            error,
        )
    })
}

fn bundled(builder: ClientBuilder) -> Result<Client, TransportError> {
    let failed = |error| construction("the bundled certificate list cannot be loaded", error);
    let certificates = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    builder.tls_certs_only(certificates).build().map_err(failed)
}

fn construction(detail: &str, error: reqwest::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Tls)
        .with_detail(detail)
        .with_source(error.without_url())
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let is_https = request.url.scheme() == "https";
        let body = request.encoded();
        let response = self
            .client
            .post(request.url)
            .header(CONTENT_TYPE, body.content_type)
            .header(ACCEPT, "application/json")
            .body(body.bytes)
            .send()
            .await
            .map_err(|error| sending_failed(error, is_https))?;
        self.whole(response).await
    }

    async fn look(&self, page: Url) -> Result<HttpResponse, TransportError> {
        let is_https = page.scheme() == "https";
        let asked = self.client.get(page).header(ACCEPT, "text/html");
        let response = asked
            .send()
            .await
            .map_err(|error| sending_failed(error, is_https))?;
        self.whole(response).await
    }
}

impl ReqwestTransport {
    async fn whole(&self, response: Response) -> Result<HttpResponse, TransportError> {
        let status = response.status().as_u16();
        let content_type = text_of(response.headers(), CONTENT_TYPE).map(str::to_owned);
        let date = text_of(response.headers(), DATE).and_then(moment);
        let body = read_body(response, self.max_body_bytes).await?;
        Ok(HttpResponse {
            status,
            content_type,
            date,
            body,
        })
    }
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// `Thu, 26 Nov 2026 14:00:00 GMT`.
fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

async fn read_body(mut response: Response, limit: usize) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(reading_failed)? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(TransportError::new(TransportErrorKind::TooLarge)
                .with_detail(format!("more than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Sorts a failure before the first byte of the answer.
fn sending_failed(error: reqwest::Error, is_https: bool) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_dns() {
        TransportErrorKind::Dns
    } else if error.is_timeout() && error.is_connect() {
        TransportErrorKind::Timeout(TimeoutPhase::Connect)
    } else if error.is_timeout() {
        TransportErrorKind::Timeout(TimeoutPhase::Read)
    } else if error.is_connect() && is_https && is_tls(&error) {
        TransportErrorKind::Tls
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_redirect() {
        TransportErrorKind::Redirect
    } else if error.is_request() {
        TransportErrorKind::Truncated
    } else {
        TransportErrorKind::Other
    };
    described(kind, error)
}

/// Sorts a failure while the body was coming in.
fn reading_failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_timeout() {
        TransportErrorKind::Timeout(TimeoutPhase::Read)
    } else if io_kind(&error).is_some_and(|kind| {
        matches!(
            kind,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    }) {
        // The compressed data itself is wrong; more of it would not have helped.
        TransportErrorKind::Other
    } else {
        TransportErrorKind::Truncated
    };
    described(kind, error)
}

/// The last and most precise cause in words; reqwest's own top line says little.
fn described(kind: TransportErrorKind, error: reqwest::Error) -> TransportError {
    let detail = causes(&error).last().map(ToString::to_string);
    let made = TransportError::new(kind).with_source(error);
    match detail {
        Some(detail) => made.with_detail(detail),
        None => made,
    }
}

/// After DNS and before HTTP only TCP and TLS can fail; TCP failures say so.
fn is_tls(error: &reqwest::Error) -> bool {
    !causes(error).any(|cause| {
        let text = cause.to_string();
        text.starts_with("tcp ")
            || text.starts_with("tunnel ")
            || text.contains("unsuccessful tunnel")
    })
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause: &&'a (dyn StdError + 'static)| {
        (*cause).source()
    })
}
