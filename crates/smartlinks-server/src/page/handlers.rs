//! The routes of the web page: each fills a view with what the use cases say.
//!
//! Forms answer with a redirect and leave a note of what happened in a cookie, so that reloading a page
//! never sends a form twice.

mod affiliate;
mod api_keys;
mod audit;
mod authentication;
mod batch;
mod catalogue;
mod connect;
mod connect_links;
mod docs;
mod drift;
mod frame;
mod imports;
mod intents;
mod landed;
mod market;
mod new_order;
mod notice;
mod operators;
mod orders;
mod overview;
mod pictures;
mod prices;
mod problems;
mod products;
mod replace_account;
mod sign_in;
mod sign_in_link;
mod sign_in_oidc;
mod upload;
mod views_of;
mod webhooks;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};

use crate::guard::body::largest;
use crate::page::assets;
use crate::page::views::{ErrorPage, Template};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

pub(crate) use frame::Visit;
pub use sign_in_oidc::CALLBACK as OIDC_CALLBACK;

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
        .get(
            "/aliexpress/authentication/connections/{id}/replace",
            replace_account::ask,
        )
        .post(
            "/aliexpress/authentication/connections/{id}/replace",
            replace_account::replace,
        )
        .get("/aliexpress/links", connect_links::list)
        .post("/aliexpress/links", connect_links::create)
        .post("/aliexpress/links/{id}/revoke", connect_links::revoke)
        .get("/connect/done", connect::done)
        .get("/connect/{token}", connect::show)
        .post("/connect/{token}", connect::go)
        .get("/api/docs", docs::show)
        .get("/aliexpress/keys", api_keys::list)
        .post("/aliexpress/keys", api_keys::create)
        .get("/aliexpress/keys/{id}/revoke", api_keys::ask_revoke)
        .post("/aliexpress/keys/{id}/revoke", api_keys::revoke)
        .get("/aliexpress/products", products::search)
        .get("/aliexpress/products/{id}", products::show)
        .post("/aliexpress/products/market", market::choose)
        .get("/aliexpress/products/by-picture", pictures::show)
        .post("/aliexpress/products/by-picture", pictures::find)
        .get("/aliexpress/affiliate", affiliate::show)
        .post("/aliexpress/affiliate", affiliate::make)
        .get("/aliexpress/affiliate/hot", affiliate::hot)
        .get("/aliexpress/affiliate/orders", affiliate::commissions)
        .get("/aliexpress/orders", orders::list)
        .post("/aliexpress/orders/import", orders::import)
        .get("/aliexpress/orders/new", new_order::show)
        .post("/aliexpress/orders/new", new_order::check)
        .post("/aliexpress/orders/place", new_order::place)
        .get("/aliexpress/orders/batch", batch::show)
        .post("/aliexpress/orders/batch", batch::step)
        .get("/aliexpress/orders/intents", intents::list)
        .get("/aliexpress/orders/intents/{id}", intents::show)
        .post("/aliexpress/orders/intents/{id}/placed", intents::placed)
        .get(
            "/aliexpress/orders/intents/{id}/not-placed",
            intents::ask_not_placed,
        )
        .post(
            "/aliexpress/orders/intents/{id}/not-placed",
            intents::not_placed,
        )
        .get("/aliexpress/orders/{id}", orders::show)
        .post("/aliexpress/orders/{id}/refresh", orders::refresh)
        .get("/aliexpress/webhooks", webhooks::list)
        .post("/aliexpress/webhooks", webhooks::create)
        .get("/aliexpress/webhooks/{id}", webhooks::show)
        .post("/aliexpress/webhooks/{id}", webhooks::change)
        .post("/aliexpress/webhooks/{id}/rotate-secret", webhooks::rotate)
        .post("/aliexpress/webhooks/{id}/enable", webhooks::enable)
        .post("/aliexpress/webhooks/{id}/disable", webhooks::disable)
        .post("/aliexpress/webhooks/{id}/test", webhooks::test)
        .post("/aliexpress/webhooks/{id}/delete", webhooks::delete)
        .post(
            "/aliexpress/webhooks/{id}/deliveries/{message}/resend",
            webhooks::resend,
        )
        .get("/aliexpress/received", authentication::received)
        .get("/aliexpress/sign-in", sign_in::show)
        .post("/aliexpress/sign-in", sign_in::enter)
        .get("/aliexpress/sign-in/link", sign_in_link::show)
        .post("/aliexpress/sign-in/link", sign_in_link::choose)
        .get("/aliexpress/sign-in/oidc", sign_in_oidc::start)
        .get(sign_in_oidc::CALLBACK, sign_in_oidc::callback)
        .post("/aliexpress/sign-out", sign_in::leave)
        .get("/aliexpress/operators", operators::show)
        .post("/aliexpress/operators", operators::add)
        .post("/aliexpress/operators/{id}/link", operators::link)
        .post("/aliexpress/operators/password", operators::password)
        .post(
            "/aliexpress/operators/sessions/{reference}/end",
            operators::end_session,
        )
        .post(
            "/aliexpress/operators/sessions/end-others",
            operators::end_others,
        )
        .get("/assets/{name}", asset)
        .merge(drift::routes())
        .merge(catalogue::routes())
        .merge(prices::routes())
        .merge(imports::routes())
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
        most: (problem.status == 413).then(|| largest(uri.path()) / 1024),
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
