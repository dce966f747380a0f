//! `/video/{id}.html`: where the film addresses in answers lead. There are no films, and the page says so.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::addresses;
use crate::item_page::no_product;
use crate::language::Language;
use crate::pages::{banner, language, page};
use crate::sandbox::Inner;

#[derive(Template)]
#[template(path = "video.html")]
struct VideoPage<'a> {
    words: Language,
    language: &'static str,
    banner: &'a str,
    title: &'a str,
    picture: &'a str,
    item: &'a str,
}

/// Shows the poster of a product's film, or says that there is no such product.
pub(crate) async fn serve(
    State(inner): State<Arc<Inner>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let language = language(&headers);
    let id = file.strip_suffix(".html").and_then(|id| id.parse().ok());
    let product = id.and_then(|id| inner.catalogue.find(id));
    let Some(product) = product.filter(|product| product.has_video()) else {
        return no_product(language);
    };
    let video = VideoPage {
        words: language,
        language: language.tag(),
        banner: banner(language),
        title: &product.title(language),
        picture: &addresses::picture("", product.id(), 1),
        item: &addresses::item("", product.id()),
    };
    page(StatusCode::OK, &video, "")
}
