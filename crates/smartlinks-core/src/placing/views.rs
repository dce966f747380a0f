//! The shapes of intents in answers, and what of an order is kept without its people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::{IntentState, OrderIntent};
use utoipa::ToSchema;

use super::verdict::fix_of;
use crate::clock::from_millis;
use crate::orders::{MoneyView, OrderSummary};

/// Something that stands in the way of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderProblem {
    /// The line, from 1; none when it is about the whole order.
    pub line: Option<usize>,
    /// The field of the request.
    pub field: String,
    /// Stable word, such as `out_of_stock` or `guard_max_total`.
    pub code: String,
    /// What was found and what is accepted.
    pub detail: String,
    /// How to mend it.
    pub fix: String,
}

/// What is ordered, as it is kept: without recipient, address and messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) country: String,
    pub(super) pay: bool,
    pub(super) total: Option<MoneyView>,
    pub(super) lines: Vec<IntentLine>,
}

impl Summary {
    /// What is stored; an unreadable one of an older version counts as empty.
    pub(super) fn of(intent: &OrderIntent) -> Self {
        serde_json::from_str(&intent.summary_json).unwrap_or_default()
    }
}

/// One line of an order that somebody wants placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntentLine {
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// The variant that was asked for, when a person has chosen `sku` in its place because AliExpress names it no more.
    #[serde(default)]
    pub instead_of: Option<String>,
    /// Title. Upstream text: escape it.
    pub title: String,
    /// Colour, size and the like of the variant. Upstream text: escape it.
    #[serde(default)]
    pub variant: String,
    /// How many.
    pub quantity: u32,
    /// What one cost when it was checked.
    pub unit_price: Option<MoneyView>,
    /// The delivery that was chosen.
    pub delivery_service: Option<String>,
    /// What that cost when it was checked.
    pub freight: Option<MoneyView>,
}

/// An order that somebody wants placed, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderIntentView {
    /// `intent_…`.
    pub id: String,
    /// `placing`, `placed`, `created_unpaid`, `refused`, `unknown` (it is being found out whether an order exists) or
    /// `awaiting_person` (only a person can find that out).
    pub state: String,
    /// Why, in a stable word: AliExpress's own code, or one of ours.
    pub reason: Option<String>,
    /// Why, in words.
    pub detail: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
    /// The connection that orders.
    pub connection: String,
    /// Our number at AliExpress. There is never a second one for an intent.
    pub out_order_id: String,
    /// Destination, ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether AliExpress is asked to pay at once.
    pub pay: bool,
    /// What is ordered.
    pub lines: Vec<IntentLine>,
    /// What it cost when it was checked.
    pub total: Option<MoneyView>,
    /// AliExpress's numbers of the orders, one for each store.
    pub order_ids: Vec<String>,
    /// The orders as they were last read.
    pub orders: Vec<OrderSummary>,
    /// Where the orders that wait for it are paid.
    pub pay_links: Vec<PayLink>,
    /// With `awaiting_person`: orders of this connection that may be the one, by their numbers. Empty in lists.
    pub candidates: Vec<String>,
    /// How often it was sent.
    pub attempts: i64,
    /// The first sending of which an order can have come; absent as long as none can. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_sent_at: Option<Timestamp>,
    /// When it is looked at again. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// When it was written. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it changed last. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed_at: Option<Timestamp>,
}

/// Where an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PayLink {
    /// AliExpress's number of the order.
    pub order_id: String,
    /// The order's page at AliExpress, where it is paid.
    pub url: String,
}

/// A page of intents, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderIntentPage {
    /// The intents of this page.
    pub intents: Vec<OrderIntentView>,
    /// Give it as `after` for the next page; absent on the last one.
    pub next: Option<String>,
}

/// A page of intents to show.
#[derive(Debug, Clone, Default)]
pub struct IntentListing {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 when `None`.
    pub limit: Option<u32>,
    /// Only intents in this state.
    pub state: Option<String>,
}

/// What a person has found out about an order that nobody else could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It exists, under these numbers of AliExpress: one for each store.
    Exists(Vec<String>),
    /// There is none.
    DoesNotExist,
}

/// An intent and whether this request has written it.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    /// What became of it so far.
    pub view: OrderIntentView,
    /// False when the key was used before: nothing was sent this time.
    pub is_new: bool,
}

/// The states of AliExpress in which an order waits to be paid, as far as it was read.
const UNPAID: [&str; 2] = ["PLACE_ORDER_SUCCESS", "UNKNOWN"];

/// An intent with its orders as they were last read.
pub(super) fn view(
    intent: OrderIntent,
    orders: Vec<OrderSummary>,
    candidates: Vec<String>,
) -> OrderIntentView {
    let summary = Summary::of(&intent);
    let unpaid = |order: &&OrderSummary| {
        intent.state == IntentState::CreatedUnpaid && UNPAID.contains(&order.status.as_str())
    };
    let pay_links = orders
        .iter()
        .filter(unpaid)
        .map(|order| PayLink {
            order_id: order.id.clone(),
            url: crate::orders::order_page(&order.id),
        })
        .collect();
    OrderIntentView {
        id: intent.id.to_string(),
        state: intent.state.to_string(),
        fix: fix_of(intent.state, intent.reason.as_deref()),
        reason: intent.reason,
        detail: intent.detail,
        connection: intent.connection.to_string(),
        out_order_id: intent.out_order_id,
        country: summary.country,
        pay: summary.pay,
        lines: summary.lines,
        total: summary.total,
        order_ids: intent.order_ids,
        orders,
        pay_links,
        candidates,
        attempts: intent.attempts,
        first_sent_at: intent.first_sent_at.and_then(from_millis),
        next_attempt_at: intent.next_attempt_at.and_then(from_millis),
        created_at: from_millis(intent.created_at),
        changed_at: from_millis(intent.changed_at),
    }
}
