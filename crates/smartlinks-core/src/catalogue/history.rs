//! What has happened to a product.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartlinks_store::{CatalogueChange, ChangeCursor, Millis};
use utoipa::ToSchema;

use super::checks;
use super::drift::value;
use super::listing::given;
use crate::clock::from_millis;
use crate::error::{Error, Result};
use crate::service::Core;

/// One thing that happened to a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueChangeView {
    /// When. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// `imported`, `title`, `source_title`, `state`, `availability`, `market`, `cost`, `stock`, `price`, `sku_added`,
    /// `sku_gone`, `sku_back` or `sku_replaced`.
    pub kind: String,
    /// Number of the variant, when it is about one.
    pub sku: Option<String>,
    /// What it was: a text, a number, or an amount with its currency.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it is since.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// What was done about it, of what AliExpress has changed: `record`, `notify`, `hold` or `unpublish`.
    pub outcome: Option<String>,
}

/// A part of a product's history, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogueChangePage {
    /// The entries.
    pub changes: Vec<CatalogueChangeView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

impl Core {
    /// What has happened to a product, the latest first. `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn product_history(
        &self,
        id: &str,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<CatalogueChangePage> {
        let limit = limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            let message = format!("{limit} is not between 1 and 200");
            return Err(Error::invalid("limit", message));
        }
        let after = given(after).map(cursor).transpose()?;
        let id = checks::catalogue_id(id)?;
        let catalogue = self.store().catalogue();
        let changes = catalogue
            .product_changes(&id, after.as_ref(), limit)
            .await?;
        if changes.is_empty() && catalogue.product(&id).await?.is_none() {
            return Err(Error::UnknownProduct(id.to_string()));
        }
        let last = changes.last().filter(|_| changes.len() == limit as usize);
        Ok(CatalogueChangePage {
            next: last.map(|last| format!("{}.{}", last.at.0, last.id)),
            changes: changes.into_iter().map(view).collect(),
        })
    }
}

/// Where the `next` of a page points.
pub(super) fn cursor(text: &str) -> Result<ChangeCursor> {
    let parts = text.split_once('.').and_then(|(at, id)| {
        Some(ChangeCursor {
            at: Millis(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    });
    parts.ok_or_else(|| Error::invalid("after", "is not the `next` of a page"))
}

fn view(change: CatalogueChange) -> CatalogueChangeView {
    CatalogueChangeView {
        at: from_millis(change.at),
        kind: change.kind,
        sku: change.sku_id,
        before: value(change.before_json),
        after: value(change.after_json),
        outcome: change.outcome,
    }
}
