//! `cargo xtask screenshots`: the README's pictures, taken by the browser tests while they walk the pages.

use anyhow::{Result, bail};

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

fn modified(file: &std::path::Path) -> Option<std::time::SystemTime> {
    std::fs::metadata(file)
        .and_then(|data| data.modified())
        .ok()
}
