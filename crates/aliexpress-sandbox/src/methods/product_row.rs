//! The part that product rows of feeds and of affiliate lists have in common.
//!
//! Recorded: the fields. Inferred: prices are those of the cheapest SKU, units sold those of
//! `ds.product.get`, days those of the cheapest service; stores are `PLAZA` or `TMALL`, products never
//! `ALL`.

use super::Context;
use crate::addresses;
use crate::catalogue::countries::Country;
use crate::catalogue::listing::{Listed, discount};
use crate::catalogue::{Product, categories, delivery};
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::money::{Currency, Money};

/// What rows are made for.
pub(super) struct RowView<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) base_url: &'a str,
    pub(super) country: &'static Country,
    pub(super) currency: &'static Currency,
    pub(super) language: Language,
}

/// Sale price and list price of the cheapest SKU, in US cents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    pub(super) cents: i64,
    pub(super) list_cents: i64,
}

impl Prices {
    pub(super) fn of(listed: &Listed) -> Self {
        let (cents, list_cents) = listed.product.shown_prices(listed.change.as_ref());
        Self { cents, list_cents }
    }

    /// `64%`.
    pub(super) fn discount(self) -> String {
        format!("{}%", discount(self.cents, self.list_cents))
    }
}

impl RowView<'_> {
    /// The common fields; `source` is the currency of the prices that no destination is thought of in.
    pub(super) fn row(&self, listed: &Listed, source: &'static Currency) -> Object {
        let product = &listed.product;
        let prices = Prices::of(listed);
        let [first, second, _] = product.family.categories;
        let store_id = product.store_id();
        object! {
            "product_id": product.id(),
            "product_title": product.title(self.language),
            "product_detail_url": self.item_url(product),
            "product_main_image_url": self.picture(product, 1),
            "product_small_image_urls": self.context.list("string", self.pictures(product, 1)),
            "product_video_url": addresses::video(self.base_url, product),
            "first_level_category_id": first,
            "first_level_category_name": categories::name(first, self.language),
            "second_level_category_id": second,
            "second_level_category_name": categories::name(second, self.language),
            "original_price": source.of_cents(prices.list_cents, 1000).text(),
            "original_price_currency": source.code,
            "sale_price": source.of_cents(prices.cents, 1000).text(),
            "sale_price_currency": source.code,
            "target_original_price": self.price(prices.list_cents).text(),
            "target_original_price_currency": self.currency.code,
            "target_sale_price": self.price(prices.cents).text(),
            "target_sale_price_currency": self.currency.code,
            "discount": prices.discount(),
            "evaluate_rate": format!("{}%", product.positive_rate()),
            "lastest_volume": product.orders,
            "platform_product_type": platform_type(product),
            "shop_id": store_id,
            "shop_url": addresses::store(self.base_url, store_id),
        }
    }

    /// What US cents come to in the wanted currency at the destination, its taxes included.
    pub(super) fn price(&self, cents: i64) -> Money {
        self.currency.of_cents(cents, self.country.price_per_mille)
    }

    pub(super) fn item_url(&self, product: &Product) -> String {
        addresses::item(self.base_url, product.id())
    }

    pub(super) fn picture(&self, product: &Product, number: u32) -> String {
        addresses::picture(self.base_url, product.id(), number)
    }

    /// The gallery from a picture on.
    pub(super) fn pictures(&self, product: &Product, first: u32) -> Vec<Json> {
        (first..=product.pictures())
            .map(|number| self.picture(product, number).into())
            .collect()
    }

    /// `ship to US in 7 days`, with the cheapest service; none where nothing delivers.
    pub(super) fn ship_to_days(&self, listed: &Listed) -> Option<String> {
        let cents = Prices::of(listed).cents;
        let service = delivery::cheapest(&listed.product, self.country, cents)?;
        let (country, days) = (self.country.code, service.usual_days());
        Some(format!("ship to {country} in {days} days"))
    }
}

/// The kind of a product's store.
pub(super) fn platform_type(product: &Product) -> &'static str {
    if product.store_id() % 4 == 0 {
        "TMALL"
    } else {
        "PLAZA"
    }
}
