//! `/api/aliexpress/orders` (placing) and `/api/aliexpress/order-intents`

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use smartlinks_core::{
    Decision, Error, IntentListing, NewOrder, OrderBatch, OrderBatchView, OrderIntentPage,
    OrderIntentView, OrderPreview,
};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

const KEY: &str = "idempotency-key";

/// Looks at what an order would be: goods, stock, delivery, address, total and guard. Orders nothing.
#[utoipa::path(
    post,
    path = "/api/aliexpress/orders/preview",
    tag = "orders",
    request_body = NewOrder,
    responses((status = 200, body = OrderPreview), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn preview(
    state: AppState,
    Body(order): Body<NewOrder>,
) -> Result<Json<OrderPreview>, Problem> {
    Ok(Json(state.core().preview_order(&order).await?))
}

/// Places an order (`aliexpress.ds.order.create`), once for each key: the same key and the same body give the same record
/// and send nothing again. It is checked again and held against its guard first.
///
/// `201`: the orders exist. `200`: they do since an earlier request with this key. `202`: it is open whether they exist;
/// follow the intent, and do not order again under another key. `422`: nothing was ordered.
#[utoipa::path(
    post,
    path = "/api/aliexpress/orders",
    tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "Made up by you, new for each order: 1 to 128 printable ASCII characters. The same order under the same key is placed once, also when it comes with another API key")),
    request_body = NewOrder,
    responses(
        (status = 200, body = OrderIntentView),
        (status = 201, body = OrderIntentView),
        (status = 202, body = OrderIntentView),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 422, body = Problem, description = "`not_placeable` (see `problems`), `idempotency_key_used`; `order_refused` by AliExpress (see `intent`)"),
        (status = 502, body = Problem),
        (status = 504, body = Problem)
    )
)]
pub(super) async fn place(
    state: AppState,
    headers: HeaderMap,
    Body(order): Body<NewOrder>,
) -> Result<(StatusCode, Json<OrderIntentView>), Problem> {
    let key = headers.get(KEY).and_then(|value| value.to_str().ok());
    let key = key.ok_or_else(|| {
        Error::invalid(
            "Idempotency-Key",
            "this header is needed: make up a new value for each order, and repeat it when you repeat the order",
        )
    })?;
    let placing = state.core().place_order(key, &order).await?;
    let view = placing.view;
    let status = match (view.state.as_str(), placing.is_new) {
        ("refused", _) => return Err(refused(&view)),
        ("placed" | "created_unpaid", true) => StatusCode::CREATED,
        ("placed" | "created_unpaid", false) => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
    };
    Ok((status, Json(view)))
}

/// An intent of which there is no order, as the failure that it is.
fn refused(view: &OrderIntentView) -> Problem {
    let reason = view.reason.as_deref().unwrap_or_default();
    let detail = view.detail.as_deref().unwrap_or(reason);
    let detail = format!("nothing was ordered: {detail}");
    Problem {
        gateway_code: view.reason.clone(),
        intent: Some(view.id.clone()),
        ..Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "order_refused",
            detail,
            view.fix.clone().unwrap_or_default(),
        )
    }
}

/// Orders lines of a CSV file, each once, up to `limit` of them with each request; go on with `from` = `next`. A line whose
/// variant was ordered for its recipient before is gone over, so sending the file again orders nothing twice, also when
/// lines of it were mended, moved or added. To have the same again, give a new name (`batch`).
///
/// `422`: something of the file cannot be read, and `problems` says where by line and column; nothing was ordered.
#[utoipa::path(
    post,
    path = "/api/aliexpress/orders/batch",
    tag = "orders",
    operation_id = "order_batch",
    request_body = OrderBatch,
    responses((status = 200, body = OrderBatchView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = OrderBatchView))
)]
pub(super) async fn batch(
    state: AppState,
    Body(batch): Body<OrderBatch>,
) -> Result<(StatusCode, Json<OrderBatchView>), Problem> {
    let view = state.core().order_batch(&batch).await?;
    let status = match view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Json(view)))
}

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only `placing`, `placed`, `created_unpaid`, `refused`, `unknown` or `awaiting_person`.
    state: Option<String>,
}

/// The orders that somebody wanted placed here, and what became of them; the latest first.
#[utoipa::path(
    get,
    path = "/api/aliexpress/order-intents",
    tag = "orders",
    operation_id = "list_intents",
    params(Listing),
    responses((status = 200, body = OrderIntentPage))
)]
pub(super) async fn list(
    state: AppState,
    Query(listing): Query<Listing>,
) -> Result<Json<OrderIntentPage>, Problem> {
    let listing = IntentListing {
        after: listing.after,
        limit: listing.limit,
        state: listing.state,
    };
    Ok(Json(state.core().order_intents(&listing).await?))
}

/// One order that somebody wanted placed here, and what became of it.
#[utoipa::path(
    get,
    path = "/api/aliexpress/order-intents/{id}",
    tag = "orders",
    operation_id = "show_intent",
    params(("id" = String, Path, description = "`intent_…`")),
    responses((status = 200, body = OrderIntentView), (status = 404, body = Problem))
)]
pub(super) async fn show(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<OrderIntentView>, Problem> {
    Ok(Json(state.core().order_intent(&id).await?))
}

/// What a person has found on the AliExpress website.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "decision")]
pub(super) enum Decided {
    /// The order exists.
    Exists {
        /// AliExpress's numbers: one for each store.
        order_ids: Vec<String>,
    },
    /// There is none.
    DoesNotExist,
}

/// Ends an intent that waits for a person (`awaiting_person`): the order exists under these numbers, which are read
/// first and have to be of this connection; or it does not exist.
#[utoipa::path(
    post,
    path = "/api/aliexpress/order-intents/{id}/decision",
    tag = "orders",
    operation_id = "decide_intent",
    params(("id" = String, Path, description = "`intent_…`")),
    request_body = Decided,
    responses((status = 200, body = OrderIntentView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn decide(
    state: AppState,
    Path(id): Path<String>,
    Body(decided): Body<Decided>,
) -> Result<Json<OrderIntentView>, Problem> {
    let decision = match decided {
        Decided::Exists { order_ids } => Decision::Exists(order_ids),
        Decided::DoesNotExist => Decision::DoesNotExist,
    };
    Ok(Json(state.core().decide_order(&id, &decision).await?))
}
