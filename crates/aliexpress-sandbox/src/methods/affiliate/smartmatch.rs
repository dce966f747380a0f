//! `aliexpress.affiliate.product.smartmatch`: recommendations for a product, for words, or for a device.
//!
//! Documented: fields, no totals, no page size. Inferred: a product that is for sale brings others of its
//! narrowest category, else the words decide, else the device, which always likes the same three
//! categories; best sellers first, 20 a page. `app`, `device`, `site` and `user` change nothing. The
//! reference lets an empty `device_id` fall back to the others; here it counts as absent, and is refused.

use super::row::{Extra, Rows};
use super::{found, nothing};
use crate::accounts::Account;
use crate::catalogue::listing::{Listing, Rank};
use crate::catalogue::vocabulary::FAMILIES;
use crate::gateway::refusal::Refusal;
use crate::issue::fingerprint;
use crate::json::object;
use crate::methods::list_request::{Destination, Window, integer};
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PRODUCT_SMARTMATCH,
    traced: true,
    run,
};

const PAGE: usize = 20;

/// What is recommended.
#[derive(Default)]
struct Taste<'a> {
    words: &'a str,
    categories: Vec<i64>,
    /// The product that others are sought for.
    not: Option<i64>,
}

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let taste = taste(context)?;
    let destination = Destination::of(context, "country");
    let base_url = context.inner.base_url();
    let shown = destination.unwrap_or_else(Destination::usual);
    let rows = Rows::new(context, &base_url, shown, Extra::None)?;
    let Some(destination) = destination else {
        return Ok(nothing());
    };
    let window = Window {
        size: PAGE,
        ..Window::of(context)
    };
    let listing = Listing {
        words: taste.words,
        categories: &taste.categories,
        country: destination.demanded(),
        accepts: &|product, _| Some(product.id()) != taste.not,
        order: (Rank::Volume, true),
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

fn taste<'a>(context: &'a Context<'_>) -> Result<Taste<'a>, Refusal> {
    let product_id = context.text("product_id");
    if !product_id.is_empty() {
        let id = product_id.parse();
        let id: i64 = id.map_err(|_| Refusal::unmapped("product_id"))?;
        let state = context.inner.book.read();
        if let Some(listed) = context.inner.catalogue.for_sale(id, None, &state.changes) {
            return Ok(Taste {
                categories: vec![listed.product.family.categories[2]],
                not: Some(id),
                ..Taste::default()
            });
        }
    }
    let words = context.text("keywords");
    if !words.is_empty() {
        return Ok(Taste {
            words,
            ..Taste::default()
        });
    }
    let device = fingerprint(context.text("device_id"));
    let liked = device.bytes().take(3).map(|letter| {
        let family = &FAMILIES[usize::from(letter) % FAMILIES.len()];
        family.categories[2]
    });
    Ok(Taste {
        categories: liked.collect(),
        ..Taste::default()
    })
}
