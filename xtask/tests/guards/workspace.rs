//! What the guards read: the repository's files, and what cargo knows of its crates.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the repository")
        .to_owned()
}

/// What a cargo command prints, run in the repository.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {} failed:\n{words}",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// `cargo metadata` of the workspace's own crates.
pub(crate) fn members() -> &'static [Value] {
    static MEMBERS: OnceLock<Vec<Value>> = OnceLock::new();
    MEMBERS.get_or_init(|| packages(&["--no-deps"]))
}

/// `cargo metadata` of every crate that is built on this machine, features on.
pub(crate) fn whole_tree() -> Vec<Value> {
    packages(&["--all-features", "--filter-platform", &host()])
}

/// A text field of a package.
pub(crate) fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// Every file below the repository whose name ends so, without build output and hidden folders.
pub(crate) fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root(), extension, &mut found);
    found.sort();
    assert!(
        !found.is_empty(),
        "no .{extension} file: the guards look in the wrong place"
    );
    found
}

/// A path as it is written in messages and documents: from the repository, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

/// A file's text.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("could not read {}: {error}", path.display()))
}

/// Fails with all findings at once, so that one run shows the whole work.
pub(crate) fn assert_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}\n  {}", findings.join("\n  "));
}

fn packages(arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["metadata", "--format-version", "1"];
    all.extend_from_slice(arguments);
    let metadata: Value = serde_json::from_str(&cargo(&all)).expect("cargo metadata is JSON");
    metadata["packages"]
        .as_array()
        .expect("cargo metadata lists packages")
        .clone()
}

fn host() -> String {
    let words = cargo(&["--version", "--verbose"]);
    let line = words.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("cargo names its host").to_owned()
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("the repository can be read")
        .flatten()
    {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}
