//! Who may talk to the sandbox: a local name in `Host`, no foreign page, JSON where something changes.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::typed;
use crate::control::forms;
use crate::sandbox::Inner;

/// Answers 421 unless `Host` (and the address in the request line, when absolute) is a loopback name with
/// the sandbox's own port, so that a foreign name pointed at this machine reaches nothing.
pub(crate) async fn demand_own_host(
    State(inner): State<Arc<Inner>>,
    request: Request,
    next: Next,
) -> Response {
    let port = inner.port();
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let fits = host.is_some_and(|host| is_own(host, port))
        && hosts.next().is_none()
        && request
            .uri()
            .authority()
            .is_none_or(|authority| is_own(authority.as_str(), port));
    if fits {
        return next.run(request).await;
    }
    let text = format!(
        "421: this is the AliExpress sandbox of SmartLinks; call it as 127.0.0.1:{port} or localhost:{port}\n"
    );
    typed(
        StatusCode::MISDIRECTED_REQUEST,
        "text/plain; charset=utf-8",
        "no-store",
        text,
    )
}

/// Whether `host` is a loopback name or address with that port.
fn is_own(host: &str, port: u16) -> bool {
    let (name, own_port) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.contains(']') => (name, digits.parse().ok()),
        _ => (host, Some(80)),
    };
    let bracketed = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let local = match bracketed {
        Some(address) => address
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name
                    .parse::<Ipv4Addr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    };
    local && own_port == Some(port)
}

/// Answers 415 when something below `/_sandbox/` is to be changed by anything but JSON, which a form of a
/// foreign page cannot send, or a form of our own page.
pub(crate) async fn demand_json(request: Request, next: Next) -> Response {
    let changes = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH
    );
    let control = request.uri().path().starts_with("/_sandbox");
    if !changes || !control || is_json(request.headers()) {
        return next.run(request).await;
    }
    if forms::is_own_form(request.headers()) {
        return forms::carry_out(request, next).await;
    }
    let body = json!({ "error": "send a JSON body with Content-Type: application/json" });
    typed(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "application/json",
        "no-store",
        body.to_string(),
    )
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let media_type = value.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("application/json")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_with_the_own_port_fit() {
        for (host, fits) in [
            ("127.0.0.1:8090", true),
            ("127.9.9.9:8090", true),
            ("localhost:8090", true),
            ("LOCALHOST:8090", true),
            ("[::1]:8090", true),
            ("127.0.0.1", false),
            ("127.0.0.1:8091", false),
            ("localhost.example.com:8090", false),
            ("evil.example:8090", false),
            ("10.0.0.1:8090", false),
            ("[::2]:8090", false),
            ("[::1]", false),
            ("::1:8090", false),
            ("127.0.0.1:8090:8090", false),
            ("user@127.0.0.1:8090", false),
            ("", false),
        ] {
            assert_eq!(is_own(host, 8090), fits, "{host}");
        }
        assert!(is_own("localhost", 80));
        assert!(is_own("[::1]", 80));
    }
}
