//! The shapes of imported products in answers.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smartlinks_store::{
    Availability, CatalogueEntry, CatalogueProduct, CatalogueSku, CatalogueState, Inconsistency,
    ListedProduct, Replacement, StoreError,
};
use utoipa::ToSchema;

use crate::clock::from_millis;
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::products::SkuPropertyView;

/// From the lowest to the highest amount of the variants that the merchant sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoneyRange {
    /// Whole units, decimal text.
    #[schema(value_type = String)]
    pub lowest: Decimal,
    /// Whole units, decimal text.
    #[schema(value_type = String)]
    pub highest: Decimal,
    /// ISO 4217.
    pub currency: String,
}

/// An imported product in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueSummary {
    /// `prod_…`; survives everything that happens to the product.
    pub id: String,
    /// The connection it was imported with.
    pub connection: String,
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// The merchant's title.
    pub title: String,
    /// AliExpress's title. Upstream text: escape it.
    pub source_title: String,
    /// `listed`, `held` (waits for a person) or `unpublished`.
    #[schema(value_type = String)]
    pub state: CatalogueState,
    /// What AliExpress last said of it: `on_sale`, `not_found`, `not_sold_here`, `not_for_app` or `offline`.
    #[schema(value_type = String)]
    pub availability: Availability,
    /// The merchant's labels.
    pub labels: Vec<String>,
    /// Address of its first picture.
    pub image: Option<String>,
    /// Name of the AliExpress shop. Upstream text: escape it.
    pub shop: Option<String>,
    /// Country that costs are for, ISO 3166-1 alpha-2.
    pub ship_to: String,
    /// Currency that costs were asked for in, ISO 4217.
    pub currency: String,
    /// Language of AliExpress's title.
    pub language: String,
    /// The price rule of its own, `rule_…`; the default one when null.
    pub rule: Option<String>,
    /// How many variants the merchant sells: chosen, and named by AliExpress.
    pub variants: usize,
    /// How many variants there are in all.
    pub of_variants: usize,
    /// How many of those that the merchant sells are in stock, or may be.
    pub in_stock: usize,
    /// How many of those that the merchant sells have no price.
    pub unpriced: usize,
    /// What those that the merchant sells cost at AliExpress; null when that is unknown or in several currencies.
    pub cost: Option<MoneyRange>,
    /// What they sell for; null when they have no price or prices in several currencies.
    pub price: Option<MoneyRange>,
    /// When AliExpress was last asked about it. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<Timestamp>,
    /// When it was imported. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub added_at: Option<Timestamp>,
    /// When anything of it last changed. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
    /// The product's page at AliExpress.
    pub url: String,
}

/// Imported products, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CataloguePage {
    /// The products of this page.
    pub products: Vec<CatalogueSummary>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// How many products are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateCount {
    /// `listed`, `held` or `unpublished`.
    #[schema(value_type = String)]
    pub state: CatalogueState,
    /// How many.
    pub products: i64,
}

/// What only one product's page shows. Upstream texts: escape them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueFacts {
    /// Picture addresses.
    pub images: Vec<String>,
    /// AliExpress's category number.
    pub category_id: Option<i64>,
    /// Material, brand and the like.
    pub properties: Vec<SkuPropertyView>,
    /// 0 to 5, decimal text.
    #[schema(value_type = Option<String>)]
    pub rating: Option<Decimal>,
    /// How many buyers have rated it.
    pub reviews: Option<i64>,
    /// Rounded number of sales as AliExpress writes it.
    pub sales: Option<String>,
    /// Days until delivery as the product says, when it says so.
    pub delivery_days: Option<i64>,
}

/// An imported product with its variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueDetail {
    /// The facts of the list.
    #[serde(flatten)]
    pub summary: CatalogueSummary,
    /// Its variants.
    pub skus: Vec<CatalogueSkuView>,
    /// Everything else.
    #[serde(flatten)]
    pub facts: CatalogueFacts,
}

/// One variant of an imported product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueSkuView {
    /// Number of the variant, digits.
    pub id: String,
    /// The variant in AliExpress's own notation.
    pub attr: String,
    /// Colour, size and the like. Upstream text: escape it.
    pub properties: Vec<SkuPropertyView>,
    /// Address of its picture.
    pub image: Option<String>,
    /// The merchant's own code.
    pub own_code: Option<String>,
    /// The merchant sells it.
    pub chosen: bool,
    /// What one costs at AliExpress.
    pub cost: Option<MoneyView>,
    /// How many are left; null when AliExpress did not say.
    pub stock: Option<i64>,
    /// What the merchant sells one for.
    pub price: Option<MoneyView>,
    /// The merchant has set the price by hand: price rules leave it alone.
    pub price_by_hand: bool,
    /// Since when AliExpress does not name it any more. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub gone_at: Option<Timestamp>,
    /// What could take its place.
    pub replacement: Option<ReplacementView>,
    /// What a person has chosen in its place: orders for it are orders for that. Of one product alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
}

/// How the watch of one product stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductWatchView {
    /// When AliExpress is asked next. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_check_at: Option<Timestamp>,
    /// How often in a row it could not be asked.
    pub failures: i64,
    /// Why not, a stable word.
    pub problem: Option<String>,
}

/// What could take the place of a variant that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplacementView {
    /// Number of the variant.
    pub sku: String,
    /// Why this one, a stable word.
    pub reason: String,
    /// 0 to 100.
    pub confidence: i64,
}

/// Whether the merchant sells a variant: chosen, and named by AliExpress.
pub(super) const fn is_sold(sku: &CatalogueSku) -> bool {
    sku.chosen && sku.gone_at.is_none()
}

pub(super) fn listed(listed: ListedProduct) -> Result<CatalogueSummary> {
    summary(listed.product, &listed.skus)
}

pub(super) fn detail(entry: CatalogueEntry) -> Result<CatalogueDetail> {
    let facts = facts(&entry)?;
    let id = entry.product.id.clone();
    let skus = entry.skus.iter().map(|sku| sku_view(sku, id.as_str()));
    Ok(CatalogueDetail {
        skus: skus.collect::<Result<_>>()?,
        summary: summary(entry.product, &entry.skus)?,
        facts,
    })
}

fn facts(entry: &CatalogueEntry) -> Result<CatalogueFacts> {
    serde_json::from_str(&entry.details_json).map_err(|_| {
        wrong(
            "catalogue_details",
            "details_json",
            entry.product.id.as_str(),
        )
    })
}

fn summary(product: CatalogueProduct, skus: &[CatalogueSku]) -> Result<CatalogueSummary> {
    let id = product.id.as_str();
    let sold: Vec<_> = skus.iter().filter(|sku| is_sold(sku)).collect();
    let (mut costs, mut prices) = (Vec::new(), Vec::new());
    for sku in &sold {
        costs.push(cost(sku, id)?);
        prices.push(price(sku, id)?);
    }
    Ok(CatalogueSummary {
        variants: sold.len(),
        of_variants: skus.len(),
        in_stock: sold.iter().filter(|sku| sku.stock != Some(0)).count(),
        unpriced: prices.iter().filter(|price| price.is_none()).count(),
        cost: range(costs),
        price: range(prices),
        url: format!(
            "https://www.aliexpress.com/item/{}.html",
            product.product_id
        ),
        id: product.id.into(),
        connection: product.connection.into(),
        product_id: product.product_id,
        title: product.title,
        source_title: product.source_title,
        state: product.state,
        availability: product.availability,
        labels: product.labels,
        image: product.image,
        shop: product.shop,
        ship_to: product.ship_to,
        currency: product.currency,
        language: product.language,
        rule: product.rule.map(Into::into),
        checked_at: from_millis(product.checked_at),
        added_at: from_millis(product.added_at),
        updated_at: from_millis(product.updated_at),
    })
}

/// The known amounts, when there are any and all have one currency.
fn range(amounts: Vec<Option<MoneyView>>) -> Option<MoneyRange> {
    let mut amounts = amounts.into_iter().flatten();
    let first = amounts.next()?;
    let mut range = MoneyRange {
        lowest: first.amount,
        highest: first.amount,
        currency: first.currency,
    };
    for money in amounts {
        if money.currency != range.currency {
            return None;
        }
        range.lowest = range.lowest.min(money.amount);
        range.highest = range.highest.max(money.amount);
    }
    Some(range)
}

pub(super) fn sku_view(sku: &CatalogueSku, product: &str) -> Result<CatalogueSkuView> {
    Ok(CatalogueSkuView {
        id: sku.sku_id.clone(),
        attr: sku.attr.clone(),
        properties: properties(sku, product)?,
        image: sku.image.clone(),
        own_code: sku.own_code.clone(),
        chosen: sku.chosen,
        cost: cost(sku, product)?,
        stock: sku.stock,
        price: price(sku, product)?,
        price_by_hand: sku.price_by_hand,
        gone_at: sku.gone_at.and_then(from_millis),
        replacement: sku.replacement.as_ref().map(replacement),
        replaced_by: None,
    })
}

fn replacement(replacement: &Replacement) -> ReplacementView {
    ReplacementView {
        sku: replacement.sku_id.clone(),
        reason: replacement.reason.clone(),
        confidence: replacement.confidence,
    }
}

pub(super) fn properties(sku: &CatalogueSku, product: &str) -> Result<Vec<SkuPropertyView>> {
    serde_json::from_str(&sku.properties_json)
        .map_err(|_| wrong("catalogue_skus", "properties_json", product))
}

pub(super) fn cost(sku: &CatalogueSku, product: &str) -> Result<Option<MoneyView>> {
    money(sku.cost.as_deref(), sku.currency.as_deref())
        .ok_or_else(|| wrong("catalogue_skus", "cost", product))
}

pub(super) fn price(sku: &CatalogueSku, product: &str) -> Result<Option<MoneyView>> {
    money(sku.price.as_deref(), sku.price_currency.as_deref())
        .ok_or_else(|| wrong("catalogue_skus", "price", product))
}

/// The amount in two columns, or that there is none; nothing when they make no sense.
fn money(amount: Option<&str>, currency: Option<&str>) -> Option<Option<MoneyView>> {
    let (Some(amount), Some(currency)) = (amount, currency) else {
        return Some(None);
    };
    Some(Some(MoneyView {
        amount: amount.parse().ok()?,
        currency: currency.to_owned(),
    }))
}

/// A row that holds what no version of this program writes.
pub(super) fn wrong(table: &'static str, column: &'static str, id: &str) -> Error {
    Error::Storage(StoreError::Corrupt(Inconsistency {
        table,
        column,
        id: id.to_owned(),
    }))
}
