//! Commission orders and their life: paid, receipt confirmed, settled; or invalid.

pub(crate) mod clicks;
pub(crate) mod dropshipping;
pub(crate) mod seeded;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::feeds::Pool;
use crate::catalogue::{Product, Sku};
use crate::language::Language;
use crate::money::dollar;
use clicks::{Click, Clicks};

const DAY_MS: i64 = 86_400_000;
/// By the clock alone the buyer confirms receipt this long after paying.
pub(crate) const RECEIPT_MS: i64 = 20 * DAY_MS;
/// By the clock alone the commission is settled this long after the receipt.
pub(crate) const SETTLEMENT_MS: i64 = 30 * DAY_MS;

/// Order numbers count from here in tens; the lines of an order follow its number.
const FIRST_ORDER_ID: i64 = 8_190_000_000_000_000;
const ORDER_ID_STEP: i64 = 10;
/// Most lines of one order: one less than the step.
const MOST_LINES: usize = 9;

/// The tracking id of whoever names none.
pub(crate) const DEFAULT_TRACKING_ID: &str = "default";
/// What a first order of a new buyer earns on top, in US cents (made up).
const NEW_BUYER_BONUS_CENTS: i64 = 50;

/// Where a commission order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Paid,
    Received,
    Settled,
    Invalid,
}

impl Status {
    pub(crate) const ALL: [Self; 4] = [Self::Paid, Self::Received, Self::Settled, Self::Invalid];

    /// The word of the control API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Received => "received",
            Self::Settled => "settled",
            Self::Invalid => "invalid",
        }
    }

    /// What can follow.
    pub(crate) const fn next(self) -> &'static [Self] {
        match self {
            Self::Paid => &[Self::Received, Self::Settled, Self::Invalid],
            Self::Received => &[Self::Settled, Self::Invalid],
            Self::Settled | Self::Invalid => &[],
        }
    }

    /// The gateway's `order_status`.
    pub(crate) const fn order_status(self) -> &'static str {
        match self {
            Self::Paid => "Payment Completed",
            Self::Received => "Buyer Confirmed Receipt",
            Self::Settled => "Completed Settlement",
            Self::Invalid => "Invalid",
        }
    }
}

/// Why a commission order earns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reason {
    FullRefund,
    Antispam,
}

impl Reason {
    /// The gateway's `effect_detail_status`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FullRefund => "FullRefund",
            Self::Antispam => "Antispam",
        }
    }
}

/// What was sold, as it was when it was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sale {
    pub(crate) product_id: i64,
    pub(crate) sku_id: i64,
    pub(crate) title: String,
    pub(crate) category_id: i64,
    pub(crate) count: i64,
    /// US cents, for all units.
    pub(crate) paid_cents: i64,
    /// Hundredths of a percent.
    pub(crate) rate: i64,
    pub(crate) hot: bool,
    pub(crate) country: String,
}

impl Sale {
    /// Units of a SKU, sold to the United States.
    pub(crate) fn of(product: &Product, sku: &Sku, count: i64) -> Self {
        let unit_cents = dollar().of_cents(sku.cents, 1000).minor;
        Self {
            product_id: product.id(),
            sku_id: sku.id,
            title: product.title(Language::English),
            category_id: product.family.categories[0],
            count,
            paid_cents: unit_cents.saturating_mul(count),
            rate: product.commission().of_link(),
            hot: Pool::Hot.holds(product),
            country: "US".to_owned(),
        }
    }
}

/// Who brought the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) tracking_id: String,
    /// The click it is attributed to.
    pub(crate) click: Option<i64>,
    /// What the publisher put into the address that was clicked.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) new_buyer: bool,
}

impl Origin {
    pub(crate) fn named(tracking_id: &str) -> Self {
        Self {
            tracking_id: tracking_id.to_owned(),
            click: None,
            parameters: BTreeMap::new(),
            new_buyer: false,
        }
    }

    pub(crate) fn click(click: &Click) -> Self {
        Self {
            click: Some(click.id),
            parameters: click.parameters.clone(),
            ..Self::named(&click.tracking_id)
        }
    }
}

/// One line of a commission order. Times are virtual milliseconds; the status follows from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commission {
    pub(crate) order_id: i64,
    pub(crate) sub_order_id: i64,
    pub(crate) sale: Sale,
    pub(crate) origin: Origin,
    pub(crate) created_ms: i64,
    pub(crate) paid_ms: i64,
    received_ms: Option<i64>,
    settled_ms: Option<i64>,
    invalid: Option<(i64, Reason)>,
}

impl Commission {
    pub(crate) fn invalid_reason(&self) -> Option<Reason> {
        self.invalid.map(|(_, reason)| reason)
    }

    /// When receipt was confirmed, if it is by now: by control, or by the clock alone.
    pub(crate) fn received_ms(&self, now_ms: i64) -> Option<i64> {
        let at = self
            .received_ms
            .unwrap_or_else(|| self.paid_ms.saturating_add(RECEIPT_MS));
        let before_invalid = self.invalid.is_none_or(|(invalid_ms, _)| at < invalid_ms);
        (at <= now_ms && before_invalid).then_some(at)
    }

    /// When the commission was settled, if it is by now.
    pub(crate) fn settled_ms(&self, now_ms: i64) -> Option<i64> {
        let received_ms = self.received_ms(now_ms)?;
        let at = self
            .settled_ms
            .unwrap_or_else(|| received_ms.saturating_add(SETTLEMENT_MS));
        (at <= now_ms && self.invalid.is_none()).then_some(at)
    }

    pub(crate) fn status(&self, now_ms: i64) -> Status {
        if self.invalid.is_some() {
            Status::Invalid
        } else if self.settled_ms(now_ms).is_some() {
            Status::Settled
        } else if self.received_ms(now_ms).is_some() {
            Status::Received
        } else {
            Status::Paid
        }
    }

    /// Estimate on what was paid, in US cents, rounded down.
    pub(crate) fn paid_commission_cents(&self) -> i64 {
        let product = i128::from(self.sale.paid_cents) * i128::from(self.sale.rate);
        i64::try_from(product / 10_000).unwrap_or(i64::MAX)
    }

    /// What the buyer kept, in US cents: nothing before receipt or when invalid.
    pub(crate) fn finished_cents(&self, now_ms: i64) -> i64 {
        let earns = self.invalid.is_none() && self.received_ms(now_ms).is_some();
        if earns { self.sale.paid_cents } else { 0 }
    }

    /// Estimate on what the buyer kept, in US cents.
    pub(crate) fn finished_commission_cents(&self, now_ms: i64) -> i64 {
        if self.finished_cents(now_ms) > 0 {
            self.paid_commission_cents()
        } else {
            0
        }
    }

    pub(crate) fn bonus_cents(&self) -> i64 {
        if self.origin.new_buyer && self.invalid.is_none() {
            NEW_BUYER_BONUS_CENTS
        } else {
            0
        }
    }

    /// Moves the line on, filling in the receipt before a settlement. Says what can follow when it cannot.
    pub(crate) fn advance(&mut self, to: Status, now_ms: i64) -> Result<(), String> {
        let from = self.status(now_ms);
        let reachable = from.next();
        if !reachable.contains(&to) {
            let names: Vec<&str> = reachable.iter().map(|status| status.name()).collect();
            return Err(format!(
                "the commission order is {}, from there it can become: {}",
                from.name(),
                if names.is_empty() {
                    "nothing else".to_owned()
                } else {
                    names.join(", ")
                }
            ));
        }
        let received_ms = self.received_ms(now_ms).unwrap_or(now_ms);
        match to {
            Status::Paid => {}
            Status::Received => self.received_ms = Some(now_ms),
            Status::Settled => {
                self.received_ms = Some(received_ms);
                self.settled_ms = Some(now_ms);
            }
            Status::Invalid => self.invalid = Some((now_ms, Reason::FullRefund)),
        }
        Ok(())
    }
}

/// All commission orders that clicks brought, and the clicks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Commissions {
    placed: i64,
    lines: BTreeMap<i64, Commission>,
    pub(crate) clicks: Clicks,
}

impl Commissions {
    /// Places one order, paid at that moment, and returns the numbers of its lines.
    pub(crate) fn place(&mut self, sales: Vec<Sale>, origin: &Origin, paid_ms: i64) -> Vec<i64> {
        let order_id = FIRST_ORDER_ID + self.placed * ORDER_ID_STEP;
        self.placed += 1;
        let numbers = (order_id + 1..).take(MOST_LINES);
        let lines = numbers.zip(sales).map(|(sub_order_id, sale)| Commission {
            order_id,
            sub_order_id,
            sale,
            origin: origin.clone(),
            created_ms: paid_ms,
            paid_ms,
            received_ms: None,
            settled_ms: None,
            invalid: None,
        });
        let mut placed = Vec::new();
        for line in lines {
            placed.push(line.sub_order_id);
            self.lines.insert(line.sub_order_id, line);
        }
        placed
    }

    pub(crate) fn get(&self, sub_order_id: i64) -> Option<&Commission> {
        self.lines.get(&sub_order_id)
    }

    pub(crate) fn get_mut(&mut self, sub_order_id: i64) -> Option<&mut Commission> {
        self.lines.get_mut(&sub_order_id)
    }

    /// Lines by number.
    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = &Commission> {
        self.lines.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Commission {
        let sale = Sale {
            product_id: 1,
            sku_id: 1,
            title: "x".into(),
            category_id: 1,
            count: 1,
            paid_cents: 1250,
            rate: 700,
            hot: false,
            country: "US".into(),
        };
        let mut commissions = Commissions::default();
        let placed = commissions.place(vec![sale], &Origin::named("default"), 0);
        commissions.get(placed[0]).unwrap().clone()
    }

    #[test]
    fn the_clock_alone_confirms_and_settles() {
        let line = line();
        assert_eq!(line.status(RECEIPT_MS - 1), Status::Paid);
        assert_eq!(line.finished_cents(RECEIPT_MS - 1), 0);
        assert_eq!(line.status(RECEIPT_MS), Status::Received);
        assert_eq!(line.finished_commission_cents(RECEIPT_MS), 87);
        let settled_ms = RECEIPT_MS + SETTLEMENT_MS;
        assert_eq!(line.status(settled_ms - 1), Status::Received);
        assert_eq!(line.status(settled_ms), Status::Settled);
        assert_eq!(line.settled_ms(i64::MAX), Some(settled_ms));
    }

    #[test]
    fn a_refund_ends_the_life_and_keeps_what_happened_before() {
        let mut refunded = line();
        refunded.advance(Status::Invalid, RECEIPT_MS + 5).unwrap();
        assert_eq!(refunded.status(i64::MAX), Status::Invalid);
        assert_eq!(refunded.received_ms(i64::MAX), Some(RECEIPT_MS));
        assert_eq!(refunded.settled_ms(i64::MAX), None);
        assert_eq!(refunded.finished_cents(i64::MAX), 0);
        let mut early = line();
        early.advance(Status::Invalid, 5).unwrap();
        assert_eq!(early.received_ms(i64::MAX), None);
        assert!(
            early
                .advance(Status::Settled, 6)
                .unwrap_err()
                .contains("nothing else")
        );
    }

    #[test]
    fn a_settlement_by_hand_fills_in_the_receipt() {
        let mut line = line();
        line.advance(Status::Settled, 7).unwrap();
        assert_eq!(line.received_ms(7), Some(7));
        assert_eq!(line.settled_ms(7), Some(7));
        assert!(line.advance(Status::Invalid, 8).is_err());
    }
}
