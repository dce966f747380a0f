//! The database: reached, in a schema that this version knows, opened with the right keys, and taking writes.

use std::error::Error as _;
use std::sync::Arc;

use smartlinks_store::{KeyError, Store, StoreError};

use super::finding::{Check, Finding, Mender};
use super::{Database, Patient, files};

/// Where the probe stands. It is empty but while it is written.
const PROBE_KEY: &str = "doctor_probe";
/// More than a few new token pairs need. Characters.
const PROBE: usize = 64 * 1024;

pub(super) async fn look(patient: &Patient<'_>) -> Vec<Finding> {
    match patient.database {
        Database::NotYet => vec![Finding::note(
            Check::Database,
            "database_not_yet",
            "there is no database yet: the first start makes it",
        )],
        Database::Failed(error) => vec![failed(error)],
        Database::Behind { step, newest } => vec![Finding::note(
            Check::Database,
            "schema_behind",
            format!(
                "the schema of the database is at step {step} of {newest}: the next start brings it up to date"
            ),
        )],
        Database::Open(store) => match probe(store, patient.seen.is_none()).await {
            Ok(()) => {
                let mut findings = vec![Finding::good(
                    Check::Database,
                    "database_works",
                    "the database answers, its schema is known and its keys fit",
                )];
                findings.extend(keys_in_memory_only(store).await);
                findings
            }
            Err(error @ StoreError::Full { .. }) => vec![files::full(words(&error).0)],
            Err(error) => vec![failed(&error)],
        },
    }
}

/// A running server goes on with the keys that it has read, whatever becomes of their file, and cannot start again.
async fn keys_in_memory_only(store: &Arc<dyn Store>) -> Option<Finding> {
    let missing = match store.keyring().missing_keys().await {
        Ok(missing) => missing,
        // The look at the file itself says so.
        Err(StoreError::Keys(KeyError::Unreadable { .. } | KeyError::Permissions { .. })) => {
            return None;
        }
        Err(error) => return Some(failed(&error)),
    };
    if missing.is_empty() {
        return None;
    }
    let keys = missing.join(", ");
    Some(
        Finding::problem(
            Check::KeyFile,
            "key_file_incomplete",
            format!("the key file no longer holds {keys}, which the database needs"),
        )
        .since("this server remembers it until it ends; afterwards nothing stored can be read, and all accounts have to sign in again")
        .mend(
            Mender::Operator,
            "Put the former key file back from its backup, or from another machine that shares this database, before this server ends.",
        ),
    )
}

/// A glance writes nothing.
async fn probe(store: &Arc<dyn Store>, writing: bool) -> Result<(), StoreError> {
    store.ping().await?;
    if !writing {
        return Ok(());
    }
    let written = store.meta().set(PROBE_KEY, &".".repeat(PROBE)).await;
    let removed = store.meta().set(PROBE_KEY, "").await;
    written.and(removed)
}

fn failed(error: &StoreError) -> Finding {
    let (what, fix) = words(error);
    let check = match error {
        StoreError::Keys(_) => Check::KeyFile,
        _ => Check::Database,
    };
    let code = match error {
        StoreError::Unavailable { .. } => "database_down",
        StoreError::Keys(_) => "keys_do_not_fit",
        other => other.code(),
    };
    Finding::problem(check, code, what)
        .since("without it no token can be read, renewed or handed out")
        .mend(Mender::Operator, fix)
}

/// The store's messages say what happened and, in further sentences, how to mend it.
fn words(error: &StoreError) -> (String, String) {
    let text = error.to_string();
    let (what, fix) = match text.split_once(". ") {
        Some((what, fix)) => (what.to_owned(), format!("{}.", fix.trim_end_matches('.'))),
        None => (text, "Mend what the message names.".to_owned()),
    };
    match error.source() {
        Some(cause) if !what.contains(&cause.to_string()) => (format!("{what}: {cause}"), fix),
        _ => (what, fix),
    }
}
