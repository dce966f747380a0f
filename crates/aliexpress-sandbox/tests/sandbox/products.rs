//! Search, products, freight and pictures.

use std::collections::BTreeSet;

use aliexpress_sandbox::SandboxConfig;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::samples::first_sku;
use crate::support::{Bench, product, start, start_with};

const SEARCH: &str = "aliexpress.ds.text.search";
const GET: &str = "aliexpress.ds.product.get";

async fn search(bench: &Bench, own: &[(&str, &str)]) -> Value {
    let token = bench.token("buyer").await;
    let mut all = vec![("access_token", token.as_str()), ("currency", "EUR")];
    for (name, value) in [
        ("local", "en_US"),
        ("countryCode", "FR"),
        ("sortBy", "orders,desc"),
    ] {
        if own.iter().all(|(own, _)| *own != name) {
            all.push((name, value));
        }
    }
    all.extend_from_slice(own);
    bench.business(SEARCH, &all).await
}

fn rows(answer: &Value) -> Vec<Value> {
    answer["data"]["products"]["selection_search_product"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

async fn get(bench: &Bench, id: &str, own: &[(&str, &str)]) -> Value {
    let token = bench.token("buyer").await;
    let mut all = vec![("access_token", token.as_str()), ("product_id", id)];
    all.extend_from_slice(own);
    bench.business(GET, &all).await
}

#[tokio::test]
async fn promised_words_find_products_that_can_be_bought_for_any_seed() {
    for seed in [1, 99] {
        let bench = start_with(SandboxConfig {
            seed,
            ..SandboxConfig::default()
        });
        for (word, local) in [
            ("case", "en_US"),
            ("lamp", "en_US"),
            ("bag", "en_US"),
            ("coque", "fr_FR"),
            ("lampe", "fr_FR"),
        ] {
            for country in ["FR", "US", "CG"] {
                let own = [
                    ("keyWord", word),
                    ("local", local),
                    ("countryCode", country),
                    ("pageSize", "50"),
                ];
                let answer = search(&bench, &own).await;
                assert!(
                    answer["data"]["totalCount"].as_i64().unwrap() >= 20,
                    "{seed} {word} {country}"
                );
                let named = rows(&answer)
                    .iter()
                    .filter(|row| row["title"].as_str().unwrap().to_lowercase().contains(word))
                    .count();
                assert!(named >= 20, "{seed} {word} {country} {named}");
            }
        }
    }
}

#[tokio::test]
async fn pages_are_disjoint_sorted_and_complete() {
    let bench = start();
    let mut seen = BTreeSet::new();
    let mut prices = Vec::new();
    let mut page = 1;
    let total = loop {
        let index = page.to_string();
        let own = [
            ("keyWord", "lamp"),
            ("sortBy", "min_price,asc"),
            ("pageSize", "7"),
            ("pageIndex", index.as_str()),
        ];
        let answer = search(&bench, &own).await;
        assert_eq!(answer["data"]["pageIndex"], page);
        assert_eq!(answer["data"]["pageSize"], 7);
        let rows = rows(&answer);
        if rows.is_empty() {
            break answer["data"]["totalCount"].as_u64().unwrap();
        }
        for row in rows {
            assert!(seen.insert(row["itemId"].as_str().unwrap().to_owned()));
            prices.push(
                row["targetSalePrice"]
                    .as_str()
                    .unwrap()
                    .replace('.', "")
                    .parse::<i64>()
                    .unwrap(),
            );
        }
        page += 1;
    };
    assert_eq!(seen.len() as u64, total);
    assert!(prices.is_sorted(), "{prices:?}");
}

#[tokio::test]
async fn category_bad_sort_and_missing_token() {
    let bench = start();
    let row = rows(&search(&bench, &[("keyWord", "lamp")]).await)[0].clone();
    let category = row["cateId"]
        .as_str()
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    let answer = search(&bench, &[("categoryId", &category)]).await;
    assert!(answer["data"]["totalCount"].as_i64().unwrap() > 0);
    assert!(
        rows(&answer)
            .iter()
            .all(|row| row["cateId"].as_str().unwrap().starts_with(&category))
    );
    let answer = search(&bench, &[("keyWord", "lamp"), ("sortBy", "latest")]).await;
    assert_eq!(answer["code"], "EXCEPTION_TEXT_SEARCH_FOR_DS");
    let own = [
        ("keyWord", "lamp"),
        ("local", "en_US"),
        ("countryCode", "FR"),
        ("currency", "EUR"),
    ];
    assert_eq!(
        bench.business(SEARCH, &own).await["code"],
        "EXCEPTION_TEXT_SEARCH_FOR_DS"
    );
    let mut wrong = own.to_vec();
    wrong.push(("access_token", "50000wrong"));
    assert_eq!(
        bench.sync(SEARCH, &wrong).await["error_response"]["code"],
        "IllegalAccessToken"
    );
}

#[tokio::test]
async fn hostile_titles_travel_untouched_in_json_and_escaped_in_pictures_and_pages() {
    let bench = start();
    let rows = rows(&search(&bench, &[("keyWord", "hostile")]).await);
    let row = rows
        .iter()
        .find(|row| row["title"] == "<script>alert(1)</script> & \"quotes\" lamp")
        .unwrap_or_else(|| panic!("{rows:?}"));
    assert!(rows.len() >= 3);
    let id = row["itemId"].as_str().unwrap();
    for path in [
        format!("/_sandbox/pictures/{id}/1.svg"),
        format!("/item/{id}.html"),
    ] {
        let answer = bench.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text().contains("<script"), "{path}");
        assert!(answer.text().contains("alert(1)"), "{path}");
    }
    let detail = get(&bench, id, &[("ship_to_country", "US")]).await;
    let detail = detail["result"]["ae_item_base_info_dto"]["detail"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!detail.contains("<script"));
}

#[tokio::test]
async fn titles_prices_and_taxes_follow_language_currency_and_country() {
    let bench = start();
    let id = product(0);
    let ask = async |country: &str, currency: &str, language: &str| {
        let own = [
            ("ship_to_country", country),
            ("target_currency", currency),
            ("target_language", language),
        ];
        get(&bench, &id, &own).await["result"].clone()
    };
    let english = ask("US", "USD", "en").await;
    let french = ask("FR", "EUR", "fr").await;
    let title = |result: &Value| {
        result["ae_item_base_info_dto"]["subject"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(
        title(&english).contains("Phone Case") && title(&french).contains("Coque de téléphone")
    );
    assert_eq!(title(&ask("FR", "EUR", "fr_FR").await), title(&french));
    let sku = |result: &Value| result["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"][0].clone();
    assert_eq!(sku(&english)["currency_code"], "USD");
    assert_eq!(sku(&english)["price_include_tax"], false);
    assert_eq!(sku(&french)["currency_code"], "EUR");
    assert_eq!(sku(&french)["price_include_tax"], true);
    // No decimals in a currency without them; an unknown currency falls back to dollars.
    let franc = sku(&ask("CG", "XAF", "fr").await);
    assert!(!franc["offer_sale_price"].as_str().unwrap().contains('.'));
    assert_eq!(sku(&ask("US", "ZZZ", "en").await)["currency_code"], "USD");
    assert_eq!(
        sku(&english)["sku_attr"],
        sku(&french)["sku_attr"],
        "the key of an order is one text"
    );
}

#[tokio::test]
async fn some_products_are_not_sold_everywhere() {
    let bench = start();
    let mut refused = 0;
    for index in 100..140 {
        let answer = get(&bench, &product(index), &[("ship_to_country", "FR")]).await;
        match answer["rsp_code"].as_i64() {
            Some(200) => assert!(answer["result"].is_object()),
            Some(602) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((1..20).contains(&refused), "{refused}");
}

#[tokio::test]
async fn changes_show_everywhere() {
    let bench = start();
    let id = product(1);
    let path = format!("products/{id}");
    let sku = first_sku(&bench, 1).await;
    bench
        .set(&path, json!({ "sku_id": sku, "price": "0.01", "stock": 7 }))
        .await;
    let result = get(
        &bench,
        &id,
        &[("ship_to_country", "US"), ("target_currency", "USD")],
    )
    .await["result"]
        .clone();
    let skus = result["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(skus[0]["offer_sale_price"], "0.01");
    assert_eq!(skus[0]["sku_available_stock"], 7);
    assert_ne!(skus[1]["offer_sale_price"], "0.01");
    let cheapest = search(
        &bench,
        &[
            ("keyWord", "lamp"),
            ("sortBy", "min_price,asc"),
            ("countryCode", "US"),
        ],
    )
    .await;
    assert_eq!(rows(&cheapest)[0]["itemId"], id);

    let shown = bench.set(&path, json!({ "drop_sku": sku })).await;
    assert_eq!(shown["skus"].as_array().unwrap().len(), skus.len() - 1);
    bench.set(&path, json!({ "delist": true })).await;
    assert_eq!(
        get(&bench, &id, &[("ship_to_country", "US")]).await["rsp_code"],
        605
    );
    let found = search(&bench, &[("keyWord", "lamp"), ("pageSize", "50")]).await;
    assert!(rows(&found).iter().all(|row| row["itemId"] != id.as_str()));
    let shown = bench.set(&path, json!({ "restore": true })).await;
    assert_eq!(shown["skus"].as_array().unwrap().len(), skus.len());

    for wrong in [
        json!({}),
        json!({ "price": "cheap" }),
        json!({ "price": "1.234" }),
        json!({ "price": "0" }),
        json!({ "stock": -1 }),
        json!({ "sku_id": 5, "stock": 1 }),
        json!({ "colour": "red" }),
        json!({ "delist": "yes" }),
    ] {
        let answer = bench.control(Method::POST, &path, &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(
            answer.json()["error"]
                .as_str()
                .unwrap()
                .contains("accepted"),
            "{wrong}"
        );
    }
    let answer = bench
        .control(Method::POST, "products/1", &json!({ "stock": 1 }))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

async fn freight(bench: &Bench, index: i64, country: &str, quantity: &str) -> Vec<Value> {
    let token = bench.token("buyer").await;
    let request = json!({
        "productId": product(index), "selectedSkuId": first_sku(bench, index).await,
        "quantity": quantity, "shipToCountry": country, "currency": "USD",
        "language": "en_US", "locale": "en_US",
    })
    .to_string();
    let own = [
        ("access_token", token.as_str()),
        ("queryDeliveryReq", request.as_str()),
    ];
    let answer = bench.business("aliexpress.ds.freight.query", &own).await;
    assert_eq!(answer["result"]["success"], true, "{answer}");
    answer["result"]["delivery_options"]["delivery_option_d_t_o"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn delivery_depends_on_country_quantity_and_product() {
    let bench = start();
    let codes = |options: &[Value]| {
        options
            .iter()
            .map(|option| option["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let congo = codes(&freight(&bench, 0, "CG", "1").await);
    assert!(
        congo.contains(&"CAINIAO_STANDARD".to_owned())
            && !congo.contains(&"CAINIAO_PREMIUM".to_owned()),
        "{congo:?}"
    );
    let fee = |options: &[Value], code: &str| {
        let option = options
            .iter()
            .find(|option| option["code"] == code)
            .unwrap()
            .clone();
        option["shipping_fee_cent"].as_str().map(str::to_owned)
    };
    let (one, many) = (
        freight(&bench, 1, "US", "1").await,
        freight(&bench, 1, "US", "10").await,
    );
    assert_ne!(fee(&one, "CAINIAO_PREMIUM"), fee(&many, "CAINIAO_PREMIUM"));
    assert_eq!(
        fee(&many, "CAINIAO_FULFILLMENT_STD"),
        None,
        "free above the threshold"
    );
    let mut free = false;
    for index in 0..6 {
        for option in freight(&bench, index, "FR", "1").await {
            let is_free = option["free_shipping"] == true;
            assert_eq!(is_free, option.get("shipping_fee_cent").is_none());
            assert_eq!(is_free, option.get("shipping_fee_format").is_none());
            free |= is_free;
        }
    }
    assert!(free);
}

#[tokio::test]
async fn pictures_of_an_answer_can_be_fetched_and_are_drawings_only() {
    let bench = start();
    bench.sandbox.set_base_url("http://127.0.0.1:8090").unwrap();
    let result = get(&bench, &product(0), &[("ship_to_country", "FR")]).await["result"].clone();
    let mut urls: Vec<String> = result["ae_multimedia_info_dto"]["image_urls"]
        .as_str()
        .unwrap()
        .split(';')
        .map(str::to_owned)
        .collect();
    let property = &result["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"][0]["ae_sku_property_dtos"]
        ["ae_sku_property_d_t_o"][0];
    urls.push(property["sku_image"].as_str().unwrap().to_owned());
    assert!(urls.len() >= 4);
    for url in urls {
        let path = url.strip_prefix("http://127.0.0.1:8090").unwrap();
        let (one, two) = (bench.get(path).await, bench.get(path).await);
        assert_eq!(one.status, StatusCode::OK, "{path}");
        assert_eq!(one.body, two.body);
        assert!(one.text().starts_with("<svg ") && one.text().ends_with("</svg>"));
        assert_eq!(one.header("content-type"), "image/svg+xml");
        assert_eq!(one.header("x-content-type-options"), "nosniff");
        assert!(
            one.header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
    for path in [
        "1/1.svg",
        &format!("{}/0.svg", product(0)),
        &format!("{}/99.svg", product(0)),
        &format!("{}/1.png", product(0)),
    ] {
        let answer = bench.get(&format!("/_sandbox/pictures/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_million_products_answer_like_five_hundred() {
    let bench = start_with(SandboxConfig {
        products: 1_000_000,
        ..SandboxConfig::default()
    });
    let last = product(999_999);
    let code = get(&bench, &last, &[("ship_to_country", "US")]).await["rsp_code"].clone();
    assert!(code == 200 || code == 602);
    let answer = search(
        &bench,
        &[
            ("keyWord", "coque"),
            ("pageIndex", "500"),
            ("pageSize", "20"),
        ],
    )
    .await;
    assert!(answer["data"]["totalCount"].as_i64().unwrap() > 30_000);
    assert_eq!(rows(&answer).len(), 20);
    assert!(bench.get("/_sandbox/state").await.body.len() < 64 * 1024);
}
