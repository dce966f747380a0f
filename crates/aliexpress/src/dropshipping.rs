//! Methods of the dropshipping group. Each acts for an account and needs an access token.
//!
//! Every method is a builder: set what is known, then `send`. What is missing or cannot be meant is refused before
//! anything is sent.

mod check;
pub mod freight;
pub mod order;
pub mod order_create;
pub mod product;
pub mod text_search;
pub mod tracking;

use crate::Client;

use freight::FreightQuery;
use order::OrderQuery;
use order_create::CreateOrder;
use product::ProductQuery;
use text_search::SearchQuery;
use tracking::TrackingQuery;

/// Entry to the dropshipping methods. Made by [`Client::dropshipping`].
#[derive(Debug, Clone, Copy)]
pub struct Dropshipping<'c> {
    client: &'c Client,
}

impl<'c> Dropshipping<'c> {
    pub(crate) fn new(client: &'c Client) -> Self {
        Self { client }
    }

    /// Searches products by keyword or category (`aliexpress.ds.text.search`).
    pub fn text_search(&self) -> SearchQuery<'c> {
        SearchQuery::new(self.client)
    }

    /// Reads one product with its variants, prices and stock (`aliexpress.ds.product.get`).
    pub fn product(&self, product_id: i64) -> ProductQuery<'c> {
        ProductQuery::new(self.client, product_id)
    }

    /// Delivery options of one variant (`aliexpress.ds.freight.query`). `sku_id` is
    /// [`Sku::sku_id`](product::Sku::sku_id).
    pub fn freight(&self, product_id: i64, sku_id: impl Into<String>) -> FreightQuery<'c> {
        FreightQuery::new(self.client, product_id, sku_id.into())
    }

    /// Places orders (`aliexpress.ds.order.create`). A write.
    pub fn create_order(&self) -> CreateOrder<'c> {
        CreateOrder::new(self.client)
    }

    /// Reads one order (`aliexpress.trade.ds.order.get`).
    pub fn order(&self, order_id: i64) -> OrderQuery<'c> {
        OrderQuery::new(self.client, order_id)
    }

    /// Parcels and tracking events of one order (`aliexpress.ds.order.tracking.get`).
    pub fn tracking(&self, order_id: i64) -> TrackingQuery<'c> {
        TrackingQuery::new(self.client, order_id)
    }
}
