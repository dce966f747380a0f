use std::sync::Arc;

use smartlinks_store::{
    CatalogueEntry, Change, ChangeId, ExchangeRate, NewCatalogueEntry, NewEvent, PriceRun,
    PriceRunLine, RuleId, RunEnd, RunId, Store, StoreError, StoredRule, SystemEntropy, Traces,
};

use crate::support::*;

fn told() -> Change {
    Change {
        now: NOW.plus(9),
        traces: Traces::none().event(NewEvent {
            kind: "prices.applied".to_owned(),
            connection: None,
            order: None,
            data_json: "{}".to_owned(),
            at: NOW,
        }),
    }
}

async fn rule(store: &Arc<dyn Store>, name: &str) -> StoredRule {
    let rule = price_rule(name);
    store.add_rule(rule.clone(), Traces::none()).await.unwrap();
    rule
}

async fn defaults(store: &Arc<dyn Store>) -> Vec<String> {
    let rules = store.price_rules().await.unwrap();
    let defaults = rules.into_iter().filter(|rule| rule.is_default);
    defaults.map(|rule| rule.name).collect()
}

pub(crate) async fn rules_differ_by_name_and_one_is_the_default(stage: Stage) {
    let store = stage.open().await;
    let double = rule(&store, "double").await;
    let triple = rule(&store, "triple").await;
    let again = store.add_rule(price_rule("double"), told().traces).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(store.latest_number().await.unwrap(), 0);
    let choose = |id: &StoredRule| Some(id.id.clone());
    for (chosen, now) in [
        (choose(&double), vec!["double"]),
        (choose(&triple), vec!["triple"]),
        (None, vec![]),
    ] {
        let done = store.choose_default_rule(chosen.as_ref(), told()).await;
        assert!(done.unwrap());
        assert_eq!(defaults(&store).await, now);
    }
    store
        .choose_default_rule(Some(&double.id), told())
        .await
        .unwrap();
    let unknown = RuleId::generate(NOW, &SystemEntropy).unwrap();
    assert!(
        !store
            .choose_default_rule(Some(&unknown), told())
            .await
            .unwrap()
    );
    assert_eq!(defaults(&store).await, ["double"]);

    let changed = StoredRule {
        name: "twice".to_owned(),
        rule_json: "{}".to_owned(),
        version: 2,
        updated_at: NOW.plus(1),
        ..double.clone()
    };
    assert!(
        store
            .change_rule(changed.clone(), told().traces)
            .await
            .unwrap()
    );
    let late = StoredRule {
        name: "late".to_owned(),
        ..changed.clone()
    };
    assert!(!store.change_rule(late, told().traces).await.unwrap());
    let found = store.price_rule(&double.id).await.unwrap().unwrap();
    assert_eq!(
        found,
        StoredRule {
            is_default: true,
            ..changed
        }
    );
    let taken = StoredRule {
        name: "triple".to_owned(),
        version: 3,
        ..found
    };
    let refused = store.change_rule(taken, told().traces).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
}

pub(crate) async fn choices_at_the_same_time_leave_one_default(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let mut rules = Vec::new();
    for number in 0..4 {
        rules.push(rule(&stores[0], &number.to_string()).await);
    }
    for _ in 0..5 {
        let choices: Vec<_> = (0..8)
            .map(|number| {
                let (store, id) = (stores[number % 2].clone(), rules[number % 4].id.clone());
                tokio::spawn(async move { store.choose_default_rule(Some(&id), told()).await })
            })
            .collect();
        for choice in choices {
            assert!(choice.await.unwrap().unwrap());
        }
        assert_eq!(defaults(&stores[0]).await.len(), 1);
    }
}

pub(crate) async fn a_rule_that_a_product_has_stays(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let double = rule(&store, "double").await;
    let mut new = catalogue_entry("1005006000000001", &connection);
    new.product.rule = Some(double.id.clone());
    let id = new.product.id.clone();
    assert!(store.save(new, Traces::none()).await.unwrap());
    assert_eq!(store.products_with_rule(&double.id).await.unwrap(), 1);
    assert!(!store.remove_rule(&double.id, told().traces).await.unwrap());
    store.remove_product(&id, Traces::none()).await.unwrap();
    assert!(store.remove_rule(&double.id, told().traces).await.unwrap());
    assert_eq!(store.price_rules().await.unwrap(), []);
    assert_eq!(store.latest_number().await.unwrap(), 1);
}

pub(crate) async fn a_rate_is_entered_replaced_and_taken_away(stage: Stage) {
    let store = stage.open().await;
    let rate = |from: &str, to: &str, rate: &str| ExchangeRate {
        from: from.to_owned(),
        to: to.to_owned(),
        rate: rate.to_owned(),
        at: NOW,
    };
    for one in [
        rate("USD", "EUR", "0.9"),
        rate("EUR", "XAF", "655.957"),
        rate("USD", "EUR", "0.91"),
    ] {
        store.put_rate(one, Traces::none()).await.unwrap();
    }
    let all = [rate("EUR", "XAF", "655.957"), rate("USD", "EUR", "0.91")];
    assert_eq!(store.exchange_rates().await.unwrap(), all);
    assert!(
        store
            .remove_rate("USD", "EUR", told().traces)
            .await
            .unwrap()
    );
    assert!(
        !store
            .remove_rate("USD", "EUR", told().traces)
            .await
            .unwrap()
    );
    assert_eq!(store.exchange_rates().await.unwrap(), all[..1]);
    assert_eq!(store.latest_number().await.unwrap(), 1);
}

/// Two products of two variants each, the second variant of each without a cost.
async fn products(store: &Arc<dyn Store>) -> Vec<CatalogueEntry> {
    let connection = connected(store, "1001").await.id;
    let mut all = Vec::new();
    for number in ["1005006000000001", "1005006000000002"] {
        let new = catalogue_entry(number, &connection);
        let id = new.product.id.clone();
        assert!(store.save(new, Traces::none()).await.unwrap());
        all.push(store.catalogue().product(&id).await.unwrap().unwrap());
    }
    all
}

fn euros(amount: &str) -> Option<(String, String)> {
    Some((amount.to_owned(), "EUR".to_owned()))
}

/// A run that gives each variant with a cost this price.
async fn shown(
    store: &Arc<dyn Store>,
    products: &[CatalogueEntry],
    price: &str,
    rule: Option<&RuleId>,
) -> (RunId, Vec<PriceRunLine>) {
    let id = RunId::generate(NOW, &SystemEntropy).unwrap();
    let skus = products
        .iter()
        .flat_map(|entry| entry.skus.iter().map(move |sku| (entry, sku)));
    let lines: Vec<_> = (1..)
        .zip(skus)
        .map(|(number, (entry, sku))| PriceRunLine {
            number,
            product: entry.product.id.clone(),
            sku_id: sku.sku_id.clone(),
            cost: sku.cost.clone().zip(sku.currency.clone()),
            before: sku.price.clone().zip(sku.price_currency.clone()),
            price: sku.cost.as_ref().and_then(|_| euros(price)),
            line_json: format!("{{\"number\":{number}}}"),
        })
        .collect();
    let run = PriceRun {
        id: id.clone(),
        summary_json: "{\"lines\":4}".to_owned(),
        rule: rule.cloned(),
        created_at: NOW,
        applied_at: None,
    };
    let ruled = products.iter().filter(|_| rule.is_some());
    let ruled = ruled.map(|entry| entry.product.id.clone()).collect();
    let add = store.add_price_run(run, lines.clone(), ruled);
    add.await.unwrap();
    (id, lines)
}

async fn apply(store: &Arc<dyn Store>, id: &RunId) -> RunEnd {
    let names = (0..2).map(|_| ChangeId::generate(NOW, &SystemEntropy).unwrap());
    store
        .apply_price_run(id, names.collect(), told())
        .await
        .unwrap()
}

async fn prices(store: &Arc<dyn Store>, products: &[CatalogueEntry]) -> Vec<Option<String>> {
    let mut prices = Vec::new();
    for entry in products {
        let entry = store
            .catalogue()
            .product(&entry.product.id)
            .await
            .unwrap()
            .unwrap();
        prices.extend(entry.skus.into_iter().map(|sku| sku.price));
    }
    prices
}

pub(crate) async fn a_run_is_put_in_force_whole_and_once(stage: Stage) {
    let store = stage.open().await;
    let products = products(&store).await;
    let double = rule(&store, "double").await;
    let (id, lines) = shown(&store, &products, "9.99", Some(&double.id)).await;
    assert_eq!(
        prices(&store, &products).await,
        [None, None, None, None],
        "showing changes nothing"
    );
    assert_eq!(store.price_run_lines(&id, 1, 2).await.unwrap(), lines[1..3]);

    assert_eq!(apply(&store, &id).await, RunEnd::Applied);
    let now = Some("9.99".to_owned());
    assert_eq!(
        prices(&store, &products).await,
        [now.clone(), None, now, None]
    );
    let first = store
        .catalogue()
        .product(&products[0].product.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (first.product.version, first.product.rule),
        (2, Some(double.id))
    );
    assert_eq!(first.product.updated_at, NOW.plus(9));
    let history = store
        .product_changes(&first.product.id, None, 1)
        .await
        .unwrap();
    assert_eq!(history[0].kind, "price");
    assert_eq!(
        history[0].after_json.as_deref(),
        Some("{\"amount\":\"9.99\",\"currency\":\"EUR\"}")
    );
    assert_eq!(
        store.price_run(&id).await.unwrap().unwrap().applied_at,
        Some(NOW.plus(9))
    );

    assert_eq!(apply(&store, &id).await, RunEnd::AppliedBefore);
    let unknown = RunId::generate(NOW, &SystemEntropy).unwrap();
    assert_eq!(apply(&store, &unknown).await, RunEnd::Unknown);
    assert_eq!(store.latest_number().await.unwrap(), 1, "it is told once");
    assert_eq!(store.prune_price_runs(NOW).await.unwrap(), 0);
    assert_eq!(store.prune_price_runs(NOW.plus(1)).await.unwrap(), 1);
    assert_eq!(store.price_run_lines(&id, 0, 9).await.unwrap(), []);
}

pub(crate) async fn a_run_that_something_has_overtaken_changes_nothing(stage: Stage) {
    let store = stage.open().await;
    let all = products(&store).await;
    type Overtake = fn(&mut NewCatalogueEntry);
    let overtakes: [Overtake; 6] = [
        |entry| entry.skus[0].cost = Some("4.51".to_owned()),
        |entry| entry.skus[0].currency = Some("USD".to_owned()),
        |entry| entry.skus[1].price = Some("1.00".to_owned()),
        |entry| entry.skus[1].chosen = false,
        |entry| entry.skus[0].gone_at = Some(NOW),
        |entry| entry.skus[0].price_by_hand = true,
    ];
    for overtake in overtakes {
        let before = store
            .catalogue()
            .product(&all[1].product.id)
            .await
            .unwrap()
            .unwrap();
        let (id, _) = shown(&store, &[all[0].clone(), before.clone()], "9.99", None).await;
        let mut later = NewCatalogueEntry {
            product: before.product.clone(),
            skus: before.skus.clone(),
            codes_change: false,
            details_json: None,
            changes: Vec::new(),
        };
        overtake(&mut later);
        later.product.version += 1;
        assert!(store.save(later.clone(), Traces::none()).await.unwrap());
        assert_eq!(apply(&store, &id).await, RunEnd::Moved);
        assert_eq!(prices(&store, &all[..1]).await, [None, None]);
        // As it was, for the next one.
        later.product.version += 1;
        later.skus = before.skus;
        assert!(store.save(later, Traces::none()).await.unwrap());
    }
    let (id, _) = shown(&store, &all, "9.99", None).await;
    store
        .remove_product(&all[1].product.id, Traces::none())
        .await
        .unwrap();
    assert_eq!(apply(&store, &id).await, RunEnd::Moved);
    assert_eq!(prices(&store, &all[..1]).await, [None, None]);
    assert_eq!(store.latest_number().await.unwrap(), 0);
}

pub(crate) async fn of_two_runs_over_the_same_variant_one_is_applied(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let products = products(&stores[0]).await;
    let mut runs = Vec::new();
    for price in ["5.00", "6.00", "7.00", "8.00"] {
        runs.push(shown(&stores[0], &products, price, None).await.0);
    }
    let applying: Vec<_> = runs
        .into_iter()
        .enumerate()
        .map(|(number, id)| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { apply(&store, &id).await })
        })
        .collect();
    let mut ends = Vec::new();
    for end in applying {
        ends.push(end.await.unwrap());
    }
    let applied = ends.iter().filter(|end| **end == RunEnd::Applied).count();
    let moved = ends.iter().filter(|end| **end == RunEnd::Moved).count();
    assert_eq!((applied, moved), (1, 3), "{ends:?}");
    let prices = prices(&stores[0], &products).await;
    assert_eq!(prices[0], prices[2]);
}

/// A product whose prices come out as they are gets the rule as well; one that has it already is left alone.
pub(crate) async fn a_run_gives_its_rule_to_all_its_products(stage: Stage) {
    let store = stage.open().await;
    let products = products(&store).await;
    let double = rule(&store, "double").await;
    let ids: Vec<_> = products.iter().map(|one| one.product.id.clone()).collect();
    let run = async |products: &[usize]| {
        let run = PriceRun {
            id: RunId::generate(NOW, &SystemEntropy).unwrap(),
            summary_json: "{}".to_owned(),
            rule: Some(double.id.clone()),
            created_at: NOW,
            applied_at: None,
        };
        let products = products.iter().map(|at| ids[*at].clone()).collect();
        let add = store.add_price_run(run.clone(), Vec::new(), products);
        add.await.unwrap();
        assert_eq!(apply(&store, &run.id).await, RunEnd::Applied);
        run.id
    };
    let ruled = async || {
        let mut ruled = Vec::new();
        for id in &ids {
            let entry = store.catalogue().product(id).await.unwrap().unwrap();
            ruled.push((entry.product.version, entry.product.rule));
        }
        ruled
    };
    let first = run(&[0]).await;
    let rule = Some(double.id.clone());
    assert_eq!(ruled().await, [(2, rule.clone()), (1, None)]);
    run(&[0, 1]).await;
    assert_eq!(ruled().await, [(2, rule.clone()), (2, rule)]);
    assert_eq!(prices(&store, &products).await, [None, None, None, None]);
    assert_eq!(store.prune_price_runs(NOW.plus(1)).await.unwrap(), 2);
    assert_eq!(store.price_run(&first).await.unwrap(), None);
}
