//! `/api/aliexpress/products`

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use smartlinks_core::{
    FreightQuery, FreightQuote, ProductQuery, ProductView, SearchPage, SearchQuery, Sort,
};
use utoipa::IntoParams;

use crate::extract::Query;
use crate::problem::Problem;
use crate::state::AppState;

/// A search.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// Words to search for, 1 to 200 characters; or the number or address of a product, which finds that one.
    q: String,
    /// Only products of this category, by its number.
    category: Option<i64>,
    /// `true`: only products that are sent to the destination free of charge.
    free_shipping: Option<bool>,
    /// Destination, ISO 3166-1 alpha-2. The configured one when left out.
    ship_to: Option<String>,
    /// Currency of prices, ISO 4217. The configured one when left out.
    currency: Option<String>,
    /// `fr` or `en`.
    language: Option<String>,
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
    Query(search): Query<Search>,
) -> Result<Json<SearchPage>, Problem> {
    let query = SearchQuery {
        words: search.q,
        category: search.category,
        free_shipping: search.free_shipping.unwrap_or_default(),
        ship_to: search.ship_to,
        currency: search.currency,
        language: search.language,
        page: search.page,
        page_size: search.page_size,
        sort: search.sort.unwrap_or_default(),
        connection: search.connection,
    };
    Ok(Json(state.core().search_products(&query).await?))
}

/// For whom a product is looked at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Market {
    /// Destination, ISO 3166-1 alpha-2. The configured one when left out.
    ship_to: Option<String>,
    /// Currency of prices, ISO 4217. The configured one when left out.
    currency: Option<String>,
    /// `fr` or `en`.
    language: Option<String>,
    /// Which connection asks; the default one when left out.
    connection: Option<String>,
}

impl From<Market> for ProductQuery {
    fn from(market: Market) -> Self {
        Self {
            ship_to: market.ship_to,
            currency: market.currency,
            language: market.language,
            connection: market.connection,
        }
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
    Query(market): Query<Market>,
) -> Result<Json<ProductView>, Problem> {
    Ok(Json(state.core().product(&id, &market.into()).await?))
}

/// What to deliver, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Freight {
    /// Number of the variant; the first one in stock when left out.
    sku: Option<String>,
    /// How many, 1 to 9999; one when left out.
    #[param(minimum = 1, maximum = 9999)]
    quantity: Option<u32>,
    /// Destination, ISO 3166-1 alpha-2. The configured one when left out.
    ship_to: Option<String>,
    /// Currency of prices, ISO 4217. The configured one when left out.
    currency: Option<String>,
    /// `fr` or `en`.
    language: Option<String>,
    /// Which connection asks; the default one when left out.
    connection: Option<String>,
}

/// The ways to deliver a variant, cheapest first (`aliexpress.ds.freight.query`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/products/{id}/freight",
    tag = "products",
    params(("id" = String, Path, description = "AliExpress's product number"), Freight),
    responses((status = 200, body = FreightQuote), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn freight(
    state: AppState,
    Path(id): Path<String>,
    Query(freight): Query<Freight>,
) -> Result<Json<FreightQuote>, Problem> {
    let query = FreightQuery {
        sku: freight.sku,
        quantity: freight.quantity,
        market: ProductQuery {
            ship_to: freight.ship_to,
            currency: freight.currency,
            language: freight.language,
            connection: freight.connection,
        },
    };
    Ok(Json(state.core().freight(&id, &query).await?))
}
