//! Products, orders and calls, as a merchant uses them.

use serde_json::Value;

use crate::auth::connected;
use crate::support::gateway::Gateway;
use crate::support::http;

#[test]
fn products_are_found_and_shown_with_their_freight() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let page = home
        .run(&[
            "products",
            "search",
            "lamp",
            "--page-size",
            "5",
            "--language",
            "en",
            "--json",
        ])
        .json(0);
    assert!(page["products"][0]["id"].is_string());
    assert_eq!(page["ship_to"], "FR");
    // One of those that are promised to be sold everywhere, whatever the search shows first.
    let id = "1005006000000002";

    let shown = home
        .run(&[
            "products",
            "show",
            id,
            "--freight",
            "--quantity",
            "2",
            "--json",
        ])
        .json(0);
    assert_eq!(shown["id"], id);
    assert_eq!(shown["freight"]["quantity"], 2);
    let address = format!("https://www.aliexpress.com/item/{id}.html?spm=a2g0o");
    let human = home.run(&[
        "products",
        "show",
        &address,
        "--ship-to",
        "US",
        "--currency",
        "USD",
    ]);
    assert_eq!(human.code, Some(0), "{human}");
    assert!(
        human.stdout.contains("SKU") && human.stdout.contains("USD"),
        "{human}"
    );
}

#[test]
fn orders_are_followed_by_their_number() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let state = http::get(&format!("{}/_sandbox/state", gateway.address())).json();
    let orders = state["orders"].as_array().unwrap();
    let order = orders.first().map(|order| match &order["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    });
    let order = order.unwrap();
    assert_eq!(
        home.run(&["orders", "show", &order, "--json"]).error(1)["code"],
        "unknown_order"
    );
    let imported = home.run(&["orders", "import", &order, "--json"]).json(0);
    assert_eq!(imported["id"], order.as_str());
    assert_eq!(
        home.run(&["orders", "list", "--json"]).json(0)["orders"][0]["id"],
        order.as_str()
    );
    let shown = home.run(&["orders", "show", &order]);
    assert_eq!(shown.code, Some(0), "{shown}");
    let tracked = home.run(&["orders", "track", &order]);
    assert_eq!(tracked.code, Some(0), "{tracked}");
    let wrong = home.run(&["orders", "import", "12", "--json"]).error(2);
    assert_eq!(wrong["code"], "invalid_parameter");
}

/// A product that is in stock, and one of its variants.
fn in_stock(home: &crate::support::Home) -> (String, String) {
    let page = home.run(&["products", "search", "lamp", "--json"]).json(0);
    for product in page["products"].as_array().unwrap() {
        let id = product["id"].as_str().unwrap();
        let shown = home.run(&["products", "show", id, "--json"]).json(0);
        let skus = shown["skus"].as_array().unwrap();
        if let Some(sku) = skus.iter().find(|sku| sku["stock"].as_i64() > Some(5)) {
            return (id.to_owned(), sku["id"].as_str().unwrap().to_owned());
        }
    }
    panic!("nothing is in stock: {page}");
}

#[test]
fn an_order_is_previewed_and_placed_once_from_a_file() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let (product, sku) = in_stock(&home);
    let mut order = serde_json::json!({
        "address": {
            "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
            "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "612345678",
        },
        "lines": [{ "product_id": product, "sku": sku, "quantity": 1 }],
    });
    let file = home.path().join("order.json");
    let name = file.to_str().unwrap();
    let write = |order: &Value| std::fs::write(&file, order.to_string()).unwrap();
    write(&order);
    let preview = home.run(&["orders", "preview", name, "--json"]).json(0);
    assert_eq!(preview["placeable"], true, "{preview}");
    let placed = home
        .run(&["orders", "place", name, "--key", "K-1", "--json"])
        .json(0);
    assert_eq!(placed["state"], "created_unpaid");
    let again = home
        .run(&["orders", "place", name, "--key", "K-1", "--json"])
        .json(0);
    assert_eq!(again["id"], placed["id"]);
    let listed = home.run(&["orders", "intents", "--json"]).json(0);
    assert_eq!(listed["intents"].as_array().unwrap().len(), 1);
    let human = home.run(&["orders", "intent", placed["id"].as_str().unwrap()]);
    assert_eq!(human.code, Some(0), "{human}");
    assert!(human.stdout.contains("orderId="), "{human}");

    order["guard"] = serde_json::json!({ "max_total": { "amount": "0.01", "currency": "USD" } });
    write(&order);
    let stopped = home.run(&["orders", "preview", name]);
    assert_eq!(stopped.code, Some(1), "{stopped}");
    let refused = home
        .run(&["orders", "place", name, "--key", "K-2", "--json"])
        .error(1);
    assert_eq!(refused["code"], "not_placeable");
    order["guard"] = serde_json::json!({ "max_total": { "amount": 0.01, "currency": "USD" } });
    write(&order);
    let unreadable = home.run(&["orders", "preview", name, "--json"]).error(2);
    assert_eq!(unreadable["code"], "order_unreadable");
    let id = placed["id"].as_str().unwrap();
    let decided = home
        .run(&["orders", "decide", id, "--does-not-exist", "--json"])
        .error(1);
    assert_eq!(decided["code"], "not_awaiting_person");
    assert_eq!(
        home.run(&["orders", "resolve", "--json"]).json(0)["worked_on"],
        0
    );
}

#[test]
fn only_reads_are_called_by_name() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let page = home.run(&["products", "search", "lamp", "--json"]).json(0);
    let id = page["products"][0]["id"].as_str().unwrap();
    let product = format!("product_id={id}");
    let arguments = [
        "call",
        "aliexpress.ds.product.get",
        &product,
        "ship_to_country=FR",
        "target_currency=EUR",
    ];
    assert!(home.run(&arguments).json(0).is_object());
    for method in [
        "aliexpress.ds.order.create",
        "/auth/token/refresh",
        "aliexpress.nothing",
    ] {
        assert_eq!(
            home.run(&["call", method, "--json"]).error(2)["code"],
            "call_refused",
            "{method}"
        );
    }
}

#[test]
fn the_catalogue_tells_what_can_be_called_and_with_what() {
    let home = crate::support::Home::new();
    let listed = home.run(&["call", "--list", "--json"]).json(0);
    let names: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|method| method["name"].as_str())
        .collect();
    assert!(
        names.contains(&"aliexpress.ds.product.get")
            && !names.contains(&"aliexpress.ds.order.create")
    );

    let human = home.run(&["call", "aliexpress.ds.product.get", "--describe"]);
    assert_eq!(human.code, Some(0), "{human}");
    assert!(
        human.stdout.contains("ship_to_country") && human.stdout.contains("500 calls a second"),
        "{human}"
    );

    let gone = home
        .run(&[
            "call",
            "aliexpress.trade.buy.placeorder",
            "--describe",
            "--json",
        ])
        .json(0);
    assert_eq!(
        (&gone["withdrawn"], &gone["use_instead"]),
        (&true.into(), &"aliexpress.ds.order.create".into())
    );
    let unknown = home
        .run(&["call", "aliexpress.nothing", "--describe", "--json"])
        .error(2);
    assert_eq!(unknown["code"], "unknown_method");
    assert_eq!(home.run(&["call", "--json"]).error(2)["code"], "usage");
}

#[test]
fn a_market_is_remembered_and_a_flag_goes_before_it() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let market = |arguments: &[&str]| {
        let mut all = vec!["products", "market"];
        all.extend(arguments);
        all.push("--json");
        home.run(&all)
    };
    assert_eq!(market(&["show"]).json(0)["ship_to"], "FR");
    assert_eq!(market(&["set"]).error(2)["code"], "usage");
    let wrong = market(&["set", "--currency", "euros"]).error(2);
    assert!(
        wrong["detail"].as_str().unwrap().contains("euros"),
        "{wrong}"
    );
    market(&["set", "--ship-to", "US", "--currency", "USD"]).json(0);
    let search = |arguments: &[&str]| {
        let mut all = vec!["products", "search", "lamp", "--json"];
        all.extend(arguments);
        home.run(&all).json(0)
    };
    let found = search(&[]);
    assert_eq!(
        (found["ship_to"].as_str(), found["currency"].as_str()),
        (Some("US"), Some("USD"))
    );
    let found = search(&["--ship-to", "CG"]);
    assert_eq!(
        (found["ship_to"].as_str(), found["currency"].as_str()),
        (Some("CG"), Some("USD"))
    );
    let forgotten = market(&["forget"]).json(0);
    assert!(forgotten["chosen_at"].is_null(), "{forgotten}");
}

#[test]
fn selections_categories_and_landed_costs_are_shown() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let feeds = home.run(&["products", "feeds", "--json"]).json(0);
    let name = feeds[0]["name"].as_str().unwrap();
    let feed = home
        .run(&["products", "feed", name, "--page-size", "3", "--json"])
        .json(0);
    assert_eq!(feed["products"].as_array().map(Vec::len), Some(3));
    let wrong = home
        .run(&["products", "feed", "none of them", "--json"])
        .error(2);
    assert_eq!(wrong["code"], "invalid_parameter");
    let categories = home.run(&["products", "categories", "--json"]).json(0);
    assert!(categories[0]["name"].is_string());
    for list in ["feeds", "categories"] {
        let human = home.run(&["products", list]);
        assert_eq!(human.code, Some(0), "{human}");
    }
    let (product, _) = in_stock(&home);
    let show = ["products", "show", &product, "--freight", "--quantity", "2"];
    let human = home.run(&show);
    assert!(
        human.stdout.contains("LANDED COST") && human.stdout.contains("by AliExpress"),
        "{human}"
    );
    let json = home.run(&[&show[..], &["--json"]].concat()).json(0);
    assert_eq!(json["freight"]["landed"]["currency"], "EUR");
}

#[test]
fn a_picture_is_searched_by() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let file = home.path().join("lamp.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n0123").unwrap();
    let name = file.to_str().unwrap();
    let found = home
        .run(&["products", "by-picture", name, "--json"])
        .json(0);
    assert!(found["products"][0]["id"].is_string(), "{found}");
    std::fs::write(&file, b"%PDF-1.7").unwrap();
    let wrong = home
        .run(&["products", "by-picture", name, "--json"])
        .error(2);
    assert_eq!(wrong["code"], "invalid_parameter");
    let gone = home.run(&["products", "by-picture", "/nowhere.png", "--json"]);
    assert_eq!(gone.error(1)["code"], "not_read");
}

#[test]
fn links_are_made_line_by_line_and_commissions_listed() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let (product, _) = in_stock(&home);
    let file = home.path().join("sources.txt");
    std::fs::write(&file, format!("{product}\n\nno product\n")).unwrap();
    let list = file.to_str().unwrap();
    let links = ["affiliate", "links", "--tracking-id", "shop_fr"];
    let made = [&links[..], &["--file", list, "--json"]].concat();
    let made = home.run(&made).json(0);
    assert!(made["links"][0]["link"].is_string(), "{made}");
    assert_eq!(made["links"][1]["problem"], "not_aliexpress", "{made}");
    let refused = home.run(&[&links[..], &["lamp", "--json"]].concat());
    assert_eq!(refused.error(2)["code"], "invalid_parameter");
    let hot = home
        .run(&["affiliate", "hot", "--page-size", "2", "--json"])
        .json(0);
    assert_eq!(hot["products"].as_array().map(Vec::len), Some(2));
    for list in ["hot", "orders"] {
        let human = home.run(&["affiliate", list]);
        assert_eq!(human.code, Some(0), "{human}");
    }
    let orders = home.run(&["affiliate", "orders", "--json"]).json(0);
    assert!(orders["from"].is_string() && orders["until"].is_string());
}
