//! Finding and inspecting products: search, one product, freight.

mod categories;
mod charges;
mod convert;
mod feeds;
mod link;
mod pictures;
mod shelf;
mod views;

use aliexpress::dropshipping::text_search::{Filter, FilterKey};
use aliexpress::shapes::Product;

use crate::error::{Error, Result};
use crate::service::Core;
use crate::settings::Market;

pub use categories::CategoryView;
pub(crate) use charges::{above_limit, charges_on, goods_price, names_no_charges};
pub(crate) use convert::with_scheme;
use convert::{freight_option, hit, hit_of, product_view};
pub use feeds::{FeedQuery, FeedView};
pub use link::{Sought, sought};
pub use pictures::PICTURE_LIMIT;
pub(crate) use shelf::Shelf;
pub use views::{
    FreightOption, FreightQuery, FreightQuote, ProductQuery, ProductView, SearchHit, SearchPage,
    SearchQuery, SkuPropertyView, SkuView, Sort,
};

const SHORT_LINK: &str = "this is a short link, and only AliExpress knows where it leads: open it in a browser, and \
                          paste the address that it ends on";
const OTHER_PAGE: &str = "this page of AliExpress is not of one product: paste the address of a product, its number, \
                          or words";

impl Core {
    /// Searches products by words. A pasted address or number of a product finds that product.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty or overlong search, a short link, an address of no product, or an unknown
    /// market; else as [`Core::vend`].
    pub async fn search_products(&self, query: &SearchQuery) -> Result<SearchPage> {
        let words = query.words.trim();
        match sought(words) {
            Sought::Product(id) => self.found_by_number(&id, query).await,
            Sought::ShortLink => Err(Error::invalid("q", SHORT_LINK)),
            Sought::OtherPage => Err(Error::invalid("q", OTHER_PAGE)),
            Sought::Words if words.is_empty() || words.chars().count() > 200 => Err(
                Error::invalid("q", "expected 1 to 200 characters to search for"),
            ),
            Sought::Words => self.found_by_words(words, query).await,
        }
    }

    /// The one product that was meant, as a page of results.
    async fn found_by_number(&self, id: &str, query: &SearchQuery) -> Result<SearchPage> {
        let product = self.product(id, &query.market).await?;
        Ok(SearchPage {
            page: 1,
            page_size: 1,
            total: 1,
            ship_to: product.ship_to.clone(),
            currency: product.currency.clone(),
            products: vec![hit_of(product)],
        })
    }

    async fn found_by_words(&self, words: &str, query: &SearchQuery) -> Result<SearchPage> {
        let market = self.market_of(&query.market).await?;
        let page = bounded("page", query.page.unwrap_or(1), 1, 1000)?;
        let page_size = bounded("page_size", query.page_size.unwrap_or(20), 1, 50)?;
        let (market, sort) = (&market, query.sort.upstream());
        let (category, free_shipping) = (query.category, query.free_shipping);
        let found = self
            .with_token(query.market.connection.as_deref(), |client| async move {
                let search = client.dropshipping().text_search();
                let search = search
                    .keyword(words)
                    .ship_to(&market.ship_to)
                    .currency(&market.currency)
                    .locale(market.locale());
                let mut search = search
                    .sort(sort)
                    .page(page.into())
                    .page_size(page_size.into());
                if let Some(category) = category {
                    search = search.category_id(category);
                }
                if free_shipping {
                    search = search.filter(shipped_free_to(&market.ship_to));
                }
                search.send().await
            })
            .await?;
        Ok(SearchPage {
            products: found.products.into_iter().map(hit).collect(),
            page: found.page_index.unwrap_or_else(|| page.into()),
            page_size: found.page_size.unwrap_or_else(|| page_size.into()),
            total: found.total_count.unwrap_or_default(),
            ship_to: market.ship_to.clone(),
            currency: market.currency.clone(),
        })
    }

    /// Shows a product with its variants; `id` is its number or its address.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an id that is not a number; else as [`Core::vend`].
    pub async fn product(&self, id: &str, query: &ProductQuery) -> Result<ProductView> {
        let number = product_number(id)?;
        let market = self.market_of(query).await?;
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
        let market = self.market_of(&query.market).await?;
        let number = product_number(&product.id)?;
        let sku = chosen_sku(product, query.sku.as_deref())?;
        let sku_number = sku_number(&sku.id)?;
        let market = &market;
        let options = self
            .with_token(query.market.connection.as_deref(), |client| async move {
                let freight = client.dropshipping().freight_query();
                let freight = freight
                    .product_id(number)
                    .sku_id(sku_number)
                    .quantity(quantity.into())
                    .ship_to(&market.ship_to)
                    .currency(&market.currency);
                freight
                    .language(market.locale())
                    .locale(market.locale())
                    .send()
                    .await
            })
            .await?;
        let mut options: Vec<_> = options.into_iter().map(freight_option).collect();
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
            let product = client.dropshipping().product_get();
            let product = product
                .product_id(number)
                .ship_to(&market.ship_to)
                .currency(&market.currency);
            product.language(&market.language).send().await
        })
        .await
    }

    /// What a question says, and for the rest what whoever asks has chosen.
    pub(crate) async fn market_of(&self, query: &ProductQuery) -> Result<Market> {
        self.market_for(
            query.ship_to.as_deref(),
            query.currency.as_deref(),
            query.language.as_deref(),
        )
        .await
    }
}

fn shipped_free_to(country: &str) -> Filter {
    Filter::new()
        .search_key(FilterKey::FreeShipTo)
        .search_value(country)
}

/// The number in what was pasted: itself, or the address of its product.
fn product_number(pasted: &str) -> Result<i64> {
    let id = match sought(pasted) {
        Sought::Product(id) => id,
        Sought::ShortLink => return Err(Error::invalid("product_id", SHORT_LINK)),
        Sought::OtherPage => return Err(Error::invalid("product_id", OTHER_PAGE)),
        Sought::Words => pasted.trim().to_owned(),
    };
    id.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
        Error::invalid(
            "product_id",
            format!(
                "{:?} is not an AliExpress product number",
                crate::text::shortened(pasted, 30)
            ),
        )
    })
}

fn sku_number(id: &str) -> Result<i64> {
    id.parse().map_err(|_| {
        Error::invalid(
            "sku",
            "this variant has no number that AliExpress would take",
        )
    })
}

pub(crate) fn bounded(field: &'static str, value: u32, least: u32, most: u32) -> Result<u32> {
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
