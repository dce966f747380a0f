//! Alive, and ready to serve.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use smartlinks_core::store::with_causes;

use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/healthz", alive)
        .get("/readyz", ready)
}

/// The process answers.
async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers too. Says what does not and no more: the route is public.
async fn ready(state: AppState) -> Response {
    match state.core().store().ping().await {
        Ok(()) => Json(json!({ "status": "ok" })).into_response(),
        Err(error) => {
            tracing::error!(error = %with_causes(&error), "not ready: the database does not answer");
            let mut problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error.code(),
                "the database does not answer",
                "Look into the log of this server, which says why. It goes on by itself when the database is back.",
            );
            problem.retry = "later".to_owned();
            problem.into_response()
        }
    }
}
