//! `db check`

use std::io::ErrorKind;

use serde::Serialize;
use smartlinks_core::store::{self, CheckOptions, DatabaseCheck, KeyError, KeyRing};

use super::{Place, words};
use crate::assemble::unusable;
use crate::failure::{Exit, Failure};
use crate::output::{Output, ProgressLine, facts, table};

#[derive(Serialize)]
struct Checked {
    database: String,
    kind: &'static str,
    server: String,
    schema_step: Option<i64>,
    newest_step: i64,
    gateway: Option<String>,
    app_key: Option<String>,
    keys: &'static str,
    tables: Vec<CheckedTable>,
    sound: bool,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct CheckedTable {
    name: String,
    rows: u64,
    looked_into: u64,
    sealed: u64,
    unreadable: u64,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    detail: String,
    fix: String,
}

pub(super) async fn run(place: &Place, sample: Option<u32>, output: Output) -> Result<(), Failure> {
    // A key file that cannot be used is a finding, and no reason not to look at the rest.
    let (keys, unusable_keys) = match KeyRing::load(&place.key_file) {
        Ok(keys) => (Some(keys), None),
        Err(KeyError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            (None, None)
        }
        Err(error) => (None, Some(error)),
    };
    let options = CheckOptions {
        url: place.url.clone(),
        keys,
        sample,
    };
    let line = ProgressLine::new(output);
    let watch = |progress| line.show(&words(&progress));
    let check = store::check_database(options, &watch).await;
    drop(line);
    let mut checked = Checked::from(check.map_err(unusable)?);
    if let Some(error) = unusable_keys {
        checked.blame(&error);
    }
    output.data(&checked, in_words)?;
    if checked.sound {
        Ok(())
    } else {
        Err(Failure::silent(Exit::Failure))
    }
}

impl Checked {
    /// The key file is there and of no use.
    fn blame(&mut self, error: &KeyError) {
        let words = error.to_string();
        let (detail, fix) = words.split_once(". ").unwrap_or((
            &words,
            "Copy the key file from its backup, or from where the server ran before.",
        ));
        let finding = Finding {
            code: "storage_keys",
            detail: detail.to_owned(),
            fix: fix.to_owned(),
        };
        // It is not missing, as the check had to take it.
        self.findings.retain(|found| found.code != finding.code);
        self.findings.insert(0, finding);
        (self.keys, self.sound) = ("unusable", false);
    }
}

impl From<DatabaseCheck> for Checked {
    fn from(check: DatabaseCheck) -> Self {
        let tables = check.tables.into_iter().map(|table| CheckedTable {
            name: table.name,
            rows: table.rows,
            looked_into: table.looked_into,
            sealed: table.sealed,
            unreadable: table.unreadable,
        });
        let findings = check.findings.into_iter().map(|finding| Finding {
            code: finding.code,
            detail: finding.detail,
            fix: finding.fix,
        });
        let findings: Vec<Finding> = findings.collect();
        Self {
            database: check.place,
            kind: check.kind,
            server: check.server,
            schema_step: check.step,
            newest_step: check.newest_step,
            gateway: check.gateway_origin,
            app_key: check.app_key,
            keys: check.keys.as_str(),
            tables: tables.collect(),
            sound: findings.is_empty(),
            findings,
        }
    }
}

fn in_words(checked: &Checked) -> String {
    let unknown = || "not noted yet".to_owned();
    let step = match checked.schema_step {
        Some(step) if step < checked.newest_step => {
            format!(
                "step {step} of {}; the next start brings it up to date",
                checked.newest_step
            )
        }
        Some(step) => format!("step {step}"),
        None => "none".to_owned(),
    };
    let mut text = facts([
        ("database", checked.database.clone()),
        ("kind", format!("{} {}", checked.kind, checked.server)),
        ("schema", step),
        ("gateway", checked.gateway.clone().unwrap_or_else(unknown)),
        ("app key", checked.app_key.clone().unwrap_or_else(unknown)),
        ("key file", checked.keys.replace('_', " ")),
    ]);
    if !checked.tables.is_empty() {
        let rows = checked.tables.iter().map(|table| {
            [
                table.name.clone(),
                table.rows.to_string(),
                table.sealed.to_string(),
                table.unreadable.to_string(),
            ]
        });
        text.push_str("\n\n");
        text.push_str(&self::table(
            ["TABLE", "ROWS", "SEALED", "UNREADABLE"],
            rows,
        ));
    }
    if checked.sound {
        text.push_str("\n\nall is well");
    }
    for finding in &checked.findings {
        text.push_str(&format!(
            "\n\n{}: {}\n  {}",
            finding.code, finding.detail, finding.fix
        ));
    }
    text
}
