//! `aliexpress.ds.commissionorder.listbyindex`: commission lines of dropshipping orders.

use super::part::{self, Part};
use super::{Wanted, flag, percent, time};
use crate::accounts::Account;
use crate::addresses;
use crate::commissions::{Commission, dropshipping};
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};
use crate::methods::{Context, Method, Reply, declared};
use crate::money::dollar;

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::DS_COMMISSIONORDER_LISTBYINDEX,
    traced: true,
    run,
};

/// With a token the orders of its account, without one those of all accounts of the app (inferred).
fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(context)?;
    let state = context.inner.book.read();
    let mut lines = dropshipping::lines(
        &state.orders,
        context.inner.catalogue,
        account.map(|account| account.user_id),
        context.now_ms,
    );
    drop(state);
    lines.retain(|line| wanted.covers(line, context.now_ms));
    let Some(part) = Part::read(context, lines, part::page(context))? else {
        return Ok(Reply::failed(
            "405",
            object! { "rsp_code": 405, "rsp_msg": "The result is empty" },
        ));
    };
    let base_url = context.inner.base_url();
    let rows = part
        .lines
        .iter()
        .map(|line| row(context, &base_url, line).into())
        .collect();
    let result = object! {
        "current_page_no": part.page,
        "current_record_count": part.count(),
        "orders": context.list("traffic_order_effect_d_t_o", rows),
        "min_query_index_id": part.lowest,
        "max_query_index_id": part.highest,
    };
    Ok(Reply::ok(object! {
        "rsp_code": 200,
        "rsp_msg": "Call succeeds",
        "result": result,
    }))
}

/// Some counts and amounts are numbers and some are text, as in the binding of this interface.
fn row(context: &Context<'_>, base_url: &str, line: &Commission) -> Object {
    let now_ms = context.now_ms;
    let id = line.sale.product_id;
    let reason = line.invalid_reason();
    object! {
        "order_id": line.order_id,
        "sub_order_id": line.sub_order_id,
        "order_number": line.sub_order_id,
        "parent_order_number": line.order_id,
        "publisher_id": line.origin.tracking_id.parse::<i64>().unwrap_or_default(),
        "publisher_settled_currency": dollar().code,
        "item_id": id,
        "item_title": line.sale.title.clone(),
        "item_detail_url": addresses::item(base_url, id),
        "item_main_image_url": addresses::picture(base_url, id, 1),
        "item_count": line.sale.count.to_string(),
        "category_id": line.sale.category_id,
        "effect_status": line.status(now_ms).order_status(),
        "effect_detail_status": reason.map_or("", |reason| reason.name()),
        "created_time": time(Some(line.created_ms)),
        "paid_time": time(Some(line.paid_ms)),
        "finished_time": time(line.received_ms(now_ms)),
        "paid_amount": line.sale.paid_cents,
        "finished_amount": line.finished_cents(now_ms).to_string(),
        "commission_rate": percent(line.sale.rate),
        "estimated_paid_commission": line.paid_commission_cents(),
        "estimated_finished_commission": line.finished_commission_cents(now_ms).to_string(),
        "incentive_commission_rate": percent(0),
        "estimated_incentive_paid_commission": "0",
        "estimated_incentive_finished_commission": "0",
        "is_new_buyer": flag(false),
        "is_hot_product": flag(line.sale.hot),
        "is_affiliate_product": flag(true),
        "ship_to_country": line.sale.country.clone(),
    }
}
