//! Files that only their owner may read, and whether there is room for more.

use std::io::Write as _;
use std::path::Path;

use super::finding::{Check, Finding, Mender};
use super::{Database, Patient, shown};

/// What has to fit on the disk: more than the largest change that is written at once. Bytes.
const PROBE: usize = 1024 * 1024;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let places = patient.places;
    let mut findings = Vec::new();
    if let Some(file) = &places.key_file {
        let needed = !matches!(patient.database, Database::NotYet);
        findings.extend(private(Check::KeyFile, file, needed, &KEY_FILE));
        if file.parent() == places.database_file.as_deref().and_then(Path::parent) {
            findings.push(beside(file));
        }
    }
    if let Some(folder) = &places.data_dir {
        findings.extend(data_dir(folder));
        // A glance writes nothing.
        if patient.seen.is_none() && folder.is_dir() {
            findings.push(room(folder));
        }
    }
    if let Some(file) = &places.token_file {
        findings.extend(private(Check::TokenFile, file, false, &TOKEN_FILE));
    }
    findings
}

/// What there is to say of one private file.
struct Words {
    good: &'static str,
    loose: &'static str,
    missing: &'static str,
    name: &'static str,
    why: &'static str,
    afterwards: &'static str,
}

const KEY_FILE: Words = Words {
    good: "key_file_private",
    loose: "key_file_loose",
    missing: "key_file_missing",
    name: "the key file",
    why: "whoever reads it and a copy of the database has every token; smartlinks refuses to start on it",
    afterwards: "if somebody may have read it, rotate the key afterwards",
};

const TOKEN_FILE: Words = Words {
    good: "token_file_private",
    loose: "token_file_loose",
    missing: "token_file_missing",
    name: "the token file",
    why: "it holds tokens that are not sealed",
    afterwards: "if somebody may have read it, renew the tokens afterwards",
};

fn private(check: Check, file: &Path, needed: bool, words: &Words) -> Option<Finding> {
    let name = format!("{} {}", words.name, shown(file));
    match rights(file) {
        Ok(mode) if mode & 0o077 != 0 => Some(
            Finding::problem(
                check,
                words.loose,
                format!("{name} can be read or changed by other users (mode {mode:o})"),
            )
            .since(words.why)
            .mend(
                Mender::Operator,
                format!("Run `chmod 600 {}`; {}.", shown(file), words.afterwards),
            ),
        ),
        Ok(_) => Some(Finding::good(
            check,
            words.good,
            format!("{name} is its owner's alone"),
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !needed => Some(
            Finding::note(check, words.missing, format!("{name} is not there yet")),
        ),
        Err(error) => Some(
            Finding::problem(
                check,
                words.missing,
                format!("{name} cannot be looked at: {error}"),
            )
            .since("without the right keys nothing stored can be read")
            .mend(
                Mender::Operator,
                "Copy the key file of this database there, from the machine or backup that has it (mode 600).",
            ),
        ),
    }
}

fn beside(file: &Path) -> Finding {
    Finding::note(
        Check::KeyFile,
        "key_file_beside_database",
        format!("the key file {} lies beside the database", shown(file)),
    )
    .since("whoever copies that folder has the tokens")
    .mend(
        Mender::Operator,
        "Keep backups of the two apart, or move the key file and say where with --key-file.",
    )
}

fn data_dir(folder: &Path) -> Vec<Finding> {
    let name = format!("the data directory {}", shown(folder));
    let mode = match rights(folder) {
        Ok(mode) => mode,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!("{name} is not there yet: the first start makes it");
            return vec![Finding::note(Check::DataDir, "data_dir_missing", text)];
        }
        Err(error) => {
            return vec![
                Finding::problem(
                    Check::DataDir,
                    "data_dir_unreadable",
                    format!("{name} cannot be looked at: {error}"),
                )
                .since("database and keys lie there")
                .mend(
                    Mender::Operator,
                    "Give it to the user that runs smartlinks, or choose another with --data-dir.",
                ),
            ];
        }
    };
    let rights = if mode & 0o022 != 0 {
        Finding::problem(
            Check::DataDir,
            "data_dir_loose",
            format!("{name} can be changed by other users (mode {mode:o})"),
        )
        .since("they could put files of theirs in place of database and keys")
        .mend(
            Mender::Operator,
            format!("Run `chmod 700 {}`.", shown(folder)),
        )
    } else {
        Finding::good(
            Check::DataDir,
            "data_dir_private",
            format!("{name} can be changed by its owner only"),
        )
    };
    vec![rights]
}

/// Writes and removes a megabyte.
fn room(folder: &Path) -> Finding {
    let probe = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".doctor-")
            .tempfile_in(folder)?;
        file.write_all(&vec![0x2e; PROBE])?;
        file.as_file().sync_all()
    };
    match probe() {
        Ok(()) => Finding::good(
            Check::Disk,
            "disk_writable",
            "a megabyte could be written to the data directory",
        ),
        Err(error) if is_full(&error) => {
            full(format!("the disk of {} is full: {error}", shown(folder)))
        }
        Err(error) => Finding::problem(
            Check::Disk,
            "disk_read_only",
            format!("nothing can be written to {}: {error}", shown(folder)),
        )
        .since("a renewed token that cannot be stored is lost with the process")
        .mend(
            Mender::Operator,
            "Make the folder and its disk writable for the user that runs smartlinks.",
        ),
    }
}

/// The finding of a disk without room.
pub(super) fn full(what: String) -> Finding {
    Finding::problem(Check::Disk, "disk_full", what)
        .since("a renewed token that cannot be stored is lost with the process, and its account has to sign in again")
        .mend(Mender::Operator, "Free space on that disk, or raise its quota.")
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
    )
}

#[cfg(unix)]
fn rights(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o7777)
}

/// Elsewhere the user's own folders are private by default, and there are no mode bits to read.
#[cfg(not(unix))]
fn rights(path: &Path) -> std::io::Result<u32> {
    std::fs::metadata(path).map(|_| 0o600)
}
