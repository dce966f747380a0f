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

/// What a request counts as whose client went away before it was answered. No answer has this status.
const GONE: u16 = 499;

/// A request on its way. One that is dropped before its end was given up by whoever sent it.
pub(super) struct Answering {
    state: AppState,
    method: &'static str,
    route: Option<MatchedPath>,
    began: Duration,
    ended: bool,
}

impl Drop for Answering {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(GONE, None);
        }
    }
}

impl Answering {
    pub(super) fn begin(state: &AppState, request: &Request) -> Self {
        Self {
            state: state.clone(),
            method: known(request.method()),
            route: request.extensions().get::<MatchedPath>().cloned(),
            began: state.core().metrics().stopwatch(),
            ended: false,
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
    pub(super) fn end(mut self, response: &Response) {
        self.ended = true;
        self.tell(response.status().as_u16(), response.extensions().get());
    }

    fn tell(&self, status: u16, principal: Option<&Principal>) {
        let metrics = self.state.core().metrics();
        let took = metrics.stopwatch().saturating_sub(self.began);
        metrics.http_request(self.method, self.route(), status, took);
        let principal = principal.map(Principal::actor);
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
            "{}",
            if status == GONE {
                "request given up"
            } else {
                "request answered"
            }
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
