//! A new order: what is to be ordered, every check of it with its outcome, and the one button that orders.

use askama::Template;

mod form;
mod preview;
mod troubles;

use crate::page::i18n::Key;
use crate::page::views::{Frame, IntentRow, MissingSetting, Problem, Tab, Tone};

pub use form::{ADDRESS, NewOrderForm, NewOrderRow};
pub use preview::{PreviewBox, PreviewRow};
pub use troubles::{AddressHint, OrderTrouble};

use form::USUAL;

/// `GET` and `POST /aliexpress/orders/new`
#[derive(Debug, Clone, Template)]
#[template(path = "new_order.html")]
pub struct NewOrderPage {
    /// What every page carries.
    pub frame: Frame,
    /// Settings that are missing.
    pub missing: Vec<MissingSetting>,
    /// Id and name of each connection that can order.
    pub connections: Vec<(String, String)>,
    /// What was entered.
    pub form: NewOrderForm,
    /// What stands in the way.
    pub troubles: Vec<OrderTrouble>,
    /// What is to be said about the address without stopping the order.
    pub advice: Vec<AddressHint>,
    /// What the order would be.
    pub preview: Option<PreviewBox>,
    /// Why it could not be looked at, or not be placed.
    pub problem: Option<Problem>,
    /// Why nothing was ordered although the button was pressed.
    pub held: Option<HeldBack>,
    /// The record of what AliExpress has refused.
    pub refused: Option<RefusedOrder>,
}

/// What AliExpress has refused.
#[derive(Debug, Clone)]
pub struct RefusedOrder {
    /// The facts of the list.
    pub record: IntentRow,
    /// Why, as AliExpress says it.
    pub said: Option<String>,
}

/// Why a pressed button has ordered nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldBack {
    /// Something has changed since it was looked at.
    Changed,
    /// This very form was sent before with other contents.
    SentBefore,
    /// AliExpress has refused it.
    Refused,
    /// It may have been ordered: something failed here, and perhaps after it was sent.
    Unknown,
}

impl NewOrderPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::NewOrderTitle)
    }

    fn placeable(&self) -> Option<&PreviewBox> {
        self.preview.as_ref().filter(|preview| preview.placeable)
    }

    fn answer_tone(&self) -> Tone {
        let refused = self.held == Some(HeldBack::Refused);
        if !self.troubles.is_empty() || self.problem.is_some() || refused {
            Tone::Bad
        } else if self.held.is_some() {
            Tone::Warn
        } else if self.placeable().is_some() {
            Tone::Good
        } else {
            Tone::Idle
        }
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        match (self.held, self.placeable()) {
            (Some(HeldBack::Unknown), _) => frame.t(Key::NewOrderAnswerUnknown),
            _ if !self.troubles.is_empty() => {
                frame.t1(Key::NewOrderAnswerTroubles, "count", self.troubles.len())
            }
            _ if self.problem.is_some() => frame.t(Key::NewOrderAnswerFailed),
            (Some(HeldBack::Changed), _) => frame.t(Key::NewOrderAnswerChanged),
            (Some(HeldBack::SentBefore), _) => frame.t(Key::NewOrderAnswerSentBefore),
            (Some(HeldBack::Refused), _) => frame.t(Key::NewOrderAnswerRefused),
            (
                None,
                Some(PreviewBox {
                    total: Some(total), ..
                }),
            ) => frame.t1(Key::NewOrderAnswerPlaceable, "total", frame.money(total)),
            (None, _) => frame.t(Key::NewOrderAnswerStart),
        }
    }

    /// The button that orders is there: everything was looked at, or it may have been ordered with it.
    fn can_place(&self) -> bool {
        self.placeable().is_some() || self.held == Some(HeldBack::Unknown)
    }

    /// Where it goes, line by line, as it stands in the form.
    fn recipient(&self) -> Vec<String> {
        let line = |names: &[&str]| {
            let parts = names.iter().map(|name| self.form.part(name).trim());
            let parts: Vec<&str> = parts.filter(|text| !text.is_empty()).collect();
            parts.join(" ")
        };
        let lines = [
            line(&["contact_person"]),
            line(&["address"]),
            line(&["address2"]),
            line(&["zip", "city"]),
            line(&["province"]),
            line(&["phone_country", "mobile_no"]),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }

    fn usual_address(&self) -> &'static [(&'static str, Key)] {
        ADDRESS.get(..USUAL).unwrap_or_default()
    }

    fn more_address(&self) -> &'static [(&'static str, Key)] {
        ADDRESS.get(USUAL..).unwrap_or_default()
    }

    fn label(&self, key: &Key) -> String {
        self.frame.t(*key)
    }

    fn is_needed(&self, part: &str) -> bool {
        matches!(part, "contact_person" | "address" | "city" | "province")
    }

    /// What is to be said about a part of the address.
    fn hint(&self, part: &str) -> Option<&AddressHint> {
        self.advice.iter().find(|hint| hint.field == part)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.troubles.iter().any(|trouble| trouble.field == field)
    }

    fn is_line_wrong(&self, line: &usize, field: &str) -> bool {
        self.troubles
            .iter()
            .any(|trouble| trouble.is_of(*line, field))
    }

    /// All proposed spellings, as one value of a button.
    fn proposals(&self) -> Option<String> {
        let proposed = self.advice.iter();
        let proposed: Vec<_> = proposed
            .filter_map(|hint| Some((hint.field.as_str(), hint.proposed.as_deref()?)))
            .collect();
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        (!proposed.is_empty()).then(|| pairs.extend_pairs(proposed).finish())
    }
}
