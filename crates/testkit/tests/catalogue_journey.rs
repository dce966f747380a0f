//! From a pasted link to a file for the shop, as a merchant does it in a browser.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use testkit::app::App;
use testkit::browser::{Browser, PATIENCE, Scheme, Visitor};

/// The words of one language on the way.
struct Words {
    products: &'static str,
    search_field: &'static str,
    search: &'static str,
    add: &'static str,
    added: &'static str,
    prices: &'static str,
    new_rule: &'static str,
    name: &'static str,
    percent: &'static str,
    every: &'static str,
    ending: &'static str,
    save_rule: &'static str,
    rule_saved: &'static str,
    dry_run: &'static str,
    nothing_yet: &'static str,
    apply: &'static str,
    applied: &'static str,
    to_export: &'static str,
    download: &'static str,
}

const ENGLISH: Words = Words {
    products: "Products",
    search_field: "Words, an AliExpress link or a product number",
    search: "Search",
    add: "Add to the catalogue",
    added: "The product is in the catalogue.",
    prices: "Prices",
    new_rule: "Make a rule",
    name: "Name",
    percent: "Per cent added (1)",
    every: "Distance between two prices",
    ending: "Ending",
    save_rule: "Save the rule",
    rule_saved: "The rule is saved.",
    dry_run: "Show what would change",
    nothing_yet: "All of them, exactly as they stand here",
    apply: "Put these prices in force",
    applied: "The prices are in force.",
    to_export: "Go to the catalogue and export",
    download: "Download as Shopify",
};

const FRENCH: Words = Words {
    products: "Produits",
    search_field: "Mots, lien AliExpress ou numéro de produit",
    search: "Chercher",
    add: "Ajouter au catalogue",
    added: "Le produit est dans le catalogue.",
    prices: "Prix",
    new_rule: "Créer une règle",
    name: "Nom",
    percent: "Pourcentage ajouté (1)",
    every: "Écart entre deux prix",
    ending: "Terminaison",
    save_rule: "Enregistrer la règle",
    rule_saved: "La règle est enregistrée.",
    dry_run: "Montrer ce qui changerait",
    nothing_yet: "Tous, exactement comme ici",
    apply: "Mettre ces prix en vigueur",
    applied: "Les prix sont en vigueur.",
    to_export: "Aller au catalogue et exporter",
    download: "Télécharger au format Shopify",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_link_becomes_a_file_for_the_shop_in_english() -> Result<()> {
    travel(&ENGLISH, Visitor::speaking("en")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_link_becomes_a_file_for_the_shop_without_script() -> Result<()> {
    travel(&FRENCH, Visitor::speaking("fr").without_script()).await
}

async fn travel(words: &Words, visitor: Visitor) -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = visitor
        .scheme(Scheme::Light)
        .window(1280, 900)
        .open()
        .await?;
    let number = add(words, &browser, &app).await?;
    price(words, &browser).await?;
    export(words, &browser, &number).await?;
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    browser.close().await
}

/// Pastes the link of a product into the search, and adds what it leads to.
async fn add(words: &Words, browser: &Browser, app: &App) -> Result<String> {
    let number = app.products().await?.remove(0);
    browser.goto(&format!("{}/aliexpress", app.url)).await?;
    browser.click(words.products).await?;
    let link = format!("https://www.aliexpress.com/item/{number}.html?spm=a2g0o");
    browser.type_into(words.search_field, &link).await?;
    browser.click(words.search).await?;
    let here = format!("/aliexpress/products/{number}");
    browser.wait_for_address(&here).await?;
    browser.click(words.add).await?;
    browser.wait_for_text(words.added).await?;
    Ok(number)
}

/// Makes a rule, looks at what it would do, and puts that in force.
async fn price(words: &Words, browser: &Browser) -> Result<()> {
    browser.click(words.products).await?;
    browser.click(words.prices).await?;
    browser.click(words.new_rule).await?;
    browser.type_into(words.name, "Boutique").await?;
    browser.type_into(words.percent, "100").await?;
    browser.type_into(words.every, "1").await?;
    browser.type_into(words.ending, "0.99").await?;
    browser.click(words.save_rule).await?;
    browser.wait_for_text(words.rule_saved).await?;
    browser.click(words.dry_run).await?;
    browser
        .wait_for_address("/aliexpress/catalogue/runs/")
        .await?;
    browser.wait_for_text(words.nothing_yet).await?;
    browser.wait_for_text("Boutique").await?;
    browser.click(words.apply).await?;
    browser.wait_for_text(words.applied).await
}

/// Takes the file for the shop with a click, and looks for the product and its price in it.
async fn export(words: &Words, browser: &Browser, number: &str) -> Result<()> {
    browser.click(words.to_export).await?;
    let folder = tempfile::tempdir()?;
    let allowed = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser
        .session()
        .cdp()
        .send_raw("Page.setDownloadBehavior", allowed)
        .await?;
    browser.click(words.download).await?;
    let file = folder.path().join("shopify-products.csv");
    browser
        .wait_until("the file for the shop", PATIENCE, async || {
            Ok(is_whole(&file))
        })
        .await?;
    let text = std::fs::read_to_string(&file).context("the file cannot be read")?;
    ensure!(text.contains(&format!("ae-{number}")), "{text}");
    ensure!(text.contains(".99"), "no price of the rule: {text}");
    Ok(())
}

/// A file gets its name when all of it is there.
fn is_whole(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|file| file.len() > 0)
}
