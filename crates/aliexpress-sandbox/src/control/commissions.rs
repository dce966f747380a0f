//! `/_sandbox/commissions`: places commission orders and moves them through their life.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use serde_json::{Map, Value, json};

use super::{Answer, Problem, object, ok, only, step};
use crate::affiliate_links::LONGEST_TRACKING_ID;
use crate::commissions::clicks::Click;
use crate::commissions::{Commission, Commissions, DEFAULT_TRACKING_ID, Origin, Sale, Status};
use crate::money::dollar;
use crate::sandbox::Inner;

const ACCEPTED: [&str; 5] = ["product_id", "sku_id", "quantity", "tracking_id", "click"];
const ADVANCED: [Status; 3] = [Status::Received, Status::Settled, Status::Invalid];

/// Newest commission orders and clicks that are shown.
const MOST_SHOWN: usize = 100;
/// Most units of one order.
const MOST_UNITS: i64 = 1000;

pub(super) async fn show(State(inner): State<Arc<Inner>>) -> Answer {
    let now_ms = inner.clock.now_ms();
    let state = inner.book.read();
    let lines = state.commissions.lines().rev().take(MOST_SHOWN);
    let commissions: Vec<Value> = lines.map(|line| line_json(line, now_ms)).collect();
    let clicks = &state.commissions.clicks;
    let newest: Vec<Value> = clicks.newest().take(MOST_SHOWN).map(click_json).collect();
    Ok(ok(&json!({
        "commissions": commissions,
        "clicks": newest,
        "total_clicks": clicks.total(),
    })))
}

pub(super) async fn place(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    only(&body, &ACCEPTED)?;
    let product_id = whole(&body, "product_id")?
        .ok_or_else(|| Problem::bad("product_id must name the product that is bought"))?;
    let sku_id = whole(&body, "sku_id")?;
    let count = whole(&body, "quantity")?.unwrap_or(1);
    if !(1..=MOST_UNITS).contains(&count) {
        let text = format!("quantity must be a whole number from 1 to {MOST_UNITS}");
        return Err(Problem::bad(text));
    }
    let now_ms = inner.clock.now_ms();
    let placed = inner.book.change(&inner.clock, |state| {
        let origin = origin(&body, &state.commissions)?;
        let change = state.changes.of(product_id);
        let product = inner
            .catalogue
            .find(product_id)
            .filter(|_| change.is_none_or(|change| !change.delisted))
            .ok_or_else(|| Problem::not_found(format!("there is no product {product_id}")))?;
        let sku = product
            .skus(change)
            .into_iter()
            .find(|sku| sku_id.is_none_or(|id| sku.id == id) && sku.stock >= count)
            .ok_or_else(|| {
                let scope = sku_id.map_or_else(|| "no SKU".to_owned(), |id| format!("no SKU {id}"));
                Problem::conflict(format!(
                    "product {product_id} has {scope} with {count} in stock"
                ))
            })?;
        let sale = Sale::of(&product, &sku, count);
        state.changes.hold(product_id, sku.id, count);
        let numbers = state.commissions.place(vec![sale], &origin, now_ms);
        let line = numbers
            .first()
            .and_then(|number| state.commissions.get(*number));
        Ok::<_, Problem>(line.map(|line| line_json(line, now_ms)))
    })??;
    Ok(ok(&placed.unwrap_or_default()))
}

/// Who brought the buyer: the click that is named, or a tracking id alone.
fn origin(body: &Map<String, Value>, commissions: &Commissions) -> Result<Origin, Problem> {
    let tracking_id = match body.get("tracking_id") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if (1..=LONGEST_TRACKING_ID).contains(&text.len()) => {
            Some(text.as_str())
        }
        Some(_) => {
            let text = format!("tracking_id must be a text of 1 to {LONGEST_TRACKING_ID} bytes");
            return Err(Problem::bad(text));
        }
    };
    let Some(id) = whole(body, "click")? else {
        return Ok(Origin::named(tracking_id.unwrap_or(DEFAULT_TRACKING_ID)));
    };
    let click = commissions
        .clicks
        .get(id)
        .ok_or_else(|| Problem::not_found(format!("there is no click {id}")))?;
    if tracking_id.is_some_and(|own| own != click.tracking_id) {
        let text = format!("click {id} belongs to another tracking_id");
        return Err(Problem::conflict(text));
    }
    Ok(Origin::click(click))
}

pub(super) async fn advance(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let body = object(request).await?;
    let to = step(&body, &ADVANCED, Status::name)?;
    let id: i64 = id
        .parse()
        .map_err(|_| Problem::bad(format!("{id:?} is no number of a commission order")))?;
    let now_ms = inner.clock.now_ms();
    let line = inner.book.change(&inner.clock, |state| {
        let line = state
            .commissions
            .get_mut(id)
            .ok_or_else(|| Problem::not_found(format!("there is no commission order {id}")))?;
        line.advance(to, now_ms).map_err(Problem::conflict)?;
        Ok::<_, Problem>(line_json(line, now_ms))
    })??;
    Ok(ok(&line))
}

/// A whole number, sent as number or text.
fn whole(body: &Map<String, Value>, name: &str) -> Result<Option<i64>, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_str()?.parse().ok())
            .map(Some)
            .ok_or_else(|| Problem::bad(format!("{name} must be a whole number, not {value}"))),
    }
}

/// A commission order in the words of the control API.
fn line_json(line: &Commission, now_ms: i64) -> Value {
    let amount = |cents| dollar().of_cents(cents, 1000).text();
    let status = line.status(now_ms);
    json!({
        "sub_order_id": line.sub_order_id,
        "order_id": line.order_id,
        "status": status.name(),
        "order_status": status.order_status(),
        "product_id": line.sale.product_id,
        "sku_id": line.sale.sku_id.to_string(),
        "quantity": line.sale.count,
        "tracking_id": line.origin.tracking_id,
        "click": line.origin.click,
        "amount": amount(line.sale.paid_cents),
        "commission": amount(line.paid_commission_cents()),
        "currency": dollar().code,
    })
}

fn click_json(click: &Click) -> Value {
    json!({
        "id": click.id,
        "at_ms": click.at_ms,
        "tracking_id": click.tracking_id,
        "product_id": click.product_id,
        "parameters": click.parameters,
    })
}
