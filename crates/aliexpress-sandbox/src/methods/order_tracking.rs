//! `aliexpress.ds.order.tracking.get`: the parcel of an order, once it is on its way.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::orders::{Order, tracking};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_ORDER_TRACKING_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let id = context.text("ae_order_id").parse().unwrap_or_default();
    let own =
        |order: &&Order| account.is_some_and(|account| order.basket.account == account.user_id);
    let order = context
        .inner
        .book
        .read()
        .orders
        .get(id)
        .filter(own)
        .cloned();
    let language = Language::from_code(context.text("language"));
    let parcel = order.and_then(|order| parcel(context, &order, language));
    Ok(parcel.map_or_else(not_found, |parcel| {
        let parcels = context.list("tracking_detail", vec![parcel.into()]);
        Reply::ok(object! { "result": object! {
            "ret": true,
            "code": "",
            "msg": "",
            "data": object! { "tracking_detail_line_list": parcels },
        }})
    }))
}

/// Also the answer for orders of other accounts: the method has no documented word for those.
fn not_found() -> Reply {
    Reply::failed(
        "1001",
        object! { "result": object! {
            "ret": false,
            "code": "1001",
            "msg": "TRACKING DATA NOT FOUND",
        }},
    )
}

fn parcel(context: &Context<'_>, order: &Order, language: Language) -> Option<Object> {
    let nodes: Vec<Json> = tracking::nodes(order, context.now_ms, language)
        .iter()
        .map(|node| {
            object! {
                "time_stamp": node.at_ms,
                "tracking_name": node.name,
                "tracking_detail_desc": node.description,
            }
            .into()
        })
        .collect();
    if nodes.is_empty() {
        return None;
    }
    let lines = &order.basket.lines;
    let items = lines
        .iter()
        .map(|line| {
            object! {
                "item_id": line.product_id,
                "sku_id": line.sku_id,
                "sku_desc": line.sku_description.clone(),
                "item_title": line.title.clone(),
                "quantity": line.count,
            }
            .into()
        })
        .collect();
    Some(object! {
        "mail_no": order.tracking_number(),
        "carrier_name": order.basket.company.clone(),
        "eta_time_stamps": order.eta_ms().unwrap_or(context.now_ms),
        "detail_node_list": context.list("detail_node", nodes),
        "package_item_list": context.list("package_item", items),
    })
}
