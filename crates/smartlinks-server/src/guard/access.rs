//! Who may pass: everything but a short list of public routes asks for the bearer, or for the cookie
//! that the sign-in page gave in exchange for it.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::cookies::Cookie;
use crate::options::{Access, Bearer};
use crate::problem::Problem;
use crate::state::AppState;

/// Routes that anybody may use. Each grants nothing by itself.
const PUBLIC: [&str; 6] = [
    "/",
    "/healthz",
    "/readyz",
    "/aliexpress/callback",
    "/aliexpress/received",
    "/aliexpress/sign-in",
];

/// How a request was admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// A program with the bearer in its header.
    Program,
    /// A browser, or anybody where access is open.
    Person,
}

pub(super) async fn demand_access(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let secure = state.options().secure_cookies;
    match admitted(&state.options().access, request.headers(), secure) {
        Some(how) => {
            request.extensions_mut().insert(how);
            next.run(request).await
        }
        None if is_public(request.uri().path()) => next.run(request).await,
        None if request.uri().path().starts_with("/api/") || request.method() != Method::GET => {
            unauthenticated().into_response()
        }
        None => {
            let here = request
                .uri()
                .path_and_query()
                .map_or("/aliexpress", |place| place.as_str());
            let back: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
            Redirect::to(&format!("/aliexpress/sign-in?return_to={back}")).into_response()
        }
    }
}

fn is_public(path: &str) -> bool {
    // Below the callback there is nothing, and an address with a code must not be carried to the sign-in.
    PUBLIC.contains(&path)
        || path.starts_with("/assets/")
        || path.starts_with("/aliexpress/callback/")
}

fn admitted(access: &Access, headers: &HeaderMap, secure: bool) -> Option<Admitted> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match access {
        Access::Open => Some(if bearer.is_some() {
            Admitted::Program
        } else {
            Admitted::Person
        }),
        Access::Bearer(expected) => by_bearer(expected, bearer).or_else(|| {
            let cookie = Cookie::Session.read(headers, secure)?;
            expected.admits_cookie(&cookie).then_some(Admitted::Person)
        }),
    }
}

fn by_bearer(expected: &Bearer, given: Option<&str>) -> Option<Admitted> {
    expected.admits(given?).then_some(Admitted::Program)
}

fn unauthenticated() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "this route asks for the bearer",
        "Send `authorization: Bearer …` with the bearer that the server printed at its start.",
    )
}
