//! The bearer: made at the first start, kept in a file that only its owner may read, and asked for from then on.

use std::io;
use std::path::Path;

use smartlinks_core::store::{Entropy, SystemEntropy};

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::private_file;

/// 256 bits as hexadecimal.
const LENGTH: usize = 64;

/// Reads the bearer, or makes one where there is none.
pub(crate) fn open_or_create(path: &Path, output: Output) -> Result<String, Failure> {
    let fresh = generate().map_err(|error| failed("no bearer can be made".to_owned(), &error))?;
    let created = private_file::create(path, format!("{fresh}\n").as_bytes()).map_err(|error| {
        failed(format!("{} cannot be written", path.display()), &error)
            .hint("Make the data directory writable, or choose another with --data-dir.")
    })?;
    if created {
        return Ok(fresh);
    }
    let text = tighten(path, output).and_then(|()| std::fs::read_to_string(path)).map_err(|error| {
        failed(format!("{} cannot be read", path.display()), &error)
            .hint("Give the file to the user that runs smartlinks, or delete it: the next start makes a new one.")
    })?;
    checked(text.trim(), path)
}

fn generate() -> io::Result<String> {
    let mut bytes = [0_u8; LENGTH / 2];
    SystemEntropy.fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn checked(text: &str, path: &Path) -> Result<String, Failure> {
    if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_owned());
    }
    let message = format!(
        "{} holds no bearer of {LENGTH} hexadecimal digits",
        path.display()
    );
    Err(Failure::usage("bearer", message).hint(
        "Delete the file: the next start makes a new one, which replaces the old one everywhere.",
    ))
}

/// Takes every right from all but the owner, and says what that means.
fn tighten(path: &Path, output: Output) -> io::Result<()> {
    let rights = private_file::rights_of_others(path)?;
    if rights == 0 {
        return Ok(());
    }
    private_file::tighten(path)?;
    output.warn(&format!(
        "{} was open to other users (mode bits {rights:03o}) and is now readable by its owner only; if somebody may \
         have read it, delete it: the next start makes a new one",
        path.display()
    ));
    Ok(())
}

fn failed(message: String, error: &io::Error) -> Failure {
    Failure::new(Exit::Failure, "bearer", message).because(error)
}
