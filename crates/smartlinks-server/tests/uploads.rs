//! Files that are chosen on the page, for imports and for orders: the same use cases as a pasted text, without script.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use smartlinks_core::ProductQuery;
use testkit::app::App;
use testkit::http::{Http, Reply};

const IMPORTS: &str = "/aliexpress/catalogue/imports";
const BATCH: &str = "/aliexpress/orders/batch";
const CREATE: &str = "aliexpress.ds.order.create";
const KIB: usize = 1024;

/// A form with a file in it, as a browser sends it in French.
async fn upload(browser: &Http, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Result<Reply> {
    let mut body = Vec::new();
    for (name, text) in fields {
        let part =
            format!("--x7\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--x7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
        Content-Type: text/csv\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x7--\r\n");
    let request = browser
        .request(Method::POST, path)
        .header("content-type", "multipart/form-data; boundary=x7")
        .header("accept-language", "fr")
        .body(body);
    browser.send(request).await
}

/// The numbers of what is being imported.
async fn begun(app: &App, reply: Reply) -> Result<Vec<String>> {
    let place = reply.expect_status(303)?.location()?.to_owned();
    let id = place.rsplit('/').next().context("an import")?;
    let found = app.core.catalogue_import_lines(id, None, None, None);
    let lines = found.await?.lines.into_iter();
    Ok(lines.map(|line| line.product_id).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn products_are_imported_from_a_chosen_file() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let [one, two] = &app.products().await?[..2] else {
        anyhow::bail!("too few products");
    };
    let form = browser
        .get(&format!("{IMPORTS}?lang=fr"))
        .await?
        .expect_status(200)?
        .text();
    ensure!(
        form.contains("au plus 2\u{202f}048\u{a0}Kio") || form.contains("2\u{a0}048\u{a0}Kio"),
        "{form}"
    );

    // With a mark at its beginning, semicolons and columns of its own order; the text beside it does not count.
    let file = format!("\u{feff}labels;product\r\nété;{one}\r\n;{two}\r\n");
    let sent = upload(&browser, IMPORTS, &[("text", "lampe")], file.as_bytes()).await?;
    assert_eq!(begun(&app, sent).await?, [one.clone(), two.clone()]);
    // Numbers alone need no header, and without a chosen file the text counts.
    let sent = upload(&browser, IMPORTS, &[], format!("{two}\n\n").as_bytes()).await?;
    assert_eq!(begun(&app, sent).await?, std::slice::from_ref(two));
    let sent = upload(&browser, IMPORTS, &[("text", one)], b"").await?;
    assert_eq!(begun(&app, sent).await?, std::slice::from_ref(one));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_chosen_file_is_said_by_line_and_column() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let product = app.products().await?.remove(0);
    let pasted = [("text", "texte à garder")];

    // As a spreadsheet of western Europe saves it, and as another one saves "Unicode".
    let latin = [
        format!("product;labels\n{product};caf").as_bytes(),
        b"\xe9\n",
    ]
    .concat();
    let wide: Vec<u8> = format!("product\n{product}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (file, line) in [
        (latin.as_slice(), "Ligne </span>2"),
        (&wide, "Ligne </span>1"),
    ] {
        let page = upload(&browser, IMPORTS, &pasted, file).await?;
        let page = page.expect_status(422)?.text();
        assert!(page.contains(line) && page.contains("UTF-8"), "{page}");
        assert!(page.contains("texte à garder"), "the text is gone: {page}");
        assert!(!page.contains(['\u{fffd}', '\0']), "{page}");
    }
    // A column that is not meant is no list of products; what can be shown is shown, to be mended here.
    let file = format!("product;colour\n{product};bleu\n");
    let page = upload(&browser, IMPORTS, &pasted, file.as_bytes()).await?;
    let page = page.expect_status(422)?.text();
    assert!(
        page.contains("<code>colour</code>") && page.contains(";bleu"),
        "{page}"
    );
    let page = upload(&browser, IMPORTS, &pasted, b"id;name\n1;a\n").await?;
    let page = page.expect_status(422)?.text();
    assert!(page.contains("<code>product</code>"), "{page}");

    // More than may be sent, and nothing that is a form at all.
    let large = vec![b'1'; 2048 * KIB + 20 * KIB];
    let page = upload(&browser, IMPORTS, &[], &large).await?;
    let page = page.expect_status(413)?.text();
    assert!(
        page.contains("Kio à la fois") && page.contains("048"),
        "{page}"
    );
    assert!(page.contains(&format!("href=\"{IMPORTS}\"")), "{page}");
    for kind in ["text/csv", "multipart/form-data; boundary=other"] {
        for path in [IMPORTS, BATCH] {
            let request = browser.request(Method::POST, path);
            let request = request.header("content-type", kind).body("product\n1");
            let status = browser.send(request).await?.status;
            assert!(matches!(status, 400 | 415), "{path} {kind}: {status}");
        }
    }
    assert!(
        app.core
            .catalogue_imports(None, None)
            .await?
            .imports
            .is_empty()
    );
    Ok(())
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Result<&'t str> {
    let (_, rest) = text.split_once(start).context("no beginning")?;
    Ok(rest.split_once(end).context("no end")?.0)
}

/// A file of one order.
async fn order(app: &App) -> Result<String> {
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    for id in app.products().await? {
        let product = app.core.product(&id, &market).await?;
        if let Some(sku) = product.skus.iter().find(|sku| sku.stock > Some(5)) {
            return Ok(format!(
                "product,sku,quantity,country,contact_person,address,zip,city,province,mobile_no\n\
                 {id},{},1,FR,Zoé Exemple,1 rue de l'Exemple,35000,Rennes,Bretagne,600000000\n",
                sku.id
            ));
        }
    }
    anyhow::bail!("nothing is in stock")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_file_and_its_pasted_text_order_once() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let text = order(&app).await?;
    let marked = format!("\u{feff}{text}");
    let seen = upload(&browser, BATCH, &[("csv", "")], marked.as_bytes()).await?;
    let seen = seen.expect_status(200)?.text();
    assert!(seen.contains("Une commande est lisible"), "{seen}");
    assert!(seen.contains("name=\"from\" value=\"2\""), "{seen}");
    assert_eq!(app.journal(CREATE).await?.len(), 0);

    // The step carries the text of the file, with the line ends of a browser; then the text is pasted, and the file is
    // sent by a program, mark and all.
    let stands = between(&seen, "name=\"seen\" value=\"", "\"")?.to_owned();
    let carried = text.replace('\n', "\r\n");
    let step = |csv, seen| {
        [
            ("csv", csv),
            ("from", "2"),
            ("seen", seen),
            ("order", "next"),
        ]
    };
    for csv in [carried.as_str(), &text] {
        let done = browser.post_form(BATCH, &step(csv, &stands)).await?;
        let done = done.expect_status(200)?.text();
        assert!(
            done.contains("/aliexpress/orders/intents/intent_"),
            "{done}"
        );
    }
    // What was changed since it was looked at is looked at only, and so is a line that is added without looking.
    let changed = text.replace("1 rue", "2 rue");
    for csv in [changed.as_str(), &text] {
        let stands = if csv == text { "" } else { stands.as_str() };
        let held = browser.post_form(BATCH, &step(csv, stands)).await?;
        let held = held.expect_status(200)?.text();
        assert!(
            held.contains("Something was changed since you looked"),
            "{held}"
        );
    }
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    let batch = smartlinks_core::OrderBatch {
        csv: marked,
        batch: None,
        connection: None,
        go_on: false,
        from: None,
        limit: None,
    };
    assert!(
        app.core.order_batch(&batch).await?.results[0]
            .intent
            .is_some()
    );
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    Ok(())
}

/// With long names and addresses, as programs and browsers write them.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_thousand_orders_fits() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let text = order(&app).await?;
    let (header, line) = text.split_once('\n').context("a header")?;
    let street = "12 bis, allée de la Bibliothèque-Médiathèque Élisabeth-et-Théodore, bâtiment É, 3ᵉ étage à côté de l'ascenseur";
    let line = line.replace("1 rue de l'Exemple", &format!("\"{street}\""));
    let csv = format!("{header}\n{}", line.repeat(1000));
    assert!(csv.len() > 200 * KIB, "{}", csv.len());
    let body = serde_json::json!({ "csv": csv, "limit": 0 }).to_string();
    let escaped = body.chars().map(|letter| match letter.is_ascii() {
        true => letter.to_string(),
        false => format!("\\u{:04x}", u32::from(letter)),
    });
    let escaped: String = escaped.collect();
    for body in [escaped, body] {
        let request = browser.request(Method::POST, "/api/aliexpress/orders/batch");
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let seen: serde_json::Value = browser.send(request).await?.json()?;
        assert_eq!(seen["lines"], 1000, "{seen}");
    }
    let seen = browser.post_form(BATCH, &[("csv", csv.as_str())]).await?;
    let seen = seen.expect_status(200)?.text();
    assert!(seen.contains("name=\"from\" value=\"2\""), "{seen}");
    assert_eq!(app.journal(CREATE).await?.len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_orders_that_cannot_be_read_orders_nothing() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = app.visitor()?;
    let text = order(&app).await?;
    let latin: Vec<u8> = text.chars().map(|one| one as u8).collect();
    let page = upload(&browser, BATCH, &[("csv", "à garder")], &latin).await?;
    let page = page.expect_status(422)?.text();
    assert!(
        page.contains("UTF-8") && page.contains("à garder"),
        "{page}"
    );
    // Within what the steps may send, and more than a file may be.
    let many = text.repeat(512 * KIB / text.len() + 1);
    let page = upload(&browser, BATCH, &[], many.as_bytes()).await?;
    let page = page.expect_status(422)?.text();
    assert!(page.contains("512"), "{page}");
    let page = upload(&browser, BATCH, &[], &vec![b'x'; 1600 * KIB]).await?;
    let page = page.expect_status(413)?.text();
    assert!(page.contains("512\u{a0}Kio"), "{page}");
    assert_eq!(app.journal(CREATE).await?.len(), 0);
    Ok(())
}
