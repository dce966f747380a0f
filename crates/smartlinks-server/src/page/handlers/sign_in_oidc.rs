//! Signing in with an OpenID Connect provider: away to it, and back.
//!
//! Both answers are redirects, so that code and state leave the address bar, and what they carry on to the sign-in
//! page is the name of what was wrong and nothing else. A link begins it and no form: browsers hold every hop of a
//! form against `form-action`, and where a provider sends people on its own ground is nobody's business here.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core::{Error, OidcCallback, OidcRefusal};

use super::frame::query_value;
use super::sign_in::{HOME, let_in, own_place, visitor, with_return};
use crate::browsers::{self, Recognised};
use crate::cookies::Cookie;
use crate::guard::ClientAddress;
use crate::options::Access;
use crate::problem::Problem;
use crate::state::AppState;

/// Where a provider sends the browser back.
pub const CALLBACK: &str = "/aliexpress/sign-in/oidc/callback";

const SIGN_IN: &str = "/aliexpress/sign-in";

pub(super) async fn start(
    state: AppState,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(response) = aside(&state, &method) {
        return Ok(response);
    }
    let (browser, fresh) = browsers::known_or_new(&state, &headers)?.into_parts();
    let return_to = query_value(&uri, "return_to").map(|place| own_place(&place));
    let begun = state
        .core()
        .begin_oidc(&browser, return_to.as_deref())
        .await;
    let mut response = match begun {
        Ok(address) => go(address.as_str()),
        Err(error) => refused(error),
    };
    Recognised::remember(fresh, &mut response, &state);
    Ok(response)
}

pub(super) async fn callback(
    state: AppState,
    client: ClientAddress,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if let Some(response) = aside(&state, &method) {
        return Ok(response);
    }
    let browser = browsers::known(&state, &headers);
    let callback = OidcCallback::from_query(query.as_deref().unwrap_or_default());
    let former = Cookie::Session.read(&headers, state.options().secure_cookies);
    let visitor = visitor(&headers, client);
    let finished = state
        .core()
        .finish_oidc(callback, browser.as_ref(), &visitor, former.as_deref())
        .await;
    match finished {
        Ok((signed_in, return_to)) => {
            let place = return_to.as_deref().unwrap_or(HOME);
            Ok(let_in(&state, go(place), &signed_in))
        }
        Err(error) => Ok(refused(error)),
    }
}

/// Where nobody has to sign in there is nothing to do; and a link checker must not use up somebody's sign-in.
fn aside(state: &AppState, method: &Method) -> Option<Response> {
    if state.options().access == Access::Open {
        return Some(go(HOME));
    }
    (*method == Method::HEAD).then(|| StatusCode::NO_CONTENT.into_response())
}

/// To the sign-in page, which says what was wrong.
fn refused(error: Error) -> Response {
    match error {
        Error::OidcRefused(refusal) => {
            let OidcRefusal {
                told, return_to, ..
            } = &*refusal;
            tracing::warn!(
                refusal = refusal.code(),
                told,
                "sign-in with the provider refused"
            );
            let pairs = [("oidc", refusal.code())];
            go(&with_return(SIGN_IN, &pairs, return_to.as_deref()))
        }
        // No page of ours leads here then.
        Error::NoIdentityProvider => go(SIGN_IN),
        other => Problem::from(other).into_response(),
    }
}

/// A redirect that does not tell where it came from: the address may hold a code.
fn go(place: &str) -> Response {
    let mut response = Redirect::to(place).into_response();
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
