//! Pools of products: the feeds of dropshippers and the promotions of affiliates.
//!
//! Who is in a pool follows from the index alone (every nth product, or the newest), so that counting and
//! paging cost the same for one product and for a million. The pools are what they are called all the
//! same: the generated sales, list prices and commissions of products follow from their pools.

use super::changes::Changes;
use super::{Catalogue, Product, mix};

const WEEK_MS: i64 = 7 * 86_400_000;
/// Midnight in US Pacific standard time, where promotions begin.
const MIDNIGHT_MS: i64 = 8 * 3_600_000;
/// How many weeks a featured promotion runs.
const WEEKS: i64 = 2;

/// A pool of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Those that sold most.
    BestSeller,
    /// Those with a higher commission.
    Hot,
    /// Those that were listed last.
    NewArrival,
    /// Those with the deepest price cuts.
    WeeklyDeals,
    /// A promotion that began in that week since the epoch.
    Featured { week: i64 },
}

/// A feed of the dropshipping interfaces.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) name: &'static str,
    pub(crate) pool: Pool,
}

/// All feeds.
pub(crate) static FEEDS: [Feed; 4] = [
    Feed {
        name: "DS bestseller",
        pool: Pool::BestSeller,
    },
    Feed {
        name: "DS hot product",
        pool: Pool::Hot,
    },
    Feed {
        name: "DS new arrival",
        pool: Pool::NewArrival,
    },
    Feed {
        name: "DS weekly deals",
        pool: Pool::WeeklyDeals,
    },
];

/// Finds a feed by its name.
pub(crate) fn feed(name: &str) -> Option<&'static Feed> {
    FEEDS.iter().find(|feed| feed.name == name)
}

/// A promotion of the affiliate interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promotion {
    pub(crate) name: String,
    pub(crate) pool: Pool,
    /// Milliseconds since the epoch, end excluded; none for a permanent one.
    pub(crate) time: Option<(i64, i64)>,
}

/// The pools that always can be asked for, although no list names them.
static PERMANENT: [(&str, Pool); 4] = [
    ("Hot Product", Pool::Hot),
    ("New Arrival", Pool::NewArrival),
    ("Best Seller", Pool::BestSeller),
    ("weeklydeals", Pool::WeeklyDeals),
];

/// The featured promotions that run at a moment, newest first.
pub(crate) fn running(now_ms: i64) -> Vec<Promotion> {
    let newest = (now_ms - MIDNIGHT_MS).div_euclid(WEEK_MS);
    (0..WEEKS).map(|age| featured(newest - age)).collect()
}

fn featured(week: i64) -> Promotion {
    let start_ms = week * WEEK_MS + MIDNIGHT_MS;
    let day = jiff::Timestamp::from_millisecond(start_ms).map_or_else(
        |_| jiff::civil::Date::default(),
        |instant| instant.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
    );
    Promotion {
        name: format!("Super Deals {day}"),
        pool: Pool::Featured { week },
        time: Some((start_ms, start_ms + WEEKS * WEEK_MS)),
    }
}

/// A promotion by its name: a permanent one, or one that runs at that moment.
pub(crate) fn promotion(name: &str, now_ms: i64) -> Option<Promotion> {
    if let Some((_, pool)) = PERMANENT.iter().find(|(own, _)| *own == name) {
        return Some(Promotion {
            name: name.to_owned(),
            pool: *pool,
            time: None,
        });
    }
    running(now_ms)
        .into_iter()
        .find(|promotion| promotion.name == name)
}

/// The indexes of a pool: from `first` on, every `step`th below `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Members {
    first: u32,
    step: u32,
    end: u32,
}

impl Members {
    /// All products.
    pub(crate) const fn all(catalogue: Catalogue) -> Self {
        Self {
            first: 0,
            step: 1,
            end: catalogue.products,
        }
    }

    pub(crate) fn contains(self, index: u32) -> bool {
        (self.first..self.end).contains(&index) && (index - self.first).is_multiple_of(self.step)
    }

    /// How many there are from an index on.
    pub(crate) fn count_from(self, index: u32) -> u32 {
        let first = self.at_or_after(index);
        self.end.saturating_sub(first).div_ceil(self.step)
    }

    /// The indexes from `index` on, rising.
    pub(crate) fn from(self, index: u32) -> impl Iterator<Item = u32> {
        (self.at_or_after(index)..self.end).step_by(self.step as usize)
    }

    fn at_or_after(self, index: u32) -> u32 {
        let beyond = index.saturating_sub(self.first).div_ceil(self.step);
        self.first.saturating_add(beyond.saturating_mul(self.step))
    }
}

impl Catalogue {
    /// How many of a pool are still for sale, from an index on: the changed ones are looked at one by one.
    pub(crate) fn listed_from(self, members: Members, index: u32, changes: &Changes) -> i64 {
        let gone = changes
            .iter()
            .filter(|(id, change)| {
                self.find(*id).is_some_and(|product| {
                    product.index >= index
                        && members.contains(product.index)
                        && !product.on_sale(Some(change))
                })
            })
            .count();
        i64::from(members.count_from(index)) - i64::try_from(gone).unwrap_or(i64::MAX)
    }
}

impl Pool {
    /// First index below `step`, and `step`, for pools that take every nth product. No two steps have a
    /// common factor, so that any two pools overlap.
    fn rhythm(self, seed: u64) -> Option<(u32, u32)> {
        let (step, salt) = match self {
            Self::BestSeller => (25, 2001),
            Self::Hot => (9, 2002),
            Self::WeeklyDeals => (16, 2003),
            Self::Featured { week } => (11, 3000 + week.unsigned_abs()),
            Self::NewArrival => return None,
        };
        let first = mix(seed, 0, salt) % u64::from(step);
        Some((u32::try_from(first).unwrap_or(0), step))
    }

    /// Whether a product is in a pool that takes every nth. Never for new arrivals, which the product
    /// alone does not tell.
    pub(crate) fn holds(self, product: &Product) -> bool {
        self.holds_index(product.seed, product.index)
    }

    /// [`holds`](Self::holds) before there is a product.
    pub(super) fn holds_index(self, seed: u64, index: u32) -> bool {
        self.rhythm(seed)
            .is_some_and(|(first, step)| index % step == first)
    }

    /// Who is in the pool.
    pub(crate) fn members(self, catalogue: Catalogue) -> Members {
        let end = catalogue.products;
        match self.rhythm(catalogue.seed) {
            Some((first, step)) => Members { first, step, end },
            None => Members {
                first: end - end / 20,
                step: 1,
                end,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(products: u32) -> Catalogue {
        Catalogue { seed: 11, products }
    }

    const POOLS: [Pool; 5] = [
        Pool::BestSeller,
        Pool::Hot,
        Pool::NewArrival,
        Pool::WeeklyDeals,
        Pool::Featured { week: 2900 },
    ];

    #[test]
    fn counting_agrees_with_walking_from_anywhere() {
        for products in [0, 1, 7, 499, 500] {
            for pool in POOLS {
                let members = pool.members(catalogue(products));
                for index in [0, 1, 30, 123, 480, 499, 500, 900, u32::MAX] {
                    let walked: Vec<u32> = members.from(index).collect();
                    let tested: Vec<u32> = (index.min(products)..products)
                        .filter(|&own| members.contains(own))
                        .collect();
                    assert_eq!(walked, tested, "{pool:?} {products} {index}");
                    assert_eq!(members.count_from(index) as usize, walked.len());
                }
            }
        }
    }

    #[test]
    fn pools_are_what_they_are_called() {
        let all = catalogue(2000);
        let products: Vec<Product> = (0..2000).map(|index| all.product(index)).collect();
        let cut = |product: &Product| {
            let sku = &product.skus(None)[0];
            100 - sku.cents * 100 / sku.list_cents
        };
        for (pool, value) in [
            (
                Pool::BestSeller,
                (|it: &Product| it.orders) as fn(&Product) -> i64,
            ),
            (Pool::WeeklyDeals, cut),
            (Pool::NewArrival, |it| i64::from(it.index)),
        ] {
            let members = pool.members(all);
            let (inside, outside): (Vec<_>, Vec<_>) = products
                .iter()
                .partition(|product| members.contains(product.index));
            let least = inside.iter().copied().map(value).min().unwrap();
            let most = outside.iter().copied().map(value).max().unwrap();
            assert!(least > most, "{pool:?} {least} {most}");
        }
    }

    #[test]
    fn promotions_come_and_go_with_the_clock() {
        let now_ms = 1_767_225_600_000;
        let names = |now_ms| {
            running(now_ms)
                .into_iter()
                .map(|promotion| promotion.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(now_ms),
            ["Super Deals 2025-12-25", "Super Deals 2025-12-18"]
        );
        assert_eq!(names(now_ms + WEEK_MS)[1], names(now_ms)[0]);
        assert!(promotion("Super Deals 2025-12-18", now_ms).is_some());
        assert!(promotion("Super Deals 2025-12-18", now_ms + WEEK_MS).is_none());
        assert!(promotion("Hot Product", now_ms).unwrap().time.is_none());
        for promotion in running(now_ms) {
            let (start_ms, end_ms) = promotion.time.unwrap();
            assert!((start_ms..end_ms).contains(&now_ms));
        }
    }
}
