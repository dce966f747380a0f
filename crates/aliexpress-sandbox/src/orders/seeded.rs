//! The three orders that every sandbox starts with, so that there is something to look at.

use super::{Basket, FIRST_SEEDED_ID, Line, Order};
use crate::accounts;
use crate::catalogue::{Catalogue, Product, countries, delivery};
use crate::language::Language;
use crate::money::dollar;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Unpaid since an hour, shipped four days ago, delivered last week: orders of the demo buyer.
pub(crate) fn orders(catalogue: Catalogue, now_ms: i64) -> Vec<Order> {
    let order = |position: u32, age_ms| {
        let product = catalogue.product(position % catalogue.products);
        let basket = basket(&product, i64::from(position) + 1);
        Order::new(
            FIRST_SEEDED_ID + i64::from(position),
            basket,
            now_ms - age_ms,
        )
    };
    let unpaid = order(0, HOUR_MS);
    let mut shipped = order(1, 6 * DAY_MS);
    shipped.paid_ms = Some(shipped.created_ms + HOUR_MS / 60);
    shipped.shipped_ms = Some(now_ms - 4 * DAY_MS);
    let mut delivered = order(2, 30 * DAY_MS);
    delivered.paid_ms = Some(delivered.created_ms + HOUR_MS / 60);
    delivered.shipped_ms = Some(delivered.created_ms + 2 * DAY_MS);
    delivered.delivered_ms = Some(now_ms - 7 * DAY_MS);
    vec![unpaid, shipped, delivered]
}

fn basket(product: &Product, count: i64) -> Basket {
    let skus = product.skus(None);
    let sku = skus.first();
    let cents = sku.map_or_else(|| product.base_cents(), |sku| sku.cents);
    let france = countries::find("FR");
    let service = france.and_then(|country| {
        delivery::services(product, country, count, cents * count)
            .into_iter()
            .next()
    });
    let (code, company, days, fee) = service.map_or(
        ("CAINIAO_STANDARD", "AliExpress standard shipping", 30, 0),
        |it| (it.code, it.company, it.max_days, it.fee_cents.unwrap_or(0)),
    );
    let level = france.map_or(1000, |country| country.price_per_mille);
    Basket {
        account: accounts::DEFAULT.user_id.to_owned(),
        store_id: product.store_id(),
        currency: dollar().code.to_owned(),
        country: "FR".to_owned(),
        service: code.to_owned(),
        company: company.to_owned(),
        max_days: days,
        lines: vec![Line {
            product_id: product.id(),
            sku_id: sku.map_or(0, |sku| sku.id),
            title: product.title(Language::English),
            sku_description: sku
                .map(|sku| product.sku_description(sku, Language::English))
                .unwrap_or_default(),
            count,
            unit_minor: dollar().of_cents(cents, level).minor,
            shipping_minor: dollar().of_cents(fee, 1000).minor,
            charges_minor: 0,
            tax_included: true,
        }],
    }
}
