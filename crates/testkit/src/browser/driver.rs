//! The ChromeDriver process and the browser's profile, both gone when we are.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// Watches over the driver and ends it, the browser and the profile when our end of the pipe closes. The
/// operating system closes it whatever becomes of us, so that no browser is left behind by a test that was
/// killed. The browser is the process that the profile's lock names; one that has only just started has no lock
/// yet, and is found by the profile on its command line where there is `/proc`.
const KEEPER: &str = r#"
trap '' HUP INT TERM
"$@" </dev/null &
driver=$!
read -r _
kill -KILL "$driver" 2>/dev/null
wait "$driver"
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  lock=$(readlink "$SMARTLINKS_PROFILE/SingletonLock")
  [ -n "$lock" ] && kill -KILL "${lock##*-}" 2>/dev/null
  for process in $(grep -ls -e "--user-data-dir=$SMARTLINKS_PROFILE" /proc/[0-9]*/cmdline 2>/dev/null); do
    process=${process#/proc/}
    kill -KILL "${process%/cmdline}" 2>/dev/null
  done
  rm -rf "$SMARTLINKS_PROFILE" 2>/dev/null && break
  sleep 0.1
done
"#;

const STARTED: &str = "started successfully on port ";

/// A running ChromeDriver. Dropping it ends it and its browser.
#[derive(Debug)]
pub(super) struct Driver {
    keeper: Child,
    port: u16,
    browser: PathBuf,
    profile: TempDir,
}

impl Driver {
    /// Starts it on a free port, with a new profile for the browser.
    pub(super) fn start() -> Result<Self> {
        let browser = program(
            "CHROMIUM_PATH",
            &["chromium", "chromium-browser", "google-chrome"],
        )?;
        let chromedriver = program("CHROMEDRIVER_PATH", &["chromedriver"])?;
        let profile = tempfile::Builder::new()
            .prefix("smartlinks-browser-")
            .tempdir()?;
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&chromedriver)
            .arg("--port=0")
            .env("SMARTLINKS_PROFILE", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start sh")?;
        let stdout = keeper.stdout.take().context("ChromeDriver has no output")?;
        let mut driver = Self {
            keeper,
            port: 0,
            browser,
            profile,
        };
        driver.port = read_port(stdout)
            .with_context(|| format!("{} told no port", chromedriver.display()))?;
        Ok(driver)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The browser's program.
    pub(super) fn browser(&self) -> &Path {
        &self.browser
    }

    /// A folder for one browser only.
    pub(super) fn profile(&self) -> &Path {
        self.profile.path()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Reads the port, and goes on reading in the background, since a full pipe would stop the driver.
fn read_port(stdout: impl std::io::Read + Send + 'static) -> Result<u16> {
    let mut lines = BufReader::new(stdout).lines();
    let port = loop {
        let line = lines.next().context("it ended at once")??;
        if let Some((_, rest)) = line.split_once(STARTED) {
            break rest.trim_end_matches('.').parse()?;
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    Ok(port)
}

/// The program that a variable names, else the first of these in the search path. Never a skipped test: without
/// a browser the test fails and says what to do.
fn program(variable: &str, names: &[&str]) -> Result<PathBuf> {
    if let Some(path) = crate::variable(variable) {
        let path = PathBuf::from(path);
        anyhow::ensure!(
            path.is_file(),
            "{variable} names {}, which does not exist",
            path.display()
        );
        return Ok(path);
    }
    let path = crate::variable("PATH").unwrap_or_default();
    let candidates = names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
    candidates
        .into_iter()
        .find(|file| file.is_file())
        .with_context(|| {
            format!(
                "no {} on this machine: browser tests need `cargo xtask test --only browser`",
                names[0]
            )
        })
}
