//! Statements on one SQLite connection. They block, so they run on threads where that is allowed.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, Result, Statement, ToSql};

use crate::sql::Value;

/// How many prepared statements a connection keeps: more than there are in this crate.
pub(super) const PREPARED: usize = 400;

/// A row that was read, with the names of its columns.
pub(crate) struct SqliteRow {
    names: Arc<[Box<str>]>,
    cells: Vec<Cell>,
}

/// What stands in a column.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Missing,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    /// What no column of ours holds: a floating-point number, or text that is none.
    Foreign,
}

impl SqliteRow {
    pub(crate) fn named(&self, column: &str) -> Option<&Cell> {
        let at = self.names.iter().position(|name| **name == *column)?;
        self.cells.get(at)
    }

    pub(crate) fn at(&self, at: usize) -> Option<&Cell> {
        self.cells.get(at)
    }

    fn read(row: &rusqlite::Row<'_>, names: &Arc<[Box<str>]>) -> Result<Self> {
        let cells = (0..names.len()).map(|at| row.get_ref(at).map(Cell::from));
        Ok(Self {
            names: Arc::clone(names),
            cells: cells.collect::<Result<_>>()?,
        })
    }
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Missing,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Real(_) => Self::Foreign,
            ValueRef::Text(bytes) => {
                str::from_utf8(bytes).map_or(Self::Foreign, |text| Self::Text(text.to_owned()))
            }
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Int(Some(number)) => ValueRef::Integer(*number),
            Self::Blob(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Text(None) | Self::Int(None) | Self::Blob(None) => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// Runs a statement; gives how many rows it changed.
pub(crate) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    Ok(statement.raw_execute()? as u64)
}

/// The first row of an answer.
pub(crate) fn first(
    connection: &Connection,
    sql: &str,
    values: &[Value],
) -> Result<Option<SqliteRow>> {
    let mut first = None;
    each(connection, sql, values, |row| {
        first = Some(row);
        false
    })?;
    Ok(first)
}

/// All rows of an answer.
pub(crate) fn all(connection: &Connection, sql: &str, values: &[Value]) -> Result<Vec<SqliteRow>> {
    let mut all = Vec::new();
    each(connection, sql, values, |row| {
        all.push(row);
        true
    })?;
    Ok(all)
}

/// Hands out the rows of an answer one after the other, for as long as they are taken.
pub(crate) fn each(
    connection: &Connection,
    sql: &str,
    values: &[Value],
    mut take: impl FnMut(SqliteRow) -> bool,
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let mut names = None;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let names = names.get_or_insert_with(|| names_of(row.as_ref()));
        if !take(SqliteRow::read(row, names)?) {
            break;
        }
    }
    Ok(())
}

fn names_of(statement: &Statement<'_>) -> Arc<[Box<str>]> {
    let names = statement.column_names();
    names.into_iter().map(Box::from).collect()
}

/// `$2` is the second value wherever it stands. SQLite by itself would number such names in the order in which they
/// first appear.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Result<()> {
    for at in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(at)
            .and_then(|name| name.get(1..)?.parse::<usize>().ok())
            .unwrap_or(at);
        let value = number.checked_sub(1).and_then(|number| values.get(number));
        let value = value.ok_or(Error::InvalidParameterCount(values.len(), number))?;
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::values;

    #[test]
    fn numbered_parameters_mean_the_same_as_in_postgresql() {
        let connection = Connection::open_in_memory().unwrap();
        let values = values!["one", 2_i64];
        let row = first(&connection, "select $2 as b, $1 as a, $2 as c", &values);
        let row = row.unwrap().unwrap();
        assert!(matches!(row.named("a"), Some(Cell::Text(text)) if text == "one"));
        assert!(matches!(row.named("b"), Some(Cell::Int(2))));
        assert!(matches!(row.at(2), Some(Cell::Int(2))));
        assert!(row.named("d").is_none());
        let missing = first(&connection, "select $3", &values);
        assert!(matches!(missing, Err(Error::InvalidParameterCount(2, 3))));
    }

    #[test]
    fn what_no_column_of_ours_holds_is_not_mistaken() {
        let connection = Connection::open_in_memory().unwrap();
        let sql = "select 1.5, cast(x'ff' as text), null, x'00'";
        let row = first(&connection, sql, &[]).unwrap().unwrap();
        assert!(matches!(row.at(0), Some(Cell::Foreign)));
        assert!(matches!(row.at(1), Some(Cell::Foreign)));
        assert!(matches!(row.at(2), Some(Cell::Missing)));
        assert!(matches!(row.at(3), Some(Cell::Blob(bytes)) if *bytes == [0]));
    }
}
