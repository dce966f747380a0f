#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod api;
mod browsers;
mod callback;
mod cookies;
mod extract;
mod guard;
mod health;
mod metrics;
mod options;
pub mod page;
mod problem;
mod routes;
mod state;

use axum::Router;
use axum::http::Method;
use axum::response::Redirect;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::routes::Routes;
use crate::state::AppState;

pub use api::openapi_json;
pub use metrics::Exposition;
pub use options::{Access, Bearer, Environment, Hosts, ServerOptions};
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

/// Serves until `stop`, then finishes what has begun.
///
/// # Errors
/// What the listener reports.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}
