//! Every page for everybody: narrow and wide, light and dark, in both languages, by keyboard.

use anyhow::{Context, Result};
use testkit::browser::{Browser, Scheme, Visitor};
use testkit::server::{Service, ServiceProcess};

async fn connected() -> Result<(ServiceProcess, Vec<String>)> {
    let service = ServiceProcess::sandboxed()?;
    let control = service.sandbox_visitor()?;
    let code = control
        .post_json("/_sandbox/codes", &serde_json::json!({}))
        .await?
        .json()?;
    let visitor = service.visitor()?;
    let connection = visitor
        .post_json("/api/aliexpress/oauth/token", &code)
        .await?
        .expect_status(200)?
        .json()?;
    let id = connection["id"].as_str().context("no connection")?;
    let state = control.get("/_sandbox/state").await?.json()?;
    let product = text(&state["products"][0]);
    let mut pages: Vec<String> = [
        "/aliexpress",
        "/aliexpress/authentication",
        "/aliexpress/products",
        "/aliexpress/products?q=lampe",
        "/aliexpress/products?q=hostile",
        "/aliexpress/products?q=nothing-is-called-this",
        "/aliexpress/products/1005009999999999",
        "/aliexpress/orders",
        "/aliexpress/orders/8100000000009999",
        "/aliexpress/authentication?auth=error&error=exchange_failed&gateway_code=InvalidCode",
        "/aliexpress/keys",
        "/api/docs",
        "/aliexpress/received?auth=success",
        "/aliexpress/received?auth=error&error=expired_state",
        "/aliexpress/nowhere",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.push(format!(
        "/aliexpress/authentication/connections/{id}/disconnect"
    ));
    let view = visitor
        .get(&format!("/api/aliexpress/products/{product}"))
        .await?
        .json()?;
    let sku = text(&view["skus"][0]["id"]);
    pages.push(format!(
        "/aliexpress/products/{product}?sku={sku}&quantity=2"
    ));
    for order in state["orders"].as_array().context("no orders")? {
        let id = text(&order["id"]);
        let body = serde_json::json!({ "order_id": id });
        visitor
            .post_json("/api/aliexpress/orders/import", &body)
            .await?
            .expect_status(200)?;
        pages.push(format!("/aliexpress/orders/{id}"));
    }
    Ok((service, pages))
}

fn text(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

async fn audit(browser: &Browser, base: &str, page: &str, language: &str) -> Result<()> {
    let join = if page.contains('?') { '&' } else { '?' };
    browser
        .goto(&format!("{base}{page}{join}lang={language}"))
        .await?;
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.set_scheme(scheme).await?;
        for (width, height) in [(390, 844), (1280, 900)] {
            browser.resize(width, height).await?;
            let name = format!("{page} in {language}, {scheme:?}, {width} px");
            browser.assert_for_everybody(&name).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_in_english() -> Result<()> {
    every_page("en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_in_french() -> Result<()> {
    every_page("fr").await
}

async fn every_page(language: &str) -> Result<()> {
    let (service, pages) = connected().await?;
    let browser = Visitor::speaking(language).open().await?;
    for page in &pages {
        audit(&browser, service.base(), page, language).await?;
    }
    let sandbox = service.sandbox()?;
    for page in [
        "/_sandbox/?product=1005006000000081&done=profile",
        "/oauth/authorize?response_type=code&client_id=500100",
        "/item/1005006000000081.html",
        "/video/1005006000000001.html",
        "/store/1102000001",
        "/item/1.html",
    ] {
        audit(&browser, sandbox, page, language).await?;
    }
    browser.close().await
}

/// What a newcomer sees: nothing connected, nothing configured, not signed in.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_pages_are_for_everybody() -> Result<()> {
    let fresh = ServiceProcess::sandboxed()?;
    let bare = Service::plain().start()?;
    let browser = Visitor::speaking("fr").open().await?;
    for language in ["fr", "en"] {
        for page in [
            "/aliexpress",
            "/aliexpress/authentication",
            "/aliexpress/products",
            "/aliexpress/orders",
        ] {
            audit(&browser, fresh.base(), page, language).await?;
        }
        audit(&browser, bare.base(), "/aliexpress/sign-in", language).await?;
    }
    let bearer =
        std::fs::read_to_string(bare.data_dir().join("bearer")).context("no bearer was kept")?;
    browser
        .goto(&format!("{}/aliexpress/sign-in?lang=en", bare.base()))
        .await?;
    browser
        .css("input[name=token]")
        .await?
        .send_keys(bearer.trim())
        .await?;
    browser.css("form button").await?.click().await?;
    browser.wait_for_text("ALIEXPRESS_APP_KEY").await?;
    for page in [
        "/aliexpress",
        "/aliexpress/authentication",
        "/aliexpress/products",
        "/aliexpress/orders",
    ] {
        audit(&browser, bare.base(), page, "en").await?;
    }
    browser.close().await
}
