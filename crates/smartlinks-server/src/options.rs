//! What the server is told when it is put together.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use smartlinks_core::Core;
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

/// Everything that is passed in.
pub struct ServerOptions {
    /// The use cases.
    pub core: Core,
    /// Who may use page and API.
    pub access: Access,
    /// Whether the data is real.
    pub environment: Environment,
    /// Which names `Host` may carry.
    pub hosts: Hosts,
    /// Whether people reach us over TLS: cookies are `Secure` then, and HSTS is sent.
    pub secure_cookies: bool,
    /// Ends streams that would otherwise keep the server from draining.
    pub stop: CancellationToken,
}

/// Who may use page and API.
#[derive(Debug, Clone)]
pub enum Access {
    /// Anybody who reaches the port. Only ever on loopback, and only with made-up data.
    Open,
    /// Whoever knows the bearer that was made at the first start.
    Bearer(Bearer),
}

/// The bearer, as hashes: the server never holds the text itself.
#[derive(Clone)]
pub struct Bearer {
    token: [u8; 32],
    cookie: String,
    kept_at: PathBuf,
}

impl Bearer {
    /// Takes the bearer. `kept_at` is the file that a person finds it in.
    #[must_use]
    pub fn new(secret: &str, kept_at: &Path) -> Self {
        Self {
            token: Sha256::digest(secret.as_bytes()).into(),
            // Derived, so that the cookie cannot be used as a bearer of the API.
            cookie: hex::encode(Sha256::digest(
                format!("smartlinks page session\0{secret}").as_bytes(),
            )),
            kept_at: kept_at.to_path_buf(),
        }
    }

    /// Whether a text is the bearer. Takes the same time for every wrong one.
    #[must_use]
    pub fn admits(&self, given: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(given.as_bytes()).into();
        self.token.ct_eq(&given).into()
    }

    pub(crate) fn admits_cookie(&self, given: &str) -> bool {
        self.cookie.as_bytes().ct_eq(given.as_bytes()).into()
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(crate) fn kept_at(&self) -> &Path {
        &self.kept_at
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(redacted)")
    }
}

/// Whether the data is real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// AliExpress itself.
    Live,
    /// The built-in sandbox. Every page says so.
    Sandbox {
        /// Where the sandbox is steered, for example `http://127.0.0.1:8090/_sandbox/`.
        control_url: String,
    },
}

/// The names that a `Host` header may carry. Anything else is answered with 421: that is how a web page
/// elsewhere would reach a server on loopback (DNS rebinding).
#[derive(Debug, Clone)]
pub struct Hosts {
    allowed: Vec<String>,
}

impl Hosts {
    /// The loopback names with the port that we listen on.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let names = ["127.0.0.1", "localhost", "[::1]"];
        let mut allowed: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            allowed.extend(names.iter().map(|name| (*name).to_owned()));
        }
        Self { allowed }
    }

    pub(crate) fn allow(&self, host: &str) -> bool {
        self.allowed
            .iter()
            .any(|name| name.eq_ignore_ascii_case(host))
    }
}
