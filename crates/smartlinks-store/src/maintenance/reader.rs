//! Rows of any table, in the order of its key, as values.

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;

use super::tables::{Column, Kind, Table, quoted};
use crate::StoreError;
use crate::error;
use crate::sql::{Misread, Row, Upkeep, Value};

/// What belongs to a copy itself, and not to what is copied.
const OWN_ROWS: &str = "where key not in ('copy.unfinished', 'copy.moved_to')";

/// The rows of one table.
pub(super) struct Rows<'c> {
    place: String,
    kinds: Vec<Kind>,
    stream: BoxStream<'c, Result<Row, StoreError>>,
}

impl<'c> Rows<'c> {
    /// All rows of a table in the order of its key, every column of it.
    pub(super) fn all(database: &'c mut Upkeep, table: &Table) -> Self {
        let columns: Vec<&Column> = table.columns.iter().collect();
        // SQLite compares text byte by byte; PostgreSQL has to be told.
        let byte_by_byte = if database.is_sqlite() {
            ""
        } else {
            " collate \"C\""
        };
        let key = table.key().into_iter().map(|column| match column.kind {
            Kind::Text => format!("{}{byte_by_byte}", quoted(&column.name)),
            _ => quoted(&column.name),
        });
        let sql = format!(
            "select {} from {} {} order by {}",
            list(&columns),
            table.quoted(),
            own_rows(table),
            key.collect::<Vec<_>>().join(", ")
        );
        Self::of(database, sql, &columns)
    }

    /// These columns of a table, of at most so many rows chosen at random.
    pub(super) fn some(
        database: &'c mut Upkeep,
        table: &Table,
        columns: &[&Column],
        most: Option<u32>,
    ) -> Self {
        let choice = most.map_or_else(String::new, |most| {
            format!(" order by random() limit {most}")
        });
        let sql = format!("select {} from {}{choice}", list(columns), table.quoted());
        Self::of(database, sql, columns)
    }

    fn of(database: &'c mut Upkeep, sql: String, columns: &[&Column]) -> Self {
        Self {
            place: database.place().to_owned(),
            kinds: columns.iter().map(|column| column.kind).collect(),
            stream: database.stream(sql),
        }
    }

    /// The next row.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Value>>, StoreError> {
        let Some(row) = self.stream.try_next().await? else {
            return Ok(None);
        };
        let values = self.kinds.iter().enumerate().map(|(at, kind)| match kind {
            Kind::Text => row.text_at(at).map(Value::Text),
            Kind::Number => row.number_at(at).map(Value::Int),
            Kind::Bytes => row.bytes_at(at).map(Value::Blob),
        });
        let values: Result<Vec<Value>, Misread> = values.collect();
        let values = values.map_err(|error| error::schema(&self.place, error.to_string()))?;
        Ok(Some(values))
    }
}

/// How many rows a table has, those of a copy itself left out.
pub(super) async fn count(database: &mut Upkeep, table: &Table) -> Result<u64, StoreError> {
    let sql = format!(
        "select count(*) from {} {}",
        table.quoted(),
        own_rows(table)
    );
    let rows = database.all(sql).await?;
    let count = rows.first().map_or(Ok(0), |row| row.number(0));
    let count = count.map_err(|error| database.misread(error))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

fn own_rows(table: &Table) -> &'static str {
    if table.name == "meta" { OWN_ROWS } else { "" }
}

fn list(columns: &[&Column]) -> String {
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    names.join(", ")
}
