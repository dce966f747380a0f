//! `aliexpress.ds.product.get`: one product with everything needed to sell it.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.ds.product.get".

mod wire;

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Authority, Exchange, Parameters};
use crate::error::RequestError;
use crate::{Client, Error, decode};

const METHOD: &str = "aliexpress.ds.product.get";

/// A product to be read. Made by [`Dropshipping::product`](super::Dropshipping::product).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct ProductQuery<'c> {
    client: &'c Client,
    product_id: i64,
    ship_to: Option<String>,
    currency: Option<String>,
    language: Option<String>,
}

impl<'c> ProductQuery<'c> {
    pub(super) fn new(client: &'c Client, product_id: i64) -> Self {
        Self {
            client,
            product_id,
            ship_to: None,
            currency: None,
            language: None,
        }
    }

    /// Country of delivery, ISO 3166-1 alpha-2 (`ship_to_country`). Required.
    pub fn ship_to(mut self, country: impl Into<String>) -> Self {
        self.ship_to = Some(country.into());
        self
    }

    /// Currency of the variants' prices, ISO 4217 (`target_currency`). The platform chooses when not given.
    pub fn currency(mut self, currency: impl Into<String>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Language of the texts, two letters or a locale (`target_language`). The platform chooses when not given.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Reads the product. A read; 500 calls per second.
    ///
    /// # Errors
    /// [`Error::Business`] with 602 (not for this country), 605 (no such product) or 404 (passing failure), and
    /// everything else in [`Error`].
    pub async fn send(self) -> Result<Product, Error> {
        let parameters = self.parameters()?;
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<wire::ProductAnswer>,
            )
            .await
    }

    fn parameters(&self) -> Result<Parameters, RequestError> {
        let product_id = check::id("product_id", self.product_id)?;
        let mut parameters: Parameters = vec![
            (Cow::Borrowed("product_id"), product_id.to_string()),
            (
                Cow::Borrowed("ship_to_country"),
                check::country("ship_to", self.ship_to.as_deref())?,
            ),
        ];
        if let Some(currency) = check::present(self.currency.as_deref()) {
            let currency = check::currency("currency", Some(currency))?;
            parameters.push((Cow::Borrowed("target_currency"), currency));
        }
        if let Some(language) = check::present(self.language.as_deref()) {
            parameters.push((Cow::Borrowed("target_language"), language.to_owned()));
        }
        Ok(parameters)
    }
}

/// A product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Product {
    /// Product id.
    pub product_id: i64,
    /// Title, in the language of the request where there is one.
    pub subject: String,
    /// `onSelling` while it can be bought (`product_status_type`).
    pub status: Option<String>,
    /// Category id.
    pub category_id: Option<i64>,
    /// The seller's own currency, usually CNY. Variants have their own.
    pub currency: Option<String>,
    /// Number of reviews.
    pub evaluation_count: Option<i64>,
    /// Rounded number of sales, such as `5000+`.
    pub sales_count: Option<String>,
    /// Average rating from 0.0 to 5.0 (`avg_evaluation_rating`).
    pub rating: Option<Decimal>,
    /// Description as HTML, often large (`detail`). Foreign HTML: clean it before showing it.
    pub detail_html: Option<String>,
    /// Description for phones, JSON text or HTML.
    pub mobile_detail: Option<String>,
    /// Addresses of the pictures, main picture first.
    pub image_urls: Vec<String>,
    /// Videos.
    pub videos: Vec<Video>,
    /// Variants. Never shown in a documented order.
    pub skus: Vec<Sku>,
    /// Properties such as brand and material.
    pub properties: Vec<Property>,
    /// Size and weight of the parcel.
    pub package: Option<Package>,
    /// Delivery in short; ask [`freight`](super::Dropshipping::freight) for options.
    pub logistics: Option<Logistics>,
    /// The store that sells it.
    pub store: Option<Store>,
    /// Who makes it: a contact for product safety in the EU. May be personal data.
    pub manufacturer: Option<Manufacturer>,
    /// Whether some variant has wholesale prices.
    pub has_wholesale: Option<bool>,
    /// The product's id before it was split by country (`main_product_id`).
    pub main_product_id: Option<i64>,
    /// Ids per country as JSON text, such as `{"US":3256800000000000}`.
    pub sub_product_id: Option<String>,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sku {
    /// Id of the variant, digits: goes into [`freight`](super::Dropshipping::freight).
    #[serde(deserialize_with = "decode::id_text")]
    pub sku_id: String,
    /// The variant in words, `14:29#Oak;183:200007741`: goes into an order. Empty when there is one variant only.
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    pub sku_attr: String,
    /// List price.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub sku_price: Option<Decimal>,
    /// What a buyer pays now.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub offer_sale_price: Option<Decimal>,
    /// What a buyer of `bulk_order_quantity` units pays for each.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub offer_bulk_sale_price: Option<Decimal>,
    /// Units needed for the bulk price (`sku_bulk_order`).
    #[serde(alias = "sku_bulk_order", default, deserialize_with = "decode::int")]
    pub bulk_order_quantity: Option<i64>,
    /// Price for the dropshipping channel.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub channel_discount_price: Option<Decimal>,
    /// Currency of every price here.
    #[serde(default, deserialize_with = "decode::text")]
    pub currency_code: Option<String>,
    /// Units in stock (`sku_available_stock`).
    #[serde(
        alias = "sku_available_stock",
        default,
        deserialize_with = "decode::int"
    )]
    pub available_stock: Option<i64>,
    /// Whether the prices include tax.
    #[serde(default, deserialize_with = "decode::boolean")]
    pub price_include_tax: Option<bool>,
    /// Tax on one unit.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub tax_amount: Option<Decimal>,
    /// Currency of the tax.
    #[serde(default, deserialize_with = "decode::text")]
    pub tax_currency_code: Option<String>,
    /// Import charges on top of the price; absent when the price includes them.
    #[serde(default, deserialize_with = "decode::decimal")]
    pub estimated_import_charges: Option<Decimal>,
    /// What happens above the promotion's limit: `create_order_fail` or `back_to_normal_price`.
    #[serde(default, deserialize_with = "decode::text")]
    pub limit_strategy: Option<String>,
    /// Units one buyer may have at the promotion's price.
    #[serde(default, deserialize_with = "decode::loose_int")]
    pub buy_amount_limit_set_by_promotion: Option<i64>,
    /// Bar code.
    #[serde(default, deserialize_with = "decode::text")]
    pub barcode: Option<String>,
    /// European article number.
    #[serde(default, deserialize_with = "decode::text")]
    pub ean_code: Option<String>,
    /// Colour, size and so on.
    #[serde(
        alias = "ae_sku_property_dtos",
        default,
        deserialize_with = "decode::list"
    )]
    pub properties: Vec<SkuProperty>,
    /// Prices for larger quantities (`wholesale_price_tiers`).
    #[serde(
        alias = "wholesale_price_tiers",
        default,
        deserialize_with = "decode::list"
    )]
    pub wholesale_tiers: Vec<WholesaleTier>,
}

/// One property of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SkuProperty {
    /// Such as `Color`.
    #[serde(
        alias = "sku_property_name",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub name: String,
    /// Such as `BROWN`, in the language of the request.
    #[serde(
        alias = "sku_property_value",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub value: String,
    /// The seller's own word for the value, such as `Oak`: show it instead of `value`.
    #[serde(
        alias = "property_value_definition_name",
        default,
        deserialize_with = "decode::text"
    )]
    pub value_definition: Option<String>,
    /// Address of a picture.
    #[serde(alias = "sku_image", default, deserialize_with = "decode::text")]
    pub image: Option<String>,
    /// Id of the property (`sku_property_id`).
    #[serde(alias = "sku_property_id", default, deserialize_with = "decode::int")]
    pub property_id: Option<i64>,
    /// Id of the value (`property_value_id`).
    #[serde(alias = "property_value_id", default, deserialize_with = "decode::int")]
    pub value_id: Option<i64>,
}

/// A price for a larger quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WholesaleTier {
    /// From this many units on.
    #[serde(default, deserialize_with = "decode::int")]
    pub min_quantity: Option<i64>,
    /// Price of one unit.
    #[serde(
        alias = "wholesale_price",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub price: Option<Decimal>,
    /// Discount as a fraction, 0.13 for 13 %.
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    pub discount: Option<Decimal>,
}

/// A property of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Property {
    /// Such as `Material` (`attr_name`).
    #[serde(
        alias = "attr_name",
        default,
        deserialize_with = "decode::text_or_empty"
    )]
    pub name: String,
    /// Such as `Polyester` (`attr_value`).
    #[serde(alias = "attr_value", default, deserialize_with = "decode::text")]
    pub value: Option<String>,
    /// Lower end of a range.
    #[serde(alias = "attr_value_start", default, deserialize_with = "decode::text")]
    pub value_start: Option<String>,
    /// Upper end of a range.
    #[serde(alias = "attr_value_end", default, deserialize_with = "decode::text")]
    pub value_end: Option<String>,
    /// Unit of the value.
    #[serde(alias = "attr_value_unit", default, deserialize_with = "decode::text")]
    pub unit: Option<String>,
    /// Id of the property, -1 for the seller's own.
    #[serde(alias = "attr_name_id", default, deserialize_with = "decode::int")]
    pub name_id: Option<i64>,
    /// Id of the value, -1 for the seller's own.
    #[serde(alias = "attr_value_id", default, deserialize_with = "decode::int")]
    pub value_id: Option<i64>,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Video {
    /// Address of the video (`media_url`).
    #[serde(alias = "media_url", default, deserialize_with = "decode::text")]
    pub url: Option<String>,
    /// Address of its first picture.
    #[serde(default, deserialize_with = "decode::text")]
    pub poster_url: Option<String>,
    /// Such as `MAIN_IMAGE_VIDEO`.
    #[serde(default, deserialize_with = "decode::text")]
    pub media_type: Option<String>,
    /// Such as `approved`.
    #[serde(default, deserialize_with = "decode::text")]
    pub media_status: Option<String>,
    /// Id of the video.
    #[serde(default, deserialize_with = "decode::int")]
    pub media_id: Option<i64>,
}

/// Size and weight of the parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Package {
    /// Centimetres.
    #[serde(
        alias = "package_length",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub length_cm: Option<Decimal>,
    /// Centimetres.
    #[serde(alias = "package_width", default, deserialize_with = "decode::decimal")]
    pub width_cm: Option<Decimal>,
    /// Centimetres.
    #[serde(
        alias = "package_height",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub height_cm: Option<Decimal>,
    /// Kilograms.
    #[serde(alias = "gross_weight", default, deserialize_with = "decode::decimal")]
    pub gross_weight_kg: Option<Decimal>,
    /// Whether it is sold as a lot (`package_type`).
    #[serde(alias = "package_type", default, deserialize_with = "decode::boolean")]
    pub sold_as_lot: Option<bool>,
    /// Code of the unit, 100000015 for pieces.
    #[serde(default, deserialize_with = "decode::int")]
    pub product_unit: Option<i64>,
}

/// Delivery in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Logistics {
    /// Days.
    #[serde(default, deserialize_with = "decode::int")]
    pub delivery_time: Option<i64>,
    /// Country of delivery.
    #[serde(default, deserialize_with = "decode::text")]
    pub ship_to_country: Option<String>,
}

/// A store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Store {
    /// Store id.
    #[serde(alias = "store_id", default, deserialize_with = "decode::int")]
    pub id: Option<i64>,
    /// Name.
    #[serde(alias = "store_name", default, deserialize_with = "decode::text")]
    pub name: Option<String>,
    /// Country, usable as ship-from.
    #[serde(
        alias = "store_country_code",
        default,
        deserialize_with = "decode::text"
    )]
    pub country: Option<String>,
    /// Rating from 0 to 5: item as described.
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    pub item_as_described_rating: Option<Decimal>,
    /// Rating from 0 to 5: communication.
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    pub communication_rating: Option<Decimal>,
    /// Rating from 0 to 5: shipping speed.
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    pub shipping_speed_rating: Option<Decimal>,
}

/// Contact for product safety.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manufacturer {
    /// Company.
    #[serde(default, deserialize_with = "decode::text")]
    pub name: Option<String>,
    /// Postal address.
    #[serde(default, deserialize_with = "decode::text")]
    pub address: Option<String>,
    /// E-mail address.
    #[serde(default, deserialize_with = "decode::text")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, deserialize_with = "decode::text")]
    pub phone: Option<String>,
    /// Dialling code.
    #[serde(default, deserialize_with = "decode::text")]
    pub phone_prefix: Option<String>,
    /// Country.
    #[serde(default, deserialize_with = "decode::text")]
    pub country_name: Option<String>,
}
