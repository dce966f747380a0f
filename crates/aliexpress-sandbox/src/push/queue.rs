//! The messages: waiting, delivered and given up. Part of the state, so that what waits survives a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::events::{Event, Told, next_by_the_clock};
use crate::orders::{Order, Orders};
use crate::profile::{Profile, PushTimestamps};

/// Messages kept; of more, the oldest that no longer wait are forgotten.
const MOST_MESSAGES: usize = 1000;
/// Attempts kept of one message.
const MOST_ATTEMPTS: usize = 50;
/// The type of messages about orders.
pub(crate) const ORDER_TYPE: i64 = 53;
/// The sister platform's promotion type, which is tried three times, five minutes apart.
const PROMOTION_TYPE: i64 = 11;

/// How a message is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signature {
    #[default]
    Valid,
    Wrong,
    Missing,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Waiting,
    Delivered,
    GivenUp,
}

/// One try and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// Virtual time.
    pub(crate) at_ms: i64,
    /// HTTP status, when an answer came.
    pub(crate) status: Option<u16>,
    /// `ok`, or what went wrong.
    pub(crate) outcome: String,
}

/// One message. Its bytes stay the same over all attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) message_type: i64,
    pub(crate) body: String,
    pub(crate) signature: Signature,
    pub(crate) created_ms: i64,
    pub(crate) standing: Standing,
    /// When it is tried next, while it waits.
    pub(crate) due_ms: i64,
    /// Order among those that are due.
    place: u64,
    /// Failed attempts since it was last put in line.
    failures: u32,
    pub(crate) attempts: Vec<Attempt>,
}

/// All messages, and what was told of each order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pushes {
    /// Whether an address is registered. Not kept: it is a start parameter.
    #[serde(skip)]
    pub(crate) on: bool,
    /// Whether messages are held back.
    pub(crate) held: bool,
    counter: u64,
    messages: BTreeMap<u64, Message>,
    told: BTreeMap<i64, Told>,
}

impl Pushes {
    /// An address is registered from here on: what happened to orders before is not told.
    pub(crate) fn switch(&mut self, on: bool, orders: &Orders, now_ms: i64) {
        self.on = on;
        if on {
            for order in orders.newest() {
                let silently = || Told::silently(order, now_ms);
                self.told.entry(order.id).or_insert_with(silently);
            }
        }
    }

    /// Writes messages about everything that has happened to orders.
    pub(crate) fn announce(&mut self, orders: &Orders, now_ms: i64, profile: &Profile) {
        if !self.on {
            return;
        }
        let mut news = Vec::new();
        for order in orders.newest() {
            let told = self.told.entry(order.id).or_default();
            if !told.is_over() {
                let events = told.news(order, now_ms).into_iter();
                news.extend(events.map(|(event, at_ms)| (at_ms, order, event)));
            }
        }
        news.sort_by_key(|(at_ms, order, _)| (*at_ms, order.id));
        for (at_ms, order, event) in news {
            let body = order_body(order, event.name(), at_ms, profile);
            self.add(ORDER_TYPE, body, Signature::Valid, now_ms);
        }
    }

    /// When the clock alone next makes a message, of an order that is not over.
    pub(crate) fn next_announcement_ms(&self, orders: &Orders, now_ms: i64) -> Option<i64> {
        if !self.on {
            return None;
        }
        let open = |order: &&Order| self.told.get(&order.id).is_none_or(|told| !told.is_over());
        orders
            .newest()
            .filter(open)
            .filter_map(|order| next_by_the_clock(order, now_ms))
            .min()
    }

    /// Whether the clock alone has made something happen that was not told.
    pub(crate) fn has_news(&self, orders: &Orders, now_ms: i64) -> bool {
        self.on
            && orders.newest().any(|order| {
                let mut told = self.told.get(&order.id).cloned().unwrap_or_default();
                !told.is_over() && !told.news(order, now_ms).is_empty()
            })
    }

    /// Puts a message in line and gives its id.
    pub(crate) fn add(
        &mut self,
        message_type: i64,
        body: String,
        signature: Signature,
        now_ms: i64,
    ) -> u64 {
        self.counter += 1;
        let id = self.counter;
        let message = Message {
            id,
            message_type,
            body,
            signature,
            created_ms: now_ms,
            standing: Standing::Waiting,
            due_ms: now_ms,
            place: id,
            failures: 0,
            attempts: Vec::new(),
        };
        self.messages.insert(id, message);
        self.forget_old();
        id
    }

    fn forget_old(&mut self) {
        let surplus = self.messages.len().saturating_sub(MOST_MESSAGES);
        let done = |message: &&Message| message.standing != Standing::Waiting;
        let old = self.messages.values().filter(done).take(surplus);
        for id in old.map(|message| message.id).collect::<Vec<u64>>() {
            self.messages.remove(&id);
        }
        // A receiver that is away for good must not fill the memory: then what waits longest goes.
        while self.messages.len() > 2 * MOST_MESSAGES {
            self.messages.pop_first();
        }
    }

    /// Puts a message in line again, whatever became of it: the same bytes.
    pub(crate) fn resend(&mut self, id: u64, now_ms: i64) -> Option<&Message> {
        let message = self.messages.get_mut(&id)?;
        message.standing = Standing::Waiting;
        message.due_ms = now_ms;
        message.failures = 0;
        Some(message)
    }

    /// Puts the same bytes in line as further messages, and gives their ids.
    pub(crate) fn duplicate(&mut self, id: u64, times: u32, now_ms: i64) -> Option<Vec<u64>> {
        let message = self.messages.get(&id)?.clone();
        let copy = |_| {
            let body = message.body.clone();
            self.add(message.message_type, body, message.signature, now_ms)
        };
        Some((0..times).map(copy).collect())
    }

    /// Turns the line of waiting messages round, and gives their ids in the new order.
    pub(crate) fn reorder(&mut self) -> Vec<u64> {
        let waiting = |message: &&mut Message| message.standing == Standing::Waiting;
        let mut line: Vec<&mut Message> = self.messages.values_mut().filter(waiting).collect();
        line.sort_by_key(|message| (message.due_ms, message.place));
        let slots: Vec<(i64, u64)> = line.iter().map(|it| (it.due_ms, it.place)).collect();
        line.reverse();
        let mut ids = Vec::with_capacity(line.len());
        for (message, (due_ms, place)) in line.into_iter().zip(slots) {
            (message.due_ms, message.place) = (due_ms, place);
            ids.push(message.id);
        }
        ids
    }

    /// The waiting message that is to be tried next, and when.
    pub(crate) fn next(&self) -> Option<&Message> {
        if self.held {
            return None;
        }
        let waiting = |message: &&Message| message.standing == Standing::Waiting;
        self.messages
            .values()
            .filter(waiting)
            .min_by_key(|message| (message.due_ms, message.place))
    }

    /// Notes what came of an attempt, and when the next one is due.
    pub(crate) fn tried(&mut self, id: u64, attempt: Attempt, profile: &Profile) {
        let Some(message) = self.messages.get_mut(&id) else {
            return;
        };
        let at_ms = attempt.at_ms;
        if attempt.status == Some(200) {
            message.standing = Standing::Delivered;
        } else {
            let (pause_s, retries) = match message.message_type {
                PROMOTION_TYPE => (300, 2),
                _ => (profile.push_retry_s, profile.push_retries),
            };
            message.failures += 1;
            message.due_ms = at_ms.saturating_add(pause_s.saturating_mul(1000));
            if message.failures > retries {
                message.standing = Standing::GivenUp;
            }
        }
        if message.attempts.len() >= MOST_ATTEMPTS {
            message.attempts.remove(0);
        }
        message.attempts.push(attempt);
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().rev()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Message> {
        self.messages.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }
}

/// A moment in the unit that the profile names.
pub(crate) fn timestamp(at_ms: i64, profile: &Profile) -> i64 {
    match profile.push_timestamps {
        PushTimestamps::Seconds => at_ms.div_euclid(1000),
        PushTimestamps::Milliseconds => at_ms,
    }
}

/// The body of a message about an order.
pub(crate) fn order_body(order: &Order, status: &str, at_ms: i64, profile: &Profile) -> String {
    let buyer_id: i64 = order.basket.account.parse().unwrap_or_default();
    let data = json!({ "buyerId": buyer_id, "orderId": order.id, "orderStatus": status });
    body(
        ORDER_TYPE,
        data,
        &order.basket.account,
        timestamp(at_ms, profile),
    )
}

/// The body of any message. A JSON object is written by the names of its fields, which is the order of the
/// documented sample.
pub(crate) fn body(message_type: i64, data: Value, seller_id: &str, timestamp: i64) -> String {
    json!({
        "data": data,
        "message_type": message_type,
        "seller_id": seller_id,
        "site": "ae_global",
        "timestamp": timestamp,
    })
    .to_string()
}

/// Whether a text names an event.
pub(crate) fn is_event(name: &str) -> bool {
    Event::ALL.iter().any(|event| event.name() == name)
}
