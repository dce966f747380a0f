//! Only requests that name this server: anything else may be a page elsewhere that points its own name
//! at our address (DNS rebinding).

use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::problem::Problem;
use crate::state::AppState;

/// The answer to a request that is not for here, or not under this name.
pub(super) fn refusal(state: &AppState, head: &Parts) -> Option<Response> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    match host {
        Some(host) if state.options().hosts.allow(host) => {
            at_home(state, head, host).map(|home| Redirect::temporary(&home).into_response())
        }
        _ => Some(wrong_host().into_response()),
    }
}

fn wrong_host() -> Problem {
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "wrong_host",
        "the request does not name this server",
        "Use the address that the server printed at its start.",
    )
}

/// The same page under the name that AliExpress sends the browser back to, when it was opened under
/// another loopback name. Cookies belong to a name: a sign-in that starts on `localhost` would come back
/// to `127.0.0.1` as a stranger.
fn at_home(state: &AppState, head: &Parts, host: &str) -> Option<String> {
    let path = head.uri.path();
    let page = path == "/" || path == "/aliexpress" || path.starts_with("/aliexpress/");
    if head.method != Method::GET || !page || path.starts_with("/aliexpress/callback") {
        return None;
    }
    let hosts = &state.options().hosts;
    let callback = &state.core().app().ready().ok()?.callback_url;
    let home = format!(
        "{}:{}",
        callback.host_str()?,
        callback.port_or_known_default()?
    );
    let elsewhere =
        hosts.is_loopback(&home) && hosts.is_loopback(host) && !home.eq_ignore_ascii_case(host);
    let place = head.uri.path_and_query()?;
    elsewhere.then(|| format!("{}://{home}{place}", callback.scheme()))
}
