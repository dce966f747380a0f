//! Lists of products by pool, words, category, price and more: one pass over the members of a pool, so
//! that nothing is kept and a change of a product shows in the next list.

use super::changes::{Change, Changes};
use super::countries::Country;
use super::feeds::{Members, Pool};
use super::search::Masks;
use super::{Catalogue, Product, sold_to};

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    /// When a product was listed: the order of the ids.
    Age,
    Price,
    /// Units sold.
    Volume,
    /// Share of the list price that is taken off.
    Discount,
    Rating,
    Commission,
}

/// Rank and whether the highest comes first.
pub(crate) type Order = (Rank, bool);

/// What is asked of each product. The fields that are left at their default ask nothing.
pub(crate) struct Listing<'a> {
    pub(crate) pool: Option<Pool>,
    /// All of them must be found in the titles.
    pub(crate) words: &'a str,
    /// Any of them, on whatever level.
    pub(crate) categories: &'a [i64],
    /// Where it must be sold to.
    pub(crate) country: Option<&'a Country>,
    /// Any further condition, given the sale price of the cheapest SKU in US cents.
    pub(crate) accepts: &'a dyn Fn(&Product, i64) -> bool,
    pub(crate) order: Order,
}

impl Default for Listing<'_> {
    fn default() -> Self {
        Self {
            pool: None,
            words: "",
            categories: &[],
            country: None,
            accepts: &|_, _| true,
            order: (Rank::Age, false),
        }
    }
}

/// A product on a list, with what has been changed of it.
pub(crate) struct Listed {
    pub(crate) product: Product,
    pub(crate) change: Option<Change>,
}

/// Part of a list.
#[derive(Default)]
pub(crate) struct Page {
    /// Length of the whole list.
    pub(crate) total: usize,
    pub(crate) products: Vec<Listed>,
}

impl Product {
    /// Whether one of the categories is on the path of this product.
    pub(crate) fn is_in(&self, categories: &[i64]) -> bool {
        let path = &self.family.categories;
        categories.is_empty() || path.iter().any(|id| categories.contains(id))
    }
}

impl Catalogue {
    /// A product that is for sale: known, not delisted, with an SKU left, and sold to the country.
    pub(crate) fn for_sale(
        self,
        product_id: i64,
        country: Option<&Country>,
        changes: &Changes,
    ) -> Option<Listed> {
        let product = self.find(product_id)?;
        let change = changes.of(product_id);
        let shown =
            product.on_sale(change) && country.is_none_or(|country| product.sold_to(country));
        shown.then(|| Listed {
            product,
            change: change.cloned(),
        })
    }

    /// The `size` products of a list that follow the first `skip`. Products of equal rank stand in the
    /// order of their ids.
    pub(crate) fn list(
        self,
        listing: &Listing<'_>,
        changes: &Changes,
        skip: usize,
        size: usize,
    ) -> Page {
        let words = (!listing.words.is_empty()).then(|| Masks::new(listing.words));
        let members = listing
            .pool
            .map_or_else(|| Members::all(self), |pool| pool.members(self));
        let mut found: Vec<(i64, u32)> = members
            .from(0)
            .filter_map(|index| Some((self.rank(listing, words.as_ref(), changes, index)?, index)))
            .collect();
        let total = found.len();
        let end = skip.saturating_add(size).min(total);
        if end < total {
            found.select_nth_unstable(end);
            found.truncate(end);
        }
        found.sort_unstable();
        let products = found.into_iter().skip(skip).map(|(_, index)| {
            let product = self.product(index);
            let change = changes.of(product.id()).cloned();
            Listed { product, change }
        });
        Page {
            total,
            products: products.collect(),
        }
    }

    /// Where a product belongs on a list; none when it is not on it.
    fn rank(
        self,
        listing: &Listing<'_>,
        words: Option<&Masks>,
        changes: &Changes,
        index: u32,
    ) -> Option<i64> {
        let on_topic = words.is_none_or(|words| words.fit(index, self.traits(index)));
        let sold = on_topic
            && listing
                .country
                .is_none_or(|country| sold_to(self.seed, index, country));
        if !sold {
            return None;
        }
        let product = self.product(index);
        if !product.is_in(listing.categories) {
            return None;
        }
        let change = changes.of(product.id());
        if change.is_some_and(|change| change.delisted) {
            return None;
        }
        let (cents, list_cents) = product.prices(change)?;
        if !(listing.accepts)(&product, cents) {
            return None;
        }
        let (rank, descending) = listing.order;
        let value = match rank {
            Rank::Age => i64::from(index),
            Rank::Price => cents,
            Rank::Volume => product.orders,
            Rank::Discount => discount(cents, list_cents),
            Rank::Rating => product.rating,
            Rank::Commission => product.commission().hot_tenths,
        };
        Some(if descending { -value } else { value })
    }
}

/// Percent of the list price that the sale price leaves out.
pub(crate) fn discount(cents: i64, list_cents: i64) -> i64 {
    100 - cents.saturating_mul(100) / list_cents.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::countries;

    const CATALOGUE: Catalogue = Catalogue {
        seed: 4,
        products: 500,
    };

    fn ids(page: &Page) -> Vec<i64> {
        page.products.iter().map(|it| it.product.id()).collect()
    }

    #[test]
    fn changes_move_products_and_delisting_removes_them() {
        let listing = Listing {
            pool: Some(Pool::Hot),
            country: countries::find("FR"),
            order: (Rank::Price, false),
            ..Listing::default()
        };
        let mut changes = Changes::default();
        let before = CATALOGUE.list(&listing, &changes, 0, 500);
        let last = &before.products[before.total - 1].product;
        for sku in last.skus(None) {
            changes.entry(last.id()).cents.insert(sku.id, 1);
        }
        let cheap = CATALOGUE.list(&listing, &changes, 0, 500);
        assert_eq!(cheap.total, before.total);
        assert_eq!(ids(&cheap)[0], last.id());

        changes.entry(last.id()).delisted = true;
        let gone = CATALOGUE.list(&listing, &changes, 0, 500);
        assert_eq!(gone.total, before.total - 1);
        assert!(!ids(&gone).contains(&last.id()));
        assert!(CATALOGUE.for_sale(last.id(), None, &changes).is_none());

        let change = changes.entry(last.id());
        change.delisted = false;
        change.dropped = last.skus(None).iter().map(|sku| sku.id).collect();
        assert_eq!(CATALOGUE.list(&listing, &changes, 0, 500).total, gone.total);
        assert!(CATALOGUE.for_sale(last.id(), None, &changes).is_none());
    }

    #[test]
    fn pages_of_every_order_add_up_to_the_whole() {
        for rank in [
            Rank::Age,
            Rank::Price,
            Rank::Volume,
            Rank::Discount,
            Rank::Rating,
            Rank::Commission,
        ] {
            for descending in [false, true] {
                let listing = Listing {
                    order: (rank, descending),
                    ..Listing::default()
                };
                let changes = Changes::default();
                let whole = CATALOGUE.list(&listing, &changes, 0, 500);
                let mut paged = Vec::new();
                for page in 0..9 {
                    paged.extend(ids(&CATALOGUE.list(&listing, &changes, page * 60, 60)));
                }
                assert_eq!(paged, ids(&whole), "{rank:?}");
                assert_eq!(whole.total, 500);
            }
        }
    }

    #[test]
    fn the_price_without_changes_is_that_of_the_cheapest_sku() {
        for index in 0..500 {
            let product = CATALOGUE.product(index);
            let skus = product.skus(None);
            let cheapest = skus.iter().min_by_key(|sku| sku.cents).unwrap();
            assert_eq!(
                product.prices(None),
                Some((cheapest.cents, cheapest.list_cents))
            );
        }
    }
}
