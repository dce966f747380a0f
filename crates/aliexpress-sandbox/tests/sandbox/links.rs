//! Tracking links: which sources get one, and what following one does.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, product, start};

const GENERATE: &str = "aliexpress.affiliate.link.generate";

/// The rows of an answer, after looking at what is around them.
pub(crate) async fn generate(bench: &Bench, sources: &str, tracking_id: &str) -> Vec<Value> {
    let own = [
        ("promotion_link_type", "0"),
        ("source_values", sources),
        ("tracking_id", tracking_id),
    ];
    let answer = bench.business(GENERATE, &own).await;
    let result = &answer["resp_result"]["result"];
    assert_eq!(answer["resp_result"]["resp_code"], 200, "{answer}");
    assert_eq!(result["tracking_id"], tracking_id);
    let rows = result["promotion_links"]["promotion_link"]
        .as_array()
        .unwrap();
    assert_eq!(result["total_result_count"], rows.len());
    rows.clone()
}

/// The link of one source, as the path on this sandbox.
pub(crate) async fn link(bench: &Bench, source: &str, tracking_id: &str) -> String {
    let rows = generate(bench, source, tracking_id).await;
    let link = rows[0]["promotion_link"].as_str().unwrap();
    let path = link.strip_prefix("http://127.0.0.1:8090").unwrap();
    path.to_owned()
}

#[tokio::test]
async fn good_sources_get_links_and_bad_ones_a_reason_in_another_order() {
    let bench = start();
    let page = format!("https://www.aliexpress.com/item/{}.html", product(1));
    let sources = [
        product(0).as_str(),
        page.as_str(),
        "https://www.example.com/",
        "https://www.aliexpress.com/item/1.html",
        "https://www.aliexpress.com/store/1102000001",
        "https://www.aliexpress.com/store/1",
    ]
    .map(str::to_owned);
    let rows = generate(&bench, &sources.join(" , "), "blog").await;
    let answered: Vec<&str> = rows
        .iter()
        .map(|row| row["source_value"].as_str().unwrap())
        .collect();
    assert_ne!(answered, sources);
    for source in &sources {
        let row = rows
            .iter()
            .find(|row| row["source_value"] == *source)
            .unwrap();
        let good = source.ends_with("0001") || *source == page;
        assert_eq!(row.get("promotion_link").is_some(), good, "{row}");
        assert_eq!(row.get("message").is_none(), good, "{row}");
    }
}

#[tokio::test]
async fn a_delisted_product_gets_no_link() {
    let bench = start();
    let path = format!("products/{}", product(0));
    bench.set(&path, json!({ "delist": true })).await;
    let rows = generate(&bench, &product(0), "blog").await;
    assert_eq!(rows[0]["message"], "The link is not valid");
    bench.set(&path, json!({ "restore": true })).await;
    assert!(generate(&bench, &product(0), "blog").await[0]["promotion_link"].is_string());
}

#[tokio::test]
async fn requests_that_mean_nothing_are_refused() {
    let bench = start();
    let sources = |count: usize| vec![product(0); count].join(",");
    let (most, more) = (sources(50), sources(51));
    let (longest, longer) = ("x".repeat(64), "x".repeat(65));
    for (kind, sources, tracking_id, code) in [
        ("0", most.as_str(), longest.as_str(), ""),
        ("2", "lamp", "blog", ""),
        ("0", &more, "blog", "UnsupportedParamMapping"),
        ("0", "1", &longer, "UnsupportedParamMapping"),
        ("3", "1", "blog", "UnsupportedParamMapping"),
        ("hot", "1", "blog", "UnsupportedParamMapping"),
        ("0", "1", "", "MissingParameter"),
        ("0", " , ", "blog", "MissingParameter"),
        ("", "1", "blog", "MissingParameter"),
    ] {
        let own = [
            ("promotion_link_type", kind),
            ("source_values", sources),
            ("tracking_id", tracking_id),
        ];
        let answer = bench.sync(GENERATE, &own).await;
        let given = answer["error_response"]["code"]
            .as_str()
            .unwrap_or_default();
        assert_eq!(given, code, "{kind} {tracking_id}: {answer}");
    }
}

#[tokio::test]
async fn following_a_link_is_noted_and_leads_to_the_item() {
    let bench = start();
    let path = link(&bench, &product(2), "blog").await;
    let answer = bench.get(&format!("{path}?af=summer&secret=x")).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let item = format!("/item/{}.html", product(2));
    assert_eq!(answer.header("location"), item);
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(bench.get(&item).await.status, StatusCode::OK);

    let shown = bench.look("commissions").await;
    assert_eq!(shown["total_clicks"], 1);
    let click = &shown["clicks"][0];
    assert_eq!(click["tracking_id"], "blog");
    assert_eq!(click["product_id"].to_string(), product(2));
    assert_eq!(click["parameters"], json!({ "af": "summer" }));
}

#[tokio::test]
async fn a_link_keeps_the_chosen_sku() {
    let bench = start();
    let sku = crate::samples::first_sku(&bench, 0).await;
    let source = format!("//127.0.0.1:8090/item/{}.html?skuId={sku}", product(0));
    let path = link(&bench, &source, "blog").await;
    let answer = bench.get(&path).await;
    let item = format!("/item/{}.html?skuId={sku}", product(0));
    assert_eq!(answer.header("location"), item);
    assert_eq!(bench.get(&item).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_link_leads_nowhere_and_is_not_counted() {
    let bench = start();
    for path in [
        "/s/x",
        "/s/i1_zz",
        "/s/https://example.com/",
        "/s/%2F%2Fexample.com",
    ] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("location"), "");
        assert!(answer.text().contains("not AliExpress"), "{path}");
    }
    assert_eq!(bench.look("commissions").await["total_clicks"], 0);
    let path = link(&bench, &product(0), "blog").await;
    let answer = bench
        .control(
            Method::POST,
            "commissions",
            &json!({ "product_id": product(0), "click": 1 }),
        )
        .await;
    assert_eq!(
        answer.status,
        StatusCode::NOT_FOUND,
        "{path} was not followed"
    );
}

#[tokio::test]
async fn a_link_to_a_store_leads_to_what_it_sells() {
    let bench = start();
    let source = "https://www.aliexpress.com/store/1102000001";
    let path = link(&bench, source, "blog").await;
    let answer = bench.get(&path).await;
    assert_eq!(answer.header("location"), "/store/1102000001");
    let page = bench.get("/store/1102000001").await;
    assert_eq!(page.status, StatusCode::OK);
    let item = |index: i64| format!("\"/item/{}.html\"", product(index));
    assert!(page.text().contains(&item(3)), "{}", page.text());
    assert!(!page.text().contains(&item(1)), "of the next store");
    bench
        .set(
            &format!("products/{}", product(3)),
            json!({ "delist": true }),
        )
        .await;
    let page = bench.get("/store/1102000001").await;
    assert!(!page.text().contains(&item(3)) && page.text().contains(&item(0)));
    for id in ["1", "x", "9223372036854775807"] {
        let page = bench.get(&format!("/store/{id}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text().contains("not AliExpress"));
    }
    assert_eq!(
        bench.look("commissions").await["clicks"][0]["product_id"],
        Value::Null
    );
}
