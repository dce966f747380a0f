//! Commission orders: how they arise, and what the clock, the control API and a killed process make of them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::dropshipping_commissions::earned;
use crate::links::link;
use crate::support::{Bench, DAY_S, START_MS, product, start, start_with};

pub(crate) const LIST: &str = "aliexpress.affiliate.order.list";
pub(crate) const GET: &str = "aliexpress.affiliate.order.get";

pub(crate) const PAID: &str = "Payment Completed";
pub(crate) const RECEIVED: &str = "Buyer Confirmed Receipt";
pub(crate) const SETTLED: &str = "Completed Settlement";
pub(crate) const INVALID: &str = "Invalid";
const STATUSES: [&str; 4] = [PAID, RECEIVED, SETTLED, INVALID];

/// Long before and long after everything that happens in these tests, with a status and more.
pub(crate) fn asked<'a>(status: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut own = vec![
        ("start_time", "2025-01-01 00:00:00"),
        ("end_time", "2027-01-01 00:00:00"),
        ("status", status),
    ];
    own.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    own.extend_from_slice(more);
    own
}

/// `resp_result` of a call.
pub(crate) async fn ask(bench: &Bench, method: &str, own: &[(&str, &str)]) -> Value {
    bench.business(method, own).await["resp_result"].take()
}

/// The rows of an answer; none when it says that it is empty.
pub(crate) fn rows(answer: &Value) -> Vec<Value> {
    if answer["resp_code"] == 405 {
        assert_eq!(
            *answer,
            json!({ "resp_code": 405, "resp_msg": "The result is empty" })
        );
        return Vec::new();
    }
    assert_eq!(answer["resp_code"], 200, "{answer}");
    let rows = answer["result"]["orders"]["order"].as_array().unwrap();
    assert_eq!(answer["result"]["current_record_count"], rows.len());
    rows.clone()
}

pub(crate) async fn listed(bench: &Bench, status: &str, more: &[(&str, &str)]) -> Vec<Value> {
    rows(&ask(bench, LIST, &asked(status, more)).await)
}

pub(crate) fn numbers(rows: &[Value]) -> Vec<i64> {
    rows.iter()
        .map(|row| row["sub_order_id"].as_i64().unwrap())
        .collect()
}

pub(crate) async fn buy(bench: &Bench, body: Value) -> i64 {
    let bought = bench.set("commissions", body).await;
    assert_eq!(bought["status"], "paid");
    bought["sub_order_id"].as_i64().unwrap()
}

/// The one row of an order line, by its number.
pub(crate) async fn row(bench: &Bench, number: i64) -> Value {
    let answer = ask(bench, GET, &[("order_ids", &number.to_string())]).await;
    let found = rows(&answer);
    assert_eq!(numbers(&found), [number]);
    found[0].clone()
}

#[tokio::test]
async fn every_sandbox_starts_with_some_in_each_status() {
    let bench = start();
    let mut all = Vec::new();
    for (status, count) in STATUSES.into_iter().zip([3, 2, 2, 2]) {
        let found = listed(&bench, status, &[]).await;
        assert_eq!(found.len(), count, "{status}");
        for row in &found {
            assert_eq!(row["order_status"], status);
            assert_eq!(
                row["finished_time"] != "",
                status == RECEIVED
                    || status == SETTLED
                    || row["effect_detail_status"] == "FullRefund"
            );
            assert_eq!(row["completed_settlement_time"] != "", status == SETTLED);
            assert_eq!(row["effect_detail_status"] != "", status == INVALID);
            let earned = status == RECEIVED || status == SETTLED;
            assert_eq!(row["finished_amount"] != 0, earned);
            assert_eq!(row["estimated_finished_commission"] != 0, earned);
            let paid = row["paid_amount"].as_i64().unwrap();
            let rate = row["commission_rate"].as_str().unwrap();
            let (whole, hundredths) = rate.strip_suffix('%').unwrap().split_once('.').unwrap();
            assert_eq!(hundredths.len(), 2, "{rate}");
            let rate: i64 = format!("{whole}{hundredths}").parse().unwrap();
            assert_eq!(row["estimated_paid_commission"], paid * rate / 10_000);
        }
        all.extend(numbers(&found));
    }
    // The same in every sandbox of the seed, and back after a reset.
    bench.set("reset", json!({})).await;
    let mut again = Vec::new();
    for status in STATUSES {
        again.extend(numbers(&listed(&bench, status, &[]).await));
    }
    assert_eq!(again, all);
}

#[tokio::test]
async fn from_the_link_to_the_settled_commission() {
    let bench = start();
    let path = link(&bench, &product(7), "shop-window").await;
    bench.get(&format!("{path}?af=summer")).await;
    let click = bench.look("commissions").await["clicks"][0]["id"].clone();
    let number = buy(
        &bench,
        json!({ "product_id": product(7), "quantity": 3, "click": click }),
    )
    .await;

    let bought = row(&bench, number).await;
    assert_eq!(bought["tracking_id"], "shop-window");
    assert_eq!(bought["customer_parameters"], r#"{"af":"summer"}"#);
    assert_eq!(bought["order_number"], bought["sub_order_id"]);
    assert_eq!(bought["product_count"], 3);
    // 2026-01-01T00:00:00Z on the platform's clocks.
    assert_eq!(bought["paid_time"], "2025-12-31 16:00:00");
    let shown = bench.look(&format!("products/{}", product(7))).await;
    let price: String = shown["skus"][0]["price"].as_str().unwrap().replace('.', "");
    assert_eq!(bought["paid_amount"], 3 * price.parse::<i64>().unwrap());
    let newest = &listed(&bench, PAID, &[]).await[0];
    assert_eq!(newest["sub_order_id"], number);
    assert_eq!(newest["custom_parameters"], r#"{"af":"summer"}"#);

    bench.advance(20 * DAY_S - 1).await;
    assert_eq!(row(&bench, number).await["order_status"], PAID);
    bench.advance(1).await;
    let received = row(&bench, number).await;
    assert_eq!(received["order_status"], RECEIVED);
    assert_eq!(received["finished_time"], "2026-01-20 16:00:00");
    assert_eq!(received["finished_amount"], received["paid_amount"]);
    assert_eq!(received["completed_settlement_time"], "");
    bench.advance(30 * DAY_S).await;
    let settled = row(&bench, number).await;
    assert_eq!(settled["order_status"], SETTLED);
    assert_eq!(settled["completed_settlement_time"], "2026-02-19 16:00:00");
    assert!(!numbers(&listed(&bench, PAID, &[]).await).contains(&number));
}

#[tokio::test]
async fn an_order_takes_from_the_stock() {
    let bench = start();
    let stock = async || {
        bench.look(&format!("products/{}", product(3))).await["skus"][0]["stock"]
            .as_i64()
            .unwrap()
    };
    let before = stock().await;
    let sku = crate::samples::first_sku(&bench, 3).await;
    let body = json!({ "product_id": product(3), "sku_id": sku, "quantity": 4 });
    let number = buy(&bench, body).await;
    assert_eq!(stock().await, before - 4);
    assert_eq!(row(&bench, number).await["tracking_id"], "default");
    let body = json!({ "product_id": product(3), "sku_id": sku, "quantity": before });
    let answer = bench.control(Method::POST, "commissions", &body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
}

#[tokio::test]
async fn the_control_api_moves_orders_on_but_never_back() {
    let bench = start();
    let advance = async |number: i64, to: &str| {
        let path = format!("commissions/{number}/advance");
        bench
            .control(Method::POST, &path, &json!({ "to": to }))
            .await
    };
    let number = buy(&bench, json!({ "product_id": product(1) })).await;
    assert_eq!(
        advance(number, "received").await.json()["status"],
        "received"
    );
    assert_eq!(
        row(&bench, number).await["finished_time"],
        "2025-12-31 16:00:00"
    );
    assert_eq!(advance(number, "invalid").await.json()["status"], "invalid");
    let voided = row(&bench, number).await;
    assert_eq!(voided["order_status"], INVALID);
    assert_eq!(voided["effect_detail_status"], "FullRefund");
    assert_eq!(voided["finished_amount"], 0);
    assert_eq!(
        advance(number, "settled").await.status,
        StatusCode::CONFLICT
    );

    let number = buy(&bench, json!({ "product_id": product(1) })).await;
    assert_eq!(advance(number, "settled").await.status, StatusCode::OK);
    let settled = row(&bench, number).await;
    assert_eq!(
        settled["finished_time"],
        settled["completed_settlement_time"]
    );
    assert_eq!(
        advance(number, "received").await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(
        advance(number, "paid").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(advance(1, "settled").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn wrong_control_requests_change_nothing() {
    let bench = start();
    let before = bench.look("commissions").await;
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({ "product_id": "lamp" }), StatusCode::BAD_REQUEST),
        (json!({ "product_id": 1 }), StatusCode::NOT_FOUND),
        (
            json!({ "product_id": product(0), "quantity": 0 }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "product_id": product(0), "quantity": 1001 }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "product_id": product(0), "sku_id": 5 }),
            StatusCode::CONFLICT,
        ),
        (
            json!({ "product_id": product(0), "tracking_id": "" }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "product_id": product(0), "tracking_id": 5 }),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({ "product_id": product(0), "click": 1 }),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({ "product_id": product(0), "price": 1 }),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = bench.control(Method::POST, "commissions", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.json()["error"].is_string(), "{body}");
    }
    let path = link(&bench, &product(0), "blog").await;
    bench.get(&path).await;
    let body = json!({ "product_id": product(0), "click": 1, "tracking_id": "other" });
    let answer = bench.control(Method::POST, "commissions", &body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let after = bench.look("commissions").await;
    assert_eq!(after["commissions"], before["commissions"]);
}

#[tokio::test]
async fn a_killed_process_keeps_clicks_and_commissions() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        start_with(aliexpress_sandbox::SandboxConfig {
            state_dir: Some(folder.path().to_owned()),
            ..aliexpress_sandbox::SandboxConfig::default()
        })
    };
    let before = open();
    before.get(&link(&before, &product(0), "kept").await).await;
    let number = buy(&before, json!({ "product_id": product(0), "click": 1 })).await;
    before
        .set(
            &format!("commissions/{number}/advance"),
            json!({ "to": "settled" }),
        )
        .await;
    let shown = before.look("commissions").await;
    let counts = before.look("state").await["counts"].clone();
    assert_eq!(
        (&counts["commissions"], &counts["clicks"]),
        (&json!(10), &json!(1))
    );
    drop(before);

    let after = open();
    assert_eq!(after.look("commissions").await, shown);
    assert_eq!(row(&after, number).await["tracking_id"], "kept");
    assert_ne!(
        buy(&after, json!({ "product_id": product(0) })).await,
        number
    );
    drop(after);

    // A file of a sandbox that knew no commissions, nor where a basket goes.
    let file = folder.path().join("sandbox.json");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    kept["state"].as_object_mut().unwrap().remove("commissions");
    let orders = kept["state"]["orders"]["orders"].as_object_mut().unwrap();
    for order in orders.values_mut() {
        order["basket"].as_object_mut().unwrap().remove("country");
    }
    std::fs::write(&file, kept.to_string()).unwrap();
    let older = open();
    let shown = older.look("commissions").await;
    assert_eq!(
        shown,
        json!({ "commissions": [], "clicks": [], "total_clicks": 0 })
    );
    buy(&older, json!({ "product_id": product(0) })).await;
    assert_eq!(
        earned(&older, "", RECEIVED, &[]).await[0]["ship_to_country"],
        ""
    );
    assert!(
        older.look("state").await["clock"]["now_ms"]
            .as_i64()
            .unwrap()
            >= START_MS
    );
}
