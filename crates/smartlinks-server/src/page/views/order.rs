//! One order: what it costs, what is in it, and where its parcels are.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::upstream::safe_href;
use crate::page::views::{Frame, OrderStage, Price, Problem, Tab, Tone};

/// `GET /aliexpress/orders/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    /// What every page carries.
    pub frame: Frame,
    /// Its number.
    pub id: String,
    /// What there is to show.
    pub state: OrderState,
}

/// The answers about an order.
#[derive(Debug, Clone)]
pub enum OrderState {
    /// Known here.
    Found(Box<OrderDetail>),
    /// Not known here; it can be added.
    NotFound,
    /// Asking failed and nothing is known.
    Trouble(Problem),
}

/// An order in full.
#[derive(Debug, Clone)]
pub struct OrderDetail {
    /// Where it is in its life.
    pub stage: OrderStage,
    /// The gateway's own word for it.
    pub gateway_status: String,
    /// The gateway's word for its delivery.
    pub logistics_status: Option<String>,
    /// What the buyer pays.
    pub amount: Option<Price>,
    /// What the order is worth, when it differs.
    pub order_amount: Option<Price>,
    /// When it was placed. Milliseconds.
    pub placed_at_ms: Option<i64>,
    /// When it was paid. Milliseconds.
    pub paid_at_ms: Option<i64>,
    /// Until when it can be paid. Milliseconds.
    pub pay_by_ms: Option<i64>,
    /// Who sold it.
    pub store: Option<String>,
    /// The seller's page at AliExpress.
    pub store_url: Option<String>,
    /// The order's page at AliExpress.
    pub order_url: Option<String>,
    /// The connection it belongs to.
    pub connection_name: Option<String>,
    /// What was bought.
    pub lines: Vec<OrderLineView>,
    /// What was sent.
    pub parcels: Vec<ParcelView>,
    /// Why the parcels are not known, or not newly.
    pub tracking_problem: Option<Problem>,
    /// Why the last question about it failed; what is shown is older then.
    pub refresh_problem: Option<Problem>,
    /// When AliExpress last answered about it. Milliseconds.
    pub fetched_at_ms: Option<i64>,
    /// That is longer ago than it should be.
    pub stale: bool,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub struct OrderLineView {
    /// The product's number.
    pub product_id: Option<String>,
    /// The variant's number.
    pub sku_id: Option<String>,
    /// Its title as AliExpress has it.
    pub title: String,
    /// How many.
    pub quantity: Option<i64>,
    /// What one costs.
    pub unit_price: Option<Price>,
    /// What delivery of it costs.
    pub shipping: Option<Price>,
    /// What the line costs altogether.
    pub total: Option<Price>,
    /// Why it ended, for example `CANCELED`.
    pub end_reason: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone)]
pub struct ParcelView {
    /// The carrier's number for it.
    pub number: String,
    /// The carrier.
    pub carrier: Option<String>,
    /// When it should arrive. Milliseconds.
    pub eta_ms: Option<i64>,
    /// What has happened to it, newest first.
    pub steps: Vec<TrackingStep>,
}

/// Something that happened to a parcel.
#[derive(Debug, Clone)]
pub struct TrackingStep {
    /// When. Milliseconds.
    pub at_ms: i64,
    /// In short, as AliExpress has it.
    pub name: Option<String>,
    /// In full, as AliExpress has it.
    pub description: String,
}

impl OrderPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t1(Key::OrderTitle, "id", self.id.as_str())
    }
}

impl OrderDetail {
    /// Until when it has to be paid, while that still matters.
    fn pay_by(&self, frame: &Frame) -> Option<i64> {
        self.pay_by_ms
            .filter(|by| self.stage == OrderStage::ToPay && *by > frame.now_ms)
    }

    fn href(&self) -> Option<String> {
        self.order_url.as_deref().and_then(safe_href)
    }

    fn store_href(&self) -> Option<String> {
        self.store_url.as_deref().and_then(safe_href)
    }

    fn answer(&self, frame: &Frame) -> String {
        let key = match self.stage {
            OrderStage::ToPay => match self.pay_by_ms.filter(|by| *by > frame.now_ms) {
                Some(by) => {
                    return frame.t1(
                        Key::OrderAnswerToPayBy,
                        "when",
                        frame.formats().relative(by),
                    );
                }
                None => Key::OrderAnswerToPay,
            },
            OrderStage::Checking => Key::OrderAnswerChecking,
            OrderStage::ToShip => Key::OrderAnswerToShip,
            OrderStage::Shipped => Key::OrderAnswerShipped,
            OrderStage::Finished => Key::OrderAnswerFinished,
            OrderStage::Closed => Key::OrderAnswerClosed,
            OrderStage::Stuck => Key::OrderAnswerStuck,
            OrderStage::Unknown => Key::OrderAnswerUnknown,
        };
        frame.t(key)
    }
}
