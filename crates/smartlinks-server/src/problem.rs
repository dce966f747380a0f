//! The one place where an error becomes an HTTP answer: a problem document (RFC 9457) for programs, a
//! page for people.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use smartlinks_core::aliexpress::{Actor, Error as GatewayError, TransportErrorKind};
use smartlinks_core::{Error, Retry};
use utoipa::ToSchema;

/// A failure, for programs. Media type `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:smartlinks:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable name, for programs.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// How to mend it.
    pub fix: String,
    /// `no`, `later` (with back-off) or `after` (see `retry_after_seconds`).
    pub retry: String,
    /// Not before this many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Who can mend it: `operator`, `merchant`, `developer` or `aliexpress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The gateway's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_code: Option<String>,
    /// The gateway's request id, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_request_id: Option<String>,
    /// Our request id, for ours. Also in the header `x-request-id`.
    pub request_id: String,
}

impl Problem {
    /// A problem of the HTTP layer itself.
    pub(crate) fn new(
        status: StatusCode,
        code: &str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("urn:smartlinks:problem:{code}"),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            fix: fix.into(),
            retry: "no".to_owned(),
            retry_after_seconds: None,
            actor: Some(actor(who(status)).to_owned()),
            gateway_code: None,
            gateway_request_id: None,
            request_id: String::new(),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status_of(&error);
        if status.is_server_error() && !matches!(error, Error::NotConfigured(_)) {
            tracing::warn!(
                code = error.code(),
                gateway.request_id = error.gateway_request_id(),
                %error,
                "request failed"
            );
        }
        let mut problem = Self::new(status, error.code(), error.to_string(), error.fix());
        match error.retry() {
            Retry::No => {}
            Retry::Later => problem.retry = "later".to_owned(),
            Retry::After(seconds) => {
                problem.retry = "after".to_owned();
                problem.retry_after_seconds = Some(seconds);
            }
        }
        problem.gateway_request_id = error.gateway_request_id().map(str::to_owned);
        problem.actor = Some(actor(who_mends(&error)).to_owned());
        problem.gateway_code = gateway_error(&error).map(|gateway| gateway.code().to_owned());
        problem
    }
}

fn gateway_error(error: &Error) -> Option<&GatewayError> {
    match error {
        Error::Gateway(gateway) => Some(gateway),
        Error::Refused(refusal) => refusal.gateway.as_deref(),
        _ => None,
    }
}

/// Who can mend it: whoever runs this server, whoever owns the account, or whoever wrote the request.
fn who_mends(error: &Error) -> Actor {
    if let Some(gateway) = gateway_error(error) {
        return gateway.advice().actor;
    }
    match error {
        Error::NotConnected | Error::Disconnected(_) | Error::ReauthorizationRequired { .. } => {
            Actor::Merchant
        }
        Error::Refused(refusal) if refusal.code() != "storage_failed" => Actor::Merchant,
        Error::UnknownConnection(_)
        | Error::TooShortLived { .. }
        | Error::RefreshBusy(_)
        | Error::Invalid { .. }
        | Error::UnknownOrder(_)
        | Error::CallRefused { .. } => Actor::Developer,
        _ => Actor::Operator,
    }
}

/// Who can mend a problem of the HTTP layer itself: whoever wrote the request, unless it was fine.
fn who(status: StatusCode) -> Actor {
    if status == StatusCode::UNAUTHORIZED || status.is_server_error() {
        Actor::Operator
    } else {
        Actor::Developer
    }
}

fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Operator => "operator",
        Actor::Merchant => "merchant",
        Actor::Developer => "developer",
        _ => "aliexpress",
    }
}

fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotConfigured(_) | Error::RefreshBusy(_) | Error::Storage(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::UnknownConnection(_) | Error::UnknownOrder(_) => StatusCode::NOT_FOUND,
        Error::NotConnected
        | Error::NoDefault
        | Error::Disconnected(_)
        | Error::ReauthorizationRequired { .. }
        | Error::TooShortLived { .. } => StatusCode::CONFLICT,
        Error::Invalid { .. } => StatusCode::BAD_REQUEST,
        Error::CallRefused { .. } => StatusCode::FORBIDDEN,
        Error::Refused(refusal) => match refusal.code() {
            "account_mismatch" => StatusCode::CONFLICT,
            "storage_failed" => StatusCode::SERVICE_UNAVAILABLE,
            "exchange_failed" => refusal
                .gateway
                .as_deref()
                .map_or(StatusCode::BAD_GATEWAY, exchange_status),
            _ => StatusCode::BAD_REQUEST,
        },
        Error::Gateway(gateway) => gateway_status(error.code(), gateway),
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A code that the gateway will not take is the caller's; all else is between us and the gateway.
fn exchange_status(gateway: &GatewayError) -> StatusCode {
    if gateway.code() == "InvalidCode" {
        StatusCode::BAD_REQUEST
    } else {
        gateway_status("", gateway)
    }
}

fn gateway_status(code: &str, gateway: &GatewayError) -> StatusCode {
    match code {
        "product_not_found" => return StatusCode::NOT_FOUND,
        "gateway_busy" => return StatusCode::SERVICE_UNAVAILABLE,
        "invalid_parameter" => return StatusCode::BAD_REQUEST,
        _ => {}
    }
    match gateway {
        GatewayError::Transport(transport)
            if matches!(transport.kind, TransportErrorKind::Timeout(_)) =>
        {
            StatusCode::GATEWAY_TIMEOUT
        }
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// A problem on its way out. The outermost layer gives it the request id and the form that the reader
/// understands.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// The answer for programs.
    pub(crate) fn into_json(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == "unauthenticated" {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"smartlinks\""),
            );
        }
        response
    }
}
