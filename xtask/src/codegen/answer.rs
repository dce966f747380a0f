//! The answer of a method: the types a caller gets, the private ones around them, and how success is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

use super::model::{Catalogue, Method, Row, Success, inside};
use super::text::{doc, quoted};

/// What `send` gives back.
pub(crate) struct Value {
    /// Its Rust type.
    pub(crate) rust: String,
    /// Shapes that have to be imported.
    pub(crate) shapes: BTreeSet<String>,
}

/// Writes every type of the answer and the way from the wire to the value.
pub(crate) fn write(out: &mut String, catalogue: &Catalogue, method: &Method) -> Result<Value> {
    let path = method
        .value
        .as_deref()
        .context("a typed method needs `value`")?;
    let mut shapes = BTreeSet::new();
    let mut written = BTreeSet::new();
    let rows = &method.answer;
    let (rust, is_list) = if path.is_empty() {
        ("EventReport".to_owned(), false)
    } else {
        let row = row_at(rows, path)?;
        (value_type(catalogue, row)?, row.kind == "list")
    };
    if path.is_empty() {
        public_struct(
            out,
            catalogue,
            rows,
            "",
            &rust,
            &method.summary,
            &mut shapes,
            &mut written,
        )?;
        writeln!(out, "type Answer = {rust};\n")?;
    } else {
        types_below(out, catalogue, rows, path, &mut shapes, &mut written)?;
        private_structs(out, catalogue, method, path)?;
    }
    let full = if is_list {
        format!("Vec<{rust}>")
    } else {
        rust.clone()
    };
    settlement(out, method, path, &full, is_list)?;
    Ok(Value { rust: full, shapes })
}

fn row_at<'a>(rows: &'a [Row], path: &str) -> Result<&'a Row> {
    rows.iter()
        .find(|row| row.name.replace("[]", "") == path)
        .with_context(|| format!("the answer has no `{path}`"))
}

/// The Rust type of an object or of the rows of a list.
fn value_type(catalogue: &Catalogue, row: &Row) -> Result<String> {
    if let Some(shape) = &row.shape {
        return Ok(catalogue.shape(shape)?.rust.clone());
    }
    row.rust_struct
        .clone()
        .with_context(|| format!("`{}` needs `struct`", row.name))
}

/// The public types from `path` down.
fn types_below(
    out: &mut String,
    catalogue: &Catalogue,
    rows: &[Row],
    path: &str,
    shapes: &mut BTreeSet<String>,
    written: &mut BTreeSet<String>,
) -> Result<()> {
    let row = row_at(rows, path)?;
    if let Some(shape) = &row.shape {
        shapes.insert(catalogue.shape(shape)?.rust.clone());
        return Ok(());
    }
    let rust = value_type(catalogue, row)?;
    public_struct(out, catalogue, rows, path, &rust, &row.doc, shapes, written)
}

/// Every type of a shape.
pub(crate) fn shape(
    out: &mut String,
    catalogue: &Catalogue,
    rows: &[Row],
    rust: &str,
    summary: &str,
) -> Result<BTreeSet<String>> {
    let mut shapes = BTreeSet::new();
    let mut written = BTreeSet::new();
    public_struct(
        out,
        catalogue,
        rows,
        "",
        rust,
        summary,
        &mut shapes,
        &mut written,
    )?;
    Ok(shapes)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one walk, and what it has met so far"
)]
fn public_struct(
    out: &mut String,
    catalogue: &Catalogue,
    rows: &[Row],
    path: &str,
    rust: &str,
    summary: &str,
    shapes: &mut BTreeSet<String>,
    written: &mut BTreeSet<String>,
) -> Result<()> {
    if !written.insert(rust.to_owned()) {
        return Ok(());
    }
    let fields: Vec<&Row> = inside(rows, path)
        .filter(|row| row.name != "_trace_id_")
        .collect();
    let default = if fields.iter().any(|row| row.required) {
        ""
    } else {
        "Default, "
    };
    let personal = personal(rows, path);
    let (hides, debug) = if personal {
        (" `Debug` shows nothing of it.", "")
    } else {
        ("", "Debug, ")
    };
    doc(out, "", &format!("{summary}{hides}"));
    writeln!(
        out,
        "#[derive({debug}Clone, {default}PartialEq, Serialize, Deserialize)]\n#[non_exhaustive]\npub struct {rust} {{"
    )?;
    for row in &fields {
        field(out, catalogue, rows, row, shapes)?;
    }
    writeln!(out, "}}\n")?;
    if personal {
        hidden(out, rust)?;
    }
    for row in fields {
        let has_type = matches!(row.kind.as_str(), "object" | "list" | "embedded");
        if has_type && row.shape.is_none() {
            let below = row.name.replace("[]", "");
            let rust = value_type(catalogue, row)?;
            public_struct(
                out,
                catalogue,
                rows,
                &row_path(rows, &below),
                &rust,
                &row.doc,
                shapes,
                written,
            )?;
            if let Some(field) = &row.newest_first {
                dated(out, &rust, field)?;
            }
        }
    }
    Ok(())
}

/// Whether the object at `path`, or the rows of the list there, are about a person.
fn personal(rows: &[Row], path: &str) -> bool {
    let path = path.trim_end_matches("[]");
    rows.iter()
        .any(|row| row.personal && row.name.trim_end_matches("[]") == path)
}

/// Personal data does not show in a log that prints the answer.
fn hidden(out: &mut String, rust: &str) -> Result<()> {
    writeln!(
        out,
        "impl fmt::Debug for {rust} {{\n    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        f.debug_struct({}).finish_non_exhaustive()\n    }}\n}}\n",
        quoted(rust)
    )?;
    Ok(())
}

/// What puts rows in order.
fn dated(out: &mut String, rust: &str, field: &str) -> Result<()> {
    writeln!(
        out,
        "impl decode::Dated for {rust} {{\n    fn when(&self) -> Timestamp {{\n        self.{field}\n    }}\n}}\n"
    )?;
    Ok(())
}

/// The path as rows inside of it name it.
fn row_path(rows: &[Row], bare: &str) -> String {
    rows.iter()
        .find(|row| row.name.replace("[]", "") == bare)
        .map_or_else(|| bare.to_owned(), |row| row.name.clone())
}

fn field(
    out: &mut String,
    catalogue: &Catalogue,
    rows: &[Row],
    row: &Row,
    shapes: &mut BTreeSet<String>,
) -> Result<()> {
    let mut text = row.doc.clone();
    if row.sometimes {
        text.push_str(" Not in every answer.");
    }
    if row.rust_name() != row.last() {
        write!(text, " Gateway name: `{}`.", row.last())?;
    }
    if !row.known.is_empty() {
        let known: Vec<String> = row.known.iter().map(|value| format!("`{value}`")).collect();
        write!(text, " Known values: {}.", known.join(", "))?;
    }
    doc(out, "    ", &text);
    let (rust, mut decode) = rust_type(catalogue, row, shapes)?;
    if decode.as_deref() == Some("decode::list") && named_as_field(catalogue, rows, row)? {
        decode = Some("decode::list_named_as_field".to_owned());
    }
    let mut attributes = Vec::new();
    if row.rust_name() != row.last() {
        attributes.push(format!("alias = {}", quoted(row.last())));
    }
    attributes.extend(
        row.also
            .iter()
            .map(|name| format!("alias = {}", quoted(name))),
    );
    if !row.required {
        attributes.push("default".to_owned());
    }
    if let Some(decode) = decode {
        attributes.push(format!("deserialize_with = {}", quoted(&decode)));
    }
    if !attributes.is_empty() {
        writeln!(out, "    #[serde({})]", attributes.join(", "))?;
    }
    writeln!(out, "    pub {}: {rust},", row.rust_name())?;
    Ok(())
}

/// Whether the key of the object around a list is also the name of a field of its rows.
fn named_as_field(catalogue: &Catalogue, rows: &[Row], row: &Row) -> Result<bool> {
    let fields: Vec<&Row> = match &row.shape {
        Some(shape) => inside(&catalogue.shape(shape)?.fields, "").collect(),
        None => inside(rows, &row.name).collect(),
    };
    let is_field = |key: &String| {
        fields
            .iter()
            .any(|row| row.last() == key || row.rust_name() == key)
    };
    if !row.key.as_ref().is_some_and(is_field) {
        return Ok(false);
    }
    ensure!(
        !fields
            .iter()
            .any(|row| matches!(row.kind.as_str(), "list" | "object")),
        "`{}`: the key is also a field, and not every field is a single value",
        row.name
    );
    Ok(true)
}

/// The Rust type of a field, and how it is decoded.
fn rust_type(
    catalogue: &Catalogue,
    row: &Row,
    shapes: &mut BTreeSet<String>,
) -> Result<(String, Option<String>)> {
    let some =
        |rust: &str, decode: &str| (format!("Option<{rust}>"), Some(format!("decode::{decode}")));
    if let Some(rust) = &row.rust {
        return Ok(if row.required {
            (rust.clone(), None)
        } else {
            (format!("Option<{rust}>"), None)
        });
    }
    Ok(match (row.kind.as_str(), row.required, row.loose) {
        ("text", false, false) => some("String", "text"),
        ("text", false, true) => some("String", "text_if_any"),
        ("text" | "id-text", true, _) => ("String".into(), Some("decode::id_text".into())),
        ("id-text", false, _) => some("String", "optional_id_text"),
        ("int" | "int-text", true, _) => ("i64".into(), Some("decode::required_int".into())),
        ("int" | "int-text", false, false) => some("i64", "int"),
        ("int" | "int-text", false, true) => some("i64", "loose_int"),
        ("decimal", true, _) => ("Decimal".into(), Some("decode::required_decimal".into())),
        ("decimal", false, false) => some("Decimal", "decimal"),
        ("decimal", false, true) => some("Decimal", "loose_decimal"),
        ("bool" | "bool-text", false, false) => some("bool", "boolean"),
        ("bool" | "bool-text", false, true) => some("bool", "bool_if_any"),
        ("json-text", false, _) => some("String", "json_text"),
        ("epoch-ms", true, _) => ("Timestamp".into(), Some("decode::instant".into())),
        ("epoch-ms", false, _) => some("Timestamp", "optional_instant"),
        ("pacific-time", false, _) => some("Timestamp", "pacific_time"),
        ("zoned-time", false, _) => some("Timestamp", "zoned_time"),
        ("local-time", false, _) => some("DateTime", "local_time"),
        ("money", false, _) => ("Option<Money>".into(), Some("money::optional".into())),
        ("text-list", false, _) => ("Vec<String>".into(), Some("decode::texts".into())),
        ("int-list", false, _) => ("Vec<i64>".into(), Some("decode::ints".into())),
        ("embedded", false, _) => (
            format!("Vec<{}>", value_type(catalogue, row)?),
            Some("decode::embedded_list".into()),
        ),
        ("list", false, _) => {
            let rust = value_type(catalogue, row)?;
            if row.shape.is_some() {
                shapes.insert(rust.clone());
            }
            let decode = match (row.depth, &row.newest_first) {
                (Some(2), _) => "decode::nested_list",
                (_, Some(_)) => "decode::newest_first",
                _ => "decode::list",
            };
            (format!("Vec<{rust}>"), Some(decode.into()))
        }
        ("object", true, _) => (value_type(catalogue, row)?, None),
        ("object", false, _) => {
            let rust = value_type(catalogue, row)?;
            if row.shape.is_some() {
                shapes.insert(rust.clone());
            }
            (format!("Option<{rust}>"), Some("decode::object".into()))
        }
        (kind, required, _) => bail!(
            "`{}`: no Rust type for `{kind}`{}",
            row.name,
            if required { " when required" } else { "" }
        ),
    })
}

/// The private types around the value: only what leads to it, and what tells success.
fn private_structs(
    out: &mut String,
    catalogue: &Catalogue,
    method: &Method,
    path: &str,
) -> Result<()> {
    let mut inside: BTreeMap<Vec<&str>, BTreeSet<&str>> = BTreeMap::new();
    let mut ends = Vec::new();
    for path in std::iter::once(path).chain(method.value_also.as_deref()) {
        let steps: Vec<&str> = path.split('.').collect();
        for depth in 0..steps.len() {
            inside
                .entry(steps[..depth].to_vec())
                .or_default()
                .insert(steps[depth]);
        }
        ends.push(steps);
    }
    for (place, steps) in inside {
        // The outermost one is what a benchmark decodes without a gateway.
        let seen = if place.is_empty() { "pub(crate) " } else { "" };
        let name = private_name(&place);
        writeln!(out, "#[derive(Deserialize)]\n{seen}struct {name} {{")?;
        let here = place.join(".");
        for field in told_by(method)
            .iter()
            .filter(|field| split(field).0 == here)
        {
            row_at(&method.answer, field)?;
            writeln!(
                out,
                "    #[serde(default, deserialize_with = \"decode::text\")]\n    {}: Option<String>,",
                split(field).1
            )?;
        }
        for step in steps {
            let whole: Vec<&str> = place.iter().copied().chain([step]).collect();
            let rust = if ends.contains(&whole) {
                let row = row_at(&method.answer, &whole.join("."))?;
                let rust = value_type(catalogue, row)?;
                if row.kind == "list" {
                    format!("Vec<{rust}>")
                } else {
                    rust
                }
            } else {
                private_name(&whole)
            };
            let decode = if rust.starts_with("Vec<") {
                "optional_list"
            } else {
                "object"
            };
            writeln!(
                out,
                "    #[serde(default, deserialize_with = \"decode::{decode}\")]\n    {step}: Option<{rust}>,"
            )?;
        }
        writeln!(out, "}}\n")?;
    }
    Ok(())
}

fn private_name(steps: &[&str]) -> String {
    let words: Vec<String> = steps.iter().map(|step| super::text::pascal(step)).collect();
    format!("Answer{}", words.concat())
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// The fields that tell success, each once.
fn told_by(method: &Method) -> Vec<String> {
    let Some(success) = &method.success else {
        return Vec::new();
    };
    let mut fields: Vec<String> = Vec::new();
    for field in [
        &success.field,
        &success.also,
        &success.code,
        &success.message,
    ]
    .into_iter()
    .flatten()
    {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    fields
}

/// `impl Answer for …`: success or the method's own failure.
fn settlement(
    out: &mut String,
    method: &Method,
    path: &str,
    rust: &str,
    is_list: bool,
) -> Result<()> {
    writeln!(
        out,
        "impl MethodAnswer for Answer {{\n    type Value = {rust};\n\n    fn into_value(self) -> Result<Self::Value, Refused> {{"
    )?;
    match &method.success {
        Some(success) if success.rows.is_some() => rows_settlement(out, method, success, path)?,
        Some(success) => text_settlement(out, method, success, path, is_list)?,
        None => {
            let steps: Vec<&str> = path.split('.').collect();
            let value = reach(&steps);
            writeln!(
                out,
                "        {value}.ok_or(Refused::Missing({}))",
                quoted(path)
            )?;
        }
    }
    writeln!(out, "    }}\n}}\n")?;
    Ok(())
}

/// `self.a.and_then(|inner| inner.b)…`
fn reach(steps: &[&str]) -> String {
    let mut text = format!("self.{}", steps[0]);
    for step in &steps[1..] {
        write!(text, ".and_then(|inner| inner.{step})").unwrap_or_default();
    }
    text
}

fn text_settlement(
    out: &mut String,
    method: &Method,
    success: &Success,
    path: &str,
    is_list: bool,
) -> Result<()> {
    let field = success.field.as_deref().context("success needs `field`")?;
    let equals: Vec<String> = success.equals.iter().map(|text| quoted(text)).collect();
    // In its other form the answer says the same elsewhere.
    let tell = |wanted: &str| -> Result<String> {
        let here = tell(method, wanted, path)?;
        Ok(match &success.also {
            Some(also) if wanted == field => {
                format!("{here}.or_else(|| {})", tell(method, also, path)?)
            }
            _ => here,
        })
    };
    let told = |wanted: &Option<String>| -> Result<String> {
        wanted.as_deref().map_or(Ok("None".into()), tell)
    };
    writeln!(
        out,
        "        let outcome = Outcome::told_by({}, &[{}], {}, {});",
        tell(field)?,
        equals.join(", "),
        told(&success.code)?,
        told(&success.message)?,
    )?;
    if path.is_empty() {
        writeln!(out, "        outcome.settle(Some(self), {})", quoted(field))?;
        return Ok(());
    }
    let reach = |path: &str| reach(&path.split('.').collect::<Vec<_>>());
    let value = match &method.value_also {
        Some(also) => format!("{}.or_else(|| {})", reach(path), reach(also)),
        None => reach(path),
    };
    let settle = if is_list { "settle_list" } else { "settle" };
    writeln!(out, "        outcome.{settle}({value}, {})", quoted(path))?;
    Ok(())
}

/// The text of a field that tells success, wherever it stands.
fn tell(method: &Method, field: &str, path: &str) -> Result<String> {
    let (parent, last) = split(field);
    let inside_value = path.is_empty() || parent == path || parent.starts_with(&format!("{path}."));
    let row = row_at(&method.answer, field)?;
    let name = if inside_value { row.rust_name() } else { last };
    let as_text = match (inside_value, row.kind.as_str()) {
        (false, _) | (true, "text" | "id-text") => ".clone()",
        _ => ".map(|value| value.to_string())",
    };
    if parent.is_empty() {
        return Ok(format!("self.{name}{as_text}"));
    }
    let mut steps = parent.split('.');
    let mut text = format!("self.{}.as_ref()", steps.next().unwrap_or_default());
    for step in steps {
        write!(text, ".and_then(|inner| inner.{step}.as_ref())")?;
    }
    write!(text, ".and_then(|inner| inner.{name}{as_text})")?;
    Ok(text)
}

/// What exists outweighs everything else that the answer says.
fn rows_settlement(out: &mut String, method: &Method, success: &Success, path: &str) -> Result<()> {
    let rows = success.rows.as_deref().context("success needs `rows`")?;
    let flag = success.flag.as_deref().context("success needs `flag`")?;
    let rust = |field: &str| -> Result<String> {
        Ok(row_at(&method.answer, field)?.rust_name().to_owned())
    };
    let optional = |field: &Option<String>| -> Result<String> {
        field.as_deref().map_or(Ok("None".into()), |field| {
            Ok(format!("value.{}.clone()", rust(field)?))
        })
    };
    let steps: Vec<&str> = path.split('.').collect();
    writeln!(
        out,
        "        let value = {}.ok_or(Refused::Missing({}))?;",
        reach(&steps),
        quoted(path)
    )?;
    writeln!(
        out,
        "        if value.{rows_name}.is_empty() {{\n            return Err(Outcome::nothing_made(value.{flag_name}, {code}, {message}, [{rows}, {flag}]));\n        }}\n        Ok(value)",
        rows_name = rust(rows)?,
        flag_name = rust(flag)?,
        code = optional(&success.code)?,
        message = optional(&success.message)?,
        rows = quoted(rows),
        flag = quoted(flag),
    )?;
    Ok(())
}
