//! The tab Products.

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core as core;

use super::frame::query_value;
use super::{Visit, landed, market, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    CategoryChoice, FeedChoice, FreightOption, FreightState, ImportWish, MarketView, Price,
    ProductCard, ProductDetail, ProductPage, ProductQuery, ProductResults, ProductSort,
    ProductState, ProductsPage, ProductsState, SearchQuery, SkuProperty, SkuView,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Products on one page of results.
const PAGE_SIZE: u32 = 24;

/// `GET /aliexpress/products`. A pasted link or number leads straight to its product.
pub(super) async fn search(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let market = market::of(&state, &visit, &uri).await?;
    let query = asked(&market, &uri);
    let found = match core::sought(&query.q) {
        core::Sought::Product(id) => return Ok(to_product(&id, &query).into_response()),
        core::Sought::ShortLink => ProductsState::ShortLink,
        core::Sought::OtherPage => ProductsState::OtherPage,
        core::Sought::Words if !query.q.is_empty() => {
            let found = find(&state, &market, &query).await;
            results(&state, found, &request_id)
        }
        core::Sought::Words if !query.feed.is_empty() => {
            let found = look_through(&state, &market, &query).await;
            results(&state, found, &request_id)
        }
        core::Sought::Words => nothing_asked(&state).await?,
    };
    let (categories, feeds) = choices(&state, &visit, &found).await;
    let page = ProductsPage {
        frame: visit.frame(&state).await,
        categories,
        feeds,
        query,
        market,
        state: found,
    };
    Ok(render(&page, &visit, &state))
}

fn to_product(id: &str, query: &SearchQuery) -> Redirect {
    let pairs = [("ship_to", &query.ship_to), ("currency", &query.currency)];
    let tail = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    Redirect::to(&format!("/aliexpress/products/{id}?{tail}"))
}

fn asked(market: &MarketView, uri: &Uri) -> SearchQuery {
    SearchQuery {
        q: query_value(uri, "q").unwrap_or_default().trim().to_owned(),
        feed: query_value(uri, "feed")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        category: query_value(uri, "category").and_then(|id| id.parse().ok()),
        free_shipping: query_value(uri, "free").is_some_and(|free| free == "on"),
        ship_to: market.ship_to.clone(),
        currency: market.currency.clone(),
        sort: ProductSort::from_value(&query_value(uri, "sort").unwrap_or_default()),
        page: query_value(uri, "page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1)
            .clamp(1, 1000),
    }
}

/// The question of a use case, from what the page shows.
pub(super) fn for_market(market: &MarketView) -> core::ProductQuery {
    core::ProductQuery {
        ship_to: Some(market.ship_to.clone()),
        currency: Some(market.currency.clone()),
        language: Some(market.language.code().to_owned()),
        connection: None,
    }
}

async fn nothing_asked(state: &AppState) -> Result<ProductsState, Problem> {
    let missing = views_of::missing(state.core());
    Ok(if !missing.is_empty() {
        ProductsState::NotConfigured(missing)
    } else if state
        .core()
        .connections()
        .await?
        .iter()
        .any(|one| one.usable)
    {
        ProductsState::Start
    } else {
        ProductsState::NotConnected
    })
}

/// What a search can be narrowed with, once an account can be asked: the top categories and the feeds. They are no
/// reason to show nothing.
async fn choices(
    state: &AppState,
    visit: &Visit,
    found: &ProductsState,
) -> (Vec<CategoryChoice>, Vec<FeedChoice>) {
    let can_ask = !matches!(
        found,
        ProductsState::NotConfigured(_) | ProductsState::NotConnected
    );
    if !can_ask {
        return (Vec::new(), Vec::new());
    }
    let core = state.core();
    let (categories, feeds) = tokio::join!(
        core.known_categories(visit.locale.code()),
        core.known_feeds()
    );
    let categories = categories.iter().flat_map(|all| all.iter());
    let top = categories.filter(|category| category.parent.is_none());
    let mut top: Vec<_> = top
        .map(|category| CategoryChoice {
            id: category.id,
            name: category.name.clone(),
        })
        .collect();
    top.sort_by_key(|category| category.name.to_lowercase());
    let feeds = feeds.iter().flat_map(|all| all.iter());
    let feeds = feeds.map(|feed| FeedChoice {
        name: feed.name.clone(),
        products: feed.products,
    });
    (top, feeds.collect())
}

async fn look_through(
    state: &AppState,
    market: &MarketView,
    query: &SearchQuery,
) -> Result<core::SearchPage, core::Error> {
    let feed = core::FeedQuery {
        name: query.feed.clone(),
        category: query.category,
        market: for_market(market),
        page: Some(query.page),
        page_size: Some(PAGE_SIZE),
        sort: sort_of(query),
    };
    state.core().feed_products(&feed).await
}

const fn sort_of(query: &SearchQuery) -> core::Sort {
    match query.sort {
        ProductSort::Orders => core::Sort::Orders,
        ProductSort::PriceUp => core::Sort::PriceUp,
        ProductSort::PriceDown => core::Sort::PriceDown,
    }
}

async fn find(
    state: &AppState,
    market: &MarketView,
    query: &SearchQuery,
) -> Result<core::SearchPage, core::Error> {
    let search = core::SearchQuery {
        words: query.q.clone(),
        category: query.category,
        free_shipping: query.free_shipping,
        market: for_market(market),
        page: Some(query.page),
        page_size: Some(PAGE_SIZE),
        sort: sort_of(query),
    };
    state.core().search_products(&search).await
}

fn results(
    state: &AppState,
    found: Result<core::SearchPage, core::Error>,
    request_id: &str,
) -> ProductsState {
    match found {
        Ok(found) => ProductsState::Results(ProductResults {
            total: found.total,
            page_size: u32::try_from(found.page_size).unwrap_or(PAGE_SIZE),
            fetched_at_ms: state.core().now().as_millisecond(),
            cards: found.products.into_iter().map(card).collect(),
        }),
        Err(core::Error::NotConfigured(_)) => {
            ProductsState::NotConfigured(views_of::missing(state.core()))
        }
        Err(core::Error::NotConnected) => ProductsState::NotConnected,
        Err(error) => ProductsState::Trouble {
            problem: problems::view(error.into(), request_id),
            stale: None,
        },
    }
}

pub(super) fn card(hit: core::SearchHit) -> ProductCard {
    let priced = |amount: Option<_>| {
        Some(Price::new(
            ToString::to_string(&amount?),
            hit.currency.clone()?,
        ))
    };
    let price = priced(hit.price);
    let original_price =
        priced(hit.original_price).filter(|original| Some(original) != price.as_ref());
    ProductCard {
        item_url: Some(format!("https://www.aliexpress.com/item/{}.html", hit.id)),
        price,
        original_price,
        id: hit.id,
        title: hit.title,
        picture: hit.image,
        discount: hit.discount,
        rating: hit.rating.map(|rating| rating.to_string()),
        orders: hit.orders,
    }
}

/// `GET /aliexpress/products/{id}`
pub(super) async fn show(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let page = page_of(&state, &headers, &uri, id, &request_id).await?;
    Ok(render(&page, &Visit::of(&state, &headers, &uri), &state))
}

/// The page of one product.
pub(super) async fn page_of(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    id: String,
    request_id: &str,
) -> Result<ProductPage, Problem> {
    let visit = Visit::of(state, headers, uri);
    let market = market::of(state, &visit, uri).await?;
    let query = ProductQuery {
        ship_to: market.ship_to.clone(),
        currency: market.currency.clone(),
        sku: query_value(uri, "sku").filter(|sku| !sku.is_empty()),
        quantity: query_value(uri, "quantity")
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(1)
            .clamp(1, 9999),
    };
    let found = inspect(state, &market, &id, &query, request_id).await;
    let kept = super::catalogue::kept(state, &id).await?;
    Ok(ProductPage {
        frame: visit.frame(state).await,
        id,
        query,
        market,
        state: found,
        kept,
        wish: ImportWish::default(),
    })
}

async fn inspect(
    state: &AppState,
    market: &MarketView,
    id: &str,
    query: &ProductQuery,
    request_id: &str,
) -> ProductState {
    let asked = for_market(market);
    let product = match state.core().product(id, &asked).await {
        Ok(product) => product,
        Err(error) => return not_shown(state, error, request_id),
    };
    let freight = match &query.sku {
        None => FreightState::NotAsked,
        Some(sku) => {
            let wanted = core::FreightQuery {
                sku: Some(sku.clone()),
                quantity: Some(query.quantity),
                market: asked,
            };
            landed::state(
                state.core().delivered_for(&product, &wanted).await,
                request_id,
            )
        }
    };
    ProductState::Found(Box::new(detail(
        product,
        freight,
        state.core().now().as_millisecond(),
    )))
}

/// The different ways in which there is nothing to show.
fn not_shown(state: &AppState, error: core::Error, request_id: &str) -> ProductState {
    match error.code() {
        "not_configured" => ProductState::NotConfigured(views_of::missing(state.core())),
        "not_connected" => ProductState::NotConnected,
        "product_not_found" => ProductState::NotFound,
        "invalid_parameter"
            if matches!(
                error,
                core::Error::Invalid {
                    field: "product_id",
                    ..
                }
            ) =>
        {
            ProductState::NotFound
        }
        "not_sold_to_country" => ProductState::NotSoldThere,
        "not_for_this_app" => ProductState::NotForThisApp,
        _ => ProductState::Trouble {
            problem: problems::view(error.into(), request_id),
            stale: None,
        },
    }
}

pub(super) fn freight(option: core::FreightOption, currency: &str) -> FreightOption {
    let fee_currency = option.currency.as_deref().unwrap_or(currency);
    FreightOption {
        company: option.company,
        code: option.code,
        free: option.free,
        fee: option
            .fee
            .map(|fee| Price::new(fee.to_string(), fee_currency)),
        free_from: None,
        min_days: option.min_days,
        max_days: option.max_days,
        ships_from: option.ship_from,
        tracked: option.tracked,
        landed: None,
    }
}

fn detail(product: core::ProductView, freight: FreightState, now_ms: i64) -> ProductDetail {
    ProductDetail {
        title: product.title,
        pictures: product.images,
        item_url: Some(product.url),
        store_name: product.store_name,
        rating: product.rating.map(|rating| rating.to_string()),
        reviews: product.reviews,
        sales: product.sales,
        skus: product.skus.into_iter().map(sku).collect(),
        attributes: product
            .properties
            .into_iter()
            .map(|property| (property.name, property.value))
            .collect(),
        fetched_at_ms: now_ms,
        freight,
    }
}

fn sku(sku: core::SkuView) -> SkuView {
    let priced = |amount: Option<_>| {
        Some(Price::new(
            ToString::to_string(&amount?),
            sku.currency.clone()?,
        ))
    };
    let price = priced(sku.price);
    let original_price =
        priced(sku.original_price).filter(|original| Some(original) != price.as_ref());
    SkuView {
        price,
        original_price,
        id: sku.id,
        properties: sku
            .properties
            .into_iter()
            .map(|property| SkuProperty {
                name: property.name,
                value: property.value,
                picture: property.image,
            })
            .collect(),
        stock: sku.stock,
    }
}
