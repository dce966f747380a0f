//! `/api/aliexpress/catalogue/imports`: imports of many products.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use smartlinks_core::catalogue::{
    ImportJobPage, ImportJobView, ImportLinePage, ImportStarted, ImportsRequest,
};
use utoipa::IntoParams;

use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The imports of many products, the latest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/imports",
    tag = "catalogue",
    operation_id = "list_imports",
    params(Listing),
    responses((status = 200, body = ImportJobPage), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(
    state: AppState,
    Query(listing): Query<Listing>,
) -> Result<Json<ImportJobPage>, Problem> {
    let after = listing.after.as_deref();
    let page = state.core().catalogue_imports(after, listing.limit);
    Ok(Json(page.await?))
}

/// Starts an import of many products, by a list or by a CSV file. Every line is looked at first: when one cannot be,
/// nothing is started, and the answer says which by line and column.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/imports",
    tag = "catalogue",
    operation_id = "start_import",
    request_body = ImportsRequest,
    responses(
        (status = 202, description = "It was started", body = ImportStarted),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 422, description = "Nothing was started; `problems` says why", body = ImportStarted),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn start(
    state: AppState,
    Body(request): Body<ImportsRequest>,
) -> Result<Response, Problem> {
    let started = state.core().start_catalogue_import(&request).await?;
    let status = match started.job {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Json(started)).into_response())
}

/// One import, with how far it has come.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/imports/{id}",
    tag = "catalogue",
    operation_id = "show_import",
    params(("id" = String, Path, description = "`imp_…`")),
    responses((status = 200, body = ImportJobView), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ImportJobView>, Problem> {
    Ok(Json(state.core().catalogue_import(&id).await?))
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Lines {
    /// Only `waiting`, `imported` or `failed`.
    state: Option<String>,
    /// The `next` of the page before.
    after: Option<i64>,
    /// 1 to 1000; 100 when left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// The products of an import, with what came of each.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/imports/{id}/lines",
    tag = "catalogue",
    operation_id = "list_import_lines",
    params(("id" = String, Path, description = "`imp_…`"), Lines),
    responses((status = 200, body = ImportLinePage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn lines(
    state: AppState,
    Path(id): Path<String>,
    Query(lines): Query<Lines>,
) -> Result<Json<ImportLinePage>, Problem> {
    let wanted = lines.state.as_deref();
    let page = state
        .core()
        .catalogue_import_lines(&id, wanted, lines.after, lines.limit);
    Ok(Json(page.await?))
}

/// Stops an import that runs. What was imported stays in the catalogue.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/imports/{id}/cancel",
    tag = "catalogue",
    operation_id = "cancel_import",
    params(("id" = String, Path, description = "`imp_…`")),
    responses((status = 200, body = ImportJobView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn cancel(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ImportJobView>, Problem> {
    Ok(Json(state.core().cancel_catalogue_import(&id).await?))
}

/// Lets an import go on that was stopped, or tries again what failed.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/imports/{id}/resume",
    tag = "catalogue",
    operation_id = "resume_import",
    params(("id" = String, Path, description = "`imp_…`")),
    responses((status = 200, body = ImportJobView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn resume(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ImportJobView>, Problem> {
    Ok(Json(state.core().resume_catalogue_import(&id).await?))
}
