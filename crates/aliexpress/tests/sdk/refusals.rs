//! What cannot be meant is refused before anything is sent, and the error names the setter.

use std::sync::Arc;

use aliexpress::affiliate::link_generate::LinkType;
use aliexpress::affiliate::order_list;
use aliexpress::catalogue;
use aliexpress::dropshipping::order_create::{DeliveryAddress, OrderItem};
use aliexpress::{Client, Error, RefreshToken, RequestError};
use rust_decimal::Decimal;
use serde_json::Value;

use super::methods::METHODS;
use super::requests::{assert_signed, own_parameters};
use super::support::decode::address;
use super::support::{ACCESS_TOKEN, Canned, account, now, run, value_of};
use aliexpress::sign::Flavour;

fn refused<T>(result: Result<T, Error>) -> RequestError {
    match result.map(drop) {
        Err(Error::Request(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The paths of everything that a JSON value holds, in the words of the catalogue: `a.b[].c`.
fn paths(prefix: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{prefix}.{name}");
                found.push(path.clone());
                paths(&path, value, found);
            }
        }
        Value::Array(rows) => {
            for row in rows {
                paths(&format!("{prefix}[]"), row, found);
            }
        }
        _ => {}
    }
}

/// Every name that was sent, fields inside JSON included.
fn sent_names(request: &aliexpress::HttpRequest) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in own_parameters(request) {
        found.push(name.to_owned());
        if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
            paths(name, &value, &mut found);
        }
    }
    found.extend(request.files.iter().map(|file| file.name.to_owned()));
    found
}

#[test]
fn every_current_method_has_a_row() {
    let mut current: Vec<&str> = catalogue::all()
        .filter(|method| !method.is_withdrawn())
        .map(|method| method.name)
        .collect();
    let mut rows: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
    current.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, current);
}

#[test]
fn what_is_required_is_enough_and_travels_under_the_gateway_names() {
    for row in METHODS {
        let canned = Canned::body("{}");
        drop(row.send(canned.clone()));
        let request = canned.request();
        let method = catalogue::find(row.name).unwrap();
        let sent = sent_names(&request);
        for parameter in method.parameters.iter().filter(|parameter| {
            let parent = parameter.name.rsplit_once('.').map(|(parent, _)| parent);
            // A field is only needed where what it stands in is sent.
            parameter.required
                && parent.is_none_or(|parent| {
                    sent.iter()
                        .any(|name| name == parent.trim_end_matches("[]"))
                })
        }) {
            assert!(
                sent.iter().any(|name| name == parameter.name),
                "{}: {} is missing in {sent:?}",
                row.name,
                parameter.name
            );
        }
        for name in &sent {
            assert!(
                method.parameters.iter().any(|known| known.name == name),
                "{}: {name} is no parameter",
                row.name
            );
        }
        let flavour = if row.name.starts_with('/') {
            assert_eq!(request.url.path(), format!("/rest{}", row.name));
            Flavour::System(row.name)
        } else {
            assert_eq!(request.url.path(), "/sync");
            assert_eq!(value_of(&request, "method").as_deref(), Some(row.name));
            Flavour::Business
        };
        assert_signed(&request, flavour);
        let token = value_of(&request, "access_token");
        match method.token {
            catalogue::Token::Required => {
                assert_eq!(token.as_deref(), Some(ACCESS_TOKEN), "{}", row.name)
            }
            catalogue::Token::None => assert_eq!(token, None, "{}", row.name),
            catalogue::Token::Optional => {}
        }
    }
}

#[test]
fn whatever_required_parameter_is_left_out_nothing_is_sent() {
    for row in METHODS {
        for setter in row.setters {
            let canned = Canned::body("{}");
            let error = refused(row.send_without(canned.clone(), setter));
            assert_eq!(error.parameter, *setter, "{}: {error}", row.name);
            assert!(error.problem.starts_with("is required"), "{error}");
            assert!(canned.requests().is_empty(), "{}", row.name);
        }
    }
}

type Case = (Result<(), Error>, &'static str);

/// `group.call(setter(value), …) => "setter at fault"`
macro_rules! cases {
    ($client:expr; $($group:ident . $call:ident ( $($setter:ident ( $value:expr )),* ) => $fault:literal;)+) => {
        vec![$((run($client.$group().$call()$(.$setter($value))*.send()).map(drop), $fault)),+]
    };
}

fn out_of_bounds(client: &Client) -> Vec<Case> {
    cases! { client;
        dropshipping.text_search(ship_to("FR"), currency("EUR"), locale("fr"), keyword("  ")) => "keyword";
        dropshipping.text_search(keyword("x"), ship_to("FRA"), currency("EUR"), locale("fr")) => "ship_to";
        dropshipping.text_search(keyword("x"), ship_to("FR"), currency("€"), locale("fr")) => "currency";
        dropshipping.text_search(keyword("x"), ship_to("FR"), currency("EUR"), locale("")) => "locale";
        dropshipping.text_search(keyword("x"), ship_to("FR"), currency("EUR"), locale("fr"), page(0)) => "page";
        dropshipping.text_search(keyword("x"), ship_to("FR"), currency("EUR"), locale("fr"), page_size(0)) => "page_size";
        dropshipping.text_search(category_id(0), ship_to("FR"), currency("EUR"), locale("fr")) => "category_id";
        dropshipping.product_get(product_id(0), ship_to("FR")) => "product_id";
        dropshipping.product_get(product_id(1), ship_to("F1")) => "ship_to";
        dropshipping.product_get(product_id(1), ship_to("FR"), currency("EURO")) => "currency";
        dropshipping.product_wholesale_get(product_id(-1), ship_to("FR")) => "product_id";
        dropshipping.product_specialinfo_get(product_id(1), countries([" "])) => "countries";
        dropshipping.freight_query(product_id(1), sku_id(0), quantity(1)) => "sku_id";
        dropshipping.freight_query(product_id(1), sku_id(1), quantity(0)) => "quantity";
        dropshipping.freight_calculate(product_id(1), quantity(0)) => "quantity";
        dropshipping.order_get(order_id(-5)) => "order_id";
        dropshipping.order_tracking_get(order_id(0), language("en_US")) => "order_id";
        dropshipping.order_tracking_get(order_id(1), language(" ")) => "language";
        dropshipping.feed_itemids_get(feed_name("x"), page_size(201)) => "page_size";
        dropshipping.recommend_feed_get(feed_name("x"), page_size(51)) => "page_size";
        dropshipping.recommend_feed_get(feed_name("x"), page(0)) => "page";
        dropshipping.image_search(image(vec![0; 102_401]), ship_to("FR")) => "image";
        dropshipping.image_search(image(vec![0]), ship_to("FR"), limit(151)) => "limit";
        dropshipping.image_search_v2(image(" ")) => "image";
        dropshipping.address_get(country("France")) => "country";
        affiliate.product_query(page_size(51)) => "page_size";
        affiliate.hotproduct_query(page(0)) => "page";
        affiliate.productdetail_get(product_ids(1..=51)) => "product_ids";
        affiliate.productdetail_get(product_ids([0])) => "product_ids";
        affiliate.order_get(order_ids([-1])) => "order_ids";
        affiliate.product_sku_detail_get(
            product_id(1), ship_to("FR"), currency("EUR"), language("FR"), sku_ids(1..=21)
        ) => "sku_ids";
        affiliate.promotion_info_get(product_ids(1..=11)) => "product_ids";
        affiliate.link_generate(
            promotion_link_type(LinkType::Normal), source_values(vec!["x"; 51]), tracking_id("t")
        ) => "source_values";
        affiliate.product_shipping_get(
            product_id(1), sku_id(1), ship_to("FR"), currency("EUR"),
            target_sale_price(Decimal::NEGATIVE_ONE)
        ) => "target_sale_price";
        affiliate.order_list(
            start_time(now()), end_time(now()), status(order_list::Status::Invalid), page_size(0)
        ) => "page_size";
    }
}

fn inside_of_an_order(client: &Client) -> Vec<Case> {
    let item = || OrderItem::new().product_id(1).quantity(1);
    cases! { client;
        dropshipping.order_create(item(item())) => "address";
        dropshipping.order_create(address(address())) => "item";
        dropshipping.order_create(address(DeliveryAddress::new()), item(item())) => "address.country";
        dropshipping.order_create(address(address().country("USA")), item(item())) => "address.country";
        dropshipping.order_create(address(address().city(" ")), item(item())) => "address.city";
        dropshipping.order_create(address(address()), item(item()), item(OrderItem::new())) => "item[1].product_id";
        dropshipping.order_create(address(address()), item(item().product_id(0))) => "item[0].product_id";
        dropshipping.order_create(address(address()), item(item().quantity(0))) => "item[0].quantity";
        dropshipping.order_create(address(address()), item(item()), pay_currency("dollar")) => "pay_currency";
    }
}

fn by_name(client: &Client) -> Vec<Case> {
    let call = |method: &str, parameters: &[(&str, &str)]| {
        run(client.call(method, parameters.iter().copied())).map(drop)
    };
    vec![
        (
            run(client.oauth().refresh(&RefreshToken::new(" "))).map(drop),
            "refresh_token",
        ),
        (call("aliexpress.x", &[("sign", "1")]), "sign"),
        (call("aliexpress.x", &[("session", "1")]), "session"),
        (call("aliexpress.x", &[("a", "1"), ("a", "2")]), "a"),
        (call("", &[("a", "1")]), "method"),
        (call("/../admin", &[("a", "1")]), "method"),
        (call("a b", &[("a", "1")]), "method"),
        (call("/a?b=c", &[("a", "1")]), "method"),
    ]
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let canned = Canned::body("{}");
    let client = account(Arc::<Canned>::clone(&canned));
    let mut cases = out_of_bounds(&client);
    cases.extend(inside_of_an_order(&client));
    cases.extend(by_name(&client));
    for (result, setter) in cases {
        assert_eq!(refused(result).parameter, setter);
    }
    assert!(canned.requests().is_empty());
}

#[test]
fn one_of_several_is_enough() {
    let canned = Canned::body("{}");
    let client = account(canned.clone());
    let query = client.dropshipping().text_search().category_id(44);
    drop(run(query
        .ship_to("FR")
        .currency("EUR")
        .locale("fr_FR")
        .send()));
    let request = canned.request();
    assert_eq!(value_of(&request, "categoryId").as_deref(), Some("44"));
    assert_eq!(value_of(&request, "keyWord"), None);
}
