//! What both image searches share: the look-up, and prices of a found product.

use super::Context;
use crate::addresses;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::likeness::{Subject, Wanted};
use crate::catalogue::listing::discount;
use crate::catalogue::search::SortKey;
use crate::catalogue::{Product, categories};
use crate::language::Language;
use crate::money::{self, Currency, Money};

/// What a search by image asks for besides the image.
pub(super) struct Wish<'a> {
    pub(super) ship_to: &'a str,
    pub(super) currency: &'a str,
    pub(super) language: &'a str,
    pub(super) same_only: bool,
    /// Key, and whether the highest comes first; by likeness when left out.
    pub(super) sort: Option<(SortKey, bool)>,
    pub(super) most: usize,
}

/// Found products and how to show them.
pub(super) struct Found<'a> {
    context: &'a Context<'a>,
    base_url: std::sync::Arc<str>,
    country: Option<&'static Country>,
    currency: &'static Currency,
    language: Language,
    pub(super) total: usize,
    /// With their likeness in thousandths.
    pub(super) products: Vec<(Product, i64)>,
}

/// Prices of a product's cheapest SKU for the destination.
pub(super) struct Prices {
    pub(super) sale: Money,
    pub(super) original: Money,
    /// The seller's own, in yuan.
    pub(super) own_sale: Money,
    pub(super) own_original: Money,
    pub(super) percent_off: i64,
}

impl<'a> Found<'a> {
    /// Finds what looks like the subject. Nothing is found for a destination that is not delivered to.
    pub(super) fn new(context: &'a Context<'a>, subject: &Subject, wish: &Wish<'_>) -> Self {
        let country = countries::find(wish.ship_to);
        let (total, products) = country.map_or_else(
            || (0, Vec::new()),
            |country| {
                let wanted = Wanted {
                    country,
                    same_only: wish.same_only,
                    sort: wish.sort.map(|(key, _)| key),
                    descending: wish.sort.is_none_or(|(_, descending)| descending),
                };
                let state = context.inner.book.read();
                context
                    .inner
                    .catalogue
                    .like(subject, &wanted, &state.changes, wish.most)
            },
        );
        Self {
            context,
            base_url: context.inner.base_url(),
            country,
            currency: money::find(wish.currency).unwrap_or_else(money::dollar),
            language: Language::from_code(wish.language),
            total,
            products,
        }
    }

    pub(super) fn title(&self, product: &Product) -> String {
        product.title(self.language)
    }

    pub(super) fn picture(&self, product: &Product, number: u32) -> String {
        addresses::picture(&self.base_url, product.id(), number)
    }

    pub(super) fn page(&self, product: &Product) -> String {
        addresses::item(&self.base_url, product.id())
    }

    pub(super) fn store_page(&self, product: &Product) -> String {
        addresses::store(&self.base_url, product.store_id())
    }

    /// Empty when the product has none.
    pub(super) fn video(&self, product: &Product) -> String {
        addresses::video(&self.base_url, product)
    }

    /// Number and name of a category level: 0 is the root, 1 below it.
    pub(super) fn category(&self, product: &Product, level: usize) -> (String, &'static str) {
        let id = product.family.categories[level];
        (id.to_string(), categories::name(id, self.language))
    }

    pub(super) fn prices(&self, product: &Product) -> Prices {
        let state = self.context.inner.book.read();
        let (cents, list_cents) = product.shown_prices(state.changes.of(product.id()));
        drop(state);
        let level = self.country.map_or(1000, |country| country.price_per_mille);
        Prices {
            sale: self.currency.of_cents(cents, level),
            original: self.currency.of_cents(list_cents, level),
            own_sale: money::yuan().of_cents(cents, 1000),
            own_original: money::yuan().of_cents(list_cents, 1000),
            percent_off: discount(cents, list_cents),
        }
    }
}
