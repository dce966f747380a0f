//! `aliexpress.affiliate.hotproduct.query`: search among the products with a higher commission.
//!
//! Documented: fields with `total_page_no`, sorts. Everything else as in `product.query`.

use super::product_search::Search;
use crate::accounts::Account;
use crate::catalogue::feeds::Pool;
use crate::catalogue::listing::Rank;
use crate::gateway::refusal::Refusal;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_HOTPRODUCT_QUERY,
    traced: true,
    run,
};

static SEARCH: Search = Search {
    pool: Some(Pool::Hot),
    sorts: &[
        ("SALE_PRICE_ASC", (Rank::Price, false)),
        ("SALE_PRICE_DESC", (Rank::Price, true)),
        ("DISCOUNT_ASC", (Rank::Discount, false)),
        ("DISCOUNT_DESC", (Rank::Discount, true)),
        ("LAST_VOLUME_ASC", (Rank::Volume, false)),
        ("LAST_VOLUME_DESC", (Rank::Volume, true)),
    ],
    counts_pages: true,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    SEARCH.run(context)
}
