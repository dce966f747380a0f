//! `/api/aliexpress/connections`

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use smartlinks_core::ConnectionView;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query, limited};
use crate::problem::Problem;
use crate::state::AppState;

/// Which page of the connections.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// The last id of the page before; none for the first page.
    after: Option<String>,
    /// How many at most: 1 to 500, 100 when not said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// The connections that were not disconnected, in the order in which they were made, a page at a time. The header
/// `link` names the next page when there may be one.
#[utoipa::path(
    get,
    path = "/api/aliexpress/connections",
    tag = "connections",
    params(Page),
    responses((status = 200, body = Vec<ConnectionView>))
)]
pub(super) async fn list(state: AppState, Query(page): Query<Page>) -> Result<Response, Problem> {
    let limit = limited(page.limit, 100, 500)?;
    let connections = state.core().connections_after(page.after.as_deref(), limit);
    let connections = connections.await?;
    let next = (connections.len() == limit as usize)
        .then(|| connections.last())
        .flatten()
        .and_then(|last| next_page(&last.id, limit));
    let mut response = Json(connections).into_response();
    if let Some(next) = next {
        response.headers_mut().insert(header::LINK, next);
    }
    Ok(response)
}

fn next_page(after: &str, limit: u32) -> Option<HeaderValue> {
    let link = format!("</api/aliexpress/connections?after={after}&limit={limit}>; rel=\"next\"");
    HeaderValue::from_str(&link).ok()
}

/// One connection.
#[utoipa::path(
    get,
    path = "/api/aliexpress/connections/{id}",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`")),
    responses((status = 200, body = ConnectionView), (status = 404, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, Problem> {
    Ok(Json(state.core().connection(&id).await?))
}

/// A new name for a connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rename {
    /// At most 80 characters; `null` takes the name away.
    label: Option<String>,
}

/// Gives a connection a name of the operator's own.
#[utoipa::path(
    patch,
    path = "/api/aliexpress/connections/{id}",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`")),
    request_body = Rename,
    responses((status = 200, body = ConnectionView), (status = 404, body = Problem))
)]
pub(super) async fn rename(
    state: AppState,
    Path(id): Path<String>,
    Body(rename): Body<Rename>,
) -> Result<Json<ConnectionView>, Problem> {
    Ok(Json(
        state.core().set_label(&id, rename.label.as_deref()).await?,
    ))
}

/// Makes a connection the one that calls without an id mean.
#[utoipa::path(
    post,
    path = "/api/aliexpress/connections/{id}/default",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`")),
    responses((status = 200, body = ConnectionView), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn make_default(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, Problem> {
    Ok(Json(state.core().set_default(&id).await?))
}

/// Renews the token pair now. A failure leaves the stored pair untouched.
#[utoipa::path(
    post,
    path = "/api/aliexpress/connections/{id}/refresh",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`")),
    responses((status = 200, body = ConnectionView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn refresh(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ConnectionView>, Problem> {
    Ok(Json(state.core().refresh_now(&id).await?))
}

/// Ends a connection: its tokens are deleted at once.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/connections/{id}",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`")),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn disconnect(
    state: AppState,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.core().disconnect(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
