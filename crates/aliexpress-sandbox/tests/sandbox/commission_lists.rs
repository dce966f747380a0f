//! How commission orders are read: pages, moving index, time spans, fields, numbers.

use serde_json::json;

use crate::commissions::{
    GET, LIST, PAID, RECEIVED, SETTLED, ask, asked, buy, listed, numbers, rows,
};
use crate::support::{Bench, DAY_S, product, start};

const INDEX: &str = "aliexpress.affiliate.order.listbyindex";

#[tokio::test]
async fn pages_end_where_the_orders_end() {
    let bench = start();
    for _ in 0..4 {
        buy(&bench, json!({ "product_id": product(0) })).await;
    }
    let mut seen = Vec::new();
    for page in 1..=4 {
        let page = page.to_string();
        let own = asked(PAID, &[("page_size", "2"), ("page_no", &page)]);
        let answer = ask(&bench, LIST, &own).await;
        assert_eq!(answer["result"]["total_record_count"], 7);
        assert_eq!(answer["result"]["total_page_no"], 4);
        assert_eq!(answer["result"]["current_page_no"].to_string(), page);
        seen.extend(numbers(&rows(&answer)));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let past = asked(PAID, &[("page_size", "2"), ("page_no", "5")]);
    assert!(rows(&ask(&bench, LIST, &past).await).is_empty());
    // A number below one counts as one, a negative one is not looked at (inferred).
    for (number, count) in [("9223372036854775807", 0), ("0", 1), ("-1", 7)] {
        let own = asked(PAID, &[("page_size", number), ("page_no", number)]);
        let found = rows(&ask(&bench, LIST, &own).await);
        assert_eq!(found.len(), count, "{number}");
    }
}

#[tokio::test]
async fn a_page_holds_fifty_at_most() {
    let bench = start();
    bench
        .set(&format!("products/{}", product(0)), json!({ "stock": 100 }))
        .await;
    for _ in 0..49 {
        buy(&bench, json!({ "product_id": product(0) })).await;
    }
    for (size, count) in [("50", 50), ("500", 50), ("49", 49), ("", 20)] {
        let found = listed(&bench, PAID, &[("page_size", size)]).await;
        assert_eq!(found.len(), count, "{size}");
    }
    assert_eq!(
        bench.look("commissions").await["commissions"]
            .as_array()
            .unwrap()
            .len(),
        58
    );
}

/// Reads everything by index, feeding one end of each answer into the next call.
async fn read_by_index(bench: &Bench, end: &str) -> Vec<i64> {
    let mut seen = Vec::new();
    let mut start = String::new();
    for _ in 0..20 {
        let mut more = vec![("page_size", "2")];
        if !start.is_empty() {
            more.push(("start_query_index_id", &start));
        }
        let answer = ask(bench, INDEX, &asked(PAID, &more)).await;
        let found = rows(&answer);
        if found.is_empty() {
            return seen;
        }
        assert!(found[0].get("order_number").is_none(), "{answer}");
        seen.extend(numbers(&found));
        let end = &answer["result"][format!("{end}_query_index_id")];
        start = end.as_str().unwrap().to_owned();
    }
    panic!("no end: {seen:?}");
}

#[tokio::test]
async fn the_index_leads_to_the_end_from_either_side() {
    let bench = start();
    for _ in 0..4 {
        buy(&bench, json!({ "product_id": product(0) })).await;
    }
    let upwards = read_by_index(&bench, "max").await;
    bench
        .set("profile", json!({ "commission_cursor": "min" }))
        .await;
    let mut downwards = read_by_index(&bench, "min").await;
    downwards.reverse();
    assert_eq!(upwards, downwards);
    assert_eq!(upwards.len(), 7);
    let mut all = upwards.clone();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 7, "none twice");
    for index in ["x", "20260101_1", "20260101000000_", "20260101000000_x"] {
        let own = asked(PAID, &[("start_query_index_id", index)]);
        let answer = bench.sync(INDEX, &own).await;
        assert_eq!(
            answer["error_response"]["code"], "UnsupportedParamMapping",
            "{index}"
        );
    }
}

#[tokio::test]
async fn the_time_span_is_read_in_platform_time_by_the_moment_asked_for() {
    let bench = start();
    let number = buy(&bench, json!({ "product_id": product(0) })).await;
    // 2026-01-01T00:00:00Z is 16:00 of the day before there; both ends belong to the span.
    for (from, to, found) in [
        ("2025-12-31 16:00:00", "2025-12-31 16:00:00", true),
        ("2025-12-31 16:00:01", "2026-01-01 00:00:00", false),
        ("2025-12-31 12:00:00", "2025-12-31 15:59:59", false),
        ("2026-01-01 00:00:00", "2025-12-31 00:00:00", false),
    ] {
        let span = [("start_time", from), ("end_time", to)];
        let rows = listed(&bench, PAID, &span).await;
        assert_eq!(numbers(&rows).contains(&number), found, "{from} to {to}");
    }
    bench.advance(20 * DAY_S).await;
    let span = [
        ("start_time", "2026-01-20 16:00:00"),
        ("end_time", "2026-01-20 16:00:00"),
    ];
    assert!(listed(&bench, RECEIVED, &span).await.is_empty());
    let by_receipt = [&span[..], &[("time_type", "Buyer Confirmed Receipt Time")]].concat();
    assert_eq!(
        numbers(&listed(&bench, RECEIVED, &by_receipt).await),
        [number]
    );
    let by_settlement = [("time_type", "Completed Settlement Time")];
    assert!(listed(&bench, RECEIVED, &by_settlement).await.is_empty());
    assert!(!listed(&bench, SETTLED, &by_settlement).await.is_empty());
}

#[tokio::test]
async fn sites_fields_and_wrong_words() {
    let bench = start();
    assert!(
        !listed(&bench, PAID, &[("locale_site", "global")])
            .await
            .is_empty()
    );
    assert!(
        listed(&bench, PAID, &[("locale_site", "es_site")])
            .await
            .is_empty()
    );
    let own = [("fields", "sub_order_id, paid_amount,nothing")];
    for row in listed(&bench, PAID, &own).await {
        let mut keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, ["paid_amount", "sub_order_id"]);
    }
    for (name, value, code) in [
        ("status", "Paid", "UnsupportedParamMapping"),
        ("time_type", "Paid", "UnsupportedParamMapping"),
        ("locale_site", "mars", "UnsupportedParamMapping"),
        ("start_time", "2026-01-01", "UnsupportedParamMapping"),
        ("end_time", "", "MissingParameter"),
    ] {
        let answer = bench.sync(LIST, &asked(PAID, &[(name, value)])).await;
        assert_eq!(answer["error_response"]["code"], code, "{name}");
    }
}

#[tokio::test]
async fn orders_are_found_by_the_numbers_of_their_lines() {
    let bench = start();
    let paid = listed(&bench, PAID, &[]).await;
    let two: Vec<String> = numbers(&paid[..2]).iter().map(i64::to_string).collect();
    let order = paid[0]["order_id"].to_string();
    let asked = format!("{} , {},1,x,{order}", two[0], two[1]);
    let found = rows(&ask(&bench, GET, &[("order_ids", &asked)]).await);
    let mut wanted = numbers(&paid[..2]);
    wanted.sort_unstable();
    assert_eq!(numbers(&found), wanted);
    for nothing in [
        &[][..],
        &[("order_ids", "x")],
        &[("order_ids", order.as_str())],
    ] {
        assert!(rows(&ask(&bench, GET, nothing).await).is_empty());
    }
}
