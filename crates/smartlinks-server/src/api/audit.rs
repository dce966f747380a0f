//! `GET /api/aliexpress/audit`

use axum::Json;
use jiff::Timestamp;
use serde::Deserialize;
use smartlinks_core::{AuditPage, AuditQuery};
use utoipa::IntoParams;

use crate::extract::{Query, limited};
use crate::problem::Problem;
use crate::state::AppState;

/// Which entries are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// This action only, such as `connection.disconnected`.
    action: Option<String>,
    /// About this connection only.
    connection: Option<String>,
    /// By this kind of actor only: `operator`, `api_key`, `command_line`, `merchant`, `system`, `anybody`.
    actor: Option<String>,
    /// At or after this moment only. RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Go on where a page ended: its `next`.
    after: Option<String>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Who did what, when, from where, and how it ended: newest first. Entries are never changed; those older than 400
/// days are removed.
#[utoipa::path(
    get,
    path = "/api/aliexpress/audit",
    tag = "status",
    params(Wanted),
    responses((status = 200, body = AuditPage))
)]
pub(super) async fn list(
    state: AppState,
    Query(wanted): Query<Wanted>,
) -> Result<Json<AuditPage>, Problem> {
    let query = AuditQuery {
        action: wanted.action,
        connection: wanted.connection,
        actor: wanted.actor,
        since: wanted.since,
        after: wanted.after,
        limit: Some(limited(wanted.limit, 50, 200)?),
    };
    Ok(Json(state.core().audit_log(&query).await?))
}
