//! Products as pure functions of seed and index: nothing is stored, so one and a million cost the same.

pub(crate) mod categories;
pub(crate) mod changes;
pub(crate) mod commission;
pub(crate) mod countries;
pub(crate) mod coupons;
pub(crate) mod delivery;
pub(crate) mod feeds;
pub(crate) mod likeness;
pub(crate) mod listing;
mod offers;
pub(crate) mod papers;
pub(crate) mod search;
pub(crate) mod skus;
mod stores;
pub(crate) mod vocabulary;

use crate::language::Language;
use changes::Change;
use countries::Country;
use feeds::Pool;
pub(crate) use skus::Sku;
use vocabulary::{ADJECTIVES, FAMILIES, Family, HOSTILE_TITLES, MATERIALS, PROMISED, USES};

const FIRST_PRODUCT_ID: i64 = 1_005_006_000_000_001;

/// Products at the front that are in stock and sold everywhere: 20 for each promised family.
const PROMISED_PRODUCTS: u32 = 20 * PROMISED as u32;
/// Followed by the ones with hostile titles.
const FIRST_COMMON: u32 = PROMISED_PRODUCTS + HOSTILE_TITLES.len() as u32;

/// The generated catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalogue {
    pub(crate) seed: u64,
    pub(crate) products: u32,
}

/// One product, not yet changed by anyone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    seed: u64,
    pub(crate) index: u32,
    pub(crate) family: &'static Family,
    family_index: usize,
    adjective: usize,
    material: usize,
    purpose: usize,
    /// Sale price of the plainest SKU, in US cents at price level 1000.
    cents: i64,
    pub(crate) orders: i64,
    pub(crate) reviews: i64,
    /// Tenths, 38 to 50.
    pub(crate) rating: i64,
}

/// Indices into the vocabulary.
#[derive(Clone, Copy, Debug)]
struct Traits {
    family: usize,
    adjective: usize,
    material: usize,
    purpose: usize,
}

/// Counts the products that a test has had built: time is no measure there.
#[cfg(test)]
mod built {
    use std::cell::Cell;

    thread_local! {
        static BUILT: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count() {
        BUILT.set(BUILT.get() + 1);
    }

    pub(super) fn take() -> usize {
        BUILT.replace(0)
    }
}

/// Mixes seed, index and a salt into 64 even bits.
fn mix(seed: u64, index: u32, salt: u64) -> u64 {
    let mut bits = seed
        ^ u64::from(index).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    for multiplier in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        bits = (bits ^ (bits >> 30)).wrapping_mul(multiplier);
    }
    bits ^ (bits >> 31)
}

/// Up to 16 bits of `bits`, from `shift` on, brought below `bound`.
fn below(bits: u64, shift: u32, bound: usize) -> usize {
    let part = (bits >> shift) & 0xffff;
    usize::try_from(part).unwrap_or_default() % bound.max(1)
}

fn below_i64(bits: u64, shift: u32, bound: i64) -> i64 {
    i64::try_from((bits >> shift) & 0xffff_ffff).unwrap_or_default() % bound.max(1)
}

fn cents(numbers: u64, family: &Family) -> i64 {
    let (low, high) = family.cents;
    low + below_i64(numbers, 0, high - low)
}

/// Best sellers have sold more than any other product.
fn orders(seed: u64, index: u32, numbers: u64) -> i64 {
    let best = Pool::BestSeller.holds_index(seed, index);
    3 + below_i64(numbers, 32, 12_000) + if best { 12_000 } else { 0 }
}

fn reviews(numbers: u64) -> i64 {
    below_i64(numbers, 24, 2_500)
}

fn sold_to(seed: u64, index: u32, country: &Country) -> bool {
    if index < FIRST_COMMON {
        return true;
    }
    let letters = country
        .code
        .bytes()
        .fold(0, |sum, letter| sum * 256 + u64::from(letter));
    !mix(seed, index, 1000 + letters).is_multiple_of(8)
}

impl Catalogue {
    /// The id of the product at an index.
    pub(crate) fn id(index: u32) -> i64 {
        FIRST_PRODUCT_ID + i64::from(index)
    }

    /// The product with an id, if the catalogue holds it.
    pub(crate) fn find(self, product_id: i64) -> Option<Product> {
        let index = u32::try_from(product_id.checked_sub(FIRST_PRODUCT_ID)?).ok()?;
        (index < self.products).then(|| self.product(index))
    }

    /// What the title of the product at an index is made of: all that a search has to look at.
    fn traits(self, index: u32) -> Traits {
        let bits = mix(self.seed, index, 1);
        let family = if index < PROMISED_PRODUCTS {
            index as usize % PROMISED
        } else if index < FIRST_COMMON {
            1
        } else {
            below(bits, 0, FAMILIES.len())
        };
        let (materials, uses) = (FAMILIES[family].materials, FAMILIES[family].uses);
        Traits {
            family,
            adjective: below(bits, 16, ADJECTIVES.len()),
            material: materials[below(bits, 32, materials.len())],
            purpose: uses[below(bits, 48, uses.len())],
        }
    }

    pub(crate) fn product(self, index: u32) -> Product {
        #[cfg(test)]
        built::count();
        let traits = self.traits(index);
        let numbers = mix(self.seed, index, 2);
        let family = &FAMILIES[traits.family];
        Product {
            seed: self.seed,
            index,
            family,
            family_index: traits.family,
            adjective: traits.adjective,
            material: traits.material,
            purpose: traits.purpose,
            cents: cents(numbers, family),
            orders: orders(self.seed, index, numbers),
            reviews: reviews(numbers),
            rating: 38 + below_i64(numbers, 48, 13),
        }
    }
}

impl Product {
    pub(crate) fn id(&self) -> i64 {
        Catalogue::id(self.index)
    }

    pub(crate) fn title(&self, language: Language) -> String {
        if let Some(title) = self.hostile_title() {
            return title.to_owned();
        }
        let (adjective, masculine, feminine) = ADJECTIVES[self.adjective];
        let (material, matiere) = MATERIALS[self.material];
        let (purpose, usage) = USES[self.purpose];
        match language {
            Language::English => {
                format!("{adjective} {material} {} {purpose}", self.family.noun.0)
            }
            Language::French => {
                let adjectif = if self.family.feminine {
                    feminine
                } else {
                    masculine
                };
                format!("{} en {matiere}, {adjectif}, {usage}", self.family.noun.1)
            }
        }
    }

    fn hostile_title(&self) -> Option<&'static str> {
        let position = self.index.checked_sub(PROMISED_PRODUCTS)?;
        HOSTILE_TITLES.get(position as usize).copied()
    }

    pub(crate) fn material(&self, language: Language) -> &'static str {
        let (english, french) = MATERIALS[self.material];
        language.pick(english, french)
    }

    /// Whether the seller delivers there at all. About one product in eight is kept from a given country.
    pub(crate) fn sold_to(&self, country: &Country) -> bool {
        sold_to(self.seed, self.index, country)
    }

    /// Lowest generated sale price, in US cents.
    pub(crate) fn base_cents(&self) -> i64 {
        self.cents
    }

    /// Sale price and list price of the cheapest SKU in US cents; none when no SKU is left.
    pub(crate) fn prices(&self, change: Option<&Change>) -> Option<(i64, i64)> {
        if change.is_none() {
            return Some((self.cents, self.list_cents(self.cents)));
        }
        let skus = self.skus(change);
        let cheapest = skus.iter().min_by_key(|sku| sku.cents)?;
        Some((cheapest.cents, cheapest.list_cents))
    }

    /// The same, and the generated prices when no SKU is left.
    pub(crate) fn shown_prices(&self, change: Option<&Change>) -> (i64, i64) {
        self.prices(change).unwrap_or((self.cents, self.cents))
    }

    /// Whether it can be found and bought: neither delisted nor robbed of its last SKU.
    pub(crate) fn on_sale(&self, change: Option<&Change>) -> bool {
        change.is_none_or(|change| {
            !change.delisted && (change.dropped.is_empty() || !self.skus(Some(change)).is_empty())
        })
    }

    /// Pictures in the gallery.
    pub(crate) fn pictures(&self) -> u32 {
        3 + self.index % 3
    }

    pub(crate) const fn has_video(&self) -> bool {
        self.index.is_multiple_of(3)
    }

    /// Share of good ratings in per cent, such as `93.4`.
    pub(crate) fn positive_rate(&self) -> String {
        format!("{}.{}", self.rating * 2 - 1, self.index % 10)
    }

    /// Whether the seller pays for slow delivery.
    pub(crate) fn free_delivery(&self) -> bool {
        mix(self.seed, self.index, 3).is_multiple_of(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(seed: u64) -> Catalogue {
        Catalogue {
            seed,
            products: 500,
        }
    }

    #[test]
    fn products_depend_on_seed_and_index_only() {
        let (one, two) = (catalogue(7).product(77), catalogue(7).product(77));
        assert_eq!(one.title(Language::English), two.title(Language::English));
        assert_eq!(one.skus(None), two.skus(None));
        let titles = |seed| {
            (100..120)
                .map(|i| catalogue(seed).product(i).title(Language::English))
                .collect::<Vec<_>>()
        };
        assert_ne!(titles(7), titles(8));
    }

    #[test]
    fn ids_find_their_product_and_nothing_else() {
        let catalogue = catalogue(1);
        assert_eq!(
            catalogue
                .find(Catalogue::id(499))
                .map(|product| product.index),
            Some(499)
        );
        assert!(catalogue.find(Catalogue::id(499) + 1).is_none());
        assert!(catalogue.find(FIRST_PRODUCT_ID - 1).is_none());
        assert!(catalogue.find(i64::MIN).is_none());
    }

    #[test]
    fn some_products_are_kept_from_some_countries() {
        let france = countries::find("FR").unwrap();
        let kept = (0..500)
            .filter(|&i| !catalogue(1).product(i).sold_to(france))
            .count();
        assert!((20..120).contains(&kept), "{kept}");
    }
}
