//! `/api/aliexpress/feeds` and `/api/aliexpress/categories`: finding products without words.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use smartlinks_core::{CategoryView, FeedQuery, FeedView, SearchPage, Sort};
use utoipa::{IntoParams, ToSchema};

use super::market::market_query;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::AppState;

/// Who asks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Which connection asks; the default one when left out.
    connection: Option<String>,
}

/// The feeds there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeedList {
    /// In AliExpress's order.
    feeds: Vec<FeedView>,
}

/// The feeds there are (`aliexpress.ds.feedname.get`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/feeds",
    tag = "products",
    params(Asked),
    responses((status = 200, body = FeedList), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn feeds(
    state: AppState,
    Query(asked): Query<Asked>,
) -> Result<Json<FeedList>, Problem> {
    let feeds = state.core().feeds(asked.connection.as_deref()).await?;
    Ok(Json(FeedList { feeds }))
}

market_query! {
    /// A page of a feed.
    FeedPage {
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
        /// Which connection asks; the default one when left out.
        connection: Option<String>,
    }
}

/// The products of a feed (`aliexpress.ds.recommend.feed.get`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/feeds/{name}/products",
    tag = "products",
    params(("name" = String, Path, description = "Name of the feed, for example `DS bestseller`"), FeedPage),
    responses((status = 200, body = SearchPage), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn feed(
    state: AppState,
    Path(name): Path<String>,
    Query(mut page): Query<FeedPage>,
) -> Result<Json<SearchPage>, Problem> {
    let connection = page.connection.take();
    let query = FeedQuery {
        market: page.market(connection),
        name,
        category: page.category,
        page: page.page,
        page_size: page.page_size,
        sort: page.sort.unwrap_or_default(),
    };
    Ok(Json(state.core().feed_products(&query).await?))
}

/// In which language, and who asks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Spoken {
    /// `fr` or `en`. The configured one when left out.
    language: Option<String>,
    /// Which connection asks; the default one when left out.
    connection: Option<String>,
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CategoryList {
    /// In AliExpress's order; `parent` makes them a tree.
    categories: Vec<CategoryView>,
}

/// The categories that narrow searches and feeds (`aliexpress.ds.category.get`).
#[utoipa::path(
    get,
    path = "/api/aliexpress/categories",
    tag = "products",
    params(Spoken),
    responses((status = 200, body = CategoryList), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn categories(
    state: AppState,
    Query(spoken): Query<Spoken>,
) -> Result<Json<CategoryList>, Problem> {
    let core = state.core();
    let (language, connection) = (spoken.language.as_deref(), spoken.connection.as_deref());
    let categories = core.categories(language, connection).await?;
    Ok(Json(CategoryList { categories }))
}
