//! `aliexpress.ds.freight.query`: delivery options and fees for one variant, quantity and country.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.ds.freight.query".

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Answer, Authority, Exchange, Refused};
use crate::error::RequestError;
use crate::{Client, Error, decode};

const METHOD: &str = "aliexpress.ds.freight.query";

/// A question for delivery options. Made by [`Dropshipping::freight`](super::Dropshipping::freight).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct FreightQuery<'c> {
    client: &'c Client,
    product_id: i64,
    sku_id: String,
    quantity: u32,
    ship_to: Option<String>,
    currency: Option<String>,
    language: String,
    locale: String,
    province_code: Option<String>,
    city_code: Option<String>,
}

impl<'c> FreightQuery<'c> {
    pub(super) fn new(client: &'c Client, product_id: i64, sku_id: String) -> Self {
        Self {
            client,
            product_id,
            sku_id,
            quantity: 1,
            ship_to: None,
            currency: None,
            language: "en_US".to_owned(),
            locale: "en_US".to_owned(),
            province_code: None,
            city_code: None,
        }
    }

    /// Units (`quantity`). 1 when not given.
    pub fn quantity(mut self, quantity: u32) -> Self {
        self.quantity = quantity;
        self
    }

    /// Country of delivery, ISO 3166-1 alpha-2 (`shipToCountry`). Required.
    pub fn ship_to(mut self, country: impl Into<String>) -> Self {
        self.ship_to = Some(country.into());
        self
    }

    /// Currency of the fees, ISO 4217 (`currency`). Required.
    pub fn currency(mut self, currency: impl Into<String>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Language such as `fr_FR` (`language`). `en_US` when not given.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// Locale such as `fr_FR` (`locale`). `en_US` when not given.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = locale.into();
        self
    }

    /// Province, by the platform's own code (`provinceCode`). Matters for items shipped inside the country.
    pub fn province_code(mut self, code: impl Into<String>) -> Self {
        self.province_code = Some(code.into());
        self
    }

    /// City, by the platform's own code (`cityCode`).
    pub fn city_code(mut self, code: impl Into<String>) -> Self {
        self.city_code = Some(code.into());
        self
    }

    /// Asks for the options. A read; 350 calls per second.
    ///
    /// # Errors
    /// [`Error::Business`] with 501 (`DELIVERY_INFO_EMPTY`, often a wrong SKU id) or 505
    /// (`DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS`), and everything else in [`Error`].
    pub async fn send(self) -> Result<Vec<DeliveryOption>, Error> {
        let parameters = vec![(Cow::Borrowed("queryDeliveryReq"), self.query()?)];
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<FreightAnswer>,
            )
            .await
    }

    fn query(&self) -> Result<String, RequestError> {
        let sku_id = check::required("sku_id", Some(&self.sku_id))?;
        let query = Query {
            product_id: check::id("product_id", self.product_id)?.to_string(),
            selected_sku_id: sku_id,
            quantity: check::count("quantity", self.quantity)?.to_string(),
            ship_to_country: check::country("ship_to", self.ship_to.as_deref())?,
            currency: check::currency("currency", self.currency.as_deref())?,
            language: check::required("language", Some(&self.language))?,
            locale: check::required("locale", Some(&self.locale))?,
            province_code: check::present(self.province_code.as_deref()),
            city_code: check::present(self.city_code.as_deref()),
        };
        serde_json::to_string(&query)
            .map_err(|_| RequestError::new("freight", "cannot be written as JSON"))
    }
}

/// The JSON parameter. Numbers go as text, as in the official demo.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    product_id: String,
    selected_sku_id: &'a str,
    quantity: String,
    ship_to_country: String,
    currency: String,
    language: &'a str,
    locale: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    province_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city_code: Option<&'a str>,
}

/// One way to have it delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeliveryOption {
    /// Name of the service for an order (`logistics_service_name`), such as `CAINIAO_STANDARD`.
    #[serde(deserialize_with = "decode::id_text")]
    pub code: String,
    /// Name of the service for people.
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    pub company: String,
    /// Fee in major units, whatever its gateway name `shipping_fee_cent` says. `None` when delivery is free.
    #[serde(
        alias = "shipping_fee_cent",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub fee: Option<Decimal>,
    /// Currency of the fee.
    #[serde(
        alias = "shipping_fee_currency",
        default,
        deserialize_with = "decode::text"
    )]
    pub fee_currency: Option<String>,
    /// The fee as localised text, such as `2,35€`.
    #[serde(
        alias = "shipping_fee_format",
        default,
        deserialize_with = "decode::text"
    )]
    pub fee_format: Option<String>,
    /// Whether delivery is free.
    #[serde(default, deserialize_with = "decode::flag")]
    pub free_shipping: bool,
    /// Value of goods above which it is free, as localised text.
    #[serde(default, deserialize_with = "decode::text")]
    pub free_shipping_threshold: Option<String>,
    /// Whether the platform may pay the delivery (`mayHavePFS`).
    #[serde(alias = "mayHavePFS", default, deserialize_with = "decode::flag")]
    pub may_have_pfs: bool,
    /// Days, at best.
    #[serde(default, deserialize_with = "decode::loose_int")]
    pub min_delivery_days: Option<i64>,
    /// Days, at worst.
    #[serde(default, deserialize_with = "decode::loose_int")]
    pub max_delivery_days: Option<i64>,
    /// Days after which the buyer has a claim.
    #[serde(default, deserialize_with = "decode::loose_int")]
    pub guaranteed_delivery_days: Option<i64>,
    /// When it should arrive, as localised text.
    #[serde(default, deserialize_with = "decode::text")]
    pub delivery_date_desc: Option<String>,
    /// Where it is sent from.
    #[serde(default, deserialize_with = "decode::text")]
    pub ship_from_country: Option<String>,
    /// Whether the parcel can be tracked.
    #[serde(default, deserialize_with = "decode::flag")]
    pub tracking: bool,
    /// Units in stock for this service.
    #[serde(default, deserialize_with = "decode::loose_int")]
    pub available_stock: Option<i64>,
    /// Whether the fee includes value added tax (`ddpIncludeVATTax`).
    #[serde(
        alias = "ddpIncludeVATTax",
        default,
        deserialize_with = "decode::boolean"
    )]
    pub includes_vat: Option<bool>,
}

#[derive(Deserialize)]
struct FreightAnswer {
    result: Option<FreightResult>,
}

#[derive(Deserialize)]
struct FreightResult {
    #[serde(default, deserialize_with = "decode::boolean")]
    success: Option<bool>,
    #[serde(default, deserialize_with = "decode::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "decode::list")]
    delivery_options: Vec<DeliveryOption>,
}

impl Answer for FreightAnswer {
    type Value = Vec<DeliveryOption>;

    fn into_value(self) -> Result<Vec<DeliveryOption>, Refused> {
        let result = self.result.ok_or(Refused::Missing("result"))?;
        let succeeded = match (result.success, result.code.as_deref()) {
            (Some(success), _) => success,
            (None, Some(code)) => code == "200",
            (None, None) if result.delivery_options.is_empty() => {
                return Err(Refused::Missing("result.success"));
            }
            (None, None) => true,
        };
        if succeeded {
            return Ok(result.delivery_options);
        }
        Err(Refused::Business {
            code: result.code,
            message: result.msg,
        })
    }
}
