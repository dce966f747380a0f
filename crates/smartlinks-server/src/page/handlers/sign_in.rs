//! Signing in with name and password, and out again.

use axum::Form;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use smartlinks_core::{Error, OidcRefusalKind, Password, ReturnTo, SignedIn, Visitor};

use super::frame::query_value;
use super::{Visit, notice, render};
use crate::cookies::Cookie;
use crate::guard::ClientAddress;
use crate::options::Access;
use crate::page::views::{Notice, Provider, SignInError, SignInPage};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) const HOME: &str = "/aliexpress";

pub(super) async fn show(state: AppState, uri: Uri, headers: HeaderMap) -> Response {
    if state.options().access == Access::Open {
        return Redirect::to(HOME).into_response();
    }
    let entry = Entry {
        return_to: query_value(&uri, "return_to"),
        ..Entry::default()
    };
    let refused = query_value(&uri, "oidc").and_then(|code| OidcRefusalKind::named(&code));
    let error = refused.map(SignInError::Provider);
    page(&state, &headers, &uri, error, entry).await
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    error: Option<SignInError>,
    entry: Entry,
) -> Response {
    let visit = Visit::of(state, headers, uri);
    let return_to = entry.return_to.map(|place| own_place(&place));
    let page = SignInPage {
        frame: visit.frame(state).await,
        error,
        name: smartlinks_core::shortened(entry.name.trim(), 80),
        provider: provider(state, return_to.as_deref()),
        return_to,
    };
    let mut response = render(&page, &visit, state);
    if let Some(error) = error {
        *response.status_mut() = match error {
            SignInError::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            SignInError::Wrong | SignInError::Empty => StatusCode::UNAUTHORIZED,
            SignInError::Provider(_) => StatusCode::FORBIDDEN,
        };
    }
    if let Some(SignInError::TooManyAttempts(seconds)) = error {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The provider with which people can sign in too.
fn provider(state: &AppState, return_to: Option<&str>) -> Option<Provider> {
    let issuer = state.core().identity_issuer()?;
    let host = url::Url::parse(issuer).ok()?.host_str()?.to_owned();
    Some(Provider {
        host,
        path: with_return("/aliexpress/sign-in/oidc", &[], return_to),
    })
}

/// A path of ours with these pairs, and where to go afterwards.
pub(super) fn with_return(path: &str, pairs: &[(&str, &str)], return_to: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    query.extend_pairs(return_to.map(|place| ("return_to", place)));
    let query = query.finish();
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    }
}

/// What the form says.
#[derive(Default, Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: Password,
    return_to: Option<String>,
}

pub(super) async fn enter(
    state: AppState,
    client: ClientAddress,
    uri: Uri,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, Problem> {
    if state.options().access == Access::Open {
        return Ok(Redirect::to(HOME).into_response());
    }
    if entry.name.trim().is_empty() || entry.password.is_empty() {
        return Ok(page(&state, &headers, &uri, Some(SignInError::Empty), entry).await);
    }
    let former = Cookie::Session.read(&headers, state.options().secure_cookies);
    let tried = state
        .core()
        .sign_in(
            &entry.name,
            entry.password.clone(),
            &visitor(&headers, client),
            former.as_deref(),
        )
        .await;
    let error = match tried {
        Ok(signed_in) => {
            let place = entry
                .return_to
                .map_or_else(|| HOME.to_owned(), |place| own_place(&place));
            return Ok(let_in(
                &state,
                Redirect::to(&place).into_response(),
                &signed_in,
            ));
        }
        Err(Error::WrongPassword) => SignInError::Wrong,
        Err(Error::TooManyAttempts { seconds }) => too_many(seconds),
        Err(other) => return Err(other.into()),
    };
    // Not the name: people type their password into the wrong field.
    tracing::warn!(?error, "a sign-in was refused");
    Ok(page(&state, &headers, &uri, Some(error), entry).await)
}

fn too_many(seconds: u64) -> SignInError {
    SignInError::TooManyAttempts(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Gives the browser its new session.
pub(super) fn let_in(state: &AppState, mut response: Response, signed_in: &SignedIn) -> Response {
    Cookie::Session.set(
        &mut response,
        &signed_in.cookie,
        state.options().secure_cookies,
    );
    response
}

/// Who is at the other end.
pub(super) fn visitor(headers: &HeaderMap, client: ClientAddress) -> Visitor {
    Visitor {
        address: client.0,
        agent: headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    }
}

pub(super) async fn leave(state: AppState, headers: HeaderMap) -> Result<Response, Problem> {
    let secure = state.options().secure_cookies;
    if let Some(cookie) = Cookie::Session.read(&headers, secure) {
        state.core().sign_out(&cookie).await?;
    }
    let mut response = notice::go(&state, "/aliexpress/sign-in", &Notice::SignedOut);
    Cookie::Session.clear(&mut response, secure);
    Ok(response)
}

/// A path of ours, or home: the place comes from the address bar.
pub(super) fn own_place(place: &str) -> String {
    ReturnTo::default()
        .check(place)
        .unwrap_or_else(|_| HOME.to_owned())
}
