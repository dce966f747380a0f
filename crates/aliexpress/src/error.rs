mod attempts;
mod held;

use crate::errors::{self, Advice, Class, Effect, Entry};
use crate::{TokenSourceError, TransportError};
use std::borrow::Cow;

pub use attempts::Attempts;
pub use held::{Held, HeldReason};

/// Everything that can go wrong with a call.
///
/// Cheap to clone, so that callers who waited for the same call can each have it. Neither `Display` nor `Debug` ever
/// shows a secret, a token, a code or a signature.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Refused before the network was touched.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// No access token.
    #[error(transparent)]
    Token(#[from] TokenSourceError),
    /// No complete answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Not sent, because a ban or the method's budget would have made it wait too long.
    #[error(transparent)]
    Held(#[from] Held),
    /// The answer is not JSON, often an HTML page from something in front of the gateway.
    #[error("the answer (HTTP {status}, {}) is not JSON{attempts}", content_type.as_deref().unwrap_or("no content type"))]
    NotJson {
        /// HTTP status.
        status: u16,
        /// `Content-Type` of the answer.
        content_type: Option<String>,
        /// Beginning of the body, redacted, at most 200 characters. For an inspector: not part of the message.
        excerpt: String,
        /// How often the call was sent.
        attempts: Attempts,
    },
    /// The answer is JSON that ends early.
    #[error("the answer (HTTP {status}) ends in the middle{attempts}")]
    Truncated {
        /// HTTP status.
        status: u16,
        /// Beginning of the body, redacted, at most 200 characters.
        excerpt: String,
        /// How often the call was sent.
        attempts: Attempts,
    },
    /// The answer is JSON, but not what is documented.
    #[error("the answer of {method} cannot be read at `{path}`: {message}{attempts}")]
    Decode {
        /// The gateway method or path.
        method: String,
        /// The field, such as `result.ae_item_sku_info_dtos.ae_item_sku_info_d_t_o[0].sku_price`.
        path: String,
        /// What is wrong with it.
        message: String,
        /// Beginning of the body, redacted, at most 200 characters.
        excerpt: String,
        /// How often the call was sent.
        attempts: Attempts,
    },
    /// An HTTP error status without a usable error of the gateway.
    #[error("the gateway answered HTTP {status}{attempts}")]
    Http {
        /// HTTP status, 400 or above.
        status: u16,
        /// Beginning of the body, redacted, at most 200 characters.
        excerpt: String,
        /// How often the call was sent.
        attempts: Attempts,
    },
    /// The gateway refused the call.
    #[error(transparent)]
    Gateway(Box<GatewayError>),
    /// The method ran and reported a failure.
    #[error(transparent)]
    Business(#[from] BusinessError),
}

/// A request that cannot be meant. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{parameter}` {problem}")]
#[non_exhaustive]
pub struct RequestError {
    /// The builder method or parameter at fault.
    pub parameter: String,
    /// What is wrong with it.
    pub problem: Cow<'static, str>,
}

impl RequestError {
    pub(crate) fn new(parameter: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            parameter: parameter.into(),
            problem: problem.into(),
        }
    }

    /// The same inside of something that has a name of its own.
    pub(crate) fn inside(self, place: &str) -> Self {
        Self {
            parameter: format!("{place}.{}", self.parameter),
            ..self
        }
    }
}

/// An error of the gateway itself: `error_response` on `/sync`, the flat form on `/rest`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("AliExpress refused the call: {code}{}{}{}", in_brackets(sub_code.as_deref()), after_colon(message), attempts)]
#[non_exhaustive]
pub struct GatewayError {
    /// The code, such as `IllegalAccessToken` or `15`.
    pub code: String,
    /// The more precise code that goes with 15, 40 and 41.
    pub sub_code: Option<String>,
    /// The gateway's own words (`msg` or `message`), redacted.
    pub message: String,
    /// The gateway's own words for the sub code, redacted.
    pub sub_message: Option<String>,
    /// Names the call for AliExpress support.
    pub request_id: Option<String>,
    /// `ISV`, `ISP` or `SYSTEM`. Do not branch on it: the documents use these words both ways.
    pub kind: Option<String>,
    pub(crate) attempts: Attempts,
}

impl GatewayError {
    /// An error with a code and a message and nothing else.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            sub_code: None,
            message: message.into(),
            sub_message: None,
            request_id: None,
            kind: None,
            attempts: Attempts::default(),
        }
    }

    /// The row of the error table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        errors::lookup(&self.code, self.sub_code.as_deref())
    }

    fn advice(&self) -> Advice {
        let words = format!(
            "{} {}",
            self.message,
            self.sub_message.as_deref().unwrap_or_default()
        );
        self.entry().advice(&words)
    }
}

/// A failure that a method reports inside its normal answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{method} failed: {code}{}{attempts}", after_colon(message))]
#[non_exhaustive]
pub struct BusinessError {
    /// The gateway method.
    pub method: String,
    /// The code, such as `605` or `DELIVERY_METHOD_NOT_EXIST`.
    pub code: String,
    /// The method's own words, redacted.
    pub message: String,
    /// Names the call for AliExpress support.
    pub request_id: Option<String>,
    pub(crate) attempts: Attempts,
}

impl BusinessError {
    /// An error of a method with a code and a message.
    pub fn new(
        method: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            method: method.into(),
            code: code.into(),
            message: message.into(),
            request_id: None,
            attempts: Attempts::default(),
        }
    }

    /// The row of the error table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        errors::lookup_business(&self.method, &self.code, &self.message)
    }
}

fn in_brackets(text: Option<&str>) -> String {
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}

fn after_colon(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

impl From<GatewayError> for Error {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(Box::new(error))
    }
}

impl Error {
    /// What the error means, who can act, and what to do next.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Gateway(error) => error.advice(),
            Self::Business(error) => error.entry().advice(&error.message),
            Self::Held(held) => Advice {
                class: Class::Wait {
                    seconds: held.seconds,
                },
                ..self.entry().advice("")
            },
            other => other.entry().advice(""),
        }
    }

    /// The gateway's or method's code, else a stable name of ours: `invalid_request`, `no_access_token`, `dns_failed`,
    /// `connect_failed`, `tls_failed`, `connect_timeout`, `read_timeout`, `answer_truncated`, `answer_too_large`,
    /// `redirected`, `transport_failed`, `held_by_ban`, `held_by_budget`, `not_json`, `truncated_json`,
    /// `undecodable_answer`, `http_error`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Gateway(error) => &error.code,
            Self::Business(error) => &error.code,
            Self::Request(_) => "invalid_request",
            Self::Token(_) => "no_access_token",
            Self::Transport(error) => error.kind.code(),
            Self::Held(held) => held.reason.code(),
            Self::NotJson { .. } => "not_json",
            Self::Truncated { .. } => "truncated_json",
            Self::Decode { .. } => "undecodable_answer",
            Self::Http { .. } => "http_error",
        }
    }

    /// The id that names the call for AliExpress support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Gateway(error) => error.request_id.as_deref(),
            Self::Business(error) => error.request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether the call, if it was a write, can have been carried out all the same. Of a write that was sent more than
    /// once, all attempts count, not only the last.
    #[must_use]
    pub fn effect(&self) -> Effect {
        if self.attempts().is_open() {
            Effect::Unknown
        } else {
            self.entry().effect
        }
    }

    /// How often the call was sent, and how long that took.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        match self {
            Self::Request(_) => Attempts::default(),
            Self::Token(error) => error.attempts,
            Self::Transport(error) => error.attempts,
            Self::Held(held) => held.attempts,
            Self::Gateway(error) => error.attempts,
            Self::Business(error) => error.attempts,
            Self::NotJson { attempts, .. }
            | Self::Truncated { attempts, .. }
            | Self::Decode { attempts, .. }
            | Self::Http { attempts, .. } => *attempts,
        }
    }

    pub(crate) fn after(mut self, made: Attempts) -> Self {
        match &mut self {
            Self::Request(_) => {}
            Self::Token(error) => error.attempts = made,
            Self::Transport(error) => error.attempts = made,
            Self::Held(held) => held.attempts = made,
            Self::Gateway(error) => error.attempts = made,
            Self::Business(error) => error.attempts = made,
            Self::NotJson { attempts, .. }
            | Self::Truncated { attempts, .. }
            | Self::Decode { attempts, .. }
            | Self::Http { attempts, .. } => *attempts = made,
        }
        self
    }

    /// Whether the refresh token itself was refused: only a new sign-in helps.
    #[must_use]
    pub fn is_refused_refresh_token(&self) -> bool {
        matches!(self, Self::Gateway(error) if error.code.eq_ignore_ascii_case("IllegalRefreshToken"))
    }

    /// Whether the gateway found that the signature does not fit: it did nothing. Another app secret may fit.
    #[must_use]
    pub fn is_refused_signature(&self) -> bool {
        matches!(self, Self::Gateway(error)
            if matches!(error.code.as_str(), "IncompleteSignature" | "InvalidSignature" | "25"))
    }

    /// Whether the access token was refused: refresh it once.
    #[must_use]
    pub fn is_illegal_access_token(&self) -> bool {
        matches!(self, Self::Gateway(error)
            if error.code.eq_ignore_ascii_case("IllegalAccessToken") || matches!(error.code.as_str(), "26" | "27"))
    }

    /// The row of the error table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        match self {
            Self::Gateway(error) => error.entry(),
            Self::Business(error) => error.entry(),
            other => errors::local(other.code()),
        }
    }
}
