//! A variant vanishes upstream, as a merchant lives it in a browser: the watch notices, orders for it wait, a person
//! chooses, and the order goes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::browser::{Browser, Visitor};
use testkit::http::Http;
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
    /// Labels of the form of a new order, each with what is entered.
    order: [(&'static str, &'static str); 6],
    check: &'static str,
    held: &'static str,
    instead: &'static str,
    place: &'static str,
    unpaid: &'static str,
}

const ENGLISH: Words = Words {
    authorize: "Authorize SmartLinks with AliExpress",
    approve: "Sign in and authorise",
    waits: "One variant is gone and waits for your choice",
    confirm: "Sell this one in its place",
    sold_now: "It is sold from now on",
    replaced: "Variant replaced",
    well: "nothing waits for you",
    order: [
        ("Recipient", "Test Buyer"),
        ("Street and number", "1 rue de l'Exemple"),
        ("Postal code", "35000"),
        ("City", "Rennes"),
        ("Province or region", "Bretagne"),
        ("Mobile number", "612345678"),
    ],
    check: "Check the order",
    held: "This variant is gone and waits for your choice of another",
    instead: "Sent in place of variant",
    place: "Place the order",
    unpaid: "Created, not paid",
};

const FRENCH: Words = Words {
    authorize: "Autoriser SmartLinks avec AliExpress",
    approve: "Se connecter et autoriser",
    waits: "Une variante a disparu et attend votre choix",
    confirm: "Vendre celle-ci à sa place",
    sold_now: "La variante choisie est vendue désormais",
    replaced: "Variante remplacée",
    well: "rien ne vous attend",
    order: [
        ("Destinataire", "Test Buyer"),
        ("Rue et numéro", "1 rue de l'Exemple"),
        ("Code postal", "35000"),
        ("Ville", "Rennes"),
        ("Province ou région", "Bretagne"),
        ("Numéro de mobile", "612345678"),
    ],
    check: "Vérifier la commande",
    held: "Cette variante a disparu et attend que vous en choisissiez une autre",
    instead: "Envoyée à la place de la variante",
    place: "Passer la commande",
    unpaid: "Créée, non payée",
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
    let (product, number, gone) = imported(&program).await?;
    let control = service.sandbox_visitor()?;
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

    // The shop's order still names the variant that is gone.
    let order = format!(
        "{}/aliexpress/orders/new?product={number}&sku={gone}&ship_to=FR",
        service.base()
    );
    check(words, &browser, &order).await?;
    browser.wait_for_text(words.held).await?;
    ensure!(
        !browser.text().await?.contains(words.place),
        "what is held can be placed"
    );
    ensure!(intents(&program).await?.is_empty(), "it was ordered");

    browser.goto(&drift).await?;
    browser.click(words.confirm).await?;
    browser
        .wait_for_address(&format!("{product}/history"))
        .await?;
    browser.wait_for_text(words.sold_now).await?;
    browser.wait_for_text(words.replaced).await?;
    check(words, &browser, &order).await?;
    browser.wait_for_text(words.instead).await?;
    browser.click(words.place).await?;
    browser
        .wait_for_address("/aliexpress/orders/intents/intent_")
        .await?;
    browser.wait_for_text(words.unpaid).await?;
    browser.wait_for_text(words.instead).await?;
    let placed = intents(&program).await?;
    ensure!(placed.len() == 1, "{placed:?}");
    let line = &placed[0]["lines"][0];
    ensure!(line["sku"] != gone && line["instead_of"] == gone, "{line}");
    browser.goto(&drift).await?;
    browser.wait_for_text(words.well).await?;
    // That a form was refused is noted by the browser, with its status.
    let refused = "/aliexpress/orders/new - Failed to load resource: the server responded with a status of 422";
    let mut errors = browser.console_errors().await?;
    errors.retain(|error| !error.contains(refused));
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

/// Opens the form of a new order, fills it in and lets it be checked.
async fn check(words: &Words, browser: &Browser, order: &str) -> Result<()> {
    browser.goto(order).await?;
    for (label, text) in words.order {
        browser.type_into(label, text).await?;
    }
    browser.click(words.check).await
}

async fn intents(program: &Http) -> Result<Vec<Value>> {
    let page = program.get("/api/aliexpress/order-intents").await?.json()?;
    Ok(page["intents"].as_array().context("no intents")?.clone())
}

/// A product in the catalogue, its number, and one of its variants that could be ordered.
async fn imported(program: &Http) -> Result<(String, String, String)> {
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
        let sku = first["id"].as_str().context("no number")?;
        return Ok((id, number.to_owned(), sku.to_owned()));
    }
    anyhow::bail!("no lamp has two variants in stock")
}

async fn tell(control: &Http, path: &str, body: &Value) -> Result<()> {
    let told = control
        .post_json(&format!("/_sandbox/{path}"), body)
        .await?;
    told.expect_status(200).map(|_| ())
}
