//! Storing a product with its variants, history and traces, or nothing of it.

use async_trait::async_trait;

use super::reading::joined;
use super::records::{CatalogueChange, CatalogueProduct, CatalogueSku, NewCatalogueEntry};
use crate::sql::{Session, Value, Write, values};
use crate::traces::leave;
use crate::{StoreError, Traces};

/// Stores a product as it shall be; whether nobody else was faster.
pub(crate) struct Save {
    pub(crate) entry: NewCatalogueEntry,
    pub(crate) traces: Traces,
}

#[async_trait]
impl Write for Save {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        // The row of the product comes first: it is the lock of everything below it.
        if !put_product(session, &self.entry.product).await? {
            return Ok(false);
        }
        self.put_details(session).await?;
        if self.entry.codes_change {
            const FREE: &str = "update catalogue_skus set own_code = null \
                 where catalogue_id = $1 and own_code is not null";
            let id = values![self.entry.product.id.as_str()];
            session.execute(FREE, id).await?;
        }
        for sku in &self.entry.skus {
            put_sku(session, &self.entry.product, sku).await?;
        }
        for change in &self.entry.changes {
            put_change(session, change).await?;
        }
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

impl Save {
    async fn put_details(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const PUT: &str = "insert into catalogue_details (catalogue_id, details_json) values ($1, $2) \
             on conflict (catalogue_id) do update set details_json = excluded.details_json";
        let Some(details) = &self.entry.details_json else {
            return Ok(());
        };
        let values = values![self.entry.product.id.as_str(), details.as_str()];
        session.execute(PUT, values).await.map(|_| ())
    }
}

async fn put_product(
    session: &mut Session<'_>,
    product: &CatalogueProduct,
) -> Result<bool, StoreError> {
    const INSERT: &str = "insert into catalogue_products (id, connection_id, product_id, version, state, \
         availability, labels, search, title, source_title, ship_to, currency, language, image, shop, rule_id, \
         checked_at, next_check_at, added_at, updated_at, check_failures) values ($1, $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0)";
    const UPDATE: &str = "update catalogue_products set connection_id = $2, product_id = $3, version = $4, \
         state = $5, availability = $6, labels = $7, search = $8, title = $9, source_title = $10, ship_to = $11, \
         currency = $12, language = $13, image = $14, shop = $15, rule_id = $16, checked_at = $17, \
         next_check_at = $18, added_at = $19, updated_at = $20, \
         check_failures = case when checked_at = $17 then check_failures else 0 end, \
         check_problem = case when checked_at = $17 then check_problem end where id = $1 and version = $4 - 1";
    let sql = if product.version == 1 { INSERT } else { UPDATE };
    Ok(session.execute(sql, product_values(product)).await? > 0)
}

fn product_values(product: &CatalogueProduct) -> Vec<Value> {
    values![
        product.id.as_str(),
        &product.connection,
        product.product_id.as_str(),
        product.version,
        product.state.as_str(),
        product.availability.as_str(),
        joined(&product.labels),
        product.search.as_str(),
        product.title.as_str(),
        product.source_title.as_str(),
        product.ship_to.as_str(),
        product.currency.as_str(),
        product.language.as_str(),
        product.image.as_deref(),
        product.shop.as_deref(),
        product.rule.as_ref().map(|rule| rule.as_str()),
        product.checked_at,
        product.next_check_at,
        product.added_at,
        product.updated_at,
    ]
}

async fn put_sku(
    session: &mut Session<'_>,
    product: &CatalogueProduct,
    sku: &CatalogueSku,
) -> Result<(), StoreError> {
    const PUT: &str = "insert into catalogue_skus (catalogue_id, sku_id, connection_id, position, attr, \
         properties_json, image, own_code, chosen, cost, currency, stock, price, price_currency, gone_at, \
         replacement_sku_id, replacement_reason, replacement_confidence, replacement_at, price_by_hand) values ($1, $2, \
         $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         on conflict (catalogue_id, sku_id) do update set position = excluded.position, attr = excluded.attr, \
         properties_json = excluded.properties_json, image = excluded.image, own_code = excluded.own_code, \
         chosen = excluded.chosen, cost = excluded.cost, currency = excluded.currency, stock = excluded.stock, \
         price = excluded.price, price_currency = excluded.price_currency, gone_at = excluded.gone_at, \
         replacement_sku_id = excluded.replacement_sku_id, replacement_reason = excluded.replacement_reason, \
         replacement_confidence = excluded.replacement_confidence, replacement_at = excluded.replacement_at, \
         price_by_hand = excluded.price_by_hand";
    let replacement = sku.replacement.as_ref();
    let values = values![
        product.id.as_str(),
        sku.sku_id.as_str(),
        &product.connection,
        sku.position,
        sku.attr.as_str(),
        sku.properties_json.as_str(),
        sku.image.as_deref(),
        sku.own_code.as_deref(),
        i64::from(sku.chosen),
        sku.cost.as_deref(),
        sku.currency.as_deref(),
        sku.stock,
        sku.price.as_deref(),
        sku.price_currency.as_deref(),
        sku.gone_at,
        replacement.map(|other| other.sku_id.as_str()),
        replacement.map(|other| other.reason.as_str()),
        replacement.map(|other| other.confidence),
        replacement.map(|other| other.at),
        i64::from(sku.price_by_hand),
    ];
    session.execute(PUT, values).await.map(|_| ())
}

async fn put_change(session: &mut Session<'_>, change: &CatalogueChange) -> Result<(), StoreError> {
    const PUT: &str = "insert into catalogue_changes (id, catalogue_id, sku_id, kind, before_json, after_json, at, \
         outcome) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = values![
        change.id.as_str(),
        change.product.as_str(),
        change.sku_id.as_deref(),
        change.kind.as_str(),
        change.before_json.as_deref(),
        change.after_json.as_deref(),
        change.at,
        change.outcome.as_deref(),
    ];
    session.execute(PUT, values).await.map(|_| ())
}
