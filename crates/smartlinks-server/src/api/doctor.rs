//! `GET /api/aliexpress/doctor`

use axum::Json;
use smartlinks_core::doctor::Report;

use crate::state::AppState;

/// Looks at everything that has to be right, as `smartlinks doctor` does: keys, gateway, clock, permissions, files,
/// database, deadlines. Calls the gateway, so it takes a moment. The report holds no secret.
#[utoipa::path(
    get,
    path = "/api/aliexpress/doctor",
    tag = "status",
    responses((status = 200, body = Report))
)]
pub(super) async fn examine(state: AppState) -> Json<Report> {
    Json(state.core().examine().await)
}
