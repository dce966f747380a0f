//! The tab Orders.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use smartlinks_core::{
    Error, OrderListing, OrderView, ParcelView as Parcel, StaleReason, TrackingView,
};

use super::frame::query_value;
use super::{Visit, new_order, notice, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    ConnectionView, ImportForm, Notice, OrderAlert, OrderDetail, OrderLineView, OrderPage,
    OrderStage, OrderState, OrdersPage, ParcelView, Problem as ProblemView, TrackingStep,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Where the tab is.
pub(super) fn here() -> Uri {
    Uri::from_static("/aliexpress/orders")
}
/// Orders on one page.
const PAGE_SIZE: u32 = 50;

pub(super) async fn list(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &headers, &uri, ImportForm::default()).await
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    form: ImportForm,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let stage = query_value(uri, "stage")
        .as_deref()
        .and_then(OrderStage::from_value);
    let alert = query_value(uri, "alert")
        .as_deref()
        .and_then(OrderAlert::from_value);
    let number = query_value(uri, "number").unwrap_or_default();
    let number = smartlinks_core::shortened(number.trim(), 64);
    let states = core.orders_by_state(None).await?;
    let listing = OrderListing {
        after: query_value(uri, "cursor").filter(|cursor| !cursor.is_empty()),
        limit: Some(PAGE_SIZE),
        statuses: stage.map(|stage| statuses_of(stage, &states)),
        alert: alert.map(|alert| alert.value().to_owned()),
        number: Some(number.clone()).filter(|number| !number.is_empty()),
    };
    let connections = connections(state).await?;
    let found = core.orders(&listing).await?;
    let now_ms = core.now().as_millisecond();
    let page = OrdersPage {
        frame: visit.frame(state).await,
        missing: views_of::missing(core),
        connected: !connections.is_empty(),
        accounts: new_order::connections(state).await?,
        form,
        awaiting: super::intents::awaiting(state).await?,
        stage,
        alert,
        alerts: views_of::alerts(core.order_alerts().await?),
        number,
        counts: views_of::order_counts(states),
        orders: found
            .orders
            .iter()
            .map(|order| views_of::order_row(order, &connections, now_ms))
            .collect(),
        next_cursor: found.next,
    };
    Ok(render(&page, &visit, state))
}

/// AliExpress's states that make up a stage, of those that our orders have.
fn statuses_of(stage: OrderStage, states: &[(String, i64)]) -> Vec<String> {
    let known = states.iter().map(|(status, _)| status);
    known
        .filter(|status| OrderStage::from_gateway(status, false) == stage)
        .cloned()
        .collect()
}

async fn connections(state: &AppState) -> Result<Vec<ConnectionView>, Problem> {
    Ok(state
        .core()
        .connections()
        .await?
        .iter()
        .map(views_of::connection)
        .collect())
}

#[derive(Deserialize)]
pub(super) struct Import {
    #[serde(default)]
    order_id: String,
    #[serde(default)]
    connection: String,
}

/// Adds an order and opens it; on failure the form comes back with what was entered.
pub(super) async fn import(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(form): Form<Import>,
) -> Result<Response, Problem> {
    let connection = Some(form.connection.as_str()).filter(|id| !id.is_empty());
    let known = state.core().kept_order(&form.order_id).await.is_ok();
    match state.core().import_order(&form.order_id, connection).await {
        Ok(order) => {
            let id = order.summary.id;
            let note = if known {
                Notice::OrderKnown(id.clone())
            } else {
                Notice::OrderAdded(id.clone())
            };
            Ok(notice::go(
                &state,
                &format!("/aliexpress/orders/{id}"),
                &note,
            ))
        }
        Err(error) => {
            let problem = Problem::from(error);
            let status = problem.status();
            let form = ImportForm {
                order_id: smartlinks_core::shortened(form.order_id.trim(), 40),
                connection: form.connection,
                problem: Some(problems::view(problem, &request_id)),
            };
            let here = Uri::from_static("/aliexpress/orders");
            let mut response = page(&state, &headers, &here, form).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

pub(super) async fn show(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let found = match state.core().order(&id).await {
        Ok(order) => OrderState::Found(Box::new(detail(&state, &visit, order, &request_id).await?)),
        Err(Error::UnknownOrder(_) | Error::Invalid { .. }) => OrderState::NotFound,
        Err(error) => OrderState::Trouble(problems::view(error.into(), &request_id)),
    };
    let page = OrderPage {
        frame: visit.frame(&state).await,
        id,
        state: found,
    };
    Ok(render(&page, &visit, &state))
}

pub(super) async fn refresh(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    let encoded: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let place = format!("/aliexpress/orders/{encoded}");
    match state.core().import_order(&id, None).await {
        Ok(order) => notice::go(&state, &place, &Notice::OrderRefreshed(order.summary.id)),
        Err(Error::Invalid { .. }) => Redirect::to(&place).into_response(),
        Err(error) => notice::go_failed(&state, &place, error.into(), &request_id),
    }
}

async fn detail(
    state: &AppState,
    visit: &Visit,
    order: OrderView,
    request_id: &str,
) -> Result<OrderDetail, Problem> {
    let core = state.core();
    let tracking = core
        .tracking(&order.summary.id, Some(visit.locale.code()))
        .await;
    let (parcels, tracking_problem) = match tracking {
        Ok(tracking) => {
            let problem = tracking
                .stale_reason
                .as_ref()
                .map(|reason| stale(reason, request_id));
            (parcels(tracking), problem)
        }
        Err(error) => (Vec::new(), Some(problems::view(error.into(), request_id))),
    };
    let now_ms = core.now().as_millisecond();
    let summary = order.summary;
    let cancelled =
        !order.lines.is_empty() && order.lines.iter().all(|line| line.end_reason.is_some());
    let stage = OrderStage::from_gateway(&summary.status, cancelled);
    let fetched_at_ms = summary.fetched_at.map(jiff::Timestamp::as_millisecond);
    Ok(OrderDetail {
        stage,
        gateway_status: summary.status,
        logistics_status: summary.logistics_status,
        amount: summary.amount.as_ref().map(views_of::price),
        order_amount: None,
        placed_at_ms: summary.placed_at.map(jiff::Timestamp::as_millisecond),
        paid_at_ms: order.paid_at.map(jiff::Timestamp::as_millisecond),
        pay_by_ms: order.pay_by.map(jiff::Timestamp::as_millisecond),
        store: summary.store_name,
        store_url: order.store_url,
        order_url: Some(order.url),
        connection_name: views_of::name_of(&connections(state).await?, &summary.connection),
        lines: order.lines.into_iter().map(line).collect(),
        parcels,
        tracking_problem,
        refresh_problem: order
            .stale_reason
            .as_ref()
            .map(|reason| stale(reason, request_id)),
        fetched_at_ms,
        stale: order.stale || views_of::is_stale(fetched_at_ms, now_ms),
    })
}

/// Why what is shown is older than it should be.
fn stale(reason: &StaleReason, request_id: &str) -> ProblemView {
    ProblemView {
        request_id: Some(request_id.to_owned()),
        ..ProblemView::from_code(&reason.code)
    }
}

fn line(line: smartlinks_core::OrderLineView) -> OrderLineView {
    OrderLineView {
        product_id: line.product_id,
        sku_id: line.sku,
        title: line.title.unwrap_or_default(),
        quantity: line.quantity,
        unit_price: line.price.as_ref().map(views_of::price),
        shipping: line.shipping.as_ref().map(views_of::price),
        total: line.total.as_ref().map(views_of::price),
        end_reason: line.end_reason,
    }
}

fn parcels(tracking: TrackingView) -> Vec<ParcelView> {
    tracking.parcels.into_iter().map(parcel).collect()
}

fn parcel(parcel: Parcel) -> ParcelView {
    ParcelView {
        number: parcel.number.unwrap_or_default(),
        carrier: parcel.carrier,
        eta_ms: parcel.expected_at.map(jiff::Timestamp::as_millisecond),
        steps: parcel
            .events
            .into_iter()
            .map(|node| TrackingStep {
                at_ms: node
                    .at
                    .map(jiff::Timestamp::as_millisecond)
                    .unwrap_or_default(),
                name: node.name,
                description: node.description.unwrap_or_default(),
            })
            .collect(),
    }
}
