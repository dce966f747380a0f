//! `POST /_sandbox/orders/{id}/advance`: moves an order through its life.

use std::sync::Arc;

use axum::extract::{Path, Request, State};

use super::summary::order_json;
use super::{Answer, Problem, object, ok, step};
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
    let to = step(&body, &STAGES, Stage::name)?;
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
