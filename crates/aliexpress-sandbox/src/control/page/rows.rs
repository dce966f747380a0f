//! The rows of the control page, made of what the control API answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::plain;
use crate::commissions::Commission;
use crate::faults::Fault;
use crate::language::Language;
use crate::money::dollar;
use crate::orders::Order;
use crate::profile::table::{Kind, SWITCHES};
use crate::profile::{Lifetimes, Profile};

/// A moment for people.
pub(super) fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        .unwrap_or_default()
}

/// A time span in days, hours, minutes and seconds; empty when it is none.
pub(super) fn duration(seconds: i64, language: Language) -> String {
    let units = [
        (seconds / 86_400, language.pick("d", "j")),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = units.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    parts.join(" ")
}

/// A word of the control API for people.
fn word(name: &'static str, language: Language) -> &'static str {
    let french = match name {
        "created" => "créée",
        "payment_failed" => "paiement échoué",
        "paid" => "payée",
        "shipped" => "expédiée",
        "delivered" => "livrée",
        "closed" => "fermée",
        "received" => "reçue",
        "settled" => "réglée",
        "invalid" => "annulée",
        _ => name,
    };
    let english = if name == "payment_failed" {
        "payment failed"
    } else {
        name
    };
    language.pick(english, french)
}

/// A fault in one line.
pub(super) fn fault_text(fault: &Fault, language: Language) -> String {
    let api = fault.method.as_deref();
    let api = api.unwrap_or_else(|| language.pick("every API", "toutes les API"));
    let mut text = format!("{api}: {}", fault.then.name());
    for part in [&fault.code, &fault.sub_code].into_iter().flatten() {
        text += &format!(" {part}");
    }
    if let Some(ban_s) = fault.ban_s {
        text += &format!(", {ban_s} s");
    }
    if fault.delay_ms > 0 {
        text += &format!(", {} ms", fault.delay_ms);
    }
    let effect = if fault.takes_effect {
        language.pick("the call is carried out", "l'appel est exécuté")
    } else {
        language.pick("the call is not carried out", "l'appel n'est pas exécuté")
    };
    let times = language.pick("calls left", "appels restants");
    format!("{text}; {effect}; {times}: {}", fault.times)
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
    /// Steps that can follow: the word of the control API, and the word for people.
    pub(super) next: Vec<(&'static str, &'static str)>,
}

impl OrderRow {
    pub(super) fn of(order: &Order, now_ms: i64, language: Language) -> Self {
        let (stage, total) = (order.stage(now_ms), order.total());
        Self {
            id: order.id,
            status: word(stage.name(), language),
            amount: format!("{}\u{a0}{}", total.text(), total.currency),
            next: steps(stage.next().iter().map(|stage| stage.name()), language),
        }
    }
}

fn steps(
    names: impl Iterator<Item = &'static str>,
    language: Language,
) -> Vec<(&'static str, &'static str)> {
    names.map(|name| (name, word(name, language))).collect()
}

/// A commission order and the steps it can take.
pub(super) struct CommissionRow {
    pub(super) id: i64,
    pub(super) product_id: i64,
    pub(super) tracking_id: String,
    pub(super) status: &'static str,
    pub(super) commission: String,
    /// As in [`OrderRow`].
    pub(super) next: Vec<(&'static str, &'static str)>,
}

impl CommissionRow {
    pub(super) fn of(line: &Commission, now_ms: i64, language: Language) -> Self {
        let status = line.status(now_ms);
        let commission = dollar().of_cents(line.paid_commission_cents(), 1000);
        Self {
            id: line.sub_order_id,
            product_id: line.sale.product_id,
            tracking_id: line.origin.tracking_id.clone(),
            status: word(status.name(), language),
            commission: format!("{}\u{a0}{}", commission.text(), commission.currency.code),
            next: steps(status.next().iter().map(|status| status.name()), language),
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
