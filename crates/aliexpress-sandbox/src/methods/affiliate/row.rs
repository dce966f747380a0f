//! The product row of all affiliate lists.
//!
//! Recorded: the fields, rates as texts such as `7.0%`, a coupon on some rows only. Documented: a link
//! only with a tracking id; days in the two searches only, article numbers in details and promotions.
//! Inferred: sale prices in dollars, target prices with the taxes of the destination, the market rate
//! equal to the plain one. Made up: rates, app prices, coupons.

use super::{CURRENCIES, LANGUAGES, tracking_id};
use crate::affiliate_links::{Target, promotion_link};
use crate::catalogue::commission::rate_text;
use crate::catalogue::countries::Country;
use crate::catalogue::coupons::{self, Coupon, Cut};
use crate::catalogue::listing::Listed;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::methods::Context;
use crate::methods::list_request::{Destination, chosen, parts};
use crate::methods::product_row::{Prices, RowView};
use crate::money::{self, dollar};

/// What the app pays of the sale price, in thousandths.
const APP_PER_MILLE: i64 = 975;

/// What only some of the lists show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    /// Days until delivery.
    Days,
    /// The article number; empty, as no product of the sandbox has one.
    Ean,
}

/// Makes rows.
pub(super) struct Rows<'a> {
    view: RowView<'a>,
    tracking_id: Option<&'a str>,
    /// Names of the fields that are wanted; all when there are none.
    fields: Vec<&'a str>,
    extra: Extra,
}

/// Currency and language of an answer, checked.
pub(super) fn view<'a>(
    context: &'a Context<'a>,
    base_url: &'a str,
    destination: Destination,
) -> Result<RowView<'a>, Refusal> {
    let currency = chosen(context, "target_currency", &CURRENCIES)?.unwrap_or("USD");
    let language = context.text("target_language");
    let known = |own: &&str| own.eq_ignore_ascii_case(language);
    if !language.is_empty() && !LANGUAGES.iter().any(known) {
        return Err(Refusal::unmapped("target_language"));
    }
    Ok(RowView {
        context,
        base_url,
        country: destination.country,
        currency: money::find(currency).unwrap_or_else(dollar),
        language: Language::from_code(language),
    })
}

impl<'a> Rows<'a> {
    /// Reads currency, language, tracking id and wanted fields.
    pub(super) fn new(
        context: &'a Context<'a>,
        base_url: &'a str,
        destination: Destination,
        extra: Extra,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            view: view(context, base_url, destination)?,
            tracking_id: tracking_id(context)?,
            fields: parts(context.text("fields")),
            extra,
        })
    }

    /// The currency's smallest units that a sale price comes to at the destination.
    pub(super) fn minor(&self, cents: i64) -> i64 {
        self.view.price(cents).minor
    }

    /// The list in the form of the answer.
    pub(super) fn list(&self, products: &[Listed]) -> Json {
        let rows = products.iter().map(|listed| self.row(listed).into());
        self.view.context.list("product", rows.collect())
    }

    fn row(&self, listed: &Listed) -> Object {
        let mut row = self.view.row(listed, dollar());
        self.add_prices_and_rates(&mut row, listed);
        let product_id = listed.product.id();
        if let Some(tracking_id) = self.tracking_id {
            let target = Target::Item {
                product_id,
                sku_id: None,
            };
            let link = promotion_link(self.view.base_url, tracking_id, target);
            row.set("promotion_link", link);
        }
        if let Some(coupon) = coupons::of(&listed.product, self.view.context.now_ms) {
            row.set("promo_code_info", self.coupon(&coupon, listed));
        }
        match self.extra {
            Extra::None => {}
            Extra::Ean => row.set("ean_code", ""),
            Extra::Days => {
                if let Some(days) = self.view.ship_to_days(listed) {
                    row.set("ship_to_days", days);
                }
            }
        }
        if !self.fields.is_empty() {
            row.keep(&self.fields);
        }
        row
    }

    fn add_prices_and_rates(&self, row: &mut Object, listed: &Listed) {
        let view = &self.view;
        let product = &listed.product;
        let cents = Prices::of(listed).cents;
        let app_level = view.country.price_per_mille * APP_PER_MILLE / 1000;
        row.set(
            "app_sale_price",
            dollar().of_cents(cents, APP_PER_MILLE).text(),
        );
        row.set("app_sale_price_currency", dollar().code);
        let app_price = view.currency.of_cents(cents, app_level);
        row.set("target_app_sale_price", app_price.text());
        row.set("target_app_sale_price_currency", view.currency.code);
        let rates = product.commission();
        row.set("commission_rate", rate_text(rates.tenths));
        row.set("hot_product_commission_rate", rate_text(rates.hot_tenths));
        row.set("relevant_market_commission_rate", rate_text(rates.tenths));
        row.set("shop_name", format!("Shop{} Store", product.store_id()));
        let skus = product.skus(listed.change.as_ref());
        if let Some(cheapest) = skus.iter().min_by_key(|sku| sku.cents) {
            row.set("sku_id", cheapest.id);
        }
        row.set("tax_rate", tax_rate(view.country));
    }

    fn coupon(&self, coupon: &Coupon, listed: &Listed) -> Object {
        let from = dollar().of_cents(coupon.from_cents, 1000).text();
        let (kind, value) = match coupon.cut {
            Cut::Amount(cents) => (
                "1",
                format!("USD {} off", dollar().of_cents(cents, 1000).text()),
            ),
            Cut::Percent(percent) => ("2", format!("{percent}% off")),
        };
        let store = Target::Store {
            store_id: listed.product.store_id(),
        };
        let url = match self.tracking_id {
            Some(tracking_id) => promotion_link(self.view.base_url, tracking_id, store),
            None => format!("{}{}", self.view.base_url, store.path()),
        };
        object! {
            "promo_code": coupon.code.clone(),
            "code_campaigntype": kind,
            "code_value": format!("On order over USD {from}, get {value}"),
            "code_availabletime_start": coupon.first.to_string(),
            "code_availabletime_end": coupon.last.to_string(),
            "code_mini_spend": from,
            "code_quantity": coupon.left.to_string(),
            "code_promotionurl": url,
        }
    }
}

/// The tax in the prices of a destination as a fraction of one, such as `0.19`.
pub(super) fn tax_rate(country: &Country) -> String {
    if !country.tax_included {
        return "0.0".to_owned();
    }
    let thousandths = (country.price_per_mille - 1000).max(0);
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::countries;

    #[test]
    fn tax_rates_are_short_decimals() {
        for (code, rate) in [("US", "0.0"), ("FR", "0.2"), ("DE", "0.19"), ("CH", "0.0")] {
            assert_eq!(tax_rate(countries::find(code).unwrap()), rate, "{code}");
        }
    }
}
