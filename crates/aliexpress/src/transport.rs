//! How bytes reach the gateway: one trait, so that tests and other HTTP stacks can stand in.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use crate::{Attempts, redact};

mod multipart;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest;

/// Sends one request and returns the whole answer.
///
/// An implementation must not follow redirects (a token would travel on to wherever the answer points), must not
/// repeat a request on its own, and must bound time and size.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` as a POST with the body of [`HttpRequest::encoded`].
    ///
    /// # Errors
    /// When no complete answer could be had. An answer with any HTTP status is not an error here.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;

    /// Fetches a public page with GET: no cookie, no secret, no redirect followed. Only
    /// [`OAuth::look_at_authorize_page`](crate::OAuth::look_at_authorize_page) asks for it.
    ///
    /// # Errors
    /// As [`send`](Self::send); always where the transport does not look at pages.
    async fn look(&self, page: Url) -> Result<HttpResponse, TransportError> {
        let _ = page;
        Err(TransportError::new(TransportErrorKind::Other)
            .with_detail("this transport looks at no pages"))
    }
}

/// A POST with an `application/x-www-form-urlencoded; charset=utf-8` body, or with a `multipart/form-data` one when files
/// go along.
///
/// Every parameter, secret or not, travels in the form; the URL never holds one.
#[derive(Clone)]
pub struct HttpRequest {
    /// Scheme, host and path. No query.
    pub url: Url,
    /// Names and decoded values, exactly what was signed plus `sign`.
    pub form: Vec<(String, String)>,
    /// Files that go along. They are no part of the signature.
    pub files: Vec<FilePart>,
}

/// A file of a request.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilePart {
    /// Name of the parameter.
    pub name: &'static str,
    /// What is in the file.
    pub content: Bytes,
}

/// A picture would fill a log, so only its length is shown.
impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("name", &self.name)
            .field("bytes", &self.content.len())
            .finish()
    }
}

/// A body as it goes over the wire.
#[derive(Clone)]
#[non_exhaustive]
pub struct EncodedBody {
    /// The `Content-Type` header.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// Holds everything that is sent, so only its length is shown.
impl fmt::Debug for EncodedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedBody")
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl HttpRequest {
    /// The body and its content type: a form, or multipart when there are files.
    #[must_use]
    pub fn encoded(&self) -> EncodedBody {
        if self.files.is_empty() {
            return EncodedBody {
                content_type: "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
                bytes: self.encoded_form().into(),
            };
        }
        multipart::encode(&self.form, &self.files)
    }

    /// The form percent-encoded for the wire.
    #[must_use]
    pub fn encoded_form(&self) -> String {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&self.form);
        body.finish()
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form: Vec<(&str, &str)> = self
            .form
            .iter()
            .map(|(name, value)| {
                let shown = if redact::is_secret_name(name) {
                    redact::MASK
                } else {
                    value
                };
                (name.as_str(), shown)
            })
            .collect();
        f.debug_struct("HttpRequest")
            .field("url", &self.url.as_str())
            .field("form", &form)
            .field("files", &self.files.len())
            .finish()
    }
}

/// A complete answer: decompressed body of any status.
#[derive(Clone)]
pub struct HttpResponse {
    /// HTTP status code.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Date` header: what time it is for the server, to the second.
    pub date: Option<Timestamp>,
    /// The decompressed body.
    pub body: Bytes,
}

/// The body may hold tokens, so only its length is shown.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Which wait ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeoutPhase {
    /// No connection (TCP and TLS) in time: nothing was sent.
    Connect,
    /// Connected, but the answer did not come in time: what was sent may have been carried out.
    Read,
}

/// Why no complete answer could be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name could not be resolved.
    Dns,
    /// The connection was refused or no route exists.
    Connect,
    /// The TLS handshake failed: certificate, protocol, or no TLS on that port.
    Tls,
    /// A wait ran out.
    Timeout(TimeoutPhase),
    /// The connection ended before the whole answer came.
    Truncated,
    /// The answer was larger than allowed.
    TooLarge,
    /// The answer was a redirect. Redirects are not followed.
    Redirect,
    /// Something else; the message says what.
    Other,
}

impl TransportErrorKind {
    /// Stable name for logs, metrics and API answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dns => "dns_failed",
            Self::Connect => "connect_failed",
            Self::Tls => "tls_failed",
            Self::Timeout(TimeoutPhase::Connect) => "connect_timeout",
            Self::Timeout(TimeoutPhase::Read) => "read_timeout",
            Self::Truncated => "answer_truncated",
            Self::TooLarge => "answer_too_large",
            Self::Redirect => "redirected",
            Self::Other => "transport_failed",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Dns => "the gateway's host name could not be resolved",
            Self::Connect => "no connection to the gateway",
            Self::Tls => "no trusted TLS connection to the gateway",
            Self::Timeout(TimeoutPhase::Connect) => "connecting to the gateway took too long",
            Self::Timeout(TimeoutPhase::Read) => "the gateway did not answer in time",
            Self::Truncated => "the connection ended before the whole answer came",
            Self::TooLarge => "the answer is larger than allowed",
            Self::Redirect => "the gateway answered with a redirect, which is never followed",
            Self::Other => "the request failed",
        }
    }
}

/// No complete answer could be had. Never holds what was sent or received.
#[derive(Clone)]
pub struct TransportError {
    /// What went wrong.
    pub kind: TransportErrorKind,
    detail: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    pub(crate) attempts: Attempts,
}

impl TransportError {
    /// An error of a kind, without further words.
    #[must_use]
    pub fn new(kind: TransportErrorKind) -> Self {
        Self {
            kind,
            detail: None,
            source: None,
            attempts: Attempts::default(),
        }
    }

    /// Adds words for the reader. Must not hold a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the cause. Its text must not hold a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The further words, when there are some.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.sentence())?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        self.attempts.fmt(f)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|cause| cause as &(dyn StdError + 'static))
    }
}
