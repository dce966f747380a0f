//! `/api/aliexpress/catalogue/{id}`, prices that are set by hand.

use axum::Json;
use axum::extract::Path;
use smartlinks_core::catalogue::{HandPrice, SkuPriceView};

use crate::extract::Body;
use crate::problem::Problem;
use crate::state::AppState;

/// The prices of a product that were set by hand, and what sales earn by them. One with a `least` earns less than it
/// should.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/{id}/hand-prices",
    tag = "catalogue",
    operation_id = "list_hand_prices",
    params(("id" = String, Path, description = "`prod_…`")),
    responses((status = 200, body = Vec<SkuPriceView>), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<Vec<SkuPriceView>>, Problem> {
    Ok(Json(state.core().hand_prices(&id).await?))
}

/// Sets the price of a variant by hand: price rules leave it alone. One that earns less than the minimum of the rule is
/// set, and the answer names the `least` that would.
#[utoipa::path(
    put,
    path = "/api/aliexpress/catalogue/{id}/skus/{sku}/price",
    tag = "catalogue",
    operation_id = "set_sku_price",
    params(("id" = String, Path, description = "`prod_…`"), ("sku" = String, Path, description = "Number of the variant")),
    request_body = HandPrice,
    responses((status = 200, body = SkuPriceView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn set(
    state: AppState,
    Path((id, sku)): Path<(String, String)>,
    Body(price): Body<HandPrice>,
) -> Result<Json<SkuPriceView>, Problem> {
    Ok(Json(state.core().price_by_hand(&id, &sku, &price).await?))
}

/// Leaves the price of a variant to the rules again. It stays as it is until a run is applied.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/catalogue/{id}/skus/{sku}/price",
    tag = "catalogue",
    operation_id = "leave_sku_price_to_rules",
    params(("id" = String, Path, description = "`prod_…`"), ("sku" = String, Path, description = "Number of the variant")),
    responses((status = 200, body = SkuPriceView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn leave(
    state: AppState,
    Path((id, sku)): Path<(String, String)>,
) -> Result<Json<SkuPriceView>, Problem> {
    Ok(Json(state.core().price_by_rules(&id, &sku).await?))
}
