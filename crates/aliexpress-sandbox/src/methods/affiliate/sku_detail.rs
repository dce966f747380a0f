//! `aliexpress.affiliate.product.sku.detail.get`: SKU by SKU prices, pictures and delivery of a product.
//!
//! Recorded: fields, code 15 with sub code 405 when the item cannot be delivered. Documented: at most 20
//! SKUs, code 405 when nothing is found. Inferred: SKU ids that are unknown are dropped silently; an
//! unknown currency is answered in dollars, as by `ds.product.get`; delivery only when asked for; links
//! carry the tracking id `default`; the list key of further pictures. Switch: `sku_detail_form`.

use serde_json::{Value, json};

use super::row::tax_rate;
use crate::accounts::Account;
use crate::affiliate_links::{Target, promotion_link};
use crate::catalogue::categories;
use crate::catalogue::listing::{Listed, discount};
use crate::catalogue::vocabulary::COLOURS;
use crate::catalogue::{Product, Sku, countries, delivery};
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};
use crate::language::Language;
use crate::methods::list_request::{chosen, parts};
use crate::methods::product_row::RowView;
use crate::methods::{Context, Method, Reply, declared};
use crate::money;
use crate::profile::SkuDetailForm;

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_PRODUCT_SKU_DETAIL_GET,
    traced: true,
    run,
};

const MOST_SKUS: usize = 20;
/// The tracking id that every publisher starts with.
const TRACKING_ID: &str = "default";

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let delivery = chosen(context, "need_deliver_info", &["Yes", "No"])? == Some("Yes");
    let id = context.text("product_id").parse().unwrap_or_default();
    let state = context.inner.book.read();
    let listed = context.inner.catalogue.for_sale(id, None, &state.changes);
    drop(state);
    let Some(listed) = listed else {
        return Ok(nothing_found(context));
    };
    let country = countries::find(context.text("ship_to_country"))
        .filter(|country| listed.product.sold_to(country))
        .ok_or_else(|| Refusal::remote("405", "The item cannot be delivered to this country"))?;
    let skus = wanted(context, &listed);
    if skus.is_empty() {
        return Ok(nothing_found(context));
    }
    let base_url = context.inner.base_url();
    let details = Details {
        view: RowView {
            context,
            base_url: &base_url,
            country,
            currency: money::find(context.text("target_currency")).unwrap_or_else(money::dollar),
            language: Language::from_code(context.text("target_language")),
        },
        product: &listed.product,
        delivery,
    };
    let rows = skus.iter().map(|sku| details.sku(sku).into()).collect();
    let mut inner = object! {
        "ae_item_info": details.item(),
        "ae_item_sku_info": context.list("traffic_sku_info_list", rows),
    };
    let mut outer = Object::default();
    let marked = match context.profile.sku_detail_form {
        SkuDetailForm::Beside => &mut outer,
        SkuDetailForm::Inside => &mut inner,
    };
    marked.set("code", 200);
    marked.set("success", true);
    outer.set("result", inner);
    Ok(Reply::ok(object! { "result": outer }))
}

fn nothing_found(context: &Context<'_>) -> Reply {
    let marked = object! { "code": 405, "success": false };
    let result = match context.profile.sku_detail_form {
        SkuDetailForm::Beside => marked,
        SkuDetailForm::Inside => object! { "result": marked },
    };
    Reply::failed("405", object! { "result": result })
}

/// The SKUs that were asked for, or all, up to the most that are shown.
fn wanted(context: &Context<'_>, listed: &Listed) -> Vec<Sku> {
    let asked = parts(context.text("sku_ids"));
    let ids: Vec<i64> = asked.iter().filter_map(|id| id.parse().ok()).collect();
    let mut skus = listed.product.skus(listed.change.as_ref());
    skus.retain(|sku| asked.is_empty() || ids.contains(&sku.id));
    skus.truncate(MOST_SKUS);
    skus
}

struct Details<'a> {
    view: RowView<'a>,
    product: &'a Product,
    /// Whether fee and days are shown.
    delivery: bool,
}

impl Details<'_> {
    fn item(&self) -> Object {
        let (view, product) = (&self.view, self.product);
        let [first, second, _] = product.family.categories;
        let (upper, lower) = (
            categories::name(first, view.language),
            categories::name(second, view.language),
        );
        let pictures = view.pictures(product, 2);
        object! {
            "product_id": product.id().to_string(),
            "title": product.title(view.language),
            "en_title": product.title(Language::English),
            "original_link": view.item_url(product),
            "image_link": view.picture(product, 1),
            "image_white": "",
            "additional_image_links": view.context.list("string", pictures),
            "product_category": format!("{upper} > {lower}"),
            "display_category_id_l1": first,
            "display_category_name_l1": upper,
            "display_category_id_l2": second,
            "display_category_name_l2": lower,
            "product_score": format!("{}.{}", product.rating / 10, product.rating % 10),
            "review_number": product.reviews.to_string(),
            "order_number": product.orders.to_string(),
            "store_name": format!("Shop{} Store", product.store_id()),
        }
    }

    fn sku(&self, sku: &Sku) -> Object {
        let (view, product) = (&self.view, self.product);
        let colour = sku.colour.map(|index| &COLOURS[index]);
        let target = Target::Item {
            product_id: product.id(),
            sku_id: Some(sku.id),
        };
        let number = sku.colour.map_or(1, |index| 101 + index as u32);
        let mut fields = object! {
            "sku_id": sku.id,
            "link": promotion_link(view.base_url, TRACKING_ID, target),
            "color": colour.map_or("", |colour| colour.label),
            "size": product.size_of(sku).map_or("", |(_, text)| text),
            "sku_image_link": view.picture(product, number),
            "sku_properties": self.properties(sku).to_string(),
            "currency": view.currency.code,
            "price_with_tax": view.price(sku.list_cents).text(),
            "sale_price_with_tax": view.price(sku.cents).text(),
            "discount_rate": format!("{}%", discount(sku.cents, sku.list_cents)),
            "tax_rate": tax_rate(view.country),
        };
        if self.delivery {
            self.add_delivery(sku, &mut fields);
        }
        fields
    }

    /// One object for each choice.
    fn properties(&self, sku: &Sku) -> Value {
        let language = self.view.language;
        let mut choices = Vec::new();
        if let Some(index) = sku.colour {
            choices.push(json!({ language.pick("Color", "Couleur"): COLOURS[index].label }));
        }
        if let Some((_, text)) = self.product.size_of(sku) {
            let (english, french) = self.product.family.sizes.name;
            choices.push(json!({ language.pick(english, french): text }));
        }
        choices.into()
    }

    fn add_delivery(&self, sku: &Sku, fields: &mut Object) {
        let view = &self.view;
        let Some(service) = delivery::cheapest(self.product, view.country, sku.cents) else {
            return;
        };
        let fee = view.currency.of_cents(service.fee_cents.unwrap_or(0), 1000);
        fields.set("shipping_fees", fee.text());
        fields.set("min_delivery_days", service.min_days.to_string());
        fields.set("max_delivery_days", service.max_days.to_string());
        fields.set("delivery_days", service.usual_days().to_string());
        fields.set("ship_from_country", "CN");
    }
}
