//! `POST /_sandbox/products/{id}`: price, stock, vanishing SKUs and products.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

use super::{Answer, Problem, object, ok, only};
use crate::catalogue::changes::Change;
use crate::catalogue::{Product, Sku};
use crate::language::Language;
use crate::money::dollar;
use crate::sandbox::Inner;

const ACCEPTED: [&str; 6] = ["sku_id", "price", "stock", "drop_sku", "delist", "restore"];
const HELP: &str = "accepted: sku_id (which SKU price and stock are for; all when left out), \
     price (US dollars, such as \"12.34\"), stock (0 or more), drop_sku (SKU id), \
     delist (true or false), restore (true: forget all changes)";

/// Highest price that can be set, in US cents.
const HIGHEST_CENTS: i64 = 100_000_000;

/// What is to be changed, read and checked.
struct Wish {
    skus: Vec<i64>,
    cents: Option<i64>,
    stock: Option<i64>,
    drop: Option<i64>,
    delist: Option<bool>,
    restore: bool,
}

pub(super) async fn show(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Answer {
    let product = find(&inner, &id)?;
    let state = inner.book.read();
    Ok(ok(&product_json(&product, state.changes.of(product.id()))))
}

pub(super) async fn change(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let body = object(request).await?;
    only(&body, &ACCEPTED)?;
    let product = find(&inner, &id)?;
    let wish =
        read(&body, &product).map_err(|problem| Problem::bad(format!("{problem}; {HELP}")))?;
    let shown = inner.book.change(&inner.clock, |state| {
        let change = state.changes.entry(product.id());
        apply(&wish, change);
        product_json(&product, Some(change))
    })?;
    Ok(ok(&shown))
}

pub(super) fn find(inner: &Inner, id: &str) -> Result<Product, Problem> {
    let id: i64 = id
        .parse()
        .map_err(|_| Problem::bad(format!("{id:?} is no product number")))?;
    inner
        .catalogue
        .find(id)
        .ok_or_else(|| Problem::not_found(format!("there is no product {id}")))
}

fn read(body: &Map<String, Value>, product: &Product) -> Result<Wish, String> {
    let all: Vec<i64> = product.skus(None).iter().map(|sku| sku.id).collect();
    let sku = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_str()?.parse().ok())
            .filter(|id| all.contains(id))
            .map(Some)
            .ok_or_else(|| format!("{name}: the product has no SKU {value}")),
    };
    let truth = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(*truth)),
        Some(other) => Err(format!("{name}: {other} is not true or false")),
    };
    let stock = match body.get("stock") {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            value
                .as_i64()
                .filter(|stock| (0..=1_000_000_000).contains(stock))
                .ok_or_else(|| format!("stock: {value} is no whole number from 0 to 1000000000"))?,
        ),
    };
    let scope = sku("sku_id")?;
    let wish = Wish {
        drop: sku("drop_sku")?,
        skus: scope.map_or_else(|| all.clone(), |id| vec![id]),
        cents: body.get("price").map(cents).transpose()?,
        stock,
        delist: truth("delist")?,
        restore: truth("restore")?.unwrap_or(false),
    };
    let nothing = wish.cents.is_none()
        && wish.stock.is_none()
        && wish.drop.is_none()
        && wish.delist.is_none()
        && !wish.restore;
    if nothing {
        Err("nothing is to be changed".to_owned())
    } else {
        Ok(wish)
    }
}

/// Reads a price exactly: text or number, at most two decimals.
fn cents(value: &Value) -> Result<i64, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(format!("price: {other} is no amount")),
    };
    text.trim()
        .parse::<Decimal>()
        .ok()
        .and_then(|price| price.checked_mul(Decimal::ONE_HUNDRED))
        .filter(|cents| cents.is_integer())
        .and_then(|cents| cents.to_i64())
        .filter(|cents| (1..=HIGHEST_CENTS).contains(cents))
        .ok_or_else(|| format!("price: {text:?} is no amount from 0.01 to 1000000.00"))
}

fn apply(wish: &Wish, change: &mut Change) {
    if wish.restore {
        *change = Change::default();
    }
    for &sku in &wish.skus {
        if let Some(cents) = wish.cents {
            change.cents.insert(sku, cents);
        }
        if let Some(stock) = wish.stock {
            change.stock.insert(sku, stock);
            change.held.remove(&sku);
        }
    }
    if let Some(sku) = wish.drop {
        change.dropped.insert(sku);
    }
    if let Some(delist) = wish.delist {
        change.delisted = delist;
    }
}

pub(super) fn product_json(product: &Product, change: Option<&Change>) -> Value {
    let sku_json = |sku: &Sku| {
        json!({
            "sku_id": sku.id.to_string(),
            "sku_attr": product.sku_attr(sku),
            "price": dollar().of_cents(sku.cents, 1000).text(),
            "stock": sku.stock,
        })
    };
    json!({
        "product_id": product.id(),
        "title": product.title(Language::English),
        "delisted": change.is_some_and(|change| change.delisted),
        "skus": product.skus(change).iter().map(sku_json).collect::<Vec<_>>(),
    })
}
