//! The walk through the catalogue.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::calls::call;
use crate::samples;
use crate::schema::Catalogue;
use crate::world::World;

/// Whether there is anything in an answer besides empty lists and nothing.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(object) => object.values().any(says_something),
        _ => true,
    }
}

#[tokio::test]
async fn every_current_method_answers_with_state_in_the_shape_of_catalogue_and_samples()
-> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let catalogue = Catalogue::read()?;
    assert_eq!(catalogue.methods.len(), 39);
    let mut problems = Vec::new();
    let mut judged_by_samples = 0;
    for method in &catalogue.methods {
        let name = &method.name;
        let value = call(&world, &chosen, name)
            .await
            .with_context(|| name.clone())?;
        if !says_something(&value) {
            problems.push(format!("{name}: nothing in {value}"));
        }
        let body = world.last_body()?;
        let wrong = catalogue.problems(method, &body);
        problems.extend(
            wrong
                .into_iter()
                .map(|problem| format!("{name} (catalogue): {problem}")),
        );
        if let Some(sample) = samples::of(name)? {
            judged_by_samples += 1;
            let wrong = samples::differences(&sample, &body);
            problems.extend(
                wrong
                    .into_iter()
                    .map(|problem| format!("{name} (sample): {problem}")),
            );
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(
        judged_by_samples >= 20,
        "only {judged_by_samples} methods have a sample"
    );
    Ok(())
}
