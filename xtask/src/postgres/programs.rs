//! Where PostgreSQL's programs are, and which user they run as.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine::{Machine, output_of};

/// Debian keeps one folder for each version here, outside the search path.
pub(super) const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// Where `initdb` and `postgres` are.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) folder: PathBuf,
}

impl Programs {
    /// What the server calls itself.
    pub(super) fn version(&self) -> Result<String> {
        Ok(
            output_of(Command::new(self.folder.join("postgres")).arg("--version"))?
                .trim()
                .to_owned(),
        )
    }
}

/// In the search path, else the newest version below Debian's folder.
pub(super) fn find(machine: &Machine) -> Option<Programs> {
    let in_path = machine
        .program(&["initdb"])
        .and_then(|file| Some(file.parent()?.to_owned()));
    in_path
        .into_iter()
        .chain(debian_versions(Path::new(DEBIAN_VERSIONS)))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .map(|folder| Programs { folder })
}

/// The `bin` folders of the installed versions, newest first.
fn debian_versions(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// The user that PostgreSQL runs as when we are root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// Debian's user for it, else the one that owns nothing.
    pub(super) fn find() -> Result<Self> {
        let users = std::fs::read_to_string("/etc/passwd").context("could not read /etc/passwd")?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::named(name, &users))
            .context("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")
    }

    fn named(name: &str, users: &str) -> Option<Self> {
        let fields: Vec<&str> = users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields[0] == name)?;
        Some(Self {
            user: fields.get(2)?.parse().ok()?,
            group: fields.get(3)?.parse().ok()?,
        })
    }

    /// Makes the folder theirs.
    #[cfg(unix)]
    pub(super) fn take(self, folder: &Path) -> Result<()> {
        std::os::unix::fs::chown(folder, Some(self.user), Some(self.group))
            .with_context(|| format!("could not give {} to the database user", folder.display()))
    }

    #[cfg(not(unix))]
    pub(super) fn take(self, _folder: &Path) -> Result<()> {
        Ok(())
    }
}

/// Runs a command in `folder`, as the owner where there is one. The folder is one that the owner may enter, which
/// ours often is not.
pub(super) fn run_as(command: &mut Command, owner: Option<Owner>, folder: &Path) {
    command
        .current_dir(folder)
        .env("HOME", folder)
        .env("LC_ALL", "C");
    #[cfg(unix)]
    if let Some(owner) = owner {
        use std::os::unix::process::CommandExt;
        command.uid(owner.user).gid(owner.group);
    }
    #[cfg(not(unix))]
    let _ = owner;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "16", "common"] {
            std::fs::create_dir(folder.path().join(version)).unwrap();
        }
        let found = debian_versions(folder.path());
        let expected: Vec<PathBuf> = ["16", "15", "9"]
            .iter()
            .map(|version| folder.path().join(version).join("bin"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_owner_is_read_from_the_user_list() {
        let users = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(
            Owner::named("postgres", users),
            Some(Owner {
                user: 101,
                group: 104
            })
        );
        assert_eq!(Owner::named("nobody", users), None);
    }
}
