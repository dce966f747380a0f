//! What befalls an order while it is placed.

use serde_json::{Value, json};
use smartlinks_core::OrderStep;

use super::super::dice::Dice;

pub(super) const CREATE: &str = "aliexpress.ds.order.create";

/// An answer that nobody waits for.
const TOO_SLOW_MS: u64 = 2_000;
/// An answer that is waited for, and that takes as long as a second instance needs.
const SLOW_MS: u64 = 250;

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
    /// The process stands still at a step until its claim has ended and a second instance has taken the order over; then
    /// it goes on.
    Overtaken(OrderStep),
    /// A second instance takes the order over while the answer is on the way, before or after the order was made.
    OvertakenInCall(bool),
    /// The clock steps past the claim while the process stands at a step. Its own worker takes the order over, and then
    /// it goes on.
    ClockSteps(OrderStep),
}

/// Where another may take an order over from a process that is alive.
const HELD_AT: [OrderStep; 3] = [OrderStep::Written, OrderStep::Sending, OrderStep::Answered];

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

/// The names of all blows, those that come more often as often as they do.
pub(super) fn names() -> Vec<String> {
    Blow::all().into_iter().map(Blow::name).collect()
}

impl Blow {
    /// All of them.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = OrderStep::ALL.map(Self::At).into();
        // The steps at which an order can be lost or doubled come more often.
        all.extend([Self::Called, Self::Called, Self::Random, Self::Random]);
        all.extend([OrderStep::Sending, OrderStep::Answered].map(Self::At));
        all.extend([false, true].map(Self::BannedAndSpoilt));
        all.extend([false, true].map(Self::OvertakenInCall));
        all.extend(HELD_AT.map(Self::Overtaken));
        all.extend(HELD_AT.map(Self::ClockSteps));
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
            Self::Overtaken(step) => format!("overtaken {}", step.as_str()),
            Self::OvertakenInCall(effect) => format!("overtaken in the call {}", side(effect)),
            Self::ClockSteps(step) => format!("clock steps {}", step.as_str()),
        }
    }

    /// The step at which the process stands still.
    pub(super) fn stops_at(self) -> Option<String> {
        match self {
            Self::At(step) | Self::Overtaken(step) | Self::ClockSteps(step) => {
                Some(step.as_str().to_owned())
            }
            Self::SpoiltAndKilled(..) => Some(OrderStep::Answered.as_str().to_owned()),
            Self::Called
            | Self::Random
            | Self::Spoilt(..)
            | Self::BannedAndSpoilt(_)
            | Self::OvertakenInCall(_) => None,
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
            Self::OvertakenInCall(effect) => vec![delay(SLOW_MS, effect)],
            Self::At(_) | Self::Random | Self::Overtaken(_) | Self::ClockSteps(_) => Vec::new(),
        }
    }
}

const fn side(takes_effect: bool) -> &'static str {
    if takes_effect { "after" } else { "before" }
}

pub(super) fn fault(then: &str, takes_effect: bool) -> Value {
    if then == "delay" {
        return delay(TOO_SLOW_MS, takes_effect);
    }
    json!({
        "match": { "method": CREATE }, "times": 1, "then": then, "code": 15, "takes_effect": takes_effect,
    })
}

fn delay(delay_ms: u64, takes_effect: bool) -> Value {
    json!({
        "match": { "method": CREATE }, "times": 1, "then": "delay", "delay_ms": delay_ms, "takes_effect": takes_effect,
    })
}

/// A spoilt answer for a repetition.
pub(super) fn any_fault(dice: &mut Dice) -> Value {
    let number = usize::try_from(dice.below(SPOILT.len() as u64)).unwrap_or(0);
    let then = SPOILT.get(number).copied().unwrap_or("html");
    fault(then, dice.once_in(2))
}
