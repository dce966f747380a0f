//! Single items of the affiliate interfaces: SKUs, shipping, coupons.

use serde_json::{Value, json};

use crate::affiliate::{DETAIL, QUERY, ask, refusal, rows, units};
use crate::support::{Bench, DAY_S, product, start};

const SKUS: &str = "aliexpress.affiliate.product.sku.detail.get";
const SHIPPING: &str = "aliexpress.affiliate.product.shipping.get";
const COUPONS: &str = "aliexpress.affiliate.promotion.info.get";

async fn skus(bench: &Bench, id: &str, own: &[(&str, &str)]) -> Value {
    let mut all = vec![
        ("product_id", id),
        ("target_currency", "USD"),
        ("target_language", "EN"),
    ];
    all.extend_from_slice(own);
    if own.iter().all(|(name, _)| *name != "ship_to_country") {
        all.push(("ship_to_country", "US"));
    }
    bench.business(SKUS, &all).await["result"].take()
}

fn sku_rows(answer: &Value) -> Vec<Value> {
    let list = answer["result"]["ae_item_sku_info"]["traffic_sku_info_list"].as_array();
    list.cloned().unwrap_or_default()
}

#[tokio::test]
async fn sku_details_are_those_of_the_product() {
    let bench = start();
    bench.sandbox.set_base_url("http://127.0.0.1:8090").unwrap();
    let id = product(0);
    let answer = skus(&bench, &id, &[]).await;
    let shown = bench.look(&format!("products/{id}")).await;
    let own: Vec<(String, String)> = shown["skus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sku| {
            let text = |name: &str| sku[name].as_str().unwrap().to_owned();
            (text("sku_id"), text("price"))
        })
        .collect();
    let details: Vec<(String, String)> = sku_rows(&answer)
        .iter()
        .map(|sku| {
            let price = sku["sale_price_with_tax"].as_str().unwrap().to_owned();
            (sku["sku_id"].to_string(), price)
        })
        .collect();
    assert_eq!(details, own);
    for sku in sku_rows(&answer) {
        assert!(sku.get("shipping_fees").is_none(), "not asked for");
        let choices: Value = serde_json::from_str(sku["sku_properties"].as_str().unwrap()).unwrap();
        assert_eq!(choices[0]["Color"], sku["color"]);
        assert_eq!(choices[1]["Model"], sku["size"]);
        let link = sku["link"].as_str().unwrap();
        let visit = bench
            .get(link.strip_prefix("http://127.0.0.1:8090").unwrap())
            .await;
        let wanted = format!("/item/{id}.html?skuId={}", sku["sku_id"]);
        assert_eq!(visit.header("location"), wanted);
    }
    // Tax is in the French price, and its rate is told.
    let french = skus(&bench, &id, &[("ship_to_country", "FR")]).await;
    let (home, away) = (&sku_rows(&answer)[0], &sku_rows(&french)[0]);
    assert!(units(away, "sale_price_with_tax") > units(home, "sale_price_with_tax"));
    assert_eq!(
        (&home["tax_rate"], &away["tax_rate"]),
        (&json!("0.0"), &json!("0.2"))
    );
}

#[tokio::test]
async fn wanted_skus_only_in_the_order_of_the_product() {
    let bench = start();
    let id = product(0);
    let all = sku_rows(&skus(&bench, &id, &[]).await);
    let ids: Vec<String> = all.iter().map(|sku| sku["sku_id"].to_string()).collect();
    let asked = format!("{},5,{},x", ids[2], ids[0]);
    let some = sku_rows(&skus(&bench, &id, &[("sku_ids", &asked)]).await);
    let found: Vec<String> = some.iter().map(|sku| sku["sku_id"].to_string()).collect();
    assert_eq!(found, [ids[0].clone(), ids[2].clone()]);
    let none = skus(&bench, &id, &[("sku_ids", "5")]).await;
    assert_eq!(none, json!({ "code": 405, "success": false }));
}

#[tokio::test]
async fn changes_and_destinations_show_in_sku_details() {
    let bench = start();
    let id = product(0);
    let path = format!("products/{id}");
    let before = sku_rows(&skus(&bench, &id, &[]).await);
    let first = before[0]["sku_id"].clone();
    bench
        .set(&path, json!({ "sku_id": first, "price": "0.07" }))
        .await;
    let after = sku_rows(&skus(&bench, &id, &[]).await);
    assert_eq!(after[0]["sale_price_with_tax"], "0.07");
    assert_eq!(after[1], before[1]);
    bench.set(&path, json!({ "drop_sku": first })).await;
    assert_eq!(
        sku_rows(&skus(&bench, &id, &[]).await).len(),
        before.len() - 1
    );
    bench.set(&path, json!({ "delist": true })).await;
    for gone in [id.as_str(), "5"] {
        let answer = skus(&bench, gone, &[]).await;
        assert_eq!(answer, json!({ "code": 405, "success": false }));
    }
    // Not delivered there: the documented remote error.
    let other = product(1);
    let own = [
        ("product_id", other.as_str()),
        ("ship_to_country", "KP"),
        ("target_currency", "USD"),
        ("target_language", "EN"),
    ];
    let error = bench.sync(SKUS, &own).await["error_response"].clone();
    assert_eq!(error["code"], "15");
    assert_eq!(error["sub_code"], "405");
    let mut wrong = own.to_vec();
    wrong[1] = ("ship_to_country", "US");
    wrong.push(("need_deliver_info", "Maybe"));
    assert_eq!(
        refusal(&bench, SKUS, &wrong).await.0,
        "UnsupportedParamMapping"
    );
    for missing in 0..4 {
        let mut some = own.to_vec();
        let (name, _) = some.remove(missing);
        let (code, text) = refusal(&bench, SKUS, &some).await;
        assert_eq!(code, "MissingParameter");
        assert!(text.contains(name), "{text}");
    }
}

#[tokio::test]
async fn where_sku_details_say_that_they_succeeded_is_a_switch() {
    let bench = start();
    let id = product(0);
    let beside = skus(&bench, &id, &[]).await;
    assert_eq!(
        (&beside["code"], &beside["success"]),
        (&json!(200), &json!(true))
    );
    let form = json!({ "sku_detail_form": "inside" });
    bench.set("profile", form).await;
    let mut inside = skus(&bench, &id, &[]).await["result"].take();
    let fields = inside.as_object_mut().unwrap();
    assert_eq!(fields.remove("code"), Some(json!(200)));
    assert_eq!(fields.remove("success"), Some(json!(true)));
    assert_eq!(inside, beside["result"]);
    let none = skus(&bench, "5", &[]).await;
    assert_eq!(none, json!({ "result": { "code": 405, "success": false } }));
}

#[tokio::test]
async fn shipping_is_the_cheapest_service_of_the_freight_query() {
    let bench = start();
    let token = bench.token("buyer").await;
    let mut fees = Vec::new();
    for index in 0..12 {
        let id = product(index);
        let own = [("product_ids", id.as_str()), ("country", "FR")];
        let row = rows(&ask(&bench, DETAIL, &own).await)[0].clone();
        let sku = row["sku_id"].to_string();
        let own = [
            ("product_id", id.as_str()),
            ("sku_id", sku.as_str()),
            ("ship_to_country", "FR"),
            ("target_currency", "EUR"),
            ("target_language", "FR"),
            (
                "target_sale_price",
                row["target_sale_price"].as_str().unwrap(),
            ),
            ("tax_rate", row["tax_rate"].as_str().unwrap()),
        ];
        let result = ask(&bench, SHIPPING, &own).await["result"].take();
        let request = json!({
            "productId": id, "selectedSkuId": sku, "quantity": "1", "shipToCountry": "FR",
            "currency": "EUR", "language": "en_US", "locale": "en_US",
        })
        .to_string();
        let freight = [
            ("access_token", token.as_str()),
            ("queryDeliveryReq", &request),
        ];
        let freight = bench
            .business("aliexpress.ds.freight.query", &freight)
            .await;
        let option = &freight["result"]["delivery_options"]["delivery_option_d_t_o"][0];
        let fee = option
            .get("shipping_fee_cent")
            .cloned()
            .unwrap_or(json!("0.00"));
        assert_eq!(result["shipping_fee"], fee, "{id}");
        for name in ["min_delivery_days", "max_delivery_days"] {
            assert_eq!(result[name], option[name].to_string(), "{id}");
        }
        let details = skus(
            &bench,
            &id,
            &[
                ("ship_to_country", "FR"),
                ("sku_ids", &sku),
                ("need_deliver_info", "Yes"),
            ],
        )
        .await;
        assert_eq!(
            sku_rows(&details)[0]["delivery_days"],
            result["delivery_days"]
        );
        fees.push(fee);
    }
    fees.sort_by_key(Value::to_string);
    fees.dedup();
    assert!(fees.len() > 1, "{fees:?}");
}

#[tokio::test]
async fn shipping_of_what_is_not_there_and_wrong_values() {
    let bench = start();
    let id = product(0);
    let row = rows(&ask(&bench, DETAIL, &[("product_ids", &id)]).await)[0].clone();
    let sku = row["sku_id"].to_string();
    let own = [
        ("product_id", id.as_str()),
        ("sku_id", sku.as_str()),
        ("ship_to_country", "US"),
        ("target_currency", "USD"),
        ("target_language", "EN"),
        ("target_sale_price", "8.10"),
        ("tax_rate", "0.0"),
    ];
    let with = |name: &str, value: &'static str| {
        let mut changed = own.to_vec();
        let position = own.iter().position(|(own, _)| *own == name).unwrap();
        changed[position].1 = value;
        changed
    };
    for (name, value) in [
        ("product_id", "5"),
        ("sku_id", "5"),
        ("ship_to_country", "KP"),
    ] {
        let answer = ask(&bench, SHIPPING, &with(name, value)).await;
        assert_eq!(answer["resp_code"], 405, "{name}");
        assert!(answer.get("result").is_none());
    }
    for (name, value) in [
        ("product_id", "lamp"),
        ("target_sale_price", "cheap"),
        ("target_sale_price", "-1"),
        ("tax_rate", "20%"),
        ("target_currency", "XXX"),
        ("target_language", "EO"),
    ] {
        let (code, text) = refusal(&bench, SHIPPING, &with(name, value)).await;
        assert_eq!(code, "UnsupportedParamMapping", "{name} {value}");
        assert!(text.contains(name), "{text}");
    }
    for missing in 0..own.len() {
        let mut some = own.to_vec();
        let (name, _) = some.remove(missing);
        let (code, text) = refusal(&bench, SHIPPING, &some).await;
        assert_eq!(code, "MissingParameter");
        assert!(text.contains(name), "{text}");
    }
    let path = format!("products/{id}");
    bench.set(&path, json!({ "drop_sku": sku })).await;
    assert_eq!(ask(&bench, SHIPPING, &own).await["resp_code"], 405);
}

#[tokio::test]
async fn coupons_are_those_of_the_rows_and_change_each_month() {
    let bench = start();
    let answer = ask(
        &bench,
        QUERY,
        &[("page_size", "50"), ("ship_to_country", "DE")],
    )
    .await;
    let rows = rows(&answer);
    let (with, without): (Vec<&Value>, Vec<&Value>) = rows
        .iter()
        .partition(|row| row.get("promo_code_info").is_some());
    let asked = format!("{},5,{}", with[0]["product_id"], without[0]["product_id"]);
    let own = [
        ("product_id", asked.as_str()),
        ("currency", "EUR"),
        ("target_language", "DE"),
        ("ship_to_country", "DE"),
    ];
    let answer = bench.business(COUPONS, &own).await;
    assert_eq!(answer["code"], "0");
    let results = &answer["result"]["promotion_results"]["promotion_result"];
    assert_eq!(results.as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(results[0]["product_id"], with[0]["product_id"].to_string());
    assert_eq!(results[1]["promotions"], json!({}));
    let coupon = &results[0]["promotions"]["promotion"][0];
    let in_row = &with[0]["promo_code_info"];
    assert_eq!(coupon["generic_redemption_code"], in_row["promo_code"]);
    assert_eq!(coupon["promotion_effective_dates"], "2026-01-01/2026-01-31");
    assert!(
        coupon["minimum_purchase_amount"]
            .as_str()
            .unwrap()
            .ends_with(" EUR")
    );

    bench.advance(31 * DAY_S).await;
    let later = bench.business(COUPONS, &own).await;
    let later =
        &later["result"]["promotion_results"]["promotion_result"][0]["promotions"]["promotion"][0];
    assert_ne!(
        later["generic_redemption_code"],
        coupon["generic_redemption_code"]
    );
    let path = format!("products/{}", with[0]["product_id"]);
    bench.set(&path, json!({ "delist": true })).await;
    let answer = bench.business(COUPONS, &own).await;
    let results = &answer["result"]["promotion_results"]["promotion_result"];
    assert_eq!(results.as_array().unwrap().len(), 1);

    let many: Vec<String> = (0..11).map(product).collect();
    let many = many.join(",");
    for (position, value) in [(0, many.as_str()), (3, "BR")] {
        let mut wrong = own.to_vec();
        wrong[position].1 = value;
        assert_eq!(
            refusal(&bench, COUPONS, &wrong).await.0,
            "UnsupportedParamMapping"
        );
    }
    for missing in 0..4 {
        let mut some = own.to_vec();
        some.remove(missing);
        assert_eq!(refusal(&bench, COUPONS, &some).await.0, "MissingParameter");
    }
}
