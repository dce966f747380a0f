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
        "/aliexpress/authentication?auth=error&error=account_mismatch&connection={id}",
        "/aliexpress/authentication/connections/{id}/replace",
        "/aliexpress/links",
        "/aliexpress/audit",
        "/aliexpress/audit?action=connection.connected",
        "/aliexpress/audit?connection=nonsense",
        "/aliexpress/webhooks",
        "/aliexpress/operators",
        "/connect/of-nobody",
        "/connect/done?auth=success",
        "/connect/done?auth=error&error=access_denied",
    ]
    .map(|page| page.replace("{id}", id))
    .to_vec();
    let link = serde_json::json!({ "label": "Boutique à Lyon" });
    let link = visitor
        .post_json("/api/aliexpress/connect-links", &link)
        .await?
        .expect_status(201)?
        .json()?;
    let address = url::Url::parse(link["url"].as_str().context("no address")?)?;
    pages.push(address.path().to_owned());
    pages.push(format!(
        "/aliexpress/authentication/connections/{id}/disconnect"
    ));
    let webhook = serde_json::json!({ "url": "https://shop.example/hook" });
    let webhook = visitor
        .post_json("/api/aliexpress/webhooks", &webhook)
        .await?
        .expect_status(201)?
        .json()?;
    pages.push(format!(
        "/aliexpress/webhooks/{}",
        text(&webhook["webhook"]["id"])
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
    // The first operator, by the link that the start has printed.
    let link = bare.sign_in_link()?;
    for language in ["fr", "en"] {
        let page = link.trim_start_matches(bare.base());
        audit(&browser, bare.base(), page, language).await?;
    }
    browser.goto(&link).await?;
    for (field, text) in [
        ("name", "anna"),
        ("password", "four made-up words of hers"),
        ("again", "four made-up words of hers"),
    ] {
        let input = browser.css(&format!("input[name={field}]")).await?;
        input.send_keys(text).await?;
    }
    browser.css("form.stack button").await?.click().await?;
    browser.wait_for_text("ALIEXPRESS_APP_KEY").await?;
    for page in [
        "/aliexpress",
        "/aliexpress/authentication",
        "/aliexpress/products",
        "/aliexpress/orders",
        "/aliexpress/operators",
    ] {
        audit(&browser, bare.base(), page, "en").await?;
    }
    browser.close().await
}
