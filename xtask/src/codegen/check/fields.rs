//! The rows of parameters, answers and shapes.

use anyhow::{Context, Result, ensure};

use super::super::model::{Catalogue, Row, inside};

/// What the rows describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Parameters,
    Answer { wrapped: bool },
}

const LISTS: [&str; 3] = ["list", "text-list", "int-list"];

pub(super) fn check(catalogue: &Catalogue, rows: &[Row], place: Place) -> Result<()> {
    for (at, row) in rows.iter().enumerate() {
        ensure!(!row.doc.is_empty(), "`{}` has no doc", row.name);
        ensure!(
            rows[..at].iter().all(|other| other.name != row.name),
            "`{}` stands twice",
            row.name
        );
        parent(rows, row)?;
        shape(catalogue, rows, row)?;
        match place {
            Place::Parameters => parameter(row)?,
            Place::Answer { wrapped } => field(rows, row, wrapped)?,
        }
    }
    Ok(())
}

/// A nested row lies inside a row that is there, and inside a list where its path says so.
fn parent(rows: &[Row], row: &Row) -> Result<()> {
    let Some((path, _)) = row.name.rsplit_once('.') else {
        return Ok(());
    };
    let parent = named(rows, row.parent())
        .with_context(|| format!("`{}` lies inside `{path}`, which has no row", row.name))?;
    let is_list = matches!(parent.kind.as_str(), "list" | "json-list" | "embedded");
    ensure!(
        path.ends_with("[]") == is_list,
        "`{}`: `{}` is of type `{}`, so that its path must {} `[]`",
        row.name,
        parent.name,
        parent.kind,
        if is_list { "have" } else { "not have" }
    );
    Ok(())
}

fn named<'a>(rows: &'a [Row], path: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.name == path)
}

fn shape(catalogue: &Catalogue, rows: &[Row], row: &Row) -> Result<()> {
    let Some(name) = &row.shape else {
        return Ok(());
    };
    catalogue
        .shape(name)
        .with_context(|| format!("`{}`", row.name))?;
    ensure!(
        !rows.iter().any(|other| other.parent() == row.name),
        "`{}` has the shape `{name}` and rows of its own",
        row.name
    );
    Ok(())
}

fn parameter(row: &Row) -> Result<()> {
    for (key, set) in [
        ("sometimes", row.sometimes),
        ("key", row.key.is_some()),
        ("depth", row.depth.is_some()),
        ("loose", row.loose),
        ("newest_first", row.newest_first.is_some()),
        ("hidden", row.hidden),
    ] {
        ensure!(
            !set,
            "parameter `{}`: `{key}` belongs to the fields of an answer",
            row.name
        );
    }
    ensure!(
        (row.kind == "choice") == (row.choice.is_some() && !row.values.is_empty()),
        "parameter `{}`: a choice has `choice` and `values`, nothing else has",
        row.name
    );
    if let (Some(least), Some(most)) = (row.min, row.max) {
        ensure!(
            least <= most,
            "parameter `{}`: `min` lies above `max`",
            row.name
        );
    }
    Ok(())
}

fn field(rows: &[Row], row: &Row, wrapped: bool) -> Result<()> {
    let name = &row.name;
    ensure!(
        !(row.required && row.sometimes),
        "`{name}` is `required` and there only `sometimes`"
    );
    let is_list = LISTS.contains(&row.kind.as_str());
    ensure!(
        is_list || row.key.is_none(),
        "`{name}` has a `key`, but is no list"
    );
    ensure!(
        row.depth.is_none() || row.key.is_some(),
        "`{name}` has `depth`, but no `key`"
    );
    ensure!(
        row.rust_struct.is_none() || row.kind != "list" || row.each.is_some(),
        "`{name}` is a list with a type of its own and needs `each`, the words for one row"
    );
    if let Some(field) = &row.newest_first {
        ensure!(
            inside(rows, name).any(|inner| inner.rust_name() == field),
            "`{name}`: `newest_first` names `{field}`, which its rows do not have"
        );
    }
    // Lists inside JSON text are written by the method itself, without the gateway's objects around them.
    ensure!(
        !wrapped || !is_list || row.key.is_some() || inside_text(rows, row),
        "`{name}` is a list of a wrapped answer and needs the `key` of the object around it"
    );
    Ok(())
}

/// Whether the row lies inside JSON text.
fn inside_text(rows: &[Row], row: &Row) -> bool {
    named(rows, row.parent())
        .is_some_and(|parent| parent.kind == "embedded" || inside_text(rows, parent))
}
