//! Every address of ours that stands in an answer leads somewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Bench, product, start};

/// Paths of all addresses below the base URL, wherever they stand in an answer.
fn paths(answer: &Value, found: &mut BTreeSet<String>) {
    match answer {
        Value::String(text) => {
            for address in text.split("//127.0.0.1:8090").skip(1) {
                let end = address.find(['"', ';', ',', ' ', '<', '\\']);
                found.insert(address[..end.unwrap_or(address.len())].to_owned());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| paths(field, found)),
        _ => {}
    }
}

async fn follow(bench: &Bench, path: &str) {
    let answer = bench.get(path).await;
    let leads = answer.status.is_success() || answer.status.is_redirection();
    assert!(leads, "{path}: {}", answer.status);
    assert!(
        !answer.header("content-type").contains("json"),
        "{path} is an answer of the gateway"
    );
}

#[tokio::test]
async fn addresses_in_answers_lead_somewhere() {
    let bench = start();
    let token = bench.token("buyer").await;
    let (one, film) = (product(1), product(3));
    let token = ("access_token", token.as_str());
    let usd = ("target_currency", "USD");
    let times = [
        ("start_time", "2025-10-01 00:00:00"),
        ("end_time", "2026-01-01 00:00:00"),
        ("status", "Payment Completed"),
    ];
    let order = json!({ "order_id": 8_100_000_000_000_002_i64 }).to_string();
    let link = format!("https://www.aliexpress.com/item/{one}.html");
    let calls: [(&str, Vec<(&str, &str)>); 10] = [
        (
            "aliexpress.ds.product.get",
            vec![token, ("product_id", &film), ("ship_to_country", "FR")],
        ),
        (
            "aliexpress.ds.text.search",
            vec![
                token,
                ("keyWord", "lamp"),
                ("local", "en_US"),
                ("countryCode", "US"),
                ("currency", "USD"),
                ("sortBy", "orders,desc"),
            ],
        ),
        (
            "aliexpress.ds.recommend.feed.get",
            vec![("feed_name", "DS_Home&Kitchen_bestsellers")],
        ),
        (
            "aliexpress.ds.product.specialinfo.get",
            vec![
                ("itemId", &one),
                ("countryCodes", "[\"FR\",\"US\"]"),
                ("appKey", "500100"),
            ],
        ),
        (
            "aliexpress.trade.ds.order.get",
            vec![token, ("single_order_query", &order)],
        ),
        (
            "aliexpress.affiliate.product.query",
            vec![("keywords", "lamp"), ("tracking_id", "blog"), usd],
        ),
        (
            "aliexpress.affiliate.productdetail.get",
            vec![("product_ids", &film), ("tracking_id", "blog")],
        ),
        (
            "aliexpress.affiliate.link.generate",
            vec![
                ("promotion_link_type", "0"),
                ("source_values", &link),
                ("tracking_id", "blog"),
            ],
        ),
        ("aliexpress.affiliate.order.list", times.to_vec()),
        (
            "/aliexpress/xinghe/merchant/license/get",
            vec![("param0", "{\"sellerAdminSeq\":\"2000000001\"}")],
        ),
    ];
    let mut all = BTreeSet::new();
    for (method, own) in calls {
        let answer = bench.sync(method, &own).await;
        let mut found = BTreeSet::new();
        paths(&answer, &mut found);
        let none_of_ours = matches!(
            method,
            "aliexpress.ds.recommend.feed.get" | "/aliexpress/xinghe/merchant/license/get"
        );
        assert!(!found.is_empty() || none_of_ours, "{method}: {answer}");
        all.append(&mut found);
    }
    for path in &all {
        follow(&bench, path).await;
    }
    for kind in ["/item/", "/store/", "/video/", "/s/", "/_sandbox/pictures/"] {
        let seen = all.iter().any(|path| path.starts_with(kind));
        assert!(seen, "{kind}: {all:?}");
    }
}

#[tokio::test]
async fn a_film_is_a_page_that_says_that_there_is_none() {
    let bench = start();
    let page = bench.get(&format!("/video/{}.html", product(3))).await;
    assert!(page.text().contains("The sandbox has no films."));
    assert!(page.text().contains("This is not AliExpress."));
    for wrong in [product(1), "1".to_owned(), "x".to_owned()] {
        let answer = bench.get(&format!("/video/{wrong}.html")).await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
}
