//! Answers of affiliate product lists and of feeds.

use serde_json::{Value, json};

use super::{assert_like, call, difference, sample};
use crate::support::{Bench, product, start};

const ROWS: &str = "/resp_result/result/products/product";

fn inner(answer: &Value) -> &Value {
    answer.as_object().unwrap().values().next().unwrap()
}

/// The rows of an answer, and whether they have a coupon.
fn rows(answer: &Value) -> Vec<(Value, bool)> {
    let rows = inner(answer).pointer(ROWS).unwrap().as_array().unwrap();
    rows.iter()
        .map(|row| (row.clone(), row.get("promo_code_info").is_some()))
        .collect()
}

/// The answer is like the sample; of the rows, those with a coupon are like the one of `product.query`
/// that has one, less what the method does not show.
fn assert_list_like(file: &str, answer: &Value) {
    let mut answer = answer.clone();
    let wanted = sample(file);
    let coupon = &sample("aliexpress.affiliate.product.query.json")["aliexpress_affiliate_product_query_response"]
        ["resp_result"]["result"]["products"]["product"][0]["promo_code_info"];
    let mut with_coupon = 0;
    let wrapped = answer.as_object_mut().unwrap().values_mut().next().unwrap();
    for row in wrapped.pointer_mut(ROWS).unwrap().as_array_mut().unwrap() {
        if let Some(own) = row.as_object_mut().unwrap().remove("promo_code_info") {
            assert_eq!(difference(coupon, &own, "promo_code_info"), None);
            with_coupon += 1;
        }
    }
    assert!(with_coupon > 0, "{file}: no row has a coupon");
    assert_eq!(difference(&wanted, &answer, file), None, "{answer:#}");
}

#[tokio::test]
async fn affiliate_searches() {
    let bench = start();
    let own = [
        ("keywords", "lamp"),
        ("tracking_id", "default"),
        ("page_size", "50"),
        ("ship_to_country", "US"),
    ];
    let query = "aliexpress.affiliate.product.query";
    let answer = bench.sync(query, &own).await;
    assert!(rows(&answer).iter().any(|(_, coupon)| *coupon));
    assert!(rows(&answer).iter().any(|(_, coupon)| !coupon));
    // Both kinds of row are in the sample.
    assert_like("aliexpress.affiliate.product.query.json", &answer);
    let empty = bench.sync(query, &[("keywords", "zzzz")]).await;
    assert_like(
        "aliexpress.affiliate.product.query.error.empty.json",
        &empty,
    );
    assert_eq!(
        inner(&empty)["resp_result"],
        inner(&sample(
            "aliexpress.affiliate.product.query.error.empty.json"
        ))["resp_result"]
    );
    let answer = bench
        .sync(
            "aliexpress.affiliate.hotproduct.query",
            &[
                ("tracking_id", "default"),
                ("page_size", "50"),
                ("ship_to_country", "US"),
            ],
        )
        .await;
    assert_list_like("aliexpress.affiliate.hotproduct.query.json", &answer);
}

#[tokio::test]
async fn affiliate_details() {
    let bench = start();
    let ids: Vec<String> = (0..20).map(product).collect();
    let ids = ids.join(",");
    let own = [("product_ids", ids.as_str()), ("tracking_id", "default")];
    let answer = bench
        .sync("aliexpress.affiliate.productdetail.get", &own)
        .await;
    assert_list_like("aliexpress.affiliate.productdetail.get.json", &answer);

    let id = product(0);
    let own = [
        ("product_id", id.as_str()),
        ("ship_to_country", "US"),
        ("target_currency", "USD"),
        ("target_language", "EN"),
        ("need_deliver_info", "Yes"),
    ];
    let answer = bench
        .sync("aliexpress.affiliate.product.sku.detail.get", &own)
        .await;
    assert_like("aliexpress.affiliate.product.sku.detail.get.json", &answer);
}

#[tokio::test]
async fn feeds() {
    let bench = start();
    let answer = bench.sync("aliexpress.ds.feedname.get", &[]).await;
    assert_like("aliexpress.ds.feedname.get.json", &answer);

    let recommend = async |bench: &Bench, feed: &str| {
        let own = [("feed_name", feed), ("page_size", "5"), ("country", "US")];
        bench.sync("aliexpress.ds.recommend.feed.get", &own).await
    };
    let answer = recommend(&bench, "DS bestseller").await;
    assert_like("aliexpress.ds.recommend.feed.get.json", &answer);
    let empty = recommend(&bench, "No such feed").await;
    assert_like("aliexpress.ds.recommend.feed.get.alt.empty.json", &empty);
    assert_eq!(
        inner(&empty)["result"],
        inner(&sample("aliexpress.ds.recommend.feed.get.alt.empty.json"))["result"]
    );

    let ids = "aliexpress.ds.feed.itemids.get";
    let own = [("feed_name", "DS bestseller"), ("page_size", "15")];
    let first = call(&bench, ids, &own).await;
    assert_like("aliexpress.ds.feed.itemids.get.json", &first);
    let mut cursor = inner(&first)["result"]["search_id"].clone();
    for _ in 0..2 {
        let text = cursor.as_str().unwrap().to_owned();
        let mut next = own.to_vec();
        next.push(("search_id", &text));
        let answer = call(&bench, ids, &next).await;
        cursor = inner(&answer)["result"]["search_id"].clone();
        if inner(&answer)["result"]["products"] == json!({}) {
            assert_like("aliexpress.ds.feed.itemids.get.alt.end.json", &answer);
            assert_eq!(inner(&answer)["result"]["total"], 0);
            return;
        }
    }
    panic!("20 ids do not end after two pages of 15");
}
