//! What both shops need of a product: the variants that can be sold, and options that tell them apart.

use std::collections::HashSet;

use rust_decimal::Decimal;
use smartlinks_store::{Availability, CatalogueState};

use super::super::views::{CatalogueDetail, CatalogueSkuView};
use super::cells::{address, escaped};
use crate::text::shortened;

/// The longest value of an option that both shops take.
const VALUE_LENGTH: usize = 200;
/// Where a variant lacks an option that others have.
const WITHOUT: &str = "n/a";

/// A variant as shops have it.
pub(super) struct Variant<'p> {
    pub(super) sku: &'p CatalogueSkuView,
    /// The merchant's code, or one of ours: never empty, and no two variants share one.
    pub(super) code: String,
    pub(super) price: Decimal,
    /// One for each of the options, none of them empty.
    pub(super) values: Vec<String>,
}

/// A product as shops have it.
pub(super) struct ForShop<'p> {
    /// Names it for good: only the catalogue's id and AliExpress's number are in it.
    pub(super) handle: String,
    /// Names of the options; none for a product of one variant without properties.
    pub(super) options: Vec<String>,
    pub(super) variants: Vec<Variant<'p>>,
    pub(super) images: Vec<String>,
    /// It is listed and can be bought.
    pub(super) is_live: bool,
}

/// The product for a shop with at most so many options; none when nothing of it can be sold in this currency.
pub(super) fn for_shop<'p>(
    product: &'p CatalogueDetail,
    currency: &str,
    most_options: usize,
) -> Option<ForShop<'p>> {
    let summary = &product.summary;
    let sold: Vec<(&CatalogueSkuView, Decimal)> = product
        .skus
        .iter()
        .filter(|sku| sku.chosen && sku.gone_at.is_none())
        .filter_map(|sku| {
            let price = sku.price.as_ref()?;
            (price.currency == currency && price.amount > Decimal::ZERO)
                .then_some((sku, price.amount))
        })
        .collect();
    if sold.is_empty() {
        return None;
    }
    let skus: Vec<_> = sold.iter().map(|(sku, _)| *sku).collect();
    let (options, values) = options(&skus, most_options);
    let tail: String = summary.id.chars().rev().take(8).collect();
    let tail: String = tail.chars().rev().collect();
    let handle = format!("ae-{}-{tail}", summary.product_id);
    let variants = sold
        .into_iter()
        .zip(values)
        .map(|((sku, price), values)| Variant {
            code: code(&handle, sku),
            sku,
            price,
            values,
        })
        .collect();
    Some(ForShop {
        handle,
        options,
        variants,
        images: images(product),
        is_live: summary.state == CatalogueState::Listed
            && summary.availability == Availability::OnSale,
    })
}

/// Two connections may have the same product: the handle is another then, and so is the code.
fn code(handle: &str, sku: &CatalogueSkuView) -> String {
    let own = sku.own_code.clone();
    own.unwrap_or_else(|| format!("{handle}-{}", sku.id))
}

fn images(product: &CatalogueDetail) -> Vec<String> {
    let mut seen = HashSet::new();
    let images = product.facts.images.iter();
    let images = images.filter_map(|image| address(image));
    images.filter(|image| seen.insert(image.clone())).collect()
}

/// Names of options, and the values of each variant: none empty, and no two variants alike.
fn options(skus: &[&CatalogueSkuView], most: usize) -> (Vec<String>, Vec<Vec<String>>) {
    let mut names: Vec<String> = Vec::new();
    for property in skus.iter().flat_map(|sku| &sku.properties) {
        let name = plain(&property.name, "Option");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() && skus.len() > 1 {
        names.push("Variant".to_owned());
    }
    let values = skus.iter().map(|sku| {
        let values = names.iter().map(|name| {
            let mut all = sku.properties.iter();
            let found = all.find(|property| plain(&property.name, "Option") == *name);
            found.map_or_else(
                || WITHOUT.to_owned(),
                |property| plain(&property.value, WITHOUT),
            )
        });
        values.collect()
    });
    let mut values: Vec<Vec<String>> = values.collect();
    fold(&mut names, &mut values, most);
    set_apart(skus, &mut values);
    (names, values)
}

/// A text in one line, not too long and not empty. Wide signs become narrow ones: a shop takes the apostrophe away that
/// stands before those.
fn plain(text: &str, instead: &str) -> String {
    let narrow = |character| match character {
        '＝' => '=',
        '＋' => '+',
        '－' => '-',
        '＠' => '@',
        other => other,
    };
    let text: String = text.chars().map(narrow).collect();
    let words: Vec<_> = text.split_whitespace().collect();
    match words.join(" ") {
        empty if empty.is_empty() => instead.to_owned(),
        text => shortened(&text, VALUE_LENGTH),
    }
}

/// More options than the shop has become one, the last.
fn fold(names: &mut Vec<String>, values: &mut [Vec<String>], most: usize) {
    if names.len() <= most || most == 0 {
        return;
    }
    let fold = |list: &mut Vec<String>| {
        let rest = list.split_off(most - 1).join(" / ");
        list.push(shortened(&rest, VALUE_LENGTH));
    };
    fold(names);
    values.iter_mut().for_each(fold);
}

/// Variants that no option tells apart carry their number.
fn set_apart(skus: &[&CatalogueSkuView], values: &mut [Vec<String>]) {
    let mut seen = HashSet::new();
    for (sku, values) in skus.iter().zip(values) {
        let alike = |values: &Vec<String>| {
            let lower = values.iter().map(|value| value.to_lowercase());
            lower.collect::<Vec<_>>()
        };
        if !values.is_empty() && !seen.insert(alike(values)) {
            if let Some(last) = values.last_mut() {
                last.push_str(&format!(" ({})", sku.id));
            }
            seen.insert(alike(values));
        }
    }
}

/// What AliExpress says of a product's make, as HTML.
pub(super) fn description(product: &CatalogueDetail) -> String {
    let items: String = product
        .facts
        .properties
        .iter()
        .map(|property| {
            format!(
                "<li>{}: {}</li>",
                escaped(&property.name),
                escaped(&property.value)
            )
        })
        .collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<ul>{items}</ul>"),
    }
}
