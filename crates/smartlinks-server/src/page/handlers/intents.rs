//! Orders that somebody wanted placed here: the list, each of them, and what a person says of those that wait for it.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Form};
use smartlinks_core::{Decision, IntentListing, OrderIntentView};

use super::frame::query_value;
use super::{Visit, notice, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    IntentGoods, IntentNotPlacedPage, IntentPage, IntentRow, IntentState, IntentsPage, Notice,
    Problem as ProblemView,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Those on one page.
const PAGE_SIZE: u32 = 50;
/// How many that wait for a person are counted.
const COUNTED: u32 = 20;

pub(super) async fn list(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let chosen = query_value(&uri, "state")
        .as_deref()
        .and_then(IntentState::from_value);
    let listing = IntentListing {
        after: query_value(&uri, "cursor").filter(|cursor| !cursor.is_empty()),
        limit: Some(PAGE_SIZE),
        state: chosen.map(|state| state.value().to_owned()),
    };
    let found = state.core().order_intents(&listing).await?;
    let page = IntentsPage {
        frame: visit.frame(&state).await,
        state: chosen,
        rows: found.intents.iter().map(row).collect(),
        awaiting: awaiting(&state).await?,
        next: found.next,
    };
    Ok(render(&page, &visit, &state))
}

/// How many wait for a person, and whether there are more than that.
pub(super) async fn awaiting(state: &AppState) -> Result<(usize, bool), Problem> {
    let listing = IntentListing {
        after: None,
        limit: Some(COUNTED),
        state: Some(IntentState::AwaitingPerson.value().to_owned()),
    };
    let found = state.core().order_intents(&listing).await?;
    Ok((found.intents.len(), found.next.is_some()))
}

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&state, &headers, &uri, &id, None).await
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    id: &str,
    refused: Option<(String, ProblemView, String)>,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let view = core.order_intent(id).await?;
    let connections = core.connections().await?;
    let connections: Vec<_> = connections.iter().map(views_of::connection).collect();
    let now_ms = core.now().as_millisecond();
    let page = IntentPage {
        frame: visit.frame(state).await,
        row: row(&view),
        connection_name: views_of::name_of(&connections, &view.connection),
        orders: view
            .orders
            .iter()
            .map(|order| views_of::order_row(order, &connections, now_ms))
            .collect(),
        lines: view.lines.into_iter().map(goods).collect(),
        pay_links: view
            .pay_links
            .into_iter()
            .map(|link| (link.order_id, link.url))
            .collect(),
        out_order_id: view.out_order_id,
        country: view.country,
        pay: view.pay,
        detail: view.detail,
        candidates: view.candidates,
        attempts: view.attempts,
        next_attempt_ms: view.next_attempt_at.map(jiff::Timestamp::as_millisecond),
        refused,
    };
    Ok(render(&page, &visit, state))
}

/// A person says that it exists, under the numbers that were ticked or entered.
pub(super) async fn placed(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let given = fields.iter().filter(|(name, _)| name == "order_ids");
    let mut numbers: Vec<String> = Vec::new();
    for number in given.flat_map(|(_, value)| value.split([' ', ',', ';'])) {
        if !number.is_empty() && !numbers.iter().any(|known| known == number) {
            numbers.push(number.to_owned());
        }
    }
    let decision = Decision::Exists(numbers.clone());
    match state.core().decide_order(&id, &decision).await {
        Ok(view) => Ok(notice::go(&state, &place(&view.id), &Notice::OrderDecided)),
        Err(error) => {
            let problem = Problem::from(error);
            let (status, detail) = (problem.status(), problem.detail.clone());
            let entered = smartlinks_core::shortened(&numbers.join(" "), 200);
            let refused = (entered, problems::view(problem, &request_id), detail);
            let here = Uri::try_from(place(&id)).unwrap_or_else(|_| super::orders::here());
            let mut response = shown(&state, &headers, &here, &id, Some(refused)).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// Asks once before it is said that there is none.
pub(super) async fn ask_not_placed(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let view = state.core().order_intent(&id).await?;
    let page = IntentNotPlacedPage {
        frame: visit.frame(&state).await,
        row: row(&view),
        back: place(&view.id),
        candidates: view.candidates,
    };
    Ok(render(&page, &visit, &state))
}

/// A person says that there is none.
pub(super) async fn not_placed(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    match state
        .core()
        .decide_order(&id, &Decision::DoesNotExist)
        .await
    {
        Ok(view) => Ok(notice::go(&state, &place(&view.id), &Notice::OrderDecided)),
        Err(error @ smartlinks_core::Error::UnknownIntent(_)) => Err(error.into()),
        Err(error) => Ok(notice::go_failed(
            &state,
            &place(&id),
            error.into(),
            &request_id,
        )),
    }
}

fn place(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/aliexpress/orders/intents/{id}")
}

pub(super) fn row(view: &OrderIntentView) -> IntentRow {
    IntentRow {
        id: view.id.clone(),
        // A state of a later version is open, as far as this one can tell.
        state: IntentState::from_value(&view.state).unwrap_or(IntentState::Unknown),
        reason: view.reason.clone(),
        title: view
            .lines
            .first()
            .map(|line| line.title.clone())
            .unwrap_or_default(),
        more: view.lines.len().saturating_sub(1),
        total: view.total.as_ref().map(views_of::price),
        order_ids: view.order_ids.clone(),
        created_ms: view.created_at.map(jiff::Timestamp::as_millisecond),
        changed_ms: view.changed_at.map(jiff::Timestamp::as_millisecond),
    }
}

fn goods(line: smartlinks_core::IntentLine) -> IntentGoods {
    IntentGoods {
        unit: line.unit_price.as_ref().map(views_of::price),
        freight: line.freight.as_ref().map(views_of::price),
        product_id: line.product_id,
        sku: line.sku,
        instead_of: line.instead_of,
        title: line.title,
        variant: line.variant,
        quantity: i64::from(line.quantity),
        delivery: line.delivery_service,
    }
}
