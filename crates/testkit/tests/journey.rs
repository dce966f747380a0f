//! The main job, as a person does it in a browser: connect an account, find a product, follow an order.

use anyhow::{Context, Result, ensure};
use testkit::browser::{Browser, Scheme, Visitor};
use testkit::server::ServiceProcess;

/// The words of one language on the way.
struct Words {
    /// The README shows the pages in this language.
    on_the_readme: bool,
    authentication: &'static str,
    authorize: &'static str,
    approve: &'static str,
    works_until: &'static str,
    sign_in_again_by: &'static str,
    products: &'static str,
    search_field: &'static str,
    search: &'static str,
    look_for: &'static str,
    freight: &'static str,
    landed_cost: &'static str,
    orders: &'static str,
    order_field: &'static str,
    add: &'static str,
    overview: &'static str,
    all_well: &'static str,
}

impl Words {
    async fn picture(&self, browser: &Browser, name: &str) -> Result<()> {
        if self.on_the_readme {
            browser.picture(name).await
        } else {
            Ok(())
        }
    }
}

const ENGLISH: Words = Words {
    on_the_readme: true,
    authentication: "Authentication",
    authorize: "Authorize SmartLinks with AliExpress",
    approve: "Sign in and authorise",
    works_until: "Works until",
    sign_in_again_by: "Sign in again by",
    products: "Products",
    search_field: "Words, an AliExpress link or a product number",
    search: "Search",
    look_for: "lamp",
    freight: "Work out delivery",
    landed_cost: "Landed cost",
    orders: "Orders",
    order_field: "Order number",
    add: "Add the order",
    overview: "Overview",
    all_well: "Everything works",
};

const FRENCH: Words = Words {
    on_the_readme: false,
    authentication: "Authentification",
    authorize: "Autoriser SmartLinks avec AliExpress",
    approve: "Se connecter et autoriser",
    works_until: "Fonctionne jusqu’à",
    sign_in_again_by: "Se reconnecter avant",
    products: "Produits",
    search_field: "Mots, lien AliExpress ou numéro de produit",
    search: "Chercher",
    look_for: "lampe",
    freight: "Calculer la livraison",
    landed_cost: "Coût livré",
    orders: "Commandes",
    order_field: "Numéro de commande",
    add: "Ajouter la commande",
    overview: "Aperçu",
    all_well: "Tout fonctionne",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_connects_finds_and_follows_in_english() -> Result<()> {
    travel(&ENGLISH, Visitor::speaking("en")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_connects_finds_and_follows_in_french() -> Result<()> {
    travel(&FRENCH, Visitor::speaking("fr")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_connects_finds_and_follows_without_script() -> Result<()> {
    travel(&FRENCH, Visitor::speaking("fr").without_script()).await
}

async fn travel(words: &Words, visitor: Visitor) -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let browser = visitor
        .scheme(Scheme::Light)
        .window(1280, 900)
        .open()
        .await?;
    connect(words, &browser, &service).await?;
    find(words, &browser).await?;
    follow(words, &browser, &service).await?;
    browser.click(words.overview).await?;
    browser.wait_for_text(words.all_well).await?;
    words.picture(&browser, "overview.png").await?;
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    browser.close().await
}

async fn connect(words: &Words, browser: &Browser, service: &ServiceProcess) -> Result<()> {
    browser.goto(service.page()).await?;
    browser.click(words.authentication).await?;
    browser.click(words.authorize).await?;
    browser
        .wait_for_address(&format!("{}/oauth/authorize", service.sandbox()?))
        .await?;
    browser.click(words.approve).await?;
    browser.wait_for_address("auth=success").await?;
    let address = browser.address().await?;
    ensure!(
        !address.contains("code="),
        "the code stays in the address bar"
    );
    browser.wait_for_text(words.works_until).await?;
    browser.wait_for_text(words.sign_in_again_by).await?;
    browser.wait_for_text("demo_buyer").await?;
    words.picture(browser, "authentication.png").await
}

async fn find(words: &Words, browser: &Browser) -> Result<()> {
    browser.click(words.products).await?;
    browser
        .type_into(words.search_field, words.look_for)
        .await?;
    browser.click(words.search).await?;
    browser.wait_for_address("q=").await?;
    browser
        .wait_until("results", std::time::Duration::from_secs(10), async || {
            Ok(!browser.all(".product h2 a").await?.is_empty())
        })
        .await?;
    browser.css(".product h2 a").await?.click().await?;
    browser.wait_for_address("/aliexpress/products/").await?;
    browser.click(words.freight).await?;
    browser.wait_for_text(words.landed_cost).await?;
    browser.wait_for_text("€").await
}

async fn follow(words: &Words, browser: &Browser, service: &ServiceProcess) -> Result<()> {
    let state = service
        .sandbox_visitor()?
        .get("/_sandbox/state")
        .await?
        .json()?;
    let orders = state["orders"].as_array().context("no orders")?;
    let shipped = orders.iter().find(|order| order["status"] == "shipped");
    let id = &shipped.with_context(|| format!("none is on its way: {orders:?}"))?["id"];
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    browser.click(words.orders).await?;
    browser.type_into(words.order_field, &id).await?;
    browser.click(words.add).await?;
    browser
        .wait_for_address(&format!("/aliexpress/orders/{id}"))
        .await?;
    browser
        .wait_until(
            "a parcel with its events",
            std::time::Duration::from_secs(10),
            async || Ok(!browser.all(".parcel li").await?.is_empty()),
        )
        .await
}
