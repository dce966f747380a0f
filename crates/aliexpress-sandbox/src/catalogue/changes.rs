//! What differs from the generated catalogue: sales, and changes made through the control API.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Changes of one product. SKU ids are keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    pub(crate) delisted: bool,
    pub(crate) dropped: BTreeSet<i64>,
    /// Sale price in US cents.
    pub(crate) cents: BTreeMap<i64, i64>,
    /// Stock before what is in `held`.
    pub(crate) stock: BTreeMap<i64, i64>,
    /// Units that open and finished orders have taken.
    pub(crate) held: BTreeMap<i64, i64>,
}

/// Changes by product id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Changes(BTreeMap<i64, Change>);

impl Changes {
    pub(crate) fn of(&self, product_id: i64) -> Option<&Change> {
        self.0.get(&product_id)
    }

    pub(crate) fn entry(&mut self, product_id: i64) -> &mut Change {
        self.0.entry(product_id).or_default()
    }

    /// Every changed product's id and changes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, &Change)> {
        self.0.iter().map(|(id, change)| (*id, change))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes units out of stock (or puts them back when `units` is negative).
    pub(crate) fn hold(&mut self, product_id: i64, sku_id: i64, units: i64) {
        let held = self.entry(product_id).held.entry(sku_id).or_default();
        *held = held.saturating_add(units).max(0);
    }
}
