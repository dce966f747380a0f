//! Files and folders that only their owner may read.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whether anything stands there, a dangling link included.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether others than the owner have any right.
pub(crate) const fn is_loose(mode: u32) -> bool {
    mode & 0o077 != 0
}

/// The folder a file stands in; `.` for a bare name.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes a new file so that it is there whole or not at all: a temporary file beside it, flushed, then linked
/// under its name, which fails if the name is taken and follows no link.
pub(crate) fn create_private(path: &Path, content: &[u8], suffix: &str) -> io::Result<()> {
    let folder = folder_of(path);
    create_folder(&folder)?;
    if is_there(path) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let temporary = folder.join(format!(".smartlinks-{suffix}.tmp"));
    let written = write_new(&temporary, content).and_then(|()| link_new(&temporary, path));
    let removed = match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    written.and(removed)?;
    flush_folder(&folder)
}

/// Holds a folder against others that change files in it by [`replace_private`], until it is dropped or the process
/// ends. File systems that know no locks give none: there the last one to write wins.
pub(crate) struct FolderLock(Option<File>);

/// How often, and how many times, a folder that somebody else holds is tried: ten seconds in all. It is held for a
/// moment only, by whoever changes the key file.
const TRY_EVERY: Duration = Duration::from_millis(20);
const TRIES: u32 = 500;

impl FolderLock {
    /// Waits for the folder of `path`, without holding up the thread: who holds it may be a task of this process.
    pub(crate) async fn of(path: &Path) -> io::Result<Self> {
        let Ok(folder) = File::open(folder_of(path)) else {
            return Ok(Self(None));
        };
        for _ in 0..TRIES {
            match folder.try_lock() {
                Ok(()) => return Ok(Self(Some(folder))),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(TRY_EVERY).await,
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self(None));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another process is changing it for longer than ten seconds",
        ))
    }

    /// Takes the folder of `path` if nobody holds it.
    pub(crate) fn try_of(path: &Path) -> Option<Self> {
        let folder = File::open(folder_of(path)).ok()?;
        folder.try_lock().ok()?;
        Some(Self(Some(folder)))
    }

    /// Whether it keeps others out.
    pub(crate) const fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// Puts new content in place of a file: readers, and a crash at any moment, find the old or the new whole. Mode 0600;
/// the owner stays who it was. The new content is written beside it under one fixed name, which
/// [`remove_leftover`] knows, so that a crash leaves no second copy behind for good.
pub(crate) fn replace_private(path: &Path, content: &[u8], _folder: &FolderLock) -> io::Result<()> {
    let temporary = leftover_of(path);
    remove_if_there(&temporary)?;
    let written = write_new(&temporary, content)
        .and_then(|()| keep_owner(path, &temporary))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        remove_if_there(&temporary)?;
    }
    written?;
    flush_folder(&folder_of(path))
}

/// Removes what a [`replace_private`] that was killed has left beside `path`, unless one is under way.
pub(crate) fn remove_leftover(path: &Path) {
    let temporary = leftover_of(path);
    if is_there(&temporary)
        && FolderLock::try_of(path).is_some_and(|lock| lock.is_held())
        && let Err(error) = remove_if_there(&temporary)
    {
        tracing::warn!(file = %temporary.display(), %error, "a leftover copy could not be removed");
    }
}

fn leftover_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder_of(path).join(format!(".{name}.new"))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = new_private(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn link_new(temporary: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without hard links: a rename, after one more look that the name is free.
        Err(_) if !is_there(path) => fs::rename(temporary, path),
        other => other,
    }
}

/// An empty file of that name, unless there is one. Gives whether it was made.
pub(crate) fn create_empty_private(path: &Path) -> io::Result<bool> {
    match new_private(path) {
        Ok(file) => file.sync_all().map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
mod modes {
    use super::*;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};

    /// The permission bits of what `path` names.
    pub(crate) fn mode(path: &Path) -> io::Result<u32> {
        Ok(fs::metadata(path)?.permissions().mode() & 0o7777)
    }

    /// Takes every right from all but the owner.
    pub(crate) fn tighten(path: &Path) -> io::Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
    }

    /// Makes a folder and its missing parents with mode 0700.
    pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
    }

    /// A new file with mode 0600; fails when the name is taken, by a link too.
    pub(crate) fn new_private(path: &Path) -> io::Result<File> {
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    }

    /// Makes the names in a folder durable.
    pub(crate) fn flush_folder(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Gives `file` to the owner of `model`: root may change a file that another user's service has to read.
    pub(crate) fn keep_owner(model: &Path, file: &Path) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let (model, made) = (fs::metadata(model)?, fs::metadata(file)?);
        if model.uid() == made.uid() {
            return Ok(());
        }
        chown(file, Some(model.uid()), Some(model.gid()))
    }
}

/// Elsewhere the user's own folders are private by default, and there are no mode bits to read.
#[cfg(not(unix))]
mod modes {
    use super::*;

    pub(crate) fn mode(path: &Path) -> io::Result<u32> {
        fs::metadata(path).map(|_| 0o600)
    }

    pub(crate) fn tighten(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(crate) fn new_private(path: &Path) -> io::Result<File> {
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
    }

    pub(crate) fn flush_folder(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn keep_owner(_model: &Path, _file: &Path) -> io::Result<()> {
        Ok(())
    }
}

use modes::keep_owner;
pub(crate) use modes::{create_folder, flush_folder, mode, new_private, tighten};
