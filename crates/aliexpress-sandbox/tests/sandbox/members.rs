//! What an account is admitted to, and what applications report about searches.

use serde_json::{Value, json};

use crate::support::{Bench, start};

async fn benefit(bench: &Bench, account: &str) -> (Value, Value) {
    let token = bench.token(account).await;
    let method = "aliexpress.ds.member.benefit.get";
    let answer = bench.business(method, &[("access_token", &token)]).await;
    assert_eq!(answer["rsp_code"], "200");
    let row = &answer["result"]["benefit_catalog"][0];
    assert_eq!(row["code"], "auto-pay");
    (row["canApply"].clone(), row["canBenefit"].clone())
}

#[tokio::test]
async fn automatic_payment_is_for_admitted_buyers_while_it_works() {
    let bench = start();
    let pair = |apply: &str, benefit: &str| (json!(apply), json!(benefit));
    assert_eq!(benefit(&bench, "buyer").await, pair("true", "true"));
    assert_eq!(benefit(&bench, "buyer2").await, pair("true", "false"));
    assert_eq!(benefit(&bench, "seller").await, pair("false", "false"));
    bench.set("profile", json!({ "auto_pay": "fails" })).await;
    assert_eq!(benefit(&bench, "buyer").await, pair("true", "false"));
    let refused = bench.sync("aliexpress.ds.member.benefit.get", &[]).await;
    assert_eq!(refused["error_response"]["code"], "IllegalAccessToken");
}

#[tokio::test]
async fn search_reports_are_kept_and_counted() {
    let bench = start();
    let method = "aliexpress.ds.search.event.report";
    let token = bench.token("buyer").await;
    let long = "é".repeat(3000);
    for own in [
        vec![
            ("report_text", r#"{"event":"click"}"#),
            ("access_token", &token),
        ],
        vec![("report_text", long.as_str())],
    ] {
        let answer = bench.business(method, &own).await;
        for field in ["code", "msg", "data"] {
            assert!(answer[field].is_string(), "{answer}");
        }
    }
    let state = bench.look("state").await;
    assert_eq!(state["counts"]["search_reports"], 2);
    let reports = state["search_reports"].as_array().unwrap();
    assert_eq!(reports[0]["account"], Value::Null);
    assert_eq!(reports[0]["text"].as_str().unwrap().chars().count(), 200);
    assert_eq!(reports[1]["account"], "1700000001");
    assert_eq!(reports[1]["text"], r#"{"event":"click"}"#);
    for own in [&[][..], &[("report_text", " ")][..]] {
        let refused = bench.sync(method, own).await;
        assert_eq!(refused["error_response"]["code"], "MissingParameter");
    }
    bench.set("reset", json!({})).await;
    let state = bench.look("state").await;
    assert_eq!(state["counts"]["search_reports"], 0);
}
