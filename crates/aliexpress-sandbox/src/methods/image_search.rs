//! `aliexpress.ds.image.search`: the first image search, with the file as a part of the body.
//!
//! Documented: the parameters (`shpt_to` is spelt like that), at most 100 KB and 150 rows, the four sorts,
//! the rows. Inferred: 20 rows unless `product_cnt` says otherwise (more than 150 count as 150), rows by
//! likeness without `sort`, `UnsupportedParamMapping` for an unknown sort, and `rsp_code` "400" for a file
//! that is too large or no image.

use super::image_found::{Found, Wish};
use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::Product;
use crate::catalogue::likeness::Subject;
use crate::catalogue::search::SortKey;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_IMAGE_SEARCH,
    traced: true,
    run,
};

const FILE: &str = "image_file_bytes";
const MOST_BYTES: usize = 100 * 1024;
const MOST_ROWS: usize = 150;
const ROWS: usize = 20;

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let image = context.file(FILE).ok_or_else(|| Refusal::missing(FILE))?;
    let wish = Wish {
        ship_to: context.text("shpt_to"),
        currency: context.text("target_currency"),
        language: context.text("target_language"),
        same_only: false,
        sort: match context.text("sort") {
            "" => None,
            "SALE_PRICE_ASC" => Some((SortKey::Price, false)),
            "SALE_PRICE_DESC" => Some((SortKey::Price, true)),
            "LAST_VOLUME_ASC" => Some((SortKey::Orders, false)),
            "LAST_VOLUME_DESC" => Some((SortKey::Orders, true)),
            _ => return Err(Refusal::unmapped("sort")),
        },
        most: match context.text("product_cnt") {
            "" => ROWS,
            count => count.parse().unwrap_or(1).clamp(1, MOST_ROWS),
        },
    };
    if image.len() > MOST_BYTES {
        return Ok(failure("The image is larger than 100 KB"));
    }
    let Some(subject) = Subject::of(image) else {
        return Ok(failure("The file is no image"));
    };
    let found = Found::new(context, &subject, &wish);
    let rows: Vec<Json> = found
        .products
        .iter()
        .map(|(product, _)| row(context, &found, product).into())
        .collect();
    Ok(Reply::ok(object! {
        "total_record_count": i64::try_from(rows.len()).unwrap_or(i64::MAX),
        "data": object! { "products": context.list("traffic_image_product_d_t_o", rows) },
        "rsp_code": "200",
        "rsp_msg": "Call succeeds",
    }))
}

fn failure(text: &'static str) -> Reply {
    Reply::failed("400", object! { "rsp_code": "400", "rsp_msg": text })
}

fn row(context: &Context<'_>, found: &Found<'_>, product: &Product) -> Object {
    let prices = found.prices(product);
    let (first_id, first_name) = found.category(product, 0);
    let (second_id, second_name) = found.category(product, 1);
    let pictures = (1..=product.pictures())
        .map(|number| found.picture(product, number).into())
        .collect();
    object! {
        "product_small_image_urls": context.list("string", pictures),
        "original_price": prices.own_original.text(),
        "original_price_currency": prices.own_original.currency.code,
        "lastest_volume": product.orders.to_string(),
        "discount": format!("{}%", prices.percent_off),
        "target_sale_price": prices.sale.text(),
        "seller_id": product.seller_id(),
        "evaluate_rate": format!("{}%", product.positive_rate()),
        "shop_id": product.store_id(),
        "target_original_price": prices.original.text(),
        "second_level_category_name": second_name,
        "first_level_category_id": first_id,
        "product_video_url": found.video(product),
        "product_id": product.id().to_string(),
        "sale_price": prices.own_sale.text(),
        "target_sale_price_currency": prices.sale.currency.code,
        "second_level_category_id": second_id,
        "shop_url": found.store_page(product),
        "product_title": found.title(product),
        "product_detail_url": found.page(product),
        "first_level_category_name": first_name,
        "product_main_image_url": found.picture(product, 1),
        "platform_product_type": "ALL",
        "target_original_price_currency": prices.original.currency.code,
        "sale_price_currency": prices.own_sale.currency.code,
    }
}
