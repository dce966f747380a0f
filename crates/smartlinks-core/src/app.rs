//! The developer application: who we are to AliExpress.

use std::fmt;

use aliexpress::{AppSecret, Client};
use url::Url;

use crate::error::{Error, Result};

/// A setting that is missing or malformed: which, what was found and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The environment variable to set, for example `ALIEXPRESS_APP_KEY`.
    pub variable: &'static str,
    /// What is wrong with it. Never repeats a secret value.
    pub problem: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.problem)
    }
}

/// A usable application: signed client and registered callback address.
#[derive(Debug, Clone)]
pub struct App {
    /// Signs and sends. Has no access token of its own.
    pub client: Client,
    /// The callback address as registered in the AliExpress console, compared there character by character.
    pub callback_url: Url,
}

impl App {
    /// The app secrets that count at the moment, in the order in which they are tried: what a push is checked against.
    #[must_use]
    pub fn secrets(&self) -> &[AppSecret] {
        self.client.app_secrets()
    }

    /// Whether the callback address is neither HTTPS nor on this machine.
    #[must_use]
    pub fn is_callback_insecure(&self) -> bool {
        let on_this_machine = match self.callback_url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        self.callback_url.scheme() != "https" && !on_this_machine
    }
}

/// The application as found at start: usable, or with the list of what is missing.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a process holds one")]
pub enum AppSetup {
    /// Everything needed is there.
    Ready(App),
    /// Something is missing; the server starts all the same and says what.
    Incomplete(Vec<ConfigProblem>),
}

impl AppSetup {
    /// The usable application, or the first thing that is missing.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] names the variable.
    pub fn ready(&self) -> Result<&App> {
        match self {
            Self::Ready(app) => Ok(app),
            Self::Incomplete(problems) => Err(Error::NotConfigured(
                problems.first().cloned().unwrap_or_else(|| ConfigProblem {
                    variable: "ALIEXPRESS_APP_KEY",
                    problem: "not set".into(),
                    fix: "Set it to the App Key of the AliExpress console.".into(),
                }),
            )),
        }
    }

    /// Everything that is missing; empty when usable.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        match self {
            Self::Ready(_) => &[],
            Self::Incomplete(problems) => problems,
        }
    }
}
