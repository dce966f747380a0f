//! `/_sandbox/`: the same for people. The forms need the small script; without it the page still shows
//! everything and the calls to make.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::journal::Wanted;
use crate::language::Language;
use crate::money::KeptMoney;
use crate::pages::{banner, language, page};
use crate::sandbox::{Inner, locked};

/// Orders and journal entries shown.
const ROWS: usize = 20;

#[derive(Template)]
#[template(path = "control.html")]
struct ControlPage<'a> {
    language: &'static str,
    french: bool,
    banner: &'a str,
    now: String,
    offset_hours: i64,
    app_key: &'a str,
    callback_url: String,
    orders: Vec<OrderRow>,
    journal: Vec<JournalRow>,
}

struct OrderRow {
    id: i64,
    status: &'static str,
    amount: String,
}

struct JournalRow {
    api: String,
    signature: &'static str,
    outcome: String,
}

pub(super) async fn show(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let language = language(&headers);
    let now_ms = inner.clock.now_ms();
    let template = ControlPage {
        language: language.tag(),
        french: language == Language::French,
        banner: banner(language),
        now: jiff::Timestamp::from_millisecond(now_ms)
            .map(|now| now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
            .unwrap_or_default(),
        offset_hours: inner.clock.offset_ms() / 3_600_000,
        app_key: &inner.app_key,
        callback_url: inner.callback_url().unwrap_or_else(|| "–".to_owned()),
        orders: orders(&inner, now_ms),
        journal: journal(&inner),
    };
    page(
        StatusCode::OK,
        &template,
        "script-src 'self'; connect-src 'self'; form-action 'none'",
    )
}

fn orders(inner: &Inner, now_ms: i64) -> Vec<OrderRow> {
    let state = inner.book.read();
    let row = |order: &crate::orders::Order| {
        let total: KeptMoney = order.total();
        OrderRow {
            id: order.id,
            status: order.stage(now_ms).name(),
            amount: format!("{} {}", total.text(), total.currency),
        }
    };
    state.orders.newest().take(ROWS).map(row).collect()
}

fn journal(inner: &Inner) -> Vec<JournalRow> {
    let mut entries = locked(&inner.journal).entries(Wanted {
        api: None,
        after: 0,
        limit: ROWS,
    });
    entries.reverse();
    entries
        .into_iter()
        .map(|entry| JournalRow {
            api: entry.api,
            signature: entry.signature,
            outcome: entry.outcome.into_owned(),
        })
        .collect()
}
