//! The JSON API: one file per noun, each route documented where it is handled, so that the OpenAPI
//! document cannot say anything else.

mod affiliate;
mod audit;
mod calls;
mod catalogue;
mod connect_links;
mod connections;
mod doctor;
mod document;
mod events;
mod finding;
mod hand_prices;
mod imports;
mod keys;
mod market;
mod oauth;
mod orders;
mod pictures;
mod placing;
mod prices;
mod products;
mod status;
mod tokens;
mod watch;
mod webhooks;

pub(crate) use catalogue::file as catalogue_file;

use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SmartLinks AliExpress",
        description = "Connect AliExpress accounts, keep them connected, find products and follow orders. \
                       Failures are problem documents (RFC 9457); amounts are decimal text; moments are RFC 3339 in UTC.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    security(("bearer" = [])),
    components(schemas(Problem)),
    tags(
        (name = "oauth", description = "Authorising an account"),
        (name = "status", description = "Whether everything works"),
        (name = "connections", description = "Connected accounts and their two clocks"),
        (name = "connect-links", description = "Links for merchants elsewhere"),
        (name = "products", description = "Finding and inspecting products"),
        (name = "catalogue", description = "Products that were imported"),
        (name = "prices", description = "Price rules, exchange rates, and what they make of prices"),
        (name = "affiliate", description = "Earning by recommending"),
        (name = "orders", description = "Placing orders, once each, and following them"),
        (name = "keys", description = "Keys with which software uses this API"),
        (name = "events", description = "What happens, as it happens"),
        (name = "webhooks", description = "Telling your software what happens (Standard Webhooks)")
    )
)]
struct Document;

fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(oauth::url))
        .routes(routes!(oauth::token))
        .routes(routes!(status::status))
        .routes(routes!(connections::list))
        .routes(routes!(
            connections::show,
            connections::rename,
            connections::disconnect
        ))
        .routes(routes!(connections::make_default))
        .routes(routes!(connections::refresh))
        .routes(routes!(tokens::vend))
        .routes(routes!(calls::call))
        .routes(routes!(connect_links::list, connect_links::create))
        .routes(routes!(connect_links::revoke))
        .routes(routes!(finding::feeds))
        .routes(routes!(finding::feed))
        .routes(routes!(finding::categories))
        .routes(routes!(market::show, market::choose, market::forget))
        .routes(routes!(products::search))
        .routes(routes!(pictures::find))
        .routes(routes!(products::show))
        .routes(routes!(products::freight))
        .routes(routes!(catalogue::list, catalogue::import))
        .routes(routes!(catalogue::states))
        .routes(routes!(catalogue::export))
        .routes(routes!(
            catalogue::show,
            catalogue::change,
            catalogue::remove
        ))
        .routes(routes!(catalogue::history))
        .routes(routes!(hand_prices::list))
        .routes(routes!(hand_prices::set, hand_prices::leave))
        .routes(routes!(watch::drift))
        .routes(routes!(watch::watch, watch::choose))
        .routes(routes!(watch::repairs))
        .routes(routes!(watch::repair))
        .routes(routes!(watch::product))
        .routes(routes!(watch::check))
        .routes(routes!(imports::list, imports::start))
        .routes(routes!(imports::show))
        .routes(routes!(imports::lines))
        .routes(routes!(imports::cancel))
        .routes(routes!(imports::resume))
        .routes(routes!(prices::rules, prices::create_rule))
        .routes(routes!(
            prices::rule,
            prices::change_rule,
            prices::delete_rule
        ))
        .routes(routes!(prices::make_default, prices::clear_default))
        .routes(routes!(prices::rates))
        .routes(routes!(prices::set_rate, prices::remove_rate))
        .routes(routes!(prices::dry_run))
        .routes(routes!(prices::run))
        .routes(routes!(prices::apply))
        .routes(routes!(affiliate::links))
        .routes(routes!(affiliate::hot_products))
        .routes(routes!(affiliate::commissions))
        .routes(routes!(orders::list, placing::place))
        .routes(routes!(placing::preview))
        .routes(routes!(placing::batch))
        .routes(routes!(orders::import))
        .routes(routes!(orders::show))
        .routes(routes!(orders::tracking))
        .routes(routes!(placing::list))
        .routes(routes!(placing::show))
        .routes(routes!(placing::decide))
        .routes(routes!(events::follow))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::enable))
        .routes(routes!(webhooks::disable))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::delivery))
        .routes(routes!(webhooks::resend))
        .routes(routes!(audit::list))
        .routes(routes!(doctor::examine))
}

/// The routes of the document.
pub(crate) fn router() -> axum::Router<AppState> {
    documented().split_for_parts().0
}

/// The document itself.
pub(crate) fn routes() -> Routes {
    Routes::default().get("/api/openapi.json", openapi)
}

/// Methods and paths of the document.
pub(crate) fn operations() -> Vec<(Method, String)> {
    let (_, document) = documented().split_for_parts();
    let mut operations = Vec::new();
    for (path, item) in document.paths.paths {
        let methods = [
            (Method::GET, item.get),
            (Method::PUT, item.put),
            (Method::POST, item.post),
            (Method::PATCH, item.patch),
            (Method::DELETE, item.delete),
        ];
        for (method, operation) in methods {
            operations.extend(operation.map(|_| (method, path.clone())));
        }
    }
    operations
}

/// The OpenAPI 3.1 document of these routes, pretty-printed and always in the same order.
#[must_use]
pub fn openapi_json() -> String {
    let (_, mut document) = documented().split_for_parts();
    document::complete(&mut document);
    document.to_pretty_json().unwrap_or_default()
}

/// The word that stands for the default connection where a path needs an id.
fn connection_or_default(id: &str) -> Option<&str> {
    (id != "default").then_some(id)
}

async fn openapi() -> Response {
    let mut response = openapi_json().into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
