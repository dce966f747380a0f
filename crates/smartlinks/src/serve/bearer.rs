//! The bearer: made at the first start, kept in a file that only its owner may read, and asked for from then on.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use smartlinks_core::store::{Entropy, SystemEntropy};

use crate::failure::{Exit, Failure};
use crate::output::Output;

/// 256 bits as hexadecimal.
const LENGTH: usize = 64;

/// Reads the bearer, or makes one where there is none.
pub(crate) fn open_or_create(path: &Path, output: Output) -> Result<String, Failure> {
    match create(path) {
        Ok(Some(bearer)) => return Ok(bearer),
        Ok(None) => {}
        Err(error) => {
            return Err(
                failed(format!("{} cannot be written", path.display()), &error)
                    .hint("Make the data directory writable, or choose another with --data-dir."),
            );
        }
    }
    tighten(path, output).and_then(|()| fs::read_to_string(path)).map_err(|error| {
        failed(format!("{} cannot be read", path.display()), &error)
            .hint("Give the file to the user that runs smartlinks, or delete it: the next start makes a new one.")
    })
    .and_then(|text| checked(text.trim(), path))
}

fn checked(text: &str, path: &Path) -> Result<String, Failure> {
    if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_owned());
    }
    Err(Failure::usage("bearer", format!("{} holds no bearer of {LENGTH} hexadecimal digits", path.display()))
        .hint("Delete the file: the next start makes a new one. Whoever used the old one needs the new one."))
}

fn failed(message: String, error: &io::Error) -> Failure {
    Failure::new(Exit::Failure, "bearer", message).because(error)
}

/// Makes the file with a fresh bearer; `None` when there is a file already.
fn create(path: &Path) -> io::Result<Option<String>> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let bearer = generate()?;
    let mut file = match new_private(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(error),
    };
    file.write_all(bearer.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    Ok(Some(bearer))
}

fn generate() -> io::Result<String> {
    let mut bytes = [0_u8; LENGTH / 2];
    SystemEntropy.fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn new_private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn new_private(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
}

/// Takes every right from all but the owner, and says what that means.
#[cfg(unix)]
fn tighten(path: &Path, output: Output) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    output.warn(&format!(
        "{} could be read by other users (mode {mode:o}) and is now readable by its owner only; if somebody may have \
         read it, delete it: the next start makes a new one",
        path.display()
    ));
    Ok(())
}

#[cfg(not(unix))]
fn tighten(_path: &Path, _output: Output) -> io::Result<()> {
    Ok(())
}
