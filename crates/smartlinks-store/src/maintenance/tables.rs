//! Tables, columns, keys and references, as the schema of a database has them.

use std::collections::BTreeMap;

use crate::StoreError;
use crate::error;
use crate::sql::{Misread, Row, Upkeep};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Position in the primary key, from 1; 0 outside it.
    pub(super) key: i64,
}

/// A table of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// Sorted by name, so that both databases have them in the same order.
    pub(super) columns: Vec<Column>,
}

impl Table {
    /// The columns of the primary key, in its order; all columns where there is none.
    pub(super) fn key(&self) -> Vec<&Column> {
        let mut key: Vec<&Column> = self
            .columns
            .iter()
            .filter(|column| column.key > 0)
            .collect();
        key.sort_by_key(|column| column.key);
        if key.is_empty() {
            key = self.columns.iter().collect();
        }
        key
    }

    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Name, column, type and position in the primary key.
const SQLITE_COLUMNS: &str = "select m.name, c.name, c.type, c.pk \
     from sqlite_schema m, pragma_table_info(m.name) c \
     where m.type = 'table' and m.name not like 'sqlite!_%' escape '!' and m.name <> '_sqlx_migrations' \
     order by m.name, c.name";
const POSTGRES_COLUMNS: &str = "select c.table_name::text, c.column_name::text, c.data_type::text, \
     coalesce((select k.ordinal_position::bigint from information_schema.table_constraints t \
       join information_schema.key_column_usage k on k.constraint_schema = t.constraint_schema \
         and k.constraint_name = t.constraint_name \
       where t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema \
         and t.table_name = c.table_name and k.column_name = c.column_name), 0) \
     from information_schema.columns c \
     join information_schema.tables n on n.table_schema = c.table_schema and n.table_name = c.table_name \
     where c.table_schema = current_schema() and n.table_type = 'BASE TABLE' \
     and c.table_name <> '_sqlx_migrations' \
     order by c.table_name collate \"C\", c.column_name collate \"C\"";

/// A table and another one that it refers to.
const SQLITE_REFERENCES: &str = "select distinct m.name, f.\"table\" \
     from sqlite_schema m, pragma_foreign_key_list(m.name) f where m.type = 'table'";
const POSTGRES_REFERENCES: &str = "select distinct f.relname::text, t.relname::text from pg_constraint c \
     join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid \
     join pg_namespace n on n.oid = f.relnamespace \
     where c.contype = 'f' and n.nspname = current_schema()";

/// All tables of ours, each after those that it refers to.
pub(super) async fn tables(database: &mut Upkeep) -> Result<Vec<Table>, StoreError> {
    let (columns, references) = if database.is_sqlite() {
        (SQLITE_COLUMNS, SQLITE_REFERENCES)
    } else {
        (POSTGRES_COLUMNS, POSTGRES_REFERENCES)
    };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for row in database.all(columns.to_owned()).await? {
        let (name, column) = column(database.place(), &row)?;
        let table = tables.entry(name.clone()).or_insert_with(|| Table {
            name,
            columns: Vec::new(),
        });
        table.columns.push(column);
    }
    let mut refers = Vec::new();
    for row in database.all(references.to_owned()).await? {
        refers.push((
            text(database.place(), &row, 0)?,
            text(database.place(), &row, 1)?,
        ));
    }
    Ok(in_order(tables, &refers))
}

fn column(place: &str, row: &Row) -> Result<(String, Column), StoreError> {
    let name = text(place, row, 1)?;
    let kind = match text(place, row, 2)?.to_ascii_lowercase().as_str() {
        "text" | "character varying" => Kind::Text,
        "integer" | "bigint" | "int" => Kind::Number,
        "blob" | "bytea" => Kind::Bytes,
        other => {
            let table = text(place, row, 0)?;
            return Err(error::schema(
                place,
                format!(
                    "column {name} of table {table} has the type {other}, which is not known here"
                ),
            ));
        }
    };
    let key = row.number(3).map_err(|error| unreadable(place, error))?;
    Ok((text(place, row, 0)?, Column { name, kind, key }))
}

fn text(place: &str, row: &Row, at: usize) -> Result<String, StoreError> {
    let text = row.text_at(at).map_err(|error| unreadable(place, error))?;
    Ok(text.unwrap_or_default())
}

fn unreadable(place: &str, error: Misread) -> StoreError {
    error::schema(place, error.to_string())
}

/// What is referred to comes first. Tables that refer to each other in a circle come last, in the order of their names.
fn in_order(mut tables: BTreeMap<String, Table>, refers: &[(String, String)]) -> Vec<Table> {
    let mut ordered = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let waits = |name: &String| {
            refers
                .iter()
                .any(|(from, to)| from == name && to != name && tables.contains_key(to))
        };
        let next = tables.keys().find(|name| !waits(name));
        let Some(name) = next.or_else(|| tables.keys().next()).cloned() else {
            break;
        };
        ordered.extend(tables.remove(&name));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str], refers: &[(&str, &str)]) -> Vec<String> {
        let table = |name: &&str| {
            let table = Table {
                name: (*name).to_owned(),
                columns: Vec::new(),
            };
            ((*name).to_owned(), table)
        };
        let refers: Vec<(String, String)> = refers
            .iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect();
        let tables = in_order(names.iter().map(table).collect(), &refers);
        tables.into_iter().map(|table| table.name).collect()
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        assert_eq!(
            order(&["a", "b", "c"], &[("a", "c"), ("c", "b"), ("b", "b")]),
            ["b", "c", "a"]
        );
        assert_eq!(order(&["a", "b"], &[("a", "b"), ("b", "a")]), ["a", "b"]);
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted("or\"der"), "\"or\"\"der\"");
    }
}
