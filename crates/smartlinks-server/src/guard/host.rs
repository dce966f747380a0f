//! Only requests that name this server: anything else may be a page elsewhere that points its own name
//! at our address (DNS rebinding).

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::state::AppState;

pub(super) async fn demand_host(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    match host {
        Some(host) if state.options().hosts.allow(host) => next.run(request).await,
        _ => Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "wrong_host",
            "the request does not name this server",
            "Use the address that the server printed at its start.",
        )
        .into_response(),
    }
}
