//! How an order is found whose answer was lost: under its own number first, by its goods only where that does not name it;
//! and who asks twice is told the truth both times.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use super::held::hooked;
use super::*;

const READ: &str = "aliexpress.trade.ds.order.get";

/// AliExpress tells of an order.
async fn push(app: &App, number: &str) -> Result<()> {
    let buyer: i64 = app.core.connections().await?[0].account.user_id.parse()?;
    let body = json!({
        "data": { "buyerId": buyer, "orderId": number.parse::<i64>()?, "orderStatus": "OrderCreated" },
        "message_type": 53, "seller_id": buyer.to_string(), "site": "ae_global", "timestamp": NOON_MS / 1000,
    })
    .to_string();
    let (key, secret) = (AppKey::parse("500100")?, AppSecret::parse(APP_SECRET)?);
    let signature = authorization(&key, &secret, body.as_bytes());
    app.core
        .take_push(body.as_bytes(), Some(&signature))
        .await?;
    app.core.work_on_pushes().await?;
    Ok(())
}

/// The merchant orders the same goods on the website: no intent knows of that order.
async fn order_elsewhere(app: &App, order: &NewOrder) -> Result<String> {
    let placed = app.core.place_order("ELSEWHERE", order).await?.view;
    let number = placed.order_ids[0].clone();
    app.core.import_order(&number, None).await?;
    app.core.settle().await;
    app.database()?.execute(
        "update known_orders set intent_id = null; \
         delete from order_intents where idempotency_key = 'ELSEWHERE'",
    )?;
    Ok(number)
}

/// A message of AliExpress brings the order whose answer was lost: AliExpress says that it exists, its goods say which.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_about_the_order_is_enough() -> Result<()> {
    let (app, order) = connected().await?;
    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    fault(&app, "reset", true).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!(placing.state, "unknown");
    let number = last_order(&app).await?;
    // It comes so early that the order is not shown yet.
    let early = json!({
        "match": { "method": READ }, "then": "error", "code": 15, "sub_code": "isv.insufficient-permission",
    });
    app.control("faults", &early).await?;
    push(&app, &number).await?;
    assert_eq!(app.core.work_on_orders().await?, 0);
    app.advance(4);
    app.core.work_on_pushes().await?;
    assert_eq!(app.core.work_on_orders().await?, 0, "not due yet");
    app.advance(11);
    app.core.work_on_pushes().await?;
    assert_eq!(app.core.work_on_orders().await?, 1);
    let found = again(&app, &placing).await?;
    assert_eq!(
        (found.state.as_str(), found.reason.as_deref()),
        ("created_unpaid", Some("matched"))
    );
    assert_eq!(found.order_ids, [number]);
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (2, 1));
    Ok(())
}

/// The message comes when a person was called already.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_ends_what_waits_for_a_person() -> Result<()> {
    let (app, order) = connected().await?;
    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    fault(&app, "reset", true).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    for seconds in [5, 600] {
        app.advance(seconds);
        assert_eq!(app.core.work_on_orders().await?, 1);
    }
    assert_eq!(again(&app, &placing).await?.state, "awaiting_person");
    let number = last_order(&app).await?;
    push(&app, &number).await?;
    let found = again(&app, &placing).await?;
    assert_eq!(
        (found.state.as_str(), found.order_ids),
        ("created_unpaid", vec![number])
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (2, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_goods_ordered_elsewhere_are_not_taken_for_the_order() -> Result<()> {
    let (app, order) = connected().await?;
    fault(&app, "reset", false).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!((placing.state.as_str(), made(&app).await?), ("unknown", 0));
    let mut same = order.clone();
    same.address.contact_person = "Somebody Else".into();
    let theirs = order_elsewhere(&app, &same).await?;
    app.advance(5);
    app.core.work_on_orders().await?;
    let found = again(&app, &placing).await?;
    assert_eq!(found.state, "created_unpaid");
    assert_ne!(found.order_ids, [theirs]);
    assert_eq!(made(&app).await?, 2);
    Ok(())
}

/// Found when it was closed long ago: that is not "placed and paid".
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_closed_is_not_called_placed() -> Result<()> {
    let (app, order) = connected().await?;
    fault(&app, "http_500", true).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    let number = last_order(&app).await?;
    app.advance(26 * HOUR);
    app.core.import_order(&number, None).await?;
    app.core.work_on_orders().await?;
    let closed = again(&app, &placing).await?;
    assert_eq!(
        (closed.state.as_str(), closed.reason.as_deref()),
        ("awaiting_person", Some("order_closed"))
    );
    assert_eq!(closed.candidates, std::slice::from_ref(&number));
    let decided = app
        .core
        .decide_order(&placing.id, &Decision::Exists(vec![number.clone()]))
        .await?;
    assert_eq!(
        (decided.state.as_str(), decided.reason.as_deref()),
        ("refused", Some("order_closed"))
    );
    assert_eq!(decided.order_ids, [number]);
    Ok(())
}

/// A repetition may be what places the order: not for more than its guard allows by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_is_held_against_the_guard() -> Result<()> {
    let (app, mut order) = connected().await?;
    let total = app.core.preview_order(&order).await?.total;
    order.guard.max_total = serde_json::from_value(json!(total.context("no total")?))?;
    fault(&app, "reset", false).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!(placing.state, "unknown");
    let product = format!("products/{}", order.lines[0].product_id);
    let dearer = json!({ "sku_id": order.lines[0].sku.parse::<i64>()?, "price": "999.00" });
    app.control(&product, &dearer).await?;
    app.advance(5);
    assert_eq!(app.core.work_on_orders().await?, 1);
    let waiting = again(&app, &placing).await?;
    assert_eq!(
        (waiting.state.as_str(), waiting.reason.as_deref()),
        ("awaiting_person", Some("dearer_now"))
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 0));
    Ok(())
}

/// The first request is checked and about to be written when its caller repeats it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_asks_twice_is_not_told_that_nothing_was_sent() -> Result<()> {
    let (app, order, steps) = hooked().await?;
    let (core, runtime) = (app.core.clone(), tokio::runtime::Handle::current());
    let (told, is_told) = channel();
    let (answered, answer) = channel();
    let is_told = Mutex::new(is_told);
    let wish = order.clone();
    steps.set(move |step, times| {
        if (step, times) != (OrderStep::BeforeWriting, 1) {
            return;
        }
        let (core, wish) = (core.clone(), wish.clone());
        let (told, answered) = (told.clone(), answered.clone());
        tokio::task::block_in_place(|| {
            runtime.spawn(async move {
                let again = core.place_order("K-1", &wish).await;
                let _ = told.send(());
                let _ = answered.send(again);
            });
            // In a turn of its own it is not told anything before the first one is through.
            let early = is_told.lock().unwrap();
            let early = early.recv_timeout(Duration::from_millis(500));
            assert!(early.is_err(), "the repetition did not wait for the first");
        });
    });
    let first = app.core.place_order("K-1", &order).await?;
    let second = answer.recv_timeout(Duration::from_secs(60))??;
    assert_eq!((first.is_new, second.is_new), (true, false));
    assert_eq!(first.view.id, second.view.id);
    assert_eq!(made(&app).await?, 1);
    Ok(())
}
