//! The SKUs of a product: colours and sizes with their prices and stock, and what changes make of them.

use super::changes::Change;
use super::feeds::Pool;
use super::vocabulary::COLOURS;
use super::{FIRST_COMMON, Product, below, below_i64, mix};
use crate::language::Language;

const FIRST_SKU_ID: i64 = 12_000_036_000_000_000;
const SKUS_PER_PRODUCT: i64 = 100;

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

impl Product {
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
    pub(super) fn list_cents(&self, cents: i64) -> i64 {
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn sku_ids_are_unique_and_stay_within_their_product() {
        for index in 0..500 {
            let catalogue = Catalogue {
                seed: 3,
                products: 500,
            };
            let product = catalogue.product(index);
            let skus = product.skus(None);
            let ids: BTreeSet<i64> = skus.iter().map(|sku| sku.id).collect();
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
}
