//! Recommendations and promotions of the affiliate interfaces, and what a changed product does to every list.

use serde_json::json;

use crate::affiliate::{
    DETAIL, DOWNLOAD, HOT, MATCH, PROMOTED, PROMOTIONS, QUERY, ask, assert_empty, ids, refusal,
    rows, whole,
};
use crate::support::{DAY_S, product, start};

#[tokio::test]
async fn recommendations_follow_product_words_or_device() {
    let bench = start();
    let own = product(1);
    let device = ("device_id", "adid-1");
    let near = ask(&bench, MATCH, &[device, ("product_id", &own)]).await;
    let family = rows(&ask(&bench, DETAIL, &[("product_ids", &own)]).await)[0].clone();
    for row in rows(&near) {
        assert_eq!(
            row["second_level_category_id"],
            family["second_level_category_id"]
        );
        assert_ne!(row["product_id"].to_string(), own);
    }
    let words = ask(&bench, MATCH, &[device, ("keywords", "bag")]).await;
    for row in rows(&words) {
        assert!(
            row["product_title"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .contains("bag"),
            "{row}"
        );
    }
    // An unknown product falls back to the words, and without any the device decides, always alike.
    let other = ask(
        &bench,
        MATCH,
        &[device, ("product_id", "5"), ("keywords", "bag")],
    )
    .await;
    assert_eq!(ids(&other), ids(&words));
    let one = ids(&ask(&bench, MATCH, &[device]).await);
    assert_eq!(one, ids(&ask(&bench, MATCH, &[device]).await));
    let two = ids(&ask(&bench, MATCH, &[("device_id", "adid-2")]).await);
    assert_ne!(one, two);
    let next = ids(&ask(&bench, MATCH, &[device, ("page_no", "2")]).await);
    assert!(next.iter().all(|id| !one.contains(id)));
    assert_empty(&ask(&bench, MATCH, &[device, ("page_no", "400")]).await);
    // An empty device falls back to the others, and says nothing alone.
    let empty = ("device_id", "");
    let same = ask(&bench, MATCH, &[empty, ("product_id", &own)]).await;
    assert_eq!(ids(&same), ids(&near));
    let same = ask(&bench, MATCH, &[empty, ("keywords", "bag")]).await;
    assert_eq!(ids(&same), ids(&words));
    assert_empty(&ask(&bench, MATCH, &[empty]).await);
    let (code, text) = refusal(&bench, MATCH, &[]).await;
    assert_eq!(
        (code, text.contains("device_id")),
        ("MissingParameter".into(), true)
    );
}

#[tokio::test]
async fn promotions_run_by_the_clock_and_hold_what_they_say() {
    let bench = start();
    let listed = async || {
        let answer = ask(&bench, PROMOTIONS, &[]).await;
        answer["result"]["promos"]["promo"]
            .as_array()
            .unwrap()
            .clone()
    };
    let running = listed().await;
    assert_eq!(running.len(), 2);
    for promo in &running {
        let name = promo["promo_name"].as_str().unwrap();
        let own = [("promotion_name", name)];
        let all = whole(&bench, PROMOTED, &own, "11").await;
        assert_eq!(all.len(), promo["product_num"], "{name}");
        let searched = whole(&bench, QUERY, &own, "50").await;
        assert_eq!(searched.len(), all.len(), "{name}");
        let mut paged = own.to_vec();
        paged.extend([("page_size", "11"), ("page_no", "1")]);
        assert_eq!(
            ask(&bench, PROMOTED, &paged).await["result"]["is_finished"],
            false
        );
        paged[1] = ("page_size", "50");
        assert_eq!(
            ask(&bench, PROMOTED, &paged).await["result"]["is_finished"],
            true
        );
    }
    for name in ["Hot Product", "New Arrival", "Best Seller", "weeklydeals"] {
        let own = [("promotion_name", name)];
        assert!(
            !whole(&bench, PROMOTED, &own, "50").await.is_empty(),
            "{name}"
        );
    }
    // Hot products of a promotion are in both.
    let name = running[0]["promo_name"].as_str().unwrap().to_owned();
    let both = whole(&bench, HOT, &[("promotion_name", "Best Seller")], "50").await;
    let hot = whole(&bench, HOT, &[], "50").await;
    assert!((1..hot.len()).contains(&both.len()));

    // Without a name it is the newest; the time must overlap.
    let newest = ids(&ask(&bench, PROMOTED, &[]).await);
    assert_eq!(
        newest,
        ids(&ask(&bench, PROMOTED, &[("promotion_name", &name)]).await)
    );
    let at = |start: &'static str, end: &'static str| {
        [("promotion_start_time", start), ("promotion_end_time", end)]
    };
    let within = at("2025-12-30 00:00:00", "2026-01-02 00:00:00");
    assert_eq!(ids(&ask(&bench, PROMOTED, &within).await), newest);
    let later = at("2026-03-01 00:00:00", "2026-03-02 00:00:00");
    assert_empty(&ask(&bench, PROMOTED, &later).await);
    let earlier = at("2025-01-01 00:00:00", "2025-01-02 00:00:00");
    assert_empty(&ask(&bench, PROMOTED, &earlier).await);

    bench.advance(14 * DAY_S).await;
    assert!(listed().await.iter().all(|promo| !running.contains(promo)));
    let old = [("promotion_name", name.as_str())];
    for method in [PROMOTED, QUERY, HOT] {
        assert_empty(&ask(&bench, method, &old).await);
    }
}

#[tokio::test]
async fn a_changed_product_shows_as_changed_in_every_list() {
    let bench = start();
    // The most expensive hot product of the newest promotion's pool is in all lists at once.
    let hot: Vec<i64> = whole(&bench, HOT, &[("sort", "SALE_PRICE_DESC")], "50")
        .await
        .iter()
        .filter_map(|row| row["product_id"].as_i64())
        .collect();
    let promoted: Vec<i64> = whole(&bench, PROMOTED, &[], "50")
        .await
        .iter()
        .filter_map(|row| row["product_id"].as_i64())
        .collect();
    let both = hot.iter().find(|id| promoted.contains(id)).copied();
    let number = both.unwrap();
    let id = number.to_string();
    let category =
        rows(&ask(&bench, DETAIL, &[("product_ids", &id)]).await)[0]["first_level_category_id"]
            .to_string();
    let by_price = ("sort", "SALE_PRICE_ASC");
    let lists: [(&str, Vec<(&str, &str)>); 5] = [
        (QUERY, vec![by_price]),
        (HOT, vec![by_price]),
        (PROMOTED, vec![("sort", "priceAsc")]),
        (DOWNLOAD, vec![("category_id", &category)]),
        (DETAIL, vec![("product_ids", &id)]),
    ];
    let path = format!("products/{id}");
    bench.set(&path, json!({ "price": "0.07" })).await;
    for (method, own) in &lists {
        let mut own = own.clone();
        own.push(("page_size", "50"));
        let rows = rows(&ask(&bench, method, &own).await);
        let row = rows.iter().find(|row| row["product_id"] == number);
        let row = row.unwrap_or_else(|| panic!("{method}"));
        assert_eq!(row["target_sale_price"], "0.07", "{method}");
        assert_eq!(row["sale_price"], "0.07", "{method}");
        if *method != DOWNLOAD {
            assert_eq!(rows[0]["product_id"], number, "{method}: cheapest first");
        }
    }
    let page = bench.get(&format!("/item/{id}.html")).await;
    assert!(page.text().contains("US $0.07"), "{}", page.text());

    bench.set(&path, json!({ "delist": true })).await;
    for (method, own) in &lists {
        let mut own = own.clone();
        own.push(("page_size", "50"));
        let found = ids(&ask(&bench, method, &own).await);
        assert!(!found.contains(&number), "{method}");
    }
    let promo = ask(&bench, PROMOTIONS, &[]).await;
    assert_eq!(
        promo["result"]["promos"]["promo"][0]["product_num"],
        promoted.len() - 1
    );
    let near = ask(
        &bench,
        MATCH,
        &[("device_id", "x"), ("product_id", &product(1))],
    )
    .await;
    let gone = ids(&near)[0];
    bench
        .set(&format!("products/{gone}"), json!({ "delist": true }))
        .await;
    let near = ask(
        &bench,
        MATCH,
        &[("device_id", "x"), ("product_id", &product(1))],
    )
    .await;
    assert!(!ids(&near).contains(&gone));
}
