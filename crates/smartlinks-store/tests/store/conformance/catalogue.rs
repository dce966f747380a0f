use std::collections::HashSet;
use std::sync::Arc;

use smartlinks_store::{
    Availability, CatalogueChange, CatalogueEntry, CatalogueFilter, CatalogueId, CatalogueState,
    ChangeCursor, ChangeId, NewCatalogueEntry, NewEvent, Replacement, Store, StoreError,
    SystemEntropy, Traces,
};

use crate::support::*;

async fn stored(store: &Arc<dyn Store>, entry: NewCatalogueEntry) -> CatalogueEntry {
    let id = entry.product.id.clone();
    assert!(store.save(entry, Traces::none()).await.unwrap());
    store.catalogue().product(&id).await.unwrap().unwrap()
}

/// The product as it is, to be stored as its next version.
fn next(entry: &CatalogueEntry) -> NewCatalogueEntry {
    let mut product = entry.product.clone();
    product.version += 1;
    NewCatalogueEntry {
        product,
        skus: Vec::new(),
        codes_change: false,
        details_json: None,
        changes: Vec::new(),
    }
}

fn change(product: &CatalogueId, kind: &str, at: i64) -> CatalogueChange {
    let at = NOW.plus(at);
    CatalogueChange {
        id: ChangeId::generate(at, &SystemEntropy).unwrap(),
        product: product.clone(),
        sku_id: Some("1200".to_owned()),
        kind: kind.to_owned(),
        before_json: Some("1".to_owned()),
        after_json: None,
        outcome: None,
        at,
    }
}

fn told(kind: &str) -> Traces {
    Traces::none().event(NewEvent {
        kind: kind.to_owned(),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at: NOW,
    })
}

pub(crate) async fn a_product_comes_back_as_it_was_stored(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let new = catalogue_entry("1005006000000001", &connection);
    let first = stored(&store, new.clone()).await;
    assert_eq!(first.product, new.product);
    assert_eq!(first.skus, new.skus);
    assert_eq!(Some(&first.details_json), new.details_json.as_ref());
    let id = &first.product.id;
    let numbered = store.product_numbered(&connection, "1005006000000001");
    assert_eq!(numbered.await.unwrap().as_ref(), Some(id));

    // A change names the variants that change; the others, and what is not given, stay.
    let mut later = next(&first);
    later.product.state = CatalogueState::Held;
    later.product.availability = Availability::NotSoldHere;
    later.product.labels = Vec::new();
    later.product.next_check_at = None;
    let mut sku = first.skus[1].clone();
    sku.gone_at = Some(NOW.plus(5));
    sku.chosen = false;
    sku.replacement = Some(Replacement {
        sku_id: "1200".to_owned(),
        reason: "same_properties".to_owned(),
        confidence: 80,
        at: NOW.plus(5),
    });
    later.skus = vec![sku.clone()];
    later.changes = vec![change(id, "sku_gone", 5), change(id, "state", 5)];
    let second = stored(&store, later.clone()).await;
    assert_eq!(second.product, later.product);
    assert_eq!(second.skus, [first.skus[0].clone(), sku]);
    assert_eq!(second.details_json, first.details_json);

    let history = store.product_changes(id, None, 2).await.unwrap();
    assert!(
        history.is_sorted_by(|a, b| (a.at, &a.id) > (b.at, &b.id)),
        "{history:?}"
    );
    let last = history.last().unwrap();
    let cursor = ChangeCursor {
        at: last.at,
        id: last.id.clone(),
    };
    let before = store.product_changes(id, Some(&cursor), 9).await.unwrap();
    assert_eq!((history.len(), before), (2, new.changes));
}

pub(crate) async fn of_two_writers_of_one_version_one_wins(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let connection = connected(&stores[0], "1001").await.id;
    let first = stored(&stores[0], catalogue_entry("1005006000000001", &connection)).await;
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let mut later = next(&first);
            later.product.title = format!("title {number}");
            later.changes = vec![change(&first.product.id, "title", number)];
            let store = stores[(number % 2) as usize].clone();
            tokio::spawn(async move { store.save(later, told("product.changed")).await.unwrap() })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        won += i32::from(writer.await.unwrap());
    }
    let id = &first.product.id;
    let history = stores[0].product_changes(id, None, 99).await.unwrap();
    let told = stores[0].events().latest(99).await.unwrap();
    assert_eq!((won, history.len(), told.len()), (1, 2, 1));
    let stored = stores[0].catalogue().product(id).await.unwrap().unwrap();
    assert_eq!(stored.product.version, 2);
}

pub(crate) async fn a_number_is_imported_once_for_each_connection(stage: Stage) {
    let store = stage.open().await;
    let one = connected(&store, "1001").await.id;
    let other = connected(&store, "1002").await.id;
    stored(&store, catalogue_entry("1005006000000001", &one)).await;
    stored(&store, catalogue_entry("1005006000000001", &other)).await;
    let again = catalogue_entry("1005006000000001", &one);
    let refused = store.save(again, told("product.imported")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    let nobody = catalogue_entry("1005006000000002", &new_id());
    let refused = store.save(nobody, Traces::none()).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.latest_number().await.unwrap(),
        0,
        "nothing is told of it"
    );
}

pub(crate) async fn codes_are_unique_and_may_change_places(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let coded = |entry: &mut NewCatalogueEntry, codes: [&str; 2]| {
        for (sku, code) in entry.skus.iter_mut().zip(codes) {
            sku.own_code = Some(code.to_owned());
        }
        entry.codes_change = true;
    };
    let mut new = catalogue_entry("1005006000000001", &connection);
    coded(&mut new, ["A", "B"]);
    let first = stored(&store, new).await;
    let mut swapped = next(&first);
    swapped.skus = first.skus.clone();
    coded(&mut swapped, ["B", "A"]);
    let second = stored(&store, swapped).await;
    assert_eq!(second.skus[0].own_code.as_deref(), Some("B"));
    let id = &second.product.id;
    for same in ["B", "b"] {
        let place = store.sku_coded(&connection, same).await.unwrap();
        assert_eq!(place, Some((id.clone(), "1200".to_owned())));
    }

    let mut taken = catalogue_entry("1005006000000002", &connection);
    coded(&mut taken, ["C", "A"]);
    let refused = store.save(taken, Traces::none()).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    assert_eq!(store.sku_coded(&connection, "C").await.unwrap(), None);
    // Another connection is another merchant.
    let other = connected(&store, "1002").await.id;
    let mut theirs = catalogue_entry("1005006000000002", &other);
    coded(&mut theirs, ["C", "A"]);
    assert_eq!(store.code_of_two_connections().await.unwrap(), None);
    let theirs = stored(&store, theirs).await;
    let shared = store.code_of_two_connections().await.unwrap();
    assert_eq!(shared.as_deref(), Some("A"));
    // What is not sold is in no shop.
    let mut unsold = next(&theirs);
    unsold.skus = theirs.skus.clone();
    unsold.skus[1].chosen = false;
    stored(&store, unsold).await;
    assert_eq!(store.code_of_two_connections().await.unwrap(), None);
}

/// Every combination of filters agrees with a look at each product, however the pages are cut.
pub(crate) async fn pages_hold_what_a_filter_lets_through_once(stage: Stage) {
    let store = stage.open().await;
    let connections = [
        connected(&store, "1001").await.id,
        connected(&store, "1002").await.id,
    ];
    let rule = price_rule("double");
    store.add_rule(rule.clone(), Traces::none()).await.unwrap();
    let mut all = Vec::new();
    for number in 0..57_usize {
        let mut new = catalogue_entry(
            &(1_005_006_000_000_000 + number).to_string(),
            &connections[number % 2],
        );
        let product = &mut new.product;
        product.state = CatalogueState::ALL[number % 3];
        product.availability = Availability::ALL[number % 5];
        product.labels = vec![format!("l{}", number % 4)];
        product.search = format!("lampe {} rouge {number}", ["oak", "ash", "elm"][number % 3]);
        product.rule = (number % 7 == 0).then(|| rule.id.clone());
        all.push(stored(&store, new).await);
    }
    all.sort_by(|a, b| b.product.id.cmp(&a.product.id));
    let label = |text: &str| Some(text.to_owned());
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let filters = [
        CatalogueFilter::default(),
        CatalogueFilter {
            state: Some(CatalogueState::Held),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            label: label("l1"),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            label: label("l"),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            words: words("lampe elm"),
            label: label("l1"),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            words: words("rouge 5"),
            state: Some(CatalogueState::Listed),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            connection: Some(connections[1].clone()),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            availability: Some(Availability::NotForApp),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            rule: Some(rule.id.clone()),
            ..CatalogueFilter::default()
        },
        CatalogueFilter {
            words: words("nothing"),
            ..CatalogueFilter::default()
        },
    ];
    for filter in filters {
        let wanted: Vec<&CatalogueEntry> = all
            .iter()
            .filter(|entry| lets_through(&filter, entry))
            .collect();
        for limit in [4, 200] {
            let (mut listed, mut whole, mut after) = (Vec::new(), Vec::new(), None);
            loop {
                let page = store
                    .products(&filter, after.as_ref(), limit)
                    .await
                    .unwrap();
                whole.extend(
                    store
                        .whole_products(&filter, after.as_ref(), limit)
                        .await
                        .unwrap(),
                );
                let Some(last) = page.last() else { break };
                after = Some(last.product.id.clone());
                listed.extend(page);
            }
            assert_eq!(whole.iter().collect::<Vec<_>>(), wanted, "{filter:?}");
            let same = listed
                .iter()
                .zip(&whole)
                .all(|(one, other)| (&one.product, &one.skus) == (&other.product, &other.skus));
            assert!(same && listed.len() == whole.len(), "{filter:?}");
        }
    }
    let some = [&all[3], &all[40]].map(|entry| entry.product.id.clone());
    let named = store.products_named(&some).await.unwrap();
    let named: Vec<_> = named.into_iter().map(|one| one.product.id).collect();
    assert_eq!(named, some);
    let counted = store.products_by_state().await.unwrap();
    let counted: HashSet<_> = counted.into_iter().collect();
    assert_eq!(
        counted,
        CatalogueState::ALL
            .iter()
            .map(|state| (*state, 19))
            .collect()
    );
}

fn lets_through(filter: &CatalogueFilter, entry: &CatalogueEntry) -> bool {
    let product = &entry.product;
    filter
        .words
        .iter()
        .all(|word| product.search.contains(word.as_str()))
        && filter.state.is_none_or(|state| product.state == state)
        && filter
            .label
            .as_ref()
            .is_none_or(|label| product.labels.contains(label))
        && filter
            .connection
            .as_ref()
            .is_none_or(|one| product.connection == *one)
        && filter
            .availability
            .is_none_or(|one| product.availability == one)
        && filter
            .rule
            .as_ref()
            .is_none_or(|one| product.rule.as_ref() == Some(one))
}

pub(crate) async fn what_is_searched_for_is_taken_as_it_is_written(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    for (number, search) in ["100% oak", "100 oaks", "a_b!", "axb", "\u{e6f}\u{4e2d}"]
        .iter()
        .enumerate()
    {
        let mut new = catalogue_entry(&number.to_string(), &connection);
        new.product.search = (*search).to_owned();
        new.product.labels = vec![(*search).to_owned()];
        stored(&store, new).await;
    }
    for (word, found) in [
        ("100%", 1),
        ("100", 2),
        ("a_b", 1),
        ("b!", 1),
        ("%", 1),
        ("\u{4e2d}", 1),
        ("'", 0),
    ] {
        let filter = CatalogueFilter {
            words: vec![word.to_owned()],
            ..CatalogueFilter::default()
        };
        let page = store.products(&filter, None, 9).await.unwrap();
        assert_eq!(page.len(), found, "{word}");
    }
    let labelled = CatalogueFilter {
        label: Some("a_b!".to_owned()),
        ..CatalogueFilter::default()
    };
    assert_eq!(store.products(&labelled, None, 9).await.unwrap().len(), 1);
}

pub(crate) async fn a_product_goes_with_all_that_is_its(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let first = stored(&store, catalogue_entry("1005006000000001", &connection)).await;
    let other = stored(&store, catalogue_entry("1005006000000002", &connection)).await;
    let mut later = next(&other);
    later.changes = vec![change(&other.product.id, "cost", 7)];
    stored(&store, later).await;

    let id = &first.product.id;
    assert!(
        store
            .remove_product(id, told("product.removed"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .remove_product(id, told("product.removed"))
            .await
            .unwrap()
    );
    assert_eq!(store.latest_number().await.unwrap(), 1);
    assert_eq!(store.catalogue().product(id).await.unwrap(), None);
    let mut raw = stage.raw().await;
    for table in ["catalogue_skus", "catalogue_details", "catalogue_changes"] {
        let left = raw
            .rows(format!("select distinct catalogue_id from {table}"))
            .await;
        assert_eq!(left, [[other.product.id.to_string()]], "{table}");
    }
    drop(raw);
    assert_eq!(store.prune_product_changes(NOW.plus(1)).await.unwrap(), 1);
    let history = store
        .product_changes(&other.product.id, None, 9)
        .await
        .unwrap();
    assert_eq!(history.len(), 1);
    stored(&store, catalogue_entry("1005006000000001", &connection)).await;
}

/// The same products in both databases: a label is what it is, letter for letter.
pub(crate) async fn a_label_is_found_by_itself_alone(stage: Stage) {
    let store = stage.open().await;
    let connection = connected(&store, "1001").await.id;
    let labels = ["Sale", "sale", "été", "ÉTÉ", "50%_off", "summer sale"];
    let mut ids = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        let number = (1_005_006_000_000_000 + number).to_string();
        let mut new = catalogue_entry(&number, &connection);
        new.product.labels = vec!["all".to_owned(), (*label).to_owned()];
        ids.push(stored(&store, new).await.product.id);
    }
    let found = async |label: &str| {
        let filter = CatalogueFilter {
            label: Some(label.to_owned()),
            ..CatalogueFilter::default()
        };
        let found = store.products(&filter, None, 99).await.unwrap();
        found
            .into_iter()
            .map(|one| one.product.id)
            .collect::<Vec<_>>()
    };
    for (label, id) in labels.iter().zip(&ids) {
        assert_eq!(&found(label).await, std::slice::from_ref(id), "{label}");
    }
    for other in ["ALL", "al", "sal", "SALE", "50%", "%", "50%%off"] {
        assert!(found(other).await.is_empty(), "{other}");
    }
    assert_eq!(found("all").await.len(), labels.len());
}
