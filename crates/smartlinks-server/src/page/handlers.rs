//! The routes of the web page: each fills a view with what the use cases say.
//!
//! Forms answer with a redirect and leave a note of what happened in a cookie, so that reloading a page
//! never sends a form twice.

mod audit;
mod authentication;
mod frame;
mod notice;
mod orders;
mod overview;
mod problems;
mod products;
mod sign_in;
mod views_of;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};

use crate::page::assets;
use crate::page::views::{ErrorPage, Template};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

pub(crate) use frame::Visit;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/aliexpress", overview::show)
        .get("/aliexpress/audit", audit::show)
        .get("/aliexpress/authentication", authentication::show)
        .post(
            "/aliexpress/authentication/authorize",
            authentication::authorize,
        )
        .post("/aliexpress/authentication/code", authentication::code)
        .post(
            "/aliexpress/authentication/connections/{id}/refresh",
            authentication::refresh,
        )
        .post(
            "/aliexpress/authentication/connections/{id}/default",
            authentication::make_default,
        )
        .post(
            "/aliexpress/authentication/connections/{id}/label",
            authentication::label,
        )
        .get(
            "/aliexpress/authentication/connections/{id}/disconnect",
            authentication::ask_disconnect,
        )
        .post(
            "/aliexpress/authentication/connections/{id}/disconnect",
            authentication::disconnect,
        )
        .get("/aliexpress/products", products::search)
        .get("/aliexpress/products/{id}", products::show)
        .get("/aliexpress/orders", orders::list)
        .post("/aliexpress/orders/import", orders::import)
        .get("/aliexpress/orders/{id}", orders::show)
        .post("/aliexpress/orders/{id}/refresh", orders::refresh)
        .get("/aliexpress/received", authentication::received)
        .get("/aliexpress/sign-in", sign_in::show)
        .post("/aliexpress/sign-in", sign_in::enter)
        .post("/aliexpress/sign-out", sign_in::leave)
        .get("/assets/{name}", asset)
}

/// The page of a problem, in the visitor's language.
pub(crate) async fn error(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    problem: &Problem,
) -> Response {
    // Without its query: what could not be answered may hold anything, a code among it.
    let place = uri
        .path()
        .parse()
        .unwrap_or_else(|_| Uri::from_static("/aliexpress"));
    let visit = Visit::of(state, headers, &place);
    let page = ErrorPage {
        frame: visit.frame(state).await,
        status: problem.status,
        request_id: Some(problem.request_id.clone()),
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = problem.status();
    response
}

/// A page as an answer. A language that was asked for in the address is kept for the next visit.
fn render(page: &impl Template, visit: &Visit, state: &AppState) -> Response {
    match page.render() {
        Ok(html) => {
            let mut response = Html(html).into_response();
            response.headers_mut().insert(
                header::VARY,
                header::HeaderValue::from_static("accept-language, cookie, x-fragment"),
            );
            visit.finish(&mut response, state);
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => Response::builder()
            .header(header::CONTENT_TYPE, asset.content_type)
            .header(header::CACHE_CONTROL, assets::CACHE_CONTROL)
            .body(Body::from(asset.bytes))
            .unwrap_or_default(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
