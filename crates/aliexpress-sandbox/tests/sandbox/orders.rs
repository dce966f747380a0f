//! Orders: placing, repeating, paying, moving on, and who may see them.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::support::{Bench, DAY_S, encoded, product, start};

const CREATE: &str = "aliexpress.ds.order.create";
const ORDER: &str = "param_place_order_request4_open_api_d_t_o";

pub(crate) fn address(country: &str) -> Value {
    let (province, city) = match country {
        "FR" => ("Île-de-France", "Paris"),
        "US" => ("Illinois", "Springfield"),
        "CG" => ("Brazzaville", "Brazzaville"),
        "BR" => ("Bahia", "Salvador"),
        _ => ("Other", "Other"),
    };
    json!({
        "country": country, "province": province, "city": city,
        "address": "1 Example Street", "zip": "62701", "contact_person": "Test Buyer",
        "full_name": "Test Buyer", "mobile_no": "5550100000", "phone_country": "+1",
    })
}

/// An order of products by index and count, each in its first SKU.
pub(crate) async fn order_json(
    bench: &Bench,
    out_order_id: &str,
    items: &[(i64, i64)],
    country: &str,
) -> Value {
    let mut product_items = Vec::new();
    for (index, count) in items {
        let shown = bench.look(&format!("products/{}", product(*index))).await;
        product_items.push(json!({
            "product_id": shown["product_id"],
            "product_count": count,
            "sku_attr": shown["skus"][0]["sku_attr"],
            "logistics_service_name": "CAINIAO_STANDARD",
            "order_memo": "",
        }));
    }
    json!({
        "out_order_id": out_order_id,
        "logistics_address": address(country),
        "product_items": product_items,
    })
}

pub(crate) async fn place(bench: &Bench, token: &str, order: &Value, extension: &str) -> Value {
    let order = order.to_string();
    let mut own = vec![("access_token", token), (ORDER, order.as_str())];
    if !extension.is_empty() {
        own.push(("ds_extend_request", extension));
    }
    bench.sync(CREATE, &own).await
}

fn result(answer: &Value) -> &Value {
    &answer["aliexpress_ds_order_create_response"]["result"]
}

fn ids(answer: &Value) -> Vec<i64> {
    let list = result(answer)["order_list"]["number"].as_array();
    list.unwrap_or_else(|| panic!("{answer}"))
        .iter()
        .map(|id| id.as_i64().unwrap())
        .collect()
}

async fn get(bench: &Bench, token: &str, id: i64) -> Value {
    let query = json!({ "order_id": id }).to_string();
    let own = [
        ("access_token", token),
        ("single_order_query", query.as_str()),
    ];
    bench.sync("aliexpress.trade.ds.order.get", &own).await
}

async fn status(bench: &Bench, token: &str, id: i64) -> String {
    let answer = get(bench, token, id).await;
    let result = &answer["aliexpress_trade_ds_order_get_response"]["result"];
    result["order_status"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

#[tokio::test]
async fn the_same_number_gives_the_same_order_for_a_day() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "SHOP-1", &[(0, 2)], "FR").await;
    let first = ids(&place(&bench, &token, &order, "").await);
    assert_eq!(first.len(), 1);
    bench.advance(DAY_S - 1).await;
    assert_eq!(ids(&place(&bench, &token, &order, "").await), first);

    let mut other = order.clone();
    other["product_items"][0]["product_count"] = json!(3);
    let answer = place(&bench, &token, &other, "").await;
    assert_eq!(result(&answer)["error_code"], "REPEATED_ORDER_ERROR");
    // Another account may use the same number.
    let second_buyer = bench.token("buyer2").await;
    assert_ne!(ids(&place(&bench, &second_buyer, &order, "").await), first);

    bench.advance(1).await;
    assert_ne!(ids(&place(&bench, &token, &order, "").await), first);
    assert_eq!(bench.look("state").await["counts"]["orders"], 6);
}

#[tokio::test]
async fn a_repetition_can_be_refused_and_places_nothing_either_way() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "SHOP-2", &[(0, 1)], "FR").await;
    let first = ids(&place(&bench, &token, &order, "").await);
    bench
        .set("profile", json!({ "repeated_order": "refused" }))
        .await;
    let answer = place(&bench, &token, &order, "").await;
    assert_eq!(result(&answer)["is_success"], false);
    assert_eq!(result(&answer)["error_code"], "REPEATED_ORDER_ERROR");
    assert!(result(&answer).get("order_list").is_none(), "{answer}");
    bench
        .set("profile", json!({ "repeated_order": "answered" }))
        .await;
    assert_eq!(ids(&place(&bench, &token, &order, "").await), first);
    assert_eq!(bench.look("state").await["counts"]["orders"], 4);
}

/// The three ways in which a caller learns nothing: whether the order was made is chosen with each.
#[tokio::test]
async fn a_fault_comes_before_or_after_the_order_was_made() {
    let bench = start();
    let token = bench.token("buyer").await;
    let mut made = 3;
    for (number, then) in ["http_500", "html", "error"].into_iter().enumerate() {
        for takes_effect in [false, true] {
            let id = format!("FAULT-{number}-{takes_effect}");
            let order = order_json(&bench, &id, &[(0, 1)], "FR").await;
            let fault = json!({
                "match": { "method": CREATE }, "then": then, "code": 15, "takes_effect": takes_effect,
            });
            bench.set("faults", fault).await;
            let text = order.to_string();
            let own = [
                ("method", CREATE),
                ("access_token", token.as_str()),
                (ORDER, text.as_str()),
            ];
            let _spoilt = bench
                .post_form("/sync", encoded(&bench.signed(CREATE, &own)))
                .await;
            made += i64::from(takes_effect);
            assert_eq!(bench.look("state").await["counts"]["orders"], made, "{id}");
        }
    }
}

#[tokio::test]
async fn without_a_number_every_call_is_a_new_order() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "", &[(0, 1)], "FR").await;
    let (one, two) = (
        place(&bench, &token, &order, "").await,
        place(&bench, &token, &order, "").await,
    );
    assert_ne!(ids(&one), ids(&two));
}

#[tokio::test]
async fn every_way_an_order_can_be_wrong_has_its_code() {
    let bench = start();
    let token = bench.token("buyer").await;
    let good = order_json(&bench, "", &[(0, 1)], "US").await;
    let usd = r#"{"payment":{"pay_currency":"EUR"}}"#;
    for (pointer, value, extension, code) in [
        (
            "/logistics_address/contact_person",
            json!("Madonna"),
            "",
            "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
        ),
        (
            "/logistics_address/country",
            json!(""),
            "",
            "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
        ),
        (
            "/logistics_address/country",
            json!("KP"),
            "",
            "A005_INVALID_COUNTRIES",
        ),
        (
            "/logistics_address/country",
            json!("BR"),
            "",
            "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID",
        ),
        (
            "/product_items/0/sku_attr",
            json!("14:1#No"),
            "",
            "ERROR_WHEN_BUILD_FOR_PLACE_ORDER",
        ),
        (
            "/product_items/0/product_id",
            json!(12),
            "",
            "A001_ORDER_CANNOT_BE_PLACED",
        ),
        (
            "/product_items/0/logistics_service_name",
            json!("PIGEON"),
            "",
            "DELIVERY_METHOD_NOT_EXIST",
        ),
        (
            "/product_items/0/product_count",
            json!(1_000_000),
            "",
            "INVENTORY_HOLD_ERROR",
        ),
        ("/out_order_id", json!("x"), usd, "PRICE_PAY_CURRENCY_ERROR"),
    ] {
        let mut order = good.clone();
        *order.pointer_mut(pointer).unwrap() = value;
        let answer = place(&bench, &token, &order, extension).await;
        assert_eq!(result(&answer)["error_code"], code, "{pointer}: {answer}");
        assert_eq!(result(&answer)["is_success"], false);
    }
    assert_eq!(
        bench.look("state").await["counts"]["orders"],
        3,
        "nothing was placed"
    );
}

#[tokio::test]
async fn unreadable_orders_are_refused_by_the_gateway() {
    let bench = start();
    let token = bench.token("buyer").await;
    for (text, code) in [
        ("not json", "UnsupportedParamMapping"),
        ("[]", "UnsupportedParamMapping"),
        ("{}", "MissingParameter"),
        (
            r#"{"logistics_address":{},"product_items":[]}"#,
            "MissingParameter",
        ),
        (
            r#"{"logistics_address":{},"product_items":["x"]}"#,
            "UnsupportedParamMapping",
        ),
        (
            r#"{"logistics_address":3,"product_items":[{}]}"#,
            "UnsupportedParamMapping",
        ),
    ] {
        let answer = bench
            .sync(CREATE, &[("access_token", &token), (ORDER, text)])
            .await;
        assert_eq!(answer["error_response"]["code"], code, "{text}: {answer}");
    }
}

#[tokio::test]
async fn stock_is_held_and_comes_back_when_an_order_closes() {
    let bench = start();
    let token = bench.token("buyer").await;
    let stock = async || {
        bench.look(&format!("products/{}", product(0))).await["skus"][0]["stock"]
            .as_i64()
            .unwrap()
    };
    let before = stock().await;
    let order = order_json(&bench, "", &[(0, 5)], "FR").await;
    let closed = ids(&place(&bench, &token, &order, "").await)[0];
    assert_eq!(stock().await, before - 5);
    bench
        .set(
            &format!("orders/{closed}/advance"),
            json!({ "to": "closed" }),
        )
        .await;
    assert_eq!(stock().await, before);

    place(&bench, &token, &order, "").await;
    bench.advance(DAY_S).await;
    assert_eq!(stock().await, before);

    // Where real time alone has passed, the late order is noted as closed when the next one is placed.
    place(&bench, &token, &order, "").await;
    bench.real_ms.fetch_add(DAY_S * 1000, Ordering::Relaxed);
    place(&bench, &token, &order, "").await;
    assert_eq!(stock().await, before - 5);
}

#[tokio::test]
async fn paying_is_for_admitted_accounts_and_can_fail() {
    let pay = r#"{"payment":{"pay_currency":"USD","try_to_pay":"true"},"trade_extra_param":{"business_model":"retail"}}"#;
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "P-1", &[(0, 1)], "FR").await;
    let answer = place(&bench, &token, &order, pay).await;
    assert_eq!(result(&answer).get("error_msg"), None);
    assert_eq!(
        status(&bench, &token, ids(&answer)[0]).await,
        "WAIT_SELLER_SEND_GOODS"
    );

    let other = bench.token("buyer2").await;
    let answer = place(&bench, &other, &order, pay).await;
    assert_eq!(result(&answer)["is_success"], true);
    assert_eq!(
        result(&answer)["error_msg"],
        "OrderCreated, autoPay fail:APIPayFail"
    );
    assert_eq!(
        status(&bench, &other, ids(&answer)[0]).await,
        "PLACE_ORDER_SUCCESS"
    );
    assert_eq!(
        place(&bench, &other, &order, pay).await["aliexpress_ds_order_create_response"]["result"],
        *result(&answer)
    );
}

#[tokio::test]
async fn products_of_different_stores_become_different_orders() {
    let bench = start();
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "", &[(0, 1), (3, 1), (1, 1)], "US").await;
    let ids = ids(&place(&bench, &token, &order, "").await);
    assert_eq!(ids.len(), 2);
    let answer = get(&bench, &token, ids[0]).await;
    let result = &answer["aliexpress_trade_ds_order_get_response"]["result"];
    let lines = result["child_order_list"]["aeop_child_order_info"]
        .as_array()
        .unwrap();
    assert_eq!(lines.len(), 2);
    let cents = |value: &Value| {
        value["amount"]
            .as_str()
            .unwrap()
            .replace('.', "")
            .parse::<i64>()
            .unwrap()
    };
    let sum: i64 = lines.iter().map(|line| cents(&line["actual_fee"])).sum();
    assert_eq!(cents(&result["user_order_amount"]), sum);
    for line in lines {
        let goods = cents(&line["product_price"]) * line["product_count"].as_i64().unwrap();
        assert_eq!(cents(&line["sale_fee"]), goods);
        // In the US tax and import charges come on top.
        let charges = cents(&line["actual_tax_fee"]);
        assert!(charges > 0, "{line}");
        assert_eq!(
            cents(&line["actual_fee"]),
            goods + charges + cents(&line["actual_shipping_fee"])
        );
    }
}

#[tokio::test]
async fn an_order_belongs_to_the_account_of_its_token() {
    let bench = start();
    let token = bench.token("buyer2").await;
    let answer = get(&bench, &token, 8_100_000_000_000_001).await;
    assert_eq!(answer["error_response"]["code"], "15");
    assert_eq!(
        answer["error_response"]["sub_code"],
        "isv.insufficient-permission"
    );
    let own = [
        ("access_token", token.as_str()),
        ("ae_order_id", "8100000000000002"),
        ("language", "en_US"),
    ];
    let answer = bench
        .business("aliexpress.ds.order.tracking.get", &own)
        .await;
    assert_eq!(answer["result"]["code"], "1001");
}

#[tokio::test]
async fn a_parcel_moves_with_state_and_clock() {
    let bench = start();
    let year = json!({ "access_s": 365 * DAY_S, "refresh_s": 365 * DAY_S });
    bench.set("profile", json!({ "lifetimes": year })).await;
    let token = bench.token("buyer").await;
    let order = order_json(&bench, "", &[(0, 1)], "FR").await;
    let id = ids(&place(&bench, &token, &order, "").await)[0];
    let text = id.to_string();
    let track = async |language: &str| {
        let own = [
            ("access_token", token.as_str()),
            ("ae_order_id", &text),
            ("language", language),
        ];
        bench
            .business("aliexpress.ds.order.tracking.get", &own)
            .await["result"]
            .clone()
    };
    let nodes = |result: &Value| {
        result["data"]["tracking_detail_line_list"]["tracking_detail"][0]["detail_node_list"]
            ["detail_node"].as_array().cloned().unwrap_or_default()
    };
    let advance = async |to: &str| {
        bench
            .set(&format!("orders/{id}/advance"), json!({ "to": to }))
            .await
    };

    advance("paid").await;
    assert_eq!(track("en_US").await["code"], "1001");
    advance("shipped").await;
    assert_eq!(status(&bench, &token, id).await, "WAIT_BUYER_ACCEPT_GOODS");
    let mut seen = nodes(&track("en_US").await).len();
    assert_eq!(seen, 1);
    for _ in 0..5 {
        bench.advance(6 * DAY_S).await;
        let nodes = nodes(&track("en_US").await);
        assert!(nodes.len() >= seen);
        seen = nodes.len();
        let times: Vec<i64> = nodes
            .iter()
            .map(|node| node["time_stamp"].as_i64().unwrap())
            .collect();
        assert!(
            times.is_sorted_by(|newer, older| newer >= older),
            "{times:?}"
        );
    }
    assert_eq!(seen, 6);
    assert_eq!(status(&bench, &token, id).await, "FINISH");
    assert_eq!(nodes(&track("fr_FR").await)[0]["tracking_name"], "Livré");
}

#[tokio::test]
async fn three_orders_of_the_demo_buyer_are_there_from_the_start() {
    let bench = start();
    let token = bench.token("buyer").await;
    for (id, status_) in [
        (8_100_000_000_000_001, "PLACE_ORDER_SUCCESS"),
        (8_100_000_000_000_002, "WAIT_BUYER_ACCEPT_GOODS"),
        (8_100_000_000_000_003, "FINISH"),
    ] {
        assert_eq!(status(&bench, &token, id).await, status_, "{id}");
    }
    let orders = bench.look("state").await["orders"].clone();
    let shown: Vec<&str> = orders
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["status"].as_str().unwrap())
        .collect();
    assert_eq!(shown, ["delivered", "shipped", "created"]);
    assert_eq!(orders[0]["account"], "1700000001");
}
