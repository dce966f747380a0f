//! The shapes of orders in answers, and the form in which the last known state is kept.

use aliexpress::Money;
use aliexpress::dropshipping::{
    order_get::Order,
    order_tracking_get::{Parcel, TrackingNode},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smartlinks_store::{ConnectionId, KnownOrder, Millis};
use utoipa::ToSchema;

use crate::clock::from_millis;
use crate::error::{Error, Result};

/// An amount and its currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MoneyView {
    /// Whole units, decimal text.
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount,
            currency: money.currency,
        }
    }
}

/// A page of known orders to show.
#[derive(Debug, Clone, Default)]
pub struct OrderListing {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 when `None`.
    pub limit: Option<u32>,
    /// Only orders in one of AliExpress's states; all when `None`.
    pub statuses: Option<Vec<String>>,
    /// Only orders that somebody should look at for this reason: one of [`ORDER_ALERTS`](super::ORDER_ALERTS). Goes
    /// before `statuses`.
    pub alert: Option<String>,
    /// Only the orders of this number: AliExpress's, ours (of the intent), or a parcel's. Goes before everything else.
    pub number: Option<String>,
}

/// Known orders, last added first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderPage {
    /// The orders of this page.
    pub orders: Vec<OrderSummary>,
    /// Give it as `after` for the next page; absent on the last one.
    pub next: Option<String>,
}

/// One known order in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderSummary {
    /// AliExpress's order number, digits.
    pub id: String,
    /// The connection whose order it is.
    pub connection: String,
    /// When it was created, read as US Pacific time since AliExpress states no zone. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub placed_at: Option<Timestamp>,
    /// AliExpress's state, for example `WAIT_SELLER_SEND_GOODS`.
    pub status: String,
    /// AliExpress's logistics state.
    pub logistics_status: Option<String>,
    /// What the buyer pays.
    pub amount: Option<MoneyView>,
    /// The shop.
    pub store_name: Option<String>,
    /// Title of the first line. Upstream text: escape it.
    pub title: Option<String>,
    /// Why somebody should look at it: `unpaid_deadline` (not paid, and the time to pay is nearly over), `not_shipped` (paid
    /// long ago) or `no_movement` (under way, and nothing was heard of it for long).
    pub alert: Option<String>,
    /// When AliExpress was last asked. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<Timestamp>,
    /// When it was added here. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub added_at: Option<Timestamp>,
}

/// One known order with its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    /// The facts of the list.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// When it was paid. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub paid_at: Option<Timestamp>,
    /// When AliExpress closes it if it is not paid; counted from `placed_at`. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub pay_by: Option<Timestamp>,
    /// The goods.
    pub lines: Vec<OrderLineView>,
    /// The order's page at AliExpress, where it is paid.
    pub url: String,
    /// The shop's page at AliExpress. Upstream text: check it before linking.
    pub store_url: Option<String>,
    /// Whether this is the last known state because AliExpress could not be asked.
    pub stale: bool,
    /// Why it is stale.
    pub stale_reason: Option<StaleReason>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderLineView {
    /// AliExpress's product number, digits.
    pub product_id: Option<String>,
    /// Number of the variant, digits.
    pub sku: Option<String>,
    /// Title. Upstream text: escape it.
    pub title: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
    /// Price of one.
    pub price: Option<MoneyView>,
    /// What its delivery costs.
    pub shipping: Option<MoneyView>,
    /// What the line costs in the end.
    pub total: Option<MoneyView>,
    /// Why it ended, for example `CANCELED`.
    pub end_reason: Option<String>,
}

/// The parcels of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackingView {
    /// AliExpress's order number, digits.
    pub order_id: String,
    /// The parcels; empty while nothing is known yet.
    pub parcels: Vec<ParcelView>,
    /// When AliExpress was last asked. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<Timestamp>,
    /// Whether this is the last known state because AliExpress could not be asked.
    pub stale: bool,
    /// Why it is stale.
    pub stale_reason: Option<StaleReason>,
}

/// Why AliExpress could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaleReason {
    /// The gateway's code, or ours.
    pub code: String,
    /// What happened.
    pub detail: String,
}

impl From<&Error> for StaleReason {
    fn from(error: &Error) -> Self {
        let code = match error {
            Error::Gateway(gateway) => gateway.code(),
            other => other.code(),
        };
        Self {
            code: code.to_owned(),
            detail: error.to_string(),
        }
    }
}

/// One parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParcelView {
    /// The carrier's number.
    pub number: Option<String>,
    /// The carrier. Upstream text: escape it.
    pub carrier: Option<String>,
    /// When it should arrive. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_at: Option<Timestamp>,
    /// What happened, newest first.
    pub events: Vec<TrackingNodeView>,
    /// What is inside.
    pub items: Vec<ParcelItemView>,
}

/// One event of a parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackingNodeView {
    /// When. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Short name. Upstream text: escape it.
    pub name: Option<String>,
    /// What happened. Upstream text: escape it.
    pub description: Option<String>,
}

/// One kind of goods in a parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParcelItemView {
    /// Title. Upstream text: escape it.
    pub title: Option<String>,
    /// The variant in words. Upstream text: escape it.
    pub variant: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
}

/// What is in an order.
pub(crate) struct OrderedGoods {
    /// When the order was created.
    pub(crate) created: Timestamp,
    pub(crate) lines: Vec<Pieces>,
}

/// How many of one variant.
pub(crate) struct Pieces {
    pub(crate) product_id: String,
    pub(crate) sku: String,
    pub(crate) count: i64,
}

/// The last known state of an order, as it lies in the database.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    pub(super) order: Option<Details>,
    /// When its state was first seen.
    #[serde(default)]
    pub(super) status_since: Option<i64>,
    #[serde(default)]
    pub(super) parcels: Option<Vec<ParcelView>>,
    #[serde(default)]
    pub(super) parcels_at: Option<i64>,
}

/// What following goes by.
#[derive(Debug, Default)]
pub(super) struct Moments {
    pub(super) created: Option<Timestamp>,
    pub(super) paid: Option<Timestamp>,
    /// The end of the time to pay, while the order waits for it.
    pub(super) pay_by: Option<Timestamp>,
    /// When a parcel was last heard of.
    pub(super) moved: Option<Timestamp>,
    /// When its state was first seen here.
    pub(super) seen: Option<Timestamp>,
    /// Everything was shipped, and every parcel has arrived.
    pub(super) delivered: bool,
    /// The carrier's number of the first parcel.
    pub(super) parcel: Option<String>,
}

/// What is kept of an order besides the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) status: String,
    pub(super) logistics_status: Option<String>,
    pub(super) store_name: Option<String>,
    #[serde(default)]
    store_url: Option<String>,
    amount: Option<MoneyView>,
    created: Option<String>,
    paid_at: Option<String>,
    pay_timeout_seconds: Option<i64>,
    lines: Vec<OrderLineView>,
}

impl Details {
    /// The end of the time to pay, while the order waits for it.
    fn pay_by(&self) -> Option<Timestamp> {
        if self.status != "PLACE_ORDER_SUCCESS" {
            return None;
        }
        let placed = kept_time(self.created.as_deref()?)?;
        placed
            .checked_add(jiff::SignedDuration::from_secs(self.pay_timeout_seconds?))
            .ok()
    }
}

/// A moment as it is kept: RFC 3339, in rows of an older version AliExpress's own text.
fn kept_time(text: &str) -> Option<Timestamp> {
    offset_time(text).or_else(|| pacific(text))
}

/// A moment of AliExpress without a zone (`2026-01-05 21:00:03`), which the samples show to be US Pacific.
fn pacific(text: &str) -> Option<Timestamp> {
    // The rule since 2007, written out so that no time zone database is needed.
    let zone = jiff::tz::TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").ok()?;
    let at: jiff::civil::DateTime = text.trim().replace(' ', "T").parse().ok()?;
    zone.to_timestamp(at).ok()
}

/// A moment of AliExpress with offset and zone (`2026-01-05T21:01:10-08:00[America/Los_Angeles]`).
fn offset_time(text: &str) -> Option<Timestamp> {
    text.split('[').next()?.trim().parse().ok()
}

impl Kept {
    /// What the database holds; an unreadable snapshot of an older version counts as none.
    pub(super) fn of(record: &KnownOrder) -> Self {
        serde_json::from_str(&record.snapshot_json).unwrap_or_default()
    }

    /// Whether a line has ended because it was cancelled, which is what closing it unpaid is called too.
    pub(super) fn was_cancelled(&self) -> bool {
        let lines = self.order.iter().flat_map(|order| &order.lines);
        let mut reasons = lines.filter_map(|line| line.end_reason.as_deref());
        reasons.any(|reason| reason.to_ascii_uppercase().contains("CANCEL"))
    }

    /// When it was created and what is in it.
    pub(super) fn goods(&self) -> Option<OrderedGoods> {
        let order = self.order.as_ref()?;
        let created = kept_time(order.created.as_deref()?)?;
        let lines = order.lines.iter().map(|line| {
            Some(Pieces {
                product_id: line.product_id.clone()?,
                sku: line.sku.clone()?,
                count: line.quantity?,
            })
        });
        Some(OrderedGoods {
            created,
            lines: lines.collect::<Option<_>>()?,
        })
    }

    /// What following goes by.
    pub(super) fn moments(&self) -> Moments {
        let order = self.order.as_ref();
        let parcels = self.parcels.iter().flatten();
        Moments {
            created: order.and_then(|order| kept_time(order.created.as_deref()?)),
            paid: order.and_then(|order| offset_time(order.paid_at.as_deref()?)),
            pay_by: order.and_then(Details::pay_by),
            moved: parcels
                .clone()
                .flat_map(|parcel| parcel.events.iter().filter_map(|event| event.at))
                .max(),
            seen: self.status_since.map(Millis).and_then(from_millis),
            delivered: self.is_delivered(),
            parcel: parcels.filter_map(|parcel| parcel.number.clone()).next(),
        }
    }

    /// Whether every parcel of a shipped order was last heard of when it was handed over.
    fn is_delivered(&self) -> bool {
        let order = self.order.as_ref();
        let mut parcels = self.parcels.iter().flatten().peekable();
        let is_shipped = order.is_some_and(|order| order.status == "WAIT_BUYER_ACCEPT_GOODS");
        is_shipped
            && parcels.peek().is_some()
            && parcels.all(|parcel| {
                let newest = parcel.events.first();
                newest.is_some_and(|event| tells_of_delivery(event.name.as_deref()))
            })
    }

    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// The row of an order that was just asked about. The caller sets its times.
    pub(super) fn record(&self, number: i64, connection: ConnectionId) -> Result<KnownOrder> {
        let order = self.order.as_ref();
        let amount = order.and_then(|order| order.amount.as_ref());
        Ok(KnownOrder {
            order_id: number.to_string(),
            connection,
            status: order.map_or("UNKNOWN", |order| &order.status).to_owned(),
            logistics_status: order.and_then(|order| order.logistics_status.clone()),
            amount: amount.map(|money| money.amount.to_string()),
            currency: amount.map(|money| money.currency.clone()),
            store_name: order.and_then(|order| order.store_name.clone()),
            title: order.and_then(|order| order.lines.first()?.title.clone()),
            placed_at: order.and_then(|order| order.created.clone()),
            snapshot_json: self.to_json()?,
            alert: None,
            fetched_at: Millis(0),
            added_at: Millis(0),
        })
    }

    pub(super) fn view(self, record: &KnownOrder, failure: Option<&Error>) -> OrderView {
        let order = self.order;
        let store_url = order.as_ref().and_then(|order| order.store_url.clone());
        OrderView {
            summary: summary(record),
            paid_at: order
                .as_ref()
                .and_then(|order| offset_time(order.paid_at.as_deref()?)),
            pay_by: order.as_ref().and_then(Details::pay_by),
            lines: order.map(|order| order.lines).unwrap_or_default(),
            url: order_page(&record.order_id),
            store_url,
            stale: failure.is_some(),
            stale_reason: failure.map(StaleReason::from),
        }
    }

    pub(super) fn tracking(self, order_id: &str, failure: Option<&Error>) -> TrackingView {
        TrackingView {
            order_id: order_id.to_owned(),
            parcels: self.parcels.unwrap_or_default(),
            fetched_at: self.parcels_at.map(Millis).and_then(from_millis),
            stale: failure.is_some(),
            stale_reason: failure.map(StaleReason::from),
        }
    }
}

/// The order's page at AliExpress, where it is paid.
pub(crate) fn order_page(order_id: &str) -> String {
    format!("https://www.aliexpress.com/p/order/detail.html?orderId={order_id}")
}

pub(super) fn summary(record: &KnownOrder) -> OrderSummary {
    let amount = record.amount.as_deref().and_then(|text| text.parse().ok());
    OrderSummary {
        id: record.order_id.clone(),
        connection: record.connection.to_string(),
        placed_at: record.placed_at.as_deref().and_then(kept_time),
        status: record.status.clone(),
        logistics_status: record.logistics_status.clone(),
        amount: amount
            .zip(record.currency.clone())
            .map(|(amount, currency)| MoneyView { amount, currency }),
        store_name: record.store_name.clone(),
        title: record.title.clone(),
        alert: record.alert.clone(),
        fetched_at: from_millis(record.fetched_at),
        added_at: from_millis(record.added_at),
    }
}

pub(super) fn details(order: Order) -> Details {
    Details {
        status: order.order_status.as_str().to_owned(),
        logistics_status: order.logistics_status,
        store_url: order
            .store
            .as_ref()
            .and_then(|store| store.store_url.clone()),
        store_name: order.store.and_then(|store| store.store_name),
        amount: order
            .user_order_amount
            .or(order.order_amount)
            .map(MoneyView::from),
        created: order.gmt_create.map(|at| at.to_string()),
        paid_at: order.paid_at.map(|at| at.to_string()),
        pay_timeout_seconds: order.pay_timeout_second,
        lines: order
            .lines
            .into_iter()
            .map(|line| OrderLineView {
                product_id: line.product_id.map(|id| id.to_string()),
                sku: line.sku_id.map(|id| id.to_string()),
                title: line.product_name,
                quantity: line.product_count,
                price: line.product_price.map(MoneyView::from),
                shipping: line
                    .actual_shipping_fee
                    .or(line.shipping_fee)
                    .map(MoneyView::from),
                total: line.actual_fee.map(MoneyView::from),
                end_reason: line.end_reason,
            })
            .collect(),
    }
}

/// Whether an event of a parcel is its delivery. AliExpress has no code for it, only words in the language of the market.
fn tells_of_delivery(name: Option<&str>) -> bool {
    const DELIVERED: [&str; 18] = [
        "delivered",
        "livré",
        "livrée",
        "entregado",
        "entregada",
        "entregue",
        "zugestellt",
        "geliefert",
        "consegnato",
        "consegnata",
        "bezorgd",
        "afgeleverd",
        "dostarczono",
        "doręczono",
        "доставлено",
        "доставлена",
        "доставлен",
        "вручено",
    ];
    const NOT: [&str; 12] = [
        "not", "cannot", "failed", "non", "pas", "no", "nicht", "não", "niet", "nie", "не",
        "unable",
    ];
    let words = name.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = words
        .split(|letter: char| !letter.is_alphabetic())
        .collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    any(&DELIVERED) && !any(&NOT)
}

/// The gateway already sends the newest first; this makes sure of it. Events of one instant keep their order.
fn newest_first(mut nodes: Vec<TrackingNode>) -> Vec<TrackingNodeView> {
    nodes.sort_by_key(|node| std::cmp::Reverse(node.at));
    nodes
        .into_iter()
        .map(|node| TrackingNodeView {
            at: Some(node.at),
            name: node.tracking_name,
            description: node.tracking_detail_desc,
        })
        .collect()
}

pub(super) fn parcels(parcels: Vec<Parcel>) -> Vec<ParcelView> {
    parcels
        .into_iter()
        .map(|parcel| ParcelView {
            number: parcel.mail_no,
            carrier: parcel.carrier_name,
            expected_at: parcel.eta,
            events: newest_first(parcel.nodes),
            items: parcel
                .items
                .into_iter()
                .map(|item| ParcelItemView {
                    title: item.item_title,
                    variant: item.sku_desc,
                    quantity: item.quantity,
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_is_delivered_when_its_newest_event_says_so() {
        for (name, expected) in [
            ("Delivered", true),
            ("Package delivered to the recipient", true),
            ("Colis livré", true),
            ("Out for delivery", false),
            ("Delivery update", false),
            ("Could not be delivered", false),
            ("Colis non livré", false),
        ] {
            assert_eq!(tells_of_delivery(Some(name)), expected, "{name}");
        }
        let kept = |status: &str, newest: [&str; 2]| {
            let parcel = |name: &str| {
                serde_json::json!({
                    "number": null, "carrier": null, "expected_at": null, "items": [], "events": [
                        { "at": "2026-11-20T00:00:00Z", "name": name, "description": null },
                        { "at": "2026-11-10T00:00:00Z", "name": "In transit", "description": null },
                    ],
                })
            };
            let kept = serde_json::json!({
                "order": {
                    "status": status, "logistics_status": null, "store_name": null, "amount": null, "created": null,
                    "paid_at": null, "pay_timeout_seconds": null, "lines": [],
                },
                "parcels": newest.map(parcel),
            });
            serde_json::from_value::<Kept>(kept).unwrap().moments()
        };
        assert!(kept("WAIT_BUYER_ACCEPT_GOODS", ["Delivered", "Delivered"]).delivered);
        assert!(!kept("WAIT_BUYER_ACCEPT_GOODS", ["Delivered", "In transit"]).delivered);
        assert!(!kept("SELLER_PART_SEND_GOODS", ["Delivered", "Delivered"]).delivered);
    }

    #[test]
    fn both_forms_of_time_mean_the_same_moment() {
        let with_zone = offset_time("2026-01-05T21:01:10-08:00[America/Los_Angeles]");
        assert_eq!(with_zone, "2026-01-06T05:01:10Z".parse().ok());
        assert_eq!(pacific("2026-01-05 21:01:10"), with_zone);
        assert_eq!(pacific("soon"), None);
        assert_eq!(offset_time("soon"), None);
    }
}
