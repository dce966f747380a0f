//! Alive, and ready to serve.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

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

/// The database answers too. Says no more than that: the route is public.
async fn ready(state: AppState) -> Response {
    match state.core().store().ping().await {
        Ok(()) => Json(json!({ "status": "ok" })).into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Json(json!({ "status": "unavailable", "part": "database" })),
            )
                .into_response()
        }
    }
}
