//! The category tree of both methods, and the products in it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Bench, product, start};

const DROPSHIPPING: &str = "aliexpress.ds.category.get";

async fn list(bench: &Bench, method: &str, own: &[(&str, &str)]) -> Vec<Value> {
    let answer = bench.business(method, own).await;
    let result = &answer["resp_result"];
    assert_eq!(result["resp_code"], 200);
    let rows = result["result"]["categories"]["category"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert_eq!(result["result"]["total_result_count"], rows.len());
    rows
}

#[tokio::test]
async fn both_methods_show_one_tree() {
    let bench = start();
    let tree = list(&bench, DROPSHIPPING, &[]).await;
    let other = list(&bench, "aliexpress.affiliate.category.get", &[]).await;
    assert!(tree.len() > 150, "{}", tree.len());
    assert_eq!(tree, other);
    let ids: BTreeMap<i64, &Value> = tree
        .iter()
        .map(|row| (row["category_id"].as_i64().unwrap(), row))
        .collect();
    assert_eq!(ids.len(), tree.len());
    for row in &tree {
        if let Some(parent) = row.get("parent_category_id") {
            assert!(ids.contains_key(&parent.as_i64().unwrap()), "{row}");
        }
    }
    assert!(
        tree.iter()
            .any(|row| row.get("parent_category_id").is_none())
    );
}

#[tokio::test]
async fn the_category_of_a_product_leads_to_the_top() {
    let bench = start();
    let token = bench.token("buyer").await;
    for index in 0..40 {
        let id = product(index);
        let own = [
            ("access_token", token.as_str()),
            ("product_id", id.as_str()),
            ("ship_to_country", "FR"),
        ];
        let answer = bench.business("aliexpress.ds.product.get", &own).await;
        let base = &answer["result"]["ae_item_base_info_dto"];
        let mut category = base["category_id"].clone();
        let mut steps = 0;
        while !category.is_null() {
            let id = category.to_string();
            let rows = list(&bench, DROPSHIPPING, &[("categoryId", &id)]).await;
            assert_eq!(rows.len(), 1, "{id}");
            assert_eq!(rows[0]["category_id"], category);
            category = rows[0]["parent_category_id"].clone();
            steps += 1;
        }
        assert_eq!(steps, 3, "{id}");
    }
}

#[tokio::test]
async fn names_follow_the_language_and_unknown_ids_find_nothing() {
    let bench = start();
    let name = async |language: &str| {
        let own = [("categoryId", "15"), ("language", language)];
        list(&bench, DROPSHIPPING, &own).await[0]["category_name"].clone()
    };
    assert_eq!(name("en").await, "Home & Garden");
    assert_eq!(name("fr").await, "Maison et jardin");
    assert_eq!(name("ja").await, "Home & Garden");
    assert!(
        list(&bench, DROPSHIPPING, &[("categoryId", "1")])
            .await
            .is_empty()
    );
    let refused = bench.sync(DROPSHIPPING, &[("categoryId", "garden")]).await;
    assert_eq!(refused["error_response"]["code"], "UnsupportedParamMapping");
}
