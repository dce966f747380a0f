//! Every fault the sandbox can play, and what the SDK makes of it.

use aliexpress::dropshipping::order_create::{CreatedOrders, OrderItem};
use aliexpress::{Class, Effect, Error};
use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::calls::{Chosen, address};
use crate::world::World;

const READ: &str = "aliexpress.ds.product.get";
const WRITE: &str = "aliexpress.ds.order.create";

async fn play(world: &World, method: &str, times: u32, fault: &Value) -> Result<()> {
    world
        .control
        .send(
            world
                .control
                .request(reqwest::Method::DELETE, "/_sandbox/journal"),
        )
        .await?;
    let mut order = fault.clone();
    order["match"] = json!({ "method": method });
    order["times"] = json!(times);
    world.post("faults", &order).await?;
    Ok(())
}

async fn order(world: &World, chosen: &Chosen, key: Option<&str>) -> Result<CreatedOrders, Error> {
    let item = OrderItem::new()
        .product_id(chosen.product)
        .quantity(1)
        .sku_attr(&chosen.sku_attr);
    let mut request = world
        .account
        .dropshipping()
        .order_create()
        .address(address())
        .item(item);
    if let Some(key) = key {
        request = request.out_order_id(key);
    }
    request.send().await
}

async fn orders(world: &World) -> Result<i64> {
    world.get("state").await?["counts"]["orders"]
        .as_i64()
        .context("no count")
}

/// Faults whose outcome is open for who sent the call.
fn open_faults() -> Vec<Value> {
    vec![
        json!({ "then": "reset", "takes_effect": true }),
        json!({ "then": "http_500", "takes_effect": true }),
        json!({ "then": "html", "takes_effect": true }),
        json!({ "then": "truncate" }),
        json!({ "then": "error", "code": "ServiceUnavailable", "takes_effect": true }),
        json!({ "then": "error", "code": "ServiceTimeout", "takes_effect": true }),
        json!({ "then": "error", "code": "InternalError", "takes_effect": true }),
        json!({ "then": "error", "code": "15", "sub_code": "isp.service-unavailable", "takes_effect": true }),
    ]
}

#[tokio::test]
async fn a_read_is_repeated_after_every_passing_fault() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    for fault in open_faults() {
        play(&world, READ, 1, &fault).await?;
        let product = world
            .product(chosen.product)
            .await
            .with_context(|| fault.to_string())?;
        assert_eq!(product.base.product_id, chosen.product);
        assert_eq!(world.seen(READ).await?.len(), 2, "{fault}");
    }
    Ok(())
}

#[tokio::test]
async fn a_write_of_unknown_outcome_is_not_repeated_without_its_key() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    for fault in open_faults() {
        play(&world, WRITE, 1, &fault).await?;
        let error = order(&world, &chosen, None)
            .await
            .err()
            .with_context(|| fault.to_string())?;
        assert_eq!(error.effect(), Effect::Unknown, "{fault}: {error}");
        assert_eq!(world.seen(WRITE).await?.len(), 1, "{fault}");
    }
    Ok(())
}

#[tokio::test]
async fn under_its_key_it_is_repeated_and_carried_out_once() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    for (number, fault) in open_faults().into_iter().enumerate() {
        let before = orders(&world).await?;
        play(&world, WRITE, 1, &fault).await?;
        let created = order(&world, &chosen, Some(&format!("key-{number}"))).await;
        let created = created.with_context(|| fault.to_string())?;
        assert_eq!(created.order_ids.len(), 1);
        assert_eq!(world.seen(WRITE).await?.len(), 2, "{fault}");
        assert_eq!(
            orders(&world).await?,
            before + 1,
            "{fault}: ordered once, whatever was answered"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_is_refused_before_it_runs_says_who_can_mend_it() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    for (code, class) in [
        ("IllegalAccessToken", Class::Refresh),
        ("IncompleteSignature", Class::Fix),
        ("InvalidAppKey", Class::Fix),
        ("IllegalTimestamp", Class::Fix),
        ("InsufficientPermission", Class::Fix),
        ("InvalidApiPath", Class::Fix),
        ("AppWhiteIpLimit", Class::Fix),
        ("MissingParameter", Class::Fix),
    ] {
        let before = orders(&world).await?;
        play(&world, WRITE, 1, &json!({ "then": "error", "code": code })).await?;
        let error = order(&world, &chosen, None)
            .await
            .err()
            .with_context(|| code.to_owned())?;
        assert_eq!((error.code(), error.effect()), (code, Effect::None));
        assert_eq!(error.advice().class, class, "{code}");
        assert_eq!(
            (world.seen(WRITE).await?.len(), orders(&world).await?),
            (1, before),
            "{code}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_banned_method_waits_and_the_others_go_on() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let clock = world.sandbox.clock();

    play(
        &world,
        READ,
        1,
        &json!({ "then": "error", "code": "ApiCallLimit", "ban_s": 3 }),
    )
    .await?;
    let before = clock.now_ms();
    world.product(chosen.product).await?;
    assert!(clock.now_ms() - before >= 3000, "it waited out the ban");
    assert_eq!(world.seen(READ).await?.len(), 2);

    // A ban of hours is not waited for: the next call fails at once, without the gateway.
    play(
        &world,
        READ,
        1,
        &json!({ "then": "error", "code": "AppApiCallLimit", "ban_s": 7200 }),
    )
    .await?;
    let error = world
        .product(chosen.product)
        .await
        .err()
        .context("banned, and answered")?;
    assert!(
        matches!(error.advice().class, Class::Wait { seconds } if seconds > 7000),
        "{error}"
    );
    let held = world
        .product(chosen.product)
        .await
        .err()
        .context("banned, and answered")?;
    assert!(matches!(held, Error::Held(_)), "{held}");
    assert_eq!(held.effect(), Effect::None);
    assert_eq!(
        world.seen(READ).await?.len(),
        1,
        "the second call never left"
    );

    let others = world
        .account
        .dropshipping()
        .member_benefit_get()
        .send()
        .await?;
    assert!(!others.is_empty(), "another method is not held");
    world
        .post("clock", &json!({ "advance_seconds": 7300 }))
        .await?;
    world.product(chosen.product).await?;
    Ok(())
}
