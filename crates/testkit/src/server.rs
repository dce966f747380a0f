//! The real binary as a process: what a person starts, with everything around it.

mod binary;
mod output;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

pub use binary::binary;

use crate::http::Http;
use output::Output;

/// A machine under load takes its time; a server that needs longer than this is broken.
const STARTS_WITHIN: Duration = Duration::from_secs(60);
const STOPS_WITHIN_POLLS: u32 = 600;
const POLL: Duration = Duration::from_millis(50);
const ANY_PORT: &str = "127.0.0.1:0";

/// How to start the service.
#[derive(Debug, Clone)]
pub struct Service {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    data: Option<PathBuf>,
    sandbox: bool,
}

impl Service {
    /// `serve --sandbox`: service and built-in sandbox, both on free ports of 127.0.0.1.
    #[must_use]
    pub fn sandboxed() -> Self {
        Self {
            arguments: Vec::new(),
            variables: Vec::new(),
            data: None,
            sandbox: true,
        }
    }

    /// `serve`, on a free port of 127.0.0.1. Keys and gateway come through variables.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            sandbox: false,
            ..Self::sandboxed()
        }
    }

    /// One more argument after `serve`.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A variable of its environment, which is empty besides but for what the system needs.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Where its data lies. Without this, in a new folder that is removed at the end.
    #[must_use]
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Starts it and waits until it has told its addresses.
    ///
    /// # Errors
    /// When the binary cannot be built or started, or ends before telling: with all that it printed.
    pub fn start(self) -> Result<ServiceProcess> {
        ServiceProcess::start(self)
    }
}

/// A running service. Dropping it kills the process.
#[derive(Debug)]
pub struct ServiceProcess {
    service: Service,
    child: Child,
    output: Arc<Output>,
    page: String,
    sandbox: Option<String>,
    data: PathBuf,
    _own_data: Option<TempDir>,
}

impl ServiceProcess {
    /// Starts `serve --sandbox` on new data.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn sandboxed() -> Result<Self> {
        Service::sandboxed().start()
    }

    /// The page's address, as printed: `http://127.0.0.1:PORT/aliexpress`.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The service without a path: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base(&self) -> &str {
        origin(&self.page)
    }

    /// The sandbox without a path: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When the service runs without sandbox.
    pub fn sandbox(&self) -> Result<&str> {
        self.sandbox
            .as_deref()
            .map(origin)
            .context("this service was started without a sandbox")
    }

    /// A new visitor of the service.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn visitor(&self) -> Result<Http> {
        Http::new(self.base())
    }

    /// A new visitor of the sandbox.
    ///
    /// # Errors
    /// When there is no sandbox; as [`Http::new`].
    pub fn sandbox_visitor(&self) -> Result<Http> {
        Http::new(self.sandbox()?)
    }

    /// Where its data lies.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything printed so far, both streams, over all restarts: for looking for what must not be there.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// The link that makes the first operator, as printed.
    ///
    /// # Errors
    /// When none is printed in time, or the process ends: with all that it printed.
    pub fn sign_in_link(&self) -> Result<String> {
        let address = |text: &str| address_after(text, "sign-in link:");
        self.output
            .wait_for("sign-in link: ", STARTS_WITHIN, address)
    }

    /// Waits until something is printed.
    ///
    /// # Errors
    /// When it is not printed in time, or the process ends: with all that it printed.
    pub fn wait_for_output(&self, words: &str, within: Duration) -> Result<()> {
        self.output
            .wait_for(words, within, |text| text.contains(words).then_some(()))
    }

    /// Ends it as a power cut would (`kill -9`).
    ///
    /// # Errors
    /// When the process cannot be waited for.
    pub fn kill(&mut self) -> Result<()> {
        let _ = self.child.kill();
        self.child
            .wait()
            .context("could not wait for the service")?;
        Ok(())
    }

    /// Asks it to end (`SIGTERM`) and waits.
    ///
    /// # Errors
    /// When it does not end within 30 seconds: with all that it printed.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        let id = self.child.id().to_string();
        Command::new("sh")
            .args(["-c", "kill -TERM \"$1\"", "sh", &id])
            .status()
            .context("could not start sh")?;
        for _ in 0..STOPS_WITHIN_POLLS {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(POLL);
        }
        bail!("the service did not end when asked to:\n{}", self.output())
    }

    /// Starts it again on the same data and the same addresses, so that an open page and a registered callback
    /// stay right. Kills it first where it still runs.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        let listen = authority(&self.page).to_owned();
        let sandbox_listen = self
            .sandbox
            .as_deref()
            .map_or(ANY_PORT, authority)
            .to_owned();
        self.child = spawn(&self.service, &self.data, &listen, &sandbox_listen)?;
        self.read_addresses()
    }

    fn start(service: Service) -> Result<Self> {
        let own_data = match &service.data {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("smartlinks-data-")
                    .tempdir()?,
            ),
        };
        let data = match (&service.data, &own_data) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => bail!("no folder for the data"),
        };
        let child = spawn(&service, &data, ANY_PORT, ANY_PORT)?;
        let mut process = Self {
            service,
            child,
            output: Arc::default(),
            page: String::new(),
            sandbox: None,
            data,
            _own_data: own_data,
        };
        process.read_addresses()?;
        Ok(process)
    }

    fn read_addresses(&mut self) -> Result<()> {
        self.output.follow(&mut self.child);
        self.page = self
            .output
            .wait_for("page: ", STARTS_WITHIN, |text| address_after(text, "page:"))?;
        if self.service.sandbox {
            let address = |text: &str| address_after(text, "sandbox:");
            self.sandbox = Some(self.output.wait_for("sandbox: ", STARTS_WITHIN, address)?);
        }
        Ok(())
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn spawn(service: &Service, data: &Path, listen: &str, sandbox_listen: &str) -> Result<Child> {
    let mut command = Command::new(binary()?);
    command.arg("serve");
    if service.sandbox {
        command.args(["--sandbox", "--sandbox-listen", sandbox_listen]);
    }
    command
        .args(["--listen", listen])
        .arg("--data-dir")
        .arg(data)
        .args(&service.arguments)
        .env_clear()
        .env("PATH", crate::variable("PATH").unwrap_or_default())
        .env("HOME", data)
        .envs(service.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("could not start smartlinks")
}

/// The address that stands behind a word, on the last line that has both. The last one, since after a restart
/// the lines of former runs are still there.
fn address_after(text: &str, word: &str) -> Option<String> {
    let complete = &text[..=text.rfind('\n')?];
    complete.lines().rev().find_map(|line| {
        let (before, after) = line.split_once(word)?;
        let address = after.split_whitespace().next()?;
        let separate = before
            .chars()
            .next_back()
            .is_none_or(|character| !character.is_alphanumeric());
        (separate && address.starts_with("http://")).then(|| address.to_owned())
    })
}

fn origin(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    address[start..]
        .find('/')
        .map_or(address, |end| &address[..start + end])
}

/// Host and port; checked to be one that can be listened on, so that a restart fails with clear words.
fn authority(address: &str) -> &str {
    let authority = origin(address).trim_start_matches("http://");
    debug_assert!(authority.parse::<SocketAddr>().is_ok(), "{authority}");
    authority
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_the_lines_the_service_prints() {
        let text = "smartlinks 0.1\npage: http://127.0.0.1:41/aliexpress\n  sandbox: http://127.0.0.1:42  (made up)\n";
        let page = address_after(text, "page:").unwrap();
        assert_eq!(page, "http://127.0.0.1:41/aliexpress");
        assert_eq!(origin(&page), "http://127.0.0.1:41");
        assert_eq!(authority(&page), "127.0.0.1:41");
        assert_eq!(
            address_after(text, "sandbox:").as_deref(),
            Some("http://127.0.0.1:42")
        );
        assert_eq!(
            address_after("page: http://127.0.0.1:4", "page:"),
            None,
            "the line is still being written"
        );
        assert_eq!(address_after("homepage: http://x\n", "page:"), None);
    }

    #[test]
    fn after_a_restart_the_last_address_counts() {
        let text = "page: http://127.0.0.1:41/a\npage: http://127.0.0.1:43/a\n";
        assert_eq!(
            address_after(text, "page:").as_deref(),
            Some("http://127.0.0.1:43/a")
        );
    }
}
