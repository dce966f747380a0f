//! The product import of WooCommerce: a variable product first, with every value of its attributes, then its
//! variations, which name it by its code.

use super::super::views::CatalogueDetail;
use super::cells::{Table, address, text};
use super::variants::{ForShop, Variant, description, for_shop};
use crate::error::Result;

/// How many attributes a product has here: the header cannot grow with what comes later.
const ATTRIBUTES: usize = 4;

pub(super) const HEADER: &[&str] = &[
    "Type",
    "SKU",
    "Name",
    "Published",
    "Is featured?",
    "Visibility in catalog",
    "Description",
    "Tax status",
    "In stock?",
    "Stock",
    "Backorders allowed?",
    "Regular price",
    "Tags",
    "Images",
    "Parent",
    "Position",
    "Attribute 1 name",
    "Attribute 1 value(s)",
    "Attribute 1 visible",
    "Attribute 1 global",
    "Attribute 2 name",
    "Attribute 2 value(s)",
    "Attribute 2 visible",
    "Attribute 2 global",
    "Attribute 3 name",
    "Attribute 3 value(s)",
    "Attribute 3 visible",
    "Attribute 3 global",
    "Attribute 4 name",
    "Attribute 4 value(s)",
    "Attribute 4 visible",
    "Attribute 4 global",
];

pub(super) fn write(table: &mut Table, product: &CatalogueDetail, currency: &str) -> Result<()> {
    let Some(shop) = for_shop(product, currency, ATTRIBUTES) else {
        return Ok(());
    };
    if let [only] = shop.variants.as_slice()
        && shop.options.is_empty()
    {
        let mut row = Row::new("simple", &only.code);
        row.product(product, &shop);
        row.sellable(&shop, only);
        return table.row(&row.cells);
    }
    let mut parent = Row::new("variable", &shop.handle);
    parent.product(product, &shop);
    for (at, name) in shop.options.iter().enumerate() {
        let mut values: Vec<&str> = Vec::new();
        for variant in &shop.variants {
            if let Some(value) = variant.values.get(at)
                && !values.contains(&value.as_str())
            {
                values.push(value);
            }
        }
        parent.attribute(at, name, &values);
    }
    table.row(&parent.cells)?;
    for (position, variant) in shop.variants.iter().enumerate() {
        let mut row = Row::new("variation", &variant.code);
        row.set("Name", text(&product.summary.title));
        row.set("Published", "1");
        row.set("Parent", shop.handle.as_str());
        row.set("Position", position.to_string());
        row.sellable(&shop, variant);
        let image = variant.sku.image.as_deref().and_then(address);
        row.set("Images", image.as_deref().map(picture).unwrap_or_default());
        for (at, (name, value)) in shop.options.iter().zip(&variant.values).enumerate() {
            row.attribute(at, name, &[value]);
        }
        table.row(&row.cells)?;
    }
    Ok(())
}

struct Row {
    cells: Vec<String>,
}

impl Row {
    fn new(kind: &str, code: &str) -> Self {
        let mut row = Self {
            cells: vec![String::new(); HEADER.len()],
        };
        row.set("Type", kind);
        row.set("SKU", text(code));
        row.set("Tax status", "taxable");
        row
    }

    fn set(&mut self, column: &str, value: impl Into<String>) {
        if let Some(at) = HEADER.iter().position(|name| *name == column) {
            self.cells[at] = value.into();
        }
    }

    fn product(&mut self, product: &CatalogueDetail, shop: &ForShop<'_>) {
        let summary = &product.summary;
        self.set("Name", text(&summary.title));
        // 1 is published, -1 a draft.
        self.set("Published", if shop.is_live { "1" } else { "-1" });
        self.set("Is featured?", "0");
        self.set("Visibility in catalog", "visible");
        self.set("Description", description(product));
        self.set("Tags", text(&summary.labels.join(", ")));
        let images: Vec<_> = shop.images.iter().map(|image| picture(image)).collect();
        self.set("Images", images.join(", "));
    }

    fn sellable(&mut self, shop: &ForShop<'_>, variant: &Variant<'_>) {
        let stock = variant.sku.stock.map(|stock| stock.max(0));
        let in_stock = shop.is_live && stock != Some(0);
        self.set("In stock?", if in_stock { "1" } else { "0" });
        if let Some(stock) = stock {
            let sellable = if shop.is_live { stock } else { 0 };
            self.set("Stock", sellable.to_string());
        }
        self.set("Backorders allowed?", "0");
        self.set("Regular price", variant.price.to_string());
    }

    fn attribute(&mut self, at: usize, name: &str, values: &[&str]) {
        let number = at + 1;
        let values: Vec<_> = values.iter().map(|value| listed(value)).collect();
        self.set(&format!("Attribute {number} name"), text(name));
        self.set(
            &format!("Attribute {number} value(s)"),
            text(&values.join(", ")),
        );
        self.set(&format!("Attribute {number} visible"), "1");
        self.set(&format!("Attribute {number} global"), "0");
    }
}

/// A value in a cell that holds several: a comma of its own is marked.
fn listed(value: &str) -> String {
    value.replace(',', "\\,")
}

/// An address in a cell that holds several, which commas stand between.
fn picture(address: &str) -> String {
    address.replace(',', "%2C")
}
