//! Links for merchants from the command line, and orders that are followed by messages of the sandbox.

use serde_json::json;

use crate::support::server::{DEMO, Server, Stream};
use crate::support::{Home, http};

#[test]
fn a_link_of_the_command_line_is_opened_by_the_server_and_taken_back() {
    let home = Home::new();
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let made = home
        .run(&[
            "--sandbox",
            "connections",
            "link",
            "--label",
            "Lyon",
            "--json",
        ])
        .json(0);
    let url = made["url"].as_str().unwrap();
    let origin = page.strip_suffix("/aliexpress").unwrap();
    assert!(url.starts_with(&format!("{origin}/connect/")), "{url}");
    let shown = http::get(url);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("Lyon"), "{}", shown.body);

    let id = made["id"].as_str().unwrap();
    let revoked = home.run(&["--sandbox", "connections", "revoke-link", id]);
    assert_eq!(revoked.stdout, format!("{id} is revoked\n"), "{revoked}");
    assert_eq!(http::get(url).status, 410);
    let list = home.run(&["--sandbox", "connections", "links"]);
    assert!(
        list.stdout.contains("Lyon") && list.stdout.contains("revoked"),
        "{list}"
    );
    assert!(!list.stdout.contains("/connect/"), "{list}");
    let human = home.run(&["--sandbox", "connections", "link"]);
    assert!(
        human.stdout.starts_with(&format!("{origin}/connect/")),
        "{human}"
    );
    let wrong = home
        .run(&[
            "--sandbox",
            "connections",
            "revoke-link",
            "link_none",
            "--json",
        ])
        .error(1);
    assert_eq!(wrong["code"], "unknown_link");
}

#[test]
fn the_demo_follows_its_orders_by_the_sandboxs_messages() {
    let home = Home::new();
    let mut server = Server::start(&home, &DEMO);
    let page = server.wait_for(Stream::Out, "page: ");
    let sandbox = server.wait_for(Stream::Out, "sandbox: ");
    let code = http::post(&format!("{sandbox}/_sandbox/codes"), &json!({})).json();
    let code = code["code"].as_str().unwrap();
    home.run(&["--sandbox", "auth", "exchange", code, "--json"])
        .json(0);
    let state = http::get(&format!("{sandbox}/_sandbox/state")).json();
    let orders = state["orders"].as_array().unwrap();
    let order = orders.iter().find(|order| order["status"] == "shipped");
    let order = order.unwrap()["id"].to_string();
    home.run(&["--sandbox", "orders", "import", &order, "--json"])
        .json(0);
    let listed = || {
        let origin = page.strip_suffix("/aliexpress").unwrap();
        http::get(&format!("{origin}/api/aliexpress/orders")).json()["orders"][0]["status"].clone()
    };
    let before = listed();
    let advance = format!("{sandbox}/_sandbox/orders/{order}/advance");
    assert_eq!(
        http::post(&advance, &json!({ "to": "delivered" })).status,
        200
    );
    // Nobody asks for the order here: it changes because the sandbox tells of it. Each look takes a moment.
    let followed = (0..20_000).any(|_| listed() != before);
    assert!(followed, "the order never changed");
}
