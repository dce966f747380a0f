//! The error table is complete and says what the protocol reference says.

use std::collections::BTreeSet;

use aliexpress::errors::{
    self, Actor, Family, LONGEST_BAN_SECONDS, ban_seconds, lookup, lookup_business,
};
use aliexpress::{
    BusinessError, Class, Effect, Error, GatewayError, TimeoutPhase, TransportError,
    TransportErrorKind,
};

/// Section 6.1 of the protocol reference.
const GATEWAY: [(&str, Class); 29] = [
    ("IllegalAccessToken", Class::Refresh),
    ("IllegalRefreshToken", Class::Reauthorize),
    ("InvalidCode", Class::Reauthorize),
    ("IncompleteSignature", Class::Fix),
    ("InvalidSignature", Class::Fix),
    ("MissingParameter", Class::Fix),
    ("InvalidAppKey", Class::Fix),
    ("InvalidAppkey", Class::Fix),
    ("IllegalTimestamp", Class::Fix),
    ("InvalidApiPath", Class::Fix),
    ("InsufficientPermission", Class::Fix),
    ("AppWhiteIpLimit", Class::Fix),
    ("AUTH_TYPE_UNSUPPORTED", Class::Fix),
    ("ServiceUnavailable", Class::Retry),
    ("isv.402", Class::Fix),
    ("ApiCallLimit", Class::Wait { seconds: 2 }),
    ("AppApiCallLimit", Class::Wait { seconds: 3600 }),
    ("AppCallLimit", Class::Wait { seconds: 60 }),
    ("SellerCallLimit", Class::Wait { seconds: 60 }),
    ("ServiceTimeout", Class::Retry),
    ("InternalError", Class::Retry),
    ("UnexpectedError", Class::Retry),
    ("UnsupportedParamMapping", Class::Fix),
    ("isv.insufficient-permission", Class::Fix),
    ("isv.invalid-authorization", Class::Fix),
    ("isp.service-unavailable", Class::Retry),
    ("isp.*", Class::Retry),
    ("isv.*", Class::Fix),
    ("isv.account-migration-check-fail", Class::Reauthorize),
];

/// Section 6.2.
const LEGACY: [(&str, Class); 24] = [
    ("7", Class::Wait { seconds: 60 }),
    ("9", Class::Fix),
    ("10", Class::Retry),
    ("11", Class::Fix),
    ("12", Class::Fix),
    ("15", Class::Retry),
    ("21", Class::Fix),
    ("22", Class::Fix),
    ("23", Class::Fix),
    ("24", Class::Fix),
    ("25", Class::Fix),
    ("26", Class::Refresh),
    ("27", Class::Refresh),
    ("28", Class::Fix),
    ("29", Class::Fix),
    ("30", Class::Fix),
    ("31", Class::Fix),
    ("32", Class::Fix),
    ("33", Class::Fix),
    ("34", Class::Fix),
    ("40", Class::Fix),
    ("41", Class::Fix),
    ("42", Class::Fix),
    ("43", Class::Fix),
];

/// Section 6.3.
const BUSINESS: [(&str, &str); 28] = [
    (
        "aliexpress.ds.order.create",
        "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
    ),
    (
        "aliexpress.ds.order.create",
        "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID",
    ),
    (
        "aliexpress.ds.order.create",
        "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH",
    ),
    ("aliexpress.ds.order.create", "BLACKLIST_BUYER_IN_LIST"),
    ("aliexpress.ds.order.create", "USER_ACCOUNT_DISABLED"),
    ("aliexpress.ds.order.create", "PRICE_PAY_CURRENCY_ERROR"),
    ("aliexpress.ds.order.create", "DELIVERY_METHOD_NOT_EXIST"),
    ("aliexpress.ds.order.create", "INVENTORY_HOLD_ERROR"),
    ("aliexpress.ds.order.create", "REPEATED_ORDER_ERROR"),
    (
        "aliexpress.ds.order.create",
        "ERROR_WHEN_BUILD_FOR_PLACE_ORDER",
    ),
    ("aliexpress.ds.order.create", "A001_ORDER_CANNOT_BE_PLACED"),
    ("aliexpress.ds.order.create", "A002_INVALID_ZONE"),
    ("aliexpress.ds.order.create", "A003_SUSPICIOUS_BUYER"),
    ("aliexpress.ds.order.create", "A004_CANNOT_USER_COUPON"),
    ("aliexpress.ds.order.create", "A005_INVALID_COUNTRIES"),
    ("aliexpress.ds.order.create", "A006_INVALID_ACCOUNT_INFO"),
    ("aliexpress.ds.order.create", "PARM_ILLEGL"),
    (
        "aliexpress.ds.order.tracking.get",
        "TRACKING DATA NOT FOUND",
    ),
    ("aliexpress.ds.order.tracking.get", "1001"),
    (
        "aliexpress.ds.freight.query",
        "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS",
    ),
    ("aliexpress.ds.freight.query", "DELIVERY_INFO_EMPTY"),
    ("aliexpress.ds.product.get", "602"),
    ("aliexpress.ds.product.get", "605"),
    ("aliexpress.ds.product.get", "ITEM_ID_NOT_FOUND"),
    ("aliexpress.ds.product.get", "404"),
    ("aliexpress.ds.product.get", "All SKU Unsaleable"),
    ("aliexpress.ds.text.search", "NGSELECTION_SEARCH_ERROR"),
    ("aliexpress.ds.text.search", "EXCEPTION_TEXT_SEARCH_FOR_DS"),
];

#[test]
fn every_documented_code_has_its_row_and_class() {
    for (code, class) in GATEWAY {
        let entry = lookup(code, None);
        assert_eq!(
            (entry.code, entry.class, entry.family),
            (code, class, Family::Gateway)
        );
    }
    for (code, class) in LEGACY {
        let entry = lookup(code, None);
        assert_eq!(
            (entry.code, entry.class, entry.family),
            (code, class, Family::Legacy)
        );
    }
    for (method, code) in BUSINESS {
        let entry = lookup_business(method, code, "");
        assert_eq!((entry.method, entry.code), (Some(method), code));
        assert_eq!(
            lookup_business(method, "999", code).code,
            code,
            "found by its message"
        );
    }
}

/// What the method reference lists for each method besides the codes of the gateway; numbers with the words that come
/// with them. Methods that are not here list nothing.
const OF_METHODS: &[(&str, &[(&str, &str)])] = &[
    (
        "aliexpress.ds.text.search",
        &[
            ("NGSELECTION_SEARCH_ERROR", ""),
            ("EXCEPTION_TEXT_SEARCH_FOR_DS", "system error"),
        ],
    ),
    (
        "aliexpress.ds.category.get",
        &[("UnsupportedParamMapping", "")],
    ),
    (
        "aliexpress.ds.product.get",
        &[
            ("602", "Item is not allowed to this country"),
            ("605", "ITEM_ID_NOT_FOUND"),
            ("404", "System Error"),
            ("All SKU Unsaleable", ""),
        ],
    ),
    (
        "aliexpress.ds.product.wholesale.get",
        &[
            ("All SKU Unsaleable", ""),
            ("ITEM_ID_NOT_FOUND", ""),
            ("605", "ITEM_ID_NOT_FOUND"),
        ],
    ),
    (
        "aliexpress.ds.freight.query",
        &[
            ("501", "DELIVERY_INFO_EMPTY"),
            ("505", "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS"),
        ],
    ),
    ("aliexpress.ds.order.create", ORDER_CODES),
    ("aliexpress.trade.buy.placeorder", ORDER_CODES),
    (
        "aliexpress.trade.ds.order.get",
        &[
            ("isv.insufficient-permission", ""),
            ("isv.invalid-authorization", ""),
            ("isp.service-unavailable", ""),
            ("InternalError", ""),
        ],
    ),
    (
        "aliexpress.ds.order.tracking.get",
        &[
            ("1001", "TRACKING DATA NOT FOUND"),
            ("UnsupportedParamMapping", ""),
        ],
    ),
    ("aliexpress.affiliate.product.query", AFFILIATE_CODES),
    ("aliexpress.affiliate.hotproduct.query", AFFILIATE_CODES),
    ("aliexpress.affiliate.hotproduct.download", AFFILIATE_CODES),
    ("aliexpress.affiliate.productdetail.get", AFFILIATE_CODES),
    ("aliexpress.affiliate.product.smartmatch", AFFILIATE_CODES),
    (
        "aliexpress.affiliate.featuredpromo.products.get",
        AFFILIATE_CODES,
    ),
    ("aliexpress.affiliate.link.generate", AFFILIATE_CODES),
    ("aliexpress.affiliate.order.list", AFFILIATE_CODES),
    ("aliexpress.affiliate.order.listbyindex", AFFILIATE_CODES),
    ("aliexpress.affiliate.order.get", AFFILIATE_CODES),
    (
        "aliexpress.affiliate.product.sku.detail.get",
        &[("405", "nothing found")],
    ),
];

const ORDER_CODES: &[(&str, &str)] = &[
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", ""),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID", ""),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH", ""),
    ("BLACKLIST_BUYER_IN_LIST", ""),
    ("USER_ACCOUNT_DISABLED", ""),
    ("PRICE_PAY_CURRENCY_ERROR", ""),
    ("DELIVERY_METHOD_NOT_EXIST", ""),
    ("INVENTORY_HOLD_ERROR", ""),
    ("REPEATED_ORDER_ERROR", ""),
    ("ERROR_WHEN_BUILD_FOR_PLACE_ORDER", ""),
    ("A001_ORDER_CANNOT_BE_PLACED", ""),
    ("A002_INVALID_ZONE", ""),
    ("A003_SUSPICIOUS_BUYER", ""),
    ("A004_CANNOT_USER_COUPON", ""),
    ("A005_INVALID_COUNTRIES", ""),
    ("A006_INVALID_ACCOUNT_INFO", ""),
];

const AFFILIATE_CODES: &[(&str, &str)] = &[
    ("405", "The result is empty"),
    ("401", ""),
    ("InsufficientPermission", ""),
];

#[test]
fn every_code_that_a_method_lists_has_a_row_for_that_method() {
    for (method, codes) in OF_METHODS {
        for (code, words) in *codes {
            let entry = lookup_business(method, code, words);
            assert!(!entry.is_unknown(), "{method}: {code} {words}");
            let named = [*code, *words]
                .iter()
                .any(|text| text.eq_ignore_ascii_case(entry.code));
            assert!(named, "{method}: {code} {words} has the row {}", entry.code);
        }
    }
    // The token endpoints have gateway codes only.
    for code in [
        "AUTH_TYPE_UNSUPPORTED",
        "InvalidAppkey",
        "ServiceUnavailable",
        "IncompleteSignature",
        "InvalidCode",
        "IllegalRefreshToken",
        "IllegalAccessToken",
        "isv.402",
    ] {
        assert_eq!(lookup(code, None).code, code);
    }
}

#[test]
fn what_has_no_row_is_judged_by_its_beginning() {
    let row = |method: &str, code: &str| lookup_business(method, code, "").code;
    assert_eq!(
        row("aliexpress.ds.image.searchV2", "EXCEPTION_IMAGE_SEARCH"),
        "EXCEPTION_*"
    );
    assert_eq!(
        row("aliexpress.ds.feed.itemids.get", "isp.never-seen"),
        "isp.*"
    );
    assert_eq!(
        row("aliexpress.ds.product.specialinfo.get", "isv.never-seen"),
        "isv.*"
    );
    assert_eq!(
        row("aliexpress.logistics.buyer.freight.calculate", "999"),
        ""
    );
    assert_eq!(row("aliexpress.ds.product.get", "405"), "");
    assert_eq!(lookup("405", None).code, "");
}

#[test]
fn what_takes_hours_is_not_asked_again_after_a_second() {
    for (code, words) in [("1001", ""), ("", "TRACKING DATA NOT FOUND")] {
        let entry = lookup_business("aliexpress.ds.order.tracking.get", code, words);
        assert_eq!(entry.class, Class::Wait { seconds: 3600 });
    }
}

#[test]
fn every_row_is_complete_and_stands_once() {
    let mut seen = BTreeSet::new();
    for entry in errors::all() {
        assert!(
            seen.insert((entry.code, entry.method)),
            "{} stands twice",
            entry.code
        );
        assert!(!entry.code.is_empty() && !entry.is_unknown());
        assert!(
            entry.meaning.ends_with('.') && entry.fix.ends_with('.'),
            "{}",
            entry.code
        );
        assert_eq!(
            entry.method.is_some(),
            entry.family == Family::Business,
            "{}",
            entry.code
        );
    }
}

/// Section 6.4: raised before the API runs.
#[test]
fn only_refusals_before_the_call_are_free_of_effect() {
    for code in [
        "IncompleteSignature",
        "IllegalTimestamp",
        "InvalidAppKey",
        "IllegalAccessToken",
        "MissingParameter",
        "InsufficientPermission",
        "ApiCallLimit",
        "AppApiCallLimit",
        "AppCallLimit",
        "SellerCallLimit",
        "AppWhiteIpLimit",
        "InvalidApiPath",
    ] {
        assert_eq!(lookup(code, None).effect, Effect::None, "{code}");
    }
    for code in [
        "15",
        "ServiceTimeout",
        "ServiceUnavailable",
        "InternalError",
        "UnexpectedError",
        "NeverSeen",
    ] {
        assert_eq!(lookup(code, None).effect, Effect::Unknown, "{code}");
    }
    for code in ["REPEATED_ORDER_ERROR", "NEVER_SEEN"] {
        let error = Error::from(BusinessError::new("aliexpress.ds.order.create", code, ""));
        assert_eq!(error.effect(), Effect::Unknown, "{code}");
    }
    use TransportErrorKind::{Connect, Dns, Other, Redirect, Timeout, Tls, TooLarge, Truncated};
    for (kind, effect) in [
        (Dns, Effect::None),
        (Connect, Effect::None),
        (Tls, Effect::None),
        (Timeout(TimeoutPhase::Connect), Effect::None),
        (Timeout(TimeoutPhase::Read), Effect::Unknown),
        (Truncated, Effect::Unknown),
        (TooLarge, Effect::Unknown),
        (Redirect, Effect::Unknown),
        (Other, Effect::Unknown),
    ] {
        let error = Error::from(TransportError::new(kind));
        assert_eq!((error.code(), error.effect()), (kind.code(), effect));
        assert_eq!(error.entry().family, Family::Local, "{kind:?}");
    }
}

#[test]
fn sub_codes_decide_where_they_know_more() {
    let row = |code, sub_code| lookup(code, Some(sub_code)).code;
    assert_eq!(
        row("15", "isv.insufficient-permission"),
        "isv.insufficient-permission"
    );
    assert_eq!(row("15", "isp.never-seen"), "isp.*");
    assert_eq!(row("40", "isv.never-seen"), "isv.*");
    assert_eq!(row("15", "405"), "15.*");
    assert_eq!(row("15", ""), "15");
    assert_eq!(row("7", "accesscontrol.limited-by-app-access-count"), "7");
    assert_eq!(row("27", "isv.never-seen"), "27");
    assert_eq!(row("NeverSeen", "isp.never-seen"), "isp.*");
    assert_eq!(lookup("isp.something", None).code, "isp.*");
    assert_eq!(lookup("ISV.something", None).code, "isv.*");
    assert_eq!(
        lookup("illegalaccesstoken", None).code,
        "IllegalAccessToken"
    );
    for code in ["", "isv", "é.é.", "NeverSeen"] {
        assert!(lookup(code, None).is_unknown(), "{code}");
    }
}

#[test]
fn a_number_of_one_method_means_nothing_in_another() {
    assert_eq!(
        lookup_business("aliexpress.ds.product.get", "605", "").meaning,
        "No product has this id."
    );
    assert!(lookup_business("aliexpress.ds.freight.query", "605", "").is_unknown());
    assert_eq!(
        lookup_business("aliexpress.trade.ds.order.get", "InternalError", "").code,
        "InternalError"
    );
}

#[test]
fn a_gateway_error_never_gets_the_row_of_one_method() {
    for code in ["404", "501", "505", "602", "605", "1001"] {
        assert_eq!(lookup(code, None).effect, Effect::Unknown, "{code}");
        assert_eq!(lookup("15", Some(code)).effect, Effect::Unknown, "{code}");
    }
}

#[test]
fn bans_are_read_from_the_message() {
    for (message, seconds) in [
        (
            "Api access frequency exceeds the limit. this ban will last 1 seconds",
            Some(1),
        ),
        ("... This ban will last 14229 seconds", Some(14_229)),
        ("This ban will last for 35 more seconds", Some(35)),
        ("THIS BAN WILL LAST 2 SECOND.", Some(2)),
        ("this ban will last 0 seconds", Some(1)),
        (
            "this ban will last 99999999 seconds",
            Some(LONGEST_BAN_SECONDS),
        ),
        (
            "this ban will last 99999999999999999999999999 seconds",
            Some(LONGEST_BAN_SECONDS),
        ),
        ("this ban will last -5 seconds", None),
        ("this ban will last 5 hours", None),
        ("this ban will last", None),
        ("this ban will last for", None),
        ("too many calls", None),
        ("", None),
    ] {
        assert_eq!(ban_seconds(message), seconds, "{message}");
    }
    let wait =
        |code: &str, message: &str| Error::from(GatewayError::new(code, message)).advice().class;
    assert_eq!(
        wait("AppApiCallLimit", "this ban will last 14229 seconds"),
        Class::Wait { seconds: 14_229 }
    );
    assert_eq!(
        wait("AppApiCallLimit", "no time named"),
        Class::Wait { seconds: 3600 }
    );
    assert_eq!(
        wait("IllegalAccessToken", "this ban will last 9 seconds"),
        Class::Refresh
    );
    let mut legacy = GatewayError::new("7", "App Call Limited");
    legacy.sub_message = Some("This ban will last for 12 more seconds".to_owned());
    assert_eq!(
        Error::from(legacy).advice().class,
        Class::Wait { seconds: 12 }
    );
}

#[test]
fn advice_serialises_for_the_api() {
    let advice = lookup("ApiCallLimit", None).advice("this ban will last 3 seconds");
    let json = serde_json::to_value(advice).unwrap();
    assert_eq!(json["class"], serde_json::json!({"wait": {"seconds": 3}}));
    assert_eq!(json["actor"], "operator");
    assert_eq!(
        serde_json::to_value(Actor::AliExpress).unwrap(),
        "aliexpress"
    );
}
