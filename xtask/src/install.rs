//! Installing Debian packages, only as root and only when something is missing.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::console::Console;

/// Installs packages with `apt-get`, after refreshing its lists, and waits for a lock that another run holds.
pub(crate) fn packages(names: &[&str], console: &Console) -> Result<()> {
    console.say(format_args!("installing {} (apt-get)", names.join(", ")));
    apt_get(&["update", "-q"])?;
    let mut install = vec!["install", "-q", "-y"];
    install.extend_from_slice(names);
    apt_get(&install)
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null())
        // Its words are progress, and stdout is for results.
        .stdout(std::io::stderr())
        .status()
        .context("could not start apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}
