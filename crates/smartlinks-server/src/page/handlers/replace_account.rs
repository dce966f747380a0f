//! Letting another account take a connection over: asked once, saying what that means.

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use smartlinks_core::{BeginLogin, Requester};

use super::authentication::begin;
use super::{Visit, render, views_of};
use crate::browsers;
use crate::guard::RequestId;
use crate::page::views::ReplaceAccountPage;
use crate::problem::Problem;
use crate::state::AppState;

pub(super) async fn ask(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let core = state.core();
    let view = core.connection(&id).await?;
    let orders = core.orders_by_state(Some(&id)).await?;
    let page = ReplaceAccountPage {
        frame: visit.frame(&state).await,
        connection: views_of::connection(&view),
        orders: orders.iter().map(|(_, count)| count).sum(),
        writes_token_file: view.default && core.token_file().is_some(),
    };
    Ok(render(&page, &visit, &state))
}

/// The person has said so: goes to AliExpress, and whichever account signs in there takes the connection over.
pub(super) async fn replace(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (browser, fresh) = browsers::known_or_new(&state, &headers)?.into_parts();
    let login = BeginLogin {
        connection: Some(id),
        other_account: true,
        ..BeginLogin::by(Requester::Browser(browser))
    };
    Ok(begin(&state, login, fresh, &request_id).await)
}
