//! `GET /_sandbox/state`: everything at a glance, always under 64 KB.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::ok;
use crate::accounts::{ACCOUNTS, Account};
use crate::catalogue::Catalogue;
use crate::methods;
use crate::orders::Order;
use crate::reports::Report;
use crate::sandbox::{Inner, locked};

/// Newest orders shown.
const MOST_ORDERS: usize = 100;
/// Newest search reports shown, and characters of each.
const MOST_REPORTS: usize = 10;
const REPORT_CHARACTERS: usize = 200;
/// First product ids shown.
const MOST_PRODUCTS: u32 = 50;

pub(super) async fn show(State(inner): State<Arc<Inner>>) -> Response {
    ok(&state_json(&inner))
}

pub(super) async fn clock(State(inner): State<Arc<Inner>>) -> Response {
    ok(&clock_json(&inner))
}

/// Virtual time and how far it is ahead.
pub(super) fn clock_json(inner: &Inner) -> Value {
    json!({
        "now_ms": inner.clock.now_ms(),
        "offset_seconds": inner.clock.offset_ms() / 1000,
    })
}

/// An order in the words of the control API.
pub(super) fn order_json(order: &Order, now_ms: i64) -> Value {
    let stage = order.stage(now_ms);
    let total = order.total();
    json!({
        "id": order.id,
        "status": stage.name(),
        "order_status": stage.order_status(),
        "account": order.basket.account,
        "amount": total.text(),
        "currency": total.currency,
    })
}

fn report_json(report: &Report) -> Value {
    let text: String = report.text.chars().take(REPORT_CHARACTERS).collect();
    json!({ "at_ms": report.at_ms, "account": report.account, "text": text })
}

pub(super) fn state_json(inner: &Inner) -> Value {
    let now_ms = inner.clock.now_ms();
    let state = inner.book.read();
    let (codes, access, refresh) = state.tokens.counts();
    let orders: Vec<Value> = state
        .orders
        .newest()
        .take(MOST_ORDERS)
        .map(|order| order_json(order, now_ms))
        .collect();
    let counts = json!({
        "products": inner.catalogue.products,
        "changed_products": state.changes.len(),
        "orders": state.orders.len(),
        "commissions": state.commissions.lines().count(),
        "clicks": state.commissions.clicks.total(),
        "search_reports": state.reports.total(),
        "codes": codes,
        "access_tokens": access,
        "refresh_tokens": refresh,
        "faults": locked(&inner.faults).list().len(),
        "journal": locked(&inner.journal).total(),
    });
    let reports: Vec<Value> = state
        .reports
        .newest()
        .take(MOST_REPORTS)
        .map(report_json)
        .collect();
    let profile = json!(*state.profile);
    drop(state);
    let products: Vec<i64> = (0..inner.catalogue.products.min(MOST_PRODUCTS))
        .map(Catalogue::id)
        .collect();
    let accounts: Vec<Value> = ACCOUNTS.iter().map(account_json).collect();
    json!({
        "app_key": inner.app_key,
        "callback_url": inner.callback_url(),
        "base_url": &*inner.base_url(),
        "clock": clock_json(inner),
        "profile": profile,
        "counts": counts,
        "calls": locked(&inner.journal).calls(),
        "methods": methods::names().collect::<Vec<_>>(),
        "accounts": accounts,
        "orders": orders,
        "search_reports": reports,
        "products": products,
    })
}

fn account_json(account: &Account) -> Value {
    json!({
        "alias": account.alias,
        "user_id": account.user_id,
        "nick": account.nick,
        "account": account.login,
        "account_platform": account.platform,
    })
}
