//! The answer of a method: the types a caller gets, the private ones around them, and how success is told.

mod fields;
mod settlement;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::model::{Catalogue, Method, Row, inside};
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
    let mut types = Types::new(out, catalogue, method);
    if path.is_empty() {
        let rust = "EventReport".to_owned();
        types.object("", &rust, &method.summary)?;
        let shapes = types.shapes;
        writeln!(out, "type Answer = {rust};\n")?;
        settlement::settlement(out, method, path, &rust, false)?;
        return Ok(Value { rust, shapes });
    }
    let row = row_at(&method.answer, path)?;
    types.below(row)?;
    let shapes = types.shapes;
    let is_list = row.kind == "list";
    let mut rust = value_type(catalogue, row)?;
    if is_list {
        rust = format!("Vec<{rust}>");
    }
    settlement::private_structs(out, catalogue, method, path)?;
    settlement::settlement(out, method, path, &rust, is_list)?;
    Ok(Value { rust, shapes })
}

/// Every type of a shape.
pub(crate) fn shape(
    out: &mut String,
    catalogue: &Catalogue,
    rows: &[Row],
    rust: &str,
    summary: &str,
) -> Result<BTreeSet<String>> {
    let mut types = Types {
        out,
        catalogue,
        rows,
        told: Vec::new(),
        shapes: BTreeSet::new(),
        written: BTreeSet::new(),
    };
    types.object("", rust, summary)?;
    Ok(types.shapes)
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

/// The public types of an answer, and what was met on the walk through them.
struct Types<'a> {
    out: &'a mut String,
    catalogue: &'a Catalogue,
    rows: &'a [Row],
    /// Fields that tell success.
    told: Vec<&'a str>,
    shapes: BTreeSet<String>,
    written: BTreeSet<String>,
}

impl<'a> Types<'a> {
    fn new(out: &'a mut String, catalogue: &'a Catalogue, method: &'a Method) -> Self {
        let success = method.success.as_ref();
        Self {
            out,
            catalogue,
            rows: &method.answer,
            told: success.map_or_else(Vec::new, |success| success.fields().collect()),
            shapes: BTreeSet::new(),
            written: BTreeSet::new(),
        }
    }

    /// The type of what is in `row`, and those below it.
    fn below(&mut self, row: &Row) -> Result<()> {
        let rust = value_type(self.catalogue, row)?;
        if row.shape.is_some() {
            self.shapes.insert(rust);
            return Ok(());
        }
        self.object(&row.name, &rust, row.each.as_ref().unwrap_or(&row.doc))?;
        if let Some(field) = &row.newest_first {
            writeln!(
                self.out,
                "impl decode::Dated for {rust} {{\n    fn when(&self) -> Timestamp {{\n        self.{field}\n    }}\n}}\n"
            )?;
        }
        Ok(())
    }

    fn object(&mut self, path: &str, rust: &str, summary: &str) -> Result<()> {
        if !self.written.insert(rust.to_owned()) {
            return Ok(());
        }
        let rows = self.rows;
        let fields: Vec<&Row> = inside(rows, path)
            .filter(|row| row.name != "_trace_id_")
            // What nobody reads needs no place.
            .filter(|row| !row.hidden || self.told.contains(&row.name.as_str()))
            .collect();
        let default = match fields.iter().any(|row| row.required) {
            true => "",
            false => "Default, ",
        };
        let is_personal = rows.iter().any(|row| row.personal && row.name == path);
        let (hides, debug) = match is_personal {
            true => (" `Debug` shows nothing of it.", ""),
            false => ("", "Debug, "),
        };
        doc(self.out, "", &format!("{summary}{hides}"));
        writeln!(
            self.out,
            "#[derive({debug}Clone, {default}PartialEq, Serialize, Deserialize)]\n#[non_exhaustive]\npub struct {rust} {{"
        )?;
        for row in &fields {
            self.field(row)?;
        }
        writeln!(self.out, "}}\n")?;
        if is_personal {
            self.hiding_debug(rust)?;
        }
        for row in fields {
            let has_type = matches!(row.kind.as_str(), "object" | "list" | "embedded");
            if has_type && row.shape.is_none() {
                self.below(row)?;
            }
        }
        Ok(())
    }

    /// Personal data does not show in a log that prints the answer.
    fn hiding_debug(&mut self, rust: &str) -> Result<()> {
        writeln!(
            self.out,
            "impl fmt::Debug for {rust} {{\n    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        f.debug_struct({}).finish_non_exhaustive()\n    }}\n}}\n",
            quoted(rust)
        )?;
        Ok(())
    }
}
