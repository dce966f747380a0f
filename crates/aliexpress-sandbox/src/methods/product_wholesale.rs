//! `aliexpress.ds.product.wholesale.get`: the product for those who buy many.
//!
//! Documented: the body of `aliexpress.ds.product.get` with the old `ws_display`, `ws_offline_date`,
//! `sku_stock`, `ipm_sku_stock` and `sku_code`, without `manufacturer_info`, tax, import charges and
//! `sl_product`. Inferred: products without wholesale prices are shown too, `ws_display` is
//! `expire_offline`, and the refusals are those of `aliexpress.ds.product.get`.

use super::product_view::{Audience, answer};
use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_PRODUCT_WHOLESALE_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    Ok(answer(context, Audience::Wholesale))
}
