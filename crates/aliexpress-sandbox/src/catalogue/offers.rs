//! Prices besides the sale price: for many pieces, and while a promotion lasts.

use super::{FIRST_COMMON, Product, below_i64, mix};

/// A price from a number of pieces on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tier {
    pub(crate) min_quantity: i64,
    /// Below 100.
    pub(crate) percent_off: i64,
}

impl Tier {
    /// The price of one piece.
    pub(crate) const fn cents_each(self, cents: i64) -> i64 {
        less(cents, self.percent_off)
    }
}

/// A price for few pieces and for chosen channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Promotion {
    pub(crate) most_pieces: i64,
    percent_off: i64,
}

impl Promotion {
    /// The price of one piece in the dropshipping channel.
    pub(crate) const fn channel_cents(self, cents: i64) -> i64 {
        less(cents, self.percent_off)
    }
}

/// Rounded half up, and never free.
const fn less(cents: i64, percent_off: i64) -> i64 {
    let left = (cents * (100 - percent_off) + 50) / 100;
    if left < 1 { 1 } else { left }
}

impl Product {
    /// Every fourth product has wholesale prices.
    pub(crate) const fn sells_wholesale(&self) -> bool {
        self.index % 4 == 3
    }

    /// The wholesale prices, fewest pieces first.
    pub(crate) fn tiers(&self) -> [Tier; 2] {
        let percent_off = 4 + below_i64(mix(self.seed, self.index, 8), 0, 8);
        [(5, percent_off), (20, 2 * percent_off)].map(|(min_quantity, percent_off)| Tier {
            min_quantity,
            percent_off,
        })
    }

    /// What one of `count` pieces costs a wholesale buyer.
    pub(crate) fn cents_each(&self, cents: i64, count: i64) -> i64 {
        if !self.sells_wholesale() {
            return cents;
        }
        let tiers = self.tiers();
        let tier = tiers.iter().rev().find(|tier| count >= tier.min_quantity);
        tier.map_or(cents, |tier| tier.cents_each(cents))
    }

    /// The promotion that about one common product in three takes part in.
    pub(crate) fn promotion(&self) -> Option<Promotion> {
        let bits = mix(self.seed, self.index, 7);
        let takes_part = self.index >= FIRST_COMMON && bits.is_multiple_of(3);
        takes_part.then(|| Promotion {
            most_pieces: 1 + below_i64(bits, 16, 5),
            percent_off: 3 + below_i64(bits, 8, 10),
        })
    }

    /// An article number that no shop outside uses: the prefix 20 is for internal use.
    pub(crate) fn ean(&self) -> String {
        let digits = format!("20{:010}", self.index);
        let sum: u32 = digits
            .bytes()
            .zip([1, 3].into_iter().cycle())
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        format!("{digits}{}", (10 - sum % 10) % 10)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    #[test]
    fn more_pieces_never_cost_more_each() {
        let catalogue = Catalogue {
            seed: 1,
            products: 500,
        };
        let product = catalogue.product(3);
        assert_eq!(product.cents_each(1000, 4), 1000);
        let (five, twenty) = (product.cents_each(1000, 5), product.cents_each(1000, 20));
        assert!(twenty < five && five < 1000, "{five} {twenty}");
        assert_eq!(product.cents_each(1, 20), 1);
        assert_eq!(catalogue.product(0).cents_each(1000, 20), 1000);
    }

    #[test]
    fn article_numbers_carry_their_check_digit() {
        let catalogue = Catalogue {
            seed: 1,
            products: 500,
        };
        assert_eq!(catalogue.product(0).ean(), "2000000000008");
        assert_eq!(catalogue.product(123).ean(), "2000000001234");
    }
}
