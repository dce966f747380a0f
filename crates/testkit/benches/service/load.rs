//! The load generator (`wrk`), and what it reports.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How long one round lasts. Seconds.
const SECONDS: u32 = 3;

/// `wrk`, and a folder for its scripts.
pub(crate) struct Load {
    wrk: PathBuf,
    folder: tempfile::TempDir,
}

/// What to send.
pub(crate) struct Shot<'a> {
    /// Where to, whole.
    pub(crate) url: String,
    /// Connections that are kept busy.
    pub(crate) connections: u32,
    /// Lua for `wrk`; empty for plain GETs.
    pub(crate) script: &'a str,
    /// Headers, `name: value`.
    pub(crate) headers: &'a [String],
}

/// What `wrk` has seen.
#[derive(Debug)]
pub(crate) struct Report {
    /// Requests a second.
    pub(crate) rate: f64,
    /// How many there were.
    pub(crate) requests: u64,
    /// The middle latency. Milliseconds.
    pub(crate) p50_ms: f64,
}

impl Load {
    pub(crate) fn new(wrk: &Path) -> Self {
        Self {
            wrk: wrk.to_path_buf(),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// One round. Fails loudly when an answer was an error.
    pub(crate) fn fire(&self, shot: &Shot<'_>) -> Report {
        let mut command = Command::new(&self.wrk);
        command.args([
            "-t1",
            &format!("-c{}", shot.connections),
            &format!("-d{SECONDS}s"),
            "--latency",
        ]);
        for header in shot.headers {
            command.args(["-H", header]);
        }
        if !shot.script.is_empty() {
            let path = self.folder.path().join("shot.lua");
            std::fs::write(&path, shot.script).expect("the script is written");
            command.arg("-s").arg(path);
        }
        let output = command.arg(&shot.url).output().expect("wrk starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        read(&text).unwrap_or_else(|| panic!("unreadable or with errors: {}\n{text}", shot.url))
    }

    /// A file for a script to read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("the file is written");
        path
    }
}

fn read(text: &str) -> Option<Report> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    let value = |prefix: &str| {
        text.lines()
            .find_map(|line| line.trim().strip_prefix(prefix))
            .map(str::trim)
    };
    let requests = text
        .lines()
        .find_map(|line| line.trim().split_once(" requests in "))?
        .0;
    Some(Report {
        rate: value("Requests/sec:")?.parse().ok()?,
        requests: requests.parse().ok()?,
        p50_ms: milliseconds(value("50%")?)?,
    })
}

fn milliseconds(text: &str) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..split].parse().ok()?;
    match &text[split..] {
        "us" => Some(number / 1_000.0),
        "ms" => Some(number),
        "s" => Some(number * 1_000.0),
        _ => None,
    }
}
