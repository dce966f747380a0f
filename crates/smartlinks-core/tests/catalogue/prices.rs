use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use smartlinks_core::catalogue::{
    CatalogueEdit, CatalogueImport, HandPrice, PriceRunRequest, PricingProblem, RuleDraft,
    Selection, SkuEdit,
};
use smartlinks_core::pricing::RateSource;
use smartlinks_core::{AuditQuery, Error, MoneyView};
use testkit::app::App;

use crate::{connected, imported, product_with, refused, rule, rule_in};

fn with_rule(rule: &str) -> PriceRunRequest {
    PriceRunRequest {
        rule: Some(rule.to_owned()),
        selection: Selection::default(),
    }
}

fn draft(rule: Value) -> RuleDraft {
    RuleDraft {
        name: Some("rule".to_owned()),
        rule: Some(rule),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_cannot_be_is_refused_with_its_place() -> Result<()> {
    let app = App::start().await?;
    let steps = |steps: Value| json!({ "currency": "EUR", "steps": steps });
    for (given, place) in [
        (steps(json!([{ "percent": 50 }])), "steps[0].percent"),
        (
            steps(json!([{ "percent": "50" }, { "percent": "20" }])),
            "steps[0].up_to",
        ),
        (steps(json!([{ "percents": "50" }])), "percents"),
        (
            json!({ "currency": "euro", "steps": [{ "percent": "1" }] }),
            "currency",
        ),
        (
            json!({ "currency": "EUR", "steps": [], "min_margin": "10" }),
            "steps",
        ),
        (json!("double"), "rule"),
    ] {
        let (field, message) = refused(app.core.create_price_rule(&draft(given.clone())).await)?;
        assert_eq!(field, "rule");
        assert!(
            message.contains(place) || place == "rule",
            "{given}: {message}"
        );
    }
    let first = rule(&app, "double", "100").await?;
    let again = RuleDraft {
        name: Some(" double ".into()),
        ..draft(steps(json!([{ "percent": "1" }])))
    };
    let again = app.core.create_price_rule(&again).await;
    assert_eq!(refused(again)?.0, "name");
    let other = rule(&app, "triple", "200").await?;
    let renamed = RuleDraft {
        name: Some("double".into()),
        rule: None,
    };
    let renamed = app.core.change_price_rule(&other, &renamed).await;
    assert_eq!(refused(renamed)?.0, "name");
    app.core.choose_default_price_rule(Some(&first)).await?;
    app.core.choose_default_price_rule(Some(&other)).await?;
    let rules = app.core.price_rules().await?.into_iter();
    let defaults = rules.filter(|rule| rule.is_default).map(|rule| rule.name);
    assert_eq!(defaults.collect::<Vec<_>>(), ["triple"]);
    app.core.delete_price_rule(&other).await?;
    assert!(matches!(
        app.core.price_rule(&other).await,
        Err(Error::UnknownRule(_))
    ));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_every_change_and_is_applied_exactly() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let product = imported(&app, &number).await?;
    let double = rule(&app, "double", "100").await?;
    let shown = app.core.dry_run_prices(&with_rule(&double)).await?;
    let summary = &shown.run.summary;
    assert_eq!(
        (summary.products, summary.variants),
        (1, product.skus.len())
    );
    assert_eq!(
        (summary.changes, summary.unchanged, summary.problems),
        (product.skus.len(), 0, 0)
    );
    for (line, sku) in shown.lines.iter().zip(&product.skus) {
        let cost = sku.cost.clone().context("no cost")?;
        let after = line.after.clone().context("no price")?;
        assert_eq!(after.amount, cost.amount * Decimal::TWO);
        assert_eq!(line.margin_before_freight, Some(cost.amount));
        assert_eq!(line.margin_before_freight_percent, Some(Decimal::from(50)));
        assert_eq!((line.before.as_ref(), line.problem.as_ref()), (None, None));
        let rate = &line.rate.as_ref().context("no rate")?.rate;
        assert_eq!(
            (rate.source, Some(rate.at)),
            (RateSource::Gateway, product.summary.checked_at)
        );
    }
    let before = app.core.catalogue_product(&product.summary.id).await?;
    assert_eq!(before, product, "a dry run changes nothing");

    app.advance(1);
    let outcome = app.core.apply_price_run(&shown.run.id).await?;
    assert!(outcome.applied && outcome.run.applied_at.is_some());
    let after = app.core.catalogue_product(&product.summary.id).await?;
    let prices: Vec<_> = after.skus.iter().map(|sku| sku.price.clone()).collect();
    let promised: Vec<_> = shown.lines.iter().map(|line| line.after.clone()).collect();
    assert_eq!(prices, promised);
    assert_eq!(
        after.summary.rule.as_ref(),
        Some(&double),
        "the rule that was named is its own now"
    );
    let event = &app.core.latest_events(1).await?[0];
    assert_eq!(
        (event.kind.as_str(), &event.data["prices"]),
        ("prices.applied", &json!(product.skus.len()))
    );
    let history = app
        .core
        .product_history(&product.summary.id, None, Some(1))
        .await?;
    assert_eq!(history.changes[0].kind, "price");

    let again = app.core.apply_price_run(&shown.run.id).await;
    assert!(matches!(again, Err(Error::CatalogueRefused(_))));
    let nothing = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    assert_eq!(
        (nothing.lines.len(), nothing.run.summary.unchanged),
        (0, product.skus.len())
    );
    let used = app.core.delete_price_rule(&double).await;
    assert!(matches!(used, Err(Error::CatalogueRefused(_))));
    Ok(())
}

/// A product whose prices come out as they are, or of which nothing is sold, gets the rule of the run as the others do.
#[tokio::test(flavor = "multi_thread")]
async fn every_product_of_a_run_gets_its_rule() -> Result<()> {
    let app = connected().await?;
    let double = rule(&app, "double", "100").await?;
    app.core.choose_default_price_rule(Some(&double)).await?;
    let numbers: Vec<_> = app.products().await?.into_iter().take(2).collect();
    let same = imported(&app, &numbers[0]).await?;
    let unsold = imported(&app, &numbers[1]).await?;
    let off = unsold.skus.iter().map(|sku| SkuEdit {
        id: sku.id.clone(),
        own_code: None,
        chosen: Some(false),
    });
    let off = CatalogueEdit {
        skus: off.collect(),
        ..CatalogueEdit::default()
    };
    app.core.edit_product(&unsold.summary.id, &off).await?;
    let twin = rule(&app, "twin", "100").await?;
    let shown = app.core.dry_run_prices(&with_rule(&twin)).await?;
    let summary = &shown.run.summary;
    assert_eq!((summary.changes, summary.products), (0, 2));
    assert!(app.core.apply_price_run(&shown.run.id).await?.applied);
    for id in [&same.summary.id, &unsold.summary.id] {
        let ruled = app.core.catalogue_product(id).await?;
        assert_eq!(ruled.summary.rule.as_ref(), Some(&twin));
    }
    let kept = app.core.catalogue_product(&same.summary.id).await?;
    assert_eq!(kept.skus, same.skus);
    Ok(())
}

fn price(amount: &str, currency: &str) -> HandPrice {
    HandPrice {
        amount: amount.to_owned(),
        currency: currency.to_owned(),
    }
}

async fn noted(app: &App, action: &str) -> Result<usize> {
    let query = AuditQuery {
        action: Some(action.to_owned()),
        ..AuditQuery::default()
    };
    Ok(app.core.audit_log(&query).await?.entries.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_was_set_by_hand_is_left_alone_until_it_is_taken_back() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let product = imported(&app, &number).await?;
    let (id, sku) = (&product.summary.id, &product.skus[0].id);
    let double = rule(&app, "double", "100").await?;
    app.core.choose_default_price_rule(Some(&double)).await?;
    let prices = async || -> Result<Vec<_>> {
        let skus = app.core.catalogue_product(id).await?.skus.into_iter();
        Ok(skus.map(|sku| (sku.price, sku.price_by_hand)).collect())
    };
    let euros = |amount: &str| -> Result<Option<MoneyView>> {
        Ok(Some(MoneyView {
            amount: amount.parse()?,
            currency: "EUR".to_owned(),
        }))
    };

    // What was shown before is not applied any more.
    let earlier = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    let set = app
        .core
        .price_by_hand(id, sku, &price("99.9", "eur"))
        .await?;
    assert_eq!((&set.price, set.by_hand), (&euros("99.90")?, true));
    assert_eq!((set.least, set.problem), (None, None));
    assert_eq!(prices().await?[0], (euros("99.90")?, true));
    let overtaken = app.core.apply_price_run(&earlier.run.id).await?;
    assert_eq!((overtaken.applied, overtaken.differing), (false, 1));

    let shown = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    let summary = &shown.run.summary;
    let others = product.skus.len() - 1;
    assert_eq!(
        (
            summary.by_hand,
            summary.changes,
            summary.unchanged,
            summary.problems
        ),
        (1, others, 0, 0)
    );
    let kept = shown.lines.iter().find(|line| line.sku == *sku);
    let kept = kept.context("the dry run does not show it")?;
    assert!(kept.by_hand && kept.after.is_none());
    assert_eq!((&kept.before, &kept.least), (&euros("99.90")?, &None));
    let cost = kept.cost.as_ref().context("no cost")?.amount;
    assert_eq!(
        kept.margin_before_freight,
        Some("99.90".parse::<Decimal>()? - cost)
    );
    assert!(app.core.apply_price_run(&shown.run.id).await?.applied);
    let after = prices().await?;
    assert_eq!(after[0], (euros("99.90")?, true));
    let doubled = product.skus[1].cost.as_ref().context("no cost")?.amount * Decimal::TWO;
    assert_eq!(after[1].0.as_ref().map(|price| price.amount), Some(doubled));

    // Nor does reading the product again; and setting what is set is no change.
    app.advance(60);
    imported(&app, &number).await?;
    assert_eq!(prices().await?, after);
    let told = app.core.latest_events(50).await?.len();
    app.core
        .price_by_hand(id, sku, &price("99.90", "EUR"))
        .await?;
    assert_eq!(app.core.latest_events(50).await?.len(), told);
    assert_eq!(noted(&app, "product.priced_by_hand").await?, 1);

    let left = app.core.price_by_rules(id, sku).await?;
    assert_eq!((&left.price, left.by_hand), (&euros("99.90")?, false));
    assert_eq!(noted(&app, "product.priced_by_rules").await?, 1);
    let event = &app.core.latest_events(1).await?[0];
    assert_eq!(
        (event.kind.as_str(), &event.data["changes"]),
        ("product.changed", &json!(["price_by_hand"]))
    );
    let again = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    assert_eq!(
        (again.run.summary.by_hand, again.run.summary.changes),
        (0, 1)
    );
    assert!(app.core.apply_price_run(&again.run.id).await?.applied);
    let history = app.core.product_history(id, None, Some(50)).await?.changes;
    let of_it = history
        .into_iter()
        .filter(|change| change.kind == "price" && change.sku.as_ref() == Some(sku));
    let steps: Vec<_> = of_it.map(|change| change.before).collect();
    assert_eq!(
        steps,
        [Some(json!({ "amount": "99.90", "currency": "EUR" })), None]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_by_hand_is_checked_and_a_low_one_is_told_of() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let product = imported(&app, &number).await?;
    let (id, sku) = (&product.summary.id, &product.skus[0].id);
    let cost = product.skus[0].cost.clone().context("no cost")?.amount;
    // Without a rule it should cost no less than it costs.
    let cheap = app
        .core
        .price_by_hand(id, sku, &price("0.01", "EUR"))
        .await?;
    let least = cheap.least.context("it sells for less than it costs")?;
    assert_eq!((least.amount, cheap.rule), (cost, None));
    let dollars = price("9", "USD");
    let other = app.core.price_by_hand(id, &product.skus[1].id, &dollars);
    let (field, message) = refused(other.await)?;
    assert_eq!(field, "currency", "the other price is in euros: {message}");

    let margin = RuleDraft {
        name: Some("margin".to_owned()),
        rule: Some(
            json!({ "currency": "EUR", "steps": [{ "percent": "300" }], "min_margin": "50" }),
        ),
    };
    let margin = app.core.create_price_rule(&margin).await?.id;
    app.core.choose_default_price_rule(Some(&margin)).await?;
    let half = (cost * Decimal::TWO).to_string();
    let enough = app
        .core
        .price_by_hand(id, sku, &price(&half, "EUR"))
        .await?;
    assert_eq!(enough.least, None, "exactly the minimum is enough");
    assert_eq!(
        enough.margin_before_freight_percent,
        Some(Decimal::from(50))
    );
    let low = (cost * Decimal::TWO - "0.01".parse::<Decimal>()?).to_string();
    let low = app.core.price_by_hand(id, sku, &price(&low, "EUR")).await?;
    assert_eq!(
        low.least.map(|least| least.amount),
        Some(cost * Decimal::TWO)
    );
    let shown = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    let line = shown.lines.iter().find(|line| line.sku == *sku);
    let line = line.context("it is not shown")?;
    assert_eq!(
        line.least.as_ref().map(|least| least.amount),
        Some(cost * Decimal::TWO)
    );
    let listed = app.core.hand_prices(id).await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].least, line.least);

    let noted_before = noted(&app, "product.priced_by_hand").await?;
    for (of, given, field) in [
        (sku.as_str(), price("9,99", "EUR"), "amount"),
        (sku, price("9.99", "USD"), "currency"),
        (sku, price("9.99", "euros"), "currency"),
        ("1", price("9.99", "EUR"), "sku"),
    ] {
        let set = app.core.price_by_hand(id, of, &given).await;
        assert_eq!(refused(set)?.0, field);
    }
    assert_eq!(refused(app.core.price_by_rules(id, "1").await)?.0, "sku");
    let nowhere = app
        .core
        .price_by_hand("prod_1", sku, &price("1", "EUR"))
        .await;
    assert!(matches!(nowhere, Err(Error::UnknownProduct(_))));
    assert_eq!(noted(&app, "product.priced_by_hand").await?, noted_before);
    Ok(())
}

/// Whatever moves between showing and applying: nothing is changed, and the answer says what differs.
#[tokio::test(flavor = "multi_thread")]
async fn what_has_moved_since_it_was_shown_is_not_applied() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 2).await?;
    let product = imported(&app, &number).await?;
    let id = &product.summary.id;
    let double = rule(&app, "double", "100").await?;
    let path = format!("products/{number}");

    let shown = app.core.dry_run_prices(&with_rule(&double)).await?;
    app.control(
        &path,
        &json!({ "sku_id": product.skus[0].id, "price": "50.00" }),
    )
    .await?;
    imported(&app, &number).await?;
    let cost = app.core.apply_price_run(&shown.run.id).await?;
    assert_eq!((cost.applied, cost.differing), (false, 1));
    let difference = &cost.differences[0];
    assert_eq!(difference.shown, shown.lines[0]);
    let now = difference.now.as_ref().context("it vanished")?;
    assert_ne!(now.cost, difference.shown.cost);

    let shown = app.core.dry_run_prices(&with_rule(&double)).await?;
    let change = RuleDraft {
        name: None,
        rule: Some(json!({ "currency": "EUR", "steps": [{ "percent": "101" }] })),
    };
    app.core.change_price_rule(&double, &change).await?;
    let ruled = app.core.apply_price_run(&shown.run.id).await?;
    assert_eq!(
        (ruled.applied, ruled.differing),
        (false, product.skus.len())
    );

    let shown = app.core.dry_run_prices(&with_rule(&double)).await?;
    let off = SkuEdit {
        id: product.skus[1].id.clone(),
        own_code: None,
        chosen: Some(false),
    };
    let off = CatalogueEdit {
        skus: vec![off],
        ..CatalogueEdit::default()
    };
    app.core.edit_product(id, &off).await?;
    let chosen = app.core.apply_price_run(&shown.run.id).await?;
    assert_eq!((chosen.applied, chosen.differing), (false, 1));
    assert_eq!(chosen.differences[0].now, None);

    // Reading the same again is no difference.
    let shown = app.core.dry_run_prices(&with_rule(&double)).await?;
    app.advance(60);
    imported(&app, &number).await?;
    let kept = app.core.catalogue_product(id).await?;
    assert!(
        kept.skus.iter().all(|sku| sku.price.is_none()),
        "nothing was applied so far"
    );
    assert!(app.core.apply_price_run(&shown.run.id).await?.applied);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cost_in_another_currency_needs_a_rate_that_was_entered() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 1).await?;
    let import = CatalogueImport {
        product: number,
        currency: Some("USD".into()),
        ..CatalogueImport::default()
    };
    let product = app.core.import_product(&import).await?;
    let cost = product.skus[0].cost.clone().context("no cost")?;
    assert_eq!(cost.currency, "USD");
    let francs = rule_in(&app, "francs", "100", "XAF").await?;
    let shown = app.core.dry_run_prices(&with_rule(&francs)).await?;
    assert_eq!(
        (shown.run.summary.changes, shown.run.summary.problems),
        (0, product.skus.len())
    );
    let problem = PricingProblem::NoRate {
        from: "USD".into(),
        to: "XAF".into(),
    };
    assert_eq!(shown.lines[0].problem.as_ref(), Some(&problem));
    for (from, to, rate, field) in [
        ("USD", "USD", "1", "to"),
        ("US", "XAF", "1", "from"),
        ("USD", "XAF", "600,5", "rate"),
        ("USD", "XAF", "-1", "rate"),
    ] {
        assert_eq!(
            refused(app.core.set_exchange_rate(from, to, rate).await)?.0,
            field
        );
    }
    app.core.set_exchange_rate("usd", "xaf", "600.5").await?;
    let shown = app.core.dry_run_prices(&with_rule(&francs)).await?;
    let line = &shown.lines[0];
    let landed = cost.amount * "600.5".parse::<Decimal>()?;
    assert_eq!(
        line.converted_cost.as_ref().map(|cost| cost.amount),
        Some(landed.normalize())
    );
    let rate = &line.rate.as_ref().context("no rate")?.rate;
    assert_eq!(
        (rate.source, rate.rate),
        (RateSource::Operator, "600.5".parse()?)
    );
    let after = line.after.as_ref().context("no price")?;
    assert_eq!(
        (after.amount.scale(), after.currency.as_str()),
        (0, "XAF"),
        "francs have no cents"
    );
    assert!(
        after.amount >= landed * Decimal::TWO
            && after.amount < landed * Decimal::TWO + Decimal::ONE
    );

    // The rate moves: what was shown is not applied.
    app.core.set_exchange_rate("USD", "XAF", "601").await?;
    assert!(!app.core.apply_price_run(&shown.run.id).await?.applied);
    app.core.remove_exchange_rate("USD", "XAF").await?;
    assert!(matches!(
        app.core.remove_exchange_rate("USD", "XAF").await,
        Err(Error::UnknownRate { .. })
    ));
    assert!(app.core.exchange_rates().await?.is_empty());
    let unruled = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    assert_eq!(unruled.lines[0].problem, Some(PricingProblem::NoRule));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_is_checked_and_kept_to() -> Result<()> {
    let app = connected().await?;
    let mut ids = Vec::new();
    for number in app.products().await?.iter().take(3) {
        ids.push(imported(&app, number).await?.summary.id);
    }
    let double = rule(&app, "double", "100").await?;
    let run = |selection| PriceRunRequest {
        rule: Some(double.clone()),
        selection,
    };
    let named = Selection {
        products: Some(vec![ids[1].clone()]),
        ..Selection::default()
    };
    let shown = app.core.dry_run_prices(&run(named.clone())).await?;
    assert!(shown.lines.iter().all(|line| line.product == ids[1]) && !shown.lines.is_empty());
    let label = CatalogueEdit {
        labels: Some(vec!["lamps".into()]),
        ..CatalogueEdit::default()
    };
    app.core.edit_product(&ids[2], &label).await?;
    let labelled = Selection {
        label: Some("lamps".into()),
        ..Selection::default()
    };
    let shown = app.core.dry_run_prices(&run(labelled)).await?;
    assert!(shown.lines.iter().all(|line| line.product == ids[2]) && !shown.lines.is_empty());

    let both = Selection {
        label: Some("lamps".into()),
        ..named
    };
    assert_eq!(
        refused(app.core.dry_run_prices(&run(both)).await)?.0,
        "selection"
    );
    let state = Selection {
        state: Some("sold".into()),
        ..Selection::default()
    };
    assert_eq!(
        refused(app.core.dry_run_prices(&run(state)).await)?.0,
        "state"
    );
    let unknown = Selection {
        products: Some(vec!["prod_1".into()]),
        ..Selection::default()
    };
    assert!(matches!(
        app.core.dry_run_prices(&run(unknown)).await,
        Err(Error::UnknownProduct(_))
    ));

    // What a program gives that has found nothing is not the whole catalogue.
    let empty = Selection {
        products: Some(Vec::new()),
        ..Selection::default()
    };
    let blank = Selection {
        label: Some(" ".into()),
        ..Selection::default()
    };
    for selection in [empty, blank] {
        let refused = refused(app.core.dry_run_prices(&run(selection)).await)?;
        assert_eq!(refused.0, "selection", "{refused:?}");
    }

    // Lines come in parts.
    let all = app.core.dry_run_prices(&run(Selection::default())).await?;
    let part = app.core.price_run(&all.run.id, Some(1), Some(2)).await?;
    assert_eq!((&part.lines[..], part.next), (&all.lines[1..3], Some(3)));
    assert!(matches!(
        app.core.price_run("run_1", None, None).await,
        Err(Error::UnknownRun(_))
    ));
    Ok(())
}

/// Who made prices what they are stands in the log, with the rates that were entered.
#[tokio::test(flavor = "multi_thread")]
async fn what_makes_prices_is_audited_and_old_runs_are_forgotten() -> Result<()> {
    let app = connected().await?;
    let number = product_with(&app, 1).await?;
    imported(&app, &number).await?;
    let double = rule(&app, "double", "100").await?;
    app.core.choose_default_price_rule(Some(&double)).await?;
    let run = app.core.dry_run_prices(&PriceRunRequest::default()).await?;
    app.core.apply_price_run(&run.run.id).await?;
    let renamed = RuleDraft {
        name: Some("twice".into()),
        rule: None,
    };
    app.core.change_price_rule(&double, &renamed).await?;
    app.core.delete_price_rule(&double).await?;
    app.core.set_exchange_rate("USD", "EUR", "0.92").await?;
    app.core.remove_exchange_rate("USD", "EUR").await?;
    let log = app.core.audit_log(&AuditQuery::default()).await?.entries;
    let actions: Vec<_> = log
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), entry.subject.as_deref()))
        .filter(|(action, _)| !action.starts_with("connection."))
        .skip_while(|(action, _)| *action != "price_rule.created")
        .collect();
    assert_eq!(
        actions,
        [
            ("price_rule.created", Some(double.as_str())),
            ("price_rule.default", Some(&double)),
            ("prices.applied", Some(&run.run.id)),
            ("price_rule.changed", Some(&double)),
            ("price_rule.deleted", Some(&double)),
            ("exchange_rate.set", Some("USD/EUR")),
            ("exchange_rate.removed", Some("USD/EUR")),
        ]
    );
    let entered = log.iter().find(|entry| entry.action == "exchange_rate.set");
    assert_eq!(entered.context("no entry")?.data["rate"], "0.92");

    app.advance(29 * 86_400);
    app.core.forget_old().await?;
    app.core.price_run(&run.run.id, None, None).await?;
    app.advance(2 * 86_400);
    app.core.forget_old().await?;
    let forgotten = app.core.price_run(&run.run.id, None, None).await;
    assert!(matches!(forgotten, Err(Error::UnknownRun(_))));
    Ok(())
}
