//! Earning by recommending, over the API.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use testkit::app::App;

const LINKS: &str = "/api/aliexpress/affiliate/links";

#[tokio::test(flavor = "multi_thread")]
async fn links_come_in_the_order_of_the_request_and_say_why_there_is_none() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let ids = app.products().await?;
    let address =
        |id: &String, number| format!("https://www.aliexpress.com/item/{id}.html?spm=a,{number}");
    let mut sources: Vec<String> = (0..59).map(|number| address(&ids[0], number)).collect();
    sources.push(ids[0].clone());
    // Named a second time, far behind.
    sources.push(sources[0].clone());
    let wanted = json!({"tracking_id": "shop_fr", "sources": sources});
    let made = visitor.post_json(LINKS, &wanted).await?.json()?;
    let links = made["links"].as_array().context("no links")?;
    let answered: Vec<&str> = links
        .iter()
        .filter_map(|link| link["source"].as_str())
        .collect();
    assert_eq!(answered, sources, "{made}");
    assert!(links.iter().any(|link| link["link"].is_string()), "{made}");
    for link in links {
        assert_ne!(
            link["link"].is_string(),
            link["message"].is_string(),
            "{link}"
        );
    }
    assert!(links[0]["link"].is_string() && links[0]["link"] == links[60]["link"]);
    // Sixty different sources are two calls.
    assert_eq!(
        app.journal("aliexpress.affiliate.link.generate")
            .await?
            .len(),
        2
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_takes_no_links_of_the_others_away() -> Result<()> {
    const GENERATE: &str = "aliexpress.affiliate.link.generate";
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let ids = app.products().await?;
    let address = |number| format!("https://www.aliexpress.com/item/{}.html?n={number}", ids[0]);
    let sources: Vec<String> = (0..60).map(address).collect();
    for fault in [
        json!({ "match": { "method": GENERATE }, "then": "delay", "delay_ms": 0 }),
        json!({ "match": { "method": GENERATE }, "then": "error", "code": "InsufficientPermission" }),
    ] {
        app.control("faults", &fault).await?;
    }
    let wanted = json!({"tracking_id": "shop_fr", "sources": sources});
    let made = visitor.post_json(LINKS, &wanted).await?.json()?;
    let links = made["links"].as_array().context("no links")?;
    assert_eq!(links.len(), 60, "{made}");
    assert!(
        links[..50].iter().all(|link| link["link"].is_string()),
        "{made}"
    );
    for link in &links[50..] {
        assert_eq!(link["problem"], "no_answer");
        assert!(link["message"].is_string(), "{link}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_linked_is_refused_before_the_gateway_is_asked() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    for (wanted, field) in [
        (
            json!({"tracking_id": "", "sources": ["1005006000000001"]}),
            "tracking_id",
        ),
        (
            json!({"tracking_id": "a b", "sources": ["1005006000000001"]}),
            "tracking_id",
        ),
        (json!({"tracking_id": "shop", "sources": []}), "sources"),
        (
            json!({"tracking_id": "shop", "sources": ["https://example.org/"]}),
            "sources",
        ),
        (
            json!({"tracking_id": "shop", "sources": vec!["1005006000000001"; 1001]}),
            "sources",
        ),
    ] {
        let reply = visitor.post_json(LINKS, &wanted).await?;
        assert_eq!(reply.status, 400, "{field}: {}", reply.text());
        let problem = reply.json()?;
        assert_eq!(problem["code"], "invalid_parameter", "{problem}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.starts_with(field), "{problem}");
    }
    for query in [
        "from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        "from=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z",
    ] {
        let reply = visitor
            .get(&format!("/api/aliexpress/affiliate/orders?{query}"))
            .await?;
        assert_eq!(reply.json()?["code"], "invalid_parameter", "{query}");
    }
    assert!(app.journal("").await?.iter().all(|call| {
        !call["api"]
            .as_str()
            .unwrap_or_default()
            .starts_with("aliexpress.affiliate")
    }));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hot_products_carry_commission_and_link() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let hot = |query: &str| format!("/api/aliexpress/affiliate/hot-products?{query}");
    let found = visitor
        .get(&hot("page_size=10&tracking_id=shop_fr"))
        .await?
        .json()?;
    let products = found["products"].as_array().context("no products")?;
    assert_eq!(products.len(), 10, "{found}");
    for product in products {
        let rate = product["commission_rate"].as_str().unwrap_or_default();
        assert!(rate.ends_with('%'), "{product}");
        assert!(product["promotion_link"].is_string(), "{product}");
        assert_eq!(product["currency"], "EUR", "{product}");
    }
    let none = visitor.get(&hot("q=nosuchwordanywhere")).await?.json()?;
    assert_eq!((&none["total"], &none["products"]), (&json!(0), &json!([])));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn commissions_are_exact_amounts_of_a_span() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let now = app.core.now();
    let from = now - jiff::SignedDuration::from_hours(24 * 30);
    let mut seen = 0;
    for state in ["paid", "received", "settled", "invalid"] {
        let query =
            format!("/api/aliexpress/affiliate/orders?from={from}&until={now}&state={state}");
        let found = visitor.get(&query).await?.json()?;
        let lines = found["lines"].as_array().context("no lines")?;
        for line in lines {
            let paid = line["paid"]["amount"].as_str().context("no amount")?;
            assert_eq!(
                paid.split_once('.').map(|(_, cents)| cents.len()),
                Some(2),
                "{line}"
            );
            assert!(line["commission"]["amount"].is_string(), "{line}");
        }
        seen += lines.len();
    }
    assert!(seen > 0, "the sandbox has commissions in every month");
    let before = visitor
        .get(
            "/api/aliexpress/affiliate/orders?from=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z",
        )
        .await?
        .json()?;
    assert_eq!(before["lines"], Value::Array(Vec::new()));
    Ok(())
}
