//! The outermost layer: gives each request an id, each answer its security headers, and each problem
//! the form that its reader understands.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use smartlinks_core::Core;

use crate::page;
use crate::problem::Problem;
use crate::push;
use crate::state::AppState;

use super::seen::Answering;

/// Names one request in logs, answers and problems.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives requests their names: random for each start of a server, then counted. A name has to be unique, not secret.
pub(crate) struct RequestIds {
    start: String,
    given: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(core: &Core) -> Self {
        let mut bytes = [0_u8; 6];
        let start = match core.entropy().fill(&mut bytes) {
            Ok(()) => hex::encode(bytes),
            Err(_) => "unknown".to_owned(),
        };
        Self {
            start,
            given: AtomicU64::new(0),
        }
    }

    fn next(&self) -> String {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        format!("req_{}{number:08x}", self.start)
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn finish(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = state.request_ids().next();
    request.extensions_mut().insert(RequestId(id.clone()));
    let uri = request.uri().clone();
    // Only the page that says a problem to a person looks at what was sent.
    let sent = (!is_for_programs(uri.path())).then(|| request.headers().clone());
    let answering = Answering::begin(&state, &request);
    let span = answering.span(&id);
    let asked = async {
        let response = next.run(request).await;
        answering.end(&response);
        in_readable_form(&state, response, &uri, sent.as_ref(), &id).await
    };
    let mut response = tracing::Instrument::instrument(asked, span).await;
    state.security().put_into(response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

async fn in_readable_form(
    state: &AppState,
    mut response: Response,
    uri: &Uri,
    sent: Option<&HeaderMap>,
    id: &str,
) -> Response {
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .or_else(|| of_framework(&response));
    let Some(mut problem) = problem else {
        return response;
    };
    id.clone_into(&mut problem.request_id);
    let mut rendered = match sent {
        None => problem.to_json(),
        Some(sent) => page::error(state, sent, uri, &problem).await,
    };
    let headers = rendered.headers_mut();
    problem.put_headers(headers);
    for name in [header::REFERRER_POLICY, header::ALLOW] {
        if let Some(value) = response.headers_mut().remove(&name) {
            headers.insert(name, value);
        }
    }
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    rendered
}

/// Whether programs ask there, and not people in a browser.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == "/readyz" || path == "/metrics" || path == push::PATH
}

/// Refusals that the framework made itself, in our words.
fn of_framework(response: &Response) -> Option<Problem> {
    // A page of ours has its own words already, whatever its status.
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return None;
    }
    let ours =
        |code, detail: &str, fix: &str| Some(Problem::new(response.status(), code, detail, fix));
    match response.status() {
        StatusCode::NOT_FOUND => ours(
            "not_found",
            "there is nothing at this address",
            "Check the address.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => ours(
            "method_not_allowed",
            "this address does not take that method",
            "See /api/openapi.json.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ours("too_large", "the body is larger than 64 KiB", "Send less.")
        }
        StatusCode::REQUEST_TIMEOUT => ours("timeout", "the request took too long", "Repeat it."),
        StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let plain = response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
            if plain {
                ours(
                    "invalid_request",
                    "the request cannot be read",
                    "Compare it with /api/openapi.json.",
                )
            } else {
                None
            }
        }
        _ => None,
    }
}
