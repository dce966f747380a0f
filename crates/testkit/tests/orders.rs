//! An order as a person places it in a browser: refused by its guard, changed, placed, paid, shipped, delivered.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::browser::{Browser, Visitor};
use testkit::http::Http;
use testkit::server::ServiceProcess;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_refused_changed_placed_paid_shipped_and_delivered() -> Result<()> {
    travel(Visitor::speaking("en")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_goes_without_script() -> Result<()> {
    travel(Visitor::speaking("en").without_script()).await
}

async fn travel(visitor: Visitor) -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let browser = visitor.window(1280, 900).open().await?;
    connect(&browser, &service).await?;
    let (program, sandbox) = (service.visitor()?, service.sandbox_visitor()?);
    let (product, sku) = in_stock(&program).await?;
    let page = format!(
        "{}/aliexpress/products/{product}?ship_to=FR&currency=USD",
        service.base()
    );
    browser.goto(&page).await?;
    let link = format!(r#"a[href*="/orders/new?"][href*="sku={sku}&"]"#);
    browser.css(&link).await?.click().await?;
    browser.wait_for_address("/aliexpress/orders/new").await?;
    for (label, text) in [
        ("Recipient", "Test Buyer"),
        ("Street and number", "1 rue de l'Exemple"),
        ("Postal code", "35000"),
        ("City", "Rennes"),
        ("Province or region", "Bretagne"),
        ("Mobile number", "612345678"),
        ("Highest total, USD", "0.01"),
    ] {
        browser.type_into(label, text).await?;
    }
    browser.click("Check the order").await?;
    browser.wait_for_text("Nothing was ordered.").await?;
    browser.wait_for_text("is allowed").await?;
    ensure!(intents(&program).await?.is_empty(), "it was ordered");

    browser.type_into("Highest total, USD", "1000").await?;
    browser.click("Check the order").await?;
    browser.wait_for_text("Nothing stands in the way").await?;
    browser.click("Place the order").await?;
    browser
        .wait_for_address("/aliexpress/orders/intents/intent_")
        .await?;
    browser.wait_for_text("Created, not paid").await?;
    browser.wait_for_text("Pay on AliExpress").await?;
    // Loading it again orders nothing again.
    browser.reload().await?;
    let made = intents(&program).await?;
    ensure!(made.len() == 1, "{made:?}");
    let id = made[0]["order_ids"][0].as_str().context("no order")?;

    for (to, status, words) in [
        (
            "paid",
            "WAIT_SELLER_SEND_GOODS",
            "The seller has to ship it",
        ),
        ("shipped", "WAIT_BUYER_ACCEPT_GOODS", "On its way"),
        ("delivered", "FINISH", "Received and finished"),
    ] {
        let advance = format!("/_sandbox/orders/{id}/advance");
        let moved = sandbox.post_json(&advance, &json!({ "to": to })).await?;
        moved.expect_status(200)?;
        // The list asks nobody: what it shows has come by a message of AliExpress.
        let list = format!("/api/aliexpress/orders?status={status}");
        browser
            .wait_until(status, PATIENCE, async || {
                let page = program.get(&list).await?.json()?;
                let orders = page["orders"].as_array().context("no orders")?;
                Ok(orders.iter().any(|order| order["id"] == id))
            })
            .await?;
        let order = format!("{}/aliexpress/orders/{id}", service.base());
        browser.goto(&order).await?;
        browser.wait_for_text(words).await?;
    }
    // That a form was refused is noted by the browser, with its status.
    let refused = "/aliexpress/orders/new - Failed to load resource: the server responded with a status of 422";
    let mut errors = browser.console_errors().await?;
    errors.retain(|error| !error.contains(refused));
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    browser.close().await
}

/// The answer of AliExpress is lost: the page of the record, to which the form has led, says the end by itself.
#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_lost_answer_is_told_without_a_reload() -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let browser = Visitor::speaking("en").window(1280, 900).open().await?;
    connect(&browser, &service).await?;
    let (program, sandbox) = (service.visitor()?, service.sandbox_visitor()?);
    let (product, sku) = in_stock(&program).await?;
    let form = format!(
        "{}/aliexpress/orders/new?product={product}&sku={sku}&ship_to=FR",
        service.base()
    );
    browser.goto(&form).await?;
    for (label, text) in [
        ("Recipient", "Test Buyer"),
        ("Street and number", "1 rue de l'Exemple"),
        ("Postal code", "35000"),
        ("City", "Rennes"),
        ("Province or region", "Bretagne"),
        ("Mobile number", "612345678"),
    ] {
        browser.type_into(label, text).await?;
    }
    browser.click("Check the order").await?;
    browser.wait_for_text("Nothing stands in the way").await?;
    let lost = json!({
        "match": { "method": "aliexpress.ds.order.create" }, "times": 1, "then": "html", "takes_effect": true,
    });
    sandbox
        .post_json("/_sandbox/faults", &lost)
        .await?
        .expect_status(200)?;
    browser.click("Place the order").await?;
    browser.wait_for_text("Being found out").await?;
    browser
        .evaluate("window.loadedOnce = true", Vec::new())
        .await?;
    browser
        .wait_until("the end of it", PATIENCE, async || {
            Ok(browser.text().await?.contains("Created, not paid"))
        })
        .await?;
    let loaded = browser
        .evaluate("return window.loadedOnce === true", Vec::new())
        .await?;
    ensure!(loaded == true, "the page was loaded again");
    browser.close().await
}

async fn connect(browser: &Browser, service: &ServiceProcess) -> Result<()> {
    browser.goto(service.page()).await?;
    browser.click("Authentication").await?;
    browser
        .click("Authorize SmartLinks with AliExpress")
        .await?;
    browser
        .wait_for_address(&format!("{}/oauth/authorize", service.sandbox()?))
        .await?;
    browser.click("Sign in and authorise").await?;
    browser.wait_for_address("auth=success").await
}

async fn intents(program: &Http) -> Result<Vec<Value>> {
    let page = program.get("/api/aliexpress/order-intents").await?.json()?;
    Ok(page["intents"].as_array().context("no intents")?.clone())
}

/// A product with a variant that is in stock.
async fn in_stock(program: &Http) -> Result<(String, String)> {
    let page = program
        .get("/api/aliexpress/products?q=lamp")
        .await?
        .json()?;
    for product in page["products"].as_array().context("no products")? {
        let id = product["id"].as_str().context("no id")?;
        let path = format!("/api/aliexpress/products/{id}?ship_to=FR&currency=USD");
        let shown = program.get(&path).await?.json()?;
        let skus = shown["skus"].as_array().context("no variants")?;
        if let Some(sku) = skus.iter().find(|sku| sku["stock"].as_i64() > Some(5)) {
            let sku = sku["id"].as_str().context("no number")?;
            return Ok((id.to_owned(), sku.to_owned()));
        }
    }
    anyhow::bail!("nothing is in stock")
}
