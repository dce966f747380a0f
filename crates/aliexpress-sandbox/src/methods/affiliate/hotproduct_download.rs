//! `aliexpress.affiliate.hotproduct.download`: all hot products of one category, page by page.
//!
//! Documented: fields, no totals. Inferred: order of the ids, at most 50 a page, 405 past the end, and
//! that the site changes nothing of the rows.

use super::row::{Extra, Rows};
use super::{found, nothing};
use crate::accounts::Account;
use crate::catalogue::feeds::Pool;
use crate::catalogue::listing::Listing;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::list_request::{Destination, Window, categories, chosen, integer};
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_HOTPRODUCT_DOWNLOAD,
    traced: true,
    run,
};

const SITES: [&str; 4] = ["global", "it_site", "es_site", "ru_site"];

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    chosen(context, "locale_site", &SITES)?;
    let categories = categories(context, "category_id")?;
    let destination = Destination::of(context, "country");
    let base_url = context.inner.base_url();
    let shown = destination.unwrap_or_else(Destination::usual);
    let rows = Rows::new(context, &base_url, shown, Extra::None)?;
    let Some(destination) = destination else {
        return Ok(nothing());
    };
    let window = Window::of(context);
    let listing = Listing {
        pool: Some(Pool::Hot),
        categories: &categories,
        country: destination.demanded(),
        ..Listing::default()
    };
    let page = context.list_products(&listing, window);
    if page.products.is_empty() {
        return Ok(nothing());
    }
    Ok(found(object! {
        "current_record_count": integer(page.products.len()),
        "current_page_no": integer(window.page),
        "products": rows.list(&page.products),
    }))
}
