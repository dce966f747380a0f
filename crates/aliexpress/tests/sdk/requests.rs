//! What is sent: where to, which parameters, and that exactly these are signed.

use aliexpress::dropshipping::order_create::{BusinessModel, DeliveryAddress, OrderItem};
use aliexpress::dropshipping::text_search::Sort;
use aliexpress::sign::{Flavour, sign};
use aliexpress::{AccessToken, Error, HttpRequest, RefreshToken, TokenSource, TokenSourceError};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;

use super::support::decode::address;
use super::support::{
    ACCESS_TOKEN, APP_KEY, Canned, NOW_MS, account, app, run, sample, secret, value_of,
};

/// Sorted names and values without what every call has.
pub(super) fn own_parameters(request: &HttpRequest) -> Vec<(&str, &str)> {
    let common = [
        "app_key",
        "timestamp",
        "sign_method",
        "sign",
        "method",
        "access_token",
    ];
    let mut own: Vec<(&str, &str)> = request
        .form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !common.contains(name))
        .collect();
    own.sort_unstable();
    own
}

pub(super) fn assert_signed(request: &HttpRequest, flavour: Flavour<'_>) {
    let expected = sign(&secret(), flavour, request.form.iter().map(|(k, v)| (k, v)));
    assert_eq!(value_of(request, "sign"), Some(expected));
    assert_eq!(value_of(request, "app_key").as_deref(), Some(APP_KEY));
    assert_eq!(value_of(request, "sign_method").as_deref(), Some("sha256"));
    assert_eq!(value_of(request, "timestamp"), Some(NOW_MS.to_string()));
    assert!(
        request
            .form
            .iter()
            .all(|(_, value)| !value.trim().is_empty())
    );
    assert_eq!(
        (
            request.url.query(),
            request.url.fragment(),
            request.url.username()
        ),
        (None, None, "")
    );
}

#[test]
fn a_search_sends_its_parameters_under_the_gateway_names() {
    let canned = Canned::body(sample("aliexpress.ds.text.search"));
    let client = account(canned.clone());
    let query = client
        .dropshipping()
        .text_search()
        .keyword(" usb+c & ü ")
        .ship_to("fr")
        .currency("eur");
    run(query
        .locale("fr_FR")
        .category_id(44)
        .sort(Sort::MinPriceAsc)
        .page(2)
        .page_size(5)
        .send())
    .unwrap();
    let request = canned.request();
    assert_eq!(request.url.as_str(), "https://api-sg.aliexpress.com/sync");
    assert_eq!(
        value_of(&request, "method").as_deref(),
        Some("aliexpress.ds.text.search")
    );
    assert_eq!(
        value_of(&request, "access_token").as_deref(),
        Some(ACCESS_TOKEN)
    );
    assert_eq!(
        own_parameters(&request),
        [
            ("categoryId", "44"),
            ("countryCode", "FR"),
            ("currency", "EUR"),
            ("keyWord", "usb+c & ü"),
            ("local", "fr_FR"),
            ("pageIndex", "2"),
            ("pageSize", "5"),
            ("sortBy", "min_price,asc"),
        ]
    );
    assert_signed(&request, Flavour::Business);
    let wire = request.encoded_form();
    assert!(wire.contains("keyWord=usb%2Bc+%26+%C3%BC"), "{wire}");
}

#[test]
fn a_sort_order_is_always_sent() {
    let canned = Canned::body(sample("aliexpress.ds.text.search"));
    let client = account(canned.clone());
    run(client
        .dropshipping()
        .text_search()
        .keyword("x")
        .ship_to("FR")
        .currency("EUR")
        .locale("fr_FR")
        .send())
    .unwrap();
    assert_eq!(
        value_of(&canned.request(), "sortBy").as_deref(),
        Some("orders,desc")
    );
}

#[test]
fn a_product_is_asked_for_by_id_and_country() {
    let canned = Canned::body(sample("aliexpress.ds.product.get"));
    let client = account(canned.clone());
    let query = client
        .dropshipping()
        .product_get()
        .product_id(1_005_008_000_000_001)
        .ship_to("FR")
        .currency("EUR");
    run(query.language(" ").send()).unwrap();
    let request = canned.request();
    assert_eq!(
        own_parameters(&request),
        [
            ("product_id", "1005008000000001"),
            ("ship_to_country", "FR"),
            ("target_currency", "EUR")
        ]
    );
    assert_signed(&request, Flavour::Business);
}

#[test]
fn freight_travels_as_one_json_text() {
    let canned = Canned::body(sample("aliexpress.ds.freight.query"));
    let client = account(canned.clone());
    let query = client
        .dropshipping()
        .freight_query()
        .product_id(1_005)
        .sku_id(12_000_041_000_000_001)
        .quantity(3)
        .ship_to("FR");
    run(query
        .currency("EUR")
        .language("fr_FR")
        .locale("fr_FR")
        .send())
    .unwrap();
    let request = canned.request();
    let sent: Value =
        serde_json::from_str(&value_of(&request, "queryDeliveryReq").unwrap()).unwrap();
    assert_eq!(
        sent,
        serde_json::json!({
            "productId": 1005, "selectedSkuId": 12_000_041_000_000_001_i64, "quantity": "3", "shipToCountry": "FR",
            "currency": "EUR", "language": "fr_FR", "locale": "fr_FR",
        })
    );
    assert_signed(&request, Flavour::Business);
}

#[test]
fn an_order_travels_as_in_the_documented_request() {
    let canned = Canned::body(sample("aliexpress.ds.order.create"));
    let client = account(canned.clone());
    let address = DeliveryAddress::new()
        .address("1 Example Street")
        .address2("Suite 2")
        .city("Springfield")
        .contact_person("Test Buyer")
        .full_name("Test Buyer")
        .country("us")
        .province("Illinois")
        .zip("00000")
        .mobile_no("5550100000")
        .phone_country("+1")
        .locale("en_US")
        .cpf("  ");
    let item = OrderItem::new()
        .product_id(1_005_008_000_000_001)
        .quantity(1)
        .sku_attr("14:29#Oak;183:200007741")
        .delivery_service("CAINIAO_FULFILLMENT_STD")
        .memo("");
    let order = client
        .dropshipping()
        .order_create()
        .out_order_id("TEST-0001")
        .address(address)
        .item(item);
    run(order
        .pay_currency("USD")
        .try_to_pay(true)
        .business_model(BusinessModel::Retail)
        .send())
    .unwrap();

    let mut documented: Value =
        serde_json::from_slice(&sample("aliexpress.ds.order.create.request")).unwrap();
    let order = &mut documented["param_place_order_request4_open_api_d_t_o"];
    // The sample sends an empty memo; we never send anything empty.
    order["product_items"][0]
        .as_object_mut()
        .unwrap()
        .remove("order_memo");
    let request = canned.request();
    for name in [
        "param_place_order_request4_open_api_d_t_o",
        "ds_extend_request",
    ] {
        let sent: Value = serde_json::from_str(&value_of(&request, name).unwrap()).unwrap();
        assert_eq!(sent, documented[name], "{name}");
    }
    assert_signed(&request, Flavour::Business);
}

#[test]
fn an_order_without_extras_has_no_extension() {
    let canned = Canned::body(sample("aliexpress.ds.order.create"));
    let client = account(canned.clone());
    let item = OrderItem::new().product_id(1).quantity(1).sku_attr("");
    let order = client
        .dropshipping()
        .order_create()
        .address(address())
        .item(item);
    run(order.send()).unwrap();
    let request = canned.request();
    assert_eq!(value_of(&request, "ds_extend_request"), None);
    let sent = value_of(&request, "param_place_order_request4_open_api_d_t_o").unwrap();
    let sent: Value = serde_json::from_str(&sent).unwrap();
    // Empty is what a product with one SKU wants, and is sent; everything else empty is not.
    assert_eq!(
        sent["product_items"],
        serde_json::json!([{"product_id": 1, "product_count": 1, "sku_attr": ""}])
    );
}

#[test]
fn orders_and_parcels_are_asked_for_by_id() {
    let canned = Canned::body(sample("aliexpress.trade.ds.order.get"));
    run(account(canned.clone())
        .dropshipping()
        .order_get()
        .order_id(8_200_000_000_000_001)
        .send())
    .unwrap();
    let request = canned.request();
    assert_eq!(
        own_parameters(&request),
        [("single_order_query", r#"{"order_id":8200000000000001}"#)]
    );
    assert_signed(&request, Flavour::Business);
    let canned = Canned::body(sample("aliexpress.ds.order.tracking.get"));
    run(account(canned.clone())
        .dropshipping()
        .order_tracking_get()
        .order_id(8_200_000_000_000_001)
        .language("fr_FR")
        .send())
    .unwrap();
    let request = canned.request();
    assert_eq!(
        own_parameters(&request),
        [("ae_order_id", "8200000000000001"), ("language", "fr_FR")]
    );
}

#[test]
fn no_secret_is_ever_in_a_url() {
    let canned = Canned::body(sample("auth.token.refresh"));
    let client = account(canned.clone());
    run(client
        .oauth()
        .refresh(&RefreshToken::new("the-refresh-token")))
    .unwrap();
    let request = canned.request();
    assert_eq!(
        request.url.as_str(),
        "https://api-sg.aliexpress.com/rest/auth/token/refresh"
    );
    assert_eq!(
        own_parameters(&request),
        [("refresh_token", "the-refresh-token")]
    );
    // Token calls are signed by the app alone, even from a client that acts for an account.
    assert_eq!(
        (
            value_of(&request, "access_token"),
            value_of(&request, "method")
        ),
        (None, None)
    );
    assert_signed(&request, Flavour::System("/auth/token/refresh"));

    // A call that acts for an account: the access token stands in the body alone.
    let canned = Canned::body("{}");
    let client = account(canned.clone());
    drop(run(
        client.call("aliexpress.ds.product.get", [("product_id", "1")])
    ));
    let request = canned.request();
    assert_eq!(request.url.as_str(), "https://api-sg.aliexpress.com/sync");
    assert!(value_of(&request, "access_token").is_some());
    assert!(value_of(&request, "sign").is_some());
}

#[test]
fn any_method_can_be_called_by_name() {
    let canned = Canned::body(r#"{"aliexpress_x_y_response":{"n":7,"request_id":"r1"}}"#);
    let parameters = [("a", "1"), ("empty", ""), ("blank", "  ")];
    let answer = run(account(canned.clone()).call("aliexpress.x.y", parameters)).unwrap();
    assert_eq!(answer.decode::<serde_json::Value>().unwrap()["n"], 7);
    assert_eq!(answer.request_id.as_deref(), Some("r1"));
    assert!(answer.body.starts_with(b"{\"aliexpress_x_y_response\""));
    let request = canned.request();
    assert_eq!(own_parameters(&request), [("a", "1")]);
    assert_eq!(
        value_of(&request, "access_token").as_deref(),
        Some(ACCESS_TOKEN)
    );
    assert_signed(&request, Flavour::Business);

    let canned = Canned::body(r#"{"code":"0","n":8}"#);
    let answer =
        run(app(canned.clone()).call("/some/path", Vec::<(String, String)>::new())).unwrap();
    assert_eq!(answer.decode::<serde_json::Value>().unwrap()["n"], 8);
    let request = canned.request();
    assert_eq!(request.url.path(), "/rest/some/path");
    assert_eq!(
        (
            value_of(&request, "access_token"),
            value_of(&request, "method")
        ),
        (None, None)
    );
    assert_signed(&request, Flavour::System("/some/path"));
}

struct Broken;

#[async_trait]
impl TokenSource for Broken {
    async fn access_token(&self) -> Result<AccessToken, TokenSourceError> {
        Err(TokenSourceError::new(std::io::Error::other(
            "vault is sealed",
        )))
    }
}

#[test]
fn without_a_token_nothing_is_sent() {
    let canned = Canned::body("{}");
    let client = app(canned.clone());
    let error = run(client.dropshipping().order_get().order_id(1).send()).unwrap_err();
    assert_eq!(
        (error.code(), error.effect()),
        ("no_access_token", aliexpress::Effect::None)
    );
    let error = run(client
        .with_access_token(AccessToken::new(" "))
        .dropshipping()
        .order_get()
        .order_id(1)
        .send())
    .unwrap_err();
    assert_eq!(error.code(), "no_access_token");
    let error = run(client
        .with_token_source(Arc::new(Broken))
        .dropshipping()
        .order_get()
        .order_id(1)
        .send())
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access token could be had: vault is sealed"
    );
    let Error::Token(source) = &error else {
        panic!("{error:?}")
    };
    assert!(
        source
            .cause()
            .unwrap()
            .downcast_ref::<std::io::Error>()
            .is_some()
    );
    assert!(canned.requests().is_empty());
}
