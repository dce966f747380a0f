//! The catalogue as a program uses it: imported, edited, priced and taken away as a file.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::Scope;
use testkit::app::App;
use testkit::http::{Http, Reply};

const CATALOGUE: &str = "/api/aliexpress/catalogue";

async fn send(visitor: &Http, method: Method, path: &str, body: Option<Value>) -> Result<Reply> {
    let request = visitor.request(method, path);
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body.to_string()),
        None => request,
    };
    visitor.send(request).await
}

async fn import(app: &App, visitor: &Http) -> Result<Value> {
    let number = app.products().await?.into_iter().next().context("none")?;
    let new = json!({ "product": number, "labels": ["lamps"] });
    visitor
        .post_json(CATALOGUE, &new)
        .await?
        .expect_status(200)?
        .json()
}

fn text<'v>(value: &'v Value, field: &str) -> Result<&'v str> {
    value[field]
        .as_str()
        .with_context(|| format!("no {field}: {value}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_keeps_its_catalogue() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let product = import(&app, &visitor).await?;
    let here = format!("{CATALOGUE}/{}", text(&product, "id")?);
    assert_eq!(visitor.get(&here).await?.json()?, product);
    let sku = text(&product["skus"][0], "id")?;
    let change = json!({ "title": "Lampe d'été", "state": "held", "skus": [{ "id": sku, "own_code": "L-1" }] });
    let changed = send(&visitor, Method::PATCH, &here, Some(change)).await?;
    let changed = changed.expect_status(200)?.json()?;
    assert_eq!(
        (&changed["title"], &changed["skus"][0]["own_code"]),
        (&json!("Lampe d'été"), &json!("L-1"))
    );
    for query in [
        "q=ete",
        "q=l-1",
        "state=held",
        "label=lamps",
        "availability=on_sale",
        "limit=1",
    ] {
        let page = visitor.get(&format!("{CATALOGUE}?{query}")).await?.json()?;
        assert_eq!(page["products"][0]["id"], product["id"], "{query}");
    }
    let none = visitor
        .get(&format!("{CATALOGUE}?state=listed"))
        .await?
        .json()?;
    assert_eq!(
        (&none["products"], &none["next"]),
        (&json!([]), &Value::Null)
    );
    let states = visitor.get(&format!("{CATALOGUE}/states")).await?.json()?;
    assert_eq!(states, json!([{ "state": "held", "products": 1 }]));
    let history = visitor
        .get(&format!("{here}/history?limit=1"))
        .await?
        .json()?;
    let next = text(&history, "next")?;
    let rest = visitor
        .get(&format!("{here}/history?after={next}"))
        .await?
        .json()?;
    assert_eq!(rest["changes"].as_array().map(Vec::len), Some(2));

    for (path, code) in [
        ("?limit=0", "limit"),
        ("?state=sold", "state"),
        ("?after=x", "after"),
        ("?availability=yes", "availability"),
    ] {
        let refused = visitor
            .get(&format!("{CATALOGUE}{path}"))
            .await?
            .expect_status(400)?
            .json()?;
        assert!(text(&refused, "detail")?.starts_with(code), "{refused}");
    }
    let unknown = json!({ "product": "1005006000000001", "sku": ["1"] });
    visitor
        .post_json(CATALOGUE, &unknown)
        .await?
        .expect_status(400)?;
    send(&visitor, Method::DELETE, &here, None)
        .await?
        .expect_status(204)?;
    let gone = visitor.get(&here).await?.expect_status(404)?.json()?;
    assert_eq!(gone["code"], "unknown_product");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_shown_then_applied() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let product = import(&app, &visitor).await?;
    let rules = format!("{CATALOGUE}/rules");
    let new = json!({ "name": "shop", "rule": {
        "currency": "EUR", "min_margin": "30", "rounding": { "every": "1", "ending": "0.99" },
        "steps": [{ "up_to": "10", "percent": "100" }, { "percent": "50", "plus": "2.50" }],
    } });
    let made = visitor
        .post_json(&rules, &new)
        .await?
        .expect_status(201)?
        .json()?;
    let rule = text(&made, "id")?;
    let float =
        json!({ "name": "float", "rule": { "currency": "EUR", "steps": [{ "percent": 12.5 }] } });
    let refused = visitor
        .post_json(&rules, &float)
        .await?
        .expect_status(400)?
        .json()?;
    assert!(
        text(&refused, "detail")?.contains("steps[0].percent"),
        "{refused}"
    );
    let default = format!("{rules}/{rule}/default");
    let chosen = visitor
        .post_json(&default, &json!({}))
        .await?
        .expect_status(200)?;
    assert_eq!(chosen.json()?["is_default"], true);

    let shown = visitor
        .post_json(&format!("{CATALOGUE}/dry-run"), &json!({}))
        .await?;
    let shown = shown.expect_status(201)?.json()?;
    let line = &shown["lines"][0];
    assert!(text(&line["after"], "amount")?.ends_with(".99"), "{line}");
    for (from, field) in [
        (line, "margin_before_freight_percent"),
        (line, "margin_before_freight"),
        (&line["cost"], "amount"),
        (&line["rate"], "source"),
    ] {
        text(from, field)?;
    }
    let run = format!("{CATALOGUE}/runs/{}", text(&shown["run"], "id")?);
    assert_eq!(
        visitor.get(&format!("{run}?limit=1")).await?.json()?["lines"][0],
        *line
    );

    // The gateway's price moves after it was shown.
    let number = text(&product, "product_id")?;
    app.control(&format!("products/{number}"), &json!({ "price": "33.00" }))
        .await?;
    import(&app, &visitor).await?;
    let apply = format!("{run}/apply");
    let moved = visitor
        .post_json(&apply, &json!({}))
        .await?
        .expect_status(412)?
        .json()?;
    assert_eq!(moved["applied"], false);
    assert_eq!(moved["differences"][0]["shown"], *line);
    assert_ne!(moved["differences"][0]["now"]["cost"], line["cost"]);

    let shown = visitor
        .post_json(
            &format!("{CATALOGUE}/dry-run"),
            &json!({ "selection": { "label": "lamps" } }),
        )
        .await?;
    let shown = shown.expect_status(201)?.json()?;
    let apply = format!("{CATALOGUE}/runs/{}/apply", text(&shown["run"], "id")?);
    let applied = visitor
        .post_json(&apply, &json!({}))
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(applied["applied"], true);
    let again = visitor
        .post_json(&apply, &json!({}))
        .await?
        .expect_status(409)?
        .json()?;
    assert_eq!(again["code"], "catalogue_refused");
    let here = format!("{CATALOGUE}/{}", text(&product, "id")?);
    let priced = visitor.get(&here).await?.json()?;
    assert_eq!(priced["skus"][0]["price"], shown["lines"][0]["after"]);

    send(&visitor, Method::DELETE, &default, None)
        .await?
        .expect_status(204)?;
    let rates = format!("{CATALOGUE}/rates/USD/EUR");
    let number = json!({ "rate": 0.92 });
    send(&visitor, Method::PUT, &rates, Some(number))
        .await?
        .expect_status(400)?;
    let set = send(
        &visitor,
        Method::PUT,
        &rates,
        Some(json!({ "rate": "0.92" })),
    )
    .await?;
    assert_eq!(set.expect_status(200)?.json()?["source"], "operator");
    let all = visitor.get(&format!("{CATALOGUE}/rates")).await?.json()?;
    assert_eq!(
        (&all[0]["from"], &all[0]["rate"]),
        (&json!("USD"), &json!("0.92"))
    );
    send(&visitor, Method::DELETE, &rates, None)
        .await?
        .expect_status(204)?;
    send(&visitor, Method::DELETE, &rates, None)
        .await?
        .expect_status(404)?;
    send(&visitor, Method::DELETE, &format!("{rules}/{rule}"), None)
        .await?
        .expect_status(204)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_leaves_as_a_file() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.program(&[Scope::Admin]).await?;
    let product = import(&app, &visitor).await?;
    let reader = app.program(&[Scope::Read]).await?;
    let export = format!("{CATALOGUE}/export?format=");
    for (format, kind, name) in [
        ("jsonl", "application/jsonl", "catalogue.jsonl"),
        (
            "csv",
            "text/csv; charset=utf-8; header=present",
            "catalogue.csv",
        ),
        (
            "shopify",
            "text/csv; charset=utf-8; header=present",
            "shopify-products.csv",
        ),
        (
            "woocommerce",
            "text/csv; charset=utf-8; header=present",
            "woocommerce-products.csv",
        ),
    ] {
        let file = reader
            .get(&format!("{export}{format}"))
            .await?
            .expect_status(200)?;
        assert_eq!(file.header("content-type"), Some(kind));
        let disposition = file.header("content-disposition").context("no name")?;
        assert!(disposition.starts_with("attachment") && disposition.contains(name));
        assert!(!file.body.is_empty());
    }
    let lines = reader.get(&format!("{export}jsonl&label=lamps")).await?;
    assert_eq!(serde_json::from_slice::<Value>(&lines.body)?, product);
    let none = reader.get(&format!("{export}jsonl&q=nothing")).await?;
    assert_eq!((none.status, none.body.len()), (200, 0));
    for wrong in ["excel", "csv&state=sold", "shopify&price_currency=euros"] {
        reader
            .get(&format!("{export}{wrong}"))
            .await?
            .expect_status(400)?;
    }
    let change = reader
        .post_json(CATALOGUE, &json!({ "product": "1005006000000001" }))
        .await?;
    assert_eq!(change.status, 403);
    Ok(())
}

/// As many products as an import may have arrive in one request; what is too large is said with the limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_taken_by_the_route_for_it() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let imports = format!("{CATALOGUE}/imports");
    let lines = (0..10_000_u64).map(|line| format!("{},lamps\n", 1_005_006_000_000_000 + line));
    let csv = format!("product,labels\n{}", lines.collect::<String>());
    assert!(csv.len() > 200 * 1024);
    let started = visitor.post_json(&imports, &json!({ "csv": csv })).await?;
    let started = started.expect_status(202)?.json()?;
    assert_eq!(started["job"]["lines"], 10_000);

    let large = json!({ "csv": "x".repeat(2 * 1024 * 1024) });
    let refused = visitor.post_json(&imports, &large).await?;
    let refused = refused.expect_status(413)?.json()?;
    assert_eq!(refused["detail"], "the body is larger than 2048 KiB");
    let elsewhere = visitor
        .post_json(CATALOGUE, &json!({ "product": csv }))
        .await?;
    let elsewhere = elsewhere.expect_status(413)?.json()?;
    assert_eq!(elsewhere["detail"], "the body is larger than 64 KiB");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_products_are_imported_as_a_job() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let imports = format!("{CATALOGUE}/imports");
    let wrong = json!({ "csv": "product\nlamp\n" });
    let refused = visitor.post_json(&imports, &wrong).await?;
    let refused = refused.expect_status(422)?.json()?;
    assert_eq!(
        (&refused["job"], &refused["problems"][0]["line"]),
        (&Value::Null, &json!(2))
    );
    let products: Vec<_> = app.products().await?.into_iter().take(3).collect();
    let started = visitor
        .post_json(&imports, &json!({ "products": products }))
        .await?
        .expect_status(202)?
        .json()?;
    let here = format!("{imports}/{}", text(&started["job"], "id")?);
    let cancelled = visitor
        .post_json(&format!("{here}/cancel"), &json!({}))
        .await?;
    assert_eq!(cancelled.expect_status(200)?.json()?["state"], "cancelled");
    let resume = format!("{here}/resume");
    visitor
        .post_json(&resume, &json!({}))
        .await?
        .expect_status(200)?;
    let stop = tokio_util::sync::CancellationToken::new();
    app.core.work_on_imports(&stop).await?;
    let done = visitor.get(&here).await?.json()?;
    assert_eq!(
        (&done["state"], &done["imported"]),
        (&json!("done"), &json!(3))
    );
    visitor
        .post_json(&resume, &json!({}))
        .await?
        .expect_status(409)?;
    let lines = visitor
        .get(&format!("{here}/lines?state=imported&limit=2"))
        .await?
        .json()?;
    assert_eq!(lines["lines"][1]["state"], "imported");
    assert_eq!(
        visitor.get(&imports).await?.json()?["imports"][0]["id"],
        done["id"]
    );
    let unknown = visitor.get(&format!("{imports}/imp_1")).await?;
    assert_eq!(
        unknown.expect_status(404)?.json()?["code"],
        "unknown_import"
    );
    Ok(())
}
