//! The repository over a database.

use std::collections::HashMap;

use async_trait::async_trait;

use super::reading::{
    PRODUCTS, anywhere, change, change_columns, joined, product, product_columns, sku, sku_columns,
};
use super::saving::Save;
use super::{
    CatalogueChange, CatalogueEntry, CatalogueFilter, CatalogueId, CatalogueProduct,
    CatalogueRepository, CatalogueSku, CatalogueState, ChangeCursor, ListedProduct,
    NewCatalogueEntry, PRODUCTS_AT_ONCE, SEARCH_WORDS,
};
use crate::sql::{Row, Value, values};
use crate::store::DatabaseStore;
use crate::{ConnectionId, Millis, StoreError, Traces};

/// Above every id.
const BEYOND: &str = "prod_~";

/// What a filter says, after `$1` (how many) and `$2` (below which id). A pattern of `%` lets everything through. A label
/// is the same in both databases only by `replace`: what `like` takes for the same letter differs.
macro_rules! filtered {
    () => {
        "p.id < $2 and p.search like $3 escape '!' and p.search like $4 escape '!' and p.search like $5 escape '!' \
         and p.search like $6 escape '!' and p.search like $7 escape '!' and p.search like $8 escape '!' \
         and ($9 = '' or replace(p.labels, $9, '') <> p.labels) and ($10 = '' or p.connection_id = $10) \
         and ($11 = '' or p.availability = $11) and ($12 = '' or p.rule_id = $12)"
    };
}

macro_rules! in_order {
    () => {
        " order by p.id desc limit $1"
    };
}

/// As many places as products are read at once.
macro_rules! ten_times {
    ($($number:literal)+) => {
        concat!($(
            "$", $number, "0,$", $number, "1,$", $number, "2,$", $number, "3,$", $number, "4,$",
            $number, "5,$", $number, "6,$", $number, "7,$", $number, "8,$", $number, "9,"
        ),+)
    };
}

macro_rules! two_hundred {
    () => {
        concat!(
            "($1,$2,$3,$4,$5,$6,$7,$8,$9,",
            ten_times!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19),
            "$200)"
        )
    };
}

/// Between the first and the last of them: PostgreSQL goes by the index then also where it has not counted yet how many
/// variants a product has, as after a large import.
const SKUS: &str = concat!(
    "select ",
    sku_columns!(),
    " from catalogue_skus where catalogue_id in ",
    two_hundred!(),
    " and catalogue_id >= $201 and catalogue_id <= $202 order by catalogue_id, position, sku_id"
);

fn values_of(filter: &CatalogueFilter, after: Option<&CatalogueId>, limit: u32) -> Vec<Value> {
    let below = after.map_or(BEYOND, CatalogueId::as_str);
    let mut values = values![limit.clamp(1, PRODUCTS_AT_ONCE), below];
    let mut words = filter.words.iter();
    values.extend((0..SEARCH_WORDS).map(|_| {
        let pattern = words
            .next()
            .map_or_else(|| "%".to_owned(), |word| anywhere(word));
        Value::from(pattern)
    }));
    let label = filter.label.as_ref();
    let label = label.map_or_else(String::new, |label| joined(std::slice::from_ref(label)));
    let connection = filter.connection.as_ref().map_or("", ConnectionId::as_str);
    let availability = filter.availability.map_or("", |one| one.as_str());
    let rule = filter.rule.as_ref().map_or("", |rule| rule.as_str());
    values.extend(values![label, connection, availability, rule]);
    if let Some(state) = filter.state {
        values.push(Value::from(state.as_str()));
    }
    values
}

/// Ids for the places; those that are left over hold nothing, which no id equals.
fn two_hundred<'a>(mut ids: impl Iterator<Item = &'a CatalogueId>) -> Vec<Value> {
    let places = 0..PRODUCTS_AT_ONCE;
    let value = |_| Value::from(ids.next().map(CatalogueId::as_str));
    places.map(value).collect()
}

impl DatabaseStore {
    /// Rows of products, with their variants.
    async fn listed(&self, rows: &[Row]) -> Result<Vec<ListedProduct>, StoreError> {
        let products: Vec<_> = rows.iter().map(product).collect::<Result<_, _>>()?;
        let mut skus = self.skus_of(&products).await?;
        let listed = products.into_iter().map(|product| ListedProduct {
            skus: skus.remove(&product.id).unwrap_or_default(),
            product,
        });
        Ok(listed.collect())
    }

    /// The variants of up to [`PRODUCTS_AT_ONCE`] products.
    async fn skus_of(
        &self,
        products: &[CatalogueProduct],
    ) -> Result<HashMap<CatalogueId, Vec<CatalogueSku>>, StoreError> {
        let mut found: HashMap<CatalogueId, Vec<CatalogueSku>> = HashMap::new();
        let ids = || products.iter().map(|product| &product.id);
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else {
            return Ok(found);
        };
        let mut values = two_hundred(ids());
        values.extend(values![first.as_str(), last.as_str()]);
        for row in self.database.all(SKUS, values).await? {
            let (id, sku) = sku(&row)?;
            found.entry(id).or_default().push(sku);
        }
        Ok(found)
    }
}

#[async_trait]
impl CatalogueRepository for DatabaseStore {
    async fn save(&self, entry: NewCatalogueEntry, traces: Traces) -> Result<bool, StoreError> {
        self.database.write(Save { entry, traces }).await
    }

    async fn product(&self, id: &CatalogueId) -> Result<Option<CatalogueEntry>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            product_columns!(),
            ", d.details_json from catalogue_products p join catalogue_details d on d.catalogue_id = p.id \
             where p.id = $1"
        );
        let row = self.database.first(SELECT, values![id.as_str()]).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let (product, details_json) = (product(&row)?, details(&row)?);
        let mut skus = self.skus_of(std::slice::from_ref(&product)).await?;
        Ok(Some(CatalogueEntry {
            skus: skus.remove(&product.id).unwrap_or_default(),
            product,
            details_json,
        }))
    }

    async fn product_numbered(
        &self,
        connection: &ConnectionId,
        product_id: &str,
    ) -> Result<Option<CatalogueId>, StoreError> {
        const SELECT: &str =
            "select id from catalogue_products where connection_id = $1 and product_id = $2";
        let values = values![connection, product_id];
        let row = self.database.first(SELECT, values).await?;
        row.map(|row| Ok(row.fields(PRODUCTS, "id")?.parsed("id")?))
            .transpose()
    }

    async fn sku_coded(
        &self,
        connection: &ConnectionId,
        own_code: &str,
    ) -> Result<Option<(CatalogueId, String)>, StoreError> {
        const SELECT: &str = "select catalogue_id, sku_id from catalogue_skus where connection_id = $1 \
             and lower(own_code) = $2 and own_code is not null limit 1";
        let folded = own_code.to_ascii_lowercase();
        let values = values![connection, folded.as_str()];
        let row = self.database.first(SELECT, values);
        row.await?
            .map(|row| {
                let fields = row.fields("catalogue_skus", "sku_id")?;
                Ok((fields.parsed("catalogue_id")?, fields.text("sku_id")?))
            })
            .transpose()
    }

    async fn code_of_two_connections(&self) -> Result<Option<String>, StoreError> {
        // The index alone tells which codes stand twice; the rows are looked at of those only.
        const SHARED: &str = "select (select min(s.own_code) from catalogue_skus s where lower(s.own_code) = c.code \
             and s.own_code is not null) as own_code from (select lower(own_code) as code from catalogue_skus \
             where own_code is not null group by lower(own_code) having count(*) > 1) c \
             where (select min(s.connection_id) <> max(s.connection_id) from catalogue_skus s \
             where lower(s.own_code) = c.code and s.own_code is not null and s.chosen = 1 and s.gone_at is null) \
             order by c.code limit 1";
        let row = self.database.first(SHARED, values![]).await?;
        row.map(|row| Ok(row.fields("catalogue_skus", "own_code")?.text("own_code")?))
            .transpose()
    }

    async fn products(
        &self,
        filter: &CatalogueFilter,
        after: Option<&CatalogueId>,
        limit: u32,
    ) -> Result<Vec<ListedProduct>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            product_columns!(),
            " from catalogue_products p where ",
            filtered!(),
            in_order!()
        );
        const IN_STATE: &str = concat!(
            "select ",
            product_columns!(),
            " from catalogue_products p where p.state = $13 and ",
            filtered!(),
            in_order!()
        );
        let sql = if filter.state.is_some() {
            IN_STATE
        } else {
            ALL
        };
        let values = values_of(filter, after, limit);
        let rows = self.database.all_by_values(sql, values);
        self.listed(&rows.await?).await
    }

    async fn products_named(&self, ids: &[CatalogueId]) -> Result<Vec<ListedProduct>, StoreError> {
        const NAMED: &str = concat!(
            "select ",
            product_columns!(),
            " from catalogue_products p where p.id in ",
            two_hundred!(),
            " order by p.id desc"
        );
        let rows = self.database.all(NAMED, two_hundred(ids.iter()));
        self.listed(&rows.await?).await
    }

    async fn whole_products(
        &self,
        filter: &CatalogueFilter,
        after: Option<&CatalogueId>,
        limit: u32,
    ) -> Result<Vec<CatalogueEntry>, StoreError> {
        // The bound is said of the details too: PostgreSQL walks both tables side by side, and each from its own.
        const ALL: &str = concat!(
            "select ",
            product_columns!(),
            ", d.details_json from catalogue_products p join catalogue_details d on d.catalogue_id = p.id \
             and d.catalogue_id < $2 where ",
            filtered!(),
            in_order!()
        );
        const IN_STATE: &str = concat!(
            "select ",
            product_columns!(),
            ", d.details_json from catalogue_products p join catalogue_details d on d.catalogue_id = p.id \
             and d.catalogue_id < $2 where p.state = $13 and ",
            filtered!(),
            in_order!()
        );
        let sql = if filter.state.is_some() {
            IN_STATE
        } else {
            ALL
        };
        let values = values_of(filter, after, limit);
        let rows = self.database.all_by_values(sql, values);
        let (mut products, mut texts) = (Vec::new(), Vec::new());
        for row in rows.await? {
            products.push(product(&row)?);
            texts.push(details(&row)?);
        }
        let mut skus = self.skus_of(&products).await?;
        let whole = products.into_iter().zip(texts);
        let whole = whole.map(|(product, details_json)| CatalogueEntry {
            skus: skus.remove(&product.id).unwrap_or_default(),
            product,
            details_json,
        });
        Ok(whole.collect())
    }

    async fn products_by_state(&self) -> Result<Vec<(CatalogueState, i64)>, StoreError> {
        const COUNT: &str =
            "select state, count(*) as products from catalogue_products group by state";
        let rows = self.database.all(COUNT, values![]).await?;
        let counted = rows.iter().map(|row| {
            let fields = row.fields(PRODUCTS, "state")?;
            Ok((fields.parsed("state")?, fields.int("products")?))
        });
        counted.collect()
    }

    async fn product_changes(
        &self,
        id: &CatalogueId,
        before: Option<&ChangeCursor>,
        limit: u32,
    ) -> Result<Vec<CatalogueChange>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            change_columns!(),
            " from catalogue_changes c where c.catalogue_id = $1 and (c.at, c.id) < ($2, $3) \
             order by c.at desc, c.id desc limit $4"
        );
        let (at, change_id) = before.map_or((Millis(i64::MAX), ""), |cursor| {
            (cursor.at, cursor.id.as_str())
        });
        let values = values![id.as_str(), at, change_id, limit.clamp(1, 1000)];
        let rows = self.database.all(SELECT, values).await?;
        rows.iter().map(change).collect()
    }

    async fn sku_changes(
        &self,
        id: &CatalogueId,
        sku: &str,
        limit: u32,
    ) -> Result<Vec<CatalogueChange>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            change_columns!(),
            " from catalogue_changes c where c.catalogue_id = $1 and c.sku_id = $2 \
             order by c.at desc, c.id desc limit $3"
        );
        let rows = self.database.all(SELECT, values![id.as_str(), sku, limit]);
        rows.await?.iter().map(change).collect()
    }

    async fn remove_product(&self, id: &CatalogueId, traces: Traces) -> Result<bool, StoreError> {
        const DELETE: &str = "delete from catalogue_products where id = $1";
        self.traced(DELETE, values![id.as_str()], traces).await
    }

    async fn prune_product_changes(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from catalogue_changes where id in \
             (select id from catalogue_changes where at < $1 order by at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }

    async fn prune_stock_changes(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from catalogue_changes where id in (select id from catalogue_changes \
             where kind = 'stock' and outcome = 'record' and at < $1 order by at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

fn details(row: &Row) -> Result<String, StoreError> {
    Ok(row.fields(PRODUCTS, "id")?.text("details_json")?)
}
