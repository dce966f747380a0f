//! What a product has become, every method that shows it says.

use aliexpress::Error;
use anyhow::{Context, Result};
use base64::Engine as _;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::calls::{Chosen, freight, shipping};
use crate::world::{TRACKING_ID, World};

/// What a method says about one product.
#[derive(Debug, Clone, PartialEq)]
enum Says {
    /// It does not show the product.
    Gone,
    /// It shows it, with this price where it shows prices.
    Shown(Option<Decimal>),
}

fn row(price: Option<Option<Decimal>>) -> Says {
    price.map_or(Says::Gone, Says::Shown)
}

/// An empty answer is an answer: the product is not shown.
fn or_gone<T>(answer: Result<T, Error>, empty: &[&str]) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Error::Business(error)) if empty.contains(&error.code.as_str()) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Every method that shows products, and what it says about this one. Prices are those of the cheapest SKU, in US
/// dollars for the United States, so that no currency stands between a change and what is shown.
async fn all_say(world: &World, chosen: &Chosen) -> Result<Vec<(&'static str, Says)>> {
    let (ds, affiliate) = (world.account.dropshipping(), world.app.affiliate());
    let (id, title) = (chosen.product, &chosen.title);
    let mut said = Vec::new();

    let search = ds
        .text_search()
        .keyword(title)
        .ship_to("US")
        .currency("USD")
        .locale("en_US");
    let found = search.page_size(50).send().await?;
    let found = found
        .products
        .into_iter()
        .find(|product| product.item_id == id);
    said.push((
        "ds.text.search",
        row(found.map(|product| product.target_sale_price)),
    ));

    let product = ds
        .product_get()
        .product_id(id)
        .ship_to("US")
        .currency("USD")
        .send()
        .await;
    let product = or_gone(product, &["605"])?;
    let cheapest =
        |skus: &[aliexpress::shapes::Sku]| skus.iter().filter_map(|sku| sku.offer_sale_price).min();
    said.push((
        "ds.product.get",
        row(product.map(|product| cheapest(&product.skus))),
    ));

    let product = ds
        .product_wholesale_get()
        .product_id(id)
        .ship_to("US")
        .currency("USD")
        .send()
        .await;
    let product = or_gone(product, &["605", "ITEM_ID_NOT_FOUND"])?;
    said.push((
        "ds.product.wholesale.get",
        row(product.map(|product| cheapest(&product.skus))),
    ));

    let papers = ds
        .product_specialinfo_get()
        .product_id(id)
        .countries(["US"])
        .send()
        .await;
    let papers = papers.map(|_| None).or_else(|error| match error {
        Error::Business(_) => Ok::<_, Error>(Some(())),
        other => Err(other),
    })?;
    said.push((
        "ds.product.specialinfo.get",
        if papers.is_some() {
            Says::Gone
        } else {
            Says::Shown(None)
        },
    ));

    let options = or_gone(freight(world, chosen).await, &["501"])?;
    said.push(("ds.freight.query", row(options.map(|_| None))));

    let request = ds
        .freight_calculate()
        .product_id(id)
        .quantity(1)
        .ship_to("FR")
        .ship_from("CN");
    let options = request.sku_id(chosen.sku).send().await;
    let options = match options {
        Ok(options) => Some(options),
        Err(Error::Business(_)) => None,
        Err(error) => return Err(error.into()),
    };
    said.push((
        "logistics.buyer.freight.calculate",
        row(options.map(|_| None)),
    ));

    let picture = world.picture(chosen).await?;
    let found = ds
        .image_search()
        .image(picture.clone())
        .ship_to("US")
        .currency("USD")
        .send()
        .await?;
    let found = found
        .products
        .into_iter()
        .find(|product| product.product_id == id);
    said.push((
        "ds.image.search",
        row(found.map(|product| product.target_sale_price)),
    ));

    let picture = base64::engine::general_purpose::STANDARD.encode(picture);
    let found = ds
        .image_search_v2()
        .image(picture)
        .ship_to("US")
        .currency("USD")
        .send()
        .await?;
    let found = found
        .products
        .into_iter()
        .find(|product| product.product_id == Some(id));
    let price = found.map(|product| {
        product
            .price
            .and_then(|price| price.sale)
            .and_then(|sale| sale.value)
    });
    said.push(("ds.image.searchV2", row(price)));

    let query = affiliate
        .product_query()
        .keywords(title)
        .ship_to("US")
        .currency("USD");
    let found = or_gone(query.page_size(50).send().await, &["405"])?;
    let found = found.and_then(|page| {
        page.products
            .into_iter()
            .find(|product| product.product_id == id)
    });
    said.push((
        "affiliate.product.query",
        row(found.map(|product| product.target_sale_price)),
    ));

    let detail = affiliate
        .productdetail_get()
        .product_ids([id])
        .ship_to("US")
        .currency("USD");
    let found = or_gone(detail.send().await, &["405"])?;
    let found = found.and_then(|page| {
        page.products
            .into_iter()
            .find(|product| product.product_id == id)
    });
    said.push((
        "affiliate.productdetail.get",
        row(found.map(|product| product.target_sale_price)),
    ));

    let detail = affiliate
        .product_sku_detail_get()
        .product_id(id)
        .ship_to("US");
    let detail = detail.currency("USD").language("EN").send().await;
    let detail = or_gone(detail, &["405"])?;
    let price = detail.map(|detail| {
        detail
            .skus
            .iter()
            .filter_map(|sku| sku.sale_price_with_tax)
            .min()
    });
    said.push(("affiliate.product.sku.detail.get", row(price)));

    let info = affiliate
        .promotion_info_get()
        .product_ids([id])
        .currency("USD");
    let info = info.language("EN").ship_to("US").send().await?;
    let known = info
        .promotion_results
        .iter()
        .any(|result| result.product_id == Some(id));
    said.push((
        "affiliate.promotion.info.get",
        if known { Says::Shown(None) } else { Says::Gone },
    ));

    let links = affiliate.link_generate();
    let links = links.promotion_link_type(aliexpress::affiliate::link_generate::LinkType::Normal);
    let links = links
        .source_values([id.to_string()])
        .tracking_id(TRACKING_ID)
        .send()
        .await;
    let links = or_gone(links, &["405"])?;
    let linked = links.is_some_and(|links| {
        links
            .promotion_links
            .iter()
            .any(|link| link.promotion_link.is_some())
    });
    said.push((
        "affiliate.link.generate",
        if linked {
            Says::Shown(None)
        } else {
            Says::Gone
        },
    ));
    Ok(said)
}

async fn change(world: &World, chosen: &Chosen, change: Value) -> Result<()> {
    world
        .post(&format!("products/{}", chosen.product), &change)
        .await?;
    Ok(())
}

/// With US prices some answers add taxes to what the control API calls the price.
fn about(shown: Decimal, price: Decimal) -> bool {
    shown >= price && shown <= price * Decimal::new(13, 1)
}

#[tokio::test]
async fn every_method_that_shows_a_product_says_what_it_has_become() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;

    for (method, says) in all_say(&world, &chosen).await? {
        assert_ne!(
            says,
            Says::Gone,
            "{method} does not show the product to begin with"
        );
    }

    // Far from every price in the catalogue, so that what is shown can come from nowhere else.
    change(&world, &chosen, json!({ "price": "777.00" })).await?;
    for (method, says) in all_say(&world, &chosen).await? {
        match says {
            Says::Shown(Some(price)) => {
                assert!(about(price, Decimal::new(777, 0)), "{method} shows {price}")
            }
            Says::Shown(None) => {}
            Says::Gone => panic!("{method} lost the product over its price"),
        }
    }

    change(&world, &chosen, json!({ "delist": true })).await?;
    for (method, says) in all_say(&world, &chosen).await? {
        assert_eq!(
            says,
            Says::Gone,
            "{method} shows a product that is delisted"
        );
    }
    let shipping = shipping(&world, &chosen).await;
    assert!(
        shipping.is_err(),
        "no row and no shipping for what is delisted"
    );
    Ok(())
}

#[tokio::test]
async fn stock_and_skus_are_the_same_wherever_they_are_shown() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let (ds, affiliate) = (world.account.dropshipping(), world.app.affiliate());
    let wholesale = async || {
        let product = ds.product_wholesale_get().product_id(chosen.product);
        product.ship_to("FR").currency("EUR").send().await
    };
    let calculated = async || {
        let freight = ds
            .freight_calculate()
            .product_id(chosen.product)
            .quantity(1);
        let freight = freight.ship_to("FR").ship_from("CN");
        freight.sku_id(chosen.sku).send().await
    };
    let detailed = async || -> Result<Vec<i64>> {
        let detail = affiliate
            .product_sku_detail_get()
            .product_id(chosen.product);
        let detail = detail.ship_to("FR").currency("EUR").language("EN");
        let skus = detail.send().await?.skus;
        Ok(skus.iter().filter_map(|sku| sku.sku_id).collect())
    };
    let has = |skus: &[aliexpress::shapes::Sku]| skus.iter().any(|sku| sku.sku_id == chosen.sku);
    let stock = |skus: &[aliexpress::shapes::Sku]| {
        let sku = skus.iter().find(|sku| sku.sku_id == chosen.sku);
        sku.and_then(|sku| sku.sku_available_stock)
    };

    let change_to = json!({ "sku_id": chosen.sku.to_string(), "stock": 3 });
    change(&world, &chosen, change_to).await?;
    assert_eq!(stock(&world.product(chosen.product).await?.skus), Some(3));
    assert_eq!(stock(&wholesale().await?.skus), Some(3));
    for option in freight(&world, &chosen).await? {
        assert_eq!(option.available_stock, Some(3), "{}", option.code);
    }
    // There before, so that their absence below says something.
    assert!(detailed().await?.contains(&chosen.sku));
    assert!(!calculated().await?.is_empty());
    shipping(&world, &chosen).await?;

    change(
        &world,
        &chosen,
        json!({ "drop_sku": chosen.sku.to_string() }),
    )
    .await?;
    assert!(!has(&world.product(chosen.product).await?.skus));
    assert!(!has(&wholesale().await?.skus));
    assert!(!detailed().await?.contains(&chosen.sku));
    assert!(matches!(
        freight(&world, &chosen).await,
        Err(Error::Business(_))
    ));
    assert!(matches!(calculated().await, Err(Error::Business(_))));
    assert!(
        shipping(&world, &chosen).await.is_err(),
        "no shipping for a SKU that is gone"
    );
    Ok(())
}

/// Lists show the cheapest SKU; without it, the next one.
#[tokio::test]
async fn a_list_shows_the_price_of_the_skus_that_are_left() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    change(&world, &chosen, json!({ "price": "777.00" })).await?;
    let cheap = json!({ "sku_id": chosen.sku.to_string(), "price": "555.00" });
    change(&world, &chosen, cheap).await?;
    // Which methods show a price: none may leave with a SKU that is not the product's last.
    let all_show = async |wanted: i64| -> Result<Vec<&'static str>> {
        let mut priced = Vec::new();
        for (method, says) in all_say(&world, &chosen).await? {
            if let Says::Shown(Some(price)) = says {
                let right = about(price, Decimal::from(wanted));
                assert!(right, "{method} shows {price}, not about {wanted}");
                priced.push(method);
            }
        }
        Ok(priced)
    };
    let before = all_show(555).await?;
    assert!(before.len() >= 8, "only {before:?} show a price");
    change(
        &world,
        &chosen,
        json!({ "drop_sku": chosen.sku.to_string() }),
    )
    .await?;
    assert_eq!(all_show(777).await?, before);
    Ok(())
}

/// What one list shows: products, with a price where it shows prices.
type Listed = Vec<(i64, Option<Decimal>)>;

fn listed(rows: Vec<aliexpress::shapes::AffiliateProduct>) -> Listed {
    rows.iter()
        .map(|row| (row.product_id, row.target_sale_price))
        .collect()
}

/// The lists that choose for themselves what they show: feeds and pools.
async fn lists(world: &World) -> Result<Vec<(&'static str, Listed)>> {
    let (ds, affiliate) = (world.account.dropshipping(), world.app.affiliate());
    let (feed, promotion) = (world.feed().await?, world.promotion().await?);
    let ids = ds
        .feed_itemids_get()
        .feed_name(&feed)
        .page_size(200)
        .send()
        .await?;
    let page = ds
        .recommend_feed_get()
        .feed_name(&feed)
        .ship_to("US")
        .currency("USD");
    let page = page.page_size(50).send().await?;
    let hot = affiliate.hotproduct_query().ship_to("US").currency("USD");
    let hot = hot.page_size(50).send().await?;
    let download = affiliate
        .hotproduct_download()
        .category_id(world.hot_category().await?);
    let download = download
        .ship_to("US")
        .currency("USD")
        .page_size(50)
        .send()
        .await?;
    let pool = affiliate
        .featuredpromo_products_get()
        .promotion_name(&promotion)
        .ship_to("US");
    let pool = pool.currency("USD").page_size(50).send().await?;
    let alike = affiliate
        .product_smartmatch()
        .device_id("made-up")
        .keywords("lamp");
    let alike = alike.ship_to("US").currency("USD").send().await?;
    Ok(vec![
        (
            "ds.feed.itemids.get",
            ids.products.into_iter().map(|id| (id, None)).collect(),
        ),
        (
            "ds.recommend.feed.get",
            page.products
                .iter()
                .map(|row| (row.product_id, row.target_sale_price))
                .collect(),
        ),
        ("affiliate.hotproduct.query", listed(hot.products)),
        ("affiliate.hotproduct.download", listed(download.products)),
        (
            "affiliate.featuredpromo.products.get",
            listed(pool.products),
        ),
        ("affiliate.product.smartmatch", listed(alike.products)),
    ])
}

#[tokio::test]
async fn feeds_and_pools_show_the_price_of_today_and_nothing_that_is_delisted() -> Result<()> {
    let world = World::start().await?;
    for (method, shown) in lists(&world).await? {
        let (first, had) = *shown
            .first()
            .with_context(|| format!("{method} shows nothing"))?;
        let path = format!("products/{first}");
        world.post(&path, &json!({ "price": "777.00" })).await?;
        for (other, shown) in lists(&world).await? {
            let price = shown
                .iter()
                .find(|(id, _)| *id == first)
                .and_then(|(_, price)| *price);
            let is_here = other == method && had.is_some();
            assert!(
                !is_here || price.is_some(),
                "{other} lost {first} over its price"
            );
            let right = price.is_none_or(|price| about(price, Decimal::new(777, 0)));
            assert!(right, "{other} shows {price:?} for {first}");
        }
        world.post(&path, &json!({ "delist": true })).await?;
        for (other, shown) in lists(&world).await? {
            assert!(
                shown.iter().all(|(id, _)| *id != first),
                "{other} shows {first}, which is delisted"
            );
        }
        world.post(&path, &json!({ "restore": true })).await?;
    }
    Ok(())
}
