//! A passphrase: from a file, from a person at the terminal without showing it, or from stdin. Never from the command
//! line, which others can read.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;
use crate::secret_input;

/// A new passphrase has at least so many characters: whoever finds the file can try as long as he likes.
const SHORTEST: usize = 12;

/// The passphrase of an archive that is there.
pub(crate) fn existing(file: Option<&Path>) -> Result<SecretString, Failure> {
    match source(file) {
        Source::Terminal => ask("Passphrase of the archive: "),
        other => other.read(),
    }
}

/// The passphrase of a new archive: typed twice, long enough.
pub(crate) fn new(file: Option<&Path>) -> Result<SecretString, Failure> {
    let source = source(file);
    let passphrase = match source {
        Source::Terminal => ask("Passphrase for the archive: ")?,
        _ => source.read()?,
    };
    if passphrase.expose_secret().chars().count() < SHORTEST {
        return Err(Failure::usage(
            "passphrase_too_short",
            format!("the passphrase has fewer than {SHORTEST} characters"),
        )
        .hint("Take several words; the archive is as safe as they are."));
    }
    if matches!(source, Source::Terminal) {
        let again = ask("The same again: ")?;
        if again.expose_secret() != passphrase.expose_secret() {
            return Err(Failure::usage(
                "passphrases_differ",
                "the two passphrases are not the same",
            )
            .hint("Nothing was written. Try again."));
        }
    }
    Ok(passphrase)
}

enum Source<'f> {
    File(&'f Path),
    Stdin,
    Terminal,
}

fn source(file: Option<&Path>) -> Source<'_> {
    match file {
        Some(path) if path == Path::new("-") => Source::Stdin,
        Some(path) => Source::File(path),
        None if secret_input::is_typed() => Source::Terminal,
        None => Source::Stdin,
    }
}

impl Source<'_> {
    fn read(&self) -> Result<SecretString, Failure> {
        let read = match self {
            Self::File(path) => File::open(path)
                .and_then(|file| secret_input::first_line(BufReader::new(file)))
                .map_err(|error| unreadable(path, &error)),
            _ => secret_input::first_line(io::stdin().lock())
                .map_err(|error| unreadable(Path::new("stdin"), &error)),
        };
        read?.ok_or_else(|| {
            Failure::usage("no_passphrase", "no passphrase was given").hint(
                "Run the command at a terminal to be asked for it, name a file with --passphrase-file, or pipe it in.",
            )
        })
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(
        "file_unreadable",
        format!("the passphrase cannot be read from {}", path.display()),
    )
    .because(error)
    .hint("Name a file whose first line is the passphrase.")
}

fn ask(question: &str) -> Result<SecretString, Failure> {
    let typed = secret_input::ask(question).map_err(|error| {
        Failure::usage(
            "no_terminal",
            "the passphrase could not be asked for at the terminal",
        )
        .because(&error)
        .hint("Name a file with --passphrase-file, or pipe it in.")
    })?;
    typed.ok_or_else(|| Failure::usage("not_confirmed", "no passphrase was typed"))
}
