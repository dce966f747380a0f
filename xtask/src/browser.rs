//! Finding or installing Chromium and the ChromeDriver of the same version.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::console::Console;
use crate::install;
use crate::machine::{Machine, output_of};

const CHROMIUM_NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
];
const MAC_CHROME: &str = "Google Chrome.app/Contents/MacOS/Google Chrome";

/// A browser and its driver, of one version.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// Finds the browser, installs it where we may, else says what to install.
pub(crate) fn provide(machine: &Machine, console: &Console) -> Result<Browser> {
    let browser = match find(machine) {
        Ok(browser) => browser,
        Err(_) if machine.can_install => {
            install::packages(&["chromium", "chromium-driver"], console)?;
            find(machine).context("installed, and still not found")?
        }
        Err(error) => return Err(error),
    };
    let version = check_versions(&browser)?;
    console.say(format_args!(
        "browser: {} ({version})",
        browser.chromium.display()
    ));
    Ok(browser)
}

fn find(machine: &Machine) -> Result<Browser> {
    let chromium = machine
        .chromium
        .clone()
        .or_else(|| machine.program(CHROMIUM_NAMES))
        .or_else(|| Some(machine.applications.join(MAC_CHROME)).filter(|path| path.is_file()));
    let chromedriver = machine
        .chromedriver
        .clone()
        .or_else(|| machine.program(&["chromedriver"]));
    match (chromium, chromedriver) {
        (Some(chromium), Some(chromedriver)) => Ok(Browser {
            chromium,
            chromedriver,
        }),
        (chromium, chromedriver) => {
            let mut missing = Vec::new();
            if chromium.is_none() {
                missing.push("Chromium or Chrome (in PATH, or its file in CHROMIUM_PATH)");
            }
            if chromedriver.is_none() {
                missing.push(
                    "ChromeDriver of the same version (in PATH, or its file in CHROMEDRIVER_PATH)",
                );
            }
            bail!(
                "the browser tests need {}.\n  Debian, Ubuntu: sudo apt-get install chromium chromium-driver\n  \
                 macOS: brew install --cask google-chrome chromedriver\n  \
                 without a browser: cargo xtask test --only rust",
                missing.join(" and ")
            )
        }
    }
}

/// A driver of another major version starts and then fails at the first page, with words that help nobody.
fn check_versions(browser: &Browser) -> Result<String> {
    let chromium = version_of(&browser.chromium)?;
    let driver = version_of(&browser.chromedriver)?;
    if major(&chromium) != major(&driver) {
        bail!(
            "{chromium} and {driver} do not match: install the ChromeDriver of the browser's major version"
        );
    }
    Ok(chromium)
}

fn version_of(program: &Path) -> Result<String> {
    let line = output_of(Command::new(program).arg("--version"))?;
    Ok(line.lines().next().unwrap_or_default().trim().to_owned())
}

fn major(version: &str) -> Option<u32> {
    version
        .split_whitespace()
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(folder: &Path) -> Machine {
        Machine {
            root: folder.to_owned(),
            applications: folder.to_owned(),
            path: vec![folder.to_owned()],
            can_install: false,
            is_root: false,
            chromium: None,
            chromedriver: None,
        }
    }

    #[test]
    fn a_machine_without_browser_is_told_both_packages() {
        let folder = tempfile::tempdir().unwrap();
        let message = find(&machine(folder.path())).unwrap_err().to_string();
        assert!(
            message.contains("apt-get install chromium chromium-driver"),
            "{message}"
        );
        assert!(
            message.contains("ChromeDriver of the same version"),
            "{message}"
        );
    }

    #[test]
    fn programs_in_the_path_are_found_and_variables_win() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["chromium-browser", "chromedriver"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let mut machine = machine(folder.path());
        assert_eq!(
            find(&machine).unwrap().chromium,
            folder.path().join("chromium-browser")
        );
        machine.chromium = Some("/opt/chrome".into());
        assert_eq!(find(&machine).unwrap().chromium, Path::new("/opt/chrome"));
    }

    #[test]
    fn major_versions_are_read_from_both_programs() {
        assert_eq!(
            major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"),
            Some(156)
        );
        assert_eq!(
            major("ChromeDriver 155.0.1 (a21ce95c-refs/branch-heads/8078@{#1704})"),
            Some(155)
        );
        assert_eq!(major("no version"), None);
    }
}
