//! The pages of a merchant who was sent a connect link. Whoever comes here is no operator: nothing leads into our
//! pages from here, and nothing but the link itself is believed.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core::{Error, LinkRefusal};

use super::authentication::failure;
use super::frame::query_value;
use super::{Visit, render};
use crate::browsers::{self, Recognised};
use crate::page::views::{ConnectDonePage, ConnectPage, ConnectState};
use crate::problem::Problem;
use crate::state::AppState;

/// Says what the link is for. Looking uses nothing up: previews and link checkers look too.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    match state.core().connect_link_offer(&token).await {
        Ok(offer) => {
            let shown = ConnectState::Offer {
                label: offer.label,
                reconnects: offer.reconnects,
                expires_ms: offer.expires_at.0,
            };
            Ok(page(&state, &headers, &uri, shown).await)
        }
        Err(error) => refused(&state, &headers, &uri, error).await,
    }
}

/// Uses the link up and goes to AliExpress.
pub(super) async fn go(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let (browser, fresh) = browsers::known_or_new(&state, &headers)?.into_parts();
    match state.core().use_connect_link(&token, browser).await {
        Ok(started) => {
            let mut response = Redirect::to(&started.url).into_response();
            Recognised::remember(fresh, &mut response, &state);
            Ok(unseen(response))
        }
        Err(error) => refused(&state, &headers, &uri, error).await,
    }
}

/// Where the merchant is left in the end.
pub(super) async fn done(state: AppState, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::of(&state, &headers, &uri);
    let failed = query_value(&uri, "auth").as_deref() == Some("error");
    let page = ConnectDonePage {
        frame: visit.frame(&state).await,
        failure: failed.then(|| failure(&uri, None)),
    };
    unseen(render(&page, &visit, &state))
}

async fn refused(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    error: Error,
) -> Result<Response, Problem> {
    let Error::LinkRefused(refusal) = error else {
        return Err(error.into());
    };
    tracing::info!(refusal = refusal.code(), "a connect link was not usable");
    let shown = match refusal {
        LinkRefusal::Unknown => ConnectState::Unknown,
        LinkRefusal::Expired => ConnectState::Expired,
        LinkRefusal::Used => ConnectState::Used,
        LinkRefusal::Revoked => ConnectState::Revoked,
    };
    let status = Problem::from(Error::from(refusal)).status();
    let mut response = page(state, headers, uri, shown).await;
    *response.status_mut() = status;
    Ok(response)
}

async fn page(state: &AppState, headers: &HeaderMap, uri: &Uri, shown: ConnectState) -> Response {
    let visit = Visit::of(state, headers, uri);
    let page = ConnectPage {
        frame: visit.frame(state).await,
        host: host(state),
        state: shown,
    };
    unseen(render(&page, &visit, state))
}

/// The server that asks, by the name under which AliExpress knows it too.
fn host(state: &AppState) -> String {
    let app = state.core().app().ready().ok();
    let host = app.and_then(|app| app.callback_url.host_str().map(str::to_owned));
    host.unwrap_or_default()
}

/// The address opens something: it must not travel on with the visitor.
fn unseen(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
