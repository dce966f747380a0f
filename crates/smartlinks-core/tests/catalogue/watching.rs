use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use smartlinks_core::Error;
use smartlinks_core::aliexpress::Policy;
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueImport, DriftQuery, DriftView, SkuEdit, WatchAction,
    WatchChange, WatchKind, WatchRhythm, WatchWork,
};
use smartlinks_store::{Availability, CatalogueState};
use testkit::app::{App, Setup};
use tokio_util::sync::CancellationToken;

use crate::{connected, imported, product_with, refused, rule};

/// Longer than a product is left alone.
const HALF_A_DAY: i64 = 12 * 3600;

async fn watch(app: &App) -> Result<WatchWork> {
    Ok(app.core.watch_products(&CancellationToken::new()).await?)
}

/// Looks when it is time to.
async fn later(app: &App) -> Result<WatchWork> {
    app.advance(HALF_A_DAY);
    watch(app).await
}

async fn drift(app: &App) -> Result<Vec<DriftView>> {
    Ok(app.core.drift(&DriftQuery::default()).await?.changes)
}

async fn choose(app: &App, kind: &str, action: &str, above: Option<&str>) -> Result<()> {
    let change = WatchChange {
        kind: kind.to_owned(),
        action: action.to_owned(),
        above_percent: above.map(str::to_owned),
    };
    app.core.choose_watch_policies(&[change]).await?;
    Ok(())
}

async fn told(app: &App) -> Result<Vec<Value>> {
    let events = app.core.latest_events(50).await?.into_iter();
    let drifted = events.filter(|event| event.kind == "product.drifted");
    Ok(drifted.map(|event| event.data).collect())
}

fn in_history<'d>(drift: &'d [DriftView], kind: &str) -> Result<&'d DriftView> {
    let found = drift.iter().find(|one| one.kind == kind);
    found.with_context(|| format!("{kind} is not in {drift:?}"))
}

async fn fault(app: &App, then: Value) -> Result<()> {
    let mut fault = json!({ "match": { "method": "aliexpress.ds.product.get" }, "times": 3 });
    let all = fault.as_object_mut().context("an object")?;
    all.extend(then.as_object().cloned().context("an object")?);
    app.control("faults", &fault).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_looked_at_and_what_has_not_changed_stays_as_it_is() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    let id = &first.summary.id;
    assert_eq!(watch(&app).await?, WatchWork::default(), "it is not time");
    let asked = app.journal("aliexpress.ds.product.get").await?.len();
    let work = later(&app).await?;
    assert_eq!((work.looked_at, work.changed, work.failed), (1, 0, 0));
    assert_eq!(
        app.journal("aliexpress.ds.product.get").await?.len(),
        asked + 1
    );
    let after = app.core.catalogue_product(id).await?;
    assert!(after.summary.checked_at > first.summary.checked_at);
    assert_eq!(after.skus, first.skus);
    assert_eq!(after.summary.updated_at, first.summary.updated_at);
    assert!(drift(&app).await?.is_empty() && told(&app).await?.is_empty());
    assert_eq!(watch(&app).await?, WatchWork::default());
    let state = app.core.watch().await?;
    assert_eq!(
        (state.watched, state.failing, state.every_hours),
        (1, 0, 12)
    );
    let next = state.next_check_at.context("it will look again")?;
    let ahead = next.as_second() - app.core.now().as_second();
    assert!((11 * 3600..=HALF_A_DAY).contains(&ahead), "{ahead}");

    // One that was removed is not missed.
    app.core.remove_product(id).await?;
    assert_eq!(later(&app).await?, WatchWork::default());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_chooses_how_often_products_are_looked_at() -> Result<()> {
    let setup = Setup {
        watch: WatchRhythm {
            every_hours: 2.try_into()?,
        },
        ..Setup::default()
    };
    let app = App::with(setup).await?;
    app.connect().await?;
    let number = product_with(&app, 2).await?;
    imported(&app, &number).await?;
    assert_eq!(app.core.watch().await?.every_hours, 2);
    app.advance(3_599);
    assert_eq!(watch(&app).await?, WatchWork::default(), "it is not time");
    app.advance(3_601);
    assert_eq!(watch(&app).await?.looked_at, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_and_stock_are_followed_and_told_as_was_chosen() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    let (one, path) = (&first.skus[0], format!("products/{number}"));
    app.control(&path, &json!({ "sku_id": one.id, "price": "77.77" }))
        .await?;
    let work = later(&app).await?;
    assert_eq!((work.looked_at, work.changed), (1, 1));
    let found = drift(&app).await?;
    let cost = in_history(&found, "cost")?;
    assert_eq!(
        (cost.sku.as_ref(), cost.outcome.as_str()),
        (Some(&one.id), "notify")
    );
    assert_eq!(cost.product_id, number);
    let before = one.cost.as_ref().context("it cost something")?;
    assert_eq!(
        cost.before,
        Some(
            json!({ "amount": before.amount.normalize().to_string(), "currency": before.currency })
        )
    );
    let events = told(&app).await?;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["action"], "notify");
    assert_eq!(events[0]["changes"][0]["kind"], "cost");
    assert_eq!(events[0]["changes"][0]["after"], json!(cost.after));

    // Less of it costs less: that is kept, and nobody is told. Of its number only that nothing is left, or something.
    app.control(
        &path,
        &json!({ "sku_id": one.id, "price": "50.00", "stock": 3 }),
    )
    .await?;
    assert_eq!(later(&app).await?.changed, 1);
    let found = drift(&app).await?;
    assert!(in_history(&found, "stock").is_err(), "{found:?}");
    assert_eq!(in_history(&found, "cost")?.outcome, "record");
    assert_eq!(told(&app).await?.len(), 1);
    let now = app.core.catalogue_product(&first.summary.id).await?;
    assert_eq!(variant(&now, &one.id)?.stock, Some(3));
    for (left, outcome) in [(0, "notify"), (4, "record")] {
        app.control(&path, &json!({ "sku_id": one.id, "stock": left }))
            .await?;
        assert_eq!(later(&app).await?.changed, 1);
        let found = drift(&app).await?;
        let stock = in_history(&found, "stock")?;
        assert_eq!(stock.after, Some(json!(left)));
        assert_eq!(stock.outcome, outcome);
    }

    // A rise below what was chosen is kept; one above it holds the product.
    choose(&app, "cost_up", "hold", Some("10")).await?;
    let id = &first.summary.id;
    for (price, outcome, state) in [
        ("52.00", "record", CatalogueState::Listed),
        ("70.00", "hold", CatalogueState::Held),
    ] {
        app.control(&path, &json!({ "sku_id": one.id, "price": price }))
            .await?;
        assert_eq!(later(&app).await?.changed, 1);
        let found = drift(&app).await?;
        assert_eq!(in_history(&found, "cost")?.outcome, outcome);
        assert_eq!(app.core.catalogue_product(id).await?.summary.state, state);
    }
    assert_eq!(told(&app).await?[0]["state"], "held");
    let kinds = app.core.product_history(id, None, None).await?.changes;
    assert!(kinds.iter().any(|change| change.kind == "state"));

    // Of what nobody sells the number is not kept.
    let edit = CatalogueEdit {
        state: Some("listed".to_owned()),
        skus: vec![SkuEdit {
            id: one.id.clone(),
            chosen: Some(false),
            ..SkuEdit::default()
        }],
        ..CatalogueEdit::default()
    };
    app.core.edit_product(id, &edit).await?;
    choose(&app, "sold_out", "unpublish", None).await?;
    app.control(&path, &json!({ "sku_id": one.id, "stock": 0 }))
        .await?;
    assert_eq!(later(&app).await?.changed, 1);
    assert_eq!(
        in_history(&drift(&app).await?, "stock")?.after,
        Some(json!(4))
    );
    let other = &first.skus[1].id;
    app.control(&path, &json!({ "sku_id": other, "stock": 0 }))
        .await?;
    assert_eq!(later(&app).await?.changed, 1);
    let after = app.core.catalogue_product(id).await?;
    assert_eq!(after.summary.state, CatalogueState::Unpublished);
    Ok(())
}

/// Orders of what is taken off go on, those of what is held do not: only a person lets go of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_person_is_not_let_go_by_another_change() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let first = imported(&app, &number).await?;
    let (id, path) = (&first.summary.id, format!("products/{number}"));
    let [one, other, ..] = first.skus.as_slice() else {
        anyhow::bail!("two variants")
    };
    choose(&app, "cost_up", "hold", None).await?;
    choose(&app, "sold_out", "unpublish", None).await?;
    let state = async || -> Result<CatalogueState> {
        Ok(app.core.catalogue_product(id).await?.summary.state)
    };
    let change = async |sku: &str, what: Value| -> Result<()> {
        let mut body = json!({ "sku_id": sku });
        let all = body.as_object_mut().context("an object")?;
        all.extend(what.as_object().cloned().context("an object")?);
        app.control(&path, &body).await?;
        Ok(())
    };

    change(&one.id, json!({ "price": "777.00" })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    assert_eq!(state().await?, CatalogueState::Held);
    change(&other.id, json!({ "stock": 0 })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    let found = drift(&app).await?;
    assert_eq!(in_history(&found, "stock")?.outcome, "unpublish");
    assert_eq!(state().await?, CatalogueState::Held);

    // Both in one answer, whether the product was listed or taken off before.
    for (price, before) in [("888.00", "listed"), ("999.00", "unpublished")] {
        change(&other.id, json!({ "stock": 5 })).await?;
        let edit = CatalogueEdit {
            state: Some(before.to_owned()),
            ..CatalogueEdit::default()
        };
        app.core.edit_product(id, &edit).await?;
        later(&app).await?;
        change(&one.id, json!({ "price": price })).await?;
        change(&other.id, json!({ "stock": 0 })).await?;
        assert_eq!(later(&app).await?.changed, 1);
        assert_eq!(state().await?, CatalogueState::Held, "{before}");
        assert_eq!(told(&app).await?[0]["action"], "hold");
    }
    Ok(())
}

/// Not found, not sold to the country, not for this app are answers; trouble on the way is none.
#[tokio::test(flavor = "multi_thread")]
async fn trouble_changes_nothing_and_an_answer_says_which_it_is() -> Result<()> {
    let setup = Setup {
        policy: Policy::none(),
        ..Setup::default()
    };
    let app = App::with(setup).await?;
    app.connect().await?;
    let number = product_with(&app, 1).await?;
    let first = imported(&app, &number).await?;
    let id = &first.summary.id;
    let stored = async || app.core.catalogue_product(id).await;
    for (then, failures) in [
        (json!({ "times": 1, "then": "http_500" }), 1),
        (json!({ "times": 1, "then": "html" }), 2),
        (json!({ "times": 1, "then": "truncate" }), 3),
    ] {
        fault(&app, then).await?;
        let work = later(&app).await?;
        assert_eq!((work.looked_at, work.changed, work.failed), (1, 0, 1));
        let state = app.core.product_watch(id).await?;
        assert_eq!(state.failures, failures);
        assert!(state.problem.is_some());
        assert_eq!(stored().await?, first, "nothing has changed by it");
    }
    assert_eq!(app.core.watch().await?.failing, 1);
    // A person who asks, and gets an answer, ends it.
    app.core.check_product(id).await?;
    assert_eq!(app.core.watch().await?.failing, 0);
    let first = stored().await?;
    // One who asks in vain is told, and nothing changes either.
    fault(&app, json!({ "times": 1, "then": "http_500" })).await?;
    let asked = app.core.check_product(id).await;
    assert!(matches!(asked, Err(Error::Gateway(_))));
    assert_eq!(stored().await?, first);

    let fault_code = json!({ "times": 1, "then": "error", "code": "InsufficientPermission" });
    let path = format!("products/{number}");
    for (then, says, word) in [
        (
            Some(json!({ "delist": true })),
            Availability::NotFound,
            "not_found",
        ),
        (None, Availability::NotForApp, "not_for_app"),
        (
            Some(json!({ "delist": false })),
            Availability::OnSale,
            "on_sale",
        ),
    ] {
        match then {
            Some(then) => drop(app.control(&path, &then).await?),
            None => fault(&app, fault_code.clone()).await?,
        }
        let work = later(&app).await?;
        assert_eq!((work.changed, work.failed), (1, 0), "{word}");
        assert_eq!(stored().await?.summary.availability, says);
        let found = drift(&app).await?;
        assert_eq!(found[0].after, Some(json!(word)));
        assert_eq!(
            (found[0].kind.as_str(), found[0].outcome.as_str()),
            ("availability", "notify")
        );
    }
    assert_eq!(app.core.watch().await?.failing, 0);
    // Nothing of it is left to buy.
    for sku in &first.skus {
        app.control(&path, &json!({ "drop_sku": sku.id })).await?;
    }
    assert_eq!(later(&app).await?.changed, 1);
    assert_eq!(stored().await?.summary.availability, Availability::Offline);
    app.control(&path, &json!({ "restore": true })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    app.control(&path, &json!({ "delist": true })).await?;
    choose(&app, "unavailable", "unpublish", None).await?;
    assert_eq!(later(&app).await?.changed, 1);
    let after = stored().await?.summary;
    assert_eq!(after.state, CatalogueState::Unpublished);
    assert_eq!(after.availability, Availability::NotFound);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_not_sold_to_its_country_any_more_says_so() -> Result<()> {
    let app = connected().await?;
    let to = |number: &str, country: &str| CatalogueImport {
        product: number.to_owned(),
        ship_to: Some(country.to_owned()),
        ..CatalogueImport::default()
    };
    // Behind the first hundred, which are sold everywhere.
    let first: i64 = app.products().await?[0].parse()?;
    for number in (first + 100..first + 200).map(|number| number.to_string()) {
        let asked = app.core.import_product(&to(&number, "US")).await;
        if asked.is_err_and(|error| error.code() == "not_sold_to_country") {
            let product = app.core.import_product(&to(&number, "FR")).await?.summary;
            app.database()?
                .execute("update catalogue_products set ship_to = 'US'")?;
            assert_eq!(later(&app).await?.changed, 1);
            let after = app.core.catalogue_product(&product.id).await?.summary;
            assert_eq!(after.availability, Availability::NotSoldHere);
            return Ok(());
        }
        app.database()?.execute("delete from catalogue_products")?;
    }
    anyhow::bail!("everything is sold to the US")
}

fn variant<'d>(
    product: &'d CatalogueDetail,
    id: &str,
) -> Result<&'d smartlinks_core::catalogue::CatalogueSkuView> {
    let found = product.skus.iter().find(|sku| sku.id == id);
    found.with_context(|| format!("no variant {id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_that_is_gone_gets_a_proposal_and_a_person_chooses() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 3).await?;
    let first = imported(&app, &number).await?;
    let id = &first.summary.id;
    let gone = first.skus[0].id.clone();
    let edit = CatalogueEdit {
        skus: vec![SkuEdit {
            id: gone.clone(),
            own_code: Some("LAMP-1".to_owned()),
            ..SkuEdit::default()
        }],
        ..CatalogueEdit::default()
    };
    app.core.edit_product(id, &edit).await?;
    let (field, message) = refused(app.core.repair_sku(id, &gone, &gone).await)?;
    assert_eq!(field, "sku");
    assert!(message.contains("is not gone"), "{message}");

    let path = format!("products/{number}");
    app.control(&path, &json!({ "drop_sku": gone })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    assert_eq!(told(&app).await?[0]["changes"][0]["kind"], "sku_gone");
    let open = app.core.open_repairs(None, None).await?;
    assert_eq!((open.repairs.len(), open.next), (1, None));
    let repair = &open.repairs[0];
    assert_eq!((&repair.sku.id, &repair.product), (&gone, id));
    assert_eq!(repair.choices.len(), first.skus.len() - 1);
    let proposal = repair.proposal.as_ref().context("nothing is proposed")?;
    assert!((20..=100).contains(&proposal.confidence), "{proposal:?}");
    assert!(!proposal.words.is_empty());
    assert_eq!(app.core.watch().await?.open_repairs, 1);

    for (with, says) in [
        ("1", "is not a variant"),
        ("", "is not a variant"),
        (gone.as_str(), "is gone itself"),
    ] {
        let (field, message) = refused(app.core.repair_sku(id, &gone, with).await)?;
        assert_eq!(field, "with");
        assert!(message.contains(says), "{message}");
    }
    let double = rule(&app, "double", "100").await?;
    app.core.choose_default_price_rule(Some(&double)).await?;
    let after = app.core.repair_sku(id, &gone, &proposal.sku).await?;
    let taken = variant(&after, &proposal.sku)?;
    assert!(taken.chosen && taken.price.is_some());
    assert_eq!(taken.own_code.as_deref(), Some("LAMP-1"));
    assert_eq!(variant(&after, &gone)?.own_code, None);
    assert!(app.core.open_repairs(None, None).await?.repairs.is_empty());
    let history = app.core.product_history(id, None, None).await?.changes;
    // Both happened in one millisecond.
    let chosen = history.iter().find(|change| change.kind == "sku_replaced");
    let chosen = chosen.context("nobody could tell who took its place")?;
    assert_eq!(chosen.sku.as_ref(), Some(&gone));
    assert_eq!(chosen.after, Some(json!(proposal.sku)));
    let audit = app
        .core
        .audit_log(&smartlinks_core::AuditQuery::default())
        .await?;
    assert!(
        audit
            .entries
            .iter()
            .any(|entry| entry.action == "product.sku_replaced")
    );

    // The next look proposes nothing once more, and what was chosen is said.
    assert_eq!(later(&app).await?.changed, 0);
    let looked = app.core.catalogue_product(id).await?;
    let was = variant(&looked, &gone)?;
    assert_eq!(was.replacement, None);
    assert_eq!(was.replaced_by.as_ref(), Some(&proposal.sku));

    // It comes back: it is what it was, and nobody waits.
    app.control(&path, &json!({ "restore": true })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    let back = app.core.catalogue_product(id).await?;
    assert_eq!(variant(&back, &gone)?.gone_at, None);
    assert_eq!(
        in_history(&drift(&app).await?, "sku_back")?.outcome,
        "notify"
    );
    Ok(())
}

/// What a person confirms is what was shown, whatever a later look proposes.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_is_what_was_shown() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 3).await?;
    let first = imported(&app, &number).await?;
    let (id, gone) = (&first.summary.id, first.skus[0].id.clone());
    let path = format!("products/{number}");
    app.control(&path, &json!({ "drop_sku": gone })).await?;
    assert_eq!(later(&app).await?.changed, 1);
    let proposed = async || -> Result<String> {
        let open = app.core.open_repairs(None, None).await?.repairs;
        let proposal = open.first().and_then(|repair| repair.proposal.clone());
        Ok(proposal.context("nothing is proposed")?.sku)
    };
    let shown = proposed().await?;
    let sold_out = json!({ "sku_id": shown, "stock": 0 });
    app.control(&path, &sold_out).await?;
    assert_eq!(later(&app).await?.changed, 1);
    let other = proposed().await?;
    assert_ne!(other, shown);

    let after = app.core.repair_sku(id, &gone, &shown).await?;
    assert!(variant(&after, &shown)?.chosen);
    let history = app.core.product_history(id, None, None).await?.changes;
    let chosen = history.iter().find(|change| change.kind == "sku_replaced");
    assert_eq!(
        chosen.and_then(|change| change.after.clone()),
        Some(json!(shown))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_instances_share_the_work_and_a_dead_one_holds_up_nobody() -> Result<()> {
    let app = connected().await?;
    let beside = app.beside().await?;
    for number in app.products().await?.iter().take(12) {
        imported(&app, number).await?;
    }
    let asked = app.journal("aliexpress.ds.product.get").await?.len();
    app.advance(HALF_A_DAY);
    let lookers: Vec<_> = (0..6)
        .map(|number| {
            let core = [&app, &beside][number % 2].core.clone();
            tokio::spawn(async move { core.watch_products(&CancellationToken::new()).await })
        })
        .collect();
    let mut looked_at = 0;
    for looker in lookers {
        looked_at += looker.await??.looked_at;
    }
    assert_eq!(looked_at, 12);
    let calls = app.journal("aliexpress.ds.product.get").await?.len() - asked;
    assert_eq!(calls, 12, "each was asked about once");

    // One is told to stop while its calls are held back: what it has taken is free for others at once.
    app.advance(HALF_A_DAY);
    let shares = app.core.app().ready()?.client.budget_shares();
    shares.hold_back(|_| 0);
    let (core, stop) = (app.core.clone(), CancellationToken::new());
    let stopping = stop.clone();
    let waiting = tokio::spawn(async move { core.watch_products(&stopping).await });
    let now = smartlinks_core::to_millis(app.core.now());
    let store = app.core.store();
    while store
        .next_check_due(now)
        .await?
        .is_some_and(|due| due <= now)
    {
        tokio::task::yield_now().await;
    }
    app.advance(5);
    assert_eq!(watch(&beside).await?, WatchWork::default(), "it is held");
    stop.cancel();
    assert_eq!(waiting.await??, WatchWork::default());
    assert_eq!(watch(&beside).await?.looked_at, 12);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn products_of_an_account_that_has_to_sign_in_hold_up_no_others() -> Result<()> {
    let app = connected().await?;
    let numbers = app.products().await?;
    for number in numbers.iter().take(20) {
        imported(&app, number).await?;
    }
    let gone = app.core.status().await?.connections[0].id.clone();
    app.advance(60);
    let code = app.code(Some("buyer2")).await?;
    let other = app.core.exchange_pasted(&code, None).await?.id;
    let import = CatalogueImport {
        product: numbers[20].clone(),
        connection: Some(other),
        ..CatalogueImport::default()
    };
    let alive = app.core.import_product(&import).await?.summary;
    app.core.disconnect(&gone).await?;
    app.advance(HALF_A_DAY);
    let asked = app.journal("aliexpress.ds.product.get").await?.len();
    let mut all = WatchWork::default();
    for _ in 0..30 {
        let work = watch(&app).await?;
        all.looked_at += work.looked_at;
        all.failed += work.failed;
        all.waiting += work.waiting;
        app.advance(1);
    }
    assert_eq!((all.looked_at, all.failed, all.waiting), (21, 20, 20));
    let asked = app.journal("aliexpress.ds.product.get").await?.len() - asked;
    assert_eq!(asked, 1, "for the others nothing was called");
    let after = app.core.catalogue_product(&alive.id).await?.summary;
    assert!(after.checked_at > alive.checked_at);
    let state = app.core.watch().await?;
    assert_eq!(
        (state.failing, state.problem.as_deref()),
        (20, Some("disconnected"))
    );
    let next = state.next_check_at.context("they are asked about again")?;
    let ahead = next.as_second() - app.core.now().as_second();
    assert!(ahead > 5 * 3600, "{ahead}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_looked_at_before_they_are_chosen() -> Result<()> {
    let app = connected().await?;
    let usual = app.core.watch().await?.policies;
    assert_eq!(usual.len(), WatchKind::ALL.len());
    assert!(
        usual
            .iter()
            .all(|policy| policy.action == policy.kind.usual())
    );
    let change = |kind: &str, action: &str, above: Option<&str>| WatchChange {
        kind: kind.to_owned(),
        action: action.to_owned(),
        above_percent: above.map(str::to_owned),
    };
    for (wrong, field) in [
        (vec![], "policies"),
        (vec![change("colour", "hold", None)], "kind"),
        (vec![change("stock", "shout", None)], "action"),
        (vec![change("stock", "hold", Some("5"))], "above_percent"),
        (vec![change("cost_up", "hold", Some("-5"))], "above_percent"),
        (
            vec![change("cost_up", "hold", Some("five"))],
            "above_percent",
        ),
        (
            vec![
                change("stock", "hold", None),
                change("stock", "notify", None),
            ],
            "kind",
        ),
    ] {
        assert_eq!(
            refused(app.core.choose_watch_policies(&wrong).await)?.0,
            field
        );
    }
    assert_eq!(app.core.watch().await?.policies, usual);
    let right = [
        change("cost_up", "unpublish", Some("7.50")),
        change("stock", "notify", Some("")),
    ];
    let chosen = app.core.choose_watch_policies(&right).await?.policies;
    let of = |kind: WatchKind| chosen.iter().find(|policy| policy.kind == kind);
    let up = of(WatchKind::CostUp).context("cost_up")?;
    assert_eq!(up.action, WatchAction::Unpublish);
    assert_eq!(
        up.above_percent.map(|above| above.to_string()).as_deref(),
        Some("7.5")
    );
    assert_eq!(
        of(WatchKind::Stock).context("stock")?.action,
        WatchAction::Notify
    );
    Ok(())
}
