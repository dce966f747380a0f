//! `aliexpress.logistics.buyer.freight.calculate`: the older way to ask for delivery services.
//!
//! Documented: the fields, `cent` in real cents (minor units of the currency), the list key ending in
//! `_dto`. Inferred: the services and fees are those of `aliexpress.ds.freight.query`, a service that is
//! free has the amount 0, goods leave from China only, failures are `success` false with the texts of the
//! newer method, and without `sku_id` the cheapest SKU counts.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};

use super::{Context, Method, Reply, declared, field_text, needed_integer, needed_text};
use crate::accounts::Account;
use crate::catalogue::delivery::{self, Service};
use crate::catalogue::{Product, Sku, countries};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::money::{self, Currency};

const REQUEST: &str = "param_aeop_freight_calculate_for_buyer_d_t_o";

pub(super) static METHOD: Method = Method {
    declared: &declared::LOGISTICS_BUYER_FREIGHT_CALCULATE,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let request: Map<String, Value> =
        serde_json::from_str(context.text(REQUEST)).unwrap_or_default();
    let product_id = needed_integer(&request, "product_id")?;
    let quantity = needed_integer(&request, "product_num")?;
    if quantity < 1 {
        return Err(Refusal::unmapped("product_num"));
    }
    let country = needed_text(&request, "country_code")?;
    let from = needed_text(&request, "send_goods_country_code")?;
    let sku_id = field_text(&request, "sku_id").parse::<i64>().ok();
    let currency = field_text(&request, "price_currency");
    let currency = money::find(&currency).unwrap_or_else(money::dollar);

    let Some((product, sku)) = goods(context, product_id, sku_id) else {
        return Ok(failure("DELIVERY_INFO_EMPTY"));
    };
    let country = countries::find(&country).filter(|country| product.sold_to(country));
    let Some(country) = country.filter(|_| from.eq_ignore_ascii_case("CN")) else {
        return Ok(failure("DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS"));
    };
    let each_cents = stated_cents(&request, currency).unwrap_or(sku.cents);
    let goods_cents = each_cents.saturating_mul(quantity);
    let rows = delivery::services(&product, country, quantity, goods_cents)
        .iter()
        .map(|service| Json::from(row(service, currency)))
        .collect();
    let rows = context.list("aeop_freight_calculate_result_for_buyer_dto", rows);
    Ok(Reply::ok(object! { "result": object! {
        "success": true,
        "aeop_freight_calculate_result_for_buyer_d_t_o_list": rows,
    }}))
}

fn failure(text: &'static str) -> Reply {
    Reply::failed(
        text,
        object! { "result": object! { "success": false, "error_desc": text } },
    )
}

/// The product with the named SKU, or with its cheapest.
fn goods(context: &Context<'_>, product_id: i64, sku_id: Option<i64>) -> Option<(Product, Sku)> {
    let product = context.inner.catalogue.find(product_id)?;
    let state = context.inner.book.read();
    let change = state.changes.of(product_id);
    if change.is_some_and(|change| change.delisted) {
        return None;
    }
    let skus = product.skus(change).into_iter();
    let sku = match sku_id {
        Some(id) => skus.into_iter().find(|sku| sku.id == id),
        None => skus.min_by_key(|sku| sku.cents),
    };
    Some((product, sku?))
}

/// The price of one piece as the caller states it, in US cents.
fn stated_cents(request: &Map<String, Value>, currency: &Currency) -> Option<i64> {
    let price: Decimal = field_text(request, "price").parse().ok()?;
    let cents = price.checked_mul(Decimal::ONE_HUNDRED)?;
    let cents = cents.checked_div(currency.per_dollar())?.round();
    cents.to_i64().filter(|cents| *cents >= 0)
}

fn row(service: &Service, currency: &'static Currency) -> Object {
    let fee = currency.of_cents(service.fee_cents.unwrap_or(0), 1000);
    object! {
        "service_name": service.code,
        "estimated_delivery_time": format!("{}-{}", service.min_days, service.max_days),
        "tracking_available": "true",
        "freight": object! {
            "amount": fee.text(),
            "cent": fee.minor,
            "currency_code": currency.code,
        },
    }
}
