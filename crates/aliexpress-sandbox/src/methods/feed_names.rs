//! `aliexpress.ds.feedname.get`: the feeds with the number of their products.
//!
//! Documented: fields, `resp_result` around them. Inferred: the count leaves out what is delisted and
//! looks at no destination. Names and pools are made up, `DS bestseller` apart.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::feeds::{FEEDS, Feed};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, object};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_FEEDNAME_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let state = context.inner.book.read();
    let catalogue = context.inner.catalogue;
    let row = |feed: &'static Feed| {
        let members = feed.pool.members(catalogue);
        object! {
            "promo_name": feed.name,
            "promo_desc": feed.name,
            "product_num": catalogue.listed_from(members, 0, &state.changes),
        }
    };
    let feeds: Vec<Json> = FEEDS.iter().map(|feed| row(feed).into()).collect();
    drop(state);
    Ok(Reply::ok(object! { "resp_result": object! {
        "result": object! {
            "current_record_count": i64::try_from(feeds.len()).unwrap_or(i64::MAX),
            "promos": context.list("promo", feeds),
        },
        "resp_code": 200,
        "resp_msg": "Call succeeds",
    }}))
}
