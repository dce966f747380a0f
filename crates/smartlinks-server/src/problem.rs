//! The one place where an error becomes an HTTP answer: a problem document (RFC 9457) for programs, a
//! page for people.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use smartlinks_core::aliexpress::{Actor, Error as GatewayError, TransportErrorKind};
use smartlinks_core::store::{StoreError, with_causes};
use smartlinks_core::{Error, LinkRefusal, OrderProblem, Retry};
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
    /// With `missing_scope`: the scope that the key would need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_scope: Option<String>,
    /// With `missing_scope`: the scopes that it has, with a space between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_scopes: Option<String>,
    /// With `not_placeable`: each thing that stands in the way of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<OrderProblem>>,
    /// With `order_refused`: the record of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
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
            needed_scope: None,
            held_scopes: None,
            problems: None,
            intent: None,
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
                error = %with_causes(&error),
                "request failed"
            );
        }
        let (detail, fix) = match &error {
            Error::Storage(error) => (told_of(error).to_owned(), IN_THE_LOG.to_owned()),
            _ => (error.to_string(), error.fix()),
        };
        let mut problem = Self::new(status, error.code(), detail, fix);
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
        if let Error::NotPlaceable(problems) = error {
            problem.problems = Some(problems);
        }
        problem
    }
}

/// What helps whoever asked is the kind of failure. Where the database is, and what it said, stands in the log alone.
fn told_of(error: &StoreError) -> &'static str {
    match error {
        StoreError::Full { .. } => "no space is left for the database; nothing was stored",
        StoreError::ReadOnly { .. } => "the database takes no writes; nothing was stored",
        StoreError::Denied { .. } | StoreError::OpenFolder { .. } => {
            "access to the database was refused"
        }
        StoreError::Busy { .. } => "the database was busy for too long; nothing was stored",
        StoreError::Unavailable { .. } => "the database cannot be reached",
        StoreError::Closed { .. } => "the server is ending",
        StoreError::Corrupt(_) | StoreError::NotADatabase { .. } => {
            "the database holds something that cannot be read"
        }
        StoreError::Seal(_) | StoreError::Keys(_) => {
            "a sealed value cannot be opened, or none can be sealed"
        }
        _ => "the database did not do what it was asked",
    }
}

const IN_THE_LOG: &str = "Have whoever runs this server look into its log, where the cause stands under this request id, then repeat \
     the request; nothing stored was lost.";

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
        Error::LinkRefused(_) => Actor::Merchant,
        Error::NotPlaceable(_) | Error::PreviewChanged | Error::NotAwaitingPerson(_) => {
            Actor::Merchant
        }
        Error::IdempotencyKeyUsed => Actor::Developer,
        Error::UnknownConnection(_)
        | Error::UnknownLink(_)
        | Error::PushRefused(_)
        | Error::TooShortLived { .. }
        | Error::RefreshBusy(_)
        | Error::Invalid { .. }
        | Error::UnknownOrder(_)
        | Error::UnknownProduct(_)
        | Error::UnknownRule(_)
        | Error::UnknownRun(_)
        | Error::UnknownImport(_)
        | Error::UnknownRate { .. }
        | Error::CatalogueRefused(_)
        | Error::UnknownIntent(_)
        | Error::UnknownApiKey(_)
        | Error::UnknownWebhook(_)
        | Error::UnknownDelivery(_)
        | Error::WebhookRefused(_)
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

pub(crate) fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotConfigured(_) | Error::RefreshBusy(_) | Error::Storage(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::UnknownConnection(_)
        | Error::UnknownOrder(_)
        | Error::UnknownProduct(_)
        | Error::UnknownRule(_)
        | Error::UnknownRun(_)
        | Error::UnknownImport(_)
        | Error::UnknownRate { .. }
        | Error::UnknownIntent(_)
        | Error::UnknownWebhook(_)
        | Error::UnknownDelivery(_)
        | Error::UnknownApiKey(_)
        | Error::UnknownLink(_)
        | Error::LinkRefused(LinkRefusal::Unknown) => StatusCode::NOT_FOUND,
        Error::LinkRefused(_) => StatusCode::GONE,
        Error::PushRefused(refusal) if refusal.code() == "push_too_large" => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Error::PushRefused(_) => StatusCode::UNAUTHORIZED,
        Error::NotConnected
        | Error::NoDefault
        | Error::Disconnected(_)
        | Error::ReauthorizationRequired { .. }
        | Error::TooManyApiKeys(_)
        | Error::TooShortLived { .. }
        | Error::CatalogueRefused(_)
        | Error::PreviewChanged
        | Error::NotAwaitingPerson(_)
        | Error::WebhookRefused(_) => StatusCode::CONFLICT,
        Error::IdempotencyKeyUsed | Error::NotPlaceable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Invalid { .. } => StatusCode::BAD_REQUEST,
        Error::UnknownOperator(_) => StatusCode::NOT_FOUND,
        Error::OperatorExists(_) | Error::OperatorDisabled(_) => StatusCode::CONFLICT,
        Error::WrongPassword => StatusCode::UNAUTHORIZED,
        Error::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::LinkSpent => StatusCode::GONE,
        Error::NoIdentityProvider => StatusCode::NOT_FOUND,
        Error::OidcRefused(_) => StatusCode::FORBIDDEN,
        Error::IdentityTaken(_) => StatusCode::CONFLICT,
        Error::CallRefused { .. } | Error::ScopeNotHeld(_) => StatusCode::FORBIDDEN,
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
    pub(crate) fn to_json(&self) -> Response {
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }

    /// What the headers say of it, whatever the form of the answer.
    pub(crate) fn put_headers(&self, headers: &mut HeaderMap) {
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // The rest of a body that was not read is no next request.
        if matches!(self.status, 408 | 413) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(challenge) = self.challenge()
            && let Ok(challenge) = HeaderValue::from_str(&challenge)
        {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }

    /// How to do better, as RFC 6750 has it.
    fn challenge(&self) -> Option<String> {
        const REALM: &str = "Bearer realm=\"smartlinks\"";
        match (self.status, self.code.as_str(), &self.needed_scope) {
            (401, "unauthenticated", _) => Some(REALM.to_owned()),
            (401, _, _) => Some(format!("{REALM}, error=\"invalid_token\"")),
            (403, "missing_scope", Some(scope)) => Some(format!(
                "{REALM}, error=\"insufficient_scope\", scope=\"{scope}\""
            )),
            _ => None,
        }
    }
}
