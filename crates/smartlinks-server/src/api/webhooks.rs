//! `/api/aliexpress/webhooks`

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use smartlinks_core::webhooks::{
    DeliveryDetail, DeliveryListing, DeliveryPage, DeliveryView, WebhookChange, WebhookDraft,
    WebhookView, WebhookWithSecret,
};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query, limited};
use crate::problem::Problem;
use crate::state::AppState;

/// All endpoints, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/api/aliexpress/webhooks",
    tag = "webhooks",
    operation_id = "list_webhooks",
    responses((status = 200, body = Vec<WebhookView>))
)]
pub(super) async fn list(state: AppState) -> Result<Json<Vec<WebhookView>>, Problem> {
    Ok(Json(state.core().webhooks().await?))
}

/// An endpoint to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// The https address that is to be posted to.
    url: String,
    /// At most 200 characters.
    description: Option<String>,
    /// The kinds of events it is told of; `*`, or nothing, for every kind.
    #[serde(default)]
    events: Vec<String>,
}

/// Makes an endpoint. The secret is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhooks",
    tag = "webhooks",
    operation_id = "create_webhook",
    request_body = NewWebhook,
    responses((status = 201, body = WebhookWithSecret), (status = 409, body = Problem), (status = 413, body = Problem))
)]
pub(super) async fn create(
    state: AppState,
    Body(new): Body<NewWebhook>,
) -> Result<Response, Problem> {
    let draft = WebhookDraft {
        url: new.url,
        description: new.description,
        events: new.events,
    };
    let made = state.core().create_webhook(&draft).await?;
    Ok(secret(StatusCode::CREATED, made))
}

/// One endpoint.
#[utoipa::path(
    get,
    path = "/api/aliexpress/webhooks/{id}",
    tag = "webhooks",
    operation_id = "show_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<WebhookView>, Problem> {
    Ok(Json(state.core().webhook(&id).await?))
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedWebhook {
    /// Another https address.
    url: Option<String>,
    /// Another description; an empty one takes it away.
    description: Option<String>,
    /// Other kinds of events; `*` for every kind.
    events: Option<Vec<String>>,
}

/// Changes address, description or kinds of events.
#[utoipa::path(
    patch,
    path = "/api/aliexpress/webhooks/{id}",
    tag = "webhooks",
    operation_id = "change_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    request_body = ChangedWebhook,
    responses((status = 200, body = WebhookView), (status = 404, body = Problem), (status = 413, body = Problem))
)]
pub(super) async fn change(
    state: AppState,
    Path(id): Path<String>,
    Body(changed): Body<ChangedWebhook>,
) -> Result<Json<WebhookView>, Problem> {
    let change = WebhookChange {
        url: changed.url,
        description: changed.description,
        events: changed.events,
    };
    Ok(Json(state.core().change_webhook(&id, &change).await?))
}

/// Deletes an endpoint with its secrets and everything that was on its way to it.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/webhooks/{id}",
    tag = "webhooks",
    operation_id = "delete_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete(state: AppState, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    state.core().delete_webhook(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an endpoint a new secret, which is in this answer and nowhere else. For a day messages carry a signature
/// of the former secret too.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhooks/{id}/rotate-secret",
    tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 200, body = WebhookWithSecret), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn rotate(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    let rotated = state.core().rotate_webhook_secret(&id).await?;
    Ok(secret(StatusCode::OK, rotated))
}

/// Lets an endpoint be told of what happens from now on.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhooks/{id}/enable",
    tag = "webhooks",
    operation_id = "enable_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem))
)]
pub(super) async fn enable(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<WebhookView>, Problem> {
    Ok(Json(state.core().enable_webhook(&id).await?))
}

/// Ends what is on its way to an endpoint and tells it nothing more.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhooks/{id}/disable",
    tag = "webhooks",
    operation_id = "disable_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem))
)]
pub(super) async fn disable(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<WebhookView>, Problem> {
    Ok(Json(state.core().disable_webhook(&id).await?))
}

/// Sends a test event (`webhook.test`) to one endpoint, whatever kinds it is told of.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhooks/{id}/test",
    tag = "webhooks",
    operation_id = "test_webhook",
    params(("id" = String, Path, description = "`wh_…`")),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn test(
    state: AppState,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let queued = state.core().test_webhook(&id).await?;
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The `next` of the page before.
    before: Option<i64>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only `pending`, `delivered`, `failed` or `given_up`.
    state: Option<String>,
}

/// What was sent to an endpoint, and what waits; the newest event first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/webhooks/{id}/deliveries",
    tag = "webhooks",
    operation_id = "list_deliveries",
    params(("id" = String, Path, description = "`wh_…`"), Listing),
    responses((status = 200, body = DeliveryPage), (status = 404, body = Problem))
)]
pub(super) async fn deliveries(
    state: AppState,
    Path(id): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<Json<DeliveryPage>, Problem> {
    let listing = DeliveryListing {
        state: listing.state,
        before: listing.before,
        limit: Some(limited(listing.limit, 50, 200)?),
    };
    Ok(Json(state.core().webhook_deliveries(&id, &listing).await?))
}

/// One delivery with its attempts.
#[utoipa::path(
    get,
    path = "/api/aliexpress/webhook-deliveries/{id}",
    tag = "webhooks",
    operation_id = "show_delivery",
    params(("id" = String, Path, description = "`msg_…`")),
    responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem))
)]
pub(super) async fn delivery(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<DeliveryDetail>, Problem> {
    Ok(Json(state.core().webhook_delivery(&id).await?))
}

/// Sends a delivery once more, whatever became of it.
#[utoipa::path(
    post,
    path = "/api/aliexpress/webhook-deliveries/{id}/resend",
    tag = "webhooks",
    operation_id = "resend_delivery",
    params(("id" = String, Path, description = "`msg_…`")),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(super) async fn resend(
    state: AppState,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<DeliveryView>), Problem> {
    let queued = state.core().resend_webhook(&id).await?;
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

/// What holds a secret is kept by nobody on the way.
fn secret(status: StatusCode, body: WebhookWithSecret) -> Response {
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
