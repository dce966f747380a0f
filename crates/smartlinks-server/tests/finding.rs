//! What is pasted into the search box: words, numbers and addresses, by API and on the page.

use anyhow::Result;
use testkit::app::App;

fn pasted(text: &str) -> String {
    let pairs = [("q", text), ("ship_to", "FR"), ("currency", "EUR")];
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_address_finds_its_product() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let id = app.products().await?.remove(0);
    for text in [
        id.clone(),
        format!("https://fr.aliexpress.com/item/{id}.html?spm=a2g0o"),
        format!("m.aliexpress.com/item/{id}.html"),
        format!("https://www.aliexpress.com/gcp/300001/x?productIds={id}:12000001"),
    ] {
        let query = pasted(&text);
        let found = visitor
            .get(&format!("/api/aliexpress/products?{query}"))
            .await?
            .json()?;
        assert_eq!(found["total"], 1, "{text}: {found}");
        assert_eq!(found["products"][0]["id"], id.as_str(), "{text}: {found}");
        assert!(found["products"][0]["price"].is_string(), "{text}: {found}");

        let page = visitor
            .get(&format!("/aliexpress/products?{query}"))
            .await?;
        let place = format!("/aliexpress/products/{id}?ship_to=FR&currency=EUR");
        assert_eq!(page.header("location"), Some(place.as_str()), "{text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_product_is_explained_before_the_gateway_is_asked() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    for (text, words, shown) in [
        (
            "https://a.aliexpress.com/_mKabcde",
            "open it in a browser",
            "Seul AliExpress sait où mène ce lien",
        ),
        (
            "https://www.aliexpress.com/store/1102000001",
            "not of one product",
            "Aucun produit dans cette adresse",
        ),
    ] {
        let query = pasted(text);
        let reply = visitor
            .get(&format!("/api/aliexpress/products?{query}"))
            .await?;
        assert_eq!(reply.status, 400, "{text}");
        let problem = reply.json()?;
        assert_eq!(problem["code"], "invalid_parameter", "{text}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(words), "{text}: {detail}");

        let page = visitor
            .get(&format!("/aliexpress/products?{query}&lang=fr"))
            .await?;
        assert_eq!(page.status, 200, "{text}");
        assert!(page.text().contains(shown), "{text}: {}", page.text());
    }
    assert!(app.journal("aliexpress.ds.text.search").await?.is_empty());
    assert!(app.journal("aliexpress.ds.product.get").await?.is_empty());
    Ok(())
}
