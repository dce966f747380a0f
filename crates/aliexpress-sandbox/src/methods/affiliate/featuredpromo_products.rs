//! `aliexpress.affiliate.featuredpromo.products.get`: the products of one promotion.
//!
//! Documented: fields, sorts, the four permanent pools, times in US Pacific. Inferred: without a name it
//! is the newest promotion; one that does not run, or not within the given time, finds nothing; most sold
//! first when no sort is asked for; a product's promotion time is the order of the ids; 405 past the end.

use super::row::{Extra, Rows};
use super::{found, nothing};
use crate::accounts::Account;
use crate::catalogue::feeds::{self, Promotion};
use crate::catalogue::listing::{Listing, Order, Rank};
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::list_request::{Destination, Window, categories, chosen_from, integer};
use crate::methods::{Context, Method, Reply, declared};
use crate::platform_time;

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_FEATUREDPROMO_PRODUCTS_GET,
    traced: true,
    run,
};

static SORTS: [(&str, Order); 12] = [
    ("commissionAsc", (Rank::Commission, false)),
    ("commissionDesc", (Rank::Commission, true)),
    ("priceAsc", (Rank::Price, false)),
    ("priceDesc", (Rank::Price, true)),
    ("volumeAsc", (Rank::Volume, false)),
    ("volumeDesc", (Rank::Volume, true)),
    ("discountAsc", (Rank::Discount, false)),
    ("discountDesc", (Rank::Discount, true)),
    ("ratingAsc", (Rank::Rating, false)),
    ("ratingDesc", (Rank::Rating, true)),
    ("promotionTimeAsc", (Rank::Age, false)),
    ("promotionTimeDesc", (Rank::Age, true)),
];

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let order = chosen_from(context, "sort", &SORTS)?.unwrap_or((Rank::Volume, true));
    let categories = categories(context, "category_id")?;
    let promotion = promotion(context)?;
    let destination = Destination::of(context, "country");
    let base_url = context.inner.base_url();
    let shown = destination.unwrap_or_else(Destination::usual);
    let rows = Rows::new(context, &base_url, shown, Extra::Ean)?;
    let (Some(promotion), Some(destination)) = (promotion, destination) else {
        return Ok(nothing());
    };
    let window = Window::of(context);
    let listing = Listing {
        pool: Some(promotion.pool),
        categories: &categories,
        country: destination.demanded(),
        order,
        ..Listing::default()
    };
    let page = context.list_products(&listing, window);
    if page.products.is_empty() {
        return Ok(nothing());
    }
    let pages = window.pages(page.total);
    Ok(found(object! {
        "current_record_count": integer(page.products.len()),
        "total_record_count": integer(page.total),
        "current_page_no": integer(window.page),
        "total_page_no": integer(pages),
        "is_finished": window.page >= pages,
        "products": rows.list(&page.products),
    }))
}

/// The wanted promotion; none when it does not run, or not within the given time.
fn promotion(context: &Context<'_>) -> Result<Option<Promotion>, Refusal> {
    let moment = |name: &str| match context.text(name) {
        "" => Ok(None),
        text => platform_time::read(text)
            .map(Some)
            .ok_or_else(|| Refusal::unmapped(name)),
    };
    let (from_ms, to_ms) = (
        moment("promotion_start_time")?,
        moment("promotion_end_time")?,
    );
    let name = context.text("promotion_name");
    let promotion = if name.is_empty() {
        feeds::running(context.now_ms).into_iter().next()
    } else {
        feeds::promotion(name, context.now_ms)
    };
    Ok(promotion.filter(|promotion| {
        promotion.time.is_none_or(|(start_ms, end_ms)| {
            from_ms.is_none_or(|from_ms| from_ms < end_ms)
                && to_ms.is_none_or(|to_ms| start_ms <= to_ms)
        })
    }))
}
