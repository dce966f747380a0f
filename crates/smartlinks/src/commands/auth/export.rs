//! `auth export`, and taking an export in.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use smartlinks_core::store::{ArchiveError, SystemEntropy, open_archive, seal_archive};
use smartlinks_core::{Export, Imported};

use crate::cli::ExportArgs;
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{plain, table};
use crate::{passphrase, private_file};

/// How a plain export begins.
const PLAIN_MARK: &str = "\"smartlinks_export\"";

pub(super) async fn run(arguments: &ExportArgs, session: &Session) -> Result<(), Failure> {
    let file = &arguments.file;
    if std::fs::symlink_metadata(file).is_ok() {
        return Err(there_already(file));
    }
    let passphrase = match arguments.without_encryption {
        true => None,
        false => Some(passphrase::new(arguments.passphrase_file.as_deref())?),
    };
    let export = session
        .core
        .export_connections(passphrase.is_some())
        .await?;
    let content = match &passphrase {
        Some(passphrase) => {
            let sealed = seal_archive(passphrase, export.expose().as_bytes(), &SystemEntropy)
                .map_err(not_opened)?;
            SecretString::from(sealed)
        }
        None => SecretString::from(export.expose()),
    };
    write(file, &content)?;
    told(file, passphrase.is_some(), &export, session)?;
    match export.unreadable {
        none if none.is_empty() => Ok(()),
        causes => Err(Failure {
            causes,
            ..Failure::new(
                Exit::Failure,
                "rows_unreadable",
                "some connections could not be read and are not in it",
            )
        }),
    }
}

/// What was written, and what its reader has to know.
fn told(file: &Path, encrypted: bool, export: &Export, session: &Session) -> Result<(), Failure> {
    let done = json!({
        "file": file,
        "encrypted": encrypted,
        "connections": export.connections.iter().map(|connection| &connection.id).collect::<Vec<_>>(),
        "unreadable": export.unreadable,
    });
    session.output.data(&done, |_| {
        format!(
            "{} connections are in {}",
            export.connections.len(),
            file.display()
        )
    })?;
    if !encrypted {
        session.output.warn("the file opens these accounts for whoever reads it: delete it as soon as it has served");
    }
    session.output.remark(
            "this installation goes on renewing these tokens. Where they are taken in elsewhere, end this one first: \
             of two that renew, one is left with tokens that no longer count",
        );
    Ok(())
}

fn there_already(file: &Path) -> Failure {
    Failure::usage(
        "file_exists",
        format!("{} is there already and is not overwritten", file.display()),
    )
    .hint("Name another file.")
}

fn write(file: &Path, content: &SecretString) -> Result<(), Failure> {
    match private_file::create(file, content.expose_secret().as_bytes()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(there_already(file)),
        Err(error) => {
            // Whatever was written of it is worth nothing.
            let _ = std::fs::remove_file(file);
            Err(Failure::new(
                Exit::Failure,
                "file_not_written",
                format!("{} could not be written", file.display()),
            )
            .because(&error)
            .hint("Check that its folder can be written and that the disk is not full."))
        }
    }
}

/// Whether a text is an export, sealed or plain, and not the token file of another program.
pub(super) fn is_export(text: &str) -> bool {
    smartlinks_core::store::is_archive(text) || text.contains(PLAIN_MARK)
}

/// Takes an export in.
pub(super) async fn import(
    text: &str,
    file: &Path,
    passphrase_file: Option<&PathBuf>,
    replace: bool,
    session: &Session,
) -> Result<(), Failure> {
    let outcomes = if smartlinks_core::store::is_archive(text) {
        if file == Path::new("-") && passphrase_file.is_none_or(|path| path == Path::new("-")) {
            return Err(Failure::usage(
                "usage",
                "archive and passphrase cannot both come from stdin",
            )
            .hint("Name the archive as a file, or the passphrase's with --passphrase-file."));
        }
        let passphrase = passphrase::existing(passphrase_file.map(PathBuf::as_path))?;
        let content = open_archive(&passphrase, text).map_err(not_opened)?;
        let content = std::str::from_utf8(&content)
            .map_err(|_| Failure::usage("file_unreadable", "the archive holds no text"))?;
        session.core.import_connections(content, replace).await?
    } else {
        session.core.import_connections(text, replace).await?
    };
    session
        .output
        .data(&json!({ "connections": outcomes }), |_| in_words(&outcomes))?;
    if outcomes.iter().any(|outcome| outcome.refused.is_some()) {
        return Err(Failure::new(Exit::Failure, "not_all_imported", "not every connection was taken in")
            .hint("Connections that work here are left alone; --replace takes the file's tokens all the same."));
    }
    session.output.remark(
        "smartlinks renews these tokens from now on; whatever used them must not renew them too",
    );
    Ok(())
}

fn in_words(outcomes: &[Imported]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let (id, state) = match (&outcome.connection, &outcome.refused) {
            (Some(connection), _) => (connection.id.clone(), connection.state.as_str().to_owned()),
            (None, refused) => (
                outcome.id.clone(),
                plain(refused.as_deref().unwrap_or("not taken in")),
            ),
        };
        [id, outcome.user_id.clone(), state]
    });
    table(["CONNECTION", "ACCOUNT", "STATE"], rows)
}

fn not_opened(error: ArchiveError) -> Failure {
    let (code, hint) = match &error {
        ArchiveError::WrongPassphrase => (
            "wrong_passphrase",
            "Try again; if the passphrase is right, copy the file again, byte for byte.",
        ),
        ArchiveError::NotAnArchive { .. } | ArchiveError::Newer => (
            "file_unreadable",
            "Name a file made by `smartlinks auth export`.",
        ),
        _ => ("archive", "Try it on a machine with more memory."),
    };
    Failure::usage(code, error.to_string()).hint(hint)
}
