//! `aliexpress.trade.ds.order.get`: one order of the token's account.

use serde_json::{Map, Value};

use super::{Context, Method, Reply, declared, needed_integer};
use crate::accounts::Account;
use crate::addresses;
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};
use crate::money::KeptMoney;
use crate::orders::{Line, Order, PAY_TIMEOUT_S, Stage};
use crate::platform_time;

pub(super) static METHOD: Method = Method {
    declared: &declared::TRADE_DS_ORDER_GET,
    traced: false,
    run,
};

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let query: Map<String, Value> =
        serde_json::from_str(context.text("single_order_query")).unwrap_or_default();
    let id = needed_integer(&query, "order_id")?;
    let state = context.inner.book.read();
    let own =
        |order: &&Order| account.is_some_and(|account| order.basket.account == account.user_id);
    let order = state.orders.get(id).filter(own).cloned();
    drop(state);
    let order = order.ok_or_else(|| {
        Refusal::remote("isv.insufficient-permission", "Insufficient permission.")
    })?;
    Ok(Reply::ok(object! { "result": result(context, &order) }))
}

fn result(context: &Context<'_>, order: &Order) -> Object {
    let stage = order.stage(context.now_ms);
    let lines = order
        .basket
        .lines
        .iter()
        .map(|line| child(order, line, stage).into())
        .collect();
    let total = money(&order.total());
    let store_id = order.basket.store_id;
    let mut result = object! {
        "gmt_create": platform_time::written(order.created_ms),
        "order_status": stage.order_status(),
        "logistics_status": stage.logistics_status(),
        "pay_timeout_second": PAY_TIMEOUT_S.to_string(),
        "order_amount": total.clone(),
        "user_order_amount": total,
        "store_info": object! {
            "store_id": store_id,
            "store_name": format!("Shop{store_id} Store"),
            "store_url": addresses::store(&context.inner.base_url(), store_id),
        },
        "child_order_list": context.list("aeop_child_order_info", lines),
    };
    if let Some(paid_ms) = order.paid_ms {
        let paid = platform_time::text(paid_ms, "%Y-%m-%dT%H:%M:%S%:z[America/Los_Angeles]");
        result.set("order_paidtime_string", paid);
    }
    if order.shipped_ms.is_some() {
        let parcel = object! {
            "logistics_no": format!("LP{:014}", order.id % 100_000_000_000_000),
            "logistics_service": order.basket.service.clone(),
        };
        let parcels = context.list("aeop_order_logistics_info", vec![parcel.into()]);
        result.set("logistics_info_list", parcels);
    }
    result
}

fn child(order: &Order, line: &Line, stage: Stage) -> Object {
    let amount = |minor| {
        money(&KeptMoney {
            minor,
            currency: order.basket.currency.clone(),
        })
    };
    let included = if line.tax_included { "true" } else { "false" };
    let mut child = object! {
        "product_id": line.product_id,
        "sku_id": line.sku_id.to_string(),
        "product_name": line.title.clone(),
        "product_count": line.count,
        "product_price": amount(line.unit_minor),
        "sale_fee": amount(line.goods_minor()),
        "sale_discount_fee": amount(0),
        "shipping_fee": amount(line.shipping_minor),
        "shipping_discount_fee": amount(0),
        "actual_shipping_fee": amount(line.shipping_minor),
        "actual_tax_fee": amount(line.charges_minor),
        "actual_fee": amount(line.total_minor()),
        "already_include_tax": included,
        "price_include_tax": included,
    };
    if stage == Stage::Closed {
        child.set("end_reason", "CANCELED");
    }
    child
}

fn money(money: &KeptMoney) -> Object {
    object! { "amount": money.text(), "currency_code": money.currency.clone() }
}
