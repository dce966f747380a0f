//! `GET /aliexpress`

use axum::Extension;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::frame::query_value;
use super::{Visit, authentication, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{GatewayHealth, OverviewPage, Problem as ProblemView};
use crate::problem::Problem;
use crate::state::AppState;

/// How many events are shown.
const EVENTS: u32 = 10;

/// The overview; or, when AliExpress has just sent the browser back, the tab where the person had been.
pub(super) async fn show(
    state: AppState,
    Extension(RequestId(_)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if query_value(&uri, "auth").is_some() {
        return authentication::page(&state, &headers, &uri).await;
    }
    let core = state.core();
    let visit = Visit::of(&state, &headers, &uri);
    let connections: Vec<_> = core
        .connections()
        .await?
        .iter()
        .map(views_of::connection)
        .collect();
    let events = core.latest_events(EVENTS).await?;
    let page = OverviewPage {
        frame: visit.frame(&state).await,
        app: views_of::app(core),
        gateway: gateway(core.gateway_health()),
        events: events
            .into_iter()
            .map(|event| views_of::event(event, &connections))
            .collect(),
        orders: views_of::order_counts(core.orders_by_state(None).await?),
        connections,
    };
    Ok(render(&page, &visit, &state))
}

fn gateway(health: smartlinks_core::GatewayHealth) -> Option<GatewayHealth> {
    let since = health.since?;
    Some(GatewayHealth {
        last_answer_ms: health.last_answer.map(jiff::Timestamp::as_millisecond),
        calls: Some(health.calls),
        failed: Some(health.failed),
        since_ms: Some(since.as_millisecond()),
        clock_skew_seconds: None,
        problem: health.trouble.map(ProblemView::from_code),
    })
}
