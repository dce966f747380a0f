//! A variant vanishes upstream, as a merchant lives it in a browser: the watch notices, orders for it wait, a person
//! chooses, and the order goes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::browser::{Browser, Visitor};
use testkit::http::{Http, Reply};
use testkit::server::ServiceProcess;

const PATIENCE: Duration = Duration::from_secs(20);

/// The words of one language on the way.
struct Words {
    authorize: &'static str,
    approve: &'static str,
    waits: &'static str,
    confirm: &'static str,
    sold_now: &'static str,
    replaced: &'static str,
    well: &'static str,
}

const ENGLISH: Words = Words {
    authorize: "Authorize SmartLinks with AliExpress",
    approve: "Sign in and authorise",
    waits: "One variant is gone and waits for your choice",
    confirm: "Order this one instead",
    sold_now: "It is sold from now on",
    replaced: "Variant replaced",
    well: "nothing waits for you",
};

const FRENCH: Words = Words {
    authorize: "Autoriser SmartLinks avec AliExpress",
    approve: "Se connecter et autoriser",
    waits: "Une variante a disparu et attend votre choix",
    confirm: "Commander celle-ci à la place",
    sold_now: "La variante choisie est vendue désormais",
    replaced: "Variante remplacée",
    well: "rien ne vous attend",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_vanishes_and_its_order_waits_for_a_person() -> Result<()> {
    travel(&ENGLISH, Visitor::speaking("en")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_vanishes_in_french_and_without_script() -> Result<()> {
    travel(&FRENCH, Visitor::speaking("fr").without_script()).await
}

async fn travel(words: &Words, visitor: Visitor) -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let browser = visitor.window(1280, 900).open().await?;
    connect(words, &browser, &service).await?;
    let program = service.visitor()?;
    let (product, order) = imported(&program).await?;
    let gone = order["lines"][0]["sku"].clone();

    let control = service.sandbox_visitor()?;
    let number = order["lines"][0]["product_id"]
        .as_str()
        .context("no number")?;
    tell(
        &control,
        &format!("products/{number}"),
        &json!({ "drop_sku": gone }),
    )
    .await?;
    // Longer than a product is left alone: the watch looks by itself.
    tell(&control, "clock", &json!({ "advance_seconds": 12 * 3600 })).await?;
    let drift = format!("{}/aliexpress/drift", service.base());
    browser
        .wait_until("the watch has noticed", PATIENCE, async || {
            browser.goto(&drift).await?;
            Ok(browser.text().await?.contains(words.waits))
        })
        .await?;

    let refused = place(&program, &order).await?.expect_status(422)?.json()?;
    ensure!(refused["code"] == "not_placeable", "{refused}");
    let problem = &refused["problems"][0];
    ensure!(problem["code"] == "sku_held", "{problem}");
    let way_on = format!("smartlinks catalogue repair {product} ");
    ensure!(
        problem["fix"]
            .as_str()
            .is_some_and(|fix| fix.contains(&way_on)),
        "{problem}"
    );

    browser.click(words.confirm).await?;
    browser
        .wait_for_address(&format!("{product}/history"))
        .await?;
    browser.wait_for_text(words.sold_now).await?;
    browser.wait_for_text(words.replaced).await?;
    let placed = place(&program, &order).await?.expect_status(201)?.json()?;
    ensure!(placed["state"] == "created_unpaid", "{placed}");
    ensure!(placed["lines"][0]["sku"] != gone, "{placed}");
    browser.goto(&drift).await?;
    browser.wait_for_text(words.well).await?;
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    browser.close().await
}

async fn connect(words: &Words, browser: &Browser, service: &ServiceProcess) -> Result<()> {
    browser
        .goto(&format!("{}/aliexpress/authentication", service.base()))
        .await?;
    browser.click(words.authorize).await?;
    browser
        .wait_for_address(&format!("{}/oauth/authorize", service.sandbox()?))
        .await?;
    browser.click(words.approve).await?;
    browser.wait_for_address("auth=success").await
}

/// A product in the catalogue, and an order for one of its variants that could be placed.
async fn imported(program: &Http) -> Result<(String, Value)> {
    let found = program
        .get("/api/aliexpress/products?q=lamp&ship_to=FR&currency=USD")
        .await?
        .expect_status(200)?
        .json()?;
    for hit in found["products"].as_array().context("no products")? {
        let number = hit["id"].as_str().context("no number")?;
        let shown = format!("/api/aliexpress/products/{number}?ship_to=FR&currency=USD");
        let shown = program.get(&shown).await?.expect_status(200)?.json()?;
        let skus = shown["skus"].as_array().context("no variants")?;
        let mut in_stock = skus.iter().filter(|sku| sku["stock"].as_i64() > Some(5));
        let (Some(first), Some(_)) = (in_stock.next(), in_stock.next()) else {
            continue;
        };
        let new = json!({ "product": number });
        let product = program.post_json("/api/aliexpress/catalogue", &new).await?;
        let product = product.expect_status(200)?.json()?;
        let id = product["id"].as_str().context("no id")?.to_owned();
        let order = json!({
            "address": {
                "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
                "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "600000000",
            },
            "lines": [{ "product_id": number, "sku": first["id"], "quantity": 1 }],
        });
        return Ok((id, order));
    }
    anyhow::bail!("no lamp has two variants in stock")
}

async fn tell(control: &Http, path: &str, body: &Value) -> Result<()> {
    let told = control
        .post_json(&format!("/_sandbox/{path}"), body)
        .await?;
    told.expect_status(200).map(|_| ())
}

async fn place(program: &Http, order: &Value) -> Result<Reply> {
    let request = program
        .request(Method::POST, "/api/aliexpress/orders")
        .header("content-type", "application/json")
        .header("idempotency-key", "watching-1")
        .body(order.to_string());
    program.send(request).await
}
