//! `POST /_sandbox/orders/{id}/advance`: moves an order through its life.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::Value;

use super::summary::order_json;
use super::{Answer, Problem, object, ok, only};
use crate::orders::Stage;
use crate::sandbox::Inner;

const STAGES: [Stage; 5] = [
    Stage::Paid,
    Stage::Shipped,
    Stage::Delivered,
    Stage::Closed,
    Stage::PaymentFailed,
];

pub(super) async fn advance(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let body = object(request).await?;
    only(&body, &["to"])?;
    let to = body
        .get("to")
        .and_then(Value::as_str)
        .and_then(|name| STAGES.into_iter().find(|stage| stage.name() == name))
        .ok_or_else(|| {
            Problem::bad(format!(
                "to must be one of {}",
                STAGES.map(Stage::name).join(", ")
            ))
        })?;
    let id: i64 = id
        .parse()
        .map_err(|_| Problem::bad(format!("{id:?} is no order number")))?;
    let now_ms = inner.clock.now_ms();
    let order = inner.book.change(&inner.clock, |state| {
        let order = state
            .orders
            .get_mut(id)
            .ok_or_else(|| Problem::not_found(format!("there is no order {id}")))?;
        order.advance(to, now_ms).map_err(Problem::conflict)?;
        let order = order.clone();
        if to == Stage::Closed {
            state.release(&order);
        }
        Ok::<_, Problem>(order)
    })??;
    Ok(ok(&order_json(&order, now_ms)))
}
