//! `aliexpress.affiliate.product.query`: product search with commission data.
//!
//! Recorded: fields, no `total_page_no`, 405 past the end. Documented: sorts, at most 50 a page, days,
//! promotion. Inferred: prices are compared in the smallest unit of the target currency; most sold first
//! when no sort is asked for; days are those of the cheapest service; other values of the closed lists
//! are `UnsupportedParamMapping`; a promotion that does not run finds nothing.

use super::product_search::Search;
use crate::accounts::Account;
use crate::catalogue::listing::Rank;
use crate::gateway::refusal::Refusal;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PRODUCT_QUERY,
    traced: true,
    run,
};

static SEARCH: Search = Search {
    pool: None,
    sorts: &[
        ("SALE_PRICE_ASC", (Rank::Price, false)),
        ("SALE_PRICE_DESC", (Rank::Price, true)),
        ("LAST_VOLUME_ASC", (Rank::Volume, false)),
        ("LAST_VOLUME_DESC", (Rank::Volume, true)),
    ],
    counts_pages: false,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    SEARCH.run(context)
}
