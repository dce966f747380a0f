//! Orders that somebody wanted placed here, what became of each, and what a person says of those that only a person can
//! tell about.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::orders::OrderRow;
use crate::page::views::upstream::{encode, safe_href};
use crate::page::views::{Frame, Price, Problem, Tab, Tone};

/// `GET /aliexpress/orders/intents`
#[derive(Debug, Clone, Template)]
#[template(path = "intents.html")]
pub struct IntentsPage {
    /// What every page carries.
    pub frame: Frame,
    /// Only those in this state.
    pub state: Option<IntentState>,
    /// Those of this page, the latest first.
    pub rows: Vec<IntentRow>,
    /// How many wait for a person, and whether there are more.
    pub awaiting: (usize, bool),
    /// The value of `cursor` for the next page.
    pub next: Option<String>,
}

/// `GET /aliexpress/orders/intents/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "intent.html")]
pub struct IntentPage {
    /// What every page carries.
    pub frame: Frame,
    /// The facts of the list.
    pub row: IntentRow,
    /// Our number at AliExpress.
    pub out_order_id: String,
    /// Destination, two capital letters.
    pub country: String,
    /// Whether AliExpress was asked to pay.
    pub pay: bool,
    /// The name of the connection.
    pub connection_name: Option<String>,
    /// Why, as AliExpress or the check says it.
    pub detail: Option<String>,
    /// What was wanted.
    pub lines: Vec<IntentGoods>,
    /// The orders as they were last read.
    pub orders: Vec<OrderRow>,
    /// Number and address of each order that waits to be paid.
    pub pay_links: Vec<(String, String)>,
    /// Orders that may be the one.
    pub candidates: Vec<String>,
    /// How often it was sent.
    pub attempts: i64,
    /// When it is looked at again. Milliseconds.
    pub next_attempt_ms: Option<i64>,
    /// What was entered as its number, and why that was not taken.
    pub refused: Option<(String, Problem, String)>,
}

/// Asked once before it is said that there is no order.
#[derive(Debug, Clone, Template)]
#[template(path = "intent_not_placed.html")]
pub struct IntentNotPlacedPage {
    /// What every page carries.
    pub frame: Frame,
    /// The facts of the list.
    pub row: IntentRow,
    /// Orders that may be the one.
    pub candidates: Vec<String>,
    /// The page that asked.
    pub back: String,
}

/// One of them in a list.
#[derive(Debug, Clone)]
pub struct IntentRow {
    /// `intent_…`
    pub id: String,
    /// What became of it.
    pub state: IntentState,
    /// Why, in a stable word.
    pub reason: Option<String>,
    /// Title of its first product.
    pub title: String,
    /// How many more products there are.
    pub more: usize,
    /// What it cost when it was checked.
    pub total: Option<Price>,
    /// AliExpress's numbers.
    pub order_ids: Vec<String>,
    /// When it was written. Milliseconds.
    pub created_ms: Option<i64>,
    /// When it changed last. Milliseconds.
    pub changed_ms: Option<i64>,
}

/// One product that was wanted.
#[derive(Debug, Clone)]
pub struct IntentGoods {
    /// The product's number.
    pub product_id: String,
    /// The variant's number.
    pub sku: String,
    /// The variant that was asked for, when this one takes its place.
    pub instead_of: Option<String>,
    /// Its title as AliExpress has it.
    pub title: String,
    /// Colour, size and the like.
    pub variant: String,
    /// How many.
    pub quantity: i64,
    /// What one cost.
    pub unit: Option<Price>,
    /// The delivery.
    pub delivery: Option<String>,
    /// What that cost.
    pub freight: Option<Price>,
}

/// What became of an order that somebody wanted placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentState {
    /// It is being sent, or sent as soon as a trouble is over.
    Placing,
    /// It was placed and paid.
    Placed,
    /// It exists and waits to be paid.
    CreatedUnpaid,
    /// Nothing was ordered.
    Refused,
    /// It is being found out whether it exists.
    Unknown,
    /// Only a person can find that out.
    AwaitingPerson,
}

impl IntentState {
    /// In the order in which they want to be seen.
    pub const ALL: [Self; 6] = [
        Self::AwaitingPerson,
        Self::Unknown,
        Self::Placing,
        Self::CreatedUnpaid,
        Self::Placed,
        Self::Refused,
    ];

    /// The word of the API, and the value in the address.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::Placed => "placed",
            Self::CreatedUnpaid => "created_unpaid",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::AwaitingPerson => "awaiting_person",
        }
    }

    /// From that word.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.value() == value)
    }

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Placing => Key::IntentPlacing,
            Self::Placed => Key::IntentPlaced,
            Self::CreatedUnpaid => Key::IntentUnpaid,
            Self::Refused => Key::IntentRefused,
            Self::Unknown => Key::IntentUnknown,
            Self::AwaitingPerson => Key::IntentAwaiting,
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Placing | Self::Unknown => Tone::Current,
            Self::Placed => Tone::Good,
            Self::CreatedUnpaid => Tone::Warn,
            Self::AwaitingPerson => Tone::Bad,
            Self::Refused => Tone::Idle,
        }
    }

    /// What comes next, and who does it.
    const fn next(self) -> Key {
        match self {
            Self::Placing => Key::IntentPlacingNext,
            Self::Placed => Key::IntentPlacedNext,
            Self::CreatedUnpaid => Key::IntentUnpaidNext,
            Self::Refused => Key::IntentRefusedNext,
            Self::Unknown => Key::IntentUnknownNext,
            Self::AwaitingPerson => Key::IntentAwaitingNext,
        }
    }

    fn href(self) -> String {
        format!("/aliexpress/orders/intents?state={}", self.value())
    }
}

/// Why, in words; none for a code of AliExpress, which is shown as it is.
fn reason_key(reason: &str) -> Option<Key> {
    Some(match reason {
        "payment_failed" => Key::ReasonPaymentFailed,
        "payment_not_asked" => Key::ReasonPaymentNotAsked,
        "repeated_order" => Key::ReasonRepeated,
        "refused_after_unknown" => Key::ReasonRefusedAfterUnknown,
        "window_over" => Key::ReasonWindowOver,
        "request_unreadable" => Key::ReasonRequestUnreadable,
        "account_changed" => Key::ReasonAccountChanged,
        "order_of_another_intent" => Key::ReasonOtherIntent,
        "checks_failed" => Key::ReasonChecksFailed,
        "not_sent_in_time" => Key::ReasonNotSentInTime,
        "decided_not_placed" => Key::ReasonDecidedNotPlaced,
        "decided_placed" => Key::ReasonDecidedPlaced,
        "matched" => Key::ReasonMatched,
        "INVENTORY_HOLD_ERROR" => Key::ReasonNoStock,
        "dearer_now" => Key::ReasonDearer,
        "created_after_end" => Key::ReasonCreatedAfterEnd,
        "order_closed" => Key::ReasonOrderClosed,
        "paid" => Key::ReasonPaid,
        "partly_closed" => Key::ReasonPartlyClosed,
        _ => return None,
    })
}

impl IntentRow {
    pub(crate) fn href(&self) -> String {
        format!("/aliexpress/orders/intents/{}", encode(&self.id))
    }

    /// Why, in words or by its code.
    pub(crate) fn why(&self, frame: &Frame) -> Option<String> {
        let reason = self.reason.as_deref()?;
        Some(reason_key(reason).map_or_else(|| reason.to_owned(), |key| frame.t(key)))
    }
}

impl IntentsPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::IntentsTitle)
    }

    fn is_chosen(&self, state: &IntentState) -> bool {
        self.state == Some(*state)
    }

    fn answer_tone(&self) -> Tone {
        match (self.awaiting.0, self.rows.is_empty()) {
            (0, true) => Tone::Idle,
            (0, false) => Tone::Good,
            _ => Tone::Bad,
        }
    }

    fn answer(&self) -> String {
        match (self.awaiting, self.rows.is_empty() && self.state.is_none()) {
            ((0, _), true) => self.frame.t(Key::IntentsNone),
            ((0, _), false) => self.frame.t(Key::IntentsWell),
            ((count, false), _) => self.frame.t1(Key::IntentsAwaiting, "count", count),
            ((count, true), _) => self.frame.t1(Key::IntentsAwaitingMore, "count", count),
        }
    }

    fn next_href(&self, cursor: &str) -> String {
        let start = match self.state {
            Some(state) => format!("{}&", state.href()),
            None => "/aliexpress/orders/intents?".to_owned(),
        };
        format!("{start}cursor={}", encode(cursor))
    }
}

impl IntentPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::IntentTitle)
    }

    fn pays(&self) -> Vec<(String, String)> {
        let links = self.pay_links.iter();
        links
            .filter_map(|(id, url)| Some((id.clone(), safe_href(url)?)))
            .collect()
    }

    fn is_open(&self) -> bool {
        self.row.state == IntentState::AwaitingPerson
    }

    fn was_refused(&self) -> bool {
        self.row.state == IntentState::Refused
    }

    fn place(&self, deed: &str) -> String {
        format!("{}/{deed}", self.row.href())
    }

    fn entered(&self) -> &str {
        self.refused.as_ref().map_or("", |(entered, ..)| entered)
    }
}

impl IntentNotPlacedPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::NotPlacedTitle)
    }

    fn action(&self) -> String {
        format!("{}/not-placed", self.row.href())
    }
}
