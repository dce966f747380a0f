//! The same order by the form of the page, by the API and by the command is the same record; and a file of orders is
//! ordered once.

use serde_json::{Value, json};

use crate::support::server::{DEMO, Server, Stream};
use crate::support::{Home, http};

/// What tells one order from another: its ids and times.
const OF_ITS_OWN: [&str; 8] = [
    "id",
    "out_order_id",
    "order_ids",
    "orders",
    "pay_links",
    "first_sent_at",
    "created_at",
    "changed_at",
];

struct Demo {
    home: Home,
    _server: Server,
    base: String,
}

fn demo() -> Demo {
    let home = Home::new();
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json();
    let code = code["code"].as_str().unwrap().to_owned();
    home.run(&["--sandbox", "auth", "exchange", &code, "--json"])
        .json(0);
    Demo {
        home,
        _server: server,
        base: page.strip_suffix("/aliexpress").unwrap().to_owned(),
    }
}

impl Demo {
    fn run(&self, arguments: &[&str]) -> crate::support::Outcome {
        self.home
            .run(&[&["--sandbox"], arguments, &["--json"]].concat())
    }

    fn record(&self, id: &str) -> Value {
        let mut record = self.run(&["orders", "intent", id]).json(0);
        let fields = record.as_object_mut().unwrap();
        for name in OF_ITS_OWN {
            assert!(fields.contains_key(name), "{name}");
            fields.remove(name);
        }
        record
    }

    /// A product that is in stock, and one of its variants.
    fn in_stock(&self) -> (String, String) {
        let page = self.run(&["products", "search", "lamp"]).json(0);
        for product in page["products"].as_array().unwrap() {
            let id = product["id"].as_str().unwrap();
            let shown = self.run(&["products", "show", id]).json(0);
            let skus = shown["skus"].as_array().unwrap();
            if let Some(sku) = skus.iter().find(|sku| sku["stock"].as_i64() > Some(9)) {
                return (id.to_owned(), sku["id"].as_str().unwrap().to_owned());
            }
        }
        panic!("nothing is in stock: {page}");
    }

    fn by_form(&self, product: &str, sku: &str) -> String {
        let mut fields = vec![
            ("key", "page-three-ways"),
            ("product", product),
            ("sku", sku),
            ("quantity", "2"),
            ("country", "FR"),
            ("contact_person", "Test Buyer"),
            ("address", "1 rue de l'Exemple"),
            ("zip", "35000"),
            ("city", "Rennes"),
            ("province", "Bretagne"),
            ("mobile_no", "612345678"),
            ("max_total", "1000"),
            ("max_days", "90"),
        ];
        let new = format!("{}/aliexpress/orders/new", self.base);
        let page = http::post_form(&new, &fields);
        assert_eq!(page.status, 200, "{page:?}");
        for name in ["preview", "seen"] {
            let field = format!("name=\"{name}\" value=\"");
            let (_, value) = page.body.split_once(&field).unwrap();
            fields.push((name, value.split('"').next().unwrap()));
        }
        let place = format!("{}/aliexpress/orders/place", self.base);
        let placed = http::post_form(&place, &fields);
        assert_eq!(placed.status, 303, "{placed:?}");
        let mut lines = placed.head.lines();
        let location = lines.find_map(|line| line.strip_prefix("location: "));
        location.unwrap().rsplit('/').next().unwrap().to_owned()
    }
}

#[test]
fn the_same_order_by_page_api_and_command_is_the_same_record() {
    let demo = demo();
    let (product, sku) = demo.in_stock();
    let order = json!({
        "address": {
            "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
            "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "612345678",
        },
        "lines": [{ "product_id": product, "sku": sku, "quantity": 2 }],
        "guard": { "max_total": { "amount": "1000", "currency": "USD" }, "max_delivery_days": 90 },
    });
    let by_form = demo.by_form(&product, &sku);

    let orders = format!("{}/api/aliexpress/orders", demo.base);
    let by_api = http::post_with_key(&orders, "K-api", &order);
    assert_eq!(by_api.status, 201, "{by_api:?}");
    let by_api = by_api.json()["id"].as_str().unwrap().to_owned();

    let file = demo.home.path().join("order.json");
    std::fs::write(&file, order.to_string()).unwrap();
    let by_command = demo.run(&["orders", "place", file.to_str().unwrap(), "--key", "K-cli"]);
    let by_command = by_command.json(0)["id"].as_str().unwrap().to_owned();

    let records = [by_form, by_api, by_command].map(|id| demo.record(&id));
    assert_eq!(records[0]["state"], "created_unpaid");
    assert_eq!(records[0], records[1]);
    assert_eq!(records[1], records[2]);
}

#[test]
fn a_file_of_orders_is_ordered_once_and_goes_on_where_it_was() {
    let demo = demo();
    let (product, sku) = demo.in_stock();
    let header =
        "product;sku;quantity;country;contact_person;address;zip;city;province;mobile_no;max_total";
    let line = |quantity: &str, most: &str| {
        format!(
            "{product};{sku};{quantity};FR;Test Buyer;1 rue de l'Exemple;35000;Rennes;Bretagne;612345678;{most}"
        )
    };
    let file = demo.home.path().join("orders.csv");
    let name = file.to_str().unwrap();
    let write = |lines: &[String]| {
        std::fs::write(&file, format!("{header}\n{}\n", lines.join("\n"))).unwrap();
    };
    write(&[line("1", "1000"), line("two", "1.234,50")]);
    let unreadable = demo.run(&["orders", "batch", name]);
    assert_eq!(unreadable.code, Some(2), "{unreadable}");
    let shown = serde_json::from_str::<Value>(&unreadable.stdout).unwrap();
    let places = shown["problems"].as_array().unwrap();
    assert_eq!(places.len(), 2, "{shown}");
    assert_eq!(
        (&places[0]["line"], &places[0]["column"]),
        (&json!(3), &json!("quantity"))
    );
    let intents = || demo.run(&["orders", "intents"]).json(0)["intents"].clone();
    assert_eq!(intents(), json!([]), "half of the file was ordered");

    // The second line does not pass its guard.
    let lines = [line("1", "1000"), line("1", "0,01"), line("2", "1000")];
    write(&lines);
    let stopped = demo.run(&["orders", "batch", name]);
    assert_eq!(stopped.code, Some(1), "{stopped}");
    assert_eq!(intents().as_array().map(Vec::len), Some(1));
    let whole = demo.run(&["orders", "batch", name, "--go-on"]);
    assert_eq!(whole.code, Some(1), "{whole}");
    let whole = serde_json::from_str::<Value>(&whole.stdout).unwrap();
    let states: Vec<&str> = whole["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["state"].as_str())
        .collect();
    assert_eq!(
        states,
        ["created_unpaid", "not_placeable", "created_unpaid"]
    );
    assert_eq!(intents().as_array().map(Vec::len), Some(2));

    // What was ordered stays as it is when the file is mended and another line comes on top.
    write(&[
        line("3", "1000"),
        line("1", "1000"),
        line("1", "1000"),
        line("2", "1000"),
    ]);
    for ordered in [4, 4] {
        let mended = demo.run(&["orders", "batch", name]).json(0);
        assert_eq!(mended["not_ordered"], 0, "{mended}");
        assert_eq!(intents().as_array().map(Vec::len), Some(ordered));
    }
}
