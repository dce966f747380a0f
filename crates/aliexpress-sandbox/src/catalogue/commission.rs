//! What an affiliate earns: a share of the price by family, and more on hot products.

use super::Product;
use super::feeds::Pool;

/// Tenths of a percent for each family of the vocabulary, in its order.
static TENTHS: [i64; 16] = [
    70, 50, 80, 60, 70, 55, 65, 40, 80, 60, 75, 50, 70, 45, 90, 50,
];

/// What a hot product earns on top, in tenths of a percent.
const HOT_TENTHS: i64 = 20;

/// Shares of the price in tenths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) tenths: i64,
    /// What a hot link earns; more than `tenths` on hot products only.
    pub(crate) hot_tenths: i64,
}

impl Rates {
    /// What a link earns, in hundredths of a percent.
    pub(crate) const fn of_link(self) -> i64 {
        self.hot_tenths * 10
    }
}

impl Product {
    /// The commission of this product.
    pub(crate) fn commission(&self) -> Rates {
        let tenths = TENTHS.get(self.family_index).copied().unwrap_or(50);
        let bonus = if Pool::Hot.holds(self) { HOT_TENTHS } else { 0 };
        Rates {
            tenths,
            hot_tenths: tenths + bonus,
        }
    }
}

/// `7.0%`.
pub(crate) fn rate_text(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::catalogue::vocabulary::FAMILIES;

    #[test]
    fn every_family_has_a_rate_and_hot_products_earn_more() {
        assert_eq!(TENTHS.len(), FAMILIES.len());
        let catalogue = Catalogue {
            seed: 3,
            products: 200,
        };
        let mut hot = 0;
        for index in 0..200 {
            let product = catalogue.product(index);
            let commission = product.commission();
            let more = commission.hot_tenths > commission.tenths;
            assert_eq!(more, Pool::Hot.holds(&product));
            hot += u32::from(more);
        }
        assert!((22..=23).contains(&hot), "{hot}");
        assert_eq!(rate_text(70), "7.0%");
    }
}
