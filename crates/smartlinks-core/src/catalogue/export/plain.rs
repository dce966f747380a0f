//! One line a variant, with everything that fits into cells.

use super::super::views::{CatalogueDetail, CatalogueSkuView};
use super::cells::{Table, text};
use crate::error::Result;
use crate::orders::MoneyView;

pub(super) const HEADER: &[&str] = &[
    "product",
    "connection",
    "product_id",
    "title",
    "state",
    "availability",
    "labels",
    "sku",
    "own_code",
    "variant",
    "chosen",
    "gone_at",
    "stock",
    "cost",
    "cost_currency",
    "price",
    "price_currency",
    "ship_to",
    "checked_at",
    "image",
    "url",
];

pub(super) fn write(table: &mut Table, product: &CatalogueDetail) -> Result<()> {
    product
        .skus
        .iter()
        .try_for_each(|sku| table.row(&row(product, sku)))
}

fn row(product: &CatalogueDetail, sku: &CatalogueSkuView) -> Vec<String> {
    let summary = &product.summary;
    let variant: Vec<_> = sku
        .properties
        .iter()
        .map(|property| format!("{}: {}", property.name, property.value))
        .collect();
    let moment = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let (cost, cost_currency) = money(sku.cost.as_ref());
    let (price, price_currency) = money(sku.price.as_ref());
    let image = sku.image.as_ref().or(summary.image.as_ref());
    vec![
        summary.id.clone(),
        summary.connection.clone(),
        summary.product_id.clone(),
        text(&summary.title),
        summary.state.to_string(),
        summary.availability.to_string(),
        text(&summary.labels.join(", ")),
        text(&sku.id),
        text(sku.own_code.as_deref().unwrap_or_default()),
        text(&variant.join(", ")),
        if sku.chosen { "yes" } else { "no" }.to_owned(),
        moment(sku.gone_at),
        sku.stock
            .map(|stock| stock.max(0).to_string())
            .unwrap_or_default(),
        cost,
        cost_currency,
        price,
        price_currency,
        summary.ship_to.clone(),
        moment(summary.checked_at),
        text(image.map(String::as_str).unwrap_or_default()),
        summary.url.clone(),
    ]
}

fn money(money: Option<&MoneyView>) -> (String, String) {
    money
        .map(|money| (money.amount.to_string(), text(&money.currency)))
        .unwrap_or_default()
}
