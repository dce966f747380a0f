//! The database file: who may read it, and how it keeps its log.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::error;
use crate::{StoreError, files};

/// How often, and how far apart, the switch to the write-ahead log is tried; SQLite does not wait by itself here.
const WAL_ATTEMPTS: u32 = 100;
const WAL_PAUSE: Duration = Duration::from_millis(50);

/// Makes the folder (0700) and the file (0600), or takes from others the rights an existing file gives them.
pub(super) fn prepare(path: &Path) -> Result<(), StoreError> {
    let place = path.display().to_string();
    let failed = |error| error::io(&place, error);
    let folder = files::folder_of(path);
    if folder.exists() {
        check_folder(&folder)?;
    } else {
        files::create_folder(&folder).map_err(failed)?;
    }
    if path.is_dir() {
        return Err(error::denied(&place, "it is a folder"));
    }
    if !files::create_empty_private(path).map_err(failed)? {
        tighten(path)?;
    }
    Ok(())
}

/// A folder that was there may be anybody's, so its mode is not changed.
fn check_folder(folder: &Path) -> Result<(), StoreError> {
    const OTHERS_WRITE: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let place = folder.display().to_string();
    let mode = files::mode(folder).map_err(|error| error::io(&place, error))?;
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        return Err(StoreError::OpenFolder { place, mode });
    }
    if files::is_loose(mode) {
        tracing::warn!(
            folder = place,
            mode = format!("{mode:o}"),
            "other users can list the data directory; `chmod 700` it"
        );
    }
    Ok(())
}

/// Takes every right from all but the owner, on the file and on SQLite's files beside it.
pub(super) fn tighten(path: &Path) -> Result<(), StoreError> {
    for file in ["", "-wal", "-shm", "-journal", "-in-use"].map(|suffix| beside(path, suffix)) {
        let Ok(mode) = files::mode(&file) else {
            continue;
        };
        if files::is_loose(mode) {
            let place = file.display().to_string();
            files::tighten(&file).map_err(|error| error::io(&place, error))?;
            tracing::warn!(
                file = place,
                mode = format!("{mode:o}"),
                "other users had rights on a database file; it is 0600 now"
            );
        }
    }
    Ok(())
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Switches the file to the write-ahead log, once in its life. Two processes may come to it together.
pub(super) fn use_wal(place: &str, connection: &Connection) -> Result<(), StoreError> {
    let mut attempt = 1;
    loop {
        let switched = switch_to_wal(connection).map_err(|error| error::sqlite(place, error));
        match switched {
            Ok(true) => return Ok(()),
            Ok(false) => {
                return Err(error::denied(
                    place,
                    "its file system supports no write-ahead log",
                ));
            }
            Err(StoreError::Busy { .. }) if attempt < WAL_ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
        }
        std::thread::sleep(WAL_PAUSE);
    }
}

fn switch_to_wal(connection: &Connection) -> rusqlite::Result<bool> {
    let mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    Ok(mode == "wal")
}
