//! Orders: what a preview says, what stops an order, and that no answer and no crash leads to a second one.
//! Processes that really die are in `testkit/tests/torture_orders.rs`; here each case is looked at alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_core::aliexpress::push::authorization;
use smartlinks_core::aliexpress::{AppKey, AppSecret};
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{
    Decision, Error, IntentListing, NewOrder, OrderIntentView, OrderPolicy, OrderStep, OrderSteps,
    ProductQuery,
};
use testkit::app::{APP_SECRET, App, NOON_MS, Setup};
use testkit::http::Http;

#[path = "placing/charges.rs"]
mod charges;
#[path = "placing/files.rs"]
mod files;
#[path = "placing/found.rs"]
mod found;
#[path = "placing/held.rs"]
mod held;
#[path = "placing/paid.rs"]
mod paid;
#[path = "placing/replaced.rs"]
mod replaced;

const CREATE: &str = "aliexpress.ds.order.create";
const ORDER: &str = "param_place_order_request4_open_api_d_t_o";
const HOUR: i64 = 3600;
const LEASE_S: i64 = 180;

/// One piece of a product that is in stock, for an address in France.
async fn wish(app: &App) -> Result<NewOrder> {
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    for id in app.products().await? {
        let Ok(product) = app.core.product(&id, &market).await else {
            continue;
        };
        let Some(sku) = product.skus.iter().find(|sku| sku.stock > Some(5)) else {
            continue;
        };
        return Ok(serde_json::from_value(json!({
            "address": {
                "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
                "zip": "35000", "contact_person": "Camille Canari", "mobile_no": "612345678", "phone_country": "+33",
            },
            "lines": [{ "product_id": id, "sku": sku.id, "quantity": 1 }],
        }))?);
    }
    anyhow::bail!("nothing is in stock")
}

async fn connected() -> Result<(App, NewOrder)> {
    connected_with(Setup::default()).await
}

async fn connected_with(setup: Setup) -> Result<(App, NewOrder)> {
    let app = App::with(setup).await?;
    app.connect().await?;
    let order = wish(&app).await?;
    Ok((app, order))
}

/// How many orders the sandbox has beyond those of its seed.
async fn made(app: &App) -> Result<i64> {
    Ok(state(app).await?["counts"]["orders"]
        .as_i64()
        .context("no count")?
        - 3)
}

async fn state(app: &App) -> Result<Value> {
    Http::new(&app.sandbox_url)?
        .get("/_sandbox/state")
        .await?
        .json()
}

/// The last order that the sandbox has made.
async fn last_order(app: &App) -> Result<String> {
    let state = state(app).await?;
    let orders = state["orders"].as_array().context("no orders")?;
    let numbers = orders.iter().filter_map(|order| order["id"].as_i64());
    Ok(numbers.max().context("no order")?.to_string())
}

async fn fault(app: &App, then: &str, takes_effect: bool) -> Result<()> {
    let fault = json!({
        "match": { "method": CREATE }, "then": then, "code": 15, "takes_effect": takes_effect,
    });
    app.control("faults", &fault).await?;
    Ok(())
}

/// What was sent to place orders, as the gateway saw it.
async fn sent(app: &App) -> Result<Vec<String>> {
    let calls = app.journal(CREATE).await?;
    let sent = calls.iter().map(|call| call["params"][ORDER].to_string());
    Ok(sent.collect())
}

async fn again(app: &App, view: &OrderIntentView) -> Result<OrderIntentView> {
    Ok(app.core.order_intent(&view.id).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_all_and_orders_nothing() -> Result<()> {
    let (app, mut order) = connected().await?;
    let preview = app.core.preview_order(&order).await?;
    ensure!(preview.placeable, "{:?}", preview.problems);
    let (goods, freight) = (
        preview.goods.context("no goods")?,
        preview.freight.context("no freight")?,
    );
    let total = preview.total.context("no total")?;
    assert_eq!(total.amount, goods.amount + freight.amount);
    assert_eq!(total.currency, "USD");
    let line = &preview.lines[0];
    assert!(line.delivery.is_some() && !line.delivery_options.is_empty());

    // Everything that is wrong is said at once, each with its field.
    order.address.city = "Rene".into();
    order.lines[0].quantity = 9999;
    order.lines[0].delivery_service = Some("BY_BALLOON".into());
    order.guard.max_total = serde_json::from_value(json!({ "amount": "0.01", "currency": "USD" }))?;
    let preview = app.core.preview_order(&order).await?;
    let codes: Vec<&str> = preview.problems.iter().map(|it| it.code.as_str()).collect();
    assert!(!preview.placeable);
    for code in [
        "address_city_unlisted",
        "out_of_stock",
        "delivery_not_offered",
    ] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    assert_eq!(preview.address[0].proposed.as_deref(), Some("Rennes"));
    let placed = app.core.place_order("K-1", &order).await;
    assert!(matches!(placed, Err(Error::NotPlaceable(_))), "{placed:?}");

    order = wish(&app).await?;
    order.lines[0].sku = "1".into();
    let gone = app.core.preview_order(&order).await?;
    assert_eq!(gone.problems[0].code, "sku_gone");
    order.lines[0].product_id = "1".into();
    let gone = app.core.preview_order(&order).await?;
    assert_eq!(gone.problems[0].code, "product_not_found");
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (0, 0));
    let none = app.core.order_intents(&IntentListing::default()).await?;
    assert!(none.intents.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_is_one_order() -> Result<()> {
    let (app, order) = connected().await?;
    let first = app.core.place_order("K-1", &order).await?;
    assert!(first.is_new);
    assert_eq!(first.view.state, "created_unpaid");
    assert_eq!(first.view.reason.as_deref(), Some("payment_not_asked"));
    assert_eq!(first.view.pay_links.len(), 1);
    assert!(
        first.view.pay_links[0]
            .url
            .ends_with(&first.view.order_ids[0])
    );
    // It is a known order from now on.
    let known = app.core.order(&first.view.order_ids[0]).await?;
    assert_eq!(known.summary.status, "PLACE_ORDER_SUCCESS");

    let second = app.core.place_order("K-1", &order).await?;
    assert!(!second.is_new);
    assert_eq!(second.view.id, first.view.id);
    // Who looks at it again before repeating it has another preview, and means the same order.
    for preview in [None, Some("looked at again")] {
        let mut again = order.clone();
        again.preview = preview.map(str::to_owned);
        let again = app.core.place_order("K-1", &again).await?;
        assert!(!again.is_new && again.view.id == first.view.id);
    }
    let mut other = order.clone();
    other.lines[0].quantity = 2;
    let reused = app.core.place_order("K-1", &other).await;
    assert!(
        matches!(reused, Err(Error::IdempotencyKeyUsed)),
        "{reused:?}"
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 1));

    // The same order under the same key is the same, also when the API key was replaced meanwhile; another order under
    // it is one of its own.
    let program = Actor {
        id: Some("key-1".into()),
        ..Actor::of(ActorKind::ApiKey)
    };
    let program = app.core.acting_as(program);
    let theirs = program.place_order("K-1", &order).await?;
    assert!(!theirs.is_new && theirs.view.id == first.view.id);
    assert_eq!(made(&app).await?, 1);
    let mut third = order.clone();
    third.lines[0].memo = Some("A gift".into());
    let theirs = program.place_order("K-1", &third).await?;
    assert!(theirs.is_new && theirs.view.id != first.view.id);
    // Paid at once where that is asked for and allowed.
    other.pay = true;
    let paid = app.core.place_order("K-2", &other).await?;
    assert_eq!(
        (paid.view.state.as_str(), paid.view.pay_links.len()),
        ("placed", 0)
    );
    app.control("profile", &json!({ "auto_pay": "fails" }))
        .await?;
    let unpaid = app.core.place_order("K-3", &other).await?;
    assert_eq!(unpaid.view.state, "created_unpaid");
    assert_eq!(unpaid.view.reason.as_deref(), Some("payment_failed"));
    Ok(())
}

/// AliExpress makes an order for each store; all of them are one intent.
#[tokio::test(flavor = "multi_thread")]
async fn goods_of_two_stores_are_two_orders_of_one_intent() -> Result<()> {
    let (app, mut order) = connected().await?;
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    let first = app
        .core
        .product(&order.lines[0].product_id, &market)
        .await?;
    for id in app.products().await? {
        let Ok(other) = app.core.product(&id, &market).await else {
            continue;
        };
        let sku = other.skus.iter().find(|sku| sku.stock > Some(5));
        if let Some(sku) = sku.filter(|_| other.store_name != first.store_name) {
            let line = json!({ "product_id": id, "sku": sku.id, "quantity": 1 });
            order.lines.push(serde_json::from_value(line)?);
            break;
        }
    }
    assert_eq!(order.lines.len(), 2);
    let placed = app.core.place_order("K-1", &order).await?.view;
    assert_eq!((placed.order_ids.len(), placed.pay_links.len()), (2, 2));
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 2));
    // A lost answer about both is found by what both hold together.
    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    fault(&app, "reset", true).await?;
    let lost = app.core.place_order("K-2", &order).await?.view;
    let state = state(&app).await?;
    let orders = state["orders"].as_array().context("no orders")?;
    let mut numbers: Vec<i64> = orders.iter().filter_map(|it| it["id"].as_i64()).collect();
    numbers.sort_unstable();
    let last_two = numbers.split_off(numbers.len() - 2);
    app.core
        .import_order(&last_two[0].to_string(), None)
        .await?;
    app.advance(5);
    app.core.work_on_orders().await?;
    let waiting = again(&app, &lost).await?;
    assert_eq!(waiting.state, "unknown", "one order is not all of it");
    app.advance(600);
    app.core.work_on_orders().await?;
    let waiting = again(&app, &lost).await?;
    assert_eq!(waiting.state, "awaiting_person");
    let listing = IntentListing {
        state: Some("awaiting_person".into()),
        ..IntentListing::default()
    };
    let listed = app.core.order_intents(&listing).await?.intents;
    assert_eq!((listed.len(), listed[0].candidates.len()), (1, 0));
    assert_eq!(waiting.candidates, [last_two[0].to_string()]);
    let both = last_two.iter().map(ToString::to_string).collect();
    let decided = app
        .core
        .decide_order(&lost.id, &Decision::Exists(both))
        .await?;
    assert_eq!(
        (decided.state.as_str(), decided.order_ids.len()),
        ("created_unpaid", 2)
    );
    assert_eq!(decided.reason.as_deref(), Some("decided_placed"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_with_one_key_at_once_place_one_order() -> Result<()> {
    let (app, order) = connected().await?;
    let beside = app.beside().await?;
    let racing: Vec<_> = (0..8)
        .map(|number| {
            let core = if number % 2 == 0 {
                &app.core
            } else {
                &beside.core
            };
            let (core, order) = (core.clone(), order.clone());
            tokio::spawn(async move { core.place_order("K-1", &order).await })
        })
        .collect();
    let (mut ids, mut new) = (Vec::new(), 0);
    for one in racing {
        let placing = one.await??;
        new += usize::from(placing.is_new);
        ids.push(placing.view.id);
    }
    ids.dedup();
    assert_eq!((ids.len(), new, made(&app).await?), (1, 1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_and_the_preview_stop_an_order_before_anything_is_sent() -> Result<()> {
    let (app, order) = connected().await?;
    let preview = app.core.preview_order(&order).await?;
    let price = preview.lines[0].unit_price.clone().context("no price")?;
    let usd = |amount: String| json!({ "amount": amount, "currency": "USD" });
    let mut guarded = order.clone();
    guarded.lines[0].expected_price = serde_json::from_value(usd(price.amount.to_string()))?;
    guarded.guard = serde_json::from_value(json!({ "max_unit_price_drift": "5" }))?;
    guarded.preview = Some(preview.preview);
    let dearer = (price.amount * rust_decimal::Decimal::TWO)
        .round_dp(2)
        .to_string();
    let product = format!("products/{}", order.lines[0].product_id);
    let change = json!({ "sku_id": order.lines[0].sku.parse::<i64>()?, "price": dearer });
    app.control(&product, &change).await?;
    match app.core.place_order("K-1", &guarded).await {
        Err(Error::NotPlaceable(problems)) => assert_eq!(problems[0].code, "guard_price_drift"),
        other => anyhow::bail!("{other:?}"),
    }
    // Within the guard, but not what was looked at.
    guarded.guard = serde_json::from_value(json!({}))?;
    let changed = app.core.place_order("K-1", &guarded).await;
    assert!(matches!(changed, Err(Error::PreviewChanged)), "{changed:?}");
    guarded.preview = None;
    app.core.place_order("K-1", &guarded).await?;
    assert_eq!(made(&app).await?, 1);
    Ok(())
}

/// The heart of it: whatever comes back, before or after the order was made, there is one order, and it is found.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leads_to_one_order() -> Result<()> {
    for then in ["http_500", "html", "error", "reset", "truncate"] {
        for takes_effect in [false, true] {
            let (app, order) = connected().await?;
            fault(&app, then, takes_effect).await?;
            let placing = app.core.place_order("K-1", &order).await?.view;
            assert_eq!(placing.state, "unknown", "{then}");
            assert!(placing.first_sent_at.is_some() && placing.next_attempt_at.is_some());
            // Whoever asks again with the same key sends nothing.
            let same = app.core.place_order("K-1", &order).await?;
            assert_eq!((same.is_new, same.view.state.as_str()), (false, "unknown"));
            assert_eq!(app.core.work_on_orders().await?, 0, "not due yet");
            app.advance(5);
            assert_eq!(app.core.work_on_orders().await?, 1);
            let found = again(&app, &placing).await?;
            assert_eq!(
                found.state, "created_unpaid",
                "{then} {takes_effect}: {found:?}"
            );
            assert_eq!((made(&app).await?, found.order_ids.len()), (1, 1));
            let sent = sent(&app).await?;
            assert_eq!(sent.len(), 2);
            assert_eq!(sent[0], sent[1], "the request is the same to the byte");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_is_found_out_too() -> Result<()> {
    let (app, order) = connected_with(Setup {
        read_timeout: Duration::from_millis(300),
        ..Setup::default()
    })
    .await?;
    let late = json!({ "match": { "method": CREATE }, "then": "delay", "delay_ms": 2000 });
    app.control("faults", &late).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!(
        (placing.state.as_str(), placing.reason.as_deref()),
        ("unknown", Some("read_timeout"))
    );
    app.advance(5);
    app.core.work_on_orders().await?;
    assert_eq!(again(&app, &placing).await?.state, "created_unpaid");
    assert_eq!(made(&app).await?, 1);
    Ok(())
}

/// "Placed already", and no number: only a person can say which order it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_said_to_exist_without_its_number_waits_for_a_person() -> Result<()> {
    let (app, order) = connected().await?;
    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    fault(&app, "html", true).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    let early = app
        .core
        .decide_order(&placing.id, &Decision::DoesNotExist)
        .await;
    assert!(
        matches!(early, Err(Error::NotAwaitingPerson(_))),
        "{early:?}"
    );
    // Its message may bring it within minutes.
    for (seconds, state) in [(5, "unknown"), (595, "awaiting_person")] {
        app.advance(seconds);
        app.core.work_on_orders().await?;
        let waiting = again(&app, &placing).await?;
        assert_eq!(
            (waiting.state.as_str(), waiting.reason.as_deref()),
            (state, Some("repeated_order"))
        );
    }
    // A day later nothing has been sent, and nobody but a person ends it.
    app.advance(30 * HOUR);
    assert_eq!(app.core.work_on_orders().await?, 0);
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (2, 1));
    let number = last_order(&app).await?;
    let decided = app
        .core
        .decide_order(&placing.id, &Decision::Exists(vec![number.clone()]))
        .await?;
    assert_eq!(
        (decided.order_ids, decided.reason),
        // AliExpress has closed it unpaid by then.
        (vec![number.clone()], Some("order_closed".into()))
    );
    // One order is no two.
    fault(&app, "html", true).await?;
    let mut other = order.clone();
    other.lines[0].quantity = 2;
    let other = app.core.place_order("K-2", &other).await?.view;
    for seconds in [5, 600] {
        app.advance(seconds);
        app.core.work_on_orders().await?;
    }
    let taken = app
        .core
        .decide_order(&other.id, &Decision::Exists(vec![number]))
        .await;
    assert!(
        matches!(
            taken,
            Err(Error::Invalid {
                field: "order_ids",
                ..
            })
        ),
        "{taken:?}"
    );
    let ended = app
        .core
        .decide_order(&other.id, &Decision::DoesNotExist)
        .await?;
    assert_eq!(
        (ended.state.as_str(), ended.reason.as_deref()),
        ("refused", Some("decided_not_placed"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_the_documented_day_nothing_is_sent_again() -> Result<()> {
    let (app, order) = connected().await?;
    for _ in 0..2 {
        fault(&app, "http_500", true).await?;
    }
    let placing = app.core.place_order("K-1", &order).await?.view;
    app.advance(24 * HOUR - 15 * 60);
    assert_eq!(app.core.work_on_orders().await?, 1);
    let waiting = again(&app, &placing).await?;
    assert_eq!(
        (waiting.state.as_str(), waiting.reason.as_deref()),
        ("awaiting_person", Some("window_over"))
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_an_order_is_not_sent_for_another_account() -> Result<()> {
    let (app, order) = connected().await?;
    fault(&app, "http_500", false).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    app.database()?
        .execute("update order_intents set account_user_id = 'another'")?;
    app.advance(5);
    app.core.work_on_orders().await?;
    let waiting = again(&app, &placing).await?;
    assert_eq!(
        (waiting.state.as_str(), waiting.reason.as_deref()),
        ("awaiting_person", Some("account_changed"))
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_mend_and_that_nothing_was_ordered() -> Result<()> {
    let (app, order) = connected().await?;
    let limited =
        json!({ "match": { "method": CREATE }, "then": "error", "code": "InsufficientPermission" });
    app.control("faults", &limited).await?;
    let refused = app.core.place_order("K-1", &order).await?.view;
    assert_eq!(
        (refused.state.as_str(), refused.reason.as_deref()),
        ("refused", Some("InsufficientPermission"))
    );
    assert!(refused.fix.is_some() && refused.first_sent_at.is_none());
    // A ban passes: the order is checked again, and then sent for the first time.
    let banned = json!({ "match": { "method": CREATE }, "then": "error", "code": "ApiCallLimit", "ban_s": 20 });
    app.control("faults", &banned).await?;
    let waiting = app.core.place_order("K-2", &order).await?.view;
    assert_eq!(waiting.state, "placing");
    app.advance(21);
    app.core.work_on_orders().await?;
    assert_eq!(again(&app, &waiting).await?.state, "created_unpaid");
    assert_eq!(made(&app).await?, 1);
    Ok(())
}

/// Ends the process, as far as the use case can tell, at the step.
#[derive(Debug)]
struct Die {
    at: OrderStep,
    seen: AtomicUsize,
}

impl OrderSteps for Die {
    fn reached(&self, step: OrderStep) {
        if step == self.at {
            self.seen.fetch_add(1, Ordering::SeqCst);
            panic!("killed at {}", step.as_str());
        }
    }
}

/// A service that dies at a step, and another one over the same database that does not.
async fn dying(at: OrderStep) -> Result<(App, App, NewOrder)> {
    let steps = Arc::new(Die {
        at,
        seen: AtomicUsize::new(0),
    });
    let (app, order) = connected_with(Setup {
        orders: OrderPolicy {
            steps: Some(steps.clone()),
            ..OrderPolicy::default()
        },
        ..Setup::default()
    })
    .await?;
    let heir = app.beside_with(Setup::default()).await?;
    assert!(app.core.place_order("K-1", &order).await.is_err());
    assert_eq!(steps.seen.load(Ordering::SeqCst), 1);
    Ok((app, heir, order))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_at_each_step_leads_to_one_order() -> Result<()> {
    for step in OrderStep::ALL {
        let (_dead, heir, order) = dying(step).await?;
        assert_eq!(heir.core.work_on_orders().await?, 0, "the dead holds it");
        heir.advance(LEASE_S);
        let due = usize::from(!matches!(
            step,
            OrderStep::BeforeWriting | OrderStep::Stored
        ));
        assert_eq!(heir.core.work_on_orders().await?, due, "{}", step.as_str());
        // Whoever had asked asks again with the same key.
        let placing = heir.core.place_order("K-1", &order).await?;
        assert_eq!(placing.is_new, step == OrderStep::BeforeWriting);
        assert_eq!(placing.view.state, "created_unpaid", "{}", step.as_str());
        assert_eq!(made(&heir).await?, 1, "{}", step.as_str());
    }
    Ok(())
}

/// Sleeps at the moment of sending, for longer than the claim lasts.
#[derive(Default)]
struct Sleep(std::sync::OnceLock<Box<dyn Fn() + Send + Sync>>);

impl std::fmt::Debug for Sleep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sleep")
    }
}

impl OrderSteps for Sleep {
    fn reached(&self, step: OrderStep) {
        if let Some(sleep) = self.0.get().filter(|_| step == OrderStep::Sending) {
            sleep();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_wakes_up_too_late_sends_nothing() -> Result<()> {
    let steps = Arc::new(Sleep::default());
    let (app, order) = connected_with(Setup {
        orders: OrderPolicy {
            steps: Some(steps.clone()),
            ..OrderPolicy::default()
        },
        ..Setup::default()
    })
    .await?;
    let clock = app.sandbox.clock();
    ensure!(
        steps
            .0
            .set(Box::new(move || clock.advance(30 * HOUR)))
            .is_ok()
    );
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (0, 0));
    assert_eq!(
        (placing.state.as_str(), placing.first_sent_at),
        ("refused", None)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_is_checked_again_before_it_is() -> Result<()> {
    let (_dead, heir, order) = dying(OrderStep::Written).await?;
    let product = format!("products/{}", order.lines[0].product_id);
    heir.control(&product, &json!({ "delist": true })).await?;
    heir.advance(LEASE_S);
    heir.core.work_on_orders().await?;
    let refused = heir.core.place_order("K-1", &order).await?.view;
    assert_eq!(
        (refused.state.as_str(), refused.reason.as_deref()),
        ("refused", Some("checks_failed"))
    );
    assert_eq!((sent(&heir).await?.len(), made(&heir).await?), (0, 0));

    let (_dead, heir, order) = dying(OrderStep::Written).await?;
    heir.advance(HOUR);
    heir.core.work_on_orders().await?;
    let refused = heir.core.place_order("K-1", &order).await?.view;
    assert_eq!(refused.reason.as_deref(), Some("not_sent_in_time"));
    assert_eq!(made(&heir).await?, 0);
    Ok(())
}

/// R39: who gets the goods stands in no event, no audit entry, no record of the order, and nowhere once it is placed.
#[tokio::test(flavor = "multi_thread")]
async fn people_stand_nowhere_when_the_order_is_placed() -> Result<()> {
    let (app, order) = connected().await?;
    fault(&app, "html", true).await?;
    let placing = app.core.place_order("K-1", &order).await?.view;
    app.advance(5);
    app.core.work_on_orders().await?;
    let view = again(&app, &placing).await?;
    let events = app.core.latest_events(50).await?;
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    for kind in ["order.placed", "order.outcome_unknown"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let audit = app.core.audit_log(&Default::default()).await?;
    let told = format!("{} {} {}", json!(view), json!(events), json!(audit));
    assert!(told.contains("order.placing"), "{told}");
    app.core.settle().await;
    for file in ["smartlinks.db", "smartlinks.db-wal"] {
        let bytes = std::fs::read(app.data.join(file)).unwrap_or_default();
        for canary in ["Camille Canari", "rue de l'Exemple", "612345678"] {
            assert!(!told.contains(canary), "{canary}");
            let found = bytes
                .windows(canary.len())
                .any(|part| part == canary.as_bytes());
            assert!(!found, "{canary} in {file}");
        }
    }
    Ok(())
}
