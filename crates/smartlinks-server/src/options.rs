//! What the server is told when it is put together.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use smartlinks_core::Core;
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

use crate::metrics::Exposition;

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
    /// What `/metrics` renders: the other half of the core's metrics.
    pub metrics: Exposition,
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
    port: u16,
    public: Option<String>,
}

impl Hosts {
    /// Any loopback name with the port that we listen on.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        Self { port, public: None }
    }

    /// And the name under which people reach us through a tunnel or proxy.
    #[must_use]
    pub fn and_public(mut self, url: &url::Url) -> Self {
        self.public = url.host_str().map(|host| match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        self
    }

    pub(crate) fn allow(&self, host: &str) -> bool {
        let is_public = |public: &String| public.eq_ignore_ascii_case(host);
        self.public.as_ref().is_some_and(is_public) || self.is_loopback(host)
    }

    /// Whether a `Host` is a loopback name with our port.
    pub(crate) fn is_loopback(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !name.is_empty() && !port.contains(']') => {
                (name, port.parse().ok())
            }
            _ => (host, Some(80)),
        };
        port == Some(self.port) && is_loopback_name(name)
    }
}

fn is_loopback_name(name: &str) -> bool {
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    match bare {
        Some(address) => address
            .parse()
            .is_ok_and(|address: std::net::Ipv6Addr| address.is_loopback()),
        None => name
            .parse()
            .is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_with_our_port_and_the_public_name_pass() {
        let hosts = Hosts::loopback(8080);
        for host in [
            "127.0.0.1:8080",
            "127.8.8.8:8080",
            "localhost:8080",
            "LOCALHOST:8080",
            "[::1]:8080",
        ] {
            assert!(hosts.allow(host), "{host}");
        }
        for host in [
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:08080x",
            "evil.example:8080",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "[::2]:8080",
            "::1:8080",
            "10.0.0.1:8080",
            ":8080",
            "",
            "[::1]",
        ] {
            assert!(!hosts.allow(host), "{host}");
        }
        assert!(Hosts::loopback(80).allow("127.0.0.1"));
        let public = hosts.and_public(&url::Url::parse("https://shop.example.com/x").unwrap());
        assert!(public.allow("shop.example.com") && public.allow("localhost:8080"));
        assert!(!public.allow("shop.example.com:8080") && !public.allow("www.shop.example.com"));
    }
}
