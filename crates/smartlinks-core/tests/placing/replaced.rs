//! Orders of products in the catalogue: those that are held, and those of which a variant is gone.

use smartlinks_core::catalogue::{CatalogueEdit, CatalogueImport};

use super::*;

/// Imports the product of an order, drops the ordered variant of it, and looks.
async fn dropped(app: &App, order: &NewOrder) -> Result<(String, String)> {
    let line = &order.lines[0];
    let import = CatalogueImport {
        product: line.product_id.clone(),
        ..CatalogueImport::default()
    };
    let product = app.core.import_product(&import).await?.summary.id;
    let body = json!({ "drop_sku": line.sku });
    app.control(&format!("products/{}", line.product_id), &body)
        .await?;
    Ok((product, line.sku.clone()))
}

/// As [`wish`], of a product with several variants.
async fn wish_of_several(app: &App) -> Result<NewOrder> {
    let mut order = wish(app).await?;
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    for id in app.products().await? {
        let Ok(product) = app.core.product(&id, &market).await else {
            continue;
        };
        let mut in_stock = product.skus.iter().filter(|sku| sku.stock > Some(5));
        if let (Some(first), Some(_)) = (in_stock.next(), in_stock.next()) {
            order.lines[0].product_id.clone_from(&id);
            order.lines[0].sku.clone_from(&first.id);
            return Ok(order);
        }
    }
    anyhow::bail!("no such product")
}

/// The money that is lost by a wrong variant: nothing is ordered in its place until a person has said so.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_for_a_variant_that_is_gone_waits_until_a_person_has_chosen() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let order = wish_of_several(&app).await?;
    let (product, gone) = dropped(&app, &order).await?;
    // Even before the watch has seen it.
    for looked in [false, true] {
        if looked {
            app.core.check_product(&product).await?;
        }
        let preview = app.core.preview_order(&order).await?;
        assert!(!preview.placeable);
        let problem = &preview.problems[0];
        assert_eq!(
            (problem.code.as_str(), problem.field.as_str()),
            ("sku_held", "sku")
        );
        let way_on = match looked {
            false => format!("catalogue watch check {product}"),
            true => format!("catalogue repair {product} {gone}"),
        };
        assert!(problem.fix.contains(&way_on), "{}", problem.fix);
        let refused = app.core.place_order("key-1", &order).await;
        assert!(
            matches!(refused, Err(Error::NotPlaceable(_))),
            "{refused:?}"
        );
    }
    assert_eq!(made(&app).await?, 0);

    let open = app.core.open_repairs(None, None).await?.repairs;
    let proposal = open[0].proposal.as_ref().context("nothing is proposed")?;
    app.core.repair_sku(&product, &gone, &proposal.sku).await?;
    let preview = app.core.preview_order(&order).await?;
    ensure!(preview.placeable, "{:?}", preview.problems);
    let line = &preview.lines[0];
    assert_eq!(line.sku, proposal.sku);
    assert_eq!(line.instead_of.as_ref(), Some(&gone));
    assert!(!line.variant.is_empty());
    let mut order = order;
    order.preview = Some(preview.preview);
    let placed = app.core.place_order("key-1", &order).await?;
    let kept = &placed.view.lines[0];
    assert_eq!(kept.sku, proposal.sku);
    assert_eq!(
        (kept.instead_of.as_ref(), &kept.variant),
        (Some(&gone), &line.variant)
    );
    assert_eq!(made(&app).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ordered_of_a_product_that_is_held() -> Result<()> {
    let (app, order) = connected().await?;
    let import = CatalogueImport {
        product: order.lines[0].product_id.clone(),
        ..CatalogueImport::default()
    };
    let product = app.core.import_product(&import).await?.summary.id;
    let to = |state: &str| CatalogueEdit {
        state: Some(state.to_owned()),
        ..CatalogueEdit::default()
    };
    app.core.edit_product(&product, &to("held")).await?;
    let preview = app.core.preview_order(&order).await?;
    assert_eq!(preview.problems[0].code, "product_held");
    assert!(preview.problems[0].fix.contains(&product));
    let refused = app.core.place_order("key-1", &order).await;
    assert!(matches!(refused, Err(Error::NotPlaceable(_))));
    // What was taken off the shop was sold before: its orders go on.
    app.core.edit_product(&product, &to("unpublished")).await?;
    ensure!(app.core.preview_order(&order).await?.placeable);
    assert_eq!(made(&app).await?, 0);
    Ok(())
}
