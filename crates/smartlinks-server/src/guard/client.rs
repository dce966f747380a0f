//! Which address a request comes from. Behind a proxy that is trusted, what the proxy says; from anybody else, only
//! the address of the connection itself, whatever the headers claim.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::options::Network;
use crate::state::AppState;

/// The address of the client: for the audit log and for rate limits. None where the server was called in process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Self>()
            .copied()
            .unwrap_or(Self(None)))
    }
}

/// The address of whoever sent a request, as it was noted further out.
pub(super) fn address(head: &Parts) -> Option<IpAddr> {
    head.extensions.get::<ClientAddress>()?.0
}

const FORWARDED: &str = "x-forwarded-for";
/// Said once: anybody can send the header.
static NOT_TRUSTED: Once = Once::new();

/// Finds it out once, for everything further in.
pub(super) fn note_client(state: &AppState, head: &mut Parts) {
    let peer = head
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let trusted = &state.options().trusted_proxies;
    let client = peer.map(|peer| client(peer, &head.headers, trusted));
    if state.options().secure_cookies
        && client == peer.map(|peer| peer.to_canonical())
        && head.headers.contains_key(FORWARDED)
    {
        NOT_TRUSTED.call_once(|| {
            tracing::warn!(
                "a request carries X-Forwarded-For, and comes from no --trusted-proxy, so the header was ignored; if it was \
                 your proxy, everybody who comes through it shares one rate limit and one address in the audit log: name \
                 the proxy's address with --trusted-proxy"
            );
        });
    }
    head.extensions.insert(ClientAddress(client));
}

/// The last address in `X-Forwarded-For` that no trusted proxy has: each proxy adds the address that it saw, so
/// whatever stands before that one was written by the client itself.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut known = peer.to_canonical();
    if !is_trusted(known) {
        return known;
    }
    let lines = headers.get_all(FORWARDED).iter().rev();
    // Bytes, not text: a client may have written anything before the address that our proxy added.
    for word in lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')) {
        // What cannot be read was not written by a proxy of ours.
        let Some(address) = std::str::from_utf8(word).ok().and_then(address_in) else {
            return known;
        };
        known = address;
        if !is_trusted(known) {
            return known;
        }
    }
    known
}

/// An address, with or without a port.
fn address_in(word: &str) -> Option<IpAddr> {
    let word = word.trim();
    let bare = word
        .strip_prefix('[')
        .and_then(|word| word.strip_suffix(']'))
        .unwrap_or(word);
    bare.parse::<IpAddr>()
        .or_else(|_| word.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append("x-forwarded-for", line);
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxy = ["10.0.0.0/8"];
        for (peer, forwarded, trusted, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], &[][..], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], &proxy, "203.0.113.9"),
            ("10.0.0.7", &["198.51.100.1"], &proxy, "198.51.100.1"),
            // The client wrote the first one itself.
            (
                "10.0.0.7",
                &["1.2.3.4, 198.51.100.1"],
                &proxy,
                "198.51.100.1",
            ),
            (
                "10.0.0.7",
                &["1.2.3.4", "198.51.100.1"],
                &proxy,
                "198.51.100.1",
            ),
            (
                "10.0.0.7",
                &["198.51.100.1, 10.0.0.8"],
                &proxy,
                "198.51.100.1",
            ),
            ("10.0.0.7", &["é, 198.51.100.1"], &proxy, "198.51.100.1"),
            ("10.0.0.7", &["1.2.3.4, nonsense"], &proxy, "10.0.0.7"),
            ("10.0.0.7", &[""], &proxy, "10.0.0.7"),
            ("10.0.0.7", &[], &proxy, "10.0.0.7"),
            ("10.0.0.7", &["198.51.100.1:5000"], &proxy, "198.51.100.1"),
            ("10.0.0.7", &["[2001:db8::1]:5000"], &proxy, "2001:db8::1"),
            ("::ffff:10.0.0.7", &["2001:db8::1"], &proxy, "2001:db8::1"),
        ] {
            assert_eq!(
                seen(peer, forwarded, trusted),
                expected,
                "{peer} {forwarded:?}"
            );
        }
    }

    /// The client would choose whom it is noted as: the proxy itself.
    #[test]
    fn what_is_no_text_hides_nothing_that_the_proxy_added() {
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_bytes(b"\xff, 198.51.100.1").unwrap();
        headers.append("x-forwarded-for", line);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let seen = client("10.0.0.7".parse().unwrap(), &headers, &trusted);
        assert_eq!(seen.to_string(), "198.51.100.1");
    }
}
