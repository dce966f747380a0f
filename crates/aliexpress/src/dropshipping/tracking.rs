//! `aliexpress.ds.order.tracking.get`: parcels and tracking events of one order.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.ds.order.tracking.get".

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Answer, Authority, Exchange, Parameters, Refused};
use crate::error::RequestError;
use crate::{Client, Error, decode};

const METHOD: &str = "aliexpress.ds.order.tracking.get";

/// A question for the parcels of an order. Made by [`Dropshipping::tracking`](super::Dropshipping::tracking).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct TrackingQuery<'c> {
    client: &'c Client,
    order_id: i64,
    language: String,
}

impl<'c> TrackingQuery<'c> {
    pub(super) fn new(client: &'c Client, order_id: i64) -> Self {
        Self {
            client,
            order_id,
            language: "en_US".to_owned(),
        }
    }

    /// Language of the events, such as `fr_FR` (`language`). `en_US` when not given.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// Asks for the parcels. A read; 100 calls per second.
    ///
    /// # Errors
    /// [`Error::Business`] with 1001 while nothing is known yet, and everything else in [`Error`].
    pub async fn send(self) -> Result<Vec<Parcel>, Error> {
        let parameters = self.parameters()?;
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<TrackingAnswer>,
            )
            .await
    }

    fn parameters(&self) -> Result<Parameters, RequestError> {
        let order_id = check::id("order_id", self.order_id)?;
        let language = check::required("language", Some(&self.language))?;
        Ok(vec![
            (Cow::Borrowed("ae_order_id"), order_id.to_string()),
            (Cow::Borrowed("language"), language.to_owned()),
        ])
    }
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parcel {
    /// Number of the parcel at the carrier.
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    pub mail_no: String,
    /// Name of the carrier.
    #[serde(default, deserialize_with = "decode::text")]
    pub carrier_name: Option<String>,
    /// When it should arrive (`eta_time_stamps`, milliseconds on the wire).
    #[serde(
        alias = "eta_time_stamps",
        default,
        deserialize_with = "decode::optional_instant"
    )]
    pub eta: Option<Timestamp>,
    /// What happened, newest first.
    #[serde(alias = "detail_node_list", default, deserialize_with = "newest_first")]
    pub nodes: Vec<TrackingNode>,
    /// What is inside; often not known.
    #[serde(
        alias = "package_item_list",
        default,
        deserialize_with = "decode::list"
    )]
    pub items: Vec<ParcelItem>,
}

/// Something that happened to a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrackingNode {
    /// When (`time_stamp`, milliseconds on the wire).
    #[serde(alias = "time_stamp", deserialize_with = "decode::instant")]
    pub at: Timestamp,
    /// In a word or two (`tracking_name`).
    #[serde(
        alias = "tracking_name",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub name: String,
    /// In a sentence (`tracking_detail_desc`).
    #[serde(
        alias = "tracking_detail_desc",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub description: String,
}

/// Something inside a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParcelItem {
    /// Product id (`item_id`).
    #[serde(alias = "item_id", default, deserialize_with = "decode::int")]
    pub product_id: Option<i64>,
    /// Id of the variant, digits.
    #[serde(default, deserialize_with = "decode::optional_id_text")]
    pub sku_id: Option<String>,
    /// The variant in words.
    #[serde(default, deserialize_with = "decode::text")]
    pub sku_desc: Option<String>,
    /// Title of the product (`item_title`).
    #[serde(alias = "item_title", default, deserialize_with = "decode::text")]
    pub title: Option<String>,
    /// Units.
    #[serde(default, deserialize_with = "decode::int")]
    pub quantity: Option<i64>,
}

/// The gateway already sends the newest first; this makes sure of it. Events of one instant keep their order.
fn newest_first<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<TrackingNode>, D::Error> {
    let mut nodes: Vec<TrackingNode> = decode::list(deserializer)?;
    nodes.sort_by_key(|node| std::cmp::Reverse(node.at));
    Ok(nodes)
}

#[derive(Deserialize)]
struct TrackingAnswer {
    result: Option<TrackingResult>,
}

#[derive(Deserialize)]
struct TrackingResult {
    #[serde(default, deserialize_with = "decode::boolean")]
    ret: Option<bool>,
    #[serde(default, deserialize_with = "decode::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    msg: Option<String>,
    data: Option<TrackingData>,
}

#[derive(Deserialize)]
struct TrackingData {
    #[serde(default, deserialize_with = "decode::list")]
    tracking_detail_line_list: Vec<Parcel>,
}

impl Answer for TrackingAnswer {
    type Value = Vec<Parcel>;

    fn into_value(self) -> Result<Vec<Parcel>, Refused> {
        let result = self.result.ok_or(Refused::Missing("result"))?;
        if result.ret.is_none() && result.data.is_none() && result.code.is_none() {
            return Err(Refused::Missing("result.ret"));
        }
        let succeeded = result.ret.unwrap_or(result.data.is_some());
        if !succeeded {
            return Err(Refused::Business {
                code: result.code,
                message: result.msg,
            });
        }
        Ok(result
            .data
            .map(|data| data.tracking_detail_line_list)
            .unwrap_or_default())
    }
}
