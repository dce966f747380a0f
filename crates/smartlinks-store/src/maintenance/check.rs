//! Whether a database is sound: schema, whose it is, which keys it needs, its own integrity, and whether everything
//! that is sealed in it opens. Changes nothing.

mod sealed;

use super::reader::count;
use super::tables::{Table, tables};
use super::target::{MOVED_TO, UNFINISHED_COPY};
use super::{Progress, Stage, Watch};
use crate::meta::{KEY_FINGERPRINT, STAMP_APP, STAMP_ORIGIN};
use crate::seal::KeyRing;
use crate::sql::Upkeep;
use crate::{DatabaseUrl, StoreError};

use sealed::look_into;

/// What is checked, and with what.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Which database.
    pub url: DatabaseUrl,
    /// The key ring; none when there is no key file. Nothing sealed can be opened then.
    pub keys: Option<KeyRing>,
    /// How many rows of each table, chosen at random, are opened; none for all.
    pub sample: Option<u32>,
}

/// What a check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseCheck {
    /// The database in words.
    pub place: String,
    /// `sqlite` or `postgresql`.
    pub kind: &'static str,
    /// The version of the database program.
    pub server: String,
    /// The last schema step it has taken; none when it is empty.
    pub step: Option<i64>,
    /// The last step this version knows.
    pub newest_step: i64,
    /// The gateway it belongs to; none before the first start with an app key.
    pub gateway_origin: Option<String>,
    /// The app it belongs to.
    pub app_key: Option<String>,
    /// Whether the key ring is the right one.
    pub keys: KeyFit,
    /// Its tables.
    pub tables: Vec<CheckedTable>,
    /// What is not as it should be; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Whether a key ring fits a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFit {
    /// Nothing was ever sealed in it.
    NotNeeded,
    /// The ring has every key it asks for.
    Fit,
    /// It asks for keys, and there is no ring.
    Missing,
    /// It asks for a key that the ring lacks.
    Wrong,
}

impl KeyFit {
    /// A stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Fit => "fit",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
        }
    }
}

/// One table, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Rows that were looked into for sealed values; zero for a table without any.
    pub looked_into: u64,
    /// Sealed values found in these.
    pub sealed: u64,
    /// How many of the sealed values do not open.
    pub unreadable: u64,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for its kind.
    pub code: &'static str,
    /// What was found.
    pub detail: String,
    /// How to mend it.
    pub fix: String,
}

/// Checks a database, also one that is in use.
///
/// # Errors
/// When it cannot be reached or read at all. What is wrong inside it is a [`Finding`].
pub async fn check_database(
    options: CheckOptions,
    watch: Watch<'_>,
) -> Result<DatabaseCheck, StoreError> {
    let mut database = Upkeep::to_read(&options.url).await?;
    let mut check = begin(&mut database).await?;
    schema(&mut database, &mut check).await?;
    if check.step.is_none() {
        database.close().await?;
        return Ok(check);
    }
    belongings(&mut database, options.keys.as_ref(), &mut check).await?;
    if database.is_sqlite() {
        sqlite_integrity(&mut database, &mut check).await?;
    }
    for table in tables(&mut database).await? {
        let counted =
            one_table(&mut database, &table, &options, &mut check.findings, watch).await?;
        check.tables.push(counted);
    }
    check.tables.sort_by(|one, other| one.name.cmp(&other.name));
    database.close().await?;
    Ok(check)
}

async fn begin(database: &mut Upkeep) -> Result<DatabaseCheck, StoreError> {
    let (kind, version) = if database.is_sqlite() {
        ("sqlite", "select sqlite_version()")
    } else {
        ("postgresql", "select current_setting('server_version')")
    };
    Ok(DatabaseCheck {
        place: database.place().to_owned(),
        kind,
        server: database.words(version).await?.join(" "),
        step: None,
        newest_step: database.known_steps().last().map_or(0, |(step, _)| *step),
        gateway_origin: None,
        app_key: None,
        keys: KeyFit::NotNeeded,
        tables: Vec::new(),
        findings: Vec::new(),
    })
}

/// Steps that are missing are no fault: the next start takes them.
async fn schema(database: &mut Upkeep, check: &mut DatabaseCheck) -> Result<(), StoreError> {
    let taken = database.steps_taken().await?;
    check.step = taken.last().copied();
    if check.step.is_none() {
        check.findings.push(Finding {
            code: "empty",
            detail: "the database has no tables of smartlinks yet".to_owned(),
            fix: "Run `smartlinks db migrate`, or start the server: it makes them.".to_owned(),
        });
    }
    let known = database.known_steps();
    let unknown = |step: &&i64| known.iter().all(|(version, _)| version != *step);
    if let Some(step) = taken.iter().find(unknown) {
        check.findings.push(Finding {
            code: "storage_newer_schema",
            detail: format!("it has been used by a newer smartlinks: step {step} is unknown here"),
            fix: "Run that version again, or restore a backup made before it.".to_owned(),
        });
    }
    Ok(())
}

/// Whose it is, which keys it needs, and whether a copy says that it is not to be used.
async fn belongings(
    database: &mut Upkeep,
    keys: Option<&KeyRing>,
    check: &mut DatabaseCheck,
) -> Result<(), StoreError> {
    check.gateway_origin = database.meta(STAMP_ORIGIN).await?;
    check.app_key = database.meta(STAMP_APP).await?;
    let needed = database.meta(KEY_FINGERPRINT).await?;
    check.keys = match (&needed, keys) {
        (None, _) => KeyFit::NotNeeded,
        (Some(_), None) => KeyFit::Missing,
        (Some(needed), Some(keys)) if keys.covers(needed) => KeyFit::Fit,
        (Some(_), Some(_)) => KeyFit::Wrong,
    };
    let detail = match check.keys {
        KeyFit::Missing => Some("there is no key file, so nothing sealed can be opened"),
        KeyFit::Wrong => Some("the key file lacks a key that the database asks for"),
        KeyFit::NotNeeded | KeyFit::Fit => None,
    };
    check.findings.extend(detail.map(|detail| Finding {
        code: "storage_keys",
        detail: detail.to_owned(),
        fix: "Copy the key file from its backup, or from where the server ran before (--key-file).".to_owned(),
    }));
    for (key, code) in [
        (UNFINISHED_COPY, "storage_unfinished_copy"),
        (MOVED_TO, "storage_moved"),
    ] {
        let Some(other) = database.meta(key).await? else {
            continue;
        };
        let place = check.place.clone();
        let error = match code {
            "storage_moved" => StoreError::Moved { place, to: other },
            _ => StoreError::UnfinishedCopy {
                place,
                source_place: other,
            },
        };
        let words = error.to_string();
        let (detail, fix) = words.split_once(". ").unwrap_or((&words, ""));
        check.findings.push(Finding {
            code,
            detail: detail.to_owned(),
            fix: fix.to_owned(),
        });
    }
    Ok(())
}

/// What SQLite itself says about the file.
async fn sqlite_integrity(
    database: &mut Upkeep,
    check: &mut DatabaseCheck,
) -> Result<(), StoreError> {
    let said = database.words("pragma integrity_check(10)").await?;
    if said != ["ok"] {
        check.findings.push(Finding {
            code: "storage_corrupt",
            detail: format!("SQLite finds the file damaged: {}", said.join("; ")),
            fix: "Stop the server, keep a copy of the file, and restore a backup.".to_owned(),
        });
    }
    let broken = database
        .words("select \"table\" from pragma_foreign_key_check limit 10")
        .await?;
    if !broken.is_empty() {
        check.findings.push(Finding {
            code: "storage_references",
            detail: format!(
                "rows of {} refer to rows that are not there",
                broken.join(", ")
            ),
            fix: "Somebody changed the database by hand; restore those rows from a backup."
                .to_owned(),
        });
    }
    Ok(())
}

async fn one_table(
    database: &mut Upkeep,
    table: &Table,
    options: &CheckOptions,
    findings: &mut Vec<Finding>,
    watch: Watch<'_>,
) -> Result<CheckedTable, StoreError> {
    let rows = count(database, table).await?;
    let looked = look_into(database, table, options, |done| {
        watch(Progress {
            stage: Stage::Checking,
            table: table.name.clone(),
            done,
            of: options
                .sample
                .map_or(rows, |most| rows.min(u64::from(most))),
        });
    })
    .await?;
    findings.extend(looked.findings);
    Ok(CheckedTable {
        name: table.name.clone(),
        rows,
        looked_into: looked.rows,
        sealed: looked.sealed,
        unreadable: looked.unreadable,
    })
}
