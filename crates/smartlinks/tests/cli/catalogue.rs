//! The catalogue as a merchant uses it in a terminal: import, price, and take it to a shop.

use crate::auth::connected;
use crate::support::gateway::Gateway;
use crate::support::http;

/// One of those that are promised to be sold everywhere.
const PRODUCT: &str = "1005006000000002";

#[test]
fn products_are_imported_priced_and_exported() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let catalogue = |arguments: &[&str]| {
        let mut all = vec!["catalogue"];
        all.extend(arguments);
        all.push("--json");
        home.run(&all)
    };
    let product = catalogue(&["import", PRODUCT, "--label", "lamps"]).json(0);
    let id = product["id"].as_str().unwrap();
    let sku = product["skus"][0]["id"].as_str().unwrap();
    let address = format!("https://www.aliexpress.com/item/{PRODUCT}.html");
    assert_eq!(catalogue(&["import", &address]).json(0)["id"], id);
    let code = format!("{sku}=LMP-1");
    let edited = catalogue(&[
        "edit",
        id,
        "--title",
        "Lampe",
        "--code",
        &code,
        "--no-labels",
    ])
    .json(0);
    assert_eq!(
        (&edited["title"], &edited["labels"]),
        (&"Lampe".into(), &serde_json::json!([]))
    );
    assert_eq!(
        catalogue(&["list", "lmp-1"]).json(0)["products"][0]["id"],
        id
    );
    assert_eq!(
        catalogue(&["list", "--state", "held"]).json(0)["products"],
        serde_json::json!([])
    );
    assert!(
        catalogue(&["history", id]).json(0)["changes"]
            .as_array()
            .unwrap()
            .len()
            >= 2
    );

    let steps = [
        "rules",
        "create",
        "shop",
        "--price-currency",
        "EUR",
        "--step",
        "10:100",
        "--step",
        "rest:50:2.50",
    ];
    let rule = catalogue(&[&steps[..], &["--every", "1", "--ending", "0.99"]].concat()).json(0);
    let rule = rule["id"].as_str().unwrap();
    assert_eq!(catalogue(&["rules", "default", rule]).code, Some(0));
    assert_eq!(catalogue(&["rules", "list"]).json(0)[0]["is_default"], true);
    let set = catalogue(&["rates", "set", "usd", "eur", "0.92"]).json(0);
    assert_eq!(
        (&set["source"], &set["rate"]),
        (&"operator".into(), &"0.92".into())
    );

    let shown = catalogue(&["dry-run", "--product", id]).json(0);
    let run = shown["run"]["id"].as_str().unwrap();
    let human = home.run(&["catalogue", "run", run]);
    assert!(
        human.stdout.contains(".99 EUR") && human.stderr.contains("apply"),
        "{human}"
    );
    // The price moves at AliExpress: nothing is put in force, and the exit code says so.
    let path = format!("{}/_sandbox/products/{PRODUCT}", gateway.address());
    http::post(&path, &serde_json::json!({ "price": "33.00" }));
    catalogue(&["import", PRODUCT]).json(0);
    let refused = catalogue(&["apply", run]).json(1);
    assert_eq!(refused["applied"], false);
    let shown = catalogue(&["dry-run"]).json(0);
    let run = shown["run"]["id"].as_str().unwrap();
    assert_eq!(catalogue(&["apply", run]).json(0)["applied"], true);
    let priced = catalogue(&["show", id]).json(0);
    assert_eq!(priced["skus"][0]["price"], shown["lines"][0]["after"]);

    let file = home.run(&["catalogue", "export", "--format", "shopify"]);
    assert!(file.stdout.starts_with("Handle,Title,"), "{file}");
    assert!(
        file.stdout.contains("LMP-1") && file.stdout.contains(".99"),
        "{file}"
    );
    assert_eq!(file.stderr, "");
    let lines = home.run(&["catalogue", "export", "--format", "jsonl"]);
    let line: serde_json::Value = serde_json::from_str(&lines.stdout).unwrap();
    assert_eq!(line, priced);

    let set = catalogue(&["price", "set", id, sku, "0.01", "EUR"]).json(0);
    assert_eq!(
        (&set["by_hand"], &set["price"]["amount"]),
        (&true.into(), &"0.01".into())
    );
    let human = home.run(&["catalogue", "price", "list", id]);
    assert!(human.stdout.contains("less than it should"), "{human}");
    let shown = home.run(&["catalogue", "dry-run"]);
    assert!(shown.stdout.contains("kept, set by hand"), "{shown}");
    let wrong = catalogue(&["price", "set", id, sku, "0,01", "EUR"]).error(2);
    assert!(wrong["detail"].to_string().contains("amount"), "{wrong}");
    let left = catalogue(&["price", "reset", id, sku]).json(0);
    assert_eq!(
        (&left["by_hand"], &left["price"]["amount"]),
        (&false.into(), &"0.01".into())
    );
    catalogue(&["remove", id]).json(0);
    assert_eq!(catalogue(&["show", id]).error(1)["code"], "unknown_product");
    assert_eq!(catalogue(&["rules", "delete", rule]).code, Some(0));
}

#[test]
fn what_cannot_be_is_said_with_its_place() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    for (arguments, detail) in [
        (vec!["import", "lamp"], "product"),
        (
            vec![
                "rules",
                "create",
                "x",
                "--price-currency",
                "EUR",
                "--percent",
                "many",
            ],
            "steps[0].percent",
        ),
        (vec!["rules", "create", "x"], "rule"),
        (vec!["rates", "set", "USD", "EUR", "0,92"], "rate"),
        (vec!["list", "--state", "sold"], "state"),
        (vec!["dry-run", "--rule", "rule_1"], "rule_1"),
    ] {
        let mut all = vec!["catalogue"];
        all.extend(&arguments);
        all.push("--json");
        let code = if detail == "rule_1" { 1 } else { 2 };
        let error = home.run(&all).error(code);
        assert!(
            error["detail"].as_str().unwrap().contains(detail),
            "{arguments:?}: {error}"
        );
    }
    let steps = home.run(&[
        "catalogue",
        "rules",
        "create",
        "x",
        "--step",
        "10",
        "--json",
    ]);
    assert!(
        steps.error(2)["detail"]
            .as_str()
            .unwrap()
            .contains("UP_TO:PERCENT")
    );
}

#[test]
fn many_products_are_imported_from_a_file() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let file = home.path().join("products.csv");
    let path = file.to_str().unwrap();
    let start = ["catalogue", "imports", "start", "--csv", path, "--json"];
    std::fs::write(&file, "product;labels\nlamp;\n").unwrap();
    let refused = home.run(&start).json(1);
    assert_eq!(
        (&refused["problems"][0]["line"], &refused["job"]),
        (&2.into(), &serde_json::Value::Null)
    );
    // As a spreadsheet on Windows writes it.
    std::fs::write(&file, b"product;labels\r\n1005006000000002;\xe9t\xe9\r\n").unwrap();
    let latin = home.run(&start).json(1);
    assert_eq!(latin["problems"][0]["line"], 2);
    assert!(
        latin["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("UTF-8")
    );

    std::fs::write(&file, format!("product;labels\r\n{PRODUCT};lamps\r\n")).unwrap();
    let started = home.run(&start).json(0);
    let id = started["job"]["id"].as_str().unwrap();
    let shown = home
        .run(&["catalogue", "imports", "show", id, "--json"])
        .json(0);
    assert_eq!(
        (&shown["state"], &shown["waiting"]),
        (&"running".into(), &1.into())
    );
    let lines = home.run(&["catalogue", "imports", "lines", id]);
    assert!(
        lines.stdout.contains(PRODUCT) && lines.stdout.contains("waiting"),
        "{lines}"
    );
    for (verb, state) in [("cancel", "cancelled"), ("resume", "running")] {
        let changed = home
            .run(&["catalogue", "imports", verb, id, "--json"])
            .json(0);
        assert_eq!(changed["state"], state);
    }
    assert_eq!(
        home.run(&["catalogue", "imports", "list", "--json"])
            .json(0)["imports"][0]["id"],
        id
    );
}

#[test]
fn a_feed_is_imported_by_its_name() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let start = ["catalogue", "imports", "start", "--feed"];
    let of = |more: &[&str]| home.run(&[&start[..], more].concat());
    let started = of(&["DS bestseller", "--most", "2", "--json"]).json(0);
    let job = &started["job"];
    assert_eq!(
        (&job["feed"], &job["lines"], &job["finding"]),
        (&"DS bestseller".into(), &2.into(), &false.into())
    );
    let id = job["id"].as_str().unwrap();
    let shown = home.run(&["catalogue", "imports", "show", id]);
    assert!(shown.stdout.contains("DS bestseller"), "{shown}");
    let unknown = of(&["no such feed"]);
    assert!(unknown.stderr.contains("no feed"), "{unknown}");
    // One source at a time.
    let both = of(&["DS bestseller", PRODUCT]);
    assert!(both.stderr.contains("cannot be used with"), "{both}");
}
