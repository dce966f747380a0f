//! What the catalogue says about the fields of an answer, and every form in which the gateway may write the same one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use toml::Table;

/// What stands at one place of an answer.
#[derive(Clone)]
pub(crate) struct Field {
    /// Such as `text`, `int`, `bool` or `list`.
    pub(crate) kind: String,
    /// The key of the object around a list.
    pub(crate) key: Option<String>,
    /// Whether real answers leave it out.
    pub(crate) sometimes: bool,
}

/// The fields of an answer by path: names joined by dots, `[]` after a list.
pub(crate) type Shape = BTreeMap<String, Field>;

/// By method: the fields, and the path of what a caller gets.
type Methods = BTreeMap<String, (Shape, String)>;

static METHODS: LazyLock<Methods> = LazyLock::new(read);

/// The answer of a method, without its envelope.
pub(crate) fn of(method: &str) -> &'static Shape {
    let found = METHODS.get(method);
    &found
        .unwrap_or_else(|| panic!("{method} is not in the catalogue"))
        .0
}

/// Whether what the method is asked for stands at a path, or below it.
pub(crate) fn leads_to_value(method: &str, path: &str) -> bool {
    let value = &METHODS[method].1;
    value == path || value.starts_with(&format!("{path}."))
}

fn read() -> Methods {
    let file = |name: &str| -> Table {
        let path = format!("{}/../../catalogue/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap().parse().unwrap()
    };
    let shapes = file("shapes");
    let shared = shapes["shape"].as_array().unwrap();
    let shared: BTreeMap<&str, &toml::Value> = shared
        .iter()
        .map(|shape| (shape["name"].as_str().unwrap(), shape))
        .collect();
    let mut methods = BTreeMap::new();
    for group in ["system", "dropshipping", "affiliate"] {
        for method in file(group)["method"].as_array().unwrap() {
            let mut fields = Shape::new();
            if let Some(rows) = method.get("answer") {
                insert(&mut fields, &shared, "", rows);
            }
            if let Some(whole) = method.get("answer_shape") {
                insert(
                    &mut fields,
                    &shared,
                    "",
                    &shared[whole.as_str().unwrap()]["fields"],
                );
            }
            let text = |name: &str| method.get(name).and_then(toml::Value::as_str);
            let value = text("value").unwrap_or_default().to_owned();
            methods.insert(text("name").unwrap().to_owned(), (fields, value));
        }
    }
    methods
}

fn insert(
    fields: &mut Shape,
    shared: &BTreeMap<&str, &toml::Value>,
    inside: &str,
    rows: &toml::Value,
) {
    for row in rows.as_array().unwrap() {
        let text = |name: &str| row.get(name).and_then(toml::Value::as_str);
        let path = format!("{inside}{}", text("name").unwrap());
        if let Some(shape) = text("shape") {
            let list = if text("type") == Some("list") {
                "[]"
            } else {
                ""
            };
            insert(
                fields,
                shared,
                &format!("{path}{list}."),
                &shared[shape]["fields"],
            );
        }
        let field = Field {
            kind: text("type").unwrap().to_owned(),
            key: text("key").map(str::to_owned),
            sometimes: row.get("sometimes").is_some(),
        };
        fields.insert(path, field);
    }
}

/// One choice for every place in an answer where the gateway has one. Runs out into "as it is".
pub(crate) struct Choices {
    choices: Vec<u8>,
    next: usize,
}

impl Choices {
    pub(crate) fn new(choices: Vec<u8>) -> Self {
        Self { choices, next: 0 }
    }

    /// The same choice everywhere.
    pub(crate) fn always(choice: u8) -> Self {
        Self::new(vec![choice; 10_000])
    }

    fn pick(&mut self, of: u8) -> u8 {
        let choice = self.choices.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        choice % of
    }
}

/// How lists are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// As in the answer.
    AsTheyAre,
    /// As plain arrays.
    Plain,
    /// As the choices say.
    Mixed,
}

/// The same answer in another form.
pub(crate) fn varied(
    shape: &Shape,
    path: &str,
    value: &Value,
    lists: Lists,
    choices: &mut Choices,
) -> Option<Value> {
    let field = shape.get(path);
    let kind = field.map_or("", |field| field.kind.as_str());
    if matches!(kind, "list" | "text-list" | "int-list") {
        let key = field.and_then(|field| field.key.as_deref());
        return varied_list(shape, path, key.unwrap_or("any_key"), value, lists, choices);
    }
    Some(match value {
        Value::Object(object) => object
            .iter()
            .filter_map(|(name, value)| {
                let inner = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let value = varied(shape, &inner, value, lists, choices)?;
                Some((name.clone(), value))
            })
            .collect::<Map<_, _>>()
            .into(),
        _ => varied_scalar(kind, value, choices),
    })
}

fn varied_scalar(kind: &str, value: &Value, choices: &mut Choices) -> Value {
    let truth = match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    };
    match (kind, truth, value) {
        ("bool" | "bool-text", Some(truth), _) => match choices.pick(5) {
            1 => json!(truth.to_string()),
            2 => json!(if truth { "Y" } else { "N" }),
            3 => json!(i32::from(truth)),
            4 => json!(truth),
            _ => value.clone(),
        },
        ("embedded", _, Value::String(text)) if choices.pick(2) == 1 => {
            serde_json::from_str(text).unwrap()
        }
        ("embedded" | "json-text", ..) => value.clone(),
        (_, _, Value::Number(number)) if choices.pick(2) == 1 => json!(number.to_string()),
        (_, _, Value::String(text)) if choices.pick(2) == 1 => as_number(text),
        _ => value.clone(),
    }
}

fn varied_list(
    shape: &Shape,
    path: &str,
    key: &str,
    value: &Value,
    lists: Lists,
    choices: &mut Choices,
) -> Option<Value> {
    let rows = rows(value).unwrap_or_else(|| panic!("{path} is no list: {value}"));
    let inside = format!("{path}[]");
    let rows: Vec<Value> = rows
        .iter()
        .filter_map(|row| varied(shape, &inside, row, lists, choices))
        .collect();
    let form = match lists {
        Lists::AsTheyAre if value.is_array() => 1,
        Lists::AsTheyAre => 0,
        Lists::Plain => 1,
        Lists::Mixed => choices.pick(7),
    };
    Some(match (form, rows.as_slice()) {
        (1, _) => Value::Array(rows),
        (2, [only]) => json!({ key: only }),
        (3, [only]) => only.clone(),
        (4, []) => Value::Null,
        (5, []) => json!({}),
        (6, []) => return None,
        (4, _) => json!({ "some_other_key": rows }),
        _ => json!({ key: rows }),
    })
}

/// The rows of a list in the forms that samples have: plain, or inside of one or two objects.
fn rows(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(rows) => Some(rows),
        Value::Object(object) if object.len() <= 1 => match object.values().next() {
            Some(inner) => rows(inner),
            None => Some(&[]),
        },
        _ => None,
    }
}

/// Text that is a plain number becomes that number, as long as it stays the same text when written again.
fn as_number(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Number(number)) if number.to_string() == text && !text.ends_with(".0") => {
            Value::Number(number)
        }
        _ => json!(text),
    }
}

/// The answer without a field, wherever it stands.
pub(crate) fn without(path: &[&str], value: &mut Value) {
    match (path, value) {
        ([name], Value::Object(object)) if !name.ends_with("[]") => {
            object.remove(*name);
        }
        ([name, rest @ ..], Value::Object(object)) => {
            let Some(inner) = object.get_mut(name.trim_end_matches("[]")) else {
                return;
            };
            if name.ends_with("[]") {
                each_row(inner, &mut |row| without(rest, row));
            } else {
                without(rest, inner);
            }
        }
        _ => {}
    }
}

fn each_row(list: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match list {
        Value::Array(rows) => rows.iter_mut().for_each(change),
        Value::Object(object) if object.len() == 1 => {
            for inner in object.values_mut() {
                each_row(inner, change);
            }
        }
        _ => {}
    }
}
