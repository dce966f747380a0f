use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueQuery, ExportFormat, PriceRunRequest, SkuEdit,
};
use smartlinks_store::{
    Availability, CatalogueId, CatalogueProduct, CatalogueSku, CatalogueState, ConnectionId,
    Millis, NewCatalogueEntry, SystemEntropy, Traces,
};
use testkit::app::{App, NOON_MS};

use crate::shops::{self, lines};
use crate::{connected, imported, rule};

async fn file(app: &App, format: ExportFormat, query: &CatalogueQuery) -> Result<Vec<u8>> {
    let mut export = app.core.export_catalogue(format, query, None).await?;
    let mut file = Vec::new();
    while let Some(part) = export.next().await? {
        file.extend(part);
    }
    Ok(file)
}

async fn whole(app: &App, format: ExportFormat) -> Result<Vec<u8>> {
    file(app, format, &CatalogueQuery::default()).await
}

/// A variant with properties, a price and seven in stock.
fn sku(id: &str, properties: &[(&str, &str)], price: Option<&str>) -> CatalogueSku {
    let properties: Vec<_> = properties
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value, "image": null }))
        .collect();
    CatalogueSku {
        sku_id: id.to_owned(),
        position: id.parse().unwrap_or(0),
        attr: format!("14:{id}"),
        properties_json: json!(properties).to_string(),
        image: Some("https://img.example/a,b.jpg".to_owned()),
        own_code: None,
        chosen: true,
        cost: Some("4.5".to_owned()),
        currency: Some("EUR".to_owned()),
        stock: Some(7),
        price: price.map(str::to_owned),
        price_currency: price.map(|_| "EUR".to_owned()),
        price_by_hand: false,
        gone_at: None,
        replacement: None,
    }
}

/// Puts a product into the catalogue as no sandbox would make it.
async fn put(
    app: &App,
    number: &str,
    title: &str,
    skus: Vec<CatalogueSku>,
    alter: impl FnOnce(&mut CatalogueProduct),
) -> Result<String> {
    let connection = app
        .core
        .connections()
        .await?
        .into_iter()
        .next()
        .context("not connected")?;
    let now = Millis(NOON_MS);
    let connection: ConnectionId = connection.id.parse()?;
    let mut product = CatalogueProduct {
        id: CatalogueId::generate(now, &SystemEntropy)?,
        connection,
        product_id: number.to_owned(),
        version: 1,
        state: CatalogueState::Listed,
        availability: Availability::OnSale,
        labels: vec!["=cmd".to_owned(), "lamps".to_owned()],
        search: String::new(),
        title: title.to_owned(),
        source_title: title.to_owned(),
        ship_to: "FR".to_owned(),
        currency: "EUR".to_owned(),
        language: "fr".to_owned(),
        image: None,
        shop: None,
        rule: None,
        checked_at: now,
        next_check_at: None,
        added_at: now,
        updated_at: now,
    };
    alter(&mut product);
    let id = product.id.to_string();
    let details = json!({
        "images": ["https://img.example/1.jpg", "javascript:alert(1)", "https://img.example/2,3.jpg", "https://img.example/1.jpg"],
        "category_id": 7,
        "properties": [{ "name": "Material", "value": "<script>alert(1)</script>", "image": null }],
        "rating": null, "reviews": null, "sales": null, "delivery_days": null,
    });
    let entry = NewCatalogueEntry {
        product,
        skus,
        codes_change: false,
        details_json: Some(details.to_string()),
        changes: Vec::new(),
    };
    anyhow::ensure!(
        app.core
            .store()
            .catalogue()
            .save(entry, Traces::none())
            .await?
    );
    Ok(id)
}

/// Products of the sandbox with prices, and some that would break a file made carelessly.
async fn filled() -> Result<App> {
    let app = connected().await?;
    for number in app.products().await?.iter().take(12) {
        imported(&app, number).await?;
    }
    let double = rule(&app, "double", "100").await?;
    let request = PriceRunRequest {
        rule: Some(double),
        ..PriceRunRequest::default()
    };
    let run = app.core.dry_run_prices(&request).await?;
    anyhow::ensure!(app.core.apply_price_run(&run.run.id).await?.applied);

    let price = Some("9.90");
    let many = [
        ("A", "1"),
        ("B", "2, or 3"),
        ("C", "=3"),
        ("D", "4"),
        ("E", "5"),
    ];
    let mut coded = sku("2", &[("Colour", "-Oak"), ("Size", "S, M")], price);
    coded.own_code = Some("+LMP,01".to_owned());
    put(
        &app,
        "90001",
        "=HYPERLINK(\"http://x\")",
        vec![sku("1", &[("Colour", "Oak"), ("Size", "L")], price), coded],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90002",
        "Alike",
        vec![
            sku("1", &[("Colour", "Oak")], price),
            sku("2", &[("Colour", "oak ")], price),
        ],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90003",
        "Five options\nand two lines",
        vec![sku("1", &many, price), sku("2", &many[..3], price)],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90004",
        "No properties",
        vec![sku("1", &[], price)],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90005",
        "Two without properties",
        vec![sku("1", &[], price), sku("2", &[], price)],
        |_| (),
    )
    .await?;
    let mut gone = sku("2", &[("Colour", "Ash")], price);
    gone.gone_at = Some(Millis(NOON_MS));
    let mut dollars = sku("3", &[("Colour", "Elm")], price);
    dollars.price_currency = Some("USD".to_owned());
    let mut off = sku("4", &[("Colour", "Yew")], price);
    off.chosen = false;
    let unpriced = sku("5", &[("Colour", "Fir")], None);
    put(
        &app,
        "90006",
        "One of five",
        vec![
            sku("1", &[("Colour", "Oak")], price),
            gone,
            dollars,
            off,
            unpriced,
        ],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90007",
        "Nothing to sell",
        vec![sku("1", &[("Colour", "Oak")], None)],
        |_| (),
    )
    .await?;
    put(
        &app,
        "90008",
        "Held",
        vec![sku("1", &[], price)],
        |product| product.state = CatalogueState::Held,
    )
    .await?;
    put(
        &app,
        "90009",
        "Not sold here",
        vec![sku("1", &[], price)],
        |product| product.availability = Availability::NotSoldHere,
    )
    .await?;
    Ok(app)
}

/// A spreadsheet that parts cells at semicolons finds no formula, nor one that parts them at tabs.
#[tokio::test(flavor = "multi_thread")]
async fn no_cell_is_a_formula_wherever_it_begins() -> Result<()> {
    let app = connected().await?;
    let hostile = "Lampe;=cmd|' /C calc'!A0; \"@x\t+1\r\n-2,;＝3";
    let mut variant = sku("1", &[(hostile, hostile), ("\";=1", "é")], Some("9.90"));
    variant.image = Some("https://img.example/a;=1.jpg".to_owned());
    variant.own_code = Some("A;=1".to_owned());
    put(&app, "90001", hostile, vec![variant], |product| {
        product.labels = vec!["a;=b".to_owned()];
    })
    .await?;
    for format in [
        ExportFormat::Csv,
        ExportFormat::Shopify,
        ExportFormat::Woocommerce,
    ] {
        let file = whole(&app, format).await?;
        for delimiter in [b';', b'\t'] {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .from_reader(file.as_slice());
            let (mut cells, mut hidden) = (0, 0);
            for record in reader.records() {
                for cell in &record? {
                    let begins = cell.trim_start_matches([' ', '"']);
                    let formula = begins.starts_with(['=', '+', '-', '@', '＝']);
                    assert!(!formula, "{format}: {cell:?}");
                    cells += 1;
                    hidden += usize::from(begins.starts_with('\''));
                }
            }
            assert!(cells > 2 && hidden > 0, "{format}: nothing was parted");
        }
    }
    Ok(())
}

/// How each hostile product comes out: options, variants, and the prices of all the others.
fn same_in_both_shops(shop: &std::collections::BTreeMap<String, shops::Product>) -> Result<()> {
    let of = |number: &str| {
        let mark = format!("-{number}-");
        let mut all = shop.iter().filter(|(handle, product)| {
            handle.contains(&mark)
                || product
                    .variants
                    .iter()
                    .any(|variant| variant.sku.starts_with(&format!("{number}-")))
        });
        all.next().map(|(_, product)| product)
    };
    assert_eq!(of("90001").context("90001")?.variants.len(), 2);
    assert_eq!(of("90002").context("90002")?.variants.len(), 2);
    let five = of("90003").context("90003")?;
    assert!(five.options.len() >= 3 && five.variants.len() == 2);
    assert_eq!(of("90004").context("90004")?.variants.len(), 1);
    assert_eq!(of("90005").context("90005")?.variants.len(), 2);
    let one = of("90006").context("90006")?;
    assert_eq!(
        one.variants.len(),
        1,
        "gone, in another currency, not chosen, without a price"
    );
    assert!(of("90007").is_none(), "what has no price is not given away");
    for number in ["90008", "90009"] {
        let draft = of(number).context("no draft")?;
        assert!(!draft.live);
        assert_eq!(
            draft.variants[0].stock,
            Some(0),
            "what cannot be bought is not in stock"
        );
    }
    let pictures = &of("90004").context("90004")?.images;
    assert_eq!(
        pictures.len(),
        2,
        "each once, and only those that may be followed"
    );
    assert_eq!(
        of("90004").context("90004")?.variants[0].price,
        Decimal::new(990, 2)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn shopify_takes_the_file() -> Result<()> {
    let app = filled().await?;
    let file = whole(&app, ExportFormat::Shopify).await?;
    let shop = shops::shopify(&file)?;
    assert_eq!(shop.len(), 20, "12 of the sandbox and 8 of ours");
    same_in_both_shops(&shop)?;
    for line in lines(&file)? {
        assert!(!line["Body (HTML)"].contains("<script"), "{line:?}");
        for (column, cell) in line {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{column}: {cell}"
            );
        }
    }
    let titles: BTreeSet<_> = shop
        .values()
        .map(|product| product.title.as_str())
        .collect();
    assert!(titles.contains("'=HYPERLINK(\"http://x\")"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn woocommerce_takes_the_file() -> Result<()> {
    let app = filled().await?;
    let file = whole(&app, ExportFormat::Woocommerce).await?;
    let shop = shops::woocommerce(&file)?;
    assert_eq!(shop.len(), 20, "12 of the sandbox and 8 of ours");
    same_in_both_shops(&shop)?;
    let oak = shop
        .values()
        .find(|product| product.title.starts_with("=HYPERLINK"))
        .context("it vanished")?;
    let coded = &oak.variants[1];
    assert_eq!(
        (coded.sku.as_str(), &coded.values[..]),
        ("+LMP,01", &["-Oak".to_owned(), "S, M".to_owned()][..])
    );
    assert_eq!(oak.tags, ["=cmd", "lamps"]);
    for line in lines(&file)? {
        for (column, cell) in line {
            let number = column == "Published" && cell == "-1";
            assert!(
                number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{column}: {cell}"
            );
        }
    }
    Ok(())
}

/// JSON lines hold everything, product for product as the API shows it; the plain CSV a line for each variant.
#[tokio::test(flavor = "multi_thread")]
async fn the_plain_forms_hold_everything() -> Result<()> {
    let app = filled().await?;
    let file = whole(&app, ExportFormat::Jsonl).await?;
    let text = String::from_utf8(file)?;
    let listed: Vec<CatalogueDetail> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let page = app.core.catalogue(&CatalogueQuery::default()).await?;
    assert_eq!(listed.len(), page.products.len());
    for (line, summary) in listed.iter().zip(&page.products) {
        assert_eq!(&line.summary, summary);
        assert_eq!(line, &app.core.catalogue_product(&summary.id).await?);
    }
    for line in text.lines() {
        let value: Value = serde_json::from_str(line)?;
        let price = &value["skus"][0]["cost"]["amount"];
        assert!(
            price.is_string() || price.is_null(),
            "an amount is never a float: {price}"
        );
    }
    let table = lines(&whole(&app, ExportFormat::Csv).await?)?;
    let variants: usize = listed.iter().map(|product| product.skus.len()).sum();
    assert_eq!(table.len(), variants);
    let skus = listed.iter().flat_map(|product| &product.skus);
    for (line, sku) in table.iter().zip(skus) {
        assert_eq!(line["sku"], sku.id);
        let price = sku.price.as_ref().map(|price| price.amount.to_string());
        assert_eq!(line["price"], price.unwrap_or_default());
        assert!(
            line.values()
                .all(|cell| !cell.starts_with(['=', '+', '-', '@'])),
            "{line:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_each_product_once_over_many_parts() -> Result<()> {
    let app = connected().await?;
    for number in 0..250 {
        let skus = vec![sku("1", &[("Colour", "Oak")], Some("9.90"))];
        put(
            &app,
            &(80_000 + number).to_string(),
            "Lamp",
            skus,
            |product| {
                product.labels = vec![format!("l{}", number % 2)];
            },
        )
        .await?;
    }
    let mut export = app
        .core
        .export_catalogue(ExportFormat::Shopify, &CatalogueQuery::default(), None)
        .await?;
    let (mut parts, mut all) = (0, Vec::new());
    while let Some(part) = export.next().await? {
        parts += 1;
        all.extend(part);
    }
    assert!(parts >= 3);
    assert_eq!(shops::shopify(&all)?.len(), 250);
    let half = CatalogueQuery {
        label: Some("l1".into()),
        ..CatalogueQuery::default()
    };
    assert_eq!(
        shops::shopify(&file(&app, ExportFormat::Shopify, &half).await?)?.len(),
        125
    );
    // A file in another currency has a header and nothing else: better than wrong prices.
    let mut dollars = app
        .core
        .export_catalogue(ExportFormat::Woocommerce, &half, Some("usd"))
        .await?;
    let header = dollars.next().await?.context("no header")?;
    assert!(header.starts_with(b"Type,SKU,Name") && lines(&header)?.is_empty());

    let empty = CatalogueQuery {
        words: Some("nothing".into()),
        ..CatalogueQuery::default()
    };
    assert!(lines(&file(&app, ExportFormat::Csv, &empty).await?)?.is_empty());
    assert!(file(&app, ExportFormat::Jsonl, &empty).await?.is_empty());
    let wrong = "excel".parse::<ExportFormat>();
    assert_eq!(crate::refused(wrong)?.0, "format");
    Ok(())
}

/// Two connections with the same product: a shop tells all their variants apart, or the file is refused.
#[tokio::test(flavor = "multi_thread")]
async fn no_code_stands_twice_in_a_file_of_two_connections() -> Result<()> {
    let app = connected().await?;
    let other = app.code(Some("buyer2")).await?;
    let other: ConnectionId = app.core.exchange_pasted(&other, None).await?.id.parse()?;
    let skus = || {
        vec![
            sku("1", &[("Colour", "Oak")], Some("9.90")),
            sku("2", &[("Colour", "Ash")], Some("9.90")),
        ]
    };
    let first = put(&app, "90001", "Lamp", skus(), |_| ()).await?;
    let second = put(&app, "90001", "Lamp", skus(), |product| {
        product.connection = other.clone();
    })
    .await?;
    let products = shops::woocommerce(&whole(&app, ExportFormat::Woocommerce).await?)?;
    assert_eq!(products.len(), 2);
    let shopify = whole(&app, ExportFormat::Shopify).await?;
    let codes: BTreeSet<_> = lines(&shopify)?
        .into_iter()
        .map(|line| line["Variant SKU"].clone())
        .filter(|code| !code.is_empty())
        .collect();
    assert_eq!(codes.len(), 4, "{codes:?}");

    for id in [&first, &second] {
        let coded = SkuEdit {
            id: "1".into(),
            own_code: Some("LMP-01".into()),
            chosen: None,
        };
        let edit = CatalogueEdit {
            skus: vec![coded],
            ..CatalogueEdit::default()
        };
        app.core.edit_product(id, &edit).await?;
    }
    for format in [ExportFormat::Shopify, ExportFormat::Woocommerce] {
        let all = CatalogueQuery::default();
        let refused = crate::refused(app.core.export_catalogue(format, &all, None).await)?;
        assert_eq!(refused.0, "connection");
        assert!(refused.1.contains("LMP-01"), "{}", refused.1);
    }
    let theirs = CatalogueQuery {
        connection: Some(other.to_string()),
        ..CatalogueQuery::default()
    };
    let file = file(&app, ExportFormat::Woocommerce, &theirs).await?;
    assert_eq!(shops::woocommerce(&file)?.len(), 1);
    assert!(!whole(&app, ExportFormat::Csv).await?.is_empty());
    let ours = SkuEdit {
        id: "2".into(),
        own_code: Some("ae-90001-1".into()),
        chosen: None,
    };
    let edit = CatalogueEdit {
        skus: vec![ours],
        ..CatalogueEdit::default()
    };
    let refused = crate::refused(app.core.edit_product(&first, &edit).await)?;
    assert_eq!(refused.0, "own_code");
    Ok(())
}
