//! The entry to the methods of a group, and the shapes that methods share.

use std::fmt::Write as _;

use anyhow::Result;

use super::answer;
use super::model::{Catalogue, Group, Shape};
use super::request::request_name;
use super::text::{doc, module_doc, pascal, snake};

/// The file that lists a group's methods.
pub(crate) fn file(group: &Group) -> Result<String> {
    let entry = pascal(group.name);
    let mut out = super::header(group.name);
    module_doc(&mut out, introduction(group));
    out.push_str("//!\n");
    module_doc(
        &mut out,
        "Every method is a builder: set what is known, then `send`. What is missing or cannot be meant is refused before anything is sent.",
    );
    if group.name != "system" {
        out.push_str("//!\n");
        module_doc(
            &mut out,
            "An app needs the permission of the group, else the gateway answers `InsufficientPermission`.",
        );
    }
    withdrawn(&mut out, group)?;
    out.push('\n');
    for method in group.methods.iter().filter(|method| method.is_current()) {
        writeln!(out, "pub mod {};", method.call())?;
    }
    if group.name == "dropshipping" {
        out.push_str("mod order_status;\n\npub use order_status::OrderStatus;\n");
    }
    writeln!(
        out,
        "\nuse crate::Client;\n\n/// Entry to the {} methods. Made by [`Client::{}`].\n#[derive(Debug, Clone, Copy)]\npub struct {entry}<'c> {{ client: &'c Client }}\n\nimpl<'c> {entry}<'c> {{\n    pub(crate) fn new(client: &'c Client) -> Self {{ Self {{ client }} }}\n",
        group.name, group.name
    )?;
    for method in group.methods.iter().filter(|method| method.is_current()) {
        let call = method.call();
        let request = request_name(method);
        doc(
            &mut out,
            "    ",
            &format!(
                "{} (`{}`).",
                method.summary.trim_end_matches('.'),
                method.name
            ),
        );
        writeln!(
            out,
            "    pub fn {call}(&self) -> {call}::{request} {{ {call}::{request}::new(self.client) }}\n"
        )?;
    }
    out.push_str("}\n");
    Ok(out)
}

fn introduction(group: &Group) -> &'static str {
    match group.name {
        "system" => {
            "The four token endpoints, one request each. [`OAuth`](crate::OAuth) says the same in one step."
        }
        "dropshipping" => {
            "Methods of the dropshipping group: find products, price delivery, order, follow."
        }
        _ => {
            "Methods of the affiliate group: find products, make tracking links, read commission orders."
        }
    }
}

fn withdrawn(out: &mut String, group: &Group) -> Result<()> {
    let mut gone = group
        .methods
        .iter()
        .filter(|method| !method.is_current())
        .peekable();
    if gone.peek().is_none() {
        return Ok(());
    }
    out.push_str("//!\n//! # Withdrawn methods\n//!\n//! Not typed; [`Client::call`](crate::Client::call) still reaches those that answer.\n//!\n//! | method | use instead |\n//! |---|---|\n");
    for method in gone {
        let instead = method
            .replaced_by
            .as_ref()
            .map_or("nothing replaces it".to_owned(), |name| format!("`{name}`"));
        writeln!(out, "//! | `{}` | {instead} |", method.name)?;
    }
    Ok(())
}

/// The file of one shape.
pub(crate) fn shape_file(catalogue: &Catalogue, shape: &Shape) -> Result<String> {
    let mut body = String::new();
    let used = answer::shape(
        &mut body,
        catalogue,
        &shape.fields,
        &shape.rust,
        &shape.summary,
    )?;
    let mut out = super::header("shapes");
    out.push('\n');
    if body.contains("fmt::") {
        out.push_str("use std::fmt;\n\n");
    }
    for (name, line) in [
        ("Timestamp", "use jiff::Timestamp;"),
        ("DateTime", "use jiff::civil::DateTime;"),
        ("Decimal", "use rust_decimal::Decimal;"),
    ] {
        if body.contains(&format!("<{name}>")) || body.contains(&format!(": {name},")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.push_str("use serde::{Deserialize, Serialize};\n\nuse crate::decode;\n");
    for other in used {
        writeln!(out, "use super::{other};")?;
    }
    out.push('\n');
    out.push_str(&body);
    Ok(out)
}

/// The file that lists the shapes.
pub(crate) fn shapes_file(catalogue: &Catalogue) -> Result<String> {
    let mut out = super::header("shapes");
    module_doc(&mut out, "Rows that several methods answer.");
    out.push('\n');
    for shape in catalogue.shapes.iter().filter(|shape| !shape.by_hand) {
        writeln!(out, "mod {};", module(shape))?;
    }
    out.push('\n');
    for shape in catalogue.shapes.iter().filter(|shape| !shape.by_hand) {
        if shape.name == "ds_product" {
            writeln!(out, "pub use {}::*;", module(shape))?;
        } else {
            writeln!(out, "pub use {}::{};", module(shape), shape.rust)?;
        }
    }
    Ok(out)
}

/// The module of a shape.
pub(crate) fn module(shape: &Shape) -> String {
    snake(&shape.rust)
}
