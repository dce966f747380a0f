//! Trouble on order.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Bench, encoded, start};

const REFRESH: &str = "/auth/token/refresh";

async fn refresh(bench: &Bench, token: &str) -> Answer {
    let form = encoded(&bench.signed(REFRESH, &[("refresh_token", token)]));
    bench.post_form("/rest/auth/token/refresh", form).await
}

async fn order(bench: &Bench, mut fault: Value) {
    fault["match"] = json!({ "method": REFRESH });
    bench.set("faults", fault).await;
}

/// A sandbox and a refresh token.
async fn prepared() -> (Bench, String) {
    let bench = start();
    let token = bench.pair("buyer").await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    (bench, token)
}

#[tokio::test]
async fn broken_answers_leave_the_token_alone_unless_told_otherwise() {
    for (then, takes_effect) in [
        ("reset", None),
        ("http_500", None),
        ("html", None),
        ("reset", Some(true)),
        ("truncate", None),
        ("truncate", Some(false)),
    ] {
        let (bench, token) = prepared().await;
        let mut fault = json!({ "then": then });
        if let Some(takes_effect) = takes_effect {
            fault["takes_effect"] = json!(takes_effect);
        }
        order(&bench, fault).await;
        let answer = refresh(&bench, &token).await;
        match then {
            "reset" => assert!(answer.body.is_empty()),
            "http_500" => assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR),
            "html" => assert_eq!(
                (answer.status, answer.header("content-type")),
                (StatusCode::OK, "text/html; charset=utf-8")
            ),
            _ => assert!(serde_json::from_slice::<Value>(&answer.body).is_err()),
        }
        let entry = bench.look("journal?limit=1").await["entries"][0].clone();
        assert_eq!(entry["outcome"], format!("fault:{then}"));
        let spent = takes_effect.unwrap_or(then == "truncate");
        let code = refresh(&bench, &token).await.json()["code"].clone();
        assert_eq!(
            code,
            if spent { "IllegalRefreshToken" } else { "0" },
            "{then} {takes_effect:?}"
        );
    }
}

#[tokio::test]
async fn a_rule_holds_for_its_method_and_its_number_of_calls() {
    let (bench, token) = prepared().await;
    order(
        &bench,
        json!({ "then": "error", "code": "ServiceUnavailable", "times": 2 }),
    )
    .await;
    assert_eq!(
        bench.exchange("x").await["code"],
        "InvalidCode",
        "another method"
    );
    for _ in 0..2 {
        let answer = refresh(&bench, &token).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["code"], "ServiceUnavailable");
        assert_eq!(answer.json()["type"], "SYSTEM");
    }
    assert_eq!(refresh(&bench, &token).await.json()["code"], "0");
    assert_eq!(bench.look("faults").await["faults"], json!([]));

    bench
        .set("faults", json!({ "then": "html", "times": 5 }))
        .await;
    assert_eq!(bench.look("faults").await["faults"][0]["times"], 5);
    bench.control(Method::DELETE, "faults", &Value::Null).await;
    assert_eq!(bench.exchange("x").await["code"], "InvalidCode");
}

#[tokio::test]
async fn call_limits_say_how_long_they_last() {
    let bench = start();
    let method = "aliexpress.ds.product.get";
    for (fault, text) in [
        (
            json!({ "then": "error", "code": "ApiCallLimit" }),
            "this ban will last 1 seconds",
        ),
        (
            json!({ "then": "error", "code": "ApiCallLimit", "ban_s": 7 }),
            "this ban will last 7 seconds",
        ),
        // From 2026-01-01T00:00:00Z to midnight in Beijing.
        (
            json!({ "then": "error", "code": "AppApiCallLimit" }),
            "this ban will last 57600 seconds",
        ),
    ] {
        bench.set("faults", fault.clone()).await;
        let answer = bench.sync(method, &[]).await;
        assert_eq!(answer["error_response"]["code"], fault["code"]);
        assert!(
            answer["error_response"]["msg"]
                .as_str()
                .unwrap()
                .contains(text),
            "{answer}"
        );
    }
}

/// Old answers have the code as a number; clients have to read both.
#[tokio::test]
async fn a_code_is_answered_as_the_number_or_text_it_was_given_as() {
    let bench = start();
    for code in [json!(15), json!("15")] {
        let fault = json!({ "times": 1, "then": "error", "code": code });
        bench.set("faults", fault).await;
        let answer = bench.sync("aliexpress.ds.product.get", &[]).await;
        assert_eq!(answer["error_response"]["code"], code);
    }
}

/// Every documented name can be ordered, in both forms.
#[tokio::test]
async fn every_documented_error_can_be_ordered() {
    let bench = start();
    for code in [
        "IllegalAccessToken",
        "IllegalRefreshToken",
        "InvalidCode",
        "IncompleteSignature",
        "InvalidSignature",
        "MissingParameter",
        "InvalidAppKey",
        "InvalidAppkey",
        "IllegalTimestamp",
        "InvalidApiPath",
        "InsufficientPermission",
        "AppWhiteIpLimit",
        "AUTH_TYPE_UNSUPPORTED",
        "ServiceUnavailable",
        "isv.402",
        "ApiCallLimit",
        "AppApiCallLimit",
        "AppCallLimit",
        "SellerCallLimit",
        "ServiceTimeout",
        "InternalError",
        "UnexpectedError",
        "UnsupportedParamMapping",
        "7",
        "15",
        "26",
    ] {
        bench
            .set(
                "faults",
                json!({ "then": "error", "code": code, "times": 2 }),
            )
            .await;
        let flat = bench.rest(REFRESH, &[]).await;
        assert_eq!(flat["code"], code);
        assert!(!flat["message"].as_str().unwrap().is_empty(), "{flat}");
        let wrapped = bench.sync("aliexpress.ds.product.get", &[]).await;
        assert_eq!(wrapped["error_response"]["code"], code);
        assert!(
            !wrapped["error_response"]["msg"]
                .as_str()
                .unwrap()
                .is_empty(),
            "{wrapped}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_has_taken_effect_when_the_caller_gives_up() {
    let (bench, token) = prepared().await;
    order(&bench, json!({ "then": "delay", "delay_ms": 30_000 })).await;
    let late =
        tokio::time::timeout(std::time::Duration::from_secs(10), refresh(&bench, &token)).await;
    assert!(late.is_err());
    assert_eq!(
        refresh(&bench, &token).await.json()["code"],
        "IllegalRefreshToken"
    );

    let (bench, token) = prepared().await;
    order(&bench, json!({ "then": "delay", "delay_ms": 30_000 })).await;
    let answer = refresh(&bench, &token).await;
    assert_eq!(answer.json()["code"], "0");
    assert_eq!(
        bench.look("journal?limit=1").await["entries"][0]["outcome"],
        "ok"
    );
}
