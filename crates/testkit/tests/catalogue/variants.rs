//! Where nobody knows how the platform answers, the sandbox can answer in every way; the SDK reads them all alike.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::calls::{Chosen, call};
use crate::schema::Catalogue;
use crate::world::World;

/// Where two values differ.
fn differences(left: &Value, right: &Value, at: &str) -> Vec<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => left
            .keys()
            .chain(right.keys().filter(|name| !left.contains_key(*name)))
            .flat_map(|name| {
                let of = |object: &serde_json::Map<String, Value>| {
                    object.get(name).cloned().unwrap_or_default()
                };
                differences(&of(left), &of(right), &format!("{at}.{name}"))
            })
            .collect(),
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .flat_map(|(left, right)| differences(left, right, &format!("{at}[]")))
            .collect(),
        _ if left == right => Vec::new(),
        _ => vec![format!("{at}: {left} and {right}")],
    }
}

async fn values(world: &World, chosen: &Chosen) -> Result<Vec<(String, Value)>> {
    let mut values = Vec::new();
    for method in &Catalogue::read()?.methods {
        let name = method.name.clone();
        let value = call(world, chosen, &name)
            .await
            .with_context(|| name.clone())?;
        // Each call of a token endpoint makes another pair.
        if !name.starts_with("/auth/") {
            values.push((name, value));
        }
    }
    Ok(values)
}

#[tokio::test]
async fn lists_numbers_and_envelopes_mean_the_same_in_every_form() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    // The one call that changes what others show: done before, it is only repeated under its key.
    call(&world, &chosen, "aliexpress.ds.order.create").await?;
    let usual = values(&world, &chosen).await?;
    for switch in [
        json!({ "lists": "single_as_object" }),
        json!({ "lists": "plain" }),
        json!({ "numbers": "string" }),
        json!({ "trace_ids": "present" }),
        json!({ "trace_ids": "absent" }),
        json!({ "recommend_feed_form": "resp_result" }),
        json!({ "sku_detail_form": "inside" }),
        json!({ "lists": "single_as_object", "numbers": "string", "recommend_feed_form": "resp_result" }),
    ] {
        world.post("profile", &switch).await?;
        let now = values(&world, &chosen)
            .await
            .with_context(|| switch.to_string())?;
        for ((name, usual), (_, now)) in usual.iter().zip(now) {
            let mut differences = differences(usual, &now, "");
            // A cursor says when it was made; where the outcome stands is the very thing that is switched.
            let expected = [".search_id:", ".code:", ".success:"];
            differences.retain(|found| !expected.iter().any(|field| found.starts_with(field)));
            assert!(
                differences.is_empty(),
                "{name} under {switch}: {}",
                differences.join("; ")
            );
        }
        let back = json!({
            "lists": "wrapped", "numbers": "number", "trace_ids": "as_recorded",
            "recommend_feed_form": "direct", "sku_detail_form": "beside",
        });
        world.post("profile", &back).await?;
    }
    Ok(())
}

/// The three sources on image search name different fields, so only what they share is the same.
#[tokio::test]
async fn pictures_find_the_same_products_in_every_form() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let found = async || -> Result<Vec<(Value, Value, Value)>> {
        let value = call(&world, &chosen, "aliexpress.ds.image.searchV2").await?;
        let rows = value["products"].as_array().cloned().unwrap_or_default();
        let price = |row: &Value| match &row["price"]["sale"]["value"] {
            Value::Null => row["target_sale_price"].clone(),
            price => price.clone(),
        };
        Ok(rows
            .iter()
            .map(|row| (row["product_id"].clone(), row["title"].clone(), price(row)))
            .collect())
    };
    let guide = found().await?;
    assert_eq!(guide[0].0, chosen.product);
    for form in ["data_data", "table"] {
        world
            .post("profile", &json!({ "image_search_form": form }))
            .await?;
        assert_eq!(found().await?, guide, "{form}");
    }
    Ok(())
}

#[tokio::test]
async fn the_old_numeric_codes_mean_what_the_names_mean() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let refused = async || {
        let client = world
            .app
            .with_access_token(aliexpress::AccessToken::new("made-up"));
        let product = client
            .dropshipping()
            .product_get()
            .product_id(chosen.product);
        product
            .ship_to("FR")
            .send()
            .await
            .err()
            .context("a made-up token was taken")
    };
    let by_name = refused().await?;
    world
        .post("profile", &json!({ "error_codes": "numeric" }))
        .await?;
    let by_number = refused().await?;
    assert_eq!(by_name.code(), "IllegalAccessToken");
    assert_ne!(by_number.code(), by_name.code());
    assert_eq!(by_number.advice().class, by_name.advice().class);
    assert_eq!(by_number.effect(), by_name.effect());
    Ok(())
}
