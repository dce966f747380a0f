//! `/api/aliexpress/catalogue`: imported products, and the catalogue as a file.

use axum::Json;
use axum::body::{Body as Content, Bytes};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use smartlinks_core::catalogue::{
    CatalogueChangePage, CatalogueDetail, CatalogueEdit, CatalogueExport, CatalogueImport,
    CataloguePage, CatalogueQuery, ExportFormat, SkuEdit, StateCount,
};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// Words of title, shop or label; a product number or address; codes of the merchant's own. Up to six words count.
    q: Option<String>,
    /// `listed`, `held` or `unpublished`.
    state: Option<String>,
    /// With this label.
    label: Option<String>,
    /// Imported with this connection.
    connection: Option<String>,
    /// Of which AliExpress last said this: `on_sale`, `not_found`, `not_sold_here`, `not_for_app` or `offline`.
    availability: Option<String>,
    /// With this price rule as their own, `rule_…`.
    rule: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The imported products, the latest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue",
    tag = "catalogue",
    operation_id = "list_catalogue",
    params(Listing),
    responses((status = 200, body = CataloguePage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(
    state: AppState,
    Query(listing): Query<Listing>,
) -> Result<Json<CataloguePage>, Problem> {
    let query = CatalogueQuery {
        words: listing.q,
        state: listing.state,
        label: listing.label,
        connection: listing.connection,
        availability: listing.availability,
        rule: listing.rule,
        after: listing.after,
        limit: listing.limit,
    };
    Ok(Json(state.core().catalogue(&query).await?))
}

/// How many imported products are in each state.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/states",
    tag = "catalogue",
    operation_id = "count_catalogue",
    responses((status = 200, body = Vec<StateCount>), (status = 503, body = Problem))
)]
pub(super) async fn states(state: AppState) -> Result<Json<Vec<StateCount>>, Problem> {
    Ok(Json(state.core().catalogue_by_state().await?))
}

/// A product to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProduct {
    /// AliExpress's product number, or the address of the item.
    product: String,
    /// The connection whose product it is; the default one when left out.
    connection: Option<String>,
    /// Destination, ISO 3166-1 alpha-2. Of a known product what it was, else the configured one when left out.
    ship_to: Option<String>,
    /// Currency of costs, ISO 4217; likewise.
    currency: Option<String>,
    /// `fr` or `en`; likewise.
    language: Option<String>,
    /// Numbers of the variants to sell; all of them when left out. Of a known product, these are sold from now on, too.
    skus: Option<Vec<String>>,
    /// Labels; a known product gets them besides those it has.
    #[serde(default)]
    labels: Vec<String>,
    /// Its price rule, `rule_…`; the default one when left out.
    rule: Option<String>,
}

/// Imports a product (`aliexpress.ds.product.get`), or brings a known one up to what AliExpress shows now: it is never
/// in the catalogue twice.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue",
    tag = "catalogue",
    operation_id = "import_product",
    request_body = NewProduct,
    responses((status = 200, body = CatalogueDetail), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 503, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn import(
    state: AppState,
    Body(new): Body<NewProduct>,
) -> Result<Json<CatalogueDetail>, Problem> {
    let import = CatalogueImport {
        product: new.product,
        connection: new.connection,
        ship_to: new.ship_to,
        currency: new.currency,
        language: new.language,
        skus: new.skus,
        labels: new.labels,
        rule: new.rule,
    };
    Ok(Json(state.core().import_product(&import).await?))
}

/// An imported product with its variants, as the catalogue has it.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/{id}",
    tag = "catalogue",
    operation_id = "show_catalogue_product",
    params(("id" = String, Path, description = "`prod_…`")),
    responses((status = 200, body = CatalogueDetail), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<CatalogueDetail>, Problem> {
    Ok(Json(state.core().catalogue_product(&id).await?))
}

/// What is to be changed of a product; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedProduct {
    /// Another title, at most 300 characters.
    title: Option<String>,
    /// `listed`, `held` or `unpublished`.
    state: Option<String>,
    /// Other labels, at most 20 of 40 characters without commas; an empty list takes them away.
    labels: Option<Vec<String>>,
    /// Another price rule, `rule_…`; an empty text for the default one. Prices stay until a run is applied.
    rule: Option<String>,
    /// What is to be changed of its variants.
    #[serde(default)]
    skus: Vec<ChangedSku>,
}

/// What is to be changed of a variant; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedSku {
    /// Number of the variant, digits.
    id: String,
    /// Another code of the merchant's own, at most 64 characters, which no other variant of the connection has; an
    /// empty text takes it away.
    own_code: Option<String>,
    /// Whether the merchant sells it.
    chosen: Option<bool>,
}

/// Changes title, state, labels, rule, codes of variants, and which are sold.
#[utoipa::path(
    patch,
    path = "/api/aliexpress/catalogue/{id}",
    tag = "catalogue",
    operation_id = "change_catalogue_product",
    params(("id" = String, Path, description = "`prod_…`")),
    request_body = ChangedProduct,
    responses((status = 200, body = CatalogueDetail), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn change(
    state: AppState,
    Path(id): Path<String>,
    Body(changed): Body<ChangedProduct>,
) -> Result<Json<CatalogueDetail>, Problem> {
    let skus = changed.skus.into_iter().map(|sku| SkuEdit {
        id: sku.id,
        own_code: sku.own_code,
        chosen: sku.chosen,
    });
    let edit = CatalogueEdit {
        title: changed.title,
        state: changed.state,
        labels: changed.labels,
        rule: changed.rule,
        skus: skus.collect(),
        ..CatalogueEdit::default()
    };
    Ok(Json(state.core().edit_product(&id, &edit).await?))
}

/// Removes a product from the catalogue, with its variants and its history.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/catalogue/{id}",
    tag = "catalogue",
    operation_id = "remove_catalogue_product",
    params(("id" = String, Path, description = "`prod_…`")),
    responses((status = 204), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn remove(state: AppState, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    state.core().remove_product(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which page of a history.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryPage {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What has happened to a product, the latest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/{id}/history",
    tag = "catalogue",
    operation_id = "show_product_history",
    params(("id" = String, Path, description = "`prod_…`"), HistoryPage),
    responses((status = 200, body = CatalogueChangePage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn history(
    state: AppState,
    Path(id): Path<String>,
    Query(page): Query<HistoryPage>,
) -> Result<Json<CatalogueChangePage>, Problem> {
    let history = state
        .core()
        .product_history(&id, page.after.as_deref(), page.limit);
    Ok(Json(history.await?))
}

/// What kind of file, of which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    /// `jsonl` (one product a line), `csv` (one variant a line), `shopify` or `woocommerce` (their product imports).
    format: String,
    /// In the file of a shop: only variants with a price in this currency, ISO 4217, since the file names none. The
    /// configured one when left out.
    price_currency: Option<String>,
    /// As in the list.
    q: Option<String>,
    /// As in the list.
    state: Option<String>,
    /// As in the list.
    label: Option<String>,
    /// As in the list.
    connection: Option<String>,
    /// As in the list.
    availability: Option<String>,
    /// As in the list.
    rule: Option<String>,
}

/// The catalogue as a file, sent while it is made. The files of shops hold what can be sold: chosen variants that
/// AliExpress still names, with a price in the currency of the file.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/export",
    tag = "catalogue",
    operation_id = "export_catalogue",
    params(Export),
    responses(
        (status = 200, description = "The file, to its last line; a connection that ends early means that it is not whole", content_type = "text/csv", body = String),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    )
)]
pub(super) async fn export(
    state: AppState,
    Query(export): Query<Export>,
) -> Result<Response, Problem> {
    let query = CatalogueQuery {
        words: export.q,
        state: export.state,
        label: export.label,
        connection: export.connection,
        availability: export.availability,
        rule: export.rule,
        ..CatalogueQuery::default()
    };
    file(
        &state,
        &export.format,
        &query,
        export.price_currency.as_deref(),
    )
    .await
}

/// The file as an answer.
pub(crate) async fn file(
    state: &AppState,
    format: &str,
    query: &CatalogueQuery,
    currency: Option<&str>,
) -> Result<Response, Problem> {
    let format: ExportFormat = format.parse()?;
    let mut file = state
        .core()
        .export_catalogue(format, query, currency)
        .await?;
    // What can be known to fail is said before the file has begun.
    let first = file.next().await?.unwrap_or_default();
    let mut response = Content::from_stream(parts(first, file)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    let disposition = format!("attachment; filename=\"{}\"", format.file_name());
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// The parts of a file. After a failure the connection ends, so that nobody takes the file for whole.
fn parts(
    first: Vec<u8>,
    file: CatalogueExport,
) -> impl stream::Stream<Item = smartlinks_core::Result<Bytes>> {
    stream::unfold((Some(first), Some(file)), |(first, file)| async move {
        if let Some(first) = first {
            return Some((Ok(Bytes::from(first)), (None, file)));
        }
        let mut file = file?;
        match file.next().await {
            Ok(Some(part)) => Some((Ok(Bytes::from(part)), (None, Some(file)))),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "an export of the catalogue ended early");
                Some((Err(error), (None, None)))
            }
        }
    })
}
