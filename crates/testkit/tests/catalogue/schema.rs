//! The catalogue as a judge of answers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) sometimes: bool,
    pub(crate) key: Option<String>,
    pub(crate) shape: Option<String>,
    pub(crate) own_error: Option<String>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) envelope: String,
    pub(crate) params: Vec<Row>,
    #[serde(default)]
    pub(crate) answer: Vec<Row>,
    pub(crate) answer_shape: Option<String>,
    #[serde(default)]
    pub(crate) answer_lacks: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Shape {
    name: String,
    fields: Vec<Row>,
}

/// Every method, and the shapes they share.
pub(crate) struct Catalogue {
    pub(crate) methods: Vec<Method>,
    shapes: BTreeMap<String, Vec<Row>>,
}

impl Catalogue {
    pub(crate) fn read() -> Result<Self> {
        #[derive(Deserialize)]
        struct Methods {
            method: Vec<Method>,
        }
        #[derive(Deserialize)]
        struct Shapes {
            shape: Vec<Shape>,
        }
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
        let text = |name: &str| {
            let path = folder.join(format!("{name}.toml"));
            std::fs::read_to_string(&path).with_context(|| path.display().to_string())
        };
        let mut methods = Vec::new();
        for name in ["system", "dropshipping", "affiliate"] {
            let file: Methods = toml::from_str(&text(name)?)?;
            methods.extend(
                file.method
                    .into_iter()
                    .filter(|method| method.status == "current"),
            );
        }
        let shapes: Shapes = toml::from_str(&text("shapes")?)?;
        Ok(Self {
            methods,
            shapes: shapes
                .shape
                .into_iter()
                .map(|shape| (shape.name, shape.fields))
                .collect(),
        })
    }

    /// What is wrong with an answer in the wrapped form; empty when it is as the catalogue says.
    pub(crate) fn problems(&self, method: &Method, body: &Value) -> Vec<String> {
        let mut judge = Judge {
            catalogue: self,
            lacks: &method.answer_lacks,
            problems: Vec::new(),
        };
        let payload = if method.envelope == "wrapped" {
            let key = format!("{}_response", method.name.replace('.', "_"));
            match body.get(&key) {
                Some(payload) => payload,
                None => return vec![format!("no `{key}` around the answer")],
            }
        } else {
            body
        };
        let rows = match &method.answer_shape {
            Some(shape) => self.shapes.get(shape).map_or(&[][..], Vec::as_slice),
            None => &method.answer,
        };
        judge.object(rows, "", payload, "");
        judge.problems
    }
}

/// Judges one answer.
struct Judge<'a> {
    catalogue: &'a Catalogue,
    lacks: &'a [String],
    problems: Vec<String>,
}

fn parent(row: &Row) -> &str {
    let path = row.name.rsplit_once('.').map_or("", |(parent, _)| parent);
    path.strip_suffix("[]").unwrap_or(path)
}

fn last(row: &Row) -> &str {
    row.name.rsplit('.').next().unwrap_or(&row.name)
}

impl<'a> Judge<'a> {
    fn problem(&mut self, at: &str, what: impl std::fmt::Display) {
        self.problems.push(format!("{at}: {what}"));
    }

    fn object(&mut self, rows: &'a [Row], path: &'a str, value: &Value, at: &str) {
        let Value::Object(object) = value else {
            return self.problem(at, format_args!("no object: {value}"));
        };
        for row in rows.iter().filter(|row| parent(row) == path) {
            let at = format!("{at}.{}", last(row));
            match object.get(last(row)) {
                Some(value) => self.value(rows, row, value, &at),
                None if row.also.iter().any(|other| object.contains_key(other)) => {}
                None if row.sometimes || self.lacks.iter().any(|name| name == last(row)) => {}
                None => self.problem(&at, "missing"),
            }
        }
        let known = |name: &str| {
            rows.iter().any(|row| {
                parent(row) == path
                    && (last(row) == name || row.also.iter().any(|other| other == name))
            })
        };
        for name in object.keys() {
            if !known(name) && !matches!(name.as_str(), "request_id" | "_trace_id_" | "code") {
                self.problem(at, format_args!("`{name}` is not in the catalogue"));
            }
        }
    }

    fn value(&mut self, rows: &'a [Row], row: &'a Row, value: &Value, at: &str) {
        let fits = match row.kind.as_str() {
            "object" => {
                let (rows, path) = self.rows_of(rows, row);
                return self.object(rows, path, value, at);
            }
            "list" | "text-list" | "int-list" => return self.list(rows, row, value, at),
            "embedded" => return self.embedded(rows, row, value, at),
            "money" => is_money(value),
            "int" | "epoch-ms" => value.is_i64(),
            "bool" => value.is_boolean(),
            "int-text" | "id-text" => value
                .as_str()
                .is_some_and(|text| text.parse::<i64>().is_ok()),
            "decimal" => value
                .as_str()
                .is_some_and(|text| text.is_empty() || text.parse::<f64>().is_ok()),
            "bool-text" => matches!(value.as_str(), Some("true" | "false")),
            "json-text" => value
                .as_str()
                .is_some_and(|text| serde_json::from_str::<Value>(text).is_ok()),
            _ => value.is_string(),
        };
        if !fits {
            self.problem(at, format_args!("{value} is no {}", row.kind));
        }
    }

    /// Where the fields of an object or of a list's rows stand.
    fn rows_of(&self, rows: &'a [Row], row: &'a Row) -> (&'a [Row], &'a str) {
        let catalogue: &'a Catalogue = self.catalogue;
        let shape = row
            .shape
            .as_ref()
            .and_then(|shape| catalogue.shapes.get(shape));
        shape.map_or((rows, row.name.as_str()), |fields| (fields.as_slice(), ""))
    }

    fn list(&mut self, rows: &'a [Row], row: &'a Row, value: &Value, at: &str) {
        let inner = match (value, &row.key) {
            (Value::Object(object), _) if object.is_empty() => return,
            (Value::Object(object), Some(key)) if object.len() == 1 => object.get(key),
            (Value::Array(_), None) => Some(value),
            _ => None,
        };
        let Some(Value::Array(items)) = inner else {
            let key = row.key.as_deref().unwrap_or("nothing");
            return self.problem(at, format_args!("no list inside `{key}`: {}", short(value)));
        };
        for item in items {
            match row.kind.as_str() {
                "text-list" if !item.is_string() => self.problem(at, "an item is no text"),
                "int-list" if !item.is_i64() => self.problem(at, "an item is no number"),
                "text-list" | "int-list" => {}
                _ => {
                    let (fields, path) = match row
                        .shape
                        .as_ref()
                        .and_then(|shape| self.catalogue.shapes.get(shape))
                    {
                        Some(fields) => (fields.as_slice(), ""),
                        None => (rows, row.name.as_str()),
                    };
                    self.object(fields, path, item, at);
                }
            }
        }
    }

    fn embedded(&mut self, rows: &'a [Row], row: &'a Row, value: &Value, at: &str) {
        let text = value.as_str().unwrap_or_default();
        let Ok(Value::Array(items)) = serde_json::from_str::<Value>(text) else {
            return self.problem(at, "no list as JSON text");
        };
        for item in &items {
            self.object_of_embedded(rows, &row.name, item, at);
        }
    }

    /// Inside embedded JSON lists stand plain.
    fn object_of_embedded(&mut self, rows: &'a [Row], path: &'a str, item: &Value, at: &str) {
        let none = Map::new();
        let object = item.as_object().unwrap_or(&none);
        for row in rows.iter().filter(|row| parent(row) == path) {
            match object.get(last(row)) {
                Some(Value::Array(items)) if row.kind == "list" => {
                    for item in items {
                        self.object_of_embedded(rows, &row.name, item, at);
                    }
                }
                Some(value) if row.kind != "list" => self.value(rows, row, value, at),
                Some(_) => self.problem(at, "no list"),
                None if row.sometimes => {}
                None => self.problem(&format!("{at}.{}", last(row)), "missing"),
            }
        }
    }
}

fn is_money(value: &Value) -> bool {
    let amount = value["amount"].as_str().unwrap_or_default();
    amount.parse::<f64>().is_ok()
        && value["currency_code"]
            .as_str()
            .is_some_and(|code| code.len() == 3)
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(120).collect()
}
