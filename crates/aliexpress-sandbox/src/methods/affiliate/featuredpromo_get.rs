//! `aliexpress.affiliate.featuredpromo.get`: the promotions that run now.
//!
//! Documented: fields. Inferred: two run at any time on the virtual clock, each for two weeks; the four
//! permanent pools are not listed; `fields` works on the promotions.

use super::found;
use crate::accounts::Account;
use crate::catalogue::feeds;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, object};
use crate::methods::list_request::{integer, parts};
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_FEATUREDPROMO_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let fields = parts(context.text("fields"));
    let state = context.inner.book.read();
    let catalogue = context.inner.catalogue;
    let promotions: Vec<Json> = feeds::running(context.now_ms)
        .into_iter()
        .map(|promotion| {
            let members = promotion.pool.members(catalogue);
            let mut row = object! {
                "promo_name": promotion.name.clone(),
                "promo_desc": promotion.name,
                "product_num": catalogue.listed_from(members, 0, &state.changes),
            };
            if !fields.is_empty() {
                row.keep(&fields);
            }
            row.into()
        })
        .collect();
    drop(state);
    Ok(found(object! {
        "current_record_count": integer(promotions.len()),
        "promos": context.list("promo", promotions),
    }))
}
