//! The shapes of questions and answers about products.

use aliexpress::dropshipping::text_search::Sort as UpstreamSort;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The order of search results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Most ordered first.
    #[default]
    Orders,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
}

impl Sort {
    pub(super) const fn upstream(self) -> UpstreamSort {
        match self {
            Self::Orders => UpstreamSort::OrdersDesc,
            Self::PriceUp => UpstreamSort::MinPriceAsc,
            Self::PriceDown => UpstreamSort::MinPriceDesc,
        }
    }
}

/// A search.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Words.
    pub words: String,
    /// Only products of this category.
    pub category: Option<i64>,
    /// Only products that are sent to the destination free of charge.
    pub free_shipping: bool,
    /// Destination, currency, language and connection.
    pub market: ProductQuery,
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 50.
    pub page_size: Option<u32>,
    /// The order of results.
    pub sort: Sort,
}

/// One page of search results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchPage {
    /// The products of this page.
    pub products: Vec<SearchHit>,
    /// From 1.
    pub page: i64,
    /// How many a page holds.
    pub page_size: i64,
    /// How many there are, as the gateway counts.
    pub total: i64,
    /// Destination of the prices, ISO 3166-1 alpha-2.
    pub ship_to: String,
    /// Currency asked for, ISO 4217.
    pub currency: String,
}

/// One product of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchHit {
    /// AliExpress's product number, digits.
    pub id: String,
    /// Title in the asked language. Upstream text: escape it.
    pub title: String,
    /// Picture address.
    pub image: Option<String>,
    /// Sale price, decimal text.
    #[schema(value_type = Option<String>)]
    pub price: Option<Decimal>,
    /// Price before the discount, decimal text.
    #[schema(value_type = Option<String>)]
    pub original_price: Option<Decimal>,
    /// Currency of both prices, ISO 4217.
    pub currency: Option<String>,
    /// For example `65%`.
    pub discount: Option<String>,
    /// 0 to 5, decimal text.
    #[schema(value_type = Option<String>)]
    pub rating: Option<Decimal>,
    /// Rounded number of orders as AliExpress writes it, for example `2,000+`.
    pub orders: Option<String>,
    /// Commission on a sale, for example `7.0%`; among hot products only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_rate: Option<String>,
    /// Tracked link to it; where a tracking id was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion_link: Option<String>,
}

/// Which product, and for whom.
#[derive(Debug, Clone, Default)]
pub struct ProductQuery {
    /// Destination; the market's when `None`.
    pub ship_to: Option<String>,
    /// Currency; the market's when `None`.
    pub currency: Option<String>,
    /// Language; the market's when `None`.
    pub language: Option<String>,
    /// Which connection asks; the default one when `None`.
    pub connection: Option<String>,
}

/// One product with its variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProductView {
    /// AliExpress's product number, digits.
    pub id: String,
    /// Title in the asked language. Upstream text: escape it.
    pub title: String,
    /// `onSelling`, `offline`, …
    pub status: Option<String>,
    /// AliExpress's category number.
    pub category_id: Option<i64>,
    /// 0 to 5, decimal text.
    #[schema(value_type = Option<String>)]
    pub rating: Option<Decimal>,
    /// How many buyers have rated it.
    pub reviews: Option<i64>,
    /// Rounded number of sales as AliExpress writes it.
    pub sales: Option<String>,
    /// Picture addresses.
    pub images: Vec<String>,
    /// The variants.
    pub skus: Vec<SkuView>,
    /// Material, brand and the like.
    pub properties: Vec<SkuPropertyView>,
    /// Name of the AliExpress shop.
    pub store_name: Option<String>,
    /// Days until delivery as the product says, when it says so.
    pub delivery_days: Option<i64>,
    /// Destination of the prices, ISO 3166-1 alpha-2.
    pub ship_to: String,
    /// Currency asked for, ISO 4217.
    pub currency: String,
    /// The product's page at AliExpress.
    pub url: String,
}

/// One variant of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkuView {
    /// Number of the variant, digits: what freight wants.
    pub id: String,
    /// The variant in AliExpress's own notation: what placing an order wants. Empty when there is only one.
    pub attr: String,
    /// Colour, size and the like.
    pub properties: Vec<SkuPropertyView>,
    /// Price to pay for one, decimal text.
    #[schema(value_type = Option<String>)]
    pub price: Option<Decimal>,
    /// Price before the discount, decimal text.
    #[schema(value_type = Option<String>)]
    pub original_price: Option<Decimal>,
    /// Currency of both prices, ISO 4217.
    pub currency: Option<String>,
    /// How many are left; `None` when the gateway did not say.
    pub stock: Option<i64>,
    /// Whether the price holds the tax of the destination; `None` when the gateway did not say.
    #[serde(default)]
    pub tax_included: Option<bool>,
    /// Tax on one that comes on top of the price, decimal text.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub tax: Option<Decimal>,
    /// Currency of the tax, ISO 4217; that of the prices when `None`.
    #[serde(default)]
    pub tax_currency: Option<String>,
    /// Import charges on one that come on top of the price, in its currency, decimal text; `None` when the price holds
    /// them.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub import_charges: Option<Decimal>,
    /// How many are sold at `price` while a promotion limits that.
    #[serde(default)]
    pub promotion_limit: Option<i64>,
    /// Above `promotion_limit` nothing is sold at all; otherwise the rest costs `original_price`.
    #[serde(default)]
    pub promotion_limit_is_hard: bool,
}

/// A property and its value. Upstream text: escape it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkuPropertyView {
    /// For example `Color`.
    pub name: String,
    /// For example `Oak`.
    pub value: String,
    /// A picture of this variant.
    pub image: Option<String>,
}

/// What to ask about freight.
#[derive(Debug, Clone, Default)]
pub struct FreightQuery {
    /// The variant; the first one in stock when `None`.
    pub sku: Option<String>,
    /// How many, 1 to 9999. One when `None`.
    pub quantity: Option<u32>,
    /// Destination, currency, language and connection.
    pub market: ProductQuery,
}

/// Freight for one variant, quantity and destination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FreightQuote {
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// Destination, ISO 3166-1 alpha-2.
    pub ship_to: String,
    /// Currency asked for, ISO 4217.
    pub currency: String,
    /// The ways to deliver, cheapest first.
    pub options: Vec<FreightOption>,
}

/// One way to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FreightOption {
    /// What placing an order wants as the logistics service.
    pub code: String,
    /// Name of the carrier. Upstream text: escape it.
    pub company: String,
    /// The fee in whole units, decimal text; `0` when free; `None` when the gateway did not say.
    #[schema(value_type = Option<String>)]
    pub fee: Option<Decimal>,
    /// Currency of the fee, ISO 4217.
    pub currency: Option<String>,
    /// Free of charge.
    pub free: bool,
    /// Fewest days.
    pub min_days: Option<i64>,
    /// Most days.
    pub max_days: Option<i64>,
    /// Whether the parcel can be followed.
    pub tracked: bool,
    /// Where it is sent from, ISO 3166-1 alpha-2.
    pub ship_from: Option<String>,
}
