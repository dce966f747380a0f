//! The request of a method: a builder with a setter for each parameter, and the checks before anything is sent.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::model::{Method, Row, inside};
use super::text::{doc, pascal, quoted};

/// The builder of `method`, and the types of its parameters.
pub(crate) fn write(out: &mut String, method: &Method, entry: &str) -> Result<()> {
    let name = request_name(method);
    let rows = &method.params;
    for row in rows.iter().filter(|row| row.choice.is_some()) {
        choice(out, row)?;
    }
    for row in rows.iter().filter(|row| row.rust_struct.is_some()) {
        parameter_struct(out, rows, row)?;
    }
    let fields = flattened(rows, "");
    writeln!(
        out,
        "/// A call of `{}`, to be sent. Made by\n/// [`{entry}::{call}`](super::{entry}::{call}).",
        method.name,
        call = method.call()
    )?;
    writeln!(
        out,
        "#[derive(Debug, Clone)]\n#[must_use = \"nothing happens before `send`\"]\npub struct {name} {{\n    client: Client,"
    )?;
    fields_of(out, &fields)?;
    writeln!(out, "}}\n\nimpl {name} {{")?;
    writeln!(
        out,
        "    pub(crate) fn new(client: &Client) -> Self {{ Self {{ client: client.clone(),"
    )?;
    for row in &fields {
        writeln!(out, "        {}: {},", row.rust_name(), initial(row)?)?;
    }
    writeln!(out, "    }} }}\n")?;
    for row in &fields {
        setter(out, row)?;
    }
    parameters(out, method, rows)?;
    writeln!(out, "}}\n")?;
    Ok(())
}

pub(crate) fn request_name(method: &Method) -> String {
    format!("{}Request", pascal(method.call()))
}

/// The parameters a caller sets, nested objects without a type of their own taken apart.
fn flattened<'a>(rows: &'a [Row], path: &str) -> Vec<&'a Row> {
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.parent() == path) {
        match row.kind.as_str() {
            "json" | "object" if row.rust_struct.is_none() => {
                found.extend(flattened(rows, &row.name));
            }
            _ if row.never || row.fill.is_some() => {}
            _ => found.push(row),
        }
    }
    found
}

fn rust_type(row: &Row) -> Result<String> {
    if let Some(secret) = &row.secret {
        return Ok(format!("Option<{secret}>"));
    }
    Ok(match row.kind.as_str() {
        "text" | "country" | "currency" => "Option<String>".into(),
        "choice" => format!("Option<{}>", row.choice.as_deref().context("no choice")?),
        "int" => "Option<i64>".into(),
        "bool" | "bool-text" | "yes-no" => "Option<bool>".into(),
        "decimal" => "Option<Decimal>".into(),
        "pacific-time" => "Option<Timestamp>".into(),
        "comma-int" => "Vec<i64>".into(),
        "comma-text" | "json-texts" => "Vec<String>".into(),
        "list" | "json-list" => format!(
            "Vec<{}>",
            row.rust_struct
                .as_deref()
                .context("a list needs `struct`")?
        ),
        "object" => format!(
            "Option<{}>",
            row.rust_struct
                .as_deref()
                .context("an object needs `struct`")?
        ),
        "map" => "BTreeMap<String, String>".into(),
        "file" => "Option<Content>".into(),
        other => bail!("`{}`: unknown parameter type `{other}`", row.name),
    })
}

fn initial(row: &Row) -> Result<String> {
    let Some(default) = &row.default else {
        let list = matches!(
            row.kind.as_str(),
            "comma-int" | "comma-text" | "json-texts" | "list" | "json-list"
        );
        return Ok(match row.kind.as_str() {
            _ if list => "Vec::new()".into(),
            "map" => "BTreeMap::new()".into(),
            _ => "None".into(),
        });
    };
    let value = row.values.iter().find(|value| value.value == *default);
    let value = value.context("the default is none of the values")?;
    Ok(format!(
        "Some({}::{})",
        row.choice.as_deref().unwrap_or_default(),
        value.rust_name
    ))
}

fn fields_of(out: &mut String, rows: &[&Row]) -> Result<()> {
    for row in rows {
        writeln!(out, "    {}: {},", row.rust_name(), rust_type(row)?)?;
    }
    Ok(())
}

/// What a setter takes, and what it stores.
fn setter_parts(row: &Row) -> Result<(String, &'static str)> {
    if let Some(secret) = &row.secret {
        return Ok((secret.clone(), "Some(value)"));
    }
    let own = || -> Result<String> {
        let text = rust_type(row)?;
        let inner = text
            .split_once('<')
            .and_then(|(_, rest)| rest.strip_suffix('>'));
        Ok(inner.unwrap_or(&text).to_owned())
    };
    Ok(match row.kind.as_str() {
        "text" | "country" | "currency" => ("impl Into<String>".into(), "Some(value.into())"),
        "file" => ("impl Into<Bytes>".into(), "Some(Content(value.into()))"),
        "comma-int" => (
            "impl IntoIterator<Item = i64>".into(),
            "value.into_iter().collect()",
        ),
        "comma-text" | "json-texts" => (
            "impl IntoIterator<Item = impl Into<String>>".into(),
            "value.into_iter().map(Into::into).collect()",
        ),
        "map" => (
            "impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>".into(),
            "value.into_iter().map(|(key, value)| (key.into(), value.into())).collect()",
        ),
        _ => (own()?, "Some(value)"),
    })
}

fn setter(out: &mut String, row: &Row) -> Result<()> {
    let mut text = row.doc.clone();
    if row.rust_name() != row.last() {
        write!(text, " Gateway name: `{}`.", row.last())?;
    }
    if !row.known.is_empty() {
        write!(text, " Known values: {}.", known(&row.known))?;
    }
    match (row.min, row.max) {
        (Some(min), Some(max)) => write!(text, " {min} to {max}.")?,
        (Some(min), None) if min > 1 => write!(text, " At least {min}.")?,
        _ => {}
    }
    if row.blank {
        text.push_str(" Sent as it is given, even when empty.");
    }
    if let Some(default) = &row.default {
        write!(text, " `{default}` when not given.")?;
    }
    if row.required {
        text.push_str(" Required.");
    }
    let name = row.rust_name();
    if matches!(row.kind.as_str(), "list" | "json-list") {
        doc(out, "    ", &format!("{text} Each call adds one."));
        let item = row.rust_struct.as_deref().unwrap_or_default();
        writeln!(
            out,
            "    pub fn {name}(mut self, value: {item}) -> Self {{ self.{name}.push(value); self }}\n"
        )?;
        return Ok(());
    }
    let (takes, stores) = setter_parts(row)?;
    doc(out, "    ", &text);
    writeln!(
        out,
        "    pub fn {name}(mut self, value: {takes}) -> Self {{ self.{name} = {stores}; self }}\n"
    )?;
    Ok(())
}

fn known(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(", ")
}

fn parameters(out: &mut String, method: &Method, rows: &[Row]) -> Result<()> {
    let top: Vec<&Row> = inside(rows, "").filter(|row| !row.never).collect();
    if top.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "    fn form(&self) -> Result<Form, RequestError> {{\n        let mut form = Form::default();"
    )?;
    for needed in &method.one_of {
        let mut list = String::new();
        for name in needed {
            let row = rows.iter().find(|row| row.name == *name);
            let row = row.context("one_of names no parameter")?;
            let given = match row.kind.as_str() {
                "comma-int" | "comma-text" => format!("!self.{}.is_empty()", row.rust_name()),
                "text" => format!("check::text(self.{}.as_deref()).is_some()", row.rust_name()),
                _ => format!("self.{}.is_some()", row.rust_name()),
            };
            write!(list, "({}, {given}), ", quoted(row.rust_name()))?;
        }
        writeln!(out, "        check::one_of(&[{list}])?;")?;
    }
    for row in top {
        top_parameter(out, rows, row)?;
    }
    writeln!(out, "        Ok(form)\n    }}")?;
    Ok(())
}

fn top_parameter(out: &mut String, rows: &[Row], row: &Row) -> Result<()> {
    let name = quoted(&row.name);
    match row.kind.as_str() {
        "json" => {
            let variable = super::text::snake(row.rust_name());
            writeln!(out, "        let mut {variable} = JsonObject::default();")?;
            json_fields(out, rows, &row.name, &variable, "")?;
            writeln!(out, "        form.json({name}, {variable});")?;
        }
        "json-list" => {
            let item = row.rust_struct.as_deref().unwrap_or_default();
            let setter = row.rust_name();
            writeln!(
                out,
                "        form.json_list({name}, check::rows({}, &self.{setter}, {item}::to_json)?);",
                quoted(setter)
            )?;
        }
        "file" => {
            let setter = row.rust_name();
            let most = row.max_bytes.context("a file needs `max_bytes`")?;
            writeln!(
                out,
                "        form.file({name}, {}, self.{setter}.as_ref(), {most})?;",
                quoted(setter)
            )?;
        }
        _ => {
            let value = match &row.fill {
                Some(fill) if fill == "app_key" => {
                    "Some(self.client.app_key().as_str().to_owned())".to_owned()
                }
                Some(other) => bail!("`{}`: unknown fill `{other}`", row.name),
                None => value(row, true)?,
            };
            put(out, "form", row, &name, &value)?;
        }
    }
    Ok(())
}

fn put(out: &mut String, into: &str, row: &Row, name: &str, value: &str) -> Result<()> {
    if row.required {
        let setter = quoted(row.rust_name());
        writeln!(out, "        {into}.required({name}, {setter}, {value})?;")?;
    } else {
        writeln!(out, "        {into}.optional({name}, {value});")?;
    }
    Ok(())
}

/// The fields of a JSON parameter, down to the objects that have a type of their own.
fn json_fields(
    out: &mut String,
    rows: &[Row],
    path: &str,
    variable: &str,
    prefix: &str,
) -> Result<()> {
    for row in inside(rows, path).filter(|row| !row.never) {
        let name = format!("{prefix}{}", row.last());
        match (row.kind.as_str(), &row.rust_struct) {
            ("object", None) => {
                json_fields(out, rows, &row.name, variable, &format!("{name}."))?;
            }
            ("object", Some(_)) => {
                let setter = row.rust_name();
                let value = format!(
                    "self.{setter}.as_ref().map(|value| value.to_json().map_err(|error| error.inside({}))).transpose()?",
                    quoted(setter)
                );
                put(out, variable, row, &quoted(&name), &value)?;
            }
            ("list", Some(item)) => {
                let setter = row.rust_name();
                let value = format!(
                    "check::rows({}, &self.{setter}, {item}::to_json)?",
                    quoted(setter)
                );
                put(out, variable, row, &quoted(&name), &value)?;
            }
            _ => put(out, variable, row, &quoted(&name), &value(row, false)?)?,
        }
    }
    Ok(())
}

/// The value of a parameter: an `Option` of text, or of what JSON makes of it.
fn value(row: &Row, as_text: bool) -> Result<String> {
    let field = format!("self.{}", row.rust_name());
    let setter = quoted(row.rust_name());
    let as_text = as_text || row.wire.as_deref() == Some("text");
    let text = if as_text {
        ".map(|value| value.to_string())"
    } else {
        ""
    };
    if row.secret.is_some() {
        return Ok(format!(
            "{field}.as_ref().map(|value| value.expose().to_owned())"
        ));
    }
    Ok(match row.kind.as_str() {
        "text" if row.blank => format!("{field}.clone()"),
        "text" => format!("check::text({field}.as_deref())"),
        "country" => format!("check::country({setter}, {field}.as_deref())?"),
        "currency" => format!("check::currency({setter}, {field}.as_deref())?"),
        "choice" => format!("{field}.map(|value| value.as_str().to_owned())"),
        "int" => {
            let bound = |end: Option<i64>| end.map_or("None".to_owned(), |n| format!("Some({n})"));
            format!(
                "check::int({setter}, {field}, {}, {})?{text}",
                bound(row.min),
                bound(row.max)
            )
        }
        "bool" => format!("{field}{text}"),
        "bool-text" => format!("{field}.map(|value| value.to_string())"),
        "yes-no" => {
            format!("{field}.map(|value| if value {{ \"Yes\" }} else {{ \"No\" }}.to_owned())")
        }
        "decimal" => format!("check::decimal({setter}, {field})?"),
        "pacific-time" => format!("{field}.map(check::pacific_time)"),
        "comma-int" => format!("check::ids({setter}, &{field}, {:?})?", row.max_items),
        "comma-text" => format!("check::texts({setter}, &{field}, {:?})?", row.max_items),
        "json-texts" => format!("check::text_array(&{field})"),
        "map" => format!("check::text_map(&{field})"),
        other => bail!("`{}`: unknown parameter type `{other}`", row.name),
    })
}

fn choice(out: &mut String, row: &Row) -> Result<()> {
    let name = row.choice.as_deref().context("no choice")?;
    doc(out, "", &row.doc);
    writeln!(
        out,
        "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\n#[non_exhaustive]\npub enum {name} {{"
    )?;
    for value in &row.values {
        writeln!(
            out,
            "    /// `{}` on the wire.\n    {},",
            value.value, value.rust_name
        )?;
    }
    writeln!(
        out,
        "}}\n\nimpl {name} {{\n    /// The gateway's own text.\n    #[must_use]\n    pub fn as_str(self) -> &'static str {{\n        match self {{"
    )?;
    for value in &row.values {
        writeln!(
            out,
            "            Self::{} => {},",
            value.rust_name,
            quoted(&value.value)
        )?;
    }
    writeln!(out, "        }}\n    }}\n}}\n")?;
    Ok(())
}

/// A type for an object inside a JSON parameter.
fn parameter_struct(out: &mut String, rows: &[Row], row: &Row) -> Result<()> {
    let name = row.rust_struct.as_deref().context("no struct")?;
    let fields: Vec<&Row> = inside(rows, &row.name).filter(|row| !row.never).collect();
    let personal = if row.personal {
        " Personal data: `Debug` shows the country only."
    } else {
        ""
    };
    let summary = row.each.as_ref().unwrap_or(&row.doc);
    doc(out, "", &format!("{summary}{personal}"));
    let debug = if row.personal { "" } else { "Debug, " };
    writeln!(
        out,
        "#[derive({debug}Clone, Default, PartialEq, Eq)]\n#[must_use]\npub struct {name} {{"
    )?;
    fields_of(out, &fields)?;
    writeln!(out, "}}\n\nimpl {name} {{")?;
    writeln!(
        out,
        "    /// One with nothing set.\n    pub fn new() -> Self {{ Self::default() }}\n"
    )?;
    for field in &fields {
        setter(out, field)?;
    }
    writeln!(
        out,
        "    fn to_json(&self) -> Result<Value, RequestError> {{\n        let mut object = JsonObject::default();"
    )?;
    for field in &fields {
        put(
            out,
            "object",
            field,
            &quoted(field.last()),
            &value(field, false)?,
        )?;
    }
    writeln!(out, "        Ok(object.into())\n    }}\n}}\n")?;
    if row.personal {
        writeln!(
            out,
            "impl fmt::Debug for {name} {{\n    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        f.debug_struct({}).field(\"country\", &self.country).finish_non_exhaustive()\n    }}\n}}\n",
            quoted(name)
        )?;
    }
    Ok(())
}
