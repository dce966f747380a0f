//! `/aliexpress/links`: links that are sent to merchants elsewhere.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;
use smartlinks_core::{ConnectLinkState, ConnectLinkView, NewLink};

use super::frame::query_value;
use super::{Visit, notice, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{ConnectionView, LinkRow, LinkStanding, LinksPage, Notice};
use crate::problem::Problem;
use crate::state::AppState;

const HERE: &str = "/aliexpress/links";
/// How many links a page shows.
const ON_A_PAGE: u32 = 25;

pub(super) async fn list(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &headers, &uri, None).await
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    label: String,
    #[serde(default)]
    connection: String,
}

/// Makes a link and shows it at once: only its hash is kept, so there is no later page that could.
pub(super) async fn create(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Problem> {
    let new = NewLink {
        connection: Some(wanted.connection).filter(|id| !id.is_empty()),
        label: Some(wanted.label),
    };
    match state.core().create_connect_link(new).await {
        Ok(created) => page(&state, &headers, &uri, Some(created.url)).await,
        Err(error) => Ok(notice::go_failed(&state, HERE, error.into(), &request_id)),
    }
}

pub(super) async fn revoke(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().revoke_connect_link(&id).await {
        Ok(link) if link.state == ConnectLinkState::Revoked => {
            notice::go(&state, HERE, &Notice::LinkRevoked)
        }
        Ok(_) => notice::go(&state, HERE, &Notice::LinkOver),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    }
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    created: Option<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let connections = core.connections().await?;
    let connections: Vec<_> = connections.iter().map(views_of::connection).collect();
    let after = query_value(uri, "after");
    let listed = core.connect_links(after.as_deref(), ON_A_PAGE).await?;
    let page = LinksPage {
        frame: visit.frame(state).await,
        usable: core.app().ready().is_ok(),
        created,
        links: listed
            .links
            .into_iter()
            .map(|link| row(link, &connections))
            .collect(),
        next: listed.next,
        connections,
    };
    Ok(render(&page, &visit, state))
}

fn row(link: ConnectLinkView, connections: &[ConnectionView]) -> LinkRow {
    let millis = |at: Option<jiff::Timestamp>| at.map(jiff::Timestamp::as_millisecond);
    let about = link.connected.as_deref().or(link.connection.as_deref());
    LinkRow {
        standing: match link.state {
            ConnectLinkState::Open => LinkStanding::Open,
            ConnectLinkState::Started => LinkStanding::Started,
            ConnectLinkState::Connected => LinkStanding::Connected,
            ConnectLinkState::Refused => LinkStanding::Refused,
            ConnectLinkState::Expired => LinkStanding::Expired,
            ConnectLinkState::Revoked => LinkStanding::Revoked,
        },
        connection_name: about.and_then(|id| views_of::name_of(connections, id)),
        id: link.id,
        reason: link.reason,
        label: link.label,
        created_by: link.created_by,
        created_ms: millis(link.created_at),
        expires_ms: millis(link.expires_at),
        ended_ms: millis(link.ended_at),
    }
}
