//! Commission lines that paid dropshipping orders earn.

use serde_json::{Value, json};

use crate::commissions::{INVALID, PAID, RECEIVED, asked};
use crate::orders::{order_json, place};
use crate::support::{Bench, start};

const DROPSHIPPING: &str = "aliexpress.ds.commissionorder.listbyindex";

/// The rows of the dropshipping list; none when it says that it is empty.
pub(crate) async fn earned(
    bench: &Bench,
    token: &str,
    status: &str,
    more: &[(&str, &str)],
) -> Vec<Value> {
    let mut own = asked(status, more);
    if !token.is_empty() {
        own.push(("access_token", token));
    }
    let answer = bench.business(DROPSHIPPING, &own).await;
    if answer["rsp_code"] == 405 {
        assert_eq!(answer["rsp_msg"], "The result is empty");
        return Vec::new();
    }
    assert_eq!(answer["rsp_code"], 200, "{answer}");
    let rows = answer["result"]["orders"]["traffic_order_effect_d_t_o"]
        .as_array()
        .unwrap();
    assert_eq!(answer["result"]["current_record_count"], rows.len());
    rows.clone()
}

#[tokio::test]
async fn a_paid_dropshipping_order_earns_a_line() {
    let bench = start();
    let token = bench.token("buyer").await;
    // Of the seeded orders one is unpaid, one on its way, one delivered.
    assert_eq!(earned(&bench, &token, PAID, &[]).await.len(), 1);
    assert_eq!(earned(&bench, &token, RECEIVED, &[]).await.len(), 1);
    let order = order_json(&bench, "EARN-1", &[(0, 2), (3, 1)], "FR").await;
    let placed = place(&bench, &token, &order, "").await;
    let id = placed["aliexpress_ds_order_create_response"]["result"]["order_list"]["number"][0]
        .as_i64()
        .unwrap();
    assert_eq!(
        earned(&bench, &token, PAID, &[]).await.len(),
        1,
        "not yet paid"
    );
    let advance = async |to: &str| {
        bench
            .set(&format!("orders/{id}/advance"), json!({ "to": to }))
            .await
    };
    advance("paid").await;
    let found = earned(&bench, &token, PAID, &[]).await;
    assert_eq!(found.len(), 3);
    let own: Vec<&Value> = found.iter().filter(|row| row["order_id"] == id).collect();
    assert_eq!(own.len(), 2, "a line for each product");
    assert_ne!(own[0]["sub_order_id"], own[1]["sub_order_id"]);
    assert_eq!(own[0]["ship_to_country"], "FR");
    assert_eq!(own[0]["finished_amount"], "0");
    assert_eq!(own[0]["publisher_id"], 1_700_000_001);
    let counts: Vec<&Value> = own.iter().map(|row| &row["item_count"]).collect();
    assert!(counts.contains(&&json!("2")) && counts.contains(&&json!("1")));
    advance("delivered").await;
    let found = earned(&bench, &token, RECEIVED, &[]).await;
    let own = found.iter().find(|row| row["order_id"] == id).unwrap();
    assert_eq!(own["finished_time"], "2025-12-31 16:00:00");
    assert_eq!(own["finished_amount"], own["paid_amount"].to_string());

    // Others see their own lines; a call without token sees those of the app.
    let other = bench.token("buyer2").await;
    assert!(earned(&bench, &other, RECEIVED, &[]).await.is_empty());
    assert_eq!(earned(&bench, "", RECEIVED, &[]).await.len(), 3);
    let pages = [("page_size", "2"), ("page_no", "2")];
    assert_eq!(earned(&bench, "", RECEIVED, &pages).await.len(), 1);
    let past = [("page_size", "2"), ("page_no", "3")];
    assert!(earned(&bench, "", RECEIVED, &past).await.is_empty());
    assert!(earned(&bench, &token, INVALID, &[]).await.is_empty());
}

#[tokio::test]
async fn a_closed_order_earns_nothing() {
    let bench = start();
    let token = bench.token("buyer").await;
    let id = 8_100_000_000_000_001_i64;
    for to in ["paid", "closed"] {
        bench
            .set(&format!("orders/{id}/advance"), json!({ "to": to }))
            .await;
    }
    let voided = earned(&bench, &token, INVALID, &[]).await;
    assert_eq!(voided.len(), 1);
    assert_eq!(voided[0]["order_id"], id);
    assert_eq!(voided[0]["effect_detail_status"], "FullRefund");
    assert_eq!(voided[0]["estimated_finished_commission"], "0");
}

#[tokio::test]
async fn the_index_leads_to_the_end() {
    let bench = start();
    bench
        .set("orders/8100000000000001/advance", json!({ "to": "paid" }))
        .await;
    for end in ["max", "min"] {
        bench
            .set("profile", json!({ "commission_cursor": end }))
            .await;
        let mut seen = Vec::new();
        let mut start = String::new();
        while seen.len() < 5 {
            let own = [("page_size", "1"), ("start_query_index_id", &start)];
            let own = &asked(PAID, &own)[..if start.is_empty() { 4 } else { 5 }];
            let answer = bench.business(DROPSHIPPING, own).await;
            if answer["rsp_code"] == 405 {
                break;
            }
            let result = &answer["result"];
            let rows = result["orders"]["traffic_order_effect_d_t_o"]
                .as_array()
                .unwrap();
            assert_eq!(
                result["min_query_index_id"], result["max_query_index_id"],
                "one row"
            );
            seen.push(rows[0]["order_id"].as_i64().unwrap());
            let next = &result[format!("{end}_query_index_id")];
            start = next.as_str().unwrap().to_owned();
        }
        seen.sort_unstable();
        assert_eq!(
            seen,
            [8_100_000_000_000_001, 8_100_000_000_000_002],
            "{end}"
        );
    }
}
