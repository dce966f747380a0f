//! A throw-away PostgreSQL cluster: found or installed, started on a free port, gone with us.

mod programs;

use std::fs::File;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::console::Console;
use crate::install;
use crate::machine::{Machine, output_of};
use programs::{DEBIAN_VERSIONS, Owner, Programs, find, run_as};

const READY: &str = "database system is ready to accept connections";
const POLL: Duration = Duration::from_millis(50);
const READY_WITHIN_POLLS: u32 = 1_200;

/// Watches over the server and ends it when our end of the pipe closes. The operating system closes that end
/// whatever becomes of us, `kill -9` included, so no cluster is left behind. Signals of the terminal are for us:
/// the server is stopped only after us, and at once (SIGQUIT), since its data is thrown away. A shell starts its
/// background commands deaf to SIGQUIT, and a server listens to it only once it is up: hence the repetition.
const KEEPER: &str = r#"
trap '' HUP INT TERM
"$@" </dev/null &
server=$!
read -r _
tries=0
while kill -QUIT "$server" 2>/dev/null && [ "$tries" -lt 30 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
kill -KILL "$server" 2>/dev/null
wait "$server"
rm -rf "$SMARTLINKS_CLUSTER"
"#;

/// `cargo xtask postgres COMMAND…`: one command with a cluster around it.
pub(crate) fn run(command: &[String], machine: &Machine, console: &Console) -> Result<bool> {
    let (program, arguments) = command
        .split_first()
        .context("name the command to run, such as `cargo test`")?;
    let cluster = Cluster::start(machine, console, Commits::Forgotten)?;
    let mut command = Command::new(program);
    command.args(arguments);
    cluster.offer_to(&mut command);
    let status = command
        .status()
        .with_context(|| format!("could not start {program}"))?;
    Ok(status.success())
}

/// What becomes of a commit when the machine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// The data never outlives the run, so nothing waits for a disk: for tests.
    Forgotten,
    /// On disk before they are acknowledged, as in production: for what is measured.
    Durable,
}

impl Commits {
    const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Forgotten => &[
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
            ],
            Self::Durable => &[],
        }
    }
}

/// A running cluster. Dropping it stops the server and removes its data.
pub(crate) struct Cluster {
    keeper: Child,
    port: u16,
    _folder: TempDir,
}

impl Cluster {
    /// Finds PostgreSQL, installs it where we may, and starts a new cluster.
    pub(crate) fn start(machine: &Machine, console: &Console, commits: Commits) -> Result<Self> {
        let programs = match find(machine) {
            Some(programs) => programs,
            None if machine.can_install => {
                console.say(format_args!(
                    "PostgreSQL is missing; Debian's package also starts a server of its own"
                ));
                install::packages(&["postgresql"], console)?;
                find(machine).context("PostgreSQL was installed, and initdb is still not found")?
            }
            None => bail!(
                "the tests need PostgreSQL's server programs (initdb and postgres, in PATH or below \
                 {DEBIAN_VERSIONS}).\n  Debian, Ubuntu: sudo apt-get install postgresql\n  \
                 macOS: brew install postgresql"
            ),
        };
        let owner = if machine.is_root {
            Some(Owner::find()?)
        } else {
            None
        };
        let cluster = Self::launch(&programs, owner, commits)?;
        console.say(format_args!(
            "PostgreSQL: {} on 127.0.0.1:{}",
            programs.version()?,
            cluster.port
        ));
        Ok(cluster)
    }

    /// Tells a command where the cluster is, and that its tests may not do without. The user may create databases,
    /// one for each test.
    pub(crate) fn offer_to(&self, command: &mut Command) {
        command
            .env("TEST_DATABASE_URL", self.url())
            .env("SMARTLINKS_TEST_POSTGRES", "required");
    }

    /// Its address: a database from which others can be created.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn launch(programs: &Programs, owner: Option<Owner>, commits: Commits) -> Result<Self> {
        // The database user may be unable to enter root's own temporary directory, and never /tmp.
        let parent = owner.map_or_else(std::env::temp_dir, |_| PathBuf::from("/tmp"));
        let folder = tempfile::Builder::new()
            .prefix("smartlinks-postgres-")
            .tempdir_in(parent)?;
        if let Some(owner) = owner {
            owner.take(folder.path())?;
        }
        let data = folder.path().join("data");
        let mut initdb = Command::new(programs.folder.join("initdb"));
        initdb.arg("--pgdata").arg(&data).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        run_as(&mut initdb, owner, folder.path());
        output_of(&mut initdb)?;

        // Between giving the port back and PostgreSQL taking it, somebody else can have it: then the next one.
        let mut last = None;
        for _ in 0..3 {
            let port = free_port()?;
            match Self::serve(programs, owner, folder.path(), port, commits) {
                Ok(keeper) => {
                    return Ok(Self {
                        keeper,
                        port,
                        _folder: folder,
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("PostgreSQL did not start")))
    }

    fn serve(
        programs: &Programs,
        owner: Option<Owner>,
        folder: &Path,
        port: u16,
        commits: Commits,
    ) -> Result<Child> {
        let log = folder.join("log");
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(programs.folder.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-p", &port.to_string()])
            .args(
                SETTINGS
                    .iter()
                    .chain(commits.settings())
                    .flat_map(|setting| ["-c", setting]),
            )
            .env("SMARTLINKS_CLUSTER", folder)
            .stdin(Stdio::piped())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?);
        run_as(&mut keeper, owner, folder);
        let mut keeper = keeper.spawn().context("could not start sh")?;
        let ready = wait_until_ready(&log);
        if ready.is_err() {
            stop(&mut keeper);
        }
        ready.map(|()| keeper)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop(&mut self.keeper);
    }
}

const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// Closes the pipe that the keeper reads from, and waits until it has cleaned up.
fn stop(keeper: &mut Child) {
    drop(keeper.stdin.take());
    let _ = keeper.wait();
}

fn wait_until_ready(log: &Path) -> Result<()> {
    let mut text = String::new();
    for _ in 0..READY_WITHIN_POLLS {
        text.clear();
        File::open(log)?.read_to_string(&mut text)?;
        if text.contains(READY) {
            return Ok(());
        }
        if text.contains("FATAL") {
            bail!("PostgreSQL did not start: {}", text.trim());
        }
        std::thread::sleep(POLL);
    }
    bail!("PostgreSQL was not ready after a minute: {}", text.trim())
}

fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_keeper_ends_its_server_and_removes_the_data_when_the_pipe_closes() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("cluster");
        std::fs::create_dir(&data).unwrap();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper", "sleep", "600"])
            .env("SMARTLINKS_CLUSTER", &data)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        stop(&mut keeper);
        assert!(!data.exists());
    }
}
