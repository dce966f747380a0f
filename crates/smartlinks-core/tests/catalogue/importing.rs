use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueImport, CatalogueQuery, SkuEdit,
};
use smartlinks_core::{AuditQuery, Error};
use smartlinks_store::{Availability, CatalogueState};
use testkit::app::App;

use crate::{connected, imported, product_with, refused, rule};

async fn kinds_of_history(app: &App, id: &str) -> Result<Vec<String>> {
    let page = app.core.product_history(id, None, None).await?;
    let mut kinds: Vec<_> = page.changes.into_iter().map(|change| change.kind).collect();
    kinds.sort();
    Ok(kinds)
}

async fn found(app: &App, words: &str) -> Result<Vec<String>> {
    let query = CatalogueQuery {
        words: Some(words.to_owned()),
        ..CatalogueQuery::default()
    };
    let page = app.core.catalogue(&query).await?;
    Ok(page.products.into_iter().map(|one| one.id).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_imported_once_and_brought_up_to_date() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    assert_eq!(first.summary.product_id, number);
    assert_eq!(first.summary.availability, Availability::OnSale);
    assert_eq!(first.summary.variants, first.skus.len());
    assert!(
        first
            .skus
            .iter()
            .all(|sku| sku.chosen && sku.cost.is_some() && sku.price.is_none())
    );
    assert!(!first.facts.images.is_empty() && first.summary.image.is_some());

    // The same again, by its address: nothing is doubled, and nothing has happened.
    app.advance(60);
    let address = format!("https://fr.aliexpress.com/item/{number}.html?spm=a");
    let again = imported(&app, &address).await?;
    assert_eq!(again.summary.id, first.summary.id);
    assert_eq!(again.skus, first.skus);
    assert_eq!(again.summary.updated_at, first.summary.updated_at);
    assert!(again.summary.checked_at > first.summary.checked_at);
    assert_eq!(
        app.core
            .catalogue(&CatalogueQuery::default())
            .await?
            .products
            .len(),
        1
    );

    let (dropped, other) = (&first.skus[0].id, &first.skus[1].id);
    let path = format!("products/{number}");
    app.control(
        &path,
        &json!({ "sku_id": other, "price": "77.77", "stock": 3 }),
    )
    .await?;
    app.control(&path, &json!({ "drop_sku": dropped })).await?;
    let later = imported(&app, &number).await?;
    let gone = later
        .skus
        .iter()
        .find(|sku| sku.id == *dropped)
        .context("it vanished")?;
    assert!(gone.gone_at.is_some() && gone.chosen);
    let moved = later
        .skus
        .iter()
        .find(|sku| sku.id == *other)
        .context("it vanished")?;
    assert_ne!(moved.cost, first.skus[1].cost);
    assert_eq!(moved.stock, Some(3));
    assert_eq!(later.summary.variants, first.skus.len() - 1);
    let id = &first.summary.id;
    assert_eq!(
        kinds_of_history(&app, id).await?,
        ["cost", "imported", "sku_gone"]
    );
    let events = app.core.latest_events(1).await?;
    assert_eq!(events[0].kind, "product.changed");
    assert_eq!(events[0].data["changes"], json!(["cost", "sku_gone"]));

    app.control(&path, &json!({ "restore": true })).await?;
    let back = imported(&app, &number).await?;
    assert!(back.skus.iter().all(|sku| sku.gone_at.is_none()));
    assert_eq!(back.skus, first.skus);
    Ok(())
}

/// An answer that was asked for first and comes last changes nothing; what its caller wants of the product holds.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_answer_does_not_replace_a_newer_one() -> Result<()> {
    const GET: &str = "aliexpress.ds.product.get";
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    let slow = json!({ "match": { "method": GET }, "times": 1, "then": "delay", "delay_ms": 3000 });
    app.control("faults", &slow).await?;
    let asked = app.journal(GET).await?.len();
    app.advance(60);
    let import = CatalogueImport {
        product: number.clone(),
        labels: vec!["late".into()],
        ..CatalogueImport::default()
    };
    let core = app.core.clone();
    let late = tokio::spawn(async move { core.import_product(&import).await });
    while app.journal(GET).await?.len() == asked {
        tokio::task::yield_now().await;
    }
    app.advance(60);
    let (dropped, other) = (&first.skus[0].id, &first.skus[1].id);
    let path = format!("products/{number}");
    app.control(&path, &json!({ "sku_id": other, "price": "77.77" }))
        .await?;
    app.control(&path, &json!({ "drop_sku": dropped })).await?;
    let newer = imported(&app, &number).await?;
    assert_eq!(newer.skus[0].gone_at, Some(app.core.now()));
    app.advance(60);
    let last = late.await??;
    assert_eq!(last.skus, newer.skus);
    assert_eq!(last.summary.checked_at, newer.summary.checked_at);
    assert_eq!(last.summary.labels, ["late"]);
    let kinds = kinds_of_history(&app, &first.summary.id).await?;
    assert_eq!(kinds, ["cost", "imported", "sku_gone"]);
    let now = imported(&app, &number).await?;
    assert!(now.summary.checked_at > newer.summary.checked_at);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_imports_of_one_product_at_once_make_one() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 1).await?;
    let imports: Vec<_> = (0..8)
        .map(|_| {
            let (core, product) = (app.core.clone(), number.clone());
            tokio::spawn(async move {
                let import = CatalogueImport {
                    product,
                    ..CatalogueImport::default()
                };
                core.import_product(&import).await
            })
        })
        .collect();
    let mut ids = Vec::new();
    for import in imports {
        ids.extend(import.await?.ok().map(|detail| detail.summary.id));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(
        app.core
            .catalogue(&CatalogueQuery::default())
            .await?
            .products
            .len(),
        1
    );
    let events = app.core.latest_events(50).await?;
    let told = events
        .iter()
        .filter(|event| event.kind == "product.imported");
    assert_eq!(told.count(), 1);
    Ok(())
}

/// Not found, not sold to the country and taken off are different answers, and "the gateway has trouble" is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_not_shown_any_more_says_why() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 1).await?;
    let first = imported(&app, &number).await?;
    let method = json!({ "method": "aliexpress.ds.product.get" });
    let fault =
        json!({ "match": method, "times": 1, "then": "error", "code": "InsufficientPermission" });
    app.control("faults", &fault).await?;
    let refused = imported(&app, &number).await?;
    assert_eq!(refused.summary.availability, Availability::NotForApp);
    assert_eq!(refused.skus, first.skus, "what is known of it stays");
    let again = imported(&app, &number).await?;
    assert_eq!(again.summary.availability, Availability::OnSale);
    app.advance(1);
    app.control(&format!("products/{number}"), &json!({ "delist": true }))
        .await?;
    let gone = imported(&app, &number).await?;
    assert_eq!(gone.summary.availability, Availability::NotFound);
    let history = app.core.product_history(&first.summary.id, None, Some(1));
    let last = history.await?.changes.pop().context("no history")?;
    assert_eq!(
        (last.before, last.after),
        (Some(json!("on_sale")), Some(json!("not_found")))
    );

    let fault = json!({ "match": { "method": "aliexpress.ds.product.get" }, "times": 20, "then": "http_500" });
    app.control("faults", &fault).await?;
    let trouble = imported(&app, &number).await;
    assert!(trouble.is_err());
    let kept = app.core.catalogue_product(&first.summary.id).await?;
    assert_eq!(kept.summary.availability, gone.summary.availability);
    Ok(())
}

/// That it is not sold to another country says nothing of the product that was imported for this one.
#[tokio::test(flavor = "multi_thread")]
async fn a_look_for_another_country_leaves_the_product_alone() -> Result<()> {
    let app = connected().await?;
    let to = |number: &str, country: &str| CatalogueImport {
        product: number.to_owned(),
        ship_to: Some(country.to_owned()),
        ..CatalogueImport::default()
    };
    let mut not_sold = None;
    // Behind the first hundred, which are sold everywhere.
    let first: i64 = app.products().await?[0].parse()?;
    for number in (first + 100..first + 200).map(|number| number.to_string()) {
        let asked = app.core.import_product(&to(&number, "US")).await;
        if asked.is_err_and(|error| error.code() == "not_sold_to_country") {
            not_sold = Some(number);
            break;
        }
    }
    let number = not_sold.context("everything is sold to the US")?;
    let first = app.core.import_product(&to(&number, "FR")).await?;
    let elsewhere = app.core.import_product(&to(&number, "US")).await;
    assert_eq!(
        elsewhere.err().context("it is sold there")?.code(),
        "not_sold_to_country"
    );
    assert_eq!(app.core.catalogue_product(&first.summary.id).await?, first);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_before_anybody_is_asked() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let asked = app.journal("aliexpress.ds.product.get").await?.len();
    let import = |product: &str| CatalogueImport {
        product: product.to_owned(),
        ..CatalogueImport::default()
    };
    let wrong = [
        ("product", import("lamp")),
        (
            "product",
            import("https://example.com/item/1005006000000001.html"),
        ),
        (
            "ship_to",
            CatalogueImport {
                ship_to: Some("France".into()),
                ..import(&number)
            },
        ),
        (
            "currency",
            CatalogueImport {
                currency: Some("€".into()),
                ..import(&number)
            },
        ),
        (
            "labels",
            CatalogueImport {
                labels: vec!["a,b".into()],
                ..import(&number)
            },
        ),
        (
            "skus",
            CatalogueImport {
                skus: Some(Vec::new()),
                ..import(&number)
            },
        ),
    ];
    for (field, import) in wrong {
        let (named, _) = refused(app.core.import_product(&import).await)?;
        assert_eq!(named, field);
    }
    let rule = CatalogueImport {
        rule: Some("rule_1".into()),
        ..import(&number)
    };
    let unknown = app.core.import_product(&rule).await;
    assert!(matches!(unknown, Err(Error::UnknownRule(_))));
    assert_eq!(app.journal("aliexpress.ds.product.get").await?.len(), asked);

    let skus = CatalogueImport {
        skus: Some(vec!["1".into()]),
        ..import(&number)
    };
    let (named, message) = refused(app.core.import_product(&skus).await)?;
    assert_eq!(named, "skus");
    assert!(message.contains("\"1\""), "{message}");
    assert!(
        app.core
            .catalogue(&CatalogueQuery::default())
            .await?
            .products
            .is_empty()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_variants_and_a_default_rule_make_the_first_prices() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let double = rule(&app, "double", "100").await?;
    app.core.choose_default_price_rule(Some(&double)).await?;
    let shown = app.core.product(&number, &Default::default()).await?;
    let import = CatalogueImport {
        product: number.clone(),
        skus: Some(vec![shown.skus[1].id.clone()]),
        labels: vec!["été 2027".into()],
        ..CatalogueImport::default()
    };
    let first = app.core.import_product(&import).await?;
    let chosen: Vec<_> = first.skus.iter().filter(|sku| sku.chosen).collect();
    assert_eq!(chosen.len(), 1);
    let (cost, price) = (
        chosen[0].cost.clone().context("no cost")?,
        chosen[0].price.clone().context("no price")?,
    );
    assert_eq!(
        (cost.amount + cost.amount, "EUR"),
        (price.amount, price.currency.as_str())
    );
    assert!(
        first
            .skus
            .iter()
            .all(|sku| sku.chosen || sku.price.is_none())
    );
    assert_eq!(first.summary.labels, ["été 2027"]);

    // A price is the merchant's: reading again does not touch it.
    app.control(&format!("products/{number}"), &json!({ "price": "99.00" }))
        .await?;
    let again = CatalogueImport {
        skus: Some(vec![shown.skus[0].id.clone()]),
        labels: vec!["new".into()],
        ..import
    };
    let later = app.core.import_product(&again).await?;
    let of =
        |detail: &CatalogueDetail, id: &str| detail.skus.iter().find(|sku| sku.id == id).cloned();
    let kept = of(&later, &shown.skus[1].id).context("it vanished")?;
    assert_eq!(kept.price, Some(price));
    assert!(of(&later, &shown.skus[0].id).context("it vanished")?.chosen);
    assert_eq!(later.summary.labels, ["été 2027", "new"]);
    Ok(())
}

/// What an import changes of a known product by its caller's wish is told and logged as if it were edited.
#[tokio::test(flavor = "multi_thread")]
async fn the_wishes_of_a_second_import_are_told_and_logged() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let double = rule(&app, "double", "100").await?;
    let shown = app.core.product(&number, &Default::default()).await?;
    let only = |at: usize| CatalogueImport {
        product: number.clone(),
        skus: Some(vec![shown.skus[at].id.clone()]),
        ..CatalogueImport::default()
    };
    let first = app.core.import_product(&only(1)).await?;
    let wishes = CatalogueImport {
        labels: vec!["new".into()],
        rule: Some(double.clone()),
        ..only(0)
    };
    app.core.import_product(&wishes).await?;
    let changes = json!(["labels", "rule", "chosen"]);
    let event = &app.core.latest_events(1).await?[0];
    assert_eq!(
        (event.kind.as_str(), &event.data["changes"]),
        ("product.changed", &changes)
    );
    let logged = || async {
        let log = app.core.audit_log(&AuditQuery::default()).await?.entries;
        let changed = log
            .into_iter()
            .filter(|one| one.action == "product.changed");
        anyhow::Ok(changed.collect::<Vec<_>>())
    };
    let log = logged().await?;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].subject.as_ref(), Some(&first.summary.id));
    assert_eq!(log[0].data["changes"], changes);

    // The same wishes again change nothing, and nothing is said.
    app.core.import_product(&wishes).await?;
    assert_eq!(app.core.latest_events(1).await?[0].id, event.id);
    assert_eq!(logged().await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_edited_found_and_removed() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    let id = first.summary.id.clone();
    let edit = CatalogueEdit {
        title: Some("  Lampe de chevet ÉTÉ ".into()),
        state: Some("held".into()),
        labels: Some(vec!["Chambre".into()]),
        rule: None,
        seen_state: None,
        skus: vec![
            SkuEdit {
                id: first.skus[0].id.clone(),
                own_code: Some("LMP-01".into()),
                chosen: None,
            },
            SkuEdit {
                id: first.skus[1].id.clone(),
                own_code: Some("LMP-02".into()),
                chosen: Some(false),
            },
        ],
    };
    let edited = app.core.edit_product(&id, &edit).await?;
    assert_eq!(edited.summary.title, "Lampe de chevet ÉTÉ");
    assert_eq!(edited.summary.state, CatalogueState::Held);
    assert_eq!(edited.summary.variants, first.summary.variants - 1);
    assert_eq!(
        kinds_of_history(&app, &id).await?,
        ["imported", "state", "title"]
    );
    let events = app.core.latest_events(1).await?;
    assert_eq!(
        events[0].data["changes"],
        json!(["title", "state", "labels", "own_code", "chosen"])
    );
    for words in [
        "ete chevet",
        "lmp-02",
        "CHAMBRE",
        &number,
        &format!("https://www.aliexpress.com/item/{number}.html"),
    ] {
        assert_eq!(found(&app, words).await?, [id.as_str()], "{words}");
    }
    assert!(found(&app, "chevet rouge nothing").await?.is_empty());

    // Codes change places in one edit; one that stands elsewhere is refused with its place.
    let code = |at: usize, code: &str| SkuEdit {
        id: first.skus[at].id.clone(),
        own_code: Some(code.to_owned()),
        chosen: None,
    };
    let skus = |skus| CatalogueEdit {
        skus,
        ..CatalogueEdit::default()
    };
    let swapped = app
        .core
        .edit_product(&id, &skus(vec![code(0, "LMP-02"), code(1, "LMP-01")]))
        .await?;
    assert_eq!(swapped.skus[0].own_code.as_deref(), Some("LMP-02"));
    let other = app
        .products()
        .await?
        .into_iter()
        .find(|other| *other != number)
        .context("one product")?;
    let other = imported(&app, &other).await?;
    // A shop does not tell capitals apart.
    for same in ["LMP-01", "lmp-01"] {
        let taken = SkuEdit {
            id: other.skus[0].id.clone(),
            own_code: Some(same.to_owned()),
            chosen: None,
        };
        let (field, message) = refused(
            app.core
                .edit_product(&other.summary.id, &skus(vec![taken]))
                .await,
        )?;
        assert_eq!(field, "own_code");
        assert!(
            message.contains(&id) && message.contains(&first.skus[1].id),
            "{message}"
        );
    }
    let twice = refused(
        app.core
            .edit_product(&id, &skus(vec![code(0, "X"), code(1, "x")]))
            .await,
    )?;
    assert_eq!(twice.0, "own_code");
    let unknown = refused(
        app.core
            .edit_product(
                &id,
                &skus(vec![
                    SkuEdit {
                        id: "1".into(),
                        ..SkuEdit::default()
                    },
                    code(0, "Y"),
                ]),
            )
            .await,
    );
    assert!(unknown.is_err() || unknown?.0 == "skus");

    let state = refused(
        app.core
            .edit_product(
                &id,
                &CatalogueEdit {
                    state: Some("sold".into()),
                    ..CatalogueEdit::default()
                },
            )
            .await,
    )?;
    assert_eq!(state.0, "state");
    app.core.remove_product(&id).await?;
    assert!(matches!(
        app.core.catalogue_product(&id).await,
        Err(Error::UnknownProduct(_))
    ));
    assert!(matches!(
        app.core.remove_product(&id).await,
        Err(Error::UnknownProduct(_))
    ));
    let log = app.core.audit_log(&Default::default()).await?;
    let actions: Vec<_> = log
        .entries
        .iter()
        .map(|entry| entry.action.as_str())
        .collect();
    for action in ["product.imported", "product.changed", "product.removed"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    let removed = app.core.latest_events(1).await?;
    assert_eq!(
        (removed[0].kind.as_str(), &removed[0].data["product"]),
        ("product.removed", &Value::from(id))
    );
    Ok(())
}
