//! Moving a SQLite database to PostgreSQL.
//!
//! The source is held alone, so nothing changes under the copy. The target says that it is unfinished until every table
//! has been read back and compared; a server refuses it until then, and an interrupted copy begins anew. Sealed values
//! are moved as they are: they are bound to table, column, row and key, none of which changes. At the end the source
//! says that it has moved, because two servers on two copies would refresh the same accounts and spend each other's
//! tokens.

use std::path::Path;

use super::digest::{Digesting, TELL_EVERY, TableDigest, digest};
use super::reader::{Rows, count};
use super::tables::{Kind, Table, quoted, tables};
use super::target::{MOVED_TO, Origin, Target};
use super::{Progress, Stage, Watch};
use crate::sql::{ColumnOfValues, Upkeep, Value};
use crate::{DatabaseUrl, PostgresUrl, StoreError};

/// Rows written by one statement.
const BATCH: usize = 500;

/// A copy that was made and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseCopy {
    /// The source in words.
    pub from: String,
    /// The target in words.
    pub to: String,
    /// Whether an unfinished copy was there, which this one has replaced.
    pub replaced_unfinished: bool,
    /// What was copied, table by table.
    pub tables: Vec<CopiedTable>,
}

/// One table that was copied and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over all its values, the same on both sides.
    pub digest: [u8; 32],
}

/// Moves everything from a SQLite database to an empty PostgreSQL database.
///
/// # Errors
/// When another process uses the source, the target holds anything, either cannot be used, or what was written does not
/// read back as it was. Both stay as they were, except that the schema of the source is brought up to date first, and
/// that the target is marked as unfinished once writing has begun.
pub async fn copy_database(
    from: &Path,
    to: &PostgresUrl,
    watch: Watch<'_>,
) -> Result<DatabaseCopy, StoreError> {
    let mut source = Upkeep::alone(from).await?;
    source.migrate().await?;
    // One view of everything, and nobody writes meanwhile, not even a program that knows nothing of our lock.
    source.execute("begin immediate".to_owned()).await?;
    let moved_to = source.meta(MOVED_TO).await?;
    let tables = tables(&mut source).await?;
    let origin = Origin {
        place: source.place(),
        moved_to: moved_to.as_deref(),
    };
    let mut target = Target::prepare(to, &tables, origin).await?;
    let mut copied = Vec::with_capacity(tables.len());
    for table in &tables {
        copied.push(copy_table(&mut source, &mut target.database, table, watch).await?);
    }
    for (table, written) in tables.iter().zip(&copied) {
        if digest(&mut target.database, table, watch).await? != *written {
            return Err(differs(&target.database, table));
        }
    }
    let copy = DatabaseCopy {
        from: source.place().to_owned(),
        to: target.database.place().to_owned(),
        replaced_unfinished: target.taken_up,
        tables: tables
            .into_iter()
            .zip(copied)
            .map(|(table, digest)| CopiedTable {
                name: table.name,
                rows: digest.rows,
                digest: digest.hash,
            })
            .collect(),
    };
    // In this order: should we end between the two, neither can be used, and the same command makes it good.
    retire(&mut source, &copy.to).await?;
    target.release().await?;
    source.close().await?;
    Ok(copy)
}

fn differs(database: &Upkeep, table: &Table) -> StoreError {
    StoreError::CopyDiffers {
        place: database.place().to_owned(),
        table: table.name.clone(),
    }
}

/// Where a SQLite database was copied to that is put aside since; changes nothing.
///
/// # Errors
/// When it cannot be read, or was not copied away.
pub async fn moved_to(path: &Path) -> Result<String, StoreError> {
    let mut database = Upkeep::to_read(&DatabaseUrl::Sqlite(path.to_owned())).await?;
    let moved_to = match database.steps_taken().await?.is_empty() {
        true => None,
        false => database.meta(MOVED_TO).await?,
    };
    database.close().await?;
    moved_to.ok_or_else(|| not_moved(path))
}

/// Lets a SQLite database be used again that was copied away.
///
/// # Errors
/// When it cannot be used, or was not copied away.
pub async fn reopen_database(path: &Path) -> Result<(), StoreError> {
    let mut database = Upkeep::alone(path).await?;
    let unmark = format!("delete from meta where key = '{MOVED_TO}'");
    let changed = database.execute(unmark).await?;
    database.close().await?;
    match changed {
        0 => Err(not_moved(path)),
        _ => Ok(()),
    }
}

fn not_moved(path: &Path) -> StoreError {
    StoreError::NotFound {
        what: "sign of a move in",
        id: path.display().to_string(),
    }
}

/// Says in the source that it has moved, and ends its transaction.
async fn retire(source: &mut Upkeep, to: &str) -> Result<(), StoreError> {
    let to = to.replace('\'', "''");
    let note = format!(
        "insert into meta (key, value) values ('{MOVED_TO}', '{to}') \
         on conflict (key) do update set value = excluded.value; commit"
    );
    source.execute(note).await.map(|_| ())
}

async fn copy_table(
    source: &mut Upkeep,
    target: &mut Upkeep,
    table: &Table,
    watch: Watch<'_>,
) -> Result<TableDigest, StoreError> {
    let of = count(source, table).await?;
    let tell = |done| {
        watch(Progress {
            stage: Stage::Copying,
            table: table.name.clone(),
            done,
            of,
        });
    };
    let mut digest = Digesting::default();
    let mut batch = Batch::new(table);
    let mut rows = Rows::all(source, table);
    while let Some(row) = rows.next().await? {
        digest.add(&row);
        batch.push(row);
        if batch.rows == BATCH {
            batch.write(target).await?;
        }
        if digest.rows().is_multiple_of(TELL_EVERY) {
            tell(digest.rows());
        }
    }
    batch.write(target).await?;
    tell(digest.rows());
    // Nobody else writes to the source: what was counted has to be there, or the reading ended too soon.
    drop(rows);
    match digest.rows() == of {
        true => Ok(digest.finish()),
        false => Err(differs(source, table)),
    }
}

/// Rows that are written together, column by column: one array for each is a parameter.
struct Batch<'t> {
    table: &'t Table,
    rows: usize,
    columns: Vec<ColumnOfValues>,
}

impl<'t> Batch<'t> {
    fn new(table: &'t Table) -> Self {
        Self {
            table,
            rows: 0,
            columns: empty(table),
        }
    }

    fn push(&mut self, row: Vec<Value>) {
        self.rows += 1;
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.push(value);
        }
    }

    async fn write(&mut self, target: &mut Upkeep) -> Result<(), StoreError> {
        if self.rows == 0 {
            return Ok(());
        }
        let names: Vec<String> = self
            .table
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .collect();
        let arrays = self.table.columns.iter().enumerate().map(|(at, column)| {
            let kind = match column.kind {
                Kind::Text => "text",
                Kind::Number => "bigint",
                Kind::Bytes => "bytea",
            };
            format!("${}::{kind}[]", at + 1)
        });
        let sql = format!(
            "insert into {} ({}) select * from unnest({})",
            self.table.quoted(),
            names.join(", "),
            arrays.collect::<Vec<_>>().join(", ")
        );
        self.rows = 0;
        let columns = std::mem::replace(&mut self.columns, empty(self.table));
        target.insert(sql, columns).await
    }
}

fn empty(table: &Table) -> Vec<ColumnOfValues> {
    let column = |kind| match kind {
        Kind::Text => ColumnOfValues::Text(Vec::new()),
        Kind::Number => ColumnOfValues::Int(Vec::new()),
        Kind::Bytes => ColumnOfValues::Blob(Vec::new()),
    };
    table.columns.iter().map(|one| column(one.kind)).collect()
}
