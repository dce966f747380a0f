//! `aliexpress.ds.product.get`: a whole product for one destination.
//!
//! Recorded: the body, 602 and 605. Documented: wholesale tiers, promotion limits, the channel price (gone
//! with `remove_personal_benefit`), tax and import charges of the United States, `ean_code`, "All SKU
//! Unsaleable" once every SKU is dropped. Inferred: the inner key `wholesale_price_tier`, the number 604,
//! that `ean_code` stands on products without choice, and rates and limits. `biz_model`, `province_code`
//! and `city_code` change nothing.

use super::product_view::{Audience, answer};
use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_PRODUCT_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    Ok(answer(context, Audience::Retail))
}
