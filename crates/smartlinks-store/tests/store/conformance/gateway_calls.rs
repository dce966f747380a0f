use smartlinks_store::{CallsOfMethod, GatewayCalls, HourOfCalls, Millis};
use tokio::task::JoinSet;

use crate::support::*;

const APP: &str = "500100";
const GET: &str = "aliexpress.ds.product.get";
const MINUTE: i64 = 60_000;

fn calls(begins_at: i64, method: &str, outcome: &str, calls: i64) -> GatewayCalls {
    GatewayCalls {
        begins_at: Millis(NOW.0 + begins_at),
        method: method.to_owned(),
        outcome: outcome.to_owned(),
        calls,
    }
}

fn of_method(method: &str, outcome: &str, lately: i64, in_all: i64) -> CallsOfMethod {
    CallsOfMethod {
        method: method.to_owned(),
        outcome: outcome.to_owned(),
        lately,
        in_all,
    }
}

pub(crate) async fn calls_are_added_up_by_hour_method_and_outcome(stage: Stage) {
    let store = stage.open().await;
    let add = |app: &'static str, counts| store.gateway_calls().add_calls(app, counts);
    add(APP, Vec::new()).await.unwrap();
    let first = vec![
        calls(-2 * HOUR, GET, "ok", 5),
        calls(-2 * HOUR, GET, "wait", 1),
        calls(0, "other", "ok", 2),
        calls(0, GET, "ok", 3),
    ];
    add(APP, first.clone()).await.unwrap();
    add(
        APP,
        vec![calls(0, GET, "ok", 4), calls(5 * MINUTE, GET, "fix", 1)],
    )
    .await
    .unwrap();
    add("500200", first).await.unwrap();

    // NOW is the beginning of an hour.
    assert_eq!(NOW.0 % HOUR, 0);
    let hours = store
        .gateway_calls()
        .calls_by_hour(APP, NOW.plus(-3 * HOUR));
    let hour = |begins_at, went_well, failed| HourOfCalls {
        begins_at: Millis(NOW.0 + begins_at),
        went_well,
        failed,
    };
    assert_eq!(hours.await.unwrap(), [hour(-2 * HOUR, 5, 1), hour(0, 9, 1)]);
    let methods = store
        .gateway_calls()
        .calls_by_method(APP, NOW.plus(-3 * HOUR), NOW);
    assert_eq!(
        methods.await.unwrap(),
        [
            of_method(GET, "fix", 1, 1),
            of_method(GET, "ok", 7, 12),
            of_method(GET, "wait", 0, 1),
            of_method("other", "ok", 2, 2),
        ]
    );
    assert_eq!(store.gateway_calls().prune_calls(NOW).await.unwrap(), 4);
    let left = store.gateway_calls().calls_by_hour(APP, Millis(0));
    assert_eq!(left.await.unwrap(), [hour(0, 9, 1)]);
}

pub(crate) async fn instances_add_at_the_same_time(stage: Stage) {
    let store = stage.open().await;
    let mut instances = JoinSet::new();
    for number in 0..8 {
        let store = store.clone();
        instances.spawn(async move {
            let mut counts = vec![
                calls(0, GET, "ok", 1),
                calls(0, "other", "ok", 1),
                calls(MINUTE, GET, "ok", 1),
            ];
            counts.rotate_left(number % 3);
            store.gateway_calls().add_calls(APP, counts).await.unwrap();
        });
    }
    instances.join_all().await;
    let hours = store.gateway_calls().calls_by_hour(APP, NOW).await.unwrap();
    assert_eq!(hours[0].went_well, 24);
}

pub(crate) async fn what_is_held_of_a_budget_is_added_up(stage: Stage) {
    use smartlinks_store::{BudgetClaim, BudgetHeld, BudgetWish};
    let store = stage.open().await;
    let claim = |instance: &str, wish| BudgetClaim {
        app_key: APP.to_owned(),
        instance: instance.to_owned(),
        budgets: vec![BudgetWish {
            budget: GET.to_owned(),
            per_second: 100,
            wish,
            keep: 0,
        }],
        now: NOW,
        lease_until: NOW.plus(MINUTE),
    };
    let shares = store.budget_shares();
    for (instance, wish) in [("a", 30), ("b", 20)] {
        shares.claim_budgets(claim(instance, wish)).await.unwrap();
    }
    let held = BudgetHeld {
        budget: GET.to_owned(),
        held: 50,
        instances: 2,
    };
    assert_eq!(shares.budgets_held(APP, NOW).await.unwrap(), [held]);
    for (app, now) in [("500200", NOW), (APP, NOW.plus(MINUTE))] {
        assert_eq!(shares.budgets_held(app, now).await.unwrap(), []);
    }
}
