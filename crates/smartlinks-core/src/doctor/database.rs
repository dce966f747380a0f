//! The database: reached, in a schema that this version knows, opened with the right keys, and taking writes.

use std::error::Error as _;
use std::sync::Arc;

use smartlinks_store::{Store, StoreError};

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
        Database::Open(store) => match probe(store, patient.seen.is_none()).await {
            Ok(()) => vec![Finding::good(
                Check::Database,
                "database_works",
                "the database answers, its schema is known and its keys fit",
            )],
            Err(error @ StoreError::Full { .. }) => vec![files::full(words(&error).0)],
            Err(error) => vec![failed(&error)],
        },
    }
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
