use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Why an address cannot be a gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayUrlError {
    /// Not an absolute URL.
    #[error("the gateway address is not a URL: {0}")]
    NotAUrl(String),
    /// Plain http to another machine would send tokens readable by anyone on the way.
    #[error(
        "the gateway address must use https; plain http is only accepted on this machine (127.0.0.1, [::1], localhost)"
    )]
    PlainHttp,
    /// Another scheme than https or http.
    #[error("the gateway address must start with https://")]
    Scheme,
    /// The address says more than scheme, host and port.
    #[error("the gateway address must be scheme, host and port only; remove the {0}")]
    Extra(&'static str),
}

/// The origin of the gateway: https anywhere, or http on this machine (the sandbox).
#[derive(Clone, PartialEq, Eq)]
pub struct GatewayUrl(Url);

impl GatewayUrl {
    /// The one public gateway of AliExpress; there is none per region.
    pub const DEFAULT: &'static str = "https://api-sg.aliexpress.com";

    /// Reads a gateway address.
    ///
    /// # Errors
    /// When it is no URL, is not https (or http on loopback), or has a user, path, query or fragment.
    pub fn parse(text: &str) -> Result<Self, GatewayUrlError> {
        let url =
            Url::parse(text.trim()).map_err(|error| GatewayUrlError::NotAUrl(error.to_string()))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(GatewayUrlError::PlainHttp),
            _ => return Err(GatewayUrlError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GatewayUrlError::Extra("user name and password"));
        }
        if !matches!(url.path(), "" | "/") {
            return Err(GatewayUrlError::Extra("path"));
        }
        if url.query().is_some() {
            return Err(GatewayUrlError::Extra("query"));
        }
        if url.fragment().is_some() {
            return Err(GatewayUrlError::Extra("fragment"));
        }
        Ok(Self(url))
    }

    /// The address as a URL with the path `/`.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether the gateway runs on this machine, as the sandbox does.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The origin with another path. `path` starts with `/`.
    pub(crate) fn with_path(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Default for GatewayUrl {
    #[expect(clippy::expect_used, reason = "a constant, read by a test")]
    fn default() -> Self {
        Self(Url::parse(Self::DEFAULT).expect("the default gateway is a URL"))
    }
}

impl fmt::Display for GatewayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for GatewayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GatewayUrl({self})")
    }
}

impl FromStr for GatewayUrl {
    type Err = GatewayUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_public_gateway() {
        let url = GatewayUrl::default();
        assert_eq!(url, GatewayUrl::parse(GatewayUrl::DEFAULT).unwrap());
        assert_eq!(url.to_string(), GatewayUrl::DEFAULT);
        assert!(!url.is_loopback());
        assert_eq!(
            url.with_path("/sync").as_str(),
            "https://api-sg.aliexpress.com/sync"
        );
    }

    #[test]
    fn plain_http_is_refused_outside_loopback() {
        for text in [
            "http://127.0.0.1:8090",
            "http://127.9.9.9",
            "http://[::1]:8090/",
            "http://localhost:1",
        ] {
            assert!(GatewayUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://api-sg.aliexpress.com",
            "http://192.168.1.2",
            "http://0.0.0.0",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://[::ffff:10.0.0.1]",
        ] {
            assert_eq!(
                GatewayUrl::parse(text),
                Err(GatewayUrlError::PlainHttp),
                "{text}"
            );
        }
    }

    #[test]
    fn only_an_origin_is_a_gateway() {
        let extra = |what| Err(GatewayUrlError::Extra(what));
        assert_eq!(GatewayUrl::parse("https://h/rest"), extra("path"));
        assert_eq!(GatewayUrl::parse("https://h?a=b"), extra("query"));
        assert_eq!(GatewayUrl::parse("https://h#a"), extra("fragment"));
        assert_eq!(
            GatewayUrl::parse("https://u:p@h"),
            extra("user name and password")
        );
        assert_eq!(
            GatewayUrl::parse("ftp://127.0.0.1"),
            Err(GatewayUrlError::Scheme)
        );
        assert!(matches!(
            GatewayUrl::parse("api-sg.aliexpress.com"),
            Err(GatewayUrlError::NotAUrl(_))
        ));
    }
}
