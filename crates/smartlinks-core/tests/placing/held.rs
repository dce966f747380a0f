//! Who holds an order may send and end it, for as long as it holds it and with checks that are fresh; and what AliExpress
//! itself has named counts whoever holds it.

use std::slice::from_ref;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use smartlinks_core::store::ConnectionId;
use smartlinks_core::{RefreshPolicy, RefreshStep, RefreshSteps};

use super::*;

type Told = Box<dyn Fn(OrderStep, usize) + Send + Sync>;

/// Does what a test wants at a step, which is told how often it was reached.
#[derive(Default)]
pub(super) struct Hook {
    told: OnceLock<Told>,
    reached: Mutex<Vec<OrderStep>>,
}

impl Hook {
    pub(super) fn set(&self, told: impl Fn(OrderStep, usize) + Send + Sync + 'static) {
        assert!(self.told.set(Box::new(told)).is_ok());
    }
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hook")
    }
}

impl OrderSteps for Hook {
    fn reached(&self, step: OrderStep) {
        let times = {
            let reached = self.reached.lock();
            let mut reached = reached.unwrap_or_else(PoisonError::into_inner);
            reached.push(step);
            reached.iter().filter(|other| **other == step).count()
        };
        if let Some(told) = self.told.get() {
            told(step, times);
        }
    }
}

pub(super) async fn hooked() -> Result<(App, NewOrder, Arc<Hook>)> {
    let steps = Arc::new(Hook::default());
    let (app, order) = connected_with(Setup {
        orders: OrderPolicy {
            steps: Some(steps.clone()),
            ..OrderPolicy::default()
        },
        ..Setup::default()
    })
    .await?;
    Ok((app, order, steps))
}

/// Waits for the other task of a test, which is sure to come.
fn wait_for(word: &Mutex<Receiver<()>>) {
    // What was spawned just before lies in the queue of this very thread.
    tokio::task::block_in_place(|| {
        let word = word.lock().unwrap_or_else(PoisonError::into_inner);
        let came = word.recv_timeout(Duration::from_secs(60));
        assert!(came.is_ok(), "the other task came");
    });
}

/// The machine sleeps while an order is being sent. On waking the worker of the same process takes it over and sends it;
/// the one who slept must not end it as if nothing had been ordered.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_task_that_slept_does_not_end_what_another_of_its_process_has_taken_over() -> Result<()> {
    let (app, order, steps) = hooked().await?;
    let (clock, core) = (app.sandbox.clock(), app.core.clone());
    let (out, is_out) = channel();
    let (go, may_go) = channel();
    let (is_out, may_go) = (Mutex::new(is_out), Mutex::new(may_go));
    let (runtime, worker) = (
        tokio::runtime::Handle::current(),
        Arc::new(Mutex::new(None)),
    );
    let spawned = Arc::clone(&worker);
    steps.set(move |step, times| match (step, times) {
        (OrderStep::Sending, 1) => {
            clock.advance(40 * 60);
            let core = core.clone();
            let working = runtime.spawn(async move { core.work_on_orders().await });
            *spawned.lock().unwrap() = Some(working);
            wait_for(&is_out);
        }
        // The call of the worker is out: its answer is there, and not written yet.
        (OrderStep::Answered, 1) => {
            out.send(()).unwrap();
            wait_for(&may_go);
        }
        _ => {}
    });
    let placing = app.core.place_order("K-1", &order).await?.view;
    go.send(())?;
    let working = worker.lock().unwrap().take().context("no worker")?;
    assert_eq!(working.await??, 1);
    let ended = again(&app, &placing).await?;
    assert_eq!(ended.state, "created_unpaid", "{ended:?}");
    assert_eq!(ended.order_ids, [last_order(&app).await?]);
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 1));
    Ok(())
}

/// Written, and then the machine sleeps for longer than the claim lasts: nothing is sent under it any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_has_ended_begins_no_sending() -> Result<()> {
    let (app, order, steps) = hooked().await?;
    let clock = app.sandbox.clock();
    steps.set(move |step, _| {
        if step == OrderStep::Written {
            clock.advance(LEASE_S + 20);
        }
    });
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!((placing.state.as_str(), placing.attempts), ("placing", 0));
    assert!(sent(&app).await?.is_empty());
    assert_eq!(app.core.work_on_orders().await?, 1);
    assert_eq!(again(&app, &placing).await?.state, "created_unpaid");
    assert_eq!(made(&app).await?, 1);
    Ok(())
}

/// What was checked two and a half minutes ago is not sent: it is checked again first.
#[tokio::test(flavor = "multi_thread")]
async fn old_checks_are_not_sent() -> Result<()> {
    let (app, mut order, steps) = hooked().await?;
    let total = app.core.preview_order(&order).await?.total;
    let most = total.context("no total")?;
    order.guard.max_total = serde_json::from_value(json!(most))?;
    let clock = app.sandbox.clock();
    steps.set(move |step, _| {
        if step == OrderStep::Written {
            clock.advance(150);
        }
    });
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!(placing.state, "placing");
    assert!(sent(&app).await?.is_empty());
    let product = format!("products/{}", order.lines[0].product_id);
    let dearer = json!({ "sku_id": order.lines[0].sku.parse::<i64>()?, "price": "999.00" });
    app.control(&product, &dearer).await?;
    app.advance(60);
    assert_eq!(app.core.work_on_orders().await?, 1);
    let refused = again(&app, &placing).await?;
    assert_eq!(
        (refused.state.as_str(), refused.reason.as_deref()),
        ("refused", Some("checks_failed"))
    );
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (0, 0));
    Ok(())
}

/// Another one has ended the order while the answer with its number was on the way: the number counts all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_comes_after_the_end_is_not_thrown_away() -> Result<()> {
    const TAKEN: &str = "lease_owner = null, lease_until = null, next_attempt_at = null";
    for (ended, state, reason) in [
        (
            "state = 'awaiting_person', reason = 'window_over'",
            "created_unpaid",
            "payment_not_asked",
        ),
        (
            "state = 'refused', reason = 'not_sent_in_time', first_sent_at = null, finished_at = 1",
            "awaiting_person",
            "created_after_end",
        ),
    ] {
        let (app, order, steps) = hooked().await?;
        let database = Mutex::new(app.database()?);
        steps.set(move |step, _| {
            if step == OrderStep::Answered {
                let sql = format!("update order_intents set {ended}, {TAKEN}");
                database.lock().unwrap().execute(&sql).unwrap();
            }
        });
        let placing = app.core.place_order("K-1", &order).await?.view;
        let number = last_order(&app).await?;
        assert_eq!(
            (placing.state.as_str(), placing.reason.as_deref()),
            (state, Some(reason))
        );
        assert_eq!(placing.order_ids, from_ref(&number));
        if state == "awaiting_person" {
            assert!(placing.detail.context("no detail")?.contains(&number));
            assert_eq!(placing.candidates, from_ref(&number));
            let exists = Decision::Exists(vec![number]);
            let decided = app.core.decide_order(&placing.id, &exists).await?;
            assert_eq!(decided.state, "created_unpaid");
        }
        assert_eq!(made(&app).await?, 1);
    }
    Ok(())
}

/// Somebody signs in with another account while the token of the connection is renewed.
#[derive(Debug)]
struct AnotherAccount(OnceLock<std::path::PathBuf>);

impl RefreshSteps for AnotherAccount {
    fn reached(&self, _: &ConnectionId, step: RefreshStep) {
        if let Some(file) = self.0.get().filter(|_| step == RefreshStep::Calling) {
            let sql = "update connections set account_user_id = 'another'";
            let file = testkit::database::SqliteFile::open(file);
            let done = file.and_then(|mut file| file.execute(sql));
            assert!(done.is_ok(), "{done:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_sent_with_the_token_of_the_account_that_was_checked() -> Result<()> {
    let steps = Arc::new(AnotherAccount(OnceLock::new()));
    let (app, order) = connected_with(Setup {
        refresh: RefreshPolicy {
            steps: Some(steps.clone()),
            ..RefreshPolicy::default()
        },
        ..Setup::default()
    })
    .await?;
    let refused =
        json!({ "match": { "method": CREATE }, "then": "error", "code": "IllegalAccessToken" });
    app.control("faults", &refused).await?;
    ensure!(steps.0.set(app.data.join("smartlinks.db")).is_ok());
    let placing = app.core.place_order("K-1", &order).await?.view;
    assert_eq!((sent(&app).await?.len(), made(&app).await?), (1, 0));
    assert_eq!(
        (placing.state.as_str(), placing.first_sent_at),
        ("placing", None)
    );
    app.advance(60);
    app.core.work_on_orders().await?;
    let ended = again(&app, &placing).await?;
    assert_eq!(
        (ended.state.as_str(), ended.reason.as_deref()),
        ("refused", Some("checks_failed"))
    );
    assert_eq!(made(&app).await?, 0);
    Ok(())
}
