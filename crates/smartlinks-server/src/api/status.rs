//! `GET /api/aliexpress/status`

use axum::http::header;
use axum::response::IntoResponse;
use smartlinks_core::Status;

use crate::problem::Problem;
use crate::state::AppState;

/// Whether the application is configured, whether some connection can be used, and all connections
/// with their two clocks.
#[utoipa::path(
    get,
    path = "/api/aliexpress/status",
    tag = "status",
    responses((status = 200, body = Status), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn status(state: AppState) -> Result<impl IntoResponse, Problem> {
    let json = state.core().status_json().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json))
}
