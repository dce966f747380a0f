//! The product import of Shopify: rows of one handle are one product, the first one has its texts, each has a variant,
//! a picture, or both.

use super::super::views::CatalogueDetail;
use super::cells::{Table, address, text};
use super::variants::{ForShop, Variant, description, for_shop};
use crate::error::Result;

/// How many options a product has.
const OPTIONS: usize = 3;

pub(super) const HEADER: &[&str] = &[
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Image Src",
    "Image Position",
    "Variant Image",
    "Status",
];

pub(super) fn write(table: &mut Table, product: &CatalogueDetail, currency: &str) -> Result<()> {
    let Some(shop) = for_shop(product, currency, OPTIONS) else {
        return Ok(());
    };
    for at in 0..shop.variants.len().max(shop.images.len()) {
        let mut row = Row::new(&shop.handle);
        if at == 0 {
            row.product(product, &shop);
        }
        if let Some(variant) = shop.variants.get(at) {
            row.variant(&shop, variant, at == 0);
        }
        if let Some(image) = shop.images.get(at) {
            row.set("Image Src", image.as_str());
            row.set("Image Position", (at + 1).to_string());
        }
        table.row(&row.cells)?;
    }
    Ok(())
}

struct Row {
    cells: Vec<String>,
}

impl Row {
    fn new(handle: &str) -> Self {
        let mut row = Self {
            cells: vec![String::new(); HEADER.len()],
        };
        row.set("Handle", handle);
        row
    }

    fn set(&mut self, column: &str, value: impl Into<String>) {
        if let Some(at) = HEADER.iter().position(|name| *name == column) {
            self.cells[at] = value.into();
        }
    }

    fn product(&mut self, product: &CatalogueDetail, shop: &ForShop<'_>) {
        let summary = &product.summary;
        self.set("Title", text(&summary.title));
        self.set("Body (HTML)", description(product));
        self.set("Tags", text(&summary.labels.join(", ")));
        self.set("Published", if shop.is_live { "TRUE" } else { "FALSE" });
        self.set("Status", if shop.is_live { "active" } else { "draft" });
    }

    fn variant(&mut self, shop: &ForShop<'_>, variant: &Variant<'_>, first: bool) {
        const NAMES: [&str; OPTIONS] = ["Option1 Name", "Option2 Name", "Option3 Name"];
        const VALUES: [&str; OPTIONS] = ["Option1 Value", "Option2 Value", "Option3 Value"];
        if shop.options.is_empty() {
            // What Shopify calls a product without options.
            self.set("Option1 Name", "Title");
            self.set("Option1 Value", "Default Title");
        }
        for (column, name) in NAMES.iter().zip(&shop.options) {
            if first {
                self.set(column, text(name));
            }
        }
        for (column, value) in VALUES.iter().zip(&variant.values) {
            self.set(column, text(value));
        }
        self.set("Variant SKU", text(&variant.code));
        if let Some(stock) = variant.sku.stock {
            self.set("Variant Inventory Tracker", "shopify");
            let sellable = if shop.is_live { stock.max(0) } else { 0 };
            self.set("Variant Inventory Qty", sellable.to_string());
        }
        self.set("Variant Inventory Policy", "deny");
        self.set("Variant Fulfillment Service", "manual");
        self.set("Variant Price", variant.price.to_string());
        self.set("Variant Requires Shipping", "TRUE");
        self.set("Variant Taxable", "TRUE");
        let image = variant.sku.image.as_deref().and_then(address);
        self.set("Variant Image", image.unwrap_or_default());
    }
}
