//! `/api/aliexpress/products`

use axum::Json;
use axum::extract::Path;
use smartlinks_core::catalogue::DeliveredQuote;
use smartlinks_core::{FreightQuery, ProductView, SearchPage, SearchQuery, Sort};

use super::market::market_query;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::AppState;

market_query! {
    /// A search.
    Search {
        /// Words to search for, 1 to 200 characters; or the number or address of a product, which finds that one.
        q: String,
        /// Only products of this category, by its number.
        category: Option<i64>,
        /// `true`: only products that are sent to the destination free of charge.
        free_shipping: Option<bool>,
        /// From 1.
        #[param(minimum = 1, maximum = 1000)]
        page: Option<u32>,
        /// 1 to 50; 20 when left out.
        #[param(minimum = 1, maximum = 50)]
        page_size: Option<u32>,
        /// The order of results.
        sort: Option<Sort>,
        /// Which connection asks; the default one when left out.
        connection: Option<String>,
    }
}

/// Searches products by words (`aliexpress.ds.text.search`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/products",
    tag = "products",
    params(Search),
    responses((status = 200, body = SearchPage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn search(
    state: AppState,
    Query(mut search): Query<Search>,
) -> Result<Json<SearchPage>, Problem> {
    let connection = search.connection.take();
    let query = SearchQuery {
        market: search.market(connection),
        words: search.q,
        category: search.category,
        free_shipping: search.free_shipping.unwrap_or_default(),
        page: search.page,
        page_size: search.page_size,
        sort: search.sort.unwrap_or_default(),
    };
    Ok(Json(state.core().search_products(&query).await?))
}

market_query! {
    /// For whom a product is looked at.
    Market {
        /// Which connection asks; the default one when left out.
        connection: Option<String>,
    }
}

/// One product with its variants (`aliexpress.ds.product.get`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/products/{id}",
    tag = "products",
    params(("id" = String, Path, description = "AliExpress's product number"), Market),
    responses((status = 200, body = ProductView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
    Query(mut market): Query<Market>,
) -> Result<Json<ProductView>, Problem> {
    let connection = market.connection.take();
    let market = market.market(connection);
    Ok(Json(state.core().product(&id, &market).await?))
}

market_query! {
    /// What to deliver, and where.
    Freight {
        /// Number of the variant; the first one in stock when left out.
        sku: Option<String>,
        /// How many, 1 to 9999; one when left out.
        #[param(minimum = 1, maximum = 9999)]
        quantity: Option<u32>,
        /// Which connection asks; the default one when left out.
        connection: Option<String>,
    }
}

/// The ways to deliver a variant, cheapest first (`aliexpress.ds.freight.query`), each with its landed cost in the asked
/// currency, and for a product of the catalogue with the margin under its rule.
#[utoipa::path(
    get,
    path = "/api/aliexpress/products/{id}/freight",
    tag = "products",
    params(("id" = String, Path, description = "AliExpress's product number"), Freight),
    responses((status = 200, body = DeliveredQuote), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn freight(
    state: AppState,
    Path(id): Path<String>,
    Query(mut freight): Query<Freight>,
) -> Result<Json<DeliveredQuote>, Problem> {
    let connection = freight.connection.take();
    let query = FreightQuery {
        market: freight.market(connection),
        sku: freight.sku,
        quantity: freight.quantity,
    };
    Ok(Json(state.core().delivered(&id, &query).await?))
}
