//! The fields of an answer: their words, their types, and how they are decoded.

use std::fmt::Write as _;

use anyhow::{Result, bail, ensure};

use super::super::model::{Row, inside};
use super::super::text::{doc, quoted};
use super::{Types, value_type};

impl Types<'_> {
    pub(super) fn field(&mut self, row: &Row) -> Result<()> {
        doc(self.out, "    ", &words(row));
        let (rust, decode) = self.rust_type(row)?;
        let mut attributes: Vec<String> = Vec::new();
        let named_otherwise = (row.rust_name() != row.last()).then_some(row.last());
        for name in named_otherwise
            .into_iter()
            .chain(row.also.iter().map(String::as_str))
        {
            attributes.push(format!("alias = {}", quoted(name)));
        }
        if !row.required {
            attributes.push("default".to_owned());
        }
        if row.hidden {
            attributes.push("skip_serializing".to_owned());
        }
        if let Some(decode) = decode {
            attributes.push(format!("deserialize_with = {}", quoted(&decode)));
        }
        if !attributes.is_empty() {
            writeln!(self.out, "    #[serde({})]", attributes.join(", "))?;
        }
        let seen = if row.hidden { "" } else { "pub " };
        writeln!(self.out, "    {seen}{}: {rust},", row.rust_name())?;
        Ok(())
    }

    /// The Rust type of a field, and how it is decoded.
    fn rust_type(&mut self, row: &Row) -> Result<(String, Option<String>)> {
        if let Some(rust) = &row.rust {
            let rust = match row.required {
                true => rust.clone(),
                false => format!("Option<{rust}>"),
            };
            return Ok((rust, None));
        }
        if let Some((rust, decode)) = single(row) {
            return Ok((rust.to_owned(), Some(decode.to_owned())));
        }
        let inner = match row.kind.as_str() {
            "embedded" | "list" | "object" => value_type(self.catalogue, row)?,
            kind => bail!(
                "`{}`: no Rust type for `{kind}`{}",
                row.name,
                if row.required { " when required" } else { "" }
            ),
        };
        if row.shape.is_some() {
            self.shapes.insert(inner.clone());
        }
        let (rust, decode) = match (row.kind.as_str(), row.required) {
            ("object", true) => return Ok((inner, None)),
            ("object", false) => (format!("Option<{inner}>"), "object"),
            ("embedded", _) => (format!("Vec<{inner}>"), "embedded_list"),
            _ => (format!("Vec<{inner}>"), self.list(row)?),
        };
        Ok((rust, Some(format!("decode::{decode}"))))
    }

    fn list(&self, row: &Row) -> Result<&'static str> {
        Ok(match (row.depth, &row.newest_first) {
            (Some(2), _) => "nested_list",
            (_, Some(_)) => "newest_first",
            _ if self.named_as_field(row)? => "list_named_as_field",
            _ => "list",
        })
    }

    /// Whether the key of the object around a list is also the name of a field of its rows.
    fn named_as_field(&self, row: &Row) -> Result<bool> {
        let fields: Vec<&Row> = match &row.shape {
            Some(shape) => inside(&self.catalogue.shape(shape)?.fields, "").collect(),
            None => inside(self.rows, &row.name).collect(),
        };
        let is_field = |key: &String| {
            let named = |row: &&Row| row.last() == key || row.rust_name() == key;
            fields.iter().any(named)
        };
        if !row.key.as_ref().is_some_and(is_field) {
            return Ok(false);
        }
        let is_single = |row: &&Row| !matches!(row.kind.as_str(), "list" | "object");
        ensure!(
            fields.iter().all(is_single),
            "`{}`: the key is also a field, and not every field is a single value",
            row.name
        );
        Ok(true)
    }
}

/// What is told of a field.
fn words(row: &Row) -> String {
    let mut text = row.doc.clone();
    if row.kind == "local-time" {
        text.push_str(" No time zone is documented.");
    }
    if row.sometimes {
        text.push_str(" Not in every answer.");
    }
    if row.rust_name() != row.last() {
        text.push_str(&format!(" Gateway name: `{}`.", row.last()));
    }
    if !row.known.is_empty() {
        let known: Vec<String> = row.known.iter().map(|value| format!("`{value}`")).collect();
        text.push_str(&format!(" Known values: {}.", known.join(", ")));
    }
    text
}

/// The Rust type of a single value, or of a list of them, and how it is decoded.
fn single(row: &Row) -> Option<(&'static str, &'static str)> {
    Some(match (row.kind.as_str(), row.required, row.loose) {
        ("text", false, false) => ("Option<String>", "decode::text"),
        ("text", false, true) => ("Option<String>", "decode::text_if_any"),
        ("text" | "id-text", true, _) => ("String", "decode::id_text"),
        ("int" | "int-text", true, _) => ("i64", "decode::required_int"),
        ("int" | "int-text", false, false) => ("Option<i64>", "decode::int"),
        ("int" | "int-text", false, true) => ("Option<i64>", "decode::loose_int"),
        ("decimal", true, _) => ("Decimal", "decode::required_decimal"),
        ("decimal", false, false) => ("Option<Decimal>", "decode::decimal"),
        ("decimal", false, true) => ("Option<Decimal>", "decode::loose_decimal"),
        ("bool" | "bool-text", false, false) => ("Option<bool>", "decode::boolean"),
        ("bool" | "bool-text", false, true) => ("Option<bool>", "decode::bool_if_any"),
        ("json-text", false, _) => ("Option<String>", "decode::json_text"),
        ("epoch-ms", true, _) => ("Timestamp", "decode::instant"),
        ("epoch-ms", false, _) => ("Option<Timestamp>", "decode::optional_instant"),
        ("pacific-time", false, _) => ("Option<Timestamp>", "decode::pacific_time"),
        ("zoned-time", false, _) => ("Option<Timestamp>", "decode::zoned_time"),
        ("local-time", false, _) => ("Option<DateTime>", "decode::local_time"),
        ("money", false, _) => ("Option<Money>", "money::optional"),
        ("text-list", false, _) => ("Vec<String>", "decode::texts"),
        ("semicolon-list", false, _) => ("Vec<String>", "decode::semicolon_texts"),
        ("int-list", false, _) => ("Vec<i64>", "decode::ints"),
        _ => return None,
    })
}
