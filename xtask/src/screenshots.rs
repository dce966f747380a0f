//! `cargo xtask screenshots`: the README's pictures, taken by the browser tests while they walk the pages; and with
//! `--pages` pictures of every page in every state, to look at.

use anyhow::{Context, Result, bail, ensure};

use crate::browser;
use crate::console::Console;
use crate::machine::Machine;

/// What the README shows, in `docs/`.
const PICTURES: &[&str] = &["overview.png", "authentication.png"];

/// Runs the journey with the folder for its pictures, and checks that it wrote them anew.
pub(crate) fn run(machine: &Machine, console: &Console) -> Result<bool> {
    let folder = machine.root.join("docs");
    std::fs::create_dir_all(&folder)?;
    let before: Vec<_> = PICTURES
        .iter()
        .map(|name| modified(&folder.join(name)))
        .collect();
    let browser = browser::provide(machine, console)?;
    let status = machine
        .cargo()
        .args([
            "test",
            "--package",
            "testkit",
            "--all-features",
            "--test",
            "journey",
            "--",
            "--nocapture",
        ])
        .env("SMARTLINKS_SCREENSHOTS", &folder)
        .env("SMARTLINKS_TEST_BROWSER", "required")
        .env("CHROMIUM_PATH", browser.chromium)
        .env("CHROMEDRIVER_PATH", browser.chromedriver)
        .status()?;
    if !status.success() {
        bail!("the journey failed ({status}), so its pictures show nothing to be trusted");
    }
    for (name, before) in PICTURES.iter().zip(before) {
        let file = folder.join(name);
        match modified(&file) {
            Some(after) if Some(after) != before => console.say(format_args!("{}", file.display())),
            Some(_) => bail!("{} was not taken anew", file.display()),
            None => bail!("{} was not taken", file.display()),
        }
    }
    Ok(true)
}

/// Reads `--pages [--only WORD]` and gives the word, which is empty when all pages are meant.
pub(crate) fn word(arguments: &[String]) -> Result<String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--pages"] => Ok(String::new()),
        ["--pages", "--only", word] => Ok((*word).to_owned()),
        _ => bail!("screenshots takes nothing, or --pages, or --pages --only WORD"),
    }
}

/// Writes every page in every state, takes its pictures, and gives `false` when one of them keeps somebody out.
pub(crate) fn pages(word: &str, machine: &Machine, console: &Console) -> Result<bool> {
    let folder = machine.root.join("target").join("pages");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("could not remove {}", folder.display()))?;
    }
    let browser = browser::provide(machine, console)?;
    let run = ["run", "--quiet", "--package"];
    let written = machine
        .cargo()
        .args(run)
        .args(["smartlinks-server", "--example", "preview", "--"])
        .arg(&folder)
        .status()?;
    ensure!(written.success(), "the pages were not written ({written})");
    let taken = machine
        .cargo()
        .args(run)
        .args(["testkit", "--features", "browser", "--example", "gallery"])
        .arg("--")
        .args([folder.as_os_str(), word.as_ref()])
        .env("CHROMIUM_PATH", browser.chromium)
        .env("CHROMEDRIVER_PATH", browser.chromedriver)
        .status()?;
    Ok(taken.success())
}

fn modified(file: &std::path::Path) -> Option<std::time::SystemTime> {
    std::fs::metadata(file)
        .and_then(|data| data.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<String> {
        let arguments: Vec<_> = arguments.iter().map(|one| (*one).to_owned()).collect();
        word(&arguments)
    }

    #[test]
    fn pages_are_all_or_those_with_a_word() {
        assert_eq!(read(&["--pages"]).unwrap(), "");
        assert_eq!(read(&["--pages", "--only", "webhook"]).unwrap(), "webhook");
        for wrong in [
            &["--only", "webhook"][..],
            &["--pages", "--only"],
            &["pages"],
        ] {
            let message = read(wrong).unwrap_err().to_string();
            assert!(message.contains("--pages --only WORD"), "{message}");
        }
    }
}
