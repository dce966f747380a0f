//! The catalogue as a person uses it, without script: forms in, pages out.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use smartlinks_core::catalogue::{PriceRunRequest, Selection, WatchChange};
use testkit::app::App;
use testkit::forms::Form;
use testkit::http::{Http, Reply};
use tokio_util::sync::CancellationToken;

const CATALOGUE: &str = "/aliexpress/catalogue";

/// Sends a form and opens the page that it leads to, in English.
async fn send(visitor: &Http, path: &str, fields: &[(&str, &str)]) -> Result<(String, String)> {
    let reply = visitor.post_form(path, fields).await?.expect_status(303)?;
    let place = reply.location()?.to_owned();
    Ok((page(visitor, &place).await?, place))
}

async fn page(visitor: &Http, path: &str) -> Result<String> {
    let join = if path.contains('?') { '&' } else { '?' };
    let reply = visitor.get(&format!("{path}{join}lang=en")).await?;
    Ok(reply.expect_status(200)?.text())
}

fn holds(page: &str, words: &str) {
    assert!(page.contains(words), "no `{words}` in {page}");
}

async fn first(app: &App) -> Result<String> {
    app.products().await?.into_iter().next().context("none")
}

/// The only product in the catalogue, as the API has it.
async fn only(visitor: &Http) -> Result<Value> {
    let page = visitor.get("/api/aliexpress/catalogue").await?.json()?;
    let products = page["products"].as_array().context("no list")?;
    assert_eq!(products.len(), 1, "{page}");
    let id = products[0]["id"].as_str().context("no id")?;
    visitor
        .get(&format!("/api/aliexpress/catalogue/{id}"))
        .await?
        .json()
}

/// Types into the field of a variant, one of those behind its number.
fn fill_variant(form: &mut Form, sku: &str, name: &str, value: &str) -> Result<()> {
    let numbered = ("sku".to_owned(), sku.to_owned());
    let at = form.0.iter().position(|field| *field == numbered);
    let mut fields = form.0.iter_mut().skip(at.context("no such variant")?);
    let field = fields.find(|(known, _)| known == name);
    value.clone_into(&mut field.context("no such field")?.1);
    Ok(())
}

async fn add(visitor: &Http, number: &str, more: &[(&str, &str)]) -> Result<(String, String)> {
    let mut fields = vec![("ship_to", "FR"), ("currency", "EUR")];
    fields.extend(more);
    let path = format!("/aliexpress/products/{number}/import");
    send(visitor, &path, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_comes_in_is_edited_and_removed() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    holds(
        &page(&visitor, CATALOGUE).await?,
        "Nothing is in the catalogue yet",
    );
    let number = first(&app).await?;
    let shown = app.core.product(&number, &Default::default()).await?;
    let sku = shown.skus.first().context("no variant")?.id.clone();
    let (said, place) = add(
        &visitor,
        &number,
        &[("add", &sku), ("labels", "lamps, summer")],
    )
    .await?;
    assert!(place.starts_with(&format!("/aliexpress/products/{number}?ship_to=FR")));
    holds(&said, "The product is in the catalogue.");
    holds(&said, "This product is in your catalogue:");
    let product = only(&visitor).await?;
    assert_eq!(
        (&product["variants"], &product["labels"]),
        (&Value::from(1), &serde_json::json!(["lamps", "summer"]))
    );
    // Once more is an update, never a second one.
    let (said, _) = add(&visitor, &number, &[]).await?;
    holds(&said, "was in the catalogue already");

    let id = product["id"].as_str().context("no id")?;
    let here = format!("{CATALOGUE}/{id}");
    for query in [
        "",
        "?q=lamps",
        "?label=summer",
        "?state=listed&availability=on_sale",
    ] {
        holds(
            &page(&visitor, &format!("{CATALOGUE}{query}")).await?,
            &here,
        );
    }
    let none = page(&visitor, &format!("{CATALOGUE}?state=held")).await?;
    holds(&none, "No such product in the catalogue");
    let mut form = Form::on(&page(&visitor, &here).await?, &here)?;
    assert_eq!(form.get("labels"), Some("lamps, summer"));
    form.fill("title", "Desk lamp")?
        .fill("state", "held")?
        .fill("labels", "desk")?;
    fill_variant(&mut form, &sku, "code", "L-1")?;
    let fields = form.fields();
    let (said, _) = send(&visitor, &here, &fields).await?;
    holds(&said, "The product is saved.");
    let changed = only(&visitor).await?;
    let of_sku = |product: &Value| {
        let mut skus = product["skus"].as_array().into_iter().flatten().cloned();
        skus.find(|one| one["id"] == sku.as_str())
    };
    assert_eq!(changed["title"], "Desk lamp");
    assert_eq!(of_sku(&changed).context("no sku")?["own_code"], "L-1");
    assert_eq!(changed["state"], "held");
    assert_eq!(changed["labels"], json!(["desk"]));
    // What cannot be is said beside what was entered, and nothing is changed.
    let mut wrong = Form::on(&page(&visitor, &here).await?, &here)?;
    wrong.fill("title", "")?;
    fill_variant(&mut wrong, &sku, "code", "L-2")?;
    let wrong = wrong.fields();
    let refused = visitor
        .post_form(&here, &wrong)
        .await?
        .expect_status(400)?
        .text();
    holds(&refused, "title");
    holds(&refused, r#"value="L-2""#);
    assert_eq!(only(&visitor).await?, changed);

    holds(&page(&visitor, &format!("{here}/remove")).await?, "Remove");
    let (said, place) = send(&visitor, &format!("{here}/remove"), &[]).await?;
    assert_eq!(place, CATALOGUE);
    holds(&said, "no longer in the catalogue");
    visitor.get(&here).await?.expect_status(404)?;
    Ok(())
}

/// A product of which three variants or more are sold, and its variants.
async fn added_with_variants(app: &App, visitor: &Http) -> Result<(String, String, Vec<String>)> {
    for number in app.products().await? {
        add(visitor, &number, &[]).await?;
        let product = only(visitor).await?;
        let skus = product["skus"].as_array().into_iter().flatten();
        let skus: Vec<String> = skus
            .filter_map(|sku| sku["id"].as_str().map(str::to_owned))
            .collect();
        let id = product["id"].as_str().context("no id")?.to_owned();
        if skus.len() > 2 {
            return Ok((number, id, skus));
        }
        app.core.remove_product(&id).await?;
    }
    anyhow::bail!("no product has three variants")
}

/// What was ticked and entered is there again, with what is wrong with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_import_loses_nothing_that_was_entered() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let (number, id, _) = added_with_variants(&app, &visitor).await?;
    app.core.remove_product(&id).await?;
    let here = format!("/aliexpress/products/{number}");
    let import = format!("{here}/import");
    let live = page(&visitor, &format!("{here}?ship_to=FR&currency=EUR")).await?;
    let mut form = Form::on(&live, &import)?;
    let skus: Vec<_> = live.split(r#"name="add" value=""#).skip(1).collect();
    let ticked = skus.iter().take(2).filter_map(|sku| sku.split('"').next());
    let ticked: Vec<(String, String)> = ticked.map(|sku| ("add".into(), sku.into())).collect();
    let labels = form.0.iter().position(|(name, _)| name == "labels");
    let labels = labels.context("no labels")?;
    form.0.splice(labels..labels, ticked);
    let long = format!("lamps, {}", "x".repeat(41));
    form.fill("labels", &long)?;
    let refused = visitor.post_form(&import, &form.fields()).await?;
    let refused = refused.expect_status(400)?.text();
    holds(&refused, "is longer than 40 characters");
    let mut again = Form::on(&refused, &import)?;
    assert_eq!(again, form);
    again.fill("labels", "lamps")?;
    send(&visitor, &import, &again.fields()).await?;
    let product = only(&visitor).await?;
    assert_eq!(product["variants"], 2);
    assert_eq!(product["labels"], json!(["lamps"]));
    Ok(())
}

/// A page that is open for a while does not know what the watch and other people do meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn saving_an_old_page_undoes_nothing_that_was_done_meanwhile() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    let (number, id, skus) = added_with_variants(&app, &visitor).await?;
    let here = format!("{CATALOGUE}/{id}");
    let mut first = Form::on(&page(&visitor, &here).await?, &here)?;
    fill_variant(&mut first, &skus[0], "code", "L-1")?;
    send(&visitor, &here, &first.fields()).await?;
    let mut old = Form::on(&page(&visitor, &here).await?, &here)?;

    // The watch holds it, and a person chooses what takes the place of a variant that is gone.
    let hold = WatchChange {
        kind: "cost_up".to_owned(),
        action: "hold".to_owned(),
        above_percent: None,
    };
    app.core.choose_watch_policies(&[hold]).await?;
    let control = format!("products/{number}");
    app.control(&control, &json!({ "sku_id": skus[1], "price": "777" }))
        .await?;
    app.control(&control, &json!({ "drop_sku": skus[0] }))
        .await?;
    app.advance(12 * 3600);
    app.core.watch_products(&CancellationToken::new()).await?;
    app.core.repair_sku(&id, &skus[0], &skus[2]).await?;
    let coded = |product: &Value, sku: &str| {
        let mut skus = product["skus"].as_array().into_iter().flatten().cloned();
        let found = skus.find(|one| one["id"] == sku);
        found.map(|sku| sku["own_code"].clone())
    };
    let meanwhile = only(&visitor).await?;
    assert_eq!(meanwhile["state"], "held");
    assert_eq!(coded(&meanwhile, &skus[2]), Some(json!("L-1")));

    old.fill("title", "Night light")?;
    let (said, _) = send(&visitor, &here, &old.fields()).await?;
    holds(&said, "The product is saved.");
    let saved = only(&visitor).await?;
    assert_eq!(saved["title"], "Night light");
    assert_eq!(saved["state"], "held", "the hold was lifted by a title");
    assert_eq!(coded(&saved, &skus[2]), Some(json!("L-1")));
    assert_eq!(saved["skus"], meanwhile["skus"]);

    // Another state that was chosen without knowing of the hold is asked about; chosen once more, it is meant.
    old.fill("state", "unpublished")?;
    let refused = visitor.post_form(&here, &old.fields()).await?;
    let refused = refused.expect_status(409)?.text();
    holds(&refused, "Things are no longer as this page showed them.");
    assert_eq!(only(&visitor).await?, saved);
    let knowing = Form::on(&refused, &here)?;
    assert_eq!(
        (knowing.get("state"), knowing.get("was_state")),
        (Some("unpublished"), Some("held"))
    );
    send(&visitor, &here, &knowing.fields()).await?;
    assert_eq!(only(&visitor).await?["state"], "unpublished");
    Ok(())
}

const STEPS: [(&str, &str); 12] = [
    ("name", "shop"),
    ("currency", "EUR"),
    ("up_to", "10"),
    ("percent", "100"),
    ("plus", "1,50"),
    ("up_to", ""),
    ("percent", "50"),
    ("plus", ""),
    ("min_margin", "30"),
    ("every", "1"),
    ("ending", "0.99"),
    ("default", "on"),
];

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_shown_before_they_are_applied() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    add(&visitor, &first(&app).await?, &[]).await?;
    let rules = format!("{CATALOGUE}/rules");
    holds(&page(&visitor, &rules).await?, "There is no price rule yet");
    let mut wrong = STEPS;
    wrong[5] = ("up_to", "5");
    let refused = visitor
        .post_form(&rules, &wrong)
        .await?
        .expect_status(400)?
        .text();
    holds(&refused, "Step 2 · The ends of the steps have to rise");
    holds(&refused, r#"value="1,50""#);
    let (said, _) = send(&visitor, &rules, &STEPS).await?;
    holds(&said, "The rule is saved.");
    holds(&said, "by “shop”");

    let dry_run = format!("{CATALOGUE}/dry-run");
    let (shown, run) = send(&visitor, &dry_run, &[("rule", ""), ("state", "listed")]).await?;
    holds(&shown, "would change");
    holds(&shown, "by “shop”");
    assert!(
        only(&visitor).await?["price"].is_null(),
        "a dry run changed a price"
    );
    let (said, _) = send(&visitor, &format!("{run}/apply"), &[]).await?;
    holds(&said, "The prices are in force.");
    let price = only(&visitor).await?["price"].clone();
    let lowest = price["lowest"].as_str().context("no price")?;
    assert!(lowest.ends_with(".99"), "{price}");
    // Once is enough.
    let (said, _) = send(&visitor, &format!("{run}/apply"), &[]).await?;
    holds(&said, "no longer as this page showed them");
    let (nothing, stale) = send(&visitor, &dry_run, &[]).await?;
    holds(&nothing, "No price would change.");

    // Once more is of the same products, also when a program has named them one by one.
    let second = app.products().await?.remove(1);
    add(&visitor, &second, &[]).await?;
    let all = visitor.get("/api/aliexpress/catalogue").await?.json()?;
    let mut products = all["products"].as_array().into_iter().flatten();
    let one = products.find(|product| product["product_id"] == second.as_str());
    let one = one.and_then(|one| one["id"].as_str()).context("no id")?;
    let request = PriceRunRequest {
        rule: None,
        selection: Selection {
            products: Some(vec![one.to_owned()]),
            ..Selection::default()
        },
    };
    let named = app.core.dry_run_prices(&request).await?.run.id;
    let named = format!("{CATALOGUE}/runs/{named}");
    let shown = page(&visitor, &named).await?;
    holds(&shown, "1 product, named by its id");
    let again = format!("{named}/again");
    let form = Form::on(&shown, &again)?;
    let (shown, other) = send(&visitor, &again, &form.fields()).await?;
    assert_ne!(other, named);
    holds(&shown, "1 product, named by its id");
    let id = other.rsplit('/').next().context("no run")?;
    let run = app.core.price_run(id, None, None).await?.run;
    assert_eq!(run.summary.products, 1);
    assert_eq!(run.summary.selection, request.selection);
    app.core.remove_product(one).await?;

    // The rule becomes another one: the run that was shown before it cannot be applied any more.
    let rule = app.core.price_rules().await?.remove(0);
    let (_, before) = {
        let mut other = STEPS;
        other[3] = ("percent", "200");
        send(&visitor, &format!("{rules}/{}", rule.id), &other).await?;
        send(&visitor, &dry_run, &[]).await?
    };
    send(&visitor, &format!("{rules}/{}", rule.id), &STEPS).await?;
    let moved = visitor.post_form(&format!("{before}/apply"), &[]).await?;
    let moved = moved.expect_status(412)?.text();
    holds(&moved, "Nothing was changed");
    assert_eq!(only(&visitor).await?["price"], price);
    assert_ne!(stale, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_set_by_hand_and_left_to_the_rules_again() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    add(&visitor, &first(&app).await?, &[]).await?;
    let product = only(&visitor).await?;
    let id = product["id"].as_str().context("no id")?;
    let sku = product["skus"][0]["id"].as_str().context("no variant")?;
    let here = format!("{CATALOGUE}/{id}");
    let path = format!("{here}/price");
    let price = |amount: &'static str, deed: &'static str| {
        [
            ("sku", sku),
            ("amount", amount),
            ("price_currency", "EUR"),
            ("deed", deed),
        ]
    };

    let wrong = visitor.post_form(&path, &price("12,90", "set")).await?;
    let wrong = wrong.expect_status(400)?.text();
    holds(&wrong, "value=\"12,90\"");
    assert!(only(&visitor).await?["skus"][0]["price"].is_null());

    let (said, place) = send(&visitor, &path, &price("0.01", "set")).await?;
    assert_eq!(place, here);
    holds(&said, "The price is set. Price rules leave it alone.");
    holds(&said, "Set by hand");
    holds(&said, "Earns too little");
    let (said, _) = send(&visitor, &path, &price("99.90", "set")).await?;
    holds(&said, "Set by hand");
    assert!(!said.contains("Earns too little"), "{said}");
    let variant = &only(&visitor).await?["skus"][0];
    assert_eq!(variant["price"]["amount"], "99.90");
    assert_eq!(variant["price_by_hand"], true);
    let listed = visitor
        .get(&format!("/api/aliexpress/catalogue/{id}/hand-prices"))
        .await?
        .json()?;
    assert_eq!(listed[0]["sku"], sku);

    let (said, _) = send(&visitor, "/aliexpress/catalogue/dry-run", &[("rule", "")]).await?;
    holds(&said, "Kept, set by hand");
    let (said, _) = send(&visitor, &path, &price("", "leave")).await?;
    holds(&said, "The price is left to the rules again.");
    let variant = &only(&visitor).await?["skus"][0];
    assert_eq!(variant["price"]["amount"], "99.90");
    assert_eq!(variant["price_by_hand"], false);
    let log = page(&visitor, "/aliexpress/audit").await?;
    holds(&log, "Set a price by hand");
    holds(&log, "Left a price to the rules again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_are_entered_by_hand() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let rates = format!("{CATALOGUE}/rates");
    let rate = |number| [("from", "USD"), ("to", "EUR"), ("rate", number)];
    let refused = visitor.post_form(&rates, &rate("1,234")).await?;
    holds(&refused.expect_status(400)?.text(), "1,234");
    // As a French keyboard writes it.
    let (said, _) = send(&visitor, &rates, &rate("0,92")).await?;
    holds(&said, "The rate is saved.");
    holds(&said, "1 USD = 0.92 EUR");
    holds(&said, "Entered by hand");
    let (said, _) = send(&visitor, &format!("{rates}/USD/EUR/remove"), &[]).await?;
    holds(&said, "No rate is entered");
    Ok(())
}

async fn file(visitor: &Http, query: &str) -> Result<Reply> {
    visitor.get(&format!("{CATALOGUE}/export?{query}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_taken_away_as_a_file() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let visitor = app.visitor()?;
    add(&visitor, &first(&app).await?, &[]).await?;
    for format in ["jsonl", "csv", "shopify", "woocommerce"] {
        let query = format!("format={format}&price_currency=EUR&q=&state=");
        let taken = file(&visitor, &query).await?.expect_status(200)?;
        let through_api = visitor
            .get(&format!(
                "/api/aliexpress/catalogue/export?format={format}&price_currency=EUR"
            ))
            .await?;
        assert_eq!(taken.body, through_api.body, "{format}");
        let disposition = taken.header("content-disposition").context("no name")?;
        assert!(disposition.starts_with("attachment"), "{disposition}");
    }
    let refused = file(&visitor, "format=excel").await?.expect_status(400)?;
    holds(&refused.text(), "<html");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_products_come_in_as_a_job() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let imports = format!("{CATALOGUE}/imports");
    holds(
        &page(&visitor, &imports).await?,
        "No working account is connected",
    );
    app.connect().await?;
    let products = app.products().await?;
    let list = format!(
        "{}\r\n\r\nhttps://www.aliexpress.com/item/{}.html",
        products[0], products[1]
    );
    let wrong = visitor
        .post_form(&imports, &[("text", "product\nlamp\n"), ("labels", "many")])
        .await?
        .expect_status(422)?
        .text();
    holds(&wrong, "Nothing was started");
    holds(&wrong, "lamp");
    let (said, here) = send(&visitor, &imports, &[("text", &list), ("labels", "many")]).await?;
    holds(&said, "The import has begun.");
    holds(&said, "0 of 2 products");
    let (said, _) = send(&visitor, &format!("{here}/cancel"), &[]).await?;
    holds(&said, "The import is stopped.");
    let (said, _) = send(&visitor, &format!("{here}/resume"), &[]).await?;
    holds(&said, "The import goes on.");
    let stop = tokio_util::sync::CancellationToken::new();
    app.core.work_on_imports(&stop).await?;
    let done = page(&visitor, &here).await?;
    holds(&done, "2 products are in the catalogue.");
    holds(
        &page(&visitor, &format!("{here}?state=failed")).await?,
        "No product in this state",
    );
    // A feed of AliExpress, found as the import is worked on.
    let feed = app.core.feeds(None).await?.remove(0).name;
    let into = format!("{imports}/feed");
    for (name, most) in [
        ("no such feed", ""),
        (feed.as_str(), "many"),
        (feed.as_str(), "0"),
    ] {
        let fields = [("feed", name), ("most", most), ("labels", "")];
        visitor
            .post_form(&into, &fields)
            .await?
            .expect_status(400)?;
    }
    let fields = [("feed", feed.as_str()), ("most", "2"), ("labels", "fed")];
    let (said, here) = send(&visitor, &into, &fields).await?;
    holds(&said, &feed);
    app.core.work_on_imports(&stop).await?;
    holds(
        &page(&visitor, &here).await?,
        "products are in the catalogue.",
    );
    // A file is told from a list by its first line.
    let file = format!("labels;product\nfiled;{}\n", products[2]);
    let (_, here) = send(&visitor, &imports, &[("text", &file)]).await?;
    app.core.work_on_imports(&stop).await?;
    holds(
        &page(&visitor, &here).await?,
        "1 product is in the catalogue.",
    );
    let filed = page(&visitor, &format!("{CATALOGUE}?label=filed")).await?;
    holds(&filed, &products[2]);
    Ok(())
}
