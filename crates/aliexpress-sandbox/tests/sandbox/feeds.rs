//! Feeds of the dropshipping interfaces: names, ids by cursor, rows by page.

use std::collections::BTreeSet;

use aliexpress_sandbox::SandboxConfig;
use serde_json::{Value, json};

use crate::affiliate::{refusal, units};
use crate::support::{Bench, start, start_with};

const NAMES: &str = "aliexpress.ds.feedname.get";
const IDS: &str = "aliexpress.ds.feed.itemids.get";
const ROWS: &str = "aliexpress.ds.recommend.feed.get";

async fn names(bench: &Bench) -> Vec<(String, i64)> {
    let answer = bench.business(NAMES, &[]).await["resp_result"].take();
    assert_eq!(answer["resp_code"], 200);
    let promos = answer["result"]["promos"]["promo"].as_array().unwrap();
    assert_eq!(answer["result"]["current_record_count"], promos.len());
    promos
        .iter()
        .map(|promo| {
            let name = promo["promo_name"].as_str().unwrap().to_owned();
            (name, promo["product_num"].as_i64().unwrap())
        })
        .collect()
}

async fn part(bench: &Bench, token: &str, own: &[(&str, &str)]) -> Value {
    let mut all = vec![("access_token", token)];
    all.extend_from_slice(own);
    bench.business(IDS, &all).await
}

fn numbers(answer: &Value) -> Vec<i64> {
    let list = answer["result"]["products"]["number"].as_array();
    list.map_or_else(Vec::new, |list| {
        list.iter().filter_map(Value::as_i64).collect()
    })
}

/// All ids of a feed, cursor by cursor.
async fn all_ids(bench: &Bench, token: &str, own: &[(&str, &str)]) -> Vec<i64> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    let mut left = None;
    loop {
        let mut next = own.to_vec();
        if !cursor.is_empty() {
            next.push(("search_id", &cursor));
        }
        let answer = part(bench, token, &next).await;
        assert_eq!(answer["ret"], true, "{answer}");
        let page = numbers(&answer);
        let total = answer["result"]["total"].as_i64().unwrap();
        if page.is_empty() {
            assert_eq!(answer["result"]["products"], json!({}));
            assert_eq!(total, 0);
            return ids;
        }
        let count = i64::try_from(page.len()).unwrap();
        assert!(left.is_none_or(|left| left == total + count), "{answer}");
        left = Some(total);
        ids.extend(page);
        cursor = answer["result"]["search_id"].as_str().unwrap().to_owned();
    }
}

async fn all_rows(bench: &Bench, own: &[(&str, &str)]) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let number = page.to_string();
        let mut paged = own.to_vec();
        paged.extend([("page_no", number.as_str()), ("page_size", "6")]);
        let result = bench.business(ROWS, &paged).await["result"].take();
        all.extend(rows(&result));
        assert_eq!(result["current_page_no"], page);
        if result["is_finished"] == true {
            assert_eq!(result["total_record_count"], all.len());
            assert_eq!(result["total_page_no"], page);
            break;
        }
    }
    all
}

fn rows(result: &Value) -> Vec<Value> {
    let list = result["products"]["traffic_product_d_t_o"].as_array();
    list.cloned().unwrap_or_default()
}

fn ids(rows: &[Value]) -> BTreeSet<i64> {
    rows.iter()
        .filter_map(|row| row["product_id"].as_i64())
        .collect()
}

#[tokio::test]
async fn the_three_methods_tell_of_the_same_feeds() {
    let bench = start();
    let token = bench.token("buyer").await;
    let feeds = names(&bench).await;
    assert_eq!(feeds[0].0, "DS bestseller");
    assert!(feeds.len() > 2);
    let mut pools = BTreeSet::new();
    for (name, count) in feeds {
        let own = [("feed_name", name.as_str()), ("page_size", "7")];
        let by_cursor = all_ids(&bench, &token, &own).await;
        let rows = all_rows(&bench, &own[..1]).await;
        assert_eq!(by_cursor.len(), usize::try_from(count).unwrap(), "{name}");
        assert!(by_cursor.is_sorted());
        assert_eq!(ids(&rows), by_cursor.iter().copied().collect(), "{name}");
        assert!(pools.insert(by_cursor), "{name} is a feed of its own");
    }
}

#[tokio::test]
async fn a_cursor_lives_for_a_minute_and_belongs_to_its_feed() {
    let bench = start();
    let token = bench.token("buyer").await;
    let own = [("feed_name", "DS bestseller"), ("page_size", "3")];
    let first = part(&bench, &token, &own).await;
    let cursor = first["result"]["search_id"].as_str().unwrap().to_owned();
    let resumed = async |feed: &str, cursor: &str, category: &str| {
        let own = [
            ("feed_name", feed),
            ("page_size", "3"),
            ("search_id", cursor),
            ("category_id", category),
        ];
        part(&bench, &token, &own).await
    };
    let second = resumed("DS bestseller", &cursor, "").await;
    assert!(numbers(&second)[0] > numbers(&first)[2]);
    // The same cursor again gives the same page.
    assert_eq!(
        numbers(&resumed("DS bestseller", &cursor, "").await),
        numbers(&second)
    );

    let wrong = json!({ "ret": false, "rsp_code": 405, "rsp_msg": "The search_id is invalid or has expired" });
    let refused = |answer: &Value| {
        let mut answer = answer.clone();
        for id in ["request_id", "_trace_id_"] {
            answer.as_object_mut().unwrap().remove(id);
        }
        assert_eq!(answer, wrong);
    };
    let mut damaged = cursor.clone();
    damaged.replace_range(0..2, "39");
    for other in [
        damaged.as_str(),
        "x",
        "zz",
        "é",
        &cursor[2..],
        &cursor.to_uppercase(),
    ] {
        refused(&resumed("DS bestseller", other, "").await);
    }
    refused(&resumed("DS hot product", &cursor, "").await);
    refused(&resumed("DS bestseller", &cursor, "15").await);

    bench.advance(60).await;
    assert_eq!(
        numbers(&resumed("DS bestseller", &cursor, "").await),
        numbers(&second)
    );
    bench.advance(1).await;
    refused(&resumed("DS bestseller", &cursor, "").await);
}

#[tokio::test]
async fn sizes_categories_and_unknown_feeds() {
    let bench = start_with(SandboxConfig {
        products: 6000,
        ..SandboxConfig::default()
    });
    let token = bench.token("buyer").await;
    let feed = ("feed_name", "DS bestseller");
    for (size, count) in [
        ("1", 1),
        ("200", 200),
        ("0", 200),
        ("201", 200),
        ("-4", 200),
    ] {
        let answer = part(&bench, &token, &[feed, ("page_size", size)]).await;
        assert_eq!(numbers(&answer).len(), count, "{size}");
        assert_eq!(answer["result"]["total"], 240 - count, "{size}");
    }
    let home = [feed, ("category_id", "15")];
    let some = all_ids(&bench, &token, &[home[0], home[1], ("page_size", "9")]).await;
    assert!(!some.is_empty() && some.len() < 240);
    let rows = all_rows(&bench, &home).await;
    assert_eq!(ids(&rows), some.iter().copied().collect());
    assert!(rows.iter().all(|row| row["first_level_category_id"] == 15));
    // Only a root is a category of the ids.
    let leaf = [feed, ("category_id", "200154001")];
    assert!(all_ids(&bench, &token, &leaf).await.is_empty());

    let unknown = part(&bench, &token, &[("feed_name", "DS nothing")]).await;
    assert_eq!(unknown["ret"], true);
    assert_eq!(unknown["result"]["products"], json!({}));
    assert_eq!(unknown["result"]["total"], 0);
}

#[tokio::test]
async fn wrong_calls_are_refused_by_name() {
    let bench = start();
    let token = bench.token("buyer").await;
    let (code, text) = refusal(&bench, ROWS, &[]).await;
    assert_eq!(code, "MissingParameter");
    assert!(text.contains("feed_name"), "{text}");
    let (code, _) = refusal(&bench, IDS, &[("feed_name", "DS bestseller")]).await;
    assert_eq!(code, "IllegalAccessToken");
    let token = ("access_token", token.as_str());
    assert_eq!(refusal(&bench, IDS, &[token]).await.0, "MissingParameter");
    let feed = ("feed_name", "DS bestseller");
    for (method, name, value) in [
        (IDS, "category_id", "home"),
        (IDS, "page_size", "many"),
        (ROWS, "sort", "PRICE_ASC"),
        (ROWS, "category_id", "home"),
        (ROWS, "page_no", "first"),
    ] {
        let (code, text) = refusal(&bench, method, &[token, feed, (name, value)]).await;
        assert_eq!(code, "UnsupportedParamMapping", "{method} {name}");
        assert!(text.contains(name), "{text}");
    }
}

#[tokio::test]
async fn rows_are_sorted_and_priced_for_their_destination() {
    let bench = start();
    let feed = ("feed_name", "DS hot product");
    for (key, field) in [
        ("price", "target_sale_price"),
        ("volume", "lastest_volume"),
        ("discount", "discount"),
        ("DSRrating", "evaluate_rate"),
    ] {
        for (order, descending) in [("Asc", false), ("Desc", true)] {
            let sort = format!("{key}{order}");
            let rows = all_rows(&bench, &[feed, ("sort", &sort)]).await;
            let mut values: Vec<i64> = rows
                .iter()
                .map(|row| row[field].as_i64().unwrap_or_else(|| units(row, field)))
                .map(|value| {
                    if key == "DSRrating" {
                        value / 10
                    } else {
                        value
                    }
                })
                .collect();
            if descending {
                values.reverse();
            }
            assert!(values.len() > 20 && values.is_sorted(), "{sort} {values:?}");
        }
    }
    let all = all_rows(&bench, &[feed]).await;
    let french = [
        feed,
        ("country", "FR"),
        ("target_currency", "EUR"),
        ("target_language", "fr"),
    ];
    let french = all_rows(&bench, &french).await;
    assert!(french.len() < all.len(), "not everything is sold to France");
    for row in &french {
        let same = all
            .iter()
            .find(|own| own["product_id"] == row["product_id"])
            .unwrap();
        assert_eq!(
            row["sale_price"], same["sale_price"],
            "yuan know no destination"
        );
        assert_ne!(row["target_sale_price"], same["target_sale_price"]);
        assert_eq!(row["target_sale_price_currency"], "EUR");
        assert_ne!(
            row["first_level_category_name"],
            same["first_level_category_name"]
        );
        assert!(
            row["ship_to_days"]
                .as_str()
                .unwrap()
                .starts_with("ship to FR in ")
        );
    }
    let nowhere = bench.business(ROWS, &[feed, ("country", "KP")]).await;
    assert_eq!(nowhere["rsp_code"], 200);
    assert_eq!(nowhere["result"]["total_record_count"], 0);
    let past = bench.business(ROWS, &[feed, ("page_no", "99")]).await["result"].take();
    assert_eq!(past["products"], json!({}));
    assert_eq!(past["is_finished"], true);
    assert_eq!(past["total_record_count"], all.len());
}

#[tokio::test]
async fn a_changed_product_shows_as_changed_in_its_feeds() {
    let bench = start();
    let token = bench.token("buyer").await;
    let feed = ("feed_name", "DS bestseller");
    let expensive = all_rows(&bench, &[feed, ("sort", "priceDesc")]).await;
    let id = expensive[0]["product_id"].as_i64().unwrap();
    let path = format!("products/{id}");
    bench.set(&path, json!({ "price": "0.07" })).await;
    let cheap = all_rows(&bench, &[feed, ("sort", "priceAsc")]).await;
    assert_eq!(cheap[0]["product_id"], id);
    assert_eq!(cheap[0]["target_sale_price"], "0.07");

    let before = names(&bench).await;
    let ids_before = all_ids(&bench, &token, &[feed, ("page_size", "6")]).await;
    // Delisted while someone pages: the other ids neither move nor come twice.
    let own = [feed, ("page_size", "6")];
    let first = part(&bench, &token, &own).await;
    let cursor = first["result"]["search_id"].as_str().unwrap().to_owned();
    bench.set(&path, json!({ "delist": true })).await;
    let rest = part(&bench, &token, &[feed, ("search_id", &cursor)]).await;
    let wanted: Vec<i64> = ids_before[6..]
        .iter()
        .copied()
        .filter(|own| *own != id)
        .collect();
    assert_eq!(numbers(&rest), wanted);
    assert_eq!(names(&bench).await[0].1, before[0].1 - 1);
    assert_eq!(
        all_ids(&bench, &token, &own).await.len(),
        ids_before.len() - 1
    );
    assert!(!ids(&all_rows(&bench, &[feed]).await).contains(&id));

    bench.set(&path, json!({ "restore": true })).await;
    let shown = bench.look(&path).await;
    for sku in shown["skus"].as_array().unwrap() {
        bench.set(&path, json!({ "drop_sku": sku["sku_id"] })).await;
    }
    assert_eq!(
        names(&bench).await[0].1,
        before[0].1 - 1,
        "without SKUs there is nothing to sell"
    );
    assert_eq!(
        all_ids(&bench, &token, &own).await.len(),
        ids_before.len() - 1
    );
    bench.set(&path, json!({ "restore": true })).await;
    assert_eq!(names(&bench).await, before);
}

#[tokio::test]
async fn where_the_page_stands_is_a_switch() {
    let bench = start();
    let own = [("feed_name", "DS bestseller")];
    let direct = bench.business(ROWS, &own).await;
    let form = json!({ "recommend_feed_form": "resp_result" });
    bench.set("profile", form).await;
    let other = bench.business(ROWS, &own).await;
    assert!(other.get("result").is_none() && other.get("rsp_code").is_none());
    assert_eq!(other["resp_result"]["resp_code"], 200);
    assert_eq!(other["resp_result"]["result"], direct["result"]);
}

#[tokio::test]
async fn a_million_products_are_fed_like_five_hundred() {
    let bench = start_with(SandboxConfig {
        products: 1_000_000,
        ..SandboxConfig::default()
    });
    let token = bench.token("buyer").await;
    let feeds = names(&bench).await;
    assert_eq!(feeds[0], ("DS bestseller".to_owned(), 40_000));
    let feed = ("feed_name", "DS bestseller");
    let first = part(&bench, &token, &[feed]).await;
    assert_eq!(first["result"]["total"], 39_800);
    let cursor = first["result"]["search_id"].as_str().unwrap().to_owned();
    let second = part(&bench, &token, &[feed, ("search_id", &cursor)]).await;
    assert_eq!(second["result"]["total"], 39_600);
    let page = bench.business(ROWS, &[feed, ("page_no", "700")]).await["result"].take();
    assert_eq!(rows(&page).len(), 20);
    assert_eq!(page["total_page_no"], 2000);
}
