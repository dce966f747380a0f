//! The commission orders that every sandbox starts with: all four statuses, over the past weeks.

use std::collections::BTreeMap;

use super::{Commissions, DAY_MS, Origin, Reason, Sale};
use crate::catalogue::Catalogue;

const HOUR_MS: i64 = 3_600_000;

/// Age in days, positions of the products, tracking id, country, what the link carried, first order, and
/// after how many days it became invalid.
type Seed = (
    i64,
    &'static [u32],
    &'static str,
    &'static str,
    &'static str,
    bool,
    Option<(i64, Reason)>,
);

/// Two settled, two confirmed, two voided, three lines paid; one order has two lines.
static SEEDS: [Seed; 8] = [
    (75, &[3], "default", "US", "newsletter", false, None),
    (61, &[8], "blog", "FR", "review", true, None),
    (
        40,
        &[13],
        "default",
        "US",
        "",
        false,
        Some((33, Reason::FullRefund)),
    ),
    (33, &[18], "blog", "FR", "review", false, None),
    (26, &[23], "default", "CG", "newsletter", false, None),
    (
        12,
        &[28],
        "blog",
        "US",
        "",
        false,
        Some((1, Reason::Antispam)),
    ),
    (9, &[33, 36], "default", "FR", "newsletter", false, None),
    (2, &[5], "blog", "US", "review", false, None),
];

/// Places them at a moment of virtual time.
pub(crate) fn commissions(catalogue: Catalogue, now_ms: i64) -> Commissions {
    let mut commissions = Commissions::default();
    for (position, (age, products, tracking_id, country, af, new_buyer, invalid)) in
        (1_i64..).zip(&SEEDS)
    {
        let sales = products
            .iter()
            .filter_map(|index| {
                let product = catalogue.product(index % catalogue.products);
                let sku = product.skus(None).into_iter().next()?;
                Some(Sale {
                    country: (*country).to_owned(),
                    ..Sale::of(&product, &sku, 1 + i64::from(index % 2))
                })
            })
            .collect();
        let mut parameters = BTreeMap::new();
        if !af.is_empty() {
            parameters.insert("af".to_owned(), (*af).to_owned());
        }
        let origin = Origin {
            parameters,
            new_buyer: *new_buyer,
            ..Origin::named(tracking_id)
        };
        let paid_ms = now_ms - age * DAY_MS + position * HOUR_MS;
        for number in commissions.place(sales, &origin, paid_ms) {
            if let (Some(line), Some((days, reason))) = (commissions.get_mut(number), invalid) {
                line.invalid = Some((paid_ms + days * DAY_MS, *reason));
            }
        }
    }
    commissions
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn every_status_is_there_in_any_catalogue() {
        for products in [1, 500] {
            let catalogue = Catalogue { seed: 1, products };
            let now_ms = 1_767_225_600_000;
            let commissions = commissions(catalogue, now_ms);
            let count = |status| {
                let alike = commissions
                    .lines()
                    .filter(|line| line.status(now_ms) == status);
                alike.count()
            };
            assert_eq!(Status::ALL.map(count), [3, 2, 2, 2]);
        }
    }
}
