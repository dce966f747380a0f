//! The recorded samples as a judge: what they have, an answer has too, with the same JSON types.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// The main sample of a method, when there is one.
pub(crate) fn of(method: &str) -> Result<Option<Value>> {
    let name = method.trim_start_matches('/').replace('/', ".");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../aliexpress/tests/fixtures/samples")
        .join(format!("{name}.json"));
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path)?;
    serde_json::from_str(&text)
        .with_context(|| path.display().to_string())
        .map(Some)
}

/// Everything the sample has and the answer lacks or has with another type.
pub(crate) fn differences(sample: &Value, answer: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(sample, answer, "", &mut found);
    found
}

fn compare(sample: &Value, answer: &Value, at: &str, found: &mut Vec<String>) {
    match (sample, answer) {
        (Value::Object(sample), Value::Object(answer)) => {
            for (name, wanted) in sample {
                let at = format!("{at}.{name}");
                match answer.get(name) {
                    Some(given) => compare(wanted, given, &at, found),
                    None => found.push(format!("{at}: missing")),
                }
            }
        }
        (Value::Array(sample), Value::Array(answer)) => {
            if let (Some(sample), Some(answer)) = (merged(sample), merged(answer)) {
                compare(&sample, &answer, &format!("{at}[]"), found);
            } else if !sample.is_empty() {
                found.push(format!("{at}: the list is empty"));
            }
        }
        _ if kind(sample) != kind(answer) => {
            found.push(format!(
                "{at}: {} instead of {}",
                kind(answer),
                kind(sample)
            ));
        }
        _ => {}
    }
}

/// All items of a list as one, so that a field of any of them counts.
fn merged(items: &[Value]) -> Option<Value> {
    let mut all = Map::new();
    for item in items {
        match item {
            Value::Object(object) => merge(&mut all, object),
            plain => return Some(plain.clone()),
        }
    }
    (!all.is_empty()).then_some(Value::Object(all))
}

fn merge(all: &mut Map<String, Value>, object: &Map<String, Value>) {
    for (name, value) in object {
        match (all.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(value)) => merge(known, value),
            (Some(Value::Array(known)), Value::Array(value)) => known.extend(value.iter().cloned()),
            (Some(_), _) => {}
            (None, value) => {
                all.insert(name.clone(), value.clone());
            }
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "truth value",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
