//! Samples of categories, places, benefits, images and offers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{assert_like, call, difference, sample};
use crate::multipart::{body, post};
use crate::support::{Bench, product, start};

#[tokio::test]
async fn category_answers() {
    let bench = start();
    for (method, file) in [
        (
            "aliexpress.ds.category.get",
            "aliexpress.ds.category.get.json",
        ),
        (
            "aliexpress.affiliate.category.get",
            "aliexpress.affiliate.category.get.json",
        ),
    ] {
        assert_like(file, &bench.sync(method, &[]).await);
    }
}

#[tokio::test]
async fn address_answers() {
    let bench = start();
    let answer = bench
        .sync("aliexpress.ds.address.get", &[("countryCode", "US")])
        .await;
    let file = "aliexpress.ds.address.get.json";
    assert_like(file, &answer);
    let children = |answer: &Value| {
        let data = &answer["aliexpress_ds_address_get_response"]["result"]["data"];
        serde_json::from_str::<Value>(data["children"].as_str().unwrap()).unwrap()
    };
    let (wanted, given) = (children(&sample(file)), children(&answer));
    assert_eq!(difference(&wanted, &given, "children"), None);
}

#[tokio::test]
async fn benefit_answers() {
    let bench = start();
    let method = "aliexpress.ds.member.benefit.get";
    let answer = call(&bench, method, &[]).await;
    assert_like("aliexpress.ds.member.benefit.get.json", &answer);
    bench.set("profile", json!({ "lists": "plain" })).await;
    let answer = call(&bench, method, &[]).await;
    assert_like(
        "aliexpress.ds.member.benefit.get.alt.plain-list.json",
        &answer,
    );
}

/// The drawing that the sandbox serves for a product.
pub(crate) async fn picture(bench: &Bench, index: i64, number: u32) -> Vec<u8> {
    let path = format!("/_sandbox/pictures/{}/{number}.svg", product(index));
    bench.get(&path).await.body.to_vec()
}

#[tokio::test]
async fn image_answers() {
    let bench = start();
    let image = picture(&bench, 0, 1).await;
    let request = json!({ "image_base64": STANDARD.encode(&image), "ship_to": "FR" }).to_string();
    let second = "aliexpress.ds.image.searchV2";
    let own = [("param0", request.as_str())];
    let answer = call(&bench, second, &own).await;
    assert_like("aliexpress.ds.image.searchV2.json", &answer);
    let form = json!({ "image_search_form": "data_data" });
    bench.set("profile", form).await;
    let answer = call(&bench, second, &own).await;
    let alternative = "aliexpress.ds.image.searchV2.alt.data-data.json";
    assert_like(alternative, &answer);
    // The table has the same rows directly in `data`.
    bench
        .set("profile", json!({ "image_search_form": "table" }))
        .await;
    let answer = call(&bench, second, &own).await;
    let mut wanted = sample(alternative);
    let result = &mut wanted["aliexpress_ds_image_searchV2_response"]["result"];
    let rows = result["data"]["data"].take();
    result["data"] = rows;
    assert_eq!(difference(&wanted, &answer, ""), None);

    let first = "aliexpress.ds.image.search";
    let texts = bench.signed(first, &[("method", first), ("shpt_to", "FR")]);
    let answer = post(
        &bench,
        "/sync",
        body(&texts, Some(("image_file_bytes", &image))),
    )
    .await;
    assert_like("aliexpress.ds.image.search.json", &answer.json());
}

#[tokio::test]
async fn a_product_without_choice_with_offers_and_charges() {
    let bench = start();
    let get = "aliexpress.ds.product.get";
    for index in (67..500).step_by(4) {
        let id = product(index);
        let own = [("product_id", id.as_str()), ("ship_to_country", "US")];
        let answer = call(&bench, get, &own).await;
        let result = &answer["aliexpress_ds_product_get_response"]["result"];
        let sku = &result["ae_item_sku_info_dtos"]["ae_item_sku_info_d_t_o"][0];
        let has_video = result["ae_multimedia_info_dto"]["ae_video_dtos"].is_object();
        if sku["sku_attr"] == "" && sku["channel_discount_price"].is_string() && !has_video {
            let file = "aliexpress.ds.product.get.alt.single-sku-wholesale.json";
            return assert_like(file, &answer);
        }
    }
    panic!("no product has all that the sample has");
}
