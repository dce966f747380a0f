//! `GET /api/docs`: the OpenAPI document as a page that needs nothing from elsewhere.

use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::{Visit, render};
use crate::page::views::DocsPage;
use crate::state::AppState;

pub(super) async fn show(state: AppState, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::of(&state, &headers, &uri);
    let page = DocsPage::new(visit.frame(&state).await);
    render(&page, &visit, &state)
}
