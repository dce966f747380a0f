//! The pages of a method, as a stream.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::super::model::{Catalogue, Method, Paging, Row};
use super::super::request;
use super::super::text::quoted;

/// `pages`, `items` and what they go by.
pub(super) fn write(
    out: &mut String,
    catalogue: &Catalogue,
    method: &Method,
    paging: &Paging,
    value: &str,
) -> Result<()> {
    let name = request::request_name(method);
    let rows = field(method, paging.rows())?;
    let row_type = match (&rows.shape, &rows.rust_struct) {
        (Some(shape), _) => catalogue.shape(shape)?.rust.clone(),
        (None, Some(rust)) => rust.clone(),
        _ => "i64".to_owned(),
    };
    writeln!(
        out,
        "impl {name} {{\n    /// The pages from here to the last one, each asked for when the one before it was taken. Ends after an error.\n    pub fn pages(self) -> impl Stream<Item = Result<{value}, Error>> + Send + 'static {{ paging::pages(self) }}\n"
    )?;
    writeln!(
        out,
        "    /// The rows of all [`pages`](Self::pages), one by one.\n    pub fn items(self) -> impl Stream<Item = Result<{row_type}, Error>> + Send + 'static {{ paging::items(self) }}\n}}\n"
    )?;
    let turn = turn_of(method, paging)?;
    writeln!(
        out,
        "impl paging::Paged for {name} {{\n    type Page = {value};\n    type Row = {row_type};\n    type Turn = paging::{};\n",
        turn.kind
    )?;
    if let Some(code) = paging.end_code() {
        writeln!(
            out,
            "    const END_CODE: Option<&'static str> = Some({});\n",
            quoted(code)
        )?;
    }
    writeln!(
        out,
        "    fn fetch(&self) -> impl Future<Output = Result<Self::Page, Error>> + Send {{ self.send() }}\n\n    fn rows(page: &Self::Page) -> usize {{ page.{rows}.len() }}\n\n    fn into_rows(page: Self::Page) -> Vec<Self::Row> {{ page.{rows} }}\n",
        rows = rows.rust_name()
    )?;
    writeln!(
        out,
        "    fn start(&self) -> paging::{kind} {{ paging::{kind}::at({start}) }}\n\n    fn turn(&mut self, to: &paging::{kind}) {{ {set} }}\n\n    fn next(turn: paging::{kind}, page: &Self::Page) -> paging::Step<paging::{kind}> {{ turn.next(Self::rows(page), {told}) }}\n}}\n",
        kind = turn.kind,
        start = turn.start,
        set = turn.set,
        told = turn.told
    )?;
    Ok(())
}

/// How one page leads to the next.
struct Turn {
    kind: &'static str,
    /// Where a request stands.
    start: String,
    /// What moves it.
    set: String,
    /// What a page says.
    told: String,
}

fn turn_of(method: &Method, paging: &Paging) -> Result<Turn> {
    let told =
        |name: &str| -> Result<String> { Ok(format!("page.{}", field(method, name)?.rust_name())) };
    let optional = |name: &Option<String>| -> Result<String> {
        name.as_deref().map_or(Ok("None".to_owned()), told)
    };
    Ok(match paging {
        Paging::Page {
            page,
            total,
            finished,
            ..
        } => {
            let page = parameter(method, page)?;
            Turn {
                kind: "ByPage",
                start: format!("self.{page}"),
                set: format!("self.{page} = Some(to.page());"),
                told: format!("{}, {}", optional(total)?, optional(finished)?),
            }
        }
        Paging::Cursor { cursor, next, .. } => {
            let cursor = parameter(method, cursor)?;
            Turn {
                kind: "ByCursor",
                start: format!("self.{cursor}.clone()"),
                set: format!("self.{cursor} = to.cursor();"),
                told: format!("{}.clone()", told(next)?),
            }
        }
        Paging::Index { cursor, .. } => {
            let cursor = parameter(method, cursor)?;
            Turn {
                kind: "ByIndex",
                start: format!("self.{cursor}.clone()"),
                set: format!("self.{cursor} = to.cursor();"),
                told: "page.min_query_index_id.clone(), page.max_query_index_id.clone()".to_owned(),
            }
        }
    })
}

/// The field of a page.
fn field<'a>(method: &'a Method, name: &str) -> Result<&'a Row> {
    let path = format!("{}.{name}", method.value.as_deref().unwrap_or_default());
    method
        .answer
        .iter()
        .find(|row| row.name == path)
        .with_context(|| format!("paging names `{name}`, which the answer lacks"))
}

/// The name of a parameter in the SDK.
fn parameter<'a>(method: &'a Method, name: &str) -> Result<&'a str> {
    let row = method.params.iter().find(|row| row.name == name);
    let row = row.with_context(|| format!("paging names `{name}`, which is no parameter"))?;
    Ok(row.rust_name())
}
