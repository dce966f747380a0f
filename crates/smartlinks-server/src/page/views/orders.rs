//! Orders: those we know, by state, and adding one by its number.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::upstream::encode;
use crate::page::views::{Frame, MissingSetting, Price, Problem, Tab, Tone};

/// `GET /aliexpress/orders`
#[derive(Debug, Clone, Template)]
#[template(path = "orders.html")]
pub struct OrdersPage {
    /// What every page carries.
    pub frame: Frame,
    /// Settings that are missing.
    pub missing: Vec<MissingSetting>,
    /// An account is connected, so that orders can be asked about.
    pub connected: bool,
    /// Id and name of each account that can be asked.
    pub accounts: Vec<(String, String)>,
    /// The form that adds an order.
    pub form: ImportForm,
    /// How many orders that were placed from here wait for a person, and whether there are more.
    pub awaiting: (usize, bool),
    /// Only orders of this state (`?stage=`), if chosen.
    pub stage: Option<OrderStage>,
    /// Only orders that somebody should look at for this reason (`?alert=`), if chosen.
    pub alert: Option<OrderAlert>,
    /// How many orders there are for each such reason.
    pub alerts: Vec<(OrderAlert, i64)>,
    /// The number that was searched for (`?number=`), else empty.
    pub number: String,
    /// How many orders there are in each state; states without orders may be left out.
    pub counts: Vec<OrderCount>,
    /// The orders of this page, newest first.
    pub orders: Vec<OrderRow>,
    /// The value of `cursor` for the next page, when there is one.
    pub next_cursor: Option<String>,
}

/// The form that adds an order.
#[derive(Debug, Clone, Default)]
pub struct ImportForm {
    /// What was entered, shown again after a failure.
    pub order_id: String,
    /// The account that was chosen.
    pub connection: String,
    /// Why it was not added.
    pub problem: Option<Problem>,
}

/// How many orders there are in a state.
#[derive(Debug, Clone, Copy)]
pub struct OrderCount {
    /// The state.
    pub stage: OrderStage,
    /// How many.
    pub count: i64,
}

/// An order among others.
#[derive(Debug, Clone)]
pub struct OrderRow {
    /// Its number.
    pub id: String,
    /// What was bought, as AliExpress has it.
    pub title: Option<String>,
    /// Who sold it.
    pub store: Option<String>,
    /// Where it is in its life.
    pub stage: OrderStage,
    /// The gateway's own word for it, for example `WAIT_SELLER_SEND_GOODS`.
    pub gateway_status: String,
    /// What the buyer pays.
    pub amount: Option<Price>,
    /// When it was placed. Milliseconds.
    pub placed_at_ms: Option<i64>,
    /// Until when it can be paid. Milliseconds.
    pub pay_by_ms: Option<i64>,
    /// When AliExpress was last asked about it. Milliseconds.
    pub fetched_at_ms: Option<i64>,
    /// That is longer ago than it should be.
    pub stale: bool,
    /// Why somebody should look at it.
    pub alert: Option<OrderAlert>,
    /// The connection it belongs to.
    pub connection_name: Option<String>,
}

/// Why somebody should look at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderAlert {
    /// Not paid, and the time to pay is nearly over.
    Unpaid,
    /// Paid long ago, and not shipped.
    NotShipped,
    /// Under way, and not heard of for long.
    NoMovement,
}

impl OrderAlert {
    /// The most urgent first.
    pub const ALL: [Self; 3] = [Self::Unpaid, Self::NotShipped, Self::NoMovement];

    /// The word of the API, and the value in the address.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid_deadline",
            Self::NotShipped => "not_shipped",
            Self::NoMovement => "no_movement",
        }
    }

    /// From that word.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alert| alert.value() == value)
    }

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Unpaid => Key::AlertUnpaid,
            Self::NotShipped => Key::AlertNotShipped,
            Self::NoMovement => Key::AlertNoMovement,
        }
    }

    /// What to do about it.
    pub(crate) const fn fix(self) -> Key {
        match self {
            Self::Unpaid => Key::AlertUnpaidFix,
            Self::NotShipped => Key::AlertNotShippedFix,
            Self::NoMovement => Key::AlertNoMovementFix,
        }
    }

    pub(crate) const fn href(self) -> &'static str {
        match self {
            Self::Unpaid => "/aliexpress/orders?alert=unpaid_deadline",
            Self::NotShipped => "/aliexpress/orders?alert=not_shipped",
            Self::NoMovement => "/aliexpress/orders?alert=no_movement",
        }
    }
}

/// The life of an order, in the merchant's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStage {
    /// `to_pay`: placed, not paid.
    ToPay,
    /// `checking`: AliExpress checks the payment or the buyer.
    Checking,
    /// `to_ship`: paid, the seller has to send it.
    ToShip,
    /// `shipped`: on its way, wholly or in part.
    Shipped,
    /// `finished`: received.
    Finished,
    /// `closed`: cancelled, or being cancelled.
    Closed,
    /// `stuck`: in dispute, frozen, or its address is incomplete.
    Stuck,
    /// `unknown`: a state this page has no words for.
    Unknown,
}

impl OrderStage {
    /// In the order of an order's life.
    pub const ALL: [Self; 8] = [
        Self::ToPay,
        Self::Checking,
        Self::ToShip,
        Self::Shipped,
        Self::Stuck,
        Self::Finished,
        Self::Closed,
        Self::Unknown,
    ];

    /// From the gateway's `order_status`. It says `FINISH` for cancelled orders too, so `cancelled`
    /// says whether every line ended with a cancellation.
    #[must_use]
    pub fn from_gateway(status: &str, cancelled: bool) -> Self {
        match status {
            "FINISH" if cancelled => Self::Closed,
            "PLACE_ORDER_SUCCESS" => Self::ToPay,
            "PAYMENT_PROCESSING"
            | "WAIT_SELLER_EXAMINE_MONEY"
            | "RISK_CONTROL"
            | "RISK_CONTROL_HOLD"
            | "WAIT_GROUP" => Self::Checking,
            "WAIT_SELLER_SEND_GOODS" => Self::ToShip,
            "SELLER_PART_SEND_GOODS" | "WAIT_BUYER_ACCEPT_GOODS" => Self::Shipped,
            "FINISH" | "FUND_PROCESSING" => Self::Finished,
            "IN_CANCEL" => Self::Closed,
            "WAIT_COMPLETE_ADDRESS" | "IN_ISSUE" | "IN_FROZEN" => Self::Stuck,
            _ => Self::Unknown,
        }
    }

    /// The value in the address.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::ToPay => "to_pay",
            Self::Checking => "checking",
            Self::ToShip => "to_ship",
            Self::Shipped => "shipped",
            Self::Finished => "finished",
            Self::Closed => "closed",
            Self::Stuck => "stuck",
            Self::Unknown => "unknown",
        }
    }

    /// From the value in the address.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.value() == value)
    }

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::ToPay => Key::StageToPay,
            Self::Checking => Key::StageChecking,
            Self::ToShip => Key::StageToShip,
            Self::Shipped => Key::StageShipped,
            Self::Finished => Key::StageFinished,
            Self::Closed => Key::StageClosed,
            Self::Stuck => Key::StageStuck,
            Self::Unknown => Key::StageUnknown,
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::ToPay => Tone::Warn,
            Self::Checking | Self::ToShip | Self::Shipped => Tone::Current,
            Self::Finished => Tone::Good,
            Self::Stuck => Tone::Bad,
            Self::Closed | Self::Unknown => Tone::Idle,
        }
    }

    pub(crate) fn href(self) -> String {
        format!("/aliexpress/orders?stage={}", self.value())
    }
}

impl OrderRow {
    /// Until when it has to be paid, while that still matters.
    fn pay_by(&self, frame: &Frame) -> Option<i64> {
        self.pay_by_ms
            .filter(|by| self.stage == OrderStage::ToPay && *by > frame.now_ms)
    }
}

impl OrdersPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::TabOrders)
    }

    fn is_chosen(&self, count: &OrderCount) -> bool {
        self.stage == Some(count.stage)
    }

    fn total(&self) -> i64 {
        self.counts.iter().map(|one| one.count).sum()
    }

    fn count_of(&self, stage: OrderStage) -> i64 {
        self.counts
            .iter()
            .filter(|one| one.stage == stage)
            .map(|one| one.count)
            .sum()
    }

    /// States that have orders, and the one chosen.
    fn stages(&self) -> Vec<OrderCount> {
        OrderStage::ALL
            .into_iter()
            .map(|stage| OrderCount {
                stage,
                count: self.count_of(stage),
            })
            .filter(|one| one.count > 0 || self.stage == Some(one.stage))
            .collect()
    }

    fn is_alert(&self, alert: &OrderAlert) -> bool {
        self.alert == Some(*alert)
    }

    /// Nothing narrows the list.
    fn shows_all(&self) -> bool {
        self.stage.is_none() && self.alert.is_none() && self.number.is_empty()
    }

    fn next_href(&self, cursor: &str) -> String {
        if let Some(alert) = self.alert {
            return format!("{}&cursor={}", alert.href(), encode(cursor));
        }
        match self.stage {
            Some(stage) => format!("{}&cursor={}", stage.href(), encode(cursor)),
            None => format!("/aliexpress/orders?cursor={}", encode(cursor)),
        }
    }

    fn answer_tone(&self) -> Tone {
        if !self.missing.is_empty() || self.count_of(OrderStage::Stuck) > 0 || self.awaiting.0 > 0 {
            Tone::Bad
        } else if self.total() == 0 {
            Tone::Idle
        } else if self.count_of(OrderStage::ToPay) > 0 || !self.alerts.is_empty() {
            Tone::Warn
        } else {
            Tone::Good
        }
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        let waiting = self.count_of(OrderStage::ToPay);
        let stuck = self.count_of(OrderStage::Stuck);
        if self.missing.is_empty() && self.awaiting.0 > 0 {
            let key = match self.awaiting.1 {
                true => Key::IntentsAwaitingMore,
                false => Key::IntentsAwaiting,
            };
            return frame.t1(key, "count", self.awaiting.0);
        }
        if !self.missing.is_empty() {
            frame.t(Key::AnswerNotConfigured)
        } else if self.total() == 0 {
            frame.t(Key::OrdersAnswerNone)
        } else if stuck > 0 {
            frame.t1(Key::OrdersAnswerStuck, "count", stuck)
        } else if !self.alerts.is_empty() {
            let count: i64 = self.alerts.iter().map(|(_, count)| count).sum();
            frame.t1(Key::OrdersAnswerAlerts, "count", count)
        } else if waiting > 0 {
            frame.t1(Key::OrdersAnswerToPay, "count", waiting)
        } else {
            frame.t1(Key::OrdersAnswerWell, "count", self.total())
        }
    }
}
