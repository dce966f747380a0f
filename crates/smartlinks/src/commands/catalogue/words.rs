//! The catalogue in the words of a terminal.

use jiff::Timestamp;
use serde_json::Value;
use smartlinks_core::MoneyView;
use smartlinks_core::catalogue::{
    CatalogueChangePage, CatalogueDetail, CatalogueSkuView, CatalogueSummary, MoneyRange,
};

use crate::output::{facts, plain, table, when};

pub(super) fn list<'p>(
    products: impl Iterator<Item = &'p CatalogueSummary>,
    now: Timestamp,
) -> String {
    let rows: Vec<_> = products
        .map(|product| {
            [
                product.id.clone(),
                product.state.to_string(),
                product.availability.to_string(),
                range(product.cost.as_ref()),
                range(product.price.as_ref()),
                format!("{}/{}", product.in_stock, product.variants),
                when(product.checked_at, now),
                smartlinks_core::shortened(&plain(&product.title), 40),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no such product; import one with `smartlinks catalogue import NUMBER`".to_owned();
    }
    let head = [
        "PRODUCT",
        "STATE",
        "ALIEXPRESS SAYS",
        "COST",
        "PRICE",
        "IN STOCK",
        "ASKED",
        "TITLE",
    ];
    table(head, rows)
}

pub(super) fn product(product: &CatalogueDetail, now: Timestamp) -> String {
    let summary = &product.summary;
    let mut rows = vec![
        ("product", summary.id.clone()),
        ("title", plain(&summary.title)),
        ("state", summary.state.to_string()),
        ("AliExpress says", summary.availability.to_string()),
        ("asked", when(summary.checked_at, now)),
        ("cost", range(summary.cost.as_ref())),
        ("price", range(summary.price.as_ref())),
    ];
    if !summary.labels.is_empty() {
        rows.push(("labels", plain(&summary.labels.join(", "))));
    }
    rows.extend(summary.rule.clone().map(|rule| ("price rule", rule)));
    rows.push(("page", summary.url.clone()));
    let variants = product.skus.iter().map(|sku| {
        [
            sku.id.clone(),
            sold(sku),
            plain(sku.own_code.as_deref().unwrap_or_default()),
            money(sku.cost.as_ref()),
            price(sku),
            sku.stock
                .map_or_else(|| "unknown".to_owned(), |stock| stock.to_string()),
            in_words(sku),
        ]
    });
    let head = ["SKU", "SOLD", "CODE", "COST", "PRICE", "STOCK", "VARIANT"];
    format!("{}\n\n{}", facts(rows), table(head, variants))
}

fn price(sku: &CatalogueSkuView) -> String {
    let price = money(sku.price.as_ref());
    match sku.price_by_hand {
        true => format!("{price} (by hand)"),
        false => price,
    }
}

fn sold(sku: &CatalogueSkuView) -> String {
    match (sku.chosen, sku.gone_at, &sku.replaced_by) {
        (_, Some(_), Some(other)) => format!("gone, {other} instead"),
        (_, Some(_), None) => "gone".to_owned(),
        (true, None, _) => "yes".to_owned(),
        (false, None, _) => "no".to_owned(),
    }
}

pub(super) fn in_words(sku: &CatalogueSkuView) -> String {
    let parts = sku
        .properties
        .iter()
        .map(|property| format!("{}: {}", property.name, property.value));
    plain(&parts.collect::<Vec<_>>().join(", "))
}

pub(super) fn money(money: Option<&MoneyView>) -> String {
    money.map_or_else(
        || "-".to_owned(),
        |money| format!("{} {}", money.amount, money.currency),
    )
}

fn range(range: Option<&MoneyRange>) -> String {
    match range {
        None => "-".to_owned(),
        Some(one) if one.lowest == one.highest => format!("{} {}", one.lowest, one.currency),
        Some(some) => format!("{} to {} {}", some.lowest, some.highest, some.currency),
    }
}

pub(super) fn history(history: &CatalogueChangePage, now: Timestamp) -> String {
    let rows = history.changes.iter().map(|change| {
        [
            when(change.at, now),
            change.kind.clone(),
            change.sku.clone().unwrap_or_default(),
            value(change.before.as_ref()),
            value(change.after.as_ref()),
            change.outcome.clone().unwrap_or_default(),
        ]
    });
    table(["WHEN", "WHAT", "SKU", "BEFORE", "AFTER", "DONE"], rows)
}

/// A text, a number, or an amount with its currency.
pub(super) fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => smartlinks_core::shortened(&plain(text), 60),
        Some(Value::Object(fields)) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            match (text("amount"), text("currency")) {
                (Some(amount), Some(currency)) => format!("{amount} {currency}"),
                _ => plain(&Value::Object(fields.clone()).to_string()),
            }
        }
        Some(other) => plain(&other.to_string()),
    }
}
