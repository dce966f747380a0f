//! Messages that are ordered through the control API: again, twice, in another order, broken.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{UNPAID, expected_authorization, line};

#[tokio::test]
async fn messages_can_be_sent_twice_again_and_in_another_order() {
    let mut line = line();
    let first = line
        .push(json!({ "order": UNPAID, "status": "OrderShipped" }))
        .await[0]
        .clone();
    line.deliver().await;

    let copies = line
        .push(json!({ "duplicate": first["id"], "times": 2 }))
        .await;
    let arrived = line.deliver().await;
    assert_eq!(arrived.len(), 2);
    assert!(
        arrived
            .iter()
            .all(|request| request.body == first["body"].as_str().unwrap())
    );
    assert_ne!(copies[0]["id"], first["id"]);

    line.push(json!({ "resend": first["id"] })).await;
    assert_eq!(line.deliver().await.len(), 1);
    assert_eq!(
        line.message(&first["id"]).await["attempts"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    line.push(json!({ "hold": true })).await;
    for to in ["paid", "shipped", "delivered"] {
        line.bench
            .set(&format!("orders/{UNPAID}/advance"), json!({ "to": to }))
            .await;
    }
    assert!(line.told().await.is_empty());
    line.push(json!({ "reorder": true })).await;
    line.push(json!({ "hold": false })).await;
    let told: Vec<String> = line
        .told()
        .await
        .into_iter()
        .map(|(_, status)| status)
        .collect();
    assert_eq!(
        told,
        ["OrderConfirmed", "OrderShipped", "PaymentAuthorized"]
    );
}

#[tokio::test]
async fn any_message_can_be_sent_broken_and_unsigned_ones_too() {
    let mut line = line();
    line.push(json!({ "message_type": 65, "data": { "auth": [1, "é"] }, "seller_id": "null", "timestamp": 5, "times": 2 })).await;
    line.push(json!({ "message_type": 99_999, "signature": "wrong" }))
        .await;
    line.push(json!({ "message_type": 0, "signature": "missing" }))
        .await;
    line.push(json!({ "body": "{\"data\": cut" })).await;
    let arrived = line.deliver().await;
    assert_eq!(arrived.len(), 5);
    assert_eq!(
        arrived[0].body,
        "{\"data\":{\"auth\":[1,\"é\"]},\"message_type\":65,\"seller_id\":\"null\",\"site\":\"ae_global\",\"timestamp\":5}"
    );
    assert_eq!(arrived[0], arrived[1]);
    let wrong = arrived[2].authorization.as_deref().unwrap();
    assert!(wrong.len() == 64 && wrong != expected_authorization(&arrived[2].body));
    assert_eq!(arrived[3].authorization, None);
    assert_eq!(arrived[4].body, "{\"data\": cut");
    let authorization = expected_authorization(&arrived[4].body);
    assert_eq!(
        arrived[4].authorization.as_deref(),
        Some(authorization.as_str())
    );
}

#[tokio::test]
async fn wrong_orders_to_the_sender_are_explained() {
    let line = line();
    for (body, word) in [
        (json!({}), "nothing"),
        (
            json!({ "url": "http://example.com" }),
            "url is not accepted",
        ),
        (json!({ "resend": 1, "reorder": true }), "exclude"),
        (json!({ "duplicate": "x" }), "duplicate"),
        (json!({ "message_type": 1, "times": 101 }), "1 to 100"),
        (json!({ "message_type": "1" }), "message_type"),
        (
            json!({ "message_type": 1, "signature": "none" }),
            "signature",
        ),
        (json!({ "order": UNPAID, "status": "paid" }), "OrderCreated"),
        (json!({ "body": 1 }), "body"),
    ] {
        let answer = line.bench.control(Method::POST, "push", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.text().contains(word), "{body} {}", answer.text());
    }
    for body in [
        json!({ "resend": 77 }),
        json!({ "duplicate": 77 }),
        json!({ "order": 1, "status": "OrderClosed" }),
    ] {
        let answer = line.bench.control(Method::POST, "push", &body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{body}");
    }
}
