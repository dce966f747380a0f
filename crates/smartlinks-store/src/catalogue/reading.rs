//! Rows of the catalogue as records.

use super::CatalogueId;
use super::records::{CatalogueChange, CatalogueProduct, CatalogueSku, Replacement};
use crate::StoreError;
use crate::sql::{Fields, Row};

pub(super) const PRODUCTS: &str = "catalogue_products";

/// The columns of a [`CatalogueProduct`].
macro_rules! product_columns {
    () => {
        "p.id, p.connection_id, p.product_id, p.version, p.state, p.availability, p.labels, p.search, p.title, \
         p.source_title, p.ship_to, p.currency, p.language, p.image, p.shop, p.rule_id, p.checked_at, \
         p.next_check_at, p.added_at, p.updated_at"
    };
}
pub(super) use product_columns;

/// The columns of a [`CatalogueSku`], and whose it is.
macro_rules! sku_columns {
    () => {
        "catalogue_id, sku_id, position, attr, properties_json, image, own_code, chosen, cost, currency, stock, \
         price, price_currency, price_by_hand, gone_at, replacement_sku_id, replacement_reason, replacement_confidence, \
         replacement_at"
    };
}
pub(super) use sku_columns;

/// The columns of a [`CatalogueChange`].
macro_rules! change_columns {
    () => {
        "c.id, c.catalogue_id, c.sku_id, c.kind, c.before_json, c.after_json, c.outcome, c.at"
    };
}
pub(crate) use change_columns;

pub(super) fn product(row: &Row) -> Result<CatalogueProduct, StoreError> {
    let fields = row.fields(PRODUCTS, "id")?;
    Ok(CatalogueProduct {
        id: fields.parsed("id")?,
        connection: fields.parsed("connection_id")?,
        product_id: fields.text("product_id")?,
        version: fields.int("version")?,
        state: fields.parsed("state")?,
        availability: fields.parsed("availability")?,
        labels: labels(&fields.text("labels")?),
        search: fields.text("search")?,
        title: fields.text("title")?,
        source_title: fields.text("source_title")?,
        ship_to: fields.text("ship_to")?,
        currency: fields.text("currency")?,
        language: fields.text("language")?,
        image: fields.maybe_text("image")?,
        shop: fields.maybe_text("shop")?,
        rule: fields.maybe_parsed("rule_id")?,
        checked_at: fields.moment("checked_at")?,
        next_check_at: fields.maybe_moment("next_check_at")?,
        added_at: fields.moment("added_at")?,
        updated_at: fields.moment("updated_at")?,
    })
}

pub(super) fn sku(row: &Row) -> Result<(CatalogueId, CatalogueSku), StoreError> {
    let fields = row.fields("catalogue_skus", "sku_id")?;
    let sku = CatalogueSku {
        sku_id: fields.text("sku_id")?,
        position: fields.int("position")?,
        attr: fields.text("attr")?,
        properties_json: fields.text("properties_json")?,
        image: fields.maybe_text("image")?,
        own_code: fields.maybe_text("own_code")?,
        chosen: fields.flag("chosen")?,
        cost: fields.maybe_text("cost")?,
        currency: fields.maybe_text("currency")?,
        stock: fields.maybe_int("stock")?,
        price: fields.maybe_text("price")?,
        price_currency: fields.maybe_text("price_currency")?,
        price_by_hand: fields.flag("price_by_hand")?,
        gone_at: fields.maybe_moment("gone_at")?,
        replacement: replacement(&fields)?,
    };
    Ok((fields.parsed("catalogue_id")?, sku))
}

fn replacement(fields: &Fields<'_>) -> Result<Option<Replacement>, StoreError> {
    let Some(sku_id) = fields.maybe_text("replacement_sku_id")? else {
        return Ok(None);
    };
    Ok(Some(Replacement {
        sku_id,
        reason: fields.text("replacement_reason")?,
        confidence: fields.int("replacement_confidence")?,
        at: fields.moment("replacement_at")?,
    }))
}

pub(crate) fn change(row: &Row) -> Result<CatalogueChange, StoreError> {
    let fields = row.fields("catalogue_changes", "id")?;
    Ok(CatalogueChange {
        id: fields.parsed("id")?,
        product: fields.parsed("catalogue_id")?,
        sku_id: fields.maybe_text("sku_id")?,
        kind: fields.text("kind")?,
        before_json: fields.maybe_text("before_json")?,
        after_json: fields.maybe_text("after_json")?,
        outcome: fields.maybe_text("outcome")?,
        at: fields.moment("at")?,
    })
}

/// How labels are stored: each between line breaks, so that one pattern finds a whole label.
pub(super) fn joined(labels: &[String]) -> String {
    match labels {
        [] => String::new(),
        some => format!("\n{}\n", some.join("\n")),
    }
}

fn labels(text: &str) -> Vec<String> {
    let labels = text.split('\n').filter(|label| !label.is_empty());
    labels.map(str::to_owned).collect()
}

/// The pattern of `like … escape '!'` that finds a text anywhere.
pub(super) fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_stored_and_read_back() {
        for given in [vec![], vec!["a"], vec!["summer 2027", "été"]] {
            let given: Vec<String> = given.into_iter().map(str::to_owned).collect();
            assert_eq!(labels(&joined(&given)), given);
        }
    }

    #[test]
    fn what_a_pattern_means_is_taken_as_it_is_written() {
        assert_eq!(anywhere("50%_off!"), "%50!%!_off!!%");
    }
}
