//! Rows of an answer, read by column name.

use std::str::FromStr;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::{Inconsistency, Millis};

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can hold, in both databases.
pub(crate) trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Column for String {}
impl Column for i64 {}
impl Column for Vec<u8> {}

impl Row {
    fn get<T: Column>(&self, column: &'static str) -> Result<Option<T>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// The number in a column, by its position.
    pub(crate) fn number(&self, at: usize) -> Result<i64, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(at),
            Self::Postgres(row) => row.try_get(at),
        }
    }

    /// The text in a column, by its position.
    pub(crate) fn text_at(&self, at: usize) -> Result<Option<String>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(at),
            Self::Postgres(row) => row.try_get(at),
        }
    }

    /// The bytes in a column, by its position.
    pub(crate) fn bytes_at(&self, at: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(at),
            Self::Postgres(row) => row.try_get(at),
        }
    }

    /// The number in a column, by its position, or nothing.
    pub(crate) fn number_at(&self, at: usize) -> Result<Option<i64>, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(at),
            Self::Postgres(row) => row.try_get(at),
        }
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
