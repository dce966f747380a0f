//! `aliexpress.ds.recommend.feed.get`: the products of one feed, page by page.
//!
//! Recorded: fields directly under the wrapper, an unknown feed as an empty list. Documented: sorts, at
//! most 50 a page, `is_finished`. Inferred: most sold first when no sort is asked for; an unknown currency
//! is answered in dollars, as by `ds.product.get`; past the end the list is empty. Switch:
//! `recommend_feed_form`.

use super::list_request::{Destination, Window, categories, chosen_from, integer};
use super::product_row::RowView;
use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::feeds;
use crate::catalogue::listing::{Listed, Listing, Order, Page, Rank};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::money::{self, yuan};
use crate::profile::RecommendFeedForm;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_RECOMMEND_FEED_GET,
    traced: true,
    run,
};

static SORTS: [(&str, Order); 8] = [
    ("priceAsc", (Rank::Price, false)),
    ("priceDesc", (Rank::Price, true)),
    ("volumeAsc", (Rank::Volume, false)),
    ("volumeDesc", (Rank::Volume, true)),
    ("discountAsc", (Rank::Discount, false)),
    ("discountDesc", (Rank::Discount, true)),
    ("DSRratingAsc", (Rank::Rating, false)),
    ("DSRratingDesc", (Rank::Rating, true)),
];

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let order = chosen_from(context, "sort", &SORTS)?.unwrap_or((Rank::Volume, true));
    let categories = categories(context, "category_id")?;
    let window = Window::of(context);
    let destination = Destination::of(context, "country");
    let feed = feeds::feed(context.text("feed_name"));
    let page = match (feed, destination) {
        (Some(feed), Some(destination)) => {
            let listing = Listing {
                pool: Some(feed.pool),
                categories: &categories,
                country: destination.demanded(),
                order,
                ..Listing::default()
            };
            context.list_products(&listing, window)
        }
        _ => Page::default(),
    };
    let base_url = context.inner.base_url();
    let view = RowView {
        context,
        base_url: &base_url,
        country: destination.unwrap_or_else(Destination::usual).country,
        currency: money::find(context.text("target_currency")).unwrap_or_else(money::dollar),
        language: Language::from_code(context.text("target_language")),
    };
    let rows = page
        .products
        .iter()
        .map(|listed| Json::from(row(&view, listed)));
    let pages = window.pages(page.total);
    let result = object! {
        "current_record_count": integer(page.products.len()),
        "total_record_count": integer(page.total),
        "is_finished": window.page >= pages,
        "total_page_no": integer(pages),
        "current_page_no": integer(window.page),
        "products": context.list("traffic_product_d_t_o", rows.collect()),
    };
    Ok(Reply::ok(formed(context, result)))
}

/// The page where the profile has it.
fn formed(context: &Context<'_>, result: Object) -> Object {
    match context.profile.recommend_feed_form {
        RecommendFeedForm::Direct => object! {
            "result": result,
            "rsp_code": 200,
            "rsp_msg": "Call succeeds",
        },
        RecommendFeedForm::RespResult => object! { "resp_result": object! {
            "result": result,
            "resp_code": 200,
            "resp_msg": "Call succeeds",
        }},
    }
}

fn row(view: &RowView<'_>, listed: &Listed) -> Object {
    let mut row = view.row(listed, yuan());
    row.set("seller_id", listed.product.seller_id());
    if let Some(days) = view.ship_to_days(listed) {
        row.set("ship_to_days", days);
    }
    row
}
