//! `/api/aliexpress/affiliate`: tracked links, hot products, commissions.

use axum::Json;
use jiff::Timestamp;
use serde::Deserialize;
use smartlinks_core::{
    CommissionPage, CommissionQuery, CommissionState, HotQuery, NewLinks, PromotionLinks,
    SearchPage, Sort,
};
use utoipa::IntoParams;

use super::market::market_query;
use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// Makes tracked links of product numbers and addresses (`aliexpress.affiliate.link.generate`), fifty to a call of the
/// gateway. A source that gets no link says why; the others get theirs.
#[utoipa::path(
    post,
    path = "/api/aliexpress/affiliate/links",
    tag = "affiliate",
    request_body = NewLinks,
    responses((status = 200, body = PromotionLinks), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn links(
    state: AppState,
    Body(wanted): Body<NewLinks>,
) -> Result<Json<PromotionLinks>, Problem> {
    Ok(Json(state.core().promotion_links(&wanted).await?))
}

market_query! {
    /// A search among hot products.
    Hot {
        /// Words; all hot products when left out.
        q: Option<String>,
        /// Only products of this category, by its number.
        category: Option<i64>,
        /// From 1.
        #[param(minimum = 1, maximum = 1000)]
        page: Option<u32>,
        /// 1 to 50; 20 when left out.
        #[param(minimum = 1, maximum = 50)]
        page_size: Option<u32>,
        /// The order of results.
        sort: Option<Sort>,
        /// Results carry a link for this tracking id.
        tracking_id: Option<String>,
    }
}

/// Products with a high commission (`aliexpress.affiliate.hotproduct.query`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/affiliate/hot-products",
    tag = "affiliate",
    params(Hot),
    responses((status = 200, body = SearchPage), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn hot_products(
    state: AppState,
    Query(mut hot): Query<Hot>,
) -> Result<Json<SearchPage>, Problem> {
    let query = HotQuery {
        market: hot.market(None),
        words: hot.q,
        category: hot.category,
        page: hot.page,
        page_size: hot.page_size,
        sort: hot.sort.unwrap_or_default(),
        tracking_id: hot.tracking_id,
    };
    Ok(Json(state.core().hot_products(&query).await?))
}

/// Commissions to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Earned {
    /// Start of the span; 30 days before its end when left out. RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// End of the span, at most 31 days later; now when left out. RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// How far the orders have come; `paid` when left out.
    state: Option<CommissionState>,
    /// From 1.
    #[param(minimum = 1, maximum = 1000)]
    page: Option<u32>,
    /// 1 to 50; 50 when left out.
    #[param(minimum = 1, maximum = 50)]
    page_size: Option<u32>,
}

/// The order lines that earned a commission (`aliexpress.affiliate.order.list`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/affiliate/orders",
    tag = "affiliate",
    params(Earned),
    responses((status = 200, body = CommissionPage), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn commissions(
    state: AppState,
    Query(earned): Query<Earned>,
) -> Result<Json<CommissionPage>, Problem> {
    let query = CommissionQuery {
        from: earned.from,
        until: earned.until,
        state: earned.state.unwrap_or_default(),
        page: earned.page,
        page_size: earned.page_size,
    };
    Ok(Json(state.core().commissions(&query).await?))
}
