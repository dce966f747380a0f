//! The catalogue: products that the merchant has imported, their variants, and the history of both.

mod id;
mod reading;
mod records;
mod saving;
mod storage;

use async_trait::async_trait;

pub use id::{CatalogueId, ChangeId, InvalidCatalogueId, InvalidChangeId};
pub(crate) use reading::{change as read_change, change_columns};
pub use records::{
    Availability, CatalogueChange, CatalogueEntry, CatalogueFilter, CatalogueProduct, CatalogueSku,
    CatalogueState, ChangeCursor, ListedProduct, NewCatalogueEntry, Replacement, SEARCH_WORDS,
};

pub(crate) use saving::Save;

use crate::{ConnectionId, Millis, StoreError, Traces};

/// The most products that are read at once.
pub const PRODUCTS_AT_ONCE: u32 = 200;

/// The imported products.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait CatalogueRepository: Send + Sync {
    /// Stores a product with its variants, a new one or a known one as it shall be; whether it was stored. It is not
    /// when the product's [`version`](CatalogueProduct::version) is not the one that follows what is stored: somebody
    /// else was faster. The first version is 1.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its number is known to the connection already, when a code of the merchant's own
    /// stands at another variant, or when there is no such connection or rule.
    async fn save(&self, entry: NewCatalogueEntry, traces: Traces) -> Result<bool, StoreError>;

    /// One product with its variants.
    async fn product(&self, id: &CatalogueId) -> Result<Option<CatalogueEntry>, StoreError>;

    /// The product of a connection with AliExpress's number.
    async fn product_numbered(
        &self,
        connection: &ConnectionId,
        product_id: &str,
    ) -> Result<Option<CatalogueId>, StoreError>;

    /// Where a code of the merchant's own stands, in capitals or not: product and variant.
    async fn sku_coded(
        &self,
        connection: &ConnectionId,
        own_code: &str,
    ) -> Result<Option<(CatalogueId, String)>, StoreError>;

    /// A code of the merchants' own that stands at variants of two connections which are sold; none when there is none.
    async fn code_of_two_connections(&self) -> Result<Option<String>, StoreError>;

    /// Up to `limit` products that a filter lets through, after `after`, the latest imported first, with their
    /// variants. A page without words costs the same wherever it lies.
    async fn products(
        &self,
        filter: &CatalogueFilter,
        after: Option<&CatalogueId>,
        limit: u32,
    ) -> Result<Vec<ListedProduct>, StoreError>;

    /// The products with these ids that are there, of which the first [`PRODUCTS_AT_ONCE`] count.
    async fn products_named(&self, ids: &[CatalogueId]) -> Result<Vec<ListedProduct>, StoreError>;

    /// As [`products`](Self::products), with what only one product's page shows.
    async fn whole_products(
        &self,
        filter: &CatalogueFilter,
        after: Option<&CatalogueId>,
        limit: u32,
    ) -> Result<Vec<CatalogueEntry>, StoreError>;

    /// How many products there are in each state.
    async fn products_by_state(&self) -> Result<Vec<(CatalogueState, i64)>, StoreError>;

    /// What has happened to a product, the latest first.
    async fn product_changes(
        &self,
        id: &CatalogueId,
        before: Option<&ChangeCursor>,
        limit: u32,
    ) -> Result<Vec<CatalogueChange>, StoreError>;

    /// What has happened to one variant of a product, the latest first.
    async fn sku_changes(
        &self,
        id: &CatalogueId,
        sku: &str,
        limit: u32,
    ) -> Result<Vec<CatalogueChange>, StoreError>;

    /// Deletes a product with its variants and its history; whether it was there.
    async fn remove_product(&self, id: &CatalogueId, traces: Traces) -> Result<bool, StoreError>;

    /// Deletes what happened to products before a moment; gives how many entries.
    async fn prune_product_changes(&self, before: Millis) -> Result<u64, StoreError>;

    /// Deletes what was only recorded of numbers in stock before a moment; gives how many entries.
    async fn prune_stock_changes(&self, before: Millis) -> Result<u64, StoreError>;
}
