//! Putting the file in its place: whole, private, and where it was asked for.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use smartlinks_store::ConnectionId;

/// Puts new content in place of a file in one step: readers see the old or the new whole. Mode 0600; a
/// symbolic link at the place is replaced, not followed; missing parents are made 0700.
pub(super) fn replace_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = folder_of(path);
    make_folders(&folder)?;
    // Made 0600, under a random name, in the same folder, so that the rename stays on one file system.
    let mut temporary = tempfile::Builder::new()
        .prefix(".token-")
        .tempfile_in(&folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(&folder)?.sync_all()
}

pub(super) fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// The connection that a token file says it is of; none when there is no file, or another one.
pub(super) fn named_connection(path: &Path) -> std::io::Result<Option<ConnectionId>> {
    #[derive(Deserialize)]
    struct Named {
        connection: String,
    }
    /// More than the largest token file has.
    const LIMIT: u64 = 64 * 1024;
    let mut content = Vec::new();
    match std::fs::File::open(path) {
        Ok(file) => file.take(LIMIT).read_to_end(&mut content)?,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let named: Option<Named> = serde_json::from_slice(&content).ok();
    Ok(named.and_then(|named| named.connection.parse().ok()))
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn make_folders(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_file_is_replaced_whole_with_mode_0600_and_links_are_not_followed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/deep/token.json");
        replace_file(&path, b"one").unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let parent = std::fs::metadata(path.parent().unwrap())
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(parent, 0o700);

        let elsewhere = folder.path().join("elsewhere");
        std::fs::write(&elsewhere, "untouched").unwrap();
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        replace_file(&link, b"two").unwrap();
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "untouched");
        assert_eq!(std::fs::read_to_string(&link).unwrap(), "two");
        assert!(
            !std::fs::symlink_metadata(&link)
                .unwrap()
                .file_type()
                .is_symlink()
        );
    }
}
