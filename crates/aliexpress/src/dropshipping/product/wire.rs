//! The nested form on the wire, and the way from there to [`Product`].

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Logistics, Manufacturer, Package, Product, Property, Sku, Store, Video};
use crate::call::{Answer, Refused};
use crate::decode;

#[derive(Deserialize)]
pub(super) struct ProductAnswer {
    #[serde(default, deserialize_with = "decode::text")]
    rsp_code: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    rsp_msg: Option<String>,
    result: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    ae_item_base_info_dto: Option<Base>,
    #[serde(default, deserialize_with = "decode::list")]
    ae_item_sku_info_dtos: Vec<Sku>,
    #[serde(default, deserialize_with = "decode::list")]
    ae_item_properties: Vec<Property>,
    ae_multimedia_info_dto: Option<Media>,
    package_info_dto: Option<Package>,
    logistics_info_dto: Option<Logistics>,
    ae_store_info: Option<Store>,
    product_id_converter_result: Option<Converted>,
    manufacturer_info: Option<Manufacturer>,
    #[serde(default, deserialize_with = "decode::boolean")]
    has_whole_sale: Option<bool>,
}

#[derive(Deserialize)]
struct Base {
    #[serde(deserialize_with = "decode::required_int")]
    product_id: i64,
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    subject: String,
    #[serde(default, deserialize_with = "decode::text")]
    product_status_type: Option<String>,
    #[serde(default, deserialize_with = "decode::int")]
    category_id: Option<i64>,
    #[serde(default, deserialize_with = "decode::text")]
    currency_code: Option<String>,
    #[serde(default, deserialize_with = "decode::loose_int")]
    evaluation_count: Option<i64>,
    #[serde(default, deserialize_with = "decode::text")]
    sales_count: Option<String>,
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    avg_evaluation_rating: Option<Decimal>,
    #[serde(default, deserialize_with = "decode::text")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    mobile_detail: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Media {
    /// One text with the addresses joined by `;`.
    #[serde(deserialize_with = "decode::text_or_empty")]
    image_urls: String,
    #[serde(deserialize_with = "decode::list")]
    ae_video_dtos: Vec<Video>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Converted {
    #[serde(deserialize_with = "decode::int")]
    main_product_id: Option<i64>,
    #[serde(deserialize_with = "decode::json_text")]
    sub_product_id: Option<String>,
}

impl Answer for ProductAnswer {
    type Value = Product;

    fn into_value(self) -> Result<Product, Refused> {
        if self.rsp_code.as_deref().is_some_and(|code| code != "200") {
            return Err(Refused::Business {
                code: self.rsp_code,
                message: self.rsp_msg,
            });
        }
        let body = self.result.ok_or(Refused::Missing("result"))?;
        body.into_product()
            .ok_or(Refused::Missing("result.ae_item_base_info_dto"))
    }
}

impl Body {
    fn into_product(self) -> Option<Product> {
        let base = self.ae_item_base_info_dto?;
        let media = self.ae_multimedia_info_dto.unwrap_or_default();
        let converted = self.product_id_converter_result.unwrap_or_default();
        Some(Product {
            product_id: base.product_id,
            subject: base.subject,
            status: base.product_status_type,
            category_id: base.category_id,
            currency: base.currency_code,
            evaluation_count: base.evaluation_count,
            sales_count: base.sales_count,
            rating: base.avg_evaluation_rating,
            detail_html: base.detail,
            mobile_detail: base.mobile_detail,
            image_urls: separate_urls(&media.image_urls),
            videos: media.ae_video_dtos,
            skus: self.ae_item_sku_info_dtos,
            properties: self.ae_item_properties,
            package: self.package_info_dto,
            logistics: self.logistics_info_dto,
            store: self.ae_store_info,
            manufacturer: self.manufacturer_info,
            has_wholesale: self.has_whole_sale,
            main_product_id: converted.main_product_id,
            sub_product_id: converted.sub_product_id,
        })
    }
}

fn separate_urls(joined: &str) -> Vec<String> {
    joined
        .split(';')
        .map(str::trim)
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
        .collect()
}
