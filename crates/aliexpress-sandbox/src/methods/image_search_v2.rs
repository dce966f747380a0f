//! `aliexpress.ds.image.searchV2`: products that look like a base64 image.
//!
//! Documented: `param0` and its fields, sorting by price, orders and (guide) best, the rows. Switch:
//! `image_search_form` picks between the three published forms of the rows. Inferred: the first ten rows
//! are all there is, since no page parameter exists; `same` wants family and colour to agree, `similar`
//! (the default) either the family or the shape; what is not said means United States, dollars and
//! English; unknown words are `UnsupportedParamMapping`; an absent image, broken base64 or bytes that are
//! no image are `ret` false. Likeness is real for pictures of the sandbox, and made of a digest otherwise.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::image_found::{Found, Wish};
use super::product_view::rounded_and_grouped;
use super::{Context, Method, Reply, declared, field_text};
use crate::accounts::Account;
use crate::catalogue::Product;
use crate::catalogue::likeness::Subject;
use crate::catalogue::search::SortKey;
use crate::gateway::refusal::Refusal;
use crate::issue::fingerprint;
use crate::json::{Json, Object, object};
use crate::profile::ImageSearchForm;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_IMAGE_SEARCH_V2,
    traced: true,
    run,
};

const PAGE: usize = 10;

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let request: Map<String, Value> =
        serde_json::from_str(context.text("param0")).unwrap_or_default();
    let text = |name| field_text(&request, name);
    let (ship_to, currency, language) = (text("ship_to"), text("currency"), text("lang"));
    let wish = Wish {
        ship_to: if ship_to.is_empty() { "US" } else { &ship_to },
        currency: &currency,
        language: &language,
        same_only: match text("search_type").as_str() {
            "same" => true,
            "similar" | "" => false,
            _ => return Err(Refusal::unmapped("search_type")),
        },
        sort: sort(&text("sort_type"), &text("sort_order"))?,
        most: PAGE,
    };
    let encoded: String = text("image_base64").split_whitespace().collect();
    if encoded.is_empty() {
        return Ok(failure("IMAGE_EMPTY", "There is no image"));
    }
    let Ok(image) = STANDARD.decode(&encoded) else {
        return Ok(failure("IMAGE_DECODE_ERROR", "The image is no base64 text"));
    };
    let Some(subject) = Subject::of(&image) else {
        return Ok(failure("IMAGE_FORMAT_ERROR", "The bytes are no image"));
    };
    let found = Found::new(context, &subject, &wish);
    let result = match context.profile.image_search_form {
        ImageSearchForm::Guide => guide(&found, &encoded),
        ImageSearchForm::DataData => {
            let mut result = plain(&found);
            result.set("data", object! { "data": rows(&found, table_row) });
            result
        }
        ImageSearchForm::Table => {
            let mut result = plain(&found);
            result.set("data", rows(&found, table_row));
            result
        }
    };
    Ok(Reply::ok(object! { "result": result }))
}

fn failure(code: &'static str, text: &'static str) -> Reply {
    let result = object! { "ret": false, "code": code, "messages": text, "empty": true };
    Reply::failed(code, object! { "result": result })
}

fn sort(key: &str, order: &str) -> Result<Option<(SortKey, bool)>, Refusal> {
    let descending = match order {
        "desc" => Some(true),
        "asc" => Some(false),
        "" => None,
        _ => return Err(Refusal::unmapped("sort_order")),
    };
    match key {
        // The lowest price and the most orders come first unless told otherwise.
        "price" => Ok(Some((SortKey::Price, descending.unwrap_or(false)))),
        "orders" => Ok(Some((SortKey::Orders, descending.unwrap_or(true)))),
        "best" | "" => Ok(None),
        _ => Err(Refusal::unmapped("sort_type")),
    }
}

fn rows(found: &Found<'_>, row: fn(&Found<'_>, &Product, i64) -> Object) -> Vec<Json> {
    let products = found.products.iter();
    products
        .map(|(product, likeness)| row(found, product, *likeness).into())
        .collect()
}

fn plain(found: &Found<'_>) -> Object {
    object! { "ret": true, "code": "200", "empty": found.products.is_empty() }
}

fn guide(found: &Found<'_>, image: &str) -> Object {
    let integer = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    object! {
        "ret": true,
        "next_start_row_key": row_key(image),
        "data": object! { "products": rows(found, guide_row) },
        "total_count": integer(found.total),
        "pagination": object! {
            "has_next": found.total > PAGE,
            "page_no": 1,
            "page_count": integer(found.total.div_ceil(PAGE)),
            "page_size": integer(PAGE),
        },
        "empty": found.products.is_empty(),
    }
}

/// Written like a UUID, the same for the same image.
fn row_key(image: &str) -> String {
    let hash = fingerprint(image);
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

fn score(likeness: i64) -> String {
    format!("0.{likeness:03}")
}

fn guide_row(found: &Found<'_>, product: &Product, likeness: i64) -> Object {
    let prices = found.prices(product);
    let level = |level| {
        let (id, name) = found.category(product, level);
        object! { "name": name, "id": id }
    };
    object! {
        "volume": rounded_and_grouped(product.orders),
        "category": object! { "first_level": level(0), "second_level": level(1) },
        "product_detail_url": found.page(product),
        "price": object! {
            "sale": object! {
                "value": prices.sale.text(),
                "currency": prices.sale.currency.code,
            },
            "original": object! {
                "value": prices.original.text(),
                "currency": prices.original.currency.code,
            },
        },
        "discount": prices.percent_off.to_string(),
        "image_url": found.picture(product, 1),
        "evaluate_rate": format!("{}.{}", product.rating / 10, product.rating % 10),
        "title": found.title(product),
        "shop_id": product.store_id(),
        "product_id": product.id().to_string(),
        "similarity_score": score(likeness),
    }
}

/// A row with the names of the reference table.
fn table_row(found: &Found<'_>, product: &Product, likeness: i64) -> Object {
    let prices = found.prices(product);
    let (first_id, first_title) = found.category(product, 0);
    let (second_id, second_title) = found.category(product, 1);
    object! {
        "product_main_image_url": found.picture(product, 1),
        "target_original_price_currency": prices.original.currency.code,
        "evaluate_rate": product.positive_rate(),
        "target_original_price": prices.original.text(),
        "shop_id": product.store_id(),
        "second_level_category_title": second_title,
        "ship_from": "CN",
        "similarity_score": score(likeness),
        "first_level_category_id": first_id,
        "product_id": product.id().to_string(),
        "target_sale_price_currency": prices.sale.currency.code,
        "discount": prices.percent_off.to_string(),
        "second_level_category_id": second_id,
        "latest_volume": product.orders.to_string(),
        "product_title": found.title(product),
        "product_detail_url": found.page(product),
        "first_level_category_title": first_title,
        "target_sale_price": prices.sale.text(),
    }
}
