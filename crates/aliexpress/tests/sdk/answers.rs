//! Products, deliveries and failures, decoded; what a field means.

use aliexpress::{Class, Effect, Error};
use rust_decimal::Decimal;

use super::support::{Canned, account, decode, run, sample};

pub(super) fn amount(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

pub(super) fn business(error: &Error) -> (&str, &str, &str) {
    match error {
        Error::Business(error) => (&error.method, &error.code, &error.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_search_has_its_products_and_prices() {
    let found = decode::search(sample("aliexpress.ds.text.search")).unwrap();
    assert_eq!(
        (found.page_index, found.page_size, found.total_count),
        (Some(1), Some(2), Some(2750))
    );
    assert_eq!(found.products.len(), 2);
    let product = &found.products[0];
    assert_eq!(product.item_id, 1_005_006_000_000_001);
    assert_eq!(
        product.title.as_deref(),
        Some("Cat litter mat, double layer")
    );
    assert_eq!(product.target_sale_price, amount("3.45"));
    assert_eq!(product.target_original_price, amount("9.75"));
    assert_eq!(
        product.target_original_price_currency.as_deref(),
        Some("EUR")
    );
    assert_eq!(product.sale_price, amount("24.10"));
    assert_eq!(product.sale_price_currency.as_deref(), Some("CNY"));
    assert_eq!(product.discount.as_deref(), Some("65%"));
    assert_eq!(product.score, amount("4.7"));
    assert_eq!(product.evaluate_rate, amount("91.4"));
    assert_eq!(product.orders.as_deref(), Some("2,000+"));
    assert_eq!(product.kind.as_deref(), Some("search"));
    assert!(
        product
            .item_url
            .as_deref()
            .unwrap()
            .starts_with("//www.aliexpress.com/item/")
    );
    assert!(product.item_main_pic.is_some());
}

#[test]
fn an_empty_search_is_a_success() {
    let found = decode::search(sample("aliexpress.ds.text.search.alt.empty")).unwrap();
    assert_eq!((found.total_count, found.products.len()), (Some(0), 0));
}

#[test]
fn a_failed_search_is_a_business_error() {
    let error = decode::search(sample("aliexpress.ds.text.search.error")).unwrap_err();
    assert_eq!(
        business(&error),
        (
            "aliexpress.ds.text.search",
            "EXCEPTION_TEXT_SEARCH_FOR_DS",
            "system error"
        )
    );
    assert_eq!(error.request_id(), Some("2101fake17640000000012"));
    assert_eq!(error.advice().class, Class::Retry);
}

#[test]
fn a_product_has_everything() {
    let product = decode::product(sample("aliexpress.ds.product.get")).unwrap();
    let base = product.base;
    assert_eq!(base.product_id, 1_005_008_000_000_001);
    assert_eq!(
        base.subject.as_deref(),
        Some("Absorbent bath mat with non-slip back")
    );
    assert_eq!(base.product_status_type.as_deref(), Some("onSelling"));
    assert_eq!(base.category_id, Some(200_154_001));
    assert_eq!(base.currency_code.as_deref(), Some("CNY"));
    assert_eq!(
        (base.evaluation_count, base.avg_evaluation_rating),
        (Some(1289), amount("4.7"))
    );
    assert_eq!(base.sales_count.as_deref(), Some("3000+"));
    let multimedia = product.multimedia.unwrap();
    assert_eq!(multimedia.image_urls.len(), 3);
    let video = &multimedia.videos[0];
    assert_eq!(video.media_id, Some(290_000_000_001));
    assert!(video.media_url.as_deref().unwrap().ends_with(".mp4"));
    assert_eq!(product.properties.len(), 4);
    let property = &product.properties[2];
    assert_eq!(property.attr_name.as_deref(), Some("Material"));
    assert_eq!(property.attr_value.as_deref(), Some("Polyester"));
    assert_eq!(property.attr_value_id, Some(-1));
    let package = product.package.unwrap();
    assert_eq!(
        (package.package_length, package.gross_weight),
        (Some(42), amount("0.275"))
    );
    assert_eq!(product.logistics.unwrap().delivery_time, Some(9));
    let store = product.store.unwrap();
    assert_eq!(
        (store.store_id, store.store_country_code.as_deref()),
        (Some(1_102_000_001), Some("CN"))
    );
    let manufacturer = product.manufacturer.unwrap();
    assert_eq!(manufacturer.country_name.as_deref(), Some("China"));
    assert_eq!(product.has_wholesale, Some(false));
    assert_eq!(
        product.id_conversion.unwrap().sub_product_id.as_deref(),
        Some(r#"{"US":3256807000000001}"#)
    );
}

#[test]
fn the_second_form_of_a_feed_says_why_it_fails() {
    let canned = Canned::body(
        r#"{"x_response":{"resp_result":{"resp_code":405,"resp_msg":"no such feed"}}}"#,
    );
    let client = account(canned);
    let feed = client.dropshipping().recommend_feed_get();
    let error = run(feed.feed_name("DS bestseller").send()).unwrap_err();
    assert!(matches!(error, Error::Business(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "aliexpress.ds.recommend.feed.get failed: 405: no such feed"
    );
}

#[test]
fn pictures_come_joined_and_are_a_list() {
    for (written, read) in [
        (r#""https://a/1.jpg;https://a/2.jpg""#, 2),
        (r#"" https://a/1.jpg ; ;https://a/2.jpg;""#, 2),
        (r#"["https://a/1.jpg","https://a/2.jpg"]"#, 2),
        (r#"{"string":["https://a/1.jpg","https://a/2.jpg"]}"#, 2),
        (r#""""#, 0),
        ("null", 0),
        ("{}", 0),
    ] {
        let body = format!(
            r#"{{"x_response":{{"rsp_code":200,"result":{{"ae_item_base_info_dto":{{"product_id":1}},
                "ae_multimedia_info_dto":{{"image_urls":{written}}}}}}}}}"#
        );
        let product = decode::product(body.into_bytes()).unwrap();
        let pictures = product.multimedia.unwrap().image_urls;
        let all = ["https://a/1.jpg", "https://a/2.jpg"];
        assert_eq!(pictures, all[..read], "{written}");
    }
}

#[test]
fn a_variant_has_price_stock_and_properties() {
    let product = decode::product(sample("aliexpress.ds.product.get")).unwrap();
    assert_eq!(product.skus.len(), 2);
    let sku = &product.skus[0];
    assert_eq!(sku.sku_id, 12_000_041_000_000_001);
    assert_eq!(sku.sku_attr.as_deref(), Some("14:29#Oak;183:200007741"));
    assert_eq!(sku.sku_price, amount("19.80"));
    assert_eq!(sku.offer_sale_price, amount("7.25"));
    assert_eq!(sku.currency_code.as_deref(), Some("EUR"));
    assert_eq!(sku.sku_available_stock, Some(27));
    assert_eq!(product.skus[1].sku_available_stock, Some(0));
    assert_eq!(sku.price_include_tax, Some(true));
    assert_eq!(sku.properties.len(), 2);
    let property = &sku.properties[0];
    assert_eq!(
        (
            property.sku_property_name.as_deref(),
            property.sku_property_value.as_deref()
        ),
        (Some("Color"), Some("BROWN"))
    );
    assert_eq!(
        property.property_value_definition_name.as_deref(),
        Some("Oak")
    );
    assert_eq!(
        (property.sku_property_id, property.property_value_id),
        (Some(14), Some(29))
    );
    assert!(sku.wholesale_tiers.is_empty());
}

#[test]
fn a_single_variant_may_have_wholesale_prices_and_tax() {
    let product =
        decode::product(sample("aliexpress.ds.product.get.alt.single-sku-wholesale")).unwrap();
    let sku = &product.skus[0];
    assert_eq!((product.skus.len(), sku.sku_attr.as_deref()), (1, None));
    assert!(sku.properties.is_empty());
    assert_eq!(sku.tax_amount, amount("0.42"));
    assert_eq!(sku.estimated_import_charges, amount("1.25"));
    assert_eq!(sku.buy_amount_limit_set_by_promotion, Some(3));
    assert_eq!(sku.ean_code, None);
    assert_eq!(sku.wholesale_tiers.len(), 2);
    assert_eq!(sku.wholesale_tiers[1].min_quantity, Some(20));
    assert_eq!(sku.wholesale_tiers[1].wholesale_price, amount("4.80"));
}

#[test]
fn the_streamlined_sample_gives_the_same_product() {
    assert_eq!(
        decode::product(sample("aliexpress.ds.product.get.alt.streamlined")).unwrap(),
        decode::product(sample("aliexpress.ds.product.get")).unwrap()
    );
}

#[test]
fn products_that_cannot_be_had_say_why() {
    let error = decode::product(sample("aliexpress.ds.product.get.error.not-found")).unwrap_err();
    assert_eq!(
        business(&error),
        ("aliexpress.ds.product.get", "605", "ITEM_ID_NOT_FOUND")
    );
    assert_eq!(error.advice().meaning, "No product has this id.");
    let error = decode::product(sample("aliexpress.ds.product.get.error.country")).unwrap_err();
    assert_eq!(business(&error).1, "602");
    assert_eq!(error.advice().class, Class::Fix);
}

#[test]
fn delivery_options_have_fees_in_major_units() {
    let options = decode::freight(sample("aliexpress.ds.freight.query")).unwrap();
    assert_eq!(options.len(), 2);
    let paid = &options[0];
    assert_eq!(
        (paid.code.as_str(), paid.company.as_deref()),
        (
            "CAINIAO_FULFILLMENT_STD",
            Some("AliExpress Selection Standard")
        )
    );
    assert_eq!(
        (paid.shipping_fee, paid.shipping_fee_currency.as_deref()),
        (amount("2.35"), Some("EUR"))
    );
    assert_eq!(
        (paid.free_shipping, paid.may_have_pfs, paid.tracking),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!(paid.free_shipping_threshold.as_deref(), Some("10,00€"));
    assert_eq!(
        (paid.min_delivery_days, paid.max_delivery_days),
        (Some(7), Some(10))
    );
    assert_eq!(
        (paid.guaranteed_delivery_days, paid.available_stock),
        (Some(60), Some(64))
    );
    assert_eq!(paid.ship_from_country.as_deref(), Some("CN"));
    let free = &options[1];
    assert_eq!(
        (free.free_shipping, free.may_have_pfs),
        (Some(true), Some(false))
    );
    assert_eq!((free.shipping_fee, free.includes_vat), (None, Some(true)));
}

#[test]
fn deliveries_that_cannot_be_had_say_why() {
    let error =
        decode::freight(sample("aliexpress.ds.freight.query.error.info-empty")).unwrap_err();
    assert_eq!(
        business(&error),
        ("aliexpress.ds.freight.query", "501", "DELIVERY_INFO_EMPTY")
    );
    let error =
        decode::freight(sample("aliexpress.ds.freight.query.error.not-available")).unwrap_err();
    assert_eq!(business(&error).1, "505");
    assert_eq!(
        error.advice().meaning,
        "No delivery of this item to this address."
    );
}

#[test]
fn gateway_errors_keep_code_and_request_id() {
    let cases = [
        (
            "error.api-call-limit",
            "ApiCallLimit",
            "2101fake17640000000125",
        ),
        (
            "error.illegal-access-token",
            "IllegalAccessToken",
            "2101fake17640000000120",
        ),
        (
            "error.incomplete-signature",
            "IncompleteSignature",
            "2101fake17640000000124",
        ),
        (
            "error.insufficient-permission",
            "InsufficientPermission",
            "2101fake17640000000121",
        ),
        (
            "error.invalid-api-path",
            "InvalidApiPath",
            "2101fake17640000000122",
        ),
        (
            "error.missing-parameter",
            "MissingParameter",
            "2101fake17640000000123",
        ),
    ];
    for (name, code, request_id) in cases {
        for error in [
            decode::search(sample(name)).unwrap_err(),
            decode::product(sample(name)).unwrap_err(),
            decode::create(sample(name)).unwrap_err(),
            decode::token(sample(name)).unwrap_err(),
        ] {
            assert!(matches!(error, Error::Gateway(_)), "{error:?}");
            assert_eq!((error.code(), error.request_id()), (code, Some(request_id)));
            assert_eq!(error.effect(), Effect::None, "{code}");
        }
    }
    let error = decode::product(sample("error.api-call-limit")).unwrap_err();
    assert_eq!(error.advice().class, Class::Wait { seconds: 1 });
    assert!(
        decode::product(sample("error.illegal-access-token"))
            .unwrap_err()
            .is_illegal_access_token()
    );
}

#[test]
fn answers_serialise_under_readable_names() {
    let options = decode::freight(sample("aliexpress.ds.freight.query")).unwrap();
    let json = serde_json::to_value(&options[0]).unwrap();
    assert_eq!(json["shipping_fee"], "2.35");
    assert_eq!(json["may_have_pfs"], true);
    let again: Vec<_> = serde_json::from_value(serde_json::to_value(&options).unwrap()).unwrap();
    assert_eq!(options, again);
    let order = decode::order(sample("aliexpress.trade.ds.order.get")).unwrap();
    let json = serde_json::to_value(&order).unwrap();
    assert_eq!(json["order_status"], "WAIT_SELLER_SEND_GOODS");
    assert_eq!(json["lines"][0]["product_price"]["currency"], "USD");
    assert_eq!(order, serde_json::from_value(json).unwrap());
    let parcels = decode::tracking(sample("aliexpress.ds.order.tracking.get")).unwrap();
    let json = serde_json::to_value(&parcels).unwrap();
    assert_eq!(json[0]["nodes"][0]["at"], "2026-01-09T23:09:40Z");
    assert_eq!(parcels, serde_json::from_value::<Vec<_>>(json).unwrap());
    let product = decode::product(sample("aliexpress.ds.product.get")).unwrap();
    let json = serde_json::to_value(&product).unwrap();
    assert_eq!(
        json["skus"][0]["properties"][0]["property_value_definition_name"],
        "Oak"
    );
    assert_eq!(product, serde_json::from_value(json).unwrap());
    let found = decode::search(sample("aliexpress.ds.text.search")).unwrap();
    assert_eq!(
        found,
        serde_json::from_value(serde_json::to_value(&found).unwrap()).unwrap()
    );
}
