//! Keyword search: the query is held against the vocabulary once, then each product costs a few bit
//! operations, so that a catalogue of a million needs no index.

use super::changes::Changes;
use super::countries::Country;
use super::vocabulary::{ADJECTIVES, FAMILIES, HOSTILE_TITLES, MATERIALS, USES};
use super::{Catalogue, FIRST_COMMON, PROMISED_PRODUCTS, Product};
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

    pub(super) fn match_product(&self, product: &Product) -> bool {
        let found = if (PROMISED_PRODUCTS..FIRST_COMMON).contains(&product.index) {
            self.hostile[(product.index - PROMISED_PRODUCTS) as usize]
        } else {
            self.families[product.family_index]
                | self.adjectives[product.adjective]
                | self.materials[product.material]
                | self.purposes[product.purpose]
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
        let mut found: Vec<(i64, u32)> = Vec::new();
        for index in 0..self.products {
            let product = self.product(index);
            let wanted = masks.match_product(&product)
                && query
                    .category
                    .is_none_or(|id| product.family.categories.contains(&id))
                && product.sold_to(query.country)
                && product.on_sale(changes.of(product.id()));
            if wanted {
                found.push((sort_value(&product, query, changes), index));
            }
        }
        let total = found.len();
        let end = skip.saturating_add(size).min(total);
        if end < total {
            found.select_nth_unstable(end);
            found.truncate(end);
        }
        found.sort_unstable();
        let page = found
            .into_iter()
            .skip(skip)
            .map(|(_, index)| self.product(index))
            .collect();
        (total, page)
    }
}

fn sort_value(product: &Product, query: &Query<'_>, changes: &Changes) -> i64 {
    let value = query.sort.value(product, changes);
    if query.descending {
        value.saturating_neg()
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::countries;
    use crate::language::Language;

    fn search(seed: u64, text: &str, country: &str) -> (usize, Vec<Product>) {
        let query = Query {
            words: text,
            category: None,
            country: countries::find(country).unwrap(),
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
}
