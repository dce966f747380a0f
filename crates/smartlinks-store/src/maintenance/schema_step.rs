//! Bringing the schema up to date, without opening the database as a store.

use crate::sql::Upkeep;
use crate::{DatabaseUrl, StoreError};

/// What bringing a schema up to date has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaChange {
    /// The database in words.
    pub place: String,
    /// The last step it had before; none for an empty database.
    pub from: Option<i64>,
    /// The last step it has now.
    pub to: i64,
    /// The steps that were taken, as number and name.
    pub steps: Vec<(i64, String)>,
}

/// Brings the schema of a database up to date; makes the file if it is SQLite and not there. Needs no keys.
///
/// # Errors
/// When the database cannot be used, or was made by a newer version.
pub async fn migrate_database(url: &DatabaseUrl) -> Result<SchemaChange, StoreError> {
    let mut upkeep = Upkeep::to_change(url).await?;
    let before = upkeep.steps_taken().await?;
    upkeep.migrate().await?;
    let all = upkeep.known_steps();
    let place = upkeep.place().to_owned();
    upkeep.close().await?;
    Ok(SchemaChange {
        place,
        from: before.last().copied(),
        to: all.last().map_or(0, |(version, _)| *version),
        steps: all
            .into_iter()
            .filter(|(version, _)| !before.contains(version))
            .collect(),
    })
}
