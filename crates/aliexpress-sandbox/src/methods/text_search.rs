//! `aliexpress.ds.text.search`: products by words, priced for one destination.
//!
//! Documented: the filters of `searchExtend`, of which `free_ship_to` is played.

use super::product_view::rounded_and_grouped;
use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::addresses;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::listing::discount;
use crate::catalogue::search::{Query, SortKey};
use crate::catalogue::{Product, Sku};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::money::{self, Currency, Money};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_TEXT_SEARCH,
    traced: true,
    run,
};

const LARGEST_PAGE: usize = 50;

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let Some((sort, descending)) = sort(context.text("sortBy")).filter(|_| account.is_some())
    else {
        let code = "EXCEPTION_TEXT_SEARCH_FOR_DS";
        return Ok(Reply::failed(
            code,
            object! { "code": code, "msg": "system error" },
        ));
    };
    let number = |name: &str, default: usize| context.text(name).parse().unwrap_or(default).max(1);
    let size = number("pageSize", 20).min(LARGEST_PAGE);
    let page = number("pageIndex", 1);
    let country = countries::find(context.text("countryCode"));
    let (total, products) = country.map_or_else(
        || (0, Vec::new()),
        |country| {
            let query = Query {
                words: context.text("keyWord"),
                category: context.text("categoryId").parse().ok(),
                country,
                free_to: free_to(context.text("searchExtend")),
                sort,
                descending,
            };
            let state = context.inner.book.read();
            let skip = (page - 1).saturating_mul(size);
            context
                .inner
                .catalogue
                .search(&query, &state.changes, skip, size)
        },
    );
    let base_url = context.inner.base_url();
    let rows = country.map_or_else(Vec::new, |country| {
        let view = View::new(context, &base_url, country);
        products
            .iter()
            .map(|product| Json::from(view.row(product)))
            .collect()
    });
    Ok(Reply::ok(object! {
        "code": "00",
        "data": object! {
            "pageIndex": integer(page),
            "pageSize": integer(size),
            "totalCount": integer(total),
            "products": context.list("selection_search_product", rows),
        },
    }))
}

/// `min_price,asc` and the like. Leaving it out works here; the real search has been seen to fail then.
fn sort(text: &str) -> Option<(SortKey, bool)> {
    if text.is_empty() {
        return Some((SortKey::Orders, true));
    }
    let (key, order) = text.split_once(',')?;
    let key = match key.trim() {
        "min_price" => SortKey::Price,
        "orders" => SortKey::Orders,
        "comments" => SortKey::Comments,
        _ => return None,
    };
    match order.trim() {
        "asc" => Some((key, false)),
        "desc" => Some((key, true)),
        _ => None,
    }
}

/// The country of the filter `free_ship_to`. The other filters find everything here, as nothing is known of what the
/// real search makes of them.
fn free_to(filters: &str) -> Option<&'static Country> {
    let filters: Vec<serde_json::Value> = serde_json::from_str(filters).ok()?;
    let free = filters
        .iter()
        .find(|filter| filter["searchKey"] == "free_ship_to")?;
    countries::find(free["searchValue"].as_str()?)
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

struct View<'a> {
    context: &'a Context<'a>,
    base_url: &'a str,
    country: &'a Country,
    currency: &'static Currency,
    language: Language,
}

impl<'a> View<'a> {
    fn new(context: &'a Context<'a>, base_url: &'a str, country: &'a Country) -> Self {
        Self {
            context,
            base_url,
            country,
            currency: money::find(context.text("currency")).unwrap_or_else(money::dollar),
            language: Language::from_code(context.text("local")),
        }
    }

    fn row(&self, product: &Product) -> Object {
        let state = self.context.inner.book.read();
        let skus = product.skus(state.changes.of(product.id()));
        drop(state);
        let cheapest = skus.iter().min_by_key(|sku| sku.cents);
        let cents = cheapest.map_or_else(|| product.base_cents(), |sku| sku.cents);
        let list_cents = cheapest.map_or(cents, |sku| sku.list_cents);
        let level = self.country.price_per_mille;
        let sale = self.currency.of_cents(cents, level);
        let formatted = sale.localised(self.language);
        object! {
            "type": "search",
            "itemId": product.id().to_string(),
            "title": product.title(self.language),
            "itemMainPic": addresses::picture(self.base_url, product.id(), 1),
            "itemUrl": self.item_url(product, cheapest),
            "cateId": product.family.categories.map(|id| id.to_string()).join(","),
            "originalPrice": money::yuan().of_cents(list_cents, 1000).text(),
            "originalPriceCurrency": "CNY",
            "salePrice": money::yuan().of_cents(cents, 1000).text(),
            "salePriceCurrency": "CNY",
            "targetSalePrice": sale.text(),
            "targetOriginalPrice": self.currency.of_cents(list_cents, level).text(),
            "targetOriginalPriceCurrency": self.currency.code,
            "originMinPrice": self.origin_min_price(sale, &formatted).to_text(),
            "salePriceFormat": formatted,
            "discount": format!("{}%", discount(cents, list_cents)),
            "score": format!("{}.{}", product.rating / 10, product.rating % 10),
            "evaluateRate": product.positive_rate(),
            "orders": rounded_and_grouped(product.orders),
        }
    }

    /// Scheme-relative and with a second question mark, as recorded.
    fn item_url(&self, product: &Product, sku: Option<&Sku>) -> String {
        let base = self
            .base_url
            .split_once(':')
            .map_or(self.base_url, |(_, rest)| rest);
        let sku_id = sku.map_or(0, |sku| sku.id);
        format!(
            "{}?skuId={sku_id}&pdp_ext_f=%7B%22sku_id%22%3A%22{sku_id}%22%7D?appkey={}",
            addresses::item(base, product.id()),
            self.context.inner.app_key,
        )
    }

    fn origin_min_price(&self, price: Money, formatted: &str) -> Object {
        let (thousands, decimal) = self.language.number_signs();
        let (whole, fraction) = price.parts();
        object! {
            "cent": price.minor,
            "currencyCode": price.currency.code,
            "currencySymbol": price.currency.symbol,
            "currencySymbolPosition": if price.currency.symbol_last { "end" } else { "front" },
            "decimalPointChar": decimal,
            "formatPrice": formatted.to_owned(),
            "integerStr": whole,
            "shipToCountry": self.country.code,
            "showDecimal": !fraction.is_empty(),
            "decimalStr": fraction,
            "thousandsChar": thousands,
            "version": "V1",
        }
    }
}
