//! `aliexpress.ds.freight.query`: delivery services for one SKU, quantity and destination.

use serde_json::{Map, Value};

use super::{Context, Method, Reply, declared, field_text, needed_integer, needed_text};
use crate::accounts::Account;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::delivery::{self, Service};
use crate::catalogue::{Product, Sku};
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};
use crate::language::Language;
use crate::money::{self, Currency};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_FREIGHT_QUERY,
    traced: true,
    run,
};

const DAY_MS: i64 = 86_400_000;

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let request: Map<String, Value> =
        serde_json::from_str(context.text("queryDeliveryReq")).unwrap_or_default();
    let product_id = needed_integer(&request, "productId")?;
    let sku_id = needed_integer(&request, "selectedSkuId")?;
    let quantity = needed_integer(&request, "quantity")?;
    let country = needed_text(&request, "shipToCountry")?;
    let currency = needed_text(&request, "currency")?;
    needed_text(&request, "locale")?;
    let language = Language::from_code(&needed_text(&request, "language")?);
    if quantity < 1 {
        return Err(Refusal::unmapped("quantity"));
    }

    let Some((product, sku)) = sku(context, product_id, sku_id) else {
        return Ok(failure(501, "DELIVERY_INFO_EMPTY"));
    };
    let Some(country) = countries::find(&country).filter(|country| product.sold_to(country)) else {
        return Ok(failure(505, "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS"));
    };
    let view = View {
        now_ms: context.now_ms,
        product: &product,
        sku: &sku,
        country,
        currency: money::find(&currency).unwrap_or_else(money::dollar),
        language: match field_text(&request, "locale").as_str() {
            locale if locale.starts_with("fr") => Language::French,
            _ => language,
        },
    };
    let goods_cents = sku.cents.saturating_mul(quantity);
    let options = delivery::services(&product, country, quantity, goods_cents)
        .iter()
        .map(|service| view.option(service).into())
        .collect();
    Ok(Reply::ok(object! { "result": object! {
        "success": true,
        "code": 200,
        "msg": "Call succeeds",
        "delivery_options": context.list("delivery_option_d_t_o", options),
    }}))
}

fn failure(code: i64, message: &'static str) -> Reply {
    Reply::failed(
        message,
        object! { "result": object! { "success": false, "code": code, "msg": message } },
    )
}

fn sku(context: &Context<'_>, product_id: i64, sku_id: i64) -> Option<(Product, Sku)> {
    let product = context.inner.catalogue.find(product_id)?;
    let state = context.inner.book.read();
    let change = state.changes.of(product_id);
    if change.is_some_and(|change| change.delisted) {
        return None;
    }
    let sku = product
        .skus(change)
        .into_iter()
        .find(|sku| sku.id == sku_id)?;
    Some((product, sku))
}

struct View<'a> {
    now_ms: i64,
    product: &'a Product,
    sku: &'a Sku,
    country: &'a Country,
    currency: &'static Currency,
    language: Language,
}

impl View<'_> {
    fn option(&self, service: &Service) -> Object {
        let mut option = object! {
            "code": service.code,
            "company": service.company,
            "shipping_fee_currency": self.currency.code,
            "free_shipping": service.fee_cents.is_none(),
            "mayHavePFS": service.free_from_cents.is_some(),
            "min_delivery_days": service.min_days,
            "max_delivery_days": service.max_days,
            "guaranteed_delivery_days": service.guaranteed_days.to_string(),
            "delivery_date_desc": self.dates(service),
            "ship_from_country": "CN",
            "tracking": true,
            "available_stock": self.sku.stock.to_string(),
        };
        // In major units despite its name, and absent when delivery is free.
        if let Some(fee) = service.fee_cents {
            let fee = self.currency.of_cents(fee, 1000);
            option.set("shipping_fee_cent", fee.text());
            option.set("shipping_fee_format", fee.localised(self.language));
        }
        if let Some(threshold) = service.free_from_cents {
            let threshold = self.currency.of_cents(threshold, 1000);
            option.set(
                "free_shipping_threshold",
                threshold.localised(self.language),
            );
        }
        if self.country.tax_included && self.product.free_delivery() {
            option.set("ddpIncludeVATTax", "true");
        }
        option
    }

    /// `mai 04 - 07`, or with both months when they differ.
    fn dates(&self, service: &Service) -> String {
        let day = |days: i64| {
            let ms = self.now_ms.saturating_add(days * DAY_MS);
            let date = jiff::Timestamp::from_millisecond(ms).map_or_else(
                |_| jiff::civil::Date::default(),
                |instant| instant.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
            );
            (self.language.month(date.month()), date.day())
        };
        let (first, last) = (day(service.min_days), day(service.max_days));
        if first.0 == last.0 {
            format!("{} {:02} - {:02}", first.0, first.1, last.1)
        } else {
            format!("{} {:02} - {} {:02}", first.0, first.1, last.0, last.1)
        }
    }
}
