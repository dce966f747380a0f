//! Search by image: what is found, how it is sorted, and what is no image.

use aliexpress_sandbox::SandboxConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::multipart::{body, post};
use crate::samples::lookups::picture;
use crate::support::{Bench, product, start, start_with};

const SECOND: &str = "aliexpress.ds.image.searchV2";
const FIRST: &str = "aliexpress.ds.image.search";

async fn search(bench: &Bench, image: &[u8], changes: Value) -> Value {
    let mut request = json!({ "image_base64": STANDARD.encode(image), "ship_to": "FR" });
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    let token = bench.token("buyer").await;
    let text = request.to_string();
    let own = [("access_token", token.as_str()), ("param0", text.as_str())];
    bench.business(SECOND, &own).await["result"].clone()
}

fn rows(result: &Value) -> &Vec<Value> {
    assert_eq!(result["ret"], true, "{result}");
    result["data"]["products"].as_array().unwrap()
}

fn ids(result: &Value) -> Vec<String> {
    let id = |row: &Value| row["product_id"].as_str().unwrap().to_owned();
    rows(result).iter().map(id).collect()
}

/// Digits of a decimal text.
fn number(value: &Value) -> i64 {
    let digits = value.as_str().unwrap().chars().filter(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

/// Bytes that begin like a PNG file, different for each seed.
fn raster(seed: u32) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    image.extend((0..4000_u32).map(|n| (n * seed / 97 % 253) as u8));
    image
}

#[tokio::test]
async fn a_picture_finds_its_own_product_first_and_its_kin_after() {
    let bench = start();
    // Phone case, lamp, bag, hostile title, and a picture of a colour.
    for (index, number_) in [(0, 1), (1, 2), (2, 3), (60, 1), (5, 104)] {
        let image = picture(&bench, index, number_).await;
        let result = search(&bench, &image, json!({})).await;
        let found = ids(&result);
        assert_eq!(found[0], product(index), "{index}/{number_}");
        let scores: Vec<i64> = rows(&result)
            .iter()
            .map(|row| number(&row["similarity_score"]))
            .collect();
        assert!(scores.is_sorted_by(|one, two| one >= two), "{scores:?}");
        assert_eq!(scores[0], 990);
        assert!(scores[1] < 990);
    }
    let image = picture(&bench, 1, 1).await;
    let same = search(&bench, &image, json!({ "search_type": "same" })).await;
    let similar = search(&bench, &image, json!({ "search_type": "similar" })).await;
    for row in rows(&same) {
        assert_eq!(row["category"]["second_level"]["id"], "390501", "{row}");
        assert!(number(&row["similarity_score"]) >= 820, "{row}");
    }
    let total = |result: &Value| result["total_count"].as_i64().unwrap();
    assert!(total(&same) < total(&similar));
    let pages = &similar["pagination"];
    assert_eq!(pages["has_next"], true);
    assert_eq!(pages["page_count"], (total(&similar) + 9) / 10);
}

#[tokio::test]
async fn one_product_of_a_million_is_recognised() {
    let bench = start_with(SandboxConfig {
        products: 1_000_000,
        ..SandboxConfig::default()
    });
    let image = picture(&bench, 765_432, 2).await;
    let result = search(&bench, &image, json!({})).await;
    assert_eq!(ids(&result)[0], product(765_432));
    assert!(rows(&result)[1]["similarity_score"] != "0.990");
}

#[tokio::test]
async fn other_images_find_the_same_again_and_others_something_else() {
    let bench = start();
    let first = ids(&search(&bench, &raster(5), json!({})).await);
    assert_eq!(first.len(), 10);
    assert_eq!(ids(&search(&bench, &raster(5), json!({})).await), first);
    let others = [6, 7, 8, 9, 10].map(raster);
    let mut different = 0;
    for image in &others {
        different += usize::from(ids(&search(&bench, image, json!({})).await) != first);
    }
    assert!(different >= 4, "{different}");
    // A foreign drawing is an image like any other.
    let circle = br#"<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>"#;
    assert!(!rows(&search(&bench, circle, json!({})).await).is_empty());
}

#[tokio::test]
async fn rows_are_sorted_priced_and_named_as_asked() {
    let bench = start();
    let image = picture(&bench, 1, 1).await;
    let prices = async |order: &str| {
        let changes = json!({ "sort_type": "price", "sort_order": order });
        let result = search(&bench, &image, changes).await;
        let price = |row: &Value| number(&row["price"]["sale"]["value"]);
        rows(&result).iter().map(price).collect::<Vec<_>>()
    };
    assert!(prices("asc").await.is_sorted());
    assert!(prices("desc").await.is_sorted_by(|one, two| one >= two));
    let orders = search(&bench, &image, json!({ "sort_type": "orders" })).await;
    let volumes: Vec<i64> = rows(&orders)
        .iter()
        .map(|row| number(&row["volume"]))
        .collect();
    assert!(volumes.is_sorted_by(|one, two| one >= two), "{volumes:?}");

    let french = json!({ "currency": "XAF", "lang": "fr", "ship_to": "CG" });
    let row = rows(&search(&bench, &image, french).await)[0].clone();
    assert!(row["title"].as_str().unwrap().contains("Lampe de bureau"));
    assert_eq!(row["price"]["sale"]["currency"], "XAF");
    assert!(
        !row["price"]["sale"]["value"]
            .as_str()
            .unwrap()
            .contains('.')
    );
    assert_eq!(
        row["category"]["first_level"]["name"],
        "Luminaires et éclairage"
    );
    let nowhere = search(&bench, &image, json!({ "ship_to": "KP" })).await;
    assert_eq!((&nowhere["empty"], rows(&nowhere).len()), (&json!(true), 0));
}

#[tokio::test]
async fn changes_of_a_product_show() {
    let bench = start();
    let image = picture(&bench, 0, 1).await;
    let path = format!("products/{}", product(0));
    bench.set(&path, json!({ "price": "0.50" })).await;
    let america = json!({ "ship_to": "US" });
    let row = rows(&search(&bench, &image, america.clone()).await)[0].clone();
    assert_eq!(row["price"]["sale"]["value"], "0.50");
    let cheapest = json!({ "ship_to": "US", "sort_type": "price" });
    assert_eq!(ids(&search(&bench, &image, cheapest).await)[0], product(0));
    let shown = bench.look(&path).await;
    for sku in shown["skus"].as_array().unwrap() {
        let change = json!({ "drop_sku": sku["sku_id"] });
        bench.set(&path, change).await;
    }
    for change in [
        json!({ "delist": false }),
        json!({ "restore": true, "delist": true }),
    ] {
        bench.set(&path, change).await;
        let found = ids(&search(&bench, &image, america.clone()).await);
        assert!(!found.is_empty() && !found.contains(&product(0)));
    }
    bench.set(&path, json!({ "restore": true })).await;
    assert_eq!(ids(&search(&bench, &image, america).await)[0], product(0));
}

#[tokio::test]
async fn what_is_no_image_is_refused() {
    let bench = start();
    for (changes, code) in [
        (
            json!({ "image_base64": STANDARD.encode("hello") }),
            "IMAGE_FORMAT_ERROR",
        ),
        (json!({ "image_base64": "%%%" }), "IMAGE_DECODE_ERROR"),
    ] {
        let result = search(&bench, b"", changes.clone()).await;
        assert_eq!(result["ret"], false, "{changes}");
        assert_eq!(result["code"], code);
        assert!(result["messages"].is_string());
    }
    let token = bench.token("buyer").await;
    let answer = bench.business(SECOND, &[("access_token", &token)]).await;
    assert_eq!(answer["result"]["code"], "IMAGE_EMPTY");
    for (field, code) in [
        (json!({ "image_base64": "" }), "MissingParameter"),
        (
            json!({ "image_base64": "aGk=", "search_type": "alike" }),
            "UnsupportedParamMapping",
        ),
        (
            json!({ "image_base64": "aGk=", "sort_type": "age" }),
            "UnsupportedParamMapping",
        ),
        (
            json!({ "image_base64": "aGk=", "sort_order": "up" }),
            "UnsupportedParamMapping",
        ),
    ] {
        let text = field.to_string();
        let own = [("access_token", token.as_str()), ("param0", &text)];
        let refused = bench.sync(SECOND, &own).await;
        assert_eq!(refused["error_response"]["code"], code, "{field}");
    }
}

async fn upload(bench: &Bench, image: &[u8], own: &[(&str, &str)]) -> Value {
    let mut all = vec![("method", FIRST)];
    all.extend_from_slice(own);
    let texts = bench.signed(FIRST, &all);
    let body = body(&texts, Some(("image_file_bytes", image)));
    post(bench, "/sync", body).await.json()
}

#[tokio::test]
async fn a_file_is_searched_like_a_text() {
    let bench = start();
    let image = picture(&bench, 1, 1).await;
    let rows = async |own: &[(&str, &str)]| {
        let answer =
            upload(&bench, &image, own).await["aliexpress_ds_image_search_response"].take();
        assert_eq!(answer["rsp_code"], "200", "{answer}");
        let rows = &answer["data"]["products"]["traffic_image_product_d_t_o"];
        rows.as_array().cloned().unwrap_or_default()
    };
    let found = rows(&[("shpt_to", "FR"), ("target_currency", "EUR")]).await;
    assert_eq!(found.len(), 20);
    assert_eq!(found[0]["product_id"], product(1));
    assert_eq!(found[0]["target_sale_price_currency"], "EUR");
    assert!(
        found[0]["product_small_image_urls"]["string"]
            .as_array()
            .unwrap()
            .len()
            >= 3
    );
    let three = rows(&[
        ("shpt_to", "FR"),
        ("product_cnt", "3"),
        ("target_language", "fr"),
    ])
    .await;
    assert_eq!(three.len(), 3);
    assert!(
        three[0]["product_title"]
            .as_str()
            .unwrap()
            .contains("Lampe")
    );
    assert!(
        rows(&[("shpt_to", "FR"), ("product_cnt", "1000")])
            .await
            .len()
            <= 150
    );
    assert!(rows(&[("shpt_to", "KP")]).await.is_empty());
    for (sort, field, rising) in [
        ("SALE_PRICE_ASC", "target_sale_price", true),
        ("SALE_PRICE_DESC", "target_sale_price", false),
        ("LAST_VOLUME_ASC", "lastest_volume", true),
        ("LAST_VOLUME_DESC", "lastest_volume", false),
    ] {
        let found = rows(&[("shpt_to", "FR"), ("sort", sort)]).await;
        let mut values: Vec<i64> = found.iter().map(|row| number(&row[field])).collect();
        if !rising {
            values.reverse();
        }
        assert!(values.is_sorted(), "{sort} {values:?}");
    }
}

#[tokio::test]
async fn files_that_are_missing_large_or_no_image_are_refused() {
    let bench = start();
    let mut large = raster(1);
    large.resize(100 * 1024 + 1, 0);
    let own = [("shpt_to", "FR")];
    for (image, word) in [(large, "100 KB"), (b"hello".to_vec(), "no image")] {
        let answer = &upload(&bench, &image, &own).await["aliexpress_ds_image_search_response"];
        assert_eq!(answer["rsp_code"], "400", "{answer}");
        assert!(answer["rsp_msg"].as_str().unwrap().contains(word));
    }
    let mut fits = raster(1);
    fits.resize(100 * 1024, 0);
    let answer = upload(&bench, &fits, &own).await;
    assert_eq!(
        answer["aliexpress_ds_image_search_response"]["rsp_code"],
        "200"
    );
    for (answer, code) in [
        (bench.sync(FIRST, &own).await, "MissingParameter"),
        (upload(&bench, &raster(1), &[]).await, "MissingParameter"),
        (
            upload(&bench, &raster(1), &[("shpt_to", "FR"), ("sort", "AGE")]).await,
            "UnsupportedParamMapping",
        ),
    ] {
        assert_eq!(answer["error_response"]["code"], code, "{answer}");
    }
}
