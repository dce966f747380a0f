//! The database that a copy is written to: whether it may be, and what it says while it is not finished.

use super::digest::digest;
use super::tables::{Table, tables};
use crate::error;
use crate::sql::Upkeep;
use crate::{DatabaseUrl, PostgresUrl, StoreError};

/// In `meta` of the target while a copy into it is not finished. Its value names the source.
pub(crate) const UNFINISHED_COPY: &str = "copy.unfinished";
/// In `meta` of a source that was copied whole. Its value names the target.
pub(crate) const MOVED_TO: &str = "copy.moved_to";

/// Names the one copy at a time into a database; chosen once, and never used for anything else.
const ONE_COPY: i64 = 5_361_297_144_702_611_187;

/// Where a copy comes from.
#[derive(Clone, Copy)]
pub(super) struct Origin<'s> {
    /// The source in words.
    pub(super) place: &'s str,
    /// Where it says that it has moved to.
    pub(super) moved_to: Option<&'s str>,
}

/// A target that is ours to fill.
pub(super) struct Target {
    pub(super) database: Upkeep,
    /// Whether a former copy into it was not finished.
    pub(super) taken_up: bool,
}

impl Target {
    /// Opens the target, checks that it is empty or holds an unfinished copy, and marks it as unfinished from here on.
    /// A source that has moved may only finish the move that it speaks of.
    pub(super) async fn prepare(
        to: &PostgresUrl,
        expected: &[Table],
        source: Origin<'_>,
    ) -> Result<Self, StoreError> {
        let mut database = Upkeep::to_change(&DatabaseUrl::Postgres(to.clone())).await?;
        one_at_a_time(&mut database).await?;
        if database.steps_taken().await?.is_empty() {
            refuse_tables_of_others(&mut database).await?;
        }
        database.migrate().await?;
        let found = tables(&mut database).await?;
        if !same(&found, expected) {
            let problem = "its tables are not those of the source".to_owned();
            return Err(error::schema(database.place(), problem));
        }
        match mark(&mut database, expected, source).await {
            Ok(taken_up) => Ok(Self { database, taken_up }),
            Err(refused) => {
                database.execute("rollback".to_owned()).await?;
                database.close().await?;
                Err(refused)
            }
        }
    }

    /// Takes the mark away: from here on the database may be used. Without knowing how many rows there are, PostgreSQL
    /// would read whole tables at first.
    pub(super) async fn release(mut self) -> Result<(), StoreError> {
        self.database.execute("analyze".to_owned()).await?;
        let unmark = format!("delete from meta where key = '{UNFINISHED_COPY}'");
        self.database.execute(unmark).await?;
        self.database.close().await
    }
}

/// The server lets go of the lock when this connection ends, however it ends.
async fn one_at_a_time(database: &mut Upkeep) -> Result<(), StoreError> {
    let lock = format!(
        "select case when pg_try_advisory_lock({ONE_COPY}) then 1::bigint else 0::bigint end"
    );
    let rows = database.all(lock).await?;
    if rows
        .first()
        .is_some_and(|row| row.number(0).is_ok_and(|got| got == 1))
    {
        return Ok(());
    }
    Err(StoreError::InUse {
        place: database.place().to_owned(),
        reason: "another copy into it is under way",
    })
}

async fn refuse_tables_of_others(database: &mut Upkeep) -> Result<(), StoreError> {
    const ANY: &str = "select tablename::text from pg_tables where schemaname = current_schema() \
         order by tablename limit 1";
    let rows = database.all(ANY.to_owned()).await?;
    match rows.first().and_then(|row| row.text_at(0).ok().flatten()) {
        Some(table) => Err(not_empty(database.place(), table)),
        None => Ok(()),
    }
}

/// Empties the target and marks it, in one transaction that no starting server can slip into: it notes its keys in
/// `meta` first, and looks for the mark afterwards.
async fn mark(
    database: &mut Upkeep,
    tables: &[Table],
    source: Origin<'_>,
) -> Result<bool, StoreError> {
    let is_marked = format!("select key from meta where key = '{UNFINISHED_COPY}'");
    database
        .execute("begin; lock table meta in exclusive mode".to_owned())
        .await?;
    let taken_up = !database.all(is_marked).await?.is_empty();
    refuse_second_move(database, taken_up, source)?;
    if !taken_up {
        refuse_rows(database, tables).await?;
    }
    let names: Vec<String> = tables.iter().map(Table::quoted).collect();
    database
        .execute(format!("truncate table {}", names.join(", ")))
        .await?;
    let source = source.place.replace('\'', "''");
    let note =
        format!("insert into meta (key, value) values ('{UNFINISHED_COPY}', '{source}'); commit");
    database.execute(note).await?;
    Ok(taken_up)
}

/// Two servers on two copies would spend each other's refresh tokens. Only the copy that the source speaks of, cut off
/// between its last two steps, may be made good.
fn refuse_second_move(
    database: &Upkeep,
    taken_up: bool,
    source: Origin<'_>,
) -> Result<(), StoreError> {
    match source.moved_to {
        Some(to) if !(taken_up && to == database.place()) => Err(StoreError::Moved {
            place: source.place.to_owned(),
            to: to.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A database that was only migrated has exactly the rows that the migrations put there.
async fn refuse_rows(database: &mut Upkeep, tables: &[Table]) -> Result<(), StoreError> {
    let mut blank = Upkeep::blank().await?;
    let known = self::tables(&mut blank).await?;
    for table in tables {
        let found = digest(database, table, &|_| ()).await?;
        let as_migrated = match known.contains(table) {
            true => found == digest(&mut blank, table, &|_| ()).await?,
            false => found.rows == 0,
        };
        if !as_migrated {
            return Err(not_empty(database.place(), table.name.clone()));
        }
    }
    blank.close().await
}

/// The same tables with the same columns, in whatever order.
fn same(found: &[Table], expected: &[Table]) -> bool {
    found.len() == expected.len() && expected.iter().all(|table| found.contains(table))
}

fn not_empty(place: &str, table: String) -> StoreError {
    StoreError::NotEmpty {
        place: place.to_owned(),
        table,
    }
}
