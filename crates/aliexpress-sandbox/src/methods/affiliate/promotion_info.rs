//! `aliexpress.affiliate.promotion.info.get`: coupons that apply to products.
//!
//! Documented: fields, code `"0"`, at most 10 products, destinations. Inferred: the keys around the items
//! of both lists, the words of the values, dates; products that are unknown, delisted or not sold to the
//! country are left out, and one without a coupon has an empty list; more than 10 are
//! `UnsupportedParamMapping`; an unknown currency is answered in dollars, as by `ds.product.get`.

use crate::accounts::Account;
use crate::catalogue::countries;
use crate::catalogue::coupons::{self, Coupon, Cut};
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};
use crate::language::Language;
use crate::methods::list_request::{chosen, parts};
use crate::methods::{Context, Method, Reply, declared};
use crate::money::{self, Currency};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PROMOTION_INFO_GET,
    traced: true,
    run,
};

const MOST_IDS: usize = 10;
const COUNTRIES: [&str; 17] = [
    "AT", "BE", "CH", "CZ", "HU", "SE", "PT", "DE", "FR", "NL", "ES", "IT", "PL", "UK", "JP", "US",
    "CL",
];

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    chosen(context, "ship_to_country", &COUNTRIES)?;
    let ids = parts(context.text("product_id"));
    if ids.len() > MOST_IDS {
        return Err(Refusal::unmapped("product_id"));
    }
    let currency = money::find(context.text("currency")).unwrap_or_else(money::dollar);
    let language = Language::from_code(context.text("target_language"));
    let country = countries::find(context.text("ship_to_country"));
    let state = context.inner.book.read();
    let rows = ids.iter().filter_map(|id| {
        let catalogue = context.inner.catalogue;
        let listed = catalogue.for_sale(id.parse().ok()?, Some(country?), &state.changes)?;
        let coupon = coupons::of(&listed.product, context.now_ms);
        let promotions = coupon.map(|coupon| promotion(&coupon, currency, language).into());
        let row = object! {
            "product_id": listed.product.id().to_string(),
            "promotions": context.list("promotion", promotions.into_iter().collect()),
        };
        Some(row.into())
    });
    let results = context.list("promotion_result", rows.collect());
    drop(state);
    Ok(Reply::ok(object! {
        "code": "0",
        "result": object! { "promotion_results": results },
    }))
}

fn promotion(coupon: &Coupon, currency: &'static Currency, language: Language) -> Object {
    let amount = |cents| {
        let text = currency.of_cents(cents, 1000).text();
        format!("{text} {}", currency.code)
    };
    let least = amount(coupon.from_cents);
    let (kind, off) = match coupon.cut {
        Cut::Amount(cents) => ("money_off", amount(cents)),
        Cut::Percent(percent) => ("percent_off", format!("{percent}%")),
    };
    let title = match language {
        Language::English => format!("{off} off orders over {least}"),
        Language::French => format!("{off} de remise dès {least} d'achat"),
    };
    object! {
        "long_title": title,
        "offer_type": "generic_code",
        "coupon_value_type": kind,
        "money_off_amount": off,
        "minimum_purchase_amount": least,
        "generic_redemption_code": coupon.code.clone(),
        "redemption_channel": "online",
        "product_applicability": "specific_products",
        "promotion_effective_dates": format!("{}/{}", coupon.first, coupon.last),
    }
}
