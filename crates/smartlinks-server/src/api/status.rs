//! `GET /api/aliexpress/status`

use axum::Json;
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
pub(super) async fn status(state: AppState) -> Result<Json<Status>, Problem> {
    Ok(Json(state.core().status().await?))
}
