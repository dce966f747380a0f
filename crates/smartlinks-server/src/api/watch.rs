//! `/api/aliexpress/catalogue`, the watch of imported products: what has changed, what is done about it, and what takes
//! the place of variants that are gone.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use smartlinks_core::catalogue::{
    CatalogueDetail, DriftPage, DriftQuery, ProductWatchView, RepairPage, WatchChange, WatchView,
};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Drifting {
    /// `cost`, `stock`, `sku_gone`, `sku_back`, `sku_added` or `availability`.
    kind: Option<String>,
    /// About which this was done: `record`, `notify`, `hold` or `unpublish`.
    outcome: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What AliExpress has changed of all imported products, the latest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/drift",
    tag = "catalogue",
    operation_id = "list_drift",
    params(Drifting),
    responses((status = 200, body = DriftPage), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn drift(
    state: AppState,
    Query(drifting): Query<Drifting>,
) -> Result<Json<DriftPage>, Problem> {
    let query = DriftQuery {
        kind: drifting.kind,
        outcome: drifting.outcome,
        after: drifting.after,
        limit: drifting.limit,
    };
    Ok(Json(state.core().drift(&query).await?))
}

/// How the watch stands, and what it does about each kind of change.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/watch",
    tag = "catalogue",
    operation_id = "show_watch",
    responses((status = 200, body = WatchView), (status = 503, body = Problem))
)]
pub(super) async fn watch(state: AppState) -> Result<Json<WatchView>, Problem> {
    Ok(Json(state.core().watch().await?))
}

/// What shall be done about kinds of changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenPolicies {
    /// Those that change; others stay.
    policies: Vec<ChosenPolicy>,
}

/// What shall be done about a kind of change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenPolicy {
    /// `cost_up`, `cost_down`, `sold_out`, `stock`, `sku_gone`, `sku_back`, `sku_added`, `unavailable` or `on_sale`.
    kind: String,
    /// `record` (in the history alone), `notify` (an event too), `hold` (a listed product waits for a person) or
    /// `unpublish`.
    action: String,
    /// Of costs: a smaller change, in per cent, is only recorded. Decimal text; every change counts when left out.
    above_percent: Option<String>,
}

/// Chooses what is done about kinds of changes.
#[utoipa::path(
    patch,
    path = "/api/aliexpress/catalogue/watch",
    tag = "catalogue",
    operation_id = "choose_watch_policies",
    request_body = ChosenPolicies,
    responses((status = 200, body = WatchView), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn choose(
    state: AppState,
    Body(chosen): Body<ChosenPolicies>,
) -> Result<Json<WatchView>, Problem> {
    let changes = chosen.policies.into_iter().map(|policy| WatchChange {
        kind: policy.kind,
        action: policy.action,
        above_percent: policy.above_percent,
    });
    let changes: Vec<WatchChange> = changes.collect();
    Ok(Json(state.core().choose_watch_policies(&changes).await?))
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RepairsPage {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Variants that AliExpress names no more, that are sold, and for which nobody has chosen anything yet: orders for them
/// wait.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/repairs",
    tag = "catalogue",
    operation_id = "list_repairs",
    params(RepairsPage),
    responses((status = 200, body = RepairPage), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn repairs(
    state: AppState,
    Query(page): Query<RepairsPage>,
) -> Result<Json<RepairPage>, Problem> {
    let repairs = state
        .core()
        .open_repairs(page.after.as_deref(), page.limit)
        .await?;
    Ok(Json(repairs))
}

/// What takes the place of a variant that is gone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChosenVariant {
    /// Number of a variant of the product. What is proposed is named as well: the next look may propose another.
    with: String,
}

/// Chooses what takes the place of a variant that is gone: it is sold from now on, and orders for the variant that is
/// gone are orders for it.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/{id}/skus/{sku}/repair",
    tag = "catalogue",
    operation_id = "repair_sku",
    params(("id" = String, Path, description = "`prod_…`"), ("sku" = String, Path, description = "Number of the variant that is gone")),
    request_body = ChosenVariant,
    responses((status = 200, body = CatalogueDetail), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn repair(
    state: AppState,
    Path((id, sku)): Path<(String, String)>,
    Body(chosen): Body<ChosenVariant>,
) -> Result<Json<CatalogueDetail>, Problem> {
    let repaired = state.core().repair_sku(&id, &sku, &chosen.with).await?;
    Ok(Json(repaired))
}

/// How the watch of one product stands: when AliExpress is asked next, and why it could not be the last time.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/{id}/watch",
    tag = "catalogue",
    operation_id = "show_product_watch",
    params(("id" = String, Path, description = "`prod_…`")),
    responses((status = 200, body = ProductWatchView), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn product(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ProductWatchView>, Problem> {
    Ok(Json(state.core().product_watch(&id).await?))
}

/// Asks AliExpress about a product now (`aliexpress.ds.product.get`), and does what was chosen about what has changed.
/// When AliExpress cannot be asked, nothing changes.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/{id}/check",
    tag = "catalogue",
    operation_id = "check_product",
    params(("id" = String, Path, description = "`prod_…`")),
    responses((status = 200, body = CatalogueDetail), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 503, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn check(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<CatalogueDetail>, Problem> {
    Ok(Json(state.core().check_product(&id).await?))
}
