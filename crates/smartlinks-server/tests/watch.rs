//! The watch over the API and on the page: what AliExpress has changed, what is done about it, and what takes the place
//! of a variant that is gone.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::Scope;
use testkit::app::App;
use testkit::forms::Form;
use testkit::http::{Http, Reply};
use tokio_util::sync::CancellationToken;

const CATALOGUE: &str = "/api/aliexpress/catalogue";

async fn patch(visitor: &Http, path: &str, body: &Value) -> Result<Reply> {
    let request = visitor
        .request(Method::PATCH, path)
        .header("content-type", "application/json")
        .body(body.to_string());
    visitor.send(request).await
}

async fn json_at(visitor: &Http, path: &str) -> Result<Value> {
    visitor.get(path).await?.expect_status(200)?.json()
}

/// A product with several variants, of which one is gone since the watch has looked: product, its number, the variant.
async fn drifted(app: &App, visitor: &Http) -> Result<(String, String, String)> {
    for number in app.products().await? {
        let new = json!({ "product": number });
        let product = visitor.post_json(CATALOGUE, &new).await?;
        let product = product.expect_status(200)?.json()?;
        let skus = product["skus"].as_array().context("no variants")?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
        if skus.len() < 3 {
            app.core.remove_product(&text(&product["id"])?).await?;
            continue;
        }
        let (gone, dearer) = (text(&skus[0]["id"])?, text(&skus[1]["id"])?);
        let path = format!("products/{number}");
        app.control(&path, &json!({ "drop_sku": gone })).await?;
        app.control(&path, &json!({ "sku_id": dearer, "price": "77.77" }))
            .await?;
        app.advance(12 * 3600);
        let work = app.core.watch_products(&CancellationToken::new()).await?;
        assert_eq!((work.looked_at, work.changed), (1, 1));
        return Ok((text(&product["id"])?, number, gone));
    }
    anyhow::bail!("no product has three variants")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_follows_what_changes_and_chooses() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let (id, number, gone) = drifted(&app, &visitor).await?;
    let drift = json_at(&visitor, &format!("{CATALOGUE}/drift?limit=1")).await?;
    let next = drift["next"].as_str().context("no next page")?;
    let rest = json_at(&visitor, &format!("{CATALOGUE}/drift?after={next}")).await?;
    let mut changes = drift["changes"].as_array().cloned().context("no changes")?;
    changes.extend(rest["changes"].as_array().cloned().context("no changes")?);
    let mut kinds: Vec<_> = changes
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["cost", "sku_gone"]);
    for change in &changes {
        assert_eq!(
            (&change["product"], &change["product_id"]),
            (&json!(id), &json!(number))
        );
        assert_eq!(change["outcome"], "notify");
    }
    let costs = json_at(
        &visitor,
        &format!("{CATALOGUE}/drift?kind=cost&outcome=notify"),
    )
    .await?;
    assert_eq!(costs["changes"].as_array().map(Vec::len), Some(1));
    assert!(costs["changes"][0]["after"]["amount"].is_string());
    for (query, field) in [
        ("kind=colour", "kind"),
        ("outcome=x", "outcome"),
        ("after=x", "after"),
        ("limit=0", "limit"),
    ] {
        let refused = visitor.get(&format!("{CATALOGUE}/drift?{query}")).await?;
        let problem = refused.expect_status(400)?.json()?;
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| detail.starts_with(field)),
            "{problem}"
        );
    }

    let watch = format!("{CATALOGUE}/watch");
    let shown = json_at(&visitor, &watch).await?;
    assert_eq!(
        (&shown["watched"], &shown["open_repairs"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&shown["every_hours"], &shown["share_percent"]),
        (&json!(12), &json!(20))
    );
    let chosen =
        json!({ "policies": [{ "kind": "cost_up", "action": "hold", "above_percent": "5" }] });
    let changed = patch(&visitor, &watch, &chosen)
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(
        changed["policies"][0],
        json!({ "kind": "cost_up", "action": "hold", "above_percent": "5" })
    );
    let wrong = json!({ "policies": [{ "kind": "cost_up", "action": "shout" }] });
    patch(&visitor, &watch, &wrong).await?.expect_status(400)?;

    let of_it = json_at(&visitor, &format!("{CATALOGUE}/{id}/watch")).await?;
    assert_eq!(
        (&of_it["failures"], &of_it["problem"]),
        (&json!(0), &Value::Null)
    );
    let checked = visitor
        .post_json(&format!("{CATALOGUE}/{id}/check"), &json!({}))
        .await?;
    assert_eq!(checked.expect_status(200)?.json()?["id"], json!(id));

    let repairs = json_at(&visitor, &format!("{CATALOGUE}/repairs")).await?;
    let waiting = &repairs["repairs"][0];
    assert_eq!(
        (&waiting["product"], &waiting["sku"]["id"]),
        (&json!(id), &json!(gone))
    );
    let proposal = &waiting["proposal"];
    assert!(
        proposal["words"].is_string() && proposal["confidence"].is_number(),
        "{proposal}"
    );
    let here = format!("{CATALOGUE}/{id}/skus/{gone}/repair");
    // Neither another product's, nor whatever is proposed at that moment.
    for nothing in [json!({ "with": "1" }), json!({})] {
        visitor
            .post_json(&here, &nothing)
            .await?
            .expect_status(400)?;
    }
    let repaired = visitor
        .post_json(&here, &json!({ "with": proposal["sku"] }))
        .await?
        .expect_status(200)?
        .json()?;
    let skus = repaired["skus"].as_array().context("no variants")?;
    let taken = skus
        .iter()
        .find(|sku| sku["id"] == proposal["sku"])
        .context("not there")?;
    assert_eq!(taken["chosen"], true);
    let none = json_at(&visitor, &format!("{CATALOGUE}/repairs")).await?;
    assert_eq!(none, json!({ "repairs": [], "next": null }));
    visitor
        .post_json(&format!("{CATALOGUE}/prod_1/check"), &json!({}))
        .await?
        .expect_status(404)?;
    Ok(())
}

/// What a key with `read` sees it may not change.
#[tokio::test(flavor = "multi_thread")]
async fn reading_is_not_choosing() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let (id, _, gone) = drifted(&app, &app.visitor()?).await?;
    let reader = app.program(&[Scope::Read]).await?;
    json_at(&reader, &format!("{CATALOGUE}/drift")).await?;
    let nothing = json!({});
    for path in [
        format!("{CATALOGUE}/{id}/check"),
        format!("{CATALOGUE}/{id}/skus/{gone}/repair"),
    ] {
        reader
            .post_json(&path, &nothing)
            .await?
            .expect_status(403)?;
    }
    patch(
        &reader,
        &format!("{CATALOGUE}/watch"),
        &json!({ "policies": [] }),
    )
    .await?
    .expect_status(403)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_what_changed_and_takes_a_choice() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?.with_header("accept-language", "en")?;
    let empty = visitor
        .get("/aliexpress/drift")
        .await?
        .expect_status(200)?
        .text();
    assert!(empty.contains("No product is watched yet"), "{empty}");
    let (id, _, gone) = drifted(&app, &visitor).await?;
    let page = visitor
        .get("/aliexpress/drift")
        .await?
        .expect_status(200)?
        .text();
    for words in [
        "One variant is gone and waits for your choice",
        "Variant gone",
        "Sell this one in its place",
        "Tell",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let wrong = [("cost_up", "hold"), ("cost_up_above", "ten")];
    let refused = visitor
        .post_form("/aliexpress/drift/policies", &wrong)
        .await?;
    let refused = refused.expect_status(400)?.text();
    assert!(
        refused.contains("is not a number") && refused.contains("value=\"ten\""),
        "{refused}"
    );
    let right = [
        ("cost_up", "hold"),
        ("cost_up_above", "2,5"),
        ("stock", "notify"),
    ];
    let saved = visitor
        .post_form("/aliexpress/drift/policies", &right)
        .await?;
    assert_eq!(saved.expect_status(303)?.location()?, "/aliexpress/drift");
    let policies = app.core.watch().await?.policies;
    assert_eq!(
        policies[0]
            .above_percent
            .map(|above| above.to_string())
            .as_deref(),
        Some("2.5")
    );

    let history = format!("/aliexpress/catalogue/{id}/history");
    let page = visitor.get(&history).await?.expect_status(200)?.text();
    for words in [
        "class=\"course\"",
        "Ask AliExpress now",
        "What has happened",
        "Imported",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let at = |deed: &str| format!("/aliexpress/catalogue/{id}/{deed}");
    let proposed = app
        .core
        .open_repairs(None, None)
        .await?
        .repairs
        .remove(0)
        .proposal;
    let with = proposed.context("nothing is proposed")?.sku;
    let form = Form::on(&page, &at("repair"))?;
    assert_eq!(
        form.fields(),
        [("sku", gone.as_str()), ("with", with.as_str())]
    );
    let sent = visitor.post_form(&at("repair"), &form.fields()).await?;
    assert_eq!(sent.expect_status(303)?.location()?, history);
    let page = visitor.get(&history).await?.text();
    assert!(page.contains("It is sold from now on"), "{page}");
    assert!(app.core.open_repairs(None, None).await?.repairs.is_empty());
    for (deed, fields) in [
        ("check", vec![]),
        ("relist", vec![]),
        ("unsell", vec![("sku", with.as_str())]),
    ] {
        let sent = visitor.post_form(&at(deed), &fields).await?;
        assert_eq!(sent.expect_status(303)?.location()?, history, "{deed}");
    }
    let product = app.core.catalogue_product(&id).await?;
    assert!(product.skus.iter().any(|sku| sku.id == with && !sku.chosen));
    visitor
        .get("/aliexpress/catalogue/prod_1/history")
        .await?
        .expect_status(404)?;
    Ok(())
}

/// The form of a new order for a variant, as the shop's order names it.
async fn wanted(visitor: &Http, number: &str, sku: &str) -> Result<Form> {
    const NEW: &str = "/aliexpress/orders/new";
    let path = format!("{NEW}?product={number}&sku={sku}&ship_to=FR");
    let page = visitor.get(&path).await?.expect_status(200)?.text();
    let mut form = Form::on(&page, NEW)?;
    for (name, text) in [
        ("contact_person", "Test Buyer"),
        ("address", "1 rue de l'Exemple"),
        ("zip", "35000"),
        ("city", "Rennes"),
        ("province", "Bretagne"),
        ("mobile_no", "600000000"),
    ] {
        form.fill(name, text)?;
    }
    Ok(form)
}

/// The same words and the same checks as for a program: held, repaired, and then it says what is sent instead.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_new_order_holds_what_waits_for_a_person() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?.with_header("accept-language", "en")?;
    let (id, number, gone) = drifted(&app, &visitor).await?;
    let check = async |status| {
        let form = wanted(&visitor, &number, &gone).await?;
        let checked = visitor
            .post_form("/aliexpress/orders/new", &form.fields())
            .await?;
        Ok::<_, anyhow::Error>(checked.expect_status(status)?.text())
    };
    let held = check(422).await?;
    assert!(held.contains("This variant is gone and waits for your choice"));
    assert!(!held.contains("Place the order"), "{held}");

    let repair = format!("/aliexpress/catalogue/{id}/repair");
    let drift = visitor.get("/aliexpress/drift").await?.text();
    let form = Form::on(&drift, &repair)?;
    let chosen = form.get("with").context("nothing is proposed")?.to_owned();
    visitor
        .post_form(&repair, &form.fields())
        .await?
        .expect_status(303)?;
    let checked = check(200).await?;
    let instead = format!("Sent in place of variant {gone}");
    assert!(checked.contains(&instead), "{checked}");
    assert!(checked.contains(&chosen) && checked.contains("Place the order"));

    // A product that is held orders nothing either, until a person lists it again.
    let here = format!("/aliexpress/catalogue/{id}");
    let mut form = Form::on(&visitor.get(&here).await?.text(), &here)?;
    form.fill("state", "held")?;
    visitor
        .post_form(&here, &form.fields())
        .await?
        .expect_status(303)?;
    let held = check(422).await?;
    assert!(held.contains("This product is held"), "{held}");
    assert!(!held.contains("Place the order"));
    Ok(())
}
