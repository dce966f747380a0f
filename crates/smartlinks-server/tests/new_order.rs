//! New orders on the page: checked, held by the guard, placed once for each form, and decided by a person.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use smartlinks_core::ProductQuery;
use testkit::app::App;
use testkit::http::{Http, Reply};

const NEW: &str = "/aliexpress/orders/new";
const PLACE: &str = "/aliexpress/orders/place";
const CREATE: &str = "aliexpress.ds.order.create";

/// The fields of a form, by name.
type Fields = Vec<(String, String)>;

async fn wish(app: &App) -> Result<(String, String)> {
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    for id in app.products().await? {
        let product = app.core.product(&id, &market).await?;
        if let Some(sku) = product.skus.iter().find(|sku| sku.stock > Some(5)) {
            return Ok((id, sku.id.clone()));
        }
    }
    anyhow::bail!("nothing is in stock")
}

async fn fields(app: &App) -> Result<Fields> {
    let (product, sku) = wish(app).await?;
    let address = [
        ("country", "FR"),
        ("contact_person", "Test Buyer"),
        ("address", "1 rue de l'Exemple"),
        ("zip", "35000"),
        ("city", "Rennes"),
        ("province", "Bretagne"),
        ("mobile_no", "600000000"),
    ];
    let mut fields: Fields = vec![
        ("key".into(), "page-test".into()),
        ("product".into(), product),
        ("sku".into(), sku),
        ("quantity".into(), "1".into()),
    ];
    fields.extend(address.map(|(name, text)| (name.to_owned(), text.to_owned())));
    Ok(fields)
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    let mut fields = fields.iter();
    let found = fields.find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value)
}

async fn send(browser: &Http, path: &str, fields: &Fields) -> Result<Reply> {
    let pairs: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    browser.post_form(path, &pairs).await
}

/// A page with its apostrophes as they are.
fn plain(page: &str) -> String {
    page.replace("&#39;", "'").replace("&#x27;", "'")
}

/// The form with what the page has put into it beside the button that orders.
fn ready(page: &str, fields: &Fields) -> Result<Fields> {
    ensure!(
        page.contains(r#"formaction="/aliexpress/orders/place""#),
        "nothing can be placed"
    );
    let mut filled = fields.clone();
    for name in ["key", "preview", "seen"] {
        let start = format!(r#"type="hidden" name="{name}" value=""#);
        let (_, rest) = page.split_once(&start).context("no such field")?;
        let (value, _) = rest.split_once('"').context("no end")?;
        set(&mut filled, name, value);
    }
    Ok(filled)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_orders_once_however_often_it_is_sent() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let mut fields = fields(&app).await?;
    let filled = format!("{NEW}?product=1005006000000001&sku=12&price=4.05");
    let empty = browser.get(&filled).await?.expect_status(200)?.text();
    assert!(empty.contains(r#"value="1005006000000001""#), "{empty}");
    assert!(empty.contains(r#"name="key" value="page-"#));

    // The guard refuses, and says by how much.
    set(&mut fields, "max_total", "0,01");
    let refused = send(&browser, NEW, &fields).await?;
    let refused = refused.expect_status(422)?.text();
    assert!(refused.contains("0.01"), "{refused}");
    ensure!(
        ready(&refused, &fields).is_err(),
        "the button is there all the same"
    );
    set(&mut fields, "max_total", "1000");
    let checked = send(&browser, NEW, &fields).await?.expect_status(200)?;
    let order = ready(&checked.text(), &fields)?;
    assert_eq!(app.journal(CREATE).await?.len(), 0);

    let first = send(&browser, PLACE, &order).await?.expect_status(303)?;
    let again = send(&browser, PLACE, &order).await?.expect_status(303)?;
    assert_eq!(first.location()?, again.location()?);
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    let intent = browser.get(first.location()?).await?.expect_status(200)?;
    let intent = intent.text();
    for words in [
        "order/detail.html?orderId=",
        "Our number",
        "Created, not paid",
    ] {
        assert!(intent.contains(words), "{words}: {intent}");
    }
    assert!(!intent.contains("Test Buyer"), "{intent}");

    assert!(intent.contains("This form was sent before"), "{intent}");

    // The same form with another order in it is neither the first one nor a second one: it is looked at, and only then
    // told apart from the first.
    let mut other = fields.clone();
    set(&mut other, "quantity", "2");
    let checked = send(&browser, NEW, &other).await?.expect_status(200)?;
    let mut other = ready(&checked.text(), &other)?;
    set(&mut other, "key", field(&order, "key"));
    let held = send(&browser, PLACE, &other).await?.expect_status(422)?;
    let held = held.text();
    assert!(held.contains("was sent before"), "{held}");
    let anew = ready(&held, &other)?;
    assert_ne!(field(&anew, "key"), field(&order, "key"));
    // And one that was looked at a while ago is looked at again.
    set(&mut other, "key", "page-other");
    set(&mut other, "preview", "seen-long-ago");
    let changed = send(&browser, PLACE, &other).await?.expect_status(422)?;
    assert!(changed.text().contains("has changed since you looked"));
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    let list = browser.get("/aliexpress/orders/intents?state=created_unpaid");
    assert!(list.await?.text().contains(first.location()?));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_said_in_the_readers_language() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?.with_header("accept-language", "fr")?;
    let mut wrong = fields(&app).await?;
    for (name, value) in [
        ("product", "lamp"),
        ("quantity", "0"),
        ("max_total", "1.234,50"),
        ("max_days", "soon"),
        ("min_margin", "20"),
    ] {
        let place = wrong.iter_mut().find(|(known, _)| known == name);
        match place {
            Some((_, known)) => *known = value.to_owned(),
            None => wrong.push((name.to_owned(), value.to_owned())),
        }
    }
    let page = send(&browser, NEW, &wrong)
        .await?
        .expect_status(422)?
        .text();
    for words in [
        "Ni un numéro de produit",
        "de 1 à 9999",
        "Pas un nombre",
        "nombre entier de jours",
        "demande le prix de vente",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Nothing of it was asked at AliExpress.
    let mut address = fields(&app).await?;
    set(&mut address, "city", "Rene");
    let page = send(&browser, NEW, &address)
        .await?
        .expect_status(422)?
        .text();
    assert!(page.contains("liste d’AliExpress pour cette province"));
    set(&mut address, "accept", "city=Rennes");
    let page = send(&browser, NEW, &address)
        .await?
        .expect_status(200)?
        .text();
    set(&mut address, "city", "Rennes");
    assert!(page.contains(r#"name="city" maxlength="256" autocomplete="off" value="Rennes""#));
    assert!(!field(&ready(&page, &address)?, "seen").is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_says_what_became_of_an_order() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    let lost = json!({ "match": { "method": CREATE }, "then": "html", "takes_effect": true });
    app.control("faults", &lost).await?;
    let fields = fields(&app).await?;
    let checked = send(&browser, NEW, &fields).await?.expect_status(200)?;
    let placed = send(&browser, PLACE, &ready(&checked.text(), &fields)?).await?;
    let place = placed.expect_status(303)?.location()?.to_owned();
    assert!(
        browser
            .get(&place)
            .await?
            .text()
            .contains("Being found out")
    );
    app.advance(5);
    app.core.work_on_orders().await?;
    // AliExpress says that it exists, and may still name it.
    app.advance(10 * 60);
    app.core.work_on_orders().await?;
    let page = browser.get(&place).await?.text();
    assert!(page.contains("Waits for you"), "{page}");
    assert!(
        browser
            .get("/aliexpress/orders")
            .await?
            .text()
            .contains("waits for you to find out")
    );

    let ask = browser.get(&format!("{place}/not-placed")).await?;
    assert!(ask.expect_status(200)?.text().contains("you pay twice"));
    let exists = format!("{place}/placed");
    let none = browser.post_form(&exists, &[("order_ids", "")]).await?;
    let none = none.expect_status(400)?.text();
    assert!(none.contains(r#"aria-invalid="true""#), "{none}");
    let said = [("order_ids", "8100000000000001")];
    let said = browser
        .post_form(&exists, &said)
        .await?
        .expect_status(303)?;
    assert_eq!(said.location()?, place);
    let page = browser.get(&place).await?.text();
    assert!(page.contains("is written down") && page.contains("8100000000000001"));
    let late = browser
        .post_form(&format!("{place}/not-placed"), &[])
        .await?;
    late.expect_status(303)?;
    let page = browser.get(&place).await?.text();
    assert!(page.contains("not_awaiting_person"), "{page}");
    let other = [("order_ids", "8100000000000002")];
    let late = browser.post_form(&exists, &other).await?;
    let late = late.expect_status(409)?.text();
    assert!(
        late.contains("no longer as this page showed them"),
        "{late}"
    );
    browser
        .get("/aliexpress/orders/intents/intent_1")
        .await?
        .expect_status(404)?;
    Ok(())
}

/// The page shows what it sends, and a change of it beside the preview is never ordered unseen.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_below_the_preview_is_checked_before_it_is_ordered() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let mut fields = fields(&app).await?;
    set(&mut fields, "memo", "no plastic, please");
    // The memo belongs to the line before it.
    let memo = fields.pop().context("a memo")?;
    fields.insert(4, memo);
    let checked = send(&browser, NEW, &fields)
        .await?
        .expect_status(200)?
        .text();
    assert!(
        plain(&checked).contains("Test Buyer<br>1 rue de l'Exemple<br>"),
        "{checked}"
    );
    let order = ready(&checked, &fields)?;

    for (name, value) in [
        ("address", "2 rue de l'Exemple"),
        ("contact_person", "Another Buyer"),
        ("memo", "gift wrapping, please"),
        ("pay", "on"),
        ("max_total", "1000"),
    ] {
        let mut changed = order.clone();
        set(&mut changed, name, value);
        let held = send(&browser, PLACE, &changed)
            .await?
            .expect_status(422)?
            .text();
        assert!(
            held.contains("has changed since you looked"),
            "{name}: {held}"
        );
        assert_eq!(app.journal(CREATE).await?.len(), 0, "{name}");
        assert_ne!(
            field(&ready(&held, &changed)?, "seen"),
            field(&order, "seen")
        );
    }
    let mut changed = order;
    set(&mut changed, "address", "2 rue de l'Exemple");
    let held = send(&browser, PLACE, &changed)
        .await?
        .expect_status(422)?
        .text();
    assert!(
        plain(&held).contains("<br>2 rue de l'Exemple<br>"),
        "{held}"
    );
    let placed = send(&browser, PLACE, &ready(&held, &changed)?).await?;
    placed.expect_status(303)?;

    let calls = app.journal(CREATE).await?;
    let [call] = calls.as_slice() else {
        anyhow::bail!("{} calls", calls.len());
    };
    let sent = call["params"]["param_place_order_request4_open_api_d_t_o"].to_string();
    for words in ["2 rue de l'Exemple", "Test Buyer", "35000", "Rennes"] {
        assert!(sent.contains(words), "{words}: {sent}");
    }
    Ok(())
}

/// What AliExpress refuses stands in the form again, under a key of its own; what may have been ordered keeps its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_order_is_mended_and_an_uncertain_one_is_sent_again() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let fields = fields(&app).await?;
    let fault = json!({
        "match": { "method": CREATE }, "then": "error", "code": "InsufficientPermission",
    });
    app.control("faults", &fault).await?;
    let checked = send(&browser, NEW, &fields)
        .await?
        .expect_status(200)?
        .text();
    let order = ready(&checked, &fields)?;
    let refused = send(&browser, PLACE, &order).await?;
    let refused = refused.expect_status(422)?.text();
    assert!(
        refused.contains("AliExpress has refused the order."),
        "{refused}"
    );
    assert!(refused.contains(r#"value="Test Buyer""#), "{refused}");
    assert!(
        refused.contains("/aliexpress/orders/intents/intent_"),
        "{refused}"
    );
    assert!(!refused.contains(&format!(r#"value="{}""#, field(&order, "key"))));
    // Back, and the old form once more: the record, with a word why.
    let back = send(&browser, PLACE, &order).await?.expect_status(303)?;
    let record = browser.get(back.location()?).await?.text();
    assert!(record.contains("This form was sent before"), "{record}");

    // The order is made, and writing that down fails.
    let checked = send(&browser, NEW, &fields)
        .await?
        .expect_status(200)?
        .text();
    let mut order = ready(&checked, &fields)?;
    set(&mut order, "key", "page-uncertain");
    app.database()?.execute(
        "create trigger full before update on order_intents begin select raise(abort, 'made up'); end",
    )?;
    let unknown = send(&browser, PLACE, &order)
        .await?
        .expect_status(503)?
        .text();
    app.database()?.execute("drop trigger full")?;
    assert!(
        unknown.contains("not known whether it was ordered"),
        "{unknown}"
    );
    assert!(!unknown.contains("Nothing was ordered"), "{unknown}");
    let again = ready(&unknown, &fields)?;
    assert_eq!(field(&again, "key"), "page-uncertain");
    let known = send(&browser, PLACE, &again).await?.expect_status(303)?;
    let record = browser.get(known.location()?).await?.text();
    assert!(record.contains("This form was sent before"), "{record}");
    Ok(())
}
