//! What every request passes before a handler sees it, and every answer on its way out.

mod access;
mod answer;
mod body;
mod client;
mod content;
mod headers;
mod host;
mod moderation;
pub(crate) mod rules;
mod seen;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};

use crate::problem::Problem;
use crate::state::AppState;

pub(crate) use access::{Principal, may_still_read};
pub(crate) use answer::RequestId;
pub(crate) use client::ClientAddress;
pub(crate) use moderation::too_many;
pub use rules::Rule;
pub(crate) use rules::{RULES, Ruled, rule};

/// Puts the guards around all routes. The last one added is the outermost.
pub(crate) fn guard(router: Router, state: &AppState) -> Router {
    router
        .layer(from_fn(body::take_in))
        .layer(from_fn(content::demand_json))
        .layer(from_fn_with_state(
            state.clone(),
            moderation::demand_moderation,
        ))
        .layer(from_fn_with_state(state.clone(), access::demand_access))
        .layer(from_fn_with_state(state.clone(), client::note_client))
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
