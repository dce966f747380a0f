//! `aliexpress.trade.ds.order.get`: one order of the account.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.trade.ds.order.get".

mod status;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Answer, Authority, Exchange, Refused};
use crate::{Client, Error, Money, decode, money};

pub use status::OrderStatus;

const METHOD: &str = "aliexpress.trade.ds.order.get";

/// An order to be read. Made by [`Dropshipping::order`](super::Dropshipping::order).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct OrderQuery<'c> {
    client: &'c Client,
    order_id: i64,
}

impl<'c> OrderQuery<'c> {
    pub(super) fn new(client: &'c Client, order_id: i64) -> Self {
        Self { client, order_id }
    }

    /// Reads the order. A read; 1000 calls per second.
    ///
    /// # Errors
    /// [`Error::Gateway`] with code 15 and `isv.insufficient-permission` for an order of another account, or one that
    /// is only seconds old: ask again for about ten seconds after placing it. Everything else in [`Error`].
    pub async fn send(self) -> Result<Order, Error> {
        let order_id = check::id("order_id", self.order_id)?;
        // Written by hand: one number needs no serializer, and the text sent is the text signed.
        let query = format!(r#"{{"order_id":{order_id}}}"#);
        let parameters = vec![(Cow::Borrowed("single_order_query"), query)];
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<OrderAnswer>,
            )
            .await
    }
}

/// An order. Nearly everything is left out in some answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// When it was placed, `yyyy-MM-dd HH:mm:ss`; the zone is not documented, probably US Pacific (`gmt_create`).
    #[serde(alias = "gmt_create", default, deserialize_with = "decode::text")]
    pub created: Option<String>,
    /// Where it stands (`order_status`).
    #[serde(alias = "order_status")]
    pub status: OrderStatus,
    /// Where the delivery stands, such as `WAIT_SELLER_SEND_GOODS`.
    #[serde(default, deserialize_with = "decode::text")]
    pub logistics_status: Option<String>,
    /// Sum of the order.
    #[serde(default, deserialize_with = "money::optional")]
    pub order_amount: Option<Money>,
    /// What the buyer pays.
    #[serde(default, deserialize_with = "money::optional")]
    pub user_order_amount: Option<Money>,
    /// Seconds from placing until an unpaid order is closed (`pay_timeout_second`).
    #[serde(
        alias = "pay_timeout_second",
        default,
        deserialize_with = "decode::int"
    )]
    pub pay_timeout_seconds: Option<i64>,
    /// When it was paid, `2026-01-02T03:04:05-08:00[America/Los_Angeles]` (`order_paidtime_string`).
    #[serde(
        alias = "order_paidtime_string",
        default,
        deserialize_with = "decode::text"
    )]
    pub paid_at: Option<String>,
    /// The store that sells it (`store_info`).
    #[serde(alias = "store_info", default)]
    pub store: Option<OrderStore>,
    /// What was ordered (`child_order_list`).
    #[serde(alias = "child_order_list", default, deserialize_with = "decode::list")]
    pub lines: Vec<OrderLine>,
    /// Parcel numbers, announced for removal: ask [`tracking`](super::Dropshipping::tracking) instead
    /// (`logistics_info_list`).
    #[serde(
        alias = "logistics_info_list",
        default,
        deserialize_with = "decode::list"
    )]
    pub logistics: Vec<OrderLogistics>,
}

/// The store of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderStore {
    /// Store id.
    #[serde(alias = "store_id", default, deserialize_with = "decode::int")]
    pub id: Option<i64>,
    /// Name.
    #[serde(alias = "store_name", default, deserialize_with = "decode::text")]
    pub name: Option<String>,
    /// Address of its page.
    #[serde(alias = "store_url", default, deserialize_with = "decode::text")]
    pub url: Option<String>,
}

/// A parcel number of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderLogistics {
    /// Delivery service (`logistics_service`).
    #[serde(
        alias = "logistics_service",
        default,
        deserialize_with = "decode::text"
    )]
    pub service: Option<String>,
    /// Number; may be an internal `AP…` or `LP…` one (`logistics_no`).
    #[serde(alias = "logistics_no", default, deserialize_with = "decode::text")]
    pub number: Option<String>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderLine {
    /// Product id.
    #[serde(default, deserialize_with = "decode::int")]
    pub product_id: Option<i64>,
    /// Id of the variant, digits.
    #[serde(default, deserialize_with = "decode::optional_id_text")]
    pub sku_id: Option<String>,
    /// Title of the product.
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    pub product_name: String,
    /// Units.
    #[serde(default, deserialize_with = "decode::int")]
    pub product_count: Option<i64>,
    /// Price of one unit.
    #[serde(default, deserialize_with = "money::optional")]
    pub product_price: Option<Money>,
    /// Price of all units.
    #[serde(default, deserialize_with = "money::optional")]
    pub sale_fee: Option<Money>,
    /// Discount on `sale_fee`.
    #[serde(default, deserialize_with = "money::optional")]
    pub sale_discount_fee: Option<Money>,
    /// Delivery before its discount.
    #[serde(default, deserialize_with = "money::optional")]
    pub shipping_fee: Option<Money>,
    /// Discount on `shipping_fee`.
    #[serde(default, deserialize_with = "money::optional")]
    pub shipping_discount_fee: Option<Money>,
    /// `shipping_fee` minus `shipping_discount_fee`.
    #[serde(default, deserialize_with = "money::optional")]
    pub actual_shipping_fee: Option<Money>,
    /// Tax.
    #[serde(default, deserialize_with = "money::optional")]
    pub actual_tax_fee: Option<Money>,
    /// `sale_fee` minus `sale_discount_fee` plus `actual_shipping_fee`.
    #[serde(default, deserialize_with = "money::optional")]
    pub actual_fee: Option<Money>,
    /// Whether the amounts include tax.
    #[serde(default, deserialize_with = "decode::boolean")]
    pub already_include_tax: Option<bool>,
    /// Whether the unit price includes tax.
    #[serde(default, deserialize_with = "decode::boolean")]
    pub price_include_tax: Option<bool>,
    /// Why the line ended, such as `CANCELED`.
    #[serde(default, deserialize_with = "decode::text")]
    pub end_reason: Option<String>,
    /// The same in words.
    #[serde(default, deserialize_with = "decode::text")]
    pub end_reason_desc: Option<String>,
}

#[derive(Deserialize)]
struct OrderAnswer {
    result: Option<Order>,
}

impl Answer for OrderAnswer {
    type Value = Order;

    fn into_value(self) -> Result<Order, Refused> {
        self.result.ok_or(Refused::Missing("result"))
    }
}
