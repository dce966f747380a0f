//! From the wire to the value: the private types around it, and how the answer tells its success.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

use super::super::model::{Catalogue, Method, Success};
use super::super::text::{pascal, quoted};
use super::{row_at, value_type};

/// The private types around the value: only what leads to it, and what tells success.
pub(super) fn private_structs(
    out: &mut String,
    catalogue: &Catalogue,
    method: &Method,
    path: &str,
) -> Result<()> {
    let ends: Vec<Vec<&str>> = std::iter::once(path)
        .chain(method.value_also.as_deref())
        .map(|path| path.split('.').collect())
        .collect();
    let mut inside: BTreeMap<Vec<&str>, BTreeSet<&str>> = BTreeMap::new();
    for steps in &ends {
        for (depth, step) in steps.iter().enumerate() {
            let fields = inside.entry(steps[..depth].to_vec()).or_default();
            fields.insert(step);
        }
    }
    for (place, steps) in inside {
        // The outermost one is what a benchmark decodes without a gateway.
        let (derived, seen) = match place.as_slice() {
            [] => ("Deserialize", "pub(crate) "),
            _ => ("Default, Deserialize", ""),
        };
        let name = private_name(&place);
        writeln!(out, "#[derive({derived})]\n{seen}struct {name} {{")?;
        telling_fields(out, method, &place.join("."))?;
        for step in steps {
            let whole: Vec<&str> = place.iter().copied().chain([step]).collect();
            let is_end = ends.contains(&whole);
            leading_field(out, catalogue, method, &whole, is_end)?;
        }
        writeln!(out, "}}\n")?;
    }
    Ok(())
}

/// The fields directly inside `place` that tell success.
fn telling_fields(out: &mut String, method: &Method, place: &str) -> Result<()> {
    for field in told_by(method) {
        let (parent, last) = split(field);
        if parent != place {
            continue;
        }
        row_at(&method.answer, field)?;
        writeln!(
            out,
            "    #[serde(default, deserialize_with = \"decode::text\")]\n    {last}: Option<String>,"
        )?;
    }
    Ok(())
}

/// A field on the way to the value, or the value itself.
fn leading_field(
    out: &mut String,
    catalogue: &Catalogue,
    method: &Method,
    whole: &[&str],
    is_end: bool,
) -> Result<()> {
    let step = whole.last().context("no step")?;
    let (rust, decode) = if is_end {
        let row = row_at(&method.answer, &whole.join("."))?;
        let rust = value_type(catalogue, row)?;
        if row.kind == "list" {
            (format!("Vec<{rust}>"), "optional_list")
        } else {
            (rust, "object")
        }
    } else {
        (private_name(whole), "object")
    };
    writeln!(
        out,
        "    #[serde(default, deserialize_with = \"decode::{decode}\")]\n    {step}: Option<{rust}>,"
    )?;
    Ok(())
}

fn private_name(steps: &[&str]) -> String {
    let words: Vec<String> = steps.iter().map(|step| pascal(step)).collect();
    format!("Answer{}", words.concat())
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// The fields that tell success, each once.
fn told_by(method: &Method) -> Vec<&str> {
    let mut fields: Vec<&str> = Vec::new();
    if let Some(success) = &method.success {
        for field in success.fields() {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    fields
}

/// `impl MethodAnswer for Answer`: success or the method's own failure.
pub(super) fn settlement(
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
        Some(success) if success.rows.is_some() => by_rows(out, method, success, path)?,
        Some(success) => by_text(out, method, success, path, is_list)?,
        None => writeln!(
            out,
            "        {}.ok_or(Refused::Missing({}))",
            reach("self", path),
            quoted(path)
        )?,
    }
    writeln!(out, "    }}\n}}\n")?;
    Ok(())
}

/// `root.a.and_then(|inner| inner.b)…`, which takes it out.
fn reach(root: &str, path: &str) -> String {
    let mut steps = path.split('.');
    let mut text = format!("{root}.{}", steps.next().unwrap_or_default());
    for step in steps {
        text.push_str(&format!(".and_then(|inner| inner.{step})"));
    }
    text
}

/// The same, which leaves it where it is.
fn look(root: &str, path: &str) -> String {
    let mut steps = path.split('.');
    let mut text = format!("{root}.{}.as_ref()", steps.next().unwrap_or_default());
    for step in steps {
        text.push_str(&format!(".and_then(|inner| inner.{step}.as_ref())"));
    }
    text
}

/// A field says it, in one of some texts.
fn by_text(
    out: &mut String,
    method: &Method,
    success: &Success,
    path: &str,
    is_list: bool,
) -> Result<()> {
    let field = success.field.as_deref().context("success needs `field`")?;
    let equals: Vec<String> = success.equals.iter().map(|text| quoted(text)).collect();
    let settle = if is_list { "settle_list" } else { "settle" };
    let words = if is_inside(field, path) {
        inside_value(out, method, success, path)?
    } else {
        beside_value(out, method, success, path)?
    };
    writeln!(
        out,
        "        Outcome::told_by({}, &[{}])\n            .in_words({}, {})\n            .{settle}({}, {})",
        words.told,
        equals.join(", "),
        words.code,
        words.message,
        words.value,
        quoted(if path.is_empty() { field } else { path })
    )?;
    Ok(())
}

/// The expressions that an outcome is made of.
struct Words {
    told: String,
    code: String,
    message: String,
    value: String,
}

/// The usual case: what tells success stands around the value, in types of our own, and can be taken out of them.
fn beside_value(out: &mut String, method: &Method, success: &Success, path: &str) -> Result<Words> {
    let field = success.field.as_deref().unwrap_or_default();
    let (place, name) = split(field);
    let root = if place.is_empty() {
        "self"
    } else {
        split(place).1
    };
    if !place.is_empty() {
        writeln!(
            out,
            "        let {root} = {}.unwrap_or_default();",
            reach("self", place)
        )?;
    }
    let own = |wanted: &Option<String>| -> Result<String> {
        let Some(wanted) = wanted else {
            return Ok("None".to_owned());
        };
        let (parent, name) = split(wanted);
        ensure!(
            parent == place,
            "`{wanted}` does not stand beside `{field}`"
        );
        Ok(format!("{root}.{name}"))
    };
    let mut words = Words {
        told: format!("{root}.{name}.as_deref()"),
        code: own(&success.code)?,
        message: own(&success.message)?,
        value: reach(
            root,
            path.strip_prefix(place)
                .unwrap_or(path)
                .trim_start_matches('.'),
        ),
    };
    other_form(out, method, success, path, &mut words)?;
    if let Some(also) = &method.value_also {
        words.value = format!("{}.or_else(|| {})", words.value, reach("self", also));
    }
    Ok(words)
}

/// In its other form the answer says the same elsewhere.
fn other_form(
    out: &mut String,
    method: &Method,
    success: &Success,
    path: &str,
    words: &mut Words,
) -> Result<()> {
    let place = success.field.as_deref().map_or("", |field| split(field).0);
    let root = split(place).1;
    if let Some(also) = &success.also {
        let (text, from) = (told_elsewhere(method, also, path)?, split(also).0);
        let (at, from) = match from.strip_prefix(place) {
            Some(below) if !place.is_empty() => (root, below.trim_start_matches('.')),
            _ => ("self", from),
        };
        writeln!(
            out,
            "        let also = {}.and_then(|inner| inner.{text});",
            look(at, from)
        )?;
        words.told.push_str(".or(also.as_deref())");
        if success.code == success.field {
            words.code.push_str(".or(also)");
        }
    }
    if let Some(also) = &success.message_also {
        let (from, name) = split(also);
        writeln!(
            out,
            "        let words = {}.and_then(|inner| inner.{name}.clone());",
            look("self", from)
        )?;
        words.message.push_str(".or(words)");
    }
    Ok(())
}

/// What tells success is a part of the value, and stays there.
fn inside_value(out: &mut String, method: &Method, success: &Success, path: &str) -> Result<Words> {
    if path.is_empty() {
        let own = |wanted: &Option<String>, how: &str| {
            let field = wanted
                .as_deref()
                .map(|wanted| format!("self.{wanted}.{how}()"));
            field.unwrap_or_else(|| "None".to_owned())
        };
        return Ok(Words {
            told: own(&success.field, "as_deref"),
            code: own(&success.code, "clone"),
            message: own(&success.message, "clone"),
            value: "Some(self)".to_owned(),
        });
    }
    writeln!(out, "        let value = {};", look("self", path))?;
    let get = |wanted: &Option<String>| -> Result<String> {
        wanted.as_deref().map_or(Ok("None".to_owned()), |wanted| {
            let text = told_elsewhere(method, wanted, path)?;
            Ok(format!("value.and_then(|value| value.{text})"))
        })
    };
    writeln!(out, "        let told = {};", get(&success.field)?)?;
    Ok(Words {
        told: "told.as_deref()".to_owned(),
        code: get(&success.code)?,
        message: get(&success.message)?,
        value: reach("self", path),
    })
}

fn is_inside(field: &str, path: &str) -> bool {
    let parent = split(field).0;
    path.is_empty() || parent == path || parent.starts_with(&format!("{path}."))
}

/// The text of a field that stays where it is.
fn told_elsewhere(method: &Method, field: &str, path: &str) -> Result<String> {
    let row = row_at(&method.answer, field)?;
    Ok(match (is_inside(field, path), row.kind.as_str()) {
        (false, _) => format!("{}.clone()", row.last()),
        (true, "text" | "id-text") => format!("{}.clone()", row.rust_name()),
        (true, _) => format!("{}.map(|told| told.to_string())", row.rust_name()),
    })
}

/// What exists outweighs everything else that the answer says.
fn by_rows(out: &mut String, method: &Method, success: &Success, path: &str) -> Result<()> {
    let rows = success.rows.as_deref().context("success needs `rows`")?;
    let flag = success.flag.as_deref().context("success needs `flag`")?;
    let rust = |field: &str| -> Result<String> {
        Ok(format!(
            "value.{}",
            row_at(&method.answer, field)?.rust_name()
        ))
    };
    let optional = |field: &Option<String>| -> Result<String> {
        field.as_deref().map_or(Ok("None".into()), rust)
    };
    writeln!(
        out,
        "        let value = {}.ok_or(Refused::Missing({}))?;",
        reach("self", path),
        quoted(path)
    )?;
    writeln!(
        out,
        "        if {rows_name}.is_empty() {{\n            return Err(Outcome::nothing_made({flag_name}, {code}, {message}, [{rows}, {flag}]));\n        }}\n        Ok(value)",
        rows_name = rust(rows)?,
        flag_name = rust(flag)?,
        code = optional(&success.code)?,
        message = optional(&success.message)?,
        rows = quoted(rows),
        flag = quoted(flag),
    )?;
    Ok(())
}
