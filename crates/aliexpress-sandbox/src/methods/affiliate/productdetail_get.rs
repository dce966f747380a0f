//! `aliexpress.affiliate.productdetail.get`: products by their ids.
//!
//! Documented: fields, unknown ids dropped silently, at most 50. Inferred: more than 50 are
//! `UnsupportedParamMapping`; what is delisted or not sold to the country counts as unknown; the order is
//! that of the request, each product once; without ids nothing is found.

use super::row::{Extra, Rows};
use super::{found, nothing};
use crate::accounts::Account;
use crate::catalogue::listing::Listed;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::list_request::{Destination, integer, parts};
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PRODUCTDETAIL_GET,
    traced: true,
    run,
};

const MOST_IDS: usize = 50;

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let mut ids: Vec<i64> = Vec::new();
    let asked = parts(context.text("product_ids"));
    if asked.len() > MOST_IDS {
        return Err(Refusal::unmapped("product_ids"));
    }
    for id in asked.iter().filter_map(|id| id.parse().ok()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let destination = Destination::of(context, "country");
    let base_url = context.inner.base_url();
    let shown = destination.unwrap_or_else(Destination::usual);
    let rows = Rows::new(context, &base_url, shown, Extra::Ean)?;
    let Some(destination) = destination else {
        return Ok(nothing());
    };
    let state = context.inner.book.read();
    let find = |id| {
        let catalogue = context.inner.catalogue;
        catalogue.for_sale(id, destination.demanded(), &state.changes)
    };
    let products: Vec<Listed> = ids.into_iter().filter_map(find).collect();
    drop(state);
    if products.is_empty() {
        return Ok(nothing());
    }
    Ok(found(object! {
        "current_record_count": integer(products.len()),
        "products": rows.list(&products),
    }))
}
