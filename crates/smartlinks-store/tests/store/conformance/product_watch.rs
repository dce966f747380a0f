use std::collections::HashSet;
use std::sync::Arc;

use smartlinks_store::{
    CatalogueChange, CatalogueEntry, CatalogueId, ChangeCursor, ChangeId, CheckClaim, CheckEnd,
    CheckPace, ConnectionId, DriftFilter, NewCatalogueEntry, SkuRepair, Store, SystemEntropy,
    Traces, WatchPolicy,
};

use crate::support::*;

/// As fast as a test likes.
const UNHINDERED: CheckPace = CheckPace {
    per_second: 1_000_000,
    at_once: 1_000_000,
};

fn claim(owner: &str, at: i64, most: u32, pace: CheckPace) -> CheckClaim {
    CheckClaim {
        owner: owner.to_owned(),
        until: NOW.plus(at + 60_000),
        now: NOW.plus(at),
        most,
        pace,
    }
}

/// So many products that are due, in this order.
async fn due(store: &Arc<dyn Store>, connection: &ConnectionId, products: i64) -> Vec<CatalogueId> {
    let mut ids = Vec::new();
    for number in 0..products {
        let product_id = (1_005_006_000_000_000 + number).to_string();
        let mut entry = catalogue_entry(&product_id, connection);
        entry.product.next_check_at = Some(NOW.plus(number - products));
        ids.push(entry.product.id.clone());
        assert!(store.save(entry, Traces::none()).await.unwrap());
    }
    ids
}

async fn looked_at(store: &Arc<dyn Store>, id: &CatalogueId, owner: &str, end: CheckEnd) -> bool {
    store.end_check(id, owner, end).await.unwrap()
}

pub(crate) async fn of_many_instances_each_product_is_looked_at_by_one(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let connection = connected(&stores[0], "1001").await.id;
    let ids = due(&stores[0], &connection, 40).await;
    let claims: Vec<_> = (0..16)
        .map(|number| {
            let store = Arc::clone(&stores[number % 2]);
            let wish = claim(&format!("instance {number}"), 0, 4, UNHINDERED);
            tokio::spawn(async move { store.claim_checks(wish).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for claim in claims {
        taken.extend(claim.await.unwrap().into_iter().map(|due| due.id));
    }
    let once: HashSet<_> = taken.iter().cloned().collect();
    assert_eq!((taken.len(), once), (40, ids.into_iter().collect()));
    assert_eq!(stores[0].next_check_due(NOW).await.unwrap(), None);
}

pub(crate) async fn all_instances_together_keep_to_the_pace(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let connection = connected(&stores[0], "1001").await.id;
    due(&stores[0], &connection, 60).await;
    let pace = CheckPace {
        per_second: 20,
        at_once: 5,
    };
    let mut taken: Vec<i64> = Vec::new();
    for at in (0..2_000).step_by(40) {
        for (number, store) in stores.iter().enumerate() {
            let wish = claim(&format!("instance {number}"), at, 50, pace);
            let claimed = store.claim_checks(wish).await.unwrap();
            taken.extend(claimed.iter().map(|_| at));
        }
    }
    assert!(taken.len() >= 40, "{} in two seconds", taken.len());
    for from in (0..1_000).step_by(40) {
        let within = |at: &&i64| (from..from + 1_000).contains(*at);
        assert!(taken.iter().filter(within).count() <= 25, "from {from}");
    }
}

pub(crate) async fn a_look_ends_once_and_passes_on(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let ids = due(&store, &connection, 2).await;
    assert_eq!(
        store.next_check_due(NOW).await.unwrap(),
        Some(NOW.plus(-2)),
        "the one that has waited longest"
    );
    let first = store.claim_checks(claim("one", 0, 1, UNHINDERED)).await;
    assert_eq!(first.unwrap()[0].id, ids[0]);
    let failed = || CheckEnd::Failed {
        next: NOW.plus(HOUR),
        problem: "transport_failed".to_owned(),
    };
    assert!(!looked_at(&store, &ids[0], "two", failed()).await);
    assert!(looked_at(&store, &ids[0], "one", failed()).await);
    assert!(!looked_at(&store, &ids[0], "one", failed()).await);
    let state = store.watch_state(&ids[0]).await.unwrap().unwrap();
    assert_eq!(state.next_check_at, Some(NOW.plus(HOUR)));
    assert_eq!(state.failures, 1);
    assert_eq!(state.problem.as_deref(), Some("transport_failed"));
    let counts = store.watch_counts().await.unwrap();
    assert_eq!((counts.watched, counts.failing), (2, 1));
    assert_eq!(counts.problem.as_deref(), Some("transport_failed"));

    // One that died holds it until its lease ends; one that has no time gives it back at once.
    let held = store.claim_checks(claim("dead", 0, 9, UNHINDERED));
    assert_eq!(held.await.unwrap()[0].id, ids[1]);
    let none = store.claim_checks(claim("two", 59_999, 9, UNHINDERED));
    assert!(none.await.unwrap().is_empty());
    let taken = store.claim_checks(claim("two", 60_000, 9, UNHINDERED));
    assert_eq!(taken.await.unwrap()[0].id, ids[1]);
    assert!(!looked_at(&store, &ids[1], "dead", CheckEnd::GivenBack).await);
    assert!(looked_at(&store, &ids[1], "two", CheckEnd::GivenBack).await);
    let again = store.claim_checks(claim("two", 60_000, 9, UNHINDERED));
    assert_eq!(again.await.unwrap().len(), 1);

    let later = store.claim_checks(claim("two", HOUR, 9, UNHINDERED)).await;
    let later = later.unwrap();
    let first = later.iter().find(|due| due.id == ids[0]).unwrap();
    assert_eq!((later.len(), first.failures), (2, 1));
    let asked = CheckEnd::Asked {
        at: NOW.plus(HOUR),
        now: NOW.plus(HOUR),
        next: NOW.plus(2 * HOUR),
    };
    assert!(looked_at(&store, &ids[0], "two", asked).await);
    // What was answered did not count: it is looked at again soon, and is asked about as before.
    let again = CheckEnd::Again {
        next: NOW.plus(HOUR + 1),
    };
    assert!(looked_at(&store, &ids[1], "two", again).await);
    let other = store.catalogue().product(&ids[1]).await.unwrap().unwrap();
    assert_eq!(other.product.next_check_at, Some(NOW.plus(HOUR + 1)));
    assert_eq!(
        other.product.checked_at,
        catalogue_entry("1", &connection).product.checked_at
    );
    let state = store.watch_state(&ids[0]).await.unwrap().unwrap();
    assert_eq!((state.failures, state.problem), (0, None));
    let stored = store.catalogue().product(&ids[0]).await.unwrap().unwrap();
    assert_eq!(stored.product.checked_at, NOW.plus(HOUR));
    assert_eq!(
        stored.product.version, 1,
        "a look that finds nothing is no change"
    );
}

pub(crate) async fn a_look_that_was_overtaken_leaves_what_is_newer(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let id = &due(&store, &connection, 1).await[0];
    // (asked about by somebody else, asked about by the watch, what stands there afterwards); all in minutes.
    let cases = [
        ("a slower look", 5, 1, (5, 65)),
        ("a later one", 5, 6, (6, 30)),
        (
            "a moment that is still to come says nothing",
            500,
            1,
            (1, 30),
        ),
    ];
    for (case, other, own, (checked, next)) in cases {
        let at = |minutes: i64| NOW.plus(minutes * 60_000);
        let mut entry = store.catalogue().product(id).await.unwrap().unwrap();
        entry.product.version += 1;
        entry.product.checked_at = at(other);
        entry.product.next_check_at = Some(NOW);
        let mut newer = entry.clone();
        let new = |entry: CatalogueEntry| NewCatalogueEntry {
            product: entry.product,
            skus: entry.skus,
            codes_change: false,
            details_json: None,
            changes: Vec::new(),
        };
        assert!(store.save(new(entry), Traces::none()).await.unwrap());
        let claimed = store.claim_checks(claim("slow", 0, 1, UNHINDERED)).await;
        assert_eq!(claimed.unwrap().len(), 1, "{case}");
        newer.product.version += 1;
        newer.product.next_check_at = Some(at(65));
        assert!(store.save(new(newer), Traces::none()).await.unwrap());
        let asked = CheckEnd::Asked {
            at: at(own),
            now: at(10),
            next: at(30),
        };
        assert!(looked_at(&store, id, "slow", asked).await, "{case}");
        let stored = store.catalogue().product(id).await.unwrap().unwrap();
        assert_eq!(
            (stored.product.checked_at, stored.product.next_check_at),
            (at(checked), Some(at(next))),
            "{case}"
        );
    }
}

fn changed(id: &CatalogueId, kind: &str, outcome: Option<&str>, at: i64) -> CatalogueChange {
    let at = NOW.plus(at);
    CatalogueChange {
        id: ChangeId::generate(at, &SystemEntropy).unwrap(),
        product: id.clone(),
        sku_id: None,
        kind: kind.to_owned(),
        before_json: None,
        after_json: Some("1".to_owned()),
        outcome: outcome.map(str::to_owned),
        at,
    }
}

pub(crate) async fn drift_is_what_aliexpress_has_changed_of_all_products(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let mut told = Vec::new();
    for number in 1..=3 {
        let mut entry = catalogue_entry(&format!("100500600000000{number}"), &connection);
        let id = entry.product.id.clone();
        entry.changes = vec![
            changed(&id, "cost", Some("notify"), number),
            changed(&id, "stock", Some("record"), 10 + number),
            changed(&id, "title", None, 20 + number),
        ];
        told.extend(entry.changes[..2].iter().cloned());
        assert!(store.save(entry, Traces::none()).await.unwrap());
    }
    told.sort_by_key(|change| std::cmp::Reverse(change.at));
    let all = DriftFilter::default();
    let first = store.drift(&all, None, 4).await.unwrap();
    let last = &first.last().unwrap().change;
    let cursor = ChangeCursor {
        at: last.at,
        id: last.id.clone(),
    };
    let second = store.drift(&all, Some(&cursor), 9).await.unwrap();
    let both = first.iter().chain(&second);
    assert_eq!(
        both.map(|drift| drift.change.clone()).collect::<Vec<_>>(),
        told
    );
    assert_eq!(first[0].product_id, "1005006000000003");
    assert_eq!(
        (&first[0].connection, first[0].title.as_str()),
        (&connection, "Lampe de bureau")
    );
    let found = async |kind: Option<&str>, outcome: Option<&str>| {
        let filter = DriftFilter {
            kind: kind.map(str::to_owned),
            outcome: outcome.map(str::to_owned),
        };
        store.drift(&filter, None, 9).await.unwrap().len()
    };
    assert_eq!(found(Some("cost"), None).await, 3);
    assert_eq!(found(None, Some("record")).await, 3);
    assert_eq!(found(Some("cost"), Some("record")).await, 0);
    assert_eq!(found(Some("title"), None).await, 0);

    // Numbers in stock that were only recorded are forgotten sooner.
    let gone = store.prune_stock_changes(NOW.plus(13)).await;
    assert_eq!(gone.unwrap(), 2);
    assert_eq!(found(Some("stock"), Some("record")).await, 1);
    assert_eq!(found(Some("cost"), Some("notify")).await, 3);
}

/// Somebody who has asked beside the watch, and got an answer, ends its trouble.
pub(crate) async fn an_answer_ends_the_trouble_whoever_asked(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let ids = due(&store, &connection, 1).await;
    let claimed = store.claim_checks(claim("one", 0, 1, UNHINDERED)).await;
    assert_eq!(claimed.unwrap().len(), 1);
    let failed = CheckEnd::Failed {
        next: NOW.plus(HOUR),
        problem: "gateway_failed".to_owned(),
    };
    assert!(looked_at(&store, &ids[0], "one", failed).await);
    let failures = async || {
        let state = store.watch_state(&ids[0]).await.unwrap().unwrap();
        (state.failures, state.problem.is_some())
    };
    // An edit asks nobody.
    for (moves, expected) in [(0, (1, true)), (5, (0, false))] {
        let mut entry = gone(&store, &ids[0], None).await;
        entry.product.checked_at = entry.product.checked_at.plus(moves);
        assert!(store.save(entry, Traces::none()).await.unwrap());
        assert_eq!(failures().await, expected);
    }
    assert_eq!(store.watch_counts().await.unwrap().failing, 0);
}

/// The product as it is, with one variant gone since then, to be stored as its next version.
async fn gone(store: &Arc<dyn Store>, id: &CatalogueId, since: Option<i64>) -> NewCatalogueEntry {
    let entry = store.catalogue().product(id).await.unwrap().unwrap();
    let mut product = entry.product;
    product.version += 1;
    let mut sku = entry.skus[0].clone();
    sku.gone_at = since.map(|since| NOW.plus(since));
    NewCatalogueEntry {
        product,
        skus: vec![sku],
        codes_change: false,
        details_json: None,
        changes: Vec::new(),
    }
}

pub(crate) async fn a_variant_that_is_gone_waits_until_something_takes_its_place(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let ids = due(&store, &connection, 2).await;
    let waiting = async || store.open_repairs(None, 9).await.unwrap();
    assert!(waiting().await.is_empty());
    for id in &ids {
        let entry = gone(&store, id, Some(5)).await;
        assert!(store.save(entry, Traces::none()).await.unwrap());
    }
    let mut both: Vec<_> = ids
        .iter()
        .map(|id| (id.clone(), "1200".to_owned()))
        .collect();
    both.sort();
    assert_eq!(waiting().await, both);
    let after = store.open_repairs(Some((&both[0].0, "1200")), 9).await;
    assert_eq!(after.unwrap(), both[1..]);
    assert_eq!(store.watch_counts().await.unwrap().open_repairs, 2);

    let repair = |at: i64| SkuRepair {
        sku_id: "1200".to_owned(),
        replaced_by: "0034".to_owned(),
        at: NOW.plus(at),
    };
    let stale = gone(&store, &ids[0], Some(5)).await;
    let entry = gone(&store, &ids[0], Some(5)).await;
    assert!(
        store
            .repair_sku(entry, repair(6), Traces::none())
            .await
            .unwrap()
    );
    let late = store.repair_sku(stale, repair(7), Traces::none()).await;
    assert!(!late.unwrap(), "somebody else was faster");
    assert_eq!(store.sku_repairs(&ids[0]).await.unwrap(), [repair(6)]);
    assert!(store.sku_repairs(&ids[1]).await.unwrap().is_empty());
    assert_eq!(waiting().await, [(ids[1].clone(), "1200".to_owned())]);

    // It comes back, and goes once more: what was chosen was for the other time.
    for since in [None, Some(9)] {
        let entry = gone(&store, &ids[0], since).await;
        assert!(store.save(entry, Traces::none()).await.unwrap());
        assert!(store.sku_repairs(&ids[0]).await.unwrap().is_empty());
    }
    assert_eq!(waiting().await.len(), 2);
    // One that is not sold waits for nobody.
    let mut entry = gone(&store, &ids[0], Some(9)).await;
    entry.skus[0].chosen = false;
    assert!(store.save(entry, Traces::none()).await.unwrap());
    assert_eq!(waiting().await.len(), 1);
}

pub(crate) async fn what_is_to_be_done_is_chosen_for_each_kind(stage: Stage) {
    let store = stage.open().await;
    assert!(store.watch_policies().await.unwrap().is_empty());
    let policy = |kind: &str, action: &str, above: Option<&str>| WatchPolicy {
        kind: kind.to_owned(),
        action: action.to_owned(),
        above_percent: above.map(str::to_owned),
    };
    let choose = async |policies: Vec<WatchPolicy>| {
        let done = store.set_watch_policies(policies, NOW, Traces::none());
        done.await.unwrap();
    };
    let stock = policy("stock", "record", None);
    choose(vec![policy("cost_up", "hold", Some("10")), stock.clone()]).await;
    choose(vec![policy("cost_up", "notify", None)]).await;
    assert_eq!(
        store.watch_policies().await.unwrap(),
        [policy("cost_up", "notify", None), stock]
    );
}
