//! What AliExpress has changed, of all products.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartlinks_store::{ChangeCursor, Drift, DriftFilter};
use utoipa::ToSchema;

use super::super::history::cursor;
use super::super::listing::given;
use super::super::merging::kinds;
use super::{WatchAction, moment, value};
use crate::error::{Error, Result};
use crate::service::Core;
use crate::text::shortened;

/// The kinds of entries that can be looked for.
const KINDS: [&str; 6] = [
    kinds::COST,
    kinds::STOCK,
    kinds::SKU_GONE,
    kinds::SKU_BACK,
    kinds::SKU_ADDED,
    kinds::AVAILABILITY,
];

/// Which changes are wanted. What is none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct DriftQuery {
    /// `cost`, `stock`, `sku_gone`, `sku_back`, `sku_added` or `availability`.
    pub kind: Option<String>,
    /// About which this was done: `record`, `notify`, `hold` or `unpublish`.
    pub outcome: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 when `None`.
    pub limit: Option<u32>,
}

/// One change that AliExpress made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriftView {
    /// When it was found. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The product, `prod_…`.
    pub product: String,
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// The connection it was imported with.
    pub connection: String,
    /// The merchant's title.
    pub title: String,
    /// `cost`, `stock`, `sku_gone`, `sku_back`, `sku_added` or `availability`.
    pub kind: String,
    /// Number of the variant, when it is about one.
    pub sku: Option<String>,
    /// What it was: a text, a number, or an amount with its currency.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it is since.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// What was done about it: `record`, `notify`, `hold` or `unpublish`.
    pub outcome: String,
}

/// Changes that AliExpress made, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriftPage {
    /// The changes.
    pub changes: Vec<DriftView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

impl Core {
    /// What AliExpress has changed of imported products, the latest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::Storage`].
    pub async fn drift(&self, query: &DriftQuery) -> Result<DriftPage> {
        let limit = query.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            let message = format!("{limit} is not between 1 and 200");
            return Err(Error::invalid("limit", message));
        }
        let actions: Vec<&str> = WatchAction::ALL.iter().map(|one| one.as_str()).collect();
        let filter = DriftFilter {
            kind: one_of("kind", query.kind.as_deref(), &KINDS)?,
            outcome: one_of("outcome", query.outcome.as_deref(), &actions)?,
        };
        let after: Option<ChangeCursor> = given(query.after.as_deref()).map(cursor).transpose()?;
        let watch = self.store().product_watch();
        let found = watch.drift(&filter, after.as_ref(), limit).await?;
        let last = found.last().filter(|_| found.len() == limit as usize);
        let next = last.map(|last| format!("{}.{}", last.change.at.0, last.change.id));
        Ok(DriftPage {
            changes: found.into_iter().map(view).collect(),
            next,
        })
    }
}

fn one_of(field: &'static str, given_word: Option<&str>, words: &[&str]) -> Result<Option<String>> {
    match given(given_word) {
        None => Ok(None),
        Some(word) if words.contains(&word) => Ok(Some(word.to_owned())),
        Some(word) => {
            let message = format!(
                "{:?} is not one of {}",
                shortened(word, 30),
                words.join(", ")
            );
            Err(Error::invalid(field, message))
        }
    }
}

fn view(drift: Drift) -> DriftView {
    let change = drift.change;
    DriftView {
        at: moment(Some(change.at)),
        product: change.product.into(),
        product_id: drift.product_id,
        connection: drift.connection.into(),
        title: drift.title,
        kind: change.kind,
        sku: change.sku_id,
        before: value(change.before_json),
        after: value(change.after_json),
        outcome: change.outcome.unwrap_or_default(),
    }
}
