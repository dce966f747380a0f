//! Coupons of stores: one store in three hands out a code each month.

use super::{Product, below_i64, mix};

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// US cents.
    Amount(i64),
    Percent(i64),
}

/// A code that any buyer can use in one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coupon {
    pub(crate) code: String,
    pub(crate) cut: Cut,
    /// Smallest order, in US cents.
    pub(crate) from_cents: i64,
    /// How many are left.
    pub(crate) left: i64,
    /// First and last day.
    pub(crate) first: jiff::civil::Date,
    pub(crate) last: jiff::civil::Date,
}

/// The coupon of a product's store at a moment, if the store has one.
pub(crate) fn of(product: &Product, now_ms: i64) -> Option<Coupon> {
    let store = product.store_id();
    let store_bits = mix(product.seed, u32::try_from(store % 1_000_000_000).ok()?, 7);
    if !store_bits.is_multiple_of(3) {
        return None;
    }
    let day = jiff::Timestamp::from_millisecond(now_ms).ok()?;
    let day = day.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let steps = 1 + below_i64(store_bits, 8, 4);
    let cut = if (store_bits >> 20).is_multiple_of(2) {
        Cut::Amount(250 * steps)
    } else {
        Cut::Percent(5 * steps)
    };
    Some(Coupon {
        code: format!("SMART{}{:02}", store % 100_000, day.month()),
        cut,
        from_cents: 2500 * steps,
        left: 100 + below_i64(store_bits, 24, 4900),
        first: day.first_of_month(),
        last: day.last_of_month(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn a_store_has_one_coupon_for_all_its_products_and_another_each_month() {
        let catalogue = Catalogue {
            seed: 1,
            products: 3000,
        };
        let now_ms = 1_767_225_600_000;
        let mut with = 0;
        for index in 0..2997 {
            let (one, two) = (catalogue.product(index), catalogue.product(index + 3));
            let coupon = of(&one, now_ms);
            if one.store_id() == two.store_id() {
                assert_eq!(coupon, of(&two, now_ms));
            }
            let Some(coupon) = coupon else { continue };
            with += 1;
            assert_eq!(coupon.first.to_string(), "2026-01-01");
            assert_eq!(coupon.last.to_string(), "2026-01-31");
            assert_ne!(
                of(&one, now_ms + 40 * 86_400_000).unwrap().code,
                coupon.code
            );
        }
        assert!((500..1500).contains(&with), "{with}");
    }
}
