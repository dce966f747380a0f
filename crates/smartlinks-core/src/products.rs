//! Finding and inspecting products: search, one product, freight.

use aliexpress::Money;
use aliexpress::dropshipping::freight::DeliveryOption;
use aliexpress::dropshipping::product::{Product, Sku};
use aliexpress::dropshipping::text_search::{SearchProduct, Sort as UpstreamSort};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::service::Core;
use crate::settings::Market;

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
    const fn upstream(self) -> UpstreamSort {
        match self {
            Self::Orders => UpstreamSort::OrdersDescending,
            Self::PriceUp => UpstreamSort::PriceAscending,
            Self::PriceDown => UpstreamSort::PriceDescending,
        }
    }
}

/// A search.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Words.
    pub words: String,
    /// Destination; the market's when `None`.
    pub ship_to: Option<String>,
    /// Currency; the market's when `None`.
    pub currency: Option<String>,
    /// Language; the market's when `None`.
    pub language: Option<String>,
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 50.
    pub page_size: Option<u32>,
    /// The order of results.
    pub sort: Sort,
    /// Which connection asks; the default one when `None`.
    pub connection: Option<String>,
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
    /// Price of the goods plus fee, decimal text; `None` when the currencies differ or one is unknown.
    #[schema(value_type = Option<String>)]
    pub landed_cost: Option<Decimal>,
}

impl Core {
    /// Searches products by words.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or overlong search or an unknown market; else as [`Core::vend`].
    pub async fn search_products(&self, query: &SearchQuery) -> Result<SearchPage> {
        let words = query.words.trim();
        if words.is_empty() || words.chars().count() > 200 {
            return Err(Error::invalid(
                "q",
                "expected 1 to 200 characters to search for",
            ));
        }
        let market = self.market().with(
            query.ship_to.as_deref(),
            query.currency.as_deref(),
            query.language.as_deref(),
        )?;
        let page = bounded("page", query.page.unwrap_or(1), 1, 1000)?;
        let page_size = bounded("page_size", query.page_size.unwrap_or(20), 1, 50)?;
        let (market, sort) = (&market, query.sort.upstream());
        let found = self
            .with_token(query.connection.as_deref(), |client| async move {
                let search = client.dropshipping();
                let search = search.text_search().keyword(words).ship_to(&market.ship_to);
                let search = search
                    .currency(&market.currency)
                    .locale(market.locale())
                    .sort(sort);
                search.page(page).page_size(page_size).send().await
            })
            .await?;
        Ok(SearchPage {
            products: found.products.into_iter().map(hit).collect(),
            page: found.page_index,
            page_size: found.page_size,
            total: found.total_count,
            ship_to: market.ship_to.clone(),
            currency: market.currency.clone(),
        })
    }

    /// Shows a product with its variants.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an id that is not a number; else as [`Core::vend`].
    pub async fn product(&self, id: &str, query: &ProductQuery) -> Result<ProductView> {
        let number = product_number(id)?;
        let market = self.market_of(query)?;
        let product = self
            .fetch_product(number, &market, query.connection.as_deref())
            .await?;
        Ok(product_view(product, number, market))
    }

    /// Asks what it costs to deliver a variant.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an id, variant or quantity that cannot be; else as [`Core::vend`].
    pub async fn freight(&self, id: &str, query: &FreightQuery) -> Result<FreightQuote> {
        let product = self.product(id, &query.market).await?;
        self.freight_for(&product, query).await
    }

    /// The same for a product that was just looked up.
    ///
    /// # Errors
    /// As [`Core::freight`].
    pub async fn freight_for(
        &self,
        product: &ProductView,
        query: &FreightQuery,
    ) -> Result<FreightQuote> {
        let quantity = bounded("quantity", query.quantity.unwrap_or(1), 1, 9999)?;
        let market = self.market_of(&query.market)?;
        let number = product_number(&product.id)?;
        let sku = chosen_sku(product, query.sku.as_deref())?;
        let (market, sku_id) = (&market, sku.id.as_str());
        let options = self
            .with_token(query.market.connection.as_deref(), |client| async move {
                let freight = client.dropshipping().freight(number, sku_id);
                let freight = freight
                    .quantity(quantity)
                    .ship_to(&market.ship_to)
                    .currency(&market.currency);
                freight
                    .language(market.locale())
                    .locale(market.locale())
                    .send()
                    .await
            })
            .await?;
        let goods = sku
            .price
            .zip(sku.currency.clone())
            .map(|(amount, currency)| Money::new(amount, currency));
        let mut options: Vec<_> = options
            .into_iter()
            .map(|option| freight_option(option, goods.as_ref(), quantity))
            .collect();
        options.sort_by_key(|option| (option.fee.is_none(), option.fee));
        Ok(FreightQuote {
            product_id: product.id.clone(),
            sku: sku.id.clone(),
            quantity,
            ship_to: market.ship_to.clone(),
            currency: market.currency.clone(),
            options,
        })
    }

    async fn fetch_product(
        &self,
        number: i64,
        market: &Market,
        connection: Option<&str>,
    ) -> Result<Product> {
        self.with_token(connection, |client| async move {
            let product = client.dropshipping();
            let product = product
                .product(number)
                .ship_to(&market.ship_to)
                .currency(&market.currency);
            product.language(&market.language).send().await
        })
        .await
    }

    fn market_of(&self, query: &ProductQuery) -> Result<Market> {
        self.market().with(
            query.ship_to.as_deref(),
            query.currency.as_deref(),
            query.language.as_deref(),
        )
    }
}

/// The product number in a bare number or an AliExpress item address, if there is one.
#[must_use]
pub fn product_id_in(text: &str) -> Option<String> {
    let text = text.trim();
    if (10..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let with_scheme = if text.starts_with("//") {
        format!("https:{text}")
    } else {
        text.to_owned()
    };
    let url = Url::parse(&with_scheme)
        .or_else(|_| Url::parse(&format!("https://{text}")))
        .ok()?;
    let host = url.host_str()?;
    let ours = ["aliexpress.com", "aliexpress.us", "aliexpress.ru"];
    if !ours.iter().any(|domain| {
        host == *domain
            || host
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'))
    }) {
        return None;
    }
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let digits = last.strip_suffix(".html").unwrap_or(last);
    (digits.len() >= 5 && digits.len() <= 19 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.to_owned())
}

fn product_number(id: &str) -> Result<i64> {
    id.trim()
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| {
            Error::invalid(
                "product_id",
                format!(
                    "{:?} is not an AliExpress product number",
                    crate::text::shortened(id, 30)
                ),
            )
        })
}

fn bounded(field: &'static str, value: u32, least: u32, most: u32) -> Result<u32> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::invalid(
        field,
        format!("{value} is not between {least} and {most}"),
    ))
}

fn chosen_sku<'a>(product: &'a ProductView, wanted: Option<&str>) -> Result<&'a SkuView> {
    match wanted.map(str::trim).filter(|text| !text.is_empty()) {
        Some(wanted) => product
            .skus
            .iter()
            .find(|sku| sku.id == wanted)
            .ok_or_else(|| {
                Error::invalid(
                    "sku",
                    format!(
                        "{:?} is not a variant of this product",
                        crate::text::shortened(wanted, 30)
                    ),
                )
            }),
        None => product
            .skus
            .iter()
            .find(|sku| sku.stock != Some(0))
            .or_else(|| product.skus.first())
            .ok_or_else(|| Error::invalid("sku", "this product has no variants")),
    }
}

fn hit(product: SearchProduct) -> SearchHit {
    let target = product.target_sale_price.is_some();
    SearchHit {
        id: product.item_id.to_string(),
        title: product.title,
        image: product.item_main_pic.map(with_scheme),
        price: product.target_sale_price.or(product.sale_price),
        original_price: if target {
            product.target_original_price
        } else {
            product.original_price
        },
        currency: if target {
            product.target_currency
        } else {
            product.sale_price_currency
        },
        discount: product.discount.filter(|text| text != "0%"),
        rating: product.score,
        orders: product.orders,
    }
}

/// Some addresses of the gateway start with `//`.
fn with_scheme(address: String) -> String {
    if address.starts_with("//") {
        format!("https:{address}")
    } else {
        address
    }
}

fn product_view(product: Product, number: i64, market: Market) -> ProductView {
    ProductView {
        id: number.to_string(),
        title: product.subject,
        status: product.status,
        category_id: product.category_id,
        rating: product.rating,
        reviews: product.evaluation_count,
        sales: product.sales_count,
        images: product.image_urls.into_iter().map(with_scheme).collect(),
        skus: product.skus.into_iter().map(sku_view).collect(),
        properties: product
            .properties
            .into_iter()
            .map(|property| SkuPropertyView {
                name: property.name,
                value: property.value.unwrap_or_default(),
                image: None,
            })
            .collect(),
        store_name: product.store.and_then(|store| store.name),
        delivery_days: product
            .logistics
            .and_then(|logistics| logistics.delivery_time),
        ship_to: market.ship_to,
        currency: market.currency,
        url: format!("https://www.aliexpress.com/item/{number}.html"),
    }
}

fn sku_view(sku: Sku) -> SkuView {
    SkuView {
        id: sku.sku_id,
        attr: sku.sku_attr,
        properties: sku
            .properties
            .into_iter()
            .map(|property| SkuPropertyView {
                name: property.name,
                value: property.value_definition.unwrap_or(property.value),
                image: property.image.map(with_scheme),
            })
            .collect(),
        price: sku.offer_sale_price.or(sku.sku_price),
        original_price: sku.sku_price,
        currency: sku.currency_code,
        stock: sku.available_stock,
    }
}

fn freight_option(option: DeliveryOption, goods: Option<&Money>, quantity: u32) -> FreightOption {
    let fee = option.fee.or(option.free_shipping.then_some(Decimal::ZERO));
    let landed_cost = goods.zip(fee).and_then(|(goods, fee)| {
        let same = fee.is_zero() || option.fee_currency.as_deref() == Some(goods.currency.as_str());
        same.then(|| {
            goods
                .amount
                .checked_mul(Decimal::from(quantity))?
                .checked_add(fee)
        })
        .flatten()
    });
    FreightOption {
        code: option.code,
        company: option.company,
        fee,
        currency: option.fee_currency,
        free: option.free_shipping,
        min_days: option.min_delivery_days,
        max_days: option.max_delivery_days,
        tracked: option.tracking,
        ship_from: option.ship_from_country,
        landed_cost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_product_number_in_what_people_paste() {
        for (text, id) in [
            ("1005006000000001", "1005006000000001"),
            (
                " https://www.aliexpress.com/item/1005006000000001.html?spm=a ",
                "1005006000000001",
            ),
            (
                "https://fr.aliexpress.com/item/1005006000000001.html",
                "1005006000000001",
            ),
            (
                "//m.aliexpress.com/item/1005006000000001.html",
                "1005006000000001",
            ),
            ("aliexpress.com/item/32800000000.html", "32800000000"),
            (
                "https://www.aliexpress.us/item/3256800000000001.html",
                "3256800000000001",
            ),
        ] {
            assert_eq!(product_id_in(text).as_deref(), Some(id), "{text}");
        }
        for text in [
            "case",
            "2024",
            "https://evil-aliexpress.com/item/1005006000000001.html",
            "https://aliexpress.com/",
        ] {
            assert_eq!(product_id_in(text), None, "{text}");
        }
    }
}
