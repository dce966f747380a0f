//! Whatever a form of trade refuses is said in the reader's language.

use anyhow::Result;
use testkit::app::App;
use testkit::http::Http;

const IMPORTS: &str = "/aliexpress/catalogue/imports";
const BATCH: &str = "/aliexpress/orders/batch";
const RULES: &str = "/aliexpress/catalogue/rules";
const NEW: &str = "/aliexpress/orders/new";

/// Sends a form that cannot be taken; what is English on the page that answers.
async fn english(browser: &Http, path: &str, fields: &[(&str, &str)]) -> Result<Vec<String>> {
    let reply = browser.post_form(path, fields).await?;
    let (status, page) = (reply.status, reply.text());
    let shown = format!("{path} {fields:.300?}");
    assert!((400..500).contains(&status), "{shown}: {status}");
    // The foot of the page names the other language in itself.
    let body = page.split("<footer").next().unwrap_or_default();
    let body = body.split("<main").nth(1).unwrap_or_default();
    let marked = body.split(r#"lang="en">"#).skip(1);
    Ok(marked
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .filter(|text| !text.is_empty())
        .map(|text| format!("{path} {fields:?}: {text}"))
        .collect())
}

async fn french(app: &App) -> Result<Http> {
    app.visitor()?.with_header("accept-language", "fr")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_is_said_in_french() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = french(&app).await?;
    let mut left = Vec::new();
    let many = ["1005006000000001"; 2].join("\n");
    let labels = (0..30)
        .map(|at| at.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let long = "x".repeat(50);
    let ok = "1005006000000001";
    for text in [
        "",
        "lampe",
        "https://a.aliexpress.com/_mNabcde",
        "https://www.aliexpress.com/store/1",
        &many,
        "product;colour\n1005006000000001;x",
        "product;product\n1;1",
        "labels;product\n",
        "product;labels\n1005006000000001",
        "product;skus\n1005006000000001;blue",
        "product;skus\n1.005E+15;1.2E+10",
        "product;rule\n1005006000000001;keine",
        "product;labels\n1005006000000001;a\u{1}b",
        "product\n\u{fffd}",
    ] {
        left.extend(english(&browser, IMPORTS, &[("text", text)]).await?);
    }
    for labels in [labels.as_str(), &long] {
        left.extend(english(&browser, IMPORTS, &[("text", ok), ("labels", labels)]).await?);
    }
    let file = format!("product;labels\n{ok};a,b,c");
    let form = [("text", file.as_str()), ("labels", labels.as_str())];
    left.extend(english(&browser, IMPORTS, &form).await?);
    let feed = format!("{IMPORTS}/feed");
    for (name, most) in [("", ""), ("none", ""), ("none", "x"), ("none", "0")] {
        left.extend(english(&browser, &feed, &[("feed", name), ("most", most)]).await?);
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_from_a_file_is_said_in_french() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = french(&app).await?;
    const HEADER: &str = "product,sku,quantity,country,contact_person,address,city,province,memo,\
        expected_price,max_total,max_drift,max_days,min_margin,sale_price,pay";
    const LINE: [&str; 16] = [
        "1005006000000001",
        "12000001",
        "1",
        "FR",
        "Test Buyer",
        "1 rue",
        "Rennes",
        "Bretagne",
        "",
        "4",
        "",
        "",
        "",
        "",
        "",
        "",
    ];
    let long = "x".repeat(300);
    let mut left = Vec::new();
    for (column, cell) in [
        (0, "lampe"),
        (0, "1.005E+15"),
        (1, "blue"),
        (1, "1.2E+10"),
        (2, "two"),
        (2, "0"),
        (3, "France"),
        (5, &long),
        (8, &long),
        (9, "abc"),
        (9, "-1"),
        (10, "1.234.5"),
        (10, "-1"),
        (11, "-1"),
        (12, "soon"),
        (13, "100"),
        (13, "20"),
        (14, "9999999999"),
        (15, "perhaps"),
    ] {
        let mut line = LINE;
        line[column] = cell;
        let csv = format!("{HEADER}\n{}\n", line.join(","));
        left.extend(english(&browser, BATCH, &[("csv", &csv)]).await?);
    }
    let mut without = LINE;
    (without[9], without[11]) = ("", "5");
    let without = format!("{HEADER}\n{}\n", without.join(","));
    let many = format!("{HEADER}\n{}\n", vec![LINE.join(","); 1001].join("\n"));
    let twice = format!("{HEADER},sku\n");
    let short = format!("{HEADER}\n1,2\n");
    let header = format!("{HEADER}\n");
    for csv in [
        "",
        "id;name\n1;x",
        "product\n\u{fffd}",
        &header,
        &twice,
        &short,
        &without,
        &many,
    ] {
        left.extend(english(&browser, BATCH, &[("csv", csv)]).await?);
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_rates_that_cannot_be_are_said_in_french() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = french(&app).await?;
    let mut left = Vec::new();
    let long = "x".repeat(200);
    let rule = [
        ("name", "Lampes"),
        ("currency", "EUR"),
        ("up_to", ""),
        ("percent", "10"),
        ("plus", "1"),
        ("min_profit", ""),
        ("min_margin", ""),
        ("every", ""),
        ("ending", ""),
    ];
    for (field, value) in [
        ("name", ""),
        ("name", long.as_str()),
        ("name", "a\u{1}b"),
        ("currency", "euros"),
        ("currency", ""),
        ("up_to", "5"),
        ("up_to", "abc"),
        ("percent", "-1"),
        ("percent", "abc"),
        ("plus", "0.001"),
        ("min_profit", "-1"),
        ("min_margin", "96"),
        ("min_margin", "beaucoup"),
        ("every", "0"),
        ("ending", "0.99"),
    ] {
        let with = rule.map(|(name, known)| (name, if name == field { value } else { known }));
        left.extend(english(&browser, RULES, &with).await?);
    }
    browser.post_form(RULES, &rule).await?.expect_status(303)?;
    left.extend(english(&browser, RULES, &rule).await?);
    let rates = "/aliexpress/catalogue/rates";
    for (from, to, rate) in [
        ("dollars", "EUR", "1"),
        ("USD", "", "1"),
        ("USD", "USD", "1"),
        ("USD", "EUR", "0"),
        ("USD", "EUR", "1.234,5"),
        ("USD", "EUR", "1e3"),
    ] {
        let form = [("from", from), ("to", to), ("rate", rate)];
        left.extend(english(&browser, rates, &form).await?);
    }
    let policies = [("cost_up", "hold"), ("cost_up_above", "viel")];
    left.extend(english(&browser, "/aliexpress/drift/policies", &policies).await?);
    assert!(left.is_empty(), "{}", left.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_meant_is_said_in_french() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let browser = french(&app).await?;
    let mut left = Vec::new();
    let long = "x".repeat(300);
    let order = [
        ("key", "page-test"),
        ("product", "1005006000000001"),
        ("sku", "12000001"),
        ("quantity", "1"),
        ("expected", ""),
        ("memo", ""),
        ("country", "FR"),
        ("contact_person", "Test Buyer"),
        ("address", "1 rue"),
        ("city", "Rennes"),
        ("province", "Bretagne"),
        ("max_total", ""),
        ("max_drift", ""),
        ("max_days", ""),
        ("min_margin", ""),
        ("sale_price", ""),
    ];
    for (field, value) in [
        ("product", "lampe"),
        ("product", "https://a.aliexpress.com/_mNabcde"),
        ("sku", ""),
        ("sku", "0"),
        ("quantity", "0"),
        ("expected", "abc"),
        ("expected", "-1"),
        ("memo", long.as_str()),
        ("country", ""),
        ("address", long.as_str()),
        ("max_total", "1.234,50"),
        ("max_total", "-1"),
        ("max_drift", "5"),
        ("max_drift", "-5"),
        ("max_days", "-1"),
        ("min_margin", "100"),
        ("min_margin", "-1"),
        ("min_margin", "20"),
        ("sale_price", "-1"),
    ] {
        let with = order.map(|(name, known)| (name, if name == field { value } else { known }));
        left.extend(english(&browser, NEW, &with).await?);
    }
    left.extend(english(&browser, NEW, &[("key", "page-test")]).await?);
    assert!(left.is_empty(), "{}", left.join("\n"));
    Ok(())
}
