//! What is pasted into the search box: words, numbers and addresses, by API and on the page.

use anyhow::{Context, Result};
use serde_json::Value;
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

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_categories_lead_to_products() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let feeds = visitor.get("/api/aliexpress/feeds").await?.json()?;
    let feed = &feeds["feeds"][0];
    let name = feed["name"].as_str().context("no feed")?;
    let address = |query: &str| {
        let name = url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>();
        format!(
            "/api/aliexpress/feeds/{}/products?{query}",
            name.replace('+', "%20")
        )
    };
    let first = visitor
        .get(&address("page_size=5&sort=price_up"))
        .await?
        .json()?;
    let ids = |page: &Value| -> Vec<String> {
        let products = page["products"].as_array().cloned().unwrap_or_default();
        products
            .iter()
            .map(|hit| hit["id"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let cents: Vec<i64> = first["products"]
        .as_array()
        .context("no products")?
        .iter()
        .filter_map(|hit| hit["price"].as_str()?.replace('.', "").parse().ok())
        .collect();
    assert_eq!(cents.len(), 5, "{first}");
    assert!(cents.is_sorted(), "{first}");
    assert_eq!(first["currency"], "EUR");
    let second = visitor
        .get(&address("page_size=5&sort=price_up&page=2"))
        .await?
        .json()?;
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
    let shown = visitor
        .get(&format!("/api/aliexpress/products/{}", ids(&first)[0]))
        .await?;
    assert_eq!(shown.status, 200);

    let unknown = visitor
        .get("/api/aliexpress/feeds/nothing%20like%20it/products")
        .await?
        .json()?;
    assert_eq!(unknown["code"], "invalid_parameter", "{unknown}");

    let found = visitor
        .get("/api/aliexpress/categories?language=fr")
        .await?
        .json()?;
    let categories = found["categories"].as_array().context("no categories")?;
    let below = categories
        .iter()
        .find(|one| one["parent"].is_i64())
        .context("no tree")?;
    assert!(
        categories.iter().any(|one| one["id"] == below["parent"]),
        "{below}"
    );
    let narrowed =
        |category: &Value| format!("/api/aliexpress/products?q=lamp&category={category}");
    let all = visitor
        .get("/api/aliexpress/products?q=lamp")
        .await?
        .json()?;
    let totals = categories.iter().map(|one| narrowed(&one["id"]));
    let mut smaller = 0;
    for address in totals {
        let total = visitor.get(&address).await?.json()?["total"].as_i64();
        assert!(total <= all["total"].as_i64(), "{address}");
        smaller += usize::from(total < all["total"].as_i64());
    }
    assert!(smaller > 0, "no category narrows anything");
    let free = visitor
        .get("/api/aliexpress/products?q=lamp&free_shipping=true")
        .await?
        .json()?;
    assert!(free["total"].as_i64() < all["total"].as_i64(), "{free}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_narrows_searches_and_opens_feeds() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    // Without an account nothing is asked, and nothing is offered.
    let page = visitor.get("/aliexpress/products?lang=en").await?.text();
    assert!(
        !page.contains("name=\"category\"") && !page.contains("?feed="),
        "{page}"
    );
    app.connect().await?;

    let page = visitor.get("/aliexpress/products").await?.text();
    assert!(page.contains("name=\"category\""), "{page}");
    assert!(page.contains("?feed=DS%20bestseller"), "{page}");
    let feed = visitor
        .get("/aliexpress/products?feed=DS%20hot%20product&sort=price_asc")
        .await?
        .text();
    assert!(feed.contains("<title>DS hot product"), "{feed}");
    let next = "?q=&#38;feed=DS%20hot%20product&#38;ship_to=FR&#38;currency=EUR&#38;sort=price_asc&#38;page=2";
    assert!(feed.contains(next), "{feed}");
    let free = visitor
        .get("/aliexpress/products?q=lamp&free=on")
        .await?
        .text();
    assert!(
        free.contains("name=\"free\" value=\"on\" checked"),
        "{free}"
    );
    let none = visitor
        .get("/aliexpress/products?feed=nothing")
        .await?
        .text();
    assert!(none.contains("invalid_parameter"), "{none}");
    // They are asked for once a day, however many look.
    assert_eq!(app.journal("aliexpress.ds.category.get").await?.len(), 1);
    Ok(())
}
