//! Which moments of an order are told, and which have been.

use serde::{Deserialize, Serialize};

use crate::orders::{Order, PAY_TIMEOUT_S};

/// A moment in the life of an order. First letters differ in case on purpose, as documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Created,
    PaymentAuthorized,
    PaymentFailed,
    Shipped,
    Confirmed,
    Closed,
}

impl Event {
    pub(crate) const ALL: [Self; 6] = [
        Self::Created,
        Self::PaymentAuthorized,
        Self::PaymentFailed,
        Self::Shipped,
        Self::Confirmed,
        Self::Closed,
    ];

    /// The `orderStatus` of the message.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Created => "OrderCreated",
            Self::PaymentAuthorized => "PaymentAuthorized",
            Self::PaymentFailed => "paymentFailedEvent",
            Self::Shipped => "OrderShipped",
            Self::Confirmed => "OrderConfirmed",
            Self::Closed => "OrderClosed",
        }
    }
}

/// What has been told of one order: the moment of each event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told(Vec<(u8, i64)>);

impl Told {
    /// Everything that has happened counts as told.
    pub(crate) fn silently(order: &Order, now_ms: i64) -> Self {
        let mut told = Self::default();
        told.news(order, now_ms);
        told
    }

    /// What has happened and was not told, oldest first. It counts as told from here on.
    pub(crate) fn news(&mut self, order: &Order, now_ms: i64) -> Vec<(Event, i64)> {
        let happened = happened(order, now_ms);
        let news: Vec<(Event, i64)> = happened
            .into_iter()
            .filter(|(event, at_ms)| !self.0.contains(&(*event as u8, *at_ms)))
            .collect();
        self.0
            .extend(news.iter().map(|(event, at_ms)| (*event as u8, *at_ms)));
        news
    }

    /// Whether nothing can happen to the order any more.
    pub(crate) fn is_over(&self) -> bool {
        let last = [Event::Confirmed as u8, Event::Closed as u8];
        self.0.iter().any(|(event, _)| last.contains(event))
    }
}

fn happened(order: &Order, now_ms: i64) -> Vec<(Event, i64)> {
    let delivered = order.delivered_ms.or_else(|| order.eta_ms());
    let closed = order.closed_ms.or_else(|| pay_deadline(order));
    let mut events: Vec<(Event, i64)> = [
        (Event::Created, Some(order.created_ms)),
        (Event::PaymentFailed, order.payment_failed_ms),
        (Event::PaymentAuthorized, order.paid_ms),
        (Event::Shipped, order.shipped_ms),
        (Event::Confirmed, delivered),
        (Event::Closed, closed),
    ]
    .into_iter()
    .filter_map(|(event, at_ms)| Some((event, at_ms?)))
    .filter(|(_, at_ms)| *at_ms <= now_ms)
    .collect();
    events.sort_by_key(|(_, at_ms)| *at_ms);
    events
}

/// When an order that nobody pays is closed.
fn pay_deadline(order: &Order) -> Option<i64> {
    order
        .paid_ms
        .is_none()
        .then(|| order.created_ms.saturating_add(PAY_TIMEOUT_S * 1000))
}

/// When the clock alone next does something to an order.
pub(crate) fn next_by_the_clock(order: &Order, now_ms: i64) -> Option<i64> {
    if order.closed_ms.is_some() || order.delivered_ms.is_some() {
        return None;
    }
    order
        .eta_ms()
        .or_else(|| pay_deadline(order))
        .filter(|at_ms| *at_ms > now_ms)
}
