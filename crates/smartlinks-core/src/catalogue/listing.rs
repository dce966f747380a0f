//! Lists of the catalogue: pages, searches, one product.

use smartlinks_store::{CatalogueEntry, CatalogueFilter, PRODUCTS_AT_ONCE};

use super::search_text::search_words;
use super::views::{self, CatalogueDetail, CataloguePage, StateCount};
use super::{checks, merging};
use crate::error::{Error, Result};
use crate::service::Core;
use crate::text::shortened;

/// How many a page holds when nobody says.
const USUAL: u32 = 50;

/// Which imported products are wanted. What is none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct CatalogueQuery {
    /// Words of title, shop or label, a product number or address, codes of the merchant's own.
    pub words: Option<String>,
    /// `listed`, `held` or `unpublished`.
    pub state: Option<String>,
    /// With this label.
    pub label: Option<String>,
    /// Imported with this connection.
    pub connection: Option<String>,
    /// Of which AliExpress last said this: `on_sale`, `not_found`, `not_sold_here`, `not_for_app`, `offline`.
    pub availability: Option<String>,
    /// With this price rule as their own.
    pub rule: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 when `None`.
    pub limit: Option<u32>,
}

impl Core {
    /// A page of imported products, the latest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn catalogue(&self, query: &CatalogueQuery) -> Result<CataloguePage> {
        let limit = query.limit.unwrap_or(USUAL);
        if !(1..=PRODUCTS_AT_ONCE).contains(&limit) {
            let message = format!("{limit} is not between 1 and {PRODUCTS_AT_ONCE}");
            return Err(Error::invalid("limit", message));
        }
        let after = given(query.after.as_deref()).map(|text| {
            text.parse()
                .map_err(|_| Error::invalid("after", "is not the `next` of a page"))
        });
        let filter = self.catalogue_filter(query).await?;
        let after = after.transpose()?;
        let found = self
            .store()
            .catalogue()
            .products(&filter, after.as_ref(), limit);
        let found = found.await?;
        let last = found.last().filter(|_| found.len() == limit as usize);
        let next = last.map(|last| last.product.id.to_string());
        let products = found.into_iter().map(views::listed);
        Ok(CataloguePage {
            products: products.collect::<Result<_>>()?,
            next,
        })
    }

    /// How many imported products are in each state.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn catalogue_by_state(&self) -> Result<Vec<StateCount>> {
        let counted = self.store().catalogue().products_by_state().await?;
        let count = |(state, products)| StateCount { state, products };
        Ok(counted.into_iter().map(count).collect())
    }

    /// One imported product with its variants.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn catalogue_product(&self, id: &str) -> Result<CatalogueDetail> {
        self.whole(self.catalogue_entry(id).await?).await
    }

    /// A product as one alone is shown.
    pub(super) async fn whole(&self, entry: CatalogueEntry) -> Result<CatalogueDetail> {
        let mut chosen = Vec::new();
        if entry.skus.iter().any(|sku| sku.gone_at.is_some()) {
            let watch = self.store().product_watch();
            chosen = watch.sku_repairs(&entry.product.id).await?;
        }
        let mut detail = views::detail(entry)?;
        for repair in chosen {
            let gone = detail.skus.iter_mut().find(|sku| sku.id == repair.sku_id);
            if let Some(gone) = gone {
                gone.replaced_by = Some(repair.replaced_by);
            }
        }
        Ok(detail)
    }

    pub(super) async fn catalogue_entry(&self, id: &str) -> Result<CatalogueEntry> {
        let id = checks::catalogue_id(id)?;
        let found = self.store().catalogue().product(&id).await?;
        found.ok_or_else(|| Error::UnknownProduct(id.to_string()))
    }

    pub(super) async fn catalogue_filter(&self, query: &CatalogueQuery) -> Result<CatalogueFilter> {
        // No text of ours holds one, and not every database takes it in a text.
        for (field, text) in [("words", &query.words), ("label", &query.label)] {
            let control = |sign: char| sign.is_control() && !sign.is_whitespace();
            if text.as_deref().is_some_and(|text| text.contains(control)) {
                return Err(Error::invalid(field, "holds a control character"));
            }
        }
        let connection = match given(query.connection.as_deref()) {
            Some(id) => Some(self.record(id).await?.id),
            None => None,
        };
        Ok(CatalogueFilter {
            words: given(query.words.as_deref())
                .map(search_words)
                .unwrap_or_default(),
            state: given(query.state.as_deref())
                .map(merging::state)
                .transpose()?,
            label: given(query.label.as_deref()).map(str::to_owned),
            connection,
            availability: given(query.availability.as_deref())
                .map(|word| {
                    word.parse().map_err(|_| {
                        let message = format!(
                            "{:?} is not one of on_sale, not_found, not_sold_here, not_for_app and offline",
                            shortened(word, 30)
                        );
                        Error::invalid("availability", message)
                    })
                })
                .transpose()?,
            rule: given(query.rule.as_deref())
                .map(checks::rule_id)
                .transpose()?,
        })
    }
}

/// What was given, unless it is empty: a form sends empty fields.
pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
