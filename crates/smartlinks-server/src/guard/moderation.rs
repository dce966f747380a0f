//! Nobody asks for too much: each route that is worth it counts who asks.

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use smartlinks_core::Caller;

use super::access::Principal;
use super::client;
use crate::limits::Limit;
use crate::problem::Problem;
use crate::state::AppState;

/// What a route counts as.
fn limit_of(method: &Method, path: &str) -> Option<Limit> {
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    match path {
        "/aliexpress/sign-in" | "/aliexpress/operators/password" if changes => Some(Limit::SignIn),
        "/aliexpress/callback" | "/aliexpress/sign-in/oidc/callback" => Some(Limit::Callback),
        "/api/aliexpress/connections/{id}/token" => Some(Limit::Vending),
        // Each is a state in the database, and the beginning of what the callback ends.
        "/api/aliexpress/oauth/url" => Some(Limit::Callback),
        // It calls the gateway several times and tries the disk.
        "/api/aliexpress/doctor" => Some(Limit::Keys),
        path if path.starts_with("/connect/") => Some(Limit::Callback),
        path if path.starts_with("/aliexpress/sign-in/") => Some(Limit::SignIn),
        path if changes
            && (path.starts_with("/api/aliexpress/keys")
                || path.starts_with("/aliexpress/keys")) =>
        {
            Some(Limit::Keys)
        }
        _ => None,
    }
}

/// The answer to whoever asks too often.
pub(super) fn refusal(state: &AppState, head: &Parts) -> Option<Response> {
    let path = head.extensions.get::<MatchedPath>()?;
    let limit = limit_of(&head.method, path.as_str())?;
    let taken = state.limiter().take(limit, &caller(limit, head));
    taken.err().map(|seconds| {
        let mut response = too_many(seconds).into_response();
        // The address of a callback holds a code, and may be opened again.
        response.headers_mut().insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        response
    })
}

/// Tokens and keys are counted for each key, everything else for each address.
fn caller(limit: Limit, head: &Parts) -> Caller {
    let known = match (limit, head.extensions.get::<Principal>()) {
        (Limit::Vending | Limit::Keys, Some(principal)) => principal.actor().id.clone(),
        _ => None,
    };
    known.map_or_else(|| Caller::at(client::address(head)), Caller::Known)
}

/// The refusal of whoever asks too often.
pub(crate) fn too_many(seconds: u64) -> Problem {
    Problem {
        retry: "after".to_owned(),
        retry_after_seconds: Some(seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "there were too many requests of this kind in the last minute",
            "Wait as long as `retry_after_seconds` says. The operator can raise the limits (section `[limits]`).",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::{Ruled, rule};
    use super::*;

    #[test]
    fn what_is_worth_attacking_is_counted() {
        for (method, path, limit) in [
            (Method::POST, "/aliexpress/sign-in", Some(Limit::SignIn)),
            (Method::GET, "/aliexpress/sign-in", None),
            (Method::GET, "/aliexpress/sign-in/link", Some(Limit::SignIn)),
            (
                Method::POST,
                "/aliexpress/sign-in/link",
                Some(Limit::SignIn),
            ),
            (
                Method::POST,
                "/aliexpress/operators/password",
                Some(Limit::SignIn),
            ),
            (Method::GET, "/aliexpress/callback", Some(Limit::Callback)),
            (Method::GET, "/aliexpress/sign-in/oidc", Some(Limit::SignIn)),
            (
                Method::GET,
                "/aliexpress/sign-in/oidc/callback",
                Some(Limit::Callback),
            ),
            (Method::POST, "/connect/{token}", Some(Limit::Callback)),
            (
                Method::GET,
                "/api/aliexpress/connections/{id}/token",
                Some(Limit::Vending),
            ),
            (Method::GET, "/api/aliexpress/connections/{id}", None),
            (Method::POST, "/api/aliexpress/keys", Some(Limit::Keys)),
            (
                Method::DELETE,
                "/api/aliexpress/keys/{id}",
                Some(Limit::Keys),
            ),
            (Method::GET, "/api/aliexpress/keys", None),
            (Method::POST, "/aliexpress/keys", Some(Limit::Keys)),
            (
                Method::GET,
                "/api/aliexpress/oauth/url",
                Some(Limit::Callback),
            ),
            (Method::GET, "/api/aliexpress/doctor", Some(Limit::Keys)),
        ] {
            assert_ne!(rule(&method, path), Ruled::Unruled, "no route: {path}");
            assert_eq!(limit_of(&method, path), limit, "{method} {path}");
        }
    }
}
