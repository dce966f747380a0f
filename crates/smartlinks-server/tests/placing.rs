//! Orders over the API: previewed, placed once for each key, followed, and decided by a person.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use smartlinks_core::{ProductQuery, Scope};
use testkit::app::App;
use testkit::http::{Http, Reply};

const ORDERS: &str = "/api/aliexpress/orders";
const INTENTS: &str = "/api/aliexpress/order-intents";
const CREATE: &str = "aliexpress.ds.order.create";

async fn wish(app: &App) -> Result<Value> {
    let market = ProductQuery {
        ship_to: Some("FR".into()),
        currency: Some("USD".into()),
        ..ProductQuery::default()
    };
    for id in app.products().await? {
        let product = app.core.product(&id, &market).await?;
        if let Some(sku) = product.skus.iter().find(|sku| sku.stock > Some(5)) {
            return Ok(json!({
                "address": {
                    "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
                    "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "600000000",
                },
                "lines": [{ "product_id": id, "sku": sku.id, "quantity": 1 }],
            }));
        }
    }
    anyhow::bail!("nothing is in stock")
}

async fn place(program: &Http, key: Option<&str>, order: &Value) -> Result<Reply> {
    let mut request = program
        .request(Method::POST, ORDERS)
        .header("content-type", "application/json")
        .body(order.to_string());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    program.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_previewed_placed_once_and_read_again() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let order = wish(&app).await?;
    let program = app.program(&[Scope::Order]).await?;
    let preview = program
        .post_json(&format!("{ORDERS}/preview"), &order)
        .await?;
    let preview = preview.expect_status(200)?.json()?;
    assert_eq!(preview["placeable"], true, "{preview}");
    assert!(preview["total"]["amount"].is_string());

    let nameless = place(&program, None, &order).await?;
    let problem = nameless.expect_status(400)?.json()?;
    assert!(
        problem["detail"]
            .as_str()
            .context("no detail")?
            .starts_with("Idempotency-Key")
    );
    let made = place(&program, Some("K-1"), &order)
        .await?
        .expect_status(201)?
        .json()?;
    assert_eq!(made["state"], "created_unpaid");
    assert_eq!(made["pay_links"].as_array().map(Vec::len), Some(1));
    let same = place(&program, Some("K-1"), &order)
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(same["id"], made["id"]);
    let mut other = order.clone();
    other["lines"][0]["quantity"] = json!(2);
    let reused = place(&program, Some("K-1"), &other)
        .await?
        .expect_status(422)?
        .json()?;
    assert_eq!(reused["code"], "idempotency_key_used");

    other["guard"] = json!({ "max_total": { "amount": "0.01", "currency": "USD" } });
    let stopped = place(&program, Some("K-2"), &other)
        .await?
        .expect_status(422)?
        .json()?;
    assert_eq!(stopped["code"], "not_placeable");
    assert_eq!(stopped["problems"][0]["code"], "guard_max_total");
    other["guard"] = json!({ "max_total": { "amount": 0.01, "currency": "USD" } });
    place(&program, Some("K-2"), &other)
        .await?
        .expect_status(400)?;

    let id = made["id"].as_str().context("no id")?;
    let shown = program
        .get(&format!("{INTENTS}/{id}"))
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(shown["order_ids"], made["order_ids"]);
    let page = program
        .get(&format!("{INTENTS}?state=created_unpaid"))
        .await?;
    let page = page.expect_status(200)?.json()?;
    assert_eq!(page["intents"].as_array().map(Vec::len), Some(1));
    program
        .get(&format!("{INTENTS}?state=lost"))
        .await?
        .expect_status(400)?;
    program
        .get(&format!("{INTENTS}/intent_1"))
        .await?
        .expect_status(404)?;
    assert_eq!(app.journal(CREATE).await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_is_accepted_and_what_is_refused_is_a_failure() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let order = wish(&app).await?;
    let program = app.program(&[Scope::Order]).await?;
    let refusal =
        json!({ "match": { "method": CREATE }, "then": "error", "code": "InsufficientPermission" });
    app.control("faults", &refusal).await?;
    let refused = place(&program, Some("K-1"), &order)
        .await?
        .expect_status(422)?
        .json()?;
    assert_eq!(
        (&refused["code"], &refused["gateway_code"]),
        (&json!("order_refused"), &json!("InsufficientPermission"))
    );
    assert!(
        refused["intent"]
            .as_str()
            .is_some_and(|id| id.starts_with("intent_"))
    );

    app.control("profile", &json!({ "repeated_order": "refused" }))
        .await?;
    let lost = json!({ "match": { "method": CREATE }, "then": "html", "takes_effect": true });
    app.control("faults", &lost).await?;
    let open = place(&program, Some("K-2"), &order)
        .await?
        .expect_status(202)?
        .json()?;
    assert_eq!(open["state"], "unknown");
    let decision = format!(
        "{INTENTS}/{}/decision",
        open["id"].as_str().context("no id")?
    );
    let none = json!({ "decision": "does_not_exist" });
    let early = program
        .post_json(&decision, &none)
        .await?
        .expect_status(409)?
        .json()?;
    assert_eq!(early["code"], "not_awaiting_person");
    for seconds in [5, 600] {
        app.advance(seconds);
        app.core.work_on_orders().await?;
    }
    let exists = json!({ "decision": "exists", "order_ids": ["8100000000000001"] });
    let decided = program
        .post_json(&decision, &exists)
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(decided["order_ids"], json!(["8100000000000001"]));
    let audit = app.core.audit_log(&Default::default()).await?;
    let entry = audit
        .entries
        .iter()
        .find(|entry| entry.action == "order.decided");
    assert_eq!(entry.context("no entry")?.outcome, "exists");
    Ok(())
}
