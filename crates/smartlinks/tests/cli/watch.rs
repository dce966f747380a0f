//! What AliExpress changes, as a merchant follows it in a terminal.

use serde_json::json;

use crate::auth::connected;
use crate::support::gateway::Gateway;

/// One of those that are promised to be sold everywhere.
const PRODUCT: &str = "1005006000000002";

#[test]
fn drift_is_shown_policies_are_chosen_and_a_variant_is_repaired() {
    let gateway = Gateway::start();
    let home = connected(&gateway);
    let catalogue = |arguments: &[&str]| {
        let mut all = vec!["catalogue"];
        all.extend(arguments);
        all.push("--json");
        home.run(&all)
    };
    let product = catalogue(&["import", PRODUCT]).json(0);
    let id = product["id"].as_str().unwrap();
    let skus = product["skus"].as_array().unwrap();
    let (gone, other) = (
        skus[0]["id"].as_str().unwrap(),
        skus[1]["id"].as_str().unwrap(),
    );
    let chosen = catalogue(&["watch", "set", "cost_up", "hold", "--above", "5"]).json(0);
    assert_eq!(
        chosen["policies"][0],
        json!({ "kind": "cost_up", "action": "hold", "above_percent": "5" })
    );
    let refused = catalogue(&["watch", "set", "cost_up", "shout"]).error(2);
    assert!(
        refused["detail"].as_str().unwrap().contains("action"),
        "{refused}"
    );

    let path = format!("products/{PRODUCT}");
    gateway.control(&path, &json!({ "drop_sku": gone }));
    gateway.control(&path, &json!({ "sku_id": other, "price": "99.00" }));
    let looked = catalogue(&["watch", "check", id]).json(0);
    assert_eq!(looked["state"], "held");
    let drift = catalogue(&["drift", "--kind", "cost"]).json(0);
    assert_eq!(
        (&drift["changes"][0]["sku"], &drift["changes"][0]["outcome"]),
        (&json!(other), &json!("hold"))
    );
    let human = home.run(&["catalogue", "drift"]);
    assert!(
        human.stdout.contains("sku_gone") && human.stdout.contains("WHAT"),
        "{human}"
    );
    let human = home.run(&["catalogue", "watch", "show"]);
    assert!(
        human.stdout.contains("every 12 hours") && human.stdout.contains("cost_up"),
        "{human}"
    );

    let human = home.run(&["catalogue", "repair"]);
    assert!(
        human.stdout.contains(gone) && human.stdout.contains("because"),
        "{human}"
    );
    assert!(
        human
            .stdout
            .contains(&format!("repair {id} {gone} --with ")),
        "{human}"
    );
    let unnamed = home.run(&["catalogue", "repair", id, gone]);
    assert!(unnamed.stderr.contains("--with"), "{unnamed}");
    let wrong = catalogue(&["repair", id, gone, "--with", "1"]).error(2);
    assert!(
        wrong["detail"].as_str().unwrap().contains("with"),
        "{wrong}"
    );
    let repaired = catalogue(&["repair", id, gone, "--with", other]).json(0);
    let taken = repaired["skus"]
        .as_array()
        .unwrap()
        .iter()
        .find(|sku| sku["id"] == other);
    assert_eq!(taken.unwrap()["chosen"], true);
    assert_eq!(catalogue(&["repair"]).json(0)["repairs"], json!([]));
    let history = catalogue(&["history", id, "--limit", "1"]).json(0);
    assert_eq!(history["changes"][0]["kind"], "sku_replaced");
}
