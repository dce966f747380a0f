//! Answers have the keys and JSON types of the recorded and documented samples.

mod commissions;
mod listings;
pub(crate) mod lookups;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::orders::{address, order_json, place};
use crate::support::{Bench, product, start};

fn sample(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(file);
    serde_json::from_slice(&fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}")))
        .unwrap()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "fraction",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Why an answer differs from a sample. Each item of a list must be like one item of the sample's list.
fn difference(sample: &Value, answer: &Value, path: &str) -> Option<String> {
    match (sample, answer) {
        (Value::Object(wanted), Value::Object(given)) => {
            let missing: Vec<_> = wanted
                .keys()
                .filter(|key| !given.contains_key(*key))
                .collect();
            let extra: Vec<_> = given
                .keys()
                .filter(|key| !wanted.contains_key(*key))
                .collect();
            if !missing.is_empty() || !extra.is_empty() {
                return Some(format!("{path}: missing {missing:?}, extra {extra:?}"));
            }
            wanted
                .iter()
                .find_map(|(key, value)| difference(value, &given[key], &format!("{path}.{key}")))
        }
        (Value::Array(wanted), Value::Array(given)) => {
            given.iter().enumerate().find_map(|(index, item)| {
                let differences: Option<Vec<String>> = wanted
                    .iter()
                    .map(|own| difference(own, item, &format!("{path}[{index}]")))
                    .collect();
                differences.map(|differences| differences.join(" / "))
            })
        }
        _ => (kind(sample) != kind(answer)).then(|| {
            format!(
                "{path}: {} where the sample has {}",
                kind(answer),
                kind(sample)
            )
        }),
    }
}

fn assert_like(file: &str, answer: &Value) {
    if let Some(difference) = difference(&sample(file), answer, "") {
        panic!("{file}: {difference}\n{answer:#}");
    }
}

/// Takes away what only some recorded answers have.
fn without(mut answer: Value, pointer: &str, key: &str) -> Value {
    answer
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(key);
    answer
}

async fn call(bench: &Bench, method: &str, own: &[(&str, &str)]) -> Value {
    let token = bench.token("buyer").await;
    let mut all = vec![("access_token", token.as_str())];
    all.extend_from_slice(own);
    bench.sync(method, &all).await
}

#[tokio::test]
async fn token_answers() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    assert_like("auth.token.create.json", &pair);
    assert_like("auth.token.refresh.json", &bench.refresh(&pair).await);
    assert_like(
        "auth.token.create.error.json",
        &bench.exchange("3_500100_x").await,
    );
    bench
        .set("profile", json!({ "omit": ["refresh_token"] }))
        .await;
    let pair = bench.exchange(&bench.code("buyer").await).await;
    assert_like("auth.token.refresh.alt.no-refresh-token.json", &pair);
}

#[tokio::test]
async fn product_answers() {
    let bench = start();
    let method = "aliexpress.ds.product.get";
    let id = product(0);
    let own = [
        ("product_id", id.as_str()),
        ("ship_to_country", "FR"),
        ("target_currency", "EUR"),
        ("target_language", "en"),
    ];
    assert_like(
        "aliexpress.ds.product.get.json",
        &call(&bench, method, &own).await,
    );
    let mut simple = own.to_vec();
    simple.push(("simplify", "true"));
    // Without format=json the wrapper stays.
    assert_like(
        "aliexpress.ds.product.get.json",
        &call(&bench, method, &simple).await,
    );
    simple.push(("format", "json"));
    assert_like(
        "aliexpress.ds.product.get.alt.streamlined.json",
        &call(&bench, method, &simple).await,
    );

    let answer = call(
        &bench,
        method,
        &[("product_id", "1"), ("ship_to_country", "FR")],
    )
    .await;
    assert_like("aliexpress.ds.product.get.error.not-found.json", &answer);
    let answer = call(
        &bench,
        method,
        &[("product_id", &id), ("ship_to_country", "KP")],
    )
    .await;
    assert_like("aliexpress.ds.product.get.error.country.json", &answer);
}

#[tokio::test]
async fn search_answers() {
    let bench = start();
    let method = "aliexpress.ds.text.search";
    let own = |word| {
        [
            ("keyWord", word),
            ("local", "fr_FR"),
            ("countryCode", "FR"),
            ("currency", "EUR"),
            ("sortBy", "orders,desc"),
        ]
    };
    assert_like(
        "aliexpress.ds.text.search.json",
        &call(&bench, method, &own("coque")).await,
    );
    let empty = call(&bench, method, &own("zzzz")).await;
    assert_like("aliexpress.ds.text.search.alt.empty.json", &empty);
    let refused = bench.sync(method, &own("coque")).await;
    assert_like("aliexpress.ds.text.search.error.json", &refused);
}

#[tokio::test]
async fn freight_answers() {
    let bench = start();
    let method = "aliexpress.ds.freight.query";
    let sku = first_sku(&bench, 0).await;
    let request = |sku: &str, country: &str| {
        json!({
            "productId": product(0), "selectedSkuId": sku, "quantity": "1", "shipToCountry": country,
            "currency": "EUR", "language": "fr_FR", "locale": "fr_FR",
        })
        .to_string()
    };
    let ask = async |sku: &str, country: &str| {
        call(
            &bench,
            method,
            &[("queryDeliveryReq", &request(sku, country))],
        )
        .await
    };
    let answer = ask(&sku, "FR").await;
    let options = answer["aliexpress_ds_freight_query_response"]["result"]["delivery_options"]
        ["delivery_option_d_t_o"].as_array().unwrap().clone();
    assert!(options.len() >= 3);
    let wanted = sample("aliexpress.ds.freight.query.json");
    let wanted = &wanted["aliexpress_ds_freight_query_response"]["result"]["delivery_options"]["delivery_option_d_t_o"];
    let (paid, free) = (&wanted[0], &wanted[1]);
    let mut seen = (false, false);
    for option in options {
        let is_free = option["free_shipping"] == true;
        // Threshold and tax note come and go independently of the fee in recorded answers.
        let mut like = if is_free { free.clone() } else { paid.clone() };
        for key in ["free_shipping_threshold", "ddpIncludeVATTax"] {
            match option.get(key) {
                Some(_) => like[key] = json!("text"),
                None => _ = like.as_object_mut().unwrap().remove(key),
            }
        }
        assert_eq!(difference(&like, &option, "option"), None);
        if is_free {
            seen.1 = true
        } else {
            seen.0 = true
        }
    }
    assert!(seen.0, "an option with a fee");
    assert_like(
        "aliexpress.ds.freight.query.error.info-empty.json",
        &ask("1", "FR").await,
    );
    assert_like(
        "aliexpress.ds.freight.query.error.not-available.json",
        &ask(&sku, "KP").await,
    );
}

pub(crate) async fn first_sku(bench: &Bench, index: i64) -> String {
    let shown = bench.look(&format!("products/{}", product(index))).await;
    shown["skus"][0]["sku_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn order_answers() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "A-1", &[(0, 2)], "FR").await;
    assert_like(
        "aliexpress.ds.order.create.json",
        &place(&bench, &token, &order, "").await,
    );
    let two = order_json(&bench, "A-2", &[(0, 1), (1, 1)], "FR").await;
    let answer = place(&bench, &token, &two, "").await;
    assert_like(
        "aliexpress.ds.order.create.alt.several-orders.json",
        &answer,
    );
    let mut nowhere = order.clone();
    nowhere["out_order_id"] = json!("A-3");
    nowhere["logistics_address"]["city"] = json!("");
    let answer = place(&bench, &token, &nowhere, "").await;
    assert_like("aliexpress.ds.order.create.error.address.json", &answer);
    assert_eq!(
        answer["aliexpress_ds_order_create_response"]["result"],
        sample("aliexpress.ds.order.create.error.address.json")["aliexpress_ds_order_create_response"]
            ["result"]
    );
    let mut pigeon = order.clone();
    pigeon["out_order_id"] = json!("A-4");
    pigeon["product_items"][0]["logistics_service_name"] = json!("PIGEON");
    let answer = place(&bench, &token, &pigeon, "").await;
    assert_like(
        "aliexpress.ds.order.create.error.delivery-method.json",
        &answer,
    );
    bench.set("profile", json!({ "auto_pay": "fails" })).await;
    let mut paid = order.clone();
    paid["out_order_id"] = json!("A-5");
    let answer = place(
        &bench,
        &token,
        &paid,
        r#"{"payment":{"pay_currency":"USD","try_to_pay":"true"}}"#,
    )
    .await;
    assert_like(
        "aliexpress.ds.order.create.alt.created-payment-failed.json",
        &answer,
    );
    assert!(address("FR").is_object());
}

#[tokio::test]
async fn order_details() {
    let bench = start();
    let get = async |id: i64| {
        let query = json!({ "order_id": id }).to_string();
        call(
            &bench,
            "aliexpress.trade.ds.order.get",
            &[("single_order_query", &query)],
        )
        .await
    };
    let first = 8_100_000_000_000_001;
    assert_like(
        "aliexpress.trade.ds.order.get.alt.unpaid.json",
        &get(first).await,
    );
    bench
        .set(&format!("orders/{first}/advance"), json!({ "to": "paid" }))
        .await;
    assert_like("aliexpress.trade.ds.order.get.json", &get(first).await);
    assert_like(
        "aliexpress.trade.ds.order.get.alt.finished.json",
        &get(first + 2).await,
    );
    assert_like(
        "aliexpress.trade.ds.order.get.error.permission.json",
        &get(1).await,
    );

    let token = bench.token("buyer").await;
    let order = order_json(&bench, "A-1", &[(0, 1)], "FR").await;
    let answer = place(&bench, &token, &order, "").await;
    let id = answer["aliexpress_ds_order_create_response"]["result"]["order_list"]["number"][0]
        .as_i64()
        .unwrap();
    bench
        .set(&format!("orders/{id}/advance"), json!({ "to": "closed" }))
        .await;
    assert_like(
        "aliexpress.trade.ds.order.get.alt.cancelled.json",
        &get(id).await,
    );
}

#[tokio::test]
async fn tracking_answers() {
    let bench = start();
    let track = async |id: &str| {
        call(
            &bench,
            "aliexpress.ds.order.tracking.get",
            &[("ae_order_id", id), ("language", "en_US")],
        )
        .await
    };
    assert_like(
        "aliexpress.ds.order.tracking.get.json",
        &track("8100000000000002").await,
    );
    assert_like(
        "aliexpress.ds.order.tracking.get.error.not-found.json",
        &track("8100000000000001").await,
    );
}

#[tokio::test]
async fn gateway_errors() {
    let bench = start();
    let get = "aliexpress.ds.product.get";
    let own = [("product_id", "1"), ("ship_to_country", "FR")];
    assert_like(
        "error.illegal-access-token.json",
        &bench.sync(get, &own).await,
    );
    assert_like(
        "error.missing-parameter.json",
        &call(&bench, get, &[]).await,
    );
    assert_like(
        "error.invalid-api-path.json",
        &bench.sync("aliexpress.none", &[]).await,
    );
    for (code, file) in [
        ("ApiCallLimit", "error.api-call-limit.json"),
        (
            "InsufficientPermission",
            "error.insufficient-permission.json",
        ),
        ("IncompleteSignature", "error.incomplete-signature.json"),
    ] {
        bench
            .set(
                "faults",
                json!({ "match": { "method": get }, "then": "error", "code": code }),
            )
            .await;
        let answer = bench.sync(get, &own).await;
        assert_like(file, &answer);
        let wanted = sample(file);
        for field in ["code", "msg", "type"] {
            assert_eq!(
                answer["error_response"][field], wanted["error_response"][field],
                "{file}"
            );
        }
    }
    // Code 15 is recorded without a trace id.
    bench
        .set(
            "faults",
            json!({ "then": "error", "code": "15", "sub_code": "isv.insufficient-permission" }),
        )
        .await;
    let answer = bench.sync(get, &own).await;
    assert_like(
        "aliexpress.trade.ds.order.get.error.permission.json",
        &answer,
    );
    let traced = without(
        sample("error.illegal-access-token.json"),
        "/error_response",
        "_trace_id_",
    );
    assert!(difference(&traced, &bench.sync(get, &own).await, "").is_some());
}
