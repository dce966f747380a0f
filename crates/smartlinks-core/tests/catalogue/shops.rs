//! Product files read by the rules that the shops publish: Shopify's "Using CSV files to import and export products",
//! and WooCommerce's "Product CSV Import Schema". What a shop would refuse or misunderstand is an error here.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use rust_decimal::Decimal;

pub(crate) type Line = BTreeMap<String, String>;

/// The lines of a CSV file by the names of its columns; every line as wide as the header.
pub(crate) fn lines(file: &[u8]) -> Result<Vec<Line>> {
    std::str::from_utf8(file).context("a shop wants UTF-8")?;
    ensure!(
        !file.starts_with(b"\xef\xbb\xbf"),
        "a mark stands before the header"
    );
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(file);
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let names: BTreeSet<&String> = header.iter().collect();
    ensure!(names.len() == header.len(), "a column stands twice");
    reader
        .records()
        .map(|record| {
            let record = record?;
            Ok(header
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_owned))
                .collect())
        })
        .collect()
}

/// A product as the shop has it after the import.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Product {
    pub(crate) title: String,
    pub(crate) live: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) options: Vec<String>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) images: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Variant {
    pub(crate) sku: String,
    pub(crate) values: Vec<String>,
    pub(crate) price: Decimal,
    pub(crate) stock: Option<i64>,
}

fn price(text: &str) -> Result<Decimal> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    ensure!(plain, "{text:?} is not a plain decimal number");
    let price: Decimal = text.parse()?;
    ensure!(price > Decimal::ZERO, "a price of zero gives it away");
    Ok(price)
}

fn stock(text: &str) -> Result<Option<i64>> {
    match text {
        "" => Ok(None),
        digits => {
            let stock = digits.parse()?;
            ensure!(stock >= 0, "stock of {stock}");
            Ok(Some(stock))
        }
    }
}

fn one_of(line: &Line, column: &str, words: &[&str]) -> Result<()> {
    let word = &line[column];
    ensure!(
        words.contains(&word.as_str()),
        "{column}: {word:?} is none of {words:?}"
    );
    Ok(())
}

fn listed(text: &str) -> Vec<String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// No two variants of a product may be told apart by nothing.
fn all_different(handle: &str, variants: &[Variant]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for variant in variants {
        let values: Vec<_> = variant
            .values
            .iter()
            .map(|value| value.to_lowercase())
            .collect();
        ensure!(
            seen.insert(values),
            "{handle}: two variants are {:?}",
            variant.values
        );
    }
    Ok(())
}

pub(crate) fn shopify(file: &[u8]) -> Result<BTreeMap<String, Product>> {
    let mut shop: BTreeMap<String, Product> = BTreeMap::new();
    let mut last = String::new();
    for line in lines(file)? {
        let handle = line["Handle"].clone();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        ensure!(
            !handle.is_empty() && handle.bytes().all(allowed),
            "handle {handle:?}"
        );
        let first = handle != last;
        ensure!(
            !first || !shop.contains_key(&handle),
            "{handle}: its rows do not stand together"
        );
        let product = shop.entry(handle.clone()).or_default();
        if first {
            begin(product, &line)?;
        } else {
            for column in [
                "Title",
                "Body (HTML)",
                "Tags",
                "Published",
                "Status",
                "Option1 Name",
            ] {
                ensure!(
                    line[column].is_empty(),
                    "{handle}: {column} stands in a later row"
                );
            }
        }
        if line["Option1 Value"].is_empty() {
            ensure!(
                !first && !line["Image Src"].is_empty(),
                "{handle}: a row of nothing"
            );
            ensure!(line["Variant Price"].is_empty() && line["Variant SKU"].is_empty());
        } else {
            product.variants.push(shopify_variant(product, &line)?);
        }
        if !line["Image Src"].is_empty() {
            ensure!(line["Image Src"].starts_with("http"));
            product.images.push(line["Image Src"].clone());
            ensure!(line["Image Position"] == product.images.len().to_string());
        }
        last = handle;
    }
    for (handle, product) in &shop {
        all_different(handle, &product.variants)?;
    }
    Ok(shop)
}

fn begin(product: &mut Product, line: &Line) -> Result<()> {
    ensure!(!line["Title"].is_empty(), "a product without a title");
    one_of(line, "Published", &["TRUE", "FALSE"])?;
    one_of(line, "Status", &["active", "draft", "archived"])?;
    product.title = line["Title"].clone();
    product.live = line["Status"] == "active";
    ensure!(product.live == (line["Published"] == "TRUE"));
    product.tags = listed(&line["Tags"]);
    let names = ["Option1 Name", "Option2 Name", "Option3 Name"].map(|column| line[column].clone());
    product.options = names
        .into_iter()
        .take_while(|name| !name.is_empty())
        .collect();
    ensure!(!product.options.is_empty(), "the first option has no name");
    let different: BTreeSet<_> = product.options.iter().collect();
    ensure!(
        different.len() == product.options.len(),
        "two options of one name"
    );
    Ok(())
}

fn shopify_variant(product: &Product, line: &Line) -> Result<Variant> {
    let values =
        ["Option1 Value", "Option2 Value", "Option3 Value"].map(|column| line[column].clone());
    for (at, value) in values.iter().enumerate() {
        let named = at < product.options.len();
        ensure!(
            named != value.is_empty(),
            "option {} has the value {value:?}",
            at + 1
        );
        ensure!(value.chars().count() <= 255);
    }
    if product.options == ["Title"] {
        ensure!(values[0] == "Default Title" && product.variants.is_empty());
    }
    one_of(line, "Variant Inventory Policy", &["deny", "continue"])?;
    one_of(line, "Variant Inventory Tracker", &["", "shopify"])?;
    one_of(line, "Variant Requires Shipping", &["TRUE", "FALSE"])?;
    one_of(line, "Variant Taxable", &["TRUE", "FALSE"])?;
    ensure!(line["Variant Fulfillment Service"] == "manual");
    ensure!(
        line["Variant Inventory Tracker"].is_empty() == line["Variant Inventory Qty"].is_empty()
    );
    Ok(Variant {
        sku: line["Variant SKU"].clone(),
        values: values
            .into_iter()
            .filter(|value| !value.is_empty())
            .collect(),
        price: price(&line["Variant Price"])?,
        stock: stock(&line["Variant Inventory Qty"])?,
    })
}

/// WooCommerce takes the apostrophe away that its own exporter writes before what looks like a formula.
fn unescaped(text: &str) -> &str {
    let formula = |rest: &str| rest.starts_with(['=', '+', '-', '@']);
    text.strip_prefix('\'')
        .filter(|rest| formula(rest))
        .unwrap_or(text)
}

/// Values with commas between, and marked ones within.
fn values(text: &str) -> Vec<String> {
    let marked = unescaped(text).replace("\\,", "\u{0}");
    let values = marked
        .split(',')
        .map(|value| value.trim().replace('\u{0}', ","));
    values.filter(|value| !value.is_empty()).collect()
}

/// The attributes of a line: name and values, from the first without a gap.
fn attributes(line: &Line) -> Result<Vec<(String, Vec<String>)>> {
    let mut found = Vec::new();
    for number in 1.. {
        let Some(name) = line.get(&format!("Attribute {number} name")) else {
            break;
        };
        let given = values(&line[&format!("Attribute {number} value(s)")]);
        if name.is_empty() {
            ensure!(given.is_empty(), "values without a name");
            continue;
        }
        ensure!(
            found.len() + 1 == number && !given.is_empty(),
            "{name}: a gap, or no value"
        );
        one_of(line, &format!("Attribute {number} visible"), &["0", "1"])?;
        one_of(line, &format!("Attribute {number} global"), &["0", "1"])?;
        found.push((unescaped(name).to_owned(), given));
    }
    Ok(found)
}

pub(crate) fn woocommerce(file: &[u8]) -> Result<BTreeMap<String, Product>> {
    let (mut shop, mut codes) = (BTreeMap::<String, Product>::new(), BTreeSet::new());
    let mut attributes_of: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for line in lines(file)? {
        let sku = unescaped(&line["SKU"]).to_owned();
        ensure!(
            !sku.is_empty() && codes.insert(sku.clone()),
            "code {sku:?} is empty or stands twice"
        );
        ensure!(!line["Name"].is_empty(), "{sku}: no name");
        one_of(&line, "Published", &["1", "0", "-1"])?;
        let given = attributes(&line)?;
        match line["Type"].as_str() {
            "variation" => {
                let parent = shop
                    .get_mut(&line["Parent"])
                    .context("a variation before its product")?;
                let offered = attributes_of
                    .get(&line["Parent"])
                    .context("its product has no variations")?;
                ensure!(given.len() == offered.len(), "{sku}: other attributes");
                for ((name, value), (offered, all)) in given.iter().zip(offered) {
                    ensure!(
                        name == offered && value.len() == 1 && all.contains(&value[0]),
                        "{sku}: {name} {value:?}"
                    );
                }
                let chosen = given.into_iter().flat_map(|(_, value)| value);
                parent
                    .variants
                    .push(woo_variant(sku, chosen.collect(), &line)?);
            }
            kind => {
                ensure!(line["Parent"].is_empty());
                let mut product = Product {
                    title: unescaped(&line["Name"]).to_owned(),
                    live: line["Published"] == "1",
                    tags: listed(unescaped(&line["Tags"])),
                    options: given.iter().map(|(name, _)| name.clone()).collect(),
                    images: listed(&line["Images"]),
                    variants: Vec::new(),
                };
                ensure!(product.images.iter().all(|image| image.starts_with("http")));
                if kind == "simple" {
                    product
                        .variants
                        .push(woo_variant(sku.clone(), Vec::new(), &line)?);
                } else {
                    ensure!(
                        kind == "variable" && !given.is_empty(),
                        "{sku}: {kind} without attributes"
                    );
                    ensure!(line["Regular price"].is_empty() && line["Stock"].is_empty());
                    attributes_of.insert(sku.clone(), given);
                }
                shop.insert(sku, product);
            }
        }
    }
    for (sku, product) in &shop {
        ensure!(!product.variants.is_empty(), "{sku}: nothing to buy");
        all_different(sku, &product.variants)?;
    }
    Ok(shop)
}

fn woo_variant(sku: String, values: Vec<String>, line: &Line) -> Result<Variant> {
    one_of(line, "In stock?", &["0", "1"])?;
    one_of(line, "Backorders allowed?", &["0", "1", "notify"])?;
    one_of(line, "Tax status", &["taxable", "shipping", "none"])?;
    let variant = Variant {
        sku,
        values,
        price: price(&line["Regular price"])?,
        stock: stock(&line["Stock"])?,
    };
    ensure!(
        variant.stock != Some(0) || line["In stock?"] == "0",
        "nothing is in stock"
    );
    Ok(variant)
}
