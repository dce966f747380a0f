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
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, from_fn_with_state};
use axum::response::IntoResponse;
use futures_util::future::BoxFuture;
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

async fn check(
    State(state): State<AppState>,
    request: Request,
    route: middleware::Next,
) -> axum::response::Response {
    let all = Next {
        state,
        passed: 0,
        route,
    };
    all.run(request).await
}

/// The checks that are left of those in [`run`](Self::run), and behind them the route.
struct Next {
    state: AppState,
    passed: usize,
    route: middleware::Next,
}

impl Next {
    /// Runs the next check, which runs those behind it when it lets the request pass.
    fn run(mut self, request: Request) -> BoxFuture<'static, axum::response::Response> {
        let (state, at) = (State(self.state.clone()), self.passed);
        self.passed += 1;
        match at {
            0 => Box::pin(host::demand_host(state, request, self)),
            1 => Box::pin(client::note_client(state, request, self)),
            2 => Box::pin(access::demand_access(state, request, self)),
            3 => Box::pin(moderation::demand_moderation(state, request, self)),
            4 => Box::pin(content::demand_json(request, self)),
            5 => Box::pin(body::take_in(request, self)),
            _ => Box::pin(self.route.run(request)),
        }
    }
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
