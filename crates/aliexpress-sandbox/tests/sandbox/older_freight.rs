//! The older freight calculation against the newer one.

use serde_json::{Value, json};

use crate::samples::first_sku;
use crate::support::{Bench, product, start};

const METHOD: &str = "aliexpress.logistics.buyer.freight.calculate";
const REQUEST: &str = "param_aeop_freight_calculate_for_buyer_d_t_o";

fn request(index: i64, count: i64, country: &str) -> Value {
    json!({
        "product_id": product(index), "product_num": count, "country_code": country,
        "send_goods_country_code": "CN", "price_currency": "USD",
    })
}

async fn ask(bench: &Bench, request: &Value) -> Value {
    let token = bench.token("buyer").await;
    let text = request.to_string();
    let own = [("access_token", token.as_str()), (REQUEST, text.as_str())];
    bench.business(METHOD, &own).await["result"].clone()
}

fn rows(result: &Value) -> Vec<Value> {
    assert_eq!(result["success"], true, "{result}");
    let list = &result["aeop_freight_calculate_result_for_buyer_d_t_o_list"];
    list["aeop_freight_calculate_result_for_buyer_dto"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn services_and_fees_agree_with_the_newer_method() {
    let bench = start();
    let token = bench.token("buyer").await;
    for (index, country, count) in [(0, "FR", 1), (1, "US", 1), (1, "US", 10), (2, "CG", 3)] {
        let sku = first_sku(&bench, index).await;
        let mut older = request(index, count, country);
        older["sku_id"] = json!(sku);
        let older = rows(&ask(&bench, &older).await);
        let newer = json!({
            "productId": product(index), "selectedSkuId": sku, "quantity": count.to_string(),
            "shipToCountry": country, "currency": "USD", "language": "en_US", "locale": "en_US",
        })
        .to_string();
        let own = [
            ("access_token", token.as_str()),
            ("queryDeliveryReq", &newer),
        ];
        let answer = bench.business("aliexpress.ds.freight.query", &own).await;
        let newer = answer["result"]["delivery_options"]["delivery_option_d_t_o"]
            .as_array()
            .unwrap();
        assert_eq!(older.len(), newer.len());
        for (older, newer) in older.iter().zip(newer) {
            assert_eq!(older["service_name"], newer["code"]);
            let days = format!(
                "{}-{}",
                newer["min_delivery_days"], newer["max_delivery_days"]
            );
            assert_eq!(older["estimated_delivery_time"], days);
            assert_eq!(older["tracking_available"], "true");
            let freight = &older["freight"];
            let fee = newer.get("shipping_fee_cent").cloned();
            assert_eq!(freight["amount"], fee.unwrap_or_else(|| json!("0.00")));
            let cents = freight["amount"].as_str().unwrap().replace('.', "");
            assert_eq!(freight["cent"], cents.parse::<i64>().unwrap());
            assert_eq!(freight["currency_code"], "USD");
        }
    }
}

#[tokio::test]
async fn the_stated_price_decides_what_is_free() {
    let bench = start();
    let standard = async |price: &str, currency: &str| {
        let mut request = request(0, 1, "FR");
        request["price"] = json!(price);
        request["price_currency"] = json!(currency);
        let rows = rows(&ask(&bench, &request).await);
        let row = rows
            .iter()
            .find(|row| row["service_name"] == "CAINIAO_FULFILLMENT_STD");
        row.unwrap()["freight"].clone()
    };
    assert_eq!(standard("10.00", "USD").await["cent"], 0);
    assert_ne!(standard("9.99", "USD").await["cent"], 0);
    // 9.20 euro are ten dollars here.
    assert_eq!(standard("9.20", "EUR").await["cent"], 0);
    let fee = standard("9.10", "EUR").await;
    assert_eq!(
        (&fee["cent"], &fee["amount"]),
        (&json!(235), &json!("2.35"))
    );
    let fee = standard("1", "XAF").await;
    assert_eq!(fee["cent"].to_string(), fee["amount"].as_str().unwrap());
}

#[tokio::test]
async fn refusals_say_why() {
    let bench = start();
    let with = |changes: Value| {
        let mut request = request(0, 1, "FR");
        for (name, value) in changes.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    };
    for (changes, text) in [
        (json!({ "product_id": 1 }), "DELIVERY_INFO_EMPTY"),
        (json!({ "sku_id": "1" }), "DELIVERY_INFO_EMPTY"),
        (
            json!({ "country_code": "KP" }),
            "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS",
        ),
        (
            json!({ "send_goods_country_code": "US" }),
            "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS",
        ),
    ] {
        let result = ask(&bench, &with(changes.clone())).await;
        assert_eq!(result["success"], false, "{changes}");
        assert_eq!(result["error_desc"], text, "{changes}");
    }
    bench
        .set(
            &format!("products/{}", product(0)),
            json!({ "delist": true }),
        )
        .await;
    let result = ask(&bench, &with(json!({}))).await;
    assert_eq!(result["error_desc"], "DELIVERY_INFO_EMPTY");

    let token = bench.token("buyer").await;
    for (field, value, code) in [
        ("product_id", json!(""), "MissingParameter"),
        ("product_num", Value::Null, "MissingParameter"),
        ("product_num", json!(0), "UnsupportedParamMapping"),
        ("price", json!("much"), "UnsupportedParamMapping"),
    ] {
        let text = with(json!({ field: value })).to_string();
        let own = [("access_token", token.as_str()), (REQUEST, &text)];
        let refused = bench.sync(METHOD, &own).await;
        assert_eq!(refused["error_response"]["code"], code, "{text}");
    }
}
