//! The answer as somebody would write it who trusts one spelling: numbers are numbers, lists have their wrapper, prices
//! stay text.

use serde::Deserialize;

/// The whole body.
#[derive(Deserialize)]
pub(crate) struct Wrapped {
    #[serde(rename = "aliexpress_ds_product_get_response")]
    pub(crate) _response: Response,
}

#[derive(Deserialize)]
pub(crate) struct Response {
    #[serde(rename = "rsp_code")]
    _rsp_code: i64,
    #[serde(rename = "rsp_msg")]
    _rsp_msg: String,
    #[serde(rename = "result")]
    _result: Product,
}

#[derive(Deserialize)]
pub(crate) struct Product {
    #[serde(rename = "ae_item_base_info_dto")]
    _ae_item_base_info_dto: BaseInfo,
    #[serde(rename = "ae_item_sku_info_dtos")]
    _ae_item_sku_info_dtos: Option<SkuList>,
    #[serde(rename = "ae_item_properties")]
    _ae_item_properties: Option<PropertyList>,
    #[serde(rename = "ae_multimedia_info_dto")]
    _ae_multimedia_info_dto: Option<Multimedia>,
    #[serde(rename = "package_info_dto")]
    _package_info_dto: Option<Package>,
    #[serde(rename = "logistics_info_dto")]
    _logistics_info_dto: Option<Logistics>,
    #[serde(rename = "ae_store_info")]
    _ae_store_info: Option<Store>,
    #[serde(rename = "product_id_converter_result")]
    _product_id_converter_result: Option<IdConversion>,
    #[serde(rename = "manufacturer_info")]
    _manufacturer_info: Option<Manufacturer>,
    #[serde(rename = "has_whole_sale")]
    _has_whole_sale: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct BaseInfo {
    #[serde(rename = "product_id")]
    _product_id: i64,
    #[serde(rename = "subject")]
    _subject: Option<String>,
    #[serde(rename = "category_id")]
    _category_id: Option<i64>,
    #[serde(rename = "category_sequence")]
    _category_sequence: Option<String>,
    #[serde(rename = "product_status_type")]
    _product_status_type: Option<String>,
    #[serde(rename = "currency_code")]
    _currency_code: Option<String>,
    #[serde(rename = "avg_evaluation_rating")]
    _avg_evaluation_rating: Option<String>,
    #[serde(rename = "evaluation_count")]
    _evaluation_count: Option<String>,
    #[serde(rename = "sales_count")]
    _sales_count: Option<String>,
    #[serde(rename = "detail")]
    _detail: Option<String>,
    #[serde(rename = "mobile_detail")]
    _mobile_detail: Option<String>,
    #[serde(rename = "gmt_create")]
    _gmt_create: Option<String>,
    #[serde(rename = "gmt_modified")]
    _gmt_modified: Option<String>,
    #[serde(rename = "owner_member_seq_long")]
    _owner_member_seq_long: Option<i64>,
    #[serde(rename = "separated_listing")]
    _separated_listing: Option<bool>,
    #[serde(rename = "sl_product")]
    _sl_product: Option<bool>,
    #[serde(rename = "sl_related_product_id")]
    _sl_related_product_id: Option<i64>,
    #[serde(rename = "ws_display")]
    _ws_display: Option<String>,
    #[serde(rename = "ws_offline_date")]
    _ws_offline_date: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Sku {
    #[serde(rename = "sku_id")]
    _sku_id: String,
    #[serde(rename = "sku_attr")]
    _sku_attr: Option<String>,
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "sku_price")]
    _sku_price: Option<String>,
    #[serde(rename = "offer_sale_price")]
    _offer_sale_price: Option<String>,
    #[serde(rename = "offer_bulk_sale_price")]
    _offer_bulk_sale_price: Option<String>,
    #[serde(rename = "sku_bulk_order")]
    _sku_bulk_order: Option<i64>,
    #[serde(rename = "channel_discount_price")]
    _channel_discount_price: Option<String>,
    #[serde(rename = "currency_code")]
    _currency_code: Option<String>,
    #[serde(rename = "sku_available_stock")]
    _sku_available_stock: Option<i64>,
    #[serde(rename = "price_include_tax")]
    _price_include_tax: Option<bool>,
    #[serde(rename = "tax_amount")]
    _tax_amount: Option<String>,
    #[serde(rename = "tax_currency_code")]
    _tax_currency_code: Option<String>,
    #[serde(rename = "estimated_import_charges")]
    _estimated_import_charges: Option<String>,
    #[serde(rename = "limit_strategy")]
    _limit_strategy: Option<String>,
    #[serde(rename = "buy_amount_limit_set_by_promotion")]
    _buy_amount_limit_set_by_promotion: Option<String>,
    #[serde(rename = "barcode")]
    _barcode: Option<String>,
    #[serde(rename = "ean_code")]
    _ean_code: Option<String>,
    #[serde(rename = "sl_related_skuId")]
    _sl_related_sku_id: Option<i64>,
    #[serde(rename = "wholesale_price_tiers")]
    _wholesale_price_tiers: Option<WholesaleTierList>,
    #[serde(rename = "ae_sku_property_dtos")]
    _ae_sku_property_dtos: Option<SkuPropertyList>,
    #[serde(rename = "sku_stock")]
    _sku_stock: Option<bool>,
    #[serde(rename = "ipm_sku_stock")]
    _ipm_sku_stock: Option<i64>,
    #[serde(rename = "sku_code")]
    _sku_code: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct WholesaleTier {
    #[serde(rename = "min_quantity")]
    _min_quantity: Option<String>,
    #[serde(rename = "discount")]
    _discount: Option<String>,
    #[serde(rename = "wholesale_price")]
    _wholesale_price: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct SkuProperty {
    #[serde(rename = "sku_property_id")]
    _sku_property_id: Option<i64>,
    #[serde(rename = "sku_property_name")]
    _sku_property_name: Option<String>,
    #[serde(rename = "property_value_id")]
    _property_value_id: Option<i64>,
    #[serde(rename = "sku_property_value")]
    _sku_property_value: Option<String>,
    #[serde(rename = "property_value_definition_name")]
    _property_value_definition_name: Option<String>,
    #[serde(rename = "sku_image")]
    _sku_image: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Property {
    #[serde(rename = "attr_name_id")]
    _attr_name_id: Option<i64>,
    #[serde(rename = "attr_name")]
    _attr_name: Option<String>,
    #[serde(rename = "attr_value_id")]
    _attr_value_id: Option<i64>,
    #[serde(rename = "attr_value")]
    _attr_value: Option<String>,
    #[serde(rename = "attr_value_start")]
    _attr_value_start: Option<String>,
    #[serde(rename = "attr_value_end")]
    _attr_value_end: Option<String>,
    #[serde(rename = "attr_value_unit")]
    _attr_value_unit: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Multimedia {
    #[serde(rename = "image_urls")]
    _image_urls: Option<String>,
    #[serde(rename = "ae_video_dtos")]
    _ae_video_dtos: Option<VideoList>,
}

#[derive(Deserialize)]
pub(crate) struct Video {
    #[serde(rename = "media_id")]
    _media_id: Option<i64>,
    #[serde(rename = "media_type")]
    _media_type: Option<String>,
    #[serde(rename = "media_status")]
    _media_status: Option<String>,
    #[serde(rename = "media_url")]
    _media_url: Option<String>,
    #[serde(rename = "poster_url")]
    _poster_url: Option<String>,
    #[serde(rename = "ali_member_id")]
    _ali_member_id: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    #[serde(rename = "package_length")]
    _package_length: Option<i64>,
    #[serde(rename = "package_width")]
    _package_width: Option<i64>,
    #[serde(rename = "package_height")]
    _package_height: Option<i64>,
    #[serde(rename = "gross_weight")]
    _gross_weight: Option<String>,
    #[serde(rename = "package_type")]
    _package_type: Option<bool>,
    #[serde(rename = "product_unit")]
    _product_unit: Option<i64>,
    #[serde(rename = "base_unit")]
    _base_unit: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct Logistics {
    #[serde(rename = "delivery_time")]
    _delivery_time: Option<i64>,
    #[serde(rename = "ship_to_country")]
    _ship_to_country: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Store {
    #[serde(rename = "store_id")]
    _store_id: Option<i64>,
    #[serde(rename = "store_name")]
    _store_name: Option<String>,
    #[serde(rename = "store_country_code")]
    _store_country_code: Option<String>,
    #[serde(rename = "item_as_described_rating")]
    _item_as_described_rating: Option<String>,
    #[serde(rename = "communication_rating")]
    _communication_rating: Option<String>,
    #[serde(rename = "shipping_speed_rating")]
    _shipping_speed_rating: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct IdConversion {
    #[serde(rename = "main_product_id")]
    _main_product_id: Option<i64>,
    #[serde(rename = "sub_product_id")]
    _sub_product_id: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Manufacturer {
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "address")]
    _address: Option<String>,
    #[serde(rename = "email")]
    _email: Option<String>,
    #[serde(rename = "phone")]
    _phone: Option<String>,
    #[serde(rename = "phone_prefix")]
    _phone_prefix: Option<String>,
    #[serde(rename = "country_name")]
    _country_name: Option<String>,
}

#[derive(Deserialize)]
struct SkuList {
    #[serde(rename = "ae_item_sku_info_d_t_o")]
    _rows: Vec<Sku>,
}

#[derive(Deserialize)]
struct PropertyList {
    #[serde(rename = "ae_item_property")]
    _rows: Vec<Property>,
}

#[derive(Deserialize)]
struct WholesaleTierList {
    #[serde(rename = "wholesale_price_tier")]
    _rows: Vec<WholesaleTier>,
}

#[derive(Deserialize)]
struct SkuPropertyList {
    #[serde(rename = "ae_sku_property_d_t_o")]
    _rows: Vec<SkuProperty>,
}

#[derive(Deserialize)]
struct VideoList {
    #[serde(rename = "ae_video_d_t_o")]
    _rows: Vec<Video>,
}
