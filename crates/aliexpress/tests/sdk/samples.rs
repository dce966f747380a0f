//! Every body of the reference, decoded through a client: values as snapshots, failures with what they mean.

use std::collections::BTreeSet;

use aliexpress::{Class, Effect, Error, catalogue};
use serde_json::Value;

use super::methods::method;
use super::support::{Canned, body};

/// What comes back on success: file and method. Files of `fixtures/bodies` are written after the catalogue, for methods
/// that the reference has no sample of.
pub(crate) const SUCCESSES: &[(&str, &str)] = &[
    ("aliexpress.ds.product.get", "aliexpress.ds.product.get"),
    (
        "aliexpress.ds.product.get.alt.single-sku-wholesale",
        "aliexpress.ds.product.get",
    ),
    (
        "aliexpress.ds.product.get.alt.streamlined",
        "aliexpress.ds.product.get",
    ),
    ("aliexpress.ds.text.search", "aliexpress.ds.text.search"),
    (
        "aliexpress.ds.text.search.alt.empty",
        "aliexpress.ds.text.search",
    ),
    ("aliexpress.ds.freight.query", "aliexpress.ds.freight.query"),
    ("aliexpress.ds.order.create", "aliexpress.ds.order.create"),
    (
        "aliexpress.ds.order.create.alt.several-orders",
        "aliexpress.ds.order.create",
    ),
    (
        "aliexpress.ds.order.create.alt.created-payment-failed",
        "aliexpress.ds.order.create",
    ),
    (
        "aliexpress.trade.ds.order.get",
        "aliexpress.trade.ds.order.get",
    ),
    (
        "aliexpress.trade.ds.order.get.alt.unpaid",
        "aliexpress.trade.ds.order.get",
    ),
    (
        "aliexpress.trade.ds.order.get.alt.finished",
        "aliexpress.trade.ds.order.get",
    ),
    (
        "aliexpress.trade.ds.order.get.alt.cancelled",
        "aliexpress.trade.ds.order.get",
    ),
    (
        "aliexpress.ds.order.tracking.get",
        "aliexpress.ds.order.tracking.get",
    ),
    (
        "aliexpress.ds.order.tracking.get.alt.empty-items",
        "aliexpress.ds.order.tracking.get",
    ),
    ("aliexpress.ds.category.get", "aliexpress.ds.category.get"),
    ("aliexpress.ds.feedname.get", "aliexpress.ds.feedname.get"),
    (
        "aliexpress.ds.feed.itemids.get",
        "aliexpress.ds.feed.itemids.get",
    ),
    (
        "aliexpress.ds.feed.itemids.get.alt.end",
        "aliexpress.ds.feed.itemids.get",
    ),
    (
        "aliexpress.ds.recommend.feed.get",
        "aliexpress.ds.recommend.feed.get",
    ),
    (
        "aliexpress.ds.recommend.feed.get.alt.empty",
        "aliexpress.ds.recommend.feed.get",
    ),
    ("aliexpress.ds.image.search", "aliexpress.ds.image.search"),
    (
        "aliexpress.ds.image.searchV2",
        "aliexpress.ds.image.searchV2",
    ),
    (
        "aliexpress.ds.image.searchV2.alt.data-data",
        "aliexpress.ds.image.searchV2",
    ),
    (
        "aliexpress.ds.member.benefit.get",
        "aliexpress.ds.member.benefit.get",
    ),
    (
        "aliexpress.ds.member.benefit.get.alt.plain-list",
        "aliexpress.ds.member.benefit.get",
    ),
    ("aliexpress.ds.address.get", "aliexpress.ds.address.get"),
    (
        "aliexpress.affiliate.product.query",
        "aliexpress.affiliate.product.query",
    ),
    (
        "aliexpress.affiliate.hotproduct.query",
        "aliexpress.affiliate.hotproduct.query",
    ),
    (
        "aliexpress.affiliate.productdetail.get",
        "aliexpress.affiliate.productdetail.get",
    ),
    (
        "aliexpress.affiliate.link.generate",
        "aliexpress.affiliate.link.generate",
    ),
    (
        "aliexpress.affiliate.order.list",
        "aliexpress.affiliate.order.list",
    ),
    (
        "aliexpress.affiliate.order.listbyindex",
        "aliexpress.affiliate.order.listbyindex",
    ),
    (
        "aliexpress.affiliate.order.get",
        "aliexpress.affiliate.order.get",
    ),
    (
        "aliexpress.affiliate.category.get",
        "aliexpress.affiliate.category.get",
    ),
    (
        "aliexpress.affiliate.product.sku.detail.get",
        "aliexpress.affiliate.product.sku.detail.get",
    ),
    ("auth.token.create", "/auth/token/create"),
    ("auth.token.refresh", "/auth/token/refresh"),
    (
        "auth.token.refresh.alt.no-refresh-token",
        "/auth/token/refresh",
    ),
    (
        "aliexpress.affiliate.featuredpromo.get",
        "aliexpress.affiliate.featuredpromo.get",
    ),
    (
        "aliexpress.affiliate.featuredpromo.products.get",
        "aliexpress.affiliate.featuredpromo.products.get",
    ),
    (
        "aliexpress.affiliate.hotproduct.download",
        "aliexpress.affiliate.hotproduct.download",
    ),
    (
        "aliexpress.affiliate.product.shipping.get",
        "aliexpress.affiliate.product.shipping.get",
    ),
    (
        "aliexpress.affiliate.product.smartmatch",
        "aliexpress.affiliate.product.smartmatch",
    ),
    (
        "aliexpress.affiliate.promotion.info.get",
        "aliexpress.affiliate.promotion.info.get",
    ),
    (
        "aliexpress.ds.commissionorder.listbyindex",
        "aliexpress.ds.commissionorder.listbyindex",
    ),
    (
        "aliexpress.ds.product.specialinfo.get",
        "aliexpress.ds.product.specialinfo.get",
    ),
    (
        "aliexpress.ds.product.wholesale.get",
        "aliexpress.ds.product.wholesale.get",
    ),
    (
        "aliexpress.ds.search.event.report",
        "aliexpress.ds.search.event.report",
    ),
    (
        "aliexpress.logistics.buyer.freight.calculate",
        "aliexpress.logistics.buyer.freight.calculate",
    ),
    (
        "aliexpress.xinghe.merchant.license.get",
        "/aliexpress/xinghe/merchant/license/get",
    ),
    ("auth.token.security.create", "/auth/token/security/create"),
    (
        "auth.token.security.refresh",
        "/auth/token/security/refresh",
    ),
];

/// Failures: file, method, code, class, and whether the call can have had an effect.
const FAILURES: &[(&str, &str, &str, Class, Effect)] = &[
    (
        "aliexpress.ds.product.get.error.not-found",
        "aliexpress.ds.product.get",
        "605",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.ds.product.get.error.country",
        "aliexpress.ds.product.get",
        "602",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.ds.text.search.error",
        "aliexpress.ds.text.search",
        "EXCEPTION_TEXT_SEARCH_FOR_DS",
        Class::Retry,
        Effect::None,
    ),
    (
        "aliexpress.ds.freight.query.error.info-empty",
        "aliexpress.ds.freight.query",
        "501",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.ds.freight.query.error.not-available",
        "aliexpress.ds.freight.query",
        "505",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.ds.order.create.error.address",
        "aliexpress.ds.order.create",
        "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.ds.order.create.error.delivery-method",
        "aliexpress.ds.order.create",
        "DELIVERY_METHOD_NOT_EXIST",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.trade.ds.order.get.error.permission",
        "aliexpress.trade.ds.order.get",
        "15",
        Class::Fix,
        Effect::Unknown,
    ),
    (
        "aliexpress.ds.order.tracking.get.error.not-found",
        "aliexpress.ds.order.tracking.get",
        "1001",
        Class::Wait { seconds: 3600 },
        Effect::None,
    ),
    (
        "aliexpress.affiliate.product.query.error.empty",
        "aliexpress.affiliate.product.query",
        "405",
        Class::Fix,
        Effect::None,
    ),
    (
        "aliexpress.affiliate.order.list.error.empty",
        "aliexpress.affiliate.order.list",
        "405",
        Class::Fix,
        Effect::None,
    ),
    (
        "auth.token.create.error",
        "/auth/token/create",
        "InvalidCode",
        Class::Reauthorize,
        Effect::None,
    ),
    (
        "error.illegal-access-token",
        "aliexpress.ds.order.create",
        "IllegalAccessToken",
        Class::Refresh,
        Effect::None,
    ),
    (
        "error.insufficient-permission",
        "aliexpress.ds.order.create",
        "InsufficientPermission",
        Class::Fix,
        Effect::None,
    ),
    (
        "error.invalid-api-path",
        "aliexpress.ds.order.create",
        "InvalidApiPath",
        Class::Fix,
        Effect::None,
    ),
    (
        "error.missing-parameter",
        "aliexpress.ds.order.create",
        "MissingParameter",
        Class::Fix,
        Effect::None,
    ),
    (
        "error.incomplete-signature",
        "aliexpress.ds.order.create",
        "IncompleteSignature",
        Class::Fix,
        Effect::None,
    ),
    (
        "error.api-call-limit",
        "aliexpress.ds.order.create",
        "ApiCallLimit",
        Class::Wait { seconds: 1 },
        Effect::None,
    ),
];

/// What is no answer of a method.
const OTHERS: [&str; 2] = ["aliexpress.ds.order.create.request", "webhook.order-status"];

pub(crate) fn decoded(method_name: &str, body: Vec<u8>) -> Result<Value, Error> {
    method(method_name).send(Canned::body(body))
}

#[test]
fn every_success_decodes_as_its_snapshot_says() {
    for (file, method) in SUCCESSES {
        let value = decoded(method, body(file)).unwrap_or_else(|error| panic!("{file}: {error:?}"));
        // Another crate of the workspace may turn on that serde_json keeps the order of keys.
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!(*file, value);
        });
    }
}

#[test]
fn every_failure_keeps_its_code_and_says_what_to_do() {
    for (file, method, code, class, effect) in FAILURES {
        let error = decoded(method, body(file)).unwrap_err();
        assert_eq!(
            (error.code(), error.advice().class, error.effect()),
            (*code, *class, *effect),
            "{file}: {error:?}"
        );
    }
}

#[test]
fn every_fixture_is_used_and_every_method_has_one() {
    let used: BTreeSet<&str> = SUCCESSES
        .iter()
        .map(|(file, _)| *file)
        .chain(FAILURES.iter().map(|(file, ..)| *file))
        .chain(OTHERS)
        .collect();
    let mut files = BTreeSet::new();
    for folder in ["samples", "bodies"] {
        let folder = format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files.insert(name.trim_end_matches(".json").to_owned());
        }
    }
    files.remove("index");
    assert_eq!(files, used.into_iter().map(str::to_owned).collect());

    let answered: BTreeSet<&str> = SUCCESSES.iter().map(|(_, method)| *method).collect();
    let current: BTreeSet<&str> = catalogue::all()
        .filter(|method| !method.is_withdrawn())
        .map(|method| method.name)
        .collect();
    assert_eq!(answered, current);
}

#[test]
fn an_order_that_exists_never_looks_like_a_failure() {
    for odd in [
        r#""is_success":"perhaps""#,
        r#""is_success":{"a":1}"#,
        r#""is_success":false,"error_code":["X"]"#,
        r#""error_msg":{"text":"autoPay fail"},"error_code":7"#,
    ] {
        let body = format!(r#"{{"result":{{{odd},"order_list":{{"number":[8]}}}}}}"#);
        let value = decoded("aliexpress.ds.order.create", body.into_bytes()).unwrap();
        assert_eq!(value["order_ids"], serde_json::json!([8]), "{odd}");
    }
}

#[test]
fn contacts_do_not_show_in_debug() {
    let product = super::support::decode::product(body("aliexpress.ds.product.get")).unwrap();
    let contact = product.manufacturer.as_ref().unwrap();
    assert!(contact.email.is_some() && contact.address.is_some());
    assert_eq!(format!("{contact:?}"), "Manufacturer { .. }");
    assert!(format!("{product:?}").contains("manufacturer: Some(Manufacturer { .. })"));
}
