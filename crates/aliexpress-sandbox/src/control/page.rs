//! `/_sandbox/`: the same for people, in forms that work without script.

mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::{products, push};
use crate::accounts::{ACCOUNTS, Account};
use crate::commissions::clicks::Click;
use crate::faults::Fault;
use crate::journal::{Entry, Wanted};
use crate::language::Language;
use crate::pages::{banner, language, page};
use crate::sandbox::{Inner, locked};
use rows::{CommissionRow, MessageRow, OrderRow, ProductView, SwitchRow, time};

/// Orders, commission orders, clicks, messages and journal entries shown.
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
    /// How far the clock is ahead of real time; empty when it is not.
    ahead: String,
    base_url: &'a str,
    app_key: &'a str,
    callback_url: Option<String>,
    push_url: Option<String>,
    held: bool,
    accounts: &'a [Account],
    switches: Vec<SwitchRow>,
    /// Whether the switches are shown at once: they have just been saved.
    profile_open: bool,
    /// Each in one line of text.
    faults: Vec<String>,
    orders: Vec<OrderRow>,
    asked_product: String,
    product: Option<ProductView>,
    commissions: Vec<CommissionRow>,
    clicks: Vec<Click>,
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

    /// What the form that was just sent has done.
    fn done_text(&self) -> &'static str {
        let done = DONE.iter().find(|(section, _, _)| *section == self.done);
        done.map_or("", |(_, english, french)| self.words.pick(english, french))
    }
}

/// The parts of the page, by the first word of the address that their forms post to, and what is said there
/// when a form has worked, in English and French.
const DONE: [(&str, &str, &str); 9] = [
    (
        "clock",
        "The clock was moved on.",
        "L'horloge a été avancée.",
    ),
    (
        "profile",
        "The profile was saved.",
        "Le profil a été enregistré.",
    ),
    (
        "faults",
        "The faults were changed.",
        "Les pannes ont été modifiées.",
    ),
    (
        "orders",
        "The order was moved.",
        "La commande a changé d'état.",
    ),
    (
        "products",
        "The product was changed.",
        "Le produit a été modifié.",
    ),
    (
        "commissions",
        "The commission orders were changed.",
        "Les commandes d'affiliation ont été modifiées.",
    ),
    (
        "push",
        "The messages were changed.",
        "Les messages ont été modifiés.",
    ),
    (
        "journal",
        "The journal was cleared.",
        "Le journal a été vidé.",
    ),
    (
        "reset",
        "Everything is as at the start.",
        "Tout est comme au départ.",
    ),
];

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let words = language(&headers);
    let now_ms = inner.clock.now_ms();
    let asked = |name: &str| query.get(name).map_or("", |text| text.trim());
    let done = DONE.iter().find(|(name, _, _)| *name == asked("done"));
    let done = done.map_or("", |(name, _, _)| *name);
    let asked_product = asked("product").to_owned();
    let template = ControlPage {
        words,
        language: words.tag(),
        banner: banner(words),
        done,
        now: time(now_ms),
        ahead: rows::duration(inner.clock.offset_ms() / 1000, words),
        base_url: &inner.base_url(),
        app_key: &inner.app_key,
        callback_url: inner.callback_url(),
        push_url: inner.push_url(),
        held: inner.book.read().pushes.held,
        accounts: &ACCOUNTS,
        switches: rows::switches(&inner.book.profile(), words),
        profile_open: done == "profile",
        faults: faults(&inner, words),
        orders: orders(&inner, now_ms, words),
        product: product(&inner, &asked_product),
        asked_product,
        commissions: commissions(&inner, now_ms, words),
        clicks: clicks(&inner),
        messages: messages(&inner),
        journal: journal(&inner),
    };
    page(StatusCode::OK, &template, "form-action 'self'")
}

fn faults(inner: &Inner, words: Language) -> Vec<String> {
    let faults = locked(&inner.faults);
    let text = |fault: &Fault| rows::fault_text(fault, words);
    faults.list().iter().map(text).collect()
}

fn orders(inner: &Inner, now_ms: i64, words: Language) -> Vec<OrderRow> {
    let state = inner.book.read();
    let newest = state.orders.newest().take(ROWS);
    newest
        .map(|order| OrderRow::of(order, now_ms, words))
        .collect()
}

fn commissions(inner: &Inner, now_ms: i64, words: Language) -> Vec<CommissionRow> {
    let state = inner.book.read();
    let newest = state.commissions.lines().rev().take(ROWS);
    newest
        .map(|line| CommissionRow::of(line, now_ms, words))
        .collect()
}

fn clicks(inner: &Inner) -> Vec<Click> {
    let state = inner.book.read();
    state
        .commissions
        .clicks
        .newest()
        .take(ROWS)
        .cloned()
        .collect()
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
