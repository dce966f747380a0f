//! `/s/{link}`: what a tracking link does when someone follows it.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use crate::affiliate_links::{Link, Target};
use crate::pages::{Message, banner, language, page};
use crate::sandbox::Inner;

/// Notes the visit and sends the visitor on to the page. Nothing is set in the browser: which click an
/// order came from is said when it is placed through the control API.
pub(crate) async fn follow(
    State(inner): State<Arc<Inner>>,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(link) = Link::parse(&link) else {
        return no_link(&headers);
    };
    let product_id = match link.target {
        Target::Item { product_id, .. } => Some(product_id),
        Target::Store { .. } => None,
    };
    let noted = inner.book.change(&inner.clock, |state| {
        let query = query.unwrap_or_default();
        let parameters = form_urlencoded::parse(query.as_bytes()).into_owned();
        let now_ms = inner.clock.now_ms();
        let clicks = &mut state.commissions.clicks;
        clicks.record(&link.tracking_id, product_id, parameters, now_ms)
    });
    match noted {
        // Relative, so that it leads to a page of ours whatever the link holds.
        Ok(_) => (
            StatusCode::FOUND,
            [
                (header::LOCATION, link.target.path()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ],
        )
            .into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "sandbox state not written"
            );
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn no_link(headers: &HeaderMap) -> Response {
    let language = language(headers);
    let message = Message {
        language: language.tag(),
        banner: banner(language),
        title: language.pick("No such link", "Lien introuvable"),
        text: language.pick(
            "The sandbox has made no tracking link with this address.",
            "Le bac à sable n'a créé aucun lien de suivi à cette adresse.",
        ),
        code: "",
        detail: "",
        back: "",
    };
    page(StatusCode::NOT_FOUND, &message, "")
}
