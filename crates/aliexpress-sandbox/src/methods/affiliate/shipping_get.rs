//! `aliexpress.affiliate.product.shipping.get`: fee and days for one piece of an SKU.
//!
//! Documented: fields. Inferred: the cheapest service, as `ds.freight.query` has it, decided by the real
//! price of the SKU; sale price and tax rate are checked to be amounts and change nothing; an unknown
//! product or SKU and a destination that is not delivered to are 405; a free service has the fee 0.00.

use rust_decimal::Decimal;

use super::row::view;
use super::{found, nothing};
use crate::accounts::Account;
use crate::catalogue::delivery::{self, Service};
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::list_request::Destination;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PRODUCT_SHIPPING_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    for name in ["target_sale_price", "tax_rate"] {
        let amount: Decimal = context.text(name).parse().unwrap_or_default();
        if amount.is_sign_negative() {
            return Err(Refusal::unmapped(name));
        }
    }
    let base_url = context.inner.base_url();
    let destination = Destination::of(context, "ship_to_country");
    let shown = destination.unwrap_or_else(Destination::usual);
    let view = view(context, &base_url, shown)?;
    let service = destination.and_then(|destination| service(context, destination));
    let Some(service) = service else {
        return Ok(nothing());
    };
    Ok(found(object! {
        "shipping_fee": view.currency.of_cents(service.fee_cents.unwrap_or(0), 1000).text(),
        "delivery_days": service.usual_days().to_string(),
        "min_delivery_days": service.min_days.to_string(),
        "max_delivery_days": service.max_days.to_string(),
        "ship_from_country": "CN",
    }))
}

fn service(context: &Context<'_>, destination: Destination) -> Option<Service> {
    let number = |name: &str| context.text(name).parse::<i64>().ok();
    let (product_id, sku_id) = (number("product_id")?, number("sku_id")?);
    let state = context.inner.book.read();
    let catalogue = context.inner.catalogue;
    let listed = catalogue.for_sale(product_id, destination.demanded(), &state.changes)?;
    drop(state);
    let skus = listed.product.skus(listed.change.as_ref());
    let sku = skus.iter().find(|sku| sku.id == sku_id)?;
    delivery::cheapest(&listed.product, destination.country, sku.cents)
}
