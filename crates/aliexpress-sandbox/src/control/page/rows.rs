//! The rows of the control page, made of what the control API answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::plain;
use crate::language::Language;
use crate::orders::{Order, Stage};
use crate::profile::table::{Kind, SWITCHES};
use crate::profile::{Lifetimes, Profile};

/// A moment for people.
pub(super) fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_default()
}

/// One switch: a choice, several choices, or a text field.
pub(super) struct SwitchRow {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Name of the field, with what becomes of it.
    pub(super) field: String,
    pub(super) choices: Vec<Choice>,
    pub(super) several: bool,
    /// Content of the text field, when there are no choices.
    pub(super) text: String,
}

pub(super) struct Choice {
    pub(super) value: String,
    pub(super) chosen: bool,
}

/// All switches as they stand.
pub(super) fn switches(profile: &Profile, language: Language) -> Vec<SwitchRow> {
    let current = json!(profile);
    SWITCHES
        .iter()
        .map(|switch| {
            let value = &current[switch.name];
            let (kind, choices, text) = match switch.kind {
                Kind::Truth => (
                    ":truth",
                    choices(&["true", "false"], |it| (it == "true") == (*value == true)),
                    String::new(),
                ),
                Kind::Words(words) => ("", choices(words, |it| *value == it), String::new()),
                Kind::Several(words) => (
                    ":list",
                    choices(words, |it| holds(value, it)),
                    String::new(),
                ),
                Kind::Number { .. } => (":number", Vec::new(), plain(value)),
                Kind::Names => (":words", Vec::new(), joined(value)),
                Kind::Lifetimes => ("", lifetimes(profile.lifetimes), String::new()),
            };
            SwitchRow {
                name: switch.name,
                about: language.pick(switch.about.0, switch.about.1),
                field: format!("{}{kind}", switch.name),
                choices,
                several: matches!(switch.kind, Kind::Several(_)),
                text,
            }
        })
        .collect()
}

fn choices(words: &[&str], chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    let choice = |word: &&str| Choice {
        value: (*word).to_owned(),
        chosen: chosen(word),
    };
    words.iter().map(choice).collect()
}

/// The two named ones; an empty choice leaves others as they are.
fn lifetimes(current: Lifetimes) -> Vec<Choice> {
    let named = [("online", Lifetimes::ONLINE), ("test", Lifetimes::TEST)];
    let other = named.iter().all(|(_, lifetimes)| *lifetimes != current);
    let mut choices = choices(&["online", "test"], |name| named.contains(&(name, current)));
    if other {
        choices.insert(
            0,
            Choice {
                value: String::new(),
                chosen: true,
            },
        );
    }
    choices
}

fn holds(list: &Value, word: &str) -> bool {
    let items = list.as_array();
    items.is_some_and(|items| items.iter().any(|item| item == word))
}

fn joined(list: &Value) -> String {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(plain).collect::<Vec<String>>().join(", ")
}

/// An order and the steps it can take.
pub(super) struct OrderRow {
    pub(super) id: i64,
    pub(super) status: &'static str,
    pub(super) amount: String,
    pub(super) next: Vec<&'static str>,
}

impl OrderRow {
    pub(super) fn of(order: &Order, now_ms: i64) -> Self {
        let (stage, total) = (order.stage(now_ms), order.total());
        Self {
            id: order.id,
            status: stage.name(),
            amount: format!("{} {}", total.text(), total.currency),
            next: stage.next().iter().copied().map(Stage::name).collect(),
        }
    }
}

/// A product to be changed.
pub(super) struct ProductView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) delisted: bool,
    pub(super) skus: Vec<SkuRow>,
}

pub(super) struct SkuRow {
    pub(super) id: String,
    pub(super) attributes: String,
    pub(super) price: String,
    pub(super) stock: String,
}

impl ProductView {
    pub(super) fn of(product: &Value) -> Self {
        let skus = product["skus"].as_array().map(Vec::as_slice);
        let row = |sku: &Value| SkuRow {
            id: plain(&sku["sku_id"]),
            attributes: plain(&sku["sku_attr"]),
            price: plain(&sku["price"]),
            stock: plain(&sku["stock"]),
        };
        Self {
            id: plain(&product["product_id"]),
            title: plain(&product["title"]),
            delisted: product["delisted"] == true,
            skus: skus.unwrap_or_default().iter().map(row).collect(),
        }
    }
}

/// A push message and what came of it.
pub(super) struct MessageRow {
    pub(super) id: String,
    pub(super) standing: String,
    pub(super) body: String,
    pub(super) attempts: Vec<String>,
}

impl MessageRow {
    pub(super) fn of(message: &Value) -> Self {
        let attempts = message["attempts"].as_array().map(Vec::as_slice);
        let line = |attempt: &Value| {
            let at_ms = attempt["at_ms"].as_i64().unwrap_or_default();
            format!("{}: {}", time(at_ms), plain(&attempt["outcome"]))
        };
        Self {
            id: plain(&message["id"]),
            standing: plain(&message["standing"]),
            body: plain(&message["body"]),
            attempts: attempts.unwrap_or_default().iter().map(line).collect(),
        }
    }
}
