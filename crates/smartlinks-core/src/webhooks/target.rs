//! The address of an endpoint, as a person may write it.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::Targets;
use crate::error::{Error, Result};

/// As long as anything that real receivers use.
const LONGEST: usize = 2048;

/// Reads and checks the address of an endpoint. What its name resolves to is checked at every attempt.
///
/// # Errors
/// [`Error::Invalid`] says what is wrong and what is accepted.
pub(crate) fn checked(text: &str, targets: Targets) -> Result<Url> {
    let refuse = |message: String| Err(Error::invalid("url", message));
    let text = text.trim();
    if text.len() > LONGEST {
        return refuse(format!("longer than {LONGEST} characters"));
    }
    let Ok(url) = Url::parse(text) else {
        return refuse("not an address; give one such as https://shop.example/webhooks".into());
    };
    let encrypted = match url.scheme() {
        "https" => true,
        "http" if targets != Targets::Public => false,
        "http" => return refuse("unencrypted; use https".into()),
        _ => return refuse("not an https address".into()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            "holds a user name or password; the signature already proves who sends, so leave them out".into(),
        );
    }
    if url.fragment().is_some() {
        return refuse("ends in #…, which is never sent; leave it out".into());
    }
    let port = url.port_or_known_default().unwrap_or(0);
    if targets == Targets::Public && port != 443 && port < 1024 {
        return refuse(format!(
            "port {port} is not one that webhooks go to; use 443 or one above 1023"
        ));
    }
    match literal(&url) {
        Some(address) => match targets.refuses(address, encrypted) {
            Some(kind) => refuse(format!(
                "{address} is {}; webhooks go to public addresses",
                kind.in_words()
            )),
            None => Ok(url),
        },
        None if !encrypted && targets == Targets::PublicAndLoopback && !is_localhost(&url) => {
            refuse("unencrypted; http is for this machine only, use https".into())
        }
        None => Ok(url),
    }
}

/// The address that stands in a URL in place of a name. `Url` has brought odd spellings (`0x7f.1`) into this form.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn is_localhost(url: &Url) -> bool {
    url.host_str() == Some("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_and_mistaken_addresses_are_refused_in_words() {
        let long = format!("https://shop.example/{}", "a".repeat(2048));
        for (text, word) in [
            ("", "not an address"),
            ("shop.example/hook", "not an address"),
            ("http://shop.example/", "unencrypted"),
            ("ftp://shop.example/", "not an https"),
            ("file:///etc/passwd", "not an https"),
            ("https://user@shop.example/", "user name"),
            ("https://:secret@shop.example/", "password"),
            ("https://shop.example/#a", "never sent"),
            ("https://shop.example:22/", "port 22"),
            ("https://127.0.0.1/", "loopback"),
            ("https://2130706433/", "loopback"),
            ("https://0x7f.1/", "loopback"),
            ("https://127.1:8443/", "loopback"),
            ("https://[::1]/", "loopback"),
            ("https://[::ffff:169.254.169.254]/", "metadata"),
            ("https://169.254.169.254/latest/meta-data", "metadata"),
            ("https://192.168.1.1/", "private"),
            (long.as_str(), "longer"),
        ] {
            let error = checked(text, Targets::Public).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(word), "{text}: {message}");
            assert!(!message.contains("secret"), "{message}");
        }
        for text in [
            "https://shop.example/hook?x=1",
            "https://shop.example:8443/",
            "https://8.8.8.8/",
        ] {
            assert_eq!(checked(text, Targets::Public).unwrap().as_str(), text);
        }
    }

    #[test]
    fn http_is_for_loopback_in_the_sandbox_and_for_whoever_allows_it() {
        let sandbox = Targets::PublicAndLoopback;
        for text in [
            "http://127.0.0.1:9000/",
            "http://localhost:80/",
            "https://shop.example/",
        ] {
            assert!(checked(text, sandbox).is_ok(), "{text}");
        }
        for text in [
            "http://shop.example/",
            "http://10.0.0.1/",
            "http://8.8.8.8/",
        ] {
            assert!(checked(text, sandbox).is_err(), "{text}");
        }
        assert!(checked("http://10.0.0.1:9000/", Targets::Anything).is_ok());
    }
}
