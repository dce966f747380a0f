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
pub(crate) mod vocabulary;

use crate::language::Language;
use changes::Change;
use countries::Country;
use feeds::Pool;
use vocabulary::{
    ADJECTIVES, COLOURS, FAMILIES, Family, HOSTILE_TITLES, MATERIALS, PROMISED, USES,
};

const FIRST_PRODUCT_ID: i64 = 1_005_006_000_000_001;
const FIRST_SKU_ID: i64 = 12_000_036_000_000_000;
const SKUS_PER_PRODUCT: i64 = 100;
const FIRST_STORE_ID: i64 = 1_102_000_001;
/// Each store has its own seller.
const FIRST_SELLER_ID: i64 = 2_000_000_001;

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

/// One thing that can be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sku {
    pub(crate) id: i64,
    /// Index into [`COLOURS`]; none on a product without choice.
    pub(crate) colour: Option<usize>,
    /// Index into the family's sizes.
    pub(crate) size: Option<usize>,
    pub(crate) cents: i64,
    pub(crate) list_cents: i64,
    pub(crate) stock: i64,
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

    /// What a store sells: a third of a block of a hundred products.
    pub(crate) fn store(self, store_id: i64) -> impl Iterator<Item = Product> {
        let offset = store_id.checked_sub(FIRST_STORE_ID).unwrap_or(-1);
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let first = (offset / 3).saturating_mul(100);
        (first..first.saturating_add(100).min(self.products))
            .filter(move |index| index % 3 == offset % 3)
            .map(move |index| self.product(index))
    }

    /// Whether one of the products belongs to that store.
    pub(crate) fn has_store(self, store_id: i64) -> bool {
        self.store(store_id).next().is_some()
    }

    /// A product of the seller or store with an id, if there is such a one.
    pub(crate) fn of_seller(self, seller_or_store_id: i64) -> Option<Product> {
        let number = [FIRST_SELLER_ID, FIRST_STORE_ID]
            .into_iter()
            .filter_map(|first| u32::try_from(seller_or_store_id.checked_sub(first)?).ok())
            .min()?;
        let hundred = (number / 3).checked_mul(100)?;
        // The first index of the hundred that leaves the right rest when divided by three.
        let index = hundred.checked_add((number % 3 + 3 - hundred % 3) % 3)?;
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

    /// Three stores for every hundred products, so that an order of several products can be split.
    pub(crate) fn store_id(&self) -> i64 {
        FIRST_STORE_ID + i64::from(self.index / 100 * 3 + self.index % 3)
    }

    /// Who owns the store.
    pub(crate) fn seller_id(&self) -> i64 {
        self.store_id() - FIRST_STORE_ID + FIRST_SELLER_ID
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

    /// What can be bought, after the changes.
    pub(crate) fn skus(&self, change: Option<&Change>) -> Vec<Sku> {
        let mut skus = Vec::with_capacity(12);
        if self.index >= FIRST_COMMON && mix(self.seed, self.index, 4).is_multiple_of(7) {
            skus.push(self.sku(None, None));
        } else {
            let first = below(mix(self.seed, self.index, 5), 0, COLOURS.len());
            for step in 0..2 + self.index as usize % 3 {
                let colour = Some((first + 3 * step) % COLOURS.len());
                if self.family.sizes.values.is_empty() {
                    skus.push(self.sku(colour, None));
                }
                for size in 0..self.family.sizes.values.len() {
                    skus.push(self.sku(colour, Some(size)));
                }
            }
        }
        if let Some(change) = change {
            apply(change, &mut skus);
        }
        skus
    }

    fn sku(&self, colour: Option<usize>, size: Option<usize>) -> Sku {
        let position = colour.map_or(0, |index| 1 + index as i64) * 8 + size.unwrap_or(0) as i64;
        let bits = mix(self.seed, self.index, 100 + position as u64);
        let cents = self.cents + self.cents * size.unwrap_or(0) as i64 / 12;
        let stock = if self.index < FIRST_COMMON {
            40 + below_i64(bits, 0, 400)
        } else if below(bits, 32, 9) == 0 {
            0
        } else {
            1 + below_i64(bits, 0, 300)
        };
        Sku {
            id: FIRST_SKU_ID + i64::from(self.index) * SKUS_PER_PRODUCT + position,
            colour,
            size,
            cents,
            list_cents: self.list_cents(cents),
            stock,
        }
    }

    /// The price before the cut: 130 to 299 percent of the sale price, 310 to 479 in the weekly deals.
    fn list_cents(&self, cents: i64) -> i64 {
        let deal = if Pool::WeeklyDeals.holds(self) {
            180
        } else {
            0
        };
        cents * (130 + deal + below_i64(mix(self.seed, self.index, 6), 0, 170)) / 100
    }

    /// `14:193#Night;5:361386`, or empty on a product without choice.
    pub(crate) fn sku_attr(&self, sku: &Sku) -> String {
        let mut attr = String::new();
        if let Some(colour) = sku.colour.map(|index| &COLOURS[index]) {
            attr = format!("14:{}#{}", colour.value_id, colour.label);
        }
        if let Some((value_id, _)) = self.size_of(sku) {
            attr.push_str(&format!(";{}:{value_id}", self.family.sizes.property_id));
        }
        attr
    }

    /// Value id and text of the chosen size.
    pub(crate) fn size_of(&self, sku: &Sku) -> Option<(i64, &'static str)> {
        self.family.sizes.values.get(sku.size?).copied()
    }

    /// `Color:Night; Size:M`.
    pub(crate) fn sku_description(&self, sku: &Sku, language: Language) -> String {
        let mut parts = Vec::new();
        if let Some(index) = sku.colour {
            parts.push(format!(
                "{}:{}",
                language.pick("Color", "Couleur"),
                COLOURS[index].label
            ));
        }
        if let Some((_, text)) = self.size_of(sku) {
            let (english, french) = self.family.sizes.name;
            parts.push(format!("{}:{text}", language.pick(english, french)));
        }
        parts.join("; ")
    }
}

fn apply(change: &Change, skus: &mut Vec<Sku>) {
    skus.retain(|sku| !change.dropped.contains(&sku.id));
    for sku in skus {
        if let Some(&cents) = change.cents.get(&sku.id) {
            sku.cents = cents;
            sku.list_cents = sku.list_cents.max(cents);
        }
        let stock = change.stock.get(&sku.id).copied().unwrap_or(sku.stock);
        let held = change.held.get(&sku.id).copied().unwrap_or(0);
        sku.stock = (stock - held).max(0);
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
    fn every_product_is_found_in_its_store_and_in_no_other() {
        let catalogue = catalogue(1);
        let mut found = 0;
        for store_id in FIRST_STORE_ID - 1..FIRST_STORE_ID + 20 {
            let sold: Vec<Product> = catalogue.store(store_id).collect();
            assert!(sold.iter().all(|product| product.store_id() == store_id));
            assert_eq!(catalogue.has_store(store_id), !sold.is_empty());
            found += sold.len();
        }
        assert_eq!(found, 500);
        assert!(!catalogue.has_store(i64::MAX) && !catalogue.has_store(i64::MIN));
    }

    #[test]
    fn sku_ids_are_unique_and_stay_within_their_product() {
        for index in 0..500 {
            let product = catalogue(3).product(index);
            let skus = product.skus(None);
            let ids: std::collections::BTreeSet<i64> = skus.iter().map(|sku| sku.id).collect();
            assert_eq!(ids.len(), skus.len());
            let first = FIRST_SKU_ID + i64::from(index) * SKUS_PER_PRODUCT;
            assert!(
                ids.iter()
                    .all(|id| (first..first + SKUS_PER_PRODUCT).contains(id))
            );
            assert!(
                skus.iter()
                    .all(|sku| sku.cents > 0 && sku.list_cents >= sku.cents)
            );
        }
    }

    #[test]
    fn sellers_and_stores_are_found_by_their_products() {
        let catalogue = catalogue(1);
        for index in 0..500 {
            let product = catalogue.product(index);
            for id in [product.store_id(), product.seller_id()] {
                let found = catalogue.of_seller(id).unwrap();
                assert_eq!(found.store_id(), product.store_id(), "{index}");
            }
        }
        for id in [i64::MIN, 0, FIRST_STORE_ID + 15, FIRST_SELLER_ID + 15] {
            assert!(catalogue.of_seller(id).is_none(), "{id}");
        }
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
