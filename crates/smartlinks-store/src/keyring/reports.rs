//! Which keys the running instances hold, in `meta`, so that a key is not activated before all have it.

use super::KeyReport;
use super::records::StoredReport;
use crate::meta::SET;
use crate::sql::{Database, values};
use crate::{Millis, StoreError};

const PREFIX: &str = "keyring.instance.";
const ALL: &str = "select key, value from meta where key like 'keyring.instance.%' order by key";
const DELETE: &str = "delete from meta where key = $1";

pub(super) async fn put(
    database: &Database,
    instance: &str,
    report: &StoredReport,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(report).unwrap_or_default();
    database
        .execute(SET, values![format!("{PREFIX}{instance}"), text])
        .await
        .map(|_| ())
}

pub(super) async fn withdraw(database: &Database, instance: &str) -> Result<(), StoreError> {
    database
        .execute(DELETE, values![format!("{PREFIX}{instance}")])
        .await
        .map(|_| ())
}

pub(super) async fn since(
    database: &Database,
    since: Millis,
) -> Result<Vec<KeyReport>, StoreError> {
    let mut reports = Vec::new();
    for row in database.all(ALL, values![]).await? {
        let fields = row.fields("meta", "key")?;
        let stored: StoredReport =
            serde_json::from_str(&fields.text("value")?).map_err(|_| fields.wrong("value"))?;
        let instance = fields.id().trim_start_matches(PREFIX).to_owned();
        if stored.at < since.0 {
            withdraw(database, &instance).await?;
            continue;
        }
        reports.push(KeyReport {
            instance,
            name: stored.name,
            keys: stored.keys,
            at: Millis(stored.at),
        });
    }
    Ok(reports)
}
