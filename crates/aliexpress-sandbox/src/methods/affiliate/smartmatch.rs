//! `aliexpress.affiliate.product.smartmatch`: recommendations for a product, for words, or for a device.
//!
//! Documented: fields, no totals, no page size. Inferred: a product that is for sale brings others of its
//! narrowest category, else the words decide, else the device, which always likes the same three
//! categories; best sellers first, 20 a page. An empty `device_id` with neither product nor words finds
//! nothing. `app`, `device`, `site` and `user` change nothing.

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
    let Some(taste) = taste(context)? else {
        return Ok(nothing());
    };
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

/// None when nothing is said of it: a known product counts before the words, these before the device.
fn taste<'a>(context: &'a Context<'_>) -> Result<Option<Taste<'a>>, Refusal> {
    let product_id = context.text("product_id");
    if !product_id.is_empty() {
        let id = product_id.parse();
        let id: i64 = id.map_err(|_| Refusal::unmapped("product_id"))?;
        let state = context.inner.book.read();
        if let Some(listed) = context.inner.catalogue.for_sale(id, None, &state.changes) {
            return Ok(Some(Taste {
                categories: vec![listed.product.family.categories[2]],
                not: Some(id),
                ..Taste::default()
            }));
        }
    }
    let words = context.text("keywords");
    if !words.is_empty() {
        return Ok(Some(Taste {
            words,
            ..Taste::default()
        }));
    }
    let device = context.text("device_id");
    let liked = fingerprint(device);
    let liked = liked.bytes().take(3).map(|letter| {
        let family = &FAMILIES[usize::from(letter) % FAMILIES.len()];
        family.categories[2]
    });
    Ok((!device.is_empty()).then(|| Taste {
        categories: liked.collect(),
        ..Taste::default()
    }))
}
