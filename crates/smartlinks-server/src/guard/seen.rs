//! What is counted and logged of each request: method, pattern of the route, status, duration, and who sent it. Never
//! the address as it was sent: an id, a code or a state could stand in it.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use tracing::Span;

use super::access::Principal;
use crate::state::AppState;

/// What a request without a route is counted under.
const UNMATCHED: &str = "unmatched";

/// A request on its way.
pub(super) struct Answering {
    method: &'static str,
    route: Option<MatchedPath>,
    began: Duration,
}

impl Answering {
    pub(super) fn begin(state: &AppState, request: &Request) -> Self {
        Self {
            method: known(request.method()),
            route: request.extensions().get::<MatchedPath>().cloned(),
            began: state.core().metrics().stopwatch(),
        }
    }

    /// What every line of this request carries.
    pub(super) fn span(&self, id: &str) -> Span {
        tracing::info_span!(
            "request",
            request.id = %id,
            method = self.method,
            route = self.route(),
            status = tracing::field::Empty
        )
    }

    /// Counts and logs how it was answered.
    pub(super) fn end(&self, state: &AppState, response: &Response) {
        let metrics = state.core().metrics();
        let took = metrics.stopwatch().saturating_sub(self.began);
        let status = response.status().as_u16();
        metrics.http_request(self.method, self.route(), status, took);
        let principal = response
            .extensions()
            .get::<Principal>()
            .map(Principal::actor);
        let kind = principal
            .as_ref()
            .map_or("nobody", |actor| actor.kind.as_str());
        let id = principal.as_ref().and_then(|actor| actor.id.as_deref());
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            status,
            duration_ms,
            principal.kind = kind,
            principal.id = id,
            "request answered"
        );
        // After the line, which has it already: for traces.
        Span::current().record("status", i64::from(status));
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str)
    }
}

/// Methods that are told apart; a stranger may send any word.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
