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
mod options;
pub mod page;
mod problem;
mod state;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

pub use api::openapi_json;
pub use limits::Limits;
pub use options::{Access, Bearer, Environment, Hosts, ServerOptions};
pub use problem::Problem;

/// All routes with their guards.
pub fn router(options: ServerOptions) -> Router {
    let state = AppState::new(options);
    let routes = Router::new()
        .merge(api::router())
        .merge(page::router())
        .merge(callback::router())
        .merge(health::router())
        .route("/", get(|| async { Redirect::to("/aliexpress") }))
        .with_state(state.clone());
    guard::guard(routes, &state)
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
