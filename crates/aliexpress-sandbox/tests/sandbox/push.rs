//! Push messages as the receiver sees them: what arrives, signed how, and how often.

#[cfg(test)]
mod ordered;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress_sandbox::{PushFuture, PushRequest, PushSender, SandboxConfig};
use axum::http::{Method, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::orders::{order_json, place};
use crate::support::{APP_KEY, Bench, DAY_S, SECRET, START_MS, start, start_with};

const ADDRESS: &str = "http://127.0.0.1:9999/aliexpress/push";
const UNPAID: i64 = 8_100_000_000_000_001;
const SHIPPED: i64 = 8_100_000_000_000_002;

/// How the receiver answers.
#[derive(Clone, Debug)]
enum Answer {
    Status(u16),
    Broken,
    Never,
}

/// Keeps what arrives and answers from a list; 200 when it is empty.
struct Receiver {
    answers: Mutex<VecDeque<Answer>>,
    arrived: mpsc::UnboundedSender<PushRequest>,
}

impl PushSender for Receiver {
    fn send(&self, request: PushRequest) -> PushFuture<'_> {
        let answer = self.answers.lock().unwrap().pop_front();
        self.arrived.send(request).unwrap();
        Box::pin(async move {
            match answer.unwrap_or(Answer::Status(200)) {
                Answer::Status(status) => Ok(status),
                Answer::Broken => Err("connection refused".to_owned()),
                Answer::Never => std::future::pending().await,
            }
        })
    }
}

/// A sandbox with a receiver, and what has arrived.
struct Line {
    bench: Bench,
    receiver: Arc<Receiver>,
    arrived: mpsc::UnboundedReceiver<PushRequest>,
}

fn line_with(config: SandboxConfig) -> Line {
    let bench = start_with(SandboxConfig {
        push_url: Some(ADDRESS.into()),
        ..config
    });
    let (sender, arrived) = mpsc::unbounded_channel();
    let receiver = Arc::new(Receiver {
        answers: Mutex::default(),
        arrived: sender,
    });
    bench
        .sandbox
        .set_push_sender(Arc::clone(&receiver) as Arc<dyn PushSender>);
    Line {
        bench,
        receiver,
        arrived,
    }
}

fn line() -> Line {
    line_with(SandboxConfig::default())
}

fn line_in(folder: &Path) -> Line {
    line_with(SandboxConfig {
        state_dir: Some(folder.to_owned()),
        ..SandboxConfig::default()
    })
}

impl Line {
    fn answers(&self, answers: &[Answer]) {
        self.receiver
            .answers
            .lock()
            .unwrap()
            .extend(answers.iter().cloned());
    }

    /// Delivers what is due; the messages that arrived.
    async fn deliver(&mut self) -> Vec<PushRequest> {
        let attempts = self.bench.sandbox.deliver_pushes().await.unwrap();
        let mut requests = Vec::new();
        while let Ok(request) = self.arrived.try_recv() {
            requests.push(request);
        }
        assert_eq!(requests.len(), attempts);
        requests
    }

    /// Delivers what is due; order and status of each message.
    async fn told(&mut self) -> Vec<(i64, String)> {
        let requests = self.deliver().await;
        requests
            .iter()
            .map(|request| order_status(&request.body))
            .collect()
    }

    async fn push(&self, body: Value) -> Value {
        self.bench.set("push", body).await["messages"].clone()
    }

    async fn message(&self, id: &Value) -> Value {
        let all = self.bench.look("push").await["messages"].clone();
        all.as_array()
            .unwrap()
            .iter()
            .find(|it| it["id"] == *id)
            .unwrap()
            .clone()
    }
}

fn order_status(body: &str) -> (i64, String) {
    let body: Value = serde_json::from_str(body).unwrap();
    let data = &body["data"];
    (
        data["orderId"].as_i64().unwrap(),
        data["orderStatus"].as_str().unwrap().to_owned(),
    )
}

/// `lower_hex(HMAC-SHA256(secret, app key + body))`, written from the protocol text.
fn expected_authorization(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{APP_KEY}{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_message_looks_as_documented_and_carries_its_signature() {
    let mut line = line();
    line.bench
        .set(&format!("orders/{UNPAID}/advance"), json!({ "to": "paid" }))
        .await;
    let requests = line.deliver().await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].url, ADDRESS);
    assert_eq!(
        requests[0].body,
        format!(
            "{{\"data\":{{\"buyerId\":1700000001,\"orderId\":{UNPAID},\"orderStatus\":\"PaymentAuthorized\"}},\
             \"message_type\":53,\"seller_id\":\"1700000001\",\"site\":\"ae_global\",\"timestamp\":{}}}",
            START_MS / 1000
        )
    );
    let authorization = requests[0].authorization.as_deref().unwrap();
    assert_eq!(authorization, expected_authorization(&requests[0].body));
    assert!(!format!("{:?}", requests[0]).contains(authorization));
    // Delivered once, and never again.
    line.bench.advance(DAY_S).await;
    assert!(line.told().await.is_empty());
}

#[tokio::test]
async fn every_step_of_an_order_is_told_in_order() {
    let mut line = line();
    let token = line.bench.token("buyer").await;
    let order = order_json(&line.bench, "", &[(0, 1)], "FR").await;
    let placed = place(&line.bench, &token, &order, "").await;
    let id = placed["aliexpress_ds_order_create_response"]["result"]["order_list"]["number"][0]
        .as_i64()
        .unwrap();
    assert_eq!(line.told().await, [(id, "OrderCreated".into())]);
    for (to, status) in [
        ("payment_failed", "paymentFailedEvent"),
        ("paid", "PaymentAuthorized"),
        ("shipped", "OrderShipped"),
        ("delivered", "OrderConfirmed"),
    ] {
        line.bench.advance(1).await;
        line.bench
            .set(&format!("orders/{id}/advance"), json!({ "to": to }))
            .await;
        assert_eq!(line.told().await, [(id, status.into())]);
    }
    line.bench
        .set(
            &format!("orders/{UNPAID}/advance"),
            json!({ "to": "closed" }),
        )
        .await;
    assert_eq!(line.told().await, [(UNPAID, "OrderClosed".into())]);
}

#[tokio::test]
async fn the_clock_alone_tells_of_closed_orders_and_arrived_parcels() {
    let mut line = line();
    assert!(line.told().await.is_empty());
    line.bench.advance(DAY_S).await;
    assert_eq!(line.told().await, [(UNPAID, "OrderClosed".into())]);
    // A clock moved past the control API is noticed too.
    line.bench.sandbox.clock().advance(60 * DAY_S);
    assert_eq!(line.told().await, [(SHIPPED, "OrderConfirmed".into())]);
}

#[tokio::test]
async fn timestamps_are_seconds_or_milliseconds() {
    let mut line = line();
    line.bench
        .set("profile", json!({ "push_timestamps": "milliseconds" }))
        .await;
    line.push(json!({ "message_type": 0 })).await;
    let request = line.deliver().await.remove(0);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["timestamp"], START_MS);
}

#[tokio::test]
async fn what_is_not_answered_with_200_comes_again_every_thirty_minutes_twelve_times() {
    let mut line = line();
    let id = line.push(json!({ "message_type": 0 })).await[0]["id"].clone();
    line.answers(&vec![Answer::Status(500); 13]);
    let first = line.deliver().await.remove(0);
    for _ in 0..12 {
        line.bench.advance(1799).await;
        assert!(line.deliver().await.is_empty());
        line.bench.advance(1).await;
        assert_eq!(line.deliver().await, std::slice::from_ref(&first));
    }
    let message = line.message(&id).await;
    assert_eq!(message["standing"], "given_up");
    assert_eq!(message["attempts"].as_array().unwrap().len(), 13);
    assert_eq!(
        message["attempts"][0]["outcome"],
        "answered 500 instead of 200"
    );
    line.bench.advance(DAY_S).await;
    let later = line.deliver().await;
    assert!(later.iter().all(|request| request.body != first.body));
}

impl Line {
    /// Delivers, which must take exactly so long on the paused clock; the number of attempts.
    async fn takes_ms(&mut self, ms: u64) -> usize {
        let sandbox = self.bench.sandbox.clone();
        let delivering = sandbox.deliver_pushes();
        tokio::pin!(delivering);
        let early = tokio::time::timeout(Duration::from_millis(ms - 1), &mut delivering).await;
        assert!(early.is_err());
        let in_time = tokio::time::timeout(Duration::from_millis(2), delivering).await;
        while self.arrived.try_recv().is_ok() {}
        in_time.unwrap().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_has_the_time_that_the_profile_gives() {
    let mut line = line();
    line.bench
        .set("profile", json!({ "push_retry_s": 60, "push_retries": 1 }))
        .await;
    let id = line.push(json!({ "message_type": 0 })).await[0]["id"].clone();
    line.answers(&[Answer::Never, Answer::Broken]);
    assert_eq!(line.takes_ms(500).await, 1);
    line.bench.advance(60).await;
    line.deliver().await;
    let message = line.message(&id).await;
    assert_eq!(message["standing"], "given_up");
    assert_eq!(message["attempts"][0]["outcome"], "no answer within 500 ms");
    assert_eq!(message["attempts"][1]["outcome"], "connection refused");
    assert!(message["due_ms"].is_null());
    line.bench
        .set("profile", json!({ "push_deadline_ms": 20 }))
        .await;
    line.answers(&[Answer::Never]);
    line.push(json!({ "resend": id })).await;
    assert_eq!(line.takes_ms(20).await, 1);
}

#[tokio::test]
async fn the_promotion_type_is_tried_three_times_five_minutes_apart() {
    let mut line = line();
    let id = line.push(json!({ "message_type": 11 })).await[0]["id"].clone();
    line.answers(&vec![Answer::Status(404); 3]);
    assert_eq!(line.deliver().await.len(), 1);
    for _ in 0..2 {
        line.bench.advance(300).await;
        assert_eq!(line.deliver().await.len(), 1);
    }
    assert_eq!(line.message(&id).await["standing"], "given_up");
}

#[tokio::test]
async fn without_an_address_nothing_is_made_and_later_nothing_old_is_told() {
    let bench = start();
    let answer = bench
        .control(Method::POST, "push", &json!({ "message_type": 0 }))
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    bench
        .set(&format!("orders/{UNPAID}/advance"), json!({ "to": "paid" }))
        .await;
    assert_eq!(bench.look("push").await["total"], 0);
    assert_eq!(bench.sandbox.deliver_pushes().await.unwrap(), 0);

    bench.sandbox.set_push_url(Some(ADDRESS.into())).unwrap();
    assert_eq!(bench.look("push").await["total"], 0);
    bench
        .set(
            &format!("orders/{UNPAID}/advance"),
            json!({ "to": "shipped" }),
        )
        .await;
    let messages = bench.look("push").await["messages"].clone();
    assert_eq!(messages.as_array().unwrap().len(), 1);
    assert_eq!(
        order_status(messages[0]["body"].as_str().unwrap()).1,
        "OrderShipped"
    );
    assert!(bench.sandbox.set_push_url(Some("ftp://x".into())).is_err());
}

#[tokio::test]
async fn what_waits_survives_a_restart_and_what_happened_meanwhile_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = line_in(folder.path());
    before.answers(&[Answer::Status(503)]);
    before
        .bench
        .set(&format!("orders/{UNPAID}/advance"), json!({ "to": "paid" }))
        .await;
    assert_eq!(before.told().await.len(), 1);
    drop(before);

    let mut after = line_in(folder.path());
    assert!(after.told().await.is_empty());
    after.bench.sandbox.clock().advance(60 * DAY_S);
    let told = after.told().await;
    assert_eq!(
        told,
        [
            (UNPAID, "PaymentAuthorized".into()),
            (SHIPPED, "OrderConfirmed".into())
        ]
    );
}

#[tokio::test]
async fn a_reset_forgets_messages_and_tells_nothing_of_the_new_orders() {
    let mut line = line();
    line.push(json!({ "message_type": 0 })).await;
    line.bench.set("reset", json!({})).await;
    assert!(line.deliver().await.is_empty());
    line.bench
        .set(&format!("orders/{UNPAID}/advance"), json!({ "to": "paid" }))
        .await;
    assert_eq!(line.told().await.len(), 1);
}

#[tokio::test]
async fn a_served_sandbox_delivers_by_itself() {
    let mut line = line();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let sandbox = line.bench.sandbox.clone();
    let serving = tokio::spawn(sandbox.serve(listener, async move {
        let _ = stopped.await;
    }));
    line.bench.sandbox.clock().advance(DAY_S);
    let request = line.arrived.recv().await.unwrap();
    assert_eq!(order_status(&request.body), (UNPAID, "OrderClosed".into()));
    line.bench.sandbox.clock().advance(60 * DAY_S);
    let request = line.arrived.recv().await.unwrap();
    assert_eq!(
        order_status(&request.body),
        (SHIPPED, "OrderConfirmed".into())
    );
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
