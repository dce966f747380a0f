//! Many calls at the same time, on several threads.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::orders::{order_json, place};
use crate::support::{Bench, product, start};

const CALLS: usize = 40;

/// The answers of as many calls, all under way together.
async fn together<F>(bench: &Arc<Bench>, call: impl Fn(Arc<Bench>, usize) -> F) -> Vec<Value>
where
    F: Future<Output = Value> + Send + 'static,
{
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        calls.spawn(call(Arc::clone(bench), number));
    }
    calls.join_all().await
}

fn placed(answer: &Value) -> Option<i64> {
    answer["aliexpress_ds_order_create_response"]["result"]["order_list"]["number"][0].as_i64()
}

async fn stock(bench: &Bench) -> i64 {
    let product = bench.look(&format!("products/{}", product(0))).await;
    product["skus"][0]["stock"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_code_and_one_refresh_token_give_one_pair() {
    let bench = Arc::new(start());
    let code = bench.code("buyer").await;
    let answers = together(&bench, |bench, _| {
        let code = code.clone();
        async move { bench.exchange(&code).await }
    })
    .await;
    let pairs: Vec<&Value> = answers.iter().filter(|it| it["code"] == "0").collect();
    assert_eq!(pairs.len(), 1);

    let pair = pairs[0].clone();
    let answers = together(&bench, |bench, _| {
        let pair = pair.clone();
        async move { bench.refresh(&pair).await }
    })
    .await;
    let refreshed = answers.iter().filter(|it| it["code"] == "0").count();
    let refused = answers
        .iter()
        .filter(|it| it["code"] == "IllegalRefreshToken");
    assert_eq!((refreshed, refused.count()), (1, CALLS - 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_out_order_id_is_one_order() {
    let bench = Arc::new(start());
    let token = bench.token("buyer").await;
    let before = stock(&bench).await;
    let order = order_json(&bench, "SAME", &[(0, 2)], "FR").await;
    let answers = together(&bench, |bench, _| {
        let (token, order) = (token.clone(), order.clone());
        async move { place(&bench, &token, &order, "").await }
    })
    .await;
    let ids: BTreeSet<Option<i64>> = answers.iter().map(placed).collect();
    assert!(ids.len() == 1 && !ids.contains(&None), "{ids:?}");
    assert_eq!(stock(&bench).await, before - 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_is_sold_than_there_is() {
    let bench = Arc::new(start());
    let token = bench.token("buyer").await;
    bench
        .set(&format!("products/{}", product(0)), json!({ "stock": 25 }))
        .await;
    let order = order_json(&bench, "", &[(0, 1)], "FR").await;
    let answers = together(&bench, |bench, number| {
        let (token, mut order) = (token.clone(), order.clone());
        order["out_order_id"] = json!(format!("ORDER-{number}"));
        async move { place(&bench, &token, &order, "").await }
    })
    .await;
    let ids: BTreeSet<i64> = answers.iter().filter_map(placed).collect();
    assert_eq!(ids.len(), 25);
    assert_eq!(stock(&bench).await, 0);
    let requests: BTreeSet<&str> = answers
        .iter()
        .map(|it| {
            it["aliexpress_ds_order_create_response"]["request_id"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(requests.len(), CALLS, "every answer has an id of its own");
}
