//! What a method says of its answer as a whole, and where the emulator's behaviour comes from.

use anyhow::{Context, Result, ensure};

use super::super::model::{Basis, Behaviour, Method, Paging, Row};

/// `value` names an object or a list of the answer.
pub(super) fn value(method: &Method) -> Result<()> {
    let Some(path) = method.value.as_deref().filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let row = field(method, path).context("value")?;
    ensure!(
        matches!(row.kind.as_str(), "object" | "list"),
        "value names `{path}`, which is neither object nor list"
    );
    Ok(())
}

pub(super) fn success(method: &Method) -> Result<()> {
    let Some(success) = &method.success else {
        return Ok(());
    };
    ensure!(
        success.field.is_some() != success.rows.is_some(),
        "success: a field tells it, or rows that are filled; not both, not neither"
    );
    ensure!(
        success.field.is_none() || !success.equals.is_empty(),
        "success: `field` needs the texts that it `equals`"
    );
    for (key, named) in [
        ("field", &success.field),
        ("also", &success.also),
        ("message_also", &success.message_also),
        ("rows", &success.rows),
        ("flag", &success.flag),
        ("code", &success.code),
        ("message", &success.message),
    ] {
        if let Some(path) = named {
            field(method, path).with_context(|| format!("success, `{key}`"))?;
        }
    }
    Ok(())
}

pub(super) fn paging(method: &Method, paging: &Paging) -> Result<()> {
    let (parameters, rows, fields) = match paging {
        Paging::Page {
            page,
            size,
            rows,
            total,
            finished,
            ..
        } => (
            vec![("page", Some(page)), ("size", size.as_ref())],
            rows,
            vec![("total", total.as_ref()), ("finished", finished.as_ref())],
        ),
        Paging::Cursor { cursor, next, rows } => (
            vec![("cursor", Some(cursor))],
            rows,
            vec![("next", Some(next))],
        ),
        Paging::Index { cursor, rows, .. } => (vec![("cursor", Some(cursor))], rows, Vec::new()),
    };
    for (key, name) in parameters {
        if let Some(name) = name {
            ensure!(
                method.has_parameter(name),
                "paging: `{key}` names `{name}`, which is no parameter"
            );
        }
    }
    let inside = |key: &str, name: &str| {
        let path = format!("{}.{name}", method.value.as_deref().unwrap_or_default());
        field(method, &path).with_context(|| format!("paging, `{key}`"))
    };
    let rows = inside("rows", rows)?;
    ensure!(
        matches!(rows.kind.as_str(), "list" | "int-list" | "text-list"),
        "paging: `rows` names `{}`, which is no list",
        rows.name
    );
    for (key, name) in fields {
        if let Some(name) = name {
            inside(key, name)?;
        }
    }
    Ok(())
}

fn field<'a>(method: &'a Method, path: &str) -> Result<&'a Row> {
    method
        .answer
        .iter()
        .find(|row| row.name == path)
        .with_context(|| format!("the answer has no row `{path}`"))
}

/// The sandbox emulates every current method and no other, and says how well.
pub(super) fn fidelity(method: &Method) -> Result<()> {
    ensure!(
        method.is_current() != method.fidelity.is_empty(),
        "fidelity: {}",
        if method.is_current() {
            "a current method needs rows"
        } else {
            "a deprecated method is not emulated"
        }
    );
    for row in &method.fidelity {
        words(&row.behaviour)?;
        ensure!(
            row.basis != Basis::Switch || row.switch.is_some(),
            "fidelity: `{}` needs the `switch` that decides",
            row.behaviour
        );
    }
    Ok(())
}

pub(super) fn behaviour(behaviour: &Behaviour) -> Result<()> {
    words(&behaviour.text)?;
    let text = &behaviour.text;
    ensure!(
        !behaviour.basis.is_empty(),
        "behaviour `{text}` has no basis"
    );
    ensure!(
        behaviour.basis.contains(&Basis::Switch) != behaviour.switches.is_empty(),
        "behaviour `{text}`: the basis `switch` and `switches` belong together"
    );
    Ok(())
}

/// Text of a cell of a table.
fn words(text: &str) -> Result<()> {
    ensure!(!text.trim().is_empty(), "fidelity: a row without words");
    ensure!(
        !text.contains(['|', '\n']),
        "fidelity: `{text}` breaks the table"
    );
    Ok(())
}
