//! `/api/aliexpress/orders`

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use smartlinks_core::{OrderListing, OrderPage, OrderView, TrackingView};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query, limited};
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
    /// Only orders in this state of AliExpress's, for example `WAIT_SELLER_SEND_GOODS`.
    status: Option<String>,
    /// Only orders that somebody should look at: `unpaid_deadline`, `not_shipped` or `no_movement`.
    alert: Option<String>,
    /// Only the orders of this number: AliExpress's, ours (`out_order_id` or id of the intent), or a parcel's.
    number: Option<String>,
}

/// The orders known here, last added first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/orders",
    tag = "orders",
    params(Listing),
    responses((status = 200, body = OrderPage))
)]
pub(super) async fn list(
    state: AppState,
    Query(listing): Query<Listing>,
) -> Result<Json<OrderPage>, Problem> {
    let listing = OrderListing {
        after: listing.after,
        limit: Some(limited(listing.limit, 50, 200)?),
        statuses: listing.status.map(|status| vec![status]),
        alert: listing.alert,
        number: listing.number,
    };
    Ok(Json(state.core().orders(&listing).await?))
}

/// An order that was placed at AliExpress.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    /// AliExpress's order number, digits.
    order_id: String,
    /// The connection whose order it is; the default one when left out.
    connection: Option<String>,
}

/// Adds an order by its number (`aliexpress.trade.ds.order.get`), or asks about a known one again.
#[utoipa::path(
    post,
    path = "/api/aliexpress/orders/import",
    tag = "orders",
    request_body = Import,
    responses((status = 200, body = OrderView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn import(
    state: AppState,
    Body(import): Body<Import>,
) -> Result<Json<OrderView>, Problem> {
    Ok(Json(
        state
            .core()
            .import_order(&import.order_id, import.connection.as_deref())
            .await?,
    ))
}

/// A known order as it stands now. When AliExpress cannot say, the last known state with `stale`.
#[utoipa::path(
    get,
    path = "/api/aliexpress/orders/{id}",
    tag = "orders",
    params(("id" = String, Path, description = "AliExpress's order number")),
    responses((status = 200, body = OrderView), (status = 404, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    Ok(Json(state.core().order(&id).await?))
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    /// `fr` or `en`.
    language: Option<String>,
}

/// The parcels of a known order (`aliexpress.ds.order.tracking.get`), their events newest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/orders/{id}/tracking",
    tag = "orders",
    params(("id" = String, Path, description = "AliExpress's order number"), Language),
    responses((status = 200, body = TrackingView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn tracking(
    state: AppState,
    Path(id): Path<String>,
    Query(language): Query<Language>,
) -> Result<Json<TrackingView>, Problem> {
    Ok(Json(
        state
            .core()
            .tracking(&id, language.language.as_deref())
            .await?,
    ))
}
