//! What every request passes before a handler sees it, and every answer on its way out.

mod access;
mod answer;
mod content;
mod headers;
mod host;
pub(crate) mod rules;
mod seen;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};
use tower_http::limit::RequestBodyLimitLayer;

use crate::problem::Problem;
use crate::state::AppState;

pub(crate) use access::Principal;
pub(crate) use answer::RequestId;

/// The largest body that any of our routes needs.
const BODY_LIMIT: usize = 64 * 1024;

/// Puts the guards around all routes. The last one added is the outermost.
pub(crate) fn guard(router: Router, state: &AppState) -> Router {
    router
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn(content::demand_json))
        .layer(from_fn_with_state(state.clone(), access::demand_access))
        .layer(CsrfLayer::new().with_rejection_response(CrossSite))
        .layer(from_fn_with_state(state.clone(), host::demand_host))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), answer::finish))
}

#[derive(Clone)]
struct CrossSite;

impl<ResponseBody> ResponseForProtectionError<ResponseBody> for CrossSite
where
    Body: Into<ResponseBody>,
{
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Response<ResponseBody> {
        let response = Problem::new(
            StatusCode::FORBIDDEN,
            "cross_site",
            "the request came from another site",
            "Open the page of this server and send the form from there; programs leave the Origin header out.",
        )
        .into_response();
        response.map(Into::into)
    }
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
