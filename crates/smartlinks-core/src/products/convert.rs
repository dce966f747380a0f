//! The gateway's answers in our shapes.

use aliexpress::dropshipping::freight_query::DeliveryOption;
use aliexpress::dropshipping::image_search_v2::SimilarProduct;
use aliexpress::dropshipping::text_search::FoundProduct;
use aliexpress::shapes::{FeedProduct, Product, Sku};
use rust_decimal::Decimal;

use super::views::{FreightOption, ProductView, SearchHit, SkuPropertyView, SkuView};
use crate::settings::Market;

pub(super) fn hit(product: FoundProduct) -> SearchHit {
    let target = product.target_sale_price.is_some();
    SearchHit {
        id: product.item_id.to_string(),
        title: product.title.unwrap_or_default(),
        image: product.item_main_pic.map(with_scheme),
        price: product.target_sale_price.or(product.sale_price),
        original_price: if target {
            product.target_original_price
        } else {
            product.original_price
        },
        currency: if target {
            product.target_original_price_currency
        } else {
            product.sale_price_currency
        },
        discount: product.discount.filter(|text| text != "0%"),
        rating: product.score,
        orders: product.orders,
        commission_rate: None,
        promotion_link: None,
    }
}

/// A product that was asked for by its number, as one among results: the price is that of its cheapest variant.
pub(super) fn hit_of(product: ProductView) -> SearchHit {
    let priced = product.skus.iter().filter(|sku| sku.price.is_some());
    let cheapest = priced.min_by_key(|sku| sku.price);
    SearchHit {
        id: product.id,
        title: product.title,
        image: product.images.into_iter().next(),
        price: cheapest.and_then(|sku| sku.price),
        original_price: cheapest.and_then(|sku| sku.original_price),
        currency: cheapest.and_then(|sku| sku.currency.clone()),
        discount: None,
        rating: product.rating,
        orders: product.sales,
        commission_rate: None,
        promotion_link: None,
    }
}

pub(super) fn feed_hit(product: FeedProduct) -> SearchHit {
    let prices = [
        (
            product.target_sale_price,
            product.target_original_price,
            product.target_sale_price_currency,
        ),
        (
            product.sale_price,
            product.original_price,
            product.sale_price_currency,
        ),
    ];
    let (price, original_price, currency) = first_priced(prices);
    SearchHit {
        id: product.product_id.to_string(),
        title: product.product_title.unwrap_or_default(),
        image: product.product_main_image_url.map(with_scheme),
        price,
        original_price,
        currency,
        discount: product.discount.filter(|text| text != "0%"),
        // A share of happy buyers, which is another thing than stars.
        rating: None,
        orders: product.latest_volume.map(|orders| orders.to_string()),
        commission_rate: None,
        promotion_link: None,
    }
}

/// A product that looks alike; none without its number.
pub(super) fn similar_hit(product: SimilarProduct) -> Option<SearchHit> {
    let upstream = product.price.unwrap_or_default();
    let (sale, original) = (
        upstream.sale.unwrap_or_default(),
        upstream.original.unwrap_or_default(),
    );
    let prices = [
        (
            product.target_sale_price,
            product.target_original_price,
            product.target_sale_price_currency,
        ),
        (sale.value, original.value, sale.currency),
    ];
    let (price, original_price, currency) = first_priced(prices);
    Some(SearchHit {
        id: product.product_id?.to_string(),
        title: product.title.unwrap_or_default(),
        image: product.image_url.map(with_scheme),
        price,
        original_price,
        currency,
        discount: product.discount.filter(|text| text != "0%"),
        rating: None,
        orders: product.volume,
        commission_rate: None,
        promotion_link: None,
    })
}

type Prices = (Option<Decimal>, Option<Decimal>, Option<String>);

/// The prices in the asked currency, or those in the seller's.
fn first_priced([wanted, other]: [Prices; 2]) -> Prices {
    if wanted.0.is_some() { wanted } else { other }
}

/// Some addresses of the gateway start with `//`.
pub(crate) fn with_scheme(address: String) -> String {
    if address.starts_with("//") {
        format!("https:{address}")
    } else {
        address
    }
}

pub(super) fn product_view(product: Product, number: i64, market: Market) -> ProductView {
    let base = product.base;
    ProductView {
        id: number.to_string(),
        title: base.subject.unwrap_or_default(),
        status: base.product_status_type,
        category_id: base.category_id,
        rating: base.avg_evaluation_rating,
        reviews: base.evaluation_count,
        sales: base.sales_count,
        images: product
            .multimedia
            .map(|media| media.image_urls.into_iter().map(with_scheme).collect())
            .unwrap_or_default(),
        skus: product.skus.into_iter().map(sku_view).collect(),
        properties: product
            .properties
            .into_iter()
            .map(|property| SkuPropertyView {
                name: property.attr_name.unwrap_or_default(),
                value: property.attr_value.unwrap_or_default(),
                image: None,
            })
            .collect(),
        store_name: product.store.and_then(|store| store.store_name),
        delivery_days: product
            .logistics
            .and_then(|logistics| logistics.delivery_time),
        ship_to: market.ship_to,
        currency: market.currency,
        url: format!("https://www.aliexpress.com/item/{number}.html"),
    }
}

pub(super) fn sku_view(sku: Sku) -> SkuView {
    SkuView {
        id: sku.sku_id.to_string(),
        attr: sku.sku_attr.unwrap_or_default(),
        properties: sku
            .properties
            .into_iter()
            .map(|property| SkuPropertyView {
                name: property.sku_property_name.unwrap_or_default(),
                value: property
                    .property_value_definition_name
                    .or(property.sku_property_value)
                    .unwrap_or_default(),
                image: property.sku_image.map(with_scheme),
            })
            .collect(),
        price: sku.offer_sale_price.or(sku.sku_price),
        original_price: sku.sku_price,
        currency: sku.currency_code,
        stock: sku.sku_available_stock,
        tax_included: sku.price_include_tax,
        tax: sku
            .tax_amount
            .filter(|_| sku.price_include_tax != Some(true)),
        tax_currency: sku.tax_currency_code,
        import_charges: sku.estimated_import_charges,
        promotion_limit: sku
            .buy_amount_limit_set_by_promotion
            .filter(|limit| *limit > 0),
        promotion_limit_is_hard: sku.limit_strategy.as_deref() == Some("create_order_fail"),
    }
}

pub(super) fn freight_option(option: DeliveryOption) -> FreightOption {
    let free = option.free_shipping.unwrap_or_default();
    FreightOption {
        code: option.code,
        company: option.company.unwrap_or_default(),
        fee: option.shipping_fee.or(free.then_some(Decimal::ZERO)),
        currency: option.shipping_fee_currency,
        free,
        min_days: option.min_delivery_days,
        max_days: option.max_delivery_days,
        tracked: option.tracking.unwrap_or_default(),
        ship_from: option.ship_from_country,
    }
}
