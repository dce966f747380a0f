//! `/_sandbox/`: the same for people, in forms that work without script.

mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{products, push};
use crate::accounts::{ACCOUNTS, Account};
use crate::faults::Fault;
use crate::journal::{Entry, Wanted};
use crate::language::Language;
use crate::pages::{banner, language, page};
use crate::sandbox::{Inner, locked};
use rows::{MessageRow, OrderRow, ProductView, SwitchRow, time};

/// Orders, messages and journal entries shown.
const ROWS: usize = 20;

#[derive(Template)]
#[template(path = "control.html")]
struct ControlPage<'a> {
    words: Language,
    language: &'static str,
    banner: &'a str,
    /// The part of the page that was just used; empty when none.
    done: &'static str,
    now: String,
    offset_hours: i64,
    app_key: &'a str,
    callback_url: String,
    push_url: Option<String>,
    held: bool,
    accounts: &'a [Account],
    switches: Vec<SwitchRow>,
    /// Each as its JSON text.
    faults: Vec<String>,
    orders: Vec<OrderRow>,
    asked_product: String,
    product: Option<ProductView>,
    messages: Vec<MessageRow>,
    journal: Vec<JournalRow>,
}

struct JournalRow {
    entry: Entry,
    at: String,
}

impl ControlPage<'_> {
    /// The text of the two that is in the page's language.
    fn t<'b>(&self, english: &'b str, french: &'b str) -> &'b str {
        self.words.pick(english, french)
    }
}

/// The parts of the page, by the last word of the address that their forms post to.
const SECTIONS: [&str; 8] = [
    "clock", "profile", "faults", "orders", "products", "push", "journal", "reset",
];

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let words = language(&headers);
    let now_ms = inner.clock.now_ms();
    let asked = |name: &str| query.get(name).map_or("", |text| text.trim());
    let done = SECTIONS.into_iter().find(|name| *name == asked("done"));
    let asked_product = asked("product").to_owned();
    let template = ControlPage {
        words,
        language: words.tag(),
        banner: banner(words),
        done: done.unwrap_or_default(),
        now: time(now_ms),
        offset_hours: inner.clock.offset_ms() / 3_600_000,
        app_key: &inner.app_key,
        callback_url: inner.callback_url().unwrap_or_else(|| "–".to_owned()),
        push_url: inner.push_url(),
        held: inner.book.read().pushes.held,
        accounts: &ACCOUNTS,
        switches: rows::switches(&inner.book.profile(), words),
        faults: locked(&inner.faults)
            .list()
            .iter()
            .map(fault_text)
            .collect(),
        orders: orders(&inner, now_ms),
        product: product(&inner, &asked_product),
        asked_product,
        messages: messages(&inner),
        journal: journal(&inner),
    };
    page(StatusCode::OK, &template, "form-action 'self'")
}

fn orders(inner: &Inner, now_ms: i64) -> Vec<OrderRow> {
    let state = inner.book.read();
    let newest = state.orders.newest().take(ROWS);
    newest.map(|order| OrderRow::of(order, now_ms)).collect()
}

fn product(inner: &Inner, asked: &str) -> Option<ProductView> {
    let product = products::find(inner, asked).ok()?;
    let state = inner.book.read();
    let shown = products::product_json(&product, state.changes.of(product.id()));
    Some(ProductView::of(&shown))
}

fn messages(inner: &Inner) -> Vec<MessageRow> {
    let state = inner.book.read();
    let newest = state.pushes.newest().take(ROWS);
    newest
        .map(|message| MessageRow::of(&push::message_json(message)))
        .collect()
}

fn journal(inner: &Inner) -> Vec<JournalRow> {
    let newest = Wanted {
        api: None,
        after: 0,
        limit: ROWS,
    };
    let mut entries = locked(&inner.journal).entries(newest);
    entries.reverse();
    let row = |entry: Entry| JournalRow {
        at: time(entry.at_ms),
        entry,
    };
    entries.into_iter().map(row).collect()
}

/// A value as it stands in an input.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A fault in one line.
fn fault_text(fault: &Fault) -> String {
    json!(fault).to_string()
}
