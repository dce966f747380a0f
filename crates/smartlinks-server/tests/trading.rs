//! The market that is remembered, landed costs, search by picture and the affiliate pages: over HTTP and on the page.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::catalogue::{CatalogueImport, RuleDraft};
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{AuditQuery, MarketChange, PICTURE_LIMIT, Scope};
use testkit::app::{App, Setup};
use testkit::http::{Http, Reply};

const MARKET: &str = "/api/aliexpress/market";
const PICTURES: &str = "/api/aliexpress/products/by-picture";
/// As much of a PNG as tells that it is one.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0123456789";

async fn send_json(visitor: &Http, method: Method, path: &str, body: &Value) -> Result<Reply> {
    let request = visitor
        .request(method, path)
        .header("content-type", "application/json")
        .body(body.to_string());
    visitor.send(request).await
}

async fn asked_with(app: &App, method: &str) -> Result<Value> {
    let calls = app.journal(method).await?;
    Ok(calls.last().context("the gateway was not asked")?.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_is_remembered_for_each_operator_and_key() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    app.connect().await?;
    let person = app.signed_in().await?;
    let configured = person.get(MARKET).await?.json()?;
    assert_eq!(configured["chosen_at"], Value::Null);
    assert_eq!(configured["ship_to"], "FR");

    let form = [
        ("ship_to", "us"),
        ("currency", "USD"),
        ("language", "en"),
        (
            "back",
            "/aliexpress/products?q=lamp&ship_to=FR&currency=EUR",
        ),
    ];
    let reply = person
        .post_form("/aliexpress/products/market", &form)
        .await?;
    assert_eq!(reply.location()?, "/aliexpress/products?q=lamp");
    let page = person
        .get("/aliexpress/products?q=lamp&lang=fr")
        .await?
        .text();
    assert!(
        page.contains("États-Unis · USD · titres\u{a0}: English"),
        "{page}"
    );
    assert!(page.contains("Destination, devise et langue sont retenues."));
    let search = asked_with(&app, "aliexpress.ds.text.search")
        .await?
        .to_string();
    assert!(
        search.contains("en_US") && search.contains("USD"),
        "{search}"
    );
    // Another visit, another page: still there; and what an address says goes before it.
    let product = app.products().await?.remove(0);
    let shown = person
        .get(&format!("/aliexpress/products/{product}?lang=en"))
        .await?
        .text();
    assert!(shown.contains("United States · USD"), "{shown}");
    let other = person
        .get(&format!("/aliexpress/products/{product}?ship_to=DE"))
        .await?
        .text();
    assert!(
        other.contains("Germany · USD") && other.contains("For this page only."),
        "{other}"
    );

    // A key has its own, and is asked for the configured one until it says otherwise.
    let program = app.program(&[Scope::Read, Scope::Admin]).await?;
    assert_eq!(program.get(MARKET).await?.json()?["ship_to"], "FR");
    let change = json!({ "ship_to": "DE" });
    let chosen = send_json(&program, Method::PUT, MARKET, &change)
        .await?
        .json()?;
    assert_eq!(
        (&chosen["ship_to"], &chosen["currency"]),
        (&json!("DE"), &json!("EUR"))
    );
    let found = program
        .get("/api/aliexpress/products?q=lamp")
        .await?
        .json()?;
    assert_eq!(found["ship_to"], "DE");
    assert_eq!(person.get(MARKET).await?.json()?["ship_to"], "US");
    for wrong in [json!({ "ship_to": "Germany" }), json!({ "language": "de" })] {
        send_json(&program, Method::PUT, MARKET, &wrong)
            .await?
            .expect_status(400)?;
    }
    let reader = app.program(&[Scope::Read]).await?;
    send_json(&reader, Method::PUT, MARKET, &change)
        .await?
        .expect_status(403)?;
    let forgotten = program
        .send(program.request(Method::DELETE, MARKET))
        .await?;
    assert_eq!(forgotten.json()?["chosen_at"], Value::Null);

    let log = app.core.audit_log(&AuditQuery::default()).await?.entries;
    let told: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
    let count = |action| told.iter().filter(|one| **one == action).count();
    assert_eq!((count("market.chosen"), count("market.forgotten")), (2, 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn landed_cost_is_in_the_asked_currency_with_its_rates() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let product = app.products().await?.remove(0);
    let freight = |query: &str| format!("/api/aliexpress/products/{product}/freight?{query}");
    let money = |value: &Value| -> Result<i64> {
        let text = value["amount"].as_str().context("no amount")?;
        let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
        Ok(whole.parse::<i64>()? * 100 + format!("{cents:0<2}")[..2].parse::<i64>()?)
    };

    // Amounts in the asked currency: AliExpress's own conversion.
    let shown = visitor
        .get(&freight("currency=EUR&quantity=3"))
        .await?
        .json()?;
    let landed = &shown["landed"];
    assert_eq!(landed["currency"], "EUR");
    assert_eq!(landed["rates"][0]["source"], "gateway", "{landed}");
    assert_eq!(landed["selling"], Value::Null);
    let options = shown["options"].as_array().context("no options")?;
    assert!(!options.is_empty());
    assert_eq!(money(&landed["goods"])?, 3 * money(&landed["unit_price"])?);
    for (option, comes_to) in options
        .iter()
        .zip(landed["options"].as_array().context("none")?)
    {
        assert_eq!(option["code"], comes_to["code"]);
        let fee = money(&json!({ "amount": option["fee"] }))?;
        assert_eq!(
            money(&comes_to["cost"])?,
            money(&landed["goods"])? + fee,
            "{shown}"
        );
    }

    // AliExpress answers in dollars for a currency that it does not convert into.
    let query = "currency=MAD&quantity=2";
    let without = visitor.get(&freight(query)).await?.json()?;
    let first = &without["landed"]["options"][0];
    assert_eq!(first["no_rate"], json!(["USD"]), "{without}");
    assert_eq!(first["cost"], Value::Null);
    app.core.set_exchange_rate("USD", "MAD", "10").await?;
    let with = visitor.get(&freight(query)).await?.json()?;
    let landed = &with["landed"];
    assert_eq!(landed["rates"][0]["source"], "operator", "{with}");
    assert_eq!(landed["rates"][0]["rate"], "10");
    assert_eq!(landed["options"][0]["cost"]["currency"], "MAD");
    let fee = money(&json!({ "amount": with["options"][0]["fee"] }))?;
    let dollars = money(&landed["goods"])? + fee;
    assert_eq!(
        money(&landed["options"][0]["cost"])?,
        dollars * 10,
        "{with}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_of_the_catalogue_shows_its_margin_under_its_rule() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let product = app.products().await?.remove(0);
    let rule = RuleDraft {
        name: Some("double".into()),
        rule: Some(json!({ "currency": "EUR", "steps": [{ "percent": "100" }] })),
    };
    let rule = app.core.create_price_rule(&rule).await?;
    let import = CatalogueImport {
        product: product.clone(),
        rule: Some(rule.id.clone()),
        ..CatalogueImport::default()
    };
    app.core.import_product(&import).await?;
    let freight = format!("/api/aliexpress/products/{product}/freight?currency=EUR");
    let shown = visitor.get(&freight).await?.json()?;
    let selling = &shown["landed"]["selling"];
    assert_eq!(selling["rule"]["name"], "double", "{shown}");
    assert_eq!(selling["price"]["currency"], "EUR");
    assert_eq!(
        (&selling["in_force"], &selling["under_rule"]),
        (&json!(true), &Value::Null)
    );
    let margin = &shown["landed"]["options"][0];
    assert_eq!(margin["margin"]["currency"], "EUR", "{shown}");
    assert!(margin["margin_percent"].is_string(), "{shown}");

    let sku = shown["sku"].as_str().context("no sku")?;
    let page = format!("/aliexpress/products/{product}?sku={sku}&quantity=2&lang=en");
    let page = visitor.get(&page).await?.text();
    for words in [
        "AliExpress itself gives the amounts in EUR",
        "Your price for one",
        "by the rule “double”",
        "Margin",
        "Landed cost",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    // It costs more: the price in the shop is what it was, and the margin is less.
    let body = json!({ "sku_id": sku, "price": "900.00" });
    app.control(&format!("products/{product}"), &body).await?;
    let dearer = visitor.get(&freight).await?.json()?;
    let now = &dearer["landed"]["selling"];
    assert_eq!(now["price"], selling["price"], "{dearer}");
    assert_ne!(now["under_rule"]["amount"], Value::Null, "{dearer}");
    let left = &dearer["landed"]["options"][0]["margin"]["amount"];
    assert!(
        left.as_str().is_some_and(|left| left.starts_with('-')),
        "{dearer}"
    );
    let page = format!("/aliexpress/products/{product}?sku={sku}&quantity=1&lang=en");
    let page = visitor.get(&page).await?.text();
    assert!(page.contains("What it would be at this cost"), "{page}");
    Ok(())
}

async fn picture(visitor: &Http, kind: &str, bytes: Vec<u8>) -> Result<Reply> {
    let request = visitor
        .request(Method::POST, PICTURES)
        .header("content-type", kind)
        .body(bytes);
    visitor.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_finds_products_and_what_is_none_is_refused() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let mut large = PNG.to_vec();
    large.resize(PICTURE_LIMIT + 1, 0);
    for (kind, bytes, status, code) in [
        ("image/png", large.clone(), 413, "too_large"),
        ("application/json", PNG.to_vec(), 415, "not_a_picture"),
        ("image/svg+xml", b"<svg/>".to_vec(), 415, "not_a_picture"),
        ("image/png", b"<svg/>".to_vec(), 422, "invalid_picture"),
        ("image/png", Vec::new(), 422, "invalid_picture"),
    ] {
        let reply = picture(&visitor, kind, bytes).await?;
        assert_eq!(reply.status, status, "{kind}: {}", reply.text());
        assert_eq!(reply.json()?["code"], code, "{kind}");
    }
    assert!(
        app.journal("aliexpress.ds.image.searchV2")
            .await?
            .is_empty()
    );
    // Larger than any other body may be.
    large.truncate(200_000);
    let found = picture(&visitor, "image/png", large)
        .await?
        .expect_status(200)?;
    let found = found.json()?;
    assert!(found["products"][0]["id"].is_string(), "{found}");
    Ok(())
}

/// A form with one file, as a browser sends it.
async fn upload(visitor: &Http, bytes: &[u8]) -> Result<Reply> {
    let mut body =
        b"--x7\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\
        Content-Type: image/png\r\n\r\n"
            .to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--x7--\r\n");
    let request = visitor
        .request(Method::POST, "/aliexpress/products/by-picture?lang=en")
        .header("content-type", "multipart/form-data; boundary=x7")
        .body(body);
    visitor.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_takes_a_picture_without_script() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let page = "/aliexpress/products/by-picture?lang=en";
    let unconnected = visitor.get(page).await?.text();
    assert!(
        unconnected.contains("No working account is connected"),
        "{unconnected}"
    );
    app.connect().await?;
    let start = visitor.get(page).await?.text();
    assert!(start.contains("enctype=\"multipart/form-data\""), "{start}");
    let found = upload(&visitor, PNG).await?.expect_status(200)?.text();
    assert!(found.contains("products look like it"), "{found}");
    assert!(found.contains("/aliexpress/products/1005"), "{found}");
    let none = upload(&visitor, b"<svg/>")
        .await?
        .expect_status(200)?
        .text();
    assert!(none.contains("That is no picture."), "{none}");
    let large = vec![0; PICTURE_LIMIT + 1];
    let large = upload(&visitor, &large).await?.expect_status(200)?.text();
    assert!(
        large.contains("At most 700,000 bytes are sent on"),
        "{large}"
    );
    let huge = upload(&visitor, &vec![0; PICTURE_LIMIT + 20_000]).await?;
    assert_eq!(huge.status, 413);
    assert_eq!(app.journal("aliexpress.ds.image.searchV2").await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_affiliate_pages_show_each_line_with_its_result() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let product = app.products().await?.remove(0);
    let sources =
        format!("{product}\n\nlamp\nhttps://www.aliexpress.com/item/1005999999999999.html");
    let form = [("tracking_id", "shop_fr"), ("sources", sources.as_str())];
    let page = visitor
        .post_form("/aliexpress/affiliate?lang=en", &form)
        .await?
        .expect_status(200)?
        .text();
    for words in [
        "1 link made of 3.",
        "Neither a product number nor an address of AliExpress",
        "data-copy=",
        "value=\"shop_fr\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let wrong = [("tracking_id", "a b"), ("sources", product.as_str())];
    let page = visitor
        .post_form("/aliexpress/affiliate?lang=en", &wrong)
        .await?
        .text();
    assert!(page.contains("invalid_parameter"), "{page}");

    let hot = visitor
        .get("/aliexpress/affiliate/hot?tracking_id=shop_fr&lang=en")
        .await?
        .text();
    assert!(
        hot.contains("hot products.") && hot.contains("data-copy="),
        "{hot}"
    );
    let orders = visitor
        .get("/aliexpress/affiliate/orders?state=settled&lang=en")
        .await?
        .text();
    assert!(
        orders.contains("US$") || orders.contains("No commission in this period"),
        "{orders}"
    );
    let long = "/aliexpress/affiliate/orders?from=2020-01-01&until=2020-06-01";
    assert!(
        visitor
            .get(long)
            .await?
            .text()
            .contains("invalid_parameter")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_the_pages_say_which_and_where() -> Result<()> {
    let app = App::start().await?;
    app.control("profile", &json!({ "permissions": ["dropshipping"] }))
        .await?;
    let visitor = app.visitor()?;
    for page in ["hot", "orders"] {
        let page = format!("/aliexpress/affiliate/{page}?lang=en");
        let shown = visitor.get(&page).await?.text();
        assert!(
            shown.contains("The permission group “Affiliate API” is missing")
                && shown.contains("portals.aliexpress.com"),
            "{shown}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_says_goes_before_what_is_remembered() -> Result<()> {
    let app = App::start().await?;
    let core = app.core.acting_as(Actor::of(ActorKind::CommandLine));
    let to = |country: &str| MarketChange {
        ship_to: Some(country.to_owned()),
        ..MarketChange::default()
    };
    core.choose_market(&to("US")).await?;
    assert_eq!(core.own_market().await?.market.ship_to, "US");
    let own = core.insisting_on(to("DE")).own_market().await?;
    assert_eq!(own.market.ship_to, "DE");
    // The service itself has none of its own.
    assert_eq!(app.core.own_market().await?.market.ship_to, "FR");
    Ok(())
}
