//! Addresses in settings: where to listen, and origins.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use smartlinks_server::Network;
use url::{Host, Url};

use super::problem::{ConfigError, quoted};
use super::sources::Found;

/// Reads where page and API shall listen. Whether other machines may reach it is for `serve` to say: that depends on
/// whether there is an operator.
pub(super) fn listen_address(found: &Found) -> Result<SocketAddr, ConfigError> {
    parsed(found, "127.0.0.1:8080")
}

/// The same with the sandbox, which asks nobody to sign in: this machine only.
pub(super) fn demo_listen_address(found: &Found) -> Result<SocketAddr, ConfigError> {
    let address = parsed(found, "127.0.0.1:8080")?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(ConfigError::new(
        &found.origin,
        format!(
            "{address} can be reached from other machines, and with --sandbox nobody is asked to sign in"
        ),
        format!("Use --listen 127.0.0.1:{}.", address.port()),
    ))
}

/// Reads the address of a proxy, or a network of them.
pub(super) fn proxy(found: &Found) -> Result<Network, ConfigError> {
    found.value.parse().map_err(|error| {
        ConfigError::new(
            &found.origin,
            format!("{}: {error}", quoted(&found.value)),
            "Write the address that the proxy connects from, for example 10.0.0.7 or 10.0.0.0/24.",
        )
    })
}

/// Reads where the sandbox shall listen, and refuses anything but this machine.
pub(super) fn sandbox_address(found: &Found) -> Result<SocketAddr, ConfigError> {
    let address = parsed(found, "127.0.0.1:8090")?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(ConfigError::new(
        &found.origin,
        format!(
            "{address} can be reached from other machines, and the sandbox is open to whoever reaches it"
        ),
        format!("Use 127.0.0.1:{}.", address.port()),
    ))
}

/// The same for a flag of the stand-alone sandbox.
pub(crate) fn loopback_address(flag: &str, value: &str) -> Result<SocketAddr, ConfigError> {
    let origin = super::Origin::Flag(flag.to_owned());
    sandbox_address(&Found {
        value: value.to_owned(),
        origin,
    })
}

fn parsed(found: &Found, example: &str) -> Result<SocketAddr, ConfigError> {
    let text = found.value.trim();
    let localhost = |port: &str| {
        Some(SocketAddr::new(
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            port.parse().ok()?,
        ))
    };
    let address = match text.strip_prefix("localhost:") {
        Some(port) => localhost(port),
        None => text.parse().ok(),
    };
    address.ok_or_else(|| {
        ConfigError::new(
            &found.origin,
            format!("{} is not an address with a port", quoted(&found.value)),
            format!("Write for example {example}; port 0 takes any free one."),
        )
    })
}

/// Reads an origin: scheme, host and port, nothing more. Plain http is accepted on this machine only.
pub(super) fn origin(found: &Found) -> Result<Url, ConfigError> {
    let wrong = |problem: String| {
        ConfigError::new(
            &found.origin,
            problem,
            "Write for example https://shop.example.com.",
        )
    };
    let value = found.value.trim();
    let url = Url::parse(value)
        .map_err(|error| wrong(format!("{} is not an address ({error})", quoted(value))))?;
    let plain = url.username().is_empty() && url.password().is_none();
    let only_origin =
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&url) => {}
        _ => return Err(wrong(format!("{} has to use https", quoted(value)))),
    }
    if !plain || !only_origin {
        return Err(wrong(format!(
            "{} says more than scheme, host and port",
            quoted(value)
        )));
    }
    Ok(url)
}

/// Whether an address names this machine.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;

    fn found(value: &str) -> Found {
        Found {
            value: value.to_owned(),
            origin: Origin::Flag("--listen".to_owned()),
        }
    }

    #[test]
    fn the_sandbox_listens_on_this_machine_only() {
        for text in [
            "127.0.0.1:8080",
            "127.0.0.1:0",
            "127.8.8.8:1",
            "[::1]:8080",
            "localhost:8080",
        ] {
            assert!(demo_listen_address(&found(text)).is_ok(), "{text}");
            assert!(listen_address(&found(text)).is_ok(), "{text}");
        }
        for text in [
            "0.0.0.0:8080",
            "[::]:8080",
            "192.168.1.4:8080",
            "[::ffff:127.0.0.1]:80",
        ] {
            let error = demo_listen_address(&found(text)).unwrap_err();
            assert!(
                error.problem.contains("other machines"),
                "{text}: {error:?}"
            );
            assert!(listen_address(&found(text)).is_ok(), "{text}");
        }
        for text in [
            "",
            "8080",
            "127.0.0.1",
            "example.com:80",
            "127.0.0.1:99999",
            "localhost:x",
        ] {
            let error = listen_address(&found(text)).unwrap_err();
            assert!(
                error.problem.contains("not an address"),
                "{text}: {error:?}"
            );
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        for text in ["10.0.0.7", "10.0.0.0/24", "2001:db8::/32", "::1"] {
            assert!(proxy(&found(text)).is_ok(), "{text}");
        }
        for text in [
            "",
            "proxy.internal",
            "10.0.0.0/33",
            "10.0.0.0/",
            "2001:db8::/129",
        ] {
            assert!(proxy(&found(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_says_scheme_host_and_port() {
        for text in [
            "https://shop.example.com",
            "https://shop.example.com:8443/",
            "http://localhost:3000",
        ] {
            assert!(origin(&found(text)).is_ok(), "{text}");
        }
        for text in [
            "http://shop.example.com",
            "https://a/b",
            "https://u@a",
            "https://a?b",
            "shop",
            "ftp://a",
        ] {
            assert!(origin(&found(text)).is_err(), "{text}");
        }
    }
}
