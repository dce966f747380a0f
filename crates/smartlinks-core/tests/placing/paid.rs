//! What becomes of an intent that waits to be paid.

use super::*;

async fn listed(app: &App, state: &str) -> Result<usize> {
    let listing = IntentListing {
        state: Some(state.to_owned()),
        ..IntentListing::default()
    };
    Ok(app.core.order_intents(&listing).await?.intents.len())
}

async fn told(app: &App) -> Result<Vec<(String, String)>> {
    let events = app.core.latest_events(100).await?.into_iter().rev();
    let of_intents =
        events.filter(|event| matches!(&*event.kind, "order.placed" | "order.refused"));
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    Ok(of_intents
        .map(|event| (word(&event.data, "state"), word(&event.data, "reason")))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_or_closed_waits_to_be_paid_no_more() -> Result<()> {
    let (app, order) = connected().await?;
    let first = app.core.place_order("K-1", &order).await?.view;
    let second = app.core.place_order("K-2", &order).await?.view;
    app.core.settle().await;
    assert_eq!(listed(&app, "created_unpaid").await?, 2);

    let paid = format!("orders/{}/advance", first.order_ids[0]);
    app.control(&paid, &json!({ "to": "paid" })).await?;
    app.core.order(&first.order_ids[0]).await?;
    let first = again(&app, &first).await?;
    assert_eq!(
        (first.state.as_str(), first.reason.as_deref()),
        ("placed", Some("paid"))
    );
    assert!(first.fix.is_none() && first.pay_links.is_empty());
    assert_eq!(first.order_ids.len(), 1);

    // The other one is not paid in time, and nobody opens its page: the follower hears of it.
    for _ in 0..60 {
        app.advance(HOUR / 2);
        app.core.follow_orders().await?;
    }
    let second = again(&app, &second).await?;
    assert_eq!(
        (second.state.as_str(), second.reason.as_deref()),
        ("refused", Some("order_closed"))
    );
    assert_eq!(second.order_ids.len(), 1);
    assert_eq!(listed(&app, "created_unpaid").await?, 0);
    // Told once each, however often the orders are read.
    app.core.order(&first.order_ids[0]).await?;
    let words = |state: &str, reason: &str| (state.to_owned(), reason.to_owned());
    assert_eq!(
        told(&app).await?,
        [
            words("created_unpaid", "payment_not_asked"),
            words("created_unpaid", "payment_not_asked"),
            words("placed", "paid"),
            words("refused", "order_closed"),
        ]
    );
    assert_eq!(made(&app).await?, 2);
    Ok(())
}
