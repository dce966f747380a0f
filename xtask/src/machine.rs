//! The machine that a command runs on: its environment, its programs, and who we are there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Read once at the start and passed on, so that what a command decides can be tested.
pub(crate) struct Machine {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Folders searched for programs.
    pub(crate) path: Vec<PathBuf>,
    /// Where a Mac keeps its programs.
    pub(crate) applications: PathBuf,
    /// Whether we may install packages: root, on a system with `apt-get`.
    pub(crate) can_install: bool,
    /// Whether we run as root, as which PostgreSQL refuses to work.
    pub(crate) is_root: bool,
    /// `CHROMIUM_PATH`, where somebody set it.
    pub(crate) chromium: Option<PathBuf>,
    /// `CHROMEDRIVER_PATH`, where somebody set it.
    pub(crate) chromedriver: Option<PathBuf>,
}

impl Machine {
    /// Reads the machine that we run on.
    pub(crate) fn this() -> Self {
        let path: Vec<PathBuf> = variable("PATH")
            .map(|value| std::env::split_paths(&value).collect())
            .unwrap_or_default();
        let is_root = user_id().is_some_and(|id| id == 0);
        let has_apt =
            find_in(&path, "apt-get").is_some() && Path::new("/etc/debian_version").exists();
        Self {
            root: repository(),
            applications: PathBuf::from("/Applications"),
            can_install: is_root && has_apt,
            is_root,
            chromium: variable("CHROMIUM_PATH").map(PathBuf::from),
            chromedriver: variable("CHROMEDRIVER_PATH").map(PathBuf::from),
            path,
        }
    }

    /// The first of these programs that is in the search path.
    pub(crate) fn program(&self, names: &[&str]) -> Option<PathBuf> {
        names.iter().find_map(|name| find_in(&self.path, name))
    }

    /// `cargo`, the same one that started us, in the repository.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }
}

/// Runs a command to its end and gives what it wrote to stdout; a failure carries what it wrote to stderr.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("could not start {program}"))?;
    if !output.status.success() {
        bail!(
            "{program} failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

fn find_in(path: &[PathBuf], name: &str) -> Option<PathBuf> {
    path.iter()
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

fn user_id() -> Option<u32> {
    output_of(Command::new("id").arg("-u"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where xtask reads the process environment"
)]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
