//! Routes and the rules that hold before any of them.

mod date;
pub(crate) mod guard;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::sandbox::Inner;
use crate::{click_page, control, gateway, item_page, oauth, pictures, store_page, video_page};

/// Everything the sandbox answers.
pub(crate) fn router(inner: Arc<Inner>) -> Router {
    let own = Router::new()
        .merge(control::routes())
        .merge(oauth::routes())
        .route("/_sandbox/pictures/{product}/{file}", get(pictures::serve))
        .route(
            "/_sandbox/papers/{product}/{file}",
            get(crate::papers::serve),
        )
        .route("/_sandbox/assets/{file}", get(crate::pages::asset))
        .layer(axum::middleware::from_fn(guard::demand_json))
        .layer(CsrfLayer::new());
    Router::new()
        .route("/sync", any(gateway::handle))
        .route("/rest", any(gateway::handle))
        .route("/rest/{*path}", any(gateway::handle))
        .route("/item/{file}", get(item_page::serve))
        .route("/video/{file}", get(video_page::serve))
        .route("/store/{id}", get(store_page::serve))
        .route("/s/{*link}", get(click_page::follow))
        .merge(own)
        .fallback(gateway::unknown_address)
        .layer(from_fn_with_state(
            Arc::clone(&inner),
            guard::demand_own_host,
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(Arc::clone(&inner), date::stamp))
        .with_state(inner)
}

/// A drawing of ours, which runs nothing even when it is opened by itself; 404 when there is none.
pub(crate) fn drawing(svg: Option<String>) -> Response {
    let Some(svg) = svg else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = typed(
        StatusCode::OK,
        "image/svg+xml",
        "public, max-age=86400",
        svg,
    );
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    response
}

/// A response that browsers take for nothing but its stated type.
pub(crate) fn typed(
    status: StatusCode,
    content_type: &'static str,
    cache: &'static str,
    body: impl IntoResponse,
) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
