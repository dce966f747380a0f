//! Keyword search: the query is held against the vocabulary once, then each product costs a few bit
//! operations, so that a catalogue of a million needs no index. Only what is shown is built, and only as
//! many hits are remembered as lead to the page.

use super::changes::{Change, Changes};
use super::countries::Country;
use super::delivery;
use super::vocabulary::{ADJECTIVES, FAMILIES, Family, HOSTILE_TITLES, MATERIALS, USES};
use super::{
    Catalogue, FIRST_COMMON, PROMISED_PRODUCTS, Product, Traits, cents, mix, orders, reviews,
    sold_to,
};
use crate::language::words;

/// Words of a query beyond this number are not looked at.
const MOST_WORDS: usize = 16;

/// What results are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortKey {
    Price,
    Orders,
    Comments,
}

impl SortKey {
    /// What a product is ordered by.
    pub(super) fn value(self, product: &Product, changes: &Changes) -> i64 {
        match self {
            Self::Price => changes
                .of(product.id())
                .and_then(|change| product.skus(Some(change)).iter().map(|sku| sku.cents).min())
                .unwrap_or_else(|| product.base_cents()),
            Self::Orders => product.orders,
            Self::Comments => product.reviews,
        }
    }
}

/// A search for one destination.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) words: &'a str,
    pub(crate) category: Option<i64>,
    pub(crate) country: &'a Country,
    /// Only what some service delivers there free of charge.
    pub(crate) free_to: Option<&'a Country>,
    pub(crate) sort: SortKey,
    pub(crate) descending: bool,
}

/// For each entry of the vocabulary, a bit for each word of the query that it contains.
pub(super) struct Masks {
    wanted: u32,
    families: Vec<u32>,
    adjectives: Vec<u32>,
    materials: Vec<u32>,
    purposes: Vec<u32>,
    hostile: Vec<u32>,
}

impl Masks {
    pub(super) fn new(query: &str) -> Self {
        let mut query = words(query);
        query.truncate(MOST_WORDS);
        let mask = |texts: &[&str]| mask(&query, texts);
        Self {
            wanted: (1 << query.len()) - 1,
            families: FAMILIES
                .iter()
                .map(|it| mask(&[it.noun.0, it.noun.1]))
                .collect(),
            adjectives: ADJECTIVES
                .iter()
                .map(|it| mask(&[it.0, it.1, it.2]))
                .collect(),
            materials: MATERIALS.iter().map(|it| mask(&[it.0, it.1])).collect(),
            purposes: USES.iter().map(|it| mask(&[it.0, it.1])).collect(),
            hostile: HOSTILE_TITLES
                .iter()
                .map(|it| mask(&[it, "hostile"]))
                .collect(),
        }
    }

    /// Whether all words of the query are in the titles that the traits make.
    pub(super) fn fit(&self, index: u32, traits: Traits) -> bool {
        let found = if (PROMISED_PRODUCTS..FIRST_COMMON).contains(&index) {
            self.hostile[(index - PROMISED_PRODUCTS) as usize]
        } else {
            self.families[traits.family]
                | self.adjectives[traits.adjective]
                | self.materials[traits.material]
                | self.purposes[traits.purpose]
        };
        found & self.wanted == self.wanted
    }
}

/// A word is contained when a word of the text is equal to it, begins with it, or is it without plural s.
fn mask(query: &[String], texts: &[&str]) -> u32 {
    let contained: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    let mut bits = 0;
    for (position, word) in query.iter().enumerate() {
        let fits = |own: &String| {
            own == word
                || (word.len() >= 3 && own.starts_with(word.as_str()))
                || word
                    .strip_suffix('s')
                    .is_some_and(|singular| singular == own)
        };
        if contained.iter().any(fits) {
            bits |= 1 << position;
        }
    }
    bits
}

/// The lowest `most` of all values that were offered. Memory is bounded by `most`, time by the offers.
struct Lowest {
    most: usize,
    held: Vec<(i64, u32)>,
}

impl Lowest {
    fn new(most: usize) -> Self {
        Self {
            most,
            held: Vec::new(),
        }
    }

    fn offer(&mut self, value: (i64, u32)) {
        if self.most == 0 {
            return;
        }
        self.held.push(value);
        // Every so often the worse half goes: amortised, each offer costs the same.
        if self.held.len() >= self.most.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.held.len() > self.most {
            self.held.select_nth_unstable(self.most);
            self.held.truncate(self.most);
        }
    }

    fn sorted(mut self) -> Vec<(i64, u32)> {
        self.cut();
        self.held.sort_unstable();
        self.held
    }
}

impl Catalogue {
    /// How many products match, and the `size` of them that follow the first `skip`.
    pub(crate) fn search(
        self,
        query: &Query<'_>,
        changes: &Changes,
        skip: usize,
        size: usize,
    ) -> (usize, Vec<Product>) {
        let masks = Masks::new(query.words);
        let families = query.category.map(families_in);
        let mut total = 0;
        let most = skip.saturating_add(size).min(self.products as usize);
        let mut lowest = Lowest::new(most);
        for index in 0..self.products {
            let traits = self.traits(index);
            let wanted = masks.fit(index, traits)
                && families.is_none_or(|families| families & (1 << traits.family) != 0)
                && sold_to(self.seed, index, query.country);
            if !wanted {
                continue;
            }
            let change = changes.of(Self::id(index));
            let sold = change.is_none() || self.product(index).on_sale(change);
            if sold
                && query
                    .free_to
                    .is_none_or(|country| self.is_free(index, country, change))
            {
                total += 1;
                lowest.offer((self.sort_value(index, traits, query, change), index));
            }
        }
        let page = lowest.sorted().into_iter().skip(skip);
        (total, page.map(|(_, index)| self.product(index)).collect())
    }

    /// One piece of the cheapest variant is delivered free of charge.
    fn is_free(self, index: u32, country: &Country, change: Option<&Change>) -> bool {
        let product = self.product(index);
        let cheapest = product.skus(change).iter().map(|sku| sku.cents).min();
        cheapest
            .and_then(|cents| delivery::cheapest(&product, country, cents))
            .is_some_and(|service| service.fee_cents.is_none())
    }

    fn sort_value(
        self,
        index: u32,
        traits: Traits,
        query: &Query<'_>,
        change: Option<&Change>,
    ) -> i64 {
        let numbers = mix(self.seed, index, 2);
        let value = match (query.sort, change) {
            (SortKey::Price, Some(change)) => {
                let product = self.product(index);
                let skus = product.skus(Some(change));
                let lowest = skus.iter().map(|sku| sku.cents).min();
                lowest.unwrap_or_else(|| product.base_cents())
            }
            (SortKey::Price, None) => cents(numbers, &FAMILIES[traits.family]),
            (SortKey::Orders, _) => orders(self.seed, index, numbers),
            (SortKey::Comments, _) => reviews(numbers),
        };
        if query.descending {
            value.saturating_neg()
        } else {
            value
        }
    }
}

/// A bit for each family that a category holds.
fn families_in(category: i64) -> u64 {
    let holds = |family: &Family| family.categories.contains(&category);
    FAMILIES
        .iter()
        .enumerate()
        .filter(|(_, family)| holds(family))
        .fold(0, |bits, (position, _)| bits | 1 << position)
}

// A family has a bit.
const _: () = assert!(FAMILIES.len() <= 64);

#[cfg(test)]
mod tests {
    use super::super::built;
    use super::*;
    use crate::catalogue::countries;
    use crate::language::Language;

    fn search(seed: u64, text: &str, country: &str) -> (usize, Vec<Product>) {
        let query = Query {
            words: text,
            category: None,
            country: countries::find(country).unwrap(),
            free_to: None,
            sort: SortKey::Price,
            descending: false,
        };
        Catalogue {
            seed,
            products: 500,
        }
        .search(&query, &Changes::default(), 0, 500)
    }

    #[test]
    fn promised_words_find_twenty_products_in_stock_everywhere_for_every_seed() {
        for seed in [0, 1, 42, u64::MAX] {
            for word in ["case", "lamp", "bag", "coque", "lampe"] {
                for country in ["FR", "US", "CG"] {
                    let (_, products) = search(seed, word, country);
                    let in_stock = products
                        .iter()
                        .filter(|product| product.skus(None).iter().any(|sku| sku.stock > 0))
                        .count();
                    assert!(in_stock >= 20, "{seed} {word} {country} {in_stock}");
                }
            }
        }
    }

    #[test]
    fn every_hit_has_the_word_in_one_of_its_titles() {
        for word in ["coque", "lamp", "coton", "travel"] {
            for product in search(5, word, "FR").1 {
                let both = format!(
                    "{} {}",
                    product.title(Language::English),
                    product.title(Language::French)
                );
                assert!(
                    words(&both).iter().any(|own| own.starts_with(word)),
                    "{word}: {both}"
                );
            }
        }
    }

    #[test]
    fn all_words_must_fit_and_pages_do_not_overlap() {
        let (all, _) = search(1, "lamp", "US");
        let (fewer, _) = search(1, "foldable lamp", "US");
        assert!(fewer < all);
        assert_eq!(search(1, "lamp nosuchword", "US").0, 0);
        assert!(search(1, "hostile", "US").0 >= 3);

        let query = Query {
            words: "lamp",
            category: None,
            country: countries::find("US").unwrap(),
            free_to: None,
            sort: SortKey::Orders,
            descending: true,
        };
        let catalogue = Catalogue {
            seed: 1,
            products: 500,
        };
        let page = |skip| catalogue.search(&query, &Changes::default(), skip, 10).1;
        let (one, two) = (page(0), page(10));
        assert!(one.last().unwrap().orders >= two[0].orders);
        assert!(
            one.iter()
                .all(|left| two.iter().all(|right| left.index != right.index))
        );
    }

    #[test]
    fn a_search_builds_what_it_shows_and_remembers_two_pages() {
        let query = Query {
            words: "lamp",
            category: None,
            country: countries::find("FR").unwrap(),
            free_to: None,
            sort: SortKey::Price,
            descending: false,
        };
        let catalogue = Catalogue {
            seed: 1,
            products: 100_000,
        };
        built::take();
        let (total, page) = catalogue.search(&query, &Changes::default(), 20, 20);
        assert!(total > 1000, "{total}");
        assert_eq!((page.len(), built::take()), (20, 20));

        let mut lowest = Lowest::new(40);
        for index in 0..100_000 {
            lowest.offer((i64::from(index * 7919 % 100_000), index));
            assert!(lowest.held.len() < 80 && lowest.held.capacity() <= 128);
        }
        let values: Vec<i64> = lowest
            .sorted()
            .into_iter()
            .map(|(value, _)| value)
            .collect();
        assert_eq!(values, (0..40).collect::<Vec<i64>>());
    }

    #[test]
    fn pages_of_any_depth_are_those_of_the_whole_list() {
        let catalogue = Catalogue {
            seed: 3,
            products: 3000,
        };
        let query = Query {
            words: "",
            category: Some(FAMILIES[0].categories[2]),
            country: countries::find("US").unwrap(),
            free_to: None,
            sort: SortKey::Comments,
            descending: true,
        };
        let indices = |skip, size| -> Vec<u32> {
            let (_, products) = catalogue.search(&query, &Changes::default(), skip, size);
            products.iter().map(|product| product.index).collect()
        };
        let all = indices(0, usize::MAX);
        assert!(all.len() > 50);
        for skip in [0, 1, 17, all.len() - 3, all.len(), usize::MAX] {
            let expected: Vec<u32> = all.iter().skip(skip).take(10).copied().collect();
            assert_eq!(indices(skip, 10), expected, "{skip}");
        }
        assert!(indices(0, 0).is_empty());
    }

    #[test]
    fn changed_prices_move_products_and_what_is_gone_is_not_found() {
        let (catalogue, france) = (
            Catalogue {
                seed: 1,
                products: 500,
            },
            countries::find("FR").unwrap(),
        );
        let query = Query {
            words: "lamp",
            category: None,
            country: france,
            free_to: None,
            sort: SortKey::Price,
            descending: false,
        };
        let mut changes = Changes::default();
        let (total, before) = catalogue.search(&query, &changes, 0, 500);
        let (first, last) = (before[0], before[total - 1]);
        for sku in last.skus(None) {
            changes.entry(last.id()).cents.insert(sku.id, 1);
        }
        let (_, now) = catalogue.search(&query, &changes, 0, 500);
        assert_eq!((now[0].index, now[1].index), (last.index, first.index));

        for sku in first.skus(None) {
            changes.entry(first.id()).dropped.insert(sku.id);
        }
        changes.entry(last.id()).delisted = true;
        let (fewer, left) = catalogue.search(&query, &changes, 0, 500);
        assert_eq!((fewer, left[0].index), (total - 2, before[1].index));
    }
}
