//! The security headers of every answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::options::{Environment, ServerOptions};

/// Domains that a sign-in form may end on by way of redirects. Browsers check `form-action` on each hop.
const ALIEXPRESS: &str = "https://*.aliexpress.com https://*.aliexpress.us https://*.aliexpress.ru";

pub(super) fn secure(headers: &mut HeaderMap, options: &ServerOptions) {
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    put(header::CONTENT_SECURITY_POLICY, &policy(options));
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms. The callback has it.
    put(header::REFERRER_POLICY, "same-origin");
    put(header::CACHE_CONTROL, "no-store");
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    if options.secure_cookies {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Own script, own style, nothing inline. Product pictures are the one thing from elsewhere.
fn policy(options: &ServerOptions) -> String {
    let elsewhere = elsewhere(options);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' https:{elsewhere}; form-action 'self' {ALIEXPRESS}{elsewhere}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The gateway when it is not AliExpress itself: the sandbox, or somebody's own proxy.
fn elsewhere(options: &ServerOptions) -> String {
    let gateway = options
        .core
        .app()
        .ready()
        .ok()
        .map(|app| app.client.gateway().to_string());
    let sandbox = match &options.environment {
        Environment::Sandbox { control_url } => url::Url::parse(control_url)
            .ok()
            .map(|url| url.origin().ascii_serialization()),
        Environment::Live => None,
    };
    let mut origins: Vec<_> = [gateway, sandbox].into_iter().flatten().collect();
    origins.dedup();
    origins
        .into_iter()
        .map(|origin| format!(" {}", origin.trim_end_matches('/')))
        .collect()
}
