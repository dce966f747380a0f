//! What an order costs in the end: taxes and import charges come on top in some countries, and a promotion ends above its
//! limit.

use rust_decimal::Decimal;
use smartlinks_core::SkuView;

use super::*;

/// Pieces of a variant that `fits`, for an address in a country.
async fn wish_to(
    app: &App,
    (country, province, city): (&str, &str, &str),
    fits: impl Fn(&SkuView) -> bool,
) -> Result<(NewOrder, SkuView)> {
    let market = ProductQuery {
        ship_to: Some(country.into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    // The catalogue goes on behind those that the state lists, and only there something is on offer.
    let listed = app.products().await?;
    let numbers = listed.iter().map(|id| id.parse::<i64>());
    let numbers: Vec<i64> = numbers.collect::<Result<_, _>>()?;
    let first = numbers.iter().min().context("no products")?;
    for id in (*first..first + 1000).map(|id| id.to_string()) {
        let Ok(product) = app.core.product(&id, &market).await else {
            continue;
        };
        let mut skus = product.skus.into_iter();
        if let Some(sku) = skus.find(|sku| sku.stock > Some(9) && fits(sku)) {
            let order = json!({
                "address": {
                    "country": country, "province": province, "city": city, "address": "1 Example Street",
                    "zip": "90001", "contact_person": "Camille Canari", "mobile_no": "6125550100",
                },
                "lines": [{ "product_id": id, "sku": sku.id, "quantity": 2 }],
            });
            return Ok((serde_json::from_value(order)?, sku));
        }
    }
    anyhow::bail!("nothing of that kind is in stock")
}

fn usd(amount: Decimal) -> Value {
    json!({ "amount": amount.to_string(), "currency": "USD" })
}

/// 20 % import charges and 7 % tax are in no price of the sandbox for the United States, and are charged.
#[tokio::test(flavor = "multi_thread")]
async fn taxes_and_import_charges_count_against_the_guard() -> Result<()> {
    let app = App::with(Setup::default()).await?;
    app.connect().await?;
    let place = ("US", "California", "Los Angeles");
    let (mut order, _) = wish_to(&app, place, |sku| sku.promotion_limit.is_none()).await?;
    let preview = app.core.preview_order(&order).await?;
    ensure!(preview.placeable, "{:?}", preview.problems);
    let amount = |money: &Option<_>| {
        let money: &smartlinks_core::MoneyView = money.as_ref().expect("an amount");
        money.amount
    };
    let (goods, freight) = (amount(&preview.goods), amount(&preview.freight));
    let (charges, total) = (amount(&preview.charges), amount(&preview.total));
    ensure!(
        charges > goods / Decimal::from(4),
        "{charges} on top of {goods}"
    );
    assert_eq!(total, goods + freight + charges);
    assert_eq!(amount(&preview.lines[0].total), total);

    order.guard.max_total = serde_json::from_value(usd(goods + freight))?;
    match app.core.place_order("K-1", &order).await {
        Err(Error::NotPlaceable(problems)) => assert_eq!(problems[0].code, "guard_max_total"),
        other => anyhow::bail!("{other:?}"),
    }
    // Sold for what goods and freight cost: nothing is earned of it.
    order.guard = serde_json::from_value(json!({ "min_margin": "0" }))?;
    order.sale_price = serde_json::from_value(usd(goods + freight))?;
    let margin = app.core.preview_order(&order).await?;
    assert_eq!(margin.problems[0].code, "guard_min_margin");
    assert_eq!(made(&app).await?, 0);

    order.guard = serde_json::from_value(json!({ "max_total": usd(total) }))?;
    let placed = app.core.place_order("K-1", &order).await?.view;
    let paid = app.core.order(&placed.order_ids[0]).await?.summary.amount;
    assert_eq!(paid.context("no amount")?.amount, total);
    Ok(())
}

/// What a piece costs delivered is the same before and while it is ordered.
#[tokio::test(flavor = "multi_thread")]
async fn the_landed_cost_is_the_total_of_the_order() -> Result<()> {
    let app = App::with(Setup::default()).await?;
    app.connect().await?;
    let limited = |sku: &SkuView| {
        let limit = sku.promotion_limit.is_some_and(|limit| limit <= 6);
        limit && !sku.promotion_limit_is_hard && sku.original_price > sku.price
    };
    let place = ("US", "California", "Los Angeles");
    let (mut order, sku) = wish_to(&app, place, limited).await?;
    let limit = u32::try_from(sku.promotion_limit.context("no limit")?)?;
    for quantity in [1, limit + 2] {
        order.lines[0].quantity = quantity;
        let preview = app.core.preview_order(&order).await?;
        let delivered = delivered(&app, &order, "US").await?;
        let ways = delivered
            .quote
            .options
            .iter()
            .zip(&delivered.landed.options);
        let chosen = preview.lines[0].delivery.as_ref().context("no delivery")?;
        let landed = ways.into_iter().find(|(way, _)| way.code == chosen.code);
        let (_, landed) = landed.context("another way to deliver")?;
        assert_eq!(landed.cost, preview.total, "{quantity}");
        assert_eq!(delivered.landed.goods, preview.goods);
        let charges = preview.charges.context("none in the United States")?;
        assert_eq!(delivered.landed.charges, Some(vec![charges]));
    }
    let (order, _) = wish_to(&app, ("CA", "Quebec", "Montreal"), |_| true).await?;
    let landed = delivered(&app, &order, "CA").await?.landed;
    assert_eq!(
        (landed.charges, landed.charges_not_named),
        (Some(Vec::new()), true)
    );
    ensure!(landed.options.iter().all(|option| option.cost.is_some()));
    Ok(())
}

async fn delivered(
    app: &App,
    order: &NewOrder,
    country: &str,
) -> Result<smartlinks_core::catalogue::DeliveredQuote> {
    let line = &order.lines[0];
    let query = smartlinks_core::FreightQuery {
        sku: Some(line.sku.clone()),
        quantity: Some(line.quantity),
        market: ProductQuery {
            ship_to: Some(country.into()),
            currency: Some("USD".into()),
            ..ProductQuery::default()
        },
    };
    Ok(app.core.delivered(&line.product_id, &query).await?)
}

/// Neither in the price nor named: AliExpress charges goods and freight, the limits are held against that, and the
/// preview says that customs may want more.
#[tokio::test(flavor = "multi_thread")]
async fn what_aliexpress_does_not_charge_is_no_part_of_the_total() -> Result<()> {
    let app = App::with(Setup::default()).await?;
    app.connect().await?;
    let places = [
        ("CA", "Quebec", "Montreal"),
        ("CG", "Brazzaville", "Brazzaville"),
    ];
    for (number, place) in places.into_iter().enumerate() {
        let (mut order, _) = wish_to(&app, place, |sku| sku.promotion_limit.is_none()).await?;
        let preview = app.core.preview_order(&order).await?;
        ensure!(preview.placeable, "{place:?}: {:?}", preview.problems);
        let (goods, freight) = (
            preview.goods.context("goods")?,
            preview.freight.context("freight")?,
        );
        let total = preview.total.context("total")?.amount;
        assert_eq!(total, goods.amount + freight.amount);
        let advice: Vec<&str> = preview.advice.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(advice, ["charges_not_named"]);

        order.guard.max_total = serde_json::from_value(usd(total - Decimal::new(1, 2)))?;
        order.guard.min_margin = Some(Decimal::TEN);
        order.sale_price = serde_json::from_value(usd(total * Decimal::TWO))?;
        let dear = app.core.preview_order(&order).await?;
        assert_eq!(dear.problems[0].code, "guard_max_total");
        order.guard.max_total = serde_json::from_value(usd(total))?;
        let placed = app
            .core
            .place_order(&format!("K-{number}"), &order)
            .await?
            .view;
        let paid = app.core.order(&placed.order_ids[0]).await?.summary.amount;
        assert_eq!(paid.context("no amount")?.amount, total);
    }
    // Where the price has everything in it, nothing more is said.
    let (order, _) = wish_to(&app, ("FR", "Bretagne", "Rennes"), |_| true).await?;
    let preview = app.core.preview_order(&order).await?;
    assert!(preview.advice.is_empty(), "{:?}", preview.advice);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn above_the_limit_of_a_promotion_the_normal_price_counts() -> Result<()> {
    let app = App::with(Setup::default()).await?;
    app.connect().await?;
    let limited = |sku: &SkuView| {
        sku.promotion_limit.is_some_and(|limit| limit <= 6) && sku.original_price > sku.price
    };
    let (mut order, sku) = wish_to(&app, ("FR", "Bretagne", "Rennes"), limited).await?;
    let limit = u32::try_from(sku.promotion_limit.context("no limit")?)?;
    let (price, normal) = sku.price.zip(sku.original_price).context("no price")?;
    let goods = async |order: &NewOrder| {
        let goods = app.core.preview_order(order).await?.goods;
        anyhow::Ok(goods.context("no price of the goods")?.amount)
    };
    order.lines[0].quantity = limit;
    assert_eq!(goods(&order).await?, price * Decimal::from(limit));
    order.lines[0].quantity = limit + 2;
    let both = price * Decimal::from(limit) + normal * Decimal::TWO;
    assert_eq!(goods(&order).await?, both);
    // In two lines it is the same.
    order.lines[0].quantity = limit;
    order.lines.push(order.lines[0].clone());
    order.lines[1].quantity = 2;
    assert_eq!(goods(&order).await?, both);
    for line in &mut order.lines {
        line.expected_price = serde_json::from_value(usd(price))?;
    }
    order.guard = serde_json::from_value(json!({ "max_unit_price_drift": "0" }))?;
    let preview = app.core.preview_order(&order).await?;
    let codes: Vec<&str> = preview.problems.iter().map(|it| it.code.as_str()).collect();
    assert!(codes.contains(&"guard_price_drift"), "{codes:?}");
    Ok(())
}
