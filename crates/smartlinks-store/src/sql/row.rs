//! Rows of an answer, read by column name.

use std::str::FromStr;

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use super::sqlite::{Cell, SqliteRow};
use crate::{Inconsistency, Millis};

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A column that is not there, or holds something else than it should.
#[derive(Debug, thiserror::Error)]
#[error("a column is missing or of another type")]
pub(crate) struct Misread;

/// What a column can hold, in both databases.
pub(crate) trait Column: for<'r> Decode<'r, Postgres> + Type<Postgres> + Clone {
    /// What a cell holds of this kind.
    fn of(cell: &Cell) -> Option<&Self>;
}

impl Column for String {
    fn of(cell: &Cell) -> Option<&Self> {
        match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Column for i64 {
    fn of(cell: &Cell) -> Option<&Self> {
        match cell {
            Cell::Int(number) => Some(number),
            _ => None,
        }
    }
}

impl Column for Vec<u8> {
    fn of(cell: &Cell) -> Option<&Self> {
        match cell {
            Cell::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }
}

fn in_cell<T: Column>(cell: Option<&Cell>) -> Result<Option<T>, Misread> {
    match cell {
        None => Err(Misread),
        Some(Cell::Missing) => Ok(None),
        Some(cell) => T::of(cell).cloned().map(Some).ok_or(Misread),
    }
}

impl Row {
    fn get<T: Column>(&self, column: &'static str) -> Result<Option<T>, Misread> {
        match self {
            Self::Sqlite(row) => in_cell(row.named(column)),
            Self::Postgres(row) => row.try_get(column).map_err(|_| Misread),
        }
    }

    fn get_at<T: Column>(&self, at: usize) -> Result<Option<T>, Misread> {
        match self {
            Self::Sqlite(row) => in_cell(row.at(at)),
            Self::Postgres(row) => row.try_get(at).map_err(|_| Misread),
        }
    }

    /// The number in a column, by its position.
    pub(crate) fn number(&self, at: usize) -> Result<i64, Misread> {
        self.get_at(at)?.ok_or(Misread)
    }

    /// The text in a column, by its position, or nothing.
    pub(crate) fn text_at(&self, at: usize) -> Result<Option<String>, Misread> {
        self.get_at(at)
    }

    /// The bytes in a column, by its position, or nothing.
    pub(crate) fn bytes_at(&self, at: usize) -> Result<Option<Vec<u8>>, Misread> {
        self.get_at(at)
    }

    /// The number in a column, by its position, or nothing.
    pub(crate) fn number_at(&self, at: usize) -> Result<Option<i64>, Misread> {
        self.get_at(at)
    }

    /// The row as one of `table`, whose id stands in column `id`.
    pub(crate) fn fields(
        &self,
        table: &'static str,
        id: &'static str,
    ) -> Result<Fields<'_>, Inconsistency> {
        let mut fields = Fields {
            row: self,
            table,
            id: "?".to_owned(),
        };
        fields.id = match self.get::<String>(id) {
            Ok(Some(text)) => text,
            _ => fields.int(id)?.to_string(),
        };
        Ok(fields)
    }
}

/// The columns of a row. Whatever cannot be read becomes an [`Inconsistency`] that names the place.
pub(crate) struct Fields<'r> {
    row: &'r Row,
    table: &'static str,
    id: String,
}

impl Fields<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The error for a column whose value makes no sense.
    pub(crate) fn wrong(&self, column: &'static str) -> Inconsistency {
        Inconsistency {
            table: self.table,
            column,
            id: self.id.clone(),
        }
    }

    fn maybe<T: Column>(&self, column: &'static str) -> Result<Option<T>, Inconsistency> {
        self.row.get(column).map_err(|_| self.wrong(column))
    }

    fn some<T: Column>(&self, column: &'static str) -> Result<T, Inconsistency> {
        self.maybe(column)?.ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Inconsistency> {
        self.some(column)
    }

    pub(crate) fn maybe_text(&self, column: &'static str) -> Result<Option<String>, Inconsistency> {
        self.maybe(column)
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64, Inconsistency> {
        self.some(column)
    }

    pub(crate) fn maybe_int(&self, column: &'static str) -> Result<Option<i64>, Inconsistency> {
        self.maybe(column)
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Inconsistency> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column)),
        }
    }

    pub(crate) fn moment(&self, column: &'static str) -> Result<Millis, Inconsistency> {
        self.int(column).map(Millis)
    }

    pub(crate) fn maybe_moment(
        &self,
        column: &'static str,
    ) -> Result<Option<Millis>, Inconsistency> {
        Ok(self.maybe_int(column)?.map(Millis))
    }

    pub(crate) fn maybe_blob(
        &self,
        column: &'static str,
    ) -> Result<Option<Vec<u8>>, Inconsistency> {
        self.maybe(column)
    }

    /// A text that spells a value of a type.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, Inconsistency> {
        self.text(column)?.parse().map_err(|_| self.wrong(column))
    }

    /// A text that spells a value of a type, or nothing.
    pub(crate) fn maybe_parsed<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Inconsistency> {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|_| self.wrong(column)))
            .transpose()
    }
}
