//! What befalls an order while it is placed.

use serde_json::{Value, json};
use smartlinks_core::OrderStep;

use super::super::dice::Dice;

pub(super) const CREATE: &str = "aliexpress.ds.order.create";

/// Ways in which an answer is spoilt; `delay` is one that nobody waits for.
const SPOILT: [&str; 6] = ["http_500", "html", "error", "reset", "truncate", "delay"];

/// One blow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blow {
    /// The process is killed at a step.
    At(OrderStep),
    /// It is killed when the gateway has made the order and its answer is on the way.
    Called,
    /// It is killed at a moment that nobody chose.
    Random,
    /// The gateway's answer is spoilt, before or after the order was made.
    Spoilt(&'static str, bool),
    /// The same, and the process is killed before it has written that down.
    SpoiltAndKilled(&'static str, bool),
    /// Two bans, each of which refuses the call, and then a spoilt answer.
    BannedAndSpoilt(bool),
}

/// What befalls so many orders: each blow as often as any other, as far as they go.
pub(super) fn deck(orders: u64, dice: &mut Dice) -> Vec<Blow> {
    let wanted = usize::try_from(orders).unwrap_or(usize::MAX);
    let mut deck = Vec::new();
    while deck.len() < wanted {
        let mut all = Blow::all();
        dice.shuffle(&mut all);
        deck.extend(all);
    }
    deck.truncate(wanted);
    deck
}

impl Blow {
    /// All of them.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = OrderStep::ALL.map(Self::At).into();
        // The steps at which an order can be lost or doubled come more often.
        all.extend([Self::Called, Self::Called, Self::Random, Self::Random]);
        all.extend([OrderStep::Sending, OrderStep::Answered].map(Self::At));
        all.extend([false, true].map(Self::BannedAndSpoilt));
        for then in SPOILT {
            for takes_effect in [false, true] {
                all.push(Self::Spoilt(then, takes_effect));
                all.push(Self::SpoiltAndKilled(then, takes_effect));
            }
        }
        all
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::At(step) => format!("killed {}", step.as_str()),
            Self::Called => "killed called".to_owned(),
            Self::Random => "killed random".to_owned(),
            Self::Spoilt(then, effect) => format!("{then} {}", side(effect)),
            Self::SpoiltAndKilled(then, effect) => format!("{then} {} and killed", side(effect)),
            Self::BannedAndSpoilt(effect) => format!("bans, then html {}", side(effect)),
        }
    }

    /// The step at which the process stands still.
    pub(super) fn stops_at(self) -> Option<String> {
        match self {
            Self::At(step) => Some(step.as_str().to_owned()),
            Self::SpoiltAndKilled(..) => Some(OrderStep::Answered.as_str().to_owned()),
            Self::Called | Self::Random | Self::Spoilt(..) | Self::BannedAndSpoilt(_) => None,
        }
    }

    /// What the sandbox is told to do with the calls.
    pub(super) fn faults(self) -> Vec<Value> {
        match self {
            Self::Spoilt(then, effect) | Self::SpoiltAndKilled(then, effect) => {
                vec![fault(then, effect)]
            }
            Self::BannedAndSpoilt(effect) => {
                let ban = json!({
                    "match": { "method": CREATE }, "times": 2, "then": "error", "code": "ApiCallLimit", "ban_s": 5,
                });
                vec![ban, fault("html", effect)]
            }
            Self::Called => vec![fault("delay", true)],
            Self::At(_) | Self::Random => Vec::new(),
        }
    }
}

const fn side(takes_effect: bool) -> &'static str {
    if takes_effect { "after" } else { "before" }
}

pub(super) fn fault(then: &str, takes_effect: bool) -> Value {
    let delay_ms = if then == "delay" { 2_000 } else { 0 };
    json!({
        "match": { "method": CREATE }, "times": 1, "then": then, "code": 15, "delay_ms": delay_ms,
        "takes_effect": takes_effect,
    })
}

/// A spoilt answer for a repetition.
pub(super) fn any_fault(dice: &mut Dice) -> Value {
    let number = usize::try_from(dice.below(SPOILT.len() as u64)).unwrap_or(0);
    let then = SPOILT.get(number).copied().unwrap_or("html");
    fault(then, dice.once_in(2))
}
