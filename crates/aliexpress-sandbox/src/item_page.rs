//! `/item/{id}.html`: where item links of search results lead.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::addresses;
use crate::catalogue::countries;
use crate::catalogue::listing::Listed;
use crate::language::Language;
use crate::money::dollar;
use crate::pages::{Message, banner, language, page};
use crate::sandbox::Inner;

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage<'a> {
    words: Language,
    language: &'static str,
    banner: &'a str,
    title: &'a str,
    picture: &'a str,
    price: &'a str,
    product_id: i64,
    /// Path of the store's page.
    store: String,
}

/// Shows one product, or says that there is none.
pub(crate) async fn serve(
    State(inner): State<Arc<Inner>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let language = language(&headers);
    let id = file.strip_suffix(".html").and_then(|id| id.parse().ok());
    let state = inner.book.read();
    let listed = id.and_then(|id| inner.catalogue.for_sale(id, None, &state.changes));
    drop(state);
    let Some(Listed { product, change }) = listed else {
        return no_product(language);
    };
    let (cents, _) = product.shown_prices(change.as_ref());
    let item = ItemPage {
        words: language,
        language: language.tag(),
        banner: banner(language),
        title: &product.title(language),
        picture: &addresses::picture("", product.id(), 1),
        price: &dollar()
            .of_cents(cents, countries::usual().price_per_mille)
            .localised(language),
        product_id: product.id(),
        store: addresses::store("", product.store_id()),
    };
    page(StatusCode::OK, &item, "")
}

/// The page for a product that the sandbox has not.
pub(crate) fn no_product(language: Language) -> Response {
    let message = Message {
        language: language.tag(),
        banner: banner(language),
        title: language.pick("No such product", "Produit introuvable"),
        text: language.pick(
            "The sandbox has no product with this number.",
            "Le bac à sable n'a pas de produit avec ce numéro.",
        ),
        code: "",
        detail: "",
        back: "",
    };
    page(StatusCode::NOT_FOUND, &message, "")
}
