//! Certificates of products and licences of sellers.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{APP_KEY, Bench, product, start};

const CERTIFICATES: &str = "aliexpress.ds.product.specialinfo.get";
const LICENCE: &str = "/aliexpress/xinghe/merchant/license/get";

async fn certificates(bench: &Bench, index: i64, countries: &str) -> Value {
    let id = product(index);
    let own = [
        ("itemId", id.as_str()),
        ("countryCodes", countries),
        ("appKey", APP_KEY),
    ];
    bench.business(CERTIFICATES, &own).await["result"].clone()
}

fn keys(result: &Value) -> Vec<&str> {
    let list = &result["data"]["item_qualification_list"]["item_qualification"];
    list.as_array().map_or_else(Vec::new, |rows| {
        rows.iter()
            .map(|row| row["key"].as_str().unwrap())
            .collect()
    })
}

#[tokio::test]
async fn certificates_depend_on_product_and_country() {
    let bench = start();
    // Index 1 is a lamp, index 0 a phone case, index 2 a bag.
    let lamp = certificates(&bench, 1, r#"["FR"]"#).await;
    assert_eq!((&lamp["ret"], &lamp["code"]), (&json!(true), &json!("200")));
    assert_eq!(lamp["data"]["product_id"], product(1));
    assert_eq!(keys(&lamp), ["ce_doc", "rohs"]);
    assert_eq!(keys(&certificates(&bench, 1, r#"["us"]"#).await), ["fcc"]);
    let both = certificates(&bench, 1, r#"["FR","US","XX"]"#).await;
    assert_eq!(keys(&both), ["ce_doc", "rohs", "fcc"]);
    assert!(keys(&certificates(&bench, 1, r#"["CG"]"#).await).is_empty());
    assert!(keys(&certificates(&bench, 1, "[]").await).is_empty());
    assert!(keys(&certificates(&bench, 0, r#"["FR"]"#).await).is_empty());
    assert_eq!(keys(&certificates(&bench, 2, r#"["FR"]"#).await), ["reach"]);

    let row = &both["data"]["item_qualification_list"]["item_qualification"][0];
    assert_eq!(row["value_type"], "url");
    let url = row["value"].as_str().unwrap();
    let path = url.strip_prefix("http://127.0.0.1:8090").unwrap();
    let drawing = bench.get(path).await;
    assert_eq!(drawing.header("content-type"), "image/svg+xml");
    assert!(drawing.text().contains(row["name"].as_str().unwrap()));
    for wrong in [
        path.replace("ce_doc", "kiwa"),
        path.replace(&product(1), &product(0)),
    ] {
        assert_eq!(
            bench.get(&wrong).await.status,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn delisted_products_and_foreign_keys_are_refused() {
    let bench = start();
    bench
        .set(
            &format!("products/{}", product(1)),
            json!({ "delist": true }),
        )
        .await;
    for index in [1, 9_999] {
        let result = certificates(&bench, index, r#"["FR"]"#).await;
        assert_eq!(result["ret"], false, "{result}");
        assert_eq!(result["err_message"], "ITEM_ID_NOT_FOUND");
        assert!(result.get("data").is_none());
    }
    let id = product(0);
    for (own, code) in [
        (
            vec![
                ("itemId", id.as_str()),
                ("countryCodes", "[]"),
                ("appKey", "1"),
            ],
            "InvalidAppKey",
        ),
        (
            vec![("itemId", &id), ("countryCodes", "FR"), ("appKey", APP_KEY)],
            "UnsupportedParamMapping",
        ),
        (
            vec![("itemId", &id), ("appKey", APP_KEY)],
            "MissingParameter",
        ),
        (
            vec![("itemId", &id), ("countryCodes", "[]")],
            "MissingParameter",
        ),
        (
            vec![("countryCodes", "[]"), ("appKey", APP_KEY)],
            "MissingParameter",
        ),
    ] {
        let refused = bench.sync(CERTIFICATES, &own).await;
        assert_eq!(refused["error_response"]["code"], code, "{own:?}");
    }
}

#[tokio::test]
async fn every_store_of_the_catalogue_has_a_licence() {
    let bench = start();
    let licence = async |seller: &str| {
        let request = json!({ "sellerAdminSeq": seller }).to_string();
        let answer = bench.rest(LICENCE, &[("param0", &request)]).await;
        assert_eq!(answer["code"], "0");
        answer["result"].clone()
    };
    let token = bench.token("buyer").await;
    let id = product(4);
    let own = [
        ("access_token", token.as_str()),
        ("product_id", id.as_str()),
        ("ship_to_country", "FR"),
    ];
    let shown = bench.business("aliexpress.ds.product.get", &own).await;
    let store = shown["result"]["ae_store_info"]["store_id"].to_string();
    let by_store = licence(&store).await;
    assert_eq!(by_store["success"], true, "{by_store}");
    assert_eq!(by_store["retry_able"], false);
    let drawing = STANDARD
        .decode(by_store["data"]["content"].as_str().unwrap())
        .unwrap();
    let drawing = String::from_utf8(drawing).unwrap();
    assert!(drawing.starts_with("<svg ") && drawing.contains(&format!("Shop{store} Store")));
    let seller = (store.parse::<i64>().unwrap() - 1_102_000_001 + 2_000_000_001).to_string();
    assert_eq!(licence(&seller).await, by_store);
    assert_ne!(licence("2000000001").await["data"], by_store["data"]);

    for unknown in ["1", "seller", "2000000016", "9223372036854775807"] {
        let result = licence(unknown).await;
        assert_eq!(result["success"], false, "{unknown}");
        assert_eq!(result["result_code"], "SELLER_NOT_FOUND");
        assert!(result.get("data").is_none());
    }
    for (own, code) in [
        (vec![], "MissingParameter"),
        (vec![("param0", "{}")], "MissingParameter"),
        (vec![("param0", "1")], "UnsupportedParamMapping"),
    ] {
        let refused = bench.rest(LICENCE, &own).await;
        assert_eq!(refused["code"], code, "{own:?}");
    }
}
