//! Who sells a product: three stores for every hundred products, so that an order of several products can be
//! split, and a seller for each store.

use super::{Catalogue, Product};

const FIRST_STORE_ID: i64 = 1_102_000_001;
const FIRST_SELLER_ID: i64 = 2_000_000_001;

impl Product {
    /// Stores are counted from 0.
    fn store_number(&self) -> i64 {
        i64::from(self.index / 100 * 3 + self.index % 3)
    }

    pub(crate) fn store_id(&self) -> i64 {
        FIRST_STORE_ID + self.store_number()
    }

    /// Who owns the store.
    pub(crate) fn seller_id(&self) -> i64 {
        FIRST_SELLER_ID + self.store_number()
    }
}

impl Catalogue {
    /// What a store sells: a third of a block of a hundred products.
    pub(crate) fn store(self, store_id: i64) -> impl Iterator<Item = Product> {
        self.sold_by(store_id.checked_sub(FIRST_STORE_ID))
    }

    /// Whether one of the products belongs to that store.
    pub(crate) fn has_store(self, store_id: i64) -> bool {
        self.store(store_id).next().is_some()
    }

    /// A product of the seller or store with an id, if there is such a one.
    pub(crate) fn of_seller(self, seller_or_store_id: i64) -> Option<Product> {
        let first = if seller_or_store_id >= FIRST_SELLER_ID {
            FIRST_SELLER_ID
        } else {
            FIRST_STORE_ID
        };
        self.sold_by(seller_or_store_id.checked_sub(first)).next()
    }

    /// The products of the store with a number; nothing when there is no such store.
    fn sold_by(self, store_number: Option<i64>) -> impl Iterator<Item = Product> {
        let number = store_number.and_then(|number| u32::try_from(number).ok());
        let indices = number.map(|number| {
            let hundred = (number / 3).saturating_mul(100);
            // The first index of the hundred that leaves the right rest when divided by three.
            let first = hundred.saturating_add((number % 3 + 3 - hundred % 3) % 3);
            first..hundred.saturating_add(100).min(self.products)
        });
        let indices = indices.unwrap_or_default().step_by(3);
        indices.map(move |index| self.product(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: Catalogue = Catalogue {
        seed: 1,
        products: 500,
    };

    #[test]
    fn every_product_is_found_in_its_store_and_in_no_other() {
        let mut found = 0;
        for store_id in FIRST_STORE_ID - 1..FIRST_STORE_ID + 20 {
            let sold: Vec<Product> = CATALOGUE.store(store_id).collect();
            assert!(sold.iter().all(|product| product.store_id() == store_id));
            assert_eq!(CATALOGUE.has_store(store_id), !sold.is_empty());
            found += sold.len();
        }
        assert_eq!(found, 500);
        assert!(!CATALOGUE.has_store(i64::MAX) && !CATALOGUE.has_store(i64::MIN));
    }

    #[test]
    fn sellers_and_stores_are_found_by_their_products() {
        for index in 0..500 {
            let product = CATALOGUE.product(index);
            for id in [product.store_id(), product.seller_id()] {
                let found = CATALOGUE.of_seller(id).unwrap();
                assert_eq!(found.store_id(), product.store_id(), "{index}");
            }
        }
        for id in [i64::MIN, 0, FIRST_STORE_ID + 15, FIRST_SELLER_ID + 15] {
            assert!(CATALOGUE.of_seller(id).is_none(), "{id}");
        }
    }
}
