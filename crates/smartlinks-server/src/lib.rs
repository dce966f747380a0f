#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod api;
mod browsers;
mod callback;
mod cookies;
mod extract;
mod guard;
mod health;
mod limits;
mod listening;
mod metrics;
mod multipart;
mod options;
pub mod page;
mod problem;
mod push;
mod routes;
mod state;
mod streams;

use axum::Router;
use axum::http::Method;
use axum::response::Redirect;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::routes::Routes;
use crate::state::AppState;

pub use api::openapi_json;
pub use guard::Rule;
pub use limits::Limits;
pub use metrics::{Exposition, measure};
pub use options::{Access, Environment, Hosts, InvalidNetwork, Network, ServerOptions};
pub use page::OIDC_CALLBACK;
pub use problem::Problem;

/// All routes with their guards.
pub fn router(options: ServerOptions) -> Router {
    let state = AppState::new(options);
    let (others, _) = undocumented().into_parts();
    let routes = api::router().merge(others).with_state(state.clone());
    guard::guard(routes, &state)
}

/// Everything that does not stand in the OpenAPI document.
fn undocumented() -> Routes {
    Routes::default()
        .get("/", async || Redirect::to("/aliexpress"))
        .merge(api::routes())
        .merge(page::routes())
        .merge(callback::routes())
        .merge(push::routes())
        .merge(health::routes())
        .merge(metrics::routes())
}

/// Methods and paths of all routes, in the form in which they are registered: `{id}` stands for a segment.
#[must_use]
pub fn route_table() -> Vec<(Method, String)> {
    let (_, table) = undocumented().into_parts();
    let others = table
        .into_iter()
        .map(|(method, path)| (method, path.to_owned()));
    api::operations().into_iter().chain(others).collect()
}

/// What each route asks for: method, path as it is registered, rule. A test holds it against [`route_table`].
#[must_use]
pub fn access_table() -> &'static [(Method, &'static str, Rule)] {
    guard::RULES
}

/// Serves until `stop`, then finishes what has begun.
///
/// # Errors
/// What the listener reports.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<()> {
    listening::serve(listener, router, stop).await
}
