//! Wholesale prices, promotions and charges, as both product methods show them and orders count them.

use serde_json::{Value, json};

use crate::orders::{order_json, place};
use crate::support::{Bench, product, start};

const RETAIL: &str = "aliexpress.ds.product.get";
const WHOLESALE: &str = "aliexpress.ds.product.wholesale.get";

async fn get(bench: &Bench, method: &str, index: i64, own: &[(&str, &str)]) -> Value {
    let token = bench.token("buyer").await;
    let id = product(index);
    let mut all = vec![("access_token", token.as_str()), ("product_id", &id)];
    all.extend_from_slice(own);
    bench.business(method, &all).await
}

fn skus(answer: &Value) -> &Vec<Value> {
    answer["result"]["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
}

fn cents(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[tokio::test]
async fn the_wholesale_view_has_the_old_fields_and_lacks_the_new() {
    let bench = start();
    let america = [("ship_to_country", "US"), ("target_language", "fr")];
    let (retail, wholesale) = (
        get(&bench, RETAIL, 3, &america).await,
        get(&bench, WHOLESALE, 3, &america).await,
    );
    let (one, two) = (&skus(&retail)[0], &skus(&wholesale)[0]);
    for field in [
        "tax_amount",
        "tax_currency_code",
        "estimated_import_charges",
    ] {
        assert!(
            one[field].is_string() && two.get(field).is_none(),
            "{field}"
        );
    }
    assert_eq!(two["sku_stock"], true);
    assert_eq!(two["ipm_sku_stock"], one["sku_available_stock"]);
    assert!(two["sku_code"].is_string());
    let base = "ae_item_base_info_dto";
    assert!(retail["result"]["manufacturer_info"].is_object());
    assert!(wholesale["result"].get("manufacturer_info").is_none());
    assert_eq!(retail["result"][base]["sl_product"], false);
    assert!(wholesale["result"][base].get("sl_product").is_none());
    assert!(wholesale["result"][base]["ws_display"].is_string());
    let offline = wholesale["result"][base]["ws_offline_date"]
        .as_str()
        .unwrap();
    assert!(
        offline > "2026-01-01 00:00:00" && offline < "2026-02-01 00:00:00",
        "{offline}"
    );
    assert_eq!(
        retail["result"][base]["subject"],
        wholesale["result"][base]["subject"]
    );
    for (name, like) in [("offer_sale_price", one), ("sku_attr", one)] {
        assert_eq!(two[name], like[name]);
    }
    assert_eq!(wholesale["result"]["has_whole_sale"], true);
    let plain = get(&bench, WHOLESALE, 0, &america).await;
    assert_eq!(plain["result"]["has_whole_sale"], false);
    assert!(skus(&plain)[0].get("wholesale_price_tiers").is_none());
}

#[tokio::test]
async fn refusals_are_those_of_the_product() {
    let bench = start();
    let france = [("ship_to_country", "FR")];
    for method in [RETAIL, WHOLESALE] {
        assert_eq!(get(&bench, method, 9_999, &france).await["rsp_code"], 605);
        let nowhere = get(&bench, method, 3, &[("ship_to_country", "KP")]).await;
        assert_eq!(nowhere["rsp_code"], 602);
        assert!(nowhere.get("result").is_none());
        let token = bench.token("buyer").await;
        let own = [("access_token", token.as_str()), ("ship_to_country", "FR")];
        let missing = bench.sync(method, &own).await;
        assert_eq!(missing["error_response"]["code"], "MissingParameter");
        let stranger = bench.sync(method, &france).await;
        assert_eq!(stranger["error_response"]["code"], "IllegalAccessToken");
    }
}

#[tokio::test]
async fn changes_reach_every_price() {
    let bench = start();
    let path = format!("products/{}", product(3));
    bench
        .set(&path, json!({ "price": "100.00", "stock": 0 }))
        .await;
    for method in [RETAIL, WHOLESALE] {
        let answer = get(&bench, method, 3, &[("ship_to_country", "US")]).await;
        for sku in skus(&answer) {
            assert_eq!(sku["offer_sale_price"], "100.00");
            assert_eq!(sku["sku_available_stock"], 0);
            let tiers = &sku["wholesale_price_tiers"]["wholesale_price_tier"];
            let (few, many) = (&tiers[0], &tiers[1]);
            assert_eq!(
                (&few["min_quantity"], &many["min_quantity"]),
                (&json!("5"), &json!("20"))
            );
            assert_eq!(sku["offer_bulk_sale_price"], few["wholesale_price"]);
            // 100.00 makes the rate readable.
            for tier in [few, many] {
                let off = cents(&tier["discount"]);
                assert_eq!(
                    cents(&tier["wholesale_price"]),
                    10_000 - off * 100,
                    "{tier}"
                );
            }
            if method == RETAIL {
                assert_eq!(sku["estimated_import_charges"], "20.00");
                assert_eq!(sku["tax_amount"], "7.00");
            } else {
                assert_eq!(sku["sku_stock"], false);
            }
        }
    }
    let shown = bench.look(&path).await;
    for sku in shown["skus"].as_array().unwrap() {
        bench.set(&path, json!({ "drop_sku": sku["sku_id"] })).await;
    }
    for method in [RETAIL, WHOLESALE] {
        let answer = get(&bench, method, 3, &[("ship_to_country", "US")]).await;
        assert_eq!(answer["rsp_msg"], "All SKU Unsaleable", "{answer}");
        bench.set(&path, json!({ "delist": true })).await;
        let answer = get(&bench, method, 3, &[("ship_to_country", "US")]).await;
        assert_eq!(answer["rsp_code"], 605);
        bench.set(&path, json!({ "delist": false })).await;
    }
}

#[tokio::test]
async fn the_channel_price_is_personal() {
    let bench = start();
    let mut promoted = 0;
    for index in 64..90 {
        let answer = get(&bench, RETAIL, index, &[("ship_to_country", "FR")]).await;
        if answer["rsp_code"] != 200 || skus(&answer)[0].get("limit_strategy").is_none() {
            continue;
        }
        promoted += 1;
        let sku = &skus(&answer)[0];
        assert!(cents(&sku["channel_discount_price"]) < cents(&sku["offer_sale_price"]));
        let own = [
            ("ship_to_country", "FR"),
            ("remove_personal_benefit", "true"),
        ];
        let without = get(&bench, RETAIL, index, &own).await;
        assert!(skus(&without)[0].get("channel_discount_price").is_none());
        assert!(skus(&without)[0]["buy_amount_limit_set_by_promotion"].is_string());
    }
    assert!(promoted > 2, "{promoted}");
}

#[tokio::test]
async fn a_wholesale_order_costs_the_wholesale_price() {
    let bench = start();
    let token = bench.token("buyer").await;
    let path = format!("products/{}", product(3));
    bench
        .set(&path, json!({ "price": "100.00", "stock": 500 }))
        .await;
    let answer = get(&bench, RETAIL, 3, &[("ship_to_country", "US")]).await;
    let tiers = &skus(&answer)[0]["wholesale_price_tiers"]["wholesale_price_tier"];
    for (number, count, extension, each) in [
        (
            "W-1",
            5,
            r#"{"trade_extra_param":{"business_model":"wholesale"}}"#,
            &tiers[0]["wholesale_price"],
        ),
        (
            "W-2",
            20,
            r#"{"trade_extra_param":{"business_model":"wholesale"}}"#,
            &tiers[1]["wholesale_price"],
        ),
        (
            "W-3",
            4,
            r#"{"trade_extra_param":{"business_model":"wholesale"}}"#,
            &json!("100.00"),
        ),
        (
            "W-4",
            20,
            r#"{"trade_extra_param":{"business_model":"retail"}}"#,
            &json!("100.00"),
        ),
        ("W-5", 20, "", &json!("100.00")),
    ] {
        let mut order = order_json(&bench, number, &[(3, count)], "US").await;
        // Free above ten dollars, so that the total is the goods, with 20 % tax and 7 % import charges on top.
        order["product_items"][0]["logistics_service_name"] = json!("CAINIAO_FULFILLMENT_STD");
        let placed = place(&bench, &token, &order, extension).await;
        let ids = &placed["aliexpress_ds_order_create_response"]["result"]["order_list"]["number"];
        let state = bench.look("state").await;
        let orders = state["orders"].as_array().unwrap();
        let order = orders.iter().find(|order| order["id"] == ids[0]);
        let order = order.unwrap_or_else(|| panic!("{placed}"));
        let charged = cents(each) * count * 127 / 100;
        assert_eq!(cents(&order["amount"]), charged, "{number}");
    }
}
