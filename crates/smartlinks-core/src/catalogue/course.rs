//! What a variant has cost over time.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use smartlinks_store::{CatalogueChange, CatalogueSku};

use super::merging::kinds;
use crate::clock::from_millis;
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::service::Core;
use crate::text::shortened;

/// How far back is looked, in entries of the variant.
const AT_MOST: u32 = 5000;

/// What one piece of a variant has cost in the currency of today, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct CostCourse {
    /// Number of the variant.
    pub sku: String,
    /// From when on it cost how much. Empty when nothing is known.
    pub points: Vec<CostPoint>,
}

/// From a moment on.
#[derive(Debug, Clone, PartialEq)]
pub struct CostPoint {
    /// The moment.
    pub at: Option<Timestamp>,
    /// What one piece cost since.
    pub cost: MoneyView,
}

impl Core {
    /// What a variant has cost since it was imported, as far as its history goes back and the currency is the same.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Invalid`] for a variant that the product does not have, [`Error::Storage`].
    pub async fn cost_course(&self, id: &str, sku: &str) -> Result<CostCourse> {
        let entry = self.catalogue_entry(id).await?;
        let known = entry.skus.iter().find(|one| one.sku_id == sku);
        let known = known.ok_or_else(|| {
            let message = format!("{:?} is not a variant of this product", shortened(sku, 30));
            Error::invalid("sku", message)
        })?;
        let catalogue = self.store().catalogue();
        let changes = catalogue.sku_changes(&entry.product.id, sku, AT_MOST);
        let changes = changes.await?;
        // What AliExpress has added later costs nothing before, and what lies further back than was read is not known.
        let begun = changes
            .iter()
            .find(|change| change.kind == kinds::SKU_ADDED);
        let whole = changes.len() < AT_MOST as usize;
        let since = match begun.or(changes.last().filter(|_| !whole)) {
            Some(first) => first.at,
            None => entry.product.added_at,
        };
        let costs = changes.iter().filter(|change| change.kind == kinds::COST);
        Ok(CostCourse {
            sku: sku.to_owned(),
            points: points(known, costs, since.0),
        })
    }
}

/// The steps, from the changes of a cost with the latest first.
fn points<'c>(
    sku: &CatalogueSku,
    changes: impl Iterator<Item = &'c CatalogueChange>,
    added_at: i64,
) -> Vec<CostPoint> {
    let now = sku.cost.as_deref().and_then(|cost| cost.parse().ok());
    let Some((amount, currency)) = now.zip(sku.currency.clone()) else {
        return Vec::new();
    };
    let point = |at: i64, amount: Decimal| CostPoint {
        at: from_millis(smartlinks_store::Millis(at)),
        cost: MoneyView {
            amount,
            currency: currency.clone(),
        },
    };
    let mut points = Vec::new();
    let mut amount = amount;
    let mut since = added_at;
    for change in changes {
        points.push(point(change.at.0, amount));
        match before(change, &currency) {
            Some(earlier) => amount = earlier,
            // In another currency, or unknown: the line begins here.
            None => {
                since = change.at.0;
                break;
            }
        }
    }
    if points.last().is_none_or(|_| since == added_at) {
        points.push(point(since, amount));
    }
    points.reverse();
    points
}

fn before(change: &CatalogueChange, currency: &str) -> Option<Decimal> {
    let value: Value = serde_json::from_str(change.before_json.as_deref()?).ok()?;
    let same = value.get("currency")?.as_str()? == currency;
    let amount = value.get("amount")?.as_str()?.parse().ok()?;
    same.then_some(amount)
}
