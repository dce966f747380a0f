//! A product as `aliexpress.ds.product.get` and `aliexpress.ds.product.wholesale.get` show it.

use super::{Context, Reply};
use crate::addresses;
use crate::catalogue::countries::{self, Charges, Country};
use crate::catalogue::delivery;
use crate::catalogue::vocabulary::COLOURS;
use crate::catalogue::{Product, Sku};
use crate::json::{Json, Object, object};
use crate::language::Language;
use crate::money::{self, Currency, grouped};
use crate::pages::escaped;

/// Pieces from which `offer_bulk_sale_price` holds.
const BULK_ORDER: i64 = 10;

/// Which of the two methods is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    Retail,
    /// With fields of an older time, without manufacturer, taxes and import charges.
    Wholesale,
}

/// What the answer is made for.
struct View<'a> {
    context: &'a Context<'a>,
    audience: Audience,
    base_url: &'a str,
    product: &'a Product,
    country: &'a Country,
    currency: &'static Currency,
    language: Language,
}

/// The answer for the product, destination, currency and language of the parameters, or its refusal.
pub(super) fn answer(context: &Context<'_>, audience: Audience) -> Reply {
    let id = context.text("product_id").parse().unwrap_or_default();
    let Some(product) = context.inner.catalogue.find(id) else {
        return failure("605", 605, "ITEM_ID_NOT_FOUND");
    };
    let change = context.inner.book.read().changes.of(id).cloned();
    if change.as_ref().is_some_and(|change| change.delisted) {
        return failure("605", 605, "ITEM_ID_NOT_FOUND");
    }
    let country =
        countries::find(context.text("ship_to_country")).filter(|country| product.sold_to(country));
    let Some(country) = country else {
        return failure("602", 602, "Item is not allowed to this country");
    };
    let skus = product.skus(change.as_ref());
    if skus.is_empty() {
        return failure("604", 604, "All SKU Unsaleable");
    }
    let base_url = context.inner.base_url();
    let view = View {
        context,
        audience,
        base_url: &base_url,
        product: &product,
        country,
        currency: money::find(context.text("target_currency")).unwrap_or_else(money::dollar),
        language: Language::from_code(context.text("target_language")),
    };
    Reply::ok(object! {
        "rsp_code": 200,
        "rsp_msg": "Call succeeds",
        "result": view.result(&skus),
    })
}

fn failure(outcome: &'static str, code: i64, message: &'static str) -> Reply {
    Reply::failed(outcome, object! { "rsp_code": code, "rsp_msg": message })
}

impl View<'_> {
    fn result(&self, skus: &[Sku]) -> Object {
        let goods_cents = skus.iter().map(|sku| sku.cents).min().unwrap_or(0);
        let rows = skus.iter().map(|sku| Json::from(self.sku(sku))).collect();
        let mut result = object! {
            "ae_item_base_info_dto": self.base(),
            "ae_item_sku_info_dtos": self.context.list("ae_item_sku_info_d_t_o", rows),
            "ae_item_properties": self.context.list("ae_item_property", self.properties()),
            "ae_multimedia_info_dto": self.multimedia(),
            "package_info_dto": self.package(),
            "logistics_info_dto": object! {
                "delivery_time": self.delivery_days(goods_cents),
                "ship_to_country": self.country.code,
            },
            "ae_store_info": self.store(),
            "product_id_converter_result": object! {
                "main_product_id": self.product.id(),
                "sub_product_id":
                    format!("{{\"US\":{}}}", self.product.id() + 2_251_800_000_000_000),
            },
            "has_whole_sale": self.product.sells_wholesale(),
        };
        if self.audience == Audience::Retail {
            result.set("manufacturer_info", manufacturer());
        }
        result
    }

    /// Days of the quickest service for one piece.
    fn delivery_days(&self, goods_cents: i64) -> i64 {
        delivery::services(self.product, self.country, 1, goods_cents)
            .iter()
            .map(|service| service.max_days)
            .min()
            .unwrap_or(0)
    }

    fn base(&self) -> Object {
        let product = self.product;
        let title = product.title(self.language);
        let mut base = object! {
            "product_id": product.id(),
            "category_id": product.family.categories[2],
            "product_status_type": "onSelling",
            "currency_code": "CNY",
            "avg_evaluation_rating": format!("{}.{}", product.rating / 10, product.rating % 10),
            "evaluation_count": product.reviews.to_string(),
            "sales_count": rounded(product.orders),
            "separated_listing": false,
            "detail": self.detail(&title),
            "mobile_detail": "{\"version\":\"2.0.0\",\"moduleList\":[]}",
            "subject": title,
        };
        match self.audience {
            Audience::Retail => base.set("sl_product", false),
            Audience::Wholesale => {
                base.set("ws_display", "expire_offline");
                base.set("ws_offline_date", self.offline_date());
            }
        }
        base
    }

    /// When the listing runs out: at the end of its thirty days, which begin anew each time.
    fn offline_date(&self) -> String {
        const DAY_MS: i64 = 86_400_000;
        let days = self.context.now_ms.div_euclid(DAY_MS) + i64::from(self.product.index) % 30;
        let end_ms = (days / 30 + 1).saturating_mul(30 * DAY_MS)
            - i64::from(self.product.index) % 30 * DAY_MS;
        jiff::Timestamp::from_millisecond(end_ms).map_or_else(
            |_| String::new(),
            |instant| instant.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        )
    }

    fn detail(&self, title: &str) -> String {
        let words = self.language.pick(
            "Made up by the SmartLinks sandbox. Carefully finished, tested before dispatch, \
             delivered in a recyclable box. Measures may differ by 1 to 3 cm.",
            "Produit fictif du bac à sable SmartLinks. Finition soignée, contrôlé avant l'envoi, \
             livré dans une boîte recyclable. Les mesures peuvent varier de 1 à 3 cm.",
        );
        let mut html = format!("<div><h2>{}</h2><p>{words}</p>", escaped(title));
        for number in 1..=self.product.pictures() {
            html.push_str(&format!(
                "<p><img src=\"{}\" alt=\"\"></p>",
                self.picture(number)
            ));
        }
        html.push_str("</div>");
        html
    }

    fn picture(&self, number: u32) -> String {
        addresses::picture(self.base_url, self.product.id(), number)
    }

    fn multimedia(&self) -> Object {
        let urls: Vec<String> = (1..=self.product.pictures())
            .map(|number| self.picture(number))
            .collect();
        let mut multimedia = object! { "image_urls": urls.join(";") };
        if self.product.has_video() {
            let video = object! {
                "media_id": 290_000_000_000_i64 + i64::from(self.product.index),
                "media_type": "MAIN_IMAGE_VIDEO",
                "media_status": "approved",
                "media_url": addresses::video(self.base_url, self.product),
                "poster_url": self.picture(1),
                "ali_member_id": self.product.seller_id(),
            };
            let videos = self.context.list("ae_video_d_t_o", vec![video.into()]);
            multimedia.set("ae_video_dtos", videos);
        }
        multimedia
    }

    fn price(&self, cents: i64) -> String {
        self.currency
            .of_cents(cents, self.country.price_per_mille)
            .text()
    }

    fn sku(&self, sku: &Sku) -> Object {
        let attr = self.product.sku_attr(sku);
        let mut fields = object! {
            "sku_id": sku.id.to_string(),
            "id": attr.clone(),
            "sku_attr": attr,
            "sku_price": self.price(sku.list_cents),
            "offer_sale_price": self.price(sku.cents),
            "currency_code": self.currency.code,
            "sku_available_stock": sku.stock,
            "price_include_tax": self.country.tax_included,
        };
        self.add_quantity_prices(sku, &mut fields);
        self.add_promotion(sku, &mut fields);
        match self.audience {
            Audience::Retail => self.add_charges(sku, &mut fields),
            Audience::Wholesale => {
                fields.set("sku_stock", sku.stock > 0);
                fields.set("ipm_sku_stock", sku.stock);
                fields.set("sku_code", format!("SBX-{}", sku.id));
            }
        }
        if sku.colour.is_some() {
            let properties = self.sku_properties(sku);
            let properties = self.context.list("ae_sku_property_d_t_o", properties);
            fields.set("ae_sku_property_dtos", properties);
        } else {
            fields.set("ean_code", self.product.ean());
        }
        fields
    }

    /// The price for many pieces; the price for one where the product has no wholesale.
    fn add_quantity_prices(&self, sku: &Sku, fields: &mut Object) {
        if !self.product.sells_wholesale() {
            fields.set("offer_bulk_sale_price", self.price(sku.cents));
            return;
        }
        let cents = self.product.cents_each(sku.cents, BULK_ORDER);
        fields.set("offer_bulk_sale_price", self.price(cents));
        fields.set("sku_bulk_order", BULK_ORDER);
        let tiers = self.product.tiers().map(|tier| {
            let tier = object! {
                "min_quantity": tier.min_quantity.to_string(),
                "wholesale_price": self.price(tier.cents_each(sku.cents)),
                "discount": format!("0.{:02}", tier.percent_off),
            };
            Json::from(tier)
        });
        let tiers = self.context.list("wholesale_price_tier", tiers.into());
        fields.set("wholesale_price_tiers", tiers);
    }

    fn add_promotion(&self, sku: &Sku, fields: &mut Object) {
        let Some(promotion) = self.product.promotion() else {
            return;
        };
        fields.set("limit_strategy", "back_to_normal_price");
        fields.set(
            "buy_amount_limit_set_by_promotion",
            promotion.most_pieces.to_string(),
        );
        if self.context.text("remove_personal_benefit") != "true" {
            let cents = promotion.channel_cents(sku.cents);
            fields.set("channel_discount_price", self.price(cents));
        }
    }

    /// What the destination adds on top: the price contains neither.
    fn add_charges(&self, sku: &Sku, fields: &mut Object) {
        let Some(charges) = self.country.charges() else {
            return;
        };
        let share = |percent| self.price(Charges::of(sku.cents, percent));
        fields.set("estimated_import_charges", share(charges.import_percent));
        fields.set("tax_amount", share(charges.sales_tax_percent));
        fields.set("tax_currency_code", self.currency.code);
    }

    fn sku_properties(&self, sku: &Sku) -> Vec<Json> {
        let mut properties = Vec::with_capacity(2);
        if let Some(index) = sku.colour {
            let colour = &COLOURS[index];
            let property = object! {
                "sku_property_id": 14,
                "sku_property_name": self.language.pick("Color", "Couleur"),
                "property_value_id": colour.value_id,
                "sku_property_value": self.language.pick(colour.name.0, colour.name.1),
                "property_value_definition_name": colour.label,
                "sku_image": self.picture(101 + index as u32),
            };
            properties.push(property.into());
        }
        if let Some((value_id, text)) = self.product.size_of(sku) {
            let sizes = self.product.family.sizes;
            let property = object! {
                "sku_property_id": sizes.property_id,
                "sku_property_name": self.language.pick(sizes.name.0, sizes.name.1),
                "property_value_id": value_id,
                "sku_property_value": text,
            };
            properties.push(property.into());
        }
        properties
    }

    fn properties(&self) -> Vec<Json> {
        let pick = |english, french| self.language.pick(english, french);
        let property = |name_id: i64, value_id: i64, name: &'static str, value: &'static str| {
            object! {
                "attr_name_id": name_id,
                "attr_value_id": value_id,
                "attr_name": name,
                "attr_value": value,
            }
        };
        let material = self.product.material(self.language);
        let choice = object! { "attr_name_id": -1, "attr_name": "Choice", "attr_value": "yes" };
        vec![
            property(2, 201_512_802, pick("Brand Name", "Nom de marque"), "NONE").into(),
            property(219, 9_441_741_844, pick("Origin", "Origine"), "CN (Origin)").into(),
            property(10, -1, pick("Material", "Matière"), material).into(),
            choice.into(),
        ]
    }

    fn package(&self) -> Object {
        let grams = self.product.family.grams;
        object! {
            "package_length": 42, "package_width": 30, "package_height": 8,
            "gross_weight": format!("{}.{:03}", grams / 1000, grams % 1000),
            "package_type": false,
            "product_unit": 100_000_015,
        }
    }

    fn store(&self) -> Object {
        let id = self.product.store_id();
        object! {
            "store_id": id,
            "store_name": format!("Shop{id} Store"),
            "store_country_code": "CN",
            "item_as_described_rating": "4.6",
            "communication_rating": "4.7",
            "shipping_speed_rating": "4.8",
        }
    }
}

fn manufacturer() -> Object {
    object! {
        "name": "Example Manufacturing Ltd",
        "address": "1 Example Road, Example City",
        "phone": "10000000000",
        "phone_prefix": "86",
        "email": "contact@example.com",
        "country_name": "China",
    }
}

/// `3000+`, as shop windows round sales.
fn rounded(orders: i64) -> String {
    match orders {
        1000.. => format!("{}+", orders / 1000 * 1000),
        100.. => format!("{}+", orders / 100 * 100),
        _ => orders.to_string(),
    }
}

/// `3,000+`, as search results round sales.
pub(super) fn rounded_and_grouped(orders: i64) -> String {
    let text = rounded(orders);
    match text.strip_suffix('+') {
        Some(digits) => format!("{}+", grouped(digits, ",")),
        None => text,
    }
}
