//! Orders and their life: created, paid, shipped, delivered; or closed; or payment failed.

pub(crate) mod address;
pub(crate) mod places;
pub(crate) mod seeded;
pub(crate) mod tracking;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::issue::fingerprint;
use crate::money::KeptMoney;

/// Seeded orders of the demo buyer count from here.
pub(crate) const FIRST_SEEDED_ID: i64 = 8_100_000_000_000_001;
/// Orders placed through the gateway count from here.
const FIRST_PLACED_ID: i64 = 8_200_000_000_000_001;

/// Seconds until an unpaid order is closed.
pub(crate) const PAY_TIMEOUT_S: i64 = 86_400;

/// How long an `out_order_id` is remembered.
const REPEAT_WINDOW_MS: i64 = 24 * 3_600_000;

/// Where an order stands, in the words of the control API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Created,
    PaymentFailed,
    Paid,
    Shipped,
    Delivered,
    Closed,
}

impl Stage {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::PaymentFailed => "payment_failed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Closed => "closed",
        }
    }

    /// What can follow.
    pub(crate) const fn next(self) -> &'static [Self] {
        match self {
            Self::Created | Self::PaymentFailed => &[
                Self::Paid,
                Self::Shipped,
                Self::Delivered,
                Self::Closed,
                Self::PaymentFailed,
            ],
            Self::Paid => &[Self::Shipped, Self::Delivered, Self::Closed],
            Self::Shipped => &[Self::Delivered],
            Self::Delivered | Self::Closed => &[],
        }
    }

    /// The gateway's `order_status`.
    pub(crate) const fn order_status(self) -> &'static str {
        match self {
            Self::Created | Self::PaymentFailed => "PLACE_ORDER_SUCCESS",
            Self::Paid => "WAIT_SELLER_SEND_GOODS",
            Self::Shipped => "WAIT_BUYER_ACCEPT_GOODS",
            Self::Delivered | Self::Closed => "FINISH",
        }
    }

    /// The gateway's `logistics_status`.
    pub(crate) const fn logistics_status(self) -> &'static str {
        match self {
            Self::Created | Self::PaymentFailed | Self::Closed => "NO_LOGISTICS",
            Self::Paid => "WAIT_SELLER_SEND_GOODS",
            Self::Shipped => "SELLER_SEND_GOODS",
            Self::Delivered => "BUYER_ACCEPT_GOODS",
        }
    }
}

/// One product of an order, as it was when it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) product_id: i64,
    pub(crate) sku_id: i64,
    pub(crate) title: String,
    pub(crate) sku_description: String,
    pub(crate) count: i64,
    pub(crate) unit_minor: i64,
    pub(crate) shipping_minor: i64,
    /// Tax and import charges on top of the price; none in an order that an older sandbox kept.
    #[serde(default)]
    pub(crate) charges_minor: i64,
    pub(crate) tax_included: bool,
}

impl Line {
    pub(crate) const fn goods_minor(&self) -> i64 {
        self.unit_minor.saturating_mul(self.count)
    }

    /// What is paid for the line.
    pub(crate) const fn total_minor(&self) -> i64 {
        self.goods_minor()
            .saturating_add(self.shipping_minor)
            .saturating_add(self.charges_minor)
    }
}

/// What is being ordered; becomes an [`Order`] when it gets its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Basket {
    pub(crate) account: String,
    pub(crate) store_id: i64,
    pub(crate) currency: String,
    /// Code of the destination; empty in a basket that an older sandbox kept.
    #[serde(default)]
    pub(crate) country: String,
    pub(crate) service: String,
    pub(crate) company: String,
    pub(crate) max_days: i64,
    pub(crate) lines: Vec<Line>,
}

/// An order. Times are virtual milliseconds; the stage follows from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) basket: Basket,
    pub(crate) created_ms: i64,
    pub(crate) paid_ms: Option<i64>,
    pub(crate) payment_failed_ms: Option<i64>,
    pub(crate) shipped_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    pub(crate) closed_ms: Option<i64>,
}

impl Order {
    pub(crate) const fn new(id: i64, basket: Basket, created_ms: i64) -> Self {
        Self {
            id,
            basket,
            created_ms,
            paid_ms: None,
            payment_failed_ms: None,
            shipped_ms: None,
            delivered_ms: None,
            closed_ms: None,
        }
    }

    /// Where the order stands at a moment. Unpaid orders close and parcels arrive by the clock alone.
    pub(crate) fn stage(&self, now_ms: i64) -> Stage {
        if self.closed_ms.is_some() {
            Stage::Closed
        } else if self.delivered_ms.is_some() || self.eta_ms().is_some_and(|eta| now_ms >= eta) {
            Stage::Delivered
        } else if self.shipped_ms.is_some() {
            Stage::Shipped
        } else if self.paid_ms.is_some() {
            Stage::Paid
        } else if now_ms >= self.created_ms.saturating_add(PAY_TIMEOUT_S * 1000) {
            Stage::Closed
        } else if self.payment_failed_ms.is_some() {
            Stage::PaymentFailed
        } else {
            Stage::Created
        }
    }

    /// When the parcel arrives at the latest, once it is on its way.
    pub(crate) fn eta_ms(&self) -> Option<i64> {
        Some(
            self.shipped_ms?
                .saturating_add(self.basket.max_days.saturating_mul(86_400_000)),
        )
    }

    pub(crate) fn tracking_number(&self) -> String {
        format!("SBX{:013}YP", self.id % 10_000_000_000_000)
    }

    pub(crate) fn total(&self) -> KeptMoney {
        let minor = self
            .basket
            .lines
            .iter()
            .map(Line::total_minor)
            .fold(0, i64::saturating_add);
        KeptMoney {
            minor,
            currency: self.basket.currency.clone(),
        }
    }

    /// Moves the order on, filling in the steps between. Says what can follow when it cannot.
    pub(crate) fn advance(&mut self, to: Stage, now_ms: i64) -> Result<(), String> {
        use Stage::{Closed, Created, Delivered, Paid, PaymentFailed, Shipped};
        let from = self.stage(now_ms);
        let reachable = from.next();
        if !reachable.contains(&to) {
            let names: Vec<&str> = reachable.iter().map(|stage| stage.name()).collect();
            return Err(format!(
                "the order is {}, from there it can become: {}",
                from.name(),
                if names.is_empty() {
                    "nothing else".to_owned()
                } else {
                    names.join(", ")
                }
            ));
        }
        match to {
            Created => {}
            PaymentFailed => self.payment_failed_ms = Some(now_ms),
            Closed => self.closed_ms = Some(now_ms),
            Paid => self.paid_ms = Some(now_ms),
            Shipped | Delivered => {
                self.paid_ms.get_or_insert(now_ms);
                self.shipped_ms.get_or_insert(now_ms);
                if to == Delivered {
                    self.delivered_ms = Some(now_ms);
                }
            }
        }
        Ok(())
    }
}

/// An `out_order_id` that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placed {
    /// SHA-256 of the order text, to tell a repetition from another order under the same number.
    pub(crate) fingerprint: String,
    pub(crate) orders: Vec<i64>,
    pub(crate) payment_failed: bool,
    pub(crate) at_ms: i64,
}

/// All orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Orders {
    placed: i64,
    orders: BTreeMap<i64, Order>,
    /// By account and `out_order_id`, joined by a line feed.
    repeats: BTreeMap<String, Placed>,
}

impl Orders {
    pub(crate) fn get(&self, id: i64) -> Option<&Order> {
        self.orders.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i64) -> Option<&mut Order> {
        self.orders.get_mut(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }

    /// Newest ids first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Order> {
        self.orders.values().rev()
    }

    pub(crate) fn insert(&mut self, order: Order) {
        self.orders.insert(order.id, order);
    }

    /// Makes an order of a basket and returns its id.
    pub(crate) fn place(&mut self, basket: Basket, now_ms: i64) -> i64 {
        let id = FIRST_PLACED_ID + self.placed;
        self.placed += 1;
        self.insert(Order::new(id, basket, now_ms));
        id
    }

    /// Notes the unpaid orders whose time is over as closed, and returns them.
    pub(crate) fn close_unpaid(&mut self, now_ms: i64) -> Vec<Order> {
        let late =
            |order: &&mut Order| order.closed_ms.is_none() && order.stage(now_ms) == Stage::Closed;
        let close = |order: &mut Order| {
            order.closed_ms = Some(order.created_ms.saturating_add(PAY_TIMEOUT_S * 1000));
            order.clone()
        };
        self.orders.values_mut().filter(late).map(close).collect()
    }

    /// What was placed under an `out_order_id` in the last 24 hours.
    pub(crate) fn repeat_of(
        &self,
        account: &str,
        out_order_id: &str,
        now_ms: i64,
    ) -> Option<&Placed> {
        let placed = self.repeats.get(&repeat_key(account, out_order_id))?;
        (now_ms < placed.at_ms.saturating_add(REPEAT_WINDOW_MS)).then_some(placed)
    }

    pub(crate) fn remember(&mut self, account: &str, out_order_id: &str, placed: Placed) {
        let now_ms = placed.at_ms;
        self.repeats
            .retain(|_, old| now_ms < old.at_ms.saturating_add(REPEAT_WINDOW_MS));
        self.repeats
            .insert(repeat_key(account, out_order_id), placed);
    }
}

/// A hash, so that an id of megabytes is not kept.
fn repeat_key(account: &str, out_order_id: &str) -> String {
    fingerprint(&format!("{account}\n{out_order_id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        let basket = Basket {
            account: "1".into(),
            store_id: 1,
            currency: "USD".into(),
            country: "FR".into(),
            service: "X".into(),
            company: "X".into(),
            max_days: 10,
            lines: Vec::new(),
        };
        Order::new(1, basket, 0)
    }

    #[test]
    fn the_clock_alone_closes_unpaid_orders_and_delivers_parcels() {
        let mut order = order();
        assert_eq!(order.stage(PAY_TIMEOUT_S * 1000 - 1), Stage::Created);
        assert_eq!(order.stage(PAY_TIMEOUT_S * 1000), Stage::Closed);
        order.advance(Stage::Shipped, 5).unwrap();
        assert_eq!(order.stage(6), Stage::Shipped);
        assert_eq!(order.stage(5 + 10 * 86_400_000), Stage::Delivered);
    }

    #[test]
    fn orders_never_go_back() {
        let mut order = order();
        order.advance(Stage::PaymentFailed, 1).unwrap();
        order.advance(Stage::Paid, 2).unwrap();
        assert!(
            order
                .advance(Stage::PaymentFailed, 3)
                .unwrap_err()
                .contains("shipped")
        );
        order.advance(Stage::Closed, 4).unwrap();
        assert!(
            order
                .advance(Stage::Paid, 5)
                .unwrap_err()
                .contains("nothing else")
        );
    }
}
