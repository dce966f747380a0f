//! What the server is told when it is put together.

use std::net::IpAddr;
use std::str::FromStr;

use smartlinks_core::Core;
use tokio_util::sync::CancellationToken;

use crate::limits::Limits;
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
    /// The proxies whose `X-Forwarded-For` counts. Anybody else's does not.
    pub trusted_proxies: Vec<Network>,
    /// How often something may be asked for.
    pub limits: Limits,
    /// What `/metrics` renders: the other half of the core's metrics.
    pub metrics: Exposition,
    /// Ends streams that would otherwise keep the server from draining.
    pub stop: CancellationToken,
}

/// Who may use page and API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody who reaches the port. Only ever on loopback, and only with made-up data.
    Open,
    /// Operators who have signed in, and programs with a key.
    Operators,
}

/// An address, or all addresses with the same first bits: `10.0.0.7`, `10.0.0.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is no address and no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an IP address nor a network such as 10.0.0.0/24")]
pub struct InvalidNetwork;

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let most = if written.is_ipv4() { 32 } else { 128 };
        let bits: u8 = match bits {
            Some(bits) => bits.parse().map_err(|_| InvalidNetwork)?,
            None => most,
        };
        if bits > most {
            return Err(InvalidNetwork);
        }
        // An IPv4 address written as one of IPv6 means the IPv4 one, which is what connections are told to come from.
        let address = written.to_canonical();
        let in_front = if address.is_ipv4() { most - 32 } else { 0 };
        Ok(Self {
            address,
            bits: bits.checked_sub(in_front).ok_or(InvalidNetwork)?,
        })
    }
}

impl Network {
    /// Whether an address is in it.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, length: u32| {
            let rest = length - u32::from(self.bits);
            // Shifting by the whole length would overflow, and no bits at all are always the same.
            one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
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
    /// The public name is reached by https.
    over_tls: bool,
}

impl Hosts {
    /// Any loopback name with the port that we listen on.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        Self {
            port,
            public: None,
            over_tls: false,
        }
    }

    /// And the name under which people reach us through a tunnel or proxy.
    #[must_use]
    pub fn and_public(mut self, url: &url::Url) -> Self {
        self.over_tls = url.scheme() == "https";
        self.public = url.host_str().map(|host| match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        self
    }

    /// The name under which people reach us through a tunnel or proxy, with its port where that is not the usual one.
    pub(crate) fn public(&self) -> Option<&str> {
        self.public.as_deref()
    }

    pub(crate) fn allow(&self, host: &str) -> bool {
        // Some clients name the usual port too.
        let bare = host.strip_suffix(":443").unwrap_or(host);
        let is_public = |public: &str| {
            public.eq_ignore_ascii_case(host) || self.over_tls && public.eq_ignore_ascii_case(bare)
        };
        self.public().is_some_and(is_public) || self.is_loopback(host)
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
    fn a_network_holds_what_begins_like_it() {
        let holds = |network: &str, address: &str| {
            let network: Network = network.parse().unwrap();
            network.holds(address.parse().unwrap())
        };
        for (network, inside, outside) in [
            ("10.0.0.0/24", "10.0.0.255", "10.0.1.0"),
            ("10.0.0.7", "10.0.0.7", "10.0.0.8"),
            ("10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::1", "::1", "::2"),
            ("::ffff:10.0.0.7", "10.0.0.7", "10.0.0.8"),
            ("::ffff:10.0.0.0/120", "10.0.0.255", "10.0.1.0"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
        ] {
            assert!(holds(network, inside), "{network} {inside}");
            assert!(!holds(network, outside), "{network} {outside}");
        }
        for text in [
            "",
            "a",
            "10.0.0.0/33",
            "::/129",
            "::ffff:10.0.0.0/8",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

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
        assert!(public.allow("shop.example.com:443") && !public.allow("shop.example.com:80"));
        let other = Hosts::loopback(8080).and_public(&"https://a.example:8443".parse().unwrap());
        assert!(other.allow("a.example:8443") && !other.allow("a.example:443"));
        let plain = Hosts::loopback(8080).and_public(&"http://a.example".parse().unwrap());
        assert!(plain.allow("a.example") && !plain.allow("a.example:443"));
    }
}
