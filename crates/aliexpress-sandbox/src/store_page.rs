//! `/store/{id}`: where store addresses in answers and tracking links lead.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::affiliate_links::Target;
use crate::language::Language;
use crate::pages::{Message, banner, language, page};
use crate::sandbox::Inner;

#[derive(Template)]
#[template(path = "store.html")]
struct StorePage<'a> {
    words: Language,
    language: &'static str,
    banner: &'a str,
    title: &'a str,
    /// Address and title of everything on sale.
    products: Vec<(String, String)>,
}

/// Shows what a store has on sale, or says that there is no such store.
pub(crate) async fn serve(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let language = language(&headers);
    let id = id.parse().ok().filter(|id| inner.catalogue.has_store(*id));
    let Some(id) = id else {
        let message = Message {
            language: language.tag(),
            banner: banner(language),
            title: language.pick("No such store", "Boutique introuvable"),
            text: language.pick(
                "The sandbox has no store with this number.",
                "Le bac à sable n'a pas de boutique avec ce numéro.",
            ),
            code: "",
            detail: "",
            back: "",
        };
        return page(StatusCode::NOT_FOUND, &message, "");
    };
    let state = inner.book.read();
    let products = inner
        .catalogue
        .store(id)
        .filter(|product| product.on_sale(state.changes.of(product.id())))
        .map(|product| {
            let item = Target::Item {
                product_id: product.id(),
                sku_id: None,
            };
            (item.path(), product.title(language))
        })
        .collect();
    drop(state);
    let store = StorePage {
        words: language,
        language: language.tag(),
        banner: banner(language),
        title: &format!("Shop{id} Store"),
        products,
    };
    page(StatusCode::OK, &store, "")
}
