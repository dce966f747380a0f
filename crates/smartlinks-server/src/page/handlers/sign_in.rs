//! Letting a browser in by the bearer that the server printed.

use axum::Form;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use smartlinks_core::ReturnTo;

use super::frame::query_value;
use super::{Visit, notice, render};
use crate::cookies::Cookie;
use crate::options::Access;
use crate::page::views::{Notice, SignInError, SignInPage};
use crate::state::AppState;

const HOME: &str = "/aliexpress";

pub(super) async fn show(state: AppState, uri: Uri, headers: HeaderMap) -> Response {
    if matches!(state.options().access, Access::Open) {
        return Redirect::to(HOME).into_response();
    }
    page(&state, &headers, &uri, None, query_value(&uri, "return_to")).await
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    error: Option<SignInError>,
    return_to: Option<String>,
) -> Response {
    let visit = Visit::of(state, headers, uri);
    let token_file = match &state.options().access {
        Access::Bearer(bearer) => Some(bearer.kept_at().display().to_string()),
        Access::Open => None,
    };
    let return_to = return_to.map(|place| own_place(&place));
    let page = SignInPage {
        frame: visit.frame(state).await,
        error,
        token_file,
        return_to,
    };
    let mut response = render(&page, &visit, state);
    if error.is_some() {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    response
}

#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    token: String,
    return_to: Option<String>,
}

pub(super) async fn enter(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Response {
    let Access::Bearer(bearer) = &state.options().access else {
        return Redirect::to(HOME).into_response();
    };
    let given = entry.token.trim();
    if given.is_empty() {
        return page(
            &state,
            &headers,
            &uri,
            Some(SignInError::Empty),
            entry.return_to,
        )
        .await;
    }
    if !bearer.admits(given) {
        tracing::warn!("a wrong bearer was entered on the sign-in page");
        return page(
            &state,
            &headers,
            &uri,
            Some(SignInError::WrongToken),
            entry.return_to,
        )
        .await;
    }
    let place = entry
        .return_to
        .map_or_else(|| HOME.to_owned(), |place| own_place(&place));
    let mut response = Redirect::to(&place).into_response();
    Cookie::Session.set(
        &mut response,
        bearer.cookie(),
        state.options().secure_cookies,
    );
    response
}

pub(super) async fn leave(state: AppState) -> Response {
    let mut response = notice::go(&state, "/aliexpress/sign-in", &Notice::SignedOut);
    Cookie::Session.clear(&mut response, state.options().secure_cookies);
    response
}

/// A path of ours, or home: the place comes from the address bar.
fn own_place(place: &str) -> String {
    ReturnTo::default()
        .check(place)
        .unwrap_or_else(|_| HOME.to_owned())
}
