//! The OpenAPI document, read into what the page shows.

use std::sync::LazyLock;

use serde_json::Value;

use super::{DocsAnswer, DocsField, DocsNoun, DocsOperation};

/// The operations by noun; the document does not change while the process runs.
pub(super) static NOUNS: LazyLock<Vec<DocsNoun>> =
    LazyLock::new(|| nouns(&serde_json::from_str(&crate::openapi_json()).unwrap_or_default()));

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn nouns(document: &Value) -> Vec<DocsNoun> {
    let mut nouns: Vec<_> = list(&document["tags"])
        .map(|tag| DocsNoun {
            name: text(&tag["name"]),
            description: text(&tag["description"]),
            operations: Vec::new(),
        })
        .collect();
    for (path, item) in fields(&document["paths"]) {
        for (method, operation) in fields(item) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            let shown = read(document, path, method, operation);
            match nouns.iter_mut().find(|noun| noun.name == tag) {
                Some(noun) => noun.operations.push(shown),
                None => nouns.push(DocsNoun {
                    name: tag.to_owned(),
                    description: String::new(),
                    operations: vec![shown],
                }),
            }
        }
    }
    nouns
}

fn read(document: &Value, path: &str, method: &str, operation: &Value) -> DocsOperation {
    let told = [&operation["summary"], &operation["description"]];
    DocsOperation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        text: told
            .iter()
            .flat_map(|told| told.as_str().unwrap_or_default().split("\n\n"))
            .filter(|line| !line.is_empty())
            .map(|line| line.replace('`', ""))
            .collect(),
        scope: operation["security"][0]["bearer"][0]
            .as_str()
            .map(str::to_owned),
        parameters: list(&operation["parameters"])
            .map(|parameter| DocsField {
                name: text(&parameter["name"]),
                kind: kind(&parameter["schema"]),
                required: parameter["required"] == true,
                text: text(&parameter["description"]).replace('`', ""),
            })
            .collect(),
        body: body(document, operation),
        answers: fields(&operation["responses"])
            .map(|(status, response)| answer(document, status, response))
            .collect(),
    }
}

fn body(document: &Value, operation: &Value) -> Vec<DocsField> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = resolved(document, schema);
    let is_required = |name: &str| list(&schema["required"]).any(|one| one == name);
    fields(&schema["properties"])
        .map(|(name, property)| DocsField {
            name: name.clone(),
            kind: kind(property),
            required: is_required(name),
            text: text(&property["description"]).replace('`', ""),
        })
        .collect()
}

fn answer(document: &Value, status: &str, response: &Value) -> DocsAnswer {
    let response = resolved(document, response);
    let schema = fields(&response["content"])
        .next()
        .map_or(&Value::Null, |(_, content)| &content["schema"]);
    DocsAnswer {
        status: status.to_owned(),
        kind: kind(schema),
        text: text(&response["description"]).replace('`', ""),
    }
}

/// What a `$ref` points to.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"]
        .as_str()
        .and_then(|place| place.strip_prefix('#'))
    {
        Some(pointer) => document.pointer(pointer).unwrap_or(&Value::Null),
        None => value,
    }
}

/// A schema in a word.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|place| place.rsplit('/').next())
    {
        return name.to_owned();
    }
    if schema["type"] == "array" {
        return format!("[{}]", kind(&schema["items"]));
    }
    match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" | "),
        _ => list(&schema["oneOf"])
            .map(kind)
            .collect::<Vec<_>>()
            .join(" | "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_stands_in_the_reference_with_its_scope() {
        let shown: usize = NOUNS.iter().map(|noun| noun.operations.len()).sum();
        assert_eq!(shown, crate::api::operations().len());
        for noun in NOUNS.iter() {
            assert!(
                !noun.description.is_empty(),
                "{} is not described",
                noun.name
            );
            for operation in &noun.operations {
                assert!(operation.scope.is_some(), "{}", operation.path);
                assert!(!operation.text.is_empty(), "{}", operation.path);
                assert!(operation.answers.len() > 3, "{}", operation.path);
            }
        }
    }
}
