//! What every request passes before a handler sees it, and every answer on its way out.

mod access;
mod answer;
pub(crate) mod body;
mod client;
mod content;
mod headers;
mod host;
mod moderation;
pub(crate) mod rules;
mod seen;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};

use crate::problem::Problem;
use crate::state::AppState;

pub(crate) use access::{Principal, may_still_read};
pub(crate) use answer::{RequestId, RequestIds};
pub(crate) use client::ClientAddress;
pub(crate) use headers::SecurityHeaders;
pub(crate) use moderation::too_many;
pub use rules::Rule;
pub(crate) use rules::{RULES, Ruled, rule};

/// The one route of the API that takes something else than JSON.
pub(crate) const PICTURE_ROUTE: &str = "/api/aliexpress/products/by-picture";

/// Puts the guards around all routes, the outermost first.
///
/// Few layers, and our own checks all in one of them: for each request, each layer of axum copies everything further
/// in, so that nine of them took more time than all that they did.
pub(crate) fn guard(router: Router, state: &AppState) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), answer::finish))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(CsrfLayer::new().with_rejection_response(CrossSite))
            .layer(from_fn_with_state(state.clone(), check)),
    )
}

/// All checks, in their order. Head and body come apart: a body cannot be lent out while something is waited for.
async fn check(
    State(state): State<AppState>,
    request: Request,
    route: Next,
) -> axum::response::Response {
    let (mut head, body) = request.into_parts();
    if let Some(refusal) = host::refusal(&state, &head) {
        return refusal;
    }
    client::note_client(&state, &mut head);
    match access::demand_access(&state, &mut head).await {
        Ok(visit) => visit.end(&state, admitted(&state, head, body, route).await),
        Err(refusal) => refusal,
    }
}

/// What is looked at once it is known who asks, and that they may.
async fn admitted(
    state: &AppState,
    head: Parts,
    body: Body,
    route: Next,
) -> axum::response::Response {
    let refusal = moderation::refusal(state, &head).or_else(|| content::refusal(&head));
    if let Some(refusal) = refusal {
        return refusal;
    }
    match body::taken_in(head, body).await {
        Ok(request) => route.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[derive(Clone)]
struct CrossSite;

impl<ResponseBody> ResponseForProtectionError<ResponseBody> for CrossSite
where
    Body: Into<ResponseBody>,
{
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response<ResponseBody> {
        cross_site().into_response().map(Into::into)
    }
}

fn cross_site() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "the request came from another site",
        "Open the page of this server and send the form from there; programs leave the Origin header out.",
    )
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response<Body> {
    let text = cause
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = %text, "a handler panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong inside the server",
        "Repeat the request; if it stays, send the request id to whoever runs this server.",
    )
    .into_response()
}
