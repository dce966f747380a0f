//! What a variant has cost over time.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use smartlinks_store::{CatalogueChange, CatalogueSku, ChangeCursor};

use super::merging::kinds;
use crate::clock::from_millis;
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::service::Core;
use crate::text::shortened;

/// How many entries of a history are read at once.
const AT_ONCE: u32 = 1000;
/// How far back is looked, in entries of the product.
const AT_MOST: usize = 5000;

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
        let (mut before, mut looked) = (None::<ChangeCursor>, 0);
        let mut changes = Vec::new();
        loop {
            let page = catalogue.product_changes(&entry.product.id, before.as_ref(), AT_ONCE);
            let page = page.await?;
            looked += page.len();
            before = page.last().map(|last| ChangeCursor {
                at: last.at,
                id: last.id.clone(),
            });
            let whole = page.len() == AT_ONCE as usize;
            let of_it = page.into_iter().filter(|change| {
                change.kind == kinds::COST && change.sku_id.as_deref() == Some(sku)
            });
            changes.extend(of_it);
            if !whole || looked >= AT_MOST {
                break;
            }
        }
        Ok(CostCourse {
            sku: sku.to_owned(),
            points: points(known, &changes, entry.product.added_at.0),
        })
    }
}

/// The steps, from the changes of a cost with the latest first.
fn points(sku: &CatalogueSku, changes: &[CatalogueChange], added_at: i64) -> Vec<CostPoint> {
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
